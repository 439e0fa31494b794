//! One unit of work of an analysis: what decides its result, where that is stored, and how it is had.
//!
//! Every analysis follows one protocol: a stored result of the right identity is taken as it is; else it is computed and
//! stored whole before anyone is given it. An interruption stops between jobs and loses none that is finished.

use crate::config::Study;
use crate::event::{Event, Listener, Stage};
use crate::execute::ExecuteError;
use crate::identity::{of_parts, seed_of};
use crate::store::{Folder, StoreError, write_whole};
use circuitscope::KernelPath;
use rayon::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

/// What every job needs.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The study.
    pub study: &'a Study,
    /// Where results are stored.
    pub folder: &'a Folder,
    /// Instructions of the fits of latent circuits.
    pub path: KernelPath,
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
    /// The job whose result is decided by `parts` alone, stored under `work/PLACE`.
    pub(crate) fn new<'a>(folder: &Folder, place: &str, parts: impl IntoIterator<Item = &'a str>) -> Self {
        let identity = of_parts(parts);
        let path = folder.work(place, &identity[..16]);
        Self { identity, path }
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
    /// That of `compute`, or [`StoreError`] if the result cannot be written.
    pub(crate) fn get_or_compute<T: Serialize + DeserializeOwned>(
        &self,
        compute: impl FnOnce() -> Result<T, ExecuteError>,
    ) -> Result<T, ExecuteError> {
        match self.stored() {
            Some(result) => Ok(result),
            None => self.store(compute()?),
        }
    }

    /// Stores a result and gives it back.
    ///
    /// # Errors
    /// [`StoreError`] if it cannot be written.
    pub(crate) fn store<T: Serialize>(&self, result: T) -> Result<T, ExecuteError> {
        let stored = Stored { identity: self.identity.clone(), result };
        let bytes = serde_json::to_vec(&stored).map_err(|error| StoreError::damaged(&self.path, &error))?;
        write_whole(&self.path, &bytes)?;
        Ok(stored.result)
    }
}

/// Does the pieces of a stage side by side, and gives their results in the order of the pieces.
///
/// - `work`: of a piece, in the unit of the stage's progress.
///
/// # Errors
/// The first error in the order of the pieces, or [`ExecuteError::Interrupted`]; everything stored before it stays.
pub(crate) fn side_by_side<P: Send + Sync, T: Send>(
    context: Context<'_>,
    stage: Stage,
    pieces: &[P],
    work: impl Fn(&P) -> u64 + Sync,
    run: impl Fn(&P) -> Result<T, ExecuteError> + Sync,
) -> Result<Vec<T>, ExecuteError> {
    let all = pieces.iter().map(&work).sum();
    (context.listener)(Event::Began { stage, n_pieces: pieces.len(), n_done: 0, work: all });
    let results: Vec<Result<T, ExecuteError>> = pieces
        .par_iter()
        .with_max_len(1)
        .map(|piece| {
            let result = context.go_on().and_then(|()| run(piece));
            (context.listener)(Event::Advanced { stage, work: work(piece) });
            result
        })
        .collect();
    let results = results.into_iter().collect::<Result<Vec<T>, _>>()?;
    (context.listener)(Event::Ended { stage });
    Ok(results)
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
