//! A branch of roots of a smooth network from one drive to another, around its folds, as fast as it can be followed.
//!
//! Pseudo-arclength steps (Keller 1977) with chord corrections: one factorisation a step, in float32. That is enough to
//! find out where a branch leads; the root there is then found and proven like any other.

use faer::Mat;

use super::super::linear::{Factor, norm};
use super::system::{Drive, Point, System};

/// First step, in rates and share of the way together.
const FIRST_STEP: f64 = 0.05;
/// Steps at most and at least.
const STEPS: [f64; 2] = [1e-5, 0.6];
/// Steps of a branch at most.
const MAX_STEPS: usize = 300;
/// Corrections of a step at most.
const MAX_CORRECTIONS: usize = 8;
/// A correction at most so many times the one before.
const CONTRACTION: f64 = 0.5;
/// Cosine of the angle that a step may turn by: 45°.
const TURN: f64 = 0.7;
/// Speed at which a state is near enough to the branch.
const SPEED: f64 = 1e-6;

/// An end of the way between two drives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    From,
    To,
}

/// The way between two drives.
struct Way<'a> {
    system: &'a System<'a>,
    from: &'a Drive,
    /// Change of the drive along the way `[N]`.
    change: Vec<f64>,
}

/// Rates with the share of the way, `[N + 1]`, and the unit tangent of the branch there.
struct Place {
    at: Vec<f64>,
    tangent: Vec<f64>,
}

/// Where the branch through the root with rates `start` at `from` leaves the way to `to`, having set out along it: whether
/// at `to`, or back at `from` after a fold, and the rates there. [`None`] if it is lost.
pub(super) fn far_end(
    system: &System<'_>,
    from: &Drive,
    to: &Drive,
    start: &[f64],
) -> Option<(Side, Vec<f64>)> {
    let n = start.len();
    let change = to.c.iter().zip(&from.c).map(|(b, a)| b - a).collect();
    let way = Way { system, from, change };
    let mut at = start.to_vec();
    at.push(0.0);
    let mut ahead = vec![0.0; n + 1];
    ahead[n] = 1.0;
    let tangent = tangent(&way.factor(&way.point(&at), &ahead))?;
    let mut place = Place { at, tangent };
    let mut step = FIRST_STEP;
    for _ in 0..MAX_STEPS {
        let Some((next, n_corrections)) = way.stepped(&place, step) else {
            step *= 0.4;
            if step < STEPS[0] {
                return None;
            }
            continue;
        };
        let limit = if next.at[n] >= 1.0 { Some((Side::To, 1.0)) } else { None };
        let limit = if next.at[n] <= 0.0 { Some((Side::From, 0.0)) } else { limit };
        if let Some((side, limit)) = limit {
            let share = (limit - place.at[n]) / (next.at[n] - place.at[n]);
            let rates = place.at.iter().zip(&next.at).take(n).map(|(a, b)| a + share * (b - a));
            return Some((side, rates.collect()));
        }
        if n_corrections <= 3 {
            step = (1.8 * step).min(STEPS[1]);
        }
        place = next;
    }
    None
}

impl Way<'_> {
    fn point(&self, at: &[f64]) -> Point {
        let (rates, share) = at.split_at(at.len() - 1);
        let c: Vec<f64> = self.from.c.iter().zip(&self.change).map(|(c, d)| c + share[0] * d).collect();
        self.system.point(&c, rates.to_vec())
    }

    /// Factors of `[[I − diag(f′) W, −f′ Δc], [row]]` in float32.
    fn factor(&self, point: &Point, row: &[f64]) -> Factor<f32> {
        let n = self.change.len();
        let decay = self.system.rough_decay(point);
        let mut matrix = Mat::zeros(n + 1, n + 1);
        for (j, &entry) in row[..n].iter().enumerate() {
            let column = matrix.col_as_slice_mut(j);
            column[..n].copy_from_slice(decay.col_as_slice(j));
            column[n] = entry as f32;
        }
        let last = matrix.col_as_slice_mut(n);
        for ((entry, slope), &d) in last.iter_mut().zip(self.system.slopes(point)).zip(&self.change) {
            *entry = (-slope * d) as f32;
        }
        last[n] = row[n] as f32;
        Factor::new(matrix)
    }

    /// The place a step further, with the number of corrections that it took.
    fn stepped(&self, place: &Place, step: f64) -> Option<(Place, usize)> {
        let mut at: Vec<f64> = place.at.iter().zip(&place.tangent).map(|(a, t)| a + step * t).collect();
        let mut point = self.point(&at);
        let factor = self.factor(&point, &place.tangent);
        let mut last = step;
        let mut n_corrections = 0;
        while point.speed > SPEED {
            n_corrections += 1;
            let mut correction: Vec<f32> = point.rhs.iter().map(|&v| v as f32).collect();
            correction.push(0.0);
            factor.solve(&mut correction);
            let correction: Vec<f64> = correction.into_iter().map(f64::from).collect();
            let size = norm(&correction);
            if size.is_nan() || size > CONTRACTION * last || n_corrections > MAX_CORRECTIONS {
                return None;
            }
            last = size;
            at.iter_mut().zip(&correction).for_each(|(a, c)| *a += c);
            point = self.point(&at);
        }
        let tangent = tangent(&factor)?;
        let cosine: f64 = tangent.iter().zip(&place.tangent).map(|(a, b)| a * b).sum();
        (cosine >= TURN).then_some((Place { at, tangent }, n_corrections))
    }
}

/// The unit tangent on the side of the factors' last row.
fn tangent(factor: &Factor<f32>) -> Option<Vec<f64>> {
    let mut tangent = vec![0.0_f32; factor.len()];
    if let Some(last) = tangent.last_mut() {
        *last = 1.0;
    }
    factor.solve(&mut tangent);
    let tangent: Vec<f64> = tangent.into_iter().map(f64::from).collect();
    let size = norm(&tangent);
    (size.is_finite() && size > 0.0).then(|| tangent.into_iter().map(|t| t / size).collect())
}
