//! Latent circuits: loss and gradients of a small network whose states, embedded by `Q = U q`, should be the responses of
//! a large one (Langdon & Engel 2025; TE25).
//!
//! Lanes are trials, a register of them a tile, so that the recurrence of at most 16 nodes lives in registers.
//! The embedding needs no `[N, T, B]` array: with `z = Uᵀ y` and orthonormal q, `|q x − z|² = |x|² − 2 x·qᵀz + |z|²`, whose
//! gradients are `2 (x − qᵀz)` and `−2 Σ z xᵀ`. Trials are summed in their order: same bits on every vector path.

mod data;
mod noise;
mod optimiser;
mod pass;
mod scratch;
mod shape;
mod sums;
mod tables;

pub use noise::CircuitNoise;
pub use optimiser::{Embedding, Optimiser, Rules};
pub use shape::{Circuit, MOST_NODES, Responses, Shape, Terms};

use crate::activation::Activation;
use crate::dispatch::KernelPath;
use crate::flush::FlushedSubnormals;
use crate::vector::{Job, Vector};
use data::Data;
use noise::Bank;
use pass::{Gains, Losses, Pass, Wanted};
use scratch::Scratch;
use tables::Tables;

/// Workspace for steps on one set of responses; reused, so that a step allocates little.
pub struct CircuitStepper {
    shape: Shape,
    activation: Activation,
    alpha: f64,
    path: KernelPath,
    tables: Tables,
    scratch: Scratch,
    data: Data,
    bank: Bank,
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
        let data = Data::new(responses, shape, path.run(Lanes));
        let tables = Tables::new(shape);
        let scratch = Scratch::new(shape, tables.width);
        Self { shape, activation, alpha, path, tables, scratch, data, bank: Bank::new(shape) }
    }

    /// Sizes of the fit.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// The terms of the loss without noise.
    ///
    /// # Panics
    /// If `circuit` does not fit the shape.
    pub fn terms(&mut self, circuit: &Circuit) -> Terms {
        circuit.assert_fits(self.shape);
        self.tables.fill(circuit, self.shape);
        self.path.run(Update {
            stepper: self,
            noise: CircuitNoise::NONE,
            lambda_embedding: 0.0,
            wanted: Wanted::Terms,
        })
    }

    /// The terms of the loss under noise, and the gradients of `output + λ_v · embedding`, which overwrite `gradient`.
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
    ) -> Terms {
        circuit.assert_fits(self.shape);
        gradient.assert_fits(self.shape);
        self.tables.fill(circuit, self.shape);
        let wanted = Wanted::Gradients;
        let terms = self.path.run(Update { stepper: self, noise, lambda_embedding, wanted });
        self.scratch.write(gradient, self.shape);
        let by_embedding = self.gains(lambda_embedding).by_embedding;
        for entry in &mut gradient.q {
            *entry *= -f64::from(by_embedding);
        }
        terms
    }

    fn gains(&self, lambda_embedding: f64) -> Gains {
        Gains {
            curve: self.activation.curve,
            scale: self.activation.slope as f32,
            alpha: self.alpha as f32,
            by_output: (2.0 / self.data.n_compared) as f32,
            by_embedding: (2.0 * lambda_embedding / self.data.spread) as f32,
        }
    }
}

/// The lanes of a register.
struct Lanes;

impl Job for Lanes {
    type Output = usize;

    #[inline(always)]
    fn run<V: Vector>(self) -> usize {
        V::LANES
    }
}

/// A step over every tile.
struct Update<'a> {
    stepper: &'a mut CircuitStepper,
    noise: CircuitNoise,
    lambda_embedding: f64,
    wanted: Wanted,
}

impl Job for Update<'_> {
    type Output = Terms;

    #[inline(always)]
    fn run<V: Vector>(self) -> Terms {
        // The recurrence is compiled for two widths; nodes beyond the circuit's stay at zero.
        if self.stepper.tables.width == 8 { self.of_width::<V, 8>() } else { self.of_width::<V, 16>() }
    }
}

impl Update<'_> {
    #[inline(always)]
    fn of_width<V: Vector, const WIDTH: usize>(self) -> Terms {
        let Self { stepper, noise, lambda_embedding, wanted } = self;
        let _flushed = FlushedSubnormals::new();
        let gains = stepper.gains(lambda_embedding);
        let CircuitStepper { shape, tables, scratch, data, bank, .. } = stepper;
        bank.fill::<V>(noise);
        scratch.begin(noise, *shape);
        let mut losses = Losses::default();
        for tile in 0..shape.n_trials.div_ceil(V::LANES) {
            let mut pass = Pass { shape: *shape, tables, scratch, data, bank, gains, tile };
            pass.forward::<V, WIDTH>(wanted, &mut losses);
            if wanted == Wanted::Gradients {
                pass.backward::<V, WIDTH>();
            }
        }
        let sums = losses.sums();
        Terms {
            output: sums.output / data.n_compared,
            embedding: (sums.embedding + data.square) / data.spread,
        }
    }
}
