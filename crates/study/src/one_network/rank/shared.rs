//! The conditions that a recording and the trials of a task share.

use crate::import::recording::{Labelled, Repeats};
use crate::one_network::OneNetworkError;
use circuitscope::task::Task;
use std::collections::BTreeSet;

/// Largest difference of two levels of a condition that are the same: files hold them in single precision.
const SAME_LEVEL: f64 = 1e-5;

/// Which trials of a recording, or means over trials, are of which condition of a task.
pub(super) struct Shared {
    /// The conditions of the task that the recording has, by their place among the analysis trials `[C]`.
    pub(super) of_task: Vec<usize>,
    pub(super) n_missing: usize,
    /// Trials (or means) that are used `[B]`, and the condition of each, by its place in `of_task`.
    pub(super) trials: Vec<usize>,
    pub(super) conditions: Vec<usize>,
    /// What is to be said of those that are not, and of what was not used.
    pub(super) notes: Vec<String>,
    pub(super) n_other: usize,
}

impl Shared {
    /// The mean of each condition, where there are means `[C]`.
    pub(super) fn means(&self) -> Vec<usize> {
        let mean = |condition: usize| self.conditions.iter().position(|&other| other == condition);
        (0..self.of_task.len()).filter_map(mean).map(|place| self.trials[place]).collect()
    }
}

/// What does not fit in a recording, and what would.
pub(super) fn wrong(recording: &Labelled, reason: String, remedy: impl Into<String>) -> OneNetworkError {
    OneNetworkError::Unranked { origin: recording.origin.clone(), reason, remedy: remedy.into() }
}

/// Name of a factor of a task as a label of trials.
fn label_of(name: &str) -> String {
    name.replace(' ', "_")
}

/// Whether a recording has the labels of a task's conditions.
pub(crate) fn has_labels_of(recording: &Labelled, task: &Task) -> bool {
    let has = |name: &String| recording.conditions.iter().any(|(label, _)| *label == label_of(name));
    task.condition_names().iter().all(has)
}

/// Finds the condition of each trial, or mean over trials.
///
/// # Errors
/// [`OneNetworkError::Unranked`] if a label is missing, fewer than two conditions are shared, or a condition has two means.
pub(super) fn shared(recording: &Labelled, task: &Task) -> Result<Shared, OneNetworkError> {
    let names: Vec<String> = task.condition_names().iter().map(|name| label_of(name)).collect();
    let factor = |name: &String| {
        let found = recording.conditions.iter().find(|(label, _)| label == name).map(|(_, levels)| levels);
        found.ok_or_else(|| {
            let held: Vec<&str> = recording.conditions.iter().map(|(label, _)| label.as_str()).collect();
            let reason = format!(
                "`condition_{name}` is missing, by which task `{}` tells its conditions apart; the file has `condition_{}`",
                task.name(),
                held.join("`, `condition_")
            );
            wrong(recording, reason, "add it, a number for each trial or mean; or name the task of the recording with --task")
        })
    };
    let factors = names.iter().map(factor).collect::<Result<Vec<_>, _>>()?;
    let known = task.analysis_trials().conditions;
    let condition_of = |trial: usize| {
        known.outer_iter().position(|levels| {
            factors
                .iter()
                .zip(levels)
                .all(|(factor, &level)| (factor[trial] - f64::from(level)).abs() < SAME_LEVEL)
        })
    };
    let n_trials = recording.responses.dim().2;
    let found: Vec<Option<usize>> = (0..n_trials).map(condition_of).collect();
    let of_task: Vec<usize> = found.iter().flatten().copied().collect::<BTreeSet<_>>().into_iter().collect();
    let trials: Vec<usize> = (0..n_trials).filter(|&trial| found[trial].is_some()).collect();
    let conditions = found
        .iter()
        .flatten()
        .filter_map(|condition| of_task.iter().position(|other| other == condition))
        .collect();
    let levels = |trial: usize| -> String {
        let levels = names.iter().zip(&factors).map(|(name, factor)| format!("{name} {}", factor[trial]));
        levels.collect::<Vec<_>>().join(", ")
    };
    let columns = recording.repeats.columns();
    if recording.repeats != Repeats::SingleTrials {
        let again = trials
            .iter()
            .enumerate()
            .find(|(place, trial)| trials[..*place].iter().any(|before| found[*before] == found[**trial]));
        if let Some((_, &trial)) = again {
            let reason = format!("two means are of one condition, {}", levels(trial));
            return Err(wrong(recording, reason, "give one mean for each condition, over all of its trials"));
        }
    }
    let mut notes = recording.notes.clone();
    let unused: Vec<&str> = recording
        .conditions
        .iter()
        .filter(|(label, _)| !names.contains(label))
        .map(|(label, _)| label.as_str())
        .collect();
    if !unused.is_empty() {
        notes.push(format!("not used: `condition_{}`", unused.join("`, `condition_")));
    }
    let n_other = n_trials - trials.len();
    if n_other > 0 {
        let others: BTreeSet<String> =
            (0..n_trials).filter(|&trial| found[trial].is_none()).map(levels).collect();
        let (n, first) = (others.len(), others.iter().take(3).cloned().collect::<Vec<_>>().join("; "));
        let more = if n > 3 { " …" } else { "" };
        notes.push(format!(
            "{n_other} {columns} are left out, of {n} conditions that the study's trials lack: {first}{more}"
        ));
    }
    let n_missing = known.nrows() - of_task.len();
    if n_missing > 0 {
        notes.push(format!(
            "{n_missing} of the task's {} conditions have no {} and are left out",
            known.nrows(),
            if recording.repeats == Repeats::SingleTrials { "trial" } else { "mean" }
        ));
    }
    if of_task.len() < 2 {
        let first = known.outer_iter().next().map(|levels| levels.to_vec()).unwrap_or_default();
        let reason = format!(
            "{} of the task's {} conditions have a trial, expected 2 at least",
            of_task.len(),
            known.nrows()
        );
        let remedy = format!(
            "give levels as the study has them: the first condition of task `{}` is {} {first:?}",
            task.name(),
            names.join(", ")
        );
        return Err(wrong(recording, reason, remedy));
    }
    Ok(Shared { of_task, n_missing, trials, conditions, notes, n_other })
}
