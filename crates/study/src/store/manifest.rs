//! The manifest: what a study is made of, so that anyone can check that a folder is what it says.

use super::{FORMAT_VERSION, SOFTWARE_VERSION, StoreError};
use crate::config::Study;
use circuitscope::KernelPath;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;

/// Whether a study has run to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Not yet: `run` goes on with it.
    Unfinished,
    /// Every table, figure and the report are there.
    Finished,
}

/// What of a kernel path decides the bits of a training.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arithmetic {
    /// AVX-512, AVX2 and NEON, which give the same bits.
    Vector,
    /// The portable path, which agrees with the others within a tolerance.
    Portable,
}

impl Arithmetic {
    /// The instructions with which what is missing in a folder is computed.
    pub fn path(self) -> KernelPath {
        match self {
            Self::Vector => KernelPath::detect(),
            Self::Portable => KernelPath::Portable,
        }
    }
}

impl From<KernelPath> for Arithmetic {
    fn from(path: KernelPath) -> Self {
        match path {
            KernelPath::Avx512 | KernelPath::Avx2 | KernelPath::Neon => Self::Vector,
            KernelPath::Portable => Self::Portable,
        }
    }
}

/// What a study folder is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of the folder's format.
    pub format_version: u32,
    /// Version of the program that wrote it.
    pub software_version: String,
    /// Name of the study.
    pub study: String,
    /// Hash of all that decides the study's results; empty where a version wrote it that did not note it.
    #[serde(default)]
    pub study_identity: String,
    /// What of the kernel path decides the bits of its networks.
    #[serde(default = "vector")]
    pub arithmetic: Arithmetic,
    /// The seed from which every other one is derived.
    pub seed: u64,
    /// The kernel path that trained the networks, each with their number.
    pub kernel_paths: BTreeMap<String, usize>,
    /// Whether the study has run to its end.
    pub state: State,
    /// The study file.
    pub config: String,
    /// Seed of every network.
    pub network_seeds: BTreeMap<String, u64>,
    /// SHA-256 of every artefact, by its path in the folder.
    pub artefacts: BTreeMap<String, String>,
}

impl Manifest {
    /// The manifest of a study of this identity that has just begun.
    pub fn begun(study: &Study, study_identity: String, arithmetic: Arithmetic) -> Self {
        Self {
            format_version: FORMAT_VERSION,
            software_version: SOFTWARE_VERSION.to_owned(),
            study: study.name.clone(),
            study_identity,
            arithmetic,
            seed: study.seed,
            kernel_paths: BTreeMap::new(),
            state: State::Unfinished,
            config: study.text.clone(),
            network_seeds: BTreeMap::new(),
            artefacts: BTreeMap::new(),
        }
    }

    /// Reads a manifest of this format.
    ///
    /// # Errors
    /// [`StoreError`] if it cannot be read or is damaged.
    pub fn read(path: &Path) -> Result<Self, StoreError> {
        let text = std::fs::read_to_string(path).map_err(|source| StoreError::read(path, source))?;
        serde_json::from_str(&text).map_err(|error| StoreError::damaged(path, &error))
    }

    /// Format version and software version of a manifest of any format; `None` if there is none, or it is of another
    /// kind of program.
    pub(super) fn versions(path: &Path) -> Result<Option<(u32, String)>, StoreError> {
        #[derive(Deserialize)]
        struct Versions {
            format_version: Option<u32>,
            software_version: Option<String>,
        }
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                return Ok(None);
            }
            Err(source) => return Err(StoreError::read(path, source)),
        };
        let versions: Versions =
            serde_json::from_str(&text).map_err(|error| StoreError::damaged(path, &error))?;
        let software = versions.software_version.unwrap_or_else(|| "of an unknown version".to_owned());
        Ok(versions.format_version.map(|format| (format, software)))
    }

    /// Writes the manifest.
    ///
    /// # Errors
    /// [`StoreError::Write`].
    pub fn write(&self, path: &Path) -> Result<(), StoreError> {
        let mut text =
            serde_json::to_string_pretty(self).map_err(|error| StoreError::damaged(path, &error))?;
        text.push('\n');
        super::write_whole(path, text.as_bytes())
    }
}

/// What networks were trained with before a manifest said so.
fn vector() -> Arithmetic {
    Arithmetic::Vector
}

/// SHA-256 of a file, in hexadecimal.
///
/// # Errors
/// [`StoreError::Read`].
pub fn hash_of_file(path: &Path) -> Result<String, StoreError> {
    let bytes = std::fs::read(path).map_err(|source| StoreError::read(path, source))?;
    Ok(hash(&bytes))
}

/// SHA-256 of bytes, in hexadecimal.
pub fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}
