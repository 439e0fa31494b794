//! The main job: a study from its file to its page.

use crate::config::{Study, doubts};
use crate::event::{Event, Listener};
use crate::execute::{ExecuteError, StudyNetwork, load, networks};
use crate::job::Order;
use crate::opened::{Access, OpenError, Opened};
use crate::publish::{EarlyPages, Found, begin, publish};
use crate::recordings::{bring_in, located};
use crate::stage::{Calibration, Context, Results, Standing, analyse, calibrated};
use crate::store::manifest::{Arithmetic, Manifest};
use crate::store::{Folder, StoreError};
use crate::training_job::{study_identity, training_jobs};
use circuitscope::KernelPath;
use std::path::Path;
use std::sync::atomic::AtomicBool;

/// Why a study folder could not be worked on.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum RebuildError {
    /// The folder cannot be used.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Open(#[from] OpenError),
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
    let arithmetic = Arithmetic::from(path);
    let begun = Manifest::begun(study, study_identity(study, arithmetic), arithmetic);
    let recordings = located(study, folder, listener)?;
    let found = begin(folder, study, &begun)?;
    bring_in(&recordings, folder)?;
    let root = folder.root().display();
    let warning = match &found {
        Found::New | Found::Begun | Found::Published => None,
        Found::OtherVersion(software) => Some(format!(
            "circuitscope {software} published this study in {root}; its tables, figures and page are removed and made anew"
        )),
        Found::Other => Some(format!(
            "{root} held a study with other settings; this one takes it over, and keeps the networks that both have; the \
             tables, figures and page of the other one are removed, its study file is kept in work/replaced"
        )),
    };
    for text in warning.iter().chain(&doubts(study)) {
        listener(Event::Warned { text });
    }
    let context = Context { study, folder, path, order: Order::All, interrupt, listener };
    let networks = networks(context, &training_jobs(study, arithmetic))?;
    analyse_and_publish(context, &begun, &found, study, networks)
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
    let opened = Opened::read(root, Access::Write)?;
    let (study, folder, arithmetic) = (&opened.study, &opened.folder, opened.manifest.arithmetic);
    let networks = every_network(&opened, listener)?;
    let begun = Manifest::begun(study, study_identity(study, arithmetic), arithmetic);
    let found = begin(folder, study, &begun)?;
    let path = arithmetic.path();
    let context = Context { study, folder, path, order: Order::All, interrupt, listener };
    Ok(analyse_and_publish(context, &begun, &found, study, networks)?)
}

/// How often each claim on a study's folder comes out supported where labels are permuted; trains and writes nothing but
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
    let opened = Opened::read(root, Access::Read)?;
    let (study, folder) = (&opened.study, &opened.folder);
    let networks = every_network(&opened, listener)?;
    let path = opened.manifest.arithmetic.path();
    let context = Context { study, folder, path, order: Order::All, interrupt, listener };
    let results = analyse(context, study, networks, &mut |_, _| Ok(()))?;
    Ok(calibrated(context, &results.tasks, n_draws)?)
}

fn every_network<'a>(
    opened: &'a Opened,
    listener: &Listener<'_>,
) -> Result<Vec<StudyNetwork<'a>>, RebuildError> {
    let folder = &opened.folder;
    let jobs = training_jobs(&opened.study, opened.manifest.arithmetic);
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

fn analyse_and_publish<'a>(
    context: Context<'_>,
    begun: &Manifest,
    found: &Found,
    study: &'a Study,
    networks: Vec<StudyNetwork<'a>>,
) -> Result<Summary, ExecuteError> {
    let mut pages = EarlyPages::new(context, begun);
    let results: Results<'_> = analyse(context, study, networks, &mut |results, n_stages| {
        // The whole page of this study is there already.
        if *found == Found::Published { Ok(()) } else { pages.after(results, n_stages) }
    })?;
    publish(context, begun, &results)?;
    let standings: Vec<Standing> = results
        .tasks
        .iter()
        .flat_map(|of_task| of_task.networks.iter().map(|(_, standing)| *standing))
        .collect();
    let count = |wanted: Standing| standings.iter().filter(|&&standing| standing == wanted).count();
    Ok(Summary {
        trained: standings.len(),
        selected: count(Standing::Selected),
        surplus: count(Standing::Surplus),
        below_floor: count(Standing::BelowFloor),
        diverged: count(Standing::Diverged),
        report: context.folder.report().display().to_string(),
    })
}
