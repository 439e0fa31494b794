//! How far a statistic would move with other networks of the same classes.
//!
//! Networks are drawn with replacement within their class, because a study fixes how many it trains of each. Copies of
//! one network lie at distance zero from each other, which no two networks do; counted, they would raise silhouettes
//! and pseudo-F in every resample. Pairs of copies are therefore left out, as the diagonal is in the sample itself: the
//! bootstrap of a U-statistic (Arcones & Giné 1992, doi:10.1214/aos/1176348650) instead of a V-statistic. A vote of
//! neighbours has no such form, since copies crowd others out of the five; its interval resamples which networks are
//! scored and leaves their neighbours as they are, so that it holds for the given networks as reference.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

use super::Grouped;
use crate::analysis::distance::mix;

/// Smallest class that is resampled: of two networks every other resample is a single one.
const SMALLEST_CLASS: usize = 3;

/// Which statistic an interval is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Statistic {
    /// Mean silhouette.
    Silhouette,
    /// Leave-one-out accuracy of so many nearest neighbours.
    NeighbourAccuracy(usize),
    /// Pseudo-F of PERMANOVA.
    PseudoF,
    /// W*d of Welch's analysis of variance on distances.
    WelchW,
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

impl Bootstrap {
    /// Share of resamples beyond either end of an interval.
    pub(crate) fn tail(self) -> f64 {
        0.5 * (1.0 - self.level.clamp(0.0, 1.0))
    }
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

impl Grouped {
    /// Confidence interval of a statistic over networks; [`None`] if the statistic is not defined, a class has fewer
    /// than three networks, or no resample is asked for.
    pub fn interval(&self, statistic: Statistic, bootstrap: Bootstrap) -> Option<Interval> {
        if self.members.iter().any(|members| members.len() < SMALLEST_CLASS) || bootstrap.n_resamples == 0 {
            return None;
        }
        let hits: Vec<f64> = match statistic {
            Statistic::NeighbourAccuracy(k) => {
                self.neighbours(k).ok()?.hits.into_iter().map(|hit| f64::from(u8::from(hit))).collect()
            }
            Statistic::Silhouette => self.silhouette().map(|_| Vec::new()).ok()?,
            Statistic::PseudoF => self.weighted_pseudo_f(&vec![1.0; self.n_items()]).map(|_| Vec::new())?,
            Statistic::WelchW => self.weighted_welch(&vec![1.0; self.n_items()]).map(|_| Vec::new())?,
        };
        let values: Vec<f64> = (0..bootstrap.n_resamples)
            .into_par_iter()
            .map(|resample| {
                let mut rng = ChaCha8Rng::seed_from_u64(mix(bootstrap.seed ^ mix(resample as u64)));
                let weights = self.draw(&mut rng);
                match statistic {
                    Statistic::Silhouette => Some(self.weighted_silhouette(&weights)),
                    Statistic::PseudoF => self.weighted_pseudo_f(&weights),
                    Statistic::WelchW => self.weighted_welch(&weights),
                    Statistic::NeighbourAccuracy(_) => {
                        let sum: f64 = hits.iter().zip(&weights).map(|(hit, weight)| hit * weight).sum();
                        Some(sum / self.n_items() as f64)
                    }
                }
            })
            .collect::<Option<_>>()?;
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / values.len() as f64;
        let [low, high] = percentiles(values, bootstrap.tail());
        Some(Interval { low, high, standard_error: variance.sqrt() })
    }

    /// How often each item is drawn when each class is drawn with replacement; again while a class is one item only.
    pub(super) fn draw(&self, rng: &mut ChaCha8Rng) -> Vec<f64> {
        let mut weights = vec![0.0; self.n_items()];
        for members in &self.members {
            loop {
                for &item in members {
                    weights[item] = 0.0;
                }
                for _ in members {
                    weights[members[rng.random_range(0..members.len())]] += 1.0;
                }
                if members.iter().filter(|&&item| weights[item] > 0.0).count() > 1 {
                    break;
                }
            }
        }
        weights
    }

    /// Pseudo-F of items that count `weights` times each.
    pub(super) fn weighted_pseudo_f(&self, weights: &[f64]) -> Option<f64> {
        let [within, total] = self.weighted_squares(weights).within_and_total();
        self.pseudo_f_of(within, total)
    }

    /// W*d of items that count `weights` times each.
    fn weighted_welch(&self, weights: &[f64]) -> Option<f64> {
        self.check_members(2).ok()?;
        self.weighted_squares(weights).welch()
    }
}

/// Share of resamples that lie beyond either end of an interval of the mean of `n` numbers: less than half of what the interval
/// leaves out, since resamples of few numbers vary less than new samples of them do.
///
/// # Source
/// Hesterberg 2015, doi:10.1080/00031305.2015.1089789: the expanded percentile interval,
/// `Φ(−√(n / (n − 1)) t_{1 − α/2, n − 1})`.
pub(crate) fn expanded_tail(n: usize, level: f64) -> f64 {
    let tail = 0.5 * (1.0 - level.clamp(0.0, 1.0));
    let freedom = n.saturating_sub(1).max(1) as f64;
    let Ok(t) = StudentsT::new(0.0, 1.0, freedom) else { return tail };
    Normal::standard().cdf(-((freedom + 1.0) / freedom).sqrt() * t.inverse_cdf(1.0 - tail))
}

/// The interval that leaves a share `tail` of the resamples out at either end; there is at least one.
pub(crate) fn percentiles(mut resamples: Vec<f64>, tail: f64) -> [f64; 2] {
    resamples.sort_by(f64::total_cmp);
    [quantile(&resamples, tail), quantile(&resamples, 1.0 - tail)]
}

/// Quantile of sorted values, linear between them.
pub(crate) fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let (low, high) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    low + (high - low) * place.fract()
}
