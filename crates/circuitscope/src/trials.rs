//! A set of trials: what a network is shown, what it should answer, and when that counts.

use ndarray::{Array2, Array3, Axis};

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

    /// The trials with one step shown `times` more: what lasts then lasts longer, target and mask included.
    ///
    /// # Panics
    /// If the trials have no such step.
    pub fn prolonged(&self, step: usize, times: usize) -> Self {
        let source: Vec<usize> =
            (0..=step).chain(std::iter::repeat_n(step, times)).chain(step + 1..self.n_steps()).collect();
        let of_source =
            |array: &Array3<f32>| array.select(Axis(1), &source).as_standard_layout().into_owned();
        Self {
            inputs: of_source(&self.inputs),
            targets: of_source(&self.targets),
            mask: (0..source.len()).filter(|&t| self.mask.contains(&source[t])).collect(),
            conditions: self.conditions.clone(),
        }
    }

    /// As many trials as asked for: the first ones, from the first again where there are fewer.
    pub fn repeated(&self, n_trials: usize) -> Self {
        let chosen: Vec<usize> = (0..n_trials).map(|trial| trial % self.n_trials()).collect();
        // `select` keeps the order of axes in memory, which the kernel needs row-major.
        let of_chosen =
            |array: &Array3<f32>| array.select(Axis(2), &chosen).as_standard_layout().into_owned();
        Self {
            inputs: of_chosen(&self.inputs),
            targets: of_chosen(&self.targets),
            mask: self.mask.clone(),
            conditions: self.conditions.select(Axis(0), &chosen),
        }
    }
}
