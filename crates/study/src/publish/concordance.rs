//! Table and figure of how far the aspects agree on which networks are alike.

use super::words;
use crate::stage::{Agreement, Concordance};
use crate::store::table::Table;
use circuitscope_report::figure::{self, AspectPair, AspectsAgree};

/// One row a task, pair of aspects and kind of agreement.
pub(super) fn table(rows: &[Concordance]) -> Table {
    let bound = |end: usize| rows.iter().map(move |row| row.interval.map(|interval| interval[end]));
    Table::default()
        .text("task", rows.iter().map(|row| row.task))
        .text("first", rows.iter().map(|row| row.aspects[0].name()))
        .text("second", rows.iter().map(|row| row.aspects[1].name()))
        .text("statistic", rows.iter().map(|row| row.agreement.name()))
        .integer("n_networks", rows.iter().map(|row| row.n_networks as i64))
        .float("value", rows.iter().map(|row| row.r))
        .float("low", bound(0))
        .float("high", bound(1))
        .float("p", rows.iter().map(|row| row.p))
        .float("p_holm", rows.iter().map(|row| row.p_holm))
}

/// The figure of a task; none where it has fewer than two aspects.
pub(super) fn figure(task: &str, rows: &[Concordance]) -> Option<figure::Figure> {
    let of = |agreement: Agreement| -> Vec<AspectPair> {
        let of_task = rows.iter().filter(|row| row.task == task && row.agreement == agreement);
        of_task
            .map(|row| AspectPair {
                aspects: row.aspects.map(|aspect| words::aspect(aspect).to_owned()),
                n_networks: row.n_networks,
                r: row.r,
                interval: row.interval,
                p: row.p_holm,
            })
            .collect()
    };
    let [distances, maps] = Agreement::ALL.map(of);
    (!distances.is_empty()).then(|| {
        figure::aspects_agree(&AspectsAgree {
            task: words::task(task).to_owned(),
            distances,
            maps,
            data: vec!["tables/concordance.parquet".to_owned()],
        })
    })
}
