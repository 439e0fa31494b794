//! Resampling: the bootstrap, the permutation p, and the draws behind both.
//!
//! Every draw has a stream of its own, so that numbers depend on the seed alone and not on the order of work.

use std::ops::Range;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

use crate::stream::{Stream, of_draw};

/// Level of every test.
pub const LEVEL: f64 = 0.05;
/// Share of resamples within an interval.
pub const CONFIDENCE: f64 = 1.0 - LEVEL;

/// How often numbers are resampled and permuted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Resampling {
    /// Resamples of a 95 % interval.
    pub n_resamples: usize,
    /// Relabellings of a test at most: all of them where there are no more.
    pub n_permutations: usize,
    /// Starts the draws.
    pub seed: u64,
}

impl Resampling {
    /// That of its intervals.
    pub(crate) fn bootstrap(self) -> Bootstrap {
        Bootstrap { n_resamples: self.n_resamples, level: CONFIDENCE, seed: self.seed }
    }
}

/// How to resample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bootstrap {
    /// Number of resamples.
    pub n_resamples: usize,
    /// Share of resamples inside the interval, between 0 and 1.
    pub level: f64,
    /// Starts the draws.
    pub seed: u64,
}

/// A percentile interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Standard deviation of the resamples.
    pub standard_error: f64,
}

impl Interval {
    /// Lower and upper end.
    pub fn ends(self) -> [f64; 2] {
        [self.low, self.high]
    }
}

/// What resamples are drawn from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Streams {
    /// A stream for each, in parallel.
    Each,
    /// One stream for all, in turn: intervals of behaviour, of which many networks are resampled side by side. Under streams of
    /// their own the draws, and so every interval, would be others.
    One,
}

/// How far out the ends of an interval lie.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Ends {
    /// At the percentiles of the resamples.
    Percentiles,
    /// Farther out, since resamples of few numbers vary less than new samples of them do.
    Expanded {
        /// Numbers that are resampled together, of the fewest.
        n: usize,
        /// Degrees of freedom of their spread.
        freedom: f64,
    },
}

impl Bootstrap {
    /// What is drawn in every resample, in the order of the resamples.
    pub(crate) fn resamples<T: Send>(
        self,
        streams: Streams,
        draw: impl Fn(&mut ChaCha8Rng) -> T + Sync,
    ) -> Vec<T> {
        match streams {
            Streams::Each => draws(0..self.n_resamples as u64, self.seed, draw),
            Streams::One => {
                let mut rng = Stream::Resamples.rng(self.seed);
                (0..self.n_resamples).map(|_| draw(&mut rng)).collect()
            }
        }
    }

    /// The interval of a number over resamples; [`None`] without a resample, and where one of them lacks the number: those that
    /// have it would be a selection.
    pub(crate) fn interval(
        self,
        ends: Ends,
        resamples: impl IntoIterator<Item = impl Into<Option<f64>>>,
    ) -> Option<Interval> {
        let mut values: Vec<f64> = resamples.into_iter().map(Into::into).collect::<Option<_>>()?;
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / n;
        values.sort_by(f64::total_cmp);
        let tail = self.tail(ends);
        let end = |share| (!values.is_empty()).then(|| quantile(&values, share));
        Some(Interval { low: end(tail)?, high: end(1.0 - tail)?, standard_error: variance.sqrt() })
    }

    /// One-sided p by resamples, so many of which lie on the other side of the reference: the smallest level at which a one-sided
    /// interval leaves the reference out.
    pub(crate) fn p(self, ends: Ends, n_against: usize) -> f64 {
        let share = permutation_p(n_against, self.n_resamples, Given::Beside);
        let Ends::Expanded { n, freedom } = ends else { return share };
        let Ok(t) = StudentsT::new(0.0, 1.0, freedom.max(1.0)) else { return share };
        // The share of all resamples is 1, whose quantile is infinite.
        if share < 1.0 { t.cdf(Normal::standard().inverse_cdf(share) / shrinkage(n)) } else { 1.0 }
    }

    /// Share of resamples beyond either end of an interval.
    ///
    /// # Source
    /// Hesterberg 2015, doi:10.1080/00031305.2015.1089789: the expanded percentile interval,
    /// `Φ(−√(n / (n − 1)) t_{1 − α/2, n − 1})`.
    pub(crate) fn tail(self, ends: Ends) -> f64 {
        let tail = 0.5 * (1.0 - self.level.clamp(0.0, 1.0));
        let Ends::Expanded { n, freedom } = ends else { return tail };
        let Ok(t) = StudentsT::new(0.0, 1.0, freedom.max(1.0)) else { return tail };
        Normal::standard().cdf(-shrinkage(n) * t.inverse_cdf(1.0 - tail))
    }
}

impl Ends {
    /// Farther out, for a number of groups of which the smallest has so many items.
    pub(crate) fn of_groups_of(n: usize) -> Self {
        Self::Expanded { n, freedom: n.saturating_sub(1) as f64 }
    }
}

/// How much more a mean of new numbers varies than one of `n` that are resampled.
fn shrinkage(n: usize) -> f64 {
    let n = n.max(2) as f64;
    (n / (n - 1.0)).sqrt()
}

/// What is drawn at each place, in the order of the places.
pub(crate) fn draws<T: Send>(
    places: Range<u64>,
    seed: u64,
    draw: impl Fn(&mut ChaCha8Rng) -> T + Sync,
) -> Vec<T> {
    places.into_par_iter().map(|place| draw(&mut of_draw(seed, place))).collect()
}

/// Some of `n` items, drawn with replacement.
pub(crate) fn redrawn(n_drawn: usize, n: usize, rng: &mut ChaCha8Rng) -> impl Iterator<Item = usize> {
    (0..n_drawn).map(move |_| rng.random_range(0..n))
}

/// Quantile of sorted values, at least one, linear between them.
pub(crate) fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let (low, high) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    low + (high - low) * place.fract()
}

/// Where the statistic that is tested stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Given {
    /// Beside the draws, as where they are random, or are of residuals: it is counted with them.
    Beside,
    /// Among the draws, which are all that there are. One that rounding keeps from being as far as itself still counts.
    Among,
}

/// One-sided p of a statistic that so many of the draws are as far as.
///
/// # Source
/// Phipson & Smyth 2010, doi:10.2202/1544-6115.1585: (b + 1)/(m + 1) of random draws; Ernst 2004, doi:10.1214/088342304000000396:
/// b/m of all.
pub(crate) fn permutation_p(n_as_far: usize, n_draws: usize, given: Given) -> f64 {
    match given {
        Given::Beside => (n_as_far + 1) as f64 / (n_draws + 1) as f64,
        Given::Among => n_as_far.max(1) as f64 / n_draws as f64,
    }
}
