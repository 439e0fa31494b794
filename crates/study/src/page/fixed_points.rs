//! The fixed points of the example network of each class, among its trajectories.

use super::examples::examples;
use super::trajectories;
use crate::conditions;
use crate::config::TaskStudy;
use crate::table::{self, Tables};
use circuitscope::dynamics::stability;
use circuitscope_report::figure::{
    self, Figure, FixedPoint, FixedPointClass, FixedPoints, Stability, Trajectories,
};

pub(super) fn figure(task: &TaskStudy, tables: &Tables) -> Option<Figure> {
    let Trajectories { task: name, classes: mut paths, .. } = trajectories::description(task, tables)?;
    let conditions = conditions::of_inputs(&task.task);
    let point = |row: &table::FixedPoint| FixedPoint {
        condition: conditions[row.input_idx].clone(),
        stability: match row.stability {
            stability::Stability::Stable => Stability::Stable,
            stability::Stability::Unstable | stability::Stability::Marginal => Stability::Unstable,
        },
        at: [row.trajectory_pc1, row.trajectory_pc2, row.trajectory_pc3],
    };
    let mut classes = Vec::new();
    for example in examples(task, tables) {
        let rows = example.rows(&tables.fixed_points, |row| [&row.task, &row.network]);
        let place = paths.iter().position(|path| path.network == example.network);
        if let (Some(place), false) = (place, rows.is_empty()) {
            let figure::TrajectoryClass { class, network, explained, trials } = paths.remove(place);
            let points = rows.into_iter().map(point).collect();
            classes.push(FixedPointClass { class, network, explained, points, trials });
        }
    }
    let (quantity, range) = conditions::quantity_of_inputs(&task.task);
    let groups = conditions::groups_of_inputs(&task.task);
    let data = ["fixed_points", "trajectories", "explained_variance"];
    let data = data.map(|name| format!("tables/{name}.parquet")).to_vec();
    (!classes.is_empty())
        .then(|| figure::fixed_points(&FixedPoints { task: name, quantity, range, groups, classes, data }))
}
