//! What the timing of all trials has in common: the mask, the decision, and where epochs start.

use super::declaration::{Declaration, Masked};
use super::error::{DeclaredError, Place};
use super::factors::{Factors, Set, points};
use super::names::found;
use super::timeline::Timeline;
use super::weights::{Weights, steps};
use crate::task::Epoch;
use std::collections::BTreeSet;

/// What is the same on all trials.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Timing {
    /// Steps at which the output counts, rising.
    pub(super) mask: Vec<usize>,
    /// How much outputs count, where that is declared: the mask is then that of each set of trials.
    pub(super) weights: Option<Weights>,
    /// When the network is to answer, with nothing drawn.
    pub(super) decision: Epoch,
    /// Epochs that start at the same step on all trials of the analysis: that step, and which epoch.
    pub(super) starts: Vec<(usize, usize)>,
}

/// When one epoch is on the trials: first steps and steps after the last.
#[derive(Clone, Debug, Default)]
struct Seen {
    /// On trials with nothing drawn.
    still: BTreeSet<(usize, usize)>,
    /// First steps on the trials of the analysis.
    starts: BTreeSet<usize>,
    moves_with_draws: bool,
    /// Whether it lasts a step on some trial.
    lasts: bool,
}

impl Timing {
    /// Holds the epochs of all trials, in training and in the analysis, against the rules; in training for all draws.
    pub(super) fn new(
        declaration: &Declaration,
        factors: &Factors,
        timeline: &Timeline,
        combinations: [&[Vec<f64>]; 2],
    ) -> Result<Self, DeclaredError> {
        let mut seen = vec![Seen::default(); timeline.names.len()];
        for (set, combinations) in [Set::Training, Set::Analysis].into_iter().zip(combinations) {
            for (number, combination) in combinations.iter().enumerate() {
                let trial = factors.trial(set, number, &points(combination))?;
                for (seen, edges) in seen.iter_mut().zip(timeline.edges(factors, &trial)?) {
                    let steps = edges.steps();
                    seen.lasts |= !steps.is_empty();
                    seen.still.insert((steps.start, steps.end));
                    if set == Set::Analysis {
                        seen.starts.insert(steps.start);
                    }
                }
                if set == Set::Training && factors.draws() {
                    let trial = factors.trial(set, number, &factors.range(combination))?;
                    for (seen, edges) in seen.iter_mut().zip(timeline.edges(factors, &trial)?) {
                        seen.moves_with_draws |= !edges.is_fixed();
                        seen.lasts |= edges.longest > 0.0;
                    }
                }
            }
        }
        if let Some(epoch) = seen.iter().position(|seen| !seen.lasts) {
            let found = format!("epoch \"{}\", which lasts no step on any trial", timeline.names[epoch]);
            return Err(DeclaredError::refused(
                Place::of("epochs").entry(epoch),
                found,
                "let it end after it starts",
            ));
        }
        let common = |(epoch, seen): (usize, &Seen)| {
            let first = *seen.starts.first()?;
            (seen.starts.len() == 1 && first < timeline.n_steps).then_some((first, epoch))
        };
        let weights = Weights::new(declaration, timeline)?;
        Ok(Self {
            mask: if weights.is_some() { Vec::new() } else { mask(declaration, timeline, &seen)? },
            weights,
            decision: decision(declaration, timeline, &seen)?,
            starts: seen.iter().enumerate().filter_map(common).collect(),
        })
    }
}

fn decision(declaration: &Declaration, timeline: &Timeline, seen: &[Seen]) -> Result<Epoch, DeclaredError> {
    let place = Place::of("loss").key("decision");
    let name = &declaration.decision;
    let epoch = found(name, &timeline.names, "epoch", place.clone())?;
    let words = |&(start, end): &(usize, usize)| format!("steps {start} to {end}");
    let mut steps = seen[epoch].still.iter();
    match (steps.next(), steps.next()) {
        (Some(first), Some(second)) => {
            let found = format!(
                "epoch \"{name}\", which is {} on one trial and {} on another",
                words(first),
                words(second)
            );
            let remedy = "the decision must be the same on all trials where nothing is drawn: give the epoch a `start` of its \
                          own, and let what comes before it vary";
            Err(DeclaredError::refused(place, found, remedy))
        }
        (Some(&(start, end)), None) if start < end => Ok(Epoch { start, end }),
        _ => {
            let found = format!("epoch \"{name}\", which is empty where nothing is drawn");
            Err(DeclaredError::refused(place, found, "the network needs time to answer"))
        }
    }
}

/// Steps at which the output counts.
fn mask(declaration: &Declaration, timeline: &Timeline, seen: &[Seen]) -> Result<Vec<usize>, DeclaredError> {
    let top = Place::of("loss").key("mask");
    let mut steps = BTreeSet::new();
    for (entry, masked) in declaration.mask.iter().enumerate() {
        let place = top.entry(entry);
        match masked {
            Masked::Epoch(name) => {
                let seen = &seen[found(name, &timeline.names, "epoch", place.clone())?];
                if seen.moves_with_draws || seen.still.len() != 1 {
                    let found = format!("epoch \"{name}\", which is not at the same steps on all trials");
                    let remedy = "without weights the mask is one for all trials: name times, such as [0, 100], an epoch that is \
                                  the same on all trials and for all draws, or let it count trial by trial, \
                                  { epoch = \"go\", weight = 1 }";
                    return Err(DeclaredError::refused(place, found, remedy));
                }
                steps.extend(seen.still.iter().flat_map(|&(start, end)| start..end));
            }
            Masked::Times(start, end) => {
                let (first, after) = self::steps(declaration, timeline, [*start, *end], &place)?;
                steps.extend(first..after);
            }
            Masked::Weighted { .. } => unreachable!("a mask with weights is not one for all trials"),
        }
    }
    if steps.is_empty() {
        let remedy = "name at least one epoch or pair of times in which the output counts; without `mask` it counts always";
        return Err(DeclaredError::refused(top, "a mask that leaves nothing", remedy));
    }
    Ok(steps.into_iter().collect())
}
