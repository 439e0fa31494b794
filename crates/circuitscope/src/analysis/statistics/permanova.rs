//! Permutational analysis of variance: whether classes differ more than chance divides them.

use super::{Grouped, Undefined};

/// Label permutations of a test at most (docs/methods.md §5).
pub const N_PERMUTATIONS: usize = 9999;

/// What the test found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Permanova {
    /// Variance between classes over variance within, each by its degrees of freedom.
    pub pseudo_f: f64,
    /// Share of the total variance that lies between classes, 0 to 1.
    pub r2: f64,
    /// Share of relabellings with at least this pseudo-F, the given one included.
    pub p: f64,
}

impl Grouped {
    /// Tests whether the classes differ, by permuting their labels.
    ///
    /// It asks for a difference of location or of spread: with 12 tight and 4 wide networks of one centre it finds one in two of
    /// three studies. [`Grouped::dispersion`] says whether spreads differ; [`Grouped::welch`] asks for location alone.
    ///
    /// # Errors
    /// [`Undefined`]: fewer than two classes, only classes of one, no distance above zero, or no variance within classes.
    ///
    /// # Source
    /// Anderson 2001, doi:10.1111/j.1442-9993.2001.01070.pp.x.
    pub fn permanova(&self, n_permutations: usize, seed: u64) -> Result<Permanova, Undefined> {
        self.check_separable()?;
        let n = self.n_items();
        let squares: Vec<f64> = self.distances.iter().map(|d| d * d).collect();
        let total = upper_sum(&squares, n) / n as f64;
        let sizes: Vec<usize> = self.members.iter().map(Vec::len).collect();
        let order: Vec<usize> = self.members.iter().flatten().copied().collect();
        let within = within(&squares, n, &order, &sizes);
        let pseudo_f = self.pseudo_f_of(within, total).ok_or(Undefined::NoSpread)?;
        // Pseudo-F falls as the variance within rises, so that the permutations need only the latter. The margin
        // keeps a permutation that gives the same classes from losing to rounding.
        let limit = within + 1e-12 * total;
        let relabellings = self.relabellings(n_permutations, seed);
        let p = relabellings.p(|order| self::within(&squares, n, order, &sizes) <= limit);
        Ok(Permanova { pseudo_f, r2: 1.0 - within / total, p })
    }

    /// ω² of PERMANOVA: the share of the variance that lies between classes, less what classes of no effect would show; near 0
    /// without an effect (slightly below it or above), at most 1, and comparable between studies of unlike sizes.
    ///
    /// `(SS_b − (g − 1) MS_w) / (SS_t + MS_w)`.
    ///
    /// # Errors
    /// As [`Grouped::permanova`], but for classes without any variance, whose ω² is 1.
    ///
    /// # Source
    /// Hays 1963, *Statistics for Psychologists*; Olejnik & Algina 2003, doi:10.1037/1082-989X.8.4.434.
    pub fn omega_squared(&self) -> Result<f64, Undefined> {
        self.check_separable()?;
        self.weighted_omega_squared(&vec![1.0; self.n_items()]).ok_or(Undefined::NoSpread)
    }

    /// The same of items that count `weights` times each; none where no two of them differ.
    pub(super) fn weighted_omega_squared(&self, weights: &[f64]) -> Option<f64> {
        let [within, total] = self.weighted_squares(weights).within_and_total();
        let groups = self.n_classes() as f64;
        let mean_within = within / (self.n_items() as f64 - groups);
        let omega = (total - within - (groups - 1.0) * mean_within) / (total + mean_within);
        Some(omega).filter(|omega| omega.is_finite())
    }

    /// Pseudo-F of sums of squares within classes and in all.
    pub(super) fn pseudo_f_of(&self, within: f64, total: f64) -> Option<f64> {
        if self.check_separable().is_err() || within <= 1e-14 * total {
            return None;
        }
        let between_freedom = (self.n_classes() - 1) as f64;
        let within_freedom = (self.n_items() - self.n_classes()) as f64;
        Some(((total - within) / between_freedom) / (within / within_freedom))
    }
}

/// Sum of squares within classes that take their members from `order` in turn.
pub(super) fn within(squares: &[f64], n: usize, order: &[usize], sizes: &[usize]) -> f64 {
    let mut start = 0;
    let mut sum = 0.0;
    for &size in sizes {
        let members = &order[start..start + size];
        let mut class_sum = 0.0;
        for (k, &i) in members.iter().enumerate() {
            let row = &squares[i * n..][..n];
            class_sum += members[..k].iter().map(|&j| row[j]).sum::<f64>();
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
