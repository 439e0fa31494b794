//! The `[[claims]]` tables of a study file: hypotheses, checked before anything is trained.

mod contrast;
mod draft;
mod offer;
mod question;
mod selector;
mod strata;

use super::class::check_name;
use super::error::{ConfigError, Source};
use super::section::{Section, Value};
use super::task_study::TaskStudy;
use circuitscope::claims::{FIRST_OF_STUDY, Factor, Hypothesis, Wording};
use circuitscope_report::figure::slug;
use draft::Draft;
pub(super) use offer::Asked;
use offer::Offer;
use question::questions;

/// The reading that a claim is counted by.
const AS_STATED: &str = "as_stated";
/// Longest statement in bytes: a sentence, not a page.
const LONGEST: usize = 1000;

/// A claim as it stands in the study file.
pub(super) struct Claims<'a> {
    written: Vec<Written<'a>>,
}

struct Written<'a> {
    entry: Value<'a>,
    name: String,
    statement: String,
    /// Names of the tasks that it is for, if it says so.
    tasks: Option<Vec<(String, Value<'a>)>>,
    /// Name, meaning and question of each reading.
    readings: Vec<(String, String, Draft<'a>)>,
}

/// The fields of the grid, task by task, with what is held while each is looked at.
pub(super) fn factors(asked: Asked<'_>) -> Vec<Factor> {
    asked.tasks.iter().flat_map(|of_task| contrast::factors(Offer { asked, of_task })).collect()
}

impl<'a> Claims<'a> {
    /// Reads `[[claims]]`.
    pub(super) fn read(top: &mut Section<'a>, source: Source<'a>) -> Result<Self, Box<ConfigError>> {
        const FIELD: &str = "claims";
        let Some(value) = top.take(FIELD) else { return Ok(Self { written: Vec::new() }) };
        if !value.is_list() {
            let remedy = "write `[[claims]]` with two brackets, once for each claim";
            return Err(value.error("`claims` is a single table".to_owned(), remedy));
        }
        let mut written: Vec<Written<'a>> = Vec::new();
        for entry in value.entries(FIELD)? {
            let claim = claim(entry, source)?;
            // Files of figures are called after claims.
            if let Some(other) = written.iter().find(|other| slug(&[&other.name]) == slug(&[&claim.name])) {
                let message = if other.name == claim.name {
                    format!("claim \"{}\" is there twice", claim.name)
                } else {
                    format!(
                        "the names of claims \"{}\" and \"{}\" differ by signs alone",
                        other.name, claim.name
                    )
                };
                return Err(entry.error(message, "give each a `name` of its own"));
            }
            written.push(claim);
        }
        Ok(Self { written })
    }

    /// The claims on every task that they are for.
    pub(super) fn on(self, asked: Asked<'_>) -> Result<Vec<Hypothesis>, Box<ConfigError>> {
        let mut hypotheses = Vec::new();
        for (number, claim) in (FIRST_OF_STUDY..).zip(&self.written) {
            for of_task in claim.tasks(asked)? {
                let offer = Offer { asked, of_task };
                let wording = |(name, words, draft): &(String, String, Draft<'a>)| {
                    let questions = questions(draft, claim.entry, offer)?;
                    Ok::<_, Box<ConfigError>>(Wording { name: name.clone(), words: words.clone(), questions })
                };
                hypotheses.push(Hypothesis {
                    number,
                    name: claim.name.clone(),
                    task: of_task.task.name().to_owned(),
                    statement: claim.statement.clone(),
                    readings: claim.readings.iter().map(wording).collect::<Result<_, _>>()?,
                });
            }
        }
        Ok(hypotheses)
    }
}

impl Written<'_> {
    /// The tasks that it is judged on: those that it names, else every one that offers what it asks for.
    fn tasks<'s>(&self, asked: Asked<'s>) -> Result<Vec<&'s TaskStudy>, Box<ConfigError>> {
        let known = || asked.tasks.iter().map(|task| task.task.name());
        let Some(named) = &self.tasks else {
            let offers = |of_task: &&TaskStudy| {
                self.readings.iter().all(|(_, _, draft)| draft.is_offered(Offer { asked, of_task }))
            };
            let offering: Vec<&TaskStudy> = asked.tasks.iter().filter(offers).collect();
            // The first task then says what it lacks.
            return Ok(if offering.is_empty() { asked.tasks.iter().take(1).collect() } else { offering });
        };
        let find = |(name, value): &(String, Value<'_>)| {
            asked.tasks.iter().find(|task| task.task.name() == name).ok_or_else(|| {
                let remedy = format!("its tasks: {}", known().collect::<Vec<_>>().join(", "));
                value.error(format!("`tasks` names `{name}`, which the study does not train"), remedy)
            })
        };
        named.iter().map(find).collect()
    }
}

fn claim<'a>(entry: Value<'a>, source: Source<'a>) -> Result<Written<'a>, Box<ConfigError>> {
    let mut section = entry.section("claims")?;
    let name = named(&mut section, entry, source)?;
    let statement = text(&mut section, "statement", entry)?.ok_or_else(|| {
        let remedy = "say what is claimed in a sentence: `statement = \"More noise moves less variance out of a plane\"`";
        entry.error(format!("claim \"{name}\" has no `statement`"), remedy)
    })?;
    let tasks = match section.take("tasks") {
        None => None,
        Some(value) if value.is_list() => {
            let mut named = Vec::new();
            for task in value.entries("tasks")? {
                named.push((task.read("tasks")?, task));
            }
            if named.is_empty() {
                let remedy = "name the tasks that it is judged on, or leave it out for all";
                return Err(value.error("`tasks` is empty".to_owned(), remedy));
            }
            Some(named)
        }
        Some(value) => Some(vec![(value.read("tasks")?, value)]),
    };
    let own = Draft::read(&mut section);
    let meaning = text(&mut section, "meaning", entry)?.unwrap_or_else(|| "as it is stated".to_owned());
    let mut readings = vec![(AS_STATED.to_owned(), meaning, own)];
    if let Some(value) = section.take("readings") {
        if !value.is_list() {
            let remedy = "write `[[claims.readings]]` with two brackets, once for each reading";
            return Err(value.error("`readings` is a single table".to_owned(), remedy));
        }
        for entry in value.entries("readings")? {
            let mut section = entry.section("claims.readings")?;
            let name = named(&mut section, entry, source)?;
            if readings.iter().any(|(known, ..)| *known == name) {
                let message = format!("reading \"{name}\" is there twice");
                let remedy = format!("give each a `name` of its own; the claim itself is \"{AS_STATED}\"");
                return Err(entry.error(message, remedy));
            }
            let meaning = text(&mut section, "meaning", entry)?.unwrap_or_else(|| name.replace('_', " "));
            let draft = Draft::read(&mut section);
            if draft.is_empty() {
                let remedy = "say what it asks in another way, such as another `measure`; what it leaves out is as in the claim";
                return Err(entry.error(format!("reading \"{name}\" is the claim itself"), remedy));
            }
            readings.push((name, meaning, draft.over(own)));
            section.finish()?;
        }
    }
    section.finish()?;
    Ok(Written { entry, name, statement, tasks, readings })
}

/// The name of a claim or a reading.
fn named(
    section: &mut Section<'_>,
    entry: Value<'_>,
    source: Source<'_>,
) -> Result<String, Box<ConfigError>> {
    let Some(value) = section.take("name") else {
        let remedy = "give it one of letters, digits and `_`: tables and JSON call it by that";
        return Err(entry.error("it has no `name`".to_owned(), remedy));
    };
    let name: String = value.read("name")?;
    check_name(&name, source, Some(value.span()))?;
    Ok(name)
}

/// A sentence of the file, if it is there.
fn text(
    section: &mut Section<'_>,
    field: &str,
    entry: Value<'_>,
) -> Result<Option<String>, Box<ConfigError>> {
    let Some(value) = section.take(field) else { return Ok(None) };
    let text: String = value.read(field)?;
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() || text.len() > LONGEST {
        let message = format!("`{field}` has {} bytes", text.len());
        let remedy = format!("it must be a sentence of at most {LONGEST} bytes");
        return Err(if text.is_empty() {
            entry.error(message, remedy)
        } else {
            value.error(message, remedy)
        });
    }
    Ok(Some(text))
}
