//! The identity of a piece of work: a hash of all that decides its result.
//!
//! Two runs of one study meet in these names: what carries the right name is finished, wherever it was computed.

use crate::config::{Class, model};
use crate::store::manifest::{Arithmetic, hash};
use crate::store::network_file::curve_name;
use circuitscope::architecture::Constraint;
use circuitscope::task::Task;
use std::fmt::Write;

/// Version of what training computes; it changes when the same settings would give other weights.
const TRAINING_VERSION: u32 = 1;

/// Version of what the analyses compute.
pub(crate) const ANALYSIS_VERSION: u32 = 2;

/// SHA-256 over parts that cannot run into each other, in hexadecimal.
pub(crate) fn of_parts<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut text = String::new();
    for part in parts {
        let _ = writeln!(text, "{}:{part}", part.len());
    }
    hash(text.as_bytes())
}

/// A seed from the first 64 bits of an identity.
pub(crate) fn seed_of(identity: &str) -> u64 {
    u64::from_str_radix(&identity[..16], 16).unwrap_or_default()
}

/// The seed of a network: another one for each study seed, task, class and index, whatever else the study holds.
pub(crate) fn network_seed(study_seed: u64, task: &str, class: &str, index: usize) -> u64 {
    seed_of(&of_parts(["network", &study_seed.to_string(), task, class, &index.to_string()]))
}

/// The identity of a training job.
pub(crate) fn of_training(task: &Task, class: &Class, seed: u64, arithmetic: Arithmetic) -> String {
    // Nothing is said of vectors, so that the names of networks stay what they were before there was a choice.
    let arithmetic = match arithmetic {
        Arithmetic::Vector => "",
        Arithmetic::Portable => " portable",
    };
    of_parts([
        format!("training {TRAINING_VERSION}{arithmetic}").as_str(),
        &task.training_text(),
        &text_of_recipe(class),
        &seed.to_string(),
    ])
}

/// Everything that a network is trained by, as text.
fn text_of_recipe(class: &Class) -> String {
    let recipe = &class.recipe;
    let activation = recipe.architecture.activation;
    let constraint = constraint_name(recipe.architecture.constraint);
    let mut text = format!("activation={} slope={:?}\n", curve_name(activation.curve), activation.slope);
    if let Some((name, value)) = activation.curve.parameter() {
        let _ = writeln!(text, "{name}={value:?}");
    }
    let _ = writeln!(text, "constraint={constraint} ratio={:?}", recipe.ratio);
    let _ = writeln!(text, "n_units={} spectral_radius={:?}", recipe.n_units, recipe.spectral_radius);
    let _ = writeln!(text, "dt_ms={:?} tau_ms={:?}", recipe.dt_ms, recipe.tau_ms);
    let _ = writeln!(text, "sigma_rec={:?} sigma_inp={:?}", recipe.sigma_rec, recipe.sigma_inp);
    let _ = writeln!(text, "lambda_orth={:?} learning_rate={:?}", recipe.lambda_orth, recipe.learning_rate);
    let _ = writeln!(text, "weight_decay={:?}", recipe.weight_decay);
    text += &model::text(&recipe.model);
    for phase in &recipe.phases {
        let _ = writeln!(text, "phase iterations={} lambda_r={:?}", phase.iterations, phase.lambda_r);
    }
    text
}

/// The name of an aspect in identities, as earlier versions wrote it: a new spelling is not a new result.
pub(crate) fn of_aspect(name: &str) -> String {
    name.replace('_', "-")
}

/// Name of a constraint in files.
pub(crate) fn constraint_name(constraint: Constraint) -> &'static str {
    match constraint {
        Constraint::Dale => "dale",
        Constraint::Free => "free",
    }
}
