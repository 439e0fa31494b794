//! The task that a command was given, by name or as a file.

use crate::arguments::{MaybeTask, WhichTask};
use crate::exit::Failure;
use circuitscope_study::Task;
use circuitscope_study::config::{built_in_task, read_task};
use circuitscope_study::import::recording;
use std::path::Path;

/// The task that a command was given.
pub(super) fn required_task(which: &WhichTask) -> Result<Task, Failure> {
    let WhichTask { task, trials } = which;
    let path = task.as_deref().map(Path::new).or(trials.as_deref());
    task_of(path.unwrap_or(Path::new("")))
}

pub(super) fn maybe_task(which: &MaybeTask) -> Result<Option<Task>, Failure> {
    let MaybeTask { task, trials } = which;
    task.as_deref().map(Path::new).or(trials.as_deref()).map(task_of).transpose()
}

/// The task of a name, or of a file by its ending.
pub(super) fn task_of(asked: &Path) -> Result<Task, Failure> {
    let ending = asked.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    match ending.as_deref() {
        Some("npz" | "safetensors") => {
            let (task, notes) = recording::trials(asked)?;
            for note in notes {
                crate::progress::print_error(&format!("note: {}: {note}\n", asked.display()));
            }
            Ok(task)
        }
        Some("toml") => Ok(read_task(asked)?.into()),
        _ => Ok(built_in_task(&asked.to_string_lossy())?),
    }
}
