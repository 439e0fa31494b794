//! The jobs of a study folder: what they are, how they stand, and one of them by itself.

use crate::event::{Listener, Stage};
use crate::execute::{Context, ExecuteError, networks};
pub use crate::job::{JobStatus, State};
use crate::job::{One, Order};
use crate::opened::{Access, OpenError, Opened};
use crate::stage::{stages, survey};
use crate::training_job::training_jobs;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

/// The jobs of a study that can be known.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Jobs {
    /// Every job, stage by stage.
    pub jobs: Vec<JobStatus>,
    /// The stages whose jobs follow from results that are not there yet.
    pub waiting: Vec<String>,
}

/// Why a job was not done.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum JobError {
    /// The folder cannot be used.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Open(#[from] OpenError),
    /// The work failed.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Execute(#[from] ExecuteError),
    /// No job of this name can be known.
    #[error("{folder} has no job `{id}`{}", if *.is_waiting { " yet" } else { "" })]
    #[diagnostic(help(
        "`circuitscope jobs {folder}` lists the jobs; some are known only once others have ended"
    ))]
    Unknown {
        /// The study folder.
        folder: String,
        /// The name asked for.
        id: String,
        /// Whether stages wait whose jobs are not known.
        is_waiting: bool,
    },
}

/// Lists the jobs of a study that a run has begun; nothing is computed or written.
///
/// # Errors
/// [`JobError`] if the folder cannot be read.
pub fn list(root: &Path) -> Result<Jobs, JobError> {
    let opened = Opened::read(root, Access::Read)?;
    let found = Mutex::new(Vec::new());
    let waiting = meet(&opened, Order::List(&found), &AtomicBool::new(false), &|_| ())?;
    let mut jobs = found.into_inner().unwrap_or_default();
    let mut ids = std::collections::BTreeSet::new();
    jobs.retain(|job: &JobStatus| ids.insert(job.id.clone()));
    // Threads meet them in any order; stages stay in theirs.
    for of_kind in jobs.chunk_by_mut(|a, b| a.kind == b.kind) {
        of_kind.sort();
    }
    Ok(Jobs { jobs, waiting: waiting.into_iter().map(|stage| stage.name().to_owned()).collect() })
}

/// Computes one job of a study, unless its result is there.
///
/// # Errors
/// [`JobError::Unknown`] if there is no such job, or it waits for others; [`ExecuteError::Elsewhere`] if another process is
/// at work on it; [`JobError`] if it fails.
pub fn run_one(
    root: &Path,
    id: &str,
    interrupt: &AtomicBool,
    listener: &Listener<'_>,
) -> Result<(), JobError> {
    let opened = Opened::read(root, Access::Write)?;
    let one = One { id, found: Mutex::new(None) };
    let waiting = meet(&opened, Order::One(&one), interrupt, listener)?;
    match one.found.into_inner().unwrap_or_default() {
        Some(State::Finished) => Ok(()),
        Some(State::Running | State::Open) => Err(ExecuteError::Elsewhere.into()),
        None => Err(JobError::Unknown {
            folder: root.display().to_string(),
            id: id.to_owned(),
            is_waiting: !waiting.is_empty(),
        }),
    }
}

/// Meets every job that can be known, and gives the stages that wait.
fn meet(
    opened: &Opened,
    order: Order<'_>,
    interrupt: &AtomicBool,
    listener: &Listener<'_>,
) -> Result<Vec<Stage>, ExecuteError> {
    let Opened { folder, study, manifest } = opened;
    let path = manifest.arithmetic.path();
    let context = Context { study, folder, path, order, interrupt, listener };
    match networks(context, &training_jobs(study, manifest.arithmetic)) {
        Ok(networks) => survey(context, study, &networks),
        Err(ExecuteError::Missing) => Ok(stages(study)),
        Err(error) => Err(error),
    }
}
