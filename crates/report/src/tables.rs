//! Tables in plain HTML, legible without a script.

use maud::{Markup, html};

use crate::elements::{badge, tabs};
use crate::page::{ClaimRow, MechanismRow, Page, ReadingRow, RunRow, StatisticRow, Verdict};

/// A number to `decimals`, with a true minus sign; a dash where there is none.
pub(super) fn number(value: Option<f64>, decimals: usize) -> String {
    match value.filter(|v| v.is_finite()) {
        Some(v) => format!("{v:.decimals$}").replace('-', "−"),
        None => "—".to_owned(),
    }
}

pub(super) fn p_value(p: Option<f64>) -> String {
    match p.filter(|p| p.is_finite()) {
        Some(p) if p < 0.001 => "< .001".to_owned(),
        Some(p) => format!("{p:.3}").trim_start_matches('0').to_owned(),
        None => "—".to_owned(),
    }
}

/// Classes by tasks with the outcome of every training.
pub(super) fn runs(page: &Page) -> Markup {
    let of_task = |task: &str| page.runs.iter().filter(|run| run.task == task).collect::<Vec<_>>();
    html! {
        div.scroll tabindex="0" role="region" aria-label="Networks by task and class" {
            table.runs {
                thead { tr {
                    th scope="col" { "Class" }
                    th.n scope="col" { "Trained" }
                    th.n scope="col" { "Selected" }
                    th.n scope="col" { "Below floor" }
                    th.n scope="col" { "Diverged" }
                    th.n scope="col" { "Median R² of outputs" }
                    th.why scope="col" { "Why trainings ended early" }
                } }
                @for task in &page.tasks {
                    @let rows = of_task(task);
                    @if !rows.is_empty() {
                        tbody {
                            tr.group { th scope="rowgroup" colspan="7" { (task) } }
                            @for run in rows { (run_row(page, run)) }
                        }
                    }
                }
            }
        }
    }
}

fn run_row(page: &Page, run: &RunRow) -> Markup {
    let colour = page.classes.iter().find(|class| class.label == run.class).map(|class| class.colour);
    let reasons: Vec<String> =
        run.counts.reasons.iter().map(|(reason, count)| format!("{reason} ({count})")).collect();
    html! {
        tr {
            th scope="row" {
                @if let Some(colour) = colour { span.dot style={ "background:" (colour) } {} }
                (run.class)
            }
            td.n { (run.counts.trained) }
            td.n { (run.counts.selected) }
            td.n { (run.counts.below_floor) }
            td.n { (run.counts.diverged) }
            td.n { (number(run.median_r2, 3)) }
            td.why { (if reasons.is_empty() { "—".to_owned() } else { reasons.join(", ") }) }
        }
    }
}

/// Every built-in claim with its evidence and verdict.
pub(super) fn claims(page: &Page) -> Markup {
    html! {
        (judged("Claims", "#", &page.claims))
        @if !page.claims_note.is_empty() { p.note { (page.claims_note) } }
    }
}

/// The claims of the study file, with theirs.
pub(super) fn hypotheses(page: &Page) -> Markup {
    judged("Claims of the study file", "Name", &page.hypotheses)
}

/// Claims with their evidence and verdicts.
fn judged(label: &str, first: &str, rows: &[ClaimRow]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(label) {
            table.claims {
                thead { tr {
                    th scope="col" { (first) }
                    th scope="col" { "Claim" }
                    th scope="col" { "Evidence" }
                    th scope="col" { "Verdict" }
                } }
                tbody {
                    @for row in rows {
                        tr {
                            td.number { (row.number) }
                            th scope="row" { (row.claim) }
                            td {
                                (row.evidence)
                                @if !row.data.is_empty() { " " a.data href=(row.data) { (row.data) } }
                                @if !row.readings.is_empty() { (readings(row)) }
                            }
                            td.verdict {
                                (badge(row.verdict))
                                @if !row.reason.is_empty() { span.reason { (row.reason) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The readings of a claim, folded away behind how many of them support it.
fn readings(row: &ClaimRow) -> Markup {
    let upheld = |reading: &&ReadingRow| matches!(reading.verdict, Verdict::Supported | Verdict::Equivalent);
    let n_upheld = row.readings.iter().filter(upheld).count();
    html! {
        details.readings {
            summary { "Upheld under " (n_upheld) " of " (row.readings.len()) " readings" }
            ul {
                @for reading in &row.readings {
                    li { (badge(reading.verdict)) " " (reading.meaning) " — " (reading.evidence) }
                }
            }
        }
    }
}

/// What can be said of each recording.
pub(super) fn recordings(page: &Page, task: &str) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="Verdicts on recordings" {
            table.recordings {
                thead { tr {
                    th scope="col" { "Recording" } th scope="col" { "Verdict" } th scope="col" { "Why" }
                    th scope="col" { "What would tell" }
                } }
                tbody {
                    @for row in page.recordings.iter().filter(|row| row.task == task) {
                        tr {
                            th scope="row" { (row.name) div { small { (row.used) } } }
                            td { strong { (row.verdict) } }
                            td { (row.why) }
                            td { (row.needed) }
                        }
                    }
                }
            }
        }
    }
}

/// What latent circuits do with irrelevant stimuli: classes by mechanisms.
pub(super) fn mechanisms(page: &Page, task: &str) -> Markup {
    let rows: Vec<&MechanismRow> = page.mechanisms.iter().filter(|row| row.task == task).collect();
    html! {
        @if !rows.is_empty() {
            div.scroll tabindex="0" role="region" aria-label="Mechanism of the latent circuits" {
                table.mechanisms {
                    thead { tr {
                        th scope="col" { "Mechanism of the circuits" }
                        @for mechanism in &rows[0].counts { th.n scope="col" { (mechanism.0) } }
                    } }
                    tbody {
                        @for row in &rows {
                            tr {
                                th scope="row" { (row.group) }
                                @for (_, n) in &row.counts {
                                    td.n { @if *n == 0 { "—" } @else { (n) " of " (row.n_networks) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A table a task, a block an aspect.
pub(super) fn statistics(page: &Page) -> Markup {
    let panes: Vec<(&str, Markup)> = page
        .tasks
        .iter()
        .filter_map(|task| {
            let rows: Vec<&StatisticRow> = page.statistics.iter().filter(|row| row.task == *task).collect();
            (!rows.is_empty()).then(|| (task.as_str(), statistics_of(&rows)))
        })
        .collect();
    tabs("statistics", &panes)
}

/// A block an aspect, of which the first is open.
fn statistics_of(rows: &[&StatisticRow]) -> Markup {
    html! {
        @for (place, block) in rows.chunk_by(|a, b| a.aspect == b.aspect).enumerate() {
            details open=[(place == 0).then_some("open")] {
                summary { (block[0].aspect) }
                (statistics_of_aspect(block))
            }
        }
    }
}

fn statistics_of_aspect(rows: &[&StatisticRow]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label={ "Statistics of " (rows[0].aspect) } {
            table.statistics {
                thead { tr {
                    th scope="col" { "Statistic" }
                    th scope="col" { "On" }
                    th.n scope="col" { "Value" }
                    th.n scope="col" { "Interval" }
                    th.n scope="col" { "p" }
                    th.n scope="col" { "p, Holm" }
                    th.n scope="col" { "Published" }
                    th scope="col" { "What it says" }
                } }
                tbody { @for row in rows { (statistic_row(row)) } }
            }
        }
    }
}

fn statistic_row(row: &StatisticRow) -> Markup {
    let decimals = if row.value.is_some_and(|v| v.abs() >= 10.0) { 1 } else { 2 };
    let interval = match row.interval {
        Some([low, high]) => {
            format!("{} … {}", number(Some(low), decimals), number(Some(high), decimals))
        }
        None => "—".to_owned(),
    };
    html! {
        tr {
            th scope="row" { (row.statistic) }
            td { (row.space) }
            td.n.strong { (number(row.value, decimals)) }
            td.n { (interval) }
            td.n { (p_value(row.p)) }
            td.n { (p_value(row.p_holm)) }
            td.n { (number(row.published, decimals)) }
            td {
                @if let Some(verdict) = row.verdict { (badge(verdict)) }
                @if !row.reason.is_empty() { span.reason { (row.reason) } }
                @if row.verdict.is_none() && row.reason.is_empty() { "—" }
            }
        }
    }
}

/// Software, seeds, the study file, and the hashes of stored files.
pub(super) fn provenance(page: &Page) -> Markup {
    let provenance = &page.provenance;
    html! {
        dl.facts {
            div { dt { "Software" } dd { (provenance.software) } }
            div { dt { "Study identity" } dd { (provenance.study_identity) } }
            div { dt { "Format version" } dd { (provenance.format_version) } }
            div { dt { "Kernel path" } dd { (provenance.kernel_path) } }
            @for (name, value) in &provenance.facts { div { dt { (name) } dd { (value) } } }
        }
        h3 { "Study file" }
        pre tabindex="0" { code { (provenance.config) } }
        @if !provenance.artefacts.is_empty() {
            h3.hashes { "Stored files" }
            div.scroll.hashes tabindex="0" role="region" aria-label="Stored files" {
                table.artefacts {
                    thead { tr {
                        th scope="col" { "File" }
                        th scope="col" { "Content" }
                        th scope="col" { "SHA-256" }
                    } }
                    tbody {
                        @for artefact in &provenance.artefacts {
                            tr {
                                th scope="row" { a href=(artefact.path) { (artefact.path) } }
                                td { (artefact.content) }
                                td.hash { (artefact.sha256) }
                            }
                        }
                    }
                }
            }
        }
    }
}
