//! Latent circuits: loss and gradients of a small network whose states, embedded by `Q = U q`, should be the responses of
//! a large one (Langdon & Engel 2025; TE25).
//!
//! Lanes are trials, a block of 16 a tile, so that the recurrence of at most 16 nodes lives in registers. Within a tile
//! everything stays in cache: `qᵀ z` of all steps, a run without noise for the loss, a run with noise, and the way back.
//! The embedding needs no `[N, T, B]` array: with `z = Uᵀ y` and orthonormal q, `|q x − z|² = |x|² − 2 x·qᵀz + |z|²`, whose
//! gradients are `2 (x − qᵀz)` and `−2 Σ z xᵀ`. Lanes are summed in their order: same bits on every vector path.

mod optimiser;
mod pass;
mod sums;
mod tables;

pub use optimiser::{Embedding, Optimiser, Rules};

use crate::activation::{Activation, Curve};
use crate::aligned::AlignedBuffer;
use crate::dispatch::KernelPath;
use crate::flush::FlushedSubnormals;
use crate::random::Normals;
use crate::step::forward::{Relu, Shape as CurveShape, Sigmoid, Tanh};
use crate::vector::{BLOCK, Job, Vector};
use pass::{Pass, Scratch};
use tables::Tables;

/// Most nodes of a circuit.
pub const MOST_NODES: usize = 16;

/// Sizes of a fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Shape {
    /// Nodes n of the circuit, at most [`MOST_NODES`].
    pub n_nodes: usize,
    /// Inputs U.
    pub n_inputs: usize,
    /// Outputs O.
    pub n_outputs: usize,
    /// Principal components K of the responses, at least n.
    pub n_components: usize,
    /// Steps T.
    pub n_steps: usize,
    /// Trials B.
    pub n_trials: usize,
}

/// What a circuit is fitted to. NaN stands for what was not recorded.
#[derive(Clone, Copy, Debug)]
pub struct Responses<'a> {
    /// Inputs `[U, T, B]`.
    pub inputs: &'a [f32],
    /// Outputs `[O, T, B]`; an entry may be missing.
    pub outputs: &'a [f32],
    /// Responses in the space of their principal components `[K, T, B]`; a step of a trial is missing as a whole.
    pub components: &'a [f32],
}

/// A circuit with its embedding, or anything of that shape: gradients.
#[derive(Clone, Debug, PartialEq)]
pub struct Circuit {
    /// Recurrent weights `[n, n]`, `[post, pre]`.
    pub w_rec: Vec<f64>,
    /// Input weights `[n, U]`.
    pub w_inp: Vec<f64>,
    /// Output weights `[O, n]`.
    pub w_out: Vec<f64>,
    /// Embedding into the principal components `[K, n]`, orthonormal columns.
    pub q: Vec<f64>,
}

impl Circuit {
    /// All zero.
    pub fn zeros(shape: Shape) -> Self {
        let Shape { n_nodes, n_inputs, n_outputs, n_components, .. } = shape;
        Self {
            w_rec: vec![0.0; n_nodes * n_nodes],
            w_inp: vec![0.0; n_nodes * n_inputs],
            w_out: vec![0.0; n_outputs * n_nodes],
            q: vec![0.0; n_components * n_nodes],
        }
    }
}

/// The terms of the loss that depend on the dynamics, without their factors.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Terms {
    /// Mean over the recorded outputs of (o − ô)².
    pub output: f64,
    /// Mean over the recorded components of (q x − z)², over their variance.
    pub embedding: f64,
}

/// The loss of a circuit with noise, whose gradient is taken, and without.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// Without noise: by these terms the best parameters are chosen.
    pub clean: Terms,
    /// With noise.
    pub noisy: Terms,
}

/// Noise of one iteration: recurrent outside the activation function, on the inputs through their weights.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CircuitNoise {
    /// Random seed of the fit.
    pub seed: u64,
    /// Iteration.
    pub iteration: u64,
    /// Standard deviation per step of the recurrent noise, `√(2/α) σ_rec`.
    pub sigma_rec: f32,
    /// Standard deviation per step of the input noise, `√(2/α) σ_inp`.
    pub sigma_inp: f32,
}

impl CircuitNoise {
    /// The noise as arrays: recurrent `[n, T, B]`, of which step t enters state t + 1, and input `[U, T, B]`.
    pub fn drawn(self, shape: Shape) -> (Vec<f32>, Vec<f32>) {
        let Shape { n_nodes, n_inputs, n_steps, n_trials, .. } = shape;
        let normals = Normals::new(self.seed, self.iteration);
        // Rows and trials have changed places with those of a network's noise: here the lanes are trials.
        let fill = |n_rows: usize, first: usize, later: usize, sigma: f32| {
            let mut noise = Vec::with_capacity(n_rows * n_steps * n_trials);
            for row in 0..n_rows {
                for t in 0..n_steps {
                    noise.extend((0..n_trials).map(|b| sigma * normals.draw(first + row, t + later, b)));
                }
            }
            noise
        };
        (fill(n_nodes, 0, 1, self.sigma_rec), fill(n_inputs, n_nodes, 0, self.sigma_inp))
    }
}

/// Workspace for steps on one set of responses; reused, so that a step allocates little.
pub struct CircuitStepper {
    shape: Shape,
    activation: Activation,
    alpha: f64,
    path: KernelPath,
    tables: Tables,
    scratch: Scratch,
    data: Data,
}

/// The responses by tiles of 16 trials, padded with what does not count.
struct Data {
    /// `[tile, T, U, 16]`
    inputs: AlignedBuffer,
    /// `[tile, T, O, 16]`, 0 where missing.
    outputs: AlignedBuffer,
    /// 1 where an output was recorded, else 0.
    compared: AlignedBuffer,
    /// `[tile, T, K, 16]`, 0 where missing.
    components: AlignedBuffer,
    /// 1 where the components were recorded, else 0 `[tile, T, 16]`.
    seen: AlignedBuffer,
    /// Number of recorded outputs, at least 1.
    n_compared: f64,
    /// Number of recorded components times their variance, or 1 where nothing varies.
    spread: f64,
    /// Σ z² over the recorded components.
    square: f64,
}

/// Rows `[R, T, B]` into `[tile, T, R, 16]`, padded with `padding`.
fn by_tiles(values: &[f32], n_rows: usize, shape: Shape, padding: f32) -> AlignedBuffer {
    let Shape { n_steps, n_trials, .. } = shape;
    let n_tiles = n_trials.div_ceil(BLOCK);
    let mut target = AlignedBuffer::zeroed(n_tiles * n_steps * n_rows * BLOCK);
    target.fill(padding);
    for row in 0..n_rows {
        for t in 0..n_steps {
            for (b, &value) in values[(row * n_steps + t) * n_trials..][..n_trials].iter().enumerate() {
                target[((b / BLOCK * n_steps + t) * n_rows + row) * BLOCK + b % BLOCK] = value;
            }
        }
    }
    target
}

/// Replaces NaN by 0; gives 1 where there was a number and 0 where there was NaN.
fn split_missing(values: &mut AlignedBuffer) -> AlignedBuffer {
    let mut present = AlignedBuffer::zeroed(values.len());
    for (flag, value) in present.iter_mut().zip(values.iter_mut()) {
        if value.is_nan() {
            *value = 0.0;
        } else {
            *flag = 1.0;
        }
    }
    present
}

impl Data {
    fn new(responses: &Responses<'_>, shape: Shape) -> Self {
        let Shape { n_inputs, n_outputs, n_components, n_steps, n_trials, .. } = shape;
        let mut outputs = by_tiles(responses.outputs, n_outputs, shape, f32::NAN);
        let compared = split_missing(&mut outputs);
        let mut components = by_tiles(responses.components, n_components, shape, f32::NAN);
        let each_present = split_missing(&mut components);
        let n_tiles = n_trials.div_ceil(BLOCK);
        let mut seen = AlignedBuffer::zeroed(n_tiles * n_steps * BLOCK);
        let (mut count, mut sum, mut square) = (0.0, 0.0, 0.0);
        for (place, flags) in seen.chunks_exact_mut(BLOCK).enumerate() {
            let rows = place * n_components * BLOCK..(place + 1) * n_components * BLOCK;
            for (lane, flag) in flags.iter_mut().enumerate() {
                let of_lane = |values: &AlignedBuffer| {
                    let values = values[rows.clone()].iter().skip(lane).step_by(BLOCK);
                    values.map(|&x| f64::from(x)).collect::<Vec<_>>()
                };
                if of_lane(&each_present).iter().all(|&present| present == 1.0) {
                    *flag = 1.0;
                    let of_lane = of_lane(&components);
                    count += n_components as f64;
                    sum += of_lane.iter().sum::<f64>();
                    square += of_lane.iter().map(|z| z * z).sum::<f64>();
                } else {
                    components[rows.clone()].iter_mut().skip(lane).step_by(BLOCK).for_each(|z| *z = 0.0);
                }
            }
        }
        let spread = square - sum * sum / f64::max(count, 1.0);
        Self {
            inputs: by_tiles(responses.inputs, n_inputs, shape, 0.0),
            n_compared: compared.iter().map(|&flag| f64::from(flag)).sum::<f64>().max(1.0),
            outputs,
            compared,
            components,
            seen,
            spread: if spread > 0.0 { spread } else { 1.0 },
            square,
        }
    }
}

impl CircuitStepper {
    /// A workspace for circuits fitted to `responses`.
    ///
    /// - `alpha`: Euler factor dt / τ (dimensionless).
    ///
    /// # Panics
    /// If an array does not fit the shape, a size is zero, there are more than [`MOST_NODES`] nodes or more nodes than
    /// components, or the machine lacks `path`.
    pub fn new(
        shape: Shape,
        responses: &Responses<'_>,
        activation: Activation,
        alpha: f64,
        path: KernelPath,
    ) -> Self {
        let Shape { n_nodes, n_inputs, n_outputs, n_components, n_steps, n_trials } = shape;
        let sizes = [n_nodes, n_inputs, n_outputs, n_components, n_steps, n_trials];
        assert!(sizes.iter().all(|&size| size > 0), "no size may be zero: {shape:?}");
        assert!(n_nodes <= MOST_NODES, "a circuit has at most {MOST_NODES} nodes, not {n_nodes}");
        assert!(n_nodes <= n_components, "more nodes than components: {shape:?}");
        assert!(path.is_available(), "this machine cannot run the kernel path `{}`", path.name());
        assert_eq!(responses.inputs.len(), n_inputs * n_steps * n_trials, "`inputs` is not [U, T, B]");
        assert_eq!(responses.outputs.len(), n_outputs * n_steps * n_trials, "`outputs` is not [O, T, B]");
        assert_eq!(
            responses.components.len(),
            n_components * n_steps * n_trials,
            "`components` is not [K, T, B]"
        );
        let data = Data::new(responses, shape);
        let tables = Tables::new(shape);
        let scratch = Scratch::new(shape, tables.width);
        Self { shape, activation, alpha, path, tables, scratch, data }
    }

    /// Sizes of the fit.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// The loss with and without noise, and the gradients of `output + λ_v · embedding` under noise, which overwrite
    /// `gradient`.
    ///
    /// The gradient by q is `−2 λ_v … Σ z xᵀ`: it lacks `q Σ x xᵀ`, which no direction along orthonormal q can see.
    ///
    /// # Panics
    /// If `circuit` or `gradient` does not fit the shape.
    pub fn step(
        &mut self,
        circuit: &Circuit,
        noise: CircuitNoise,
        lambda_embedding: f64,
        gradient: &mut Circuit,
    ) -> Step {
        let zeros = Circuit::zeros(self.shape);
        for (name, found, expected) in [
            ("w_rec", [&circuit.w_rec, &gradient.w_rec], &zeros.w_rec),
            ("w_inp", [&circuit.w_inp, &gradient.w_inp], &zeros.w_inp),
            ("w_out", [&circuit.w_out, &gradient.w_out], &zeros.w_out),
            ("q", [&circuit.q, &gradient.q], &zeros.q),
        ] {
            assert!(found.iter().all(|found| found.len() == expected.len()), "`{name}` does not fit");
        }
        self.tables.fill(circuit, self.shape);
        let path = self.path;
        let [clean, noisy] = path.run(Update { stepper: self, noise, lambda_embedding, gradient });
        Step { clean, noisy }
    }

    /// What the sums over all steps and trials of a tile's terms mean.
    fn terms(&self, sums: Terms) -> Terms {
        Terms {
            output: sums.output / self.data.n_compared,
            embedding: (sums.embedding + self.data.square) / self.data.spread,
        }
    }
}

/// A step over every tile.
struct Update<'a> {
    stepper: &'a mut CircuitStepper,
    noise: CircuitNoise,
    lambda_embedding: f64,
    gradient: &'a mut Circuit,
}

impl Job for Update<'_> {
    type Output = [Terms; 2];

    #[inline(always)]
    fn run<V: Vector>(self) -> [Terms; 2] {
        match self.stepper.activation.curve {
            Curve::Relu => self.of_curve::<V, Relu>(),
            Curve::Sigmoid => self.of_curve::<V, Sigmoid>(),
            Curve::Tanh => self.of_curve::<V, Tanh>(),
        }
    }
}

impl Update<'_> {
    #[inline(always)]
    fn of_curve<V: Vector, S: CurveShape>(self) -> [Terms; 2] {
        // The recurrence is compiled for two widths; nodes beyond the circuit's stay at zero.
        if self.stepper.tables.width == 8 { self.of_width::<V, S, 8>() } else { self.of_width::<V, S, 16>() }
    }

    #[inline(always)]
    fn of_width<V: Vector, S: CurveShape, const WIDTH: usize>(self) -> [Terms; 2] {
        let Self { stepper, noise, lambda_embedding, gradient } = self;
        let _flushed = FlushedSubnormals::new();
        for part in [&mut gradient.w_rec, &mut gradient.w_inp, &mut gradient.w_out, &mut gradient.q] {
            part.fill(0.0);
        }
        let zero = Terms { output: 0.0, embedding: 0.0 };
        let mut sums = [zero; 2];
        let gains = pass::Gains {
            scale: stepper.activation.slope as f32,
            alpha: stepper.alpha as f32,
            by_output: (2.0 / stepper.data.n_compared) as f32,
            by_embedding: (2.0 * lambda_embedding / stepper.data.spread) as f32,
        };
        for tile in 0..stepper.shape.n_trials.div_ceil(BLOCK) {
            let CircuitStepper { shape, tables, scratch, data, .. } = stepper;
            let mut pass = Pass::new(*shape, tables, scratch, data, gains, tile);
            pass.project::<V, WIDTH>();
            pass.forward::<V, S, WIDTH>(None, &mut sums[0]);
            pass.forward::<V, S, WIDTH>(Some(noise), &mut sums[1]);
            pass.backward::<V, WIDTH>();
            pass.gather::<V>(gradient);
        }
        for entry in &mut gradient.q {
            *entry *= -f64::from(gains.by_embedding);
        }
        sums.map(|sums| stepper.terms(sums))
    }
}
