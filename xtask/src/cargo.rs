//! Cargo, as the workshop calls it.

use crate::process::{Output, ProcessError, run};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// A limit for what only hangs if something is broken.
pub(crate) const HOUR: Duration = Duration::from_secs(3600);

/// Why cargo does not tell where it builds.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CargoError {
    #[error(transparent)]
    Process(#[from] ProcessError),
    #[error("cargo metadata names no target directory")]
    Metadata(#[from] serde_json::Error),
}

/// The cargo that runs this, in the repository.
pub(crate) fn cargo(root: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root);
    command
}

pub(crate) fn target_folder(root: &Path) -> Result<PathBuf, CargoError> {
    #[derive(serde::Deserialize)]
    struct Metadata {
        target_directory: PathBuf,
    }
    let mut command = cargo(root);
    command.args(["metadata", "--no-deps", "--format-version", "1"]);
    let told = run(&mut command, Output::Kept, HOUR)?;
    Ok(serde_json::from_str::<Metadata>(&told.stdout)?.target_directory)
}
