//! Study files: TOML in, checked science types out; every error names the line and the remedy.

mod class;
mod error;
mod section;
mod task;

pub use error::ConfigError;
pub(crate) use error::{nearest, suggestion};

use circuitscope::analysis::distance::Aspect;
use circuitscope::architecture::Architecture;
use circuitscope::task::Task;
use circuitscope::train::Recipe;
use class::{PRESETS, Setting};
use error::Source;
use section::{Section, Value};
use std::path::Path;
use toml::de::DeTable;

/// The built-in study: six classes, three tasks, minutes.
pub const QUICK: &str = include_str!("../../../studies/quick.toml");

/// A class of networks on one task.
#[derive(Clone, Debug, PartialEq)]
pub struct Class {
    /// Its name in tables, files and figures.
    pub name: String,
    /// How its networks are made and trained.
    pub recipe: Recipe,
}

/// Which trained networks enter the analyses. The rule is part of the study, never hidden in an analysis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Selection {
    /// Lowest R² on the analysis trials.
    pub min_r2: f64,
    /// At most this many networks a class, the best ones.
    pub keep: usize,
}

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

/// What trained networks are held against (science §4.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Control {
    /// The trained weights, permuted.
    Shuffled,
    /// The network's own initial weights.
    Untrained,
}

impl Control {
    /// Every control with its name in study files.
    pub const ALL: [(&'static str, Self); 2] = [("shuffled", Self::Shuffled), ("untrained", Self::Untrained)];

    /// Its name in study files and tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Shuffled => "shuffled",
            Self::Untrained => "untrained",
        }
    }
}

/// How much work the comparison does.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// What is compared.
    pub aspects: Vec<Aspect>,
    /// What trained networks are held against.
    pub controls: Vec<Control>,
    /// Starts of SMACOF.
    pub mds_starts: usize,
    /// Label permutations of each PERMANOVA.
    pub permutations: usize,
    /// Bootstrap resamples of each interval.
    pub resamples: usize,
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
    /// The study file's text, kept in the study folder.
    pub text: String,
}

/// Why a study file could not be had.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum StudyError {
    /// The file cannot be read.
    #[error("cannot read the study file {path}")]
    #[diagnostic(help(
        "`circuitscope run` without a file runs the built-in quick study; examples stand in studies/"
    ))]
    Read {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The file does not say what to run.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Config(#[from] Box<ConfigError>),
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
            .map_err(|error| source.error(error.span(), error.message().to_owned(), None))?;
        let mut top = Section::new(String::new(), table.get_ref(), source);

        let mut study_name =
            Path::new(name).file_stem().map_or("study".into(), |s| s.to_string_lossy().into_owned());
        let mut seed = 0;
        let mut networks_per_class = 10;
        top.set("name", &mut study_name)?;
        top.set("seed", &mut seed)?;
        top.set("networks_per_class", &mut networks_per_class)?;
        check_name(&study_name, source, top.take("name"))?;
        at_least_one(networks_per_class, "networks_per_class", source, top.take("networks_per_class"))?;

        let task_names = task_names(&mut top)?;
        let classes = class_definitions(&mut top, source)?;
        let grid = grid(&mut top)?;
        let mut defaults = Defaults::read(&mut top)?;
        let mut selections = selections(&mut top)?;
        let comparison = comparison(&mut top)?;
        let task_tables = by_task(top.take("task"), "task")?;
        top.finish()?;

        let mut tasks = Vec::new();
        for task_name in task_names {
            let table = task_tables.iter().find(|(name, _)| *name == task_name).map(|(_, value)| *value);
            let task = task::task(task_name, table, source)?;
            let defaults = defaults.for_task(task_name);
            let mut of_task = Vec::new();
            for definition in &classes {
                for (suffix, point) in &grid {
                    let settings: Vec<_> =
                        defaults.iter().chain(&definition.settings).chain(point).copied().collect();
                    let recipe = class::recipe(task_name, definition.architecture, &settings)?;
                    of_task.push(Class { name: format!("{}{suffix}", definition.name), recipe });
                }
            }
            let selection = selections.remove(task_name).unwrap_or_else(|| default_selection(task_name));
            tasks.push(TaskStudy { task, classes: of_task, selection });
        }
        Ok(Self { name: study_name, seed, networks_per_class, tasks, comparison, text: text.to_owned() })
    }

    /// Number of networks the study trains.
    pub fn n_networks(&self) -> usize {
        self.tasks.iter().map(|task| task.classes.len() * self.networks_per_class).sum()
    }
}

/// Published: R² ≥ 0.8, MemoryNumber 0.9, then the best 50.
fn default_selection(task: &str) -> Selection {
    Selection { min_r2: if task == "memory_number" { 0.9 } else { 0.8 }, keep: 50 }
}

fn check_name(name: &str, source: Source<'_>, value: Option<Value<'_>>) -> Result<(), Box<ConfigError>> {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    if !name.is_empty() && !name.starts_with('.') && name.chars().all(fits) {
        return Ok(());
    }
    let remedy = "letters, digits, `_`, `-` and `.` make a name that is also a file name".to_owned();
    Err(source.error(value.map(|value| value.span()), format!("\"{name}\" is no name"), Some(remedy)))
}

fn at_least_one(
    n: usize,
    field: &str,
    source: Source<'_>,
    value: Option<Value<'_>>,
) -> Result<(), Box<ConfigError>> {
    if n > 0 {
        return Ok(());
    }
    Err(source.error(
        value.map(|value| value.span()),
        format!("`{field}` is 0"),
        Some("give at least 1".into()),
    ))
}

fn task_names(top: &mut Section<'_>) -> Result<Vec<&'static str>, Box<ConfigError>> {
    let Some(value) = top.take("tasks") else { return Ok(Task::NAMES.to_vec()) };
    let choices = Task::NAMES.map(|name| (name, name));
    let mut names = Vec::new();
    for entry in value.entries("tasks")? {
        let name = entry.choose("task", &choices)?;
        if names.contains(&name) {
            return Err(entry.source.error(
                Some(entry.span()),
                format!("task `{name}` is named twice"),
                None,
            ));
        }
        names.push(name);
    }
    if names.is_empty() {
        let remedy = Some(format!("known: {}", Task::NAMES.join(", ")));
        return Err(value.source.error(Some(value.span()), "`tasks` names no task".into(), remedy));
    }
    Ok(names)
}

/// A class before the study's defaults and grid are applied.
struct Definition<'a> {
    name: String,
    architecture: Architecture,
    settings: Vec<Setting<'a>>,
}

/// The classes of the study: the six presets and every `[class.NAME]`, or those that `classes` lists.
fn class_definitions<'a>(
    top: &mut Section<'a>,
    source: Source<'a>,
) -> Result<Vec<Definition<'a>>, Box<ConfigError>> {
    let mut known: Vec<Definition<'a>> = PRESETS
        .iter()
        .map(|&(name, architecture)| Definition { name: name.into(), architecture, settings: Vec::new() })
        .collect();
    if let Some(table) = top.take("class") {
        for (name, span, value) in table.section("class")?.all() {
            check_name(name, source, Some(value))?;
            if known.iter().any(|definition| definition.name == name) {
                let remedy = "a preset keeps its name; call yours otherwise and give it `base`".to_owned();
                return Err(source.error(Some(span), format!("class `{name}` exists already"), Some(remedy)));
            }
            let mut section = value.section(&format!("class.{name}"))?;
            let architecture = match section.take("base") {
                Some(base) => base.choose("base", &PRESETS)?,
                None => Architecture::PUBLISHED[0],
            };
            let settings = class::settings_of(&mut section);
            section.finish()?;
            known.push(Definition { name: name.to_owned(), architecture, settings });
        }
    }
    let Some(listed) = top.take("classes") else { return Ok(known) };
    let mut chosen: Vec<Definition<'a>> = Vec::new();
    for entry in listed.entries("classes")? {
        let name: String = entry.read("classes")?;
        if chosen.iter().any(|definition| definition.name == name) {
            return Err(source.error(Some(entry.span()), format!("class `{name}` is named twice"), None));
        }
        let Some(place) = known.iter().position(|definition| definition.name == name) else {
            let names: Vec<&str> = known.iter().map(|definition| definition.name.as_str()).collect();
            let remedy = Some(suggestion(&name, &names));
            return Err(source.error(Some(entry.span()), format!("there is no class `{name}`"), remedy));
        };
        chosen.push(known.remove(place));
    }
    if let Some(unused) =
        known.iter().find(|definition| !PRESETS.iter().any(|(name, _)| *name == definition.name))
    {
        let message = format!("[class.{}] is defined but not listed in `classes`", unused.name);
        return Err(source.error(Some(listed.span()), message, Some("list it, or leave it out".into())));
    }
    if chosen.is_empty() {
        return Err(source.error(Some(listed.span()), "`classes` names no class".into(), None));
    }
    Ok(chosen)
}

/// Every point of the grid: what it adds to a class's name, and its settings. Without a grid, one empty point.
fn grid<'a>(top: &mut Section<'a>) -> Result<Vec<(String, Vec<Setting<'a>>)>, Box<ConfigError>> {
    let mut points = vec![(String::new(), Vec::new())];
    let Some(table) = top.take("grid") else { return Ok(points) };
    for (name, span, list) in table.section("grid")?.all() {
        let field = class::field_named(name, &span, list)?;
        let values = list.entries(field)?;
        if values.is_empty() {
            let remedy = Some("give at least one value".to_owned());
            return Err(list.source.error(Some(list.span()), format!("`{field}` has no values"), remedy));
        }
        points = points
            .iter()
            .flat_map(|(suffix, settings)| {
                values.iter().map(move |&value| {
                    let written: String = value.source.text[value.span()]
                        .chars()
                        .filter(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '+' | '_'))
                        .collect();
                    let separator = if suffix.is_empty() { '@' } else { ',' };
                    let mut settings = settings.clone();
                    settings.push(Setting { field, value });
                    (format!("{suffix}{separator}{field}={written}"), settings)
                })
            })
            .collect();
    }
    for (_, settings) in &mut points {
        settings.sort_by_key(|setting| class::FIELDS.iter().position(|field| *field == setting.field));
    }
    Ok(points)
}

/// `[defaults]` and its `[defaults.TASK]` tables: fields of every class.
struct Defaults<'a> {
    everywhere: Vec<Setting<'a>>,
    by_task: Vec<(&'static str, Vec<Setting<'a>>)>,
}

impl<'a> Defaults<'a> {
    fn read(top: &mut Section<'a>) -> Result<Self, Box<ConfigError>> {
        let mut defaults = Self { everywhere: Vec::new(), by_task: Vec::new() };
        let Some(value) = top.take("defaults") else { return Ok(defaults) };
        let mut section = value.section("defaults")?;
        defaults.everywhere = class::settings_of(&mut section);
        for task in Task::NAMES {
            if let Some(value) = section.take(task) {
                let mut of_task = value.section(&format!("defaults.{task}"))?;
                defaults.by_task.push((task, class::settings_of(&mut of_task)));
                of_task.finish()?;
            }
        }
        section.finish()?;
        Ok(defaults)
    }

    fn for_task(&mut self, task: &str) -> Vec<Setting<'a>> {
        let of_task =
            self.by_task.iter().find(|(name, _)| *name == task).map(|(_, settings)| settings.as_slice());
        self.everywhere.iter().chain(of_task.unwrap_or_default()).copied().collect()
    }
}

fn by_task<'a>(
    value: Option<Value<'a>>,
    path: &str,
) -> Result<Vec<(&'static str, Value<'a>)>, Box<ConfigError>> {
    let Some(value) = value else { return Ok(Vec::new()) };
    let mut section = value.section(path)?;
    let tables =
        Task::NAMES.into_iter().filter_map(|task| section.take(task).map(|value| (task, value))).collect();
    section.finish()?;
    Ok(tables)
}

fn selections(
    top: &mut Section<'_>,
) -> Result<std::collections::BTreeMap<&'static str, Selection>, Box<ConfigError>> {
    let mut selections: std::collections::BTreeMap<_, _> =
        Task::NAMES.map(|task| (task, default_selection(task))).into();
    let Some(value) = top.take("selection") else { return Ok(selections) };
    let mut section = value.section("selection")?;
    for selection in selections.values_mut() {
        read_selection(&mut section, selection)?;
    }
    for task in Task::NAMES {
        if let (Some(value), Some(selection)) = (section.take(task), selections.get_mut(task)) {
            let mut of_task = value.section(&format!("selection.{task}"))?;
            read_selection(&mut of_task, selection)?;
            of_task.finish()?;
        }
    }
    section.finish()?;
    Ok(selections)
}

fn read_selection(section: &mut Section<'_>, selection: &mut Selection) -> Result<(), Box<ConfigError>> {
    section.set("min_r2", &mut selection.min_r2)?;
    section.set("keep", &mut selection.keep)?;
    if let Some(value) = section.take("keep") {
        at_least_one(selection.keep, "keep", value.source, Some(value))?;
    }
    if let (Some(value), true) = (section.take("min_r2"), !(selection.min_r2 <= 1.0)) {
        let remedy = Some("R² is at most 1; −inf keeps every network".to_owned());
        return Err(value.source.error(
            Some(value.span()),
            format!("`min_r2` is {}", selection.min_r2),
            remedy,
        ));
    }
    Ok(())
}

/// The `[comparison]` table over the published amounts of work.
fn comparison(top: &mut Section<'_>) -> Result<Comparison, Box<ConfigError>> {
    let mut comparison = Comparison {
        aspects: Aspect::ALL.to_vec(),
        controls: Control::ALL.map(|(_, control)| control).to_vec(),
        mds_starts: 101,
        permutations: 9999,
        resamples: 1000,
    };
    let Some(value) = top.take("comparison") else { return Ok(comparison) };
    let mut section = value.section("comparison")?;
    if let Some(list) = section.take("aspects") {
        let choices = Aspect::ALL.map(|aspect| (aspect.name(), aspect));
        comparison.aspects = distinct(list, "aspect", &choices)?;
    }
    if let Some(list) = section.take("controls") {
        comparison.controls = distinct(list, "control", &Control::ALL)?;
    }
    section.set("mds_starts", &mut comparison.mds_starts)?;
    section.set("permutations", &mut comparison.permutations)?;
    section.set("resamples", &mut comparison.resamples)?;
    for (field, n) in [
        ("mds_starts", comparison.mds_starts),
        ("permutations", comparison.permutations),
        ("resamples", comparison.resamples),
    ] {
        at_least_one(n, field, value.source, section.take(field))?;
    }
    section.finish()?;
    Ok(comparison)
}

fn distinct<T: Copy + Ord>(
    list: Value<'_>,
    field: &str,
    choices: &[(&str, T)],
) -> Result<Vec<T>, Box<ConfigError>> {
    let mut chosen = Vec::new();
    for entry in list.entries(field)? {
        chosen.push(entry.choose(field, choices)?);
    }
    chosen.sort();
    chosen.dedup();
    Ok(chosen)
}
