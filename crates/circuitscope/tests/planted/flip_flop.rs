//! Three bits in three groups of units that do not see each other: 8 stable states and 19 others, all in closed form.

use crate::oracle::{crossings, grid};
use crate::suite::{Family, Known, Planted, between, sign};
use circuitscope::{Activation, Curve};
use ndarray::{Array1, Array2};
use rand_chacha::ChaCha8Rng;

pub(crate) const SMALL: Family = Family { n_seeds: 100, plant: small };
pub(crate) const LARGE: Family = Family { n_seeds: 3, plant: large };

fn small(rng: &mut ChaCha8Rng, seed: u64) -> Planted {
    plant(rng, [3, 3, 6, 12][seed as usize % 4], seed)
}

fn large(rng: &mut ChaCha8Rng, seed: u64) -> Planted {
    plant(rng, [60, 99, 200][seed as usize % 3], seed)
}

/// Unit i belongs to bit i mod 3, with a sign of its own: `W = g/n s sᵀ` within a bit, which rests at 0 and ±m with
/// `m = tanh(g m)`. A sigmoid of slope s is `½ (1 + tanh(s x/2))`, with the drive that centres it.
fn plant(rng: &mut ChaCha8Rng, n: usize, seed: u64) -> Planted {
    let is_tanh = seed.is_multiple_of(2) || n > 12;
    let gains: Vec<f64> = (0..3).map(|_| between(rng, 1.3, 2.5)).collect();
    let signs: Vec<f64> = (0..n).map(|_| sign(rng)).collect();
    let sizes: Vec<f64> = (0..3).map(|bit| (0..n).filter(|i| i % 3 == bit).count() as f64).collect();
    let coupling = |i: usize, j: usize| {
        let bit = i % 3;
        if j % 3 == bit { gains[bit] / sizes[bit] * signs[i] * signs[j] } else { 0.0 }
    };
    let levels: Vec<[f64; 3]> = gains
        .iter()
        .map(|g| {
            let m = crossings(|m| (g * m).tanh() - m, &grid(0.01, 1.1, 100))[0];
            [-m, 0.0, m]
        })
        .collect();
    // With y = ½ (1 + t): s/2 (W′ y + c) = W t asks for W′ = 4 W / s and c = −W′ ½.
    let slope = 7.5;
    let (f, scale, middle) = if is_tanh {
        (Activation { curve: Curve::Tanh, slope: 1.0 }, 1.0, 0.0)
    } else {
        (Activation { curve: Curve::Sigmoid, slope }, 4.0 / slope, 0.5)
    };
    let w_rec = Array2::from_shape_fn((n, n), |(i, j)| scale * coupling(i, j));
    let drive = -w_rec.sum_axis(ndarray::Axis(1)) * middle;
    let roots = (0..27_usize).map(|code| {
        let choice = [code % 3, code / 3 % 3, code / 9];
        let level = |i: usize| signs[i] * levels[i % 3][choice[i % 3]];
        let rates = Array1::from_shape_fn(n, |i| if is_tanh { level(i) } else { 0.5 * (1.0 + level(i)) });
        Known { rates, n_unstable: Some(choice.iter().filter(|&&level| level == 1).count()) }
    });
    Planted { roots: roots.collect(), w_rec, drive, activation: f }
}
