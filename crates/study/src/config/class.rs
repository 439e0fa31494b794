//! The settings of a class of networks: any field of a recipe, by name.

use super::error::{ConfigError, Source};
use super::model;
use super::section::{Section, Value};
use crate::store::network_file::parameter_remedy;
use crate::suggestion::suggestion;
use circuitscope::architecture::{Architecture, Constraint};
use circuitscope::train::{Phase, Recipe};
use circuitscope::{Family, ParameterError};
use std::ops::Range;

/// A class of networks on one task.
#[derive(Clone, Debug, PartialEq)]
pub struct Class {
    /// Its name in tables, files and figures.
    pub name: String,
    /// How its networks are made and trained.
    pub recipe: Recipe,
}

/// Passes a name that may also be a file name.
pub(super) fn check_name(
    name: &str,
    source: Source<'_>,
    span: Option<Range<usize>>,
) -> Result<(), Box<ConfigError>> {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    if !name.is_empty() && !name.starts_with('.') && name.chars().all(fits) && name.len() <= 100 {
        return Ok(());
    }
    let remedy = "give a `name` of at most 100 letters, digits, `_`, `-` and `.`: it is also a file name";
    Err(source.error(span, format!("\"{name}\" is no name"), remedy))
}

/// The published classes by name.
pub(super) const PRESETS: [(&str, Architecture); 6] = [
    ("relu_dale", Architecture::PUBLISHED[0]),
    ("relu_free", Architecture::PUBLISHED[1]),
    ("sigmoid_dale", Architecture::PUBLISHED[2]),
    ("sigmoid_free", Architecture::PUBLISHED[3]),
    ("tanh_dale", Architecture::PUBLISHED[4]),
    ("tanh_free", Architecture::PUBLISHED[5]),
];

pub(super) const CONSTRAINTS: [(&str, Constraint); 2] =
    [("dale", Constraint::Dale), ("free", Constraint::Free)];

/// Every field of a class, in the order in which they are applied: an activation brings its published slope and ratio,
/// which later fields may change.
pub(super) const FIELDS: [&str; 24] = [
    "activation",
    "constraint",
    "form",
    "bias",
    "bias_mean",
    "bias_sd",
    "density",
    "rank",
    "input_output_weights",
    "slope",
    "leak",
    "exponent",
    "ratio",
    "n_units",
    "spectral_radius",
    "dt_ms",
    "tau_ms",
    "sigma_rec",
    "sigma_inp",
    "lambda_orth",
    "lambda_r",
    "learning_rate",
    "weight_decay",
    "iterations",
];

/// One setting of a class: the field, its value, where it stands.
#[derive(Clone, Copy)]
pub(super) struct Setting<'a> {
    pub(super) field: &'static str,
    pub(super) value: Value<'a>,
}

/// The settings that stand in a table, in the order in which they are applied.
pub(super) fn settings_of<'a>(section: &mut Section<'a>) -> Vec<Setting<'a>> {
    FIELDS.into_iter().filter_map(|field| section.take(field).map(|value| Setting { field, value })).collect()
}

/// The field of this name.
pub(super) fn field_named(
    name: &str,
    span: &Range<usize>,
    value: Value<'_>,
) -> Result<&'static str, Box<ConfigError>> {
    FIELDS.into_iter().find(|field| *field == name).ok_or_else(|| {
        let message = format!("`{name}` is no field of a class");
        value.source.error(Some(span.clone()), message, suggestion(name, &FIELDS))
    })
}

/// A recipe under settings: earlier fields of [`FIELDS`] before later ones, and of the
/// same field the setting that comes last decides.
pub(super) fn recipe(
    published: Recipe,
    settings: &[Setting<'_>],
    source: Source<'_>,
) -> Result<Recipe, Box<ConfigError>> {
    let mut recipe = published;
    for field in FIELDS {
        for setting in settings.iter().filter(|setting| setting.field == field) {
            apply(&mut recipe, *setting)?;
        }
    }
    let decides = |field: &str| settings.iter().rev().find(|setting| setting.field == field);
    if let (Some(weights), Some(counts)) = (decides("lambda_r"), decides("iterations")) {
        let lengths =
            [weights, counts].map(|setting| setting.value.value.get_ref().as_array().map(|a| a.len()));
        if let [Some(n_weights), Some(n_counts)] = lengths
            && n_weights != n_counts
        {
            let message = format!("`iterations` has {n_counts} entries and `lambda_r` {n_weights}");
            return Err(counts.value.error(message, "give both one entry a phase of training"));
        }
    }
    recipe.checked().map_err(|error| {
        // `dt_ms` may be the default that no longer fits the time constant.
        let place = decides(error.field).or(decides("tau_ms")).map(|setting| setting.value.span());
        source.error(place, format!("`{}` is {}", error.field, error.found), error.remedy)
    })
}

fn apply(recipe: &mut Recipe, Setting { field, value }: Setting<'_>) -> Result<(), Box<ConfigError>> {
    match field {
        "activation" => {
            let curve = value.choose(field, &Family::ALL.map(|family| (family.name(), family.curve())))?;
            let architecture = Architecture::published(curve, recipe.architecture.constraint);
            recipe.ratio = Recipe::published("", architecture).ratio;
            recipe.architecture = architecture;
        }
        "constraint" => recipe.architecture.constraint = value.choose(field, &CONSTRAINTS)?,
        "slope" => recipe.architecture.activation.slope = value.read(field)?,
        "leak" | "exponent" => {
            let curve = &mut recipe.architecture.activation.curve;
            let family = curve.family();
            let number: f64 = value.read(field)?;
            *curve = curve.with_parameter(field, number).map_err(|error| {
                let (message, remedy) = match error {
                    ParameterError::Range { expected } => {
                        (format!("`{field}` is {number}"), format!("it must be {expected}"))
                    }
                    ParameterError::Foreign { owner } => (
                        format!("`{field}` is {number}, {}", parameter_remedy(error, family)),
                        owner.map_or_else(String::new, |owner| {
                            format!("leave it out, or set `activation = \"{}\"`", owner.name())
                        }),
                    ),
                };
                value.error(message, remedy)
            })?;
        }
        "ratio" => recipe.ratio = value.read(field)?,
        "n_units" => recipe.n_units = value.read(field)?,
        "spectral_radius" => recipe.spectral_radius = value.read(field)?,
        "dt_ms" => recipe.dt_ms = value.read(field)?,
        "tau_ms" => recipe.tau_ms = value.read(field)?,
        "sigma_rec" => recipe.sigma_rec = value.read(field)?,
        "sigma_inp" => recipe.sigma_inp = value.read(field)?,
        "lambda_orth" => recipe.lambda_orth = value.read(field)?,
        "learning_rate" => recipe.learning_rate = value.read(field)?,
        "weight_decay" => recipe.weight_decay = value.read(field)?,
        "lambda_r" if value.is_list() => {
            let weights: Vec<f64> = value.read(field)?;
            resize(&mut recipe.phases, &weights, value, |phase, lambda_r| phase.lambda_r = lambda_r)?;
        }
        "lambda_r" => {
            let lambda_r = value.read(field)?;
            if let Some(last) = recipe.phases.last_mut() {
                last.lambda_r = lambda_r;
            }
        }
        "iterations" if value.is_list() => {
            let counts: Vec<usize> = value.read(field)?;
            resize(&mut recipe.phases, &counts, value, |phase, n| phase.iterations = n)?;
        }
        "iterations" => {
            let iterations = value.read(field)?;
            recipe.phases.iter_mut().for_each(|phase| phase.iterations = iterations);
        }
        _ => model::apply(&mut recipe.model, field, value)?,
    }
    Ok(())
}

/// Gives each phase its entry of a list; a list of another length makes phases like the last one.
fn resize<T: Copy>(
    phases: &mut Vec<Phase>,
    entries: &[T],
    value: Value<'_>,
    set: impl Fn(&mut Phase, T),
) -> Result<(), Box<ConfigError>> {
    let (Some(&last), false) = (phases.last(), entries.is_empty()) else {
        return Err(value.error("an empty list names no phase".into(), "give one entry a phase"));
    };
    phases.resize(entries.len(), last);
    phases.iter_mut().zip(entries).for_each(|(phase, &entry)| set(phase, entry));
    Ok(())
}
