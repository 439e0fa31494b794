//! The line between the two choices of one network, in each context.

use super::fixed_points::STRIDE;
use super::{Named, OneNetworkError, SEED, trials_for};
use circuitscope::analysis::choice_lines::{Choices, choice_lines};
use circuitscope::dynamics::DynamicsError;
use circuitscope::dynamics::fixed_points::{Search, along_trials, fixed_points};
use circuitscope::dynamics::run::states;
use circuitscope::dynamics::stability::Stability;
use circuitscope::network::Network;
use circuitscope::task::Task;
use ndarray::{Array2, Axis};
use serde::Serialize;

/// End states nearer than this, over their size, are one: weights in float32 have seven digits.
const SAME_CHOICE: f64 = 1e-6;

/// Both contexts of a network.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LineAttractors {
    /// What each entry of `selection` belongs to.
    pub input_names: Vec<String>,
    /// The first, then the second (CDDM: motion, then colour).
    pub contexts: Vec<ContextLine>,
}

/// The line of one context.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ContextLine {
    /// The context, called after what counts in it (CDDM: `motion` or `colour`).
    pub context: String,
    /// The constant input `[U]`: the context, and evidence for neither choice.
    pub input: Vec<f64>,
    /// Distance between the two choices (in rates).
    pub length: f64,
    /// Points from the choice of the second answer (CDDM: left) to that of the first (right), equally spaced along the line.
    pub points: Vec<LineRow>,
}

/// A state on a line.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LineRow {
    /// 0 at the choice of the second answer, 1 at that of the first.
    pub position: f64,
    /// State `[N]`, at rest but for its drift along the line.
    pub y: Vec<f64>,
    /// Drift of the position (1/ms); 0 at a fixed point.
    pub drift_per_ms: f64,
    /// `‖rhs‖` across the line (per time constant).
    pub residual: f64,
    /// Largest real part of an eigenvalue (per time constant): near 0 on a line attractor.
    pub max_re: f64,
    /// `−τ / max_re` (ms).
    pub time_constant_ms: f64,
    /// `|cos|` of the angle between the line and the right eigenvector of that eigenvalue.
    pub alignment: f64,
    /// Cosine between the selection vector (left eigenvector) and what a push of each input does to the state `[U]`.
    pub selection: Vec<f64>,
}

/// Follows the states between the two choices of a network whose task asks for a choice by context.
///
/// The choices are the mean end states of the analysis trials with the strongest relevant evidence for either answer.
///
/// # Errors
/// [`OneNetworkError`] if the task asks for no choice by context, the network does not fit or diverges, or its choices cannot be told apart.
///
/// # Source
/// Mante et al. 2013, `doi:10.1038/nature12742`; docs/methods.md §4.10.
pub fn line_attractor(
    named: &Named,
    task: &Task,
    n_points: usize,
) -> Result<LineAttractors, OneNetworkError> {
    let Some(by_context) = task.contexts() else {
        return Err(OneNetworkError::NoChoices { task: task.name().to_owned() });
    };
    let trials = trials_for([named], task)?;
    let Named { name, network, .. } = named;
    let wrong =
        |error: DynamicsError| OneNetworkError::Dynamics { name: name.clone(), reason: error.to_string() };
    let states = states(network, trials.inputs.view())?;
    if states.iter().any(|state| !state.is_finite()) {
        return Err(OneNetworkError::Diverges { name: name.clone(), task: task.name().to_owned() });
    }
    for (context, name_of_context) in by_context.names.iter().enumerate() {
        let choices = Choices::of(by_context, &trials, states.view(), context);
        let (apart, share) = choices.apart();
        if share <= SAME_CHOICE {
            let starts = along_trials(states.view(), STRIDE);
            let n_stable = n_stable(network, &choices, &starts).map_err(wrong)?;
            let states = if n_stable == 1 { "state" } else { "states" };
            return Err(OneNetworkError::OneChoice {
                name: name.clone(),
                context: name_of_context.clone(),
                answers: Box::new(by_context.answer_names.clone()),
                apart,
                share,
                n_stable,
                states,
            });
        }
    }
    let lines = choice_lines(network, by_context, &trials, states.view(), n_points).map_err(wrong)?;
    let contexts = lines.into_iter().map(|line| ContextLine {
        context: by_context.names[line.context].clone(),
        input: line.input.to_vec(),
        length: line.length,
        points: line
            .points
            .into_iter()
            .map(|point| LineRow {
                position: point.position,
                drift_per_ms: point.drift_per_ms,
                residual: point.residual,
                max_re: point.mode.eigenvalue.re,
                time_constant_ms: -network.tau_ms / point.mode.eigenvalue.re,
                alignment: point.alignment,
                selection: point.selection.to_vec(),
                y: point.state.to_vec(),
            })
            .collect(),
    });
    Ok(LineAttractors { input_names: task.input_names().to_vec(), contexts: contexts.collect() })
}

/// Stable fixed points at the input of the choices.
fn n_stable(network: &Network, choices: &Choices, starts: &Array2<f64>) -> Result<usize, DynamicsError> {
    let inputs = choices.input.view().insert_axis(Axis(0));
    let found = fixed_points(network, inputs, starts.view(), &Search::STANDARD, SEED)?;
    let points = found.iter().flat_map(|found| &found.points);
    Ok(points.filter(|point| point.linearization.flow == Stability::Stable).count())
}
