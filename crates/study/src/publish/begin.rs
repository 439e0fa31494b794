//! What a run does with the folder that it finds: results of another study never stand there as if they were its own.

use crate::config::Study;
use crate::store::manifest::{Manifest, State, hash};
use crate::store::{Folder, Lock, SOFTWARE_VERSION, StoreError, write_whole};
use std::collections::BTreeMap;
use std::time::Duration;

/// How often, and after which pauses, a folder is asked for that another run holds: long enough for one that is just
/// beginning.
const N_TRIES: usize = 10;
const PATIENCE: Duration = Duration::from_millis(100);

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
/// [`StoreError::Write`]; [`StoreError::Busy`] if another run is at work in a folder that is to be taken over.
pub fn begin(folder: &Folder, study: &Study, begun: &Manifest) -> Result<Found, StoreError> {
    for _ in 1..N_TRIES {
        match begin_now(folder, study, begun) {
            // Another run is just beginning, maybe the same study.
            Err(StoreError::Busy { .. }) => folder.step_aside(PATIENCE)?,
            other => return other,
        }
    }
    begin_now(folder, study, begun)
}

fn begin_now(folder: &Folder, study: &Study, begun: &Manifest) -> Result<Found, StoreError> {
    // One at a time looks what is there and decides.
    let Lock::Held(_lock) = folder.lock_job("begin")? else { return Err(folder.busy()) };
    let known = Manifest::read(&folder.manifest()).ok();
    let found = found(known.as_ref(), begun);
    match (&found, known) {
        (Found::Begun | Found::Published, Some(known)) => same_study(folder, study, begun, known)?,
        (_, None) => take_over(folder, &found, begun, None)?,
        (_, known) => folder.alone(|| take_over(folder, &found, begun, known))??,
    }
    for (name, text) in &study.task_texts {
        write_whole(&folder.tasks().join(format!("{name}.toml")), text.as_bytes())?;
    }
    write_whole(&folder.study(), study.text.as_bytes())?;
    Ok(found)
}

/// The same settings, maybe in another text.
fn same_study(folder: &Folder, study: &Study, begun: &Manifest, known: Manifest) -> Result<(), StoreError> {
    if known.config == study.text {
        return Ok(());
    }
    let mut manifest = Manifest { config: begun.config.clone(), ..known };
    if let Some(known) = manifest.artefacts.get_mut("study.toml") {
        *known = hash(study.text.as_bytes());
    }
    manifest.write(&folder.manifest())
}

/// Makes the folder that of a study, where no other run is at work.
fn take_over(
    folder: &Folder,
    found: &Found,
    begun: &Manifest,
    known: Option<Manifest>,
) -> Result<(), StoreError> {
    if let Some(known) = known {
        if *found == Found::Other {
            // With its networks in the folder it can be published again.
            write_whole(&folder.replaced(&known), known.config.as_bytes())?;
        }
        // Killed from here on, the folder does not say that it holds what is just being removed.
        let unfinished = Manifest { state: State::Unfinished, artefacts: BTreeMap::new(), ..known };
        unfinished.write(&folder.manifest())?;
    }
    folder.unpublish()?;
    begun.write(&folder.manifest())
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
