//! One unit of work: what decides its result, where that is stored, and how it is had.
//!
//! Training and every analysis follow one protocol: a stored result of the right identity is taken as it is; else it is
//! computed under a lock of its own and stored whole before anyone is given it. An interruption stops between jobs and
//! loses none that is finished; several processes may work on the jobs of one folder.

use crate::config::Study;
use crate::event::{Event, Listener, Stage};
use crate::identity::{of_parts, seed_of};
use crate::store::{Folder, Lock, StoreError, write_whole};
use circuitscope::KernelPath;
use rayon::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How long to wait before asking again for results that another process computes.
const PATIENCE: Duration = Duration::from_millis(200);

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
    /// A result is not stored, and [`Order`] says not to compute it.
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

    /// A seed of its own.
    pub(crate) fn seed(&self) -> u64 {
        seed_of(&self.identity)
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
            return Ok(result);
        }
        context.go_on()?;
        let result = compute()?;
        write(&result)?;
        drop(lock);
        self.note(context, State::Finished);
        Ok(result)
    }

    /// Whether there is no result yet and one is to be computed.
    pub(crate) fn is_to_do(&self, context: Context<'_>) -> bool {
        !self.is_stored() && self.is_asked_for(context)
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

/// Does the pieces of a stage side by side, and gives their results in the order of the pieces.
///
/// - `work`: of a piece, in the unit of the stage's progress.
///
/// # Errors
/// As [`spread`].
pub(crate) fn side_by_side<P: Send + Sync, T: Send>(
    context: Context<'_>,
    stage: Stage,
    pieces: &[P],
    work: impl Fn(&P) -> u64 + Sync,
    run: impl Fn(&P) -> Result<T, ExecuteError> + Sync,
) -> Result<Vec<T>, ExecuteError> {
    let all = pieces.iter().map(&work).sum();
    (context.listener)(Event::Began { stage, n_pieces: pieces.len(), n_done: 0, work: all });
    let results = spread(context, pieces, |piece, _| {
        let result = run(piece)?;
        (context.listener)(Event::Advanced { stage, work: work(piece) });
        Ok(result)
    })?;
    (context.listener)(Event::Ended { stage });
    Ok(results)
}

/// Spreads pieces over the threads, in their order as threads become free; what another process computes is waited for
/// once all else is done.
///
/// - `run`: told whether the work is over: the user asks to stop, or a file could not be written.
///
/// # Errors
/// A file that could not be written or read, else [`ExecuteError::Interrupted`], else [`ExecuteError::Missing`]; everything
/// stored before it stays.
pub(crate) fn spread<P: Sync, T: Send>(
    context: Context<'_>,
    pieces: &[P],
    run: impl Fn(&P, &(dyn Fn() -> bool + Sync)) -> Result<T, ExecuteError> + Sync,
) -> Result<Vec<T>, ExecuteError> {
    // A full disk would fail every later piece too, after hours of work on each.
    let failed = AtomicBool::new(false);
    let is_over = || context.interrupt.load(Ordering::Relaxed) || failed.load(Ordering::Relaxed);
    let mut results: Vec<Option<T>> = pieces.iter().map(|_| None).collect();
    let mut left: Vec<usize> = (0..pieces.len()).collect();
    let (mut is_interrupted, mut is_missing) = (false, false);
    while !left.is_empty() {
        let done: Vec<(usize, Result<T, ExecuteError>)> = left
            .drain(..)
            .par_bridge() // hands pieces out one by one, in order
            .map(|place| {
                let result =
                    if is_over() { Err(ExecuteError::Interrupted) } else { run(&pieces[place], &is_over) };
                if matches!(result, Err(ExecuteError::Store(_))) {
                    failed.store(true, Ordering::Relaxed);
                }
                (place, result)
            })
            .collect();
        for (place, result) in done {
            match result {
                Ok(result) => results[place] = Some(result),
                Err(error @ ExecuteError::Store(_)) => return Err(error),
                Err(ExecuteError::Interrupted) => is_interrupted = true,
                Err(ExecuteError::Missing) => is_missing = true,
                Err(ExecuteError::Elsewhere) => left.push(place),
            }
        }
        if is_interrupted {
            return Err(ExecuteError::Interrupted);
        }
        if matches!(context.order, Order::One(_)) && !left.is_empty() {
            return Err(ExecuteError::Elsewhere);
        }
        left.sort_unstable();
        if !left.is_empty() {
            std::thread::sleep(PATIENCE);
        }
    }
    if is_missing { Err(ExecuteError::Missing) } else { Ok(results.into_iter().flatten().collect()) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // a test

    use super::Job;
    use crate::execute::ExecuteError;
    use crate::store::Folder;
    use std::cell::Cell;

    #[test]
    fn a_result_is_computed_once_and_taken_only_under_its_own_identity() {
        let root = tempfile::TempDir::new().unwrap();
        let folder = Folder::open_or_create(root.path()).unwrap();
        let n_computed = Cell::new(0);
        let get = |job: &Job| {
            job.get_or_compute(|| {
                n_computed.set(n_computed.get() + 1);
                Ok(vec![0.1, f64::from(n_computed.get())])
            })
            .unwrap()
        };
        let job = Job::new(&folder, "place", ["some", "thing"]);
        assert!(!job.is_stored());
        assert_eq!(get(&job), get(&job));
        assert_eq!(n_computed.get(), 1);
        // Parts do not run into each other.
        let other = Job::new(&folder, "place", ["somet", "hing"]);
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
        let job = Job::new(&folder, "place", ["one"]);
        let result: Result<f64, ExecuteError> = job.get_or_compute(|| Err(ExecuteError::Interrupted));
        assert!(matches!(result, Err(ExecuteError::Interrupted)));
        assert!(!job.is_stored());
    }
}
