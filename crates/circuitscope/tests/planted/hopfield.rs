//! Random patterns stored by Hebb's rule: the state that each pattern flows to, and its mirror image.

use crate::oracle::{n_unstable, polished};
use crate::suite::{Family, Known, Planted, between, distance, sign};
use circuitscope::{Activation, Curve};
use ndarray::{Array1, Array2};
use rand_chacha::ChaCha8Rng;

pub(crate) const PATTERNS: Family = Family { n_seeds: 100, plant };

fn plant(rng: &mut ChaCha8Rng, seed: u64) -> Planted {
    let n = match seed % 50 {
        0 => 200,
        1 | 21 => 100,
        _ => 50,
    };
    let n_patterns = 1 + seed as usize % 3;
    let f = Activation { curve: Curve::Tanh, slope: 1.0 };
    let patterns = Array2::from_shape_fn((n_patterns, n), |_| sign(rng));
    let w_rec = patterns.t().dot(&patterns) * (between(rng, 1.5, 2.5) / n as f64);
    let drive = Array1::zeros(n);
    let mut roots: Vec<Array1<f64>> = Vec::new();
    for pattern in patterns.outer_iter() {
        let mut state = pattern.to_owned();
        for _ in 0..2000 {
            state = &state * 0.5 + w_rec.dot(&state).mapv(|x| 0.5 * f.rate(x));
        }
        let Some(state) = polished(&w_rec, &drive, f, state) else { continue };
        for state in [-&state, state] {
            if !roots.iter().any(|known| distance(known, &state) < 1e-6) {
                roots.push(state);
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
