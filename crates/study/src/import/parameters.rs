//! A JSON object of numbers, vectors and matrices as Python writes it: `NaN` and `Infinity` stand bare in it.

use super::Fault;
use ndarray::{Array1, Array2};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::error::Category;
use std::borrow::Cow;
use std::fmt;

/// Most characters of a value that an error repeats.
const MOST_SHOWN: usize = 60;

/// The members of an object, each key once.
pub(super) struct Parameters {
    members: Vec<(String, Value)>,
}

impl Parameters {
    /// Reads the text of a file.
    ///
    /// # Errors
    /// [`Fault`] with the place in the text, or the key that stands twice.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, Fault> {
        let whole = "write it again, for instance with Python's `json.dump`";
        let text = with_words_quoted(bytes);
        let Members(members) = serde_json::from_slice(&text).map_err(|error| match error.classify() {
            Category::Data => Fault::new(format!("not a network: {error}"), super::KEYS_OF_A_NETWORK),
            Category::Eof => Fault::new(format!("not valid JSON, cut short: {error}"), whole),
            Category::Syntax | Category::Io => Fault::new(format!("not valid JSON: {error}"), whole),
        })?;
        Self::of(members)
    }

    /// The members of an object within the file.
    pub(super) fn within(value: &Value) -> Option<Self> {
        let members = value.as_object()?.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
        Some(Self { members })
    }

    fn of(members: Vec<(String, Value)>) -> Result<Self, Fault> {
        for (i, (key, _)) in members.iter().enumerate() {
            if members[..i].iter().any(|(other, _)| other == key) {
                return Err(Fault::new(format!("key `{key}` stands twice"), "keep the one that holds"));
            }
        }
        Ok(Self { members })
    }

    /// Keys with their values, in the order of the file.
    pub(super) fn members(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.members.iter().map(|(key, value)| (key.as_str(), value))
    }

    /// The value of a key; [`None`] if it is missing or null.
    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        self.members().find(|(name, value)| *name == key && !value.is_null()).map(|(_, value)| value)
    }

    /// A number.
    pub(super) fn number(&self, key: &str) -> Result<Option<f64>, Fault> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let wrong = || {
            let remedy = if value.is_array() {
                "units and trials share one value here: networks with one per unit cannot be read"
            } else {
                "write a number"
            };
            Fault::new(format!("`{key}` is {}, expected a number", shown(value)), remedy)
        };
        value.as_f64().map(Some).ok_or_else(wrong)
    }

    /// A word.
    pub(super) fn word(&self, key: &str) -> Result<Option<&str>, Fault> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let wrong =
            || Fault::new(format!("`{key}` is {}, expected a word", shown(value)), "write it in quotes");
        value.as_str().map(Some).ok_or_else(wrong)
    }

    /// A vector `[n]`.
    pub(super) fn vector(&self, key: &str, n: usize) -> Result<Option<Array1<f64>>, Fault> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let remedy = format!("`{key}` has one number for each of the {n} units, or is null");
        let fault = |reason: String| Fault::new(reason, remedy.clone());
        let Some(entries) = value.as_array() else {
            return Err(fault(format!("`{key}` is {}, expected a list of numbers", shown(value))));
        };
        if entries.len() != n {
            return Err(fault(format!("`{key}` has {} entries, expected {n}", entries.len())));
        }
        let number = |(i, entry): (usize, &Value)| {
            entry
                .as_f64()
                .ok_or_else(|| fault(format!("`{key}`[{i}] is {}, expected a number", shown(entry))))
        };
        entries.iter().enumerate().map(number).collect::<Result<_, _>>().map(Some)
    }

    /// A matrix, a list for each row.
    pub(super) fn matrix(&self, key: &str) -> Result<Option<Array2<f64>>, Fault> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let fault =
            |reason: String| Fault::new(reason, format!("write `{key}` as a list of rows of numbers"));
        let Some(rows) = value.as_array() else {
            return Err(fault(format!("`{key}` is {}, expected a list of rows", shown(value))));
        };
        let width = rows.first().and_then(Value::as_array).map_or(0, Vec::len);
        let mut entries = Vec::with_capacity(rows.len() * width);
        for (i, row) in rows.iter().enumerate() {
            let Some(row) = row.as_array() else {
                return Err(fault(format!("`{key}`[{i}] is {}, expected a row of numbers", shown(row))));
            };
            if row.len() != width {
                return Err(fault(format!(
                    "row {i} of `{key}` has {} entries, row 0 has {width}",
                    row.len()
                )));
            }
            for (j, entry) in row.iter().enumerate() {
                let Some(number) = entry.as_f64() else {
                    return Err(fault(format!("`{key}`[{i}][{j}] is {}, expected a number", shown(entry))));
                };
                entries.push(number);
            }
        }
        Array2::from_shape_vec((rows.len(), width), entries)
            .map(Some)
            .map_err(|error| fault(format!("`{key}`: {error}")))
    }
}

/// Members of an object in the order of the text; a map would keep one of two equal keys in silence.
struct Members(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Members;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of parameters")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

/// The text with Python's `NaN`, `Infinity` and `-Infinity`, which JSON lacks, in quotes: words where they matter are
/// refused with their place, and where they do not matter they are no fault.
fn with_words_quoted(bytes: &[u8]) -> Cow<'_, [u8]> {
    const WORDS: [&[u8]; 3] = [b"-Infinity", b"Infinity", b"NaN"];
    if !WORDS[1..].iter().any(|word| bytes.windows(word.len()).any(|found| found == *word)) {
        return Cow::Borrowed(bytes);
    }
    let mut text = Vec::with_capacity(bytes.len() + 64);
    let (mut at, mut in_string) = (0, false);
    while at < bytes.len() {
        let word = WORDS.into_iter().find(|word| !in_string && bytes[at..].starts_with(word));
        if let Some(word) = word {
            text.extend([b"\"", word, b"\""].concat());
            at += word.len();
            continue;
        }
        text.push(bytes[at]);
        match bytes[at] {
            b'\\' if in_string => {
                text.extend(bytes.get(at + 1));
                at += 1;
            }
            b'"' => in_string = !in_string,
            _ => {}
        }
        at += 1;
    }
    Cow::Owned(text)
}

/// A value as an error repeats it.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::Array(entries) if entries.len() > 3 => format!("a list of {} entries", entries.len()),
        Value::Object(_) => "an object".to_owned(),
        other => {
            let text = other.to_string();
            if text.chars().count() > MOST_SHOWN {
                format!("{} …", text.chars().take(MOST_SHOWN).collect::<String>())
            } else {
                text
            }
        }
    }
}

/// Whether a value is nothing but zeros, however nested.
pub(super) fn is_zero(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::Array(entries) => entries.iter().all(is_zero),
        _ => false,
    }
}
