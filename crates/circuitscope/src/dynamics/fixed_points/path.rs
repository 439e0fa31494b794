//! Paths on which the flow of a `ReLU` network keeps its direction: `f(W y + c) − y = ℓ d`, with `ℓ` free.
//!
//! Such a path is a chain of straight pieces, one a pattern. Across a boundary one unit turns on or off, which changes
//! the inverse of `I − diag(f′) W` by rank one; where the determinant changes sign, `ℓ` turns round. Roots are where ℓ
//! is zero, and neighbouring roots on a path have opposite signs of the determinant: what a fold separates, a path
//! joins (Katzenelson 1965; Allgower & Georg 1990, ch. 15).

use faer::Mat;

use super::super::linear::{Factor, add_product};
use super::pattern::Pattern;
use super::system::{Drive, Point, System};

/// Boundaries that a path crosses at most.
const MAX_CROSSINGS: usize = 300;

/// The pattern of the first root on the path from `start` along its own flow.
pub(super) fn to_zero(system: &System<'_>, drive: &Drive, start: &[f64]) -> Option<Pattern> {
    let point = system.point(&drive.c, start.to_vec());
    if point.speed == 0.0 {
        return Some(Pattern::of(&point.x));
    }
    let direction = point.rhs.clone();
    follow(system, point, &direction, 1.0, -1.0, 1).pop()
}

/// Patterns of the roots on the path through a root along `direction`, the root itself left out.
pub(super) fn through(system: &System<'_>, root: &Point, direction: &[f64]) -> Vec<Pattern> {
    let mut found = follow(system, root.clone(), direction, 0.0, 1.0, usize::MAX);
    found.extend(follow(system, root.clone(), direction, 0.0, -1.0, usize::MAX));
    found
}

/// Follows a path from a point at `level`, at first with the level rising (`heading` 1) or falling (−1); the patterns
/// where it meets level 0, `most` at most.
fn follow(
    system: &System<'_>,
    point: Point,
    direction: &[f64],
    level: f64,
    heading: f64,
    most: usize,
) -> Vec<Pattern> {
    let s = system.activation.slope;
    let (mut level, mut heading, mut x) = (level, heading, point.x.clone());
    let factor = Factor::new(system.decay(&point));
    let mut inverse = factor.inverse();
    // Activity is kept apart from x, which is zero up to rounding where a unit has just turned.
    let mut is_active: Vec<bool> = x.iter().map(|&x| x > 0.0).collect();
    let mut v = vec![0.0; system.n];
    add_product(&mut v, &inverse, direction);
    let mut found = Vec::new();
    for _ in 0..MAX_CROSSINGS {
        // dy/dℓ = −v.
        let mut rate = vec![0.0; system.n];
        add_product(&mut rate, &system.w, &v);
        for r in &mut rate {
            *r *= -heading;
        }
        if !rate.iter().all(|r| r.is_finite()) {
            break;
        }
        let crossing = (0..system.n)
            .filter(|&unit| if is_active[unit] { rate[unit] < 0.0 } else { rate[unit] > 0.0 })
            .map(|unit| ((-x[unit] / rate[unit]).max(0.0), unit))
            .min_by(|a, b| a.0.total_cmp(&b.0));
        let to_zero = if level * heading < 0.0 { level.abs() } else { f64::INFINITY };
        if crossing.is_none_or(|(length, _)| to_zero <= length) {
            if to_zero.is_infinite() {
                break; // off to infinity
            }
            let signs: Vec<f64> = is_active.iter().map(|&on| if on { 1.0 } else { -1.0 }).collect();
            found.push(Pattern::of(&signs));
            if found.len() >= most {
                break;
            }
        }
        let Some((length, unit)) = crossing else { break };
        for (x, r) in x.iter_mut().zip(&rate) {
            *x += length * r;
        }
        level += heading * length;
        let beta = if is_active[unit] { s } else { -s };
        is_active[unit] = !is_active[unit];
        x[unit] = 0.0;
        let Some(ratio) = turn(&mut inverse, &mut v, &system.rows, unit, beta) else { break };
        heading *= ratio.signum();
    }
    found
}

/// Adds `β e_j w_jᵀ` to the matrix whose inverse is kept, and to `v = inverse · d`; the ratio of the determinants.
fn turn(inverse: &mut Mat<f64>, v: &mut [f64], rows: &Mat<f64>, unit: usize, beta: f64) -> Option<f64> {
    let n = v.len();
    let weights = rows.col_as_slice(unit);
    let dot = |column: &[f64]| weights.iter().zip(column).map(|(w, b)| w * b).sum::<f64>();
    let column = inverse.col_as_slice(unit).to_vec();
    let ratio = 1.0 + beta * dot(&column);
    if ratio.abs() < 1e-10 {
        return None;
    }
    let along = beta * dot(v) / ratio;
    for (v, c) in v.iter_mut().zip(&column) {
        *v -= along * c;
    }
    for j in 0..n {
        let target = inverse.col_as_slice_mut(j);
        let share = beta * dot(target) / ratio;
        if share != 0.0 {
            for (b, c) in target.iter_mut().zip(&column) {
                *b -= share * c;
            }
        }
    }
    Some(ratio)
}
