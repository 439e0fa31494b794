use std::collections::BTreeMap;

use ndarray::Array2;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;
use rayon::prelude::*;

use super::*;
use crate::analysis::embedding::distances;
use crate::analysis::similarity::dsa::Search;
use crate::analysis::similarity::{SimilarityMeasure, distances as by_measures, prepare};
use crate::architecture::Constraint;
use circuitscope_kernel::Curve::{self, Relu, Sigmoid, Tanh};

const RESAMPLING: Resampling = Resampling { n_resamples: 99, n_permutations: 199, seed: 3 };
const PER_CLASS: usize = 8;

/// Six classes of eight in ten dimensions; each activation's centre is `apart` from the origin along `axis` of its own, or
/// of another activation's where two share one.
fn study(apart: [f64; 3], axis: [usize; 3], spread: f64, seed: u64) -> (Vec<NetworkEvidence>, Between) {
    study_of_spreads(apart, axis, [spread; 3], seed)
}

fn study_of_spreads(
    apart: [f64; 3],
    axis: [usize; 3],
    spread: [f64; 3],
    seed: u64,
) -> (Vec<NetworkEvidence>, Between) {
    let kinds: Vec<(usize, Curve, Constraint)> = [Relu, Sigmoid, Tanh]
        .into_iter()
        .enumerate()
        .flat_map(|(place, curve)| [Constraint::Dale, Constraint::Free].map(|c| (place, curve, c)))
        .flat_map(|kind| std::iter::repeat_n(kind, PER_CLASS))
        .collect();
    let points = places(apart, axis, spread, seed);
    let networks = kinds.iter().map(|&(_, curve, constraint)| NetworkEvidence {
        curve,
        constraint,
        class: format!("{curve:?}-{constraint:?}"),
        r2: None,
        measures: BTreeMap::new(),
        untrained: BTreeMap::new(),
    });
    let between = Between { distances: distances(points.view()), networks: (0..kinds.len()).collect() };
    (networks.collect(), between)
}

/// Distances between two runs of each network of [`study`], each `noise` away from where the network lies.
fn runs(apart: [f64; 3], axis: [usize; 3], spread: f64, noise: f64, seed: u64) -> Between {
    let n = 6 * PER_CLASS;
    let places = places(apart, axis, [spread; 3], seed);
    let mut rng = ChaCha8Rng::seed_from_u64(1000 + seed);
    let points = Array2::from_shape_fn((2 * n, 10), |(run, d)| {
        places[[run / 2, d]] + noise * rng.sample::<f64, _>(StandardNormal)
    });
    Between { distances: distances(points.view()), networks: (0..2 * n).map(|run| run / 2).collect() }
}

/// Where the networks lie `[48, 10]`.
fn places(apart: [f64; 3], axis: [usize; 3], spread: [f64; 3], seed: u64) -> Array2<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    Array2::from_shape_fn((6 * PER_CLASS, 10), |(i, d)| {
        let place = i / (2 * PER_CLASS);
        let centre = if d == axis[place] { apart[place] } else { 0.0 };
        centre + spread[place] * rng.sample::<f64, _>(StandardNormal)
    })
}

fn of_lengths<'a>(
    networks: &'a [NetworkEvidence],
    between: &'a Between,
    runs: Option<&'a Between>,
) -> Measured<'a> {
    Measured { networks, between, runs, scale: Scale::Length }
}

fn effects_of(conclusion: Conclusion, measured: Measured<'_>) -> Effects {
    let Measured { networks, between, runs, scale } = measured;
    effect::effects(conclusion, networks, between, runs, scale).expect("groups of three")
}

fn outcomes(measured: Measured<'_>) -> Vec<Outcome> {
    let tested = test(measured, RESAMPLING);
    decide(&tested.iter().collect::<Vec<_>>()).into_iter().map(|(outcome, _)| outcome).collect()
}

#[test]
fn conclusions_that_are_planted_survive_noise_as_large_as_the_spread_and_the_others_fall() {
    // ReLU and sigmoid near each other, tanh far: all four hold.
    let (networks, between) = study([0.0, 1.0, 4.0], [0, 0, 1], 0.2, 1);
    let noisy = runs([0.0, 1.0, 4.0], [0, 0, 1], 0.2, 0.2, 1);
    assert_eq!(outcomes(of_lengths(&networks, &between, Some(&noisy))), [Outcome::Survives; 4]);
    // The three at the corners of a triangle: tanh is no farther from the others than they are from each other.
    let (networks, between) = study([2.0; 3], [0, 1, 2], 0.2, 2);
    let noisy = runs([2.0; 3], [0, 1, 2], 0.2, 0.2, 2);
    let found = outcomes(of_lengths(&networks, &between, Some(&noisy)));
    assert_eq!(found[..3], [Outcome::Survives; 3]);
    assert_eq!(found[3], Outcome::Falls);
}

#[test]
fn networks_without_any_difference_lose_every_conclusion_in_most_studies() {
    let n_kept: usize = (0..10)
        .map(|seed| {
            let (networks, between) = study([0.0; 3], [0, 1, 2], 0.3, 10 + seed);
            let found = outcomes(of_lengths(&networks, &between, None));
            found.iter().filter(|outcome| **outcome == Outcome::Survives).count()
        })
        .sum();
    // Forty tests at a level of 0.05, corrected in families of four: 2.5 are expected at the very most.
    assert!(n_kept <= 2, "{n_kept}");
}

/// How many of 200 studies tell networks apart beyond their noise, for a conclusion.
fn n_told_apart(conclusion: Conclusion, apart: [f64; 3], spread: f64, noise: f64) -> usize {
    let is_told_apart = |seed: &u64| {
        let (networks, between) = study(apart, [0, 0, 1], spread, *seed);
        let runs = runs(apart, [0, 0, 1], spread, noise, *seed);
        let found = effects_of(conclusion, of_lengths(&networks, &between, Some(&runs)));
        found.beyond_noise.expect("runs").is_above_zero()
    };
    (300..500).into_par_iter().filter(is_told_apart).count()
}

#[test]
fn networks_that_are_the_same_but_for_noise_are_not_told_apart_and_those_as_far_apart_as_their_noise_are() {
    for conclusion in Conclusion::ALL {
        // At a level of 0.025 five of 200; ten is 2.3 standard errors more.
        let same = n_told_apart(conclusion, [0.0; 3], 0.0, 0.5);
        assert!(same <= 10, "{conclusion:?}: {same}");
    }
    for conclusion in [Conclusion::ClassesDiffer, Conclusion::ActivationsCluster, Conclusion::TanhApart] {
        let different = n_told_apart(conclusion, [0.0; 3], 0.5, 0.5);
        assert!(different >= 190, "{conclusion:?}: {different}");
    }
    // That ReLU and sigmoid are nearer is a difference of two effects.
    let nearer = n_told_apart(Conclusion::ReluNearSigmoid, [0.0, 0.5, 2.0], 0.2, 0.5);
    assert!(nearer >= 190, "{nearer}");
}

#[test]
fn a_difference_that_noise_hides_is_told_as_such_however_sure_its_test_is() {
    // Noise-free, classes differ beyond doubt; two runs lie fifty times as far apart as the classes do.
    let (networks, between) = study([0.0, 0.1, 0.4], [0, 0, 1], 0.01, 1);
    let noisy = runs([0.0, 0.1, 0.4], [0, 0, 1], 0.01, 20.0, 3);
    let measured = of_lengths(&networks, &between, Some(&noisy));
    assert_eq!(outcomes(measured), [Outcome::WithinNoise; 4]);
    assert_eq!(outcomes(Measured { runs: None, ..measured }), [Outcome::Survives; 4]);
    // Runs twice as far apart as the classes hide nothing: each network has its noise, the classes do not share it.
    let noisy = runs([0.0, 0.1, 0.4], [0, 0, 1], 0.01, 0.2, 3);
    assert_eq!(outcomes(of_lengths(&networks, &between, Some(&noisy)))[..3], [Outcome::Survives; 3]);
    let found = effects_of(Conclusion::ActivationsCluster, of_lengths(&networks, &between, Some(&noisy)));
    let own = found.between_runs.expect("runs");
    assert!((own / (2.0 * 10.0 * 0.04) - 1.0).abs() < 0.2, "{own}"); // a mean over 48 of χ² of ten degrees: 6 %
    assert!(own > found.of_centres.value);
}

#[test]
fn relu_and_sigmoid_that_are_no_nearer_than_tanh_have_no_effect() {
    // One centre or the corners of a triangle; tanh as wide as the others, half or twice.
    for (apart, wide) in [0.0, 2.0].into_iter().flat_map(|apart| [0.2, 0.4, 0.8].map(|wide| (apart, wide))) {
        let has_none = |seed: &u64| {
            let (networks, between) = study_of_spreads([apart; 3], [0, 1, 2], [0.4, 0.4, wide], *seed);
            let found = effects_of(Conclusion::ReluNearSigmoid, of_lengths(&networks, &between, None));
            !found.of_centres.is_above_zero()
        };
        let n_without = (200..300).into_par_iter().filter(has_none).count();
        // 97.5 of 100 or more; 92 is more than three standard errors less.
        assert!(n_without >= 92, "{apart} {wide}: {n_without}");
    }
}

#[test]
fn the_square_between_centres_is_the_planted_one_without_bias_and_its_interval_covers_it() {
    let of_seed = |seed: u64| {
        let (networks, between) = study([0.5; 3], [0, 1, 2], 0.4, seed);
        effects_of(Conclusion::ActivationsCluster, of_lengths(&networks, &between, None)).of_centres
    };
    let found: Vec<Effect> = (600..800).into_par_iter().map(of_seed).collect();
    let mean = found.iter().map(|effect| effect.value).sum::<f64>() / 200.0;
    let spread = found.iter().map(|effect| (effect.value - mean).powi(2)).sum::<f64>() / 200.0;
    // Three standard errors of the mean; the distance of the centres as they are is 0.04 more, which is thirteen.
    assert!((mean - 0.5).abs() < 3.0 * (spread / 200.0).sqrt(), "{mean}");
    let covers = |effect: &&Effect| effect.interval[0] <= 0.5 && 0.5 <= effect.interval[1];
    let n_covered = found.iter().filter(covers).count();
    assert!(n_covered >= 186, "{n_covered}"); // 0.93
}

#[test]
fn effects_are_those_of_numpy() {
    let points =
        Array2::from_shape_fn((9, 3), |(i, d)| ((7 * i + 3 * d + i * i * d) as f64).sin() + (i / 3) as f64);
    let networks: Vec<NetworkEvidence> = (0..9)
        .map(|i| NetworkEvidence {
            curve: [Relu, Sigmoid, Tanh][i / 3],
            constraint: Constraint::Free,
            class: (i / 3).to_string(),
            r2: None,
            measures: BTreeMap::new(),
            untrained: BTreeMap::new(),
        })
        .collect();
    let between = Between { distances: distances(points.view()), networks: (0..9).collect() };
    let found = |conclusion| effects_of(conclusion, of_lengths(&networks, &between, None)).of_centres;
    // Sums over pairs, one network left out after the other, in NumPy; quantiles of t by SciPy 1.17.
    for (conclusion, expected) in [
        (Conclusion::ActivationsCluster, [4.869_842_598, 0.434_494_948, 9.305_190_248]),
        (Conclusion::ReluNearSigmoid, [2.814_606_897, -4.699_283_748, 10.328_497_543]),
        (Conclusion::TanhApart, [1.896_644_381, -3.718_942_298, 7.512_231_060]),
    ] {
        let Effect { value, interval: [low, high] } = found(conclusion);
        for (got, expected) in [value, low, high].into_iter().zip(expected) {
            assert!((got - expected).abs() < 1e-7, "{conclusion:?}: {value} {low} {high}");
        }
    }
}

/// Trajectories of a rotating system `[40 · 6, 4]`, six trials of forty steps, outermost steps; another one for each frequency.
fn trajectories(frequency: f64, noise: f64, rng: &mut ChaCha8Rng) -> Array2<f64> {
    Array2::from_shape_fn((240, 4), |(row, d)| {
        let (step, trial) = ((row / 6) as f64, (row % 6) as f64);
        let phase = frequency * step * (1.0 + 0.3 * d as f64) + trial + d as f64;
        (0.9 - 0.15 * d as f64) * phase.sin() + noise * rng.sample::<f64, _>(StandardNormal)
    })
}

#[test]
fn no_measure_finds_a_network_farther_from_itself_than_from_another() {
    let search = Search::standard();
    let measures = SimilarityMeasure::ALL;
    // Beyond noise, of a draw of two runs of either: a number a measure.
    let of_draw = |seed: u64, frequencies: [f64; 2]| -> Vec<f64> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let runs: Vec<_> = [0, 0, 1, 1]
            .map(|network| {
                let points = trajectories(frequencies[network], 0.2, &mut rng);
                prepare(points.view(), 6, &measures).expect("trials")
            })
            .into();
        let square = |i: usize, j: usize| -> Vec<f64> {
            let found = by_measures(&runs[i], &runs[j], &measures, &search).expect("prepared");
            found.iter().zip(measures).map(|(d, measure)| measure.scale().square(*d)).collect()
        };
        let (between, own, other) = (square(0, 3), square(0, 1), square(2, 3));
        (0..measures.len()).map(|m| between[m] - 0.5 * (own[m] + other[m])).collect()
    };
    let n = 40;
    for frequencies in [[0.2, 0.2], [0.2, 0.5]] {
        let draws: Vec<Vec<f64>> = (0..n).into_par_iter().map(|seed| of_draw(seed, frequencies)).collect();
        for (m, measure) in measures.into_iter().enumerate() {
            let mean = draws.iter().map(|draw| draw[m]).sum::<f64>() / n as f64;
            let variance = draws.iter().map(|draw| (draw[m] - mean).powi(2)).sum::<f64>() / n as f64;
            let error = (variance / n as f64).sqrt();
            if frequencies[0] == frequencies[1] {
                assert!(mean.abs() < 3.5 * error, "{measure:?}: {mean} ± {error}"); // six measures
            } else {
                assert!(mean > 3.0 * error, "{measure:?}: {mean} ± {error}");
            }
        }
    }
}

#[test]
fn runs_that_were_not_measured_leave_their_networks_out_and_no_others() {
    let (networks, between) = study([0.0, 1.0, 4.0], [0, 0, 1], 0.2, 1);
    let whole = runs([0.0, 1.0, 4.0], [0, 0, 1], 0.2, 0.2, 1);
    let mut holed = whole.clone();
    holed.distances.row_mut(0).fill(f64::NAN);
    holed.distances.column_mut(0).fill(f64::NAN);
    let kept: Vec<usize> = (2..whole.networks.len()).collect();
    let without = Between {
        distances: whole.distances.select(ndarray::Axis(0), &kept).select(ndarray::Axis(1), &kept),
        networks: whole.networks[2..].to_vec(),
    };
    for conclusion in Conclusion::ALL {
        let of = |runs| effects_of(conclusion, of_lengths(&networks, &between, Some(runs)));
        assert_eq!(of(&holed), of(&without));
        assert_ne!(of(&holed), of(&whole));
    }
}

#[test]
fn what_a_study_lacks_for_a_conclusion_is_told() {
    let (mut networks, between) = study([0.0, 1.0, 4.0], [0, 0, 1], 0.2, 1);
    for network in &mut networks {
        network.curve = Relu;
    }
    let tested = test(of_lengths(&networks, &between, None), RESAMPLING);
    assert!(tested[1..].iter().all(|one| one.missing.is_some() && one.value.is_none()));
    assert_eq!(outcomes(of_lengths(&networks, &between, None))[1..], [Outcome::NotDecidable; 3]);
}
