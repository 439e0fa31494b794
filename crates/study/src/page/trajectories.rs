//! The trajectories of the example network of each class.

use super::examples::examples;
use super::words;
use crate::conditions;
use crate::config::TaskStudy;
use crate::table::Tables;
use circuitscope::analysis::distance::Aspect;
use circuitscope_report::figure::{self, Figure, Trajectories, Trajectory, TrajectoryClass};

pub(super) fn figure(task: &TaskStudy, tables: &Tables) -> Option<Figure> {
    description(task, tables).map(|input| figure::trajectories(&input))
}

/// What the figure draws; nothing where no example has trajectories.
pub(super) fn description(task: &TaskStudy, tables: &Tables) -> Option<Trajectories> {
    let conditions = conditions::of_trials(&task.task);
    let mut classes = Vec::new();
    for example in examples(task, tables) {
        let start =
            |condition: &figure::Condition| Trajectory { condition: condition.clone(), states: Vec::new() };
        let mut trials: Vec<Trajectory> = conditions.iter().map(start).collect();
        let rows = example.rows(&tables.trajectories, |row| [&row.task, &row.network]);
        for row in &rows {
            trials[row.trial_idx].states.push([row.pc1, row.pc2, row.pc3]);
        }
        if !rows.is_empty() {
            let explained = example.explained(Aspect::Trajectories);
            let network = example.network.to_owned();
            classes.push(TrajectoryClass { class: example.class, network, explained, trials });
        }
    }
    let (quantity, range) = task.task.quantity();
    let (groups, onset) = match task.task.contexts() {
        Some(contexts) => (conditions::groups_of_inputs(&task.task), Some(contexts.onset)),
        None => (Vec::new(), None),
    };
    (!classes.is_empty()).then(|| Trajectories {
        task: words::task(task.task.name()),
        quantity: quantity.to_owned(),
        range,
        groups,
        onset,
        classes,
        data: ["trajectories", "explained_variance"].map(|name| format!("tables/{name}.parquet")).to_vec(),
    })
}
