//! Pieces of work side by side on this machine's threads.

use crate::event::{Event, Stage};
use crate::job::{Context, ExecuteError, Order};
use rayon::prelude::*;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How long to wait before asking again for results that another process computes.
const PATIENCE: Duration = Duration::from_millis(200);

/// Does the pieces of a stage side by side, and gives their results in the order of the pieces.
///
/// - `work`: of a piece, in the unit of the stage's progress.
///
/// # Errors
/// As [`spread`].
pub(crate) fn side_by_side<P: Send + Sync, T: Send>(
    context: Context<'_>,
    stage: Stage,
    pieces: &[P],
    work: impl Fn(&P) -> u64 + Sync,
    run: impl Fn(&P) -> Result<T, ExecuteError> + Sync,
) -> Result<Vec<T>, ExecuteError> {
    let all = pieces.iter().map(&work).sum();
    (context.listener)(Event::Began { stage, n_pieces: pieces.len(), n_done: 0, work: all });
    let results = spread(context, pieces, |piece, _| {
        let result = run(piece)?;
        (context.listener)(Event::Advanced { stage, work: work(piece) });
        Ok(result)
    })?;
    (context.listener)(Event::Ended { stage });
    Ok(results)
}

/// Spreads pieces over the threads, in their order as threads become free; what another process computes is waited for
/// once all else is done.
///
/// - `run`: told whether the work is over: the user asks to stop, or a file could not be written.
///
/// # Errors
/// A file that could not be written or read, else [`ExecuteError::Interrupted`], else [`ExecuteError::Missing`]; everything
/// stored before it stays.
pub(crate) fn spread<P: Sync, T: Send>(
    context: Context<'_>,
    pieces: &[P],
    run: impl Fn(&P, &(dyn Fn() -> bool + Sync)) -> Result<T, ExecuteError> + Sync,
) -> Result<Vec<T>, ExecuteError> {
    // A full disk would fail every later piece too, after hours of work on each.
    let failed = AtomicBool::new(false);
    let is_over = || context.interrupt.load(Ordering::Relaxed) || failed.load(Ordering::Relaxed);
    let mut results: Vec<Option<T>> = pieces.iter().map(|_| None).collect();
    let mut left: Vec<usize> = (0..pieces.len()).collect();
    let (mut is_interrupted, mut is_missing) = (false, false);
    while !left.is_empty() {
        let done: Vec<(usize, Result<T, ExecuteError>)> = left
            .drain(..)
            .par_bridge() // hands pieces out one by one, in order
            .map(|place| {
                let result =
                    if is_over() { Err(ExecuteError::Interrupted) } else { run(&pieces[place], &is_over) };
                if matches!(result, Err(ExecuteError::Store(_) | ExecuteError::Recording { .. })) {
                    failed.store(true, Ordering::Relaxed);
                }
                (place, result)
            })
            .collect();
        for (place, result) in done {
            match result {
                Ok(result) => results[place] = Some(result),
                Err(error @ (ExecuteError::Store(_) | ExecuteError::Recording { .. })) => return Err(error),
                Err(ExecuteError::Interrupted) => is_interrupted = true,
                Err(ExecuteError::Missing) => is_missing = true,
                Err(ExecuteError::Elsewhere) => left.push(place),
            }
        }
        if is_interrupted {
            return Err(ExecuteError::Interrupted);
        }
        if matches!(context.order, Order::One(_)) && !left.is_empty() {
            return Err(ExecuteError::Elsewhere);
        }
        left.sort_unstable();
        if !left.is_empty() {
            std::thread::sleep(PATIENCE);
        }
    }
    if is_missing { Err(ExecuteError::Missing) } else { Ok(results.into_iter().flatten().collect()) }
}

/// A result, or none where one that it needs is missing: what else there is to do is met before that is said.
///
/// # Errors
/// Every other error.
pub(crate) fn unless_missing<T>(result: Result<T, ExecuteError>) -> Result<Option<T>, ExecuteError> {
    match result {
        Ok(result) => Ok(Some(result)),
        Err(ExecuteError::Missing) => Ok(None),
        Err(error) => Err(error),
    }
}
