//! A task's file on disk.

use super::declared::parse_task;
use super::error::{Source, StudyError};
use super::field_tasks::of_file;
use circuitscope::task::declared::Declared;
use std::ops::Range;
use std::path::Path;
use toml::de::DeTable;

/// Reads the file of a task.
///
/// # Errors
/// [`StudyError`] says which file, line and field, and what would be right.
pub fn read_task(path: &Path) -> Result<Declared, StudyError> {
    let name = path.display().to_string();
    let text =
        std::fs::read_to_string(path).map_err(|source| StudyError::Read { path: name.clone(), source })?;
    let task = parse_task(&name, &text)?;
    // A copy of a built-in file is that task; anything else under its name would be taken for it.
    match of_file(task.name()) {
        Some(built_in) if built_in.text() != task.text() => {
            let source = Source { name: &name, text: &text };
            let message = format!("`name` is \"{}\"", task.name());
            let remedy = "this is the name of a built-in task, which this file changes; choose another one";
            Err(source.error(place_of_name(&text), message, remedy).into())
        }
        _ => Ok(task),
    }
}

fn place_of_name(text: &str) -> Option<Range<usize>> {
    let table = DeTable::parse(text).ok()?;
    let (_, name) = table.get_ref().iter().find(|(key, _)| key.get_ref() == "name")?;
    Some(name.span())
}
