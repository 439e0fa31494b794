//! Whether classes differ at equal performance: regression of distances on class and performance.

use super::resampling::{Given, Interval, Resampling};
use super::tails::Tails;
use super::{Grouped, Undefined};
use crate::stream::mix;

/// How much farther two networks of different classes lie from each other than two of one class, at equal performance.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassCoefficient {
    /// Coefficient of "different classes" in distances, over their mean: 0 without a difference.
    pub value: f64,
    /// Its 95 % interval over networks, drawn within classes; none where a class has fewer than three.
    pub interval: Option<[f64; 2]>,
    /// Partial correlation of distances and "different classes" given the covariates: what is permuted.
    pub partial_r: f64,
    /// Permutation p of farther (above) and of nearer (below).
    pub tails: Tails,
    /// The smallest one-sided p that so many networks could give.
    pub least_p: f64,
}

/// Regresses distances on "different classes or not", with the absolute differences of covariates as nuisance, and tests the
/// coefficient by double semi-partialling (MRQAP).
///
/// - `covariates`: each `[K]`, finite, of the items of `grouped`; e.g. R² and the logarithm of the error. One that does not vary,
///   or follows from the others, adds nothing.
///
/// It keeps its level where classes perform alike. Where they do not, some of the difference is left: distances bend with
/// performance, and vary more where it differs more. With neighbouring classes 1.5 standard deviations of performance apart, and
/// no difference beside it, 15 of 100 studies have p ≤ .05 (all of them without the covariate; 19 with squares in place of
/// distances). [`at_equal_performance`](super::at_equal_performance) keeps its level there: decide by that, and tell this beside.
///
/// # Errors
/// [`Undefined`]: fewer than two classes, only classes of one, no distance above zero, a covariate of another length or without a
/// value ([`Undefined::Covariates`]), or classes that follow from the covariates ([`Undefined::NoSpread`]).
///
/// # Source
/// Dekker, Krackhardt & Snijders 2007, doi:10.1007/s11336-007-9016-1: permutes the residuals of the tested matrix on the others
/// and takes a pivotal statistic.
pub fn class_coefficient(
    grouped: &Grouped,
    covariates: &[&[f64]],
    resampling: Resampling,
) -> Result<ClassCoefficient, Undefined> {
    grouped.check_separable()?;
    let n = grouped.n_items();
    if covariates.iter().any(|covariate| covariate.len() != n || covariate.iter().any(|x| !x.is_finite())) {
        return Err(Undefined::Covariates);
    }
    let pairs: Vec<[usize; 2]> = (1..n).flat_map(|i| (0..i).map(move |j| [i, j])).collect();
    let of_pairs =
        |of: &dyn Fn(usize, usize) -> f64| pairs.iter().map(|&[i, j]| of(i, j)).collect::<Vec<f64>>();
    let lengths = of_pairs(&|i, j| grouped.distances[[i, j]]);
    let differs = of_pairs(&|i, j| f64::from(u8::from(grouped.classes[i] != grouped.classes[j])));
    let nuisances: Vec<Vec<f64>> =
        covariates.iter().map(|covariate| of_pairs(&|i, j| (covariate[i] - covariate[j]).abs())).collect();
    let value =
        coefficient(&lengths, &differs, &nuisances, &vec![1.0; pairs.len()]).ok_or(Undefined::NoSpread)?;

    let basis = basis(&nuisances, &vec![1.0; pairs.len()]);
    let (left, own) = (residual(&lengths, &basis), residual(&differs, &basis));
    // The residuals by item, so that items can be permuted.
    let mut by_item = vec![0.0; n * n];
    for (&[i, j], x) in pairs.iter().zip(&own) {
        (by_item[i * n + j], by_item[j * n + i]) = (*x, *x);
    }
    let (square_left, square_own) = (dot(&left, &left), dot(&own, &own));
    let correlation = |order: &[usize]| -> Option<f64> {
        let mut along = vec![0.0; basis.len()];
        let (mut product, mut pair) = (0.0, 0);
        for (i, &item) in order.iter().enumerate() {
            let row = &by_item[item * n..][..n];
            for &other in &order[..i] {
                let x = row[other];
                product += x * left[pair];
                for (sum, direction) in along.iter_mut().zip(&basis) {
                    *sum += x * direction[pair];
                }
                pair += 1;
            }
        }
        let square = square_own - dot(&along, &along);
        (square > 1e-12 * square_own).then(|| product / (square * square_left).sqrt())
    };
    let identity: Vec<usize> = (0..n).collect();
    let partial_r = correlation(&identity).filter(|r| r.is_finite()).ok_or(Undefined::NoSpread)?;
    let orders = grouped.orders(resampling.n_permutations, mix(resampling.seed ^ 3));
    let resample = |weights: &[f64]| {
        let weights: Vec<f64> = pairs.iter().map(|&[i, j]| weights[i] * weights[j]).collect();
        coefficient(&lengths, &differs, &nuisances, &weights)
    };
    Ok(ClassCoefficient {
        value,
        interval: grouped.resampled(resampling.bootstrap(), resample).map(Interval::ends),
        partial_r,
        tails: orders.tails(partial_r, 1e-12, correlation), // rounding
        least_p: grouped.least_p().max(orders.p_of(0, Given::Beside)),
    })
}

/// Coefficient of `differs` in a regression of `lengths` on it and on nuisances, pairs counting `weights` times, over the weighted
/// mean of `lengths`; none where it follows from them.
fn coefficient(lengths: &[f64], differs: &[f64], nuisances: &[Vec<f64>], weights: &[f64]) -> Option<f64> {
    let roots: Vec<f64> = weights.iter().map(|weight| weight.sqrt()).collect();
    let basis = basis(nuisances, &roots);
    let scaled = |of: &[f64]| of.iter().zip(&roots).map(|(x, root)| x * root).collect::<Vec<f64>>();
    let (left, own) = (scaled(lengths), residual(&scaled(differs), &basis));
    let square = dot(&own, &own);
    let mean = dot(&left, &roots) / dot(&roots, &roots);
    let is_free = square > 1e-10 * dot(&roots, &roots);
    is_free.then(|| dot(&own, &left) / square / mean).filter(|value| value.is_finite())
}

/// Orthonormal directions of the constant and the nuisances, every entry times its `roots`; those that follow from others are left
/// out.
fn basis(nuisances: &[Vec<f64>], roots: &[f64]) -> Vec<Vec<f64>> {
    let mut basis: Vec<Vec<f64>> = Vec::new();
    for nuisance in std::iter::once(None).chain(nuisances.iter().map(Some)) {
        let scaled: Vec<f64> = match nuisance {
            None => roots.to_vec(),
            Some(nuisance) => nuisance.iter().zip(roots).map(|(x, root)| x * root).collect(),
        };
        let own = residual(&residual(&scaled, &basis), &basis); // twice is enough (Giraud et al. 2005)
        let (length, before) = (dot(&own, &own).sqrt(), dot(&scaled, &scaled).sqrt());
        if length > 1e-9 * before {
            basis.push(own.iter().map(|x| x / length).collect());
        }
    }
    basis
}

/// What is left of numbers beside orthonormal directions.
fn residual(of: &[f64], basis: &[Vec<f64>]) -> Vec<f64> {
    let mut left = of.to_vec();
    for direction in basis {
        let along = dot(&left, direction);
        for (x, d) in left.iter_mut().zip(direction) {
            *x -= along * d;
        }
    }
    left
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

#[cfg(test)]
mod tests {
    use super::super::performance::tests::{CARRIED, Causes, DIRECT, NOTHING, networks};
    use super::super::tests::{POINTS, SIZES, grouped, labels_of};
    use super::*;
    use crate::analysis::embedding::distances;
    use ndarray::Array2;

    const FEW: Resampling = Resampling { n_resamples: 0, n_permutations: 99, seed: 5 };

    #[test]
    fn the_coefficient_and_the_partial_correlation_are_those_of_least_squares() {
        let points = Array2::from(POINTS.to_vec());
        let at = grouped(&distances(points.view()), &labels_of(&SIZES));
        let covariate: Vec<f64> = (0..12).map(|i| f64::from(i * i % 7)).collect();
        let found = class_coefficient(&at, &[&covariate], FEW).expect("defined");
        // NumPy's `lstsq` over the 66 pairs, coefficient over the mean.
        assert!((found.value - 0.612_117_861_485_676_9).abs() < 1e-10, "{}", found.value);
        assert!((found.partial_r - 0.521_456_842_999_033_4).abs() < 1e-10, "{}", found.partial_r);
        // Twice the same covariate adds nothing; classes as a covariate leave nothing.
        let doubled: Vec<f64> = covariate.iter().map(|x| 3.0 - 2.0 * x).collect();
        let again = class_coefficient(&at, &[&covariate, &doubled], FEW).expect("defined");
        assert!((again.value - found.value).abs() < 1e-9);
        let two = grouped(&distances(points.view()), &labels_of(&[5, 7]));
        let class: Vec<f64> = (0..12).map(|i| f64::from(u8::from(i > 4))).collect();
        assert_eq!(class_coefficient(&two, &[&class], FEW), Err(Undefined::NoSpread));
        assert_eq!(class_coefficient(&two, &[&class[..3]], FEW), Err(Undefined::Covariates));
    }

    #[test]
    fn every_order_of_few_items_is_made_once() {
        let at = grouped(&distances(Array2::from(POINTS[..5].to_vec()).view()), &[0, 0, 0, 1, 1]);
        let found = class_coefficient(&at, &[], Resampling { n_permutations: 120, ..FEW }).expect("defined");
        // 3! 2! orders give each of the C(5, 3) divisions.
        assert!((found.tails.above * 10.0).fract().abs() < 1e-9, "{found:?}");
        assert!((found.tails.above + found.tails.below - 1.0) >= 0.1 - 1e-9);
    }

    #[test]
    fn the_level_holds_where_classes_perform_alike_and_nearly_where_they_do_not() {
        let share = |causes: Causes| {
            let found = |seed: &u64| {
                let (d, labels, performance) = networks(causes, *seed);
                let at = grouped(&d, &labels);
                let resampling = Resampling { seed: *seed, ..FEW };
                class_coefficient(&at, &[&performance], resampling).expect("defined").tails.above <= 0.05
            };
            (0..300).filter(found).count() as f64 / 300.0
        };
        // Three standard errors of 0.05, and of the 0.15 stated, over 300 draws.
        let alike = Causes { of_performance: 0.0, ..CARRIED };
        let [nothing, alike, carried] = [NOTHING, alike, CARRIED].map(share);
        assert!(nothing <= 0.05 + 0.038 && alike <= 0.05 + 0.038, "{nothing} {alike}");
        assert!(carried <= 0.15 + 0.062, "{carried}");
        assert!(share(DIRECT) > 0.9, "{}", share(DIRECT));
    }

    #[test]
    fn the_interval_holds_a_difference_at_equal_performance() {
        let (d, labels, performance) = networks(DIRECT, 3);
        let resampling = Resampling { n_resamples: 199, ..FEW };
        let found = class_coefficient(&grouped(&d, &labels), &[&performance], resampling).expect("defined");
        let [low, high] = found.interval.expect("ten a class");
        assert!(0.0 < low && low < found.value && found.value < high, "{found:?}");
    }
}
