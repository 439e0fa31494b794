//! What a run does with the folder that it finds: results of another study never stand there as if they were its own.

use crate::config::Study;
use crate::store::manifest::{Manifest, State, hash};
use crate::store::{Folder, SOFTWARE_VERSION, StoreError, write_whole};
use std::collections::BTreeMap;

/// What a study finds in its folder when it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// Nothing yet.
    New,
    /// The same study, begun but not published.
    Begun,
    /// The same study with everything that it publishes.
    Published,
    /// The same study, which another version of the program wrote, or one that did not note which study it was.
    OtherVersion(String),
    /// A study of another name or with other settings, which this one takes over.
    Other,
}

/// Makes a folder that of the study that begins: its manifest, its study file, and no published result of another study.
///
/// Killed at any moment it leaves the old study, whole or unfinished, or a folder whose manifest and study file disagree,
/// which is refused, or the new study, unfinished.
///
/// # Errors
/// [`StoreError::Write`].
pub fn begin(folder: &Folder, study: &Study, begun: Manifest) -> Result<Found, StoreError> {
    let manifest = Manifest::read(&folder.manifest()).ok();
    let found = found(manifest.as_ref(), &begun);
    match (&found, manifest) {
        (Found::Begun | Found::Published, Some(known)) => {
            // The same settings in another text.
            if known.config != study.text {
                let mut manifest = Manifest { config: begun.config, ..known };
                if let Some(known) = manifest.artefacts.get_mut("study.toml") {
                    *known = hash(study.text.as_bytes());
                }
                manifest.write(&folder.manifest())?;
            }
        }
        (_, known) => {
            if let Some(known) = known {
                if found == Found::Other {
                    // With its networks in the folder it can be published again.
                    write_whole(&folder.replaced(&known), known.config.as_bytes())?;
                }
                // Killed from here on, the folder does not say that it holds what is just being removed.
                let unfinished = Manifest { state: State::Unfinished, artefacts: BTreeMap::new(), ..known };
                unfinished.write(&folder.manifest())?;
            }
            folder.unpublish()?;
            begun.write(&folder.manifest())?;
        }
    }
    write_whole(&folder.study(), study.text.as_bytes())?;
    Ok(found)
}

fn found(manifest: Option<&Manifest>, begun: &Manifest) -> Found {
    let Some(known) = manifest else { return Found::New };
    let is_same = if known.study_identity.is_empty() {
        known.config == begun.config && known.study == begun.study
    } else {
        known.study_identity == begun.study_identity
    };
    match known.state {
        _ if !is_same => Found::Other,
        _ if known.study_identity.is_empty() || known.software_version != SOFTWARE_VERSION => {
            Found::OtherVersion(known.software_version.clone())
        }
        State::Unfinished => Found::Begun,
        State::Finished => Found::Published,
    }
}
