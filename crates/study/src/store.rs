//! What outlives a run: files that appear whole or not at all, each with a format version.

pub mod checkpoints;
pub mod folder;
pub(crate) mod half;
pub mod manifest;
pub mod network_file;
pub mod npz;
pub mod read_table;
pub mod table;

pub use folder::{Folder, Lock};

/// Version of the study folder's format; it changes when an older program could misread a file.
pub const FORMAT_VERSION: u32 = 1;

/// Version of this program.
pub const SOFTWARE_VERSION: &str = env!("CARGO_PKG_VERSION");

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// A file of a study folder that could not be written or read.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum StoreError {
    /// The file cannot be written.
    #[error("cannot write {path}")]
    #[diagnostic(help(
        "choose a folder that you may write to with --out, and see that its disk is not full"
    ))]
    Write {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The file cannot be read.
    #[error("cannot read {path}")]
    Read {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not what its name says.
    #[error("{path} is damaged: {reason}")]
    #[diagnostic(help("delete the file and run the study again: everything else is kept"))]
    Damaged {
        /// The file.
        path: String,
        /// What does not fit.
        reason: String,
    },
    /// The folder was written in another format.
    #[error(
        "{path} is a study of format {found}, written by circuitscope {software}; this is circuitscope {SOFTWARE_VERSION} with format {FORMAT_VERSION}"
    )]
    #[diagnostic(help("open it with that version, or choose another folder with --out"))]
    Format {
        /// The folder.
        path: String,
        /// Its format version.
        found: u32,
        /// The version of the program that wrote it.
        software: String,
    },
    /// The folder holds something else.
    #[error("{path} is not a study folder: {reason}")]
    #[diagnostic(help("choose an empty or a new folder with --out"))]
    NotAStudy {
        /// The folder.
        path: String,
        /// What says so.
        reason: String,
    },
    /// The claims of a finished study were removed.
    #[error("{path} holds no claims.json")]
    #[diagnostic(help("write it with `circuitscope report {path}`"))]
    NoClaims {
        /// The folder.
        path: String,
    },
    /// The study file of a folder is not the one that its manifest is of.
    #[error(
        "{path}/study.toml is not the study that manifest.json is of: it was edited after the run, or a run with other \
         settings was stopped just as it began"
    )]
    #[diagnostic(help(
        "run the study that you mean in this folder, `circuitscope run STUDY.toml --out {path}`: networks that both \
         have are kept"
    ))]
    Mixed {
        /// The folder.
        path: String,
    },
    /// The study has not run to its end.
    #[error("{path} is unfinished: its run was stopped before it published its results, or is still at work")]
    #[diagnostic(help(
        "run the same study again with `circuitscope run STUDY.toml --out {path}` to finish it: what is there is kept"
    ))]
    Unpublished {
        /// The folder.
        path: String,
    },
    /// An earlier version published the study and did not note which settings its results are of.
    #[error(
        "{path} was published by circuitscope {software}, which did not note the settings that its results are of"
    )]
    #[diagnostic(help("publish them anew with `circuitscope report {path}`: no network is trained again"))]
    Unidentified {
        /// The folder.
        path: String,
        /// The version of the program that wrote it.
        software: String,
    },
    /// A published file is of another study than the folder.
    #[error("{path} is of a study with other settings than the study.toml beside it")]
    #[diagnostic(help("publish the results of this study with `circuitscope report {folder}`"))]
    Stale {
        /// The file.
        path: String,
        /// The folder.
        folder: String,
    },
    /// There is no study where one is asked for.
    #[error("{path} holds no study: {reason}")]
    #[diagnostic(help("name the folder that `circuitscope run` wrote, the one with manifest.json in it"))]
    NoStudy {
        /// The folder.
        path: String,
        /// What says so.
        reason: String,
    },
    /// A run of another study is at work in the folder.
    #[error("another run is at work in {path}, of a study with other settings")]
    #[diagnostic(help(
        "let it end, or stop it, or choose another folder with --out; what it has finished is kept"
    ))]
    Busy {
        /// The folder.
        path: String,
    },
}

impl StoreError {
    pub(crate) fn write(path: &Path, source: std::io::Error) -> Self {
        Self::Write { path: path.display().to_string(), source }
    }

    pub(crate) fn read(path: &Path, source: std::io::Error) -> Self {
        Self::Read { path: path.display().to_string(), source }
    }

    pub(crate) fn damaged(path: &Path, reason: &dyn std::fmt::Display) -> Self {
        Self::Damaged { path: path.display().to_string(), reason: reason.to_string() }
    }
}

/// Files written by this process: every writer has a name of its own, as two threads may write the same result.
static N_WRITTEN: AtomicU64 = AtomicU64::new(0);

/// Writes a file so that it appears whole or not at all: to a hidden neighbour first, then renamed.
///
/// # Errors
/// [`StoreError::Write`] names the file.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let n = N_WRITTEN.fetch_add(1, Ordering::Relaxed);
    let temporary = folder.join(format!(".{name}.{}{n:08}.part", std::process::id()));
    let written = std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(&temporary, bytes))
        .and_then(|()| std::fs::rename(&temporary, path));
    written.map_err(|source| {
        // The half-written neighbour is of no use to anyone; that it may stay is not worth a second error.
        let _ = std::fs::remove_file(&temporary);
        StoreError::write(path, source)
    })
}
