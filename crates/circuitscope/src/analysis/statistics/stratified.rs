//! Whether a number a network differs between two classes where a second factor is a nuisance.

use rand_chacha::ChaCha8Rng;

use super::contrast::{
    Estimate, Exchanged, Size, correction, estimate, largest, mean, mean_redrawn, sum_of_squares,
};
use super::power::{Design, FEWEST, n_divisions};
use super::relabelling::Relabellings;
use super::resampling::{Ends, Resampling};
use crate::stream::mix;

/// Fewest networks of a class within a stratum: of one there is no spread.
const FEWEST_OF_CELL: usize = 2;

/// Numbers of two classes in one stratum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cells<'a> {
    /// Those of the first class.
    pub a: &'a [f64],
    /// Those of the second class.
    pub b: &'a [f64],
}

/// A difference of two classes over strata.
#[derive(Clone, Debug, PartialEq)]
pub struct Stratified {
    /// The mean over strata of the difference of means, each stratum with the same weight.
    pub estimate: Estimate,
    /// Places of the strata that count.
    pub counted: Vec<usize>,
    /// Places of those that lack two networks of a class, and do not.
    pub left_out: Vec<usize>,
}

/// Mean of `a` minus mean of `b` within each stratum, averaged over strata with equal weights; [`None`] where no stratum has two
/// networks of both classes, or those strata have fewer than three of a class.
///
/// Labels are permuted within strata, networks resampled within cells, and the effect is Hedges' g by the spread within cells: a
/// difference between strata, of whatever size, counts for nothing.
pub fn stratified_contrast(strata: &[Cells<'_>], resampling: Resampling) -> Option<Stratified> {
    if strata.iter().any(|cells| cells.a.iter().chain(cells.b).any(|x| !x.is_finite())) {
        return None;
    }
    let is_counted = |place: &usize| strata[*place].a.len().min(strata[*place].b.len()) >= FEWEST_OF_CELL;
    let (counted, left_out): (Vec<usize>, Vec<usize>) = (0..strata.len()).partition(is_counted);
    let kept: Vec<Cells<'_>> = counted.iter().map(|&place| strata[place]).collect();
    let n_strata = kept.len() as f64;
    let cells = || kept.iter().flat_map(|cells| [cells.a, cells.b]);
    let of_class = |class: fn(&Cells<'_>) -> usize| kept.iter().map(class).sum::<usize>();
    let [n_a, n_b] = [of_class(|cells| cells.a.len()), of_class(|cells| cells.b.len())];
    if n_a.min(n_b) < FEWEST {
        return None;
    }
    let freedom = (n_a + n_b) as f64 - 2.0 * n_strata;
    let size = Size {
        value: kept.iter().map(|cells| mean(cells.a) - mean(cells.b)).sum::<f64>() / n_strata,
        spread: (cells().map(sum_of_squares).sum::<f64>() / freedom).sqrt(),
        correction: correction(freedom),
        freedom,
        n_effective: n_strata * n_strata / cells().map(|cell| 1.0 / cell.len() as f64).sum::<f64>(),
    };
    let resample = |rng: &mut ChaCha8Rng| {
        let differences = kept.iter().map(|cells| mean_redrawn(cells.a, rng) - mean_redrawn(cells.b, rng));
        differences.sum::<f64>() / n_strata
    };
    let numbers: Vec<f64> =
        kept.iter().flat_map(|cells| cells.a).chain(kept.iter().flat_map(|cells| cells.b)).copied().collect();
    // Each number's stratum, and its weight in the mean over strata.
    let layout = |class: fn(&Cells<'_>) -> usize| {
        kept.iter().enumerate().flat_map(move |(stratum, cells)| {
            std::iter::repeat_n((stratum, 1.0 / (n_strata * class(cells) as f64)), class(cells))
        })
    };
    let places: Vec<(usize, f64)> = layout(|cells| cells.a.len())
        .chain(layout(|cells| cells.b.len()).map(|(stratum, weight)| (stratum, -weight)))
        .collect();
    let relabel = |order: &[usize]| -> f64 {
        order.iter().zip(&places).map(|(&item, (_, weight))| weight * numbers[item]).sum()
    };
    let groups = [(0..n_a).collect(), (n_a..n_a + n_b).collect()];
    let (most, seed) = (resampling.n_permutations, mix(resampling.seed ^ 2));
    let exchanged = Exchanged {
        relabellings: Relabellings::within(&groups, |item| places[item].0, most, seed),
        relabel,
        largest: largest(&numbers),
        least_p: 1.0 / kept.iter().map(|cells| n_divisions(&[cells.a.len(), cells.b.len()])).product::<f64>(),
    };
    let fewest = cells().map(<[f64]>::len).min()?;
    let ends = Ends::Expanded { n: fewest, freedom };
    let estimate = estimate(size, resample, exchanged, resampling, Design::TwoGroups, ends)?;
    Some(Stratified { estimate, counted, left_out })
}

/// How much the difference `a` less `b` of one stratum is above that of another: an interaction of class and stratum, with its 95 %
/// interval over networks; [`None`] where a cell has fewer than two networks.
///
/// It has no p: labels that are permuted within strata would say that neither stratum has a difference.
pub fn stratum_difference([one, other]: [Cells<'_>; 2], resampling: Resampling) -> Option<(f64, [f64; 2])> {
    let cells = [one, Cells { a: other.b, b: other.a }];
    let found = stratified_contrast(&cells, Resampling { n_permutations: 1, ..resampling })?;
    // The mean of the first difference and of the other with its sign changed is half of what is asked for.
    (found.left_out.is_empty())
        .then(|| (2.0 * found.estimate.value, found.estimate.interval.map(|end| 2.0 * end)))
}

#[cfg(test)]
mod tests {
    use super::super::contrast::contrast;
    use super::super::tails::Tails;
    use super::super::tests::{assert_uniform, grouped};
    use super::*;
    use crate::analysis::embedding::distances;
    use ndarray::Array2;
    use rand::{RngExt, SeedableRng};
    use rand_distr::StandardNormal;

    const FEW: Resampling = Resampling { n_resamples: 200, n_permutations: 199, seed: 5 };

    #[test]
    fn an_interaction_is_covered_by_its_interval_whatever_both_differences_are() {
        let covered = |n: usize, planted: f64| {
            let is_covered = |seed: &u64| {
                let mut rng = ChaCha8Rng::seed_from_u64(*seed);
                let mut normals = |shift: f64| -> Vec<f64> {
                    (0..n).map(|_| shift + rng.sample::<f64, _>(StandardNormal)).collect()
                };
                let cells = [[7.0 + planted, 0.0], [10.0, 3.0]].map(|means| means.map(&mut normals));
                let [one, other] = cells.each_ref().map(|[a, b]| Cells { a, b });
                let few = Resampling { n_resamples: 299, n_permutations: 1, seed: *seed };
                let (value, [low, high]) = stratum_difference([one, other], few).expect("two of each");
                assert!(low <= value && value <= high);
                low <= planted && planted <= high
            };
            (0..300).filter(is_covered).count() as f64 / 300.0
        };
        for n in [3, 5, 10] {
            for planted in [0.0, 2.0] {
                // Three standard errors below .95 over 300 draws.
                assert!(covered(n, planted) > 0.912, "{n} {planted}: {}", covered(n, planted));
            }
        }
        let one = Cells { a: &[1.0, 2.0], b: &[0.0, 1.0] };
        assert_eq!(stratum_difference([one, Cells { a: &[1.0], ..one }], FEW), None);
        let exact = [Cells { a: &[5.0, 5.0], b: &[1.0, 1.0] }, Cells { a: &[2.0, 2.0], b: &[1.0, 1.0] }];
        assert_eq!(stratum_difference(exact, FEW), Some((3.0, [3.0; 2])));
    }

    #[test]
    fn differences_within_strata_are_averaged_and_every_division_of_either_is_made() {
        let strata = [
            Cells { a: &[3.0, 4.0, 5.0], b: &[1.0, 2.0] },
            Cells { a: &[100.0, 104.0], b: &[102.0, 104.0] },
            Cells { a: &[7.0], b: &[1.0, 2.0, 3.0] },
        ];
        let found = stratified_contrast(&strata, FEW).expect("two strata");
        assert_eq!((found.counted, found.left_out), (vec![0, 1], vec![2]));
        // (2.5 − 1) / 2; pooled variance (2 + 0.5 + 8 + 2) / (9 − 4) = 2.5; J of 5 is 1 − 3 / 19.
        let estimate = found.estimate;
        assert!((estimate.value - 0.75).abs() < 1e-12);
        assert!((estimate.effect - 0.75 / 2.5_f64.sqrt() * (16.0 / 19.0)).abs() < 1e-12);
        // NumPy over the C(5, 3) C(4, 2) = 60 divisions.
        assert_eq!(estimate.tails, Tails { above: 18.0 / 60.0, below: 44.0 / 60.0 });
        assert_eq!(estimate.least_p, 1.0 / 60.0);
        assert_eq!(stratified_contrast(&strata[2..], FEW), None);
    }

    /// Numbers `[stratum][class]` of unlike composition: of the first stratum, which lies ten higher, there are more of the first
    /// class.
    fn numbers([many, few]: [usize; 2], effect: f64, seed: u64) -> [[Vec<f64>; 2]; 2] {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut cell = |n: usize, shift: f64| -> Vec<f64> {
            (0..n).map(|_| shift + rng.sample::<f64, _>(StandardNormal)).collect()
        };
        [[cell(many, 10.0 + effect), cell(few, 10.0)], [cell(few, effect), cell(many, 0.0)]]
    }

    fn of_strata(numbers: &[[Vec<f64>; 2]; 2]) -> Estimate {
        let cells = numbers.each_ref().map(|[a, b]| Cells { a, b });
        stratified_contrast(&cells, FEW).expect("two strata").estimate
    }

    #[test]
    fn what_differs_between_strata_is_not_taken_for_a_difference_of_classes() {
        let null: Vec<_> = (0..400).map(|seed| numbers([8, 2], 0.0, seed)).collect();
        let above: Vec<f64> = null.iter().map(|numbers| of_strata(numbers).tails.above).collect();
        assert_uniform(&above);
        // Pooled over strata, the composition alone passes for a difference.
        let pooled = |[[a, b], [c, d]]: &[[Vec<f64>; 2]; 2]| {
            contrast(&[&a[..], c].concat(), &[&b[..], d].concat(), FEW).expect("enough").tails.two_sided()
        };
        let n_found = null.iter().filter(|numbers| pooled(numbers) <= 0.05).count();
        assert!(n_found > 200, "{n_found}");
        let found = |seed: &u64| of_strata(&numbers([8, 2], 2.0, *seed)).tails.above <= 0.05;
        let n_found = (0..100).filter(found).count();
        assert!(n_found > 85, "{n_found}");
    }

    #[test]
    fn tests_of_distances_keep_their_level_where_strata_differ_and_find_what_differs_within_them() {
        let p = |sizes: [usize; 2], effect: f64, seed: u64| -> [f64; 4] {
            let cells = numbers(sizes, effect, seed);
            let places: Vec<[f64; 1]> = cells.iter().flatten().flatten().map(|&x| [x]).collect();
            let label = |of: fn(usize, usize) -> usize| -> Vec<usize> {
                let cell = |(k, cell): (usize, &Vec<f64>)| vec![of(k / 2, k % 2); cell.len()];
                cells.iter().flatten().enumerate().flat_map(cell).collect()
            };
            let d = distances(Array2::from(places).view());
            let plain = grouped(&d, &label(|_, class| class));
            let within = plain.clone().within(&label(|stratum, _| stratum)).expect("a stratum each");
            [
                plain.permanova(99, seed).expect("defined").p,
                within.permanova(99, seed).expect("defined").p,
                within.welch(99, seed).expect("defined").p,
                within.neighbour_test(5, 99, seed).expect("defined").tails.above,
            ]
        };
        let shares = |sizes: [usize; 2], effect: f64| {
            let found: Vec<[f64; 4]> = (0..300).map(|seed| p(sizes, effect, seed)).collect();
            [0, 1, 2, 3].map(|test| found.iter().filter(|p| p[test] <= 0.05).count() as f64 / 300.0)
        };
        // Of two of ten no vote of five is won: neighbours need more of a class in a stratum.
        let (null, planted) = (shares([8, 2], 0.0), shares([6, 4], 3.0));
        assert!(null[0] > 0.3, "{null:?}");
        // Three standard errors of 0.05 over 300 draws.
        assert!(null[1..].iter().all(|share| *share < 0.05 + 0.038), "{null:?}");
        assert!(planted[1..].iter().all(|share| *share > 0.5), "{planted:?}");
    }

    #[test]
    fn strata_of_one_class_are_named() {
        let d = Array2::from_shape_fn((6, 6), |(i, j)| (i as f64 - j as f64).abs());
        let within = grouped(&d, &[0, 0, 1, 1, 1, 1]).within(&[3, 3, 3, 8, 8, 8]).expect("a stratum each");
        assert_eq!(within.idle_strata(), [8]);
        // Three divisions of the first stratum.
        assert!((within.least_p() - 1.0 / 3.0).abs() < 1e-12);
        assert!(grouped(&d, &[0, 0, 1, 1, 1, 1]).within(&[1]).is_err());
    }
}
