//! Few units: every root by elimination of one unknown, or by trying every pattern.

use crate::oracle::{all_patterns, n_unstable_of_two, two_units};
use crate::suite::{Family, Known, Planted, between, normals, sign, steepest};
use circuitscope::{Activation, Curve};
use ndarray::{Array1, Array2};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;

pub(crate) const TANH: Family = Family { n_seeds: 150, plant: tanh };
pub(crate) const SIGMOID: Family = Family { n_seeds: 150, plant: sigmoid };
pub(crate) const RELU: Family = Family { n_seeds: 150, plant: relu };

fn tanh(rng: &mut ChaCha8Rng, seed: u64) -> Planted {
    let slope = [0.5, 1.0, 2.5][seed as usize % 3];
    two(rng, Activation { curve: Curve::Tanh, slope }, 0.0)
}

fn sigmoid(rng: &mut ChaCha8Rng, seed: u64) -> Planted {
    let slope = [1.0, 4.0, 7.5][seed as usize % 3];
    two(rng, Activation { curve: Curve::Sigmoid, slope }, 0.5)
}

/// Two units that excite themselves enough for two levels each, coupled either way, around the middle of their range.
fn two(rng: &mut ChaCha8Rng, f: Activation, middle: f64) -> Planted {
    let scale = 1.0 / steepest(f);
    let mut own = || scale * between(rng, 1.2, 3.0);
    let (a, d) = (own(), own());
    let mut cross = || sign(rng) * scale * between(rng, 0.1, 1.0);
    let w = [[a, cross()], [cross(), d]];
    let tilt = normals(rng, 2) * (0.2 * scale);
    let c = [0, 1].map(|i| tilt[i] - middle * (w[i][0] + w[i][1]));
    let roots = two_units(w, c, f).into_iter().map(|y| Known {
        rates: Array1::from_vec(y.to_vec()),
        n_unstable: Some(n_unstable_of_two(w, c, f, y)),
    });
    Planted {
        roots: roots.collect(),
        w_rec: Array2::from_shape_fn((2, 2), |(i, j)| w[i][j]),
        drive: Array1::from_vec(c.to_vec()),
        activation: f,
    }
}

fn relu(rng: &mut ChaCha8Rng, seed: u64) -> Planted {
    let n = 2 + seed as usize % 6;
    let f = Activation { curve: Curve::Relu, slope: [1.0, 1.5][seed as usize % 2] };
    let w_rec =
        Array2::from_shape_fn((n, n), |_| rng.sample::<f64, _>(StandardNormal) * 0.9 / (n as f64).sqrt());
    let drive = normals(rng, n);
    let known = |rates| Known { rates, n_unstable: None };
    let roots = all_patterns(&w_rec, &drive, f).into_iter().map(known).collect();
    Planted { w_rec, drive, activation: f, roots }
}
