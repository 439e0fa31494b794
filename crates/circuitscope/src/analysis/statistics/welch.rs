//! Welch's analysis of variance on distances: whether classes lie in different places, whatever their spreads.

use super::squares::Squares;
use super::{Grouped, Undefined};

/// What the test found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Welch {
    /// W*d: distances between centroids, each class weighted by its size over its variance.
    pub w: f64,
    /// Share of relabellings with at least this W*d, the given one included.
    pub p: f64,
}

impl Grouped {
    /// Tests whether the centroids of classes differ, by permuting labels under a statistic in which each class counts by its own
    /// variance, so that unequal spreads and sizes do not pass for a difference of location, as they do in
    /// [`Grouped::permanova`].
    ///
    /// With 12 tight and 4 wide networks (1 : 3) of one centre it finds a difference in 7 of 100 studies, pseudo-F in 33 to 58.
    /// The level rests on each class showing its own spread: of six classes of three, of which two are three times as wide, it
    /// finds one in 13 of 100 studies (pseudo-F 10), with ten a class in 6.
    ///
    /// # Errors
    /// [`Undefined`]: fewer than two classes, a class of one, no distance above zero, or a class without variance.
    ///
    /// # Source
    /// Hamidi, Wallace, Vasavada, Reed & Alekseyenko 2019, doi:10.1186/s40168-019-0659-9: W*d, the form for k classes of
    /// Alekseyenko 2016, doi:10.1093/bioinformatics/btw524.
    pub fn welch(&self, n_permutations: usize, seed: u64) -> Result<Welch, Undefined> {
        self.check_members(2)?;
        let squares: Vec<f64> = self.distances.iter().map(|d| d * d).collect();
        let sizes: Vec<usize> = self.members.iter().map(Vec::len).collect();
        let of_order = |order: &[usize]| Squares::of_order(&squares, order, &sizes).welch();
        let given: Vec<usize> = self.members.iter().flatten().copied().collect();
        let w = of_order(&given).ok_or(Undefined::NoSpread)?;
        // The margin keeps a permutation that gives the same classes from losing to rounding. Classes that a permutation leaves
        // without variance lie apart as clearly as any.
        let limit = w - 1e-12 * w.abs();
        let relabellings = self.relabellings(n_permutations, seed);
        Ok(Welch { w, p: relabellings.p(|order| of_order(order).is_none_or(|other| other >= limit)) })
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{POINTS, SIZES, grouped, labels_of, scattered, shares};
    use super::*;
    use crate::analysis::embedding::distances;
    use ndarray::Array2;

    #[test]
    fn w_is_welchs_of_the_coordinates() {
        let points = Array2::from(POINTS.to_vec());
        let labels = labels_of(&SIZES);
        // SciPy 1.17, `f_oneway(…, equal_var=False)` on the first coordinate alone.
        let first = distances(points.slice(ndarray::s![.., ..1]));
        let found = grouped(&first, &labels).welch(0, 1).expect("three classes").w;
        assert!((found / 14.257_094_465_925_878 - 1.0).abs() < 1e-12, "{found}");
        // NumPy, from centroids and variances of the points.
        let found = grouped(&distances(points.view()), &labels).welch(0, 1).expect("three classes").w;
        assert!((found / 17.010_555_970_351_835 - 1.0).abs() < 1e-12, "{found}");
        // NumPy, sums over the matrix as in Alekseyenko's `WdS`: distances of no Euclidean space.
        let bent = super::super::tests::bent();
        let found = grouped(&bent, &labels).welch(0, 1).expect("three classes").w;
        assert!((found / 32.292_732_556_358_45 - 1.0).abs() < 1e-12, "{found}");
    }

    #[test]
    fn of_two_classes_of_equal_size_it_is_pseudo_f_and_its_p_counts_every_order() {
        let rows = [0, 1, 2, 5, 6, 7];
        let points = Array2::from(POINTS.to_vec()).select(ndarray::Axis(0), &rows);
        let at = grouped(&distances(points.view()), &[0, 0, 0, 1, 1, 1]);
        let (welch, permanova) = (at.welch(999, 1).expect("two"), at.permanova(999, 1).expect("two"));
        assert!((welch.w - 61.0 / 7.0).abs() < 1e-12 && (permanova.pseudo_f - 61.0 / 7.0).abs() < 1e-12);
        // NumPy over the C(6, 3) divisions: the given one and its mirror image.
        assert_eq!([welch.p, permanova.p], [0.1; 2]);
    }

    /// Shares of 1000 studies in which W*d, pseudo-F and the test of spread have p ≤ 0.05.
    fn found(sizes: &[usize], spreads: &[f64], shift: f64, dimensions: usize) -> [f64; 3] {
        let mut p: [Vec<f64>; 3] = Default::default();
        for seed in 0..1000 {
            let at = scattered(sizes, spreads, shift, dimensions, seed);
            p[0].push(at.welch(199, seed).expect("classes").p);
            p[1].push(at.permanova(199, seed).expect("classes").p);
            p[2].push(at.dispersion(199, seed).expect("classes").p);
        }
        p.map(|p| shares(&p)[0][1])
    }

    #[test]
    fn unequal_spreads_and_sizes_do_not_pass_for_a_difference_of_location() {
        for dimensions in [2, 10] {
            let [welch, pseudo_f, spread] = found(&[12, 4], &[1.0, 3.0], 0.0, dimensions);
            // 7 of 100, and three standard errors of a share over 1000 draws.
            assert!(welch < 0.07 + 0.025, "{dimensions}: {welch}");
            assert!(pseudo_f > 0.25 && spread > 0.8, "{dimensions}: {pseudo_f} {spread}");
        }
        let [welch, pseudo_f, _] = found(&[10; 6], &[1.0, 1.0, 1.0, 1.0, 3.0, 3.0], 0.0, 5);
        assert!(welch < 0.05 + 0.03 && pseudo_f < 0.15, "{welch} {pseudo_f}");
    }

    #[test]
    fn classes_of_one_spread_have_the_level_and_nearly_the_power_of_pseudo_f() {
        for sizes in [&[12, 4][..], &[3; 6]] {
            let [welch, ..] = found(sizes, &vec![1.0; sizes.len()], 0.0, 5);
            assert!(welch < 0.05 + 0.021, "{sizes:?}: {welch}"); // three standard errors
        }
        let [welch, pseudo_f, _] = found(&[6; 3], &[1.0; 3], 2.5, 5);
        assert!(pseudo_f > 0.8 && welch > pseudo_f - 0.1, "{welch} {pseudo_f}");
        // Planted beside unequal spreads.
        let [welch, ..] = found(&[12, 4], &[1.0, 3.0], 12.0, 10);
        assert!(welch > 0.9, "{welch}");
    }

    #[test]
    fn classes_without_a_spread_of_their_own_have_no_w() {
        let two_places = Array2::from_shape_fn((6, 6), |(i, j)| f64::from(u8::from(i / 3 != j / 3)));
        assert_eq!(grouped(&two_places, &[0, 0, 0, 1, 1, 1]).welch(9, 1), Err(Undefined::NoSpread));
        let alone = grouped(&two_places, &[0, 0, 0, 1, 1, 2]).welch(9, 1);
        assert_eq!(alone, Err(Undefined::Members { found: 1, expected: 2 }));
    }
}
