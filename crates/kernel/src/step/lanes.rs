//! Factors that differ between the columns of a row: units, inputs, the rest.

use super::Stepper;
use crate::parameters::{Batch, Form, Geometry, Noise};

/// Rows of [`Stepper::lanes`].
#[derive(Clone, Copy)]
pub(super) enum Lanes {
    /// 1 on units, else 0.
    Alive,
    /// α on units, else 0.
    Alpha,
    /// Standard deviation of the noise: recurrent on units, input's on inputs, else 0.
    Sigma,
    /// Weight of noise in the next row: α on units, 1 on inputs, else 0.
    NoiseGain,
    /// Factor of f′ stored: slope of the activation on units, times α where the states are rates, else 0.
    SlopeGain,
    /// −α on units, else 0: the leak of λ, which leaves the ones after it alone.
    LambdaLeak,
    /// Gradient of the rate term by a rate, over the rate: `2 λ_r / (N T B)` on units, else 0.
    RateGain,
}

pub(super) const N_LANES: usize = 7;

impl Stepper {
    /// Fills the tables that depend on the call's arguments.
    pub(super) fn prepare(&mut self, batch: &Batch<'_>, noise: Noise<'_>, lambda_r: f32) {
        let Geometry { n_units, n_inputs, n_outputs, n_steps, n_trials } = self.geometry;
        self.masked.fill(0.0);
        for &t in batch.mask {
            self.masked[t] += 1.0;
        }
        self.compared = match batch.weights {
            None => (batch.mask.len() * n_outputs * n_trials) as f64,
            Some(weights) => {
                let of_step =
                    |output: usize, t: usize| &weights[(output * n_steps + t) * n_trials..][..n_trials];
                let outputs = (0..n_outputs).flat_map(|output| batch.mask.iter().map(move |&t| (output, t)));
                outputs.flat_map(|(output, t)| of_step(output, t)).map(|&weight| f64::from(weight)).sum()
            }
        };
        assert!(self.compared > 0.0, "`weights` are 0 throughout the mask");
        let (sigma_rec, sigma_inp) = match noise {
            Noise::Seeded { sigma_rec, sigma_inp, .. } => (sigma_rec, sigma_inp),
            Noise::Absent | Noise::Given { .. } => (1.0, 1.0),
        };
        let rate_gain = 2.0 * f64::from(lambda_r) / (n_units * n_steps * n_trials) as f64;
        let (alpha, stride) = (self.equation.alpha, self.layout.stride);
        let slope_gain = match self.equation.form {
            Form::Rate => f64::from(alpha) * self.equation.activation.slope,
            Form::Potential => self.equation.activation.slope,
        };
        for (lane, on_units, on_inputs, elsewhere) in [
            (Lanes::Alive, 1.0, 0.0, 0.0),
            (Lanes::Alpha, alpha, 0.0, 0.0),
            (Lanes::Sigma, sigma_rec, sigma_inp, 0.0),
            (Lanes::NoiseGain, alpha, 1.0, 0.0),
            (Lanes::SlopeGain, slope_gain as f32, 0.0, 0.0),
            (Lanes::LambdaLeak, -alpha, 0.0, 0.0),
            (Lanes::RateGain, rate_gain as f32, 0.0, 0.0),
        ] {
            let row = &mut self.lanes[lane as usize * stride..][..stride];
            row.fill(elsewhere);
            row[..n_units].fill(on_units);
            row[n_units..n_units + n_inputs].fill(on_inputs);
        }
        self.noise.fill(0.0);
        self.drive.fill(0.0);
        for row in self.drive.chunks_exact_mut(stride) {
            row[n_units + n_inputs..n_units + self.n_driven].fill(1.0); // the input of a bias
        }
    }

    pub(super) fn lane(&self, lane: Lanes) -> *const f32 {
        self.lanes[lane as usize * self.layout.stride..].as_ptr()
    }
}
