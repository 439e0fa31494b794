//! What is wrong with a declaration, and where.

use std::fmt;
use std::ops::Range;

/// A step on the way to a field of a declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// A key of a table.
    Key(String),
    /// An entry of a list, from 0.
    Entry(usize),
}

/// A field of a declaration, as the way that leads to it: `drive`, entry 2, `value`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place(pub Vec<Part>);

impl Place {
    /// A field at the top.
    pub fn of(key: &str) -> Self {
        Self::default().key(key)
    }

    /// The field below this one.
    pub fn key(&self, key: &str) -> Self {
        self.then(Part::Key(key.to_owned()))
    }

    /// An entry of this one, from 0.
    pub fn entry(&self, entry: usize) -> Self {
        self.then(Part::Entry(entry))
    }

    fn then(&self, part: Part) -> Self {
        Self(self.0.iter().cloned().chain([part]).collect())
    }
}

/// `fixed_points.inputs`, or `value` of `drive` 3: entries are counted from 1, as people do.
impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut last: Option<&Part> = None;
        for part in &self.0 {
            match (part, last) {
                (Part::Key(key), None) => write!(out, "{key}")?,
                (Part::Key(key), Some(&Part::Key(_))) => write!(out, ".{key}")?,
                (Part::Key(key), Some(&Part::Entry(_))) => write!(out, ", {key}")?,
                (Part::Entry(entry), _) => write!(out, " {}", entry + 1)?,
            }
            last = Some(part);
        }
        Ok(())
    }
}

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// It holds what no task can be made from.
    #[error("{found}; {remedy}")]
    Refused {
        /// What is found there.
        found: String,
        /// What would be right.
        remedy: String,
    },
    /// It names something that there is not.
    #[error("there is no {what} `{name}`; known: {}", known.join(", "))]
    Unknown {
        /// What it should be the name of.
        what: &'static str,
        /// The name.
        name: String,
        /// What could be named.
        known: Vec<String>,
    },
}

/// A declaration from which no task can be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{place}`: {problem}")]
pub struct DeclaredError {
    /// The field.
    pub place: Place,
    /// Where in the field's text, in bytes; [`None`]: all of it.
    pub span: Option<Range<usize>>,
    /// What is wrong.
    pub problem: Problem,
}

impl DeclaredError {
    pub(super) fn refused(place: Place, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { place, span: None, problem: Problem::Refused { found: found.into(), remedy: remedy.into() } }
    }

    /// The same of one trial.
    pub(super) fn on(mut self, trial: &str) -> Self {
        if let Problem::Refused { found, .. } = &mut self.problem {
            *found = format!("{found} on {trial}");
        }
        self
    }

    pub(super) fn unknown(place: Place, what: &'static str, name: &str, known: &[String]) -> Self {
        let problem = Problem::Unknown { what, name: name.to_owned(), known: known.to_vec() };
        Self { place, span: None, problem }
    }
}
