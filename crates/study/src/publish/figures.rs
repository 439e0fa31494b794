//! The figures of a study, from its results.

use super::classes::{classes, counts, median, median_of_selected};
use super::statistics::StatisticRecord;
use super::{behaviour, circuit_figures, concordance, course, development, fixed_points, portraits, words};
use crate::config::Control;
use crate::published;
use crate::stage::{Concordance, Kind, Standing, StatisticName, TaskResults};
use circuitscope::analysis::components::Features;
use circuitscope::analysis::distance::Aspect;
use circuitscope::task::Task;
use circuitscope_report::figure::{
    self, Agreement, AgreementRow, AspectEmbedding, Class, Condition, DistanceMatrices, Embedding,
    EmbeddingItem, ItemBlock, LearningCurve, LossCurve, LossRange, NetworkScore, Phase, PublishedScore,
    ScoreClass, ScoreDistribution, Selectivity, SelectivityCloud, Sign, Trajectories, Trajectory,
    TrajectoryClass, Unit,
};
use circuitscope_report::{PlacedFigure, Topic};

/// Every figure of the page, in its order.
pub(super) fn figures(
    results: &[TaskResults<'_>],
    statistics: &[StatisticRecord],
    concordant: &[Concordance],
) -> Vec<PlacedFigure> {
    let mut figures = Vec::new();
    for of_task in results {
        let task = words::task(of_task.task.task.name());
        let mut place =
            |topic, figure| figures.push(PlacedFigure { topic, task: Some(task.to_owned()), figure });
        place(Topic::Scores, figure::score_distribution(&scores(of_task)));
        place(Topic::Learning, figure::learning_curve(&learning(of_task)));
        if let Some(figure) = course::figure(of_task) {
            place(Topic::Learning, figure);
        }
        if let Some(figure) = development::figure(of_task) {
            place(Topic::Embeddings, figure);
        }
        if let Some(input) = trajectories(of_task) {
            place(Topic::Trajectories, figure::trajectories(&input));
            if let Some(input) = fixed_points::figure(of_task, &input) {
                place(Topic::FixedPoints, figure::fixed_points(&input));
            }
        }
        if let Some(input) = portraits::branch_figure(of_task) {
            place(Topic::FixedPoints, figure::branches(&input));
        }
        if let Some(input) = portraits::line_figure(of_task) {
            place(Topic::FixedPoints, figure::line_attractors(&input));
        }
        if let Some(input) = portraits::eigenvalue_figure(of_task) {
            place(Topic::FixedPoints, figure::eigenvalues(&input));
        }
        for figure in circuit_figures::figures(of_task) {
            place(Topic::Circuits, figure);
        }
        if let Some(input) = selectivity(of_task) {
            place(Topic::Selectivity, figure::selectivity_cloud(&input));
        }
        if let Some(figure) = behaviour::figure(of_task) {
            place(Topic::Behaviour, figure);
        }
        for control in controls(of_task) {
            let mut figure = figure::embedding(&embedding(of_task, control));
            if let Some(control) = control {
                figure.id = format!("{}-{}", figure.id, control.name());
                figure.title = format!("{} (with {} controls)", figure.title, control.name());
            }
            place(Topic::Embeddings, figure);
        }
        place(Topic::Distances, figure::distance_matrix(&distances(of_task)));
        if let Some(figure) = concordance::figure(of_task.task.task.name(), concordant) {
            place(Topic::Distances, figure);
        }
        let rows = agreement(of_task, statistics);
        if !rows.is_empty() {
            let data = vec!["tables/statistics.parquet".to_owned()];
            place(Topic::Agreement, figure::agreement(&Agreement { task: task.to_owned(), rows, data }));
        }
    }
    figures
}

/// What stands in the embeddings beside the trained networks: nothing, then each control.
fn controls(of_task: &TaskResults<'_>) -> Vec<Option<Control>> {
    let mut controls: Vec<Option<Control>> =
        of_task.compared.iter().map(|compared| compared.control).collect();
    controls.sort();
    controls.dedup();
    controls
}

fn scores(of_task: &TaskResults<'_>) -> ScoreDistribution {
    let task = of_task.task.task.name();
    let of_class = |class: Class| {
        let networks = of_task.networks.iter().filter(|(network, _)| network.record.class == class.name);
        let networks = networks.filter_map(|(network, standing)| {
            let standing = match standing {
                Standing::Selected => figure::Standing::Selected,
                Standing::Surplus => figure::Standing::Surplus,
                Standing::BelowFloor => figure::Standing::BelowFloor,
                Standing::Diverged => return None,
            };
            let (mse, r2) = (network.record.mse_train?, network.record.r2?);
            Some(NetworkScore { network: network.job.name(), mse, r2, standing })
        });
        ScoreClass {
            networks: networks.collect(),
            median_mse: median_of_selected(of_task, &class.name, |record| record.mse_train),
            median_r2: median_of_selected(of_task, &class.name, |record| record.r2),
            counts: counts(of_task, &class.name),
            published: published::score(task, &class.name).map(|[min, median, max]| PublishedScore {
                min,
                median,
                max,
            }),
            class,
        }
    };
    ScoreDistribution {
        task: words::task(task).to_owned(),
        classes: classes(of_task).into_iter().map(of_class).collect(),
        r2_floor: Some(of_task.task.selection.min_r2).filter(|floor| floor.is_finite()),
        data: vec!["tables/scores.parquet".to_owned()],
    }
}

fn learning(of_task: &TaskResults<'_>) -> LearningCurve {
    let of_class = |class: Class| {
        let curves: Vec<_> = of_task
            .networks
            .iter()
            .filter(|(network, _)| network.record.class == class.name)
            .map(|(network, _)| &network.record)
            .collect();
        // A diverged training has a shorter curve; the longest gives the iterations.
        let iterations = curves.iter().map(|record| &record.curve_iteration).max_by_key(|its| its.len());
        let iterations: Vec<f64> = iterations.into_iter().flatten().map(|&n| n as f64).collect();
        let at = |place: usize| -> Vec<f64> {
            curves.iter().filter_map(|record| record.curve_loss.get(place).copied()).collect()
        };
        let extreme = |pick: fn(f64, f64) -> f64| -> Vec<f64> {
            (0..iterations.len())
                .map(|place| at(place).into_iter().reduce(pick).unwrap_or(f64::NAN))
                .collect()
        };
        LossCurve {
            median: (0..iterations.len()).map(|place| median(at(place)).unwrap_or(f64::NAN)).collect(),
            range: Some(LossRange {
                label: "all networks".into(),
                low: extreme(f64::min),
                high: extreme(f64::max),
            }),
            networks: curves.iter().map(|record| record.curve_loss.clone()).collect(),
            iterations,
            class,
        }
    };
    let phases = of_task.task.classes.first().map_or(&[][..], |class| &class.recipe.phases);
    let mut from = 0;
    let mut changes = Vec::new();
    for phase in phases {
        if from > 0 {
            changes.push(Phase { from: from as f64, label: format!("λ_r = {}", phase.lambda_r) });
        }
        from += phase.iterations;
    }
    LearningCurve {
        task: words::task(of_task.task.task.name()).to_owned(),
        classes: classes(of_task).into_iter().map(of_class).collect(),
        phases: changes,
        data: vec!["tables/learning_curves.parquet".to_owned()],
    }
}

fn explained(features: &Features) -> Option<[f64; 3]> {
    let shares = &features.explained;
    (shares.len() >= 3).then(|| [shares[0], shares[1], shares[2]])
}

fn trajectories(of_task: &TaskResults<'_>) -> Option<Trajectories> {
    let task = &of_task.task.task;
    let set = task.analysis_trials();
    let n_trials = set.n_trials();
    let classes = classes(of_task);
    let condition = |trial: usize| {
        let values: Vec<f32> = set.conditions.row(trial).to_vec();
        let label = words::condition(task.name(), &values);
        match (task, values.as_slice()) {
            (Task::Cddm(_), [context, motion, colour]) => {
                let group = usize::from(*context != 0.0);
                Condition { group, value: f64::from(if group == 0 { *motion } else { *colour }), label }
            }
            _ => Condition { group: 0, value: f64::from(values.first().copied().unwrap_or_default()), label },
        }
    };
    let of_example = |item: &crate::stage::Item| {
        let features = item.features.get(&Aspect::Trajectories)?;
        let trials = (0..n_trials).map(|trial| Trajectory {
            condition: condition(trial),
            states: (0..set.n_steps())
                .map(|step| {
                    let point = features.points.row(step * n_trials + trial);
                    [point[0], point[1], point[2]]
                })
                .collect(),
        });
        Some(TrajectoryClass {
            class: classes[item.class].clone(),
            network: item.network.clone(),
            explained: explained(features),
            trials: trials.collect(),
        })
    };
    let of_classes: Vec<TrajectoryClass> = of_task.examples().into_iter().filter_map(of_example).collect();
    let (quantity, range, groups) = match task {
        Task::Cddm(_) => {
            ("relevant coherence", [-1.0, 1.0], vec!["motion context".into(), "colour context".into()])
        }
        Task::GoNoGo(_) | Task::MemoryNumber(_) => ("value", [0.0, 1.0], Vec::new()),
    };
    (!of_classes.is_empty()).then(|| Trajectories {
        task: words::task(task.name()).to_owned(),
        quantity: quantity.to_owned(),
        range,
        groups,
        onset: match task {
            Task::Cddm(task) => Some(task.stimulus.start),
            Task::GoNoGo(_) | Task::MemoryNumber(_) => None,
        },
        classes: of_classes,
        data: vec!["tables/trajectories.parquet".to_owned()],
    })
}

fn selectivity(of_task: &TaskResults<'_>) -> Option<Selectivity> {
    let classes = classes(of_task);
    let of_example = |item: &crate::stage::Item| {
        let features = item.features.get(&Aspect::Selectivity)?;
        let signs = of_task.signs(item);
        let units = features.points.outer_iter().zip(signs).map(|(point, sign)| Unit {
            at: [point[0], point[1], point[2]],
            sign: match sign {
                1 => Sign::Excitatory,
                -1 => Sign::Inhibitory,
                _ => Sign::Free,
            },
        });
        Some(SelectivityCloud {
            class: classes[item.class].clone(),
            network: item.network.clone(),
            explained: explained(features),
            units: units.collect(),
        })
    };
    let of_classes: Vec<SelectivityCloud> = of_task.examples().into_iter().filter_map(of_example).collect();
    (!of_classes.is_empty()).then(|| Selectivity {
        task: words::task(of_task.task.task.name()).to_owned(),
        classes: of_classes,
        data: vec!["tables/selectivity.parquet".to_owned()],
    })
}

fn embedding(of_task: &TaskResults<'_>, control: Option<Control>) -> Embedding {
    let of_control = of_task.compared.iter().filter(|compared| compared.control == control);
    let aspects = of_control.map(|compared| {
        let items = compared.items.iter().zip(&compared.comparison.points).map(|(&place, &at)| {
            let item = &of_task.items[place];
            EmbeddingItem {
                network: item.stored_name(),
                class: item.class,
                group: words::group(item.kind),
                at,
            }
        });
        AspectEmbedding {
            aspect: words::aspect(compared.aspect).to_owned(),
            stress: compared.comparison.relative_stress,
            items: items.collect(),
        }
    });
    Embedding {
        task: words::task(of_task.task.task.name()).to_owned(),
        classes: classes(of_task),
        aspects: aspects.collect(),
        data: vec!["tables/embeddings.parquet".to_owned()],
    }
}

/// Distances between trained networks and their first kind of control: between two kinds none are measured.
fn distances(of_task: &TaskResults<'_>) -> DistanceMatrices {
    let control = of_task.items.iter().map(|item| item.kind).find(|kind| *kind != Kind::Trained);
    let aspects = of_task.distances.iter().map(|aspect| {
        let kinds = [Some(Kind::Trained), control];
        let rows: Vec<usize> = (0..aspect.items.len())
            .filter(|&row| kinds.contains(&Some(of_task.items[aspect.items[row]].kind)))
            .collect();
        let mut blocks: Vec<ItemBlock> = Vec::new();
        for &row in &rows {
            let item = &of_task.items[aspect.items[row]];
            let (class, group) = (item.class, words::group(item.kind));
            match blocks.last_mut() {
                Some(block) if (block.class, block.group) == (class, group) => block.len += 1,
                _ => blocks.push(ItemBlock { class, group, len: 1 }),
            }
        }
        figure::AspectDistances {
            aspect: words::aspect(aspect.aspect).to_owned(),
            values: crate::stage::submatrix(&aspect.distances.distance, &rows).into_iter().collect(),
            blocks,
        }
    });
    DistanceMatrices {
        task: words::task(of_task.task.task.name()).to_owned(),
        classes: classes(of_task),
        aspects: aspects.collect(),
        data: vec!["tables/distances.parquet".to_owned()],
    }
}

/// Ours beside the published value, for every statistic that has one and is no pseudo-F.
fn agreement(of_task: &TaskResults<'_>, statistics: &[StatisticRecord]) -> Vec<AgreementRow> {
    let task = of_task.task.task.name();
    let shown = statistics.iter().filter(|row| {
        row.task == task && row.published.is_some() && row.value.statistic != StatisticName::Permanova
    });
    shown
        .filter_map(|row| {
            let name = words::statistic_of(row.value.statistic, row.value.groups);
            let name = if row.value.items == crate::stage::Items::Control {
                format!("{name} (controls)")
            } else {
                name
            };
            Some(AgreementRow {
                statistic: name,
                aspect: words::aspect(row.aspect).to_owned(),
                value: row.value.value?,
                interval: row.value.interval,
                published: row.published,
            })
        })
        .collect()
}
