//! What a circuit is fitted to: responses of a network or recorded ones, with the inputs and outputs that go with them.

use ndarray::{Array3, Axis};

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
}

impl Responses {
    /// The noise-free responses of a network to trials: its rates (`f(h)` in the potential form) and its own outputs.
    ///
    /// # Errors
    /// [`CircuitError::Run`] if the trials have another number of inputs; the rest as [`Responses::checked`].
    pub fn of_network(network: &Network, trials: &Trials) -> Result<Self, CircuitError> {
        let rates = run::rates(network, run::states(network, trials.inputs.view())?);
        let outputs = run::outputs(network, rates.view())?;
        let inputs = trials.inputs.as_standard_layout().into_owned();
        Self { rates, inputs, outputs, mask: trials.mask.clone() }.checked()
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
        }
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
