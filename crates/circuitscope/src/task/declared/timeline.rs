//! When the epochs of a task start and end on a trial.

use super::declaration::{Declaration, Over, TimeUnit};
use super::drawn::multiple;
use super::error::{DeclaredError, Place};
use super::expression::Expression;
use super::factors::{Factors, Trial};
use super::interval::Interval;
use super::names::expression;
use std::fmt::Write;

/// The epochs of a task.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Timeline {
    /// Names of the epochs.
    pub(super) names: Vec<String>,
    /// Steps of a trial.
    pub(super) n_steps: usize,
    /// Time between two steps, in the unit of the declaration.
    pub(super) step: f64,
    unit: TimeUnit,
    spans: Vec<Span>,
}

/// When an epoch starts and is over.
#[derive(Clone, Debug, PartialEq)]
struct Span {
    start: Option<Expression>,
    over: Expression,
    over_key: OverKey,
    is_start_drawn: bool,
    is_end_drawn: bool,
}

/// Whether an epoch says how long it is or when it ends.
#[derive(Clone, Copy, Debug, PartialEq)]
enum OverKey {
    Duration,
    End,
}

/// First step of an epoch and first step after it; ranges where something is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Edges {
    pub(super) start: Interval,
    pub(super) end: Interval,
    /// Most steps that it may last.
    pub(super) longest: f64,
}

impl Edges {
    /// Whether both are the same for every draw.
    pub(super) fn is_fixed(self) -> bool {
        self.start.is_point() && self.end.is_point()
    }

    /// Its steps, at the earliest.
    pub(super) fn steps(self) -> std::ops::Range<usize> {
        self.start.low as usize..self.end.low as usize
    }
}

impl Timeline {
    pub(super) fn new(declaration: &Declaration, factors: &Factors) -> Result<Self, DeclaredError> {
        let unit = declaration.time_unit;
        let dt = Place::of("dt_ms");
        if let Some(found) = declaration.dt_ms.filter(|dt| !dt.is_finite() || *dt <= 0.0) {
            return Err(DeclaredError::refused(
                dt,
                found.to_string(),
                "the time between two steps must be above 0 ms",
            ));
        }
        let step = match (unit, declaration.dt_ms) {
            (TimeUnit::Steps, _) => 1.0,
            (TimeUnit::Milliseconds, Some(dt)) => dt,
            (TimeUnit::Milliseconds, None) => {
                let remedy = "give the time between two steps, `dt_ms = 10`, or count times in steps: `time_unit = \"steps\"`";
                return Err(DeclaredError::refused(dt, "missing, and times are in ms", remedy));
            }
        };
        let is_drawn = |expression: &Expression| factors.is_drawn(expression);
        let mut spans: Vec<Span> = Vec::new();
        for (at, epoch) in declaration.epochs.iter().enumerate() {
            let place = Place::of("epochs").entry(at);
            let start = epoch.start.as_ref();
            let start =
                start.map(|text| expression(text, factors.names(), place.key("start"))).transpose()?;
            let (over_key, text) = match &epoch.over {
                Over::Duration(text) => (OverKey::Duration, text),
                Over::End(text) => (OverKey::End, text),
            };
            let over = expression(text, factors.names(), place.key(over_key.name()))?;
            let is_start_drawn = match &start {
                Some(start) => is_drawn(start),
                None => spans.last().is_some_and(|before| before.is_end_drawn),
            };
            let is_end_drawn = is_drawn(&over) || (over_key == OverKey::Duration && is_start_drawn);
            spans.push(Span { start, over, over_key, is_start_drawn, is_end_drawn });
        }
        let names = declaration.epochs.iter().map(|epoch| epoch.name.clone()).collect();
        let mut timeline = Self { names, n_steps: 0, step, unit, spans };
        let place = Place::of("duration");
        let n_steps = timeline.fixed_step(declaration.duration, &place)?;
        if !(2.0..=1_000_000.0).contains(&n_steps) {
            let found = format!("{} = {n_steps} steps", timeline.words(declaration.duration));
            return Err(DeclaredError::refused(place, found, "a trial needs from 2 to 1000000 steps"));
        }
        timeline.n_steps = n_steps as usize;
        Ok(timeline)
    }

    /// Every expression of it.
    pub(super) fn expressions(&self) -> impl Iterator<Item = &Expression> {
        self.spans.iter().flat_map(|span| span.start.iter().chain([&span.over]))
    }

    /// Adds all that makes the epochs.
    pub(super) fn write_text(&self, text: &mut String) {
        let _ = writeln!(text, "n_steps={} step={:?} {:?}", self.n_steps, self.step, self.unit);
        for (name, span) in self.names.iter().zip(&self.spans) {
            let start = span.start.as_ref().map_or_else(String::new, ToString::to_string);
            let _ = writeln!(text, "epoch {name:?} start={start} {}={}", span.over_key.name(), span.over);
        }
    }

    /// The step of a time that is the same whatever is drawn.
    pub(super) fn fixed_step(&self, time: f64, place: &Place) -> Result<f64, DeclaredError> {
        multiple(time, self.step).ok_or_else(|| {
            let (found, remedy) = match self.unit {
                TimeUnit::Steps => {
                    ("no whole number of steps".to_owned(), "give whole steps, or use round(…)".to_owned())
                }
                TimeUnit::Milliseconds => {
                    let dt = self.step;
                    let near = (time / dt).round() * dt;
                    (
                        format!("no multiple of dt_ms = {dt}"),
                        format!("give a multiple of it, such as {near}, or {dt} * round(… / {dt})"),
                    )
                }
            };
            DeclaredError::refused(place.clone(), format!("{}, {found}", self.words(time)), remedy)
        })
    }

    fn words(&self, time: f64) -> String {
        match self.unit {
            TimeUnit::Steps => format!("{time} steps"),
            TimeUnit::Milliseconds => format!("{time} ms"),
        }
    }

    /// The steps of a range of times: a drawn time goes to the nearest step.
    fn steps(&self, time: Interval, is_drawn: bool, place: &Place) -> Result<Interval, DeclaredError> {
        if !is_drawn {
            return Ok(Interval::point(self.fixed_step(time.low, place)?));
        }
        // Up from halfway, so that what lasts as long everywhere has as many steps everywhere.
        let nearest = |time: f64| (time / self.step + 0.5).floor();
        Ok(Interval { low: nearest(time.low), high: nearest(time.high) })
    }

    /// When each epoch starts and ends on a trial.
    ///
    /// # Errors
    /// [`DeclaredError`] for an epoch that ends before it starts, or that leaves the trial; it may be empty.
    pub(super) fn edges(&self, factors: &Factors, trial: &Trial) -> Result<Vec<Edges>, DeclaredError> {
        let mut edges = Vec::new();
        let mut last_end = Interval::point(0.0);
        for (at, span) in self.spans.iter().enumerate() {
            let place = Place::of("epochs").entry(at);
            let (start_place, over_place) = (place.key("start"), place.key(span.over_key.name()));
            let start = match &span.start {
                Some(start) => factors.value(start, &start_place, trial)?,
                None => last_end,
            };
            let over = factors.value(&span.over, &over_place, trial)?;
            let refuse = |place: &Place, found: String, remedy: &str| {
                let found = format!("{found} on {}", factors.words(trial));
                Err(DeclaredError::refused(place.clone(), found, remedy))
            };
            let name = &self.names[at];
            let (end, shortest) = match span.over_key {
                OverKey::Duration => match start.plus(over) {
                    Ok(end) => (end, over.low),
                    Err(why) => return refuse(&over_place, why.to_owned(), "it must end within the trial"),
                },
                OverKey::End => (over, over.low - start.high),
            };
            if shortest < 0.0 {
                let found = match span.over_key {
                    OverKey::Duration => {
                        format!("a duration of {} of epoch \"{name}\"", self.words(over.low))
                    }
                    OverKey::End => {
                        format!(
                            "the end of epoch \"{name}\", {}, before its start, {},",
                            self.words(over.low),
                            self.words(start.high)
                        )
                    }
                };
                return refuse(&over_place, found, "an epoch must start before it ends, for every draw");
            }
            let on_trial = |error: DeclaredError| error.on(&factors.words(trial));
            let first = self.steps(start, span.is_start_drawn, &start_place).map_err(on_trial)?;
            let after = self.steps(end, span.is_end_drawn, &over_place).map_err(on_trial)?;
            if first.low < 0.0 {
                let found =
                    format!("the start of epoch \"{name}\", {}, before the trial", self.words(start.low));
                return refuse(&start_place, found, "it must start at 0 or later, for every draw");
            }
            if after.high > self.n_steps as f64 {
                let found = format!("the end of epoch \"{name}\", {}, after the trial", self.words(end.high));
                let all = self.words(self.n_steps as f64 * self.step);
                let remedy = format!("it must end by {all}, the `duration` of a trial, for every draw");
                return refuse(&over_place, found, &remedy);
            }
            let longest = match span.over_key {
                // From one rounded step to another there may be a step more than there is time for, but no more.
                OverKey::Duration if span.is_end_drawn => {
                    multiple(over.high, self.step).unwrap_or_else(|| (over.high / self.step).ceil())
                }
                OverKey::Duration | OverKey::End => after.high - first.low,
            };
            edges.push(Edges { start: first, end: after, longest });
            last_end = end;
        }
        Ok(edges)
    }
}

impl OverKey {
    fn name(self) -> &'static str {
        match self {
            Self::Duration => "duration",
            Self::End => "end",
        }
    }
}
