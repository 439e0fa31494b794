//! Made-up runs of networks: trajectories, where they end, and choices.

use circuitscope_report::figure::*;

use crate::numbers::{Dice, TASKS};

pub(crate) fn paths(task: usize, classes: &[Class], dice: &mut Dice) -> Trajectories {
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
    let levels: [f64; 5] = [-1.0, -0.5, 0.0, 0.5, 1.0];
    let mut trials = Vec::new();
    for (group, side) in [(0, -1.0), (1, 1.0)] {
        for relevant in levels {
            for irrelevant in levels {
                let states = (0..300).map(|t| {
                    let context = 1.0 - (-f64::from(t) / if tanh { 12.0 } else { 40.0 }).exp();
                    let seen = if t > 99 { 1.0 - (-f64::from(t - 99) / 45.0).exp() } else { 0.0 };
                    let drive = (2.5 * relevant).tanh() * seen;
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

pub(crate) fn resting(paths: &Trajectories) -> FixedPoints {
    let classes = paths.classes.iter().map(|class| FixedPointClass {
        class: class.class.clone(),
        network: class.network.clone(),
        explained: class.explained,
        points: class
            .trials
            .iter()
            .enumerate()
            .map(|(i, trial)| FixedPoint {
                condition: trial.condition.clone(),
                stability: if i % 5 == 2 { Stability::Unstable } else { Stability::Stable },
                at: trial.states[trial.states.len() - 1],
            })
            .collect(),
        trials: class.trials.clone(),
    });
    FixedPoints {
        task: paths.task.clone(),
        quantity: paths.quantity.clone(),
        range: paths.range,
        groups: paths.groups.clone(),
        classes: classes.collect(),
        data: vec!["tables/fixed_points.parquet".into()],
    }
}

pub(crate) fn answers(task: usize, classes: &[Class]) -> Behaviour {
    let stimulus: Vec<f64> = (0..31).map(|i| -4.0 + 8.0 * f64::from(i) / 30.0).collect();
    let panels = ["motion context", "colour context"].map(|context| BehaviourPanel {
        title: context.into(),
        stimulus: "irrelevant coherence".into(),
        response: "P(right)".into(),
        range: [0.0, 1.0],
        trained: Some([-1.0, 1.0]),
        curves: classes
            .iter()
            .enumerate()
            .map(|(class, _)| {
                let steep = 0.9 - 0.17 * class as f64;
                let at = |shift: f64| -> Vec<f64> {
                    stimulus.iter().map(|s| 1.0 / (1.0 + (-steep * s - shift).exp())).collect()
                };
                ResponseCurve {
                    class,
                    stimulus: stimulus.clone(),
                    response: at(0.0),
                    bounds: Some([at(-0.25), at(0.25)]),
                }
            })
            .collect(),
    });
    Behaviour {
        task: TASKS[task].into(),
        test: "choice against irrelevant coherence".into(),
        classes: classes.to_vec(),
        bounds: "95 % interval over networks".into(),
        panels: panels.into(),
        data: vec!["tables/behaviour.parquet".into()],
    }
}

/// Recorded neurons that the last class is like.
pub(crate) fn recorded(task: &str, classes: &[Class]) -> RecordedDistances {
    let last = classes.len() - 1;
    let row = |class: usize| {
        let distance = if class == last { 0.4 } else { 0.9 };
        let nearest_share = f64::from(u8::from(class == last));
        Some(DistanceRow { distance, interval: Some([distance - 0.1, distance + 0.2]), nearest_share })
    };
    let measured = |measure: &str| MeasuredDistances {
        measure: measure.into(),
        rows: (0..classes.len()).map(row).collect(),
        ceiling: Some([0.2, 0.5]),
        halves: Some(0.3),
        floor: [Some(1.1), None],
    };
    let ranked = classes.iter().enumerate().map(|(place, class)| RankedClass {
        class: class.clone(),
        p: Some(if place == last { 0.62 } else { 0.001 }),
        is_possible: place == last,
    });
    let power = |own: f64| [10.0, 60.0, 500.0].map(|n| PowerPoint { n, told: n / 500.0, is_own: n == own });
    RecordedDistances {
        task: task.into(),
        recording: "area 8".into(),
        verdict: classes[last].label.clone(),
        classes: ranked.collect(),
        measures: vec![measured("Trajectories"), measured("Endpoints")],
        power: [power(60.0).to_vec(), power(10.0).to_vec()],
        data: vec!["tables/recording_distances.parquet".into()],
    }
}

/// Measures of the same neurons.
pub(crate) fn recorded_measure(task: &str, classes: &[Class]) -> RecordedMeasures {
    let of_class = |(place, class): (usize, &Class)| MeasureOfClass {
        class: class.clone(),
        median: 0.2 * place as f64,
        range: [0.2 * place as f64 - 0.1, 0.2 * place as f64 + 0.1],
        percentile: 1.0 - 0.3 * place as f64,
    };
    RecordedMeasures {
        task: task.into(),
        recording: "area 8".into(),
        measures: vec![RecordedMeasure {
            measure: "early divergence of the contexts".into(),
            value: 0.33,
            classes: classes.iter().enumerate().map(of_class).collect(),
        }],
        data: vec!["tables/recording_measures.parquet".into()],
    }
}
