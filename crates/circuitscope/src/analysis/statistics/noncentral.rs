//! Intervals of standardised means, by the noncentral t distribution.

use statrs::distribution::{Continuous, ContinuousCDF, Normal};
use statrs::function::gamma::ln_gamma;

use super::resampling::LEVEL;

/// Parts that the spread is integrated over; the integrand is smooth, and 400 give eight digits at t of 10.
const PARTS: usize = 400;

/// Steps of Newton's method; five or six are enough from where it starts, and what it does not reach is halved.
const MAX_STEPS: usize = 60;
/// A step so short, over the deviation of t, that the end has been found: the integral is no more exact.
const FOUND: f64 = 1e-10;

/// 95 % interval of the mean of t's numerator over its standard error, for numbers that are normal.
///
/// # Source
/// Steiger & Fouladi 1997, *What if there were no significance tests?*, ch. 9; for Hedges' g Goulet-Pelletier & Cousineau 2018,
/// doi:10.20982/tqmp.14.4.p242.
pub(super) fn interval(t: f64, freedom: f64) -> [f64; 2] {
    let [low, high] = reach(freedom);
    let farthest = [t * low, t * high];
    let (below, above) = (farthest[0].min(farthest[1]) - 10.0, farthest[0].max(farthest[1]) + 10.0);
    let spreads = spreads(freedom);
    let deviation = (1.0 + t * t / (2.0 * freedom)).sqrt();
    [1.0 - 0.5 * LEVEL, 0.5 * LEVEL].map(|share| {
        let (mut below, mut above) = (below, above);
        let mut at = t - Normal::standard().inverse_cdf(share) * deviation; // t is about normal
        for _ in 0..MAX_STEPS {
            // The share below t falls as the noncentrality rises.
            let [found, fall] = share_below(t, &spreads, at);
            *(if found > share { &mut below } else { &mut above }) = at;
            let newton = at + (found - share) / fall;
            let next = if below < newton && newton < above { newton } else { f64::midpoint(below, above) };
            let step = (next - at).abs();
            at = next;
            if step < FOUND * deviation {
                break;
            }
        }
        at
    })
}

/// Where the spread over its expectation lies, but for less than 1e-12.
fn reach(freedom: f64) -> [f64; 2] {
    let deviation = 10.0 / (2.0 * freedom).sqrt();
    [(1.0 - deviation).max(0.0), 1.0 + deviation]
}

/// Spreads over their expectation that a sample could have, each with its weight by Simpson's rule.
fn spreads(freedom: f64) -> Vec<[f64; 2]> {
    let half = 0.5 * freedom;
    let constant = std::f64::consts::LN_2 + half * half.ln() - ln_gamma(half);
    let [low, high] = reach(freedom);
    let step = (high - low) / PARTS as f64;
    (0..=PARTS)
        .map(|i| {
            let spread = low + i as f64 * step;
            let weight = match i {
                0 | PARTS => 1.0,
                i if i % 2 == 1 => 4.0,
                _ => 2.0,
            };
            let density = (constant + (freedom - 1.0) * spread.ln() - half * spread * spread).exp();
            [spread, weight * density * step / 3.0]
        })
        .collect()
}

/// Probability that t of this noncentrality lies below a number, over all spreads, and how fast it falls with the noncentrality.
fn share_below(t: f64, spreads: &[[f64; 2]], noncentrality: f64) -> [f64; 2] {
    let normal = Normal::standard();
    spreads.iter().fold([0.0; 2], |[share, fall], &[spread, weight]| {
        let standing = t * spread - noncentrality;
        [share + weight * normal.cdf(standing), fall + weight * normal.pdf(standing)]
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use statrs::distribution::StudentsT;

    #[test]
    fn without_noncentrality_it_is_students_t() {
        for freedom in [2.0, 5.0, 30.0] {
            let student = StudentsT::new(0.0, 1.0, freedom).expect("a distribution");
            for t in [-3.0, -0.5, 0.0, 1.0, 10.0] {
                let (found, expected) = (share_below(t, &spreads(freedom), 0.0)[0], student.cdf(t));
                assert!((found - expected).abs() < 1e-7, "{freedom} {t}: {found} {expected}");
            }
        }
    }

    #[test]
    fn either_end_leaves_out_a_fortieth() {
        for (t, freedom) in [(0.0, 4.0), (2.5, 10.0), (-6.0, 18.0), (300.0, 10.0), (1e4, 3.0), (-0.1, 2.0)] {
            let [low, high] = interval(t, freedom);
            assert!(low < t && t < high, "{low} {t} {high}");
            assert!((share_below(t, &spreads(freedom), low)[0] - 0.975).abs() < 1e-6, "{t}");
            assert!((share_below(t, &spreads(freedom), high)[0] - 0.025).abs() < 1e-6, "{t}");
        }
    }
}
