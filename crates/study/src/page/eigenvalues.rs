//! The spectra at the fixed points of the example network of each class.

use super::examples::{Example, examples};
use super::words;
use crate::config::TaskStudy;
use crate::table::{self, Tables};
use circuitscope::dynamics::stability::Stability;
use circuitscope_report::figure::{self, EigenvalueClass, Eigenvalues, Figure, Growth, SpectrumPoint};

/// None where the study compares no fixed points.
pub(super) fn figure(task: &TaskStudy, tables: &Tables) -> Option<Figure> {
    let of_example = |example: Example<'_>| {
        let rows = example.rows(&tables.eigenvalues, |row| [&row.task, &row.network]);
        Some(EigenvalueClass {
            network: example.network.to_owned(),
            alpha: rows.first()?.alpha,
            n_points: rows.chunk_by(|a, b| a.point_idx == b.point_idx).count(),
            values: rows.into_iter().map(value).collect(),
            class: example.class,
        })
    };
    let classes: Vec<EigenvalueClass> = examples(task, tables).into_iter().filter_map(of_example).collect();
    (!classes.is_empty()).then(|| {
        figure::eigenvalues(&Eigenvalues {
            task: words::task(task.task.name()),
            classes,
            data: vec!["tables/eigenvalues.parquet".to_owned()],
        })
    })
}

fn value(row: &table::Eigenvalue) -> SpectrumPoint {
    let growth = match (row.growth, row.stability) {
        (table::Growth::Grows, _) => Growth::Grows,
        (table::Growth::GrowsInSteps, _) => Growth::GrowsInSteps,
        (table::Growth::Decays, Stability::Stable) => Growth::DecaysAtStable,
        (table::Growth::Decays, Stability::Unstable | Stability::Marginal) => Growth::DecaysAtUnstable,
    };
    SpectrumPoint { at: [row.re, row.im], growth }
}
