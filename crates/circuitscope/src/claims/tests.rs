use super::*;
use crate::analysis::distance::Aspect;
use crate::analysis::embedding;
use crate::analysis::measures::{Contexts, Measure};
use crate::analysis::statistics::tests::{assert_uniform, shares};
use crate::architecture::Constraint;
use circuitscope_kernel::Curve;
use ndarray::Array2;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;
use std::collections::BTreeMap;

mod few;
mod hypotheses;
mod margins;
mod multiverse;
mod planted;

use planted::{planted, shuffled};

const FEW: Resampling = Resampling { n_resamples: 200, n_permutations: 999, seed: 3 };
const TERMS: Terms = Terms::new(FEW, MARGINS);
/// Measures of planted studies vary by 1, those of choices by a tenth.
const MARGINS: Margins = Margins {
    performance: 0.1,
    sensitivity: 0.1,
    endpoint: 0.5,
    sheet: 0.1,
    symmetry: 3.0,
    smallest_effect: None,
};
/// Readings for which a study has no data, whatever it is.
const OF_OTHER_STUDIES: [(u32, &str); 2] = [(5, "published_controls"), (17, "training_sets")];
const CURVES: [Curve; 3] = [Curve::Relu, Curve::Sigmoid, Curve::Tanh];

#[test]
fn every_claim_is_supported_where_it_is_planted() {
    let claims = judge(&[planted("cddm", 1), planted("go_no_go", 2)], TERMS);
    let numbers: Vec<u32> = claims.iter().map(|claim| claim.number).collect();
    let expected: Vec<u32> = (1..=17).chain([18; 7]).chain([19]).collect();
    assert_eq!(numbers, expected);
    let readings = claims.iter().flat_map(|claim| claim.readings.iter().map(move |reading| (claim, reading)));
    let is_upheld = |verdict| matches!(verdict, Verdict::Supported | Verdict::Equivalent);
    let is_as_planted = |(claim, reading): &(&Claim, &Reading)| {
        if OF_OTHER_STUDIES.contains(&(claim.row, reading.name.as_str())) {
            reading.verdict == Verdict::NotDecidable && !reading.missing().is_empty()
        } else {
            is_upheld(reading.verdict)
        }
    };
    let failed: Vec<_> = readings.filter(|one| !is_as_planted(one)).collect();
    assert!(failed.is_empty(), "{failed:#?}");
}

/// Fails where more of `n_draws` studies than three standard errors beyond the level have what none should.
fn assert_rare(n: usize, n_draws: u64, what: impl std::fmt::Debug) {
    let expected = LEVEL * n_draws as f64;
    let most = expected + 3.0 * (expected * (1.0 - LEVEL)).sqrt();
    assert!(n as f64 <= most, "{n} of {n_draws}: {what:?}");
}

/// Whether a reading would be supported without the correction.
fn passes_alone(reading: &Reading) -> bool {
    let is_certain = |part: &Part| part.p_for().is_none_or(|p| p <= LEVEL);
    reading.parts.iter().all(|part| part.is_met() && is_certain(part))
}

#[test]
fn with_permuted_labels_no_reading_is_supported_more_often_than_its_level() {
    let few = Resampling { n_resamples: 100, n_permutations: 499, seed: 3 };
    for (size, n_draws) in [(8, 40), (4, 200)] {
        let [mut n_supported, mut n_contradicted] = [0; 2];
        // Of a contradiction no more is asked than the level of each reading, corrected for its parts.
        let [mut alone, mut contradicted] = [const { BTreeMap::<(u32, u32, String), usize>::new() }; 2];
        for seed in 0..n_draws {
            let permuted = |name, aspects: &[Aspect], seed| {
                let mut task = first_of_each_class(planted(name, seed), size);
                task.aspects.retain(|found| aspects.contains(&found.aspect));
                shuffled(task, seed + 500)
            };
            // Of a single aspect, for claims on several ask that all agree, and pass less often.
            let first = permuted("cddm", &[Aspect::Endpoints, Aspect::FixedPoints], seed);
            let second = permuted("go_no_go", &[Aspect::FixedPoints], seed + 1000);
            let mut claims = judge(&[first, second], Terms::new(few, MARGINS));
            claims.retain(|claim| claim.number != 2); // performance is no difference between labels
            for claim in &claims {
                for reading in &claim.readings {
                    *alone.entry((claim.number, claim.row, reading.name.clone())).or_default() +=
                        usize::from(passes_alone(reading));
                    *contradicted.entry((claim.number, claim.row, reading.name.clone())).or_default() +=
                        usize::from(reading.verdict == Verdict::Contradicted);
                }
            }
            let is_found = |claim: &Claim| claim.verdict() == Verdict::Supported;
            n_supported += usize::from(claims.iter().any(is_found));
            let is_against = |claim: &Claim| claim.first().p_contradicted.is_some_and(|p| p < LEVEL);
            n_contradicted += usize::from(claims.iter().any(is_against));
        }
        for (rows, n) in alone {
            assert_rare(n, n_draws, ("supported", size, rows));
        }
        for (rows, n) in contradicted {
            assert_rare(n, n_draws, ("contradicted", size, rows));
        }
        // The correction holds the level for all tests of a study together.
        assert_rare(n_supported, n_draws, ("supported", size));
        assert_rare(n_contradicted, n_draws, ("contradicted", size));
    }
}

#[test]
fn a_study_without_the_data_says_what_is_missing() {
    let mut task = planted("cddm", 1);
    for network in &mut task.networks {
        network.measures.remove(&Measure::ContextInhibition);
    }
    task.aspects.iter_mut().for_each(|aspect| aspect.untrained = None);
    task.aspects.retain(|aspect| aspect.aspect != Aspect::FixedPoints);
    let claims = judge(&[task], TERMS);
    for number in [5, 6, 11, 13, 14] {
        let claim = claims.iter().find(|claim| claim.number == number).expect("judged");
        assert_eq!(claim.verdict(), Verdict::NotDecidable, "{number}");
        assert!(!claim.first().missing().is_empty());
    }
}

#[test]
fn performance_is_that_of_every_network_and_alike_inside_the_margin() {
    let second = |r2: Vec<Option<f64>>| {
        let mut task = planted("cddm", 1);
        task.scores.push(ClassScores { class: "other".to_owned(), r2 });
        let claim = judge(&[task], TERMS).swap_remove(1);
        (claim.verdict(), claim.first().parts[0].value, claim.first().parts[1].verdict)
    };
    let (like, far) = (Verdict::Equivalent, Verdict::Contradicted);
    assert_eq!(second(vec![Some(0.92); 8]), (Verdict::Supported, Some(0.92), like));
    // One diverged of nine does not move the median far.
    let mut one_diverged = vec![Some(0.92); 8];
    one_diverged.push(None);
    assert_eq!(second(one_diverged).0, Verdict::Supported);
    assert_eq!(second(vec![Some(0.6); 8]), (Verdict::Contradicted, Some(0.6), far));
    // Half of the class diverged: the study cannot tell where its median is.
    let (verdict, value, _) = second(vec![Some(0.99), Some(0.98), None, None]);
    assert_eq!((verdict, value), (Verdict::Inconclusive, Some(0.49)));
    assert_eq!(second(Vec::new()).1, None);
}

/// The same study with only the first networks of each class.
fn first_of_each_class(task: TaskEvidence, n: usize) -> TaskEvidence {
    only(task, |i| i % 8 < n)
}

/// The same study with only some of its 48 networks, of which every 16 are of an activation.
fn only(mut task: TaskEvidence, is_kept: impl Fn(usize) -> bool) -> TaskEvidence {
    let kept: Vec<usize> = (0..48).filter(|&i| is_kept(i)).collect();
    let of = |between: &Between| Between {
        distances: between.distances.select(ndarray::Axis(0), &kept).select(ndarray::Axis(1), &kept),
        networks: (0..kept.len()).collect(),
    };
    for aspect in &mut task.aspects {
        aspect.trained = of(&aspect.trained);
        aspect.embedded = aspect.embedded.as_ref().map(of);
        aspect.untrained = aspect.untrained.as_ref().map(of);
    }
    task.networks = kept.iter().map(|&i| task.networks[i].clone()).collect();
    task
}

#[test]
fn networks_too_few_for_a_test_leave_a_claim_undecided_whether_p_or_an_interval_decides() {
    // Two of each class: four of an activation, of which the clearest p is 1 of C(8, 4) orders, or 1 of 2⁴ signs.
    let claims = judge(&[first_of_each_class(planted("cddm", 1), 2)], TERMS);
    let found = |claims: &[Claim], number| {
        let claim = claims.iter().find(|claim| claim.number == number).expect("judged");
        (claim.verdict(), claim.first().missing().into_iter().map(str::to_owned).collect::<Vec<_>>())
    };
    for number in [3, 4, 9, 10, 12, 14, 15, 16] {
        assert_eq!(found(&claims, number), (Verdict::NotDecidable, vec![TOO_FEW.to_owned()]), "{number}");
    }
    // Eight of an activation: 1 of 2⁸ signs.
    let claims = judge(&[first_of_each_class(planted("cddm", 1), 4)], TERMS);
    for number in [14, 16] {
        assert_eq!(found(&claims, number), (Verdict::Supported, Vec::new()), "{number}");
    }
}

#[test]
fn only_a_task_with_contexts_is_said_to_separate_them() {
    let claims = judge(&[planted("cddm", 1), planted("go_no_go", 2)], TERMS);
    let told = claims.iter().filter(|claim| claim.row == 11);
    let told: Vec<bool> = told.map(|claim| claim.statement.ends_with("separated by context")).collect();
    assert_eq!(told, [true, false]);
}

#[test]
fn a_wide_class_is_no_distance_between_centres() {
    // One centre for all and tanh wider by half: its mean distances to the others are the largest.
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let mut task = planted("cddm", 1);
    let points = Array2::from_shape_fn((48, 6), |(i, _)| {
        (if i >= 32 { 1.5 } else { 1.0 }) * rng.sample::<f64, _>(StandardNormal)
    });
    for aspect in &mut task.aspects {
        aspect.trained.distances = embedding::distances(points.view());
    }
    let claims = judge(&[task], TERMS);
    let claim = claims.iter().find(|claim| claim.number == 11).expect("judged");
    assert_eq!(claim.verdict(), Verdict::Inconclusive, "{:?}", claim.first().parts);
}

#[test]
fn a_study_without_tasks_has_no_claims() {
    assert!(judge(&[], TERMS).is_empty());
}

#[test]
fn the_number_that_decides_is_the_one_that_fails_however_certain_it_is() {
    let mut task = planted("cddm", 1);
    let tanh: Vec<f64> = task
        .networks
        .iter()
        .filter(|network| network.curve == Curve::Tanh)
        .map(|network| network.measures[&Measure::ExchangeResidual])
        .collect();
    let own = |curve: Curve, from: f64| match curve {
        Curve::Relu => from - 1.0, // as claimed, and less certain than the next
        Curve::Sigmoid => from + 50.0,
        _ => from,
    };
    for (place, network) in task.networks.iter_mut().enumerate() {
        let value = own(network.curve, tanh[place % tanh.len()]);
        network.measures.insert(Measure::ExchangeResidual, value);
    }
    let claims = judge(&[task], TERMS);
    let symmetric = &claims[2];
    let decider = symmetric.first().decider().expect("a part");
    assert_eq!((symmetric.verdict(), decider.verdict), (Verdict::Contradicted, Verdict::Contradicted));
    assert!(decider.words.contains("sigmoid") && !decider.is_met(), "{symmetric:#?}");
    let other = symmetric.first().parts.iter().find(|part| part.words.contains("ReLU")).expect("a part");
    assert!(other.is_met() && other.p() > decider.p(), "{symmetric:#?}");
    // More networks would not turn a number around.
    assert!(decider.n_needed.is_none() && other.n_needed.is_some(), "{symmetric:#?}");
}

/// A study of one aspect of one task: `size` networks of each class, at normal points of the plane around its centre.
fn scattered(
    aspect: Aspect,
    size: usize,
    centre: impl Fn(Curve, Constraint) -> [f64; 2],
    seed: u64,
) -> TaskEvidence {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let classes =
        CURVES.iter().flat_map(|&curve| [Constraint::Dale, Constraint::Free].map(|own| (curve, own)));
    let classes: Vec<_> = classes.flat_map(|class| vec![class; size]).collect();
    let points = Array2::from_shape_fn((classes.len(), 2), |(i, d)| {
        let (curve, constraint) = classes[i];
        centre(curve, constraint)[d] + rng.sample::<f64, _>(StandardNormal)
    });
    let network = |(curve, constraint)| NetworkEvidence {
        curve,
        constraint,
        class: String::new(),
        r2: None,
        measures: BTreeMap::new(),
        untrained: BTreeMap::new(),
    };
    let networks: Vec<_> = classes.into_iter().map(network).collect();
    let trained =
        Between { distances: embedding::distances(points.view()), networks: (0..networks.len()).collect() };
    let aspects = vec![AspectEvidence { aspect, trained, embedded: None, untrained: None }];
    TaskEvidence {
        task: String::new(),
        contexts: Contexts::None,
        floor: 0.0,
        scores: Vec::new(),
        networks,
        aspects,
    }
}

#[test]
fn gaps_of_labels_that_mean_nothing_have_a_uniform_p_and_planted_ones_are_found() {
    let few = Terms::new(Resampling { n_resamples: 1, n_permutations: 199, seed: 3 }, MARGINS);
    let silhouette = |task: &TaskEvidence| solutions::tanh_separate(task, few).swap_remove(0);
    let nearness = |task: &TaskEvidence| resting::contexts_apart(task, few).swap_remove(0);
    let at_one_place = |aspect| (0..600).map(move |seed| scattered(aspect, 4, |_, _| [0.0; 2], seed));
    let p = |part: Part| part.p_for().expect("a p");

    let of_silhouettes: Vec<f64> =
        at_one_place(Aspect::Trajectories).map(|task| p(silhouette(&task))).collect();
    assert_uniform(&of_silhouettes);
    let of_nearness: Vec<f64> = at_one_place(Aspect::FixedPoints).map(|task| p(nearness(&task))).collect();
    for [level, share, slack] in shares(&of_nearness) {
        // Centres that cannot be told apart are at distance zero, so that gaps of zero tie; a gap below it, which is what is
        // claimed, has a p of about a third at most.
        assert!(share < level + slack && (level > 0.3 || share > level - slack), "{level}: {share}");
    }

    let only_tanh = |curve, _| if curve == Curve::Tanh { [8.0, 0.0] } else { [0.0; 2] };
    for seed in 0..50 {
        let found = [
            silhouette(&scattered(Aspect::Trajectories, 4, only_tanh, seed)),
            nearness(&scattered(Aspect::FixedPoints, 4, only_tanh, seed)),
        ];
        assert!(
            found.iter().all(|part| part.is_met() && part.p_for().is_some_and(|p| p <= 0.02)),
            "{found:?}"
        );
    }
}

#[test]
fn where_labels_matter_another_way_intervals_keep_gaps_from_being_claimed() {
    let few = Terms::new(Resampling { n_resamples: 199, n_permutations: 1, seed: 3 }, MARGINS);
    let n_draws = 400;

    // Every activation is as far from the others.
    let corner = |curve, _| match curve {
        Curve::Relu => [0.0; 2],
        Curve::Sigmoid => [6.0, 0.0],
        _ => [3.0, 27.0_f64.sqrt()],
    };
    let is_near = |seed: &u64| {
        resting::contexts_apart(&scattered(Aspect::FixedPoints, 5, corner, *seed), few)[0].is_met()
    };
    // One end of a percentile interval leaves out 0.025 of many networks and a little more of ten, within the level of a claim.
    assert_rare((0..n_draws).filter(is_near).count(), n_draws, "near");

    // tanh networks of either constraint are about as far from each other as from the rest.
    let three = |curve, own| match (curve, own) {
        (Curve::Tanh, Constraint::Dale) => [3.0, 3.0],
        (Curve::Tanh, Constraint::Free) => [3.0, 0.0],
        _ => [0.0; 2],
    };
    let gap = |seed: u64| {
        let task = scattered(Aspect::Trajectories, 5, three, seed);
        solutions::tanh_separate(&task, few).swap_remove(0)
    };
    let gaps: Vec<Part> = (0..n_draws).map(gap).collect();
    let mean = gaps.iter().filter_map(|part| part.value).sum::<f64>() / n_draws as f64;
    let is_above = |part: &&Part| part.interval.is_some_and(|[low, _]| low > mean);
    assert_rare(gaps.iter().filter(is_above).count(), n_draws, ("above", mean));
}
