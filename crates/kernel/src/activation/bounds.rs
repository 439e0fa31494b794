//! What can be said of an activation function over intervals: its range, its pieces, how its slope and curvature are bound.

use super::{Activation, Curve};

/// Margin for the rounding of a bound itself, a few operations of numbers near one.
const MARGIN: f64 = 1.0 + 1e-12;

/// A straight piece of a piecewise linear curve: `rate = slope · x + offset`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Piece {
    /// Slope, that of the activation included.
    pub slope: f64,
    /// Rate at which the line of the piece meets `x = 0`.
    pub offset: f64,
}

impl Curve {
    /// Whether it is zero below zero and linear above: then the units that are active decide on a linear system of their
    /// own, and the others say nothing.
    pub fn is_rectified_linear(self) -> bool {
        self == Self::Relu
    }

    /// Whether the rate, and with it the slope, is exactly 0 wherever the argument is not above 0, and never below 0: such a
    /// unit can be silent.
    pub fn is_rectified(self) -> bool {
        matches!(self, Self::Relu | Self::Power(_))
    }

    /// Whether `f(−x) = −f(x)`.
    pub fn is_odd(self) -> bool {
        matches!(self, Self::Tanh | Self::HardTanh)
    }

    /// Whether it never falls.
    pub fn is_monotone(self) -> bool {
        self != Self::Silu
    }

    /// Whether it has a second derivative everywhere, with one bound for all arguments.
    pub fn is_smooth(self) -> bool {
        match self {
            Self::Sigmoid | Self::Tanh | Self::Softplus | Self::Silu => true,
            Self::Relu | Self::LeakyRelu(_) | Self::HardTanh | Self::Power(_) => false,
        }
    }

    /// The power of the argument with which the rate grows where it has no upper end.
    pub fn growth(self) -> f64 {
        match self {
            Self::Power(exponent) => exponent.value(),
            _ => 1.0,
        }
    }

    /// Where its slope jumps, rising; an argument before its slope is applied.
    pub fn kinks(self) -> &'static [f64] {
        match self {
            Self::Relu | Self::LeakyRelu(_) => &[0.0],
            Self::HardTanh => &[-1.0, 1.0],
            Self::Sigmoid | Self::Tanh | Self::Softplus | Self::Power(_) | Self::Silu => &[],
        }
    }

    /// Whether it is made of straight pieces, which meet at its kinks.
    pub fn is_piecewise_linear(self) -> bool {
        !self.kinks().is_empty()
    }
}

impl Activation {
    /// The greatest lower bound of all rates.
    pub fn lowest_rate(self) -> f64 {
        match self.curve {
            Curve::Relu | Curve::Sigmoid | Curve::Softplus | Curve::Power(_) => 0.0,
            Curve::Tanh | Curve::HardTanh => -1.0,
            Curve::LeakyRelu(_) => f64::NEG_INFINITY,
            // Where f′ = 0, at x = −1.2784645.
            Curve::Silu => -0.278_464_542_761_074,
        }
    }

    /// The rate at which a neuron is silent: the lowest, or 0 where there is none.
    pub fn silent_rate(self) -> f64 {
        let lowest = self.lowest_rate();
        if lowest.is_finite() { lowest } else { 0.0 }
    }

    /// The least upper bound of all rates.
    pub fn highest_rate(self) -> f64 {
        match self.curve {
            Curve::Sigmoid | Curve::Tanh | Curve::HardTanh => 1.0,
            Curve::Relu | Curve::Softplus | Curve::LeakyRelu(_) | Curve::Power(_) | Curve::Silu => {
                f64::INFINITY
            }
        }
    }

    /// Whether rates have a bound on either side.
    pub fn is_bounded(self) -> bool {
        self.lowest_rate().is_finite() && self.highest_rate().is_finite()
    }

    /// Largest |f′|; infinite if there is none.
    pub fn steepest(self) -> f64 {
        match self.curve {
            Curve::Relu | Curve::Tanh | Curve::Softplus | Curve::LeakyRelu(_) | Curve::HardTanh => self.slope,
            Curve::Sigmoid => 0.25 * self.slope,
            Curve::Power(_) => f64::INFINITY,
            // Where f″ = 0, at x = 2.3993573; rounded up.
            Curve::Silu => 1.099_839_320_128_868 * self.slope,
        }
    }

    /// Bound of |f′| on `[x − reach, x + reach]`.
    pub fn steepest_near(self, x: f64, reach: f64) -> f64 {
        match self.curve {
            // It rises.
            Curve::Power(_) => self.slope_at(x + reach) * MARGIN,
            _ => self.steepest(),
        }
    }

    /// The straight piece in which an argument lies, by its number: how many kinks are below it.
    pub fn piece_at(self, x: f64) -> usize {
        let x = self.slope * x;
        self.curve.kinks().iter().filter(|&&kink| x > kink).count()
    }

    /// Where two neighbouring pieces meet, as an argument.
    pub fn kink(self, number: usize) -> f64 {
        self.curve.kinks()[number] / self.slope
    }

    /// The straight piece of this number; none of a curve that is not made of such.
    pub fn piece(self, number: usize) -> Option<Piece> {
        let (slope, offset) = match (self.curve, number) {
            (Curve::Relu, 0) => (0.0, 0.0),
            (Curve::LeakyRelu(leak), 0) => (leak.value(), 0.0),
            (Curve::Relu | Curve::LeakyRelu(_) | Curve::HardTanh, 1) => (1.0, 0.0),
            (Curve::HardTanh, 0) => (0.0, -1.0),
            (Curve::HardTanh, 2) => (0.0, 1.0),
            _ => return None,
        };
        Some(Piece { slope: slope * self.slope, offset })
    }

    /// The slopes before and after the kink that is nearest to an argument; none without kinks.
    pub fn slopes_at_kink(self, x: f64) -> Option<[f64; 2]> {
        let gap = |number: usize| (self.kink(number) - x).abs();
        let nearest = (0..self.curve.kinks().len()).min_by(|&a, &b| gap(a).total_cmp(&gap(b)))?;
        Some([self.piece(nearest)?.slope, self.piece(nearest + 1)?.slope])
    }

    /// `f″(x)`; 0 at kinks.
    pub fn second_derivative(self, x: f64) -> f64 {
        let s = self.slope;
        match self.curve {
            Curve::Power(exponent) if x > 0.0 => (exponent.value() - 1.0) * self.slope_at(x) / x,
            Curve::Relu | Curve::LeakyRelu(_) | Curve::HardTanh | Curve::Power(_) => 0.0,
            Curve::Sigmoid => {
                let r = self.rate(x);
                s * s * r * (1.0 - r) * (1.0 - 2.0 * r)
            }
            Curve::Tanh => {
                let r = self.rate(x);
                -2.0 * s * s * r * (1.0 - r * r)
            }
            Curve::Softplus => {
                let [high, low] = [s * x, -s * x].map(crate::elementary::sigmoid);
                s * s * high * low
            }
            Curve::Silu => {
                let [high, low] = [s * x, -s * x].map(crate::elementary::sigmoid);
                s * s * high * low * (2.0 - s * x * (high - low))
            }
        }
    }

    /// Bound of |f″| on `[x − reach, x + reach]`; infinite where there is none, as across a kink or for a power law.
    ///
    /// |f″| is bounded by a curve that has one peak on either side of zero, or one at zero, and falls away from it.
    pub fn curvature(self, x: f64, reach: f64) -> f64 {
        let s = self.slope;
        // Where the peak is, in units of s x, and how high, over s².
        let (peak_at, peak) = match self.curve {
            Curve::Relu | Curve::LeakyRelu(_) | Curve::HardTanh | Curve::Power(_) => return f64::INFINITY,
            Curve::Sigmoid => ((2.0 + 3.0_f64.sqrt()).ln(), 1.0 / (6.0 * 3.0_f64.sqrt())),
            Curve::Tanh => ((2.0 + 3.0_f64.sqrt()).ln() / 2.0, 4.0 / (3.0 * 3.0_f64.sqrt())),
            Curve::Softplus => (0.0, 0.25),
            Curve::Silu => (0.0, 0.5),
        };
        let (low, high) = (s * (x.abs() - reach), s * (x.abs() + reach));
        let margin = 1e-12 * (1.0 + high.abs());
        let bound = if low - margin > peak_at {
            bend(self.curve, low - margin)
        } else if high + margin < peak_at && low > -peak_at {
            bend(self.curve, high + margin)
        } else {
            peak
        };
        // The tails lose their relative accuracy but not more than rounding of numbers near one.
        (bound * MARGIN + 8.0 * f64::EPSILON) * s * s * MARGIN
    }

    /// Largest |f″|, as the formula says; 0 of straight pieces, infinite for a power law.
    pub fn largest_curvature(self) -> f64 {
        match self.curve {
            Curve::Relu | Curve::LeakyRelu(_) | Curve::HardTanh => 0.0,
            Curve::Sigmoid => self.slope.powi(2) / (6.0 * 3.0_f64.sqrt()),
            Curve::Tanh => 4.0 * self.slope.powi(2) / (3.0 * 3.0_f64.sqrt()),
            Curve::Softplus => self.slope.powi(2) / 4.0,
            Curve::Silu => self.slope.powi(2) / 2.0,
            Curve::Power(_) => f64::INFINITY,
        }
    }

    /// Bound of `|f′(z) − f′(x)|` over all z within `reach` of x, whether or not f has kinks there.
    pub fn slope_change(self, x: f64, reach: f64) -> f64 {
        let s = self.slope;
        match self.curve {
            Curve::Sigmoid | Curve::Tanh | Curve::Softplus | Curve::Silu => {
                // Of a slope between 0 and the steepest, no change is larger than twice that.
                (self.curvature(x, reach) * reach).min(2.0 * self.steepest()) * MARGIN
            }
            Curve::Power(_) => {
                // The slope rises, so that its ends are its extremes.
                let [low, here, high] = [x - reach, x, x + reach].map(|x| self.slope_at(x));
                ((high - here).max(here - low) + 32.0 * f64::EPSILON * high) * MARGIN
            }
            Curve::Relu | Curve::LeakyRelu(_) | Curve::HardTanh => {
                let margin = 4.0 * f64::EPSILON * s * (x.abs() + reach);
                let (low, high) = (s * (x - reach) - margin, s * (x + reach) + margin);
                let here = self.slope_at(x);
                let kinks = self.curve.kinks();
                let first = kinks.iter().filter(|&&kink| kink < low).count();
                let last = kinks.iter().filter(|&&kink| kink <= high).count();
                let slopes = (first..=last).filter_map(|piece| self.piece(piece));
                slopes.map(|piece| (piece.slope - here).abs()).fold(0.0, f64::max) * MARGIN
            }
        }
    }
}

/// Bound of |f″| for slope 1 at `x ≥ 0`.
fn bend(curve: Curve, x: f64) -> f64 {
    match curve {
        Curve::Relu | Curve::LeakyRelu(_) | Curve::HardTanh => 0.0,
        Curve::Power(_) => f64::INFINITY,
        Curve::Sigmoid => {
            let tail = (-x).exp();
            tail * (1.0 - tail) / (1.0 + tail).powi(3)
        }
        Curve::Tanh => {
            let tail = (-2.0 * x).exp();
            8.0 * tail * (1.0 - tail) / (1.0 + tail).powi(3)
        }
        Curve::Softplus => {
            let tail = (-x).exp();
            tail / (1.0 + tail).powi(2)
        }
        // σ′ is below e^(−x), and f″ = σ′ (2 − x tanh(x/2)).
        Curve::Silu => ((2.0 + x) * (-x).exp()).min(0.5),
    }
}

#[cfg(test)]
mod tests;
