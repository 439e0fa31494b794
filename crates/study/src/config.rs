//! Study files: TOML in, checked science types out; every error names the line and the remedy.

mod class;
mod classes;
mod comparison;
mod error;
mod margins;
mod recordings;
mod section;
mod selection;
mod task;

pub use class::Class;
pub use comparison::{Circuits, Comparison, Control};
pub use error::{ConfigError, StudyError};
pub use recordings::{Description, StudyRecording};
pub use selection::Selection;

use circuitscope::claims::Margins;
use circuitscope::task::Task;
use class::check_name;
use classes::Classes;
use comparison::{circuits, comparison};
use error::Source;
use margins::margins;
use recordings::recordings;
use section::{Section, Value};
pub(crate) use selection::published as published_selection;
use selection::selections;
use std::path::Path;
use toml::de::DeTable;

/// The built-in study: six classes, three tasks, minutes.
pub const QUICK: &str = include_str!("../../../studies/quick.toml");

/// Latest checkpoint: no training is as long.
const MOST_ITERATIONS: usize = 100_000_000;
/// Most networks of a class on a task.
const MOST_NETWORKS: usize = 1_000_000;

/// The remedy for a file that is not TOML.
const SYNTAX: &str = "a study file is TOML: `key = value` lines under [table] headings; studies/paper.toml writes out \
                      every setting there is";

/// One task of a study with its classes.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskStudy {
    /// The task.
    pub task: Task,
    /// The classes trained on it, in the order of the study file.
    pub classes: Vec<Class>,
    /// Which of them are compared.
    pub selection: Selection,
}

/// A study: what is trained, selected and compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Study {
    /// Its name; the study folder is called after it.
    pub name: String,
    /// The seed from which every other seed is derived.
    pub seed: u64,
    /// Networks trained of each class on each task.
    pub networks_per_class: usize,
    /// The tasks.
    pub tasks: Vec<TaskStudy>,
    /// The comparison.
    pub comparison: Comparison,
    /// Latent circuits.
    pub circuits: Circuits,
    /// Differences that do not matter.
    pub margins: Margins,
    /// Recordings that are ranked beside the networks.
    pub recordings: Vec<StudyRecording>,
    /// Iterations after which networks are kept on their way, rising; a training that is over before has none there.
    pub checkpoints: Vec<usize>,
    /// The study file's text, kept in the study folder.
    pub text: String,
}

impl Study {
    /// The built-in quick study.
    ///
    /// # Errors
    /// None that its test would not find first.
    pub fn quick() -> Result<Self, StudyError> {
        Ok(Self::parse("studies/quick.toml", QUICK)?)
    }

    /// Reads a study file.
    ///
    /// # Errors
    /// [`StudyError`] says which file, line and field, and what would be right.
    pub fn read(path: &Path) -> Result<Self, StudyError> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path)
            .map_err(|source| StudyError::Read { path: name.clone(), source })?;
        Ok(Self::parse(&name, &text)?)
    }

    /// Reads the text of a study file that goes by `name`.
    ///
    /// # Errors
    /// [`ConfigError`] says which line and field, and what would be right.
    pub fn parse(name: &str, text: &str) -> Result<Self, Box<ConfigError>> {
        let source = Source { name, text };
        let table = DeTable::parse(text)
            .map_err(|error| source.error(error.span(), error.message().trim_end(), SYNTAX))?;
        let mut top = Section::new(String::new(), table.get_ref(), source);

        let stem = Path::new(name).file_stem().map_or("study".into(), |stem| stem.to_string_lossy());
        let mut study_name = stem.into_owned();
        let mut seed = 0;
        let mut networks_per_class = 10;
        top.set("name", &mut study_name)?;
        let place = top.take("name").map(|value| value.span());
        check_name(&study_name, source, place)?;
        top.set("seed", &mut seed)?;
        top.set_count("networks_per_class", MOST_NETWORKS, &mut networks_per_class)?;

        let task_names = task_names(&mut top)?;
        let classes = Classes::read(&mut top, source)?;
        let selections = selections(&mut top)?;
        let comparison = comparison(&mut top)?;
        let circuits = circuits(&mut top)?;
        let margins = margins(&mut top)?;
        let recordings = recordings(&mut top, source)?;
        let checkpoints = checkpoints(&mut top)?;
        let task_tables = by_task(top.take("task"))?;
        top.finish()?;

        // What is set for a task that the study lacks is held against the rules all the same.
        for other in Task::NAMES.into_iter().filter(|name| !task_names.contains(name)) {
            task::task(other, table_of(&task_tables, other), source)?;
            classes.check_defaults(other)?;
        }
        let mut tasks = Vec::new();
        for task_name in task_names {
            let task = task::task(task_name, table_of(&task_tables, task_name), source)?;
            tasks.push(TaskStudy {
                task,
                classes: classes.for_task(task_name)?,
                selection: selections[task_name],
            });
        }
        Ok(Self {
            name: study_name,
            seed,
            networks_per_class,
            tasks,
            comparison,
            circuits,
            margins,
            recordings,
            checkpoints,
            text: text.to_owned(),
        })
    }

    /// Number of networks the study trains.
    pub fn n_networks(&self) -> usize {
        self.tasks.iter().map(|task| task.classes.len() * self.networks_per_class).sum()
    }
}

/// The iterations after which networks are kept.
fn checkpoints(top: &mut Section<'_>) -> Result<Vec<usize>, Box<ConfigError>> {
    const FIELD: &str = "checkpoints";
    let Some(value) = top.take(FIELD) else { return Ok(Vec::new()) };
    let mut iterations = Vec::new();
    for entry in value.entries(FIELD)? {
        let iteration = entry.count(FIELD, MOST_ITERATIONS)?;
        if iterations.last().is_some_and(|&last| last >= iteration) {
            let message = format!("`{FIELD}` holds {iteration} after a later one");
            return Err(entry.error(message, "name the iterations in rising order, each once"));
        }
        iterations.push(iteration);
    }
    Ok(iterations)
}

fn task_names(top: &mut Section<'_>) -> Result<Vec<&'static str>, Box<ConfigError>> {
    let Some(value) = top.take("tasks") else { return Ok(Task::NAMES.to_vec()) };
    let choices = Task::NAMES.map(|name| (name, name));
    let mut names = Vec::new();
    for entry in value.entries("tasks")? {
        let name = entry.choose("task", &choices)?;
        if names.contains(&name) {
            return Err(entry.error(format!("task `{name}` is named twice"), "name each task once"));
        }
        names.push(name);
    }
    if names.is_empty() {
        let remedy = format!("name at least one; known: {}", Task::NAMES.join(", "));
        return Err(value.error("`tasks` is empty".into(), remedy));
    }
    Ok(names)
}

/// The table of a task among those of [`by_task`].
fn table_of<'a>(tables: &[(&'static str, Value<'a>)], task: &str) -> Option<Value<'a>> {
    tables.iter().find(|(name, _)| *name == task).map(|(_, value)| *value)
}

/// The `[task.NAME]` tables.
fn by_task(value: Option<Value<'_>>) -> Result<Vec<(&'static str, Value<'_>)>, Box<ConfigError>> {
    let Some(value) = value else { return Ok(Vec::new()) };
    let mut section = value.section("task")?;
    let tables =
        Task::NAMES.into_iter().filter_map(|task| section.take(task).map(|value| (task, value))).collect();
    section.finish()?;
    Ok(tables)
}
