//! What a class has in each of its fields: numbers, and the names of activation and constraint.

use super::class::CONSTRAINTS;
use super::model::{CHOICES, spread_of};
use crate::store::network_file::curve_name;
use circuitscope::train::{Connections, Recipe};
use std::fmt;

/// A setting of a class: its name in study files, its unit, what it is, its value.
pub(crate) struct Setting {
    /// Name in study files.
    pub(crate) name: &'static str,
    /// Physical unit; empty without one.
    pub(crate) unit: &'static str,
    /// What it is.
    pub(crate) meaning: &'static str,
    /// Its value in a class; of one entry per phase of training the last, of iterations the sum.
    pub(crate) value: fn(&Recipe) -> f64,
    /// Whether the published value depends on the architecture, so that classes differ in it by themselves.
    pub(crate) of_architecture: OfArchitecture,
}

/// Whether the published value of a setting depends on the architecture.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum OfArchitecture {
    /// It does.
    Yes,
    /// It does not.
    No,
}

const fn setting(
    name: &'static str,
    unit: &'static str,
    meaning: &'static str,
    value: fn(&Recipe) -> f64,
) -> Setting {
    Setting { name, unit, meaning, value, of_architecture: OfArchitecture::No }
}

/// Every setting of a class that is a number.
pub(crate) const SETTINGS: [Setting; 19] = [
    setting("sigma_rec", "", "Noise on the states, of the class", |recipe| recipe.sigma_rec),
    setting("sigma_inp", "", "Noise on the inputs, of the class", |recipe| recipe.sigma_inp),
    setting("n_units", "", "Units of the class before training", |recipe| recipe.n_units as f64),
    Setting {
        of_architecture: OfArchitecture::Yes,
        ..setting("slope", "", "Slope of the activation of the class", |recipe| {
            recipe.architecture.activation.slope
        })
    },
    Setting {
        of_architecture: OfArchitecture::Yes,
        ..setting("leak", "", "Leak of the activation of the class, where it has one", |recipe| {
            parameter(recipe, "leak")
        })
    },
    Setting {
        of_architecture: OfArchitecture::Yes,
        ..setting("exponent", "", "Exponent of the activation of the class, where it has one", |recipe| {
            parameter(recipe, "exponent")
        })
    },
    Setting {
        of_architecture: OfArchitecture::Yes,
        ..setting("ratio", "", "Excitatory over inhibitory units of the class", |recipe| recipe.ratio)
    },
    setting("spectral_radius", "", "Spectral radius of the class's initial weights", |recipe| {
        recipe.spectral_radius
    }),
    setting("dt_ms", "ms", "Time step of the class", |recipe| recipe.dt_ms),
    setting("tau_ms", "ms", "Time constant of the class", |recipe| recipe.tau_ms),
    setting("lambda_orth", "", "Weight of the orthogonality penalty of the class", |recipe| {
        recipe.lambda_orth
    }),
    setting("lambda_r", "", "Weight of the rate penalty of the class in its last phase", |recipe| {
        recipe.phases.last().map_or(f64::NAN, |phase| phase.lambda_r)
    }),
    setting("learning_rate", "", "Learning rate of the class", |recipe| recipe.learning_rate),
    setting("weight_decay", "", "Weight decay of the class", |recipe| recipe.weight_decay),
    setting("density", "", "Share of the units that each unit of the class hears", |recipe| {
        match recipe.model.connections {
            Connections::Full | Connections::LowRank { .. } => 1.0,
            Connections::Sparse { density } => density,
        }
    }),
    setting("rank", "", "Rank of the recurrent weights of the class, where it is low", |recipe| match recipe
        .model
        .connections
    {
        Connections::Full | Connections::Sparse { .. } => f64::NAN,
        Connections::LowRank { rank } => rank as f64,
    }),
    setting("bias_mean", "", "Mean of the biases of the class before training, where it has any", |recipe| {
        spread_of(recipe.model.bias).map_or(f64::NAN, |spread| spread.mean)
    }),
    setting(
        "bias_sd",
        "",
        "Standard deviation of the biases of the class before training, where it has any",
        |recipe| spread_of(recipe.model.bias).map_or(f64::NAN, |spread| spread.sd),
    ),
    setting("iterations", "", "Iterations of the class in all", |recipe| recipe.n_iterations() as f64),
];

/// A parameter of the activation of a recipe; no number where it has another or none.
fn parameter(recipe: &Recipe, name: &str) -> f64 {
    let own = recipe.architecture.activation.curve.parameter();
    own.filter(|(own, _)| *own == name).map_or(f64::NAN, |(_, value)| value)
}

/// What a class has in a field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Level {
    /// One of a closed list, by its name.
    Name(&'static str),
    /// A number.
    Number(f64),
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Number(number) => write!(f, "{number}"),
        }
    }
}

/// What a class has in a field of this name; none of a name that is no field, or of a parameter that it lacks.
pub(crate) fn level(field: &str, recipe: &Recipe) -> Option<Level> {
    let architecture = recipe.architecture;
    match field {
        "activation" => Some(Level::Name(curve_name(architecture.activation.curve))),
        "constraint" => {
            let named = CONSTRAINTS.iter().find(|(_, constraint)| *constraint == architecture.constraint);
            named.map(|(name, _)| Level::Name(name))
        }
        _ => {
            if let Some(choice) = CHOICES.iter().find(|choice| choice.name == field) {
                return Some(Level::Name((choice.of)(&recipe.model)));
            }
            let setting = SETTINGS.iter().find(|setting| setting.name == field)?;
            Some((setting.value)(recipe)).filter(|value| !value.is_nan()).map(Level::Number)
        }
    }
}
