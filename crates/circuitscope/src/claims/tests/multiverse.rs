//! Claims under other choices.

use super::*;
use crate::claims::multiverse::{Alternative, ChoiceKind, Robustness, agreement, under};

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
        let rows: &[u32] = &[9, 10];
        let (kind, choice) = (ChoiceKind::Measure, "other".to_owned());
        under(&judged, &Alternative { kind, choice, rows, tasks: vec![task] }, TERMS)
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
fn networks_of_one_stratum_keep_their_distances() {
    let task = planted("cddm", 3);
    let kept = task.only(|network| network.class.contains("Free"));
    assert_eq!(kept.networks.len(), 24);
    let (all, some) = (&task.aspects[0].trained, &kept.aspects[0].trained);
    // Networks 8 to 15 of each activation.
    assert_eq!(some.distances[[0, 9]], all.distances[[8, 25]]);
    assert_eq!(some.networks, (0..24).collect::<Vec<_>>());
}
