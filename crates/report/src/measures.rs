//! Tables of measures, and of statistics over several sets of networks.

use maud::{Markup, html};

use crate::elements::tabs;
use crate::page::{MeasureGroup, MeasureRow, Page, SideRow};
use crate::tables::number;

/// A table a task, a block a measure.
pub(super) fn measures(page: &Page) -> Markup {
    let panes: Vec<(&str, Markup)> = page
        .tasks
        .iter()
        .filter_map(|task| {
            let rows: Vec<&MeasureRow> = page.measures.iter().filter(|row| row.task == *task).collect();
            (!rows.is_empty()).then(|| (task.as_str(), measures_of(&rows)))
        })
        .collect();
    tabs("measures", &panes)
}

/// The choices that claims are judged by in one table; the others below, for readers who doubt one.
fn measures_of(rows: &[&MeasureRow]) -> Markup {
    let (judged, others): (Vec<&MeasureRow>, Vec<&MeasureRow>) =
        rows.iter().partition(|row| row.choice.is_none());
    let groups = rows.first().map_or(&[][..], |row| &row.groups);
    html! {
        (measure_table("Measures", "Measure", groups, &html! {
            tbody { @for row in &judged { (measure_row(&row.measure, row)) } }
        }))
        @if !others.is_empty() {
            details {
                summary { "The same with other choices" }
                (measure_table("Measures with other choices", "Choice", groups, &html! {
                    @for block in others.chunk_by(|a, b| a.measure == b.measure) {
                        tbody {
                            tr.group { th scope="rowgroup" colspan=(1 + 3 * groups.len()) { (block[0].measure) } }
                            @for row in block { (measure_row(row.choice.as_deref().unwrap_or_default(), row)) }
                        }
                    }
                }))
            }
        }
    }
}

fn measure_table(label: &str, first: &str, groups: &[String], bodies: &Markup) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(label) {
            table.measures {
                thead {
                    tr {
                        th scope="col" rowspan="2" { (first) }
                        @for set in ["Trained", "Untrained", "Shuffled"] { th.n scope="colgroup" colspan=(groups.len()) { (set) } }
                    }
                    tr { @for _ in 0..3 { @for group in groups { th.n scope="col" { (group) } } } }
                }
                (bodies)
            }
        }
    }
}

fn measure_row(name: &str, row: &MeasureRow) -> Markup {
    html! {
        tr {
            th scope="row" { (name) }
            @for group in &row.trained { td.n { (with_interval(group)) } }
            @for group in row.untrained.iter().chain(&row.shuffled) {
                td.n { (number(group.mean, decimals(group.mean))) }
            }
        }
    }
}

fn with_interval(group: &MeasureGroup) -> Markup {
    let places = decimals(group.mean);
    html! {
        (number(group.mean, places))
        @if let Some([low, high]) = group.interval {
            span.reason { (number(Some(low), places)) " … " (number(Some(high), places)) }
        }
    }
}

/// Three digits that matter, for numbers from hundredths to hundreds.
fn decimals(value: Option<f64>) -> usize {
    match value.map(f64::abs) {
        Some(v) if v >= 100.0 => 0,
        Some(v) if v >= 10.0 => 1,
        Some(v) if v < 0.1 => 3,
        _ => 2,
    }
}

/// A table a task, a block an aspect.
pub(super) fn sides(page: &Page) -> Markup {
    let panes: Vec<(&str, Markup)> = page
        .tasks
        .iter()
        .filter_map(|task| {
            let rows: Vec<&SideRow> = page.sides.iter().filter(|row| row.task == *task).collect();
            (!rows.is_empty()).then(|| (task.as_str(), sides_of(&rows)))
        })
        .collect();
    tabs("controls", &panes)
}

fn sides_of(rows: &[&SideRow]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="Controls side by side" {
            table.statistics {
                thead { tr {
                    th scope="col" { "Statistic" }
                    @for set in ["Trained", "Better half", "Worse half", "Untrained", "Shuffled"] {
                        th.n scope="col" { (set) }
                    }
                } }
                @for block in rows.chunk_by(|a, b| a.aspect == b.aspect) {
                    tbody {
                        tr.group { th scope="rowgroup" colspan="6" { (block[0].aspect) } }
                        @for row in block {
                            tr {
                                th scope="row" { (row.statistic) }
                                td.n.strong { (number(row.trained, 2)) }
                                @for value in [row.better_half, row.worse_half, row.untrained, row.shuffled] {
                                    td.n { (number(value, 2)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
