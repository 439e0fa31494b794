//! The nonlinearity of a unit: a shape and a slope, `f(x) = shape(slope · x)`.

use crate::elementary::{sigmoid, tanh};

/// The curve of an activation function, before its slope is applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Curve {
    /// `max(0, x)`
    Relu,
    /// `1 / (1 + e^(−x))`
    Sigmoid,
    /// `tanh x`
    Tanh,
}

/// A unit's activation function `f(x) = curve(slope · x)` (TE25, Methods; sigmoid has slope 7.5 there).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Activation {
    /// The curve.
    pub curve: Curve,
    /// The factor on its argument, above zero (dimensionless).
    pub slope: f64,
}

impl Activation {
    /// The rate `f(x)`.
    #[inline(always)]
    pub fn rate(self, x: f64) -> f64 {
        let x = self.slope * x;
        match self.curve {
            Curve::Relu => x.max(0.0),
            Curve::Sigmoid => sigmoid(x),
            Curve::Tanh => tanh(x),
        }
    }

    /// The greatest lower bound of all rates.
    pub fn lowest_rate(self) -> f64 {
        match self.curve {
            Curve::Relu | Curve::Sigmoid => 0.0,
            Curve::Tanh => -1.0,
        }
    }

    /// The derivative `f′(x)` written as a function of the rate `r = f(x)`, so that a backward pass keeps rates only.
    pub fn slope_at_rate(self, r: f64) -> f64 {
        match self.curve {
            Curve::Relu => {
                if r > 0.0 {
                    self.slope
                } else {
                    0.0
                }
            }
            Curve::Sigmoid => self.slope * r * (1.0 - r),
            Curve::Tanh => self.slope * (1.0 - r * r),
        }
    }
}
