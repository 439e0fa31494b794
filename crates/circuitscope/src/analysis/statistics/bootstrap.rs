//! How far a statistic would move with other networks of the same classes.
//!
//! Networks are drawn with replacement within their class (and stratum), because a study fixes how many it trains of each. Copies of
//! one network lie at distance zero from each other, which no two networks do; counted, they would raise silhouettes
//! and pseudo-F in every resample. Pairs of copies are therefore left out, as the diagonal is in the sample itself: the
//! bootstrap of a U-statistic (Arcones & Giné 1992, doi:10.1214/aos/1176348650) instead of a V-statistic. A vote of
//! neighbours has no such form, since copies crowd others out of the five; it has an interval of its own.

use rand_chacha::ChaCha8Rng;

use super::Grouped;
use super::resampling::{Bootstrap, Ends, Interval, Streams, redrawn};

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
    /// ω² of PERMANOVA.
    OmegaSquared,
}

impl Grouped {
    /// Confidence interval of a statistic over networks; [`None`] if the statistic is not defined, a class has fewer
    /// than three networks, or no resample is asked for.
    pub fn interval(&self, statistic: Statistic, bootstrap: Bootstrap) -> Option<Interval> {
        match statistic {
            Statistic::Silhouette => {
                self.check_separable().ok()?;
                self.resampled(bootstrap, |weights| Some(self.weighted_silhouette(weights)))
            }
            Statistic::OmegaSquared => {
                self.check_separable().ok()?;
                self.resampled(bootstrap, |weights| self.weighted_omega_squared(weights))
            }
            Statistic::PseudoF => self.resampled(bootstrap, |weights| self.weighted_pseudo_f(weights)),
            Statistic::WelchW => self.resampled(bootstrap, |weights| self.weighted_welch(weights)),
            Statistic::NeighbourAccuracy(k) => {
                self.accuracy_interval(k, bootstrap.level).filter(|_| self.can_be_resampled())
            }
        }
    }

    /// Interval of a statistic of how often each item counts; [`None`] where the networks themselves have none.
    pub(super) fn resampled(
        &self,
        bootstrap: Bootstrap,
        statistic: impl Fn(&[f64]) -> Option<f64> + Sync,
    ) -> Option<Interval> {
        statistic(&vec![1.0; self.n_items()]).filter(|_| self.can_be_resampled())?;
        let resamples = bootstrap.resamples(Streams::Each, |rng| statistic(&self.draw(rng)));
        bootstrap.interval(self.ends(), resamples)
    }

    /// How far out the ends of an interval over these networks lie.
    pub(super) fn ends(&self) -> Ends {
        let cells = self.cells();
        let n = cells.iter().map(Vec::len).min().unwrap_or(0);
        Ends::Expanded { n, freedom: self.n_items().saturating_sub(cells.len()) as f64 }
    }

    /// Whether every class, in every stratum, is large enough.
    pub(super) fn can_be_resampled(&self) -> bool {
        self.cells().iter().all(|members| members.len() >= SMALLEST_CLASS)
    }

    /// How often each item is drawn when each class is drawn with replacement, in every stratum by itself; again while one is
    /// a single item.
    pub(super) fn draw(&self, rng: &mut ChaCha8Rng) -> Vec<f64> {
        let mut weights = vec![0.0; self.n_items()];
        for members in &self.cells() {
            loop {
                for &item in members {
                    weights[item] = 0.0;
                }
                for place in redrawn(members.len(), members.len(), rng) {
                    weights[members[place]] += 1.0;
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
