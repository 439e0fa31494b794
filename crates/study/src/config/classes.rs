//! The classes of a study: presets and the user's own, what `[defaults]` sets for all of them, and the grid over them.

use super::class::{self, Class, PRESETS, Setting, check_name};
use super::error::{ConfigError, Source};
use super::section::Section;
use crate::suggestion::suggestion;
use circuitscope::architecture::{Architecture, Constraint};
use circuitscope::task::Task;
use circuitscope::train::Recipe;

/// Longest name of a class in bytes; the network's number and identity stand behind it in file names.
const LONGEST_NAME: usize = 180;

/// Most classes of a study.
const MOST_CLASSES: usize = 10_000;

/// A class before the study's defaults and grid are applied.
struct Definition<'a> {
    name: String,
    architecture: Architecture,
    settings: Vec<Setting<'a>>,
}

/// One point of the grid: what it adds to a class's name, and its settings.
type Point<'a> = (String, Vec<Setting<'a>>);

/// Everything in a study file that makes classes.
pub(super) struct Classes<'a> {
    source: Source<'a>,
    definitions: Vec<Definition<'a>>,
    defaults: Defaults<'a>,
    grid: Vec<Point<'a>>,
}

impl<'a> Classes<'a> {
    /// Reads `classes`, `[class.NAME]`, `[defaults]` and `[grid]`.
    ///
    /// - `tasks`: names that `[defaults.TASK]` may have.
    pub(super) fn read(
        top: &mut Section<'a>,
        tasks: &[String],
        source: Source<'a>,
    ) -> Result<Self, Box<ConfigError>> {
        let definitions = definitions(top, source)?;
        let grid = grid(top, definitions.len())?;
        Ok(Self { source, definitions, defaults: Defaults::read(top, tasks)?, grid })
    }

    /// Fields that the grid gives several values, in the order of the study file.
    pub(super) fn varied(&self) -> Vec<&'static str> {
        let [(_, first), rest @ ..] = self.grid.as_slice() else { return Vec::new() };
        // The points differ in a field where a later one has its setting from another place of the file.
        let is_varied = |place: &usize| {
            let start = |settings: &[Setting<'a>]| settings[*place].value.span().start;
            rest.iter().any(|(_, settings)| start(settings) != start(first))
        };
        (0..first.len()).filter(is_varied).map(|place| first[place].field).collect()
    }

    /// Passes what `[defaults.TASK]` sets for a task that the study lacks, for each class.
    pub(super) fn check_defaults(&self, task: &str) -> Result<(), Box<ConfigError>> {
        let defaults = self.defaults.for_task(task);
        self.definitions.iter().try_for_each(|definition| {
            let published = Recipe::published(task, definition.architecture);
            let settings: Vec<_> = defaults.iter().chain(&definition.settings).copied().collect();
            class::recipe(published, &settings, self.source).map(|_| ())
        })
    }

    /// The classes of one task: `[defaults]`, then `[defaults.TASK]`, then the class, then the grid.
    pub(super) fn for_task(&self, task: &Task) -> Result<Vec<Class>, Box<ConfigError>> {
        let defaults = self.defaults.for_task(task.name());
        let published = |architecture| published(task, architecture);
        let mut classes = Vec::new();
        for definition in &self.definitions {
            for (suffix, point) in &self.grid {
                let settings: Vec<_> =
                    defaults.iter().chain(&definition.settings).chain(point).copied().collect();
                let recipe = class::recipe(published(definition.architecture), &settings, self.source)?;
                check_ratio(&recipe, &definition.name, definition.settings.iter().chain(point))?;
                let name = format!("{}{suffix}", definition.name);
                if name.len() > LONGEST_NAME {
                    let remedy =
                        format!("{LONGEST_NAME} bytes are the most; shorten the class's name or the grid");
                    let span = point.last().or(definition.settings.last()).map(|last| last.value.span());
                    return Err(self.source.error(
                        span,
                        format!("the class name `{name}` is too long"),
                        remedy,
                    ));
                }
                classes.push(Class { name, recipe });
            }
        }
        Ok(classes)
    }
}

/// The published recipe for a task; one that says its time step has that, and the published number of steps in a time constant.
fn published(task: &Task, architecture: Architecture) -> Recipe {
    let recipe = Recipe::published(task.name(), architecture);
    match task.dt_ms() {
        Some(dt_ms) => Recipe { dt_ms, tau_ms: dt_ms * recipe.tau_ms / recipe.dt_ms, ..recipe },
        None => recipe,
    }
}

/// Refuses a ratio of excitatory to inhibitory units that a class or the grid sets for networks without such units. That of
/// `[defaults]` is for the Dale networks among all.
fn check_ratio<'s, 'a: 's>(
    recipe: &Recipe,
    name: &str,
    mut settings: impl Iterator<Item = &'s Setting<'a>>,
) -> Result<(), Box<ConfigError>> {
    match settings.find(|setting| setting.field == "ratio") {
        Some(setting) if recipe.architecture.constraint == Constraint::Free => {
            let message = format!("`ratio` is set for class `{name}`, which is free of Dale's law");
            let remedy = "it is that of excitatory to inhibitory units: leave it out here, or set `constraint = \"dale\"`; \
                          a grid of it is for Dale classes, which `classes` can list";
            Err(setting.value.error(message, remedy))
        }
        _ => Ok(()),
    }
}

/// The six presets and every `[class.NAME]`, or those that `classes` lists.
fn definitions<'a>(
    top: &mut Section<'a>,
    source: Source<'a>,
) -> Result<Vec<Definition<'a>>, Box<ConfigError>> {
    let mut known: Vec<Definition<'a>> = PRESETS
        .iter()
        .map(|&(name, architecture)| Definition { name: name.into(), architecture, settings: Vec::new() })
        .collect();
    if let Some(table) = top.take("class") {
        for (name, span, value) in table.section("class")?.all() {
            check_name(name, source, Some(span.clone()))?;
            if known.iter().any(|definition| definition.name == name) {
                let remedy = "a preset keeps its name; call yours otherwise and give it `base`";
                return Err(source.error(Some(span), format!("class `{name}` exists already"), remedy));
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
            return Err(entry.error(format!("class `{name}` is named twice"), "name each class once"));
        }
        let Some(place) = known.iter().position(|definition| definition.name == name) else {
            let names: Vec<&str> = known.iter().map(|definition| definition.name.as_str()).collect();
            let remedy = format!("{}; or define it as [class.{name}]", suggestion(&name, &names));
            return Err(entry.error(format!("`classes` names `{name}`, and there is no such class"), remedy));
        };
        chosen.push(known.remove(place));
    }
    if let Some(unused) =
        known.iter().find(|definition| !PRESETS.iter().any(|(name, _)| *name == definition.name))
    {
        let message = format!("[class.{}] is defined but not listed in `classes`", unused.name);
        return Err(listed.error(message, "list it, or leave it out"));
    }
    if chosen.is_empty() {
        return Err(listed.error("`classes` is empty".into(), "name at least one class, or leave it out"));
    }
    Ok(chosen)
}

/// Every point of the grid. Without a grid, one empty point.
fn grid<'a>(top: &mut Section<'a>, n_definitions: usize) -> Result<Vec<Point<'a>>, Box<ConfigError>> {
    let mut points: Vec<Point<'a>> = vec![(String::new(), Vec::new())];
    let Some(table) = top.take("grid") else { return Ok(points) };
    for (name, span, list) in table.section("grid")?.all() {
        let field = class::field_named(name, &span, list)?;
        let values = list.entries(field)?;
        if values.is_empty() {
            return Err(list.error(format!("`{field}` is an empty list"), "give at least one value"));
        }
        let mut written: Vec<String> = Vec::new();
        for value in &values {
            let name = in_file_names(&value.source.text[value.span()]);
            if written.contains(&name) {
                return Err(value.error(format!("`{field}` holds {name} twice"), "name each value once"));
            }
            written.push(name);
        }
        if n_definitions * points.len() * values.len() > MOST_CLASSES {
            let message = format!("the grid makes more than {MOST_CLASSES} classes");
            return Err(list.error(message, "make its lists shorter, or make several studies"));
        }
        points = points
            .iter()
            .flat_map(|(suffix, settings)| {
                values.iter().zip(&written).map(move |(&value, written)| {
                    let separator = if suffix.is_empty() { '@' } else { ',' };
                    let mut settings = settings.clone();
                    settings.push(Setting { field, value });
                    (format!("{suffix}{separator}{field}={written}"), settings)
                })
            })
            .collect();
    }
    Ok(points)
}

/// A value as it may stand in a file name: `[100, 20]` is `100+20`, `"relu"` is `relu`.
fn in_file_names(written: &str) -> String {
    let fits = |c: &char| c.is_alphanumeric() || matches!(c, '.' | '-' | '+' | '_');
    written.chars().map(|c| if c == ',' { '+' } else { c }).filter(fits).collect()
}

/// `[defaults]` and its `[defaults.TASK]` tables: fields of every class.
struct Defaults<'a> {
    everywhere: Vec<Setting<'a>>,
    by_task: Vec<(String, Vec<Setting<'a>>)>,
}

impl<'a> Defaults<'a> {
    fn read(top: &mut Section<'a>, tasks: &[String]) -> Result<Self, Box<ConfigError>> {
        let mut defaults = Self { everywhere: Vec::new(), by_task: Vec::new() };
        let Some(value) = top.take("defaults") else { return Ok(defaults) };
        let mut section = value.section("defaults")?;
        defaults.everywhere = class::settings_of(&mut section);
        for task in tasks {
            if let Some(value) = section.take(task) {
                let mut of_task = value.section(&format!("defaults.{task}"))?;
                defaults.by_task.push((task.clone(), class::settings_of(&mut of_task)));
                of_task.finish()?;
            }
        }
        section.finish()?;
        Ok(defaults)
    }

    fn for_task(&self, task: &str) -> Vec<Setting<'a>> {
        let of_task =
            self.by_task.iter().find(|(name, _)| name == task).map(|(_, settings)| settings.as_slice());
        self.everywhere.iter().chain(of_task.unwrap_or_default()).copied().collect()
    }
}
