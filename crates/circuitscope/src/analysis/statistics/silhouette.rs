//! How much nearer an item is to its own class than to the next.

use super::{Grouped, Undefined};

impl Grouped {
    /// Mean silhouette, −1 to 1. An item alone in its class counts as 0.
    ///
    /// # Errors
    /// [`Undefined`]: fewer than two classes, only classes of one, or no distance above zero.
    ///
    /// # Source
    /// Rousseeuw 1987, doi:10.1016/0377-0427(87)90125-7, with the conventions of scikit-learn's `silhouette_score`.
    pub fn silhouette(&self) -> Result<f64, Undefined> {
        self.check_separable()?;
        Ok(self.weighted_silhouette(&vec![1.0; self.n_items()]))
    }

    /// Mean silhouette of items that count `weights` times each, where copies of one item are no neighbours of each
    /// other. Every class must have weight.
    pub(super) fn weighted_silhouette(&self, weights: &[f64]) -> f64 {
        let n_classes = self.n_classes();
        let mut sizes = vec![0.0; n_classes];
        for (&class, weight) in self.classes.iter().zip(weights) {
            sizes[class] += weight;
        }
        let mut sums = vec![0.0; n_classes];
        let mut total = 0.0;
        for ((row, &class), &weight) in self.distances.outer_iter().zip(&self.classes).zip(weights) {
            let others = sizes[class] - weight;
            if weight == 0.0 || others <= 0.0 {
                continue;
            }
            sums.fill(0.0);
            for ((&distance, &other), &count) in row.iter().zip(&self.classes).zip(weights) {
                sums[other] += count * distance;
            }
            let within = sums[class] / others;
            let between = (0..n_classes)
                .filter(|&other| other != class)
                .map(|other| sums[other] / sizes[other])
                .fold(f64::INFINITY, f64::min);
            let larger = within.max(between);
            if larger > 0.0 {
                total += weight * (between - within) / larger;
            }
        }
        total / sizes.iter().sum::<f64>()
    }
}
