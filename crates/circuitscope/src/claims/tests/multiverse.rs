//! Claims under other choices.

use super::*;
use crate::claims::multiverse::{Alternative, ChoiceKind, Robustness, agreement, under};
use crate::claims::rule::{Rule, Source};
use crate::claims::table::RULES;

#[test]
fn nine_of_ten_choices_make_a_claim_robust() {
    assert_eq!(Robustness::of([0, 0]), None);
    assert_eq!(Robustness::of([10, 9]), Some(Robustness::Robust));
    assert_eq!(Robustness::of([9, 8]), Some(Robustness::Sensitive));
}

#[test]
fn only_claims_that_a_choice_moves_are_judged_under_it_and_in_the_same_family() {
    let task = planted("cddm", 1);
    let judged = judge(std::slice::from_ref(&task), TERMS);
    let under_measure = |change: fn(f64) -> f64| {
        let mut task = task.clone();
        for network in &mut task.networks {
            network.measures.entry(Measure::KurtosisOfRadii).and_modify(|value| *value = change(*value));
        }
        let (kind, choice, k_neighbours) = (ChoiceKind::Measure, "other".to_owned(), TERMS.k_neighbours);
        under(&judged, &Alternative { kind, choice, k_neighbours, tasks: vec![task] }, TERMS)
    };
    let scaled = under_measure(|value| 2.0 * value);
    assert_eq!(scaled.iter().map(|under| under.claim.number).collect::<Vec<_>>(), [10]);
    assert!(scaled[0].agrees);
    // A scale moves no p, so that the correction is the one of the study.
    let first = judged.iter().find(|claim| claim.number == 10).expect("judged");
    assert_eq!(scaled[0].claim.first().p, first.first().p);
    let reversed = under_measure(|value| -value);
    assert_eq!((reversed[0].claim.verdict(), reversed[0].agrees), (Verdict::Contradicted, false));
    assert_eq!(agreement(first, &[scaled, reversed].concat()), [2, 1]);
    assert!(under_measure(|value| value).is_empty());
}

#[test]
fn other_neighbours_touch_the_claims_that_neighbours_decide() {
    let task = planted("cddm", 1);
    let judged = judge(std::slice::from_ref(&task), TERMS);
    let votes = |k_neighbours: usize| {
        let (kind, choice) = (ChoiceKind::Neighbours, format!("{k_neighbours} neighbours"));
        // Labels of two networks are exchanged, so that votes of one and of five neighbours differ.
        let mut tasks = vec![task.clone()];
        for aspect in &mut tasks[0].aspects {
            for between in
                [&mut aspect.trained].into_iter().chain(&mut aspect.embedded).chain(&mut aspect.untrained)
            {
                between.networks.swap(0, 40);
            }
        }
        under(&judged, &Alternative { kind, choice, k_neighbours, tasks }, TERMS)
    };
    for k in [1, 9] {
        let found = votes(k);
        assert_eq!(found.iter().map(|under| under.claim.number).collect::<Vec<_>>(), [5, 7], "{k}");
        for under in found {
            assert!(under.claim.first().parts[0].words.starts_with(&format!("{k}-neighbour")), "{under:#?}");
        }
    }
}

#[test]
fn a_claim_is_made_of_what_its_rule_says_and_of_nothing_else() {
    let task = planted("cddm", 1);
    let of_first = |task: &TaskEvidence, source: Option<Source>| {
        let is_wanted = |rule: &Rule<'_>| source.is_none_or(|source| !rule.made_of.contains(&source));
        measured(std::slice::from_ref(task), TERMS, Readings::First, is_wanted)
    };
    let without = |source: Source| {
        let mut task = task.clone();
        // What was near is far.
        let moved = |between: &mut Between| {
            let largest = between.distances.fold(0.0, |a: f64, b| a.max(*b));
            between.distances.mapv_inplace(|d| if d == 0.0 { 0.0 } else { (1.1 * largest - d).powi(2) });
        };
        match source {
            Source::Scores => task.scores.iter_mut().for_each(|class| class.r2 = vec![Some(0.5); 8]),
            Source::Measures => task.networks.iter_mut().for_each(|network| {
                network.measures.values_mut().for_each(|value| *value = 0.9 * *value - 0.1);
            }),
            Source::Distances => task.aspects.iter_mut().for_each(|aspect| {
                [Some(&mut aspect.trained), aspect.untrained.as_mut()].into_iter().flatten().for_each(moved);
            }),
            Source::Embedding => {
                task.aspects.iter_mut().for_each(|aspect| aspect.embedded.iter_mut().for_each(moved));
            }
            Source::Votes => {}
        }
        task
    };
    let values = |claims: Vec<Claim>| -> Vec<_> {
        let of_claim = |claim: Claim| {
            let parts = claim.readings[0].parts.clone().into_iter().filter(Part::decides);
            (claim.number, parts.map(|part| part.value).collect::<Vec<_>>())
        };
        claims.into_iter().map(of_claim).collect()
    };
    for source in [Source::Scores, Source::Measures, Source::Distances, Source::Embedding] {
        let (before, after) =
            (values(of_first(&task, Some(source))), values(of_first(&without(source), Some(source))));
        assert!(!before.is_empty());
        assert_eq!(before, after, "{source:?}");
        // Of the others each is moved.
        let all = |task: &TaskEvidence| values(of_first(task, None));
        let moved = all(&task).into_iter().zip(all(&without(source))).filter(|(a, b)| a != b).count();
        assert_eq!(moved, RULES.len() - before.len(), "{source:?}");
    }
}

#[test]
fn networks_of_one_stratum_keep_their_distances() {
    let task = planted("cddm", 3);
    let kept = task.only(|network| network.class.contains("Free"));
    assert_eq!(kept.networks.len(), 24);
    let (all, some) = (&task.aspects[0].trained, &kept.aspects[0].trained);
    // Networks 8 to 15 of each activation.
    assert_eq!(some.distances[[0, 9]], all.distances[[8, 25]]);
    assert_eq!(some.networks, (0..24).collect::<Vec<_>>());
}
