//! Conclusions by measures of similarity, as a compact table.

use maud::{Markup, html};

use crate::elements::tabs;
use crate::page::{DoubtfulEffect, Outcome, Page, RobustnessCell, RobustnessRow};
use crate::tables::{number, p_value};

/// A table a task: a row a measure, a column a conclusion.
pub(super) fn robustness(page: &Page) -> Markup {
    let panes: Vec<(&str, Markup)> = page
        .tasks
        .iter()
        .filter_map(|task| {
            let rows: Vec<&RobustnessRow> = page.robustness.iter().filter(|row| row.task == *task).collect();
            rows.first().map(|first| (task.as_str(), of_task(&rows, &first.cells)))
        })
        .collect();
    tabs("robustness", &panes)
}

fn of_task(rows: &[&RobustnessRow], heads: &[RobustnessCell]) -> Markup {
    let mut kinds: Vec<&str> = rows.iter().map(|row| row.networks.as_str()).collect();
    kinds.dedup();
    kinds.sort_unstable(); // trained before untrained
    kinds.dedup();
    html! {
        div.scroll tabindex="0" role="region" aria-label="Conclusions by measure" {
            table.robustness {
                thead { tr {
                    th scope="col" { "Measure" }
                    @for head in heads { th scope="col" { (head.conclusion) } }
                } }
                @for kind in kinds {
                    tbody {
                        tr.group { th scope="rowgroup" colspan=(heads.len() + 1) { (kind) " networks" } }
                        @for row in rows.iter().filter(|row| row.networks == kind) {
                            tr {
                                th scope="row" { (row.measure) }
                                @for cell in &row.cells { td { (of_cell(cell)) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn of_cell(cell: &RobustnessCell) -> Markup {
    let mark = match cell.outcome {
        Outcome::Survives => "✓ survives",
        Outcome::WithinNoise => "≈ within the noise",
        Outcome::Falls => "✗ falls",
        Outcome::NotDecidable => "not decidable",
    };
    let decimals = if cell.value.is_some_and(|value| value.abs() >= 10.0) { 1 } else { 2 };
    html! {
        span { (mark) }
        @if cell.value.is_some() {
            span.reason { (number(cell.value, decimals)) ", p " (p_value(cell.p)) }
        }
        @if let Some(DoubtfulEffect { name, value, interval: [low, high] }) = &cell.doubtful {
            span.reason {
                (name) " " (number(Some(*value), 3)) " [" (number(Some(*low), 3)) ", " (number(Some(*high), 3)) "]"
            }
        }
    }
}
