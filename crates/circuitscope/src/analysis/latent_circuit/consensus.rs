//! What the fits of one network agree on.

use super::fit::{Fit, Outcome};
use super::matching::{agreement, matching, reordered};
use super::setting::Wiring;
use crate::analysis::statistics::{Bootstrap, Ends, Streams, redrawn};
use crate::network::Network;
use ndarray::Array2;

/// Correlation of weights from which on two fits count as one solution: they share four fifths of their variance.
pub const SAME_SOLUTION: f64 = 0.9;
/// Fewest fits from which intervals are taken: of two, every other resample is a single one.
const FEWEST_FITS: usize = 3;

/// A matrix of weights over fits.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    /// Mean over fits.
    pub mean: Array2<f64>,
    /// Lower and upper ends of the bootstrap's percentile intervals of the mean; [`None`] of fewer than three fits.
    pub interval: Option<[Array2<f64>; 2]>,
}

/// What fits of one network have in common. Fits that diverged are left out throughout.
#[derive(Clone, Debug, PartialEq)]
pub struct Consensus {
    /// Correlation of the weights of each pair of fits after matching their free nodes `[F, F]`.
    pub agreement: Array2<f64>,
    /// Which solution each fit found `[F]`, from 0 in the order of fits; the fits are linked from one to the next where their
    /// weights correlate by at least [`SAME_SOLUTION`].
    pub solutions: Vec<usize>,
    /// Recurrent weights of the fits that found the first fit's solution, in its order of nodes.
    pub w_rec: Weights,
    /// Input weights of the same.
    pub w_inp: Weights,
    /// Output weights of the same.
    pub w_out: Weights,
}

impl Consensus {
    /// Number of distinct solutions.
    pub fn n_solutions(&self) -> usize {
        self.solutions.iter().max().map_or(0, |last| last + 1)
    }

    /// Number of fits behind the consensus circuit.
    pub fn n_agreeing(&self) -> usize {
        self.solutions.iter().filter(|&&solution| solution == 0).count()
    }
}

/// The consensus of fits, the best first as [`super::fit::fits`] gives them; [`None`] if none finished.
pub fn consensus(fits: &[Fit], wiring: &Wiring, bootstrap: Bootstrap) -> Option<Consensus> {
    let finished = fits.iter().filter(|fit| fit.outcome == Outcome::Finished);
    let circuits: Vec<&Network> = finished.map(|fit| &fit.circuit).collect();
    let first = *circuits.first()?;
    let mut agreements = Array2::eye(circuits.len());
    for (i, a) in circuits.iter().enumerate() {
        for (j, b) in circuits.iter().enumerate().skip(i + 1) {
            let value = agreement(a, &reordered(b, &matching(a, b, wiring)), wiring);
            agreements[[i, j]] = value;
            agreements[[j, i]] = value;
        }
    }
    let solutions = linked(&agreements);
    let agreeing = circuits.iter().zip(&solutions).filter(|(_, solution)| **solution == 0);
    let matched: Vec<Network> = agreeing.map(|(b, _)| reordered(b, &matching(first, b, wiring))).collect();
    let weights = |of: fn(&Network) -> &Array2<f64>| {
        let matrices: Vec<&Array2<f64>> = matched.iter().map(of).collect();
        summary(&matrices, bootstrap)
    };
    Some(Consensus {
        agreement: agreements,
        solutions,
        w_rec: weights(|circuit| &circuit.w_rec),
        w_inp: weights(|circuit| &circuit.w_inp),
        w_out: weights(|circuit| &circuit.w_out),
    })
}

/// Labels of the groups that links of at least [`SAME_SOLUTION`] hold together, numbered as they come.
fn linked(agreement: &Array2<f64>) -> Vec<usize> {
    let n = agreement.nrows();
    let mut labels = vec![usize::MAX; n];
    let mut next = 0;
    for first in 0..n {
        if labels[first] != usize::MAX {
            continue;
        }
        labels[first] = next;
        let mut waiting = vec![first];
        while let Some(i) = waiting.pop() {
            for j in 0..n {
                if labels[j] == usize::MAX && agreement[[i, j]] >= SAME_SOLUTION {
                    labels[j] = next;
                    waiting.push(j);
                }
            }
        }
        next += 1;
    }
    labels
}

pub(super) fn summary(matrices: &[&Array2<f64>], bootstrap: Bootstrap) -> Weights {
    let shape = matrices[0].dim();
    let n = matrices.len();
    let mean_of = |chosen: Vec<usize>| {
        let n = chosen.len() as f64;
        chosen.into_iter().fold(Array2::zeros(shape), |sum: Array2<f64>, i| sum + matrices[i]) / n
    };
    let mean = mean_of((0..n).collect());
    if n < FEWEST_FITS {
        return Weights { mean, interval: None };
    }
    let resamples = bootstrap.resamples(Streams::Each, |rng| mean_of(redrawn(n, n, rng).collect()));
    let interval =
        |(at, _)| bootstrap.interval(Ends::of_groups_of(n), resamples.iter().map(|resample| resample[at]));
    let intervals: Option<Vec<_>> = mean.indexed_iter().map(interval).collect();
    let ends = intervals.map(|intervals| {
        [0, 1].map(|end| {
            let mut ends = mean.clone();
            ends.iter_mut().zip(&intervals).for_each(|(entry, interval)| *entry = interval.ends()[end]);
            ends
        })
    });
    Weights { mean, interval: ends }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn fits_are_one_solution_where_links_lead_from_one_to_the_other() {
        let agreement = array![
            [1.0, 0.5, 0.95, 0.1],
            [0.5, 1.0, 0.2, 0.3],
            [0.95, 0.2, 1.0, 0.91],
            [0.1, 0.3, 0.91, 1.0],
        ];
        assert_eq!(linked(&agreement), [0, 1, 0, 0]);
    }

    #[test]
    fn an_interval_holds_the_mean_and_lies_within_the_fits() {
        let matrices = [array![[1.0]], array![[2.0]], array![[4.0]], array![[5.0]]];
        let views: Vec<&Array2<f64>> = matrices.iter().collect();
        let bootstrap = Bootstrap { n_resamples: 500, level: 0.95, seed: 1 };
        let found = summary(&views, bootstrap);
        let [low, high] = found.interval.expect("four fits");
        assert_eq!(found.mean[[0, 0]], 3.0);
        assert!(1.0 <= low[[0, 0]] && low[[0, 0]] < 3.0 && 3.0 < high[[0, 0]] && high[[0, 0]] <= 5.0);
        assert_eq!(summary(&views[..2], bootstrap).interval, None);
    }
}
