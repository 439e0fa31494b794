//! A table of a declared task, a key that must be there, and an expression.

use crate::config::error::{ConfigError, Source};
use crate::config::section::{Section, Value};
use std::ops::Range;
use toml::de::DeValue;

pub(super) type Found<T> = Result<T, Box<ConfigError>>;

/// A table in which something may be missing.
pub(super) struct Table<'a> {
    pub(super) path: &'a str,
    pub(super) span: Option<Range<usize>>,
    pub(super) source: Source<'a>,
}

impl Table<'_> {
    /// A key that must be there; `what` it should hold.
    pub(super) fn wanted<'a>(
        &self,
        section: &mut Section<'a>,
        key: &'static str,
        what: &str,
    ) -> Found<Value<'a>> {
        section.take(key).ok_or_else(|| {
            let within =
                if self.path.is_empty() { "the task".to_owned() } else { format!("[{}]", self.path) };
            self.source.error(self.span.clone(), format!("{within} has no `{key}`"), format!("give {what}"))
        })
    }
}

pub(super) fn table<'a>(value: &Value<'a>, path: &'a str) -> Found<(Table<'a>, Section<'a>)> {
    Ok((Table { path, span: Some(value.span()), source: value.source }, value.section(path)?))
}

/// An expression in quotes, or a number.
pub(super) fn expression(value: &Value<'_>, field: &str) -> Found<String> {
    match value.value.get_ref() {
        DeValue::String(text) => Ok(text.as_ref().to_owned()),
        DeValue::Integer(_) | DeValue::Float(_) => {
            let number: f64 = value.read(field)?;
            if number.is_finite() {
                // Shortest digits that give this number again.
                return Ok(format!("{number:?}"));
            }
            Err(value.error(format!("`{field}` is {number}"), "it must be finite"))
        }
        _ => {
            let found = value.source.text.get(value.span()).unwrap_or("something else");
            let remedy = "it must be a number, or an expression in quotes such as \"0.5 + value\"";
            Err(value.error(format!("`{field}` is {found}"), remedy))
        }
    }
}
