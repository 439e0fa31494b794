//! Measures that claims are about: where the recording stands among the networks of each class, observed alike.

use super::error::RankingError;
use super::matched::Matched;
use super::worlds::observed;
use crate::analysis::measures::{
    Contexts, Lacking, Measure, Of, Responding, allowed_by_responses, bin_of, bins_of,
};
use crate::analysis::similarity::dsa::Search;
use crate::analysis::statistics::{CONFIDENCE, quantile};
use crate::task::Epoch;
use ndarray::{Array2, Array3};
use std::collections::BTreeMap;

/// What the conditions of a recording and of networks are.
#[derive(Clone, Debug, PartialEq)]
pub struct Conditions {
    /// What distinguishes them `[C, F]`.
    pub factors: Array2<f64>,
    /// Whether they are context and both kinds of evidence, in units of the strongest of training.
    pub has_contexts: Contexts,
    /// Steps of the task in which the network is to answer.
    pub decision: Epoch,
}

impl Conditions {
    /// Responses `[m, G, C]` to these conditions, in bins of these ends.
    fn responding<'a>(&'a self, responses: &'a Array3<f64>, edges: &[f64]) -> Responding<'a> {
        Responding {
            responses: responses.view(),
            conditions: self.factors.view(),
            has_contexts: self.has_contexts,
            decision: bins_of(self.decision, edges),
            early_bin: bin_of(self.has_contexts.early_step(), edges),
        }
    }
}

/// Where a recording stands among the networks of a class by one measure.
#[derive(Clone, Debug, PartialEq)]
pub struct Percentile {
    /// The measure.
    pub measure: Measure,
    /// What of the responses it is taken from.
    pub of: Of,
    /// The class, by its place.
    pub class: usize,
    /// The recording's value.
    pub value: f64,
    /// Networks of the class that have a value.
    pub n_networks: usize,
    /// Median of their values, each network observed once in each world.
    pub median: f64,
    /// Range of 95 % of these values.
    pub range: [f64; 2],
    /// Share of these values below the recording's, half of the equal ones with them: 0 to 1.
    pub percentile: f64,
    /// Two-sided p that a further network of the class, observed alike, is as far out.
    pub p: f64,
}

/// A measure that responses to the task allow, but those of the recording do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotTaken {
    /// The measure.
    pub measure: Measure,
    /// What it lacks.
    pub lacking: Lacking,
}

/// All measures of a recording.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Percentiles {
    /// Class by class within each measure; empty without a signal.
    pub rows: Vec<Percentile>,
    /// Measures that cannot be taken.
    pub not_taken: Vec<NotTaken>,
}

impl Matched {
    /// Holds the measures that claims are about, as far as responses allow them, against those of the networks of each class.
    ///
    /// - `conditions`: what those of the networks are, in the same order.
    /// - `n_worlds`: times that every network is observed, as [`Matched::rank`] does.
    /// - `on_world`: is told of each world that is done.
    ///
    /// # Errors
    /// [`RankingError`]
    ///
    /// # Source
    /// docs/methods.md §4.15.
    pub fn percentiles(
        &self,
        conditions: &Conditions,
        n_worlds: usize,
        on_world: &dyn Fn(),
    ) -> Result<Percentiles, RankingError> {
        if !self.recorded.signal.is_beyond_noise() {
            return Ok(Percentiles::default());
        }
        let search = Search::new(0);
        let (networks, members, protocol) = (self.networks(), self.members(), self.protocol(&search));
        let recorded = conditions.responding(self.recorded.means(), &self.edges);
        let own = recorded.measures()?;
        let measures = |means: Array3<f64>| Ok(conditions.responding(&means, &self.edges).measures()?);
        let mut worlds: Vec<Vec<BTreeMap<Measure, f64>>> = Vec::new();
        for number in 0..n_worlds.max(1) {
            worlds.push(observed(&networks, protocol, number, &measures)?);
            on_world();
        }
        let mut found = Percentiles::default();
        for (measure, of) in allowed_by_responses(conditions.has_contexts) {
            let Some(&value) = own.get(&measure) else {
                found.not_taken.push(NotTaken { measure, lacking: recorded.lacking(measure) });
                continue;
            };
            for (class, members) in members.iter().enumerate() {
                // A network without a value in some world has another spread than the rest.
                let has_value =
                    |&&member: &&usize| worlds.iter().all(|world| world[member].contains_key(&measure));
                let members: Vec<usize> = members.iter().filter(has_value).copied().collect();
                let of_worlds: Vec<Vec<f64>> = worlds
                    .iter()
                    .map(|world| members.iter().map(|&member| world[member][&measure]).collect())
                    .collect();
                if let Some(standing) = Standing::of(value, &of_worlds) {
                    let Standing { median, range, percentile, p } = standing;
                    let n_networks = members.len();
                    found.rows.push(Percentile {
                        measure,
                        of,
                        class,
                        value,
                        n_networks,
                        median,
                        range,
                        percentile,
                        p,
                    });
                }
            }
        }
        Ok(found)
    }
}

/// Where a number stands among those of networks.
struct Standing {
    median: f64,
    range: [f64; 2],
    percentile: f64,
    p: f64,
}

impl Standing {
    /// Of a value among those of `n` networks in each world `[W, n]`; [`None`] without a network.
    ///
    /// Each world counts by itself: a mean over worlds would vary less than the recording, which is observed once.
    fn of(value: f64, worlds: &[Vec<f64>]) -> Option<Self> {
        let n = worlds.first().map_or(0, Vec::len) as f64;
        let mut sorted: Vec<f64> = worlds.iter().flatten().copied().collect();
        if sorted.is_empty() {
            return None;
        }
        sorted.sort_by(f64::total_cmp);
        let share = |is_counted: &dyn Fn(f64) -> bool| {
            sorted.iter().filter(|&&other| is_counted(other)).count() as f64 / sorted.len() as f64
        };
        let (below, equal) = (share(&|other| other < value), share(&|other| other == value));
        let tail = (below + equal).min(1.0 - below);
        let outside = 0.5 * (1.0 - CONFIDENCE);
        Some(Self {
            median: quantile(&sorted, 0.5),
            range: [quantile(&sorted, outside), quantile(&sorted, 1.0 - outside)],
            percentile: below + 0.5 * equal,
            // (b + 1)/(n + 1) of either side, b the mean over worlds.
            p: (2.0 * (tail * n + 1.0) / (n + 1.0)).min(1.0),
        })
    }
}

#[cfg(test)]
mod tests;
