//! Jobs on this machine: one network a thread, each stored as soon as it is trained.

use crate::event::{Event, Listener, Stage};
use crate::identity::constraint_name;
use crate::store::network_file::{self, NetworkFile, TrainingRecord};
use crate::store::{Folder, StoreError, checkpoints};
use crate::training_job::{TrainingJob, operations};
use circuitscope::KernelPath;
use circuitscope::train::{Checkpoint, Outcome, Trained, train};
use rayon::prelude::*;
use std::io::Write;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// How a training ended that made all its iterations.
const FINISHED: &str = "finished";

/// Why a study stopped before its end.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum ExecuteError {
    /// The user asked for it.
    #[error("interrupted; what is finished is kept")]
    #[diagnostic(help("run the same command again to go on"))]
    Interrupted,
    /// A file could not be written or read.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Store(#[from] StoreError),
}

/// A trained network of a study with its job.
#[derive(Clone, Debug)]
pub struct StudyNetwork<'a> {
    /// The job that trained it.
    pub job: TrainingJob<'a>,
    /// Its file.
    pub file: NetworkFile,
    /// What the file says of the training.
    pub record: TrainingRecord,
    /// The network on its way, at the iterations of the job; none if it diverged before the last of them.
    pub checkpoints: Vec<Checkpoint>,
}

/// Trains every network that is not yet in the folder and returns all, in the order of the jobs.
///
/// A network file that does not hold what its name says is trained again, with a warning.
///
/// # Errors
/// [`ExecuteError`]; everything finished before it stays.
pub fn networks<'a>(
    jobs: &[TrainingJob<'a>],
    folder: &Folder,
    path: KernelPath,
    interrupt: &AtomicBool,
    listener: &Listener<'_>,
) -> Result<Vec<StudyNetwork<'a>>, ExecuteError> {
    let mut finished: Vec<Option<StudyNetwork<'a>>> = Vec::with_capacity(jobs.len());
    for job in jobs {
        finished.push(load(job, folder, listener));
    }
    let mut open: Vec<usize> = (0..jobs.len()).filter(|&place| finished[place].is_none()).collect();
    // Longest first: the last thread to finish then has little to do alone.
    open.sort_by_key(|&place| std::cmp::Reverse(jobs[place].operations()));
    let work = open.iter().map(|&place| jobs[place].operations()).sum();
    let stage = Stage::Training;
    listener(Event::Began { stage, n_pieces: jobs.len(), n_done: jobs.len() - open.len(), work });

    // A full disk would fail every later network too, after hours of training each.
    let failed = AtomicBool::new(false);
    let is_over = || interrupt.load(Ordering::Relaxed) || failed.load(Ordering::Relaxed);
    let trained: Vec<(usize, Result<StudyNetwork<'a>, ExecuteError>)> = open
        .into_iter()
        .par_bridge() // hands jobs out one by one, in order
        .map(|place| {
            let network = train_and_store(&jobs[place], folder, path, &is_over, listener);
            if network.is_err() {
                failed.store(true, Ordering::Relaxed);
            }
            (place, network)
        })
        .collect();
    let mut stopped = None;
    for (place, result) in trained {
        match result {
            Ok(network) => finished[place] = Some(network),
            Err(error @ ExecuteError::Store(_)) => return Err(error),
            Err(error @ ExecuteError::Interrupted) => stopped = Some(error),
        }
    }
    if let Some(error) = stopped {
        return Err(error);
    }
    listener(Event::Ended { stage });
    Ok(finished.into_iter().flatten().collect())
}

/// The network of a job, if the folder holds it.
pub fn load<'a>(job: &TrainingJob<'a>, folder: &Folder, listener: &Listener<'_>) -> Option<StudyNetwork<'a>> {
    let path = folder.network(job.task.task.name(), &job.name());
    let bytes = std::fs::read(&path).ok()?;
    let problem = match network_file::parse(&bytes) {
        Ok(mut file) => match file.header.training.take() {
            Some(record) if record.job == job.identity && file.initial.is_some() => {
                match kept(job, folder, &file, &record) {
                    Some(checkpoints) => {
                        return Some(StudyNetwork { job: job.clone(), file, record, checkpoints });
                    }
                    None => "the checkpoints that the study asks for are not there".to_owned(),
                }
            }
            _ => "it is of another job".to_owned(),
        },
        Err(reason) => reason,
    };
    let text = format!("{} is trained again: {problem}", path.display());
    listener(Event::Warned { text: &text });
    None
}

/// The checkpoints that belong to a network file; [`None`] if they are not there.
fn kept(
    job: &TrainingJob<'_>,
    folder: &Folder,
    file: &NetworkFile,
    record: &TrainingRecord,
) -> Option<Vec<Checkpoint>> {
    if job.checkpoints.is_empty() || record.outcome != FINISHED {
        return Some(Vec::new());
    }
    let path = folder.checkpoints(job.task.task.name(), &job.name());
    checkpoints::read(&path, &job.identity, &job.checkpoints, file.initial.as_ref()?)
}

fn train_and_store<'a>(
    job: &TrainingJob<'a>,
    folder: &Folder,
    path: KernelPath,
    is_over: &(dyn Fn() -> bool + Sync),
    listener: &Listener<'_>,
) -> Result<StudyNetwork<'a>, ExecuteError> {
    if is_over() {
        return Err(ExecuteError::Interrupted);
    }
    let begun = Instant::now();
    let recipe = &job.class.recipe;
    let cost = operations(&job.task.task, recipe);
    let trained = train(&job.task.task, recipe, job.seed, path, &job.checkpoints, &mut |_| {
        listener(Event::Advanced { stage: Stage::Training, work: cost });
        if is_over() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })
    .map_err(|_| ExecuteError::Interrupted)?;

    let name = job.name();
    let record = record_of(job, path, &trained);
    let is_finished = record.outcome == FINISHED;
    if is_finished && !job.checkpoints.is_empty() {
        // Before the network: where that is, its checkpoints are.
        let path = folder.checkpoints(job.task.task.name(), &name);
        checkpoints::write(&path, &job.identity, &trained.checkpoints)?;
    }
    let mut header = network_file::header_of(&trained.network, &name, Some(record.clone()));
    network_file::write(
        &folder.network(job.task.task.name(), &name),
        &header,
        &trained.network,
        &trained.initial,
    )?;
    log_time(folder, job.task.task.name(), &name, begun.elapsed().as_secs_f64());
    listener(Event::Trained { name: &name, outcome: trained.outcome, r2: trained.score.r2 });
    header.training = None;
    let file = NetworkFile { header, network: trained.network, initial: Some(trained.initial) };
    let checkpoints = if is_finished { trained.checkpoints } else { Vec::new() };
    Ok(StudyNetwork { job: job.clone(), file, record, checkpoints })
}

fn record_of(job: &TrainingJob<'_>, path: KernelPath, trained: &Trained) -> TrainingRecord {
    let (outcome, reason) = match trained.outcome {
        Outcome::Finished => (FINISHED, None),
        Outcome::Diverged { iteration, quantity } => {
            ("diverged", Some(format!("the {} was not finite at iteration {iteration}", quantity.name())))
        }
    };
    TrainingRecord {
        job: job.identity.clone(),
        task: job.task.task.name().to_owned(),
        class: job.class.name.clone(),
        constraint: constraint_name(job.class.recipe.architecture.constraint).to_owned(),
        index: job.index,
        seed: job.seed,
        kernel_path: path.name().to_owned(),
        outcome: outcome.to_owned(),
        reason,
        best_iteration: trained.best_iteration,
        n_silent: trained.n_silent,
        mse: Some(trained.score.mse).filter(|mse| mse.is_finite()),
        r2: trained.score.r2.filter(|r2| r2.is_finite()),
        mse_train: Some(trained.training_score.mse).filter(|mse| mse.is_finite()),
        r2_train: trained.training_score.r2.filter(|r2| r2.is_finite()),
        curve_iteration: trained.curve.iter().map(|point| point.iteration).collect(),
        curve_loss: trained.curve.iter().map(|point| point.loss).collect(),
        curve_mse: trained.curve.iter().map(|point| point.mse).collect(),
    }
}

/// Appends a line to the log of times; it is for the curious, so that a failure to write it stops nothing.
fn log_time(folder: &Folder, task: &str, name: &str, seconds: f64) {
    let path = folder.timings();
    let line = format!("{{\"task\":\"{task}\",\"network\":\"{name}\",\"seconds\":{seconds:.3}}}\n");
    let opened = path
        .parent()
        .map_or(Ok(()), std::fs::create_dir_all)
        .and_then(|()| std::fs::OpenOptions::new().create(true).append(true).open(&path));
    let _ = opened.and_then(|mut file| file.write_all(line.as_bytes()));
}
