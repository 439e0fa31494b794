//! Fixed points as a table and as figures.

use super::classes::classes;
use super::words;
use crate::stage::{Item, Kind, TaskResults};
use crate::store::table::Table;
use circuitscope::analysis::distance::Aspect;
use circuitscope::dynamics::stability;
use circuitscope::task::Task;
use circuitscope_report::figure::{
    Condition, FixedPoint, FixedPointClass, FixedPoints, Stability, Trajectories,
};

/// Most inputs of a task; tasks with fewer leave columns empty.
const INPUTS: [&str; 6] = ["input_1", "input_2", "input_3", "input_4", "input_5", "input_6"];

/// One row a fixed point of every selected network.
pub(super) fn table(results: &[TaskResults<'_>]) -> Table {
    let mut texts: [Vec<String>; 5] = Default::default();
    let mut channels: [Vec<Option<f64>>; INPUTS.len()] = Default::default();
    let mut floats: [Vec<Option<f64>>; 9] = Default::default();
    let (mut inputs, mut n_unstable, mut is_certified) = (Vec::new(), Vec::new(), Vec::new());
    for of_task in results {
        let task = &of_task.task.task;
        let constant = task.fixed_point_inputs();
        for item in of_task.items.iter().filter(|item| item.kind == Kind::Trained) {
            let Some(features) = item.features.get(&Aspect::FixedPoints) else { continue };
            for (point, place) in item.fixed_points.iter().zip(features.points.outer_iter()) {
                let input = constant.row(point.input);
                let row = [
                    task.name(),
                    &of_task.task.classes[item.class].name,
                    &item.network,
                    &words::constant_input(task.name(), &task.fixed_point_condition(input)),
                    words::stability(point.stability),
                ];
                texts.iter_mut().zip(row).for_each(|(column, text)| column.push(text.to_owned()));
                channels.iter_mut().enumerate().for_each(|(u, column)| column.push(input.get(u).copied()));
                inputs.push(point.input as i64);
                n_unstable.push(point.n_unstable as i64);
                is_certified.push(point.radius.is_some());
                let radius = point.radius.unwrap_or(f64::NAN);
                let [x, y, z] = point.over_trajectories;
                let row = [point.max_re, point.residual, radius, place[0], place[1], place[2], x, y, z];
                let known = row.map(|value| Some(value).filter(|value| !value.is_nan()));
                floats.iter_mut().zip(known).for_each(|(column, value)| column.push(value));
            }
        }
    }
    let names = ["task", "class", "network", "condition", "stability"];
    let table =
        names.into_iter().zip(texts).fold(Table::default(), |table, (name, text)| table.text(name, text));
    let table = table.integer("input", inputs);
    let table =
        INPUTS.into_iter().zip(channels).fold(table, |table, (name, values)| table.float(name, values));
    let table = table.integer("n_unstable", n_unstable).flag("certified", is_certified);
    let places = ["pc1", "pc2", "pc3", "trajectory_pc1", "trajectory_pc2", "trajectory_pc3"];
    let names = ["max_re", "residual", "radius"].into_iter().chain(places);
    names.zip(floats).fold(table, |table, (name, values)| table.float(name, values))
}

/// Fixed points of the example network of each class among its trajectories; none where the study compares none.
pub(super) fn figure(of_task: &TaskResults<'_>, paths: &Trajectories) -> Option<FixedPoints> {
    let classes = classes(of_task);
    let of_example = |item: &Item| {
        let path = paths.classes.iter().find(|class| class.network == item.network)?;
        (!item.fixed_points.is_empty()).then(|| FixedPointClass {
            class: classes[item.class].clone(),
            network: item.network.clone(),
            explained: path.explained,
            points: points(&of_task.task.task, item),
            trials: path.trials.clone(),
        })
    };
    let of_classes: Vec<FixedPointClass> = of_task.examples().into_iter().filter_map(of_example).collect();
    let groups = match of_task.task.task {
        Task::Cddm(_) => paths.groups.clone(),
        Task::GoNoGo(_) | Task::MemoryNumber(_) => vec!["without cue".into(), "with cue".into()],
    };
    (!of_classes.is_empty()).then(|| FixedPoints {
        task: paths.task.clone(),
        quantity: paths.quantity.clone(),
        range: paths.range,
        groups,
        classes: of_classes,
        data: vec!["tables/fixed_points.parquet".to_owned(), "tables/trajectories.parquet".to_owned()],
    })
}

fn points(task: &Task, item: &Item) -> Vec<FixedPoint> {
    let constant = task.fixed_point_inputs();
    let of_point = |point: &crate::stage::RestingPoint| {
        let values = task.fixed_point_condition(constant.row(point.input));
        let (group, value) = match (task, values.as_slice()) {
            (Task::Cddm(_), [context, motion, colour]) => {
                if *context == 0.0 {
                    (0, *motion)
                } else {
                    (1, *colour)
                }
            }
            (_, [value, cue, ..]) => (usize::from(*cue != 0.0), *value),
            _ => (0, 0.0),
        };
        FixedPoint {
            condition: Condition { group, value, label: words::constant_input(task.name(), &values) },
            stability: match point.stability {
                stability::Stability::Stable => Stability::Stable,
                stability::Stability::Unstable | stability::Stability::Marginal => Stability::Unstable,
            },
            at: point.over_trajectories,
        }
    };
    item.fixed_points.iter().map(of_point).collect()
}
