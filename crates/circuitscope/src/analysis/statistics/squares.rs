//! Sums of squared distances within and between classes: all that the tests of location need of a matrix.

use super::Grouped;

/// Sums of squared distances of classes.
#[derive(Clone, Debug)]
pub(super) struct Squares {
    /// Over unordered pairs of items: of one class on the diagonal, of two elsewhere; symmetric `[C, C]`.
    sums: Vec<Vec<f64>>,
    /// Items of each class `[C]`.
    sizes: Vec<f64>,
}

impl Grouped {
    /// Of items that count `weights` times each, from mean squared distances over pairs of distinct items, as often as the
    /// sample has such pairs.
    pub(super) fn weighted_squares(&self, weights: &[f64]) -> Squares {
        let n_classes = self.n_classes();
        let mut sums = vec![vec![0.0; n_classes]; n_classes];
        for ((row, &class), &weight) in self.distances.outer_iter().zip(&self.classes).zip(weights) {
            if weight > 0.0 {
                let sums = &mut sums[class];
                for ((distance, &other), count) in row.iter().zip(&self.classes).zip(weights) {
                    sums[other] += weight * count * distance * distance;
                }
            }
        }
        for (class, members) in self.members.iter().enumerate() {
            let size = members.len() as f64;
            let copies: f64 = members.iter().map(|&item| weights[item] * weights[item]).sum();
            // Ordered pairs count twice; of a class of one there is none.
            let pairs = (size * size - copies).max(f64::MIN_POSITIVE);
            sums[class][class] *= 0.5 * (size * (size - 1.0)) / pairs;
        }
        Squares { sums, sizes: self.members.iter().map(|members| members.len() as f64).collect() }
    }
}

impl Squares {
    /// Of classes that take their members from `order` in turn.
    ///
    /// - `squares`: squared distances `[K, K]`, row by row.
    pub(super) fn of_order(squares: &[f64], order: &[usize], sizes: &[usize]) -> Self {
        let (n, n_classes) = (order.len(), sizes.len());
        let mut sums = vec![vec![0.0; n_classes]; n_classes];
        let classes: Vec<usize> =
            sizes.iter().enumerate().flat_map(|(class, &size)| std::iter::repeat_n(class, size)).collect();
        for (k, (&i, &class)) in order.iter().zip(&classes).enumerate() {
            let row = &squares[i * n..][..n];
            for (&j, &other) in order[..k].iter().zip(&classes) {
                sums[class][other] += row[j];
            }
        }
        for class in 0..n_classes {
            for other in 0..class {
                sums[other][class] = sums[class][other];
            }
        }
        Self { sums, sizes: sizes.iter().map(|&size| size as f64).collect() }
    }

    /// Sums of squares about the mean, within classes and in all.
    pub(super) fn within_and_total(&self) -> [f64; 2] {
        let n: f64 = self.sizes.iter().sum();
        let (mut within, mut total) = (0.0, 0.0);
        for (class, size) in self.sizes.iter().enumerate() {
            within += self.sums[class][class] / size;
            total += self.sums[class][..=class].iter().sum::<f64>() / n;
        }
        [within, total]
    }

    /// W*d; none where a class does not vary.
    ///
    /// `Σ_{i<j} (w_i w_j / W) δ²_ij / (k − 1) / (1 + 2 (k − 2) / (k² − 1) Σ_i (1 − w_i / W)² / (n_i − 1))` with `s²_i` the
    /// variance of a class, `w_i = n_i / s²_i`, `W` their sum, and `δ²_ij` the squared distance of two centroids.
    pub(super) fn welch(&self) -> Option<f64> {
        let k = self.sizes.len() as f64;
        let [_, total] = self.within_and_total();
        let variances: Vec<f64> = self
            .sizes
            .iter()
            .enumerate()
            .map(|(class, size)| self.sums[class][class] / (size * (size - 1.0)))
            .collect();
        // A class of one has no variance either: 0 / 0.
        if variances.iter().any(|variance| variance.is_nan() || *variance <= 1e-14 * total) {
            return None;
        }
        let weights: Vec<f64> =
            self.sizes.iter().zip(&variances).map(|(size, variance)| size / variance).collect();
        let whole: f64 = weights.iter().sum();
        let mut between = 0.0;
        for i in 0..self.sizes.len() {
            for j in 0..i {
                let own = |class: usize| self.sums[class][class] / (self.sizes[class] * self.sizes[class]);
                let square = self.sums[i][j] / (self.sizes[i] * self.sizes[j]) - own(i) - own(j);
                between += weights[i] * weights[j] * square;
            }
        }
        let unequal: f64 = self
            .sizes
            .iter()
            .zip(&weights)
            .map(|(size, weight)| (1.0 - weight / whole).powi(2) / (size - 1.0))
            .sum();
        Some(between / whole / (k - 1.0) / (1.0 + 2.0 * (k - 2.0) / (k * k - 1.0) * unequal))
    }
}
