//! A table of a study file, read key by key; what is never asked for is an unknown key.

use super::error::{ConfigError, Source};
use crate::suggestion::suggestion;
use circuitscope::task::Epoch;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value of a study file with the place it stands at.
#[derive(Clone, Copy)]
pub(super) struct Value<'a> {
    pub(super) value: &'a Spanned<DeValue<'a>>,
    pub(super) source: Source<'a>,
}

/// The place in a value that cannot be read, and what it must be, in words.
pub(super) struct Unread {
    span: Range<usize>,
    wanted: &'static str,
}

/// What a setting may be read as.
pub(super) trait Read: Sized {
    fn read(value: &Spanned<DeValue<'_>>) -> Result<Self, Unread>;
}

fn some<T>(found: Option<T>, value: &Spanned<DeValue<'_>>, wanted: &'static str) -> Result<T, Unread> {
    found.ok_or_else(|| Unread { span: value.span(), wanted })
}

fn integer(value: &DeValue<'_>) -> Option<i64> {
    let integer = value.as_integer()?;
    i64::from_str_radix(integer.as_str(), integer.radix()).ok()
}

impl Read for String {
    fn read(value: &Spanned<DeValue<'_>>) -> Result<Self, Unread> {
        some(value.get_ref().as_str().map(str::to_owned), value, "a name in quotes")
    }
}

impl Read for i64 {
    fn read(value: &Spanned<DeValue<'_>>) -> Result<Self, Unread> {
        some(integer(value.get_ref()), value, "a whole number")
    }
}

impl Read for u64 {
    fn read(value: &Spanned<DeValue<'_>>) -> Result<Self, Unread> {
        let found = integer(value.get_ref()).and_then(|n| n.try_into().ok());
        some(found, value, "a whole number, 0 or above")
    }
}

impl Read for usize {
    fn read(value: &Spanned<DeValue<'_>>) -> Result<Self, Unread> {
        let found = integer(value.get_ref()).and_then(|n| n.try_into().ok());
        some(found, value, "a whole number, 0 or above")
    }
}

impl Read for f64 {
    fn read(value: &Spanned<DeValue<'_>>) -> Result<Self, Unread> {
        let found = match value.get_ref() {
            DeValue::Float(float) => float.as_str().parse().ok(),
            other => integer(other).map(|n| n as Self),
        };
        some(found, value, "a number")
    }
}

impl Read for Epoch {
    fn read(value: &Spanned<DeValue<'_>>) -> Result<Self, Unread> {
        let pair = <(usize, usize)>::read(value).ok();
        some(pair, value, "a pair of steps such as [10, 30]").map(|(start, end)| Self { start, end })
    }
}

impl<T: Read> Read for (T, T) {
    fn read(value: &Spanned<DeValue<'_>>) -> Result<Self, Unread> {
        let pair = <Vec<T>>::read(value).ok().and_then(|entries| <[T; 2]>::try_from(entries).ok());
        some(pair, value, "a pair of whole numbers such as [0, 10]").map(|[first, second]| (first, second))
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(value: &Spanned<DeValue<'_>>) -> Result<Self, Unread> {
        let entries = some(value.get_ref().as_array(), value, "a list in square brackets")?;
        entries.iter().map(T::read).collect()
    }
}

impl<'a> Value<'a> {
    pub(super) fn span(&self) -> Range<usize> {
        self.value.span()
    }

    /// Whether the value is a list.
    pub(super) fn is_list(&self) -> bool {
        self.value.get_ref().is_array()
    }

    /// An error at this value.
    pub(super) fn error(&self, message: String, remedy: impl Into<String>) -> Box<ConfigError> {
        self.source.error(Some(self.span()), message, remedy.into())
    }

    /// The value as a `T`.
    pub(super) fn read<T: Read>(&self, field: &str) -> Result<T, Box<ConfigError>> {
        T::read(self.value).map_err(|Unread { span, wanted }| {
            let found = self.source.text.get(span.clone()).unwrap_or("something else");
            let place = if span == self.span() { "is" } else { "holds" };
            let remedy = format!("it must be {wanted}");
            self.source.error(Some(span), format!("`{field}` {place} {found}"), remedy)
        })
    }

    /// The value as one of a few names.
    pub(super) fn choose<T: Copy>(&self, field: &str, choices: &[(&str, T)]) -> Result<T, Box<ConfigError>> {
        let name: String = self.read(field)?;
        // Earlier versions wrote `fixed-points`.
        let is_meant = |known: &str| known == name || known == name.replace('-', "_");
        choices.iter().find(|(known, _)| is_meant(known)).map(|(_, choice)| *choice).ok_or_else(|| {
            let known: Vec<&str> = choices.iter().map(|(known, _)| *known).collect();
            self.error(format!("`{field}` is \"{name}\", which is no {field}"), suggestion(&name, &known))
        })
    }

    /// The value as a count from 1 to `most`.
    pub(super) fn count(&self, field: &str, most: usize) -> Result<usize, Box<ConfigError>> {
        let n: usize = self.read(field)?;
        if (1..=most).contains(&n) {
            return Ok(n);
        }
        Err(self.error(format!("`{field}` is {n}"), format!("it must lie from 1 to {most}")))
    }

    /// The entries of a list.
    pub(super) fn entries(&self, field: &str) -> Result<Vec<Value<'a>>, Box<ConfigError>> {
        let Some(list) = self.value.get_ref().as_array() else {
            let found = self.source.text.get(self.span()).unwrap_or("something else");
            return Err(self.error(format!("`{field}` is {found}"), "it must be a list in square brackets"));
        };
        Ok(list.iter().map(|value| Value { value, source: self.source }).collect())
    }

    /// The value as a table.
    pub(super) fn section(&self, path: &str) -> Result<Section<'a>, Box<ConfigError>> {
        let Some(table) = self.value.get_ref().as_table() else {
            let found = self.source.text.get(self.span()).unwrap_or("something else");
            let remedy = format!("it must be a table: `[{path}]` with settings below it");
            return Err(self.error(format!("`{path}` is {found}"), remedy));
        };
        Ok(Section::new(path.to_owned(), table, self.source))
    }
}

/// Where the table of a task starts.
pub(super) struct Start<'a> {
    /// Its heading, such as `task.working_memory`; of a whole file nothing.
    pub(super) path: &'a str,
    /// Where the heading stands; of a whole file nowhere.
    pub(super) span: Option<Range<usize>>,
}

/// A table being read.
pub(super) struct Section<'a> {
    path: String,
    source: Source<'a>,
    /// Keys with their places and values, in file order.
    entries: Vec<(&'a str, Range<usize>, Value<'a>)>,
    asked: Vec<String>,
}

impl<'a> Section<'a> {
    pub(super) fn new(path: String, table: &'a DeTable<'a>, source: Source<'a>) -> Self {
        let mut entries: Vec<_> = table
            .iter()
            .map(|(key, value)| (key.get_ref().as_ref(), key.span(), Value { value, source }))
            .collect();
        entries.sort_by_key(|(_, span, _)| span.start);
        Self { path, source, entries, asked: Vec::new() }
    }

    /// The value of a key, if it is there.
    pub(super) fn take(&mut self, key: &str) -> Option<Value<'a>> {
        self.asked.push(key.to_owned());
        self.entries.iter().find(|(name, _, _)| *name == key).map(|(_, _, value)| *value)
    }

    /// Reads a key into its place, if it is there.
    pub(super) fn set<T: Read>(&mut self, key: &str, place: &mut T) -> Result<(), Box<ConfigError>> {
        if let Some(value) = self.take(key) {
            *place = value.read(key)?;
        }
        Ok(())
    }

    /// Reads a count from 1 to `most` into its place, if it is there.
    pub(super) fn set_count(
        &mut self,
        key: &str,
        most: usize,
        place: &mut usize,
    ) -> Result<(), Box<ConfigError>> {
        if let Some(value) = self.take(key) {
            *place = value.count(key, most)?;
        }
        Ok(())
    }

    /// All keys with their values, in file order: for tables whose keys are the user's own names.
    pub(super) fn all(self) -> Vec<(&'a str, Range<usize>, Value<'a>)> {
        self.entries
    }

    /// Where each key that was asked for has its value.
    pub(super) fn spans(&self) -> Vec<(String, Range<usize>)> {
        let place = |key: &String| {
            let entry = self.entries.iter().find(|(name, _, _)| name == key)?;
            Some((key.clone(), entry.2.span()))
        };
        self.asked.iter().filter_map(place).collect()
    }

    /// Refuses keys that were never asked for.
    pub(super) fn finish(self) -> Result<(), Box<ConfigError>> {
        let unknown = self.entries.iter().find(|(name, _, _)| !self.asked.iter().any(|asked| asked == name));
        let Some((name, span, _)) = unknown else { return Ok(()) };
        let within = if self.path.is_empty() { String::new() } else { format!(" in [{}]", self.path) };
        let known: Vec<&str> = self.asked.iter().map(String::as_str).collect();
        let remedy = suggestion(name, &known);
        Err(self.source.error(Some(span.clone()), format!("unknown key `{name}`{within}"), remedy))
    }
}
