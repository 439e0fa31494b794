//! Which units of the example networks vary on which of several tasks.

use super::examples::{Example, examples};
use super::words;
use crate::config::TaskStudy;
use crate::table::{Tables, TaskPair, UnitVariance};
use circuitscope_report::figure::{self, Figure, TaskVariance, VarianceMap, VarianceUnit};

/// The figures of a task made of several; none of one task.
pub(super) fn figures(task: &TaskStudy, tables: &Tables) -> Vec<Figure> {
    let input = TaskVariance {
        task: words::task(task.task.name()),
        networks: examples(task, tables)
            .into_iter()
            .filter_map(|example| map(task, tables, &example))
            .collect(),
        data: ["task_variance", "task_clusters", "task_pairs", "task_scores"]
            .map(|name| format!("tables/{name}.parquet"))
            .to_vec(),
    };
    if input.networks.is_empty() {
        return Vec::new();
    }
    vec![figure::task_variance(&input), figure::fractional_variance(&input)]
}

fn map(task: &TaskStudy, tables: &Tables, example: &Example<'_>) -> Option<VarianceMap> {
    let parts = task.task.parts();
    let rows = example.rows(&tables.task_variance, |row| [&row.task, &row.network]);
    if rows.is_empty() {
        return None;
    }
    let scores = example.rows(&tables.task_scores, |row| [&row.task, &row.network]);
    let score = |part: &str| {
        let r2 = scores.iter().find(|row| *row.part == *part).and_then(|row| row.r2);
        r2.map_or_else(String::new, |r2| format!("R² {r2:.2}"))
    };
    let unit = |of_unit: &[&UnitVariance]| {
        let shares = of_unit.iter().map(|row| row.normalised).collect::<Option<Vec<f64>>>()?;
        Some(VarianceUnit { unit: of_unit[0].unit_idx, cluster: of_unit[0].cluster, shares })
    };
    let mut units: Vec<VarianceUnit> =
        rows.chunk_by(|a, b| a.unit_idx == b.unit_idx).filter_map(unit).collect();
    units.sort_by_key(|unit| (unit.cluster, unit.unit));
    let counts = example.rows(&tables.task_clusters, |row| [&row.task, &row.network]);
    let pairs = example.rows(&tables.task_pairs, |row| [&row.task, &row.network]);
    let fraction = |a: &str, b: &str| {
        let is_pair = |row: &&&TaskPair| {
            (*row.part_a == *a && *row.part_b == *b) || (*row.part_a == *b && *row.part_b == *a)
        };
        pairs.iter().find(is_pair).map_or(f64::NAN, |row| row.mean_size)
    };
    let fractions = parts.iter().flat_map(|a| {
        parts.iter().map(move |b| (a, b)).map(|(a, b)| if a == b { 0.0 } else { fraction(&a.name, &b.name) })
    });
    Some(VarianceMap {
        network: example.network.to_owned(),
        parts: parts.iter().map(|part| (words::task(&part.name), score(&part.name))).collect(),
        units,
        silhouette: counts.iter().find(|row| row.is_taken).map(|row| row.silhouette),
        fractions: fractions.collect(),
        class: example.class.clone(),
    })
}
