use ndarray::{Array2, array};
use proptest::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;

use super::SimilarityMeasure::{Angular, Cka, Dsa, DsaEuclidean, Procrustes, Regression};
use super::*;
use crate::analysis::components::{FeatureError, Features, centre_columns};
use crate::analysis::distance::{Aspect, between};
use crate::analysis::procrustes::orthogonal_map;
use crate::analysis::registration::Budget;

const STATIC: [SimilarityMeasure; 4] = [Procrustes, Angular, Cka, Regression];

fn normal(n_rows: usize, n_columns: usize, rng: &mut ChaCha8Rng) -> Array2<f64> {
    Array2::from_shape_fn((n_rows, n_columns), |_| rng.sample(StandardNormal))
}

fn rotation(n: usize, seed: u64) -> Array2<f64> {
    orthogonal_map(&normal(n, n, &mut ChaCha8Rng::seed_from_u64(seed)))
}

/// Points whose columns differ in size.
fn cloud(n: usize, seed: u64) -> Array2<f64> {
    let mut points = normal(n, 4, &mut ChaCha8Rng::seed_from_u64(seed));
    for (k, mut column) in points.columns_mut().into_iter().enumerate() {
        column /= 1.0 + k as f64;
    }
    points
}

/// Trials `[T·B, k]` of a linear system from random starts.
fn trials(system: &Array2<f64>, n_steps: usize, n_trials: usize, seed: u64) -> Array2<f64> {
    let k = system.nrows();
    let mut states = normal(n_trials, k, &mut ChaCha8Rng::seed_from_u64(seed));
    let mut points = Array2::zeros((n_steps * n_trials, k));
    for t in 0..n_steps {
        points.slice_mut(ndarray::s![t * n_trials..(t + 1) * n_trials, ..]).assign(&states);
        states = states.dot(&system.t());
    }
    points
}

/// A turn by `angle` a step that keeps the share `size`, beside a decay by `decay`.
fn spiral(size: f64, angle: f64, decay: f64) -> Array2<f64> {
    let (sin, cos) = angle.sin_cos();
    array![[size * cos, -size * sin, 0.0], [size * sin, size * cos, 0.0], [0.0, 0.0, decay]]
}

fn all(a: &Array2<f64>, b: &Array2<f64>, measures: &[SimilarityMeasure]) -> Vec<f64> {
    let [a, b] = [a, b].map(|points| prepare(points.view(), 5, measures).expect("whole trials"));
    distances(&a, &b, measures, &Search::new(6)).expect("the same points")
}

fn value(a: &Array2<f64>, b: &Array2<f64>, measure: SimilarityMeasure) -> f64 {
    all(a, b, &[measure])[0]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_distance_is_symmetric_positive_and_zero_on_itself(seed in 0_u64..10_000) {
        let (a, b) = (cloud(60, seed), cloud(60, seed + 1));
        let (there, back, same) =
            (all(&a, &b, &SimilarityMeasure::ALL), all(&b, &a, &SimilarityMeasure::ALL), all(&a, &a, &SimilarityMeasure::ALL));
        prop_assert_eq!(&there, &back);
        prop_assert!(there.iter().all(|&d| d > 0.05));
        // The arc cosine and the root of what rounding leaves of one less one count as zero.
        prop_assert!(same.iter().all(|&d| d == 0.0), "{same:?}");
        let turned = all(&a, &a.dot(&rotation(4, seed)), &STATIC);
        prop_assert!(turned.iter().all(|&d| d == 0.0), "{turned:?}");
    }

    #[test]
    fn every_measure_but_regression_obeys_the_triangle_inequality(seed in 0_u64..10_000) {
        let points = [0, 1, 2].map(|place| cloud(30, 3 * seed + place));
        let metrics = [Procrustes, Angular, Cka];
        let [ab, bc, ac] = [[0, 1], [1, 2], [0, 2]].map(|[i, j]| all(&points[i], &points[j], &metrics));
        for k in 0..metrics.len() {
            prop_assert!(ac[k] <= ab[k] + bc[k] + 1e-12, "{:?}", metrics[k]); // rounding
        }
    }

    #[test]
    fn turning_reflecting_and_shifting_a_network_changes_no_distance(seed in 0_u64..10_000) {
        let (a, b) = (trials(&spiral(0.95, 0.3, 0.8), 40, 5, seed), trials(&spiral(0.9, 0.5, 0.7), 40, 5, seed + 1));
        let moved = a.dot(&rotation(3, seed)) + &array![0.3, -2.0, 1.0];
        let (before, after) = (all(&a, &b, &STATIC), all(&moved, &b, &STATIC));
        for ((measure, before), after) in STATIC.iter().zip(before).zip(after) {
            prop_assert!((before - after).abs() < 1e-9, "{measure:?}: {before} {after}"); // rounding
        }
    }

    #[test]
    fn scale_matters_to_procrustes_alone(seed in 0_u64..10_000, scale in 0.1..10.0_f64) {
        let (a, b) = (cloud(60, seed), cloud(60, seed + 1));
        let (before, after) = (all(&a, &b, &STATIC), all(&(&a * scale), &b, &STATIC));
        for k in 1..STATIC.len() {
            prop_assert!((before[k] - after[k]).abs() < 1e-12, "{:?}", STATIC[k]); // rounding
        }
        prop_assert!((before[0] - after[0]).abs() > 1e-3 * (scale - 1.0).abs());
    }

    #[test]
    fn regression_alone_ignores_every_invertible_map(seed in 0_u64..10_000) {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let a = cloud(60, seed);
        let stretched = a.dot(&(normal(4, 4, &mut rng) + 4.0 * Array2::<f64>::eye(4)));
        let found = all(&a, &stretched, &STATIC);
        prop_assert!(found[3] < 1e-12, "{}", found[3]); // rounding, the map's condition is below a hundred
        prop_assert!(found[..3].iter().all(|&d| d > 1e-3));
    }

    #[test]
    fn regression_and_procrustes_agree_with_the_published_distances_made_of_them(seed in 0_u64..10_000) {
        let points = [0, 1].map(|place| {
            let mut points = normal(50, 10, &mut ChaCha8Rng::seed_from_u64(2 * seed + place));
            centre_columns(&mut points);
            &points / (points.iter().map(|x| x * x).sum::<f64>() / 50.0).sqrt()
        });
        let features = points.clone().map(|points| Features {
            points,
            explained: ndarray::Array1::zeros(10),
            groups: Vec::new(),
        });
        let published = |aspect| between(aspect, &features[0], &features[1], Budget::THOROUGH, 1).expect("comparable").distance;
        let [a, b] = points.map(|points| Representation::new(points.view()).expect("points"));
        let overlap = Overlap::of(&a, &b).expect("the same points");
        prop_assert!((shape::procrustes(&overlap) - published(Aspect::Endpoints)).abs() < 1e-9);
        // Both squared norms are 50; each residual is √(50 (1 − R²)).
        let residual = overlap.explained().map(|explained| (50.0 - explained).sqrt());
        let mean = f64::midpoint(residual[0], residual[1]);
        prop_assert!((mean - published(Aspect::Trajectories)).abs() < 1e-9);
        let unexplained = f64::midpoint(residual[0].powi(2), residual[1].powi(2)) / 50.0;
        prop_assert!((regression::distance(&overlap) - unexplained).abs() < 1e-12);
    }
}

/// The same for the dynamical measures, whose alignment is a search: now and then the turned network's ends in a minimum
/// beside the best one, some thousandths above it.
#[test]
fn turning_a_network_changes_a_dynamical_distance_by_no_more_than_its_search_misses() {
    let dynamical: Vec<SimilarityMeasure> =
        SimilarityMeasure::ALL.into_iter().filter(|measure| measure.is_dynamical()).collect();
    let (mut n, mut n_same) = (0, 0);
    for seed in 0..60 {
        let a = trials(&spiral(0.95, 0.3, 0.8), 40, 5, seed);
        let b = trials(&spiral(0.9, 0.5, 0.7), 40, 5, seed + 1);
        let moved = a.dot(&rotation(3, seed)) + &array![0.3, -2.0, 1.0];
        for (before, after) in all(&a, &b, &dynamical).into_iter().zip(all(&moved, &b, &dynamical)) {
            let gap = (before - after).abs();
            assert!(gap < 0.02 * before, "seed {seed}: {before} {after}");
            n += 1;
            // Singular values down to 1e-10 of the largest are divided by.
            n_same += usize::from(gap < 1e-5);
        }
    }
    assert!(n > 0 && 100 * n_same >= 95 * n, "{n_same} of {n}");
}

/// Four points on a line against four points on a cross, of which one axis is the line.
fn line_and_cross() -> (Array2<f64>, Array2<f64>) {
    let line = array![[1.0, 0.0], [-1.0, 0.0], [0.0, 0.0], [0.0, 0.0]];
    let cross = array![[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]];
    (line, cross)
}

#[test]
fn a_line_and_a_cross_lie_as_far_apart_as_computed_by_hand() {
    // XᵀY = diag(2, 0), XᵀX = diag(2, 0), YᵀY = diag(2, 2); ‖X‖² = 2, ‖Y‖² = 4.
    let (line, cross) = line_and_cross();
    let [line, cross] = [line, cross].map(|points| Representation::new(points.view()).expect("points"));
    let overlap = Overlap::of(&line, &cross).expect("the same points");
    let close = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-14, "{found} {expected}"); // rounding
    close(cka::distance(&overlap), (4.0_f64 / (2.0 * 8.0_f64.sqrt())).acos()); // π/4
    close(shape::angular(&overlap), (2.0 / 8.0_f64.sqrt()).acos()); // π/4
    close(shape::procrustes(&overlap), 2.0_f64.sqrt()); // 2 + 4 − 2·2
    close(regression::distance(&overlap), 0.25); // the cross explains the line, the line half of the cross
}

#[test]
fn points_that_share_nothing_are_at_right_angles() {
    let (line, cross) = line_and_cross();
    let upright = array![[0.0, 0.0], [0.0, 0.0], [0.0, 1.0], [0.0, -1.0]];
    let right = std::f64::consts::FRAC_PI_2;
    for (measure, expected) in [(Angular, right), (Cka, right), (Regression, 1.0), (Procrustes, 2.0)] {
        let [a, b] = [&line, &upright].map(|points| prepare(points.view(), 1, &[measure]).expect("points"));
        let found = distances(&a, &b, &[measure], &Search::new(0)).expect("the same points")[0];
        assert!((found - expected).abs() < 1e-14, "{measure:?}: {found}"); // rounding
    }
    let [a, b] = [&line, &cross].map(|points| prepare(points.view(), 1, &[Angular]).expect("points"));
    let error = distances(&a, &b, &[Dsa], &Search::new(0)).expect_err("no dynamics");
    assert_eq!(error, SimilarityError::Unprepared { measure: Dsa });
}

#[test]
fn silent_networks_are_alike_and_far_from_all_others() {
    let (silent, active) = (Array2::from_elem((60, 4), 0.7), cloud(60, 1));
    let right = std::f64::consts::FRAC_PI_2;
    for (measure, expected) in [(Angular, right), (Cka, right), (Regression, 1.0), (Dsa, right)] {
        assert_eq!(value(&silent, &silent, measure), 0.0, "{measure:?}");
        assert_eq!(value(&silent, &active, measure), expected, "{measure:?}");
    }
}

#[test]
fn dsa_finds_the_law_of_motion_of_a_linear_system() {
    let system = spiral(0.97, 0.2, 0.8);
    let points = trials(&system, 60, 20, 3);
    let found = dsa::dynamics(points.view(), 20, dsa::N_DELAYS).expect("whole trials").operator();
    // Centring adds a constant direction, which no linear law without offset describes exactly; it is small here.
    let eigenvalues = faer::Mat::from_fn(found.nrows(), found.nrows(), |i, j| found[[i, j]])
        .eigenvalues()
        .expect("converges");
    for expected in [(0.97 * 0.2_f64.cos(), 0.97 * 0.2_f64.sin()), (0.8, 0.0)] {
        let gap = eigenvalues
            .iter()
            .map(|value| (value.re - expected.0).hypot(value.im - expected.1))
            .fold(f64::INFINITY, f64::min);
        assert!(gap < 1e-6, "{expected:?}: {gap}");
    }
}

#[test]
fn conjugate_systems_are_dynamically_alike_and_others_are_not() {
    let system = spiral(0.97, 0.2, 0.8);
    let points = trials(&system, 60, 5, 3);
    let shear = array![[1.0, 0.4, 0.0], [0.0, 2.0, -0.3], [0.5, 0.0, 1.0]];
    let conjugate = points.dot(&shear);
    for (measure, floor) in [(Dsa, 0.02), (DsaEuclidean, 0.02)] {
        // Rounding, divided by the smallest singular value kept, under an arc cosine and a root.
        assert!(value(&points, &conjugate, measure) < 1e-5, "{}", value(&points, &conjugate, measure));
        for other in [spiral(0.97, 0.3, 0.8), spiral(0.9, 0.2, 0.8), spiral(0.97, 0.2, 0.5)] {
            let apart = value(&points, &trials(&other, 60, 5, 3), measure);
            assert!(apart > floor, "{measure:?}: {apart}");
        }
    }
    assert!(value(&points, &conjugate, Angular) > 0.1, "the shapes do differ");
}

#[test]
fn laws_of_motion_lie_as_far_apart_as_computed_by_hand() {
    let search = Search::new(6);
    let euclidean = |a: &Array2<f64>, b: &Array2<f64>| {
        search.align(&Dynamics::of(a.view()), &Dynamics::of(b.view())).euclidean()
    };
    // Symmetric maps: the distance of their sorted eigenvalues.
    let (a, b) = (Array2::from_diag(&array![3.0, 1.0, -2.0]), Array2::from_diag(&array![0.0, 2.0, 2.0]));
    let turn = rotation(3, 5);
    let turned = turn.dot(&b).dot(&turn.t());
    assert!((euclidean(&a, &turned) - 6.0_f64.sqrt()).abs() < 1e-9); // (3−2)² + (1−2)² + (−2−0)²
    // Turns by a right angle of another speed: ‖K_a − K_b‖ = √2 |1 − 3|, whichever way round they go.
    let (a, b) = (array![[0.0, -1.0], [1.0, 0.0]], array![[0.0, 3.0], [-3.0, 0.0]]);
    assert!((euclidean(&a, &b) - 8.0_f64.sqrt()).abs() < 1e-9);
    // Normal against not: a nilpotent map and nothing.
    assert!((euclidean(&array![[0.0, 2.0], [0.0, 0.0]], &Array2::zeros((2, 2))) - 2.0).abs() < 1e-12);
}

#[test]
fn what_cannot_be_compared_is_named() {
    let points = cloud(20, 1);
    let error = prepare(points.view(), 3, &[Dsa]).expect_err("twenty points of three trials");
    assert_eq!(error, SimilarityError::Trials { n_points: 20, n_trials: 3 });
    let error = prepare(points.view(), 2, &[Dsa]).expect_err("ten steps");
    assert_eq!(error, SimilarityError::Steps { n_steps: 10, n_needed: 11 });
    let [a, b] = [20, 21].map(|n| prepare(cloud(n, 1).view(), n, &[Cka]).expect("points"));
    let error = distances(&a, &b, &[Cka], &Search::new(0)).expect_err("other trials");
    assert!(matches!(error, SimilarityError::Points { .. }));
    let error = prepare(Array2::from_elem((20, 2), f64::NAN).view(), 1, &[Cka]).expect_err("diverged");
    assert!(matches!(error, SimilarityError::Feature(FeatureError::NotFinite { .. })));
}

#[test]
fn a_measure_goes_by_its_name() {
    for measure in SimilarityMeasure::ALL {
        assert_eq!(SimilarityMeasure::from_name(measure.name()), Some(measure));
    }
    assert_eq!(SimilarityMeasure::from_name("svcca"), None);
}

mod alignment;
mod published;

#[test]
fn points_too_few_for_a_measure_are_refused_with_how_many_it_needs() {
    let search = Search::new(1);
    let found = |n_points: usize, measure: SimilarityMeasure| {
        let [a, b] = [1, 2].map(|seed| {
            let points = normal(n_points, 10, &mut ChaCha8Rng::seed_from_u64(seed));
            prepare(points.view(), 1, &[measure]).expect("points")
        });
        distances(&a, &b, &[measure], &search)
    };
    // Eleven points span ten directions about their mean: a regression carries any onto any others.
    for (n_points, rank) in [(11, 10), (8, 7)] {
        let refused =
            Err(SimilarityError::Saturated { measure: Regression, n_points, rank, n_needed: rank + 2 });
        assert_eq!(found(n_points, Regression), refused);
    }
    assert!(found(12, Regression).expect("one more")[0] > 0.01);
    // Two points are a line of one length, whatever they are; three are a triangle.
    for measure in [Procrustes, Angular, Cka] {
        let refused = Err(SimilarityError::Saturated { measure, n_points: 2, rank: 1, n_needed: 3 });
        assert_eq!(found(2, measure), refused);
        assert!(found(3, measure).expect("a triangle")[0] > 1e-3, "{measure:?}");
    }
}

#[test]
fn chance_is_what_regressions_on_noise_explain() {
    let n = 400;
    let mean = (0..n).map(|seed| {
        let [a, b] = [2 * seed, 2 * seed + 1].map(|seed| {
            let points = normal(31, 10, &mut ChaCha8Rng::seed_from_u64(seed));
            prepare(points.view(), 1, &[Regression]).expect("points")
        });
        assert!((a.chance(Regression) - 10.0 / 30.0).abs() < 1e-12 && a.chance(Dsa) == 0.0);
        1.0 - distances(&a, &b, &[Regression], &Search::new(1)).expect("enough")[0]
    });
    let mean = mean.sum::<f64>() / n as f64;
    // Ten directions of thirty; the standard error over 400 draws is below 0.003.
    assert!((mean - 1.0 / 3.0).abs() < 0.01, "{mean}");
}
