//! Tasks that a file declares: TOML in, a checked task out; every error names the line and the field.
//!
//! The grammar is in docs/tasks.md.

mod offers;
mod read;
mod table;

use super::error::{ConfigError, Source};
use super::section::{Section, Start};
use super::task::is_settable;
use crate::suggestion::suggestion;
use circuitscope::task::declared::{Declared, DeclaredError, Part, Place, Problem};
use read::declaration;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Remedy for a file that is not TOML.
const SYNTAX: &str =
    "a task's file is TOML: `key = value` lines under [table] headings; see docs/tasks.md and studies/tasks/";

/// Reads the text of a task's file that goes by `name`.
///
/// # Errors
/// [`ConfigError`] says which line and field, and what would be right.
pub fn parse_task(name: &str, text: &str) -> Result<Declared, Box<ConfigError>> {
    let source = Source { name, text };
    let table = DeTable::parse(text)
        .map_err(|error| source.error(error.span(), error.message().trim_end(), SYNTAX))?;
    let mut section = Section::new(String::new(), table.get_ref(), source);
    let Some(own) = section.take("name") else {
        let remedy = "give it a name, such as `name = \"working_memory\"`";
        return Err(source.error(None, "the task has no `name`", remedy));
    };
    declared(own.read("name")?, &Start { path: "", span: None }, table.get_ref(), source)
}

/// The task of a name that a table declares: a whole file, or a table of a study file.
pub(super) fn declared(
    name: String,
    start: &Start<'_>,
    table: &DeTable<'_>,
    source: Source<'_>,
) -> Result<Declared, Box<ConfigError>> {
    let mut section = Section::new(start.path.to_owned(), table, source);
    let own = section.take("name");
    let place = own.map(|own| own.span()).or(start.span.clone());
    if let Some(own) = own.filter(|own| own.value.get_ref().as_str() != Some(&name)) {
        let remedy = format!("leave it out: the task is called after its table, `{name}`");
        return Err(own.error("`name` is another one than that of the table".to_owned(), remedy));
    }
    if is_settable(&name) {
        let remedy = "this is the name of a built-in task; choose another one";
        return Err(source.error(place, format!("`name` is \"{name}\""), remedy));
    }
    let declaration = declaration(name, section, start, source)?;
    Declared::new(declaration).map_err(|DeclaredError { place: field, span, problem }| {
        let mut found = if field == Place::of("name") { place } else { located(&field, table) };
        // Where the text stands in the file as it is, the error points into it.
        if let (Some(whole), Some(part)) = (&found, span) {
            let quoted = source.text.get(whole.clone()).unwrap_or_default();
            let is_block = quoted.starts_with("\"\"\"") || quoted.starts_with("'''");
            if quoted.starts_with(['"', '\'']) && !is_block && !quoted.contains('\\') {
                let from = whole.start + 1;
                found = Some(from + part.start..(from + part.end).min(whole.end));
            }
        }
        let (message, remedy) = match problem {
            Problem::Refused { found, remedy } => (format!("`{field}` is {found}"), remedy),
            Problem::Unknown { what, name, known } => {
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                (format!("`{field}`: there is no {what} `{name}`"), suggestion(&name, &known))
            }
        };
        source.error(found.or(start.span.clone()), message, remedy)
    })
}

/// Where a field stands in the file: the nearest that is there of what leads to it.
fn located(place: &Place, table: &DeTable<'_>) -> Option<Range<usize>> {
    let (mut found, mut value, mut table) = (None, None, Some(table));
    for part in &place.0 {
        let next = match part {
            Part::Key(key) => {
                let get = |key: &str| table?.iter().find(|(known, _)| known.get_ref().as_ref() == key);
                // `values` stands for both.
                let shared = || get("values").filter(|_| ["train", "analysis"].contains(&key.as_str()));
                get(key).or_else(shared).map(|(key, value)| {
                    // A table that only stands in the headings of others has no place of its own.
                    let span = if value.span().is_empty() { key.span() } else { value.span() };
                    (span, value)
                })
            }
            Part::Entry(entry) => entry_of(value?, *entry),
        };
        let Some((span, next)) = next else { break };
        found = Some(span);
        value = Some(next);
        table = next.get_ref().as_table();
    }
    found
}

/// Where an entry of a list, or of a table in the order of the file, has its value.
fn entry_of<'a>(
    value: &'a Spanned<DeValue<'a>>,
    entry: usize,
) -> Option<(Range<usize>, &'a Spanned<DeValue<'a>>)> {
    let found = match value.get_ref() {
        DeValue::Array(entries) => entries.get(entry),
        DeValue::Table(table) => {
            let mut values: Vec<_> = table.iter().map(|(_, value)| value).collect();
            values.sort_by_key(|value| value.span().start);
            values.get(entry).copied()
        }
        _ => None,
    }?;
    Some((found.span(), found))
}
