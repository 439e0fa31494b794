//! Units that excite themselves and inhibit each other: every state of two levels, `k` units at one, the others at the
//! other, solves two equations.

use crate::oracle::{all_patterns, n_unstable, two_units};
use crate::suite::{Family, Known, Planted, between};
use circuitscope::{Activation, Curve};
use ndarray::{Array1, Array2};
use rand_chacha::ChaCha8Rng;

pub(crate) const SMOOTH: Family = Family { n_seeds: 100, plant: smooth };
pub(crate) const RELU: Family = Family { n_seeds: 100, plant: relu };

fn weights(n: usize, own: f64, other: f64) -> Array2<f64> {
    Array2::from_shape_fn((n, n), |(i, j)| if i == j { own } else { -other })
}

fn smooth(rng: &mut ChaCha8Rng, seed: u64) -> Planted {
    let n = 2 + seed as usize % 3;
    let (curve, slope) = [(Curve::Sigmoid, 7.5), (Curve::Tanh, 1.0)][seed as usize % 2];
    let f = Activation { curve, slope };
    let scale = if curve == Curve::Sigmoid { 4.0 / slope } else { 1.0 / slope };
    let (own, other) = (scale * between(rng, 1.1, 1.6), scale * between(rng, 0.3, 0.8));
    let level = scale * between(rng, -0.2, 0.2);
    let middle = if curve == Curve::Sigmoid { 0.5 } else { 0.0 };
    let bias = level - middle * (own - (n as f64 - 1.0) * other);
    let w_rec = weights(n, own, other);
    let drive = Array1::from_elem(n, bias);
    let mut roots: Vec<Array1<f64>> = Vec::new();
    for k in 1..n {
        let (high, low) = (k as f64, (n - k) as f64);
        let reduced =
            [[own - (high - 1.0) * other, -low * other], [-high * other, own - (low - 1.0) * other]];
        for [p, q] in two_units(reduced, [bias; 2], f) {
            for code in 0..1_usize << n {
                let is_high = |i: usize| code >> i & 1 == 1;
                if code.count_ones() as usize == k {
                    let state = Array1::from_shape_fn(n, |i| if is_high(i) { p } else { q });
                    // The same state at k and n − k, and that of one level, at every k.
                    if !roots.iter().any(|known| crate::suite::distance(known, &state) < 1e-9) {
                        roots.push(state);
                    }
                }
            }
        }
    }
    let known = |rates: Array1<f64>| {
        let n_unstable = n_unstable(&w_rec, &drive, f, &rates);
        Known { rates, n_unstable: Some(n_unstable) }
    };
    let roots = roots.into_iter().map(known).collect();
    Planted { w_rec, drive, activation: f, roots }
}

fn relu(rng: &mut ChaCha8Rng, seed: u64) -> Planted {
    let n = 2 + seed as usize % 7;
    let f = Activation { curve: Curve::Relu, slope: 1.0 };
    // More inhibition than the own leak leaves: one winner at a time.
    let own = between(rng, 0.0, 0.7);
    let w_rec = weights(n, own, (1.0 - own) * between(rng, 1.1, 2.0));
    let drive = Array1::from_shape_fn(n, |_| between(rng, 0.95, 1.05));
    let known = |rates: Array1<f64>| {
        let n_unstable = n_unstable(&w_rec, &drive, f, &rates);
        Known { rates, n_unstable: Some(n_unstable) }
    };
    let roots = all_patterns(&w_rec, &drive, f).into_iter().map(known).collect();
    Planted { w_rec, drive, activation: f, roots }
}
