//! Certificates against roots of 31 digits and enclosures on their balls.

use crate::ball::{Ball, decay, inverse, potentials};
use crate::double_double::Double;
use circuitscope::dynamics::fixed_points::{Search, roots};
use circuitscope::network::{Form, Network};
use circuitscope::{Activation, Curve};
use ndarray::{Array1, Array2, Axis};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;

const KINDS: [Activation; 2] =
    [Activation { curve: Curve::Tanh, slope: 1.0 }, Activation { curve: Curve::Sigmoid, slope: 7.5 }];

fn network(n: usize, f: Activation, form: Form, rng: &mut ChaCha8Rng) -> (Network, Array1<f64>) {
    let mut normals = |rows: usize, columns: usize, scale: f64| {
        Array2::from_shape_fn((rows, columns), |_| scale * rng.sample::<f64, _>(StandardNormal))
    };
    // Gain 1.6 over what the steepest slope leaves: several roots in most.
    let scale = if f.curve == Curve::Sigmoid { 4.0 / f.slope } else { 1.0 / f.slope };
    let w_rec = normals(n, n, 1.6 * scale / (n as f64).sqrt());
    let middle = if f.curve == Curve::Sigmoid { 0.5 } else { 0.0 };
    let bias = normals(n, 1, 0.1 * scale).remove_axis(Axis(1)) - w_rec.sum_axis(Axis(1)) * middle;
    let network = Network {
        w_inp: normals(n, 2, 0.1 * scale),
        w_out: Array2::ones((1, n)),
        bias,
        initial_state: Array1::zeros(n),
        activation: f,
        form,
        dt_ms: 1.0,
        tau_ms: 10.0,
        w_rec,
    };
    let input = Array1::from_vec(vec![0.3, -0.7]);
    (network, input)
}

/// `W_inp u + b` to 31 digits.
fn drive(network: &Network, input: &Array1<f64>) -> Vec<Double> {
    let rows = network.w_inp.outer_iter().zip(&network.bias);
    rows.map(|(row, &bias)| {
        row.iter()
            .zip(input)
            .fold(Double::from(bias), |sum, (&w, &u)| sum + Double::from(w) * Double::from(u))
    })
    .collect()
}

/// The root near rates, to 31 digits: Newton's method with residuals of 31 digits.
fn polished(network: &Network, drive: &[Double], near: &Array1<f64>) -> Vec<Double> {
    let (w, f) = (&network.w_rec, network.activation);
    let mut y: Vec<Double> = near.iter().map(|&y| Double::from(y)).collect();
    let x: Array1<f64> = potentials(w, drive, &y).iter().map(|x| x.high).collect();
    let inverse = inverse(&decay(w, f, &x));
    let mut last = f64::INFINITY;
    for _ in 0..12 {
        let x = potentials(w, drive, &y);
        let rest: Array1<f64> = x.iter().zip(&y).map(|(x, &y)| (x.rate(f) - y).high).collect();
        let step = inverse.dot(&rest);
        for (y, &step) in y.iter_mut().zip(&step) {
            *y = *y + Double::from(step);
        }
        last = step.dot(&step).sqrt();
        if last < 1e-29 {
            break;
        }
    }
    // Rounding of double doubles times the condition of a root that is certified.
    assert!(last < 1e-27, "not polished: {last}");
    y
}

/// How many certificates were held to account, and how many false claims were refused.
#[derive(Default)]
struct Tally {
    certified: usize,
    refused_radii: usize,
    refused_balls: usize,
}

fn check(n: usize, f: Activation, form: Form, seed: u64, tally: &mut Tally) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let (network, input) = network(n, f, form, &mut rng);
    let exact_drive = drive(&network, &input);
    let (inputs, starts) = (input.insert_axis(Axis(0)), Array2::zeros((0, n)));
    let search = Search { min_total_starts: 0, ..Search::STANDARD };
    let found = roots(&network, inputs.view(), starts.view(), &search, seed).expect("fits").remove(0);
    let w = &network.w_rec;
    let rates = |state: &Array1<f64>| match form {
        Form::Rate => state.clone(),
        Form::Potential => state.mapv(|h| f.rate(h)),
    };
    for root in &found.points {
        let Some(proof) = root.certificate else { continue };
        tally.certified += 1;
        let at = rates(&root.state);
        let exact = polished(&network, &exact_drive, &at);
        let ball = Ball::new(w, f, &exact_drive, &at);
        let place = format!("N = {n}, {f:?}, {form:?}, seed {seed}, {proof:?}");
        // The exact root in the variable of the form, and how far it is from what was returned.
        let error = match form {
            Form::Rate => ball.distance(&exact),
            Form::Potential => {
                let x = potentials(w, &exact_drive, &exact);
                let gaps = x.iter().zip(&root.state).map(|(&x, &h)| (x - Double::from(h)).high.powi(2));
                gaps.sum::<f64>().sqrt()
            }
        };
        assert!(error <= proof.radius, "the root is {error} away: {place}");
        // Potentials within ρ have rates within L ρ of the rates at the centre, and of those rounded.
        let steepest = if f.curve == Curve::Sigmoid { 0.25 * f.slope } else { f.slope };
        let (inner, outer) = match form {
            Form::Rate => (proof.radius, proof.unique_radius),
            Form::Potential => {
                let rounded = 1e-14 * (n as f64).sqrt();
                (proof.radius * steepest + rounded, proof.unique_radius * steepest + rounded)
            }
        };
        // The enclosure itself rounds by so much; below that the 31 digits above decide.
        assert!(ball.has_root(inner.max(1e-13)), "no root by enclosure: {place}");
        // A float less, so that the bound's own rounding does not decide.
        assert!(ball.has_one_at_most(outer * (1.0 - 1e-9)), "not the only one: {place}");
        // The same enclosure must refuse a ball that holds a second root.
        for other in found.points.iter().filter(|other| other.state != root.state) {
            let apart = (&rates(&other.state) - &at).mapv(|x| x * x).sum().sqrt();
            assert!(!ball.has_one_at_most(1.001 * apart), "two roots called one: {place}");
            tally.refused_balls += 1;
        }
        // And a radius below the true error, which a proof must not claim.
        let exact_error = ball.distance(&exact);
        assert!(
            exact_error == 0.0 || !ball.has_root(0.5 * exact_error),
            "a radius too small is believed: {place}"
        );
        tally.refused_radii += usize::from(exact_error > 0.0);
    }
}

#[test]
fn certified_roots_are_where_31_digits_put_them_and_alone_there() {
    let mut tally = Tally::default();
    for form in [Form::Rate, Form::Potential] {
        for f in KINDS {
            for seed in 0..40 {
                check(1 + seed as usize % 20, f, form, seed, &mut tally);
            }
            for seed in 0..2 {
                check(100, f, form, seed, &mut tally);
            }
        }
    }
    assert!(tally.certified > 300, "{}", tally.certified);
    assert!(tally.refused_balls > 300, "{}", tally.refused_balls);
    // A root that is a float by chance has no smaller radius to refuse.
    assert!(tally.refused_radii * 10 > tally.certified * 9, "{}", tally.refused_radii);
}
