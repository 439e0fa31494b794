//! Sheets of fixed points, and offsets of endpoints from them.

use super::*;
use crate::analysis::fixed_point_configuration::{
    FixedPointRates, fixed_points_on_task, rates_at_fixed_points,
};
use crate::analysis::procrustes::orthogonal_map;
use crate::dynamics::run::{rates, states};
use crate::network::{Form, Network};
use crate::task::Task;
use circuitscope_kernel::{Activation, Curve};
use ndarray::Array1;

/// Contexts, and relevant and irrelevant coherences, of the trials of [`conditions`].
fn coherences() -> (Vec<usize>, Vec<[f64; 2]>) {
    let of_trial = |c: ndarray::ArrayView1<'_, f64>| {
        let coherences = if c[0] == 0.0 { [c[1], c[2]] } else { [c[2], c[1]] };
        (c[0] as usize, coherences)
    };
    conditions().outer_iter().map(of_trial).unzip()
}

/// Fixed points from context, relevant and irrelevant coherence.
fn planted(place: impl Fn(f64, f64, f64) -> [f64; 4]) -> Array2<f64> {
    let (contexts, coherences) = coherences();
    Array2::from_shape_fn((18, 4), |(row, d)| {
        let [relevant, irrelevant] = coherences[row];
        place(contexts[row] as f64, relevant, irrelevant)[d]
    })
}

fn index(points: &Array2<f64>) -> f64 {
    let (contexts, coherences) = coherences();
    sheet_index(points.view(), &contexts, &coherences).expect("points")
}

#[test]
fn a_sheet_of_fixed_points_is_told_from_a_line_on_which_both_coherences_move_them() {
    let close = |points: &Array2<f64>, expected: f64| {
        assert!((index(points) - expected).abs() < 1e-12, "{} {expected}", index(points)); // rounding
    };
    close(&planted(|context, r, i| [9.0 * context, r, 0.5 * i, 0.0]), 0.25);
    close(&planted(|context, r, i| [9.0 * context, r, i, 0.0]), 1.0);
    // The irrelevant coherence moves points more: still the narrow over the wide side.
    close(&planted(|_, r, i| [0.5 * r, 0.0, 2.0 * i, 0.0]), 0.0625);
    // A sheet in one context, a line in the other.
    close(&planted(|context, r, i| [r, 0.5 * context * i, 0.0, 0.0]), 0.125);
    let line = planted(|context, r, i| [r + 0.5 * i, 2.0 * r + i, context, 0.0]);
    close(&line, 0.0);
    // By its variance the same line has a share of irrelevant coherence.
    let (contexts, coherences) = coherences();
    let share = irrelevant_share(line.view(), &contexts, &coherences).expect("points");
    assert!((share - 0.25).abs() < 1e-12, "{share}");
}

#[test]
fn the_sheet_index_is_that_of_numpy_in_any_space_at_any_scale() {
    let (contexts, coherences) = coherences();
    let waves = Array2::from_shape_fn((18, 5), |(i, d)| {
        let [r, irrelevant] = coherences[i];
        let planted = [r, 0.4 * irrelevant, contexts[i] as f64, 0.0, 0.2 * r + 0.3 * irrelevant][d];
        (1.3 * (i + 1) as f64 * (d + 1) as f64 + 0.7 * (d * d) as f64).sin() + planted
    });
    let map = orthogonal_map(&Array2::from_shape_vec((5, 5), normals(25, 5)).expect("shape"));
    // NumPy 2.4: `lstsq` and `svd`.
    for points in [waves.clone(), waves.dot(&map) * 0.01 - 4.0] {
        let found = index(&points);
        assert!((found - 0.367_417_821_622_435).abs() < 1e-10, "{found}"); // a shift of 400 times the spread
    }
}

#[test]
fn coherences_that_follow_from_each_other_or_are_one_have_no_sheet() {
    let points = planted(|context, r, i| [context, r, i, 0.0]);
    let (contexts, all) = coherences();
    for of_row in [|[r, _]: [f64; 2]| [r, 0.5], |[r, _]: [f64; 2]| [r, 1.0 - 2.0 * r]] {
        let coherences: Vec<[f64; 2]> = all.iter().copied().map(of_row).collect();
        assert_eq!(sheet_index(points.view(), &contexts, &coherences), None);
        assert_eq!(irrelevant_share(points.view(), &contexts, &coherences), None);
    }
    // A context with three stable points.
    let few: Vec<usize> = (0..18).map(|row| usize::from(row < 3)).collect();
    assert_eq!(sheet_index(points.view(), &few, &all), None);
    assert_eq!(sheet_index(Array2::zeros((18, 4)).view(), &contexts, &all), None);
}

#[test]
fn endpoints_are_held_against_the_nearest_stable_point_of_their_own_input() {
    // Endpoints (0, 0), (4, 0) and (2, 3), each two from the mean (2, 1) at the root mean square: √((5 + 5 + 4)/3).
    let ends = array![[0.0, 4.0, 2.0], [0.0, 0.0, 3.0]];
    let spread = (14.0_f64 / 3.0).sqrt();
    let rates = array![[0.0, 3.0, 4.0, 2.0, 9.0], [1.0, 0.0, 0.0, 2.5, 9.0]];
    // Stable at input 0; stable and unstable at input 1; two stable ones at input 2.
    let at_rest = FixedPointRates { rates, groups: vec![0, 2, 3, 4, 4] };
    let offset = |inputs: [Option<usize>; 3]| endpoint_offset(ends.view(), &inputs, &at_rest);
    let close = |found: Option<f64>, expected: f64| {
        assert!((found.expect("an offset") - expected / spread).abs() < 1e-12, "{found:?}"); // rounding
    };
    // The point on the second endpoint is not stable.
    close(offset([Some(0), Some(1), Some(2)]), (1.0 + 1.0 + 0.5) / 3.0);
    // Trials under an input without a stable point, or under one that is not known, do not count.
    close(offset([Some(0), Some(3), None]), 1.0);
    assert_eq!(offset([Some(3), None, None]), None);
    let one = array![[1.0, 1.0, 1.0], [2.0, 2.0, 2.0]];
    assert_eq!(endpoint_offset(one.view(), &[Some(0); 3], &at_rest), None);
    // Another unit of rates, another order of units.
    let swapped = FixedPointRates {
        rates: at_rest.rates.select(Axis(0), &[1, 0]) * 8.0,
        groups: at_rest.groups.clone(),
    };
    let other =
        endpoint_offset((ends.select(Axis(0), &[1, 0]) * 8.0).view(), &[Some(0), Some(1), Some(2)], &swapped);
    close(other, (1.0 + 1.0 + 0.5) / 3.0);
}

/// Three units without recurrent weights: each has one fixed point, which its input alone decides.
fn without_recurrence(form: Form, n_inputs: usize) -> Network {
    Network {
        w_rec: Array2::zeros((3, 3)),
        w_inp: Array2::from_shape_fn((3, n_inputs), |(i, u)| [0.5, -0.3, 0.8][(i + 2 * u) % 3]),
        w_out: Array2::ones((2, 3)),
        bias: Array1::from_vec(vec![0.1, 0.4, 0.0]),
        initial_state: Array1::zeros(3),
        activation: Activation { curve: Curve::Tanh, slope: 1.0 },
        form,
        dt_ms: 1.0,
        tau_ms: 40.0,
    }
}

#[test]
fn a_network_with_known_fixed_points_ends_where_its_time_constant_leaves_it() {
    for (name, held_from) in [("cddm", 99), ("go_no_go", 30), ("memory_number", 60)] {
        let task = Task::published(name).expect("a task");
        let trials = task.analysis_trials();
        let inputs = final_inputs(&trials, task.constant_inputs().inputs.view());
        assert!(inputs.iter().all(Option::is_some), "{name}: {inputs:?}");
        for form in [Form::Rate, Form::Potential] {
            let network = without_recurrence(form, trials.n_inputs());
            let states = states(&network, trials.inputs.view()).expect("fits");
            let found = fixed_points_on_task(&network, &task, states.view(), 1).expect("fits");
            let at_rest = rates_at_fixed_points(&network, &found);
            let last = trials.n_steps() - 1;
            // Without recurrence a state falls towards its fixed point by 1 − α at each step under a held input.
            let rate = |h: f64| if form == Form::Potential { h.tanh() } else { h };
            let [mut mean, mut squares] = [[0.0; 3], [0.0; 3]];
            let mut offset = 0.0;
            for trial in 0..trials.n_trials() {
                let mut gap = 0.0;
                for unit in 0..3 {
                    let drive: f64 = (0..trials.n_inputs())
                        .map(|u| network.w_inp[[unit, u]] * f64::from(trials.inputs[[u, last, trial]]))
                        .sum::<f64>()
                        + network.bias[unit];
                    let rest = if form == Form::Potential { drive } else { drive.tanh() };
                    let left = (states[[unit, held_from, trial]] - rest)
                        * (1.0 - 1.0 / 40.0_f64).powi((last - held_from) as i32);
                    let end = rate(rest + left);
                    gap += (end - rate(rest)).powi(2);
                    mean[unit] += end / trials.n_trials() as f64;
                    squares[unit] += end * end / trials.n_trials() as f64;
                }
                offset += gap.sqrt() / trials.n_trials() as f64;
            }
            let variance: f64 = (0..3).map(|unit| squares[unit] - mean[unit] * mean[unit]).sum();
            let expected = offset / variance.sqrt();
            let rates = rates(&network, states);
            let ends = rates.index_axis(Axis(1), last);
            let found = endpoint_offset(ends, &inputs, &at_rest).expect("an offset");
            assert!(expected > 1e-4 && (found / expected - 1.0).abs() < 1e-6, "{name}: {found} {expected}");
        }
    }
}
