use super::*;
use crate::analysis::embedding;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;

const FEW: Resampling = Resampling { n_resamples: 200, n_permutations: 999, seed: 3 };
const CURVES: [Curve; 3] = [Curve::Relu, Curve::Sigmoid, Curve::Tanh];

/// Which way each measure must go for ReLU, sigmoid and tanh so that every claim holds.
fn planted_means(measure: Measure) -> [f64; 3] {
    match measure {
        Measure::ExchangeResidual
        | Measure::EarlyDivergence
        | Measure::KurtosisOfRadii
        | Measure::LargestRadius
        | Measure::IrrelevantShare
        | Measure::IrrelevantInformation
        | Measure::PlaneShare => [0.0, 0.0, 5.0],
        Measure::ContextAxisShare
        | Measure::ArmConcentration
        | Measure::EvennessOfRadii
        | Measure::ContextSeparation
        | Measure::IrrelevantSlope => [5.0, 5.0, 0.0],
        Measure::OutputAlignment => [0.2, 0.2, 0.2],
        Measure::EndpointGap => [1.0; 3],
        Measure::ContextInhibition => [-5.0, -5.0, 0.0],
        Measure::IrrelevantSignProduct | Measure::IrrelevantGain => [0.0, 0.0, -5.0],
        Measure::PerturbationCorrelation => [5.0; 3],
    }
}

/// A study of one task with eight networks of each of six classes, in which everything claimed is so.
fn planted(task: &str, seed: u64) -> TaskEvidence {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut networks = Vec::new();
    for (place, curve) in CURVES.into_iter().enumerate() {
        for constraint in [Constraint::Dale, Constraint::Free] {
            for _ in 0..8 {
                let measure = |measure: Measure| {
                    (measure, planted_means(measure)[place] + rng.sample::<f64, _>(StandardNormal))
                };
                networks.push(NetworkEvidence {
                    curve,
                    constraint,
                    class: format!("{curve:?} {constraint:?}"),
                    r2: Some(0.95),
                    measures: Measure::ALL.map(measure).into(),
                });
            }
        }
    }
    // ReLU and sigmoid near each other, tanh far from both; half as far before training.
    let aspects = Aspect::ALL.into_iter().map(|aspect| {
        let noise = Array2::from_shape_fn((48, 6), |_| 0.5 * rng.sample::<f64, _>(StandardNormal));
        let mut between = |scale: f64| {
            let points = Array2::from_shape_fn((48, 6), |(i, d)| {
                let place = i / 16;
                let centre = [[0.0, 0.0], [2.0, 0.0], [2.0, 6.0]][place];
                let own = if d < 2 { scale * centre[d] } else { 0.0 };
                own + noise[[i, d]] + 0.1 * rng.sample::<f64, _>(StandardNormal)
            });
            Between { distances: embedding::distances(points.view()), networks: (0..48).collect() }
        };
        AspectEvidence { aspect, trained: between(1.0), untrained: Some(between(0.5)) }
    });
    TaskEvidence { task: task.to_owned(), floor: 0.9, aspects: aspects.collect(), networks }
}

/// The same study with the labels dealt out anew, and measures without a sign.
fn shuffled(mut task: TaskEvidence, seed: u64) -> TaskEvidence {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut order: Vec<usize> = (0..task.networks.len()).collect();
    order.shuffle(&mut rng);
    let before = task.networks.clone();
    for (network, from) in task.networks.iter_mut().zip(order) {
        network.measures = before[from].measures.clone();
        for (measure, value) in &mut network.measures {
            // Where the mean itself is the claim, no label carries it: the sign is dealt out instead.
            let is_level = matches!(
                measure,
                Measure::ContextSeparation
                    | Measure::ContextInhibition
                    | Measure::IrrelevantSignProduct
                    | Measure::IrrelevantGain
                    | Measure::PerturbationCorrelation
                    | Measure::IrrelevantSlope
            );
            if is_level && rng.random::<bool>() {
                *value = -*value;
            }
        }
    }
    for aspect in &mut task.aspects {
        aspect.trained.networks.shuffle(&mut rng);
        if let Some(untrained) = &mut aspect.untrained {
            untrained.networks.shuffle(&mut rng);
        }
    }
    task
}

#[test]
fn every_claim_is_supported_where_it_is_planted() {
    let claims = judge(&[planted("cddm", 1), planted("go_no_go", 2)], FEW);
    let numbers: Vec<u32> = claims.iter().map(|claim| claim.number).collect();
    let expected: Vec<u32> = (1..=17).chain([18; 7]).chain([19]).collect();
    assert_eq!(numbers, expected);
    let failed: Vec<_> = claims.iter().filter(|claim| claim.verdict != Verdict::Supported).collect();
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn with_labels_dealt_out_no_claim_is_supported_more_often_than_its_level() {
    let mut n_supported = std::collections::BTreeMap::<u32, usize>::new();
    let n_draws = 60;
    for seed in 0..n_draws {
        for claim in judge(&[shuffled(planted("cddm", seed), seed + 500)], FEW) {
            // Performance is no difference between labels.
            if claim.verdict == Verdict::Supported && claim.number != 2 {
                *n_supported.entry(claim.number).or_default() += 1;
            }
        }
    }
    // Three of 60 is the level; seven is beyond it by more than two standard errors.
    assert!(n_supported.values().all(|&n| n < 7), "{n_supported:?} of {n_draws}");
}

#[test]
fn a_study_without_the_data_says_what_is_missing() {
    let mut task = planted("cddm", 1);
    for network in &mut task.networks {
        network.measures.remove(&Measure::ContextInhibition);
    }
    task.aspects.iter_mut().for_each(|aspect| aspect.untrained = None);
    task.aspects.retain(|aspect| aspect.aspect != Aspect::FixedPoints);
    let claims = judge(&[task], FEW);
    for number in [5, 6, 11, 13, 14] {
        let claim = claims.iter().find(|claim| claim.number == number).expect("judged");
        assert_eq!(claim.verdict, Verdict::NotDecidable, "{number}");
        assert!(!claim.missing().is_empty());
    }
}

#[test]
fn a_study_without_tasks_has_no_claims() {
    assert!(judge(&[], FEW).is_empty());
}
