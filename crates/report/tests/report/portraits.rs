//! Made-up example networks taken apart.

use circuitscope_report::figure::*;

use crate::numbers::Dice;

pub(crate) fn spectra(task: &str, classes: &[Class], dice: &mut Dice) -> Eigenvalues {
    let growth = |[re, im]: [f64; 2], at: usize| match at % 3 {
        _ if re > 0.0 => Growth::Grows,
        _ if (1.0 + 0.1 * re).hypot(0.1 * im) > 1.0 => Growth::GrowsInSteps,
        0 => Growth::DecaysAtUnstable,
        _ => Growth::DecaysAtStable,
    };
    let of_class = |class: &Class| {
        let values = (0..120).flat_map(|at| {
            let (re, im) = (-0.8 + 0.35 * dice.bell(), 0.5 * dice.bell());
            [im, -im].map(|im| SpectrumPoint { at: [re, im], growth: growth([re, im], at) })
        });
        let values = values.collect();
        EigenvalueClass {
            class: class.clone(),
            network: format!("{} 17", class.name),
            alpha: 0.1,
            n_points: 6,
            values,
        }
    };
    Eigenvalues {
        task: task.into(),
        classes: classes.iter().map(of_class).collect(),
        data: vec!["tables/eigenvalues.parquet".into()],
    }
}

/// In each context a curve with two folds, and one without.
pub(crate) fn between_inputs(task: &str, classes: &[Class]) -> Branches {
    let fold = (1.0_f64 / 3.0).sqrt();
    let at = |y: f64| [2.5 * (y * y * y - y), y];
    let folded = BranchCurve {
        kind: 0,
        label: "motion coherence, motion context, colour 0".into(),
        steps: (-12..=12)
            .map(|k| {
                let y = f64::from(k) / 10.0;
                let stability = if y.abs() < fold { Stability::Unstable } else { Stability::Stable };
                BranchStep { at: at(y), stability: Some(stability) }
            })
            .collect(),
        events: vec![
            BranchEvent { at: at(fold), kind: BranchEventKind::Fold },
            BranchEvent { at: at(-fold), kind: BranchEventKind::Fold },
            BranchEvent { at: at(1.1), kind: BranchEventKind::Hopf },
        ],
    };
    let smooth = BranchCurve {
        kind: 1,
        label: "colour coherence, motion context, motion 0".into(),
        steps: (-10..=10)
            .map(|k| BranchStep { at: [f64::from(k) / 10.0, 0.3], stability: Some(Stability::Stable) })
            .collect(),
        events: Vec::new(),
    };
    let panel = |name: &str| BranchPanel { name: name.into(), curves: vec![folded.clone(), smooth.clone()] };
    let of_class = |class: &Class| BranchClass {
        class: class.clone(),
        network: format!("{} 17", class.name),
        panels: vec![panel("motion context"), panel("colour context")],
    };
    Branches {
        task: task.into(),
        quantity: "coherence".into(),
        range: [-1.0, 1.0],
        kinds: vec!["relevant coherence".into(), "irrelevant coherence".into()],
        classes: classes.iter().map(of_class).collect(),
        data: vec!["tables/branches.parquet".into()],
    }
}

pub(crate) fn between_choices(task: &str, classes: &[Class]) -> LineAttractors {
    let panel = |class: &Class, relevant: usize| {
        let arrow = |kind, x: f64, y: f64, cosine| ChoiceArrow { kind, along: [x, y], cosine };
        ChoicePanel {
            class: class.clone(),
            context: ["motion context", "colour context"][relevant].into(),
            relevant,
            network: format!("{} 17", class.name),
            points: (0..=10)
                .map(|k| {
                    let x = f64::from(k) / 5.0 - 1.0;
                    let drift = 0.004 * (x - x * x * x) * 2.0;
                    ChoicePoint { at: [x, 0.2 * x * x], drift, drift_per_ms: drift / 2.0, max_re: -0.02 }
                })
                .collect(),
            choices: [Some([-1.0, 0.25]), Some([1.0, 0.25])],
            arrows: vec![
                arrow(Direction::First, [0.8, 0.1][relevant], [0.1, 0.7][relevant], [0.7, 0.1][relevant]),
                arrow(Direction::Second, [0.1, 0.8][relevant], [-0.6, 0.1][relevant], [0.1, 0.7][relevant]),
                arrow(Direction::Selection, 0.9, 0.1, 1.0),
            ],
        }
    };
    LineAttractors {
        answers: ["right", "left"].map(str::to_owned),
        contexts: ["motion", "colour"].map(str::to_owned),
        task: task.into(),
        panels: classes.iter().flat_map(|class| [0, 1].map(|relevant| panel(class, relevant))).collect(),
        data: vec!["tables/line_attractors.parquet".into()],
    }
}

/// The weights of made-up circuits as edges, each with an interval of a tenth to either side.
pub(crate) fn graphs(circuits: &Circuits) -> CircuitGraphs {
    let n = circuits.nodes.len();
    let roles = |i: usize| if i < 6 { NodeRole::Input } else { NodeRole::Inner };
    let edge = |(at, &weight): (usize, &f64)| GraphEdge {
        from: at % n,
        to: at / n,
        weight,
        interval: Some([weight - 0.1, weight + 0.1]),
    };
    let of_class = |circuit: &CircuitWeights| CircuitGraph {
        class: circuit.class.clone(),
        remark: circuit.remark.clone(),
        edges: circuit.weights.iter().enumerate().map(edge).collect(),
    };
    CircuitGraphs {
        task: circuits.task.clone(),
        nodes: (0..n).map(|i| GraphNode { name: circuits.nodes[i].clone(), role: roles(i) }).collect(),
        classes: circuits.classes.iter().map(of_class).collect(),
        shown: circuits.shown,
        data: circuits.data.clone(),
    }
}

/// Points near the line on which circuit and network are the same.
pub(crate) fn against_networks(task: &str, compared: Compared, classes: &[Class]) -> CircuitScatter {
    let mut dice = Dice(13);
    let mut point = |k: usize| {
        let x = 0.2 * dice.bell();
        ScatterPoint { at: [x, x + 0.05 * dice.bell()], group: k % 2, hover: String::new() }
    };
    let mut of_class = |class: &Class| ScatterPanel {
        class: class.clone(),
        remark: "r 0.97, p 0.0001".into(),
        points: (0..40).map(&mut point).collect(),
    };
    CircuitScatter {
        task: task.into(),
        compared,
        groups: vec!["first".into(), "second".into()],
        classes: classes.iter().map(&mut of_class).collect(),
        data: vec!["tables/circuit_effects.parquet".into()],
    }
}
