use super::*;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

const PLANTED: Curve = Curve { slope: 8.0, bias: 0.1, low: 0.02, high: 0.06 };

fn bootstrap(n_resamples: usize) -> Bootstrap {
    Bootstrap { n_resamples, level: 0.95, seed: 4 }
}

fn levels() -> impl Iterator<Item = f64> {
    (-10..=10).map(|k| f64::from(k) / 10.0)
}

/// The counts that a curve gives on average.
fn expected(curve: Curve) -> Vec<Count> {
    levels().map(|level| Count { level, n: 1000.0, hits: 1000.0 * curve.chance(level) }).collect()
}

fn drawn(curve: Curve, n: u64, seed: u64) -> Vec<Count> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let hits =
        |level: f64, rng: &mut _| Binomial::new(n, curve.chance(level)).expect("a chance").sample(rng) as f64;
    levels().map(|level| Count { level, n: n as f64, hits: hits(level, &mut rng) }).collect()
}

#[test]
fn rising_and_falling_curves_with_lapses_are_recovered_from_their_own_chances() {
    for slope in [8.0, -8.0, 25.0, -2.5] {
        let planted = Curve { slope, ..PLANTED };
        let found = fit(&expected(planted), bootstrap(0)).expect("counts");
        let pairs = [
            (found.slope, planted.slope),
            (found.bias, planted.bias),
            (found.lapse_low, planted.low),
            (found.lapse_high, planted.high),
        ];
        for (fitted, truth) in pairs {
            // The maximum is flat to 1e-8 of the mean log likelihood: parameters to its root, about 1e-4.
            let gap = (fitted.estimate.value - truth).abs();
            assert!(gap < 1e-3 * (1.0 + truth.abs()), "{planted:?}: {found:?}");
            assert!(!fitted.at_bound, "{found:?}");
        }
        assert!(found.deviance.abs() < 1e-4, "{found:?}");
    }
}

#[test]
fn intervals_hold_the_planted_slope_and_bias_nineteen_times_in_twenty() {
    const DRAWS: u64 = 200;
    let mut covered = [0.0; 2];
    for seed in 0..DRAWS {
        let found = fit(&drawn(PLANTED, 100, seed), Bootstrap { seed, ..bootstrap(100) }).expect("counts");
        let pairs = [(found.slope, PLANTED.slope), (found.bias, PLANTED.bias)];
        for (count, (fitted, truth)) in covered.iter_mut().zip(pairs) {
            let [low, high] = fitted.estimate.interval.expect("resamples");
            *count += f64::from(u8::from((low..=high).contains(&truth))) / DRAWS as f64;
        }
    }
    // A standard error of 200 draws is 1.5 %; percentiles of a skewed slope lose a few more.
    assert!(covered.iter().all(|share| (0.88..=0.99).contains(share)), "{covered:?}");
}

#[test]
fn a_step_that_no_level_resolves_is_said_to_be_at_the_bound_and_has_no_lapse() {
    let counts: Vec<Count> =
        levels().map(|level| Count { level, n: 50.0, hits: if level > 0.05 { 50.0 } else { 0.0 } }).collect();
    let found = fit(&counts, bootstrap(20)).expect("counts");
    assert!(found.slope.at_bound && found.slope.estimate.value > 0.0, "{found:?}");
    assert!(found.lapse_low.at_bound && found.lapse_low.estimate.value < 1e-3);
    assert!(found.lapse_high.at_bound && found.lapse_high.estimate.value < 1e-3);
}

#[test]
fn what_is_at_a_bound_has_no_interval_and_what_is_within_has_one() {
    let steps = |hits: f64| {
        levels().map(move |level| Count { level, n: 50.0, hits: if level > 0.05 { hits } else { 0.0 } })
    };
    let found = fit(&steps(50.0).collect::<Vec<_>>(), bootstrap(20)).expect("counts");
    assert_eq!(found.slope.estimate.interval, None, "{found:?}");
    assert_eq!(found.lapse_low.estimate.interval, None, "{found:?}");
    // The step lies between the levels 0 and 0.1, and nothing says where.
    let [low, high] = found.bias.estimate.interval.expect("within the levels");
    assert!(!found.bias.at_bound && found.bias.is_identified && low <= 0.0 && high >= 0.1, "{found:?}");
    let [low, high] = found.even.and_then(|even| even.interval).expect("it crosses one half");
    assert!(low <= 0.0 && high >= 0.1, "{found:?}");
}

/// Answers at [`levels`], each shown as often, of which a share is hit.
fn answered(share: impl Fn(f64) -> f64) -> Vec<Count> {
    levels().map(|level| Count { level, n: 40.0, hits: (40.0 * share(level)).round() }).collect()
}

fn is_told(found: &Psychometric) -> [bool; 4] {
    [found.slope, found.bias, found.lapse_low, found.lapse_high].map(|fitted| {
        assert!(fitted.is_identified || fitted.estimate.interval.is_none(), "{found:?}");
        fitted.is_identified
    })
}

#[test]
fn what_curves_of_every_kind_explain_alike_is_not_identified_and_has_no_interval() {
    // Always yes: the high lapse rate is 0, of a curve that is anywhere and of any slope.
    let found = fit(&answered(|_| 1.0), bootstrap(20)).expect("counts");
    assert_eq!((is_told(&found), found.even), ([false, false, false, true], None), "{found:?}");
    assert!(found.lapse_high.at_bound && found.lapse_high.estimate.value == 0.0, "{found:?}");
    // Always no.
    let found = fit(&answered(|_| 0.0), bootstrap(20)).expect("counts");
    assert_eq!((is_told(&found), found.even), ([false, false, true, false], None), "{found:?}");
    // As often yes as no: every curve between lapses of one half.
    let found = fit(&answered(|_| 0.5), bootstrap(20)).expect("counts");
    assert_eq!((is_told(&found), found.even), ([false; 4], None), "{found:?}");
    // Nine in ten: a lapse rate of a tenth, or a curve that is still to come.
    let found = fit(&answered(|_| 0.9), bootstrap(20)).expect("counts");
    assert_eq!(is_told(&found)[..3], [false; 3], "{found:?}");
    // One no at the lowest level.
    let found =
        fit(&answered(|level| if level < -0.95 { 0.975 } else { 1.0 }), bootstrap(20)).expect("counts");
    assert_eq!((is_told(&found)[0], found.even), (false, None), "{found:?}");
}

#[test]
fn a_curve_that_the_levels_show_is_identified() {
    for slope in [8.0, -8.0, 25.0] {
        let found = fit(&expected(Curve { slope, ..PLANTED }), bootstrap(20)).expect("counts");
        assert_eq!(is_told(&found), [true; 4], "{found:?}");
        assert!(found.slope.estimate.interval.is_some() && found.even.is_some(), "{found:?}");
    }
    // A step that the levels do not resolve: where it is and how often lapses are is told, how steep it is is not.
    let found = fit(&answered(|level| f64::from(u8::from(level > 0.05))), bootstrap(20)).expect("counts");
    assert_eq!(is_told(&found), [false, true, true, true], "{found:?}");
}

#[test]
fn unequal_lapses_move_the_even_point_off_the_bias_and_a_curve_below_one_half_has_none() {
    let planted = Curve { slope: 8.0, bias: 0.1, low: 0.0, high: 0.3 };
    // ½ = 0.7 / (1 + exp(−8 (x − 0.1))): x = 0.1 + ln(2.5) / 8.
    let truth = 0.1 + 2.5_f64.ln() / 8.0;
    let found = fit(&expected(planted), bootstrap(50)).expect("counts");
    let even = found.even.expect("it crosses one half");
    assert!((even.value - truth).abs() < 1e-3, "{even:?}, expected {truth}"); // as the parameters above
    assert!(even.interval.is_some_and(|[low, high]| low < truth && truth < high), "{even:?}");
    assert!((found.bias.estimate.value - 0.1).abs() < 1e-3, "{found:?}");

    let below = Curve { high: 0.5, ..planted };
    let counts: Vec<Count> =
        levels().map(|level| Count { level, n: 1000.0, hits: 980.0 * below.chance(level) }).collect();
    assert_eq!(fit(&counts, bootstrap(0)).expect("counts").even, None);
}

#[test]
fn too_few_levels_and_impossible_counts_are_refused() {
    let counts = expected(PLANTED);
    assert_eq!(fit(&counts[..3], bootstrap(0)), Err(FitError::Levels { found: 3 }));
    let mut wild = counts;
    wild[2].hits = f64::NAN;
    assert!(matches!(fit(&wild, bootstrap(0)), Err(FitError::Count { .. })));
}
