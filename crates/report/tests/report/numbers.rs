//! Made-up numbers in the shapes that the figures take.

use circuitscope_report::figure::*;

/// Uniform numbers in [0, 1): Knuth's MMIX generator.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    fn flat(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Mean 0, standard deviation 1, nearly normal.
    pub(crate) fn bell(&mut self) -> f64 {
        (0..12).map(|_| self.flat()).sum::<f64>() - 6.0
    }
}

pub(crate) const TASKS: [&str; 3] = ["CDDM", "Go/NoGo", "MemoryNumber"];
pub(crate) const NAMES: [&str; 6] =
    ["relu dale", "relu free", "sigmoid dale", "sigmoid free", "tanh dale", "tanh free"];
pub(crate) const ASPECTS: [&str; 4] = ["Trajectories", "Selectivity", "Endpoints", "Fixed points"];
/// Published errors of the six classes by task, × 10⁻³.
pub(crate) const PUBLISHED: [[[f64; 3]; 6]; 3] = [
    [
        [6.84, 7.04, 7.16],
        [7.32, 8.25, 8.52],
        [5.81, 6.43, 6.59],
        [6.57, 7.01, 7.36],
        [10.74, 11.21, 11.32],
        [10.57, 11.24, 11.50],
    ],
    [
        [2.45, 2.60, 2.72],
        [2.13, 2.25, 2.31],
        [0.92, 0.98, 1.00],
        [0.97, 1.04, 1.07],
        [2.78, 2.89, 2.95],
        [2.71, 2.89, 2.93],
    ],
    [
        [1.32, 1.48, 1.53],
        [0.96, 1.00, 1.03],
        [1.59, 1.68, 1.73],
        [1.32, 1.38, 1.45],
        [1.28, 1.33, 1.36],
        [1.26, 1.33, 1.36],
    ],
];

pub(crate) fn scores(task: usize, classes: &[Class], n: usize, dice: &mut Dice) -> ScoreDistribution {
    let variance = [0.11, 0.19, 0.08][task];
    let rows = classes.iter().enumerate().map(|(i, class)| {
        let [min, median, max] = PUBLISHED[task][i % 6].map(|v| v * 1e-3);
        let networks: Vec<NetworkScore> = (0..2 * n)
            .map(|seed| {
                let outlier = if dice.flat() > 0.97 { 8.0 } else { 1.0 };
                let mse = median * (1.0 + 0.05 * dice.bell() + 0.25 * dice.flat().powi(3)) * outlier;
                let r2 = 1.0 - mse / variance;
                let standing = match () {
                    () if r2 < 0.8 => Standing::BelowFloor,
                    () if seed % 2 == 1 || outlier > 1.0 => Standing::Surplus,
                    () => Standing::Selected,
                };
                NetworkScore { network: format!("{} {seed}", class.name), mse, r2, standing }
            })
            .collect();
        let count = |standing| networks.iter().filter(|network| network.standing == standing).count();
        let mut kept: Vec<f64> = networks
            .iter()
            .filter(|network| network.standing == Standing::Selected)
            .map(|network| network.mse)
            .collect();
        kept.sort_by(f64::total_cmp);
        let middle = kept.get(kept.len() / 2).copied();
        ScoreClass {
            class: class.clone(),
            median_mse: middle,
            median_r2: middle.map(|mse| 1.0 - mse / variance),
            counts: RunCounts {
                trained: 2 * n + i % 2,
                selected: count(Standing::Selected),
                diverged: i % 2,
                below_floor: count(Standing::BelowFloor),
                reasons: if i % 2 == 1 {
                    vec![("loss not finite at iteration 214".into(), 1)]
                } else {
                    vec![]
                },
            },
            published: (i < 6 && class.name != "softplus free").then_some(PublishedScore {
                min,
                median,
                max,
            }),
            networks,
        }
    });
    ScoreDistribution {
        task: TASKS[task].into(),
        classes: rows.collect(),
        r2_floor: Some([0.8, 0.8, 0.9][task]),
        data: vec!["tables/scores.parquet".into()],
    }
}

pub(crate) fn losses(task: usize, classes: &[Class], n: usize, dice: &mut Dice) -> LearningCurve {
    let steps = if n > 10 { 120 } else { 12 };
    let iterations: Vec<f64> = (1..=steps).map(|i| f64::from(i) * 5000.0 / f64::from(steps)).collect();
    let curves = classes.iter().enumerate().map(|(i, class)| {
        let end = PUBLISHED[task][i % 6][1] * 1e-3;
        let networks: Vec<Vec<f64>> = (0..n.min(20))
            .map(|_| {
                let (pace, level) =
                    (600.0 * (1.0 + 0.2 * dice.bell() + 0.3 * i as f64).max(0.3), 1.0 + 0.08 * dice.bell());
                iterations
                    .iter()
                    .map(|t| {
                        end * level + 0.3 * (-(t / pace).powf(0.6) * 2.0).exp() * (1.0 + 0.1 * dice.bell())
                    })
                    .collect()
            })
            .collect();
        let order = |share: f64| -> Vec<f64> {
            (0..iterations.len())
                .map(|t| {
                    let mut column: Vec<f64> = networks.iter().map(|network| network[t]).collect();
                    column.sort_by(f64::total_cmp);
                    column[(share * (column.len() - 1) as f64).round() as usize]
                })
                .collect()
        };
        LossCurve {
            class: class.clone(),
            iterations: iterations.clone(),
            median: order(0.5),
            range: Some(LossRange {
                label: "10th to 90th percentile".into(),
                low: order(0.1),
                high: order(0.9),
            }),
            networks: if n > 10 { networks.clone() } else { Vec::new() },
        }
    });
    LearningCurve {
        task: TASKS[task].into(),
        classes: curves.collect(),
        phases: if task == 2 {
            vec![Phase { from: 2500.0, label: "rate penalty on".into() }]
        } else {
            Vec::new()
        },
        data: vec!["tables/losses.parquet".into()],
    }
}

pub(crate) fn points(task: usize, classes: &[Class], n: usize, dice: &mut Dice) -> Embedding {
    let aspects = ASPECTS.iter().enumerate().map(|(a, aspect)| {
        let mut items = Vec::new();
        for group in [Group::Trained, if a == 3 { Group::Untrained } else { Group::Shuffled }] {
            for (i, class) in classes.iter().enumerate() {
                let family = (i / 2) as f64 + 0.16 * (i % 2) as f64;
                let (angle, reach) = (
                    family * 2.1 + 0.5 * a as f64 + task as f64,
                    if group == Group::Trained { 0.42 } else { 0.13 },
                );
                for seed in 0..n {
                    items.push(EmbeddingItem {
                        network: format!("{} {seed}", class.name),
                        class: i,
                        group,
                        at: [
                            reach * angle.cos()
                                + 0.045 * dice.bell()
                                + if group == Group::Trained { 0.0 } else { 0.55 },
                            reach * angle.sin() + 0.055 * dice.bell(),
                        ],
                    });
                }
            }
        }
        let recordings = if a == 0 && task == 0 {
            vec![PlacedRecording { name: "area 8".into(), at: [0.4, -0.2], correlation: 0.91 }]
        } else {
            Vec::new()
        };
        AspectEmbedding { aspect: (*aspect).into(), stress: Some(0.08 + 0.03 * a as f64), items, recordings }
    });
    Embedding {
        task: TASKS[task].into(),
        classes: classes.to_vec(),
        aspects: aspects.collect(),
        data: vec!["tables/embeddings.parquet".into()],
    }
}

pub(crate) fn distances(points: &Embedding) -> DistanceMatrices {
    let aspects = points.aspects.iter().map(|aspect| {
        let items = &aspect.items;
        let blocks = items.chunk_by(|a, b| (a.class, a.group) == (b.class, b.group));
        AspectDistances {
            aspect: aspect.aspect.clone(),
            values: items
                .iter()
                .flat_map(|a| items.iter().map(move |b| (a.at[0] - b.at[0]).hypot(a.at[1] - b.at[1])))
                .collect(),
            blocks: blocks
                .map(|run| ItemBlock { class: run[0].class, group: run[0].group, len: run.len() })
                .collect(),
        }
    });
    DistanceMatrices {
        task: points.task.clone(),
        classes: points.classes.clone(),
        aspects: aspects.collect(),
        data: vec!["tables/distances.parquet".into()],
    }
}

pub(crate) fn units(task: usize, classes: &[Class], dice: &mut Dice) -> Selectivity {
    let clouds = classes.iter().enumerate().map(|(i, class)| {
        let (tanh, dale) = (class.name.starts_with("tanh"), class.name.ends_with("dale"));
        let units = (0..90 + i).map(|unit| {
            let mut at = [0, 1, 2].map(|axis| dice.bell() * [0.05, 0.045, 0.03][axis]);
            if tanh {
                let far = if dice.flat() > 0.93 { 5.0 } else { 1.0 };
                at = at.map(|v| v * far);
            } else {
                at[unit % 2] += [-1.0, 1.0][unit / 2 % 2] * dice.flat() * 0.6;
            }
            let sign = match (dale, unit % 5 == 0) {
                (false, _) => Sign::Free,
                (true, true) => Sign::Inhibitory,
                (true, false) => Sign::Excitatory,
            };
            Unit { at, sign }
        });
        SelectivityCloud {
            class: class.clone(),
            network: format!("{} 17", class.name),
            explained: Some([0.44, 0.31, 0.09]),
            units: units.collect(),
        }
    });
    Selectivity {
        task: TASKS[task].into(),
        classes: clouds.collect(),
        data: vec!["tables/selectivity.parquet".into()],
    }
}

pub(crate) const STATISTICS: [&str; 5] = [
    "silhouette, tanh against rest",
    "silhouette, relu against sigmoid",
    "silhouette, three classes",
    "kNN accuracy, three classes",
    "silhouette, trained against control",
];
/// Published values of CDDM, an aspect a row.
pub(crate) const VALUES: [[f64; 5]; 4] = [
    [0.56, 0.25, 0.36, 0.95, 0.43],
    [0.61, 0.29, 0.41, 0.96, 0.24],
    [0.55, 0.21, 0.33, 0.99, 0.50],
    [0.56, 0.12, 0.29, 0.87, 0.56],
];

pub(crate) fn beside(task: usize, dice: &mut Dice) -> Agreement {
    let mut rows = Vec::new();
    for (s, statistic) in STATISTICS.iter().enumerate() {
        for (a, aspect) in ASPECTS.iter().enumerate() {
            let value = VALUES[a][s] + 0.05 * dice.bell();
            rows.push(AgreementRow {
                statistic: (*statistic).into(),
                aspect: (*aspect).into(),
                value: value.min(0.99),
                interval: Some([value - 0.05, (value + 0.05).min(1.0)]),
                published: (a + s != 7).then_some(VALUES[a][s]),
            });
        }
    }
    Agreement { task: TASKS[task].into(), rows, data: vec!["tables/statistics.parquet".into()] }
}

pub(crate) fn circuits(task: usize, classes: &[Class], dice: &mut Dice) -> Circuits {
    let nodes = ["motion ctx", "colour ctx", "motion R", "motion L", "colour R", "colour L", "right", "left"];
    let class_weights = |class: &Class| {
        let weights: Vec<f64> = (0..64)
            .map(|i| {
                let suppression = matches!((i / 8, i % 8), (2 | 3, 1) | (4 | 5, 0));
                if suppression { -0.75 + 0.05 * dice.bell() } else { 0.12 * dice.bell() }
            })
            .collect();
        CircuitWeights {
            class: class.clone(),
            remark: "mean of 10 networks, r² 0.78".into(),
            intervals: weights.iter().map(|weight| [weight - 0.1, weight + 0.1]).collect(),
            weights,
        }
    };
    Circuits {
        task: TASKS[task].into(),
        nodes: nodes.map(String::from).into(),
        classes: classes.iter().map(class_weights).collect(),
        shown: CircuitsShown::ClassMean,
        data: vec!["tables/circuits.parquet".into()],
    }
}
