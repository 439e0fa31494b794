//! Sensitivity and accuracy under strong irrelevant stimuli, of choices that are planted.

use super::*;

/// Choices of both contexts on a grid, from relevant and irrelevant coherence and the context.
fn planted(n: usize, right: impl Fn(f64, f64, usize) -> f64) -> Vec<Choices> {
    let grid = wide_coherences(n);
    let of_context = |context: usize| {
        let pairs = grid.iter().flat_map(|&motion| grid.iter().map(move |&colour| [motion, colour]));
        pairs.map(move |[motion, colour]| if context == 0 { [motion, colour] } else { [colour, motion] })
    };
    (0..2)
        .flat_map(|context| of_context(context).map(move |pair| (context, pair)))
        .map(|(context, [relevant, irrelevant])| Choices {
            relevant,
            irrelevant,
            right: right(relevant, irrelevant, context),
        })
        .collect()
}

fn side(coherence: f64) -> f64 {
    if coherence == 0.0 { 0.5 } else { f64::from(u8::from(coherence > 0.0)) }
}

#[test]
fn sensitivity_and_accuracy_are_those_that_are_planted_on_every_grid() {
    /// What is chosen, and the sensitivity and accuracy lost that follow.
    type Case = (fn(f64, f64, usize) -> f64, f64, f64);
    let cases: [Case; 5] = [
        // Only the relevant stimulus counts.
        (|relevant, _, _| side(relevant), 0.0, 0.0),
        // Beyond 3 only the irrelevant one counts, which is on the wrong side half the time.
        (|r, i, _| if i.abs() > 3.0 { side(i) } else { side(r) }, 1.0, 0.5),
        // It always counts, beyond training no more than within.
        (|_, irrelevant, _| side(irrelevant), 0.0, 0.0),
        // Strong stimuli ask for the right whatever their side: a half of the choices is wrong, and nothing has a slope.
        (|r, i, _| if i.abs() > 3.0 { 1.0 } else { side(r) }, 0.0, 0.5),
        // In one context strong stimuli push to the other side.
        (|r, i, context| if i.abs() > 3.0 && context == 1 { side(-i) } else { side(r) }, -0.5, 0.25),
    ];
    // The smallest grids of studies, that of the quick study, the published one, and a fine one.
    for n in [9, 11, 17, 31, 41] {
        for (case, (choice, sensitivity, lost)) in cases.iter().enumerate() {
            let choices = planted(n, choice);
            let found = irrelevant_sensitivity(&choices, FAR_BEYOND, RELEVANT).expect("levels");
            assert!((found - sensitivity).abs() < 1e-12, "{n} {case}: {found}"); // rounding
            let found = accuracy_lost(&choices, FAR_BEYOND);
            // A choice by the irrelevant stimulus alone is even where that is zero, and else as often right as wrong.
            assert!((found.expect("levels") - lost).abs() < 1e-12, "{n} {case}: {found:?}");
        }
    }
}

#[test]
fn sensitivity_and_accuracy_are_those_of_numpy() {
    let choices = planted(17, |r, i, context| 0.5 + 0.5 * (3.0 * r + i * i * i + context as f64).sin());
    let close = |found: Option<f64>, expected: f64| {
        assert!((found.expect("levels") - expected).abs() < 1e-12, "{found:?} {expected}"); // rounding
    };
    // NumPy 2.4, from the definition.
    close(irrelevant_sensitivity(&choices, 3.0, 1.0), 0.107_032_173_293_388);
    close(irrelevant_sensitivity(&choices, 3.0, 0.5), -0.242_840_276_605_533);
    close(accuracy_lost(&choices, 3.0), 0.086_272_380_601_682);
    close(accuracy_lost(&choices, 2.0), 0.202_880_958_707_511);
    // The order of the pairs says nothing.
    let turned: Vec<Choices> = choices.iter().rev().copied().collect();
    close(irrelevant_sensitivity(&turned, 3.0, 1.0), 0.107_032_173_293_388);
}

#[test]
fn choices_without_a_side_or_of_a_network_that_diverges_have_no_sensitivity() {
    let relevant = |r: f64, _: f64, _: usize| side(r);
    // By two from −4 to 4: no irrelevant coherence but zero is within training, and no relevant one has a side.
    let coarse = planted(5, relevant);
    assert_eq!(irrelevant_sensitivity(&coarse, FAR_BEYOND, RELEVANT), None);
    assert_eq!(accuracy_lost(&coarse, FAR_BEYOND), None);
    assert_eq!(irrelevant_sensitivity(&planted(17, relevant), 4.0, RELEVANT), None);
    let wild = planted(17, |r, i, _| if i > 3.0 { f64::NAN } else { side(r) });
    assert_eq!(irrelevant_sensitivity(&wild, FAR_BEYOND, RELEVANT), None);
    assert_eq!(accuracy_lost(&wild, FAR_BEYOND), None);
    assert!(of_choices(&[]).is_empty());
}

#[test]
fn sensitivity_changes_with_what_is_strong_and_with_the_relevant_coherences() {
    // Beyond 2, but not beyond 3, choices follow the irrelevant stimulus where the relevant one is weak.
    let choices =
        planted(
            17,
            |r, i, _| if (2.0..=3.0).contains(&i.abs()) && r.abs() <= 0.5 { side(i) } else { side(r) },
        );
    let of_choices_under = |name: &str| {
        let variation = VARIATIONS.iter().find(|variation| variation.name == name).expect("a variation");
        variation.of_choices(&choices)
    };
    let judged = of_choices(&choices);
    assert_eq!(judged[&Measure::IrrelevantSensitivity], 0.0);
    // Of the levels 2.5 to 4 two follow, at three of the five relevant coherences.
    let beyond = of_choices_under("coherence beyond 2");
    assert!((beyond[&Measure::IrrelevantSensitivity] - 2.0 / 4.0 * 3.0 / 5.0).abs() < 1e-12, "{beyond:?}");
    // Of the relevant coherences with a side, those of one half are wrong half the time there.
    assert!((beyond[&Measure::AccuracyLost] - 0.5 * 2.0 / 4.0 * 2.0 / 4.0).abs() < 1e-12, "{beyond:?}");
    assert_eq!(of_choices_under("relevant coherence up to 0.5").len(), 1);
    assert!(of_choices_under("step 5").is_empty());
}
