//! Where a fit starts.

use faer::Mat;
use faer::linalg::solvers::Solve;
use ndarray::{Array2, ArrayView3};
use rand::RngExt;
use rand_distr::{Distribution, StandardNormal};

use super::responses::Responses;
use super::setting::{Setting, Variant};
use crate::stream::Stream;
use circuitscope_kernel::circuit::{Circuit, Embedding, Shape};
use circuitscope_kernel::stiefel::Stiefel;

/// Ridge of the decoders, as a share of the components' mean square.
const RIDGE: f64 = 1e-3;

/// How much of a random embedding is added to the decoders, start after start: near ones find circuits that are there
/// sooner, far ones find circuits of lower loss where the network is none.
const SPREADS: [f64; 2] = [0.3, 1.0];

/// Directions of unit length along which components `[K, T, B]` tell each input, as a node without recurrence would
/// follow it, and each output `[K, U + O]`; zero where nothing is told.
///
/// # Source
/// The option `Qinitialization` of TE25's code, with a ridge for its damping.
pub(super) fn decoder(components: ArrayView3<'_, f64>, responses: &Responses, alpha: f64) -> Array2<f64> {
    let (k, n_steps, n_trials) = components.dim();
    let (n_inputs, n_outputs) = (responses.n_inputs(), responses.n_outputs());
    let mut gram: Mat<f64> = Mat::zeros(k, k);
    let mut cross: Mat<f64> = Mat::zeros(k, n_inputs + n_outputs);
    for b in 0..n_trials {
        let mut signals = vec![0.0; n_inputs + n_outputs];
        for t in 0..n_steps {
            let z = |i: usize| components[[i, t, b]];
            for o in 0..n_outputs {
                signals[n_inputs + o] = responses.outputs[[o, t, b]];
            }
            if !z(0).is_nan() && signals.iter().all(|signal| !signal.is_nan()) {
                for i in 0..k {
                    (0..=i).for_each(|j| gram[(i, j)] += z(i) * z(j));
                    signals.iter().enumerate().for_each(|(s, signal)| cross[(i, s)] += z(i) * signal);
                }
            }
            for (signal, u) in signals.iter_mut().zip(0..n_inputs) {
                *signal += alpha * (f64::from(responses.inputs[[u, t, b]]) - *signal);
            }
        }
    }
    let ridge = RIDGE * (0..k).map(|i| gram[(i, i)]).sum::<f64>() / k as f64;
    let left = Mat::from_fn(k, k, |i, j| {
        gram[(i.max(j), i.min(j))] + if i == j { ridge + f64::MIN_POSITIVE } else { 0.0 }
    });
    let found = left.partial_piv_lu().solve(&cross);
    let mut decoder = Array2::from_shape_fn((k, n_inputs + n_outputs), |at| found[at]);
    for mut column in decoder.columns_mut() {
        let norm = column.iter().map(|x| x * x).sum::<f64>().sqrt();
        column.mapv_inplace(|x| if norm.is_finite() && norm > 0.0 { x / norm } else { 0.0 });
    }
    decoder
}

/// A circuit to start from, and how its embedding is written.
///
/// Input weights are 1; outputs and nodes without input start as the mean of the nodes that may drive them; other recurrent
/// weights are 0. TE25: the embedding is the orthonormal matrix next to the decoders of inputs (first nodes) and outputs
/// (last nodes) plus some of a random one; LE25: a random one, from uniform entries.
///
/// TE25's code starts output weights from 1 and all recurrent ones from 0. Outputs are then n times too large, the first
/// updates push every node down, and free `ReLU` nodes below threshold stay there: the loss ends higher.
pub(super) fn start(
    shape: Shape,
    decoder: &Array2<f64>,
    setting: &Setting,
    start_idx: usize,
    seed: u64,
) -> (Circuit, Embedding) {
    let (k, n) = (shape.n_components, shape.n_nodes);
    let mut rng = Stream::Embedding.rng(seed);
    let (q, embedding) = match setting.variant {
        Variant::Te25 => {
            let size = (k as f64).sqrt();
            let mut near = Mat::from_fn(k, n, |_, _| {
                let drawn: f64 = StandardNormal.sample(&mut rng);
                drawn / size
            });
            let spread = SPREADS[start_idx % SPREADS.len()];
            let first_output = n.saturating_sub(shape.n_outputs).max(shape.n_inputs);
            let nodes = (0..shape.n_inputs).chain(first_output..n);
            for (column, node) in nodes.enumerate() {
                (0..k).for_each(|i| near[(i, node)] = decoder[[i, column]] + spread * near[(i, node)]);
            }
            (polar_factor(&near), Embedding::Stiefel)
        }
        Variant::Le25 => {
            let free: Vec<f64> = (0..k * k).map(|_| rng.random_range(0.0..1.0)).collect();
            (Stiefel { n_rows: k, n_columns: n }.cayley(&free), Embedding::Cayley(free))
        }
    };
    let rules = setting.wiring.rules();
    let mut circuit = Circuit { q, ..Circuit::zeros(shape) };
    circuit.w_inp.fill(1.0);
    set_to_means(&mut circuit.w_out, &rules.out_mask, n);
    for i in setting.wiring.free_nodes() {
        set_to_means(&mut circuit.w_rec[i * n..][..n], &rules.rec_mask[i * n..][..n], n);
    }
    rules.apply(&mut circuit);
    (circuit, embedding)
}

/// Makes each row of weights `[R, n]` the mean over the nodes that its mask allows.
fn set_to_means(weights: &mut [f64], mask: &[f64], n: usize) {
    for (row, mask) in weights.chunks_exact_mut(n).zip(mask.chunks_exact(n)) {
        row.fill(1.0 / mask.iter().sum::<f64>().max(1.0));
    }
}

/// The orthonormal matrix nearest to a tall one, `U Vᵀ` of its singular value decomposition, row-major.
fn polar_factor(near: &Mat<f64>) -> Vec<f64> {
    let (rows, columns) = (near.nrows(), near.ncols());
    let svd = near.thin_svd().expect("the decomposition of finite numbers converges");
    let factor = svd.U() * svd.V().transpose();
    (0..rows).flat_map(|i| (0..columns).map(move |j| (i, j))).map(|at| factor[at]).collect()
}
