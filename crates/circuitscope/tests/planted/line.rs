//! `ReLU` integrators: a line of fixed points in place of points, with its ends.

use crate::suite::{Setting, between, distance};
use circuitscope::dynamics::fixed_points::{Evidence, Search, fixed_points};
use circuitscope::dynamics::flow::Flow;
use circuitscope::dynamics::stability::{Stability, transverse};
use circuitscope::network::{Form, Network};
use circuitscope::{Activation, Curve};
use ndarray::{Array1, Array2, Axis, aview1};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

#[test]
fn an_integrator_that_has_been_on_its_line_rests_along_the_whole_of_it() {
    assert_eq!(n_missing(Setting::Trials), 0, "of 100 lines");
}

#[test]
fn the_line_of_an_integrator_is_found_without_starts() {
    assert!(n_missing(Setting::NoStarts) <= 1, "of 100 lines");
}

/// `W = v vᵀ` with `‖v‖ = 1`, `v > 0` and a drive across v: on `κ v + c` all units are active where κ is large enough,
/// and the input along κ is integrated. The line ends where the first unit falls silent.
fn n_missing(setting: Setting) -> usize {
    let mut n_missing = 0;
    for seed in 0..100 {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let n = [2, 5, 20, 60][seed as usize % 4];
        let v: Array1<f64> = (0..n).map(|_| between(&mut rng, 0.5, 1.5)).collect();
        let v = &v / v.dot(&v).sqrt();
        let drive: Array1<f64> = (0..n).map(|_| between(&mut rng, -1.0, 1.0)).collect();
        let drive = &drive - &(&v * v.dot(&drive));
        let form = if seed % 2 == 0 { Form::Rate } else { Form::Potential };
        let network = Network {
            w_rec: Array2::from_shape_fn((n, n), |(i, j)| v[i] * v[j]),
            w_inp: Array2::zeros((n, 1)),
            w_out: Array2::ones((1, n)),
            bias: drive.clone(),
            initial_state: Array1::zeros(n),
            activation: Activation { curve: Curve::Relu, slope: 1.0 },
            form,
            dt_ms: 1.0,
            tau_ms: 10.0,
        };
        let last = v.iter().zip(&drive).map(|(v, c)| -c / v).fold(f64::NEG_INFINITY, f64::max);
        let on_line = (&v * (last + 1.0) + &drive).insert_axis(Axis(0));
        let starts = if setting == Setting::NoStarts { Array2::zeros((0, n)) } else { on_line };
        let inputs = Array2::zeros((1, 1));
        let found =
            fixed_points(&network, inputs.view(), starts.view(), &Search::STANDARD, seed).expect("fits");
        let Some(line) = found[0].manifolds.iter().find(|line| line.active.len() == n) else {
            n_missing += 1;
            continue;
        };
        // One line may be met from many starts, and is still one.
        let pieces = found[0].manifolds.iter().filter(|line| line.active.len() == n);
        assert_eq!((pieces.count(), line.basis.nrows()), (1, 1), "seed {seed}");
        let along = line.basis.index_axis(Axis(0), 0).to_owned();
        assert!((along.dot(&v).abs() - 1.0).abs() < 1e-12, "seed {seed}: along v");
        let end = line.extents[0].into_iter().find(|extent| extent.is_finite()).expect("one end");
        let end = &line.state + &(&along * end);
        assert!(distance(&end, &(&v * last + &drive)) < 1e-9, "seed {seed}: the end");
        assert!(
            line.extents[0].iter().any(|extent| extent.is_infinite()),
            "seed {seed}: nothing stops growth"
        );
        let across =
            transverse(&Flow::new(&network, aview1(&[0.0])).expect("fits"), line).expect("converges");
        assert_eq!((across.flow, across.n_unstable), (Stability::Stable, 0), "seed {seed}");
        assert!(across.eigenvalues.iter().all(|value| (value.re + 1.0).abs() < 1e-9), "W has rank one");
        let singularity = line.singularity(&network, aview1(&[0.0])).expect("fits");
        assert_ne!(singularity.evidence, Evidence::Undecided, "seed {seed}: {singularity:?}");
        for point in &found[0].points {
            assert!(!point.root.is_certified() || point.root.state.iter().any(|&y| y <= 0.0), "seed {seed}");
        }
    }
    n_missing
}
