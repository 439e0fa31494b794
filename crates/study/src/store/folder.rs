//! The study folder: where each thing stands.

use super::manifest::{Manifest, hash};
use super::{FORMAT_VERSION, StoreError};
use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// A study folder on disk.
///
/// ```text
/// manifest.json     format and software version, seeds, kernel path, hash of every artefact
/// study.toml        the study file as it was run
/// tasks/            files of tasks that the study file names, as they were run
/// networks/TASK/    trained networks (safetensors)
/// checkpoints/TASK/ networks on their way through training, where the study keeps them (safetensors)
/// recordings/       recordings that are ranked beside the networks, as they were given
/// features/TASK/    features of networks and controls (safetensors)
/// tables/           scores, learning curves, distances, embeddings, statistics (Parquet)
/// figures/          every figure of the report (SVG)
/// claims.json       every claim with its verdict
/// report.html       the page
/// work/             intermediate results from which an interrupted run goes on, and timings
/// ```
#[derive(Clone, Debug)]
pub struct Folder {
    root: PathBuf,
    /// Held while a run is at work, by as many runs as there are; the system lets go of it however a run ends.
    lock: Option<Arc<File>>,
}

/// What [`Folder`] keeps at its top.
const ENTRIES: [&str; 12] = [
    "manifest.json",
    "study.toml",
    "tasks",
    "networks",
    "checkpoints",
    "recordings",
    "features",
    "tables",
    "figures",
    "claims.json",
    "report.html",
    "work",
];

impl Folder {
    /// Opens a folder for a run: a new one, an empty one, or a study of this format. Other runs of the same study may be at
    /// work in it.
    ///
    /// A study that has lost its manifest is taken up again. Half-written files of a killed run are removed, where no other
    /// run is at work.
    ///
    /// # Errors
    /// [`StoreError`] if it cannot be made or written, holds something else, is a study of another format, or is just being
    /// taken over by another study.
    pub fn open_or_create(root: &Path) -> Result<Self, StoreError> {
        std::fs::create_dir_all(root).map_err(|source| StoreError::write(root, source))?;
        if !Self::is_study(root)? {
            let mut names = Vec::new();
            for entry in std::fs::read_dir(root).map_err(|source| StoreError::read(root, source))? {
                let entry = entry.map_err(|source| StoreError::read(root, source))?;
                names.push(entry.file_name().to_string_lossy().into_owned());
            }
            names.sort();
            let lost_manifest = names.iter().any(|name| name == "study.toml");
            let is_foreign = |name: &&String| {
                !(is_part(name) || lost_manifest && ENTRIES.contains(&name.as_str()) || *name == "work")
            };
            if let Some(name) = names.iter().find(is_foreign) {
                let reason = format!("it has no manifest.json of circuitscope but holds {name}");
                return Err(StoreError::NotAStudy { path: root.display().to_string(), reason });
            }
        }
        let folder = Self { root: root.to_path_buf(), lock: None }.shared()?;
        folder.alone(|| folder.sweep()).unwrap_or(Ok(()))?;
        Ok(folder)
    }

    /// Opens a finished or interrupted study of this format.
    ///
    /// # Errors
    /// [`StoreError`] if there is none, or it is of another format.
    pub fn open(root: &Path) -> Result<Self, StoreError> {
        if Self::is_study(root)? {
            return Ok(Self { root: root.to_path_buf(), lock: None });
        }
        let reason =
            if root.is_dir() { "it has no manifest.json of circuitscope" } else { "there is no such folder" };
        Err(StoreError::NoStudy { path: root.display().to_string(), reason: reason.to_owned() })
    }

    /// The folder, held until it is dropped: no other study may take it over meanwhile.
    ///
    /// # Errors
    /// [`StoreError::Busy`] if another study is just doing so.
    pub fn shared(self) -> Result<Self, StoreError> {
        let file = lock_file(&self.root.join("work").join("lock"))?;
        match share(&file) {
            Ok(()) => Ok(Self { lock: Some(Arc::new(file)), ..self }),
            Err(TryLockError::WouldBlock) => Err(self.busy()),
            // A file system that knows no locks does without.
            Err(TryLockError::Error(_)) => Ok(Self { lock: None, ..self }),
        }
    }

    /// Does something while no other run is at work in the folder, which this one holds.
    ///
    /// # Errors
    /// [`StoreError::Busy`] if another run is at work.
    pub fn alone<T>(&self, work: impl FnOnce() -> T) -> Result<T, StoreError> {
        let Some(file) = &self.lock else { return Ok(work()) };
        // To lock anew what is locked already is not defined everywhere.
        let _ = file.unlock();
        let found = file.try_lock();
        let done = if matches!(found, Err(TryLockError::WouldBlock)) { Err(self.busy()) } else { Ok(work()) };
        let _ = file.unlock();
        match share(file) {
            Err(TryLockError::WouldBlock) => Err(self.busy()),
            _ => done,
        }
    }

    /// The lock of a job of this name.
    ///
    /// # Errors
    /// [`StoreError::Write`] if its file cannot be made.
    pub fn lock_job(&self, id: &str) -> Result<Lock, StoreError> {
        let file = lock_file(&self.root.join("work").join("locks").join(id))?;
        let mut found = file.try_lock();
        for _ in 0..3 {
            // Who lists jobs holds each lock for an instant.
            if !matches!(found, Err(TryLockError::WouldBlock)) {
                break;
            }
            std::thread::sleep(Duration::from_millis(2));
            found = file.try_lock();
        }
        Ok(match found {
            Ok(()) => Lock::Held(Some(file)),
            Err(TryLockError::WouldBlock) => Lock::Elsewhere,
            Err(TryLockError::Error(_)) => Lock::Held(None),
        })
    }

    /// Whether another process, or thread, holds the lock of a job.
    pub fn is_job_locked(&self, id: &str) -> bool {
        // Only looks: no file is made.
        let file = File::open(self.root.join("work").join("locks").join(id));
        file.is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }

    /// Lets go of the folder for a while, so that another run can take it over, and waits until that is done.
    ///
    /// # Errors
    /// [`StoreError::Busy`] if it is not done soon.
    pub fn step_aside(&self, pause: Duration) -> Result<(), StoreError> {
        // Runs that wait for each other wait for different times.
        static N_WAITS: AtomicU32 = AtomicU32::new(0);
        let n = std::process::id().wrapping_add(7 * N_WAITS.fetch_add(1, Ordering::Relaxed));
        let Some(file) = &self.lock else { return Ok(()) };
        let _ = file.unlock();
        for _ in 0..20 {
            std::thread::sleep(pause / 2 + pause * (n % 16) / 16);
            if !matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)) {
                return Ok(());
            }
        }
        Err(self.busy())
    }

    /// That another run is at work in the folder.
    pub(crate) fn busy(&self) -> StoreError {
        StoreError::Busy { path: self.root.display().to_string() }
    }

    /// Removes what is published of a study, the page first: it is the one file whose readers check nothing.
    ///
    /// Networks and results of stages stay; files of other names are left alone.
    ///
    /// # Errors
    /// [`StoreError::Write`] names a file that cannot be removed.
    pub fn unpublish(&self) -> Result<(), StoreError> {
        let mut published = vec![self.report(), self.claims()];
        for (folder, ending) in [("tables", "parquet"), ("figures", "svg")] {
            let entries = std::fs::read_dir(self.root.join(folder)).into_iter().flatten().flatten();
            let paths = entries.map(|entry| entry.path());
            published.extend(paths.filter(|path| path.extension().is_some_and(|found| found == ending)));
        }
        for path in published {
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(StoreError::write(&path, error));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// A folder as a run would find it, which need not be there or have its manifest; nothing is made or locked.
    ///
    /// # Errors
    /// [`StoreError`] if it is a study of another format.
    pub fn foreseen(root: &Path) -> Result<Self, StoreError> {
        Self::is_study(root)?;
        Ok(Self { root: root.to_path_buf(), lock: None })
    }

    /// Whether a folder has the manifest of a study of this format.
    fn is_study(root: &Path) -> Result<bool, StoreError> {
        let Some((found, software)) = Manifest::versions(&root.join("manifest.json"))? else {
            return Ok(false);
        };
        if found == FORMAT_VERSION {
            return Ok(true);
        }
        Err(StoreError::Format { path: root.display().to_string(), found, software })
    }

    /// Removes the half-written files that a killed run may have left.
    fn sweep(&self) -> Result<(), StoreError> {
        let mut folders = vec![self.root.clone()];
        while let Some(folder) = folders.pop() {
            let entries = std::fs::read_dir(&folder).map_err(|source| StoreError::read(&folder, source))?;
            for entry in entries.flatten() {
                let path = entry.path();
                if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                    folders.push(path);
                } else if is_part(&entry.file_name().to_string_lossy()) {
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

    /// A recording, by its file name.
    pub fn recording(&self, file: &str) -> PathBuf {
        self.root.join("recordings").join(file)
    }

    /// The files of tasks that a study file names, as they were run, under the names of the tasks.
    pub fn tasks(&self) -> PathBuf {
        self.root.join("tasks")
    }

    /// The study file as it was run.
    pub fn study(&self) -> PathBuf {
        self.root.join("study.toml")
    }

    /// The page.
    pub fn report(&self) -> PathBuf {
        self.root.join("report.html")
    }

    /// The claims.
    pub fn claims(&self) -> PathBuf {
        self.root.join("claims.json")
    }

    /// A trained network.
    pub fn network(&self, task: &str, name: &str) -> PathBuf {
        self.root.join("networks").join(task).join(format!("{name}.safetensors"))
    }

    /// The networks that one was on its way through training.
    pub fn checkpoints(&self, task: &str, name: &str) -> PathBuf {
        self.root.join("checkpoints").join(task).join(format!("{name}.safetensors"))
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

    /// The study file of a study that another one has replaced.
    pub fn replaced(&self, manifest: &Manifest) -> PathBuf {
        let id = &hash(manifest.config.as_bytes())[..8];
        self.root.join("work").join("replaced").join(format!("{}-{id}.toml", manifest.study))
    }

    /// How long networks took: the one file that differs between two runs of the same study.
    pub fn timings(&self) -> PathBuf {
        self.root.join("work").join("timings.jsonl")
    }
}

/// The lock of a job.
#[derive(Debug)]
pub enum Lock {
    /// Held until it is dropped; the system lets go of it however the process ends. A file system that knows no locks gives
    /// none.
    Held(Option<File>),
    /// Another process, or thread, holds it.
    Elsewhere,
}

/// Shares a lock, once whoever holds it alone lets go: a run that begins holds its folder alone while it looks for
/// half-written files.
fn share(file: &File) -> Result<(), TryLockError> {
    for _ in 0..100 {
        match file.try_lock_shared() {
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(20)),
            other => return other,
        }
    }
    file.try_lock_shared()
}

/// Opens the file of a lock.
fn lock_file(path: &Path) -> Result<File, StoreError> {
    let opened = path
        .parent()
        .map_or(Ok(()), std::fs::create_dir_all)
        .and_then(|()| File::options().create(true).append(true).open(path));
    opened.map_err(|source| StoreError::write(path, source))
}

/// Whether a name is that of a half-written file of [`super::write_whole`].
fn is_part(name: &str) -> bool {
    let stem = name.strip_prefix('.').and_then(|rest| rest.strip_suffix(".part"));
    let process = stem.and_then(|stem| stem.rsplit_once('.')).map(|(_, process)| process);
    process.is_some_and(|process| !process.is_empty() && process.bytes().all(|byte| byte.is_ascii_digit()))
}
