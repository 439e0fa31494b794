//! Initial weights (SYW16; TE25, Methods, where the published code decides).

use super::recipe::Recipe;
use crate::architecture::Constraint;
use crate::stream::Stream;
use circuitscope_kernel::Parameters;
use faer::MatRef;
use ndarray::Array2;
use rand_distr::{Distribution, Normal};

/// Draws the weights a network starts from.
///
/// Free: `W_rec ~ N(0, 1/N)`, `W_inp`, `W_out ~ N(1/√N, 1/N)`. Dale: excitatory columns of `W_rec` are
/// `|N(1/√N, 1/N)|`, inhibitory ones `−|N(ratio/√N, 1/N)|`; `W_inp = |N(1/√N, 1/N)|`, `W_out` the same on excitatory
/// units and 0 on inhibitory ones. The diagonal of `W_rec` is 0, then `W_rec` is scaled to the spectral radius.
/// Standard deviations are the second argument. Each matrix has its own random stream.
pub(super) fn initial_parameters(
    recipe: &Recipe,
    n_inputs: usize,
    n_outputs: usize,
    seed: u64,
) -> Parameters {
    let n = recipe.n_units;
    let mean = 1.0 / (n as f64).sqrt();
    let signs = recipe.signs();
    let dale = recipe.architecture.constraint == Constraint::Dale;

    let mut rng = Stream::RecurrentWeights.rng(seed);
    let mut w_rec = Array2::from_shape_fn((n, n), |(_, pre)| match signs[pre] {
        0 => normal(0.0, n).sample(&mut rng),
        1 => normal(mean, n).sample(&mut rng).abs(),
        _ => -normal(recipe.ratio * mean, n).sample(&mut rng).abs(),
    });
    w_rec.diag_mut().fill(0.0);
    let radius = spectral_radius(&w_rec);
    if radius > 0.0 {
        // Rounded to float32 first, so that the last bits of an eigenvalue solver never reach the weights.
        let scale = f64::from((recipe.spectral_radius / radius) as f32);
        w_rec *= scale;
    }

    let drawn = |stream: Stream, len: usize| {
        let mut rng = stream.rng(seed);
        let weights = normal(mean, n).sample_iter(&mut rng).take(len);
        weights.map(|w| (if dale { w.abs() } else { w }) as f32).collect::<Vec<_>>()
    };
    let mut w_out = drawn(Stream::OutputWeights, n_outputs * n);
    for (w, sign) in w_out.iter_mut().zip(signs.iter().cycle()) {
        if *sign < 0 {
            *w = 0.0;
        }
    }
    Parameters {
        w_rec: w_rec.iter().map(|&w| w as f32).collect(),
        w_inp: drawn(Stream::InputWeights, n * n_inputs),
        w_out,
    }
}

/// The normal distribution around `mean` with standard deviation `1/n`.
fn normal(mean: f64, n: usize) -> Normal<f64> {
    Normal::new(mean, 1.0 / n as f64).expect("a finite standard deviation")
}

/// The largest modulus of an eigenvalue of `matrix` `[N, N]`; 0 if the solver does not converge, which finite entries
/// rule out.
fn spectral_radius(matrix: &Array2<f64>) -> f64 {
    let (rows, columns) = matrix.dim();
    let entries: Vec<f64> = matrix.iter().copied().collect();
    let view = MatRef::from_row_major_slice(&entries, rows, columns);
    view.eigenvalues().map_or(0.0, |eigenvalues| eigenvalues.iter().map(|z| z.norm()).fold(0.0, f64::max))
}
