use std::collections::BTreeMap;

use ndarray::Array2;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;

use super::*;
use crate::analysis::embedding::distances;
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
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let points = Array2::from_shape_fn((kinds.len(), 10), |(i, d)| {
        let place = kinds[i].0;
        let centre = if d == axis[place] { apart[place] } else { 0.0 };
        centre + spread[place] * rng.sample::<f64, _>(StandardNormal)
    });
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

fn outcomes(networks: &[NetworkEvidence], between: &Between, realisations: &[f64]) -> Vec<Outcome> {
    let tested = test(networks, between, realisations, RESAMPLING);
    decide(&tested.iter().collect::<Vec<_>>()).into_iter().map(|(outcome, _)| outcome).collect()
}

#[test]
fn conclusions_that_are_planted_survive_and_the_others_fall() {
    // ReLU and sigmoid near each other, tanh far: all four hold.
    let (networks, between) = study([0.0, 1.0, 4.0], [0, 0, 1], 0.2, 1);
    assert_eq!(outcomes(&networks, &between, &[0.01; 10]), [Outcome::Survives; 4]);
    // The three at the corners of a triangle: tanh is no farther from the others than they are from each other.
    let (networks, between) = study([2.0; 3], [0, 1, 2], 0.2, 2);
    assert_eq!(outcomes(&networks, &between, &[0.01; 10])[..3], [Outcome::Survives; 3]);
    assert_eq!(outcomes(&networks, &between, &[0.01; 10])[3], Outcome::Falls);
}

#[test]
fn networks_without_any_difference_lose_every_conclusion_in_most_studies() {
    let n_kept: usize = (0..10)
        .map(|seed| {
            let (networks, between) = study([0.0; 3], [0, 1, 2], 0.3, 10 + seed);
            outcomes(&networks, &between, &[]).iter().filter(|outcome| **outcome == Outcome::Survives).count()
        })
        .sum();
    // Forty tests at a level of 0.05, corrected in families of four: 2.5 are expected at the very most.
    assert!(n_kept <= 2, "{n_kept}");
}

#[test]
fn a_difference_below_the_noise_of_single_networks_is_told_as_such() {
    let (networks, between) = study([0.0, 1.0, 4.0], [0, 0, 1], 0.2, 1);
    let runs: Vec<f64> = (0..12).map(|network| f64::from(20 + 20 * (network % 4))).collect();
    assert_eq!(outcomes(&networks, &between, &runs), [Outcome::WithinNoise; 4]);
    // Runs that lie equally far apart in all networks are no difference of distances.
    assert_eq!(outcomes(&networks, &between, &[50.0; 10])[..3], [Outcome::WithinNoise; 3]);
    assert_eq!(outcomes(&networks, &between, &[50.0; 10])[3], Outcome::Survives);
}

#[test]
fn a_difference_of_distances_is_held_against_differences_and_not_against_whole_distances() {
    let runs: Vec<f64> = (0..12).map(|network| 5.0 + 0.1 * f64::from(network % 2)).collect();
    let (mut n_whole_are_larger, mut n_survive) = (0, 0);
    for seed in 100..110 {
        // ReLU and sigmoid 2 apart, tanh √(1 + 2.5²) = 2.69 from both.
        let (networks, between) = study([-1.0, 1.0, 2.5], [0, 0, 1], 0.4, seed);
        let floor = |conclusion| floor::floor(conclusion, &networks, &between, &runs, 1).expect("groups");
        // Of the same groups and splits.
        let (found, whole) = (floor(Conclusion::ReluNearSigmoid), floor(Conclusion::ActivationsCluster));
        // Centres of sixteen are off by 0.1 an axis, the difference by 0.15: three of these, and a bias of 0.03.
        assert!((found.effect - 0.69).abs() < 0.5, "{found:?}");
        // Runs of three networks: all the same, or one of them 0.1 from the others.
        assert!((found.realisation.expect("runs") - 0.1).abs() < 1e-9);
        assert!(found.distance < whole.realisation.expect("runs"));
        assert!(!found.is_within(), "{found:?}");
        n_whole_are_larger += usize::from(found.effect < whole.sampling);
        let outcome = outcomes(&networks, &between, &runs)[3];
        assert_ne!(outcome, Outcome::WithinNoise);
        n_survive += usize::from(outcome == Outcome::Survives);
    }
    assert!(n_whole_are_larger >= 8, "{n_whole_are_larger}");
    // Those that the test itself misses fall, whatever their floor.
    assert!(n_survive >= 5, "{n_survive}");
}

#[test]
fn relu_and_sigmoid_that_are_no_nearer_than_tanh_stay_within_the_noise() {
    // One centre or the corners of a triangle; tanh as wide as the others, half or twice.
    for (apart, wide) in [0.0, 2.0].into_iter().flat_map(|apart| [0.2, 0.4, 0.8].map(|wide| (apart, wide))) {
        let is_within = |seed: &u64| {
            let (networks, between) = study_of_spreads([apart; 3], [0, 1, 2], [0.4, 0.4, wide], *seed);
            floor::floor(Conclusion::ReluNearSigmoid, &networks, &between, &[], 1)
                .expect("groups")
                .is_within()
        };
        let n_within = (200..220).filter(is_within).count();
        assert!(n_within >= 19, "{apart} {wide}: {n_within}");
    }
}

#[test]
fn halves_of_a_class_lie_as_near_as_their_size_says_and_classes_as_far_as_planted() {
    let (networks, between) = study([2.0; 3], [0, 1, 2], 0.3, 4);
    let found =
        floor::floor(Conclusion::ActivationsCluster, &networks, &between, &[1.0, 2.0], 1).expect("groups");
    // Centroids of eight: 0.3² · 10 · 2/8 is the mean square between halves of one activation, and on top of 8 between two.
    let own = (0.09 * 10.0 * 0.25_f64).sqrt();
    assert!((0.8..1.8).contains(&(found.sampling / own)), "{found:?}"); // the 95 % point of a χ of ten degrees
    let apart = (8.0 + own * own).sqrt();
    assert!((found.effect / apart - 1.0).abs() < 0.1, "{found:?}"); // centres of sixteen are off by 0.3/4 an axis
    assert!(!found.is_within());
    assert!(Floor { effect: found.sampling, ..found }.is_within());
}

#[test]
fn what_a_study_lacks_for_a_conclusion_is_told() {
    let (mut networks, between) = study([0.0, 1.0, 4.0], [0, 0, 1], 0.2, 1);
    for network in &mut networks {
        network.curve = Relu;
    }
    let tested = test(&networks, &between, &[], RESAMPLING);
    assert!(tested[1..].iter().all(|one| one.missing.is_some() && one.value.is_none()));
    assert_eq!(outcomes(&networks, &between, &[])[1..], [Outcome::NotDecidable; 3]);
}

#[test]
fn the_number_of_threads_changes_no_floor() {
    let (networks, between) = study([2.0; 3], [0, 1, 2], 0.3, 4);
    let found = || floor::floor(Conclusion::TanhApart, &networks, &between, &[], 1);
    let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool").install(found);
    assert_eq!(found(), alone);
}
