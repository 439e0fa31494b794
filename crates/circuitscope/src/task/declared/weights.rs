//! How much outputs count, where a declared mask has weights: by epoch, by times, by output, and by trial where epochs move.

use super::declaration::{Declaration, Masked, When};
use super::error::{DeclaredError, Place};
use super::names::found;
use super::timeline::{Edges, Timeline};
use ndarray::{ArrayViewMut2, s};

/// The entries of a mask in the order of the file: of those that cover a step of an output, the last one counts.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Weights {
    entries: Vec<Entry>,
}

#[derive(Clone, Debug, PartialEq)]
struct Entry {
    span: Span,
    weight: f32,
    /// Places of the outputs.
    outputs: Vec<usize>,
}

#[derive(Clone, Debug, PartialEq)]
enum Span {
    /// An epoch by its place.
    Epoch(usize),
    /// The same steps on every trial.
    Steps(usize, usize),
}

impl Weights {
    /// The weights of a mask; [`None`] where no entry has one: it is then the same steps for all.
    ///
    /// # Errors
    /// [`DeclaredError`] for an unknown epoch or output, times outside the trial, or a weight that is negative or not finite.
    pub(super) fn new(declaration: &Declaration, timeline: &Timeline) -> Result<Option<Self>, DeclaredError> {
        if !declaration.mask.iter().any(|masked| matches!(masked, Masked::Weighted { .. })) {
            return Ok(None);
        }
        let entry = |(at, masked): (usize, &Masked)| {
            let place = Place::of("loss").key("mask").entry(at);
            let all = || (0..declaration.outputs.len()).collect();
            Ok(match masked {
                Masked::Epoch(name) => {
                    let epoch = found(name, &timeline.names, "epoch", place)?;
                    Entry { span: Span::Epoch(epoch), weight: 1.0, outputs: all() }
                }
                Masked::Times(start, end) => {
                    let (first, after) = steps(declaration, timeline, [*start, *end], &place)?;
                    Entry { span: Span::Steps(first, after), weight: 1.0, outputs: all() }
                }
                Masked::Weighted { when, weight, outputs } => {
                    let span = match when {
                        When::Always => Span::Steps(0, timeline.n_steps),
                        When::Epoch(name) => {
                            Span::Epoch(found(name, &timeline.names, "epoch", place.key("epoch"))?)
                        }
                        When::Times(start, end) => {
                            let (first, after) =
                                steps(declaration, timeline, [*start, *end], &place.key("times"))?;
                            Span::Steps(first, after)
                        }
                    };
                    let place_of = |(entry, name): (usize, &String)| {
                        found(name, &declaration.outputs, "output", place.key("outputs").entry(entry))
                    };
                    let outputs = match outputs {
                        None => all(),
                        Some(names) if names.is_empty() => {
                            let remedy = "name at least one output, or leave `outputs` out for all of them";
                            return Err(DeclaredError::refused(
                                place.key("outputs"),
                                "an empty list",
                                remedy,
                            ));
                        }
                        Some(names) => {
                            names.iter().enumerate().map(place_of).collect::<Result<_, DeclaredError>>()?
                        }
                    };
                    let is_sound = (0.0..=f64::from(f32::MAX)).contains(weight)
                        && (*weight == 0.0 || *weight as f32 >= f32::MIN_POSITIVE);
                    if !is_sound {
                        let remedy = "a weight is 0 or a number above it that float32 holds; 1 is that of an entry without one";
                        return Err(DeclaredError::refused(place.key("weight"), weight.to_string(), remedy));
                    }
                    Entry { span, weight: *weight as f32, outputs }
                }
            })
        };
        let entries = declaration.mask.iter().enumerate().map(entry).collect::<Result<_, DeclaredError>>()?;
        Ok(Some(Self { entries }))
    }

    /// Writes the weights of one trial `[O, T]`, which are 0 before.
    pub(super) fn fill(&self, edges: &[Edges], mut weights: ArrayViewMut2<'_, f32>) {
        for entry in &self.entries {
            let steps = match entry.span {
                Span::Epoch(epoch) => edges[epoch].steps(),
                Span::Steps(first, after) => first..after,
            };
            for &output in &entry.outputs {
                weights.slice_mut(s![output, steps.clone()]).fill(entry.weight);
            }
        }
    }

    /// The least that each output counts at each step of a trial whatever is drawn `[O, T]`, which is 0 before.
    pub(super) fn fill_least(&self, edges: &[Edges], mut least: ArrayViewMut2<'_, f32>) {
        for entry in &self.entries {
            let (possible, certain) = match entry.span {
                Span::Epoch(epoch) => {
                    let Edges { start, end, .. } = edges[epoch];
                    let at = |step: f64| step as usize;
                    (at(start.low)..at(end.high), at(start.high)..at(end.low))
                }
                Span::Steps(first, after) => (first..after, first..after),
            };
            for step in possible {
                for &output in &entry.outputs {
                    let least = &mut least[[output, step]];
                    *least = if certain.contains(&step) { entry.weight } else { least.min(entry.weight) };
                }
            }
        }
    }

    /// As text that decides results.
    pub(super) fn text(&self) -> String {
        self.entries.iter().fold(String::new(), |text, entry| {
            text + &format!("weight {:?} {:08x} {:?}\n", entry.span, entry.weight.to_bits(), entry.outputs)
        })
    }
}

/// First step and step after the last of a pair of times.
pub(super) fn steps(
    declaration: &Declaration,
    timeline: &Timeline,
    [start, end]: [f64; 2],
    place: &Place,
) -> Result<(usize, usize), DeclaredError> {
    let first = timeline.fixed_step(start, place)?;
    let after = timeline.fixed_step(end, place)?;
    if 0.0 <= first && first < after && after <= timeline.n_steps as f64 {
        return Ok((first as usize, after as usize));
    }
    let all = declaration.duration;
    let remedy = format!("it must start before it ends, from 0 to {all}, the `duration` of a trial");
    Err(DeclaredError::refused(place.clone(), format!("[{start}, {end}]"), remedy))
}
