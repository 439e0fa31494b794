//! The fields of a class that say in what its model differs from the published one, and their names in files.

use super::error::ConfigError;
use super::section::Value;
use circuitscope::network::Form;
use circuitscope::train::{Bias, Connections, InputOutput, Model, Spread};

/// Names of [`Model::form`].
const FORMS: [(&str, Form); 2] = [("rate", Form::Rate), ("potential", Form::Potential)];

/// Names of [`Model::input_output`].
const INPUT_OUTPUT: [(&str, InputOutput); 2] =
    [("nonnegative", InputOutput::NonNegative), ("any_sign", InputOutput::AnySign)];

/// Whether units have a bias.
#[derive(Clone, Copy, PartialEq, Eq)]
enum BiasKind {
    None,
    Fixed,
    Learned,
}

const BIASES: [(&str, BiasKind); 3] =
    [("none", BiasKind::None), ("fixed", BiasKind::Fixed), ("learned", BiasKind::Learned)];

/// A field that is one of a closed list.
pub(crate) struct Choice {
    /// Name in study files.
    pub(crate) name: &'static str,
    /// What it is.
    pub(crate) meaning: &'static str,
    /// The names that it may have.
    pub(crate) names: fn() -> Vec<&'static str>,
    /// Its name in a class.
    pub(crate) of: fn(&Model) -> &'static str,
}

/// The fields that are one of a closed list.
pub(crate) const CHOICES: [Choice; 3] = [
    Choice {
        name: "form",
        meaning: "Whether the states of the class are rates or potentials",
        names: || FORMS.map(|(name, _)| name).to_vec(),
        of: |model| name_of(&FORMS, model.form),
    },
    Choice {
        name: "bias",
        meaning: "Whether units of the class have a bias, and whether it is learned",
        names: || BIASES.map(|(name, _)| name).to_vec(),
        of: |model| name_of(&BIASES, kind_of(model.bias)),
    },
    Choice {
        name: "input_output_weights",
        meaning: "Signs that input and output weights of the class may have",
        names: || INPUT_OUTPUT.map(|(name, _)| name).to_vec(),
        of: |model| name_of(&INPUT_OUTPUT, model.input_output),
    },
];

fn name_of<T: Copy + PartialEq>(names: &[(&'static str, T)], value: T) -> &'static str {
    names.iter().find(|(_, known)| *known == value).map(|(name, _)| *name).expect("every choice has a name")
}

fn kind_of(bias: Bias) -> BiasKind {
    match bias {
        Bias::Absent => BiasKind::None,
        Bias::Fixed(_) => BiasKind::Fixed,
        Bias::Learned(_) => BiasKind::Learned,
    }
}

/// Sets a field.
pub(super) fn apply(model: &mut Model, field: &str, value: Value<'_>) -> Result<(), Box<ConfigError>> {
    match field {
        "form" => model.form = value.choose(field, &FORMS)?,
        "bias" => {
            let spread = spread_of(model.bias).unwrap_or_default();
            model.bias = match value.choose(field, &BIASES)? {
                BiasKind::None => Bias::Absent,
                BiasKind::Fixed => Bias::Fixed(spread),
                BiasKind::Learned => Bias::Learned(spread),
            };
        }
        "bias_mean" | "bias_sd" => {
            let number: f64 = value.read(field)?;
            let (Bias::Fixed(spread) | Bias::Learned(spread)) = &mut model.bias else {
                let message = format!("`{field}` is {number}, and there is no bias");
                return Err(value.error(message, "set `bias = \"learned\"` or \"fixed\", or leave it out"));
            };
            match field {
                "bias_mean" => spread.mean = number,
                _ => spread.sd = number,
            }
        }
        "density" => {
            let density: f64 = value.read(field)?;
            model.connections =
                if density == 1.0 { Connections::Full } else { Connections::Sparse { density } };
        }
        "rank" => {
            let rank = value.read(field)?;
            if let Connections::Sparse { density } = model.connections {
                let message = format!("`rank` is {rank}, and `density` is {density}");
                return Err(value.error(message, "a network is sparse or of low rank: leave one of them out"));
            }
            model.connections = Connections::LowRank { rank };
        }
        "input_output_weights" => model.input_output = value.choose(field, &INPUT_OUTPUT)?,
        _ => unreachable!("every field has its arm"),
    }
    Ok(())
}

/// What a bias is drawn from, if there is one.
pub(crate) fn spread_of(bias: Bias) -> Option<Spread> {
    match bias {
        Bias::Absent => None,
        Bias::Fixed(spread) | Bias::Learned(spread) => Some(spread),
    }
}

/// What of a model differs from the published one, as text, a line each: it changes with whatever changes a network.
pub(crate) fn text(model: &Model) -> String {
    let mut lines: Vec<String> = CHOICES
        .iter()
        .filter(|choice| (choice.of)(model) != (choice.of)(&Model::PUBLISHED))
        .map(|choice| format!("{}={}\n", choice.name, (choice.of)(model)))
        .collect();
    if let Some(Spread { mean, sd }) = spread_of(model.bias) {
        lines.push(format!("bias_mean={mean:?} bias_sd={sd:?}\n"));
    }
    match model.connections {
        Connections::Full => {}
        Connections::Sparse { density } => lines.push(format!("density={density:?}\n")),
        Connections::LowRank { rank } => lines.push(format!("rank={rank}\n")),
    }
    lines.concat()
}
