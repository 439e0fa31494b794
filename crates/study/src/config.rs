//! Study files: TOML in, checked science types out; every error names the line and the remedy.

mod claims;
mod class;
mod classes;
mod comparison;
mod declared;
mod doubts;
mod error;
mod field_tasks;
mod margins;
pub(crate) mod model;
mod recordings;
mod section;
mod selection;
pub(crate) mod settings;
mod task;
mod task_file;
mod task_study;
mod tasks;

pub use class::Class;
pub use comparison::{Circuits, Comparison, Control};
pub use declared::parse_task;
pub use doubts::doubts;
pub use error::{ConfigError, StudyError};
pub use field_tasks::{built_in_task, task_names};
pub use recordings::{Description, StudyRecording};
pub use selection::Selection;
pub use task_study::TaskStudy;

use circuitscope::analysis::latent_circuit::setting::MOST_NODES;
use circuitscope::claims::{Factor, Hypothesis, Margins};
use circuitscope::task::Task;
use claims::{Asked, Claims, factors};
use class::check_name;
use classes::Classes;
use comparison::{circuits, comparison};
use error::Source;
use margins::margins;
use recordings::recordings;
use section::Section;
pub(crate) use selection::published as published_selection;
use selection::selections;
use std::collections::BTreeMap;
use std::path::Path;
pub use task_file::read_task;
pub(crate) use tasks::TaskFiles;
use tasks::Tasks;
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
    /// Claims of the study itself, an entry per claim and task.
    pub hypotheses: Vec<Hypothesis>,
    /// The fields that its grid varies, task by task.
    pub factors: Vec<Factor>,
    /// Recordings that are ranked beside the networks.
    pub recordings: Vec<StudyRecording>,
    /// Iterations after which networks are kept on their way, rising; a training that is over before has none there.
    pub checkpoints: Vec<usize>,
    /// The study file's text, kept in the study folder.
    pub text: String,
    /// Texts of the files that declare its tasks, by their names, kept in the study folder.
    pub task_texts: BTreeMap<String, String>,
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
        Self::read_with(path, &TaskFiles::Named)
    }

    /// Reads a study file whose tasks' files are in a certain place.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub(crate) fn read_with(path: &Path, files: &TaskFiles) -> Result<Self, StudyError> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path)
            .map_err(|source| StudyError::Read { path: name.clone(), source })?;
        Ok(Self::parse_with(&name, &text, files)?)
    }

    /// Reads the text of a study file that goes by `name`.
    ///
    /// # Errors
    /// [`ConfigError`] says which line and field, and what would be right.
    pub fn parse(name: &str, text: &str) -> Result<Self, Box<ConfigError>> {
        Self::parse_with(name, text, &TaskFiles::Named)
    }

    /// Reads the text of a study of one task that is a value already; the text itself names no task.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn parse_for(task: Task, name: &str, text: &str) -> Result<Self, Box<ConfigError>> {
        Self::parse_with(name, text, &TaskFiles::Value(Box::new(task)))
    }

    fn parse_with(name: &str, text: &str, files: &TaskFiles) -> Result<Self, Box<ConfigError>> {
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

        let tasks = Tasks::read(&mut top, files, source)?;
        let classes = Classes::read(&mut top, &tasks.known, source)?;
        let selections = selections(&mut top, &tasks.known)?;
        let comparison = comparison(&mut top)?;
        let circuits = circuits(&mut top)?;
        let margins = margins(&mut top)?;
        let recordings = recordings(&mut top, &tasks.known, source)?;
        let checkpoints = checkpoints(&mut top)?;
        let claims = Claims::read(&mut top, source)?;
        top.finish()?;

        // What is set for a task that the study lacks is held against the rules all the same.
        for other in tasks.known.iter().filter(|name| !tasks.listed.contains(name)) {
            if Task::NAMES.contains(&other.as_str()) || tasks.has_table(other) {
                tasks.task(other)?; // it has settings
            }
            classes.check_defaults(other)?;
        }
        let of_task = |name: &String| -> Result<TaskStudy, Box<ConfigError>> {
            let task = tasks.task(name)?;
            let classes = classes.for_task(&task)?;
            check_fit(&task, &classes, &circuits, source)?;
            Ok(TaskStudy { task, classes, selection: selections[name] })
        };
        let task_studies = tasks.listed.iter().map(of_task).collect::<Result<Vec<_>, _>>()?;
        let grid = classes.varied();
        let asked = Asked { tasks: &task_studies, grid: &grid, comparison: &comparison, circuits: &circuits };
        let (factors, hypotheses) = (factors(asked), claims.on(asked)?);
        Ok(Self {
            name: study_name,
            seed,
            networks_per_class,
            tasks: task_studies,
            task_texts: tasks.texts(),
            comparison,
            circuits,
            margins,
            hypotheses,
            factors,
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

/// The text of a study file of settings that another language holds as tables of keys and values.
///
/// # Errors
/// A sentence that names what a study file cannot hold, such as a null.
pub fn text_of(settings: &serde_json::Value) -> Result<String, String> {
    toml::to_string(settings).map_err(|error| error.to_string())
}

/// Refuses classes and circuits that a task does not fit.
fn check_fit(
    task: &Task,
    classes: &[Class],
    circuits: &Circuits,
    source: Source<'_>,
) -> Result<(), Box<ConfigError>> {
    let (name, n_nodes) = (task.name(), task.n_circuit_nodes());
    if circuits.networks > 0 && n_nodes > MOST_NODES {
        let message = format!("latent circuits of task `{name}` would have {n_nodes} nodes");
        let remedy =
            format!("{MOST_NODES} are the most; leave circuits out: `[circuits]` with `networks = 0`");
        return Err(source.error(None, message, remedy));
    }
    let Some(dt_ms) = task.dt_ms() else { return Ok(()) };
    let Some(other) = classes.iter().find(|class| class.recipe.dt_ms != dt_ms) else { return Ok(()) };
    let message = format!(
        "task `{name}` has steps of {dt_ms} ms, networks of class `{}` of {} ms",
        other.name, other.recipe.dt_ms
    );
    let remedy = format!("leave `dt_ms` out of [defaults], [grid] and the class, or set it to {dt_ms}");
    Err(source.error(None, message, remedy))
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
