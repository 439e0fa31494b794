//! What a study would do: its jobs, what is left of them, and how long this machine needs.

mod forecast;

pub use forecast::Effort;

use crate::analyse::{Context, Left, left};
use crate::config::{Class, Study, TaskStudy};
use crate::event::Stage;
use crate::execute::{ExecuteError, StudyNetwork, load};
use crate::identity;
use crate::store::manifest::{Arithmetic, Manifest, State};
use crate::store::{FORMAT_VERSION, Folder, SOFTWARE_VERSION};
use circuitscope::KernelPath;
use circuitscope::task::Task;
use circuitscope::train::Recipe;
use forecast::iteration_times;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::AtomicBool;
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

/// The identity of a whole study: a hash of all that decides its results, whatever the study file looks like.
///
/// It stands in everything that a study publishes, beside the version of the program, so that no result is taken for that
/// of a study with other settings.
pub fn study_identity(study: &Study, arithmetic: Arithmetic) -> String {
    let mut parts = vec![
        format!("study {FORMAT_VERSION} {}", identity::ANALYSIS_VERSION),
        study.name.clone(),
        study.seed.to_string(),
        format!("{:?} {:?}", study.comparison, study.circuits),
    ];
    parts.extend(study.tasks.iter().map(|task| format!("{} {:?}", task.task.name(), task.selection)));
    let jobs = training_jobs(study, arithmetic);
    parts.extend(jobs.into_iter().map(|job| format!("{} {:?}", job.identity, job.checkpoints)));
    identity::of_parts(parts.iter().map(String::as_str))
}

/// Every network of a study, in the order of the study file.
pub fn training_jobs(study: &Study, arithmetic: Arithmetic) -> Vec<TrainingJob<'_>> {
    let mut jobs = Vec::with_capacity(study.n_networks());
    for task in &study.tasks {
        for class in &task.classes {
            for index in 0..study.networks_per_class {
                let seed = identity::network_seed(study.seed, task.task.name(), &class.name, index);
                let identity = identity::of_training(&task.task, class, seed, arithmetic);
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
            (Stage::Portraits, portraits_seconds),
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
            task,
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
    left(Context { study, folder, path, interrupt: &interrupt, listener: &|_| () }, &networks)
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
