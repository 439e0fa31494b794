//! Whether classes are of unequal spread (PERMDISP).

use super::resampling::Given;
use super::{Grouped, Undefined};

/// What the test found.
#[derive(Clone, Debug, PartialEq)]
pub struct Dispersion {
    /// F of an analysis of variance of the distances of items to the centroid of their class.
    pub f: f64,
    /// Share of relabellings of the residuals with at least this F, the given one counted beside them.
    ///
    /// Of few networks it speaks up too often, since items share the centroid that they are measured from: of studies of equal
    /// spread 20 of 100 with six classes of three, 9 with three of five, 6 with six of ten.
    pub p: f64,
    /// Mean distance to the centroid of each class, classes in the order of the labels.
    pub spreads: Vec<f64>,
}

impl Grouped {
    /// Tests whether classes differ in spread: by the distances of items to the centroid of their class, whose residuals are
    /// permuted.
    ///
    /// A distance to a centroid follows from the matrix alone, `d²(i, c) = Σ_j d²_ij / n − Σ_jk d²_jk / 2n²`, which is that over
    /// all principal coordinates, the squares along axes of negative eigenvalues subtracted; negative ones count as 0, as in
    /// vegan's `betadisper` with `type = "centroid"`.
    ///
    /// # Errors
    /// [`Undefined`]: fewer than two classes, fewer than three in one (two are equally far from their centroid), no distance
    /// above zero, or distances to the centroid that are the same all over each class.
    ///
    /// # Source
    /// Anderson 2006, doi:10.1111/j.1541-0420.2005.00440.x.
    pub fn dispersion(&self, n_permutations: usize, seed: u64) -> Result<Dispersion, Undefined> {
        self.check_members(3)?;
        let sizes: Vec<usize> = self.members.iter().map(Vec::len).collect();
        let mut reaches = self.centroid_reaches();
        let spreads: Vec<f64> = self
            .members
            .iter()
            .map(|members| members.iter().map(|&item| reaches[item]).sum::<f64>() / members.len() as f64)
            .collect();
        let given: Vec<usize> = self.members.iter().flatten().copied().collect();
        let largest = reaches.iter().copied().fold(0.0, f64::max);
        let f = f_ratio(&reaches, &given, &sizes, largest).ok_or(Undefined::NoSpread)?;
        for (reach, &class) in reaches.iter_mut().zip(&self.classes) {
            *reach -= spreads[class];
        }
        let limit = f * (1.0 - 1e-12); // rounding
        let relabellings = self.relabellings(n_permutations, seed);
        let as_far = relabellings
            .map(|order| f_ratio(&reaches, order, &sizes, largest).is_none_or(|other| other >= limit));
        let n_as_far = as_far.into_iter().filter(|&is_as_far| is_as_far).count();
        // Residuals in their own classes have no F: the given labels are not among the relabellings.
        Ok(Dispersion { f, p: relabellings.p_of(n_as_far, Given::Beside), spreads })
    }

    /// Distance of each item to the centroid of its class `[K]`.
    fn centroid_reaches(&self) -> Vec<f64> {
        let mut reaches = vec![0.0; self.n_items()];
        for members in &self.members {
            let n = members.len() as f64;
            let mean_squares: Vec<f64> = members
                .iter()
                .map(|&i| members.iter().map(|&j| self.distances[[i, j]].powi(2)).sum::<f64>() / n)
                .collect();
            let own = 0.5 * mean_squares.iter().sum::<f64>() / n;
            for (&item, square) in members.iter().zip(mean_squares) {
                reaches[item] = (square - own).max(0.0).sqrt();
            }
        }
        reaches
    }
}

/// F of numbers in classes that take their members from `order` in turn; none where they do not vary within but for rounding of
/// the largest.
fn f_ratio(numbers: &[f64], order: &[usize], sizes: &[usize], largest: f64) -> Option<f64> {
    let (n, n_classes) = (order.len() as f64, sizes.len() as f64);
    let mean = order.iter().map(|&item| numbers[item]).sum::<f64>() / n;
    let (mut between, mut within, mut start) = (0.0, 0.0, 0);
    for &size in sizes {
        let members = &order[start..start + size];
        let own = members.iter().map(|&item| numbers[item]).sum::<f64>() / size as f64;
        between += size as f64 * (own - mean).powi(2);
        within += members.iter().map(|&item| (numbers[item] - own).powi(2)).sum::<f64>();
        start += size;
    }
    // The root of a difference of squares carries the root of their rounding.
    let rounding = n * f64::EPSILON * largest * largest;
    (within > rounding).then(|| (between / (n_classes - 1.0)) / (within / (n - n_classes)))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{POINTS, SIZES, bent, grouped, labels_of};
    use super::*;
    use crate::analysis::embedding::distances;
    use ndarray::Array2;

    #[test]
    fn f_is_that_of_principal_coordinates() {
        let points = Array2::from(POINTS.to_vec());
        let labels = labels_of(&SIZES);
        // scikit-bio 0.7.4, `permdisp(…, test="centroid")`.
        let found = grouped(&distances(points.view()), &labels).dispersion(0, 1).expect("three classes");
        assert!((found.f / 132.881_529_658_321_14 - 1.0).abs() < 1e-12, "{found:?}");
        // NumPy: eigenvectors of the centred matrix, squares along negative eigenvalues subtracted; SciPy's `f_oneway`.
        let found = grouped(&bent(), &labels).dispersion(0, 1).expect("three classes");
        assert!((found.f / 73.233_234_338_706_9 - 1.0).abs() < 1e-9, "{found:?}"); // eigenvectors keep fewer digits
        let expected = [1.634_243_780_484_634_8, 5.728_970_564_081_846, 0.850_064_700_972_123_3];
        for (found, expected) in found.spreads.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-9, "{found} {expected}");
        }
    }

    #[test]
    fn p_counts_every_order_of_the_residuals_beside_the_given_one() {
        let rows = [0, 1, 2, 4, 5, 6, 7];
        let points = Array2::from(POINTS.to_vec()).select(ndarray::Axis(0), &rows);
        let found =
            grouped(&distances(points.view()), &[0, 0, 0, 0, 1, 1, 1]).dispersion(999, 1).expect("two");
        // NumPy over the C(7, 4) orders: none has an F as high.
        assert!((found.f / 11.780_165_500_946_165 - 1.0).abs() < 1e-12, "{found:?}");
        assert_eq!(found.p, 1.0 / 36.0);
    }

    #[test]
    fn two_of_a_class_and_equal_reaches_have_no_test() {
        let points = Array2::from(POINTS.to_vec());
        let d = distances(points.view());
        let two = grouped(&d, &[0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2]).dispersion(9, 1);
        assert_eq!(two, Err(Undefined::Members { found: 2, expected: 3 }));
        // Every two items equally far: every item as far from its centroid.
        let simplex = Array2::from_shape_fn((6, 6), |(i, j)| f64::from(u8::from(i != j)));
        assert_eq!(grouped(&simplex, &[0, 0, 0, 1, 1, 1]).dispersion(9, 1), Err(Undefined::NoSpread));
    }
}
