//! What a study would do: its jobs, what is left of them, and how long this machine needs.

mod forecast;

pub use forecast::{Analyses, Effort};

use crate::config::Study;
use crate::event::Stage;
use crate::execute::{ExecuteError, StudyNetwork, load};
use crate::job::Order;
use crate::stage::{Context, Left, left};
use crate::store::manifest::{Manifest, State};
use crate::store::{Folder, SOFTWARE_VERSION};
use crate::training_job::{TrainingJob, study_identity, training_jobs};
use circuitscope::KernelPath;
use forecast::iteration_times;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// What a run of a study finds in its folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FolderState {
    /// No study.
    New,
    /// This study, not finished, or finished by another version of the program.
    Begun,
    /// This study with everything that it publishes.
    Finished,
    /// A study with other settings, which a run would take over.
    Other,
}

/// What a study would do, as a table.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Overview {
    /// Name of the study.
    pub study: String,
    /// What a run finds in the folder.
    pub state: FolderState,
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
    /// Forecast of what is left of the analyses below (seconds).
    pub analysis_seconds: f64,
    /// The analyses one by one.
    pub analyses: Analyses,
}

/// One task and class of an [`Overview`].
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct OverviewRow {
    /// Task.
    pub task: String,
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

    /// Forecast of what is left of the analyses.
    pub fn analysis(&self) -> Duration {
        Duration::from_secs_f64(self.analysis_seconds)
    }

    /// Forecast of what is left, stage by stage, in their order (s); a stage that is not told takes seconds.
    pub fn stages(&self) -> Vec<(Stage, f64)> {
        let Analyses {
            features_and_distances_seconds,
            portraits_seconds,
            circuits_seconds,
            behaviour_seconds,
            similarity_seconds,
        } = self.analyses;
        vec![
            (Stage::Training, self.training_seconds),
            (Stage::Examples, portraits_seconds),
            (Stage::Circuits, circuits_seconds),
            (Stage::Behaviour, behaviour_seconds),
            // Features are a small part of it.
            (Stage::Distances, features_and_distances_seconds),
            (Stage::Similarity, similarity_seconds),
        ]
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
/// than the longest one. A class of which every network is finished is not measured: its time is that of its trainings.
///
/// # Errors
/// [`ExecuteError`] if the folder is a study of another format, which a run would refuse, or cannot be read.
pub fn overview(
    study: &Study,
    root: &Path,
    path: KernelPath,
    effort: Effort,
) -> Result<Overview, ExecuteError> {
    let n_threads = rayon::current_num_threads();
    let jobs = training_jobs(study, path.into());
    let folder = Folder::foreseen(root)?;
    let state = state(study, &folder, path);
    let is_finished = |job: &TrainingJob<'_>| folder.network(job.task.task.name(), &job.name()).exists();
    let open: Vec<&TrainingJob<'_>> = jobs.iter().filter(|job| !is_finished(job)).collect();
    let times = iteration_times(&open, path, n_threads, effort);
    let times: BTreeMap<&str, f64> = open.iter().map(|job| job.identity.as_str()).zip(times).collect();
    let taken = times_taken(&folder);
    let mut rows: Vec<OverviewRow> = Vec::new();
    let (mut left, mut longest) = (0.0, 0.0f64);
    for of_class in
        jobs.chunk_by(|a, b| (a.task.task.name(), &a.class.name) == (b.task.task.name(), &b.class.name))
    {
        let (task, class) = (of_class[0].task.task.name(), of_class[0].class);
        let iterations = class.recipe.n_iterations();
        let ahead: Vec<f64> =
            of_class.iter().filter_map(|job| times.get(job.identity.as_str()).copied()).collect();
        left += ahead.iter().sum::<f64>() * iterations as f64;
        longest = ahead.iter().fold(longest, |longest, time| longest.max(time * iterations as f64));
        let logged: Vec<f64> = of_class.iter().filter_map(|job| taken.get(&job.name()).copied()).collect();
        let seconds = match (ahead.first(), logged.len()) {
            (Some(time), _) => *time,
            (None, 0) => iteration_times(&[&of_class[0]], path, n_threads, Effort::Brief)[0],
            (None, n) => logged.iter().sum::<f64>() / (n * iterations) as f64,
        };
        rows.push(OverviewRow {
            task: task.to_owned(),
            class: class.name.clone(),
            networks: of_class.len(),
            finished: of_class.len() - ahead.len(),
            iterations,
            ms_per_iteration: seconds * 1e3,
        });
    }
    let left_to_analyse = left_to_analyse(study, &folder, &jobs, (state, path))?;
    let analyses = forecast::analyses(study, &left_to_analyse, path, effort);
    Ok(Overview {
        study: study.name.clone(),
        state,
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

/// What a run of this study finds in the folder.
fn state(study: &Study, folder: &Folder, path: KernelPath) -> FolderState {
    let Ok(manifest) = Manifest::read(&folder.manifest()) else { return FolderState::New };
    let is_same = manifest.study_identity == study_identity(study, path.into());
    match manifest.state {
        _ if !is_same => FolderState::Other,
        State::Finished if manifest.software_version == SOFTWARE_VERSION && folder.report().exists() => {
            FolderState::Finished
        }
        State::Finished | State::Unfinished => FolderState::Begun,
    }
}

/// What is left of the analyses, task by task: nothing of a finished study, everything where networks are missing.
fn left_to_analyse(
    study: &Study,
    folder: &Folder,
    jobs: &[TrainingJob<'_>],
    (state, path): (FolderState, KernelPath),
) -> Result<Vec<Left>, ExecuteError> {
    if state == FolderState::Finished {
        return Ok(vec![Left::NOTHING; study.tasks.len()]);
    }
    let networks: Vec<StudyNetwork<'_>> = jobs.iter().map_while(|job| load(job, folder, &|_| ())).collect();
    if networks.len() < jobs.len() {
        return Ok(study.tasks.iter().map(|task| Left::everything(study, task)).collect());
    }
    let interrupt = AtomicBool::new(false);
    let order = Order::All;
    left(Context { study, folder, path, order, interrupt: &interrupt, listener: &|_| () }, &networks)
}

/// Seconds that each network of a folder took to train, by its name; the last of several.
fn times_taken(folder: &Folder) -> BTreeMap<String, f64> {
    #[derive(serde::Deserialize)]
    struct Line {
        network: String,
        seconds: f64,
    }
    let text = std::fs::read_to_string(folder.timings()).unwrap_or_default();
    let lines = text.lines().filter_map(|line| serde_json::from_str::<Line>(line).ok());
    lines.map(|line| (line.network, line.seconds)).collect()
}
