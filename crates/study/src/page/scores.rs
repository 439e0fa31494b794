//! How the networks of each class score, and how their losses fell.

use super::classes::{classes, of_task};
use super::words;
use crate::config::TaskStudy;
use crate::stage::Standing;
use crate::table::{ClassSummary, LearningStep, Score, Tables};
use circuitscope_report::figure::{
    self, Class, Figure, LearningCurve, LossCurve, LossRange, NetworkScore, Phase, PublishedScore, RunCounts,
    ScoreClass, ScoreDistribution,
};

/// What became of the networks of a class.
pub(super) fn counts(tables: &Tables, class: &ClassSummary) -> RunCounts {
    let is_own = |task: &str, name: &str| (task, name) == (&*class.task, &*class.class_name);
    let reasons = tables.divergences.iter().filter(|row| is_own(&row.task, &row.class_name));
    RunCounts {
        trained: class.n_trained,
        selected: class.n_selected,
        below_floor: class.n_below_floor,
        diverged: class.n_diverged,
        reasons: reasons.map(|row| (row.reason.to_string(), row.n_networks)).collect(),
    }
}

/// The classes of a task with what became of their networks.
pub(super) fn summaries<'a>(
    task: &'a TaskStudy,
    tables: &'a Tables,
) -> impl Iterator<Item = (Class, &'a ClassSummary)> {
    // One row per class, in the order of the study.
    classes(task).into_iter().zip(of_task(task, &tables.classes, |row| &row.task))
}

/// The scores of every network beside the published ones.
pub(super) fn score_figure(task: &TaskStudy, tables: &Tables) -> Figure {
    let networks = |class: &ClassSummary| {
        let own = of_task(task, &tables.scores, |row| &row.task);
        own.filter(|row| row.class_name == class.class_name).filter_map(network_score).collect()
    };
    let of_class = |(class, summary): (Class, &ClassSummary)| ScoreClass {
        networks: networks(summary),
        median_mse: summary.median_mse_train,
        median_r2: summary.median_r2,
        counts: counts(tables, summary),
        published: published(summary),
        class,
    };
    figure::score_distribution(&ScoreDistribution {
        task: words::task(task.task.name()),
        classes: summaries(task, tables).map(of_class).collect(),
        r2_floor: Some(task.selection.min_r2).filter(|floor| floor.is_finite()),
        data: vec!["tables/scores.parquet".to_owned(), "tables/classes.parquet".to_owned()],
    })
}

fn network_score(row: &Score) -> Option<NetworkScore> {
    let standing = match row.standing {
        Standing::Selected => figure::Standing::Selected,
        Standing::Surplus => figure::Standing::Surplus,
        Standing::BelowFloor => figure::Standing::BelowFloor,
        Standing::Diverged => return None,
    };
    Some(NetworkScore { network: row.network.to_string(), mse: row.mse_train?, r2: row.r2?, standing })
}

fn published(class: &ClassSummary) -> Option<PublishedScore> {
    let (min, median, max) = (class.published_min?, class.published_median?, class.published_max?);
    Some(PublishedScore { min, median, max })
}

/// The losses of every class and network.
pub(super) fn learning_figure(task: &TaskStudy, tables: &Tables) -> Figure {
    let or_nan = |number: Option<f64>| number.unwrap_or(f64::NAN);
    let steps: Vec<&LearningStep> = of_task(task, &tables.learning_curves, |row| &row.task).collect();
    let of_class = |class: Class| {
        let own = of_task(task, &tables.learning_summaries, |row| &row.task);
        let own: Vec<_> = own.filter(|row| *row.class_name == *class.name).collect();
        let networks = steps.chunk_by(|a, b| a.network == b.network);
        let networks = networks.filter(|curve| *curve[0].class_name == *class.name);
        LossCurve {
            iterations: own.iter().map(|row| row.iteration as f64).collect(),
            median: own.iter().map(|row| or_nan(row.median)).collect(),
            range: Some(LossRange {
                label: "all networks".into(),
                low: own.iter().map(|row| or_nan(row.low)).collect(),
                high: own.iter().map(|row| or_nan(row.high)).collect(),
            }),
            networks: networks.map(|curve| curve.iter().map(|row| or_nan(row.loss)).collect()).collect(),
            class,
        }
    };
    figure::learning_curve(&LearningCurve {
        task: words::task(task.task.name()),
        classes: classes(task).into_iter().map(of_class).collect(),
        phases: phases(task),
        data: ["learning_curves", "learning_summaries"].map(|name| format!("tables/{name}.parquet")).to_vec(),
    })
}

/// Where the penalty of the rates changes.
fn phases(task: &TaskStudy) -> Vec<Phase> {
    let phases = task.classes.first().map_or(&[][..], |class| &class.recipe.phases);
    let mut from = 0;
    let mut changes = Vec::new();
    for phase in phases {
        if from > 0 {
            changes.push(Phase { from: from as f64, label: format!("λ_r = {}", phase.lambda_r) });
        }
        from += phase.iterations;
    }
    changes
}
