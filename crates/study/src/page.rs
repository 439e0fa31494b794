//! The figures and the page of a study, from its tables: what is shown where. Nothing is computed here; every number drawn
//! or printed stands in a table.

mod behaviour;
mod branches;
mod checklist;
mod circuits;
pub(crate) mod claims;
mod classes;
mod comparisons;
mod courses;
mod development;
mod effects;
mod eigenvalues;
mod examples;
mod excluded;
mod fixed_points;
mod line_attractors;
mod measures;
mod multiverse;
mod recordings;
mod robustness;
mod scores;
mod selectivity;
mod stated_claims;
mod statistics;
mod task_variance;
mod trajectories;
pub(crate) mod words;

use crate::config::Study;
use crate::stage::Standing;
use crate::store::manifest::Manifest;
use crate::table::Tables;
use circuitscope_report::figure::{Class, Figure};
use circuitscope_report::{Artefact, Page, PlacedFigure, Provenance, RunRow, Topic};

/// Every figure of a study, in the order of the page.
pub(crate) fn figures(study: &Study, tables: &Tables) -> Vec<PlacedFigure> {
    let mut figures = Vec::new();
    for of_task in &study.tasks {
        let task = words::task(of_task.task.name());
        let mut place = |topic, made: Vec<Figure>| {
            let placed = |figure| PlacedFigure { topic, task: Some(task.clone()), figure };
            figures.extend(made.into_iter().map(placed));
        };
        let one = |figure: Option<Figure>| figure.into_iter().collect::<Vec<_>>();
        place(Topic::Hypotheses, stated_claims::figures(study, of_task, tables));
        place(Topic::Scores, vec![scores::score_figure(of_task, tables)]);
        place(Topic::Learning, vec![scores::learning_figure(of_task, tables)]);
        place(Topic::Learning, one(courses::figure(of_task, tables)));
        place(Topic::Embeddings, one(development::figure(of_task, tables)));
        place(Topic::Trajectories, one(trajectories::figure(of_task, tables)));
        place(Topic::FixedPoints, one(fixed_points::figure(of_task, tables)));
        place(Topic::FixedPoints, one(branches::figure(of_task, tables)));
        place(Topic::FixedPoints, one(line_attractors::figure(of_task, tables)));
        place(Topic::FixedPoints, one(eigenvalues::figure(of_task, tables)));
        place(Topic::Circuits, circuits::figures(of_task, tables));
        place(Topic::Selectivity, one(selectivity::figure(of_task, tables)));
        place(Topic::Tasks, task_variance::figures(of_task, tables));
        place(Topic::Behaviour, one(behaviour::figure(of_task, tables)));
        place(Topic::Recordings, recordings::figures(of_task, tables));
        place(Topic::Embeddings, comparisons::embeddings(of_task, tables));
        place(Topic::Distances, vec![comparisons::distances(of_task, tables)]);
        place(Topic::Distances, one(comparisons::concordance(of_task, tables)));
        place(Topic::Agreement, one(comparisons::agreement(of_task, tables)));
    }
    let of_all = multiverse::figure(tables);
    figures.extend(of_all.map(|figure| PlacedFigure { topic: Topic::Choices, task: None, figure }));
    figures
}

/// Everything the page says.
pub(crate) fn page(study: &Study, tables: &Tables, figures: Vec<PlacedFigure>, manifest: &Manifest) -> Page {
    let mut all_classes: Vec<Class> = Vec::new();
    for class in study.tasks.iter().flat_map(classes::classes) {
        if !all_classes.contains(&class) {
            all_classes.push(class);
        }
    }
    let runs = study.tasks.iter().flat_map(|of_task| {
        let task = words::task(of_task.task.name());
        scores::summaries(of_task, tables).map(move |(class, summary)| RunRow {
            task: task.clone(),
            counts: scores::counts(tables, summary),
            median_r2: summary.median_r2,
            class: class.label,
        })
    });
    let tasks: Vec<&str> = study.tasks.iter().map(|of_task| of_task.task.name()).collect();
    Page {
        study: study.name.clone(),
        summary: summary(study, tables),
        tasks: tasks.iter().map(|task| words::task(task)).collect(),
        classes: all_classes,
        findings: statistics::findings(study, &tables.statistics),
        runs: runs.collect(),
        hypotheses: claims::of_study_file(tables, &figures),
        effects: study.tasks.iter().flat_map(|of_task| effects::rows(of_task, tables)).collect(),
        claims: claims::rows(tables, &tasks, &figures),
        claims_note: claims::note(tables, &tasks),
        mechanisms: study.tasks.iter().flat_map(|of_task| circuits::mechanisms(of_task, tables)).collect(),
        recordings: study.tasks.iter().flat_map(|of_task| recordings::rows(of_task, tables)).collect(),
        measures: study.tasks.iter().flat_map(|of_task| measures::rows(of_task, tables)).collect(),
        sides: statistics::side_by_side(&tables.statistics),
        figures,
        statistics: tables.statistics.iter().map(statistics::statistic_row).collect(),
        robustness: robustness::rows(&tables.robustness),
        checklist: checklist::items(study, tables),
        notes: notes(),
        provenance: provenance(study, manifest),
        under_way: None,
    }
}

fn summary(study: &Study, tables: &Tables) -> String {
    let n_networks = tables.scores.len();
    let n_selected = tables.scores.iter().filter(|row| row.standing == Standing::Selected).count();
    let names: Vec<String> = study.tasks.iter().map(|of_task| words::task(of_task.task.name())).collect();
    let n_classes = study.tasks.iter().map(|of_task| of_task.classes.len()).max().unwrap_or_default();
    let controls: Vec<&str> = study.comparison.controls.iter().map(|control| control.name()).collect();
    let controls = match controls.as_slice() {
        [] => "no controls".to_owned(),
        names => format!("{} controls", names.join(" and ")),
    };
    let said = format!(
        "{n_networks} recurrent networks of {n_classes} classes were trained on {}, {} of each class and task. The {n_selected} \
         that passed the study's selection were compared with each other and with {controls}: {}.",
        list(&names.iter().map(String::as_str).collect::<Vec<_>>()),
        study.networks_per_class,
        list(&study.comparison.aspects.iter().map(|&aspect| words::question(aspect)).collect::<Vec<_>>()),
    );
    let excluded = study.tasks.iter().flat_map(|of_task| excluded::sentences(of_task, tables));
    std::iter::once(said).chain(excluded).collect::<Vec<_>>().join(" ")
}

/// "a, b and c".
fn list(names: &[&str]) -> String {
    match names {
        [] => "nothing".to_owned(),
        [only] => (*only).to_owned(),
        [head @ .., last] => format!("{} and {last}", head.join(", ")),
    }
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
         leave out pairs of copies; those of kNN accuracy are Wilson's, of as many networks as their shared neighbours leave. \
         Means are drawn over the networks of an activation, differences within each constraint. Correlations of distances or maps (claim 13, agreement of \
         the aspects) and the mean of claim 19 draw from all networks at once.",
        "Holm's correction is made within a family of tests: the statistics of all tasks are one, the built-in claims that have \
         a p another, the claims of the study file a third, the agreements of the aspects a fourth; the tests of a field of the \
         grid on a task are one each; under Robustness each measure is one for trained networks and one for untrained ones.",
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
            "recordings" => "recording",
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
