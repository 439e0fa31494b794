//! Where a fit starts.

use faer::linalg::solvers::Solve;
use faer::{Mat, MatRef};
use ndarray::{Array2, ArrayView2, ArrayView3};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use super::responses::Responses;
use super::setting::{Setting, Variant};
use crate::stream::Stream;
use circuitscope_kernel::circuit::{Circuit, Embedding, Shape};
use circuitscope_kernel::stiefel::Stiefel;

/// Ridge of the regressions, as a share of the regressors' mean square.
const RIDGE: f64 = 1e-3;
/// Where starts lie, one after the other: near directions find circuits that are there sooner, far ones find circuits of
/// lower loss where the network is none.
const PLACES: [Place; 4] = [
    Place { from: Source::Onsets, spread: 0.1, readout: Readout::Last },
    Place { from: Source::Decoders, spread: 0.3, readout: Readout::All },
    Place { from: Source::Onsets, spread: 0.3, readout: Readout::All },
    Place { from: Source::Decoders, spread: 1.0, readout: Readout::All },
];

/// A start: which directions it is near to, how much of a random embedding is added, and what drives the outputs.
struct Place {
    from: Source,
    spread: f64,
    readout: Readout,
}

#[derive(Clone, Copy)]
enum Source {
    Onsets,
    Decoders,
}

/// Which nodes drive the outputs at the start. Circuits whose last nodes are the outputs are missed by some starts from the
/// mean of all nodes, and other circuits by starts from the last nodes.
#[derive(Clone, Copy)]
enum Readout {
    /// All that may, alike.
    All,
    /// The last nodes, one an output, if there are as many free ones.
    Last,
}

/// Directions of unit length `[K, U + O]` for the nodes of inputs and of outputs; zero where the responses tell nothing.
pub(super) struct Directions {
    /// Inputs by what changes just after they change, outputs by what tells them.
    onsets: Array2<f64>,
    /// Inputs and outputs by what tells them.
    decoders: Array2<f64>,
}

impl Directions {
    /// Directions from components `[K, T, B]` and the inputs and outputs that go with them.
    pub(super) fn new(components: ArrayView3<'_, f64>, responses: &Responses, alpha: f64) -> Self {
        let decoders = decoders(components, responses, alpha);
        let mut onsets = decoders.clone();
        let of_inputs = onsets_of_inputs(components, responses, alpha);
        onsets.slice_mut(ndarray::s![.., ..responses.n_inputs()]).assign(&of_inputs);
        Self { onsets, decoders }
    }
}

/// Directions in which the drive `z_{t+1} − (1 − α) z_t` moves with each input within half a time constant of a change of
/// inputs, before recurrence has carried it on `[K, U]`: an input reaches its own node first.
fn onsets_of_inputs(components: ArrayView3<'_, f64>, responses: &Responses, alpha: f64) -> Array2<f64> {
    let (k, n_steps, n_trials) = components.dim();
    let n_inputs = responses.n_inputs();
    let window = ((0.5 / alpha).round() as usize).max(1);
    // Mean drive of a node from step `from` to `to`.
    let drive = |i: usize, b: usize, from: usize, to: usize| {
        let kept = (1.0 - alpha).powi((to - from) as i32);
        (components[[i, to, b]] - kept * components[[i, from, b]]) / (1.0 - kept)
    };
    let mut gram: Mat<f64> = Mat::zeros(n_inputs, n_inputs);
    let mut cross: Mat<f64> = Mat::zeros(n_inputs, k);
    for b in 0..n_trials {
        for t in 0..n_steps.saturating_sub(window) {
            let input = |u: usize, t: usize| f64::from(responses.inputs[[u, t, b]]);
            let change: Vec<f64> =
                (0..n_inputs).map(|u| input(u, t) - if t == 0 { 0.0 } else { input(u, t - 1) }).collect();
            let before = t.saturating_sub(window);
            let is_recorded = [before, t, t + window].iter().all(|&step| !components[[0, step, b]].is_nan());
            if !is_recorded || change.iter().all(|&x| x == 0.0) {
                continue;
            }
            for (u, x) in change.iter().enumerate() {
                change.iter().enumerate().for_each(|(v, y)| gram[(u, v)] += x * y);
                for i in 0..k {
                    let earlier = if t == 0 { 0.0 } else { drive(i, b, before, t) };
                    cross[(u, i)] += x * (drive(i, b, t, t + window) - earlier);
                }
            }
        }
    }
    unit_columns(regression(gram, &cross).transpose())
}

/// `(gram + ridge)⁻¹ cross`, gram symmetric.
fn regression(mut gram: Mat<f64>, cross: &Mat<f64>) -> Mat<f64> {
    let n = gram.nrows();
    let ridge = RIDGE * (0..n).map(|i| gram[(i, i)]).sum::<f64>() / n as f64;
    (0..n).for_each(|i| gram[(i, i)] += ridge + f64::MIN_POSITIVE);
    gram.partial_piv_lu().solve(cross)
}

/// Columns brought to length one; those without a length become zero.
fn unit_columns(matrix: MatRef<'_, f64>) -> Array2<f64> {
    let mut found = Array2::from_shape_fn((matrix.nrows(), matrix.ncols()), |at| matrix[at]);
    for mut column in found.columns_mut() {
        let norm = column.iter().map(|x| x * x).sum::<f64>().sqrt();
        column.mapv_inplace(|x| if norm.is_finite() && norm > 0.0 { x / norm } else { 0.0 });
    }
    found
}

/// Directions of unit length along which components `[K, T, B]` tell each input, as a node without recurrence would
/// follow it, and each output `[K, U + O]`; zero where nothing is told.
///
/// # Source
/// The option `Qinitialization` of TE25's code, with a ridge for its damping.
fn decoders(components: ArrayView3<'_, f64>, responses: &Responses, alpha: f64) -> Array2<f64> {
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
    for i in 0..k {
        (0..i).for_each(|j| gram[(j, i)] = gram[(i, j)]);
    }
    unit_columns(regression(gram, &cross).as_ref())
}

/// A circuit to start from, and how its embedding is written.
///
/// Input weights are 1; nodes without input start as the mean of the nodes that may drive them, outputs as that or as their
/// own node; other recurrent weights are 0. TE25: the embedding is the orthonormal matrix next to the directions of inputs
/// (first nodes) and outputs (last nodes) plus some of a random one; LE25: a random one, from uniform entries.
///
/// TE25's code starts output weights from 1 and all recurrent ones from 0. Outputs are then n times too large, the first
/// updates push every node down, and free `ReLU` nodes below threshold stay there: the loss ends higher.
pub(super) fn start(
    shape: Shape,
    directions: &Directions,
    setting: &Setting,
    start_idx: usize,
    seed: u64,
) -> (Circuit, Embedding) {
    let (k, n) = (shape.n_components, shape.n_nodes);
    let mut rng = Stream::Embedding.rng(seed);
    let place = &PLACES[start_idx % PLACES.len()];
    let (q, embedding) = match setting.variant {
        Variant::Te25 => (near(shape, directions, place, &mut rng), Embedding::Stiefel),
        Variant::Le25 => {
            let free: Vec<f64> = (0..k * k).map(|_| rng.random_range(0.0..1.0)).collect();
            (Stiefel { n_rows: k, n_columns: n }.cayley(&free), Embedding::Cayley(free))
        }
    };
    let rules = setting.wiring.rules();
    let mut circuit = Circuit { q, ..Circuit::zeros(shape) };
    circuit.w_inp.fill(1.0);
    let first_output = first_output(shape);
    match place.readout {
        Readout::Last if first_output + shape.n_outputs == n => {
            (0..shape.n_outputs).for_each(|o| circuit.w_out[o * n + first_output + o] = 1.0);
        }
        Readout::All | Readout::Last => set_to_means(&mut circuit.w_out, &rules.out_mask, n),
    }
    for i in setting.wiring.free_nodes() {
        set_to_means(&mut circuit.w_rec[i * n..][..n], &rules.rec_mask[i * n..][..n], n);
    }
    rules.apply(&mut circuit);
    (circuit, embedding)
}

/// The first of the last nodes that stand for outputs, after those of the inputs.
fn first_output(shape: Shape) -> usize {
    shape.n_nodes.saturating_sub(shape.n_outputs).max(shape.n_inputs)
}

/// The embedding `[K, n]` of a place: its directions and some of a random matrix, made orthonormal.
fn near(shape: Shape, directions: &Directions, place: &Place, rng: &mut ChaCha8Rng) -> Vec<f64> {
    let (k, n) = (shape.n_components, shape.n_nodes);
    let size = (k as f64).sqrt();
    let mut near = Mat::from_fn(k, n, |_, _| {
        let drawn: f64 = StandardNormal.sample(rng);
        drawn / size
    });
    let near_to = match place.from {
        Source::Onsets => &directions.onsets,
        Source::Decoders => &directions.decoders,
    };
    for (column, node) in (0..shape.n_inputs).chain(first_output(shape)..n).enumerate() {
        (0..k).for_each(|i| near[(i, node)] = near_to[[i, column]] + place.spread * near[(i, node)]);
    }
    polar_factor(&near)
}

/// Makes each row of weights `[R, n]` the mean over the nodes that its mask allows.
fn set_to_means(weights: &mut [f64], mask: &[f64], n: usize) {
    for (row, mask) in weights.chunks_exact_mut(n).zip(mask.chunks_exact(n)) {
        row.fill(1.0 / mask.iter().sum::<f64>().max(1.0));
    }
}

/// The orthonormal matrix nearest to a tall one, row-major.
pub(super) fn orthonormal(near: ArrayView2<'_, f64>) -> Vec<f64> {
    polar_factor(&Mat::from_fn(near.nrows(), near.ncols(), |i, j| near[[i, j]]))
}

/// The orthonormal matrix nearest to a tall one, `U Vᵀ` of its singular value decomposition, row-major.
fn polar_factor(near: &Mat<f64>) -> Vec<f64> {
    let (rows, columns) = (near.nrows(), near.ncols());
    let svd = near.thin_svd().expect("the decomposition of finite numbers converges");
    let factor = svd.U() * svd.V().transpose();
    (0..rows).flat_map(|i| (0..columns).map(move |j| (i, j))).map(|at| factor[at]).collect()
}
