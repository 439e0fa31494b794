//! Whether two matrices of distances between the same items agree.

use super::relabelling::Relabellings;
use super::resampling::{Bootstrap, Ends, Interval, Streams, redrawn};
use super::tails::Tails;
use ndarray::ArrayView2;

/// Agreement of two matrices.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mantel {
    /// Pearson correlation of the distances over pairs of items.
    pub r: f64,
    /// Permutation p of agreement (above) and of the opposite (below): the items of one matrix take every order.
    pub tails: Tails,
}

/// Correlates two matrices of distances `[K, K]` of the same items in the same order; [`None`] if their shapes differ,
/// there are fewer than four items, or one of them does not vary.
///
/// # Source
/// Mantel 1967, Cancer Res. 27:209.
pub fn mantel(
    a: ArrayView2<'_, f64>,
    b: ArrayView2<'_, f64>,
    n_permutations: usize,
    seed: u64,
) -> Option<Mantel> {
    let n = a.nrows();
    if a.dim() != b.dim() || a.ncols() != n || n < 4 {
        return None;
    }
    let identity: Vec<usize> = (0..n).collect();
    let (deviations, spread_a) = centred(a)?;
    let (others, spread_b) = centred(b)?;
    let correlation = |order: &[usize]| -> f64 {
        let rows = (1..n).map(|i| {
            let (row, other) = (&deviations[i * n..][..i], &others[order[i] * n..][..n]);
            row.iter().zip(order).map(|(x, &j)| x * other[j]).sum::<f64>()
        });
        rows.sum::<f64>() / (spread_a * spread_b)
    };
    let r = correlation(&identity);
    let orders = Relabellings::of_orders(n, n_permutations, seed);
    Some(Mantel { r, tails: orders.tails(r, 1e-12, correlation) })
}

/// Interval over items of [`mantel`]'s r: items are drawn with replacement, pairs of copies of one left out; [`None`] where
/// the correlation has none, or in a resample without any spread.
pub fn mantel_interval(
    a: ArrayView2<'_, f64>,
    b: ArrayView2<'_, f64>,
    bootstrap: Bootstrap,
) -> Option<[f64; 2]> {
    let n = a.nrows();
    if a.dim() != b.dim() || a.ncols() != n || n < 4 {
        return None;
    }
    let resamples = bootstrap.resamples(Streams::Each, |rng| {
        let drawn: Vec<usize> = redrawn(n, n, rng).collect();
        correlation_of_drawn(a, b, &drawn)
    });
    bootstrap.interval(Ends::of_groups_of(n), resamples).map(Interval::ends)
}

/// Correlation over the pairs of drawn items, pairs of copies of one left out; [`None`] without any spread.
fn correlation_of_drawn(a: ArrayView2<'_, f64>, b: ArrayView2<'_, f64>, drawn: &[usize]) -> Option<f64> {
    let pairs = || {
        let all = (1..drawn.len()).flat_map(|i| (0..i).map(move |j| (i, j)));
        all.map(|(i, j)| [drawn[i], drawn[j]]).filter(|[i, j]| i != j)
    };
    let n_pairs = pairs().count() as f64;
    let mean = |of: ArrayView2<'_, f64>| pairs().map(|pair| of[pair]).sum::<f64>() / n_pairs;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let [mut product, mut square_a, mut square_b] = [0.0; 3];
    for pair in pairs() {
        let (x, y) = (a[pair] - mean_a, b[pair] - mean_b);
        product += x * y;
        square_a += x * x;
        square_b += y * y;
    }
    Some(product / (square_a * square_b).sqrt()).filter(|r| r.is_finite())
}

/// Agreement of two matrices between networks, less that of the same two between controls made from them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MantelChange {
    /// The difference of the correlations.
    pub value: f64,
    /// The correlation of controls.
    pub control: f64,
    /// 95 % interval over networks.
    pub interval: [f64; 2],
    /// p of an increase (above) and of a decrease (below), by the bootstrap as in [`change`](super::change()).
    pub tails: Tails,
    /// The smallest one-sided p that so many resamples could give.
    pub least_p: f64,
}

/// [`mantel`]'s r of `trained` matrices `[K, K]` less that of `control` matrices, item `i` of which is made from item `i` of the
/// trained; [`None`] if shapes differ, there are fewer than four items, or a matrix does not vary, in a resample too.
///
/// A resample draws the same networks for both; pairs of copies of one are left out.
pub fn mantel_change(
    trained: [ArrayView2<'_, f64>; 2],
    control: [ArrayView2<'_, f64>; 2],
    bootstrap: Bootstrap,
) -> Option<MantelChange> {
    let n = trained[0].nrows();
    let is_of_all = |matrix: &ArrayView2<'_, f64>| matrix.dim() == (n, n);
    if n < 4 || !trained.iter().chain(&control).all(is_of_all) {
        return None;
    }
    let of = |[a, b]: [ArrayView2<'_, f64>; 2], drawn: &[usize]| correlation_of_drawn(a, b, drawn);
    let all: Vec<usize> = (0..n).collect();
    let (of_trained, of_control) = (of(trained, &all)?, of(control, &all)?);
    let resamples: Option<Vec<f64>> = bootstrap
        .resamples(Streams::Each, |rng| {
            let drawn: Vec<usize> = redrawn(n, n, rng).collect();
            Some(of(trained, &drawn)? - of(control, &drawn)?)
        })
        .into_iter()
        .collect();
    let (resamples, ends) = (resamples?, Ends::of_groups_of(n));
    let p = |is_against: fn(&&f64) -> bool| bootstrap.p(ends, resamples.iter().filter(is_against).count());
    let tails = Tails { above: p(|change| **change <= 0.0), below: p(|change| **change >= 0.0) };
    let interval = bootstrap.interval(ends, resamples).map(Interval::ends)?;
    let (value, least_p) = (of_trained - of_control, bootstrap.p(ends, 0));
    Some(MantelChange { value, control: of_control, interval, tails, least_p })
}

/// Deviations from the mean over pairs, row-major and symmetric, and the root of their sum of squares over pairs.
fn centred(matrix: ArrayView2<'_, f64>) -> Option<(Vec<f64>, f64)> {
    let n = matrix.nrows();
    let pairs = || (1..n).flat_map(|i| (0..i).map(move |j| (i, j)));
    let mean = pairs().map(|pair| matrix[pair]).sum::<f64>() / (n * (n - 1) / 2) as f64;
    let spread = pairs().map(|pair| (matrix[pair] - mean).powi(2)).sum::<f64>().sqrt();
    let deviations = matrix.iter().map(|d| d - mean).collect();
    // Equal distances differ from their mean by its rounding.
    let rounding = f64::EPSILON * (n * n) as f64 * mean.abs();
    (spread.is_finite() && spread > rounding).then_some((deviations, spread))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;
    use rand_distr::StandardNormal;

    fn distances(points: &[[f64; 2]]) -> Array2<f64> {
        Array2::from_shape_fn((points.len(), points.len()), |(i, j)| {
            (points[i][0] - points[j][0]).hypot(points[i][1] - points[j][1])
        })
    }

    fn cloud(n: usize, seed: u64) -> Vec<[f64; 2]> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        (0..n).map(|_| [rng.sample(StandardNormal), rng.sample(StandardNormal)]).collect()
    }

    #[test]
    fn unrelated_matrices_have_a_uniform_p_and_equal_ones_agree() {
        let p = |seed: u64| {
            let (a, b) = (distances(&cloud(10, 2 * seed)), distances(&cloud(10, 2 * seed + 1)));
            mantel(a.view(), b.view(), 99, seed).expect("both vary").tails.above
        };
        let p: Vec<f64> = (0..600).map(p).collect();
        for level in [0.05, 0.2, 0.5] {
            let share = p.iter().filter(|&&p| p <= level).count() as f64 / 600.0;
            // Three standard errors of a share over 600 draws.
            assert!(
                (share - level).abs() < 3.0 * (level * (1.0 - level) / 600.0_f64).sqrt(),
                "{level}: {share}"
            );
        }
        let a = distances(&cloud(10, 3));
        let same = mantel(a.view(), (2.0 * &a).view(), 999, 1).expect("both vary");
        assert!((same.r - 1.0).abs() < 1e-12 && same.tails.above == 0.001);
        let bootstrap = Bootstrap { n_resamples: 100, level: 0.95, seed: 1 };
        let [low, high] = mantel_interval(a.view(), (2.0 * &a).view(), bootstrap).expect("both vary");
        assert!((low - 1.0).abs() < 1e-12 && (high - 1.0).abs() < 1e-12);
        let other = distances(&cloud(10, 4));
        let [low, high] = mantel_interval(a.view(), other.view(), bootstrap).expect("both vary");
        assert!(low < 0.0 && high > 0.0, "{low} {high}");
    }

    #[test]
    fn a_change_of_agreement_is_found_where_it_is_planted_and_rarely_where_there_is_none() {
        // Endpoints and fixed points share what `common` weighs, trained and untrained networks nothing.
        let study = |common: [f64; 2], seed: u64| {
            let matrices = [0, 1].map(|kind| {
                let seed = 6 * seed + 3 * kind as u64;
                let (shared, own) = (cloud(24, seed), [cloud(24, seed + 1), cloud(24, seed + 2)]);
                own.map(|own| {
                    let point = |(a, b): (&[f64; 2], &[f64; 2])| {
                        [0, 1].map(|d| common[kind] * a[d] + (1.0 - common[kind]) * b[d])
                    };
                    distances(&shared.iter().zip(&own).map(point).collect::<Vec<_>>())
                })
            });
            let bootstrap = Bootstrap { n_resamples: 299, level: 0.95, seed };
            let [trained, control] = matrices.each_ref().map(|[a, b]| [a.view(), b.view()]);
            mantel_change(trained, control, bootstrap).expect("all vary")
        };
        let share = |common, is: fn(&MantelChange) -> bool| {
            (0..200).map(|seed| study(common, seed)).filter(is).count() as f64 / 200.0
        };
        // Three standard errors of .05 over 200 draws are .046.
        let null = [0.6, 0.6];
        assert!(share(null, |found| found.tails.above < 0.05) < 0.096);
        assert!(share(null, |found| found.tails.below < 0.05) < 0.096);
        assert!(share(null, |found| found.interval[0] <= 0.0 && found.interval[1] >= 0.0) > 0.904);
        assert!(share([0.9, 0.1], |found| found.tails.above < 0.05 && found.interval[0] > 0.0) > 0.95);
        assert!(share([0.1, 0.9], |found| found.tails.below < 0.05 && found.interval[1] < 0.0) > 0.95);
    }

    #[test]
    fn matrices_that_do_not_vary_or_fit_have_no_agreement() {
        let flat = Array2::<f64>::ones((6, 6));
        let a = distances(&cloud(6, 1));
        assert_eq!(mantel(a.view(), flat.view(), 9, 1), None);
        assert_eq!(mantel(a.view(), distances(&cloud(7, 1)).view(), 9, 1), None);
    }
}
