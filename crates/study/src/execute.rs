//! Jobs on this machine: one network a thread, each stored as soon as it is trained.

use crate::event::{Event, Listener, Stage};
use crate::identity::constraint_name;
pub use crate::job::{Context, ExecuteError};
use crate::job::{Job, State};
use crate::spread::spread;
use crate::store::network_file::{self, NetworkFile, NetworkHeader, TrainingRecord};
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
    context: Context<'_>,
    jobs: &[TrainingJob<'a>],
) -> Result<Vec<StudyNetwork<'a>>, ExecuteError> {
    let mut finished: Vec<Option<StudyNetwork<'a>>> = Vec::with_capacity(jobs.len());
    for job in jobs {
        let found = load(job, context.folder, context.listener);
        if found.is_some() {
            unit_of(job, context.folder).note(context, State::Finished);
        }
        finished.push(found);
    }
    let mut open: Vec<usize> = (0..jobs.len()).filter(|&place| finished[place].is_none()).collect();
    // Longest first: the last thread to finish then has little to do alone.
    open.sort_by_key(|&place| std::cmp::Reverse(jobs[place].operations()));
    let work = open.iter().map(|&place| jobs[place].operations()).sum();
    let stage = Stage::Training;
    (context.listener)(Event::Began { stage, n_pieces: jobs.len(), n_done: jobs.len() - open.len(), work });
    let trained = spread(context, &open, |&place, is_over| network(context, &jobs[place], is_over))?;
    for (place, network) in open.into_iter().zip(trained) {
        finished[place] = Some(network);
    }
    (context.listener)(Event::Ended { stage });
    Ok(finished.into_iter().flatten().collect())
}

/// The job as a unit of work.
fn unit_of(job: &TrainingJob<'_>, folder: &Folder) -> Job {
    Job::at("training", &job.identity, folder.network(job.task.task.name(), &job.name()))
}

/// The stored network of a job, or a new one.
fn network<'a>(
    context: Context<'_>,
    job: &TrainingJob<'a>,
    is_over: &(dyn Fn() -> bool + Sync),
) -> Result<StudyNetwork<'a>, ExecuteError> {
    let folder = context.folder;
    let begun = Instant::now();
    // What was wrong with a file that is there has been told.
    let stored = || load(job, folder, &|_| ());
    unit_of(job, folder).get_or(
        context,
        stored,
        || trained(context, job, is_over),
        |network| write(job, folder, network, begun),
    )
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

fn trained<'a>(
    context: Context<'_>,
    job: &TrainingJob<'a>,
    is_over: &(dyn Fn() -> bool + Sync),
) -> Result<StudyNetwork<'a>, ExecuteError> {
    let trained = train_job(job, context.path, context.listener, is_over)?;
    let (name, record) = (job.name(), record_of(job, context.path, &trained));
    let checkpoints = if record.outcome == FINISHED { trained.checkpoints } else { Vec::new() };
    let header = network_file::header_of(&trained.network, &name, None);
    let file = NetworkFile { header, network: trained.network, initial: Some(trained.initial) };
    Ok(StudyNetwork { job: job.clone(), file, record, checkpoints })
}

/// Trains the network of a job.
fn train_job(
    job: &TrainingJob<'_>,
    path: KernelPath,
    listener: &Listener<'_>,
    is_over: &(dyn Fn() -> bool + Sync),
) -> Result<Trained, ExecuteError> {
    let recipe = &job.class.recipe;
    let cost = operations(&job.task.task, recipe);
    let trained = train(&job.task.task, recipe, job.seed, path, &job.checkpoints, &mut |_| {
        listener(Event::Advanced { stage: Stage::Training, work: cost });
        if is_over() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })
    .map_err(|_| ExecuteError::Interrupted)?;
    let name = job.name();
    listener(Event::Trained { name: &name, outcome: trained.outcome, r2: trained.score.r2 });
    Ok(trained)
}

/// Trains the networks of jobs in memory, side by side, and returns them in the order of the jobs; nothing is stored.
///
/// # Errors
/// [`ExecuteError::Interrupted`].
pub fn trained_in_memory(
    jobs: &[TrainingJob<'_>],
    path: KernelPath,
    interrupt: &AtomicBool,
    listener: &Listener<'_>,
) -> Result<Vec<Trained>, ExecuteError> {
    let stage = Stage::Training;
    let work = jobs.iter().map(TrainingJob::operations).sum();
    listener(Event::Began { stage, n_pieces: jobs.len(), n_done: 0, work });
    let is_over = || interrupt.load(Ordering::Relaxed);
    // One at a time to each thread that is free.
    let trained = jobs.par_iter().with_max_len(1).map(|job| train_job(job, path, listener, &is_over));
    let trained = trained.collect::<Result<Vec<_>, _>>()?;
    listener(Event::Ended { stage });
    Ok(trained)
}

/// Stores a network, its checkpoints first: where the network is, they are.
fn write(
    job: &TrainingJob<'_>,
    folder: &Folder,
    trained: &StudyNetwork<'_>,
    begun: Instant,
) -> Result<(), StoreError> {
    let (task, name) = (job.task.task.name(), job.name());
    if !trained.checkpoints.is_empty() {
        checkpoints::write(&folder.checkpoints(task, &name), &job.identity, &trained.checkpoints)?;
    }
    let NetworkFile { header, network, initial } = &trained.file;
    let header = NetworkHeader { training: Some(trained.record.clone()), ..header.clone() };
    let initial = initial.as_ref().unwrap_or(network);
    network_file::write(&folder.network(task, &name), &header, network, initial)?;
    log_time(folder, task, &name, begun.elapsed().as_secs_f64());
    Ok(())
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
