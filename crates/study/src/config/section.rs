//! A table of a study file, read key by key; what is never asked for is an unknown key.

use super::error::{ConfigError, Source, suggestion};
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

/// What a setting may be read as.
pub(super) trait Read: Sized {
    /// What is expected, in words.
    const EXPECTED: &'static str;
    fn read(value: &DeValue<'_>) -> Option<Self>;
}

impl Read for String {
    const EXPECTED: &'static str = "a string in quotes";
    fn read(value: &DeValue<'_>) -> Option<Self> {
        value.as_str().map(str::to_owned)
    }
}

impl Read for i64 {
    const EXPECTED: &'static str = "a whole number";
    fn read(value: &DeValue<'_>) -> Option<Self> {
        let integer = value.as_integer()?;
        Self::from_str_radix(integer.as_str(), integer.radix()).ok()
    }
}

impl Read for u64 {
    const EXPECTED: &'static str = "a whole number, 0 or above";
    fn read(value: &DeValue<'_>) -> Option<Self> {
        i64::read(value).and_then(|n| n.try_into().ok())
    }
}

impl Read for usize {
    const EXPECTED: &'static str = "a whole number, 0 or above";
    fn read(value: &DeValue<'_>) -> Option<Self> {
        i64::read(value).and_then(|n| n.try_into().ok())
    }
}

impl Read for f64 {
    const EXPECTED: &'static str = "a number";
    fn read(value: &DeValue<'_>) -> Option<Self> {
        match value {
            DeValue::Float(float) => float.as_str().parse().ok(),
            _ => i64::read(value).map(|n| n as Self),
        }
    }
}

impl Read for Epoch {
    const EXPECTED: &'static str = "a pair of steps such as [100, 200]";
    fn read(value: &DeValue<'_>) -> Option<Self> {
        <(usize, usize)>::read(value).map(|(start, end)| Self { start, end })
    }
}

impl<T: Read> Read for (T, T) {
    const EXPECTED: &'static str = "a pair such as [0, 10]";
    fn read(value: &DeValue<'_>) -> Option<Self> {
        let [first, second]: [T; 2] = <Vec<T>>::read(value)?.try_into().ok()?;
        Some((first, second))
    }
}

impl<T: Read> Read for Vec<T> {
    const EXPECTED: &'static str = "a list in square brackets";
    fn read(value: &DeValue<'_>) -> Option<Self> {
        value.as_array()?.iter().map(|entry| T::read(entry.get_ref())).collect()
    }
}

impl<'a> Value<'a> {
    pub(super) fn span(&self) -> Range<usize> {
        self.value.span()
    }

    /// The value as a `T`.
    pub(super) fn read<T: Read>(&self, field: &str) -> Result<T, Box<ConfigError>> {
        T::read(self.value.get_ref()).ok_or_else(|| {
            let found = self.source.text.get(self.span()).unwrap_or("this");
            let message = format!("`{field}` is {found}, expected {}", T::EXPECTED);
            self.source.error(Some(self.span()), message, None)
        })
    }

    /// The value as one of a few names.
    pub(super) fn choose<T: Copy>(&self, field: &str, choices: &[(&str, T)]) -> Result<T, Box<ConfigError>> {
        let name: String = self.read(field)?;
        choices.iter().find(|(known, _)| *known == name).map(|(_, choice)| *choice).ok_or_else(|| {
            let known: Vec<&str> = choices.iter().map(|(known, _)| *known).collect();
            self.source.error(
                Some(self.span()),
                format!("`{field}` is \"{name}\", which is no {field}"),
                Some(suggestion(&name, &known)),
            )
        })
    }

    /// The entries of a list.
    pub(super) fn entries(&self, field: &str) -> Result<Vec<Value<'a>>, Box<ConfigError>> {
        match self.value.get_ref().as_array() {
            Some(list) => Ok(list.iter().map(|value| Value { value, source: self.source }).collect()),
            None => {
                let message = format!("`{field}` must be a list in square brackets");
                Err(self.source.error(Some(self.span()), message, None))
            }
        }
    }

    /// The value as a table.
    pub(super) fn section(&self, path: &str) -> Result<Section<'a>, Box<ConfigError>> {
        match self.value.get_ref().as_table() {
            Some(table) => Ok(Section::new(path.to_owned(), table, self.source)),
            None => {
                let message = format!("`{path}` must be a table");
                Err(self.source.error(Some(self.span()), message, None))
            }
        }
    }
}

/// A table being read.
pub(super) struct Section<'a> {
    path: String,
    source: Source<'a>,
    /// Keys with their places and values, in file order.
    entries: Vec<(&'a str, Range<usize>, Value<'a>)>,
    asked: Vec<&'static str>,
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
    pub(super) fn take(&mut self, key: &'static str) -> Option<Value<'a>> {
        self.asked.push(key);
        self.entries.iter().find(|(name, _, _)| *name == key).map(|(_, _, value)| *value)
    }

    /// Reads a key into its place, if it is there.
    pub(super) fn set<T: Read>(&mut self, key: &'static str, place: &mut T) -> Result<(), Box<ConfigError>> {
        if let Some(value) = self.take(key) {
            *place = value.read(key)?;
        }
        Ok(())
    }

    /// All keys with their values, in file order: for tables whose keys are the user's own names.
    pub(super) fn all(self) -> Vec<(&'a str, Range<usize>, Value<'a>)> {
        self.entries
    }

    /// Where each key that was asked for has its value.
    pub(super) fn spans(&self) -> Vec<(&'static str, Range<usize>)> {
        let place = |key: &&'static str| {
            let entry = self.entries.iter().find(|(name, _, _)| name == key)?;
            Some((*key, entry.2.span()))
        };
        self.asked.iter().filter_map(place).collect()
    }

    /// Refuses keys that were never asked for.
    pub(super) fn finish(self) -> Result<(), Box<ConfigError>> {
        match self.entries.iter().find(|(name, _, _)| !self.asked.contains(name)) {
            None => Ok(()),
            Some((name, span, _)) => {
                let within =
                    if self.path.is_empty() { String::new() } else { format!(" in [{}]", self.path) };
                let message = format!("unknown key `{name}`{within}");
                Err(self.source.error(Some(span.clone()), message, Some(suggestion(name, &self.asked))))
            }
        }
    }
}
