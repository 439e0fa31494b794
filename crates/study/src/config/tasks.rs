//! Which tasks a study has: `tasks` and the `[task.NAME]` tables of a study file.

use super::declared::{declared, parse_task};
use super::error::{ConfigError, Source};
use super::field_tasks::{of_file, task_names};
use super::section::{Section, Start, Value};
use super::task::{is_settable, task};
use crate::suggestion::suggestion;
use circuitscope::task::{Several, Task};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Where the files of tasks are that a study file names.
#[derive(Clone, Debug)]
pub(crate) enum TaskFiles {
    /// Beside the study file.
    Named,
    /// In a study folder: copies under the names of the tasks.
    Copies(PathBuf),
    /// Nowhere: the one task of the study is a value, and the text names none.
    Value(Box<Task>),
}

/// The tasks of a study file.
pub(super) struct Tasks<'a> {
    source: Source<'a>,
    files: &'a TaskFiles,
    /// Names of the tasks that the study has.
    pub(super) listed: Vec<String>,
    /// Names of all tasks that there are: built in, or declared in the study file.
    pub(super) known: Vec<String>,
    tables: Vec<(&'a str, Range<usize>, Value<'a>)>,
    /// Texts of the files that were read, by the names of their tasks.
    read: RefCell<BTreeMap<String, String>>,
}

impl<'a> Tasks<'a> {
    /// Reads `tasks` and `[task]`.
    pub(super) fn read(
        top: &mut Section<'a>,
        files: &'a TaskFiles,
        source: Source<'a>,
    ) -> Result<Self, Box<ConfigError>> {
        if let TaskFiles::Value(task) = files {
            let name = task.name().to_owned();
            let mut known: Vec<String> = task_names().into_iter().map(str::to_owned).collect();
            known.extend((!known.contains(&name)).then(|| name.clone()));
            let (listed, tables, read) = (vec![name], Vec::new(), RefCell::default());
            return Ok(Self { source, files, listed, known, tables, read });
        }
        let tables = match top.take("task") {
            Some(value) => value.section("task")?.all(),
            None => Vec::new(),
        };
        let mut all = Task::NAMES.map(str::to_owned).to_vec();
        for (name, span, value) in tables.iter().filter(|(name, ..)| !is_settable(name)) {
            if task_names().contains(name) {
                let remedy = format!(
                    "to change it, copy its file, studies/tasks/{name}.toml, and give the copy another name"
                );
                return Err(source.error(Some(span.clone()), format!("task `{name}` is built in"), remedy));
            }
            let mut section = value.section(&format!("task.{name}"))?;
            if ["file", "inputs", "several"].iter().all(|key| section.take(key).is_none()) {
                let remedy = format!(
                    "{}; a task of your own has `inputs`, `outputs` and more, a `file`, or `several` tasks (docs/tasks.md)",
                    suggestion(name, &task_names())
                );
                return Err(source.error(Some(span.clone()), format!("there is no task `{name}`"), remedy));
            }
            all.push((*name).to_owned());
        }
        let mut known: Vec<String> = task_names().into_iter().map(str::to_owned).collect();
        known.extend(all.iter().skip(Task::NAMES.len()).cloned());
        let listed = listed(top, &known, all)?;
        // Tasks that a listed one is made of.
        let mut used = listed.clone();
        for (name, _, value) in &tables {
            let several =
                value.section("task")?.take("several").filter(|_| listed.iter().any(|known| known == name));
            if let Some(several) = several {
                used.extend(several.read::<Vec<String>>("several")?);
            }
        }
        let is_unlisted =
            |name: &&str| !Task::NAMES.contains(name) && !used.iter().any(|known| known == name);
        if let Some((name, span, _)) = tables.iter().find(|(name, ..)| is_unlisted(name)) {
            let message = format!("[task.{name}] is declared but not listed in `tasks`");
            return Err(source.error(Some(span.clone()), message, "list it, or leave it out"));
        }
        Ok(Self { source, files, listed, known, tables, read: RefCell::default() })
    }

    /// Whether the study file sets something of this task.
    pub(super) fn has_table(&self, name: &str) -> bool {
        self.tables.iter().any(|(known, ..)| *known == name)
    }

    /// The task of this name, as the study file has it.
    pub(super) fn task(&self, name: &str) -> Result<Task, Box<ConfigError>> {
        if let TaskFiles::Value(task) = self.files
            && task.name() == name
        {
            return Ok((**task).clone());
        }
        let table = self.tables.iter().find(|(known, ..)| *known == name);
        match table {
            Some((_, span, value)) if !is_settable(name) => self.own(name, span, *value),
            _ => match of_file(name) {
                Some(task) => Ok(task),
                None => task(name, table.map(|(_, _, value)| *value), self.source),
            },
        }
    }

    /// A task made of tasks that the study knows.
    fn several(&self, name: &str, several: Value<'_>) -> Result<Task, Box<ConfigError>> {
        let is_several = |other: &str| {
            let table = self.tables.iter().find(|(known, ..)| *known == other);
            table.is_some_and(|(.., value)| {
                value.section("task").is_ok_and(|mut section| section.take("several").is_some())
            })
        };
        let choices: Vec<(&str, &String)> = self.known.iter().map(|known| (known.as_str(), known)).collect();
        let part = |entry: Value<'_>| {
            let part = entry.choose("task", &choices)?;
            if is_several(part) {
                let message =
                    format!("`several` of task `{name}` holds `{part}`, which is itself made of several");
                return Err(entry.error(message, "name the tasks that it is made of"));
            }
            self.task(part)
        };
        let parts = several
            .entries("several")?
            .into_iter()
            .map(part)
            .collect::<Result<Vec<_>, Box<ConfigError>>>()?;
        Several::new(name, parts).map(Task::from).map_err(|error| {
            several.error(format!("`several` of task `{name}` is {}", error.found), error.remedy)
        })
    }

    /// Texts of the files that were read, by the names of their tasks.
    pub(super) fn texts(self) -> BTreeMap<String, String> {
        self.read.into_inner()
    }

    /// A task that the study file declares, or names the file of.
    fn own(&self, name: &str, span: &Range<usize>, value: Value<'_>) -> Result<Task, Box<ConfigError>> {
        let mut section = value.section(&format!("task.{name}"))?;
        if let Some(several) = section.take("several") {
            section.finish()?;
            return self.several(name, several);
        }
        let Some(file) = section.take("file") else {
            let start = Start { path: &format!("task.{name}"), span: Some(span.clone()) };
            let table = value.value.get_ref().as_table();
            let declared =
                table.map(|table| declared(name.to_owned(), &start, table, self.source)).transpose()?;
            return Ok(declared.expect("a section is a table").into());
        };
        section.finish()?;
        let written: String = file.read("file")?;
        let path = match self.files {
            TaskFiles::Named | TaskFiles::Value(_) => {
                Path::new(self.source.name).parent().unwrap_or(Path::new("")).join(&written)
            }
            TaskFiles::Copies(folder) => folder.join(format!("{name}.toml")),
        };
        let text = std::fs::read_to_string(&path).map_err(|error| {
            let message = format!("cannot read {}, the file of task `{name}`: {error}", path.display());
            file.error(message, "paths of a study file are relative to it")
        })?;
        let task = Task::from(parse_task(&path.display().to_string(), &text)?);
        if task.name() != name {
            let message = format!("{} declares task `{}`", path.display(), task.name());
            return Err(file.error(message, format!("name the table as the task: [task.{}]", task.name())));
        }
        self.read.borrow_mut().insert(name.to_owned(), text);
        Ok(task)
    }
}

/// The tasks of a study: those that it lists, or else the published ones and its own.
fn listed(
    top: &mut Section<'_>,
    known: &[String],
    all: Vec<String>,
) -> Result<Vec<String>, Box<ConfigError>> {
    let Some(value) = top.take("tasks") else { return Ok(all) };
    let mut names: Vec<String> = Vec::new();
    for entry in value.entries("tasks")? {
        let choices: Vec<(&str, &String)> = known.iter().map(|name| (name.as_str(), name)).collect();
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
