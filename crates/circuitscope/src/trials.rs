//! A set of trials: what a network is shown, what it should answer, and when that counts.

use ndarray::{Array2, Array3, Axis};

/// Trials of one task, as arrays (also the form in which foreign tasks arrive).
#[derive(Clone, Debug, PartialEq)]
pub struct Trials {
    /// Inputs `[U, T, B]`.
    pub inputs: Array3<f32>,
    /// Target outputs `[O, T, B]`.
    pub targets: Array3<f32>,
    /// Steps at which the output counts, rising, each below T: where there are weights, those at which some output of some trial
    /// has one above 0.
    pub mask: Vec<usize>,
    /// How much each output counts at each step of each trial `[O, T, B]`, finite and not negative; 0 beyond the mask. [`None`]: each
    /// output once at each step of the mask.
    pub weights: Option<Array3<f32>>,
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

    /// How much an output counts at a step of a trial.
    pub fn weight(&self, output: usize, step: usize, trial: usize) -> f64 {
        match &self.weights {
            Some(weights) => f64::from(weights[[output, step, trial]]),
            None => f64::from(u8::from(self.mask.binary_search(&step).is_ok())),
        }
    }

    /// Whether an output counts at a step of a trial `[T, B]`; [`None`] without weights: each step of the mask then counts in each trial.
    pub fn counted(&self) -> Option<Array2<bool>> {
        let weights = self.weights.as_ref()?;
        let counts = |(step, trial)| (0..self.n_outputs()).any(|output| weights[[output, step, trial]] > 0.0);
        Some(Array2::from_shape_fn((self.n_steps(), self.n_trials()), counts))
    }

    /// The last step at which each trial counts `[B]`; of a trial that counts nowhere the last step of the mask. Empty without a mask.
    pub fn last_counted(&self) -> Vec<usize> {
        let Some(&last) = self.mask.last() else { return Vec::new() };
        let Some(counted) = self.counted() else { return vec![last; self.n_trials()] };
        let of_trial = |trial: usize| {
            self.mask.iter().copied().rev().find(|&step| counted[[step, trial]]).unwrap_or(last)
        };
        (0..self.n_trials()).map(of_trial).collect()
    }

    /// The steps `[M]` at which weights `[O, T, B]` are above 0 for some output of some trial, rising.
    pub fn mask_of(weights: &Array3<f32>) -> Vec<usize> {
        let counts = |step: &usize| weights.index_axis(Axis(1), *step).iter().any(|&weight| weight > 0.0);
        (0..weights.dim().1).filter(counts).collect()
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
            weights: self.weights.as_ref().map(of_source),
            conditions: self.conditions.clone(),
        }
    }

    /// As many trials as asked for: the first ones, from the first again where there are fewer.
    pub fn repeated(&self, n_trials: usize) -> Self {
        self.of(&(0..n_trials).map(|trial| trial % self.n_trials()).collect::<Vec<_>>())
    }

    /// These trials, in this order.
    pub fn of(&self, chosen: &[usize]) -> Self {
        // `select` keeps the order of axes in memory, which the kernel needs row-major.
        let of_chosen = |array: &Array3<f32>| array.select(Axis(2), chosen).as_standard_layout().into_owned();
        let weights = self.weights.as_ref().map(of_chosen);
        Self {
            inputs: of_chosen(&self.inputs),
            targets: of_chosen(&self.targets),
            mask: weights.as_ref().map_or_else(|| self.mask.clone(), Self::mask_of),
            weights,
            conditions: self.conditions.select(Axis(0), chosen),
        }
    }
}
