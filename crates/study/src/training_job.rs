//! The networks that a study trains, and the identity of the whole study.

use crate::config::{Class, Study, TaskStudy};
use crate::identity;
use crate::store::FORMAT_VERSION;
use crate::store::manifest::Arithmetic;
use circuitscope::claims::Margins;
use circuitscope::task::Task;
use circuitscope::train::Recipe;

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
    if study.margins != Margins::default() {
        parts.push(text_of_margins(study.margins)); // studies of earlier versions had none to set
    }
    // A study without claims of its own is what it was before it could have some.
    parts.extend(study.hypotheses.iter().map(|hypothesis| format!("claim {hypothesis:?}")));
    let recordings = study.recordings.iter();
    parts.extend(recordings.map(|one| format!("recording {} {}", one.name, one.description.text())));
    parts.extend(study.tasks.iter().map(|task| format!("{} {:?}", task.task.name(), task.selection)));
    let jobs = training_jobs(study, arithmetic);
    parts.extend(jobs.into_iter().map(|job| format!("{} {:?}", job.identity, job.checkpoints)));
    identity::of_parts(parts.iter().map(String::as_str))
}

/// Margins as a text that decides. Those that earlier versions did not know stand in it only where they are set.
fn text_of_margins(margins: Margins) -> String {
    let Margins { performance, sensitivity, endpoint, sheet, symmetry, smallest_effect } = margins;
    let known = format!(
        "Margins {{ performance: {performance:?}, sensitivity: {sensitivity:?}, endpoint: {endpoint:?}, \
         smallest_effect: {smallest_effect:?} }}"
    );
    let usual = Margins::default();
    if (sheet, symmetry) == (usual.sheet, usual.symmetry) {
        known
    } else {
        format!("{known} sheet: {sheet:?}, symmetry: {symmetry:?}")
    }
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
