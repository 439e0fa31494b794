//! Single trials of neurons, which may be of several sessions.

use super::recording::filled;
use super::signal::{Signal, TrialCounts, correlation};
use crate::stream::Stream;
use ndarray::{Array3, Axis};
use rand::RngExt;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;

/// Random halves of the trials that the signal is averaged over.
const N_HALVES: usize = 20;

/// Binned and smoothed trials.
pub(super) struct SingleTrials {
    /// `[M, G, B]`; NaN where nothing was recorded.
    values: Array3<f64>,
    /// The condition of each trial `[B]`.
    conditions: Vec<usize>,
    n_conditions: usize,
    sessions: Vec<Session>,
    /// The session of each neuron `[M]`, by its place.
    session_of: Vec<usize>,
}

/// Neurons that were recorded in the same trials.
struct Session {
    n_neurons: usize,
    /// The trials of each condition `[C]`.
    by_condition: Vec<Vec<usize>>,
}

/// Trials with the condition that each counts in; one may be listed several times.
type Listed = Vec<(usize, usize)>;

/// What becomes of the trial that is left over where a number is halved that is odd.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Odd {
    LeftOut,
    InSecond,
}

impl SingleTrials {
    /// - `values`: `[M, G, B]`, `conditions`: the condition of each trial `[B]`.
    pub(super) fn new(values: Array3<f64>, conditions: Vec<usize>, n_conditions: usize) -> Self {
        let mut sessions = Vec::new();
        let mut known: BTreeMap<Vec<bool>, usize> = BTreeMap::new();
        let session_of = values
            .outer_iter()
            .map(|of_neuron| {
                let is_recorded: Vec<bool> = of_neuron
                    .axis_iter(Axis(1))
                    .map(|trial| trial.iter().any(|value| !value.is_nan()))
                    .collect();
                let session = *known.entry(is_recorded).or_insert_with_key(|is_recorded| {
                    let mut by_condition = vec![Vec::new(); n_conditions];
                    for (trial, &condition) in conditions.iter().enumerate().filter(|(b, _)| is_recorded[*b])
                    {
                        by_condition[condition].push(trial);
                    }
                    sessions.push(Session { n_neurons: 0, by_condition });
                    sessions.len() - 1
                });
                sessions[session].n_neurons += 1;
                session
            })
            .collect();
        Self { values, conditions, n_conditions, sessions, session_of }
    }

    /// The trials of some of the neurons.
    pub(super) fn of_neurons(&self, neurons: &[usize]) -> Self {
        Self::new(self.values.select(Axis(0), neurons), self.conditions.clone(), self.n_conditions)
    }

    /// Condition means `[M, G, C]`.
    pub(super) fn means(&self) -> Array3<f64> {
        let neurons: Vec<usize> = (0..self.session_of.len()).collect();
        let trials = |session: &Session| self.labelled(session);
        self.means_over(&neurons, &self.sessions.iter().map(trials).collect::<Vec<_>>())
    }

    /// Trials of a condition: the median over neurons and conditions.
    pub(super) fn n_repeats(&self) -> usize {
        let of_session = |session: &Session| session.by_condition.iter().map(Vec::len).collect::<Vec<_>>();
        let counts = self.session_of.iter().flat_map(|&session| of_session(&self.sessions[session]));
        let mut counts: Vec<usize> = counts.collect();
        counts.sort_unstable();
        counts[counts.len() / 2]
    }

    /// Whether a neuron has two whole trials of some condition.
    pub(super) fn has_two(&self, neuron: usize) -> bool {
        let is_whole = |&&trial: &&usize| {
            !self.values.slice(ndarray::s![neuron, .., trial]).iter().any(|value| value.is_nan())
        };
        let by_condition = &self.sessions[self.session_of[neuron]].by_condition;
        by_condition.iter().any(|trials| trials.iter().filter(is_whole).count() > 1)
    }

    /// The signal, over random halves of the trials.
    pub(super) fn signal(&self, seed: u64) -> Signal {
        let neurons: Vec<usize> = (0..self.session_of.len()).collect();
        let mut correlations = vec![0.0; neurons.len()];
        for number in 0..N_HALVES {
            let mut rng = Stream::Halves { number: number as u64 }.rng(seed);
            let halves = self.halved(&mut rng, Odd::LeftOut);
            let [first, second] = halves.map(|half| self.means_over(&neurons, &half));
            for (sum, (a, b)) in correlations.iter_mut().zip(first.outer_iter().zip(second.outer_iter())) {
                *sum += correlation(a.iter().zip(b)) / N_HALVES as f64;
            }
        }
        let counts = |session: &Session| session.by_condition.iter().map(Vec::len).collect::<Vec<_>>();
        let repeats =
            self.sessions.iter().map(|session| TrialCounts::new(session.n_neurons, &counts(session)));
        Signal::new(&correlations, &repeats.collect::<Vec<_>>())
    }

    /// Means over random halves of the trials; [`None`] where of some condition no neuron has two. What a neuron lacks in either
    /// is taken from its means over all trials.
    pub(super) fn halves(&self, whole: &Array3<f64>, rng: &mut ChaCha8Rng) -> Option<[Array3<f64>; 2]> {
        let halves = self.halved(rng, Odd::InSecond);
        let has_two =
            |condition: usize| self.sessions.iter().any(|session| session.by_condition[condition].len() > 1);
        let neurons: Vec<usize> = (0..self.session_of.len()).collect();
        (0..self.n_conditions)
            .all(has_two)
            .then(|| halves.map(|half| filled(self.means_over(&neurons, &half), whole)))
    }

    /// Means of these neurons over trials that are resampled within conditions and sessions.
    pub(super) fn resampled(
        &self,
        whole: &Array3<f64>,
        neurons: &[usize],
        rng: &mut ChaCha8Rng,
    ) -> Array3<f64> {
        let mut listed = Vec::new();
        for session in &self.sessions {
            let mut trials: Listed = Vec::new();
            for (condition, of_condition) in session.by_condition.iter().enumerate() {
                let drawn =
                    (0..of_condition.len()).map(|_| of_condition[rng.random_range(0..of_condition.len())]);
                trials.extend(drawn.map(|trial| (trial, condition)));
            }
            listed.push(trials);
        }
        // A neuron with gaps may have no response at some time of a condition among the trials drawn.
        filled(self.means_over(neurons, &listed), &whole.select(Axis(0), neurons))
    }

    /// Means once the conditions of the trials are permuted within each session.
    pub(super) fn shuffled(&self, whole: &Array3<f64>, rng: &mut ChaCha8Rng) -> Array3<f64> {
        let neurons: Vec<usize> = (0..self.session_of.len()).collect();
        let permuted = |session: &Session| {
            let (trials, mut conditions): (Vec<usize>, Vec<usize>) =
                self.labelled(session).into_iter().unzip();
            conditions.shuffle(rng);
            trials.into_iter().zip(conditions).collect()
        };
        let listed: Vec<Listed> = self.sessions.iter().map(permuted).collect();
        filled(self.means_over(&neurons, &listed), whole)
    }

    /// The trials of a session in their order, with their conditions.
    fn labelled(&self, session: &Session) -> Listed {
        let mut trials: Vec<usize> = session.by_condition.iter().flatten().copied().collect();
        trials.sort_unstable();
        trials.into_iter().map(|trial| (trial, self.conditions[trial])).collect()
    }

    /// Random halves of the trials of each condition, session by session, so that both halves of a neuron have as many.
    fn halved(&self, rng: &mut ChaCha8Rng, odd: Odd) -> [Vec<Listed>; 2] {
        let mut halves = [Vec::new(), Vec::new()];
        for session in &self.sessions {
            let mut of_session = [Listed::new(), Listed::new()];
            for (condition, of_condition) in session.by_condition.iter().enumerate() {
                let mut trials = of_condition.clone();
                trials.shuffle(rng);
                let half = trials.len() / 2;
                if odd == Odd::LeftOut {
                    trials.truncate(2 * half);
                }
                let (first, second) = trials.split_at(half);
                for (listed, half) in of_session.iter_mut().zip([first, second]) {
                    listed.extend(half.iter().map(|&trial| (trial, condition)));
                }
            }
            for (listed, of_session) in halves.iter_mut().zip(of_session) {
                listed.push(of_session);
            }
        }
        halves
    }

    /// Condition means `[m, G, C]` of these neurons over the trials listed for their sessions. NaN without a response.
    fn means_over(&self, neurons: &[usize], listed: &[Listed]) -> Array3<f64> {
        let n_bins = self.values.dim().1;
        let mut sums = Array3::<f64>::zeros((neurons.len(), n_bins, self.n_conditions));
        let mut counts = Array3::<f64>::zeros(sums.dim());
        for (to, &neuron) in neurons.iter().enumerate() {
            for &(trial, condition) in &listed[self.session_of[neuron]] {
                for bin in 0..n_bins {
                    let value = self.values[[neuron, bin, trial]];
                    if !value.is_nan() {
                        sums[[to, bin, condition]] += value;
                        counts[[to, bin, condition]] += 1.0;
                    }
                }
            }
        }
        sums / counts
    }
}
