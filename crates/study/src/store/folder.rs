//! The study folder: where each thing stands.

use super::manifest::Manifest;
use super::{FORMAT_VERSION, StoreError};
use std::path::{Path, PathBuf};

/// A study folder on disk.
///
/// ```text
/// manifest.json     format and software version, seeds, kernel path, hash of every artefact
/// study.toml        the study file as it was run
/// networks/TASK/    trained networks (safetensors)
/// features/TASK/    features of networks and controls (safetensors)
/// tables/           scores, learning curves, distances, embeddings, statistics (Parquet)
/// figures/          every figure of the report (SVG)
/// report.html       the page
/// work/             intermediate results from which an interrupted run goes on, and timings
/// ```
#[derive(Clone, Debug)]
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// Opens a folder for a run: a new one, an empty one, or a study of this format.
    ///
    /// # Errors
    /// [`StoreError`] if it cannot be made or written, holds something else, or is a study of another format.
    pub fn open_or_create(root: &Path) -> Result<Self, StoreError> {
        let folder = Self { root: root.to_path_buf() };
        std::fs::create_dir_all(root).map_err(|source| StoreError::write(root, source))?;
        let manifest = folder.manifest();
        if manifest.exists() {
            Self::check_format(root, &manifest)?;
        } else {
            let mut entries = std::fs::read_dir(root).map_err(|source| StoreError::read(root, source))?;
            if let Some(Ok(entry)) =
                entries.find(|entry| entry.as_ref().is_ok_and(|entry| !is_part(&entry.path())))
            {
                return Err(StoreError::NotAStudy {
                    path: root.display().to_string(),
                    reason: format!(
                        "it has no manifest.json but holds {}",
                        entry.file_name().to_string_lossy()
                    ),
                });
            }
        }
        folder.sweep()?;
        Ok(folder)
    }

    /// Opens a finished or interrupted study of this format.
    ///
    /// # Errors
    /// [`StoreError`] if there is none, or it is of another format.
    pub fn open(root: &Path) -> Result<Self, StoreError> {
        let folder = Self { root: root.to_path_buf() };
        let manifest = folder.manifest();
        if !manifest.exists() {
            let reason = "it has no manifest.json".to_owned();
            return Err(StoreError::NotAStudy { path: root.display().to_string(), reason });
        }
        Self::check_format(root, &manifest)?;
        Ok(folder)
    }

    fn check_format(root: &Path, manifest: &Path) -> Result<(), StoreError> {
        let (found, software) = Manifest::versions(manifest)?;
        if found == FORMAT_VERSION {
            return Ok(());
        }
        Err(StoreError::Format { path: root.display().to_string(), found, software })
    }

    /// Removes the half-written files that a killed run may have left.
    fn sweep(&self) -> Result<(), StoreError> {
        let mut folders = vec![self.root.clone()];
        while let Some(folder) = folders.pop() {
            let entries = std::fs::read_dir(&folder).map_err(|source| StoreError::read(&folder, source))?;
            for path in entries.flatten().map(|entry| entry.path()) {
                if path.is_dir() {
                    folders.push(path);
                } else if is_part(&path) {
                    std::fs::remove_file(&path).map_err(|source| StoreError::write(&path, source))?;
                }
            }
        }
        Ok(())
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The manifest.
    pub fn manifest(&self) -> PathBuf {
        self.root.join("manifest.json")
    }

    /// The study file as it was run.
    pub fn study(&self) -> PathBuf {
        self.root.join("study.toml")
    }

    /// The page.
    pub fn report(&self) -> PathBuf {
        self.root.join("report.html")
    }

    /// A trained network.
    pub fn network(&self, task: &str, name: &str) -> PathBuf {
        self.root.join("networks").join(task).join(format!("{name}.safetensors"))
    }

    /// The features of a network or a control.
    pub fn features(&self, task: &str, name: &str) -> PathBuf {
        self.root.join("features").join(task).join(format!("{name}.safetensors"))
    }

    /// A table.
    pub fn table(&self, name: &str) -> PathBuf {
        self.root.join("tables").join(format!("{name}.parquet"))
    }

    /// A figure.
    pub fn figure(&self, name: &str) -> PathBuf {
        self.root.join("figures").join(format!("{name}.svg"))
    }

    /// An intermediate result of a stage.
    pub fn work(&self, stage: &str, id: &str) -> PathBuf {
        self.root.join("work").join(stage).join(format!("{id}.json"))
    }

    /// How long networks took: the one file that differs between two runs of the same study.
    pub fn timings(&self) -> PathBuf {
        self.root.join("work").join("timings.jsonl")
    }
}

/// Whether a path is a half-written file of [`super::write_whole`].
fn is_part(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with('.') && name.ends_with(".part")
}
