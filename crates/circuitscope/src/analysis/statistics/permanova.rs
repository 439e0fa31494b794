//! Permutational analysis of variance: whether classes differ more than chance divides them.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::Grouped;
use crate::analysis::distance::mix;

/// Label permutations of a test (science §5).
pub const N_PERMUTATIONS: usize = 9999;

/// What the test found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Permanova {
    /// Variance between classes over variance within, each by its degrees of freedom.
    pub pseudo_f: f64,
    /// Share of the total variance that lies between classes, 0 to 1.
    pub r2: f64,
    /// `(permutations with at least this pseudo-F + 1) / (permutations + 1)`.
    pub p: f64,
    /// Permutations made.
    pub n_permutations: usize,
}

impl Grouped {
    /// Tests whether the classes differ, by permuting their labels; [`None`] if pseudo-F is not defined: fewer than two
    /// classes, only classes of one, or no variance within classes.
    ///
    /// # Source
    /// Anderson 2001, doi:10.1111/j.1442-9993.2001.01070.pp.x; p as in Phipson & Smyth 2010, doi:10.2202/1544-6115.1585.
    pub fn permanova(&self, n_permutations: usize, seed: u64) -> Option<Permanova> {
        let n = self.n_items();
        let squares: Vec<f64> = self.distances.iter().map(|d| d * d).collect();
        let total = upper_sum(&squares, n) / n as f64;
        let sizes: Vec<usize> = self.members.iter().map(Vec::len).collect();
        let order: Vec<u32> = self.members.iter().flatten().map(|&item| item as u32).collect();
        let within = within(&squares, n, &order, &sizes);
        let pseudo_f = self.pseudo_f_of(within, total)?;
        // Pseudo-F falls as the variance within rises, so that the permutations need only the latter. The margin
        // keeps a permutation that gives the same classes from losing to rounding.
        let limit = within + 1e-12 * total;
        let n_as_good = (0..n_permutations)
            .into_par_iter()
            .filter(|&permutation| {
                let mut rng = ChaCha8Rng::seed_from_u64(mix(seed ^ mix(permutation as u64)));
                let mut order = order.clone();
                order.shuffle(&mut rng);
                self::within(&squares, n, &order, &sizes) <= limit
            })
            .count();
        let p = (n_as_good + 1) as f64 / (n_permutations + 1) as f64;
        Some(Permanova { pseudo_f, r2: 1.0 - within / total, p, n_permutations })
    }

    /// Pseudo-F of sums of squares within classes and in all.
    pub(super) fn pseudo_f_of(&self, within: f64, total: f64) -> Option<f64> {
        if !self.is_separable() || within <= 1e-14 * total {
            return None;
        }
        let between_freedom = (self.n_classes() - 1) as f64;
        let within_freedom = (self.n_items() - self.n_classes()) as f64;
        Some(((total - within) / between_freedom) / (within / within_freedom))
    }
}

/// Sum of squares within classes that take their members from `order` in turn.
fn within(squares: &[f64], n: usize, order: &[u32], sizes: &[usize]) -> f64 {
    let mut start = 0;
    let mut sum = 0.0;
    for &size in sizes {
        let members = &order[start..start + size];
        let mut class_sum = 0.0;
        for (k, &i) in members.iter().enumerate() {
            let row = &squares[i as usize * n..][..n];
            class_sum += members[..k].iter().map(|&j| row[j as usize]).sum::<f64>();
        }
        sum += class_sum / size as f64;
        start += size;
    }
    sum
}

/// Sum over unordered pairs.
fn upper_sum(squares: &[f64], n: usize) -> f64 {
    (0..n).map(|i| squares[i * n..][..i].iter().sum::<f64>()).sum()
}
