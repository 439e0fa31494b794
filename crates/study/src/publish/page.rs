//! The page of a study: what is said where.

use super::classes::{classes, counts, median_of_selected};
use super::statistics::StatisticRecord;
use super::{circuits, claims, excluded, measures, words};
use crate::config::{Control, Study};
use crate::stage::{Facet, Groups, Items, Judged, Space, Spread, StatisticName, TaskResults};
use crate::store::manifest::Manifest;
use circuitscope_report::figure::Class;
use circuitscope_report::{
    Artefact, Finding, Page, PlacedFigure, Provenance, RunRow, SideRow, StatisticRow, Verdict,
};

/// Level of every test (docs/methods.md §6).
const LEVEL: f64 = 0.05;

/// Everything the page says.
pub(super) fn page(
    study: &Study,
    results: &[TaskResults<'_>],
    statistics: &[StatisticRecord],
    judged: &Judged,
    figures: Vec<PlacedFigure>,
    manifest: &Manifest,
) -> Page {
    let mut all_classes: Vec<Class> = Vec::new();
    for class in results.iter().flat_map(classes) {
        if !all_classes.contains(&class) {
            all_classes.push(class);
        }
    }
    let runs = results.iter().flat_map(|of_task| {
        let task = words::task(of_task.task.task.name());
        classes(of_task).into_iter().map(move |class| RunRow {
            task: task.to_owned(),
            counts: counts(of_task, &class.name),
            median_r2: median_of_selected(of_task, &class.name, |record| record.r2),
            class: class.label,
        })
    });
    let tasks: Vec<&str> = results.iter().map(|of_task| of_task.task.task.name()).collect();
    Page {
        study: study.name.clone(),
        summary: summary(study, results),
        tasks: results.iter().map(|of_task| words::task(of_task.task.task.name()).to_owned()).collect(),
        classes: all_classes,
        findings: findings(results, statistics),
        runs: runs.collect(),
        claims: claims::rows(judged, &tasks, &figures),
        claims_note: claims::note(judged, &tasks),
        mechanisms: results.iter().flat_map(circuits::mechanisms).collect(),
        measures: measures::rows(study, results, judged),
        sides: side_by_side(statistics),
        figures,
        statistics: statistics.iter().map(statistic_row).collect(),
        robustness: Vec::new(),
        notes: notes(),
        provenance: provenance(study, manifest),
        under_way: None,
    }
}

fn summary(study: &Study, results: &[TaskResults<'_>]) -> String {
    let n_networks: usize = results.iter().map(|of_task| of_task.networks.len()).sum();
    let n_selected: usize = results
        .iter()
        .flat_map(|of_task| &of_task.networks)
        .filter(|(_, standing)| *standing == crate::stage::Standing::Selected)
        .count();
    let names: Vec<&str> = results.iter().map(|of_task| words::task(of_task.task.task.name())).collect();
    let n_classes = results.iter().map(|of_task| of_task.task.classes.len()).max().unwrap_or_default();
    let controls: Vec<&str> = study.comparison.controls.iter().map(|control| control.name()).collect();
    let controls = match controls.as_slice() {
        [] => "no controls".to_owned(),
        names => format!("{} controls", names.join(" and ")),
    };
    let said = format!(
        "{n_networks} recurrent networks of {n_classes} classes were trained on {}, {} of each class and task. The {n_selected} \
         that passed the study's selection were compared with each other and with {controls}: {}.",
        list(&names),
        study.networks_per_class,
        list(&study.comparison.aspects.iter().map(|&aspect| words::question(aspect)).collect::<Vec<_>>()),
    );
    let excluded = results.iter().flat_map(excluded::sentences).map(|sentence| format!(" {sentence}"));
    said + &excluded.collect::<String>()
}

/// "a, b and c".
fn list(names: &[&str]) -> String {
    match names {
        [] => "nothing".to_owned(),
        [only] => (*only).to_owned(),
        [head @ .., last] => format!("{} and {last}", head.join(", ")),
    }
}

/// For each task: do activations differ, and can they be told from their neighbours.
fn findings(results: &[TaskResults<'_>], statistics: &[StatisticRecord]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for of_task in results {
        let task = of_task.task.task.name();
        let of_kind = |statistic: StatisticName| {
            statistics.iter().filter(move |row| {
                row.task == task
                    && row.value.space == Space::Distances
                    && row.value.items == Items::Trained
                    && (row.value.statistic, row.value.groups) == (statistic, Groups::Activation)
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
        let best = of_kind(StatisticName::Knn).filter_map(|row| Some((row, row.value.value?)));
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
                    row.value.n_items,
                    row.value.k.unwrap_or_default(),
                    row.value.n_groups
                ),
            });
        }
    }
    findings
}

/// Trained networks, their better and worse halves, and controls beside each other, on the distances.
fn side_by_side(statistics: &[StatisticRecord]) -> Vec<SideRow> {
    const SHOWN: [(StatisticName, Groups); 3] = [
        (StatisticName::Silhouette, Groups::TanhRest),
        (StatisticName::Silhouette, Groups::Activation),
        (StatisticName::Knn, Groups::Activation),
    ];
    let on_distances: Vec<&StatisticRecord> =
        statistics.iter().filter(|row| row.value.space == Space::Distances).collect();
    let mut rows: Vec<SideRow> = Vec::new();
    for block in on_distances.chunk_by(|a, b| (a.task, a.aspect) == (b.task, b.aspect)) {
        for (statistic, groups) in SHOWN {
            let of = |items: Items, control: Option<Control>| {
                let found = block.iter().find(|row| {
                    let value = &row.value;
                    (value.items, row.control) == (items, control)
                        && (value.statistic, value.groups) == (statistic, groups)
                });
                found.and_then(|row| row.value.value)
            };
            rows.push(SideRow {
                task: words::task(block[0].task).to_owned(),
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

fn statistic_row(row: &StatisticRecord) -> StatisticRow {
    let value = &row.value;
    let over = match (value.items, row.control) {
        (Items::Trained, None) => String::new(),
        (Items::BetterHalf, _) => " · better half by R²".to_owned(),
        (Items::WorseHalf, _) => " · worse half by R²".to_owned(),
        (Items::Trained, Some(control)) => format!(" · trained, mapped with {}", control.name()),
        (Items::Control, control) => format!(" · {} controls", control.map_or("", Control::name)),
        (Items::Both, control) => format!(" · against {}", control.map_or("", Control::name)),
    };
    let (verdict, reason) = match (value.statistic, value.value, row.p_holm) {
        (_, None, _) => {
            let reason = format!("not defined for {} items in {} groups", value.n_items, value.n_groups);
            (Some(Verdict::NotDecidable), reason)
        }
        // Verdicts are those of claims.
        (StatisticName::Permanova, Some(_), Some(p)) if p < LEVEL => {
            let spread = unequal(value.spread).map(|text| format!("; {text}")).unwrap_or_default();
            (None, format!("the groups differ beyond chance{spread}"))
        }
        (StatisticName::Permanova, Some(_), Some(_)) => {
            (None, "no difference between the groups beyond chance".to_owned())
        }
        _ => (None, String::new()),
    };
    StatisticRow {
        task: words::task(row.task).to_owned(),
        aspect: words::aspect(row.aspect).to_owned(),
        space: words::space(value.space).to_owned(),
        statistic: format!("{}{over}", words::statistic_of(value.statistic, value.groups)),
        value: value.value,
        interval: value.interval,
        p: value.p,
        p_holm: row.p_holm,
        published: row.published,
        verdict,
        reason,
    }
}

/// That a difference between groups may be one of spread, where they differ in that.
fn unequal(spread: Option<Spread>) -> Option<String> {
    let spread = spread?;
    let p = spread.permdisp_p.filter(|&p| p < LEVEL)?;
    let welch = spread.welch_p.map(|p| format!("; of location alone Welch's W* has p {p:.4}"));
    Some(format!(
        "spreads differ too (PERMDISP p {p:.4}), and pseudo-F does not tell them from location{}",
        welch.unwrap_or_default()
    ))
}

/// Choices where the published text and code leave one.
fn notes() -> Vec<String> {
    [
        "Scores are noise-free. The R² that decides the selection is taken on the analysis trials; the error shown beside \
         the published one is taken on the training trials, as published.",
        "Each phase of training starts with fresh Adam moments from the best parameters of the phase before.",
        "Units are removed as silent when they are exactly zero on every training and analysis trial and step.",
        "A fixed point may be matched only with one of the same input and stability; one without a counterpart costs 1, the \
         mean squared radius of a configuration. Points whose stability the error bound leaves open count as not stable.",
        "The selectivity distance is a root mean square over units; the published sum of squares is in the table of \
         distances beside it.",
        "Published statistics were read back from published embeddings of 300 trained networks and 300 controls; they \
         stand beside ours where aspect, control and groups are the same.",
        "Latent circuits are compared where the study fits those of two or more networks of each class, by the distance of \
         matched weights of their consensus, beside the same circuits with their weights shuffled; none is fitted to untrained \
         networks. The mean circuit of a class is over its networks, with free nodes matched.",
        "Bootstrap intervals of distances draw networks within the groups that are compared (claim 8: within each class) and \
         leave out pairs of copies; those of kNN accuracy draw which networks are scored and leave their neighbours as they \
         are. Means are drawn over the networks of an activation. Correlations of distances or maps (claim 13, agreement of \
         the aspects) and the mean of claim 19 draw from all networks at once.",
        "Holm's correction is made within a family of tests: the statistics of all tasks are one, the claims that a test \
         decides another, the agreements of the aspects a third; under Robustness each measure is one for trained networks \
         and one for untrained ones.",
    ]
    .map(str::to_owned)
    .to_vec()
}

fn provenance(study: &Study, manifest: &Manifest) -> Provenance {
    let content = |path: &str| {
        let content = match path.split('/').next().unwrap_or_default() {
            "networks" => "trained network",
            "checkpoints" => "network on its way through training",
            "features" => "features of a network or control",
            "tables" => "table",
            "figures" => "figure",
            _ => "study file",
        };
        content.to_owned()
    };
    let paths: Vec<String> =
        manifest.kernel_paths.iter().map(|(path, n)| format!("{path} ({n} networks)")).collect();
    Provenance {
        software: format!("circuitscope {}", manifest.software_version),
        study_identity: manifest.study_identity.clone(),
        format_version: manifest.format_version.to_string(),
        kernel_path: paths.join(", "),
        facts: vec![
            ("study seed".to_owned(), study.seed.to_string()),
            ("seeds of the networks".to_owned(), "tables/scores.parquet, column `seed`".to_owned()),
        ],
        config: study.text.clone(),
        artefacts: manifest
            .artefacts
            .iter()
            .map(|(path, sha256)| Artefact {
                path: path.clone(),
                content: content(path),
                sha256: sha256.clone(),
            })
            .collect(),
    }
}
