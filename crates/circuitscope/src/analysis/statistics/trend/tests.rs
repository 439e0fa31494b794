use super::super::tests::assert_uniform;
use super::*;
use rand::{RngExt, SeedableRng};
use rand_distr::StandardNormal;

const FEW: Resampling = Resampling { n_resamples: 199, n_permutations: 199, seed: 5 };

/// Six networks of one stratum and five of another, which lies a hundred higher, with ties.
fn by_hand() -> Vec<Standing> {
    let first = [(0.0, 2.0), (0.0, 1.0), (1.0, 4.0), (1.0, 2.5), (3.0, 2.5), (3.0, 7.0)];
    let second = [(0.0, 105.0), (0.0, 103.0), (1.0, 103.0), (1.0, 101.0), (3.0, 90.0)];
    let of = |stratum| move |(at, value)| Standing { at, stratum, value };
    first.map(of(4)).into_iter().chain(second.map(of(9))).collect()
}

#[test]
fn both_forms_are_those_of_numpy_and_scipy_over_every_division_within_strata() {
    let all = Resampling { n_permutations: 2700, ..FEW };
    // SciPy 1.17 `spearmanr` of each stratum, (5 · 0.788 − 4 · 0.865) / 9; p over the 90 · 30 divisions, 1192 of them as high.
    let rank = trend(&by_hand(), TrendForm::Spearman, all).expect("two strata");
    assert!((rank.value - 0.053_386_695_116_756_66).abs() < 1e-12, "{rank:?}");
    assert_eq!(rank.tails, Tails { above: 1192.0 / 2700.0, below: 1516.0 / 2700.0 });
    assert!((rank.least_p - 1.0 / 2700.0).abs() < 1e-15);
    // Fisher's z of 3 + 2 free networks; resamples may reach farther.
    assert!(rank.interval[0] <= -0.677_083 && rank.interval[1] >= 0.730_866, "{rank:?}");
    // NumPy: least squares of numbers and field less their means by stratum.
    let slope = trend(&by_hand(), TrendForm::Slope, all).expect("two strata");
    assert!((slope.value + 1.195_652_173_913_043_5).abs() < 1e-12, "{slope:?}");
    assert!((slope.correlation + 0.363_898_626_212_740_05).abs() < 1e-12, "{slope:?}");
    assert_eq!(slope.tails, Tails { above: 2252.0 / 2700.0, below: 456.0 / 2700.0 });
    // 2.4951 is Student's t of 8 degrees of freedom times the standard error.
    assert!(slope.interval[0] <= slope.value - 2.495_133 && slope.interval[1] >= slope.value + 2.495_133);
    assert_eq!((slope.n_group, slope.n_counted, slope.n_left_out), (3, 2, 0));
}

/// Networks of four values of a field in two strata that lie ten apart, of unlike composition; they rise by `rise`.
fn planted(size: usize, rise: f64, seed: u64) -> Vec<Standing> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut standings = Vec::new();
    for stratum in 0..2 {
        for level in 0..4 {
            // Of the higher stratum there are more at high values of the field, of the lower one at low values.
            for _ in 0..if (level > 1) == (stratum == 1) { 3 * size } else { size } {
                let at = [0.0, 0.1, 0.2, 0.4][level];
                let value = 10.0 * stratum as f64 + rise * at + rng.sample::<f64, _>(StandardNormal);
                standings.push(Standing { at, stratum, value });
            }
        }
    }
    standings
}

#[test]
fn without_a_trend_p_is_uniform_whatever_differs_between_strata_and_a_planted_one_is_found() {
    for form in TrendForm::ALL {
        let above = |rise: f64, seed: u64| {
            let few = Resampling { n_resamples: 1, seed, ..FEW };
            trend(&planted(2, rise, seed), form, few).expect("enough").tails.above
        };
        let null: Vec<f64> = (0..500).map(|seed| above(0.0, seed)).collect();
        assert_uniform(&null);
        let n_found = (0..100).filter(|&seed| above(5.0, seed) <= 0.05).count();
        assert!(n_found > 90, "{form:?}: {n_found}");
        // Without strata, composition alone passes for a rise.
        let pooled = |seed: &u64| {
            let mut standings = planted(2, 0.0, *seed);
            for one in &mut standings {
                one.stratum = 0;
            }
            trend(&standings, form, FEW).expect("enough").tails.above <= 0.05
        };
        let n_pooled = (0..100).filter(pooled).count();
        assert!(n_pooled > 50, "{form:?}: {n_pooled}");
    }
}

#[test]
fn the_interval_holds_the_trend_as_often_as_it_says() {
    for form in TrendForm::ALL {
        for (size, rise) in [(1, 0.0), (1, 5.0), (3, 5.0)] {
            let many: Vec<Standing> = (0..200).flat_map(|seed| planted(20, rise, 1000 + seed)).collect();
            let truth = match form {
                TrendForm::Slope => rise,
                TrendForm::Spearman => {
                    trend(&many, form, Resampling { n_resamples: 1, n_permutations: 1, seed: 1 })
                        .expect("enough")
                        .value
                }
            };
            let holds = |seed: &u64| {
                let few = Resampling { n_resamples: 199, n_permutations: 1, seed: *seed };
                let [low, high] = trend(&planted(size, rise, *seed), form, few).expect("enough").interval;
                low <= truth && truth <= high
            };
            let held = (0..300).filter(holds).count() as f64 / 300.0;
            // Three standard errors below 0.95 over 300 draws.
            assert!(held > 0.912, "{form:?} {size} {rise}: {held}");
        }
    }
}

#[test]
fn strata_in_which_the_field_does_not_vary_or_that_are_small_are_left_out_and_counted() {
    let mut standings = by_hand();
    let of = |stratum| move |at| Standing { at, stratum, value: at };
    standings.extend([0.0; 6].map(of(1)));
    standings.extend([0.0, 1.0, 3.0].map(of(2)));
    let found = trend(&standings, TrendForm::Spearman, FEW).expect("two strata");
    let alone = trend(&by_hand(), TrendForm::Spearman, FEW).expect("two strata");
    assert_eq!((found.value, found.n_counted, found.n_left_out), (alone.value, 2, 2));
    assert_eq!(trend(&[0.0; 6].map(of(1)), TrendForm::Slope, FEW), None);
    let missing = [Standing { at: 1.0, stratum: 0, value: f64::NAN }];
    assert_eq!(trend(&missing, TrendForm::Slope, FEW), None);
}

#[test]
fn equal_numbers_have_no_trend_and_a_clear_one_has_the_smallest_p() {
    let of = |value: fn(f64) -> f64| -> Vec<Standing> {
        let at = [0.0, 0.0, 1.0, 1.0, 2.0, 2.0];
        at.iter()
            .enumerate()
            .map(|(i, &at)| Standing { at, stratum: 0, value: value(at + 0.01 * i as f64) })
            .collect()
    };
    let all = Resampling { n_permutations: 90, ..FEW };
    for form in TrendForm::ALL {
        let flat = trend(&of(|_| 3.0), form, all).expect("enough");
        assert_eq!((flat.value, flat.tails), (0.0, Tails { above: 1.0, below: 1.0 }), "{form:?}");
        let falling = trend(&of(|at| -at), form, all).expect("enough");
        assert!(falling.value < 0.0 && falling.interval[1] < 0.0, "{falling:?}");
        assert!((falling.tails.below - falling.least_p).abs() < 1e-12, "{falling:?}");
    }
}
