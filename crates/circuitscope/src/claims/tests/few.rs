//! Claims on few networks, and on networks of unequal spread.

use super::*;

#[test]
fn three_of_an_activation_are_judged_by_as_many_neighbours_as_each_has_of_its_own() {
    let of_activation = |n: usize| move |i: usize| i % 16 < n;
    for (n, k) in [(2, 1), (3, 2), (4, 5)] {
        let claims = judge(&[only(planted("cddm", 1), of_activation(n))], TERMS);
        for number in [5, 7] {
            let claim = claims.iter().find(|claim| claim.number == number).expect("judged");
            assert!(
                claim.first().parts[0].words.starts_with(&format!("{k}-neighbour accuracy of ")),
                "{claim:#?}"
            );
        }
        // Two of each: 6 of 90 divisions are perfect, however clear they are.
        let trained = claims.iter().find(|claim| claim.number == 7).expect("judged");
        assert!(trained.first().parts.iter().all(Part::is_met), "{trained:#?}");
        assert_eq!(trained.verdict() == Verdict::NotDecidable, n == 2, "{n} of each, {trained:#?}");
    }
    let claims = judge(&[only(planted("cddm", 1), of_activation(1))], TERMS);
    let claim = claims.iter().find(|claim| claim.number == 5).expect("judged");
    assert!(claim.first().missing()[0].contains("the smallest group has 1 members"), "{claim:#?}");
}

#[test]
fn wide_classes_of_one_centre_are_no_different_solutions_and_are_said_to_be_wide() {
    let spread_of = |seed: u64| {
        let mut task = planted("go_no_go", seed);
        let mut rng = ChaCha8Rng::seed_from_u64(seed + 77);
        // Twelve tight networks and four wide ones: ReLU of Dale's law among them, all around one centre.
        let kept: Vec<usize> = (0..8).chain(16..20).chain(32..36).collect();
        let points = Array2::from_shape_fn((48, 10), |(i, _)| {
            (if i >= 32 { 3.0 } else { 1.0 }) * rng.sample::<f64, _>(StandardNormal)
        });
        task.aspects.truncate(1);
        task.aspects[0].trained.distances = embedding::distances(points.view());
        only(task, |i| kept.contains(&i))
    };
    let few = Terms::new(Resampling { n_resamples: 1, n_permutations: 199, seed: 3 }, MARGINS);
    let n_draws = 400;
    let (mut n_apart, mut n_unequal) = (0, 0);
    for seed in 0..n_draws {
        let parts = solutions::different_solutions(&spread_of(seed), few);
        n_apart += usize::from(parts[0].p_for().is_some_and(|p| p <= LEVEL));
        let of_spread = &parts[2];
        assert!(of_spread.words.starts_with("PERMDISP F") && of_spread.way == Way::Aside);
        if of_spread.p().is_some_and(|p| p < LEVEL) {
            n_unequal += 1;
            assert!(of_spread.words.contains("spreads differ"), "{of_spread:?}");
            assert_eq!(parts[0].design, None, "{parts:?}");
        }
    }
    // 7 of 100 with three standard errors: three classes, of which one is wide and small.
    assert!(n_apart as f64 <= 0.07 * n_draws as f64 + 15.4 && n_unequal > 300, "{n_apart} {n_unequal}");
}
