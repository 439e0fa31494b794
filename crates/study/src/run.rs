//! The main job: a study from its file to its page.

use crate::analyse::{Calibration, Context, TaskResults, analyse, calibrated};
use crate::config::{Study, StudyError};
use crate::event::{Event, Listener};
use crate::execute::{ExecuteError, StudyNetwork, load, networks};
use crate::plan::training_jobs;
use crate::publish::{Found, begin, publish};
use crate::store::manifest::Manifest;
use crate::store::{Folder, StoreError};
use circuitscope::KernelPath;
use std::path::Path;
use std::sync::atomic::AtomicBool;

/// Why a page could not be rebuilt.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum RebuildError {
    /// The study file in the folder does not parse.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Study(#[from] StudyError),
    /// Networks are missing.
    #[error("{folder} is unfinished: {missing} of {planned} networks are not trained yet")]
    #[diagnostic(help("run the study again with `--out {folder}` to go on with it"))]
    Unfinished {
        /// The study folder.
        folder: String,
        /// Networks that are missing.
        missing: usize,
        /// Networks in all.
        planned: usize,
    },
    /// An analysis or file failed.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Execute(#[from] ExecuteError),
}

impl From<StoreError> for RebuildError {
    fn from(error: StoreError) -> Self {
        Self::Execute(error.into())
    }
}

/// Trains, analyses and publishes a study; what an earlier run has finished is taken as it is.
///
/// # Errors
/// [`ExecuteError`]; everything finished before it stays.
pub fn run(
    study: &Study,
    folder: &Folder,
    path: KernelPath,
    interrupt: &AtomicBool,
    listener: &Listener<'_>,
) -> Result<Summary, ExecuteError> {
    if begin(folder, study)? == Found::Other {
        let root = folder.root().display();
        let text = format!(
            "{root} held a study with other settings; this one takes it over, and keeps the networks that both have"
        );
        listener(Event::Warned { text: &text });
    }
    let networks = networks(&training_jobs(study), folder, path, interrupt, listener)?;
    analyse_and_publish(study, folder, path, networks, interrupt, listener)
}

/// Rebuilds tables, figures and page of a study folder from its networks, training nothing.
///
/// # Errors
/// [`RebuildError`].
pub fn rebuild(
    root: &Path,
    interrupt: &AtomicBool,
    listener: &Listener<'_>,
) -> Result<Summary, RebuildError> {
    let (study, folder) = open(root)?;
    let found = every_network(&study, &folder, listener)?;
    Ok(analyse_and_publish(&study, &folder, KernelPath::detect(), found, interrupt, listener)?)
}

/// How often each claim on a study's folder comes out supported where labels are dealt out; trains and writes nothing but
/// analyses that are missing.
///
/// # Errors
/// [`RebuildError`].
pub fn calibrate(
    root: &Path,
    n_draws: usize,
    interrupt: &AtomicBool,
    listener: &Listener<'_>,
) -> Result<Vec<Calibration>, RebuildError> {
    let (study, folder) = open(root)?;
    let found = every_network(&study, &folder, listener)?;
    let context = Context { study: &study, folder: &folder, path: KernelPath::detect(), interrupt, listener };
    let results: Vec<TaskResults<'_>> = analyse(context, &study, found)?;
    Ok(calibrated(context, &results, n_draws)?)
}

fn open(root: &Path) -> Result<(Study, Folder), RebuildError> {
    let folder = Folder::open(root)?;
    let manifest = Manifest::read(&folder.manifest())?;
    // A study without a name in its file bears that of the file, which in the folder is always study.toml.
    let study = Study { name: manifest.study, ..Study::read(&folder.study())? };
    Ok((study, folder))
}

fn every_network<'a>(
    study: &'a Study,
    folder: &Folder,
    listener: &Listener<'_>,
) -> Result<Vec<StudyNetwork<'a>>, RebuildError> {
    let jobs = training_jobs(study);
    let found: Vec<StudyNetwork<'a>> = jobs.iter().filter_map(|job| load(job, folder, listener)).collect();
    if found.len() < jobs.len() {
        let (missing, planned) = (jobs.len() - found.len(), jobs.len());
        return Err(RebuildError::Unfinished {
            folder: folder.root().display().to_string(),
            missing,
            planned,
        });
    }
    Ok(found)
}

/// What a study came to, in a few counts.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Summary {
    /// Networks trained.
    pub trained: usize,
    /// Networks selected.
    pub selected: usize,
    /// Networks above the R² floor, but not among the best that are kept.
    pub surplus: usize,
    /// Networks below the R² floor.
    pub below_floor: usize,
    /// Trainings that diverged.
    pub diverged: usize,
    /// The page.
    pub report: String,
}

fn analyse_and_publish(
    study: &Study,
    folder: &Folder,
    path: KernelPath,
    networks: Vec<StudyNetwork<'_>>,
    interrupt: &AtomicBool,
    listener: &Listener<'_>,
) -> Result<Summary, ExecuteError> {
    use crate::analyse::Standing;
    let context = Context { study, folder, path, interrupt, listener };
    let results: Vec<TaskResults<'_>> = analyse(context, study, networks)?;
    publish(context, &results)?;
    let standings: Vec<Standing> =
        results.iter().flat_map(|of_task| of_task.networks.iter().map(|(_, standing)| *standing)).collect();
    let count = |wanted: Standing| standings.iter().filter(|&&standing| standing == wanted).count();
    Ok(Summary {
        trained: standings.len(),
        selected: count(Standing::Selected),
        surplus: count(Standing::Surplus),
        below_floor: count(Standing::BelowFloor),
        diverged: count(Standing::Diverged),
        report: folder.report().display().to_string(),
    })
}
