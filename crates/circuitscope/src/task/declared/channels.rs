//! What channels carry on a trial: the sum of the parts that are declared for each.

use super::declaration::Drive;
use super::error::{DeclaredError, Place};
use super::expression::Expression;
use super::factors::{Factors, Trial};
use super::interval::Interval;
use super::names::{TIME, expression, found};
use super::timeline::{Edges, Timeline};
use std::fmt::Write;

/// Largest magnitude of a part that is drawn: the sum of as many parts as there can be is finite in float32.
const LARGEST: f64 = 1e30;

/// The inputs or the outputs of a task.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Channels {
    pub(super) names: Vec<String>,
    parts: Vec<Part>,
    key: &'static str,
}

#[derive(Clone, Debug, PartialEq)]
struct Part {
    channel: usize,
    /// [`None`]: the whole trial.
    epoch: Option<usize>,
    value: Expression,
    /// Whether it changes within the epoch.
    changes: bool,
    place: Place,
}

impl Channels {
    /// Channels of these names with their parts; `key` is the table in which the parts stand.
    pub(super) fn new(
        names: &[String],
        drives: &[Drive],
        key: &'static str,
        what: &'static str,
        factors: &Factors,
        timeline: &Timeline,
    ) -> Result<Self, DeclaredError> {
        let known: Vec<String> = factors.names().iter().cloned().chain([TIME.to_owned()]).collect();
        let mut parts = Vec::new();
        for (at, drive) in drives.iter().enumerate() {
            let place = Place::of(key).entry(at);
            let epoch = drive.epoch.as_ref();
            let value = expression(&drive.value, &known, place.key("value"))?;
            parts.push(Part {
                channel: found(&drive.channel, names, what, place.key("channel"))?,
                epoch: epoch
                    .map(|name| found(name, &timeline.names, "epoch", place.key("epoch")))
                    .transpose()?,
                changes: value.mentions(&|name| name + 1 == known.len()),
                value,
                place: place.key("value"),
            });
        }
        Ok(Self { names: names.to_vec(), parts, key })
    }

    /// Every expression of theirs.
    pub(super) fn expressions(&self) -> impl Iterator<Item = &Expression> {
        self.parts.iter().map(|part| &part.value)
    }

    /// Adds all that makes them.
    pub(super) fn write_text(&self, text: &mut String) {
        for Part { channel, epoch, value, .. } in &self.parts {
            let _ = writeln!(text, "{} {channel} epoch={epoch:?} value={value}", self.key);
        }
    }

    /// Refuses a channel for which nothing is declared.
    pub(super) fn check_declared(&self, list: &str, remedy: &str) -> Result<(), DeclaredError> {
        let absent =
            (0..self.names.len()).find(|channel| self.parts.iter().all(|part| part.channel != *channel));
        let Some(channel) = absent else { return Ok(()) };
        let found = format!("\"{}\", for which there is no [[{}]]", self.names[channel], self.key);
        Err(DeclaredError::refused(Place::of(list).entry(channel), found, remedy))
    }

    fn edges(part: &Part, edges: &[Edges], timeline: &Timeline) -> Edges {
        let longest = timeline.n_steps as f64;
        let whole = Edges { start: Interval::point(0.0), end: Interval::point(longest), longest };
        part.epoch.map_or(whole, |epoch| edges[epoch])
    }

    /// What each channel carries at each step of a trial on which nothing is open: `[channels, T]`.
    pub(super) fn fill(
        &self,
        factors: &Factors,
        timeline: &Timeline,
        trial: &mut Trial,
        edges: &[Edges],
        carried: &mut [f64],
    ) -> Result<(), DeclaredError> {
        carried.fill(0.0);
        for part in &self.parts {
            let steps = Self::edges(part, edges, timeline).steps();
            let mut value = None;
            let start = steps.start;
            for step in steps {
                if part.changes {
                    trial.set_time(Interval::point((step - start) as f64 * timeline.step));
                    value = None;
                }
                let value = match value {
                    Some(value) => value,
                    None => *value.insert(factors.value(&part.value, &part.place, trial)?.low),
                };
                let place = &mut carried[part.channel * timeline.n_steps + step];
                *place += value;
                if !(*place as f32).is_finite() {
                    let found = format!("{value:e} on {}", factors.words(trial));
                    return Err(DeclaredError::refused(
                        part.place.clone(),
                        found,
                        "arrays hold float32, up to 3.4e38",
                    ));
                }
            }
        }
        Ok(())
    }

    /// Holds a trial with the ranges of its draws against the rules, and marks the channels that may be other than 0.
    pub(super) fn check_range(
        &self,
        factors: &Factors,
        timeline: &Timeline,
        trial: &mut Trial,
        edges: &[Edges],
        is_driven: &mut [bool],
    ) -> Result<(), DeclaredError> {
        for part in &self.parts {
            let longest = Self::edges(part, edges, timeline).longest;
            if longest <= 0.0 {
                continue;
            }
            trial.set_time(Interval { low: 0.0, high: (longest - 1.0) * timeline.step });
            let range = factors.value(&part.value, &part.place, trial)?;
            if range.magnitude() > LARGEST {
                let found =
                    format!("a value that may be {:e} on {}", range.magnitude(), factors.words(trial));
                return Err(DeclaredError::refused(
                    part.place.clone(),
                    found,
                    "keep it below 1e30 with min(…) or max(…)",
                ));
            }
            is_driven[part.channel] |= range.magnitude() > 0.0;
        }
        Ok(())
    }
}
