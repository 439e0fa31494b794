//! How long this machine needs, measured on a little of the work itself.

use super::{Analyses, TrainingJob};
use crate::analyse::{Description, Subject, describe, portrait};
use crate::bench::time_of_training_iteration;
use crate::config::{Circuits, Study, TaskStudy};
use crate::identity;
use crate::inference::{Evidence, Starts, finite_responses, infer};
use circuitscope::KernelPath;
use circuitscope::analysis::behaviour::measures::{Amount, behaviour};
use circuitscope::analysis::distance::{Aspect, between, upper_pairs};
use circuitscope::analysis::latent_circuit::setting::{NodeDynamics, Setting, Variant};
use circuitscope::network::Network;
use circuitscope::task::Task;
use circuitscope::train::untrained;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

/// The time of one training iteration of each job while every thread trains a network; jobs that differ in nothing that
/// costs time are measured once.
pub(super) fn iteration_times(jobs: &[TrainingJob<'_>], path: KernelPath, n_threads: usize) -> Vec<Duration> {
    let mut measured: BTreeMap<String, Duration> = BTreeMap::new();
    let time_of = |job: &TrainingJob<'_>| {
        let recipe = &job.class.recipe;
        let curve = recipe.architecture.activation.curve;
        let key = format!("{} {} {curve:?}", identity::text_of_task(&job.task.task), recipe.n_units);
        *measured
            .entry(key)
            .or_insert_with(|| time_of_training_iteration(&job.task.task, recipe, path, n_threads))
    };
    jobs.iter().map(time_of).collect()
}

/// Time of the analyses of as many networks and controls as the study can select, on the threads of the pool it is called
/// in; embeddings and statistics, which take seconds, are left out.
///
/// Measured on an untrained network of each class, on all threads at once: side by side they are slower than one alone.
/// Untrained networks have fewer fixed points than trained ones, so that portraits may take longer than this says.
pub(super) fn analyses(study: &Study, path: KernelPath) -> Analyses {
    let mut sum = Analyses::default();
    for of_task in &study.tasks {
        let found = analyses_of(study, of_task, path);
        sum.features_and_distances_seconds += found.features_and_distances_seconds;
        sum.portraits_seconds += found.portraits_seconds;
        sum.circuits_seconds += found.circuits_seconds;
        sum.behaviour_seconds += found.behaviour_seconds;
    }
    sum
}

fn analyses_of(study: &Study, of_task: &TaskStudy, path: KernelPath) -> Analyses {
    const MOST_CLASSES: usize = 6;
    let (task, n_classes) = (&of_task.task, of_task.classes.len());
    let of_class = study.networks_per_class.min(of_task.selection.keep);
    let classes = of_task.classes.iter().take(MOST_CLASSES);
    let networks: Vec<Network> = classes.map(|class| untrained(task, &class.recipe, 0)).collect();
    // A network a thread tells the time of the longer analyses.
    let few = &networks[..networks.len().min(rayon::current_num_threads())];
    let n_portraits = if study.comparison.aspects.contains(&Aspect::FixedPoints) { n_classes } else { 0 };
    let n_circuits = n_classes * of_class.min(study.circuits.networks);
    Analyses {
        features_and_distances_seconds: features_and_distances(study, of_task, &networks),
        portraits_seconds: times(n_portraits, || of_portrait(task, few)),
        circuits_seconds: times(n_circuits, || of_circuits(study, task, few, path)),
        behaviour_seconds: times(n_classes * study.networks_per_class, || of_behaviour(study, task, few)),
    }
}

/// So many times what is measured; nothing is measured for none.
fn times(n: usize, seconds: impl Fn() -> f64) -> f64 {
    if n == 0 { 0.0 } else { n as f64 * seconds() }
}

/// Time over the number of networks that all threads work on.
fn shared<'a>(networks: &'a [Network], work: impl Fn(&'a Network) + Sync + Send) -> f64 {
    let begun = Instant::now();
    networks.par_iter().with_max_len(1).for_each(work);
    begun.elapsed().as_secs_f64() / networks.len().max(1) as f64
}

fn of_portrait(task: &Task, networks: &[Network]) -> f64 {
    // Only the time it takes is of interest, here and below.
    shared(networks, |network| drop(portrait(network, task, 0, String::new(), String::new())))
}

/// Time of the tests of a network: those of one repeat, and for each further one what a second one adds.
fn of_behaviour(study: &Study, task: &Task, networks: &[Network]) -> f64 {
    let amount = study.comparison.behaviour;
    let time = |n_repeats: usize| {
        let amount = Amount { n_repeats, ..amount };
        shared(networks, |network| drop(behaviour(network, task, amount, 0)))
    };
    let (once, twice) = (time(1), time(2));
    once + (twice - once).max(0.0) * (amount.n_repeats - 1) as f64
}

/// Time of all fits to a network and of what is read from them: that of a few updates of one fit, and of none.
fn of_circuits(study: &Study, task: &Task, networks: &[Network], path: KernelPath) -> f64 {
    const UPDATES: usize = 40;
    let trials = task.analysis_trials();
    let setting = |n_iterations: usize| Setting { n_iterations, ..Setting::of_task(task, Variant::Te25) };
    let time = |n_iterations: usize| {
        let setting = setting(n_iterations);
        let starts = Starts { n_fits: 1, seed: 0 };
        shared(networks, |network| {
            let Ok(Some(responses)) = finite_responses(network, &trials) else { return };
            let evidence = Evidence {
                responses: &responses,
                dynamics: NodeDynamics::of_network(network),
                shown: Some((task, &trials)),
                network: Some(network),
            };
            drop(infer(evidence, &setting, starts, path, &|_| ControlFlow::Continue(())));
        })
    };
    let (none, few) = (time(1), time(1 + UPDATES));
    let Circuits { fits, folds, iterations, .. } = study.circuits;
    // Each fit to the parts that are not held out is shorter by the one that is.
    let of_parts = folds.saturating_sub(1) * setting(iterations).n_iterations_held_out();
    let n_updates = (fits * iterations + of_parts) as f64;
    none + (few - none).max(0.0) / UPDATES as f64 * n_updates
}

fn features_and_distances(study: &Study, of_task: &TaskStudy, networks: &[Network]) -> f64 {
    /// Time of a pair of a study over that of untrained networks, whose clouds have fewer minima to search: 263 s against
    /// 167 s for the pairs of the quick study on two cores.
    const TRAINED_OVER_UNTRAINED: f64 = 1.57;
    let trained = of_task.classes.len() * study.networks_per_class.min(of_task.selection.keep);
    let controls = study.comparison.controls.len();
    let within = trained * trained.saturating_sub(1) / 2;
    let pairs = within + controls * (trained * trained + within);
    let (task, aspects) = (&of_task.task, &study.comparison.aspects);
    let trials = task.analysis_trials();

    let begun = Instant::now();
    let describe = |network| describe(Subject { network, task, trials: &trials, seed: 0 }, aspects);
    let described: Vec<Description> = networks.par_iter().map(describe).collect();
    let of_features = begun.elapsed().as_secs_f64() / described.len().max(1) as f64;

    let sampled = upper_pairs(described.len());
    let begun = Instant::now();
    sampled.par_iter().for_each(|&(i, j)| {
        for aspect in aspects {
            if let [Some(first), Some(second)] = [i, j].map(|item| described[item].features.get(aspect)) {
                // Only the time it takes is of interest.
                let _ = between(*aspect, first, second, study.comparison.registration, 0);
            }
        }
    });
    let of_pair = TRAINED_OVER_UNTRAINED * begun.elapsed().as_secs_f64() / sampled.len().max(1) as f64;
    // Measures are followed through checkpoints, whose features are taken as those of compared networks are.
    let items = trained * (1 + controls + study.checkpoints.len());
    of_features * items as f64 + of_pair * pairs as f64
}
