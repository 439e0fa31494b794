//! A set of trials: what a network is shown, what it should answer, and when that counts.

use ndarray::{Array2, Array3};

/// Trials of one task, as arrays (also the form in which foreign tasks arrive).
#[derive(Clone, Debug, PartialEq)]
pub struct Trials {
    /// Inputs `[U, T, B]`.
    pub inputs: Array3<f32>,
    /// Target outputs `[O, T, B]`.
    pub targets: Array3<f32>,
    /// Steps at which the output counts, rising, each below T.
    pub mask: Vec<usize>,
    /// What distinguishes the trials `[B, C]`: for CDDM context, motion and colour coherence; else the value.
    pub conditions: Array2<f32>,
}

impl Trials {
    /// Number of inputs U.
    pub fn n_inputs(&self) -> usize {
        self.inputs.dim().0
    }

    /// Number of outputs O.
    pub fn n_outputs(&self) -> usize {
        self.targets.dim().0
    }

    /// Number of steps T.
    pub fn n_steps(&self) -> usize {
        self.inputs.dim().1
    }

    /// Number of trials B.
    pub fn n_trials(&self) -> usize {
        self.inputs.dim().2
    }
}
