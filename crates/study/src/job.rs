//! One unit of work: what decides its result, where that is stored, and how it is had.
//!
//! Training and every analysis follow one protocol: a stored result of the right identity is taken as it is; else it is
//! computed under a lock of its own and stored whole before anyone is given it. An interruption stops between jobs and
//! loses none that is finished; several processes may work on the jobs of one folder.

use crate::config::Study;
use crate::event::Listener;
use crate::identity::of_parts;
use crate::store::{Folder, Lock, StoreError, write_whole};
use circuitscope::KernelPath;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

/// Why a study stopped before its end.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum ExecuteError {
    /// The user asked for it.
    #[error("interrupted; what is finished is kept")]
    #[diagnostic(help("run the same command again to go on"))]
    Interrupted,
    /// A file could not be written or read.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Store(#[from] StoreError),
    /// A recording of the study cannot be used.
    #[error("recording `{name}`: {reason}")]
    #[diagnostic(help("{remedy}"))]
    Recording {
        /// Its name.
        name: String,
        /// What does not fit.
        reason: String,
        /// What would.
        remedy: String,
    },
    /// A result is not stored, and is not to be computed now.
    #[error("results that this needs are not computed yet")]
    #[diagnostic(help("`circuitscope jobs` lists what is open"))]
    Missing,
    /// Another process computes the result.
    #[error("another process is at work on it")]
    #[diagnostic(help("let it end: its result is stored"))]
    Elsewhere,
}

/// What becomes of jobs whose results are not stored.
#[derive(Clone, Copy)]
pub enum Order<'a> {
    /// All are computed.
    All,
    /// None is computed; every job that can be known is listed.
    List(&'a Mutex<Vec<JobStatus>>),
    /// Only this one is computed.
    One(&'a One<'a>),
}

/// A single job to compute.
pub struct One<'a> {
    /// Its [`JobStatus::id`].
    pub id: &'a str,
    /// What became of it, once it was met.
    pub found: Mutex<Option<State>>,
}

/// Whether a job has its result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// A valid result is stored.
    Finished,
    /// A process holds its lock.
    Running,
    /// Neither.
    Open,
}

/// A job as it is listed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct JobStatus {
    /// Kind of work: `training`, `features`, …
    pub kind: String,
    /// The first half of the hash of all that decides the result.
    pub id: String,
    /// Whether it has its result.
    pub state: State,
    /// The file of the result, in the study folder.
    pub file: String,
}

/// What every job needs.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The study.
    pub study: &'a Study,
    /// Where results are stored.
    pub folder: &'a Folder,
    /// Instructions of training and of the fits of latent circuits.
    pub path: KernelPath,
    /// What is computed.
    pub order: Order<'a>,
    /// Set when the user asks to stop.
    pub interrupt: &'a AtomicBool,
    /// Who hears of progress.
    pub listener: &'a Listener<'a>,
}

impl Context<'_> {
    /// Stops where the user asks for it.
    pub(crate) fn go_on(&self) -> Result<(), ExecuteError> {
        if self.interrupt.load(Ordering::Relaxed) {
            return Err(ExecuteError::Interrupted);
        }
        Ok(())
    }
}

/// A unit of work with the name of its result.
pub(crate) struct Job {
    kind: &'static str,
    identity: String,
    path: PathBuf,
}

/// A result as it is stored.
#[derive(serde::Serialize, serde::Deserialize)]
struct Stored<T> {
    identity: String,
    result: T,
}

impl Job {
    /// The job whose result is decided by `parts` alone, stored under `work/KIND/PLACE`.
    pub(crate) fn new<'a>(
        folder: &Folder,
        kind: &'static str,
        place: &str,
        parts: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let identity = of_parts(parts);
        let path = folder.work(&format!("{kind}/{place}"), short(&identity));
        Self { kind, identity, path }
    }

    /// The job of this identity whose result is a file of its own.
    pub(crate) fn at(kind: &'static str, identity: &str, path: PathBuf) -> Self {
        Self { kind, identity: identity.to_owned(), path }
    }

    /// Hash of all that decides the result.
    pub(crate) fn identity(&self) -> &str {
        &self.identity
    }

    /// The file of the result.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether a result is stored; one that cannot be read counts until it is asked for.
    pub(crate) fn is_stored(&self) -> bool {
        self.path.exists()
    }

    /// The stored result, if it is there, whole, and of this job.
    pub(crate) fn stored<T: DeserializeOwned>(&self) -> Option<T> {
        let stored: Stored<T> = serde_json::from_slice(&std::fs::read(&self.path).ok()?).ok()?;
        (stored.identity == self.identity).then_some(stored.result)
    }

    /// The stored result, or a new one, which is stored first.
    ///
    /// # Errors
    /// That of `compute`; [`StoreError`] if the result cannot be written; [`ExecuteError::Missing`] if it is not to be
    /// computed, [`ExecuteError::Elsewhere`] if another process does.
    pub(crate) fn get_or_compute<T: Serialize + DeserializeOwned>(
        &self,
        context: Context<'_>,
        compute: impl FnOnce() -> Result<T, ExecuteError>,
    ) -> Result<T, ExecuteError> {
        self.get_or(context, || self.stored(), compute, |result| self.store(result))
    }

    /// As [`Job::get_or_compute`], of a result that has its own way of being read and written.
    ///
    /// # Errors
    /// As there.
    pub(crate) fn get_or<T>(
        &self,
        context: Context<'_>,
        read: impl Fn() -> Option<T>,
        compute: impl FnOnce() -> Result<T, ExecuteError>,
        write: impl FnOnce(&T) -> Result<(), StoreError>,
    ) -> Result<T, ExecuteError> {
        if let Some(result) = read() {
            self.note(context, State::Finished);
            return Ok(result);
        }
        if !self.is_asked_for(context) {
            let is_at_work = context.folder.is_job_locked(short(&self.identity));
            self.note(context, if is_at_work { State::Running } else { State::Open });
            return Err(ExecuteError::Missing);
        }
        let lock = context.folder.lock_job(short(&self.identity))?;
        if matches!(lock, Lock::Elsewhere) {
            self.note(context, State::Running);
            return Err(ExecuteError::Elsewhere);
        }
        // Another process may have computed it between the look and the lock.
        if let Some(result) = read() {
            self.note(context, State::Finished);
            return Ok(result);
        }
        context.go_on()?;
        let result = compute()?;
        write(&result)?;
        drop(lock);
        self.note(context, State::Finished);
        Ok(result)
    }

    /// Whether there is no valid result yet and one is to be computed.
    pub(crate) fn is_to_do<T: DeserializeOwned>(&self, context: Context<'_>) -> bool {
        self.is_asked_for(context) && self.stored::<T>().is_none()
    }

    fn is_asked_for(&self, context: Context<'_>) -> bool {
        match context.order {
            Order::All => true,
            Order::List(_) => false,
            Order::One(one) => one.id == short(&self.identity),
        }
    }

    /// Tells who lists jobs, or waits for one, how this one stands.
    pub(crate) fn note(&self, context: Context<'_>, state: State) {
        match context.order {
            Order::All => {}
            Order::List(jobs) => {
                let file = self.path.strip_prefix(context.folder.root()).unwrap_or(&self.path);
                let file = file.components().map(|part| part.as_os_str().to_string_lossy());
                let status = JobStatus {
                    kind: self.kind.to_owned(),
                    id: short(&self.identity).to_owned(),
                    state,
                    file: file.collect::<Vec<_>>().join("/"),
                };
                if let Ok(mut jobs) = jobs.lock() {
                    jobs.push(status);
                }
            }
            Order::One(one) => {
                if one.id == short(&self.identity)
                    && let Ok(mut found) = one.found.lock()
                {
                    *found = Some(state);
                }
            }
        }
    }

    fn store<T: Serialize>(&self, result: &T) -> Result<(), StoreError> {
        #[derive(Serialize)]
        struct Storing<'r, T> {
            identity: &'r str,
            result: &'r T,
        }
        let stored = Storing { identity: &self.identity, result };
        let bytes = serde_json::to_vec(&stored).map_err(|error| StoreError::damaged(&self.path, &error))?;
        write_whole(&self.path, &bytes)
    }
}

/// What names a job among those of a study.
fn short(identity: &str) -> &str {
    identity.get(..16).unwrap_or(identity)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // a test

    use super::{Context, ExecuteError, Job, Order};
    use crate::config::Study;
    use crate::store::Folder;
    use circuitscope::KernelPath;
    use std::cell::Cell;
    use std::sync::atomic::AtomicBool;

    fn context<'a>(study: &'a Study, folder: &'a Folder, interrupt: &'a AtomicBool) -> Context<'a> {
        let path = KernelPath::Portable;
        Context { study, folder, path, order: Order::All, interrupt, listener: &|_| () }
    }

    #[test]
    fn a_result_is_computed_once_and_taken_only_under_its_own_identity() {
        let root = tempfile::TempDir::new().unwrap();
        let folder = Folder::open_or_create(root.path()).unwrap();
        let (study, interrupt) = (Study::quick().unwrap(), AtomicBool::new(false));
        let n_computed = Cell::new(0);
        let get = |job: &Job| {
            job.get_or_compute(context(&study, &folder, &interrupt), || {
                n_computed.set(n_computed.get() + 1);
                Ok(vec![0.1, f64::from(n_computed.get())])
            })
            .unwrap()
        };
        let job = Job::new(&folder, "kind", "place", ["some", "thing"]);
        assert!(!job.is_stored());
        assert_eq!(get(&job), get(&job));
        assert_eq!(n_computed.get(), 1);
        // Parts do not run into each other.
        let other = Job::new(&folder, "kind", "place", ["somet", "hing"]);
        assert_eq!(other.stored::<Vec<f64>>(), None);
        // A file that is cut, or another job's, is made anew.
        std::fs::write(job.path(), &std::fs::read(job.path()).unwrap()[..20]).unwrap();
        assert_eq!(get(&job), [0.1, 2.0]);
        std::fs::copy(job.path(), other.path()).unwrap();
        assert_eq!(get(&other), [0.1, 3.0]);
    }

    #[test]
    fn an_error_is_stored_nowhere() {
        let root = tempfile::TempDir::new().unwrap();
        let folder = Folder::open_or_create(root.path()).unwrap();
        let job = Job::new(&folder, "kind", "place", ["one"]);
        let (study, interrupt) = (Study::quick().unwrap(), AtomicBool::new(false));
        let result: Result<f64, ExecuteError> =
            job.get_or_compute(context(&study, &folder, &interrupt), || Err(ExecuteError::Interrupted));
        assert!(matches!(result, Err(ExecuteError::Interrupted)));
        assert!(!job.is_stored());
    }
}
