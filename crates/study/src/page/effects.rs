//! What the fields of the grid do, on the page.

use super::classes::of_task;
use super::words;
use crate::config::TaskStudy;
use crate::table::{EffectOfField, Levels, Tables};
use circuitscope::analysis::distance::Aspect;
use circuitscope::claims::{EffectTest, Quantity};
use circuitscope_report::EffectRow;

/// One row per field and aspect or measure, with both tests of it.
pub(super) fn rows(task: &TaskStudy, tables: &Tables) -> Vec<EffectRow> {
    let rows: Vec<&EffectOfField> = of_task(task, &tables.field_effects, |row| &row.task).collect();
    let blocks =
        rows.chunk_by(|a, b| (&a.field, a.kind.level(), &a.name) == (&b.field, b.kind.level(), &b.name));
    let of_block = |block: &[&EffectOfField]| {
        let of = |test: EffectTest| block.iter().find(|row| row.test == test);
        let (values, trend) = (of(EffectTest::Values), of(EffectTest::Trend));
        let [first, ..] = block else { return None };
        let held =
            if first.within.is_empty() { String::new() } else { format!(" (within {})", first.within) };
        Some(EffectRow {
            task: words::task(task.task.name()),
            field: format!("{}{held}", first.field),
            on: on(&first.name),
            r2: values.and_then(|row| row.r2),
            p_values: values.and_then(|row| row.p_holm),
            trend: trend.and_then(|row| row.value),
            interval: trend.and_then(|row| row.low.zip(row.high)).map(<[f64; 2]>::from),
            p_trend: trend.and_then(|row| row.p_holm),
        })
    };
    blocks.filter_map(of_block).collect()
}

/// An aspect or a measure, in words.
fn on(name: &str) -> String {
    let aspect = Aspect::from_name(name).map(Aspect::words);
    aspect
        .or_else(|| Quantity::named(name).map(|quantity| quantity.words().to_owned()))
        .unwrap_or_else(|| name.to_owned())
}
