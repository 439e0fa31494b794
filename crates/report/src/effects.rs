//! What the fields of the grid do, as tables.

use maud::{Markup, html};

use crate::elements::tabs;
use crate::page::{EffectRow, Page};
use crate::tables::{number, p_value};

/// A table a task, a block a field.
pub(super) fn effects(page: &Page) -> Markup {
    let panes: Vec<(&str, Markup)> = page
        .tasks
        .iter()
        .filter_map(|task| {
            let rows: Vec<&EffectRow> = page.effects.iter().filter(|row| row.task == *task).collect();
            (!rows.is_empty()).then(|| (task.as_str(), effects_of(&rows)))
        })
        .collect();
    tabs("fields", &panes)
}

fn effects_of(rows: &[&EffectRow]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="Effects of the grid" {
            table.statistics {
                thead { tr {
                    th scope="col" { "Aspect or measure" }
                    th.n scope="col" { "R² of the values" }
                    th.n scope="col" { "p, Holm" }
                    th.n scope="col" { "Trend" }
                    th.n scope="col" { "Interval" }
                    th.n scope="col" { "p, Holm" }
                } }
                @for block in rows.chunk_by(|a, b| a.field == b.field) {
                    tbody {
                        tr.group { th scope="rowgroup" colspan="6" { (block[0].field) } }
                        @for row in block { (effect(row)) }
                    }
                }
            }
        }
    }
}

fn effect(row: &EffectRow) -> Markup {
    let interval = row.interval.map_or_else(
        || "—".to_owned(),
        |[low, high]| format!("{} … {}", number(Some(low), 2), number(Some(high), 2)),
    );
    html! {
        tr {
            th scope="row" { (row.on) }
            td.n.strong { (number(row.r2, 2)) }
            td.n { (p_value(row.p_values)) }
            td.n.strong { (number(row.trend, 2)) }
            td.n { (interval) }
            td.n { (p_value(row.p_trend)) }
        }
    }
}
