//! Networks whose fixed points are known.

use circuitscope_kernel::{Activation, Curve};
use ndarray::{Array1, Array2};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;

use super::*;
use crate::dynamics::stability::Stability;
use crate::network::{Form, NetworkError};

mod bifurcations;
mod curves;
mod manifolds;
mod proofs;

fn network(w_rec: Array2<f64>, bias: Vec<f64>, curve: Curve, slope: f64, form: Form) -> Network {
    let n = w_rec.nrows();
    Network {
        w_rec,
        w_inp: Array2::ones((n, 1)),
        w_out: Array2::ones((1, n)),
        bias: Array1::from_vec(bias),
        initial_state: Array1::zeros(n),
        activation: Activation { curve, slope },
        form,
        dt_ms: 1.0,
        tau_ms: 10.0,
    }
}

fn without_bias(w_rec: Array2<f64>, curve: Curve) -> Network {
    let n = w_rec.nrows();
    network(w_rec, vec![0.0; n], curve, 1.0, Form::Rate)
}

fn normal(rng: &mut ChaCha8Rng, shape: (usize, usize)) -> Array2<f64> {
    Array2::from_shape_fn(shape, |_| rng.sample(StandardNormal))
}

/// Orthogonal matrix: Gram–Schmidt of normal columns.
fn rotation(rng: &mut ChaCha8Rng, n: usize) -> Array2<f64> {
    let mut q = normal(rng, (n, n));
    for k in 0..n {
        for _ in 0..2 {
            for l in 0..k {
                let overlap = q.column(l).dot(&q.column(k));
                let earlier = q.column(l).to_owned();
                q.column_mut(k).scaled_add(-overlap, &earlier);
            }
        }
        let length = q.column(k).dot(&q.column(k)).sqrt();
        q.column_mut(k).mapv_inplace(|x| x / length);
    }
    q
}

fn at_rest(network: &Network, seed: u64) -> FixedPoints {
    let inputs = Array2::zeros((1, network.n_inputs()));
    let starts = Array2::zeros((0, network.n_units()));
    fixed_points(network, inputs.view(), starts.view(), &Search::STANDARD, seed).expect("fits").remove(0)
}

fn gap(a: &Array1<f64>, b: &Array1<f64>) -> f64 {
    (a - b).mapv(|x| x * x).sum().sqrt()
}

fn holds(found: &FixedPoints, state: &Array1<f64>) -> bool {
    found.points.iter().any(|point| gap(&point.root.state, state) < 1e-9)
}

/// The root above zero of `m = tanh(g m)`, by bisection.
fn magnetisation(g: f64) -> f64 {
    let (mut low, mut high) = (1e-6, 1.0);
    for _ in 0..100 {
        let middle: f64 = 0.5 * (low + high);
        if (g * middle).tanh() > middle { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

#[test]
fn flip_flops_have_every_corner_and_every_saddle() {
    // k independent bits: each of ±m and 0, so 3^k roots, 2^k of them stable; 0 unstable in k directions.
    let m = magnetisation(2.0);
    let mut n_planted = 0;
    let mut n_missing = 0;
    for seed in 0..100 {
        let bits = 1 + (seed % 3) as usize;
        let network = without_bias(2.0 * Array2::<f64>::eye(bits), Curve::Tanh);
        let found = at_rest(&network, seed);
        for code in 0..3_usize.pow(bits as u32) {
            let level = |bit: usize| [-m, 0.0, m][code / 3_usize.pow(bit as u32) % 3];
            let state: Array1<f64> = (0..bits).map(level).collect();
            n_planted += 1;
            n_missing += usize::from(!holds(&found, &state));
        }
        for point in &found.points {
            let n_zero = point.root.state.iter().filter(|y| y.abs() < 1e-6).count();
            assert_eq!(point.linearization.n_unstable, n_zero, "seed {seed}");
            assert!(point.root.is_certified(), "seed {seed}");
        }
        assert_eq!(found.completeness.is_balanced(), Some(true), "seed {seed}");
    }
    assert!(n_missing * 100 <= n_planted, "{n_missing} of {n_planted} are missing");
}

#[test]
fn a_rank_one_network_of_any_size_has_its_three_roots() {
    // W = g u uᵀ with u of entries ±1/√N: on the axis √N u the network is one unit m = tanh(g m).
    let m = magnetisation(1.5);
    for (n, seeds) in [(2, 40), (10, 40), (50, 20), (200, 5)] {
        let mut n_missing = 0;
        for seed in 0..seeds {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            let signs: Array1<f64> = (0..n).map(|_| if rng.random::<bool>() { 1.0 } else { -1.0 }).collect();
            let w_rec = Array2::from_shape_fn((n, n), |(i, j)| 1.5 / n as f64 * signs[i] * signs[j]);
            let found = at_rest(&without_bias(w_rec, Curve::Tanh), seed);
            let planted = [&signs * m, &signs * -m, &signs * 0.0];
            n_missing += planted.iter().filter(|state| !holds(&found, state)).count();
            assert_eq!(found.points.len(), 3 - planted.iter().filter(|state| !holds(&found, state)).count());
        }
        assert!(n_missing * 100 <= 3 * seeds as usize, "N = {n}: {n_missing} missing in {seeds} seeds");
    }
}

#[test]
fn hopfield_patterns_are_found_in_both_signs() {
    // Three orthogonal ±1 patterns (Walsh functions): W = g/N Σ ξ ξᵀ keeps each as a root ±m ξ.
    let n = 64;
    let walsh = |k: usize, i: usize| if (k & i).count_ones().is_multiple_of(2) { 1.0 } else { -1.0 };
    let w_rec = Array2::from_shape_fn((n, n), |(i, j)| {
        [11, 38, 52].iter().map(|&k| walsh(k, i) * walsh(k, j)).sum::<f64>() * 1.6 / n as f64
    });
    let m = magnetisation(1.6);
    let network = without_bias(w_rec, Curve::Tanh);
    let mut n_missing = 0;
    for seed in 0..10 {
        let found = at_rest(&network, seed);
        for k in [11, 38, 52] {
            for sign in [1.0, -1.0] {
                let state: Array1<f64> = (0..n).map(|i| sign * m * walsh(k, i)).collect();
                n_missing += usize::from(!holds(&found, &state));
            }
        }
    }
    assert_eq!(n_missing, 0, "of 60");
}

#[test]
fn a_planted_root_is_found_in_random_networks_of_every_kind() {
    let mut n_missing = 0;
    let mut n_planted = 0;
    for seed in 0..40 {
        for curve in [Curve::Relu, Curve::Sigmoid, Curve::Tanh] {
            for form in [Form::Rate, Form::Potential] {
                let mut rng = ChaCha8Rng::seed_from_u64(seed);
                let n = 2 + (seed as usize * 5) % 40;
                let w_rec = normal(&mut rng, (n, n)) * (0.8 / (n as f64).sqrt());
                let slope = if curve == Curve::Sigmoid { 4.0 } else { 1.0 };
                let mut network = network(w_rec, vec![0.0; n], curve, slope, form);
                // Potentials first, then the bias that makes them a root.
                let h: Array1<f64> = (0..n).map(|_| rng.sample(StandardNormal)).collect();
                let rates = h.mapv(|x| network.activation.rate(x));
                network.bias = &h - &network.w_rec.dot(&rates);
                let planted = if form == Form::Rate { rates } else { h };
                n_planted += 1;
                n_missing += usize::from(!holds(&at_rest(&network, seed), &planted));
            }
        }
    }
    assert!(n_missing * 100 <= n_planted, "{n_missing} of {n_planted} are missing");
}

#[test]
fn a_rotation_with_decay_is_stable_in_the_flow_but_not_under_a_long_step() {
    // Eigenvalues of the flow at 0: −1 + 0.9 ± 5i; |1 + α λ|² = 0.99² + 0.5² > 1 with α = 0.1.
    let w_rec = Array2::from_shape_vec((2, 2), vec![0.9, -5.0, 5.0, 0.9]).expect("2 × 2");
    let found = at_rest(&without_bias(w_rec, Curve::Tanh), 1);
    let origin = found.points.iter().find(|point| gap(&point.root.state, &Array1::zeros(2)) < 1e-9);
    let around = &origin.expect("0 is a root").linearization;
    assert_eq!((around.flow, around.euler), (Stability::Stable, Stability::Unstable));
    assert_eq!((around.n_unstable, around.n_unstable_euler), (0, 2));
    for (value, time) in around.eigenvalues.iter().zip(&around.time_constants_ms) {
        assert!((value.re + 0.1).abs() < 1e-12 && (value.im.abs() - 5.0).abs() < 1e-12, "{value:?}");
        assert!((time - 100.0).abs() < 1e-9, "{time}");
    }
}

#[test]
fn a_line_of_fixed_points_is_reported_as_a_line() {
    // In the pattern where all are active, W has an eigenvalue 1 along v; the line ends where a unit falls silent.
    for seed in 0..20 {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let n = 3 + (seed as usize) % 6;
        let q = rotation(&mut rng, n);
        let values: Array1<f64> = (0..n).map(|k| if k == 0 { 1.0 } else { 0.5 - 0.05 * k as f64 }).collect();
        let w_rec = q.dot(&Array2::from_diag(&values)).dot(&q.t());
        let rest = Array1::<f64>::ones(n);
        let bias = (&rest - &w_rec.dot(&rest)).to_vec();
        let found = at_rest(&network(w_rec, bias, Curve::Relu, 1.0, Form::Rate), seed);
        let line = found.manifolds.iter().find(|manifold| manifold.active.len() == n).expect("a line");
        assert_eq!(line.basis.nrows(), 1);
        let direction = line.basis.row(0);
        assert!((direction.dot(&q.column(0)).abs() - 1.0).abs() < 1e-9, "along v");
        let ahead = &direction * (direction.dot(&(&rest - &line.state)));
        assert!(gap(&(&line.state + &ahead), &rest) < 1e-9, "through the planted point");
        for side in 0..2 {
            let extent = line.extents[0][side];
            if extent.is_finite() {
                let end = &line.state + &(&direction * extent);
                assert!(
                    end.iter().fold(f64::INFINITY, |a, &b| a.min(b)).abs() < 1e-9,
                    "a unit is silent at the end"
                );
            }
        }
    }
}

#[test]
fn a_plane_of_fixed_points_is_reported_as_a_plane() {
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let q = rotation(&mut rng, 8);
    let values = Array1::from_vec(vec![1.0, 1.0, 0.3, 0.2, 0.1, 0.0, -0.1, -0.2]);
    let w_rec = q.dot(&Array2::from_diag(&values)).dot(&q.t());
    let rest = Array1::<f64>::ones(8);
    let bias = (&rest - &w_rec.dot(&rest)).to_vec();
    for form in [Form::Rate, Form::Potential] {
        let network = network(w_rec.clone(), bias.clone(), Curve::Relu, 1.0, form);
        let found = at_rest(&network, 3);
        let plane = found.manifolds.iter().find(|manifold| manifold.active.len() == 8).expect("a plane");
        assert_eq!(plane.basis.nrows(), 2);
        let flow = Flow::new(&network, ndarray::aview1(&[0.0])).expect("fits");
        for (direction, extent) in plane.basis.outer_iter().zip(&plane.extents) {
            for side in extent.iter().filter(|side| side.is_finite()) {
                let inside = &plane.state + &(&direction * (0.9 * side));
                assert!(flow.speed(inside.view()).sqrt() < 1e-11, "{form:?}: a fixed point");
                let outside = &plane.state + &(&direction * (1.1 * side));
                assert!(flow.speed(outside.view()).sqrt() > 1e-6, "{form:?}: none any more");
            }
        }
    }
}

#[test]
fn a_root_at_a_kink_is_flagged_and_not_certified() {
    // y = max(0, 0.5 y): zero input leaves the unit exactly at its kink.
    let found = at_rest(&without_bias(Array2::from_elem((1, 1), 0.5), Curve::Relu), 0);
    assert_eq!(found.points.len(), 1);
    let point = &found.points[0];
    assert_eq!(point.root.boundary_units, vec![0]);
    assert!(!point.root.is_certified());
    assert_eq!(point.linearization.flow, Stability::Stable); // −1 and −0.5 on its sides
    let grows = at_rest(&without_bias(Array2::from_elem((1, 1), 1.5), Curve::Relu), 0);
    let origin = grows.points.iter().find(|point| point.root.state[0] == 0.0).expect("0 is a root");
    assert_eq!(origin.linearization.flow, Stability::Marginal); // −1 below, 0.5 above
}

#[test]
fn both_forms_rest_at_the_same_rates_with_the_same_eigenvalues() {
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    let w_rec = normal(&mut rng, (12, 12)) * 0.6;
    let bias = normal(&mut rng, (1, 12)).row(0).to_vec();
    for (curve, slope) in [(Curve::Tanh, 1.0), (Curve::Sigmoid, 3.0)] {
        let rate = network(w_rec.clone(), bias.clone(), curve, slope, Form::Rate);
        let potential = Network { form: Form::Potential, ..rate.clone() };
        let (rates, potentials) = (at_rest(&rate, 2), at_rest(&potential, 2));
        assert_eq!(rates.points.len(), potentials.points.len());
        for point in &potentials.points {
            let carried = point.root.state.mapv(|h| rate.activation.rate(h));
            let twin =
                rates.points.iter().find(|twin| gap(&twin.root.state, &carried) < 1e-9).expect("a twin");
            for (a, b) in twin.linearization.eigenvalues.iter().zip(&point.linearization.eigenvalues) {
                assert!((a.re - b.re).hypot(a.im - b.im) < 1e-8, "{a:?} {b:?}");
            }
        }
    }
}

#[test]
fn what_does_not_fit_is_named() {
    let fits = without_bias(Array2::eye(2), Curve::Tanh);
    let (inputs, starts) = (Array2::zeros((1, 1)), Array2::zeros((0, 2)));
    let search = Search::STANDARD;
    let wide = Array2::zeros((1, 3));
    let error = roots(&fits, wide.view(), starts.view(), &search, 0).expect_err("three inputs");
    assert_eq!(error, DynamicsError::Width { name: "inputs", found: 3, expected: 1 });
    let error = roots(&fits, inputs.view(), wide.view(), &search, 0).expect_err("three units");
    assert_eq!(error, DynamicsError::Width { name: "starts", found: 3, expected: 2 });
    let mut broken = fits.clone();
    broken.w_rec[[0, 1]] = f64::NAN;
    let error = roots(&broken, inputs.view(), starts.view(), &search, 0).expect_err("not a number");
    assert!(matches!(
        error,
        DynamicsError::Network { source: NetworkError::NotFinite { name: "w_rec", .. } }
    ));
    let none = roots(&fits, Array2::zeros((0, 1)).view(), starts.view(), &search, 0).expect("nothing to do");
    assert!(none.is_empty());
}

#[test]
fn a_thousand_units_work() {
    let n = 1000;
    let m = magnetisation(1.5);
    let w_rec = Array2::from_elem((n, n), 1.5 / n as f64);
    let inputs = Array2::zeros((1, 1));
    let starts = Array2::from_shape_fn((3, n), |(k, _)| k as f64 - 1.0);
    let search = Search { min_total_starts: 0, ..Search::STANDARD };
    let found =
        roots(&without_bias(w_rec, Curve::Tanh), inputs.view(), starts.view(), &search, 1).expect("fits");
    assert_eq!(found[0].points.len(), 3);
    for root in &found[0].points {
        assert!((root.state[0].abs() - m).abs() < 1e-9 || root.state[0].abs() < 1e-9);
        assert!(root.is_certified());
    }
}

#[test]
fn starts_along_trials_are_of_the_second_half() {
    let states = ndarray::Array3::from_shape_fn((2, 10, 3), |(i, t, b)| (100 * i + 10 * t + b) as f64);
    let starts = along_trials(states.view(), 2);
    assert_eq!(starts.dim(), (9, 2)); // steps 9, 7 and 5 of three trials
    assert_eq!(starts.row(0).to_vec(), vec![90.0, 190.0]);
    assert_eq!(starts.row(8).to_vec(), vec![52.0, 152.0]);
}
