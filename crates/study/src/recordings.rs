//! Recordings that a study ranks: brought into its folder before anything is computed, so that the folder holds all that its
//! results follow from, and read from there.

use crate::config::{Description, Study, StudyRecording};
use crate::ensemble::task_of;
use crate::event::{Event, Listener};
use crate::import::recording::{Labelled, labelled};
use crate::job::ExecuteError;
use crate::one_network::{OneNetworkError, check};
use crate::store::manifest::{hash, hash_of_file};
use crate::store::{Folder, StoreError, write_whole};
use circuitscope::task::Task;
use miette::Diagnostic;
use std::path::{Path, PathBuf};

/// A recording with how it is meant.
#[derive(Clone, Debug)]
pub struct Described {
    /// Its trials, with the labels that its task knows.
    pub recording: Labelled,
    /// How it is meant: what was said, and what stands in the file beside it.
    pub description: Description,
}

/// Reads a recording, and what the file beside it says of it.
///
/// - `said`: goes before what stands beside the file.
///
/// # Errors
/// [`DescribedError`]
pub fn described(path: &Path, said: Description) -> Result<Described, DescribedError> {
    let description = said.over(Description::beside(path)?);
    let mut recording = labelled(path, description.layout.unwrap_or_default())?;
    if let Some(bin_ms) = description.bin_ms {
        if let Some(dt_ms) = recording.dt_ms.filter(|dt_ms| (dt_ms - bin_ms).abs() > 1e-9 * bin_ms) {
            let reason =
                format!("`dt_ms` is {dt_ms} in the file, but `bin_ms` is {bin_ms} in what is said of it");
            return Err(unfit(path, reason, "give one of them, the time between two steps in ms".to_owned()));
        }
        recording.dt_ms = Some(bin_ms);
    }
    for (factor, label) in &description.factors {
        let held = |name: &str| recording.conditions.iter().position(|(known, _)| known == name);
        let Some(place) = held(label) else {
            let known: Vec<&str> = recording.conditions.iter().map(|(name, _)| name.as_str()).collect();
            let reason = format!("no array `condition_{label}`, which is said to be the factor `{factor}`");
            return Err(unfit(
                path,
                reason,
                format!("the file has `condition_{}`", known.join("`, `condition_")),
            ));
        };
        if held(factor).is_some_and(|other| other != place) {
            let reason =
                format!("`condition_{label}` is said to be the factor `{factor}`, which the file has too");
            return Err(unfit(
                path,
                reason,
                format!("leave `{factor}` out of `factors`, or `condition_{factor}` out of the file"),
            ));
        }
        recording.conditions[place].0.clone_from(factor);
    }
    Ok(Described { recording, description })
}

/// A recording that cannot be read as it is described.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum DescribedError {
    /// The file beside it.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Description(#[from] crate::config::StudyError),
    /// Its file.
    #[error(transparent)]
    #[diagnostic(transparent)]
    File(#[from] crate::import::recording::RecordingError),
    /// What is said of it does not fit.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Unfit(#[from] OneNetworkError),
}

fn unfit(path: &Path, reason: String, remedy: String) -> DescribedError {
    OneNetworkError::Unranked { origin: path.display().to_string(), reason, remedy }.into()
}

/// A recording in the folder of a study.
pub(crate) struct Held {
    pub(crate) name: String,
    pub(crate) task: Task,
    pub(crate) described: Described,
    /// Hash of its content and of how it is meant.
    pub(crate) identity: String,
}

/// Where the recordings of a study are, once each is seen to fit its task; changes nothing.
///
/// A file that is not there any more is taken from the folder, if a run before has brought it in; the listener is told.
///
/// # Errors
/// [`ExecuteError`] names the recording.
pub(crate) fn located<'a>(
    study: &'a Study,
    folder: &Folder,
    listener: &Listener<'_>,
) -> Result<Vec<(&'a StudyRecording, PathBuf)>, ExecuteError> {
    let of_one = |one: &'a StudyRecording| {
        let path = if one.file.exists() { one.file.clone() } else { copy(folder, one) };
        held(study, one, &path)?;
        if path != one.file {
            let StudyRecording { name, file, .. } = one;
            let (file, path) = (file.display(), path.display());
            let text = format!(
                "recording `{name}`: there is no file {file}; {path}, which an earlier run has copied, is ranked"
            );
            listener(Event::Warned { text: &text });
        }
        Ok((one, path))
    };
    study.recordings.iter().map(of_one).collect()
}

/// Copies recordings into the folder of their study, which has begun there.
///
/// # Errors
/// [`ExecuteError`] if a file cannot be read or written.
pub(crate) fn bring_in(located: &[(&StudyRecording, PathBuf)], folder: &Folder) -> Result<(), ExecuteError> {
    for (one, path) in located {
        let to = copy(folder, one);
        if *path == to {
            continue;
        }
        for (from, to) in
            [(path.clone(), to.clone()), (Description::path_beside(path), Description::path_beside(&to))]
        {
            match std::fs::read(&from) {
                Ok(bytes) if std::fs::read(&to).is_ok_and(|known| known == bytes) => {}
                Ok(bytes) => write_whole(&to, &bytes)?,
                // No file beside the recording, or none any more.
                Err(_) if !from.exists() => drop(std::fs::remove_file(&to)),
                Err(source) => return Err(StoreError::read(&from, source).into()),
            }
        }
    }
    Ok(())
}

/// The recordings of a study as its folder holds them.
///
/// # Errors
/// [`ExecuteError`] names the recording that is missing or does not fit.
pub(crate) fn all_held(study: &Study, folder: &Folder) -> Result<Vec<Held>, ExecuteError> {
    study.recordings.iter().map(|one| held(study, one, &copy(folder, one))).collect()
}

/// The files of recordings that the folder of a study holds.
pub(crate) fn files(study: &Study, folder: &Folder) -> Vec<PathBuf> {
    let of_one = |one| {
        let path = copy(folder, one);
        [Description::path_beside(&path), path]
    };
    study.recordings.iter().flat_map(of_one).filter(|path| path.exists()).collect()
}

/// Where the folder holds a recording.
fn copy(folder: &Folder, one: &StudyRecording) -> PathBuf {
    let ending =
        one.file.extension().map(|ending| format!(".{}", ending.to_string_lossy())).unwrap_or_default();
    folder.recording(&format!("{}{ending}", one.name))
}

fn held(study: &Study, one: &StudyRecording, path: &Path) -> Result<Held, ExecuteError> {
    if !path.exists() {
        return Err(ExecuteError::Recording {
            name: one.name.clone(),
            reason: format!("there is no file {}", one.file.display()),
            remedy: "paths of a study file are relative to it; run the study once with the file in place"
                .to_owned(),
        });
    }
    let refused = |error: &dyn Diagnostic| ExecuteError::Recording {
        name: one.name.clone(),
        reason: error.to_string(),
        remedy: error.help().map(|help| help.to_string()).unwrap_or_default(),
    };
    let described = described(path, one.description.clone()).map_err(|error| refused(&error))?;
    let Described { recording, description } = &described;
    let task = task_of(study, recording, description.task.as_deref()).map_err(|error| refused(&error))?;
    check(recording, &task, &description.starts).map_err(|error| refused(&error))?;
    let identity = hash(format!("{} {}", hash_of_file(path)?, description.text()).as_bytes());
    Ok(Held { name: one.name.clone(), task, described, identity })
}
