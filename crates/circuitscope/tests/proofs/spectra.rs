//! Eigenvalues and their error bound against spectra that are planted exactly.

use circuitscope::dynamics::flow::Flow;
use circuitscope::dynamics::stability::{Linearization, Stability, linearize};
use circuitscope::network::{Form, Network};
use circuitscope::{Activation, Curve};
use ndarray::{Array1, Array2, aview1};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Linear dynamics at 0 of tanh units: the Jacobian is `W − I`.
fn at_zero(w_rec: Array2<f64>, form: Form) -> Linearization {
    let n = w_rec.nrows();
    let network = Network {
        w_rec,
        w_inp: Array2::zeros((n, 1)),
        w_out: Array2::ones((1, n)),
        bias: Array1::zeros(n),
        initial_state: Array1::zeros(n),
        activation: Activation { curve: Curve::Tanh, slope: 1.0 },
        form,
        dt_ms: 1.0,
        tau_ms: 10.0,
    };
    let flow = Flow::new(&network, aview1(&[0.0])).expect("fits");
    linearize(&flow, Array1::zeros(n).view(), 0.0, &[]).expect("converges")
}

/// `V B V⁻¹` with V unit upper triangular in small integers, so that its inverse is one too and nothing is rounded while
/// the numbers stay below 2⁵³.
fn planted(blocks: &Array2<f64>, spread: i32, rng: &mut ChaCha8Rng) -> Array2<f64> {
    let n = blocks.nrows();
    let v = Array2::from_shape_fn((n, n), |(i, j)| match i.cmp(&j) {
        std::cmp::Ordering::Equal => 1.0,
        std::cmp::Ordering::Less => f64::from(rng.random_range(-spread..=spread)),
        std::cmp::Ordering::Greater => 0.0,
    });
    let mut inverse = Array2::<f64>::eye(n);
    for j in 0..n {
        for i in (0..j).rev() {
            inverse[[i, j]] = -(i + 1..=j).map(|k| v[[i, k]] * inverse[[k, j]]).sum::<f64>();
        }
    }
    assert_eq!(v.dot(&inverse), Array2::<f64>::eye(n), "integers below 2⁵³");
    let w = v.dot(blocks).dot(&inverse);
    assert!(w.iter().all(|w| w.abs() < 2.0_f64.powi(40)), "exact sums of binary fractions");
    w
}

/// Eigenvalues in eighths: a real one to lead, pairs and others below it.
fn blocks(n: usize, lead: f64, rng: &mut ChaCha8Rng) -> (Array2<f64>, Vec<f64>) {
    let mut blocks = Array2::zeros((n, n));
    let mut re = vec![lead];
    blocks[[0, 0]] = lead;
    let mut k = 1;
    while k < n {
        let real = lead - f64::from(rng.random_range(1..=8)) / 8.0;
        blocks[[k, k]] = real;
        re.push(real);
        if k + 1 < n && rng.random::<bool>() {
            let turn = f64::from(rng.random_range(1..=8)) / 8.0;
            blocks[[k + 1, k + 1]] = real;
            (blocks[[k, k + 1]], blocks[[k + 1, k]]) = (-turn, turn);
            re.push(real);
            k += 1;
        }
        k += 1;
    }
    (blocks, re)
}

#[test]
fn the_error_bound_holds_for_planted_spectra_of_every_condition() {
    let mut widest: f64 = 0.0;
    for seed in 0..100 {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let n = 2 + seed as usize % 7;
        let lead = f64::from(rng.random_range(4..=16)) / 8.0;
        let (blocks, mut expected) = blocks(n, lead, &mut rng);
        let w = planted(&blocks, [0, 1, 3, 9][seed as usize % 4], &mut rng);
        expected.sort_by(|a, b| b.total_cmp(a));
        for form in [Form::Rate, Form::Potential] {
            let found = at_zero(w.clone(), form);
            let off = (found.max_re() - (lead - 1.0)).abs();
            assert!(off <= found.error, "seed {seed}: off by {off}, bound {}", found.error);
            widest = widest.max(found.error);
            // Decided only as the planted value is.
            let right = match lead.total_cmp(&1.0) {
                std::cmp::Ordering::Less => Stability::Stable,
                std::cmp::Ordering::Equal => Stability::Marginal,
                std::cmp::Ordering::Greater => Stability::Unstable,
            };
            assert!(
                found.flow == right || found.flow == Stability::Marginal,
                "seed {seed}: {:?}",
                found.flow
            );
            if found.error < 0.1 {
                // Next to the border stand eighths.
                assert_eq!(found.flow, right, "seed {seed}: bound {}", found.error);
            }
        }
    }
    assert!(widest > 1e-9, "some of the spectra are ill-conditioned: {widest}");
}

#[test]
fn a_pair_that_decays_in_the_flow_and_grows_under_the_step_is_called_both() {
    // |1 + α (re + i im)|² = (1 + α re)² + (α im)² against 1, α = 0.1: the border is im² = −20 re − re².
    for (re, im, flow, euler) in [
        (-0.5, 3.0, Stability::Stable, Stability::Stable), // 9 < 9.75
        (-0.5, 3.25, Stability::Stable, Stability::Unstable), // 10.5625 > 9.75
        (-0.125, 1.5, Stability::Stable, Stability::Stable), // 2.25 < 2.484375
        (-0.125, 1.625, Stability::Stable, Stability::Unstable), // 2.640625
        (0.0, 2.0, Stability::Marginal, Stability::Unstable),
        (0.25, 1.0, Stability::Unstable, Stability::Unstable),
    ] {
        for spread in [0, 2] {
            for form in [Form::Rate, Form::Potential] {
                let mut rng = ChaCha8Rng::seed_from_u64(spread as u64);
                let mut blocks = Array2::zeros((4, 4));
                (blocks[[0, 0]], blocks[[1, 1]]) = (1.0 + re, 1.0 + re);
                (blocks[[0, 1]], blocks[[1, 0]]) = (-im, im);
                let found = at_zero(planted(&blocks, spread, &mut rng), form);
                assert_eq!((found.flow, found.euler), (flow, euler), "{re} ± {im} i");
                if re != 0.0 {
                    assert_eq!(found.n_unstable, if re > 0.0 { 2 } else { 0 });
                }
                assert_eq!(found.n_unstable_euler, if euler == Stability::Unstable { 2 } else { 0 });
                if re != 0.0 {
                    assert!((found.time_constants_ms[0] + 10.0 / re).abs() < 1e-6, "−τ / re");
                }
            }
        }
    }
}

#[test]
fn what_is_nearer_to_the_border_than_its_error_is_marginal() {
    for seed in 0..40 {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let (blocks, _) = blocks(6, 1.0, &mut rng);
        let found = at_zero(planted(&blocks, 9, &mut rng), Form::Rate);
        assert_eq!(found.flow, Stability::Marginal, "seed {seed}: exactly on the border");
        assert!(found.max_re().abs() <= found.error);
    }
}
