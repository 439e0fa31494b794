//! What is wrong with a study file, and where.

use miette::{Diagnostic, NamedSource, SourceSpan};
use std::ops::Range;

/// A study file that cannot be run: the line, what stands there, what would be right.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("{message}")]
pub struct ConfigError {
    /// What is wrong, with file and line.
    pub message: String,
    /// What would be right.
    #[help]
    pub remedy: String,
    /// The study file.
    #[source_code]
    pub source_code: NamedSource<String>,
    /// Where it is wrong.
    #[label("here")]
    pub span: Option<SourceSpan>,
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

/// The text of a study file and the name it is known by.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) name: &'a str,
    pub(super) text: &'a str,
}

impl Source<'_> {
    /// An error at a place of the file.
    pub(super) fn error(
        self,
        span: Option<Range<usize>>,
        message: impl std::fmt::Display,
        remedy: impl Into<String>,
    ) -> Box<ConfigError> {
        let place = span.as_ref().map_or_else(String::new, |span| {
            let before = self.text.get(..span.start).unwrap_or(self.text);
            let line = before.matches('\n').count() + 1;
            format!(", line {line}")
        });
        Box::new(ConfigError {
            message: format!("{}{place}: {message}", self.name),
            remedy: remedy.into(),
            source_code: NamedSource::new(self.name, self.text.to_owned()).with_language("toml"),
            span: span.map(SourceSpan::from),
        })
    }
}
