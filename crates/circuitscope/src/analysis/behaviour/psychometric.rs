//! Psychometric functions: chance of an answer over what is shown, with lapses at either end.

use rand_distr::{Binomial, Distribution};

use statrs::distribution::{ContinuousCDF, Normal};

use super::count::Count;
use super::likelihood::{Bounds, Curve, LARGEST_LAPSE, Parameter, least_with, maximise};
use super::mean;
use super::slope::Estimate;
use crate::analysis::statistics::{Bootstrap, Ends, Interval, Streams};

/// The smallest lapse rate that a fit tells from none; one below it is 0. The maximum is flat to 1e-8 of the mean log
/// likelihood: rates are found to the root of that, and this is ten times as much.
pub const SMALLEST_LAPSE: f64 = 1e-3;

/// A parameter of a fit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fitted {
    /// Estimate and interval.
    pub estimate: Estimate,
    /// Whether the estimate is at the end of what the levels can tell (a slope steeper than their spacing resolves, a bias
    /// outside them, no lapse at all): the truth may lie beyond. No lapse at all is 0.
    pub at_bound: bool,
    /// Whether the answers tell it: with the parameter at the end of its range, at either end for slope and bias, the best of all
    /// curves is less likely than the fitted one by as much as the interval's level asks (likelihood ratio, one degree of
    /// freedom). Of a network that always answers alike, curves of every slope are as likely.
    pub is_identified: bool,
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
/// What is at a bound or not identified has no interval.
///
/// - `counts`: at rising levels. Slopes of either sign are sought, up to one that goes from 1 % to 99 % between the two
///   closest levels; the bias within the levels; each lapse rate from 0 to ½.
///
/// # Errors
/// [`FitError`] if there are fewer than four levels or a count is none.
///
/// # Source
/// Wichmann & Hill 2001, `doi:10.3758/BF03194544` (lapses as parameters) and `doi:10.3758/BF03194545` (intervals by
/// parametric bootstrap). Ours: a lapse rate at each end, Steihaug's trust region from six starts; what is identified by
/// the profile likelihood (Raue et al. 2009, `doi:10.1093/bioinformatics/btp358`).
pub fn fit(counts: &[Count], bootstrap: Bootstrap) -> Result<Psychometric, FitError> {
    check(counts)?;
    let bounds = bounds(counts);
    let search = |counts: &[Count], starts: &[Curve]| {
        maximise(counts, bounds, starts).map_err(|error| FitError::Search { reason: error.to_string() })
    };
    let all_starts = starts(counts, bounds);
    let (curve, cost) = search(counts, &all_starts)?;
    let tolerated = 0.5 * Normal::standard().inverse_cdf(1.0 - bootstrap.tail(Ends::Percentiles)).powi(2);
    let from: Vec<Curve> = all_starts.iter().copied().chain([curve]).collect();
    let is_identified = |parameter: Parameter| -> Result<bool, FitError> {
        for &end in parameter.ends() {
            let least = least_with(counts, bounds, &from, parameter, end)
                .map_err(|error| FitError::Search { reason: error.to_string() })?;
            if least - cost < tolerated {
                return Ok(false);
            }
        }
        Ok(true)
    };
    let resamples = bootstrap.resamples(Streams::One, |rng| {
        let mut draw = |count: &Count| {
            let hits = Binomial::new(count.n as u64, curve.chance(count.level).clamp(0.0, 1.0))
                .map_err(|error| FitError::Search { reason: error.to_string() })?
                .sample(rng);
            Ok(Count { hits: hits as f64, ..*count })
        };
        let drawn = counts.iter().map(&mut draw).collect::<Result<Vec<_>, FitError>>()?;
        Ok(search(&drawn, &[curve])?.0)
    });
    let resamples = resamples.into_iter().collect::<Result<Vec<Curve>, FitError>>()?;
    let interval = |number: fn(&Curve) -> f64| {
        bootstrap.interval(Ends::Percentiles, resamples.iter().map(number)).map(Interval::ends)
    };
    // Resamples of a curve at its bound stay there: an interval from them would claim a certainty that there is not.
    let fitted = |value: f64, number: fn(&Curve) -> f64, at_bound: bool, parameter| -> Result<_, FitError> {
        let is_identified = is_identified(parameter)?;
        let interval = if at_bound || !is_identified { None } else { interval(number) };
        Ok(Fitted { estimate: Estimate { value, interval }, at_bound, is_identified })
    };
    // Near its end a range is flat in the angle: the search stops up to a hundredth short.
    let at_end = |offset: f64, reach: f64| offset.abs() > 0.99 * reach;
    let lapse = |number: fn(&Curve) -> f64, parameter| {
        let rate = number(&curve);
        let is_none = rate < SMALLEST_LAPSE;
        let at_bound = is_none || rate > LARGEST_LAPSE - SMALLEST_LAPSE;
        fitted(if is_none { 0.0 } else { rate }, number, at_bound, parameter)
    };
    let slope =
        fitted(curve.slope, |curve| curve.slope, at_end(curve.slope, bounds.steepest), Parameter::Slope)?;
    let at_end_of_levels = at_end(curve.bias - bounds.centre, bounds.reach);
    let mut bias = fitted(curve.bias, |curve| curve.bias, at_end_of_levels, Parameter::Bias)?;
    // Resamples that never cross would lie beyond either end.
    let evens = resamples.iter().map(|&curve| even(curve, bounds));
    let interval = bootstrap.interval(Ends::Percentiles, evens).map(Interval::ends);
    let even = even(curve, bounds).filter(|_| bias.is_identified);
    let mut even = even.map(|value| Estimate { value, interval });
    if !slope.is_identified {
        for estimate in even.iter_mut().chain([&mut bias.estimate]) {
            widen_to_levels(estimate, counts);
        }
    }
    Ok(Psychometric {
        slope,
        bias,
        lapse_low: lapse(|curve| curve.low, Parameter::Low)?,
        lapse_high: lapse(|curve| curve.high, Parameter::High)?,
        even,
        deviance: 2.0 * (cost - saturated(counts)),
    })
}

/// Widens an interval to the two levels that the estimate lies between: of a step the answers tell no more, and resamples of it
/// are all alike.
fn widen_to_levels(estimate: &mut Estimate, counts: &[Count]) {
    let levels = counts.iter().map(|count| count.level);
    let below = levels.clone().filter(|&level| level <= estimate.value).fold(f64::NEG_INFINITY, f64::max);
    let above = levels.filter(|&level| level >= estimate.value).fold(f64::INFINITY, f64::min);
    if below.is_finite() && above.is_finite() {
        estimate.interval = estimate.interval.map(|[low, high]| [low.min(below), high.max(above)]);
    }
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
mod tests;
