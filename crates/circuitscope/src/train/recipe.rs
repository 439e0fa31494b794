//! Every number that decides how a network is made and trained.

use super::model::Model;
use crate::architecture::{Architecture, Constraint};
use crate::field::FieldError;

/// A stretch of training with one weight on the rates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Phase {
    /// Number of updates.
    pub iterations: usize,
    /// Weight `λ_r` of the mean squared rate in the loss.
    pub lambda_r: f64,
}

/// A class of networks: architecture, size, initial weights, loss and optimiser.
#[derive(Clone, Debug, PartialEq)]
pub struct Recipe {
    /// Activation function and sign constraint.
    pub architecture: Architecture,
    /// Equation, bias, connections, signs of input and output weights.
    pub model: Model,
    /// Number of recurrent units N before silent ones are removed.
    pub n_units: usize,
    /// Excitatory units for each inhibitory one, under Dale's law.
    pub ratio: f64,
    /// Spectral radius of the initial recurrent weights.
    pub spectral_radius: f64,
    /// Integration step.
    pub dt_ms: f64,
    /// Time constant of every unit.
    pub tau_ms: f64,
    /// Strength σ of the noise on the units (scaled by √(2/α)).
    pub sigma_rec: f64,
    /// Strength σ of the noise on the inputs (scaled by √(2/α)).
    pub sigma_inp: f64,
    /// Weight `λ_⊥` of the overlap between input weights in the loss.
    pub lambda_orth: f64,
    /// Adam's learning rate.
    pub learning_rate: f64,
    /// Weight decay, added to the gradient.
    pub weight_decay: f64,
    /// The phases of training, one after the other.
    pub phases: Vec<Phase>,
}

impl Recipe {
    /// The published recipe of an architecture for a task by name (TE25, Methods; 5000 iterations, two phases of 6000
    /// for `memory_number`).
    pub fn published(task: &str, architecture: Architecture) -> Self {
        // Where rates have either sign alike, excitation and inhibition are nothing but names.
        let ratio = if architecture.activation.curve.is_odd() { 1.0 } else { 4.0 };
        let phases = match task {
            "memory_number" => {
                vec![Phase { iterations: 6000, lambda_r: 0.0 }, Phase { iterations: 6000, lambda_r: 0.3 }]
            }
            _ => vec![Phase { iterations: 5000, lambda_r: 0.5 }],
        };
        Self {
            architecture,
            model: Model::PUBLISHED,
            n_units: 100,
            ratio,
            spectral_radius: 1.2,
            dt_ms: 1.0,
            tau_ms: 10.0,
            sigma_rec: 0.05,
            sigma_inp: 0.05,
            lambda_orth: 0.3,
            learning_rate: 0.005,
            weight_decay: 5e-6,
            phases,
        }
    }

    /// Euler factor `α = dt / τ`.
    pub fn alpha(&self) -> f64 {
        self.dt_ms / self.tau_ms
    }

    /// Number of updates over all phases.
    pub fn n_iterations(&self) -> usize {
        self.phases.iter().map(|phase| phase.iterations).sum()
    }

    /// Number of excitatory units under Dale's law.
    pub fn n_excitatory(&self) -> usize {
        (self.n_units as f64 * self.ratio / (1.0 + self.ratio)).round() as usize
    }

    /// The sign of each unit's outgoing weights `[N]`: +1 excitatory, −1 inhibitory, 0 unconstrained.
    pub fn signs(&self) -> Vec<i8> {
        match self.architecture.constraint {
            Constraint::Free => vec![0; self.n_units],
            Constraint::Dale => {
                (0..self.n_units).map(|unit| if unit < self.n_excitatory() { 1 } else { -1 }).collect()
            }
        }
    }

    /// Passes the recipe on if a network can be trained by it.
    ///
    /// # Errors
    /// [`FieldError`] names the first setting outside its range, and the remedy.
    pub fn checked(self) -> Result<Self, FieldError> {
        let above_zero = |x: f64| x.is_finite() && x > 0.0;
        let not_negative = |x: f64| x.is_finite() && x >= 0.0;
        let positive = "it must be a finite number above 0";
        let slope = self.architecture.activation.slope;
        FieldError::unless(above_zero(slope), "slope", &slope, positive)?;
        FieldError::unless(
            (2..=20_000).contains(&self.n_units),
            "n_units",
            &self.n_units,
            "it must lie from 2 to 20000",
        )?;
        self.model.check(self.architecture.constraint, self.n_units)?;
        FieldError::unless(above_zero(self.ratio), "ratio", &self.ratio, positive)?;
        FieldError::unless(
            above_zero(self.spectral_radius),
            "spectral_radius",
            &self.spectral_radius,
            positive,
        )?;
        FieldError::unless(above_zero(self.tau_ms), "tau_ms", &self.tau_ms, positive)?;
        let stable = above_zero(self.dt_ms) && self.dt_ms <= self.tau_ms;
        FieldError::unless(
            stable,
            "dt_ms",
            &self.dt_ms,
            format!("it must lie above 0 and not exceed `tau_ms` = {}", self.tau_ms),
        )?;
        FieldError::unless(above_zero(self.learning_rate), "learning_rate", &self.learning_rate, positive)?;
        for (field, value) in [
            ("sigma_rec", self.sigma_rec),
            ("sigma_inp", self.sigma_inp),
            ("lambda_orth", self.lambda_orth),
            ("weight_decay", self.weight_decay),
        ] {
            FieldError::unless(not_negative(value), field, &value, "it must be 0 or a finite number above")?;
        }
        FieldError::unless(!self.phases.is_empty(), "phases", &"empty", "name at least one phase")?;
        for phase in &self.phases {
            FieldError::unless(
                (1..=1_000_000_000).contains(&phase.iterations),
                "iterations",
                &phase.iterations,
                "a phase has from 1 to 1000000000 iterations",
            )?;
            FieldError::unless(
                not_negative(phase.lambda_r),
                "lambda_r",
                &phase.lambda_r,
                "it must be 0 or a finite number above",
            )?;
        }
        Ok(self)
    }
}
