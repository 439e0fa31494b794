//! Recorded trials, or means over trials, with the labels of their conditions.

use super::fault::Fault;
use super::layout::Layout;
use super::parts::{CONDITION, Parts, Purpose};
use super::repeats::Repeats;
use super::{Contents, RecordingError, content, contents};
use ndarray::Array3;
use std::path::Path;

/// Recorded trials, or means over trials, with the labels of their conditions.
#[derive(Clone, Debug, PartialEq)]
pub struct Labelled {
    /// File name without its ending.
    pub name: String,
    /// The file, as it was given.
    pub origin: String,
    /// Responses `[M, T, B]`; NaN where nothing was recorded, and beyond the end of a trial. Where these are means, one for each
    /// condition in place of each trial.
    pub responses: Array3<f64>,
    /// Whether these are single trials or means, and what says how noisy means are.
    pub repeats: Repeats,
    /// Time between two steps (ms); [`None`] if the file does not say.
    pub dt_ms: Option<f64>,
    /// Labels by their names without `condition_`, a level for each trial `[B]`.
    pub conditions: Vec<(String, Vec<f64>)>,
    /// How the file was understood where it leaves a choice, and what in it is not used; a sentence each.
    pub notes: Vec<String>,
}

/// Reads recorded trials, or means over trials, whose conditions are labelled.
///
/// # Errors
/// [`RecordingError`] names the file, the array, the place and the remedy.
pub fn labelled(path: &Path, layout: Layout) -> Result<Labelled, RecordingError> {
    let fault = |fault| content(path, fault);
    let parts = match contents(path, layout, Purpose::Ranking)? {
        Contents::Recording(parts) => *parts,
        Contents::Network(_) => {
            let remedy = "give a recording; `circuitscope observe` makes one of a network";
            return Err(fault(Fault::new("the file is a network, expected a recording", remedy)));
        }
    };
    let Parts { rates, repeats, dt_ms, conditions, origin, notes, .. } = parts;
    if let Some(value) = dt_ms.filter(|value| !(value.is_finite() && *value > 0.0)) {
        return Err(fault(Fault::new(format!("`dt_ms` is {value}"), "give a time above 0 in ms")));
    }
    if let Some((at, value)) = rates.indexed_iter().find(|(_, value)| value.is_infinite()) {
        let reason = format!("{} is {value}", origin.place(0, at.into()));
        return Err(fault(Fault::new(reason, "responses are finite numbers; write NaN for a missing one")));
    }
    if conditions.is_empty() {
        let reason =
            format!("no array `{CONDITION}…` says which condition each of the {} is of", repeats.columns());
        let remedy = "add one for each factor of the task, with a number for each of them: `condition_value`, or \
                      `condition_context`, `condition_motion_coherence` and `condition_colour_coherence`";
        return Err(fault(Fault::new(reason, remedy)));
    }
    for (name, levels) in &conditions {
        if let Some(trial) = levels.iter().position(|level| !level.is_finite()) {
            let reason = format!("`{name}` of trial {} is {}", origin.trial(trial), levels[trial]);
            return Err(fault(Fault::new(reason, "give a number for each trial, or leave the trial out")));
        }
    }
    let bare = |(name, levels): (String, Vec<f64>)| (name.replacen(CONDITION, "", 1), levels);
    Ok(Labelled {
        name: path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
        origin: path.display().to_string(),
        responses: rates,
        repeats,
        dt_ms,
        conditions: conditions.into_iter().map(bare).collect(),
        notes,
    })
}
