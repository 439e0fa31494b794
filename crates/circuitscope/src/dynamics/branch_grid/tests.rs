//! Sheets that are known.

use circuitscope_kernel::{Activation, Curve};
use ndarray::{Array1, Array2};
use rand::{RngExt, SeedableRng};

use super::*;
use crate::dynamics::continuation::Event;
use crate::dynamics::fixed_points::{Search, roots};
use crate::network::Form;

fn network(w_rec: Array2<f64>, curve: Curve, form: Form) -> Network {
    let n = w_rec.nrows();
    Network {
        w_rec,
        w_inp: Array2::ones((n, 1)),
        w_out: Array2::ones((1, n)),
        bias: Array1::zeros(n),
        initial_state: Array1::zeros(n),
        activation: Activation { curve, slope: 1.0 },
        form,
        dt_ms: 1.0,
        tau_ms: 10.0,
    }
}

/// `y = tanh(2 y + u)`: three roots where |u| is below 0.533, one elsewhere.
fn bistable(form: Form) -> Network {
    network(Array2::from_elem((1, 1), 2.0), Curve::Tanh, form)
}

fn grid(values: &[f64]) -> (Array2<f64>, Vec<InputLine>) {
    let inputs = Array2::from_shape_vec((values.len(), 1), values.to_vec()).expect("a column");
    (inputs, vec![InputLine { quantity: "value".to_owned(), inputs: (0..values.len()).collect() }])
}

fn found(network: &Network, inputs: &Array2<f64>, seed: u64) -> Vec<Vec<FixedPointRoot>> {
    let starts = Array2::zeros((0, network.n_units()));
    let found = roots(network, inputs.view(), starts.view(), &Search::THOROUGH, seed).expect("fits");
    found.into_iter().map(|found| found.points).collect()
}

fn followed(
    network: &Network,
    inputs: &Array2<f64>,
    lines: &[InputLine],
    found: &[Vec<FixedPointRoot>],
) -> BranchGrid {
    branch_grid(network, inputs.view(), lines, found, &Pace::STANDARD, &|| ()).expect("fits")
}

#[test]
fn folds_join_the_roots_of_a_bistable_unit_into_one_sheet() {
    let at = 2.0 * 0.5_f64.sqrt() - 0.5_f64.sqrt().atanh();
    for form in [Form::Rate, Form::Potential] {
        let network = bistable(form);
        let (inputs, lines) = grid(&[-1.0, -0.5, 0.0, 0.5, 1.0]);
        let found = found(&network, &inputs, 1);
        assert_eq!(found.iter().map(Vec::len).collect::<Vec<_>>(), [1, 3, 3, 3, 1], "{form:?}");
        let all = followed(&network, &inputs, &lines, &found);
        assert_eq!((all.n_sheets, all.branches.len(), all.n_unfollowed), (1, 1, 0), "{form:?}");
        assert_eq!(all.branches[0].passed.len(), 11, "each root once");
        let mut folds: Vec<f64> = all.branches[0]
            .branch
            .events
            .iter()
            .filter(|event| event.event == Event::Fold)
            .map(|event| 2.0 * event.at.position - 1.0)
            .collect();
        folds.sort_by(f64::total_cmp);
        assert_eq!(folds.len(), 2, "{form:?}");
        // A fold is bisected to 1e-12 along the branch, where the input is flat.
        assert!((folds[0] + at).abs() < 1e-9 && (folds[1] - at).abs() < 1e-9, "{folds:?} for ±{at}");
    }
}

#[test]
fn between_the_folds_there_are_three_sheets() {
    let network = bistable(Form::Rate);
    let (inputs, lines) = grid(&[-0.4, 0.0, 0.4]);
    let found = found(&network, &inputs, 1);
    let all = followed(&network, &inputs, &lines, &found);
    assert_eq!((all.n_sheets, all.branches.len()), (3, 3));
    for branch in &all.branches {
        assert_eq!(branch.passed.len(), 3);
    }
}

#[test]
fn a_branch_finds_the_roots_that_a_search_missed() {
    for form in [Form::Rate, Form::Potential] {
        let network = bistable(form);
        let (inputs, lines) = grid(&[-1.0, -0.5, 0.0, 0.5, 1.0]);
        let complete = found(&network, &inputs, 1);
        let mut missing: Vec<Vec<FixedPointRoot>> = vec![Vec::new(); 5];
        missing[2].push(complete[2][0].clone());
        let all = followed(&network, &inputs, &lines, &missing);
        assert_eq!(all.n_added, [1, 3, 2, 3, 1], "{form:?}");
        assert_eq!(all.n_sheets, 1);
        for (mut there, mut expected) in all.roots.into_iter().zip(complete) {
            for roots in [&mut there, &mut expected] {
                roots.sort_by(|a, b| a.state[0].total_cmp(&b.state[0]));
            }
            for (root, expected) in there.iter().zip(&expected) {
                assert!(root.is_certified());
                assert!((root.state[0] - expected.state[0]).abs() < 1e-12, "{form:?}"); // rounding × condition
            }
        }
    }
}

#[test]
fn sheets_do_not_depend_on_the_direction_of_travel() {
    let mut n_folded = 0;
    for (seed, curve) in (0..24).zip([Curve::Tanh, Curve::Relu].into_iter().cycle()) {
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
        let n = 6;
        let gain = if curve == Curve::Tanh { 0.9 } else { 0.6 };
        let w_rec =
            Array2::from_shape_fn((n, n), |_| rng.sample::<f64, _>(rand_distr::StandardNormal) * gain);
        let form = if seed % 4 < 2 { Form::Rate } else { Form::Potential };
        let mut network = network(w_rec, curve, form);
        network.bias = Array1::from_shape_fn(n, |i| 0.4 - 0.3 * (i as f64).sin());
        let (inputs, lines) = grid(&[-1.0, -0.6, -0.2, 0.2, 0.6, 1.0]);
        let found = found(&network, &inputs, seed);
        let there = followed(&network, &inputs, &lines, &found);
        let reversed: Vec<InputLine> = lines
            .iter()
            .map(|line| InputLine { inputs: line.inputs.iter().rev().copied().collect(), ..line.clone() })
            .collect();
        let back = followed(&network, &inputs, &reversed, &found);
        // A branch that breaks off is followed from both of its sides, and may be lost on one.
        if there.n_broken() + back.n_broken() > 0 {
            continue;
        }
        assert_eq!(there.n_added, vec![0; 6], "seed {seed}: the thorough search has missed nothing");
        assert_eq!(there.sheets, back.sheets, "seed {seed} {curve:?} {form:?}");
        let folds = |sheets: &BranchGrid| {
            let events = sheets.branches.iter().flat_map(|found| &found.branch.events);
            events.filter(|event| event.event == Event::Fold).count()
        };
        assert_eq!(folds(&there), folds(&back), "seed {seed}");
        n_folded += usize::from(folds(&there) > 0);
        for (input, roots) in there.roots.iter().enumerate() {
            for root in 0..roots.len() {
                let at = RootAt { input, root };
                let n_passed = there.branches.iter().flat_map(|found| &found.passed).filter(|p| **p == at);
                assert_eq!(n_passed.count(), 1, "seed {seed}: each root is on one branch of its line");
            }
        }
    }
    assert!(n_folded >= 4, "{n_folded} networks have folds: the test shows little");
}

#[test]
fn the_lines_of_a_task_cover_its_inputs_evenly_and_are_straight() {
    use crate::task::{InputGrid, Task};
    for name in Task::NAMES {
        let task = Task::published(name).expect("a task");
        let InputGrid { inputs, names, conditions, lines, middle_lines } = task.constant_inputs();
        let mut n_lines = vec![0; inputs.nrows()];
        for line in lines {
            let steps: Vec<Array1<f64>> =
                line.inputs.windows(2).map(|pair| &inputs.row(pair[1]) - &inputs.row(pair[0])).collect();
            assert!(steps.iter().all(|step| (step - &steps[0]).mapv(f64::abs).sum() < 1e-12), "{name}");
            line.inputs.iter().for_each(|&input| n_lines[input] += 1);
            let column = names.iter().position(|name| *name == line.quantity);
            let values = [0, line.inputs.len() - 1]
                .map(|at| conditions[[line.inputs[at], column.expect("a condition")]]);
            assert!(values[0] < values[1], "{name}: {} rises", line.quantity);
        }
        assert!(n_lines.iter().all(|&n| n == 2), "{name}: each input is on a line of either quantity");
        assert!(middle_lines.iter().all(|line| lines.contains(line)));
    }
    let cddm = Task::published("cddm").expect("a task");
    let grid = cddm.constant_inputs();
    for line in &grid.middle_lines {
        let held = if line.quantity == "motion coherence" { 2 } else { 1 };
        for &input in &line.inputs {
            assert_eq!(grid.conditions[[input, held]], 0.0);
        }
    }
}
