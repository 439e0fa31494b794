//! How long this machine needs, measured on a little of the work itself.
//!
//! What is measured is processor time, which other programs on the machine do not change; the forecast is for a machine
//! that does nothing else.

use crate::bench::stopwatch::{n_at_once, processor_time};
use crate::bench::time_of_training_iteration;
use crate::config::{Circuits, Study, TaskStudy};
use crate::latent_circuits::{Evidence, Starts, finite_responses, infer};
use crate::stage::{Description, Left, Subject, describe, take_apart};
use crate::training_job::TrainingJob;
use circuitscope::KernelPath;
use circuitscope::analysis::behaviour::measures::{Amount, behaviour};
use circuitscope::analysis::distance::{Aspect, between, upper_pairs};
use circuitscope::analysis::latent_circuit::setting::{NodeDynamics, Setting, Variant};
use circuitscope::analysis::similarity::dsa::{N_DELAYS, Search};
use circuitscope::analysis::similarity::{Prepared, SimilarityMeasure, distances, prepare};
use circuitscope::network::Network;
use circuitscope::task::Task;
use circuitscope::train::untrained;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::time::Duration;

/// Forecasts of the analyses of a study (seconds).
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize)]
pub struct Analyses {
    /// Features of networks and controls, and distances of their pairs.
    pub features_and_distances_seconds: f64,
    /// Example networks taken apart.
    pub portraits_seconds: f64,
    /// Latent circuits.
    pub circuits_seconds: f64,
    /// Tests beyond the trials of training.
    pub behaviour_seconds: f64,
    /// Distances of pairs by other measures of similarity.
    pub similarity_seconds: f64,
}

impl Analyses {
    /// All of them.
    pub fn total_seconds(&self) -> f64 {
        self.features_and_distances_seconds
            + self.portraits_seconds
            + self.circuits_seconds
            + self.behaviour_seconds
            + self.similarity_seconds
    }
}

/// How much is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// A second or a few, for a bar of progress.
    Brief,
    /// Enough that forecasts differ little from one another.
    Thorough,
}

impl Effort {
    /// Rounds of training of one kind of network, and the least time of each.
    fn training(self) -> (usize, Duration) {
        match self {
            Self::Brief => (1, Duration::from_millis(50)),
            Self::Thorough => (5, Duration::from_millis(150)),
        }
    }

    /// Networks of each task that are described and compared, each of another class.
    fn n_described(self) -> usize {
        match self {
            Self::Brief => 2,
            Self::Thorough => 6,
        }
    }

    /// Those of them that tell the time of the longer analyses.
    fn n_analysed(self, n_threads: usize) -> usize {
        n_threads.min(self.n_described())
    }

    /// Updates of a fit of latent circuits.
    fn n_updates(self) -> usize {
        match self {
            Self::Brief => 20,
            Self::Thorough => 200,
        }
    }

    /// Repeats of the tests of behaviour beside the first.
    fn n_repeats(self) -> usize {
        match self {
            Self::Brief => 1,
            Self::Thorough => 4,
        }
    }
}

/// The time of one training iteration of each job while every thread trains a network (s); jobs that differ in nothing
/// that costs time are measured once.
pub(super) fn iteration_times(
    jobs: &[&TrainingJob<'_>],
    path: KernelPath,
    n_threads: usize,
    effort: Effort,
) -> Vec<f64> {
    let mut measured: BTreeMap<String, f64> = BTreeMap::new();
    // Threads beyond what the machine runs at once wait for each other.
    let waiting = n_threads as f64 / n_at_once(n_threads) as f64;
    let time_of = |job: &&TrainingJob<'_>| {
        let (task, recipe) = (&job.task.task, &job.class.recipe);
        let curve = recipe.architecture.activation.curve;
        let key = format!("{} {} {curve:?}", task.text(), recipe.n_units);
        let measure = || time_of_training_iteration(task, recipe, path, n_threads, effort.training());
        *measured.entry(key).or_insert_with(measure) * waiting
    };
    jobs.iter().map(time_of).collect()
}

/// Time of what is left of the analyses, task by task, on the threads of the pool it is called in; embeddings and statistics,
/// which take seconds, are left out.
///
/// Measured on an untrained network of each class, on all threads at once: side by side they are slower than one alone.
/// Untrained networks have fewer fixed points than trained ones, so that taking examples apart may take longer than this says.
pub(super) fn analyses(study: &Study, left: &[Left], path: KernelPath, effort: Effort) -> Analyses {
    let mut sum = Analyses::default();
    for (of_task, left) in study.tasks.iter().zip(left).filter(|(_, left)| **left != Left::NOTHING) {
        let found = analyses_of(study, of_task, left, path, effort);
        sum.features_and_distances_seconds += found.features_and_distances_seconds;
        sum.portraits_seconds += found.portraits_seconds;
        sum.circuits_seconds += found.circuits_seconds;
        sum.behaviour_seconds += found.behaviour_seconds;
        sum.similarity_seconds += found.similarity_seconds;
    }
    sum
}

fn analyses_of(
    study: &Study,
    of_task: &TaskStudy,
    left: &Left,
    path: KernelPath,
    effort: Effort,
) -> Analyses {
    let task = &of_task.task;
    let classes = of_task.classes.iter().take(effort.n_described());
    let networks: Vec<Network> = classes.map(|class| untrained(task, &class.recipe, 0)).collect();
    let few = &networks[..networks.len().min(effort.n_analysed(rayon::current_num_threads()))];
    let described = described(study, task, &networks);
    Analyses {
        features_and_distances_seconds: features_and_distances(study, of_task, left, &described),
        portraits_seconds: times(left.examples, || of_example(task, few)),
        circuits_seconds: times(left.circuits, || of_circuits(study, task, few, path, effort)),
        behaviour_seconds: times(left.behaviour, || of_behaviour(study, task, few, effort)),
        similarity_seconds: times(left.similarity, || of_similarity(study, task, &described)),
    }
}

/// So many times what is measured; nothing is measured for none.
fn times(n: usize, seconds: impl Fn() -> f64) -> f64 {
    if n == 0 { 0.0 } else { n as f64 * seconds() }
}

/// Time of each piece of work (s) when all threads are at work.
fn shared<T: Sync>(pieces: &[T], work: impl Fn(&T) + Sync + Send) -> f64 {
    let n_threads = rayon::current_num_threads();
    let all = || pieces.par_iter().with_max_len(1).for_each(work);
    processor_time(n_threads, all) / n_at_once(n_threads) as f64 / pieces.len().max(1) as f64
}

fn of_example(task: &Task, networks: &[Network]) -> f64 {
    // Only the time it takes is of interest, here and below.
    shared(networks, |network| drop(take_apart(network, task, 0, String::new())))
}

/// Time of the tests of a network: those of one repeat, and for each further one what some more add.
fn of_behaviour(study: &Study, task: &Task, networks: &[Network], effort: Effort) -> f64 {
    let amount = study.comparison.behaviour;
    let time = |n_repeats: usize| {
        let amount = Amount { n_repeats, ..amount };
        shared(networks, |network| drop(behaviour(network, task, amount, 0)))
    };
    let n_more = effort.n_repeats();
    let (once, more) = (time(1), time(1 + n_more));
    once + (more - once).max(0.0) / n_more as f64 * (amount.n_repeats - 1) as f64
}

/// Time of all fits to a network and of what is read from them: that of some updates of one fit, and of none.
fn of_circuits(study: &Study, task: &Task, networks: &[Network], path: KernelPath, effort: Effort) -> f64 {
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
    let (none, some) = (time(1), time(1 + effort.n_updates()));
    let Circuits { fits, folds, iterations, .. } = study.circuits;
    // Each fit to the parts that are not held out is shorter by the one that is.
    let of_parts = folds.saturating_sub(1) * setting(iterations).n_iterations_held_out();
    let n_updates = (fits * iterations + of_parts) as f64;
    none + (some - none).max(0.0) / effort.n_updates() as f64 * n_updates
}

/// Networks described, with the time of each (s).
struct Described {
    of_each: Vec<Description>,
    seconds: f64,
}

fn described(study: &Study, task: &Task, networks: &[Network]) -> Described {
    let trials = task.analysis_trials();
    let aspects = &study.comparison.aspects;
    let describe = |network| describe(Subject { network, task, trials: &trials, seed: 0 }, aspects);
    let mut of_each: Vec<Description> = Vec::new();
    let n_threads = rayon::current_num_threads();
    let seconds = processor_time(n_threads, || of_each = networks.par_iter().map(describe).collect());
    Described { of_each, seconds: seconds / n_at_once(n_threads) as f64 / networks.len().max(1) as f64 }
}

fn features_and_distances(
    study: &Study,
    of_task: &TaskStudy,
    left: &Left,
    Described { of_each, seconds: of_features }: &Described,
) -> f64 {
    /// Time of a pair of a study over that of untrained networks, whose clouds have fewer minima to search: 263 s against
    /// 167 s for the pairs of the quick study on two cores.
    const TRAINED_OVER_UNTRAINED: f64 = 1.57;
    let trained = of_task.classes.len() * study.networks_per_class.min(of_task.selection.keep);
    let controls = study.comparison.controls.len();
    let within = trained * trained.saturating_sub(1) / 2;
    let pairs = (within + controls * (trained * trained + within)) as f64 * left.distances;
    let aspects = &study.comparison.aspects;
    let of_pair = times(pairs.ceil() as usize, || {
        shared(&upper_pairs(of_each.len()), |&(i, j)| {
            for aspect in aspects {
                if let [Some(first), Some(second)] = [i, j].map(|item| of_each[item].features.get(aspect)) {
                    // Only the time it takes is of interest.
                    let _ = between(*aspect, first, second, study.comparison.registration, 0);
                }
            }
        })
    });
    // Measures are followed through checkpoints, whose features are taken as those of compared networks are.
    let items = left.features + if left.features > 0 { trained * study.checkpoints.len() } else { 0 };
    of_features * items as f64 + TRAINED_OVER_UNTRAINED * of_pair
}

/// Time of a pair by every other measure of similarity.
fn of_similarity(study: &Study, task: &Task, described: &Described) -> f64 {
    let trials = task.analysis_trials();
    let is_long = trials.n_steps() > N_DELAYS;
    let asked = study.comparison.measures.iter();
    let measures: Vec<SimilarityMeasure> =
        asked.filter(|measure| is_long || !measure.is_dynamical()).copied().collect();
    let features = described.of_each.iter().filter_map(|one| one.features.get(&Aspect::Trajectories));
    let prepared: Vec<Prepared> = features
        .filter_map(|features| prepare(features.points.view(), trials.n_trials(), &measures).ok())
        .collect();
    let search = Search::standard();
    shared(&upper_pairs(prepared.len()), |&(i, j)| {
        let _ = distances(&prepared[i], &prepared[j], &measures, &search);
    })
}
