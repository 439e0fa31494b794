//! How long this machine needs, measured on a little of the work itself.

use super::TrainingJob;
use crate::analyse::{Description, Subject, describe};
use crate::config::{Study, TaskStudy};
use crate::identity;
use circuitscope::KernelPath;
use circuitscope::analysis::distance::between;
use circuitscope::task::Task;
use circuitscope::train::{Recipe, train, untrained};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

/// The time of one training iteration of each job on one thread of this machine; jobs that differ in nothing that costs
/// time are measured once.
pub(super) fn iteration_times(jobs: &[TrainingJob<'_>], path: KernelPath) -> Vec<Duration> {
    let mut measured: BTreeMap<String, Duration> = BTreeMap::new();
    let time_of = |job: &TrainingJob<'_>| {
        let recipe = &job.class.recipe;
        let curve = recipe.architecture.activation.curve;
        let key = format!("{} {} {curve:?}", identity::text_of_task(&job.task.task), recipe.n_units);
        *measured.entry(key).or_insert_with(|| time_of_iteration(&job.task.task, recipe, path))
    };
    jobs.iter().map(time_of).collect()
}

/// Median time of an iteration over at most a third of a second, the first one left out.
fn time_of_iteration(task: &Task, recipe: &Recipe, path: KernelPath) -> Duration {
    let begun = Instant::now();
    let mut last = begun;
    let mut times = Vec::new();
    // The training is broken off after a few iterations, so that its result is of no interest.
    let _ = train(task, recipe, 0, path, &mut |_| {
        let now = Instant::now();
        times.push(now - last);
        last = now;
        let enough = times.len() >= 4 && (now - begun).as_millis() > 300 || times.len() >= 60;
        if enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    if times.len() > 1 {
        times.remove(0);
    }
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// Time on one thread to take features of, and measure distances between, as many networks and controls as the study
/// can select; embeddings and statistics, which take seconds, are left out.
///
/// Measured on a few untrained networks, whose clouds register about as fast as trained ones.
pub(super) fn analysis_time(study: &Study) -> Duration {
    study.tasks.iter().map(|task| analysis_time_of(study, task)).sum()
}

fn analysis_time_of(study: &Study, of_task: &TaskStudy) -> Duration {
    const SAMPLE: usize = 4;
    let trained = of_task.classes.len() * study.networks_per_class.min(of_task.selection.keep);
    let controls = study.comparison.controls.len();
    let within = trained * trained.saturating_sub(1) / 2;
    let pairs = within + controls * (trained * trained + within);
    let trials = of_task.task.analysis_trials();
    let sampled = of_task.classes.iter().cycle().take(SAMPLE.min(trained)).enumerate();
    let networks: Vec<_> =
        sampled.map(|(seed, class)| untrained(&of_task.task, &class.recipe, seed as u64)).collect();
    let begun = Instant::now();
    let (task, aspects) = (&of_task.task, &study.comparison.aspects);
    let subject = |network| Subject { network, task, trials: &trials, seed: 0 };
    let described: Vec<Description> =
        networks.iter().map(|network| describe(subject(network), aspects)).collect();
    let of_features = begun.elapsed().as_secs_f64() / described.len().max(1) as f64;
    let begun = Instant::now();
    let mut measured = 0;
    for (i, first) in described.iter().enumerate() {
        for second in &described[i + 1..] {
            for aspect in aspects {
                if let (Some(first), Some(second)) = (first.features.get(aspect), second.features.get(aspect))
                {
                    // Only the time it takes is of interest.
                    let _ = between(*aspect, first, second, 0);
                }
            }
            measured += 1;
        }
    }
    let of_pair = begun.elapsed().as_secs_f64() / f64::from(measured.max(1));
    let items = trained * (1 + controls);
    Duration::from_secs_f64(of_features * items as f64 + of_pair * pairs as f64)
}
