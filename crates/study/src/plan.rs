//! What a study would do: its jobs, what is left of them, and how long this machine needs.

use crate::config::{Class, Study, TaskStudy};
use crate::identity;
use circuitscope::KernelPath;
use circuitscope::task::Task;
use circuitscope::train::{Recipe, train};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

/// One network to train.
#[derive(Clone, Debug)]
pub struct TrainingJob<'a> {
    /// The task and its selection.
    pub task: &'a TaskStudy,
    /// The class.
    pub class: &'a Class,
    /// Number within its class, from 0.
    pub index: usize,
    /// Seed of its weights, noise and onsets.
    pub seed: u64,
    /// Hash of all that decides the result.
    pub identity: String,
}

impl TrainingJob<'_> {
    /// The network's name: class, number and the beginning of the job's identity, so that a changed study never
    /// overwrites what an earlier one has trained.
    pub fn name(&self) -> String {
        format!("{}-{:02}-{}", self.class.name, self.index, &self.identity[..8])
    }

    /// Floating-point operations of its training and noise-free evaluations, as science counts them.
    pub fn operations(&self) -> u64 {
        operations(&self.task.task, &self.class.recipe) * self.class.recipe.n_iterations() as u64
    }
}

/// Every network of a study, in the order of the study file.
pub fn training_jobs(study: &Study) -> Vec<TrainingJob<'_>> {
    let mut jobs = Vec::with_capacity(study.n_networks());
    for task in &study.tasks {
        for class in &task.classes {
            for index in 0..study.networks_per_class {
                let seed = identity::network_seed(study.seed, task.task.name(), &class.name, index);
                let identity = identity::of_training(&task.task, class, seed);
                jobs.push(TrainingJob { task, class, index, seed, identity });
            }
        }
    }
    jobs
}

/// Operations of one iteration: a forward product and two backward ones a step, `3 · 2 · T·B·N·(N+U)`.
pub(crate) fn operations(task: &Task, recipe: &Recipe) -> u64 {
    let trials = task.training_trials(0, 0);
    let n = recipe.n_units;
    (6 * trials.n_steps() * trials.n_trials() * n * (n + trials.n_inputs())) as u64
}

/// How long the training of a study takes on this machine.
#[derive(Clone, Debug, PartialEq)]
pub struct Forecast {
    /// One training iteration, by task and class, one thread.
    pub iterations: Vec<IterationTime>,
    /// All trainings together, one thread.
    pub training: Duration,
}

/// The measured time of one training iteration.
#[derive(Clone, Debug, PartialEq)]
pub struct IterationTime {
    /// Task.
    pub task: &'static str,
    /// Class.
    pub class: String,
    /// Median time.
    pub time: Duration,
}

/// Measures a few iterations of each class of the jobs and adds up their trainings.
///
/// Classes that differ in nothing that costs time are measured once.
pub fn forecast(jobs: &[TrainingJob<'_>], path: KernelPath) -> Forecast {
    let mut measured: BTreeMap<String, Duration> = BTreeMap::new();
    let mut iterations: Vec<IterationTime> = Vec::new();
    let mut training = Duration::ZERO;
    for job in jobs {
        let recipe = &job.class.recipe;
        let curve = recipe.architecture.activation.curve;
        let key = format!("{} {} {curve:?}", identity::text_of_task(&job.task.task), recipe.n_units);
        let time = *measured.entry(key).or_insert_with(|| time_of_iteration(&job.task.task, recipe, path));
        training += time * u32::try_from(recipe.n_iterations()).unwrap_or(u32::MAX);
        let known = iterations.iter().any(|it| it.task == job.task.task.name() && it.class == job.class.name);
        if !known {
            iterations.push(IterationTime { task: job.task.task.name(), class: job.class.name.clone(), time });
        }
    }
    Forecast { iterations, training }
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
