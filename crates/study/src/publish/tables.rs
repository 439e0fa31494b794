//! The Parquet tables of a study.

use super::statistics::StatisticRecord;
use super::{
    behaviour, circuits, claims, concordance, course, development, fixed_points, measures, portraits,
    robustness, words,
};
use crate::config::Control;
use crate::identity::constraint_name;
use crate::stage::{Concordance, Judged, Kind, Robustness, Spread, TaskResults};
use crate::store::table::Table;
use circuitscope::analysis::distance::Aspect;
use circuitscope::architecture::Constraint;

/// Every table with its name, in the order of the manifest.
pub(super) fn tables(
    results: &[TaskResults<'_>],
    statistics: &[StatisticRecord],
    judged: &Judged,
    tested: &[Robustness],
    concordant: &[Concordance],
) -> Vec<(&'static str, Table)> {
    vec![
        ("scores", scores(results)),
        ("learning_curves", learning_curves(results)),
        ("development", development::table(results)),
        ("measure_courses", course::table(results)),
        ("distances", distances(results)),
        ("embeddings", embeddings(results)),
        ("statistics", statistics_table(statistics)),
        ("trajectories", trajectories(results)),
        ("selectivity", selectivity(results)),
        ("fixed_points", fixed_points::table(results)),
        ("eigenvalues", portraits::eigenvalues(results)),
        ("branches", portraits::branches(results)),
        ("line_attractors", portraits::line_attractors(results)),
        ("choice_planes", portraits::choice_planes(results)),
        ("circuits", circuits::circuits(results)),
        ("circuit_weights", circuits::weights(results)),
        ("circuit_means", circuits::means(results)),
        ("circuit_effects", circuits::effects(results)),
        ("circuit_responses", circuits::responses(results)),
        ("circuit_distances", circuits::distances(results)),
        ("measures", measures::table(results, judged)),
        ("claims", claims::table(judged)),
        ("robustness", robustness::table(tested)),
        ("concordance", concordance::table(concordant)),
        ("behaviour", behaviour::responses(results)),
        ("psychometrics", behaviour::psychometrics(results)),
        ("response_curves", behaviour::response_curves(results)),
    ]
}

/// One row a trained network.
fn scores(results: &[TaskResults<'_>]) -> Table {
    let rows: Vec<_> = results.iter().flat_map(|of_task| &of_task.networks).collect();
    let records = || rows.iter().map(|(network, _)| &network.record);
    let recipes = || rows.iter().map(|(network, _)| &network.job.class.recipe);
    Table::default()
        .text("task", records().map(|record| &record.task))
        .text("class", records().map(|record| &record.class))
        .text("network", rows.iter().map(|(network, _)| network.job.name()))
        .text("activation", recipes().map(|recipe| words::curve(recipe.architecture.activation.curve)))
        .text("constraint", recipes().map(|recipe| constraint_name(recipe.architecture.constraint)))
        .text("standing", rows.iter().map(|(_, standing)| standing.name()))
        .text("outcome", records().map(|record| &record.outcome))
        .text("reason", records().map(|record| record.reason.clone().unwrap_or_default()))
        .float("mse", records().map(|record| record.mse))
        .float("r2", records().map(|record| record.r2))
        .float("mse_train", records().map(|record| record.mse_train))
        .float("r2_train", records().map(|record| record.r2_train))
        .integer("n_units", rows.iter().map(|(network, _)| network.file.network.n_units() as i64))
        .integer("n_silent", records().map(|record| record.n_silent as i64))
        .integer("best_iteration", records().map(|record| record.best_iteration.map(|n| n as i64)))
        .text("seed", records().map(|record| record.seed.to_string()))
        .text("kernel_path", records().map(|record| &record.kernel_path))
}

/// One row a network and iteration.
fn learning_curves(results: &[TaskResults<'_>]) -> Table {
    let networks = || results.iter().flat_map(|of_task| &of_task.networks).map(|(network, _)| network);
    let repeated = |text: &dyn Fn(&crate::execute::StudyNetwork<'_>) -> String| -> Vec<String> {
        networks().flat_map(|network| vec![text(network); network.record.curve_iteration.len()]).collect()
    };
    Table::default()
        .text("task", repeated(&|network| network.record.task.clone()))
        .text("class", repeated(&|network| network.record.class.clone()))
        .text("network", repeated(&|network| network.job.name()))
        .integer(
            "iteration",
            networks().flat_map(|network| network.record.curve_iteration.iter().map(|&n| n as i64)),
        )
        .float("loss", networks().flat_map(|network| network.record.curve_loss.iter().copied()))
        .float("mse", networks().flat_map(|network| network.record.curve_mse.iter().copied()))
}

/// One row a pair of items.
fn distances(results: &[TaskResults<'_>]) -> Table {
    let mut texts: [Vec<String>; 8] = Default::default();
    let (mut distance, mut published) = (Vec::new(), Vec::new());
    for of_task in results {
        for aspect in &of_task.distances {
            for &(i, j) in &aspect.pairs {
                let [a, b] = [i, j].map(|row| &of_task.items[aspect.items[row]]);
                let class = |item: &crate::stage::Item| of_task.task.classes[item.class].name.clone();
                let row = [
                    of_task.task.task.name().to_owned(),
                    aspect.aspect.name().to_owned(),
                    a.network.clone(),
                    a.kind.name().to_owned(),
                    class(a),
                    b.network.clone(),
                    b.kind.name().to_owned(),
                    class(b),
                ];
                texts.iter_mut().zip(row).for_each(|(column, text)| column.push(text));
                distance.push(aspect.distances.distance[[i, j]]);
                published.push(aspect.distances.published[[i, j]]);
            }
        }
    }
    let names = ["task", "aspect", "network_a", "kind_a", "class_a", "network_b", "kind_b", "class_b"];
    let table =
        names.into_iter().zip(texts).fold(Table::default(), |table, (name, text)| table.text(name, text));
    table.float("distance", distance).float("distance_published", published)
}

/// One row an item of an embedding.
fn embeddings(results: &[TaskResults<'_>]) -> Table {
    let mut texts: [Vec<String>; 6] = Default::default();
    let mut floats: [Vec<Option<f64>>; 4] = Default::default();
    for of_task in results {
        for compared in &of_task.compared {
            for (&place, point) in compared.items.iter().zip(&compared.comparison.points) {
                let item = &of_task.items[place];
                let row = [
                    of_task.task.task.name(),
                    compared.aspect.name(),
                    compared.control.map_or("none", Control::name),
                    &item.network,
                    item.kind.name(),
                    &of_task.task.classes[item.class].name,
                ];
                texts.iter_mut().zip(row).for_each(|(column, text)| column.push(text.to_owned()));
                let comparison = &compared.comparison;
                // Of distances that are all zero there is nothing to reproduce.
                let stress = comparison.relative_stress.map(|_| comparison.stress);
                let row = [Some(point[0]), Some(point[1]), stress, comparison.relative_stress];
                floats.iter_mut().zip(row).for_each(|(column, value)| column.push(value));
            }
        }
    }
    let names = ["task", "aspect", "control", "network", "kind", "class"];
    let table =
        names.into_iter().zip(texts).fold(Table::default(), |table, (name, text)| table.text(name, text));
    let names = ["x", "y", "stress", "relative_stress"];
    names.into_iter().zip(floats).fold(table, |table, (name, values)| table.float(name, values))
}

/// One row a statistic.
fn statistics_table(statistics: &[StatisticRecord]) -> Table {
    let rows = || statistics.iter();
    let spread = |number: fn(Spread) -> Option<f64>| rows().map(move |row| row.value.spread.and_then(number));
    Table::default()
        .text("task", rows().map(|row| row.task))
        .text("aspect", rows().map(|row| row.aspect.name()))
        .text("control", rows().map(|row| row.control.map_or("none", Control::name)))
        .text("space", rows().map(|row| words::space(row.value.space)))
        .text("items", rows().map(|row| words::items(row.value.items)))
        .text("groups", rows().map(|row| words::groups(row.value.groups)))
        .text("statistic", rows().map(|row| words::statistic(row.value.statistic)))
        .float("value", rows().map(|row| row.value.value))
        .float("low", rows().map(|row| row.value.interval.map(|interval| interval[0])))
        .float("high", rows().map(|row| row.value.interval.map(|interval| interval[1])))
        .float("p", rows().map(|row| row.value.p))
        .float("p_holm", rows().map(|row| row.p_holm))
        .integer("n_items", rows().map(|row| row.value.n_items as i64))
        .integer("n_groups", rows().map(|row| row.value.n_groups as i64))
        .float("published", rows().map(|row| row.published))
        .integer("k", rows().map(|row| row.value.k.map(|k| k as i64)))
        .float("permdisp_f", spread(|spread| spread.permdisp_f))
        .float("permdisp_p", spread(|spread| spread.permdisp_p))
        .float("welch_w", spread(|spread| spread.welch_w))
        .float("welch_p", spread(|spread| spread.welch_p))
}

/// One row a trial and step of the example network of each class: the first three principal components.
fn trajectories(results: &[TaskResults<'_>]) -> Table {
    let mut texts: [Vec<String>; 4] = Default::default();
    let (mut trials, mut steps) = (Vec::new(), Vec::new());
    let mut components: [Vec<f64>; 3] = Default::default();
    for of_task in results {
        let set = of_task.task.task.analysis_trials();
        for item in of_task.examples() {
            let Some(features) = item.features.get(&Aspect::Trajectories) else { continue };
            for (row, point) in features.points.outer_iter().enumerate() {
                let (step, trial) = (row / set.n_trials(), row % set.n_trials());
                let conditions: Vec<f32> = set.conditions.row(trial).to_vec();
                let row = [
                    of_task.task.task.name().to_owned(),
                    of_task.task.classes[item.class].name.clone(),
                    item.network.clone(),
                    words::condition(of_task.task.task.name(), &conditions),
                ];
                texts.iter_mut().zip(row).for_each(|(column, text)| column.push(text));
                trials.push(trial as i64);
                steps.push(step as i64);
                components.iter_mut().zip(point).for_each(|(column, &value)| column.push(value));
            }
        }
    }
    let names = ["task", "class", "network", "condition"];
    let table =
        names.into_iter().zip(texts).fold(Table::default(), |table, (name, text)| table.text(name, text));
    let table = table.integer("trial", trials).integer("step", steps);
    let names = ["pc1", "pc2", "pc3"];
    names.into_iter().zip(components).fold(table, |table, (name, values)| table.float(name, values))
}

/// One row a unit of every selected network: its place in the selectivity space.
fn selectivity(results: &[TaskResults<'_>]) -> Table {
    let mut texts: [Vec<String>; 4] = Default::default();
    let mut units = Vec::new();
    let mut components: [Vec<f64>; 3] = Default::default();
    for of_task in results {
        for item in of_task.items.iter().filter(|item| item.kind == Kind::Trained) {
            let Some(features) = item.features.get(&Aspect::Selectivity) else { continue };
            let signs = of_task.signs(item);
            for (unit, point) in features.points.outer_iter().enumerate() {
                let sign = match signs.get(unit) {
                    Some(1) => "excitatory",
                    Some(-1) => "inhibitory",
                    _ => "free",
                };
                let class = &of_task.task.classes[item.class].name;
                let row = [of_task.task.task.name(), class, &item.network, sign];
                texts.iter_mut().zip(row).for_each(|(column, text)| column.push(text.to_owned()));
                units.push(unit as i64);
                components.iter_mut().zip(point).for_each(|(column, &value)| column.push(value));
            }
        }
    }
    let names = ["task", "class", "network", "sign"];
    let table =
        names.into_iter().zip(texts).fold(Table::default(), |table, (name, text)| table.text(name, text));
    let table = table.integer("unit", units);
    let names = ["pc1", "pc2", "pc3"];
    names.into_iter().zip(components).fold(table, |table, (name, values)| table.float(name, values))
}

impl TaskResults<'_> {
    /// The sign of each unit's outgoing weights under Dale's law, read from its recurrent and output weights: +1, −1,
    /// or 0 where there is no law. A unit without a negative weight counts as excitatory.
    pub(super) fn signs(&self, item: &crate::stage::Item) -> Vec<i8> {
        let network = self.networks.iter().find(|(network, _)| network.job.name() == item.network);
        let Some((network, _)) = network else { return Vec::new() };
        let weights = &network.file.network.w_rec;
        let is_free = network.job.class.recipe.architecture.constraint == Constraint::Free;
        let sign =
            |column: ndarray::ArrayView1<'_, f64>| if column.iter().any(|&w| w < 0.0) { -1 } else { 1 };
        weights.columns().into_iter().map(|column| if is_free { 0 } else { sign(column) }).collect()
    }
}
