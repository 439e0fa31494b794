//! Numbers that are claimed to lie inside a margin.

use super::*;

/// A study of tanh networks with a sensitivity of this mean and standard deviation 1, and nothing else.
fn tanh_networks(n: usize, mean: f64, seed: u64) -> TaskEvidence {
    let mut task = scattered(Aspect::Trajectories, n, |_, _| [0.0; 2], seed);
    let mut rng = ChaCha8Rng::seed_from_u64(seed + 1000);
    task.networks.retain(|network| network.curve == Curve::Tanh);
    task.networks.truncate(n);
    for network in &mut task.networks {
        let value = mean + rng.sample::<f64, _>(StandardNormal);
        network.measures.insert(Measure::IrrelevantSensitivity, value);
    }
    task
}

#[test]
fn a_mean_at_the_edge_of_the_margin_is_rarely_called_equivalent_and_one_at_its_centre_often() {
    let share = |n: usize, mean: f64, margin: f64, wanted: Verdict| {
        let is_so = |seed: &u64| {
            let resampling = Resampling { n_resamples: 299, n_permutations: 1, seed: *seed };
            let margins = Margins { sensitivity: margin, ..MARGINS };
            let mut part =
                circuits::insensitive(&tanh_networks(n, mean, *seed), Terms::new(resampling, margins))
                    .swap_remove(0);
            part.conclude(None, 1, None);
            part.verdict == wanted
        };
        (0..200).filter(is_so).count() as f64 / 200.0
    };
    for (n, margin) in [(5, 3.0), (10, 1.5), (20, 1.0)] {
        // Two one-sided tests at .025 each (Schuirmann 1987, doi:10.1007/BF01068419); three standard errors over 200 draws.
        let at_edge = share(n, margin, margin, Verdict::Equivalent);
        assert!(at_edge < 0.025 + 0.033, "{n}: {at_edge}");
        let beyond = share(n, margin, margin, Verdict::Contradicted);
        assert!(beyond < 0.025 + 0.033, "{n}: {beyond}");
    }
    assert!(share(20, 0.0, 1.5, Verdict::Equivalent) > 0.9);
    assert!(share(20, 3.0, 1.5, Verdict::Contradicted) > 0.9);
}

#[test]
fn activations_that_differ_under_one_constraint_alone_do_not_hold_whatever_the_constraint() {
    let found = |of_dale: f64| {
        let mut task = planted("cddm", 1);
        for network in &mut task.networks {
            if network.curve == Curve::Tanh && network.constraint == Constraint::Dale {
                *network.measures.get_mut(&Measure::ExchangeResidual).expect("planted") += of_dale;
            }
        }
        let claims = judge(&[task], TERMS);
        claims[2].readings.iter().find(|reading| reading.name == "interaction").expect("a reading").clone()
    };
    assert_eq!(found(0.0).verdict, Verdict::Equivalent);
    // The margin is 3.
    let moved = found(8.0);
    assert_eq!(moved.verdict, Verdict::Contradicted);
    assert!(
        moved.parts.iter().all(|part| part.value.is_some_and(|value| (value + 8.0).abs() < 1.5)),
        "{moved:#?}"
    );
}

#[test]
fn a_sheet_index_that_is_larger_and_within_the_margin_is_no_sheet() {
    let verdicts = |index: [f64; 3]| {
        let mut task = planted("cddm", 1);
        for (place, network) in task.networks.iter_mut().enumerate() {
            let value = index[network.curve.family() as usize] + 1e-3 * (place % 8) as f64;
            network.measures.insert(Measure::SheetIndex, value);
        }
        let claim = judge(&[task], TERMS).into_iter().find(|claim| claim.number == 12).expect("judged");
        ["sheet_index", "sheet_beyond_line"].map(|name| {
            claim.readings.iter().find(|reading| reading.name == name).expect("a reading").verdict
        })
    };
    let of = |tanh: f64| CURVES.map(|curve| if curve == Curve::Tanh { tanh } else { 0.01 });
    assert_eq!(CURVES.map(|curve| curve.family() as usize), [0, 1, 2]);
    assert_eq!(verdicts(of(0.03)), [Verdict::Supported, Verdict::Contradicted]);
    assert_eq!(verdicts(of(0.4)), [Verdict::Supported; 2]);
    assert_eq!(verdicts([0.4; 3])[1], Verdict::Inconclusive);
}
