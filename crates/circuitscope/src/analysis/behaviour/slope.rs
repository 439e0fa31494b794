//! The slope of answers on what is shown, and how surely it is not 0.

use super::mean;
use crate::analysis::statistics::{Bootstrap, Ends, Interval, Resampling, Streams, location, redrawn};
use rand_chacha::ChaCha8Rng;

/// Repeated answers to one level of what is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// What is shown.
    pub level: f64,
    /// One answer a repeat.
    pub answers: Vec<f64>,
}

/// A number with its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The number.
    pub value: f64,
    /// Lower and upper end; none where it cannot be had.
    pub interval: Option<[f64; 2]>,
}

/// Least-squares slope of the cells' mean answers on their levels; every cell counts alike.
///
/// [`None`] if all cells have one level or an answer is not finite. There is no interval if cells have a single answer.
///
/// # Source
/// The interval is that of a bootstrap within cells that draws one answer fewer than there are, which makes its variance
/// that of the mean (`McCarthy` & Snowden 1985; Rao & Wu 1988, `doi:10.1080/01621459.1988.10478591`): with the seven
/// published repeats the plain bootstrap is 7 % too narrow.
pub fn slope(cells: &[Cell], bootstrap: Bootstrap) -> Option<Estimate> {
    let centre = mean(&cells.iter().map(|cell| cell.level).collect::<Vec<_>>());
    let spread: f64 = cells.iter().map(|cell| (cell.level - centre).powi(2)).sum();
    if spread.is_nan() || spread == 0.0 || cells.is_empty() {
        return None;
    }
    let weights: Vec<f64> = cells.iter().map(|cell| (cell.level - centre) / spread).collect();
    let value: f64 = cells.iter().zip(&weights).map(|(cell, weight)| weight * mean(&cell.answers)).sum();
    if !value.is_finite() {
        return None;
    }
    let is_repeated = cells.iter().all(|cell| cell.answers.len() > 1);
    // A cell of equal answers is the same in every resample.
    let varies = |cell: &Cell| cell.answers.iter().any(|answer| *answer != cell.answers[0]);
    let (varying, constant): (Vec<_>, Vec<_>) = cells.iter().zip(weights).partition(|(cell, _)| varies(cell));
    let of_constant: f64 = constant.iter().map(|(cell, weight)| weight * mean(&cell.answers)).sum();
    let draw = |answers: &[f64], rng: &mut ChaCha8Rng| {
        let n = answers.len() - 1;
        redrawn(n, answers.len(), rng).map(|at| answers[at]).sum::<f64>() / n as f64
    };
    let interval = is_repeated.then(|| {
        let resamples = bootstrap.resamples(Streams::One, |rng| {
            of_constant + varying.iter().map(|(cell, weight)| weight * draw(&cell.answers, rng)).sum::<f64>()
        });
        bootstrap.interval(Ends::Percentiles, resamples).map(Interval::ends)
    });
    Some(Estimate { value, interval: interval.flatten() })
}

/// Mean over networks with the 95 % interval of [`location`]: networks drawn with replacement, farther out the fewer there are, and
/// never nearer than Student's t; no interval for fewer than three.
///
/// [`None`] if there is no network, or a number is not finite.
pub fn over_networks(values: &[f64], bootstrap: Bootstrap) -> Option<Estimate> {
    let value = mean(values);
    if !value.is_finite() {
        return None;
    }
    // Only the interval is asked for.
    let resampling =
        Resampling { n_resamples: bootstrap.n_resamples, n_permutations: 1, seed: bootstrap.seed };
    Some(Estimate { value, interval: location(values, resampling).map(|found| found.interval) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng};

    fn bootstrap(seed: u64) -> Bootstrap {
        Bootstrap { n_resamples: 400, level: 0.95, seed }
    }

    /// Choices at 24 levels from −4 to 4, seven repeats each, of chance `½ + slope · level`.
    fn choices(slope: f64, seed: u64) -> Vec<Cell> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let cell = |k: i32| {
            let level = f64::from(k) / 3.0;
            let chance = 0.5 + slope * level;
            let answers = (0..7).map(|_| f64::from(u8::from(rng.random_bool(chance)))).collect();
            Cell { level, answers }
        };
        (-12..=12).filter(|&k| k != 0).map(cell).collect()
    }

    fn share_covering(slope_planted: f64) -> f64 {
        const DRAWS: u64 = 400;
        let covers = |seed: u64| {
            let found = slope(&choices(slope_planted, seed), bootstrap(seed)).expect("two levels");
            let [low, high] = found.interval.expect("repeats");
            (low..=high).contains(&slope_planted)
        };
        (0..DRAWS).filter(|&seed| covers(seed)).count() as f64 / DRAWS as f64
    }

    #[test]
    fn intervals_cover_no_slope_and_planted_slopes_of_both_signs_nineteen_times_in_twenty() {
        for planted in [0.0, 0.08, -0.08] {
            let share = share_covering(planted);
            // 95 % of 400 draws: a standard error is 1.1 %, and percentiles of 400 resamples lose about 1 %.
            assert!((0.91..=0.985).contains(&share), "{planted}: {share}");
        }
    }

    #[test]
    fn a_planted_slope_is_told_from_none_and_its_sign_is_right() {
        for planted in [0.08, -0.08] {
            let found = slope(&choices(planted, 3), bootstrap(0)).expect("levels");
            let [low, high] = found.interval.expect("repeats");
            assert!(if planted > 0.0 { low > 0.0 } else { high < 0.0 }, "{planted}: {found:?}");
        }
    }

    #[test]
    fn an_exact_line_has_its_slope_and_no_width_and_one_answer_has_no_interval() {
        let cells = |n: usize| -> Vec<Cell> {
            (0..5)
                .map(|k| Cell { level: f64::from(k), answers: vec![1.0 + 0.25 * f64::from(k); n] })
                .collect()
        };
        let found = slope(&cells(3), bootstrap(1)).expect("levels");
        let [low, high] = found.interval.expect("repeats");
        for number in [found.value, low, high] {
            assert!((number - 0.25).abs() < 1e-15, "{number}"); // rounding of five terms
        }
        assert_eq!(slope(&cells(1), bootstrap(1)).expect("levels").interval, None);
    }

    #[test]
    fn what_has_no_slope_or_is_not_finite_has_none() {
        assert_eq!(slope(&[], bootstrap(0)), None);
        let same = vec![Cell { level: 1.0, answers: vec![0.0, 1.0] }; 3];
        assert_eq!(slope(&same, bootstrap(0)), None);
        let mut wild = choices(0.0, 0);
        wild[4].answers[2] = f64::NAN;
        assert_eq!(slope(&wild, bootstrap(0)), None);
    }

    #[test]
    fn intervals_over_five_networks_cover_the_mean_nineteen_times_in_twenty() {
        let covers = |seed: &u64| {
            let mut rng = ChaCha8Rng::seed_from_u64(*seed);
            let values: [f64; 5] = std::array::from_fn(|_| rng.sample(rand_distr::StandardNormal));
            let [low, high] =
                over_networks(&values, bootstrap(*seed)).expect("networks").interval.expect("five");
            low <= 0.0 && high >= 0.0
        };
        // Three standard errors below .95 over 400 draws; percentiles cover it in 83 %, expanded ones in 90 %.
        let share = (0..400).filter(covers).count() as f64 / 400.0;
        assert!(share > 0.917, "{share}");
    }

    #[test]
    fn the_mean_over_networks_has_an_interval_from_three_networks_on() {
        let found = over_networks(&[1.0, 2.0, 3.0], bootstrap(0)).expect("networks");
        assert_eq!(found.value, 2.0);
        // Student's t of two degrees of freedom at .975, 4.3027, times 1/√3.
        let [low, high] = found.interval.expect("three");
        assert!((low - (2.0 - 2.4841)).abs() < 1e-4 && (high - (2.0 + 2.4841)).abs() < 1e-4, "{low} {high}");
        assert_eq!(over_networks(&[1.0, 2.0], bootstrap(0)).expect("networks").interval, None);
        assert_eq!(over_networks(&[], bootstrap(0)), None);
    }
}
