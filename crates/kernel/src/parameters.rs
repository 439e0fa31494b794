//! The numbers a training step reads and writes.

use crate::activation::Activation;

/// Weights of one network, or anything of their shape: gradients, moments.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameters {
    /// Recurrent weights `[N, N]`, `[post, pre]`.
    pub w_rec: Vec<f32>,
    /// Input weights `[N, U]`.
    pub w_inp: Vec<f32>,
    /// Output weights `[O, N]`.
    pub w_out: Vec<f32>,
    /// Bias of each unit, inside the activation function `[N]`; empty in a network without.
    pub bias: Vec<f32>,
}

impl Parameters {
    /// All zero, for the sizes of `geometry`, without a bias.
    pub fn zeros(geometry: Geometry) -> Self {
        let Geometry { n_units, n_inputs, n_outputs, .. } = geometry;
        Self {
            w_rec: vec![0.0; n_units * n_units],
            w_inp: vec![0.0; n_units * n_inputs],
            w_out: vec![0.0; n_outputs * n_units],
            bias: Vec::new(),
        }
    }

    /// All zero, of these shapes.
    pub fn zeros_like(&self) -> Self {
        let mut zeros = self.clone();
        zeros.arrays_mut().into_iter().for_each(|array| array.fill(0.0));
        zeros
    }

    /// The arrays, in the order `w_rec`, `w_inp`, `w_out`, `bias`.
    pub fn arrays(&self) -> [&[f32]; 4] {
        [&self.w_rec, &self.w_inp, &self.w_out, &self.bias]
    }

    /// The arrays to write to, in the same order.
    pub fn arrays_mut(&mut self) -> [&mut [f32]; 4] {
        [&mut self.w_rec, &mut self.w_inp, &mut self.w_out, &mut self.bias]
    }
}

/// Which variable the leak acts on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// `τ ẏ = −y + f(W_rec y + W_inp u + b)`, outputs `W_out y`: the states are rates.
    Rate,
    /// `τ ḣ = −h + W_rec f(h) + W_inp u + b`, outputs `W_out f(h)`: the states are potentials.
    Potential,
}

/// The equation that a network obeys, in steps of time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Equation {
    /// Activation function of every unit.
    pub activation: Activation,
    /// Which variable the leak acts on.
    pub form: Form,
    /// Whether it has the term b.
    pub bias: BiasTerm,
    /// Euler factor dt / τ (dimensionless).
    pub alpha: f32,
}

/// Whether an equation has a bias of each unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BiasTerm {
    /// No bias: [`Parameters::bias`] is empty.
    Absent,
    /// [`Parameters::bias`] is `[N]`.
    Present,
}

impl Equation {
    /// The published one: the states are rates, and there is no bias.
    pub fn published(activation: Activation, alpha: f32) -> Self {
        Self { activation, form: Form::Rate, bias: BiasTerm::Absent, alpha }
    }
}

/// Sizes of a training step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Geometry {
    /// Recurrent units N.
    pub n_units: usize,
    /// Inputs U.
    pub n_inputs: usize,
    /// Outputs O.
    pub n_outputs: usize,
    /// Steps T; states are those of steps 0 to T − 1, state 0 is zero.
    pub n_steps: usize,
    /// Trials B.
    pub n_trials: usize,
}

/// What a network is shown and what it should answer.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    /// Inputs `[U, T, B]`; those of the last step are unused.
    pub inputs: &'a [f32],
    /// Targets `[O, T, B]`.
    pub targets: &'a [f32],
    /// Distinct step indices at which outputs are compared with targets `[M]`.
    pub mask: &'a [usize],
    /// How much each output counts at each step of each trial `[O, T, B]`, not negative; only those at steps of `mask` are read.
    /// [`None`]: each of them once.
    pub weights: Option<&'a [f32]>,
}

/// Noise on the recurrent side (outside the activation function) and on the inputs, redrawn each step.
#[derive(Clone, Copy, Debug)]
pub enum Noise<'a> {
    /// None.
    Absent,
    /// Drawn by [`crate::random`]: independent Gaussian numbers, a pure function of seed, iteration, trial, step and unit.
    Seeded {
        /// Random seed of the network.
        seed: u64,
        /// Training iteration.
        iteration: u64,
        /// Standard deviation per step of the recurrent noise, `√(2/α) σ_rec`.
        sigma_rec: f32,
        /// Standard deviation per step of the input noise, `√(2/α) σ_inp`.
        sigma_inp: f32,
    },
    /// As given: step t of `rec` enters state t + 1, step t of `inp` is added to input t.
    Given {
        /// Recurrent noise `[N, T′, B]`, T′ ≥ T − 1.
        rec: &'a [f32],
        /// Input noise `[U, T′, B]`, with the same T′.
        inp: &'a [f32],
    },
}

/// The terms of the loss that depend on the dynamics.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loss {
    /// Mean over mask steps, trials and outputs of (o − ô)², weighted where the batch has weights: Σ w (o − ô)² / Σ w.
    pub task: f64,
    /// Mean over units, steps and trials of the squared rate, without its factor `λ_r`.
    pub rate: f64,
}
