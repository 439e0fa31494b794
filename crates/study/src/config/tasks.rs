//! Which tasks a study has: `tasks` and the `[task.NAME]` tables of a study file.

use super::error::{ConfigError, Source};
use super::section::{Section, Value};
use super::task::task;
use circuitscope::task::Task;

/// The tasks of a study file.
pub(super) struct Tasks<'a> {
    source: Source<'a>,
    /// Names of the tasks that the study has.
    pub(super) listed: Vec<String>,
    /// Names of all tasks that there are.
    pub(super) known: Vec<String>,
    tables: Vec<(&'static str, Value<'a>)>,
}

impl<'a> Tasks<'a> {
    /// Reads `tasks` and `[task]`.
    pub(super) fn read(top: &mut Section<'a>, source: Source<'a>) -> Result<Self, Box<ConfigError>> {
        let known = Task::NAMES.map(str::to_owned).to_vec();
        let listed = listed(top, &known)?;
        let mut tables = Vec::new();
        if let Some(value) = top.take("task") {
            let mut section = value.section("task")?;
            tables = Task::NAMES.into_iter().filter_map(|task| Some((task, section.take(task)?))).collect();
            section.finish()?;
        }
        Ok(Self { source, listed, known, tables })
    }

    /// The task of this name, as the study file has it.
    pub(super) fn task(&self, name: &str) -> Result<Task, Box<ConfigError>> {
        let table = self.tables.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        task(name, table, self.source)
    }
}

fn listed(top: &mut Section<'_>, known: &[String]) -> Result<Vec<String>, Box<ConfigError>> {
    let Some(value) = top.take("tasks") else { return Ok(known.to_vec()) };
    let choices: Vec<(&str, &String)> = known.iter().map(|name| (name.as_str(), name)).collect();
    let mut names: Vec<String> = Vec::new();
    for entry in value.entries("tasks")? {
        let name = entry.choose("task", &choices)?;
        if names.contains(name) {
            return Err(entry.error(format!("task `{name}` is named twice"), "name each task once"));
        }
        names.push(name.clone());
    }
    if names.is_empty() {
        let remedy = format!("name at least one; known: {}", known.join(", "));
        return Err(value.error("`tasks` is empty".into(), remedy));
    }
    Ok(names)
}
