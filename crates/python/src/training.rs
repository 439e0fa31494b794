//! Training of networks, as a study trains them.

use crate::network::Network;
use crate::refusal::Refusal;
use crate::task::Task;
use crate::work::{Stop, work};
use circuitscope::KernelPath;
use circuitscope::train::{Outcome, Trained};
use circuitscope_study::config::{ConfigError, Study, text_of};
use circuitscope_study::execute::trained_in_memory;
use circuitscope_study::import::Named;
use circuitscope_study::store::manifest::Arithmetic;
use circuitscope_study::training_job::{TrainingJob, training_jobs};
use pyo3::prelude::*;
use serde::Serialize;

/// What is told of a trained network beside its weights.
#[derive(Serialize)]
struct Record {
    name: String,
    class: String,
    task: String,
    index: usize,
    seed: u64,
    identity: String,
    kernel: &'static str,
    outcome: &'static str,
    reason: Option<String>,
    mse: Option<f64>,
    r2: Option<f64>,
    training_mse: Option<f64>,
    training_r2: Option<f64>,
    n_silent: usize,
    best_iteration: Option<usize>,
    iterations: Vec<usize>,
    loss: Vec<f64>,
    task_loss: Vec<f64>,
}

impl Record {
    fn of(job: &TrainingJob<'_>, trained: &Trained, path: KernelPath) -> Self {
        let (outcome, reason) = match trained.outcome {
            Outcome::Finished => ("finished", None),
            Outcome::Diverged { iteration, quantity } => {
                let reason = format!("the {} was not finite at iteration {iteration}", quantity.name());
                ("diverged", Some(reason))
            }
        };
        let finite = |number: f64| number.is_finite().then_some(number);
        let curve = || trained.curve.iter();
        Self {
            name: job.name(),
            class: job.class.name.clone(),
            task: job.task.task.name().to_owned(),
            index: job.index,
            seed: job.seed,
            identity: job.identity.clone(),
            kernel: path.name(),
            outcome,
            reason,
            mse: finite(trained.score.mse),
            r2: trained.score.r2.and_then(finite),
            training_mse: finite(trained.training_score.mse),
            training_r2: trained.training_score.r2.and_then(finite),
            n_silent: trained.n_silent,
            best_iteration: trained.best_iteration,
            iterations: curve().map(|point| point.iteration).collect(),
            loss: curve().map(|point| point.loss).collect(),
            task_loss: curve().map(|point| point.mse).collect(),
        }
    }
}

/// Trains networks on a task, with the settings of a study file as JSON; each with itself before training and its record as
/// JSON.
#[pyfunction]
pub(crate) fn train(
    py: Python<'_>,
    task: &Task,
    settings: &str,
    progress: Option<Py<PyAny>>,
) -> PyResult<Vec<(Network, Network, String)>> {
    let settings: serde_json::Value = serde_json::from_str(settings).map_err(Refusal::from)?;
    let text = text_of(&settings).map_err(Refusal::Value)?;
    let task = (*task.task).clone();
    let study = Study::parse_for(task, SETTINGS, &text).map_err(without_place)?;
    let path = kernel_path()?;
    work(py, progress, Stop::Asked, move |listener, interrupt| {
        let jobs = training_jobs(&study, Arithmetic::from(path));
        let trained = trained_in_memory(&jobs, path, interrupt, listener)?;
        jobs.iter().zip(trained).map(|(job, trained)| networks(job, trained, path)).collect()
    })
}

fn networks(
    job: &TrainingJob<'_>,
    trained: Trained,
    path: KernelPath,
) -> Result<(Network, Network, String), Refusal> {
    let record = serde_json::to_string(&Record::of(job, &trained, path))?;
    let name = job.name();
    let initial = Named::new(format!("{name}-untrained"), trained.initial);
    Ok((Named::new(name, trained.network).into(), initial.into(), record))
}

/// What the text of the settings is called where something is wrong in it; nobody sees the text.
const SETTINGS: &str = "settings";

/// What is wrong with a setting, without the line of a text that the user did not write.
#[allow(clippy::boxed_local, reason = "the error of parsing comes in a box")]
fn without_place(error: Box<ConfigError>) -> Refusal {
    let told = error.message.strip_prefix(SETTINGS).and_then(|told| told.split_once(": "));
    let message = told.map_or(error.message.as_str(), |(_, message)| message);
    Refusal::Value(format!("{message}; {}", error.remedy))
}

/// The kernel path of this machine, or the one that `CIRCUITSCOPE_KERNEL` names.
pub(crate) fn kernel_path() -> Result<KernelPath, Refusal> {
    match std::env::var("CIRCUITSCOPE_KERNEL") {
        Err(_) => Ok(KernelPath::detect()),
        Ok(name) => KernelPath::named(&name)
            .and_then(KernelPath::checked)
            .map_err(|error| Refusal::Value(format!("CIRCUITSCOPE_KERNEL: {error}"))),
    }
}
