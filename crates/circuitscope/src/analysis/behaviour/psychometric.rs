//! Psychometric functions: chance of an answer over what is shown, with lapses at either end.

use rand_distr::{Binomial, Distribution};

use super::likelihood::{Bounds, Curve, LARGEST_LAPSE, maximise};
use super::mean;
use super::slope::{Cell, Estimate};
use crate::analysis::statistics::{Bootstrap, percentiles};
use crate::stream::Stream;

/// Answers to one level of what is shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Count {
    /// What is shown.
    pub level: f64,
    /// Times that it was shown.
    pub n: f64,
    /// Times that it was answered by yes, go or right; half for an answer between.
    pub hits: f64,
}

impl Count {
    /// The answers of cells, put together by level, levels rising.
    pub fn of_cells(cells: &[Cell]) -> Vec<Self> {
        let mut levels: Vec<f64> = cells.iter().map(|cell| cell.level).collect();
        levels.sort_by(f64::total_cmp);
        levels.dedup();
        let count = |level: f64| {
            let own = cells.iter().filter(|cell| cell.level == level);
            own.fold(Self { level, n: 0.0, hits: 0.0 }, |sum, cell| Self {
                level,
                n: sum.n + cell.answers.len() as f64,
                hits: sum.hits + cell.answers.iter().sum::<f64>(),
            })
        };
        levels.into_iter().map(count).collect()
    }
}

/// A parameter of a fit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fitted {
    /// Estimate and interval.
    pub estimate: Estimate,
    /// Whether the estimate is at the end of what the levels can tell (a slope steeper than their spacing resolves, a bias
    /// outside them, no lapse at all): the truth may lie beyond.
    pub at_bound: bool,
}

/// A fitted psychometric function: `low + (1 − low − high) / (1 + exp(−slope · (level − bias)))`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Psychometric {
    /// Logistic slope (per unit of level); without lapses the curve rises by a quarter of it at the bias.
    pub slope: Fitted,
    /// Level of the middle of the curve.
    pub bias: Fitted,
    /// Lapse rate far below, or above for a falling curve.
    pub lapse_low: Fitted,
    /// Lapse rate at the other end.
    pub lapse_high: Fitted,
    /// Level at which both answers are as likely: the bias, moved by lapses that differ; none where the curve does not cross one
    /// half within the levels.
    pub even: Option<Estimate>,
    /// Twice the log likelihood ratio of the counts themselves over the curve.
    pub deviance: f64,
}

/// Why there is no fit.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FitError {
    /// A curve has four parameters.
    #[error("answers at {found} levels, expected at least 4")]
    Levels {
        /// Levels with answers.
        found: usize,
    },
    /// A count is none.
    #[error("at level {level} there are {hits} hits in {n} answers")]
    Count {
        /// The level.
        level: f64,
        /// Its hits.
        hits: f64,
        /// Its answers.
        n: f64,
    },
    /// The search broke off.
    #[error("the likelihood could not be maximised: {reason}")]
    Search {
        /// Why.
        reason: String,
    },
}

/// Maximum-likelihood fit of a psychometric function with lapses, and its intervals.
///
/// - `counts`: at rising levels. Slopes of either sign are sought, up to one that goes from 1 % to 99 % between the two
///   closest levels; the bias within the levels; each lapse rate from 0 to ½.
///
/// # Errors
/// [`FitError`] if there are fewer than four levels or a count is none.
///
/// # Source
/// Wichmann & Hill 2001, `doi:10.3758/BF03194544` (lapses as parameters) and `doi:10.3758/BF03194545` (intervals by
/// parametric bootstrap). Ours: a lapse rate at each end, Steihaug's trust region from six starts.
pub fn fit(counts: &[Count], bootstrap: Bootstrap) -> Result<Psychometric, FitError> {
    check(counts)?;
    let bounds = bounds(counts);
    let search = |counts: &[Count], starts: &[Curve]| {
        maximise(counts, bounds, starts).map_err(|error| FitError::Search { reason: error.to_string() })
    };
    let (curve, cost) = search(counts, &starts(counts, bounds))?;
    let mut rng = Stream::Resamples.rng(bootstrap.seed);
    let mut resampled: [Vec<f64>; 4] = Default::default();
    let mut evens = Vec::new();
    for _ in 0..bootstrap.n_resamples {
        let draw = |count: &Count| {
            let hits = Binomial::new(count.n as u64, curve.chance(count.level).clamp(0.0, 1.0))
                .map_err(|error| FitError::Search { reason: error.to_string() })?
                .sample(&mut rng);
            Ok(Count { hits: hits as f64, ..*count })
        };
        let drawn = counts.iter().map(draw).collect::<Result<Vec<_>, FitError>>()?;
        let (found, _) = search(&drawn, &[curve])?;
        for (values, value) in resampled.iter_mut().zip([found.slope, found.bias, found.low, found.high]) {
            values.push(value);
        }
        evens.extend(even(found, bounds));
    }
    let [slopes, biases, lows, highs] = resampled;
    // Resamples of a curve at its bound stay there: an interval from them would claim a certainty that there is not.
    let fitted = |value: f64, resamples: Vec<f64>, at_bound: bool| {
        let is_sure = bootstrap.n_resamples > 0 && !at_bound;
        let interval = is_sure.then(|| percentiles(resamples, bootstrap.tail()));
        Fitted { estimate: Estimate { value, interval }, at_bound }
    };
    // Resamples that never cross would lie beyond either end.
    let is_sure = bootstrap.n_resamples > 0 && evens.len() == bootstrap.n_resamples;
    let interval = is_sure.then(|| percentiles(evens, bootstrap.tail()));
    let even = even(curve, bounds).map(|value| Estimate { value, interval });
    // Near its end a range is flat in the angle: the search stops up to a hundredth short.
    let at_end = |offset: f64, reach: f64| offset.abs() > 0.99 * reach;
    let at_lapse = |rate: f64| !(1e-3..LARGEST_LAPSE - 1e-3).contains(&rate);
    Ok(Psychometric {
        slope: fitted(curve.slope, slopes, at_end(curve.slope, bounds.steepest)),
        bias: fitted(curve.bias, biases, at_end(curve.bias - bounds.centre, bounds.reach)),
        lapse_low: fitted(curve.low, lows, at_lapse(curve.low)),
        lapse_high: fitted(curve.high, highs, at_lapse(curve.high)),
        even,
        deviance: 2.0 * (cost - saturated(counts)),
    })
}

/// Where a curve crosses one half within the levels.
fn even(curve: Curve, bounds: Bounds) -> Option<f64> {
    let share = (0.5 - curve.low) / (1.0 - curve.low - curve.high);
    let level = curve.bias + (share / (1.0 - share)).ln() / curve.slope;
    let is_within = (level - bounds.centre).abs() <= bounds.reach;
    (share > 0.0 && share < 1.0 && is_within).then_some(level)
}

fn check(counts: &[Count]) -> Result<(), FitError> {
    if counts.len() < 4 {
        return Err(FitError::Levels { found: counts.len() });
    }
    let is_count =
        |count: &&Count| count.level.is_finite() && count.n >= 1.0 && (0.0..=count.n).contains(&count.hits);
    match counts.iter().find(|count| !is_count(count)) {
        None => Ok(()),
        Some(&Count { level, hits, n }) => Err(FitError::Count { level, hits, n }),
    }
}

/// What the levels can tell.
fn bounds(counts: &[Count]) -> Bounds {
    let (first, last) = (counts[0].level, counts[counts.len() - 1].level);
    let closest = counts.windows(2).map(|pair| pair[1].level - pair[0].level).fold(f64::INFINITY, f64::min);
    let logit = 99.0_f64.ln();
    Bounds {
        steepest: 2.0 * logit / closest,
        centre: f64::midpoint(first, last),
        reach: 0.5 * (last - first),
    }
}

/// Rising and falling curves from gentle to steep, about the mean of the answers' distribution (Spearman–Kärber).
fn starts(counts: &[Count], bounds: Bounds) -> Vec<Curve> {
    let share = mean(&counts.iter().map(|count| count.hits / count.n).collect::<Vec<_>>());
    let gentle = 4.0 / bounds.reach;
    let mut starts = Vec::new();
    for sign in [1.0, -1.0] {
        let bias = bounds.centre + sign * bounds.reach * (1.0 - 2.0 * share);
        for slope in [gentle, (gentle * bounds.steepest).sqrt(), 0.5 * bounds.steepest] {
            starts.push(Curve { slope: sign * slope, bias, low: 0.02, high: 0.02 });
        }
    }
    starts
}

/// Negative log likelihood of the counts under their own shares.
fn saturated(counts: &[Count]) -> f64 {
    let term = |hits: f64, n: f64| if hits > 0.0 { hits * (hits / n).ln() } else { 0.0 };
    -counts.iter().map(|count| term(count.hits, count.n) + term(count.n - count.hits, count.n)).sum::<f64>()
}

#[cfg(test)]
mod tests {
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
        let hits = |level: f64, rng: &mut _| {
            Binomial::new(n, curve.chance(level)).expect("a chance").sample(rng) as f64
        };
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
            let found =
                fit(&drawn(PLANTED, 100, seed), Bootstrap { seed, ..bootstrap(100) }).expect("counts");
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
        let counts: Vec<Count> = levels()
            .map(|level| Count { level, n: 50.0, hits: if level > 0.05 { 50.0 } else { 0.0 } })
            .collect();
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
        assert!(!found.bias.at_bound && found.bias.estimate.interval.is_some(), "{found:?}");
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
}
