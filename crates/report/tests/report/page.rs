//! A made-up study: no number here was computed by any network.

use circuitscope_report::figure::*;
use circuitscope_report::*;

use crate::numbers::*;
use crate::portraits::*;
use crate::runs::*;

/// How much the made-up study holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Size {
    /// One task, three classes, a few networks.
    Small,
    /// Three tasks, six classes and one of a user's own, fifty networks each.
    Full,
}

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
        let paths = paths(task_idx, &classes, &mut dice);
        place(Topic::Trajectories, trajectories(&paths));
        place(Topic::FixedPoints, fixed_points(&resting(&paths)));
        if task_idx == 0 {
            place(Topic::FixedPoints, branches(&between_inputs(task, &classes)));
            place(Topic::FixedPoints, line_attractors(&between_choices(task, &classes)));
        }
        place(Topic::FixedPoints, eigenvalues(&spectra(task, &classes, &mut Dice(11))));
        if task_idx == 0 {
            let weights = circuits(task_idx, &classes, &mut dice);
            place(Topic::Circuits, circuit_graph(&graphs(&weights)));
            place(Topic::Circuits, circuit(&weights));
            for compared in [Compared::Responses, Compared::Perturbations] {
                place(Topic::Circuits, circuit_scatter(&against_networks(task, compared, &classes)));
            }
            place(Topic::Behaviour, behaviour(&answers(task_idx, &classes)));
            place(Topic::Recordings, recorded_distances(&recorded(task, &classes)));
            place(Topic::Recordings, recorded_measures(&recorded_measure(task, &classes)));
        }
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
        hypotheses: Vec::new(),
        effects: Vec::new(),
        claims_note: String::new(),
        mechanisms: Vec::new(),
        recordings: vec![RecordingRow {
            task: tasks[0].into(),
            name: "area 8".into(),
            used: "60 neurons, 6 of the task's 6 conditions".into(),
            verdict: "tanh".into(),
            why: "relu or sigmoid ruled out".into(),
            needed: "95 % are told".into(),
        }],
        measures: tasks.iter().flat_map(|task| measures(task)).collect(),
        sides: tasks.iter().map(|task| side(task)).collect(),
        figures,
        statistics: tasks.iter().enumerate().flat_map(|(i, _)| statistics(i, &mut dice)).collect(),
        robustness: robustness(tasks),
        checklist: vec![("Unit of replication".into(), "the network".into())],
        notes: vec!["The registration of selectivity used 60 starts a pair.".into()],
        provenance: provenance(),
        under_way: None,
    }
}

fn measures(task: &str) -> Vec<MeasureRow> {
    let group = |mean: f64| MeasureGroup { mean: Some(mean), interval: Some([mean - 0.04, mean + 0.05]) };
    let row = |choice: Option<&str>, shift: f64| MeasureRow {
        task: task.into(),
        measure: "what exchanging the contexts leaves of the trajectories".into(),
        choice: choice.map(Into::into),
        groups: ["ReLU", "sigmoid", "tanh"].map(String::from).to_vec(),
        trained: [0.21, 0.33, 0.62].map(|mean| group(mean + shift)).to_vec(),
        untrained: [0.41, 0.43, 12.4].map(|mean| group(mean + shift)).to_vec(),
        shuffled: vec![group(0.5), group(150.0), MeasureGroup { mean: None, interval: None }],
    };
    vec![row(None, 0.0), row(Some("3 components"), -0.02)]
}

fn side(task: &str) -> SideRow {
    SideRow {
        task: task.into(),
        aspect: "Trajectories".into(),
        statistic: "silhouette, activations".into(),
        trained: Some(0.36),
        better_half: Some(0.38),
        worse_half: Some(0.31),
        untrained: Some(-0.02),
        shuffled: None,
    }
}

fn robustness(tasks: &[&str]) -> Vec<RobustnessRow> {
    let cell = |conclusion: &str, value, p, outcome| RobustnessCell {
        conclusion: conclusion.into(),
        value,
        p,
        outcome,
        doubtful: (outcome == Outcome::WithinNoise).then(|| DoubtfulEffect {
            name: "beyond noise".into(),
            value: 0.012,
            interval: [-0.03, 0.054],
        }),
    };
    let row = |task: &str, networks: &str, measure: &str, outcome| RobustnessRow {
        task: task.into(),
        networks: networks.into(),
        measure: measure.into(),
        cells: vec![
            cell("Classes differ", Some(84.2), Some(0.0002), Outcome::Survives),
            cell("tanh stands apart", Some(-0.12), Some(0.3), outcome),
            cell("ReLU and sigmoid are near", None, None, Outcome::NotDecidable),
        ],
    };
    let of_task = |task: &&str| {
        [
            row(task, "trained", "published distance", Outcome::Falls),
            row(task, "trained", "CKA", Outcome::WithinNoise),
            row(task, "untrained", "CKA", Outcome::Falls),
        ]
    };
    tasks.iter().flat_map(of_task).collect()
}

fn findings() -> Vec<Finding> {
    let finding = |value: &str, label: &str, detail: &str| Finding {
        value: value.into(),
        label: label.into(),
        detail: detail.into(),
    };
    vec![
        finding(
            "0.95",
            "kNN accuracy, three activations",
            "A network's activation can be told from its trajectories; chance is 0.33.",
        ),
        finding(
            "0.36",
            "silhouette, three activations",
            "Published value 0.36, interval of this study 0.33 … 0.39.",
        ),
        finding(
            "× 1.15",
            "centroid distance, trained over untrained",
            "The interval 0.96 … 1.31 includes 1.",
        ),
        finding("1 791", "networks analysed", "Of 1 800 trained; 3 diverged and 6 fell below the floor."),
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
        readings: [Verdict::Supported, Verdict::Contradicted]
            .map(|verdict| ReadingRow { meaning: "a reading".into(), evidence: "x: 0.5".into(), verdict })
            .into(),
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
            Verdict::Inconclusive,
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
        study_identity: "5d0c".repeat(16),
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

fn statistics(task: usize, dice: &mut Dice) -> Vec<StatisticRow> {
    let mut rows = Vec::new();
    for (a, aspect) in ASPECTS.iter().enumerate() {
        for (s, statistic) in STATISTICS.iter().enumerate() {
            let value = VALUES[a][s] + 0.03 * dice.bell();
            let verdict = [
                Some(Verdict::Supported),
                None,
                Some(Verdict::Inconclusive),
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
                    Some(Verdict::Inconclusive) => "interval includes 0".into(),
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
