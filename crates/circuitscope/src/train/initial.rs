//! Initial weights (SYW16; TE25, Methods, where the published code decides).

use super::model::{Bias, Connections, Spread};
use super::recipe::Recipe;
use super::weights::{Factors, Weights};
use crate::architecture::Constraint;
use crate::stream::Stream;
use circuitscope_kernel::{InputOutput, Parameters};
use faer::MatRef;
use ndarray::Array2;
use rand::seq::SliceRandom;
use rand_distr::{Distribution, Normal};

/// Draws the weights a network starts from.
///
/// Free: `W_rec ~ N(0, 1/N)`, `W_inp`, `W_out ~ N(1/√N, 1/N)`. Dale: excitatory columns of `W_rec` are
/// `|N(1/√N, 1/N)|`, inhibitory ones `−|N(ratio/√N, 1/N)|`; `W_inp = |N(1/√N, 1/N)|`, `W_out` the same on excitatory
/// units and 0 on inhibitory ones. The diagonal of `W_rec` is 0, then `W_rec` is scaled to the spectral radius.
/// Standard deviations are the second argument. Each matrix has its own random stream.
///
/// Of sparse networks the missing weights are 0 before `W_rec` is scaled. Of low rank, entries of `M` and `N` are normal, both
/// matrices have the same norm, and the largest singular value of their product is the spectral radius: the radius of a random
/// product is an accident of how its vectors overlap, and may be 0. Input and output weights of either sign are `N(0, 1/√N)`.
pub(super) fn initial_weights(recipe: &Recipe, n_inputs: usize, n_outputs: usize, seed: u64) -> Weights {
    let n = recipe.n_units;
    let connections = connections(recipe, seed);
    let factors = match recipe.model.connections {
        Connections::LowRank { rank } => Some(factors(recipe, rank, seed)),
        Connections::Full | Connections::Sparse { .. } => None,
    };
    let w_rec = match &factors {
        Some(factors) => factors.product(),
        None => recurrent(recipe, &connections, seed),
    };
    let bias = match recipe.model.bias {
        Bias::Absent => Vec::new(),
        Bias::Fixed(Spread { mean, sd }) | Bias::Learned(Spread { mean, sd }) => {
            let mut rng = Stream::Biases.rng(seed);
            normal(mean, sd).sample_iter(&mut rng).take(n).map(|b| b as f32).collect()
        }
    };
    let mut w_out = input_or_output(recipe, Stream::OutputWeights, n_outputs * n, seed);
    for (w, sign) in w_out.iter_mut().zip(recipe.signs().iter().cycle()) {
        if *sign < 0 {
            *w = 0.0;
        }
    }
    let w_inp = input_or_output(recipe, Stream::InputWeights, n * n_inputs, seed);
    Weights { parameters: Parameters { w_rec, w_inp, w_out, bias }, factors, connections }
}

fn recurrent(recipe: &Recipe, connections: &[bool], seed: u64) -> Vec<f32> {
    let n = recipe.n_units;
    let (mean, sd) = (1.0 / (n as f64).sqrt(), 1.0 / n as f64);
    let signs = recipe.signs();
    let mut rng = Stream::RecurrentWeights.rng(seed);
    let mut w_rec = Array2::from_shape_fn((n, n), |(_, pre)| match signs[pre] {
        0 => normal(0.0, sd).sample(&mut rng),
        1 => normal(mean, sd).sample(&mut rng).abs(),
        _ => -normal(recipe.ratio * mean, sd).sample(&mut rng).abs(),
    });
    w_rec.diag_mut().fill(0.0);
    for (w, exists) in w_rec.iter_mut().zip(connections) {
        if !exists {
            *w = 0.0;
        }
    }
    let radius = spectral_radius(&w_rec);
    if radius > 0.0 {
        w_rec *= rounded(recipe.spectral_radius / radius);
    }
    w_rec.iter().map(|&w| w as f32).collect()
}

/// Which recurrent weights there are `[N, N]`: each unit hears the same number of others and never itself; empty: all.
fn connections(recipe: &Recipe, seed: u64) -> Vec<bool> {
    let Connections::Sparse { density } = recipe.model.connections else { return Vec::new() };
    let n = recipe.n_units;
    let n_heard = ((density * (n - 1) as f64).round() as usize).max(1);
    let mut rng = Stream::Connections.rng(seed);
    let mut connections = vec![false; n * n];
    for (post, row) in connections.chunks_exact_mut(n).enumerate() {
        let mut others: Vec<usize> = (0..n).filter(|&pre| pre != post).collect();
        let (heard, _) = others.partial_shuffle(&mut rng, n_heard);
        for &mut pre in heard {
            row[pre] = true;
        }
    }
    connections
}

fn factors(recipe: &Recipe, rank: usize, seed: u64) -> Factors {
    let n = recipe.n_units;
    let mut rng = Stream::RecurrentWeights.rng(seed);
    let mut drawn = || -> Vec<f64> {
        let entries: Vec<f64> = normal(0.0, 1.0).sample_iter(&mut rng).take(n * rank).collect();
        let length = entries.iter().map(|x| x * x).sum::<f64>().sqrt();
        entries.into_iter().map(|x| x / length).collect()
    };
    let (left, right) = (drawn(), drawn());
    let matrix = |entries| MatRef::from_row_major_slice(entries, n, rank);
    let product = matrix(&left) * matrix(&right).transpose();
    let largest = product.singular_values().map_or(0.0, |values| values.into_iter().fold(0.0, f64::max));
    let scale = if largest > 0.0 { rounded((recipe.spectral_radius / largest).sqrt()) } else { 1.0 };
    let scaled = |entries: Vec<f64>| entries.into_iter().map(|x| (x * scale) as f32).collect();
    Factors::new(rank, scaled(left), scaled(right))
}

fn input_or_output(recipe: &Recipe, stream: Stream, len: usize, seed: u64) -> Vec<f32> {
    let n = recipe.n_units as f64;
    let mut rng = stream.rng(seed);
    let is_dale = recipe.architecture.constraint == Constraint::Dale;
    let drawn = match recipe.model.input_output {
        InputOutput::NonNegative => normal(1.0 / n.sqrt(), 1.0 / n),
        InputOutput::AnySign => normal(0.0, 1.0 / n.sqrt()),
    };
    let is_positive = is_dale && recipe.model.input_output == InputOutput::NonNegative;
    let weights = drawn.sample_iter(&mut rng).take(len);
    weights.map(|w| (if is_positive { w.abs() } else { w }) as f32).collect()
}

/// A factor of weights in float32, so that the last bits of a matrix decomposition never reach them.
fn rounded(scale: f64) -> f64 {
    f64::from(scale as f32)
}

fn normal(mean: f64, sd: f64) -> Normal<f64> {
    Normal::new(mean, sd).expect("a finite standard deviation")
}

/// The largest modulus of an eigenvalue of `matrix` `[N, N]`; 0 if the solver does not converge, which finite entries
/// rule out.
fn spectral_radius(matrix: &Array2<f64>) -> f64 {
    let (rows, columns) = matrix.dim();
    let entries: Vec<f64> = matrix.iter().copied().collect();
    let view = MatRef::from_row_major_slice(&entries, rows, columns);
    view.eigenvalues().map_or(0.0, |eigenvalues| eigenvalues.iter().map(|z| z.norm()).fold(0.0, f64::max))
}
