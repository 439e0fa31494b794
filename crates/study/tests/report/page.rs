//! A made-up study: no number here was computed by any network.

use circuitscope_study::figure::*;
use circuitscope_study::report::*;

/// How much the made-up study holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Size {
    /// One task, three classes, a few networks.
    Small,
    /// Three tasks, six classes and one of a user's own, fifty networks each.
    Full,
}

/// Uniform numbers in [0, 1): Knuth's MMIX generator.
struct Dice(u64);

impl Dice {
    fn flat(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Mean 0, standard deviation 1, nearly normal.
    fn bell(&mut self) -> f64 {
        (0..12).map(|_| self.flat()).sum::<f64>() - 6.0
    }
}

const TASKS: [&str; 3] = ["CDDM", "Go/NoGo", "MemoryNumber"];
const NAMES: [&str; 6] = ["relu dale", "relu free", "sigmoid dale", "sigmoid free", "tanh dale", "tanh free"];
const ASPECTS: [&str; 4] = ["Trajectories", "Selectivity", "Endpoints", "Fixed points"];
/// Published errors of the six classes on CDDM, Go/NoGo and MemoryNumber, × 10⁻³.
const PUBLISHED: [[[f64; 3]; 6]; 3] = [
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

pub(crate) fn page(size: Size) -> Page {
    let (tasks, n): (&[&str], usize) = match size {
        Size::Small => (&TASKS[..1], 4),
        Size::Full => (&TASKS, 50),
    };
    let classes = match size {
        Size::Small => Class::palette(&["relu dale", "tanh free", "softplus free"]),
        Size::Full => Class::palette(&NAMES),
    };
    let mut dice = Dice(7);
    let mut figures = Vec::new();
    let mut runs = Vec::new();
    for (task_idx, task) in tasks.iter().enumerate() {
        let mut place =
            |topic, figure| figures.push(PlacedFigure { topic, task: Some((*task).into()), figure });
        let scores = scores(task_idx, &classes, n, &mut dice);
        runs.extend(scores.classes.iter().map(|class| RunRow {
            task: (*task).into(),
            class: class.class.label.clone(),
            counts: class.counts.clone(),
            median_r2: class.median_r2,
        }));
        place(Topic::Scores, score_distribution(&scores));
        place(Topic::Learning, learning_curve(&losses(task_idx, &classes, n, &mut dice)));
        place(Topic::Trajectories, trajectories(&paths(task_idx, &classes, &mut dice)));
        let points = points(task_idx, &classes, n, &mut dice);
        place(Topic::Distances, distance_matrix(&distances(&points)));
        place(Topic::Embeddings, embedding(&points));
        place(Topic::Selectivity, selectivity_cloud(&units(task_idx, &classes, &mut dice)));
        place(Topic::Agreement, agreement(&beside(task_idx, &mut dice)));
    }
    Page {
        study: "Six architectures, three tasks".into(),
        summary: "We trained 100 recurrent networks of each of six architectures on each of three cognitive tasks, \
                  from different random seeds, kept the best 50 of each, and compared how they solve the task: how \
                  their states move, what their units respond to, and where they come to rest."
            .into(),
        tasks: tasks.iter().map(|task| (*task).into()).collect(),
        classes,
        findings: findings(),
        runs,
        claims: claims(),
        figures,
        statistics: tasks.iter().enumerate().flat_map(|(i, _)| statistics(i, &mut dice)).collect(),
        notes: vec!["The registration of selectivity used 60 starts a pair.".into()],
        provenance: provenance(),
    }
}

fn findings() -> Vec<Finding> {
    let finding = |value: &str, label: &str, detail: &str, verdict| Finding {
        value: value.into(),
        label: label.into(),
        detail: detail.into(),
        verdict,
    };
    vec![
        finding(
            "0.95",
            "kNN accuracy, three activations",
            "A network's activation can be told from its trajectories; chance is 0.33.",
            Some(Verdict::Supported),
        ),
        finding(
            "0.36",
            "silhouette, three activations",
            "Published value 0.36, interval of this study 0.33 … 0.39.",
            Some(Verdict::Supported),
        ),
        finding(
            "× 1.15",
            "centroid distance, trained over untrained",
            "The interval 0.96 … 1.31 includes 1.",
            Some(Verdict::NotSupported),
        ),
        finding(
            "1 791",
            "networks analysed",
            "Of 1 800 trained; 3 diverged and 6 fell below the floor.",
            None,
        ),
    ]
}

fn claims() -> Vec<ClaimRow> {
    let claim = |number: &str, claim: &str, evidence: &str, verdict, reason: &str| ClaimRow {
        number: number.into(),
        claim: claim.into(),
        evidence: evidence.into(),
        verdict,
        reason: reason.into(),
        data: "tables/claims.parquet".into(),
    };
    vec![
        claim(
            "1",
            "Identical training leads the six architectures to different solutions",
            "pseudo-F 84.2 (61.0 … 110.4), p = .0001 after Holm, in the weakest aspect",
            Verdict::Supported,
            "",
        ),
        claim(
            "6",
            "Training amplifies the differences",
            "centroid distance × 1.15 (0.96 … 1.31)",
            Verdict::NotSupported,
            "the interval includes 1",
        ),
        claim(
            "17",
            "tanh networks stay insensitive to strong irrelevant stimuli",
            "slope 0.01 (−0.08 … 0.10), 4 networks",
            Verdict::NotDecidable,
            "fewer than ten networks a class",
        ),
    ]
}

fn provenance() -> Provenance {
    Provenance {
        software: "circuitscope 0.1.0".into(),
        format_version: "1".into(),
        kernel_path: "x86-64 AVX-512".into(),
        facts: vec![
            ("Master seed".into(), "20250131".into()),
            ("Seeds".into(), "0 … 99 for each class".into()),
        ],
        config:
            "name = \"paper\"\nseeds = 100\n\n[[task]]\nname = \"cddm\"\nkeep = { r2 = 0.8, best = 50 }\n"
                .into(),
        artefacts: ["networks.safetensors", "tables/scores.parquet", "tables/embeddings.parquet"]
            .iter()
            .enumerate()
            .map(|(i, path)| Artefact {
                path: (*path).into(),
                content: ["weights", "scores of every network", "positions in the plane"][i].into(),
                sha256: format!("{:064x}", 0x9e37_79b9_7f4a_7c15_u128 * (i as u128 + 3)),
            })
            .collect(),
    }
}

fn scores(task: usize, classes: &[Class], n: usize, dice: &mut Dice) -> ScoreDistribution {
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

fn losses(task: usize, classes: &[Class], n: usize, dice: &mut Dice) -> LearningCurve {
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

fn paths(task: usize, classes: &[Class], dice: &mut Dice) -> Trajectories {
    let decision = task == 0;
    let entries = classes.iter().map(|class| {
        let tanh = class.name.starts_with("tanh");
        let wobble = [dice.bell() * 0.1, dice.bell() * 0.1];
        let trials = if decision { decisions(tanh, wobble) } else { values(tanh, task == 2, wobble) };
        TrajectoryClass {
            class: class.clone(),
            network: format!("{} 17", class.name),
            explained: Some(if tanh { [0.52, 0.24, 0.11] } else { [0.61, 0.22, 0.08] }),
            trials,
        }
    });
    Trajectories {
        task: TASKS[task].into(),
        quantity: if decision { "relevant coherence" } else { "value" }.into(),
        range: if decision { [-1.0, 1.0] } else { [0.0, 1.0] },
        onset: decision.then_some(99),
        groups: if decision { vec!["motion context".into(), "colour context".into()] } else { Vec::new() },
        classes: entries.collect(),
        data: vec!["tables/trajectories.parquet".into()],
    }
}

/// Two contexts, 5 × 5 coherences, 300 steps: wings that fold apart (relu, sigmoid) or two sheets (tanh).
fn decisions(tanh: bool, wobble: [f64; 2]) -> Vec<Trajectory> {
    let levels = [-1.0, -0.5, 0.0, 0.5, 1.0];
    let mut trials = Vec::new();
    for (group, side) in [(0, -1.0), (1, 1.0)] {
        for relevant in levels {
            for irrelevant in levels {
                let states = (0..300).map(|t| {
                    let context = 1.0 - (-f64::from(t) / if tanh { 12.0 } else { 40.0 }).exp();
                    let seen = if t > 99 { 1.0 - (-f64::from(t - 99) / 45.0).exp() } else { 0.0 };
                    let drive = (2.5 * f64::from(relevant)).tanh() * seen;
                    let leak: f64 = irrelevant * seen * (-f64::from(t) / 260.0).exp();
                    if tanh {
                        [
                            drive * 0.9 + 0.1 * leak,
                            side * context * 0.75 + wobble[0] * drive,
                            0.35 * leak + 0.1 * drive * side,
                        ]
                    } else {
                        let fold = drive.abs().powf(1.5);
                        [
                            drive,
                            side * context * (0.35 + 0.45 * fold) + 0.08 * leak,
                            0.4 * fold - 0.25 * context + 0.16 * leak * side + wobble[1] * drive,
                        ]
                    }
                });
                trials.push(Trajectory {
                    condition: Condition {
                        group,
                        value: relevant,
                        label: format!(
                            "{} context\nrelevant {relevant}, irrelevant {irrelevant}",
                            ["motion", "colour"][group]
                        ),
                    },
                    states: states.collect(),
                });
            }
        }
    }
    trials
}

/// Eleven values: a line attractor (memory) or two end states.
fn values(tanh: bool, memory: bool, wobble: [f64; 2]) -> Vec<Trajectory> {
    (0..=10)
        .map(|i| {
            let value = f64::from(i) / 10.0;
            let states = (0..120).map(|t| {
                let t = f64::from(t) / 120.0;
                let cue = 1.0 / (1.0 + (-(t - 0.55) * 30.0).exp());
                let rise = 1.0 - (-t * 9.0).exp();
                let side = if memory { value * 2.0 - 1.0 } else { ((value - 0.5) * 14.0).tanh() };
                let early = (value - 0.5) * rise;
                let bend = if tanh { side * side * 0.5 } else { side.abs() * 0.15 };
                [
                    early * (1.0 - cue) + side * cue * 0.8,
                    cue * 0.7 - 0.2 * rise + wobble[0] * side * cue,
                    bend * cue + 0.2 * early + 0.1 * (t * 5.0).sin(),
                ]
            });
            Trajectory {
                condition: Condition { group: 0, value, label: format!("value {value}") },
                states: states.collect(),
            }
        })
        .collect()
}

fn points(task: usize, classes: &[Class], n: usize, dice: &mut Dice) -> Embedding {
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
        AspectEmbedding { aspect: (*aspect).into(), stress: Some(0.08 + 0.03 * a as f64), items }
    });
    Embedding {
        task: TASKS[task].into(),
        classes: classes.to_vec(),
        aspects: aspects.collect(),
        data: vec!["tables/embeddings.parquet".into()],
    }
}

fn distances(points: &Embedding) -> DistanceMatrices {
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

fn units(task: usize, classes: &[Class], dice: &mut Dice) -> Selectivity {
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

const STATISTICS: [&str; 5] = [
    "silhouette, tanh against rest",
    "silhouette, relu against sigmoid",
    "silhouette, three classes",
    "kNN accuracy, three classes",
    "silhouette, trained against control",
];
/// Published values of CDDM, an aspect a row.
const VALUES: [[f64; 5]; 4] = [
    [0.56, 0.25, 0.36, 0.95, 0.43],
    [0.61, 0.29, 0.41, 0.96, 0.24],
    [0.55, 0.21, 0.33, 0.99, 0.50],
    [0.56, 0.12, 0.29, 0.87, 0.56],
];

fn beside(task: usize, dice: &mut Dice) -> Agreement {
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

fn statistics(task: usize, dice: &mut Dice) -> Vec<StatisticRow> {
    let mut rows = Vec::new();
    for (a, aspect) in ASPECTS.iter().enumerate() {
        for (s, statistic) in STATISTICS.iter().enumerate() {
            let value = VALUES[a][s] + 0.03 * dice.bell();
            let verdict = [
                Some(Verdict::Supported),
                None,
                Some(Verdict::NotSupported),
                Some(Verdict::Supported),
                Some(Verdict::NotDecidable),
            ][(a + s) % 5];
            rows.push(StatisticRow {
                task: TASKS[task].into(),
                aspect: (*aspect).into(),
                space: if s == 3 { "distances" } else { "embedding" }.into(),
                statistic: (*statistic).into(),
                value: (verdict != Some(Verdict::NotDecidable)).then_some(value),
                interval: (verdict != Some(Verdict::NotDecidable)).then_some([value - 0.05, value + 0.05]),
                p: (s == 3).then_some(0.0001),
                p_holm: (s == 3).then_some(0.0024),
                published: Some(VALUES[a][s]),
                verdict,
                reason: match verdict {
                    Some(Verdict::NotSupported) => "interval includes 0".into(),
                    Some(Verdict::NotDecidable) => "fewer than five networks in a class".into(),
                    _ => String::new(),
                },
            });
        }
        rows.push(StatisticRow {
            task: TASKS[task].into(),
            aspect: (*aspect).into(),
            space: "distances".into(),
            statistic: "PERMANOVA pseudo-F, architecture".into(),
            value: Some(84.2 + a as f64),
            interval: Some([61.0, 110.4]),
            p: Some(0.0001),
            p_holm: Some(0.0036),
            published: None,
            verdict: Some(Verdict::Supported),
            reason: String::new(),
        });
    }
    rows
}
