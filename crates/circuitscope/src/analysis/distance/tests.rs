use ndarray::{Array1, Array2, Array3};
use proptest::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;

use super::*;
use crate::analysis::procrustes::orthogonal_map;

/// Rates of a random smooth population `[N, T, B]`, with components of falling variance.
fn rates(n: usize, n_steps: usize, n_trials: usize, seed: u64) -> Array3<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let loadings = normal(n, 12, &mut rng);
    let phases = normal(12, 3, &mut rng);
    Array3::from_shape_fn((n, n_steps, n_trials), |(i, t, b)| {
        (0..12)
            .map(|k| {
                let wave = (phases[[k, 0]] * t as f64 + phases[[k, 1]] * b as f64 + phases[[k, 2]]).sin();
                loadings[[i, k]] * wave / (1.0 + k as f64)
            })
            .sum()
    })
}

fn normal(n_rows: usize, n_columns: usize, rng: &mut ChaCha8Rng) -> Array2<f64> {
    Array2::from_shape_fn((n_rows, n_columns), |_| rng.sample(StandardNormal))
}

/// Features of rates whose last steps stand for fixed points: a trial an input, stable and unstable by turns.
fn features(aspect: Aspect, rates: &Array3<f64>) -> Result<Features, FeatureError> {
    let last = rates.index_axis(ndarray::Axis(1), rates.dim().1 - 1).to_owned();
    let at_rest = FixedPointRates {
        groups: (0..last.ncols() as u32).map(|trial| trial / 2 * 3 % 7).collect(),
        rates: last,
    };
    aspect.features(Observed { rates: rates.view(), at_rest: &at_rest })
}

fn cloud(n: usize, seed: u64) -> Features {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut points = normal(n, N_COMPONENTS, &mut rng);
    for (k, mut column) in points.columns_mut().into_iter().enumerate() {
        column /= 1.0 + k as f64;
    }
    Features { points, explained: Array1::zeros(N_COMPONENTS), groups: Vec::new() }
}

/// The features turned by a random orthogonal map, reflections allowed.
fn turned(features: &Features, seed: u64) -> Features {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let n_components = features.points.ncols();
    let map = orthogonal_map(&normal(n_components, n_components, &mut rng));
    Features { points: features.points.dot(&map), ..features.clone() }
}

fn value(aspect: Aspect, a: &Features, b: &Features) -> f64 {
    between(aspect, a, b, Budget::THOROUGH, 1).expect("comparable").distance
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn a_distance_is_symmetric_and_zero_on_itself_and_on_a_turned_copy(seed in 0_u64..1000) {
        for aspect in Aspect::ALL {
            let [a, b] = [seed, seed + 1].map(|seed| features(aspect, &rates(24, 15, 12, seed)).expect("rates"));
            let (there, back) = (between(aspect, &a, &b, Budget::THOROUGH, 7), between(aspect, &b, &a, Budget::THOROUGH, 7));
            prop_assert_eq!(&there, &back);
            let there = there.expect("comparable");
            prop_assert!(there.distance > 0.01);
            // What rounding, and a search that stops at gains of 1e-10 in squares, leave of equal shapes counts as zero.
            prop_assert_eq!(value(aspect, &a, &a), 0.0, "{:?}", aspect);
            prop_assert_eq!(value(aspect, &a, &turned(&a, seed)), 0.0, "{:?}", aspect);
        }
    }

    #[test]
    fn endpoints_and_selectivity_ignore_the_order_of_units(seed in 0_u64..1000) {
        let rates = rates(20, 10, 12, seed);
        let mut reversed = rates.clone();
        reversed.invert_axis(ndarray::Axis(0));
        for aspect in Aspect::ALL {
            let [a, b] = [&rates, &reversed].map(|rates| features(aspect, rates).expect("rates"));
            prop_assert!(value(aspect, &a, &b) < 1e-5);
        }
    }
}

#[test]
fn every_split_of_the_pairs_gives_the_same_numbers_on_any_number_of_threads() {
    let features: Vec<Features> = (0..5).map(|seed| cloud(20, seed)).collect();
    let whole = matrix(Aspect::Selectivity, &features, 3).expect("comparable");
    let all = upper_pairs(5);
    let one_thread = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool");
    let parts: Vec<PairDistance> = one_thread.install(|| {
        all.chunks(3)
            .flat_map(|chunk| pairs(Aspect::Selectivity, &features, chunk, 3).expect("comparable"))
            .collect()
    });
    assert_eq!(assemble(5, &all, &parts), whole);
    assert_eq!(whole.distance, whole.distance.t());
}

#[test]
fn the_published_score_counts_units_and_ours_does_not() {
    let (a, b) = (cloud(30, 1), cloud(30, 2));
    let found = between(Aspect::Selectivity, &a, &b, Budget::THOROUGH, 1).expect("comparable");
    assert!((found.published / found.distance - 30.0_f64.sqrt()).abs() < 1e-9);
}

#[test]
fn the_more_searches_must_agree_the_lower_the_distances() {
    let total = |n_agreeing: usize| -> f64 {
        let budget = registration::Budget { n_agreeing };
        let distance = |k| between(Aspect::Selectivity, &cloud(40, 2 * k), &cloud(40, 2 * k + 1), budget, k);
        (0..8).map(|k| distance(k).expect("comparable").distance).sum()
    };
    let totals = [1, 3, 9].map(total);
    assert!(totals[0] > totals[1] && totals[1] >= totals[2], "{totals:?}");
}

#[test]
fn registrations_of_clouds_are_no_worse_than_60_random_starts_in_either_direction() {
    for (seed, n) in [(0, 60), (1, 45), (2, 17), (3, 16), (4, 7), (5, 2)] {
        let (a, b) = (cloud(n, 2 * seed), cloud(n + 5, 2 * seed + 1));
        let (a, b) = (a.points.view(), b.points.view());
        let [there, back] = registration::register_both(a, b, Budget::THOROUGH, seed);
        for (found, moving, fixed) in [(there, a, b), (back, b, a)] {
            let random = registration::register_from_random_starts(moving, fixed, 60, seed + 100);
            // A descent ends at gains of 1e-10, so that two of one minimum agree to about 1e-8.
            assert!(
                found.sum_of_squares <= random.sum_of_squares * (1.0 + 1e-6) + 1e-9,
                "{n} points: {} {}",
                found.sum_of_squares,
                random.sum_of_squares
            );
            let gaps = found.map.dot(&found.map.t()) - Array2::<f64>::eye(found.map.nrows());
            assert!(gaps.iter().all(|gap| gap.abs() < 1e-12), "the map is orthogonal");
        }
    }
}

#[test]
fn fewer_units_or_trials_than_components_leave_components_empty() {
    for (n, n_steps, n_trials) in [(3, 20, 4), (1, 5, 2), (20, 1, 2), (30, 2, 3)] {
        for aspect in Aspect::ALL {
            let features = features(aspect, &rates(n, n_steps, n_trials, 1)).expect("rates");
            assert_eq!(features.points.ncols(), aspect.n_components());
            assert!(features.points.iter().chain(&features.explained).all(|x| x.is_finite()));
            assert!(value(aspect, &features, &features) < 1e-9);
        }
    }
}

#[test]
fn silent_networks_have_features_and_distances() {
    for aspect in Aspect::ALL {
        let silent = features(aspect, &Array3::zeros((12, 8, 5))).expect("rates");
        let active = features(aspect, &rates(12, 8, 5, 1)).expect("rates");
        assert_eq!(value(aspect, &silent, &silent), 0.0);
        assert!(value(aspect, &silent, &active).is_finite());
    }
}

#[test]
fn what_cannot_be_compared_is_named() {
    let (a, b) = (cloud(20, 1), cloud(21, 2));
    let error = between(Aspect::Endpoints, &a, &b, Budget::THOROUGH, 1).expect_err("other trials");
    assert_eq!(error, DistanceError::Shape { aspect: Aspect::Endpoints, first: [20, 10], second: [21, 10] });
    assert!(between(Aspect::Selectivity, &a, &b, Budget::THOROUGH, 1).is_ok());
    let error = features(Aspect::Endpoints, &Array3::from_elem((2, 2, 2), f64::NAN)).expect_err("diverged");
    assert!(matches!(error, FeatureError::NotFinite { unit: 0, .. }));
    let error =
        between(Aspect::FixedPoints, &a, &a, Budget::THOROUGH, 1).expect_err("ten components, no groups");
    assert_eq!(
        error,
        DistanceError::Shape { aspect: Aspect::FixedPoints, first: [20, 10], second: [20, 10] }
    );
    let error = pairs(Aspect::Selectivity, &[a, b], &[(0, 2)], 1).expect_err("two items");
    assert_eq!(error, DistanceError::Item { item: 2, n_items: 2 });
}

#[test]
fn an_aspect_goes_by_its_name() {
    for aspect in Aspect::ALL {
        assert_eq!(Aspect::from_name(aspect.name()), Some(aspect));
    }
    assert_eq!(Aspect::from_name("trajectory"), None);
}
