//! What a study would do: its jobs, what is left of them, and how long this machine needs.

mod forecast;

use crate::config::{Class, Study, TaskStudy};
use crate::identity;
use crate::store::{Folder, StoreError};
use circuitscope::KernelPath;
use circuitscope::task::Task;
use circuitscope::train::Recipe;
use std::path::Path;
use std::time::Duration;

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
    /// Iterations after which the network is kept on its way; they do not change the result.
    pub checkpoints: Vec<usize>,
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
                let n_iterations = class.recipe.n_iterations();
                let checkpoints =
                    study.checkpoints.iter().copied().filter(|&iteration| iteration < n_iterations).collect();
                jobs.push(TrainingJob { task, class, index, seed, identity, checkpoints });
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

/// What a study would do, as a table.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Overview {
    /// Name of the study.
    pub study: String,
    /// Networks in all.
    pub networks: usize,
    /// Networks that an earlier run has finished.
    pub finished: usize,
    /// One row a task and class.
    pub rows: Vec<OverviewRow>,
    /// Threads the forecast is for.
    pub threads: usize,
    /// Kernel path it was measured with.
    pub kernel: &'static str,
    /// Forecast of the training that is left (seconds).
    pub training_seconds: f64,
    /// Forecast of all analyses below, were none of them there yet (seconds).
    pub analysis_seconds: f64,
    /// The analyses one by one.
    pub analyses: Analyses,
}

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
}

impl Analyses {
    /// All of them.
    pub fn total_seconds(&self) -> f64 {
        self.features_and_distances_seconds
            + self.portraits_seconds
            + self.circuits_seconds
            + self.behaviour_seconds
    }
}

/// One task and class of an [`Overview`].
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct OverviewRow {
    /// Task.
    pub task: &'static str,
    /// Class.
    pub class: String,
    /// Networks in all.
    pub networks: usize,
    /// Networks that are finished.
    pub finished: usize,
    /// Iterations of one training.
    pub iterations: usize,
    /// Measured time of one iteration on one thread, while the others train as well.
    pub ms_per_iteration: f64,
}

impl Overview {
    /// Forecast of the training that is left.
    pub fn training(&self) -> Duration {
        Duration::from_secs_f64(self.training_seconds)
    }

    /// Forecast of all analyses.
    pub fn analysis(&self) -> Duration {
        Duration::from_secs_f64(self.analysis_seconds)
    }
}

impl OverviewRow {
    /// Forecast of one training on one thread.
    pub fn one_network(&self) -> Duration {
        Duration::from_secs_f64(self.ms_per_iteration * 1e-3 * self.iterations as f64)
    }
}

/// What a study would do in a folder, with a forecast measured on the threads of the pool it is called in.
///
/// Trainings are dealt to threads as they become free, so that the forecast is their sum over the threads, but no less
/// than the longest one.
///
/// # Errors
/// [`StoreError`] if the folder is a study of another format, which a run would refuse.
pub fn overview(study: &Study, root: &Path, path: KernelPath) -> Result<Overview, StoreError> {
    let n_threads = rayon::current_num_threads();
    let jobs = training_jobs(study);
    let folder = Folder::foreseen(root)?;
    let is_finished = |job: &TrainingJob<'_>| folder.network(job.task.task.name(), &job.name()).exists();
    let times = forecast::iteration_times(&jobs, path, n_threads);
    let mut rows: Vec<OverviewRow> = Vec::new();
    let (mut left, mut longest) = (0.0, 0.0f64);
    for (job, time) in jobs.iter().zip(times) {
        let (task, class) = (job.task.task.name(), &job.class.name);
        let iterations = job.class.recipe.n_iterations();
        if !rows.last().is_some_and(|row| row.task == task && row.class == *class) {
            rows.push(OverviewRow {
                task,
                class: class.clone(),
                networks: 0,
                finished: 0,
                iterations,
                ms_per_iteration: time.as_secs_f64() * 1e3,
            });
        }
        let Some(row) = rows.last_mut() else { continue };
        row.networks += 1;
        if is_finished(job) {
            row.finished += 1;
        } else {
            let seconds = time.as_secs_f64() * iterations as f64;
            left += seconds;
            longest = longest.max(seconds);
        }
    }
    let analyses = forecast::analyses(study, path);
    Ok(Overview {
        study: study.name.clone(),
        networks: jobs.len(),
        finished: rows.iter().map(|row| row.finished).sum(),
        rows,
        threads: n_threads,
        kernel: path.name(),
        training_seconds: (left / n_threads as f64).max(longest),
        analysis_seconds: analyses.total_seconds(),
        analyses,
    })
}
