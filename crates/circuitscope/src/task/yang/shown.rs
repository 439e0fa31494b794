//! Trials of the analysis: a balanced grid of directions, strengths and modalities, at the published times of tests.

use super::drawn::{Moments, Other, matched, saccade, stronger};
use super::rule::{Alike, Ask, Rule, Seen, Times};
use super::show::Show;
use std::f64::consts::{PI, TAU};

/// By how much of its strength either modality shows a stimulus more strongly where both count.
const SHARE: f64 = 0.5;

/// Every trial of the analysis.
pub(super) fn shown(rule: &Rule, dt_ms: f64, n_directions: usize) -> Vec<Show> {
    let times = moments(rule.times, dt_ms);
    let around = |place: usize| TAU * place as f64 / n_directions as f64;
    let mut all = Vec::new();
    for place in 0..n_directions {
        match rule.ask {
            Ask::Pro | Ask::Anti => {
                all.extend([0, 1].map(|modality| saccade(rule.ask, around(place), modality, &times)));
            }
            Ask::Stronger { seen, tested, .. } => {
                let directions = [around(place), (around(place) + PI).rem_euclid(TAU)];
                let [weak, strong] = tested;
                for coherence in [-strong, -weak, weak, strong] {
                    let mut add = |other| {
                        all.push(stronger(seen, directions, (1.0, coherence), other, &times));
                    };
                    match seen {
                        Seen::One(_) => add(Other::Nothing),
                        Seen::Attended(_) => {
                            for other in [-strong, strong] {
                                add(Other::Irrelevant((1.0, other)));
                            }
                        }
                        Seen::Both => {
                            for share in [-SHARE, SHARE] {
                                add(Other::Shares([share; 2]));
                            }
                        }
                    }
                }
            }
            Ask::Match { alike, hold } => {
                let first = match alike {
                    Alike::Direction => around(place),
                    Alike::Category => categorised(place, n_directions),
                };
                for second in [first, (first + PI).rem_euclid(TAU)] {
                    for modalities in [[0, 0], [0, 1], [1, 0], [1, 1]] {
                        all.push(matched(alike, hold, [first, second], modalities, &times));
                    }
                }
            }
        }
    }
    all
}

/// The directions of stimuli that are compared by category: half of them from 0.1 π, the others from 1.1 π, 0.8 π wide, as published.
fn categorised(place: usize, n_directions: usize) -> f64 {
    let half = n_directions / 2;
    let start = if place < half { 0.1 } else { 1.1 };
    PI * (start + 0.8 * (place % half) as f64 / half as f64)
}

/// The published times of tests.
fn moments(times: Times, dt_ms: f64) -> Moments {
    let step = |time: f64| (time / dt_ms) as usize;
    let with = |first: [f64; 2], second: [f64; 2], go: f64, fixation_off: f64, end: f64| Moments {
        first: (step(first[0]), step(first[1])),
        second: (step(second[0]), step(second[1])),
        go: step(go),
        fixation_off: step(fixation_off),
        end: step(end),
    };
    let alone =
        |span: [f64; 2], go: f64, fixation_off: f64, end: f64| with(span, span, go, fixation_off, end);
    match times {
        Times::Shown => alone([500.0, 2000.0], 1500.0, 1500.0, 2000.0),
        Times::Reaction => alone([2000.0, 2500.0], 2000.0, 2500.0, 2500.0),
        Times::Remembered => alone([500.0, 1000.0], 2000.0, 2000.0, 2500.0),
        Times::Together { test_go } => alone([500.0, test_go], test_go, test_go, test_go + 500.0),
        Times::InTurn { test_go, test_end } => {
            with([500.0, 1000.0], [2000.0, 2500.0], test_go, test_go, test_end)
        }
        Times::Compared { .. } => with([500.0, 1000.0], [2200.0, 2700.0], 2200.0, 2700.0, 2700.0),
    }
}
