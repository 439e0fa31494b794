//! Statistics on the page: what they find, beside each other, and all of them.

use super::words;
use crate::config::{Control, Study};
use crate::stage::{Facet, Groups, Items, Space, StatisticName};
use crate::table::{Levels as _, Statistic};
use circuitscope::claims::LEVEL;
use circuitscope_report::{Finding, SideRow, StatisticRow, Verdict};

/// For each task: do activations differ, and can they be told from their neighbours.
pub(super) fn findings(study: &Study, statistics: &[Statistic]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for task in study.tasks.iter().map(|of_task| of_task.task.name()) {
        let of_kind = |statistic: StatisticName| {
            statistics.iter().filter(move |row| {
                *row.task == *task
                    && row.space == Space::Distances
                    && row.items == Items::Trained
                    && (row.statistic, row.groups) == (statistic, Groups::Activation)
                    && row.aspect != Facet::Circuits
            })
        };
        let tested: Vec<f64> = of_kind(StatisticName::Permanova).filter_map(|row| row.p_holm).collect();
        let n_below = tested.iter().filter(|&&p| p < LEVEL).count();
        let (value, detail) = match tested.iter().copied().reduce(f64::max) {
            Some(p) => (
                format!("{n_below} of {}", tested.len()),
                format!(
                    "PERMANOVA on the distances, p below {LEVEL} after Holm's correction; the largest is {p:.3}."
                ),
            ),
            None => ("—".to_owned(), "PERMANOVA is not defined for so few networks or classes.".to_owned()),
        };
        let label = format!("{}: aspects in which activations differ", words::task(task));
        findings.push(Finding { value, label, detail });
        let best = of_kind(StatisticName::Knn).filter_map(|row| Some((row, row.value?)));
        if let Some((row, accuracy)) = best.reduce(|best, next| if next.1 > best.1 { next } else { best }) {
            findings.push(Finding {
                value: format!("{accuracy:.2}"),
                label: format!(
                    "{}: networks whose activation is that of their neighbours",
                    words::task(task)
                ),
                detail: format!(
                    "Best aspect: {}; {} networks, {} neighbours, {} activations.",
                    words::aspect(row.aspect).to_lowercase(),
                    row.n_items,
                    row.k.unwrap_or_default(),
                    row.n_groups
                ),
            });
        }
    }
    findings
}

/// Trained networks, their better and worse halves, and controls beside each other, on the distances.
pub(super) fn side_by_side(statistics: &[Statistic]) -> Vec<SideRow> {
    const SHOWN: [(StatisticName, Groups); 3] = [
        (StatisticName::Silhouette, Groups::TanhRest),
        (StatisticName::Silhouette, Groups::Activation),
        (StatisticName::Knn, Groups::Activation),
    ];
    let on_distances: Vec<&Statistic> =
        statistics.iter().filter(|row| row.space == Space::Distances).collect();
    let mut rows: Vec<SideRow> = Vec::new();
    for block in on_distances.chunk_by(|a, b| (&a.task, a.aspect) == (&b.task, b.aspect)) {
        for (statistic, groups) in SHOWN {
            let of = |items: Items, control: Option<Control>| {
                let found = block.iter().find(|row| {
                    (row.items, row.control) == (items, control)
                        && (row.statistic, row.groups) == (statistic, groups)
                });
                found.and_then(|row| row.value)
            };
            rows.push(SideRow {
                task: words::task(&block[0].task),
                aspect: words::aspect(block[0].aspect).to_owned(),
                statistic: words::statistic_of(statistic, groups),
                trained: of(Items::Trained, None),
                better_half: of(Items::BetterHalf, None),
                worse_half: of(Items::WorseHalf, None),
                untrained: of(Items::Control, Some(Control::Untrained)),
                shuffled: of(Items::Control, Some(Control::Shuffled)),
            });
        }
    }
    rows
}

pub(super) fn statistic_row(row: &Statistic) -> StatisticRow {
    let over = match (row.items, row.control) {
        (Items::Trained, None) => String::new(),
        (Items::BetterHalf, _) => " · better half by R²".to_owned(),
        (Items::WorseHalf, _) => " · worse half by R²".to_owned(),
        (Items::Trained, Some(control)) => format!(" · trained, mapped with {}", control.name()),
        (Items::Control, control) => format!(" · {} controls", control.map_or("", Control::name)),
        (Items::Both, control) => format!(" · against {}", control.map_or("", Control::name)),
    };
    let (verdict, reason) = match (row.statistic, row.value, row.p_holm) {
        (_, None, _) => {
            let reason = format!("not defined for {} items in {} groups", row.n_items, row.n_groups);
            (Some(Verdict::NotDecidable), reason)
        }
        // Verdicts are those of claims.
        (StatisticName::Permanova, Some(_), Some(p)) if p < LEVEL => {
            let spread = unequal(row).map(|text| format!("; {text}")).unwrap_or_default();
            (None, format!("the groups differ beyond chance{spread}"))
        }
        (StatisticName::Permanova, Some(_), Some(_)) => {
            (None, "no difference between the groups beyond chance".to_owned())
        }
        _ => (None, String::new()),
    };
    StatisticRow {
        task: words::task(&row.task),
        aspect: words::aspect(row.aspect).to_owned(),
        space: row.space.level().to_owned(),
        statistic: format!("{}{over}", words::statistic_of(row.statistic, row.groups)),
        value: row.value,
        interval: row.low.zip(row.high).map(|(low, high)| [low, high]),
        p: row.p,
        p_holm: row.p_holm,
        published: row.published,
        verdict,
        reason,
    }
}

/// That a difference between groups may be one of spread, where they differ in that.
fn unequal(row: &Statistic) -> Option<String> {
    let p = row.permdisp_p.filter(|&p| p < LEVEL)?;
    let welch = row.welch_p.map(|p| format!("; of location alone Welch's W* has p {p:.4}"));
    Some(format!(
        "spreads differ too (PERMDISP p {p:.4}), and pseudo-F does not tell them from location{}",
        welch.unwrap_or_default()
    ))
}
