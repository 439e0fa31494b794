//! Errors of the library as exceptions of Python.

use circuitscope_study::config::{ConfigError, StudyError};
use circuitscope_study::execute::ExecuteError;
use circuitscope_study::import::ImportError;
use circuitscope_study::import::recording::RecordingError;
use circuitscope_study::one_network::OneNetworkError;
use circuitscope_study::opened::OpenError;
use circuitscope_study::store::StoreError;
use miette::Diagnostic;
use pyo3::PyErr;
use pyo3::exceptions::{PyKeyboardInterrupt, PyRuntimeError, PyValueError};
use std::error::Error;
use std::io;

/// Why a call has no result.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// What was given does not fit: `ValueError`.
    Value(String),
    /// A file cannot be read or written: `OSError`, by its kind.
    File(io::ErrorKind, String),
    /// The user stopped it: `KeyboardInterrupt`.
    Interrupted,
    /// A fault of the library: `RuntimeError`.
    Fault(String),
}

impl From<Refusal> for PyErr {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Value(text) => PyValueError::new_err(text),
            Refusal::File(kind, text) => io::Error::new(kind, text).into(),
            Refusal::Interrupted => PyKeyboardInterrupt::new_err(()),
            Refusal::Fault(text) => PyRuntimeError::new_err(format!(
                "a fault of circuitscope, please report it with what you called: {text}"
            )),
        }
    }
}

/// A value that does not fit, from an error that says so.
pub(crate) fn value(error: impl Error) -> Refusal {
    Refusal::Value(with_causes(&error))
}

/// A value that does not fit, with its remedy.
pub(crate) fn told(error: &impl Diagnostic) -> Refusal {
    Refusal::Value(text(error))
}

fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        // A transparent error says what its cause says.
        if !text.ends_with(&error.to_string()) {
            text = format!("{text}: {error}");
        }
        cause = error.source();
    }
    text
}

fn text(error: &impl Diagnostic) -> String {
    let said = with_causes(error);
    match error.help() {
        Some(remedy) => format!("{said}; {}", arguments_of(&remedy.to_string())),
        None => said,
    }
}

/// A remedy with arguments of the command line as those of Python: `--aspect` is `aspect`.
fn arguments_of(remedy: &str) -> String {
    // Every second piece between backticks is code.
    let pieces = remedy.split('`').enumerate().map(|(place, piece)| {
        let quote = if place % 2 == 1 { "" } else { "`" };
        let mut parts = piece.split("--");
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |text, part| {
            let end = part.find(|c: char| !(c.is_alphanumeric() || c == '-')).unwrap_or(part.len());
            text + quote + &part[..end].replace('-', "_") + quote + &part[end..]
        })
    });
    pieces.collect::<Vec<_>>().join("`")
}

impl From<StudyError> for Refusal {
    fn from(error: StudyError) -> Self {
        match &error {
            StudyError::Read { source, .. } => Self::File(source.kind(), text(&error)),
            StudyError::Config(_) => told(&error),
        }
    }
}

impl From<Box<ConfigError>> for Refusal {
    fn from(error: Box<ConfigError>) -> Self {
        told(&*error)
    }
}

impl From<ImportError> for Refusal {
    fn from(error: ImportError) -> Self {
        match &error {
            ImportError::Read { source, .. } => Self::File(source.kind(), text(&error)),
            _ => told(&error),
        }
    }
}

impl From<RecordingError> for Refusal {
    fn from(error: RecordingError) -> Self {
        match &error {
            RecordingError::Read { source, .. } => Self::File(source.kind(), text(&error)),
            _ => told(&error),
        }
    }
}

impl From<OneNetworkError> for Refusal {
    fn from(error: OneNetworkError) -> Self {
        told(&error)
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::Read { source, .. } | StoreError::Write { source, .. } => {
                Self::File(source.kind(), text(&error))
            }
            _ => told(&error),
        }
    }
}

impl From<OpenError> for Refusal {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Study(error) => error.into(),
            OpenError::Store(error) => error.into(),
        }
    }
}

impl From<ExecuteError> for Refusal {
    fn from(error: ExecuteError) -> Self {
        match error {
            ExecuteError::Interrupted => Self::Interrupted,
            ExecuteError::Store(error) => error.into(),
            other => told(&other),
        }
    }
}

impl From<serde_json::Error> for Refusal {
    fn from(error: serde_json::Error) -> Self {
        Self::Fault(error.to_string())
    }
}
