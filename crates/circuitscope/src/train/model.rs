//! What of a network may differ from the published model: its equation, its bias, its connections, the signs of its weights.

use crate::architecture::{Architecture, Constraint};
use crate::field::FieldError;
use circuitscope_kernel::{BiasTerm, Equation, Form, InputOutput};

/// The model of a class of networks, beyond its architecture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Model {
    /// Which variable the leak acts on.
    pub form: Form,
    /// Bias of each unit.
    pub bias: Bias,
    /// Which recurrent weights there are.
    pub connections: Connections,
    /// Signs of input and output weights.
    pub input_output: InputOutput,
}

/// Bias of each unit, inside the activation function.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bias {
    /// None, as published.
    Absent,
    /// Drawn before training, and never changed.
    Fixed(Spread),
    /// Drawn before training, and learned with the weights.
    Learned(Spread),
}

/// What the bias of a unit is drawn from: a normal distribution.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spread {
    /// Mean.
    pub mean: f64,
    /// Standard deviation.
    pub sd: f64,
}

/// Which recurrent weights there are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Connections {
    /// All of them, as published.
    Full,
    /// Each unit hears this share of the units, drawn before training: the same number for each unit.
    Sparse {
        /// The share, above 0 and at most 1.
        density: f64,
    },
    /// `W_rec = M Nᵀ` with `M` and `N` `[N, R]`, which are what is learned.
    ///
    /// # Source
    /// Mastrogiuseppe & Ostojic 2018, doi:10.1016/j.neuron.2018.07.003; Dubreuil et al. 2022, doi:10.1038/s41593-022-01088-4.
    LowRank {
        /// R, at least 1 and below the number of units.
        rank: usize,
    },
}

impl Model {
    /// The published one: the states are rates, no bias, all recurrent weights, no input or output weight below 0.
    pub const PUBLISHED: Self = Self {
        form: Form::Rate,
        bias: Bias::Absent,
        connections: Connections::Full,
        input_output: InputOutput::NonNegative,
    };

    /// The equation of networks of an architecture.
    ///
    /// - `alpha`: Euler factor dt / τ (dimensionless).
    pub(super) fn equation(self, architecture: Architecture, alpha: f64) -> Equation {
        Equation {
            activation: architecture.activation,
            form: self.form,
            bias: match self.bias {
                Bias::Absent => BiasTerm::Absent,
                Bias::Fixed(_) | Bias::Learned(_) => BiasTerm::Present,
            },
            alpha: alpha as f32,
        }
    }

    /// Refuses a model that networks of a constraint and size cannot have.
    pub(super) fn check(self, constraint: Constraint, n_units: usize) -> Result<(), FieldError> {
        match self.bias {
            Bias::Absent => {}
            Bias::Fixed(spread) | Bias::Learned(spread) => {
                FieldError::unless(
                    spread.mean.is_finite(),
                    "bias_mean",
                    &spread.mean,
                    "it must be a finite number",
                )?;
                let fits = spread.sd.is_finite() && spread.sd >= 0.0;
                FieldError::unless(fits, "bias_sd", &spread.sd, "it must be 0 or a finite number above")?;
            }
        }
        let is_nothing = self.bias == Bias::Fixed(Spread::default());
        let remedy = "a fixed bias of 0 is none: set `bias_mean` or `bias_sd`, or `bias = \"learned\"`";
        FieldError::unless(!is_nothing, "bias", &"fixed, and 0", remedy)?;
        match self.connections {
            Connections::Full => Ok(()),
            Connections::Sparse { density } => {
                let fits = density > 0.0 && density <= 1.0;
                FieldError::unless(fits, "density", &density, "it must lie above 0 and not exceed 1")
            }
            Connections::LowRank { rank } => {
                let fits = (1..n_units).contains(&rank);
                let range = format!("it must lie from 1 to {}, below `n_units`", n_units.saturating_sub(1));
                FieldError::unless(fits, "rank", &rank, range)?;
                let is_free = constraint == Constraint::Free;
                let remedy = "the product of two matrices has no columns of one sign: set `constraint = \"free\"`, or leave `rank` out";
                FieldError::unless(is_free, "rank", &format!("{rank}, under Dale's law"), remedy)
            }
        }
    }
}
