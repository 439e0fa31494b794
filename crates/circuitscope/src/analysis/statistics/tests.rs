use ndarray::Array2;
use proptest::prelude::*;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;

use super::*;
use crate::analysis::embedding::distances;

mod coverage;

/// Normal points in the plane, `size` a class, with class centres `gap` apart on a line.
fn planted(n_classes: usize, size: usize, gap: f64, rng: &mut impl Rng) -> (Array2<f64>, Vec<usize>) {
    let labels: Vec<usize> = (0..n_classes * size).map(|item| item / size).collect();
    let points = Array2::from_shape_fn((labels.len(), 2), |(item, axis)| {
        let centre = if axis == 0 { gap * labels[item] as f64 } else { 0.0 };
        centre + rng.sample::<f64, _>(StandardNormal)
    });
    (distances(points.view()), labels)
}

/// Twelve points in the plane, in classes of [`SIZES`] one after another: for reference values computed elsewhere.
pub(super) const POINTS: [[f64; 2]; 12] = [
    [0.0, 1.0],
    [1.0, 0.0],
    [0.5, 2.0],
    [2.0, 1.5],
    [1.5, 0.5],
    [4.0, 3.0],
    [7.0, 1.0],
    [5.0, 6.0],
    [9.0, 4.0],
    [3.0, 3.5],
    [3.5, 4.0],
    [2.5, 4.5],
];
pub(super) const SIZES: [usize; 3] = [5, 4, 3];

pub(super) fn labels_of(sizes: &[usize]) -> Vec<usize> {
    sizes.iter().enumerate().flat_map(|(class, &size)| vec![class; size]).collect()
}

/// City-block distances of [`POINTS`] to the power 1.3: they lie in no Euclidean space.
pub(super) fn bent() -> Array2<f64> {
    Array2::from_shape_fn((12, 12), |(i, j)| {
        ((POINTS[i][0] - POINTS[j][0]).abs() + (POINTS[i][1] - POINTS[j][1]).abs()).powf(1.3)
    })
}

/// Normal points of classes of these sizes and spreads, the last one shifted along the first axis.
pub(super) fn scattered(sizes: &[usize], spreads: &[f64], shift: f64, n_axes: usize, seed: u64) -> Grouped {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let labels = labels_of(sizes);
    let points = Array2::from_shape_fn((labels.len(), n_axes), |(item, axis)| {
        let centre = if axis == 0 && labels[item] + 1 == sizes.len() { shift } else { 0.0 };
        centre + spreads[labels[item]] * rng.sample::<f64, _>(StandardNormal)
    });
    grouped(&distances(points.view()), &labels)
}

pub(super) fn grouped(distances: &Array2<f64>, labels: &[usize]) -> Grouped {
    Grouped::new(distances.view(), labels).expect("a label each")
}

fn on_a_line(places: &[f64]) -> Array2<f64> {
    Array2::from_shape_fn((places.len(), places.len()), |(i, j)| (places[i] - places[j]).abs())
}

#[test]
fn the_silhouette_is_the_worked_one() {
    let at = grouped(&on_a_line(&[0.0, 1.0, 4.0, 6.0, 20.0]), &[7, 7, 3, 3, 9]);
    // Items 0–3: (5−1)/5, (4−1)/4, (3.5−2)/3.5, (5.5−2)/5.5; item 4 is alone in its class and counts 0.
    let expected = (0.8 + 0.75 + 1.5 / 3.5 + 3.5 / 5.5) / 5.0;
    assert!((at.silhouette().expect("three classes") - expected).abs() < 1e-12);
}

#[test]
fn pseudo_f_of_points_on_a_line_is_the_f_of_an_analysis_of_variance() {
    let at = grouped(&on_a_line(&[1.0, 2.0, 3.0, 5.0, 6.0, 7.0]), &[0, 0, 0, 1, 1, 1]);
    // Between: 2 · 3 · 2² = 24 with 1 degree of freedom; within: 2 + 2 = 4 with 4.
    let test = at.permanova(199, 1).expect("two classes");
    assert!((test.pseudo_f - 24.0).abs() < 1e-10);
    assert!((test.r2 - 24.0 / 28.0).abs() < 1e-12);
}

#[test]
fn omega_squared_is_that_of_the_coordinates_and_is_zero_without_an_effect() {
    // NumPy: (SS_b − 2 MS_w) / (SS_t + MS_w) of `POINTS`.
    let at = grouped(&distances(Array2::from(POINTS.to_vec()).view()), &labels_of(&SIZES));
    assert!((at.omega_squared().expect("three classes") - 0.627_842_866_988_284).abs() < 1e-12);
    let of_null = |seed| scattered(&[5; 3], &[1.0; 3], 0.0, 6, seed).omega_squared().expect("three classes");
    let mean = (0..400).map(of_null).sum::<f64>() / 400.0;
    // R² is 2 / 14 on average; the standard error is 0.003.
    assert!(mean.abs() < 0.01, "{mean}");
}

#[test]
fn neighbours_vote_and_the_nearest_breaks_a_tie() {
    let at = grouped(&on_a_line(&[0.0, 1.0, 2.5, 10.0]), &[0, 0, 1, 1]);
    // With two votes: 0 → {0, 1}: tie, nearest 0, hit; 1 → {0, 1}: nearest 0, hit; 2.5 → {0, 0}: miss; 10 → {1, 0}: hit.
    assert_eq!(at.neighbours(2).expect("two classes").hits, [true, true, false, true]);
}

#[test]
fn groups_far_apart_are_found_whatever_their_sizes() {
    // Sizes of groups far apart, and the neighbours that vote: five where the others of every group can win.
    let cases: [(&[usize], usize); 8] = [
        (&[2, 2], 1),
        (&[3, 3], 2),
        (&[4, 3], 2),
        (&[20, 3], 2),
        (&[4, 4], 5),
        (&[20, 4], 5),
        (&[3, 3, 3], 2),
        (&[6, 7, 8], 5),
    ];
    for (sizes, k) in cases {
        let labels = labels_of(sizes);
        let places: Vec<f64> = labels
            .iter()
            .enumerate()
            .map(|(item, &label)| 1000.0 * label as f64 + (item * item) as f64 / 100.0)
            .collect();
        let at = grouped(&on_a_line(&places), &labels);
        assert_eq!(at.n_neighbours(), Ok(k), "{sizes:?}");
        let test = at.neighbour_test(5, 9999, 1).expect("groups");
        assert_eq!((test.k, test.accuracy), (k, 1.0), "{sizes:?}");
    }
    // Of 20 divisions of six into two groups two are perfect.
    let at = grouped(&on_a_line(&[0.0, 1.0, 2.5, 100.0, 101.0, 102.5]), &[0, 0, 0, 1, 1, 1]);
    assert_eq!(at.neighbour_test(5, 9999, 1).expect("groups").tails.above, 0.1);
    let alone = grouped(&on_a_line(&[0.0, 1.0, 2.5, 100.0]), &[0, 0, 0, 1]);
    assert_eq!(alone.n_neighbours(), Err(Undefined::Members { found: 1, expected: 2 }));
    assert_eq!(alone.neighbour_test(5, 9, 1), Err(Undefined::Members { found: 1, expected: 2 }));
}

#[test]
fn distances_that_are_all_zero_or_rounding_have_no_statistic() {
    let labels = labels_of(&[3, 3]);
    let check = |distances: Array2<f64>| {
        let at = grouped(&distances, &labels);
        let bootstrap = Bootstrap { n_resamples: 10, level: 0.95, seed: 1 };
        assert_eq!(at.silhouette(), Err(Undefined::AllZero));
        assert_eq!(at.permanova(9, 1), Err(Undefined::AllZero));
        assert_eq!(at.welch(9, 1), Err(Undefined::AllZero));
        assert_eq!(at.dispersion(9, 1), Err(Undefined::AllZero));
        assert_eq!(at.neighbours(2), Err(Undefined::AllZero));
        assert_eq!(at.neighbour_test(5, 9, 1), Err(Undefined::AllZero));
        assert_eq!(at.centroid_distance(), Err(Undefined::AllZero));
        assert_eq!(amplification(&at, &at, bootstrap), None);
        for statistic in
            [Statistic::Silhouette, Statistic::PseudoF, Statistic::WelchW, Statistic::NeighbourAccuracy(2)]
        {
            assert_eq!(at.interval(statistic, bootstrap), None, "{statistic:?}");
        }
        assert_eq!(mantel(distances.view(), distances.view(), 9, 1), None);
    };
    check(Array2::zeros((6, 6)));
    // Beside a distance of one, of an item that has no label, all others are rounding.
    let mut rounded = Array2::from_shape_fn((7, 7), |(i, j)| f64::EPSILON * f64::from(u8::from(i != j)));
    let labelled: Vec<Option<usize>> = (0..7).map(|i| (i < 6).then_some(i / 3)).collect();
    for i in 0..6 {
        (rounded[[i, 6]], rounded[[6, i]]) = (1.0, 1.0);
    }
    let at = Grouped::labelled(rounded.view(), &labelled).expect("a label each");
    assert_eq!(at.silhouette(), Err(Undefined::AllZero));
}

#[test]
fn statistics_of_no_classes_are_not_defined() {
    let distances = on_a_line(&[0.0, 1.0, 2.0]);
    let resampling = Bootstrap { n_resamples: 10, level: 0.95, seed: 1 };
    for labels in [[0, 0, 0], [0, 1, 2]] {
        let at = grouped(&distances, &labels);
        assert!(at.silhouette().is_err(), "{labels:?}");
        assert!(at.permanova(9, 1).is_err() && at.welch(9, 1).is_err(), "{labels:?}");
        assert_eq!(at.interval(Statistic::Silhouette, resampling), None, "{labels:?}");
    }
    assert_eq!(
        grouped(&distances, &[0, 0, 0]).neighbours(5),
        Err(Undefined::Groups { found: 1, expected: 2 })
    );
    assert_eq!(grouped(&distances, &[0, 1, 2]).silhouette(), Err(Undefined::Singles));
    let apart = grouped(&on_a_line(&[0.0, 0.0, 1.0, 1.0]), &[0, 0, 1, 1]);
    assert_eq!(apart.permanova(9, 1), Err(Undefined::NoSpread));
    let empty = grouped(&Array2::zeros((0, 0)), &[]);
    assert!(empty.silhouette().is_err() && empty.neighbours(5).is_err() && empty.permanova(9, 1).is_err());
}

#[test]
fn labels_that_do_not_fit_and_distances_that_are_none_are_named() {
    let found = Grouped::new(on_a_line(&[0.0, 1.0]).view(), &[0]);
    assert_eq!(found, Err(GroupError::Shape { found: [2, 2], n_labels: 1 }));
    let found = Grouped::new(ndarray::array![[0.0, -1.0], [1.0, 0.0]].view(), &[0, 1]);
    assert_eq!(found, Err(GroupError::Distance { first: 0, second: 1, value: -1.0 }));
}

#[test]
fn items_without_a_label_do_not_count() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let (distances, labels) = planted(3, 4, 2.0, &mut rng);
    let two: Vec<Option<usize>> = labels.iter().map(|&label| (label < 2).then_some(label)).collect();
    let inner = distances.slice(ndarray::s![..8, ..8]);
    assert_eq!(Grouped::labelled(distances.view(), &two), Grouped::new(inner, &labels[..8]));
}

/// Levels at which `p` of data without an effect is judged, each with the share of draws at or below it and three standard
/// errors of that share if p is uniform: uniform p pass at all five with 98 seeds of 100.
pub(crate) fn shares(p: &[f64]) -> [[f64; 3]; 5] {
    let n = p.len() as f64;
    [0.05, 0.1, 0.2, 0.5, 0.8].map(|level| {
        let share = p.iter().filter(|&&p| p <= level + 1e-9).count() as f64 / n;
        [level, share, 3.0 * (level * (1.0 - level) / n).sqrt()]
    })
}

/// Fails where `p` of data without an effect is not uniform.
pub(crate) fn assert_uniform(p: &[f64]) {
    let shares = shares(p);
    assert!(shares.iter().all(|[level, share, slack]| (share - level).abs() < *slack), "{shares:?}");
}

#[test]
fn p_is_uniform_when_labels_mean_nothing() {
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    let p: Vec<f64> = (0..600)
        .map(|draw| {
            let (distances, labels) = planted(2, 6, 0.0, &mut rng);
            grouped(&distances, &labels).permanova(99, draw).expect("two classes").p
        })
        .collect();
    assert_uniform(&p);
}

#[test]
fn neighbours_find_clusters_and_keep_the_level_where_labels_mean_nothing() {
    let mut rng = ChaCha8Rng::seed_from_u64(23);
    let mut p = |size: usize, gap: f64, n_draws: u64| -> Vec<f64> {
        let draw = |draw| {
            let (distances, labels) = planted(3, size, gap, &mut rng);
            grouped(&distances, &labels).neighbour_test(5, 199, draw).expect("three classes").tails.above
        };
        (0..n_draws).map(draw).collect()
    };
    // Networks a class, how far apart clusters are planted, and the share of its level that the test keeps: permutations with as
    // many hits as the sample count against it, and the fewer networks there are, the more tie.
    for (size, gap, kept) in [(5, 6.0, 0.6), (10, 4.0, 0.8)] {
        for [level, share, slack] in shares(&p(size, 0.0, 2000)) {
            assert!(share < level + slack, "{size} at {level}: {share}");
            assert!(share > kept * level - slack, "{size} at {level}: {share}");
        }
        let planted = p(size, gap, 100);
        assert!(planted.iter().all(|&p| p <= 0.02), "{size}: {planted:?}");
    }
}

#[test]
fn classes_far_apart_are_found_by_every_statistic() {
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let (distances, labels) = planted(3, 10, 40.0, &mut rng);
    let at = grouped(&distances, &labels);
    assert!(at.silhouette().expect("three classes") > 0.9);
    assert_eq!(at.neighbours(K_NEIGHBOURS).expect("three classes").accuracy, 1.0);
    assert_eq!(at.permanova(999, 2).expect("three classes").p, 1.0 / 1000.0);
}

#[test]
fn intervals_cover_what_large_samples_show() {
    let mut rng = ChaCha8Rng::seed_from_u64(17);
    for gap in [1.0, 3.0] {
        // The statistic of one size of sample, averaged over samples: what an interval from one sample should cover.
        let n_samples = 150;
        let samples: Vec<Grouped> = (0..n_samples)
            .map(|_| {
                let (distances, labels) = planted(3, 12, gap, &mut rng);
                grouped(&distances, &labels)
            })
            .collect();
        for statistic in [Statistic::Silhouette, Statistic::PseudoF, Statistic::WelchW] {
            let value = |sample: &Grouped| match statistic {
                Statistic::PseudoF => sample.permanova(0, 0).expect("defined").pseudo_f,
                Statistic::WelchW => sample.welch(0, 0).expect("defined").w,
                _ => sample.silhouette().expect("defined"),
            };
            let truth = samples.iter().map(value).sum::<f64>() / f64::from(n_samples);
            let covered = samples
                .iter()
                .filter(|sample| {
                    let resampling = Bootstrap { n_resamples: 200, level: 0.95, seed: 3 };
                    let interval = sample.interval(statistic, resampling).expect("classes of twelve");
                    interval.low <= truth && truth <= interval.high
                })
                .count();
            let share = covered as f64 / f64::from(n_samples);
            assert!(share > 0.85, "{statistic:?} at {gap}: {share}");
        }
    }
}

#[test]
fn holm_corrects_the_worked_example() {
    // Sorted .005, .01, .03, .04 times 4, 3, 2, 1, each at least the one before.
    let corrected = holm(&[0.01, 0.04, 0.03, 0.005]);
    for (found, expected) in corrected.iter().zip([0.03, 0.06, 0.06, 0.02]) {
        assert!((found - expected).abs() < 1e-12);
    }
    assert_eq!(holm(&[0.9, 0.8]), [1.0, 1.0]);
    assert!(holm(&[]).is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn statistics_do_not_depend_on_names_of_classes_or_on_scale(seed: u64, n_classes in 2_usize..4, size in 2_usize..6) {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let (distances, labels) = planted(n_classes, size, 1.0, &mut rng);
        let renamed: Vec<usize> = labels.iter().map(|label| 100 - 7 * label).collect();
        let (one, other) = (grouped(&distances, &labels), grouped(&(3.0 * &distances), &renamed));
        let (a, b) = (one.silhouette().expect("defined"), other.silhouette().expect("defined"));
        prop_assert!((a - b).abs() < 1e-12);
        prop_assert_eq!(one.neighbours(5), other.neighbours(5));
        let (a, b) = (one.permanova(0, 1).expect("defined"), other.permanova(0, 1).expect("defined"));
        prop_assert!((a.pseudo_f / b.pseudo_f - 1.0).abs() < 1e-9);
        let (a, b) = (one.welch(0, 1).expect("defined"), other.welch(0, 1).expect("defined"));
        prop_assert!((a.w / b.w - 1.0).abs() < 1e-9);
    }

    #[test]
    fn unit_weights_give_the_sample_itself(seed: u64, size in 3_usize..8) {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let (distances, labels) = planted(2, size, 1.0, &mut rng);
        let sample = grouped(&distances, &labels);
        let weighted = sample.weighted_pseudo_f(&vec![1.0; 2 * size]).expect("defined");
        prop_assert!((weighted / sample.permanova(0, 1).expect("defined").pseudo_f - 1.0).abs() < 1e-9);
    }
}
