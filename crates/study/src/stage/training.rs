//! Networks in the course of their training: how far activations lie apart, and the measures of each network.

mod measures;
mod separation;

pub use measures::MeasuredMoment;
pub use separation::{Moment, Separation};

use crate::event::{Event, Stage};
use crate::execute::ExecuteError;
use crate::spread::{spread, unless_missing};
use crate::stage::{Context, TaskResults};
use circuitscope::analysis::distance::Aspect;
use measures::{measures, n_moments};

/// Fills [`TaskResults::separation`] and [`TaskResults::measured_moments`] where the study keeps checkpoints.
///
/// # Errors
/// [`ExecuteError`]; everything finished before it stays.
pub fn training(context: Context<'_>, results: &mut [TaskResults<'_>]) -> Result<(), ExecuteError> {
    let stage = Stage::Development;
    let pieces: Vec<(usize, Aspect, Option<usize>)> = results
        .iter()
        .enumerate()
        .flat_map(|(place, of_task)| {
            let pieces = separation::pieces(context.study, of_task).into_iter();
            pieces.map(move |(aspect, iteration)| (place, aspect, iteration))
        })
        .collect();
    let n_pieces = pieces.len() + results.iter().map(n_moments).sum::<usize>();
    (context.listener)(Event::Began { stage, n_pieces, n_done: 0, work: n_pieces as u64 });
    let advanced = || (context.listener)(Event::Advanced { stage, work: 1 });
    let shared: &[TaskResults<'_>] = results;
    let moments = unless_missing(spread(context, &pieces, |&(place, aspect, iteration), _| {
        let moment = separation::moment(context, &shared[place], aspect, iteration)?;
        advanced();
        Ok((place, aspect, moment))
    }))?;
    let mut is_missing = moments.is_none();
    for (place, aspect, moment) in moments.into_iter().flatten() {
        match results[place].separation.iter_mut().find(|of_aspect| of_aspect.aspect == aspect) {
            Some(of_aspect) => of_aspect.moments.push(moment),
            None => results[place].separation.push(Separation { aspect, moments: vec![moment] }),
        }
    }
    for of_task in results {
        match unless_missing(measures(context, of_task, &advanced))? {
            Some(found) => of_task.measured_moments = found,
            None => is_missing = true,
        }
    }
    if is_missing {
        return Err(ExecuteError::Missing);
    }
    (context.listener)(Event::Ended { stage });
    Ok(())
}
