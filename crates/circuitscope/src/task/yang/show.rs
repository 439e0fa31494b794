//! What one trial shows and asks for, and its arrays.

use super::setting::YangSetting;
use crate::trials::Trials;
use ndarray::{Array2, Array3, s};
use std::f64::consts::{PI, TAU};

/// A trial; times in steps, directions in radians.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Show {
    pub(super) stimuli: Vec<Stimulus>,
    /// When the fixation point goes off.
    pub(super) fixation_off: usize,
    /// When the answer is asked for.
    pub(super) go: usize,
    pub(super) end: usize,
    /// The direction of the answer; [`None`]: fixation.
    pub(super) answer: Option<f64>,
    pub(super) conditions: Vec<f64>,
}

/// What one ring shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stimulus {
    /// 0 or 1.
    pub(super) modality: usize,
    pub(super) direction: f64,
    pub(super) strength: f64,
    pub(super) on: usize,
    pub(super) off: usize,
}

impl Show {
    /// First steps of what follows fixation, by name.
    pub(super) fn starts(&self) -> Vec<(String, usize)> {
        let mut spans: Vec<(usize, usize)> = self.stimuli.iter().map(|shown| (shown.on, shown.off)).collect();
        spans.sort_unstable();
        spans.dedup();
        let mut starts = vec![("fixation".to_owned(), 0)];
        for (place, (on, off)) in spans.into_iter().enumerate() {
            let name = ["stimulus", "second stimulus"][place.min(1)];
            starts.push((name.to_owned(), on));
            starts.push((["delay", "second delay"][place.min(1)].to_owned(), off));
        }
        starts.retain(|&(_, step)| step < self.go);
        starts.push(("go".to_owned(), self.go));
        starts
    }
}

/// Activity of a ring of `n` units for a direction: 0.8 exp(−½ (8 d / π)²), d the distance on the circle.
fn bump(direction: f64, n: usize) -> impl Iterator<Item = f64> {
    (0..n).map(move |unit| {
        let apart = (direction - TAU * unit as f64 / n as f64).abs();
        let distance = apart.min(TAU - apart);
        0.8 * (-(8.0 * distance / PI).powi(2) / 2.0).exp()
    })
}

/// Output of units that are not to answer, and of the fixation output when it is (the code; the paper's text says .85).
const LOW: f32 = 0.05;
const FIXATION: f32 = 0.8;
/// How much the time of the answer counts; what comes before it counts 1.
const ANSWER_WEIGHT: f32 = 5.0;
/// How much more the fixation output counts than each other.
const FIXATION_WEIGHT: f32 = 2.0;
/// Time that does not count, at the start of a trial and after the go cue (ms).
const GRACE: f64 = 100.0;

/// Arrays of `n_steps`; a trial that ends before shows its last step until then, with weight 0.
pub(super) fn trials(all: &[Show], n_conditions: usize, n_steps: usize, setting: &YangSetting) -> Trials {
    let n = setting.ring;
    let grace = (GRACE / setting.dt_ms) as usize;
    let mut inputs = Array3::zeros((1 + 2 * n, n_steps, all.len()));
    let mut targets = Array3::from_elem((1 + n, n_steps, all.len()), LOW);
    let mut weights = Array3::zeros(targets.dim());
    for (trial, show) in all.iter().enumerate() {
        // To the end of the arrays where it lasts to that of the trial.
        let until = |step: usize| if step >= show.end { n_steps } else { step };
        inputs.slice_mut(s![0, ..until(show.fixation_off), trial]).fill(1.0);
        for shown in &show.stimuli {
            let first = 1 + shown.modality * n;
            let mut ring = inputs.slice_mut(s![first..first + n, shown.on..until(shown.off), trial]);
            for (mut unit, rate) in ring.outer_iter_mut().zip(bump(shown.direction, n)) {
                unit += (rate * shown.strength) as f32;
            }
        }
        let fixation_until = if show.answer.is_some() { show.go } else { n_steps };
        targets.slice_mut(s![0, ..fixation_until, trial]).fill(FIXATION);
        if let Some(direction) = show.answer {
            let mut ring = targets.slice_mut(s![1.., show.go.., trial]);
            for (mut unit, rate) in ring.outer_iter_mut().zip(bump(direction, n)) {
                unit += rate as f32;
            }
        }
        weights.slice_mut(s![.., (show.go + grace).min(show.end)..show.end, trial]).fill(ANSWER_WEIGHT);
        weights.slice_mut(s![.., grace.min(show.go)..show.go, trial]).fill(1.0);
        weights.slice_mut(s![0, .., trial]).map_inplace(|weight| *weight *= FIXATION_WEIGHT);
    }
    let conditions = Array2::from_shape_fn((all.len(), n_conditions), |(trial, column)| {
        all[trial].conditions[column] as f32
    });
    Trials { inputs, targets, mask: Trials::mask_of(&weights), weights: Some(weights), conditions }
}
