//! Factors that differ between the columns of a row: units, inputs, the rest.

/// Rows of the table of factors.
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
