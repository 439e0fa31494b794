//! A study folder with the study that stands in it: what is read from a folder belongs to that study, or is refused.

use crate::config::{Study, StudyError, TaskFiles};
use crate::store::manifest::{Manifest, State};
use crate::store::{Folder, SOFTWARE_VERSION, StoreError};
use crate::training_job::study_identity;
use std::path::Path;

/// Why a study folder cannot be used.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum OpenError {
    /// The study file in the folder does not parse.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Study(#[from] StudyError),
    /// The folder or its manifest is not what it should be.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Store(#[from] StoreError),
}

/// Whether a command only reads a folder or also writes what is missing in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Nothing is written.
    Read,
    /// What is missing is written; runs of the same study may do so at the same time.
    Write,
}

/// A study folder whose manifest and study file are of one study.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The folder.
    pub folder: Folder,
    /// The study.
    pub study: Study,
    /// The manifest.
    pub manifest: Manifest,
}

impl Opened {
    /// Opens a finished or interrupted study.
    ///
    /// # Errors
    /// [`StoreError::Mixed`] if the study file is not the one that the manifest is of; [`OpenError`] if either cannot be
    /// read, or another study is just taking over a folder that is to be written.
    pub fn read(root: &Path, access: Access) -> Result<Self, OpenError> {
        let folder = match access {
            Access::Read => Folder::open(root)?,
            Access::Write => Folder::open(root)?.shared()?,
        };
        let manifest = Manifest::read(&folder.manifest())?;
        // A study without a name in its file bears that of the file, which in the folder is always study.toml.
        let study = Study {
            name: manifest.study.clone(),
            ..Study::read_with(&folder.study(), &TaskFiles::Copies(folder.tasks()))?
        };
        let is_of_manifest = if manifest.study_identity.is_empty() {
            manifest.config == study.text // an earlier version noted no more
        } else {
            manifest.study_identity == study_identity(&study, manifest.arithmetic)
        };
        if !is_of_manifest {
            return Err(StoreError::Mixed { path: root.display().to_string() }.into());
        }
        Ok(Self { folder, study, manifest })
    }

    /// Whether everything that the study publishes is there; of another version of the program it may be.
    ///
    /// # Errors
    /// [`StoreError::Unpublished`] if the study has not run to its end, [`StoreError::Unidentified`] if an earlier version
    /// published it without noting which study it was.
    pub fn published(&self) -> Result<Published, StoreError> {
        let (path, software) = (self.folder.root().display().to_string(), &self.manifest.software_version);
        match self.manifest.state {
            State::Unfinished => Err(StoreError::Unpublished { path }),
            State::Finished if self.manifest.study_identity.is_empty() => {
                Err(StoreError::Unidentified { path, software: software.clone() })
            }
            State::Finished if software == SOFTWARE_VERSION => Ok(Published::ByThisVersion),
            State::Finished => Ok(Published::ByVersion(software.clone())),
        }
    }
}

/// Which version of the program published a study.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Published {
    /// This one.
    ByThisVersion,
    /// Another one.
    ByVersion(String),
}
