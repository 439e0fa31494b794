//! What a circuit is fitted to: responses of a network or recorded ones, with the inputs and outputs that go with them.

use ndarray::{Array2, Array3, ArrayView3, Axis, CowArray, Ix3, s};

use super::CircuitError;
use crate::dynamics::run;
use crate::network::Network;
use crate::trials::Trials;

/// Responses of N units over T steps of B trials. NaN stands for what was not recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct Responses {
    /// Rates y `[N, T, B]`; entries may be missing.
    pub rates: Array3<f64>,
    /// Inputs `[U, T, B]`, finite.
    pub inputs: Array3<f32>,
    /// Outputs `[O, T, B]`; entries may be missing.
    pub outputs: Array3<f64>,
    /// Steps on which scores are taken, rising, each below T.
    pub mask: Vec<usize>,
    /// Of these steps, those that are scored in each trial `[T, B]`; [`None`]: every one in every trial.
    pub scored: Option<Array2<bool>>,
}

impl Responses {
    /// The noise-free responses of a network to trials: its rates (`f(h)` in the potential form) and its own outputs. Where trials have
    /// weights, a step is scored in a trial if some output counts there.
    ///
    /// # Errors
    /// [`CircuitError::Run`] if the trials have another number of inputs; the rest as [`Responses::checked`].
    pub fn of_network(network: &Network, trials: &Trials) -> Result<Self, CircuitError> {
        let rates = run::rates(network, run::states(network, trials.inputs.view())?);
        let outputs = run::outputs(network, rates.view())?;
        let inputs = trials.inputs.as_standard_layout().into_owned();
        Self { rates, inputs, outputs, mask: trials.mask.clone(), scored: trials.counted() }.checked()
    }

    /// Passes the responses on if they fit together.
    ///
    /// # Errors
    /// [`CircuitError`] names the first array, entry or unit that does not fit.
    pub fn checked(self) -> Result<Self, CircuitError> {
        let (n_units, n_steps, n_trials) = self.rates.dim();
        for (name, rows, (found_rows, found_steps, found_trials)) in [
            ("rates", n_units, self.rates.dim()),
            ("inputs", self.n_inputs(), self.inputs.dim()),
            ("outputs", self.n_outputs(), self.outputs.dim()),
        ] {
            let expected = vec![rows.max(1), n_steps.max(2), n_trials.max(1)];
            let found = vec![found_rows, found_steps, found_trials];
            if found != expected {
                return Err(CircuitError::Shape { name, found, expected });
            }
        }
        if let Some(scored) = self.scored.as_ref().filter(|scored| scored.dim() != (n_steps, n_trials)) {
            let (found, expected) = (scored.shape().to_vec(), vec![n_steps, n_trials]);
            return Err(CircuitError::Shape { name: "scored", found, expected });
        }
        let offending = self.inputs.indexed_iter().find(|(_, u)| !u.is_finite());
        if let Some((at, &value)) = offending {
            let (value, expected) = (f64::from(value), "finite numbers");
            return Err(CircuitError::Number { name: "inputs", value, position: at.into(), expected });
        }
        for (name, array) in [("rates", &self.rates), ("outputs", &self.outputs)] {
            if let Some((at, &value)) = array.indexed_iter().find(|(_, x)| x.is_infinite()) {
                let expected = "finite numbers, or NaN where nothing was recorded";
                return Err(CircuitError::Number { name, value, position: at.into(), expected });
            }
        }
        let is_silent = |rates: ndarray::ArrayView2<'_, f64>| rates.iter().all(|y| y.is_nan());
        if let Some(unit) = self.rates.outer_iter().position(is_silent) {
            return Err(CircuitError::NoResponse { unit });
        }
        match self.mask.iter().find(|&&step| step >= n_steps) {
            Some(&found) => {
                Err(CircuitError::Setting { name: "mask", found, expected: format!("steps below {n_steps}") })
            }
            None if self.mask.is_empty() => {
                Err(CircuitError::Setting { name: "mask", found: 0, expected: "at least one step".into() })
            }
            None => Ok(self),
        }
    }

    /// The responses of some trials, in the order given.
    pub fn of_trials(&self, chosen: &[usize]) -> Self {
        let of_chosen = |array: &Array3<f64>| array.select(Axis(2), chosen).as_standard_layout().into_owned();
        Self {
            rates: of_chosen(&self.rates),
            inputs: self.inputs.select(Axis(2), chosen).as_standard_layout().into_owned(),
            outputs: of_chosen(&self.outputs),
            mask: self.mask.clone(),
            scored: self.scored.as_ref().map(|scored| scored.select(Axis(1), chosen)),
        }
    }

    /// An array `[R, T, B]` with NaN where a step of a trial is not scored.
    pub(super) fn where_scored<'a>(&self, array: ArrayView3<'a, f64>) -> CowArray<'a, f64, Ix3> {
        let Some(scored) = &self.scored else { return array.into() };
        let mut array = array.to_owned();
        for ((_, step, trial), value) in array.indexed_iter_mut() {
            if !scored[[step, trial]] {
                *value = f64::NAN;
            }
        }
        array.into()
    }

    /// Whether scores are taken on a step of a trial.
    pub(super) fn is_scored(&self, step: usize, trial: usize) -> bool {
        let in_trial = self.scored.as_ref().is_none_or(|scored| scored[[step, trial]]);
        in_trial && self.mask.binary_search(&step).is_ok()
    }

    /// The last step at which each trial is scored `[B]`, of a trial that is not scored the last of the mask; [`None`] without a mask.
    pub fn last_scored(&self) -> Option<Vec<usize>> {
        let last = *self.mask.last()?;
        let of_trial = |trial: usize| {
            self.mask.iter().copied().rev().find(|&step| self.is_scored(step, trial)).unwrap_or(last)
        };
        Some((0..self.n_trials()).map(of_trial).collect())
    }

    /// The condition of each trial `[B]`, numbered from 0 by first appearance: trials of the same inputs repeat one.
    ///
    /// Inputs are compared up to the end of the shorter trial, beyond which nothing was recorded, if that is at least half
    /// as long as the other: repeats that end at different times are repeats.
    pub fn conditions(&self) -> Vec<usize> {
        let is_recorded = |step: usize, trial: usize| {
            [&self.rates, &self.outputs]
                .iter()
                .any(|array| array.slice(s![.., step, trial]).iter().any(|x| !x.is_nan()))
        };
        let end = |trial: usize| {
            (0..self.n_steps()).rev().find(|&step| is_recorded(step, trial)).map_or(0, |step| step + 1)
        };
        let ends: Vec<usize> = (0..self.n_trials()).map(end).collect();
        let is_same = |a: usize, b: usize| {
            let (shorter, longer) = (ends[a].min(ends[b]), ends[a].max(ends[b]));
            let inputs = |trial: usize| self.inputs.slice(s![.., ..shorter, trial]);
            2 * shorter >= longer && inputs(a) == inputs(b)
        };
        let mut conditions: Vec<usize> = Vec::with_capacity(ends.len());
        for trial in 0..ends.len() {
            let mut same: Vec<usize> =
                (0..trial).filter(|&other| is_same(other, trial)).map(|other| conditions[other]).collect();
            same.sort_unstable();
            let condition = same.first().copied().unwrap_or(trial);
            // A trial that repeats two conditions, cut short, makes one of them.
            conditions.iter_mut().filter(|found| same.contains(found)).for_each(|found| *found = condition);
            conditions.push(condition);
        }
        let mut firsts = conditions.clone();
        firsts.sort_unstable();
        firsts.dedup();
        conditions.into_iter().map(|condition| firsts.partition_point(|&first| first < condition)).collect()
    }

    /// Number of conditions; trials of the same inputs are one.
    pub fn n_conditions(&self) -> usize {
        self.conditions().into_iter().max().map_or(0, |last| last + 1)
    }

    /// The units that respond at least once.
    pub fn recorded_units(&self) -> Vec<usize> {
        let is_recorded =
            |(_, rates): &(usize, ndarray::ArrayView2<'_, f64>)| rates.iter().any(|y| !y.is_nan());
        self.rates.outer_iter().enumerate().filter(is_recorded).map(|(unit, _)| unit).collect()
    }

    /// The responses of some units, in the order given.
    #[must_use]
    pub fn of_units(self, chosen: &[usize]) -> Self {
        if chosen.len() == self.n_units() {
            return self;
        }
        Self { rates: self.rates.select(Axis(0), chosen), ..self }
    }

    /// Number of units N.
    pub fn n_units(&self) -> usize {
        self.rates.dim().0
    }

    /// Number of steps T.
    pub fn n_steps(&self) -> usize {
        self.rates.dim().1
    }

    /// Number of trials B.
    pub fn n_trials(&self) -> usize {
        self.rates.dim().2
    }

    /// Number of inputs U.
    pub fn n_inputs(&self) -> usize {
        self.inputs.dim().0
    }

    /// Number of outputs O.
    pub fn n_outputs(&self) -> usize {
        self.outputs.dim().0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Trials with these inputs, one input, each of so many steps of 6; beyond that nothing is recorded.
    fn trials(shown: &[(f32, usize)]) -> Responses {
        let shape = (1, 6, shown.len());
        let until_end = |value: f64| {
            move |(_, t, b): (usize, usize, usize)| if t < shown[b].1 { value } else { f64::NAN }
        };
        Responses {
            rates: Array3::from_shape_fn((2, 6, shown.len()), until_end(0.5)),
            inputs: Array3::from_shape_fn(shape, |(_, t, b)| if t < shown[b].1 { shown[b].0 } else { 0.0 }),
            outputs: Array3::from_shape_fn(shape, until_end(1.0)),
            mask: (0..6).collect(),
            scored: None,
        }
    }

    #[test]
    fn trials_of_the_same_inputs_are_one_condition_also_where_they_end_at_different_times() {
        let found = trials(&[(1.0, 6), (2.0, 6), (1.0, 4), (3.0, 6), (2.0, 3), (1.0, 2)]);
        // The last one is too short to say which it repeats.
        assert_eq!(found.conditions(), [0, 1, 0, 2, 1, 0]);
        assert_eq!(found.n_conditions(), 3);
        assert_eq!(trials(&[(1.0, 6), (1.0, 2)]).conditions(), [0, 1]);
        assert_eq!(trials(&[(0.0, 6)]).conditions(), [0]);
    }

    #[test]
    fn a_mask_of_each_trial_hides_what_is_not_scored_and_follows_its_trials() {
        let flags = Array2::from_shape_fn((6, 3), |(t, b)| t > b);
        let masked = Responses { scored: Some(flags), ..trials(&[(1.0, 6), (2.0, 6), (3.0, 6)]) };
        let masked = masked.checked().expect("responses");
        let seen = |responses: &Responses| {
            let shown = responses.where_scored(responses.rates.view());
            (0..responses.n_trials())
                .map(|b| shown.slice(s![0, .., b]).iter().filter(|y| !y.is_nan()).count())
                .collect::<Vec<_>>()
        };
        assert_eq!(seen(&masked), [5, 4, 3]);
        assert_eq!(seen(&masked.of_trials(&[2, 0])), [3, 5]);
        let wrong = Responses { scored: Some(Array2::from_elem((5, 3), true)), ..masked };
        assert!(matches!(wrong.checked(), Err(CircuitError::Shape { name: "scored", .. })));
    }
}
