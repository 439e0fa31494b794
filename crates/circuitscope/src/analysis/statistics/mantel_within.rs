//! Whether two matrices of distances agree on networks of the same class.
//!
//! Over all pairs a correlation rises by class identity alone: two aspects that both tell classes apart agree, whatever they say
//! of two networks of a class. Here only pairs of one class count, as deviations from the mean of their class, and networks are
//! permuted within their class.

use std::collections::BTreeMap;

use ndarray::ArrayView2;

use super::relabelling::Relabellings;
use super::resampling::{Bootstrap, Ends, Given, Interval, Streams, redrawn};
use super::tails::Tails;

/// Fewest networks of a class: of two there is one pair, which is its own mean.
const FEWEST: usize = 3;

/// Agreement of two matrices within classes.
#[derive(Clone, Debug, PartialEq)]
pub struct MantelWithin {
    /// Pearson correlation over pairs of items of one class, each matrix less its mean over the pairs of that class.
    pub r: f64,
    /// Permutation p of agreement (above) and of the opposite (below): items of one matrix permuted within their class.
    pub tails: Tails,
    /// 95 % interval over items, drawn within classes; none without a resample or where one does not vary.
    pub interval: Option<[f64; 2]>,
    /// The smallest one-sided p that so many items could give.
    pub least_p: f64,
    /// Items that count.
    pub n_items: usize,
    /// Classes of fewer than three items, which do not.
    pub left_out: Vec<usize>,
}

/// Correlates two matrices of distances `[K, K]` within classes; [`None`] if shapes differ, no class has three items, or a matrix
/// does not vary within classes.
///
/// - `classes`: of each item `[K]`, any numbers.
///
/// # Source
/// Mantel 1967, Cancer Res. 27:209; permutations within strata: Anderson & ter Braak 2003, doi:10.1080/00949650215733.
pub fn mantel_within(
    a: ArrayView2<'_, f64>,
    b: ArrayView2<'_, f64>,
    classes: &[usize],
    n_permutations: usize,
    bootstrap: Bootstrap,
) -> Option<MantelWithin> {
    if a.dim() != b.dim() || a.dim() != (classes.len(), classes.len()) {
        return None;
    }
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (item, &class) in classes.iter().enumerate() {
        members.entry(class).or_default().push(item);
    }
    let left_out =
        members.iter().filter(|(_, items)| items.len() < FEWEST).map(|(&class, _)| class).collect();
    let members: Vec<Vec<usize>> = members.into_values().filter(|items| items.len() >= FEWEST).collect();
    let correlate = |of_a: &[Vec<usize>], of_b: &[Vec<usize>]| correlation(a, b, of_a, of_b);
    let r = correlate(&members, &members)?;
    let items: Vec<Vec<usize>> = members.iter().flatten().map(|&item| vec![item]).collect();
    let orders = Relabellings::within(&items, |item| classes[item], n_permutations, bootstrap.seed);
    let in_order = |order: &[usize]| -> Option<f64> {
        let mut rest = order;
        let permuted = members.iter().map(|items| {
            let (own, others) = rest.split_at(items.len());
            rest = others;
            own.to_vec()
        });
        correlate(&members, &permuted.collect::<Vec<_>>())
    };
    let resamples = bootstrap.resamples(Streams::Each, |rng| {
        let draw = |items: &Vec<usize>| redrawn(items.len(), items.len(), rng).map(|at| items[at]).collect();
        let drawn: Vec<Vec<usize>> = members.iter().map(draw).collect();
        correlate(&drawn, &drawn)
    });
    let fewest = members.iter().map(Vec::len).min()?;
    let ends = Ends::Expanded { n: fewest, freedom: (items.len() - members.len()) as f64 };
    let all: f64 = members.iter().map(|items| (1..=items.len()).map(|i| i as f64).product::<f64>()).product();
    Some(MantelWithin {
        r,
        tails: orders.tails(r, 1e-12, in_order), // rounding
        interval: bootstrap.interval(ends, resamples).map(Interval::ends),
        least_p: (1.0 / all).max(orders.p_of(0, Given::Beside)),
        n_items: items.len(),
        left_out,
    })
}

/// Correlation over pairs of distinct items of one class.
fn correlation(
    a: ArrayView2<'_, f64>,
    b: ArrayView2<'_, f64>,
    of_a: &[Vec<usize>],
    of_b: &[Vec<usize>],
) -> Option<f64> {
    let [mut product, mut square_a, mut square_b, mut size] = [0.0; 4];
    for (items, others) in of_a.iter().zip(of_b) {
        let [mut n, mut x, mut y, mut xx, mut yy, mut xy] = [0.0; 6];
        for i in 1..items.len() {
            for j in (0..i).filter(|&j| items[i] != items[j]) {
                let (p, q) = (a[[items[i], items[j]]], b[[others[i], others[j]]]);
                n += 1.0;
                x += p;
                y += q;
                xx += p * p;
                yy += q * q;
                xy += p * q;
            }
        }
        if n > 0.0 {
            product += xy - x * y / n;
            square_a += xx - x * x / n;
            square_b += yy - y * y / n;
            size += xx * yy;
        }
    }
    // Equal distances differ from their mean by its rounding.
    let varies = square_a * square_b > 1e-20 * size;
    varies.then(|| product / (square_a * square_b).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::embedding::distances;
    use crate::analysis::statistics::mantel::mantel;
    use crate::analysis::statistics::tests::{assert_uniform, labels_of};
    use ndarray::Array2;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;
    use rand_distr::StandardNormal;

    const BOOTSTRAP: Bootstrap = Bootstrap { n_resamples: 99, level: 0.95, seed: 1 };

    /// Two matrices of three classes of six, which lie far apart in both; `shared` of the places within a class are the same.
    fn pair(shared: f64, seed: u64) -> ([Array2<f64>; 2], Vec<usize>) {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let classes = labels_of(&[6; 3]);
        let mut normals = || Array2::from_shape_simple_fn((18, 2), || rng.sample::<f64, _>(StandardNormal));
        let (common, own) = (normals(), [normals(), normals()]);
        let matrix = |own: &Array2<f64>| {
            let mut places = &common * shared.sqrt() + own * (1.0 - shared).sqrt();
            for (mut place, &class) in places.outer_iter_mut().zip(&classes) {
                place[0] += 20.0 * class as f64;
            }
            distances(places.view())
        };
        (own.each_ref().map(matrix), classes)
    }

    #[test]
    fn the_correlation_is_that_of_deviations_from_class_means() {
        // Classes {0, 1, 2} and {3, 4, 5}; 6 is alone. By hand: a less its mean is (−1, 0, 1) and (−2, −2, 4), b (0, −1, 1) and
        // (2, −4, 2): product 1 + 12, squares 2 + 24 and 2 + 24.
        let matrix = |of: [f64; 6]| {
            let mut matrix = Array2::from_elem((7, 7), 9.0);
            for (k, (i, j)) in [(0, 1), (0, 2), (1, 2), (3, 4), (3, 5), (4, 5)].into_iter().enumerate() {
                (matrix[[i, j]], matrix[[j, i]]) = (of[k], of[k]);
            }
            matrix
        };
        let (a, b) = (matrix([1.0, 2.0, 3.0, 5.0, 5.0, 11.0]), matrix([2.0, 1.0, 3.0, 9.0, 3.0, 9.0]));
        let found = mantel_within(a.view(), b.view(), &[0, 0, 0, 1, 1, 1, 7], 36, BOOTSTRAP).expect("varies");
        assert!((found.r - 13.0 / 26.0).abs() < 1e-12, "{found:?}");
        assert_eq!((found.left_out, found.n_items, found.least_p), (vec![7], 6, 1.0 / 36.0));
    }

    #[test]
    fn class_identity_alone_does_not_pass_for_agreement() {
        let tested = |shared: f64, seed: u64| {
            let ([a, b], classes) = pair(shared, seed);
            mantel_within(a.view(), b.view(), &classes, 99, Bootstrap { n_resamples: 0, seed, ..BOOTSTRAP })
        };
        let p: Vec<f64> = (0..400).map(|seed| tested(0.0, seed).expect("varies").tails.above).collect();
        assert_uniform(&p);
        let ([a, b], _) = pair(0.0, 1);
        assert!(mantel(a.view(), b.view(), 0, 1).expect("varies").r > 0.95);
        let n_found = (0..50).filter(|&seed| tested(0.8, seed).expect("varies").tails.above <= 0.05).count();
        assert!(n_found > 38, "{n_found}");
    }
}
