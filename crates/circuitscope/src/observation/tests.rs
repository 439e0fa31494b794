use super::*;
use crate::network::Form;
use circuitscope_kernel::{Activation, Curve};
use ndarray::{Array1, Array2};

/// Units that follow their own input alone: at rest they have the rate of the curve there.
fn relays(n: usize, curve: Curve) -> Network {
    Network {
        w_rec: Array2::zeros((n, n)),
        w_inp: Array2::from_shape_fn((n, 1), |(i, _)| 0.2 * (i + 1) as f64),
        w_out: Array2::from_elem((1, n), 1.0),
        bias: Array1::zeros(n),
        initial_state: Array1::zeros(n),
        activation: Activation { curve, slope: 1.0 },
        form: Form::Rate,
        dt_ms: 1.0,
        tau_ms: 10.0,
    }
}

fn trials(values: &[f32]) -> Trials {
    Trials {
        inputs: Array3::from_shape_fn((1, 40, values.len()), |(_, _, b)| values[b]),
        targets: Array3::zeros((1, 40, values.len())),
        mask: vec![39],
        weights: None,
        conditions: Array2::from_shape_fn((values.len(), 1), |(b, _)| values[b]),
    }
}

const PROTOCOL: Protocol =
    Protocol { n_neurons: 5, n_repeats: 200, rate_hz: 15.0, step_ms: 10.0, sigma_rec: 0.0, seed: 3 };

#[test]
fn the_mean_over_all_units_is_the_rate_asked_for_and_spikes_have_the_variance_of_poisson_counts() {
    for curve in [Curve::Relu, Curve::Sigmoid, Curve::Tanh] {
        let found = observe(&relays(5, curve), &trials(&[0.2, 1.0]), &PROTOCOL).expect("observed");
        assert_eq!(found.counts.dim(), (5, 40, 400));
        assert_eq!(found.units, [0, 1, 2, 3, 4]); // all of them
        let n = found.counts.len() as f64;
        let mean = found.counts.iter().map(|&count| f64::from(count)).sum::<f64>() / n;
        assert!((mean - 0.15).abs() < 5.0 * (0.15 / n).sqrt(), "{curve:?}: {mean}"); // five standard errors
        // Repeats of a condition at the last step, where rates are at rest.
        let last = found.counts.slice(ndarray::s![4, 39, 200..]).mapv(f64::from);
        let (mean, variance) = (last.mean().expect("some"), last.var(1.0));
        // The standard error of an index of dispersion of n counts is about √(2/n).
        assert!(
            (variance / mean - 1.0).abs() < 5.0 * (2.0f64 / 200.0).sqrt(),
            "{curve:?}: {variance} {mean}"
        );
    }
}

#[test]
fn neurons_fire_in_proportion_to_their_units_above_the_lowest_rate() {
    // At rest unit i of tanh has the rate tanh(0.2 (i + 1)), which is that much more one above −1.
    let protocol = Protocol { n_repeats: 4000, rate_hz: 50.0, ..PROTOCOL };
    let found = observe(&relays(5, Curve::Tanh), &trials(&[1.0]), &protocol).expect("observed");
    let total = |i: usize| {
        found.counts.slice(ndarray::s![i, 39, ..]).iter().map(|&count| f64::from(count)).sum::<f64>()
    };
    // 39 steps of a tenth have come as near as 1 − 0.9³⁹.
    let rate = |i: usize| 1.0 + (1.0 - 0.9f64.powi(39)) * (0.2 * (i + 1) as f64).tanh();
    let (ratio, expected) = (total(4) / total(0), rate(4) / rate(0));
    let error = expected * (1.0 / total(4) + 1.0 / total(0)).sqrt();
    assert!((ratio - expected).abs() < 5.0 * error, "{ratio} {expected}");
}

#[test]
fn units_are_drawn_without_repeat_until_all_are_observed() {
    let of = |n_neurons, seed| {
        let protocol = Protocol { n_neurons, n_repeats: 1, seed, ..PROTOCOL };
        observe(&relays(9, Curve::Relu), &trials(&[1.0]), &protocol).expect("observed")
    };
    let few = of(4, 1);
    assert!(few.units.windows(2).all(|pair| pair[0] < pair[1]), "{:?}", few.units);
    assert_ne!(few.units, of(4, 2).units);
    let many = of(13, 1);
    assert_eq!(many.units[..9], [0, 1, 2, 3, 4, 5, 6, 7, 8]);
    // A unit that is observed again has spikes of its own.
    let (first, again) = (many.units[9], 9);
    let spikes = |neuron: usize| many.counts.index_axis(Axis(0), neuron).to_owned();
    assert_ne!(spikes(first), spikes(again));
    assert_eq!(of(4, 1), few);
}

#[test]
fn noise_of_the_network_is_shared_by_its_neurons_and_differs_between_trials() {
    let mut network = relays(2, Curve::Sigmoid);
    network.w_inp.fill(1.0);
    network.w_rec.fill(3.0); // both units follow what they have in common
    let protocol = Protocol { n_neurons: 2, n_repeats: 2000, rate_hz: 400.0, ..PROTOCOL };
    let correlation = |sigma_rec| {
        let found =
            observe(&network, &trials(&[-3.0]), &Protocol { sigma_rec, ..protocol }).expect("observed");
        let last = found.counts.index_axis(Axis(1), 39).mapv(f64::from);
        let [a, b] = [0, 1].map(|i| {
            let row = last.row(i);
            &row - row.mean().expect("some")
        });
        (&a * &b).sum() / ((&a * &a).sum() * (&b * &b).sum()).sqrt()
    };
    let chance = 5.0 / 2000f64.sqrt(); // five standard errors of a correlation of nothing
    assert!(correlation(0.0).abs() < chance, "{}", correlation(0.0));
    assert!(correlation(0.2) > chance, "{}", correlation(0.2));
}

#[test]
fn what_cannot_be_observed_is_named() {
    let fails = |network: &Network, protocol: Protocol| {
        observe(network, &trials(&[1.0]), &protocol).expect_err("refused").to_string()
    };
    let relay = relays(3, Curve::Relu);
    for (protocol, expected) in [
        (Protocol { n_neurons: 0, ..PROTOCOL }, "`neurons` is 0, expected at least 1"),
        (Protocol { n_repeats: 0, ..PROTOCOL }, "`trials` is 0, expected at least 1"),
        (Protocol { rate_hz: f64::NAN, ..PROTOCOL }, "`rate` is NaN, expected a rate above 0 in Hz"),
        (Protocol { step_ms: -1.0, ..PROTOCOL }, "`step` is -1, expected a time above 0 in ms"),
        (Protocol { sigma_rec: -0.1, ..PROTOCOL }, "`noise` is -0.1, expected a standard deviation from 0"),
    ] {
        assert_eq!(fails(&relay, protocol), expected);
    }
    let silent = Network { w_inp: Array2::zeros((3, 1)), ..relay.clone() };
    assert!(fails(&silent, PROTOCOL).contains("none can spike"));
    let mut diverging = relay;
    assert!(fails(&diverging, Protocol { rate_hz: 1e12, ..PROTOCOL }).contains("a million spikes"));
    diverging.w_rec.fill(1e9);
    assert!(fails(&diverging, PROTOCOL).contains("of unit 0 grows without bound"));
}
