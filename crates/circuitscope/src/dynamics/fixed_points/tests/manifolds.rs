//! Lines and planes whose transverse dynamics and exactness are known.

use super::*;
use crate::dynamics::stability::transverse;

/// The manifold of a network on which all units are active, with what is known of it.
fn only(network: &Network) -> (Manifold, Singularity, Linearization) {
    // The search itself is not what is tested here: it starts on the manifold.
    let starts = Array2::ones((1, network.n_units()));
    let inputs = Array2::zeros((1, 1));
    let found =
        fixed_points(network, inputs.view(), starts.view(), &Search::STANDARD, 1).expect("fits").remove(0);
    let all_active = |manifold: &&Manifold| manifold.active.len() == network.n_units();
    let manifold = found.manifolds.iter().find(all_active).expect("a manifold").clone();
    let input = ndarray::aview1(&[0.0]);
    let singularity = manifold.singularity(network, input).expect("fits");
    let flow = Flow::new(network, input).expect("fits");
    let across = transverse(&flow, &manifold).expect("converges");
    (manifold, singularity, across)
}

/// Two units that inhibit each other so that only their sum is fixed, and a third that excites itself by `own`.
fn inhibition(other: f64, drive: f64, own: f64, form: Form) -> Network {
    let mut w_rec = Array2::zeros((3, 3));
    (w_rec[[0, 1]], w_rec[[1, 0]], w_rec[[2, 2]]) = (-other, -1.0, own);
    network(w_rec, vec![drive, 1.0, 0.5 * (1.0 - own)], Curve::Relu, 1.0, form)
}

#[test]
fn a_line_in_binary_fractions_is_exact() {
    for form in [Form::Rate, Form::Potential] {
        let (manifold, singularity, across) = only(&inhibition(1.0, 1.0, 0.5, form));
        assert_eq!(manifold.basis.nrows(), 1);
        assert_eq!(singularity.evidence, Evidence::Exact, "{singularity:?}");
        assert!(singularity.residual_bound < 1e-14 && singularity.null_bound < 1e-14, "{singularity:?}");
        assert!((singularity.next_value - 0.5).abs() < 1e-12, "1 − 0.5 of the third unit");
        // −1 − 1 along the sum of the pair, −1 + 0.5 of the third unit; the 0 along the line is left out.
        let values: Vec<f64> = across.eigenvalues.iter().map(|value| value.re).collect();
        assert!((values[0] + 0.5).abs() < 1e-12 && (values[1] + 2.0).abs() < 1e-12, "{values:?}");
        assert_eq!((values.len(), across.n_unstable, across.flow), (2, 0, Stability::Stable));
        assert!((across.time_constants_ms[0] - 20.0).abs() < 1e-9);
    }
}

#[test]
fn a_line_that_is_left_sideways_is_unstable() {
    for form in [Form::Rate, Form::Potential] {
        let (_, singularity, across) = only(&inhibition(1.0, 1.0, 1.5, form));
        assert_eq!(singularity.evidence, Evidence::Exact);
        assert_eq!(
            (across.n_unstable, across.flow, across.euler),
            (1, Stability::Unstable, Stability::Unstable)
        );
        assert!((across.max_re() - 0.5).abs() < 1e-12);
    }
}

#[test]
fn one_bit_makes_a_line_that_rounding_does_not_tell_from_a_point() {
    for (other, drive) in [(1.0_f64.next_up(), 1.0), (1.0, 1.0_f64.next_up())] {
        let (_, singularity, _) = only(&inhibition(other, drive, 0.5, Form::Rate));
        assert_eq!(singularity.evidence, Evidence::WithinRounding, "{singularity:?}");
    }
}

#[test]
fn equations_further_from_consistent_than_rounding_are_undecided() {
    let (_, singularity, _) = only(&inhibition(1.0, 1.0 + 2e-13, 0.5, Form::Rate));
    assert_eq!(singularity.evidence, Evidence::Undecided, "{singularity:?}");
    assert!(singularity.residual_bound > 1e-13, "the best state misses by half the gap over √2");
}

#[test]
fn the_transverse_spectrum_of_a_rotated_plane_is_the_planted_one() {
    for seed in 0..20 {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let n = 5 + seed as usize % 8;
        let n_null = 1 + seed as usize % 2;
        let q = rotation(&mut rng, n);
        // From 1.3, unstable, downwards.
        let planted = |k: usize| if k < n_null { 1.0 } else { 1.3 - 0.17 * (k - n_null) as f64 };
        let w_rec = q.dot(&Array2::from_diag(&Array1::from_shape_fn(n, planted))).dot(&q.t());
        let rest = Array1::<f64>::ones(n);
        let bias = (&rest - &w_rec.dot(&rest)).to_vec();
        for form in [Form::Rate, Form::Potential] {
            let (manifold, singularity, across) =
                only(&network(w_rec.clone(), bias.clone(), Curve::Relu, 1.0, form));
            assert_eq!(manifold.basis.nrows(), n_null);
            // Weights rounded after a rotation are singular within rounding; exactly so only by chance.
            assert_ne!(singularity.evidence, Evidence::Undecided, "seed {seed}: {singularity:?}");
            assert_eq!((across.eigenvalues.len(), across.n_unstable), (n - n_null, (n - n_null).min(2)));
            for (k, value) in across.eigenvalues.iter().enumerate() {
                let expected = planted(n_null + k) - 1.0;
                assert!((value.re - expected).abs() <= across.error, "{value:?} for {expected}");
            }
        }
    }
}
