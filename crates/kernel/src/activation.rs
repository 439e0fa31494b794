//! The nonlinearity of a unit: a shape and a slope, `f(x) = shape(slope · x)`.
//!
//! What an algorithm needs to know of it is a method, of the curve or of the activation: nobody asks which curve it is.

mod bounds;
mod parameter;

use crate::elementary::{sigmoid, softplus, tanh};
pub use bounds::Piece;
pub use parameter::{Exponent, Leak};

/// The curve of an activation function, before its slope is applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Curve {
    /// `max(0, x)`
    Relu,
    /// `1 / (1 + e^(−x))`
    Sigmoid,
    /// `tanh x`
    Tanh,
    /// `ln(1 + e^x)`
    Softplus,
    /// `x` above zero, `leak · x` below.
    LeakyRelu(Leak),
    /// `max(0, x)^exponent`
    Power(Exponent),
    /// `x` between −1 and 1, and the nearer of them outside.
    HardTanh,
    /// `x / (1 + e^(−x))`
    Silu,
}

/// A curve without its parameter: what names it in files, tables and figures, and what networks are grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Family {
    /// [`Curve::Relu`]
    Relu,
    /// [`Curve::Sigmoid`]
    Sigmoid,
    /// [`Curve::Tanh`]
    Tanh,
    /// [`Curve::Softplus`]
    Softplus,
    /// [`Curve::LeakyRelu`]
    LeakyRelu,
    /// [`Curve::Power`]
    Power,
    /// [`Curve::HardTanh`]
    HardTanh,
    /// [`Curve::Silu`]
    Silu,
}

/// A family with its name in files and in words, and its curve with the standard parameter; in the order of [`Family`].
const FAMILIES: [(Family, &str, &str, Curve); 8] = [
    (Family::Relu, "relu", "ReLU", Curve::Relu),
    (Family::Sigmoid, "sigmoid", "sigmoid", Curve::Sigmoid),
    (Family::Tanh, "tanh", "tanh", Curve::Tanh),
    (Family::Softplus, "softplus", "softplus", Curve::Softplus),
    (Family::LeakyRelu, "leaky_relu", "leaky ReLU", Curve::LeakyRelu(Leak::STANDARD)),
    (Family::Power, "power", "power law", Curve::Power(Exponent::STANDARD)),
    (Family::HardTanh, "hard_tanh", "hard tanh", Curve::HardTanh),
    (Family::Silu, "silu", "SiLU", Curve::Silu),
];

impl Family {
    /// Every family.
    pub const ALL: [Self; 8] = {
        let mut all = [Self::Relu; 8];
        let mut k = 0;
        while k < all.len() {
            all[k] = FAMILIES[k].0;
            k += 1;
        }
        all
    };

    /// Its name in files.
    pub const fn name(self) -> &'static str {
        FAMILIES[self as usize].1
    }

    /// Its name in sentences.
    pub const fn words(self) -> &'static str {
        FAMILIES[self as usize].2
    }

    /// Its curve, with the standard parameter where it has one.
    pub const fn curve(self) -> Curve {
        FAMILIES[self as usize].3
    }

    /// The family of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|family| family.name() == name)
    }
}

impl Curve {
    /// The curve without its parameter.
    pub const fn family(self) -> Family {
        match self {
            Self::Relu => Family::Relu,
            Self::Sigmoid => Family::Sigmoid,
            Self::Tanh => Family::Tanh,
            Self::Softplus => Family::Softplus,
            Self::LeakyRelu(_) => Family::LeakyRelu,
            Self::Power(_) => Family::Power,
            Self::HardTanh => Family::HardTanh,
            Self::Silu => Family::Silu,
        }
    }

    /// The slope that networks have unless they say otherwise: 7.5 for the sigmoid (TE25, Methods), else 1.
    pub const fn standard_slope(self) -> f64 {
        match self {
            Self::Sigmoid => 7.5,
            _ => 1.0,
        }
    }

    /// The parameter of the curve beside its slope, with its name; none for most.
    pub fn parameter(self) -> Option<(&'static str, f64)> {
        match self {
            Self::LeakyRelu(leak) => Some((Leak::NAME, leak.value())),
            Self::Power(exponent) => Some((Exponent::NAME, exponent.value())),
            _ => None,
        }
    }

    /// The curve with another value of the parameter of this name.
    ///
    /// # Errors
    /// [`ParameterError`] if it has no such parameter, or not with this value.
    pub fn with_parameter(self, name: &str, value: f64) -> Result<Self, ParameterError> {
        let outside = |expected| ParameterError::Range { expected };
        match self {
            Self::LeakyRelu(_) if name == Leak::NAME => {
                Leak::new(value).map(Self::LeakyRelu).ok_or(outside(Leak::RANGE))
            }
            Self::Power(_) if name == Exponent::NAME => {
                Exponent::new(value).map(Self::Power).ok_or(outside(Exponent::RANGE))
            }
            _ => Err(ParameterError::Foreign { owner: Self::owner(name) }),
        }
    }

    /// The names of all parameters of curves.
    pub const PARAMETERS: [&'static str; 2] = [Leak::NAME, Exponent::NAME];

    /// The family whose parameter this is.
    fn owner(name: &str) -> Option<Family> {
        let has = |family: &Family| family.curve().parameter().is_some_and(|(own, _)| own == name);
        Family::ALL.into_iter().find(has)
    }
}

/// Why a curve cannot have a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterError {
    /// It is the parameter of another curve, or of none.
    Foreign {
        /// The family that has it.
        owner: Option<Family>,
    },
    /// The value does not fit.
    Range {
        /// What would.
        expected: &'static str,
    },
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
            Curve::Softplus => softplus(x),
            Curve::LeakyRelu(leak) => {
                if x > 0.0 {
                    x
                } else {
                    leak.value() * x
                }
            }
            Curve::Power(exponent) => exponent.rate(x),
            Curve::HardTanh => x.clamp(-1.0, 1.0),
            Curve::Silu => x * sigmoid(x),
        }
    }

    /// The derivative `f′(x)`; at a kink that of its flatter side.
    pub fn slope_at(self, x: f64) -> f64 {
        self.slope_with(x, self.rate(x))
    }

    /// [`Activation::slope_at`] where the rate `r = f(x)` is known already.
    pub fn slope_with(self, x: f64, r: f64) -> f64 {
        let s = self.slope;
        match self.curve {
            Curve::Relu => {
                if r > 0.0 {
                    s
                } else {
                    0.0
                }
            }
            Curve::Sigmoid => s * r * (1.0 - r),
            Curve::Tanh => s * (1.0 - r * r),
            Curve::Softplus => s * sigmoid(s * x),
            Curve::LeakyRelu(leak) => {
                if s * x > 0.0 {
                    s
                } else {
                    s * leak.value()
                }
            }
            Curve::Power(exponent) => s * exponent.slope(s * x),
            Curve::HardTanh => {
                if (s * x).abs() < 1.0 {
                    s
                } else {
                    0.0
                }
            }
            // 1 − σ(x) is σ(−x), without cancellation.
            Curve::Silu => s * sigmoid(s * x) * (1.0 + s * x * sigmoid(-(s * x))),
        }
    }
}
