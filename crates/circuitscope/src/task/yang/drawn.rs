//! Trials of training: times, directions and strengths drawn as published.

use super::rule::{ANSWER, Alike, Ask, DELAYS, Hold, ONSETS, Rule, SHORT, Seen, TOGETHER, Times};
use super::show::{Show, Stimulus};
use rand::{Rng, RngExt};
use std::f64::consts::{PI, TAU};

/// Directions of stimuli that are compared by category, in π.
const CATEGORISED: [f64; 10] = [0.1, 0.3, 0.5, 0.7, 0.9, 1.1, 1.3, 1.5, 1.7, 1.9];

/// When one trial shows what, in steps.
pub(super) struct Moments {
    /// Onset and end of the one stimulus, or of the first.
    pub(super) first: (usize, usize),
    /// Those of the second; the same where both are shown at once.
    pub(super) second: (usize, usize),
    pub(super) go: usize,
    pub(super) fixation_off: usize,
    pub(super) end: usize,
}

/// A trial of training.
pub(super) fn drawn(rule: &Rule, dt_ms: f64, rng: &mut impl Rng) -> Show {
    let times = moments(rule.times, dt_ms, rng);
    match rule.ask {
        Ask::Pro | Ask::Anti => {
            let (direction, modality) = (TAU * rng.random::<f64>(), rng.random_range(0..2));
            saccade(rule.ask, direction, modality, &times)
        }
        Ask::Stronger { seen, coherences, .. } => {
            let direction = TAU * rng.random::<f64>();
            let apart = rng.random_range(0.5 * PI..1.5 * PI) * sign(rng);
            let mut pair = || {
                let mean: f64 = rng.random_range(0.8..1.2);
                let coherence = one_of(coherences, rng) * sign(rng);
                (mean, coherence)
            };
            let counts = pair();
            let other = match seen {
                Seen::Attended(_) => Other::Irrelevant(pair()),
                Seen::One(_) => Other::Nothing,
                Seen::Both => {
                    let mut share = || rng.random_range(0.2..0.8) * sign(rng);
                    Other::Shares([share(), share()])
                }
            };
            stronger(seen, [direction, (direction + apart).rem_euclid(TAU)], counts, other, &times)
        }
        Ask::Match { alike, hold } => {
            let modalities = [rng.random_range(0..2), rng.random_range(0..2)];
            let directions = match alike {
                Alike::Direction => {
                    let is_match = rng.random_range(0..2) == 1;
                    let apart = rng.random_range(PI / 9.0..PI * 17.0 / 9.0) * sign(rng);
                    let first = TAU * rng.random::<f64>();
                    [first, if is_match { first } else { (first + apart).rem_euclid(TAU) }]
                }
                Alike::Category => [0; 2].map(|_| PI * one_of(&CATEGORISED, rng)),
            };
            matched(alike, hold, directions, modalities, &times)
        }
    }
}

fn sign(rng: &mut impl Rng) -> f64 {
    if rng.random_range(0..2) == 0 { 1.0 } else { -1.0 }
}

fn one_of(values: &[f64], rng: &mut impl Rng) -> f64 {
    values[rng.random_range(0..values.len())]
}

/// Times in steps, each cut to a step by itself, as published.
fn moments(times: Times, dt_ms: f64, rng: &mut impl Rng) -> Moments {
    let step = |time: f64| (time / dt_ms) as usize;
    let answer = step(ANSWER);
    match times {
        Times::Shown => {
            let on = step(rng.random_range(300.0..700.0));
            let go = on + step(rng.random_range(500.0..1500.0));
            let end = go + answer;
            Moments { first: (on, end), second: (on, end), go, fixation_off: go, end }
        }
        Times::Reaction => {
            let go = step(rng.random_range(500.0..2500.0));
            let end = go + answer;
            Moments { first: (go, end), second: (go, end), go, fixation_off: end, end }
        }
        Times::Remembered => {
            let on = step(one_of(ONSETS, rng));
            let off = on + step(one_of(SHORT, rng));
            let go = off + step(one_of(DELAYS, rng));
            Moments { first: (on, off), second: (on, off), go, fixation_off: go, end: go + answer }
        }
        Times::Together { .. } => {
            let on = step(rng.random_range(100.0..400.0));
            let go = on + step(one_of(TOGETHER, rng));
            Moments { first: (on, go), second: (on, go), go, fixation_off: go, end: go + answer }
        }
        Times::InTurn { .. } => {
            let (first, second) = in_turn(dt_ms, rng);
            let second = (second, second + step(one_of(SHORT, rng)));
            let go = second.1 + step(rng.random_range(100.0..300.0));
            Moments { first, second, go, fixation_off: go, end: go + answer }
        }
        Times::Compared { answers } => {
            let (first, go) = in_turn(dt_ms, rng);
            let end = go + step(one_of(answers, rng));
            Moments { first, second: (go, end), go, fixation_off: end, end }
        }
    }
}

/// Onset and end of the first stimulus, and the onset of the second.
fn in_turn(dt_ms: f64, rng: &mut impl Rng) -> ((usize, usize), usize) {
    let step = |time: f64| (time / dt_ms) as usize;
    let on = step(one_of(SHORT, rng));
    let off = on + step(one_of(SHORT, rng));
    ((on, off), off + step(one_of(DELAYS, rng)))
}

/// A trial with one stimulus.
pub(super) fn saccade(ask: Ask, direction: f64, modality: usize, times: &Moments) -> Show {
    let answer = if ask == Ask::Anti { (direction + PI).rem_euclid(TAU) } else { direction };
    let (on, off) = times.first;
    Show {
        stimuli: vec![Stimulus { modality, direction, strength: 1.0, on, off }],
        fixation_off: times.fixation_off,
        go: times.go,
        end: times.end,
        answer: Some(answer),
        conditions: vec![direction.to_degrees(), (modality + 1) as f64],
    }
}

/// What is shown besides the evidence that counts.
pub(super) enum Other {
    /// Nothing.
    Nothing,
    /// Mean strength and coherence of the other modality.
    Irrelevant((f64, f64)),
    /// By how much of its strength the first modality shows each stimulus more strongly than the second.
    Shares([f64; 2]),
}

/// A trial with two stimuli of a mean strength and a coherence: the first has the one plus the other, the second the one less the other.
pub(super) fn stronger(
    seen: Seen,
    directions: [f64; 2],
    (mean, coherence): (f64, f64),
    other: Other,
    times: &Moments,
) -> Show {
    let strengths = [mean + coherence, mean - coherence];
    let both = |of_first: [f64; 2], of_second: [f64; 2]| vec![(0, of_first), (1, of_second)];
    let (shown, further) = match (seen, other) {
        (Seen::One(modality), _) => (vec![(modality, strengths)], None),
        (Seen::Attended(modality), Other::Irrelevant((mean, coherence))) => {
            let irrelevant = [mean + coherence, mean - coherence];
            let shown = if modality == 0 { both(strengths, irrelevant) } else { both(irrelevant, strengths) };
            (shown, Some(coherence))
        }
        (_, Other::Shares(shares)) => {
            let more = [0, 1].map(|place| strengths[place] * shares[place] / 2.0);
            let of = |sign: f64| [0, 1].map(|place| strengths[place] + sign * more[place]);
            (both(of(1.0), of(-1.0)), Some(shares[0]))
        }
        (Seen::Attended(_) | Seen::Both, _) => {
            unreachable!("what is shown besides goes with where it is seen")
        }
    };
    let spans = [times.first, times.second];
    let stimulus = |(modality, strengths): (usize, [f64; 2])| {
        [0, 1].map(|place| Stimulus {
            modality,
            direction: directions[place],
            strength: strengths[place],
            on: spans[place].0,
            off: spans[place].1,
        })
    };
    Show {
        stimuli: shown.into_iter().flat_map(stimulus).collect(),
        fixation_off: times.fixation_off,
        go: times.go,
        end: times.end,
        answer: Some(directions[usize::from(strengths[0] <= strengths[1])]),
        conditions: [directions[0].to_degrees(), coherence].into_iter().chain(further).collect(),
    }
}

/// A trial with two stimuli that are compared.
pub(super) fn matched(
    alike: Alike,
    hold: Hold,
    directions: [f64; 2],
    modalities: [usize; 2],
    times: &Moments,
) -> Show {
    let is_match = match alike {
        Alike::Direction => directions[0] == directions[1],
        Alike::Category => (directions[0] < PI) == (directions[1] < PI),
    };
    let holds = is_match == (hold == Hold::Match);
    let spans = [times.first, times.second];
    Show {
        stimuli: [0, 1]
            .map(|place| Stimulus {
                modality: modalities[place],
                direction: directions[place],
                strength: 1.0,
                on: spans[place].0,
                off: spans[place].1,
            })
            .to_vec(),
        fixation_off: times.fixation_off,
        go: times.go,
        end: times.end,
        answer: (!holds).then_some(directions[1]),
        conditions: vec![
            directions[0].to_degrees(),
            f64::from(u8::from(is_match)),
            (modalities[0] + 1) as f64,
            (modalities[1] + 1) as f64,
        ],
    }
}
