//! The twenty tasks against their definitions in the published code (gyyang/multitask, `task.py`), written out here trial by trial:
//! when what is shown, where, how strongly, what is asked for, and how much it counts.

use circuitscope::task::{Task, Yang, YangSetting};
use circuitscope::trials::Trials;
use std::f64::consts::PI;

const RING: usize = 8;
const DT: f64 = 20.0;

fn setting() -> YangSetting {
    YangSetting { ring: RING, dt_ms: DT, trials: 40, directions: 8 }
}

fn task(name: &str) -> Task {
    Yang::task(name, &setting()).expect("a name").expect("a task")
}

/// A trial as the published code makes it: stimuli (ring 1 or 2, direction, strength, on, off), when the fixation point goes off, when
/// the answer is asked for, where to, and when the trial ends (steps).
struct Expected {
    stimuli: Vec<(usize, f64, f64, usize, usize)>,
    fixation_off: usize,
    go: usize,
    answer: Option<f64>,
    end: usize,
}

/// `get_dist` and `add_x_loc` of the code.
fn ring(location: f64) -> Vec<f64> {
    let pref = |unit: usize| 2.0 * PI / RING as f64 * unit as f64;
    (0..RING)
        .map(|unit| {
            let dist = (location - pref(unit)).abs();
            let dist = dist.min(2.0 * PI - dist) / (PI / 8.0);
            0.8 * (-dist * dist / 2.0).exp()
        })
        .collect()
}

/// Every array of a trial. float32 of sums of two numbers of order 1.
fn check(name: &str, trials: &Trials, trial: usize, expected: &Expected) {
    let close = |found: f32, wanted: f64| (f64::from(found) - wanted).abs() < 1e-6;
    for step in 0..trials.n_steps() {
        let case = format!("{name} trial {trial} step {step}");
        let at = step.min(expected.end - 1); // the last step stays
        let mut inputs = vec![0.0; 1 + 2 * RING];
        inputs[0] = f64::from(u8::from(at < expected.fixation_off));
        for &(modality, location, strength, on, off) in &expected.stimuli {
            if (on..off).contains(&at) {
                for (unit, rate) in ring(location).into_iter().enumerate() {
                    inputs[1 + (modality - 1) * RING + unit] += rate * strength;
                }
            }
        }
        for (input, wanted) in inputs.into_iter().enumerate() {
            let found = trials.inputs[[input, step, trial]];
            assert!(close(found, wanted), "{case} input {input}: {found}, not {wanted}");
        }
        let answers = expected.answer.filter(|_| at >= expected.go);
        let mut targets = vec![0.05; 1 + RING];
        if answers.is_none() {
            targets[0] = 0.8;
        }
        for (unit, rate) in answers.map_or_else(|| vec![0.0; RING], ring).into_iter().enumerate() {
            targets[1 + unit] += rate;
        }
        let weight = if step >= expected.end || (expected.go..expected.go + 5).contains(&step) || step < 5 {
            0.0 // beyond the trial, and 100 ms
        } else if step < expected.go {
            1.0
        } else {
            5.0
        };
        for (output, wanted) in targets.into_iter().enumerate() {
            let found = trials.targets[[output, step, trial]];
            assert!(close(found, wanted), "{case} output {output}: {found}, not {wanted}");
            let weight = if output == 0 { 2.0 * weight } else { weight };
            assert_eq!(trials.weight(output, step, trial), weight, "{case} weight {output}");
        }
    }
}

/// ms to steps.
fn at(ms: f64) -> usize {
    (ms / DT) as usize
}

/// The analysis trial that these conditions stand for, by what the code does in its mode `test`.
fn expected(name: &str, conditions: &[f64]) -> Expected {
    let direction = conditions[0].to_radians();
    let opposite = (direction + PI) % (2.0 * PI);
    let shown = |spans: [(f64, f64); 2], strengths: [[f64; 2]; 2]| -> Vec<(usize, f64, f64, usize, usize)> {
        let mut stimuli = Vec::new();
        for modality in [1, 2] {
            for (place, location) in [direction, opposite].into_iter().enumerate() {
                let (on, off) = spans[place];
                stimuli.push((modality, location, strengths[modality - 1][place], at(on), at(off)));
            }
        }
        stimuli
    };
    let name = name.strip_prefix("yang_").expect("one of the twenty");
    match name {
        "go" | "anti" | "rt_go" | "rt_anti" | "dly_go" | "dly_anti" => {
            let (on, off, fixation_off, go, end) = match &name[..2] {
                "rt" => (2000.0, 2500.0, 2500.0, 2000.0, 2500.0),
                "dl" => (500.0, 1000.0, 2000.0, 2000.0, 2500.0),
                _ => (500.0, 2000.0, 1500.0, 1500.0, 2000.0),
            };
            Expected {
                stimuli: vec![(conditions[1] as usize, direction, 1.0, at(on), at(off))],
                fixation_off: at(fixation_off),
                go: at(go),
                answer: Some(if name.ends_with("anti") { opposite } else { direction }),
                end: at(end),
            }
        }
        "dms" | "dnms" | "dmc" | "dnmc" => {
            let is_match = conditions[1] == 1.0;
            let second = if is_match { direction } else { opposite };
            let answers = is_match != name.starts_with("dn");
            Expected {
                stimuli: vec![
                    (conditions[2] as usize, direction, 1.0, at(500.0), at(1000.0)),
                    (conditions[3] as usize, second, 1.0, at(2200.0), at(2700.0)),
                ],
                fixation_off: at(2700.0),
                go: at(2200.0),
                answer: answers.then_some(second),
                end: at(2700.0),
            }
        }
        _ => {
            let pair = |coherence: f64| [1.0 + coherence, 1.0 - coherence];
            let strengths = if name.starts_with("multsen") {
                let part = |sign: f64| {
                    pair(conditions[1]).map(|strength| strength * (1.0 + sign * conditions[2] / 2.0))
                };
                [part(1.0), part(-1.0)]
            } else if name.starts_with("ctx") {
                let (relevant, irrelevant) = (pair(conditions[1]), pair(conditions[2]));
                if name.ends_with('1') { [relevant, irrelevant] } else { [irrelevant, relevant] }
            } else if name.ends_with('1') {
                [pair(conditions[1]), [0.0; 2]]
            } else {
                [[0.0; 2], pair(conditions[1])]
            };
            let is_long = name.starts_with("ctx") || name.starts_with("multsen");
            let (spans, go, end) = match (name.contains("dly"), is_long) {
                (false, false) => ([(500.0, 2000.0); 2], 2000.0, 2500.0),
                (false, true) => ([(500.0, 1500.0); 2], 1500.0, 2000.0),
                (true, false) => ([(500.0, 1000.0), (2000.0, 2500.0)], 2700.0, 3000.0),
                (true, true) => ([(500.0, 1000.0), (2000.0, 2500.0)], 3000.0, 3500.0),
            };
            let answer = if conditions[1] > 0.0 { direction } else { opposite };
            let stimuli = shown(spans, strengths);
            Expected { stimuli, fixation_off: at(go), go: at(go), answer: Some(answer), end: at(end) }
        }
    }
}

#[test]
fn the_analysis_trials_of_the_twenty_tasks_are_those_of_the_published_code() {
    for name in &Yang::NAMES[..20] {
        let task = task(name);
        let trials = task.analysis_trials();
        let n_of_direction = match name.strip_prefix("yang_").expect("one of the twenty") {
            "dms" | "dnms" | "dmc" | "dnmc" | "ctx_dm1" | "ctx_dm2" | "ctx_dly_dm1" | "ctx_dly_dm2"
            | "multsen_dm" | "multsen_dly_dm" => 8,
            "dm1" | "dm2" | "dly_dm1" | "dly_dm2" => 4,
            _ => 2,
        };
        assert_eq!(trials.n_trials(), 8 * n_of_direction, "{name}");
        for trial in 0..trials.n_trials() {
            let conditions: Vec<f64> = trials.conditions.row(trial).iter().map(|&x| f64::from(x)).collect();
            let expected = expected(name, &conditions);
            check(name, &trials, trial, &expected);
            assert_eq!(task.decision().start, expected.go, "{name}");
            assert_eq!(task.decision().end, expected.end, "{name}");
        }
        // The grid is balanced: every direction as often, and evidence for either side alike.
        if task.condition_names().get(1).is_some_and(|name| name == "coherence") {
            let sum: f32 = trials.conditions.column(1).sum();
            assert!(sum.abs() < 1e-5, "{name}: {sum}");
        }
    }
}

/// The direction and the strength that a bump of a ring stands for, by its population vector.
fn decoded(rates: &[f64]) -> (f64, f64) {
    let (mut x, mut y, mut unit) = (0.0, 0.0, 0.0);
    for (place, rate) in rates.iter().enumerate() {
        let pref = 2.0 * PI * place as f64 / RING as f64;
        (x, y, unit) = (x + rate * pref.cos(), y + rate * pref.sin(), unit + ring(0.0)[place] * pref.cos());
    }
    (y.atan2(x).rem_euclid(2.0 * PI), x.hypot(y) / unit)
}

#[test]
fn training_draws_times_and_directions_from_the_published_ranges() {
    // Onset, and what follows until the answer, by task (ms); where times are drawn from a range they are cut to steps.
    type Ranges = (&'static [f64], &'static [&'static [f64]]);
    let of_task = |name: &str| -> Option<Ranges> {
        Some(match name {
            "yang_dly_go" | "yang_dly_anti" => {
                (&[300.0, 500.0, 700.0], &[&[200.0, 400.0, 600.0], &[200.0, 400.0, 800.0, 1600.0]])
            }
            "yang_dms" | "yang_dnms" | "yang_dmc" | "yang_dnmc" => {
                (&[200.0, 400.0, 600.0], &[&[200.0, 400.0, 600.0], &[200.0, 400.0, 800.0, 1600.0]])
            }
            _ => return None,
        })
    };
    for name in &Yang::NAMES[..20] {
        let task = task(name);
        let (trials, again, other) =
            (task.training_trials(3, 5), task.training_trials(3, 5), task.training_trials(3, 6));
        assert_eq!(trials, again, "{name}");
        assert_ne!(trials.inputs, other.inputs, "{name}");
        assert_eq!(trials.n_trials(), 40, "{name}");
        let mut lengths = Vec::new();
        for trial in 0..40 {
            let weights: Vec<f64> = (0..trials.n_steps()).map(|step| trials.weight(1, step, trial)).collect();
            let end = weights.iter().rposition(|&weight| weight > 0.0).expect("counts") + 1;
            let answers = weights.iter().filter(|&&weight| weight == 5.0).count();
            let go = end - answers - at(100.0);
            lengths.push(end);
            // The answer is asked for 500 ms, of which the first 100 do not count; in the tasks on categories for 200, 400 or 600.
            let expected: &[usize] = if name.ends_with("mc") { &[5, 15, 25] } else { &[20] };
            assert!(expected.contains(&answers), "{name}: {answers}");
            assert_eq!(weights.iter().filter(|&&weight| weight == 1.0).count(), go - 5, "{name}");
            let ring_at = |first: usize, step: usize| -> Vec<f64> {
                (0..RING).map(|unit| f64::from(trials.inputs[[first + unit, step, trial]])).collect()
            };
            let is_shown = |step: usize| (1..=2 * RING).any(|unit| trials.inputs[[unit, step, trial]] != 0.0);
            let on = (0..end).find(|&step| is_shown(step)).expect("a stimulus");
            let off = (on..end).find(|&step| !is_shown(step));
            if let Some((onsets, [durations, delays])) = of_task(name) {
                let off = off.expect("a delay");
                assert!(onsets.contains(&(on as f64 * DT)), "{name}: {on}");
                assert!(durations.contains(&((off - on) as f64 * DT)), "{name}: {off}");
                assert!(delays.contains(&((go - off) as f64 * DT)), "{name}: {go}");
            }
            let range = match &name[5..] {
                "go" | "anti" => 300.0..700.0,
                "rt_go" | "rt_anti" => 500.0..2500.0,
                name if name.ends_with("dm1") || name.ends_with("dm2") || name.ends_with("dm") => {
                    if name.contains("dly") { 200.0..601.0 } else { 100.0..400.0 }
                }
                _ => 200.0..701.0,
            };
            assert!(range.contains(&(on as f64 * DT)), "{name}: {on}");
            // What is answered is what the strongest stimulus, or the last one, or the rule says.
            let target: Vec<f64> =
                (1..=RING).map(|unit| f64::from(trials.targets[[unit, end - 1, trial]]) - 0.05).collect();
            let asks = target.iter().any(|&rate| rate > 0.1);
            assert_eq!(trials.targets[[0, end - 1, trial]], if asks { 0.05 } else { 0.8 }, "{name}");
            if ["yang_go", "yang_rt_go", "yang_dly_go", "yang_anti", "yang_rt_anti", "yang_dly_anti"]
                .contains(name)
            {
                let shown: Vec<f64> =
                    ring_at(1, on).iter().zip(ring_at(1 + RING, on)).map(|(a, b)| a + b).collect();
                let (direction, strength) = decoded(&shown);
                // On 8 units the vector of a bump of width π/8 has aliases of exp(−½ (π/8)² (7² − 1)) = .025 and
                // exp(−½ (π/8)² (9² − 1)) = .002 of its length: read from .947 to 1 of that at direction 0, and to .027 rad.
                assert!((strength - 1.0).abs() < 0.054, "{name}: {strength}");
                let turned = if name.ends_with("anti") { PI } else { 0.0 };
                let apart = (decoded(&target).0 - direction - turned).rem_euclid(2.0 * PI);
                assert!(apart.min(2.0 * PI - apart) < 0.055, "{name}: {apart}");
            }
        }
        lengths.sort_unstable();
        lengths.dedup();
        assert!(lengths.len() > 2, "{name}: trials of different length, {lengths:?}");
        assert!(*lengths.last().expect("trials") <= trials.n_steps(), "{name}");
    }
}

#[test]
fn the_twenty_together_have_the_published_inputs_and_outputs() {
    let all = Task::published("yang").expect("a task");
    // 1 fixation, two rings of 32, 20 rules; 1 fixation, a ring of 32.
    assert_eq!((all.input_names().len(), all.output_names().len()), (85, 33));
    assert_eq!(all.parts().len(), 20);
    assert_eq!(all.dt_ms(), Some(20.0));
    assert_eq!(all.constant_inputs().inputs.dim(), (40, 85));
    let all = task("yang");
    let trials = all.training_trials(1, 2);
    assert_eq!(trials.inputs.dim(), (1 + 2 * RING + 20, 210, 20 * 40)); // the longest trial lasts 4200 ms
    for trial in 0..trials.n_trials() {
        for rule in 0..20 {
            let is_on = f32::from(u8::from(rule == trial / 40));
            let shown = trials.inputs.slice(ndarray::s![1 + 2 * RING + rule, .., trial]);
            assert!(shown.iter().all(|&value| value == is_on), "{trial} {rule}");
        }
    }
    // From the stimulus on, as the published variance is taken: 500 ms, but 2000 ms where it is shown with the answer.
    for part in all.parts() {
        let expected = if part.name.contains("_rt_") { 100 } else { 25 };
        assert_eq!(part.steps.start, expected, "{}", part.name);
    }
}

#[test]
fn settings_from_which_no_trials_can_be_made_are_refused() {
    let sound = setting();
    for (wrong, field) in [
        (YangSetting { ring: 3, ..sound.clone() }, "ring"),
        (YangSetting { dt_ms: 0.0, ..sound.clone() }, "dt_ms"),
        (YangSetting { dt_ms: 120.0, ..sound.clone() }, "dt_ms"),
        (YangSetting { dt_ms: f64::NAN, ..sound.clone() }, "dt_ms"),
        (YangSetting { trials: 0, ..sound.clone() }, "trials"),
        (YangSetting { directions: 5, ..sound.clone() }, "directions"),
    ] {
        for name in ["yang", "yang_dms"] {
            let error = Yang::task(name, &wrong).expect("a name").expect_err(field);
            assert_eq!(error.field, field);
        }
    }
    assert!(Yang::task("yang_dmss", &sound).is_none());
}
