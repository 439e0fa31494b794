//! Units on a ring: bumps centred on a unit or between two, alternately stable and saddles.

use crate::oracle::{crossings, grid, n_unstable, solve};
use crate::suite::{Family, Known, Planted, between};
use circuitscope::{Activation, Curve};
use ndarray::{Array1, Array2};
use rand_chacha::ChaCha8Rng;
use std::f64::consts::TAU;

pub(crate) const TANH: Family = Family { n_seeds: 60, plant: tanh };
pub(crate) const RELU: Family = Family { n_seeds: 60, plant: relu };

/// `W = 2g/N cos(θᵢ − θⱼ)`: `y = tanh(R cos(θ − φ))` with φ on a unit or halfway, and one equation for R. The weights are
/// of rank two, and at such φ the two eigenvalues that are not −1 belong to the amplitude and to the place of the bump.
fn tanh(rng: &mut ChaCha8Rng, seed: u64) -> Planted {
    let n = [4, 6, 8][seed as usize % 3];
    let g = between(rng, 2.0, 4.0);
    let f = Activation { curve: Curve::Tanh, slope: 1.0 };
    let angle = |i: usize| TAU * i as f64 / n as f64;
    let share = 2.0 * g / n as f64;
    let w_rec = Array2::from_shape_fn((n, n), |(i, j)| share * (angle(i) - angle(j)).cos());
    let mut roots = vec![Known { rates: Array1::zeros(n), n_unstable: Some(2) }];
    for half_steps in 0..2 * n {
        let place = 0.5 * angle(half_steps);
        let cosine = |i: usize| (angle(i) - place).cos();
        let rest = |r: f64| share * (0..n).map(|i| cosine(i) * (r * cosine(i)).tanh()).sum::<f64>() - r;
        let height = crossings(rest, &grid(0.05, 2.0 * g, 200))[0];
        let rates = Array1::from_shape_fn(n, |i| (height * cosine(i)).tanh());
        let slope = |i: usize| 1.0 - rates[i] * rates[i];
        let amplitude: f64 = (0..n).map(|i| share * slope(i) * cosine(i).powi(2)).sum();
        let shift: f64 = (0..n).map(|i| share * slope(i) * (1.0 - cosine(i).powi(2))).sum();
        let n_unstable = usize::from(amplitude > 1.0) + usize::from(shift > 1.0);
        roots.push(Known { rates, n_unstable: Some(n_unstable) });
    }
    Planted { w_rec, drive: Array1::zeros(n), activation: f, roots }
}

/// `W = (J₀ + J₁ cos(θᵢ − θⱼ)) / N` with J₁ > 2 under uniform drive: bumps of neighbouring active units, any of which may
/// be the first.
fn relu(rng: &mut ChaCha8Rng, seed: u64) -> Planted {
    let n = [7, 12, 20, 31][seed as usize % 4];
    let (inhibition, modulation) = (-between(rng, 2.0, 6.0), between(rng, 3.0, 6.0));
    let f = Activation { curve: Curve::Relu, slope: 1.0 };
    let angle = |i: usize| TAU * i as f64 / n as f64;
    let w_rec = Array2::from_shape_fn((n, n), |(i, j)| {
        (inhibition + modulation * (angle(i) - angle(j)).cos()) / n as f64
    });
    let drive = Array1::ones(n);
    let mut roots = Vec::new();
    for width in 1..=n {
        for first in 0..if width == n { 1 } else { n } {
            let is_on = |i: usize| (i + n - first) % n < width;
            let on = |i: usize| f64::from(u8::from(is_on(i)));
            let decay =
                Array2::from_shape_fn((n, n), |(i, j)| f64::from(u8::from(i == j)) - on(i) * w_rec[[i, j]]);
            let Some((rates, _)) = solve(&decay, &Array1::from_shape_fn(n, on)) else { continue };
            let x = w_rec.dot(&rates) + &drive;
            // A bump as wide as the boundary allows is on it in exact arithmetic too.
            if (0..n).all(|i| (x[i] > 0.0) == is_on(i) && x[i].abs() > 1e-6) {
                let n_unstable = n_unstable(&w_rec, &drive, f, &rates);
                roots.push(Known { rates, n_unstable: Some(n_unstable) });
            }
        }
    }
    Planted { w_rec, drive, activation: f, roots }
}
