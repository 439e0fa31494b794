//! Pages of documentation that are made from the program.

use crate::cargo::{HOUR, cargo};
use crate::process::{Output, ProcessError, run};
use std::path::Path;

/// Why a page was not written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DocsError {
    #[error(transparent)]
    Process(#[from] ProcessError),
    #[error("the test that writes docs/tables.md failed: {0}")]
    Failed(String),
}

/// Writes `docs/tables.md`, by the test that holds it to the tables.
///
/// # Errors
/// [`DocsError`] if cargo does not run, or the test fails.
pub(crate) fn docs(root: &Path) -> Result<(), DocsError> {
    let mut command = cargo(root);
    command.args(["test", "--release", "--workspace", "--test", "study", "the_data_dictionary"]);
    let ran = run(command.env("CIRCUITSCOPE_DOCS", "write"), Output::Kept, HOUR)?;
    if ran.status.success() { Ok(()) } else { Err(DocsError::Failed(ran.last_words())) }
}
