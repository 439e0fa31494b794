//! How long this machine needs, measured on a little of the work itself.

use super::TrainingJob;
use crate::analyse::{Description, Subject, describe};
use crate::bench::time_of_training_iteration;
use crate::config::{Study, TaskStudy};
use crate::identity;
use circuitscope::KernelPath;
use circuitscope::analysis::distance::{between, upper_pairs};
use circuitscope::train::untrained;
use rayon::prelude::*;
use std::collections::BTreeMap;
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

/// Time to take features of, and measure distances between, as many networks and controls as the study can select, on
/// the threads of the pool it is called in; embeddings and statistics, which take seconds, are left out.
///
/// Measured on an untrained network of each class, on all threads at once: side by side they are slower than one alone.
pub(super) fn analysis_time(study: &Study) -> Duration {
    study.tasks.iter().map(|task| analysis_time_of(study, task)).sum()
}

fn analysis_time_of(study: &Study, of_task: &TaskStudy) -> Duration {
    const MOST_CLASSES: usize = 6;
    /// Time of a pair of a study over that of untrained networks, whose clouds have fewer minima to search: 263 s against
    /// 167 s for the pairs of the quick study on two cores.
    const TRAINED_OVER_UNTRAINED: f64 = 1.57;
    let trained = of_task.classes.len() * study.networks_per_class.min(of_task.selection.keep);
    let controls = study.comparison.controls.len();
    let within = trained * trained.saturating_sub(1) / 2;
    let pairs = within + controls * (trained * trained + within);
    let (task, aspects) = (&of_task.task, &study.comparison.aspects);
    let trials = task.analysis_trials();
    let networks: Vec<_> =
        of_task.classes.iter().take(MOST_CLASSES).map(|class| untrained(task, &class.recipe, 0)).collect();

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
                let _ = between(*aspect, first, second, 0);
            }
        }
    });
    let of_pair = TRAINED_OVER_UNTRAINED * begun.elapsed().as_secs_f64() / sampled.len().max(1) as f64;
    let items = trained * (1 + controls);
    Duration::from_secs_f64(of_features * items as f64 + of_pair * pairs as f64)
}
