//! What the single units of the example network of each class respond to.

use super::examples::{Example, examples};
use super::words;
use crate::config::TaskStudy;
use crate::table::{self, Tables};
use circuitscope::analysis::distance::Aspect;
use circuitscope_report::figure::{self, Figure, Selectivity, SelectivityCloud, Sign, Unit};

pub(super) fn figure(task: &TaskStudy, tables: &Tables) -> Option<Figure> {
    description(task, tables).map(|input| figure::selectivity_cloud(&input))
}

/// What the figure draws; nothing where no example has a cloud.
pub(super) fn description(task: &TaskStudy, tables: &Tables) -> Option<Selectivity> {
    let unit = |row: &table::UnitSelectivity| Unit {
        at: [row.pc1, row.pc2, row.pc3],
        sign: match row.sign {
            table::Sign::Excitatory => Sign::Excitatory,
            table::Sign::Inhibitory => Sign::Inhibitory,
            table::Sign::Free => Sign::Free,
        },
    };
    let cloud = |example: Example<'_>| {
        let rows = example.rows(&tables.selectivity, |row| [&row.task, &row.network]);
        (!rows.is_empty()).then(|| SelectivityCloud {
            network: example.network.to_owned(),
            explained: example.explained(Aspect::Selectivity),
            units: rows.into_iter().map(unit).collect(),
            class: example.class,
        })
    };
    let classes: Vec<SelectivityCloud> = examples(task, tables).into_iter().filter_map(cloud).collect();
    let data = ["selectivity", "explained_variance"].map(|name| format!("tables/{name}.parquet")).to_vec();
    let task = words::task(task.task.name());
    (!classes.is_empty()).then_some(Selectivity { task, classes, data })
}
