//! Conditions of which no network is compared, for the lead of the page.

use super::scores::summaries;
use super::words;
use crate::config::settings::level;
use crate::config::{Class, TaskStudy};
use crate::table::{ClassSummary, Tables};
use circuitscope::train::Recipe;

/// A setting in which classes may differ: its name in study files, and its value as text.
type Setting = (&'static str, fn(&Recipe) -> String);

/// Settings whose value is said by its name or number alone.
const LEVELS: [&str; 5] = ["form", "bias", "density", "rank", "input_output_weights"];

const SETTINGS: [Setting; 11] = [
    ("sigma_rec", |recipe| format!("{:?}", recipe.sigma_rec)),
    ("sigma_inp", |recipe| format!("{:?}", recipe.sigma_inp)),
    ("n_units", |recipe| recipe.n_units.to_string()),
    ("slope", |recipe| format!("{:?}", recipe.architecture.activation.slope)),
    ("activation", |recipe| {
        let curve = recipe.architecture.activation.curve;
        let parameter =
            curve.parameter().map_or_else(String::new, |(name, value)| format!(" of {name} {value:?}"));
        format!("{}{parameter}", curve.family().name())
    }),
    ("spectral_radius", |recipe| format!("{:?}", recipe.spectral_radius)),
    ("lambda_orth", |recipe| format!("{:?}", recipe.lambda_orth)),
    ("learning_rate", |recipe| format!("{:?}", recipe.learning_rate)),
    ("weight_decay", |recipe| format!("{:?}", recipe.weight_decay)),
    ("iterations", |recipe| recipe.n_iterations().to_string()),
    ("lambda_r", |recipe| {
        recipe.phases.iter().map(|phase| phase.lambda_r.to_string()).collect::<Vec<_>>().join(", ")
    }),
];

/// A sentence for each condition of a task that lost every network: the whole task, else each value of a setting that
/// classes differ in, else each class by itself.
pub(super) fn sentences(of_task: &TaskStudy, tables: &Tables) -> Vec<String> {
    let counted = summaries(of_task, tables).map(|(_, counts)| counts);
    let classes: Vec<(&Class, &ClassSummary)> = of_task.classes.iter().zip(counted).collect();
    let is_lost = |counts: &ClassSummary| counts.n_trained > 0 && counts.n_selected == 0;
    let task = words::task(of_task.task.name());
    let floor = of_task.selection.min_r2;
    let sentence = |condition: &str, lost: &[&ClassSummary]| {
        let sum = |of: fn(&ClassSummary) -> usize| lost.iter().map(|counts| of(counts)).sum::<usize>();
        let (n, below, diverged) = (
            sum(|counts| counts.n_trained),
            sum(|counts| counts.n_below_floor),
            sum(|counts| counts.n_diverged),
        );
        let all = if n == 1 { "The only network".to_owned() } else { format!("All {n} networks") };
        let why = match (below, diverged) {
            (_, 0) => format!("fell below the R² floor of {floor}"),
            (0, _) => "diverged".to_owned(),
            _ => format!("diverged ({diverged}) or fell below the R² floor of {floor} ({below})"),
        };
        format!("{all} {condition} {why}: nothing below is about them.")
    };
    let lost: Vec<&(&Class, &ClassSummary)> = classes.iter().filter(|(_, counts)| is_lost(counts)).collect();
    if !lost.is_empty() && lost.len() == classes.len() {
        let counts: Vec<&ClassSummary> = lost.iter().map(|(_, counts)| *counts).collect();
        return vec![sentence(&format!("trained on {task}"), &counts)];
    }
    let mut sentences = Vec::new();
    let mut told: Vec<&str> = Vec::new();
    let said = |name: &'static str| {
        let value = move |recipe: &Recipe| {
            level(name, recipe).map_or_else(|| "none".to_owned(), |level| level.to_string())
        };
        (name, Box::new(value) as Box<dyn Fn(&Recipe) -> String>)
    };
    let settings =
        SETTINGS.into_iter().map(|(name, value)| (name, Box::new(value) as Box<dyn Fn(&Recipe) -> String>));
    for (name, value) in settings.chain(LEVELS.map(said)) {
        let mut values: Vec<String> = classes.iter().map(|(class, _)| value(&class.recipe)).collect();
        values.sort();
        values.dedup();
        if values.len() < 2 {
            continue;
        }
        for one in values {
            let own: Vec<&(&Class, &ClassSummary)> =
                classes.iter().filter(|(class, _)| value(&class.recipe) == one).collect();
            let is_told = own.iter().all(|(class, _)| told.contains(&class.name.as_str()));
            if is_told || !own.iter().all(|(_, counts)| is_lost(counts)) {
                continue;
            }
            let counts: Vec<&ClassSummary> = own.iter().map(|(_, counts)| *counts).collect();
            sentences.push(sentence(&format!("on {task} with {name} = {one}"), &counts));
            told.extend(own.iter().map(|(class, _)| class.name.as_str()));
        }
    }
    for (class, counts) in lost.into_iter().filter(|(class, _)| !told.contains(&class.name.as_str())) {
        sentences.push(sentence(&format!("of {} on {task}", class.name), &[counts]));
    }
    sentences
}
