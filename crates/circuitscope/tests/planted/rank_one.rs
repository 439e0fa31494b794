//! `W = g u vᵀ` of any size: with κ = v · y the roots are `y = f(g u κ + c)`, one equation in κ.

use crate::oracle::{crossings, grid};
use crate::suite::{Family, Known, Planted, between, normals, sign, steepest};
use circuitscope::{Activation, Curve};
use ndarray::{Array1, Array2};
use rand_chacha::ChaCha8Rng;

pub(crate) const SMOOTH: Family = Family { n_seeds: 100, plant: smooth };
pub(crate) const RELU: Family = Family { n_seeds: 100, plant: relu };

/// A few networks have 200 units, one in ten 100, the others 20.
fn size(seed: u64) -> usize {
    match seed % 25 {
        0 => 200,
        1 | 11 => 100,
        _ => 20,
    }
}

fn smooth(rng: &mut ChaCha8Rng, seed: u64) -> Planted {
    let n = size(seed);
    let (curve, slope, middle) =
        [(Curve::Tanh, 1.0, 0.0), (Curve::Sigmoid, 7.5, 0.5), (Curve::Tanh, 2.5, 0.0)][seed as usize % 3];
    let f = Activation { curve, slope };
    let u: Array1<f64> = (0..n).map(|_| sign(rng) * between(rng, 0.5, 1.5)).collect();
    // Along u with noise, so that the loop is positive but the two directions are not the same.
    let v: Array1<f64> = (&u + &(normals(rng, n) * 0.3)) / n as f64;
    let gain = between(rng, 1.3, 3.0) / (steepest(f) * u.dot(&v));
    let tilt = if seed.is_multiple_of(2) { 0.0 } else { 0.1 / steepest(f) };
    let drive = normals(rng, n) * tilt - &(&u * (gain * middle * v.sum()));
    let reach = v.mapv(f64::abs).sum();
    planted(&u, &v, gain, drive, f, &grid(-reach, reach, 2000))
}

fn relu(rng: &mut ChaCha8Rng, seed: u64) -> Planted {
    let n = size(seed);
    let f = Activation { curve: Curve::Relu, slope: 1.0 };
    let u: Array1<f64> = (0..n).map(|_| sign(rng) * between(rng, 0.5, 1.5)).collect();
    let v: Array1<f64> = (&u + &(normals(rng, n) * 0.3)) / n as f64;
    let gain = between(rng, 0.5, 4.0) / u.dot(&v);
    let drive = normals(rng, n);
    // Between two places where a unit turns on or off the equation is linear.
    let mut places: Vec<f64> = u.iter().zip(&drive).map(|(u, c)| -c / (gain * u)).collect();
    places.extend([-1e4, 1e4]);
    places.sort_by(f64::total_cmp);
    planted(&u, &v, gain, drive, f, &places)
}

/// 1000 units of tanh with its three roots.
pub(crate) fn thousand(rng: &mut ChaCha8Rng) -> Planted {
    let n = 1000;
    let u: Array1<f64> = (0..n).map(|_| sign(rng) * between(rng, 0.5, 1.5)).collect();
    let v = &u / n as f64;
    let gain = 1.8 / u.dot(&v);
    let f = Activation { curve: Curve::Tanh, slope: 1.0 };
    planted(&u, &v, gain, Array1::zeros(n), f, &grid(-2.0, 2.0, 100))
}

/// The network with the roots that the grid brackets; one eigenvalue is not −1, `−1 + g Σ v f′ u`.
fn planted(
    u: &Array1<f64>,
    v: &Array1<f64>,
    gain: f64,
    drive: Array1<f64>,
    f: Activation,
    places: &[f64],
) -> Planted {
    let n = u.len();
    let arguments = |kappa: f64| u * (gain * kappa) + &drive;
    let at = |kappa: f64| arguments(kappa).mapv_into(|x| f.rate(x));
    let roots = crossings(|kappa| v.dot(&at(kappa)) - kappa, places).into_iter().map(|kappa| {
        let (rates, x) = (at(kappa), arguments(kappa));
        let loop_gain: f64 = (0..n).map(|i| gain * v[i] * f.slope_at(x[i]) * u[i]).sum();
        Known { rates, n_unstable: Some(usize::from(loop_gain > 1.0)) }
    });
    Planted {
        roots: roots.collect(),
        w_rec: Array2::from_shape_fn((n, n), |(i, j)| gain * u[i] * v[j]),
        drive,
        activation: f,
    }
}
