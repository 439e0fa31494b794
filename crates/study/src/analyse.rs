//! From trained networks to statistics: features → distances → embedding → statistics, each stage stored.
//!
//! Every stage is a pure function of what its identity names; a stored result of that identity is taken as it is.

mod comparison;
mod description;
mod distances;
mod features;
mod selection;
mod stored;

pub use comparison::{Compared, Comparison, Groups, Items, Space, StatisticName, Value, compare};
pub(crate) use comparison::{activation_label, submatrix};
pub use description::{Description, RestingPoint};
pub(crate) use description::{Subject, describe};
pub use distances::{AspectDistances, distances};
pub use features::{Item, Kind, features};
pub use selection::{Standing, select};

use crate::config::{Study, TaskStudy};
use crate::event::Listener;
use crate::execute::{ExecuteError, StudyNetwork};
use crate::store::Folder;
use std::sync::atomic::AtomicBool;

/// What every stage needs.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The study.
    pub study: &'a Study,
    /// Where results are stored.
    pub folder: &'a Folder,
    /// Set when the user asks to stop.
    pub interrupt: &'a AtomicBool,
    /// Who hears of progress.
    pub listener: &'a Listener<'a>,
}

impl Context<'_> {
    /// Stops where the user asks for it.
    fn go_on(&self) -> Result<(), ExecuteError> {
        if self.interrupt.load(std::sync::atomic::Ordering::Relaxed) {
            return Err(ExecuteError::Interrupted);
        }
        Ok(())
    }
}

/// All that is known of one task.
#[derive(Clone, Debug)]
pub struct TaskResults<'a> {
    /// The task, its classes and its selection.
    pub task: &'a TaskStudy,
    /// Every network trained on it, in the order of the jobs, with what the selection made of it.
    pub networks: Vec<(StudyNetwork<'a>, Standing)>,
    /// Selected networks and their controls.
    pub items: Vec<Item>,
    /// Distances, aspect by aspect.
    pub distances: Vec<AspectDistances>,
    /// Embeddings and statistics.
    pub compared: Vec<Compared>,
}

/// Runs the analyses of a study over its trained networks.
///
/// # Errors
/// [`ExecuteError`]; everything finished before it stays.
pub fn analyse<'a>(
    context: Context<'_>,
    study: &'a Study,
    networks: Vec<StudyNetwork<'a>>,
) -> Result<Vec<TaskResults<'a>>, ExecuteError> {
    let mut results: Vec<TaskResults<'a>> = study
        .tasks
        .iter()
        .map(|task| {
            let of_task = networks.iter().filter(|network| network.job.task.task.name() == task.task.name());
            let networks = select(of_task.cloned().collect(), task.selection);
            TaskResults { task, networks, items: Vec::new(), distances: Vec::new(), compared: Vec::new() }
        })
        .collect();
    drop(networks);
    features(context, &mut results)?;
    distances(context, &mut results)?;
    compare(context, &mut results)?;
    Ok(results)
}
