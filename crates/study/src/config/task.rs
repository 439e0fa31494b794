//! The `[task.NAME]` tables of a study file.

use super::error::{ConfigError, Source};
use super::section::{Section, Value};
use circuitscope::field::FieldError;
use circuitscope::task::{Cddm, GoNoGo, MemoryNumber, Task, Yang, YangSetting, unit_values};

/// Most values that are made from a number alone.
const MOST_VALUES: usize = 1_000_000;

/// Whether a built-in task of this name has settings of its own: it may have a table in a study file.
pub(super) fn is_settable(name: &str) -> bool {
    Task::NAMES.contains(&name) || Yang::NAMES.contains(&name)
}

/// The task of a name with the settings of its table over the published ones.
pub(super) fn task(
    name: &str,
    table: Option<Value<'_>>,
    source: Source<'_>,
) -> Result<Task, Box<ConfigError>> {
    let (task, spans) = match table {
        Some(table) => {
            let mut section = table.section(&format!("task.{name}"))?;
            let task = set(name, &mut section)?;
            let spans = section.spans();
            section.finish()?;
            (task, spans)
        }
        None => (Task::published(name).map(Ok), Vec::new()),
    };
    let task = task.expect("the caller checked the name");
    task.and_then(Task::checked).map_err(|error| {
        let set = |field: &str| spans.iter().find(|(known, _)| known == field).map(|(_, span)| span.clone());
        let (span, whose) = match set(error.field) {
            Some(span) => (Some(span), ""),
            // A published value no longer fits what the file changes: the length of the trial, or when the value is shown.
            None => (set("n_steps").or(set("value")).or(table.map(|table| table.span())), " as published"),
        };
        let message = format!("`{}` of task `{name}` is {}{whose}", error.field, error.found);
        source.error(span, message, error.remedy)
    })
}

/// The published task of a name with what a section sets.
#[allow(clippy::type_complexity, reason = "what cannot be read, and what no task can be made from")]
fn set(name: &str, section: &mut Section<'_>) -> Result<Option<Result<Task, FieldError>>, Box<ConfigError>> {
    let task = match name {
        "cddm" => {
            let mut task = Cddm::published();
            section.set("n_steps", &mut task.n_steps)?;
            section.set("context", &mut task.context)?;
            section.set("stimulus", &mut task.stimulus)?;
            section.set("decision", &mut task.decision)?;
            section.set("mask", &mut task.mask)?;
            section.set("train_coherences", &mut task.train_coherences)?;
            section.set("analysis_coherences", &mut task.analysis_coherences)?;
            task.into()
        }
        "go_no_go" => {
            let mut task = GoNoGo::published();
            section.set("n_steps", &mut task.n_steps)?;
            section.set("value", &mut task.value)?;
            section.set("cue", &mut task.cue)?;
            section.set("mask", &mut task.mask)?;
            section.set("threshold", &mut task.threshold)?;
            values(section, "train_values", &mut task.train_values)?;
            values(section, "analysis_values", &mut task.analysis_values)?;
            task.into()
        }
        "memory_number" => {
            let mut task = MemoryNumber::published();
            section.set("n_steps", &mut task.n_steps)?;
            section.set("value", &mut task.value)?;
            section.set("onset_jitter", &mut task.onset_jitter)?;
            section.set("recall", &mut task.recall)?;
            section.set("mask", &mut task.mask)?;
            values(section, "train_values", &mut task.train_values)?;
            values(section, "analysis_values", &mut task.analysis_values)?;
            task.into()
        }
        _ => {
            let mut setting = YangSetting::published();
            section.set("ring", &mut setting.ring)?;
            section.set("dt_ms", &mut setting.dt_ms)?;
            section.set("trials", &mut setting.trials)?;
            section.set("directions", &mut setting.directions)?;
            return Ok(Yang::task(name, &setting));
        }
    };
    Ok(Some(Ok(task)))
}

/// A number of evenly spaced values from 0 to 1, or the values themselves.
fn values(section: &mut Section<'_>, key: &str, place: &mut Vec<f64>) -> Result<(), Box<ConfigError>> {
    if let Some(value) = section.take(key) {
        *place = if value.is_list() { value.read(key)? } else { unit_values(value.count(key, MOST_VALUES)?) };
    }
    Ok(())
}
