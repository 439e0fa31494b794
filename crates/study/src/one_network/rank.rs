//! A recording ranked beside the networks of a study.

mod report;
mod shared;
mod standing;

pub use report::{
    BestRow, LeftOutNeurons, NeededRow, PowerRow, RankReport, RankedDistance, RankedRecording, VerdictRow,
    WorstRow,
};
pub(crate) use shared::has_labels_of;
pub use standing::{FurtherDistanceRow, MeasureRow, NotTakenRow, Standing};

use super::{LARGEST_RATE, OneNetworkError};
use crate::event::{Event, Listener, Stage};
use crate::import::recording::{Labelled, Repeats};
use circuitscope::analysis::measures::Contexts;
use circuitscope::dynamics::run::{rates, states};
use circuitscope::network::Network;
use circuitscope::ranking::{
    Alignment, Class, Conditions, Effort, FEWEST_NEURONS, Form, Matched, Ranking, RankingError, Recording,
    RecordingError, Responses,
};
use circuitscope::task::Task;
use ndarray::{Array2, Array3, Axis};
use rayon::prelude::*;
use report::report;
use shared::{Shared, shared, wrong};
use std::cell::Cell;
use std::collections::BTreeMap;

/// Bins of a trial that a course of time needs.
const FEWEST_BINS: usize = 5;
/// Names of the start and the end of a trial, beside the epochs of the task.
const TRIAL: &str = "trial";
const END: &str = "end";

/// Networks of one class, trained on one task.
#[derive(Clone, Debug)]
pub struct Ensemble {
    /// Name of the class.
    pub name: String,
    /// What it shares with other classes: its activation function.
    pub group: String,
    /// The trained networks with their names.
    pub networks: Vec<(String, Network)>,
    /// The same before training, by the same names.
    pub untrained: Vec<(String, Network)>,
}

/// When something of a trial begins in the recording.
#[derive(Clone, Debug, PartialEq)]
pub struct Start {
    /// An epoch of the task, `trial` or `end`.
    pub name: String,
    /// Time from the first step of the recording (ms).
    pub ms: f64,
}

/// A recording ranked beside networks, with what it is shown by.
#[derive(Clone, Debug)]
pub(crate) struct Ranked {
    pub(crate) report: RankReport,
    pub(crate) ranking: Ranking,
    /// The conditions of the task that the recording has, by their place among the analysis trials.
    pub(crate) conditions: Vec<usize>,
}

/// Ranks a recording beside classes of networks trained on a task.
///
/// - `starts`: times of the recording that are known to be those of the task; without any the whole recording is the trial.
///
/// # Errors
/// [`OneNetworkError::Unranked`] says what does not fit, and the remedy.
pub fn rank(
    recording: &Labelled,
    task: &Task,
    ensembles: &[Ensemble],
    starts: &[Start],
    seed: u64,
    listener: &Listener<'_>,
) -> Result<RankReport, OneNetworkError> {
    let (stage, effort) = (Stage::Ranking, Effort::default());
    // What is refused never begins.
    let has_begun = Cell::new(false);
    let on_work = |work| {
        if !has_begun.replace(true) {
            listener(Event::Began {
                stage,
                n_pieces: effort.n_worlds,
                n_done: 0,
                work: ranking_work(effort),
            });
        }
        listener(Event::Advanced { stage, work });
    };
    let ranked = ranked(recording, task, ensembles, starts, (effort, seed), &on_work, listener)?;
    if has_begun.get() {
        listener(Event::Ended { stage });
    }
    Ok(ranked.report)
}

/// The work of [`ranked`], in resamples of the recording.
pub(crate) fn ranking_work(effort: Effort) -> u64 {
    effort.work() + standing::work(effort)
}

/// Whether a recording could be ranked, as far as it says without networks.
///
/// # Errors
/// As [`rank`].
pub(crate) fn check(recording: &Labelled, task: &Task, starts: &[Start]) -> Result<(), OneNetworkError> {
    aligned(recording, task, starts)?;
    shared(recording, task)?;
    Ok(())
}

/// As [`rank`], with all that is known.
///
/// - `on_work`: is told how much of [`ranking_work`] was done since it was told last; 0 as it begins.
///
/// # Errors
/// As [`rank`].
pub(crate) fn ranked(
    recording: &Labelled,
    task: &Task,
    ensembles: &[Ensemble],
    starts: &[Start],
    (effort, seed): (Effort, u64),
    on_work: &dyn Fn(u64),
    listener: &Listener<'_>,
) -> Result<Ranked, OneNetworkError> {
    let alignment = aligned(recording, task, starts)?;
    let shared = shared(recording, task)?;
    let classes = ensembles
        .iter()
        .map(|ensemble| class(ensemble, task, &shared.of_task, listener))
        .collect::<Result<Vec<Class>, _>>()?;
    let ready = Recording { form: form(recording, &shared), alignment };
    let unranked = |error: RankingError| unranked(recording, task, &error, &shared);
    let matched = Matched::new(&ready, &classes, seed).map_err(unranked)?;
    let ranking = matched.rank(effort, on_work).map_err(unranked)?;
    let conditions = conditions(task, &shared.of_task);
    let standing = standing::standing(&matched, &classes, &conditions, effort, on_work).map_err(unranked)?;
    let report = report(recording, task, &classes, &shared, &ready.form, &ranking, standing);
    Ok(Ranked { report, ranking, conditions: shared.of_task })
}

/// What the conditions that a recording has are.
fn conditions(task: &Task, places: &[usize]) -> Conditions {
    Conditions {
        factors: task.in_units(task.analysis_trials().conditions.mapv(f64::from).select(Axis(0), places)),
        has_contexts: Contexts::of_task(task),
        decision: task.decision(),
    }
}

/// What is known of the responses, on the conditions that are shared.
fn form(recording: &Labelled, shared: &Shared) -> Form {
    let responses = |array: &Array3<f64>, columns: &[usize]| array.select(Axis(2), columns);
    let counts = |array: &Array2<usize>| array.select(Axis(1), &shared.means());
    match &recording.repeats {
        Repeats::SingleTrials => Form::SingleTrials {
            responses: responses(&recording.responses, &shared.trials),
            conditions: shared.conditions.clone(),
        },
        Repeats::SplitHalves { halves, n_trials } => Form::SplitHalves {
            halves: [0, 1].map(|half| responses(&halves[half], &shared.means())),
            n_trials: n_trials.as_ref().map(|of| [0, 1].map(|half| counts(&of[half]))),
        },
        Repeats::ConditionMeans { errors, n_trials } => Form::ConditionMeans {
            means: responses(&recording.responses, &shared.means()),
            errors: responses(errors, &shared.means()),
            n_trials: n_trials.as_ref().map(counts),
        },
    }
}

/// Which steps of the recording are which of the task.
fn aligned(recording: &Labelled, task: &Task, starts: &[Start]) -> Result<Alignment, OneNetworkError> {
    let n_steps = recording.responses.dim().1;
    let n_task = task.analysis_trials().n_steps();
    let mut known: BTreeMap<&str, usize> = task.epoch_starts().into_iter().collect();
    known.insert(TRIAL, 0);
    known.insert(END, n_task);
    let mut pairs = vec![(0, [0.0, 0.0]), (n_task, [n_task as f64, n_steps as f64])];
    for (place, Start { name, ms }) in starts.iter().enumerate() {
        let Some(&step) = known.get(name.as_str()) else {
            let names: Vec<&str> = known.keys().copied().collect();
            let reason = format!("task `{}` has no epoch `{name}`", task.name());
            return Err(wrong(recording, reason, format!("its times are `{}`", names.join("`, `"))));
        };
        let Some(dt_ms) = recording.dt_ms else {
            let reason = "the file names no time between steps, so that times mean nothing".to_owned();
            return Err(wrong(recording, reason, "add `dt_ms`, the time between two steps in ms"));
        };
        if let Some(other) = starts[..place].iter().find(|other| other.name == *name) {
            let reason = format!("`{name}` is at {} ms and at {ms} ms", other.ms);
            return Err(wrong(recording, reason, "give each time of the task once"));
        }
        let at = ms / dt_ms;
        if !(0.0..=n_steps as f64).contains(&at) {
            let reason =
                format!("`{name}` is at {ms} ms, outside the recording of {} ms", n_steps as f64 * dt_ms);
            return Err(wrong(recording, reason, "count times from the first step of the recording, in ms"));
        }
        pairs.retain(|&(known, _)| known != step);
        pairs.push((step, [step as f64, at]));
    }
    pairs.sort_by_key(|&(step, _)| step);
    let pairs: Vec<[f64; 2]> = pairs.into_iter().map(|(_, pair)| pair).collect();
    let order = task.epoch_starts().into_iter().map(|(name, _)| name).collect::<Vec<_>>().join("`, `");
    let alignment = Alignment::new(pairs).ok_or_else(|| {
        let reason = "the times given do not rise in the order of the task".to_owned();
        wrong(recording, reason, format!("the order is `{TRIAL}`, `{order}`, `{END}`"))
    })?;
    if alignment.n_bins() < FEWEST_BINS {
        let reason = format!("a trial has {} steps, expected {FEWEST_BINS} at least", alignment.n_bins());
        return Err(wrong(recording, reason, "give responses in shorter bins of time"));
    }
    Ok(alignment)
}

/// The responses of networks to the conditions that a recording has.
fn class(
    ensemble: &Ensemble,
    task: &Task,
    conditions: &[usize],
    listener: &Listener<'_>,
) -> Result<Class, OneNetworkError> {
    let inputs = task.analysis_trials().inputs.select(Axis(2), conditions).as_standard_layout().into_owned();
    let of = |networks: &[(String, Network)]| -> Result<Vec<Responses>, OneNetworkError> {
        let responses = |(name, network): &(String, Network)| {
            let rates = rates(network, states(network, inputs.view())?);
            let is_bounded = rates.iter().all(|rate| rate.abs() <= LARGEST_RATE);
            let lowest = network.activation.silent_rate();
            Ok(is_bounded.then(|| Responses { name: name.clone(), rates, lowest }))
        };
        let found: Vec<Option<Responses>> =
            networks.par_iter().map(responses).collect::<Result<_, OneNetworkError>>()?;
        let n_diverging = found.iter().filter(|responses| responses.is_none()).count();
        if n_diverging > 0 {
            let text = format!("{n_diverging} networks of class {} diverge and are left out", ensemble.name);
            listener(Event::Warned { text: &text });
        }
        Ok(found.into_iter().flatten().collect())
    };
    Ok(Class {
        name: ensemble.name.clone(),
        group: ensemble.group.clone(),
        networks: of(&ensemble.networks)?,
        untrained: of(&ensemble.untrained)?,
    })
}

/// What does not fit, and what would.
fn unranked(recording: &Labelled, task: &Task, error: &RankingError, shared: &Shared) -> OneNetworkError {
    let (reason, remedy) = match error {
        RankingError::Recording(RecordingError::SingleTrials) => (
            error.to_string(),
            "give several trials of at least one condition; where responses are means over trials, add `sem`, their standard errors, or \
             `n_trials` and `fano`, or give means over halves of the trials as `responses_a` and `responses_b`"
                .to_owned(),
        ),
        RankingError::Recording(RecordingError::Neurons { .. }) => (
            error.to_string(),
            format!("give at least {FEWEST_NEURONS} neurons that have trials, or means, of each of {} conditions", shared.of_task.len()),
        ),
        RankingError::Classes { .. } => (
            error.to_string(),
            format!("rank in a study of at least two classes whose networks solve task `{}`", task.name()),
        ),
        _ => (error.to_string(), "see docs/recordings.md for what a recording needs".to_owned()),
    };
    wrong(recording, reason, remedy)
}
