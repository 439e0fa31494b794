//! Roots of a `ReLU` network, exact up to a linear solve.
//!
//! Within a pattern of active units the flow is affine. From a state, solve its pattern; if the solution has that
//! pattern it is a root, else go on from the solution's pattern. This is Newton's method for the piecewise linear flow:
//! where it goes depends on the pattern alone, so that a pattern seen before ends a run. Runs that cycle are handed to
//! [`super::path`], which follows the segment from the start's flow to zero, pattern by pattern.

use std::collections::BTreeMap;

use super::super::linear::{Factor, norm};
use super::super::rounding::{Upper, defect_above, frobenius_above, gamma, norm_above};
use super::certificate::x_errors;
use super::manifold::{self, Manifold};
use super::pattern::{Pattern, active_matrix};
use super::root::{Certificate, LARGEST_SPEED, Root};
use super::system::{Drive, Point, System};
use super::{kinks, path};

/// Patterns that a run visits at most.
const MAX_PATTERNS: usize = 200;

/// Pivots smaller than this, over the largest, are looked at again.
const SUSPECT: f64 = 1e-9;

/// Where runs through a pattern end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Root(usize),
    Manifold(usize),
    Nowhere,
}

/// What is known of one input.
#[derive(Default)]
pub(super) struct Known {
    pub(super) roots: Vec<Root>,
    pub(super) manifolds: Vec<Manifold>,
    ends: BTreeMap<Pattern, End>,
}

/// What a pattern's own equations say.
enum Solved {
    Point(Box<Point>),
    Singular,
}

/// Follows patterns from a start to their end, adding what is found there.
pub(super) fn descend(system: &System<'_>, drive: &Drive, start: &[f64], known: &mut Known) -> End {
    let mut point = system.point(&drive.c, start.to_vec());
    let mut trail = Vec::new();
    let mut end = None;
    while trail.len() < MAX_PATTERNS {
        let pattern = Pattern::of(&point.x);
        if let Some(&known) = known.ends.get(&pattern) {
            end = Some(known);
            break;
        }
        if trail.contains(&pattern) {
            break;
        }
        match solve(system, drive, &pattern) {
            Solved::Point(next) => {
                trail.push(pattern.clone());
                if Pattern::of(&next.x) == pattern {
                    end = settle(system, drive, *next, &pattern, known);
                    break;
                }
                point = *next;
            }
            Solved::Singular => {
                trail.push(pattern.clone());
                match manifold::within(system, drive, &pattern, &point) {
                    Ok(manifold) => {
                        known.manifolds.push(manifold);
                        end = Some(End::Manifold(known.manifolds.len() - 1));
                        break;
                    }
                    Err(next) => point = next,
                }
            }
        }
    }
    let end = end.unwrap_or_else(|| {
        let found = path::to_zero(system, drive, start);
        found.and_then(|pattern| arrive(system, drive, &pattern, known)).unwrap_or(End::Nowhere)
    });
    for pattern in trail {
        known.ends.entry(pattern).or_insert(end);
    }
    end
}

/// The root that has this pattern, if there is one.
pub(super) fn arrive(
    system: &System<'_>,
    drive: &Drive,
    pattern: &Pattern,
    known: &mut Known,
) -> Option<End> {
    if let Some(&end) = known.ends.get(pattern)
        && end != End::Nowhere
    {
        return Some(end);
    }
    let Solved::Point(point) = solve(system, drive, pattern) else { return None };
    let end =
        (Pattern::of(&point.x) == *pattern).then(|| settle(system, drive, *point, pattern, known))??;
    known.ends.insert(pattern.clone(), end);
    Some(end)
}

/// Whether the matrix of the active units is singular as far as rounding tells.
fn is_singular(system: &System<'_>, active: &[usize], factor: &Factor) -> bool {
    let floor = 16.0 * active.len() as f64 * f64::EPSILON;
    let ratio = factor.pivot_ratio();
    // Pivots alone miss a singular matrix whose elimination rounded more than most.
    ratio <= floor || (ratio <= SUSPECT && least_stretch(system, active, factor) <= floor)
}

/// Upper estimate of the smallest singular value over a lower one of the largest, by two steps of inverse iteration.
fn least_stretch(system: &System<'_>, active: &[usize], factor: &Factor) -> f64 {
    let matrix = active_matrix(system, active);
    let size = matrix.norm_l2() / (active.len() as f64).sqrt();
    let mut v: Vec<f64> = (0..active.len()).map(|i| 1.0 + (i as f64).sin()).collect();
    let mut least = f64::INFINITY;
    for _ in 0..2 {
        let before = norm(&v);
        for v in &mut v {
            *v /= before;
        }
        factor.solve(&mut v);
        least = least.min(1.0 / norm(&v));
    }
    least / size
}

/// The state at which the flow of a pattern vanishes, not yet refined.
fn solve(system: &System<'_>, drive: &Drive, pattern: &Pattern) -> Solved {
    let active = pattern.active(system.n);
    let factor = Factor::new(active_matrix(system, &active));
    if is_singular(system, &active, &factor) {
        return Solved::Singular;
    }
    let s = system.activation.slope;
    let mut z: Vec<f64> = active.iter().map(|&unit| s * drive.c[unit]).collect();
    factor.solve(&mut z);
    let mut y = vec![0.0; system.n];
    for (&unit, &z) in active.iter().zip(&z) {
        y[unit] = z;
    }
    Solved::Point(Box::new(system.point(&drive.c, y)))
}

/// A solution after one step of refinement.
fn refined(system: &System<'_>, drive: &Drive, point: Point, active: &[usize], factor: &Factor) -> Point {
    let s = system.activation.slope;
    let mut rest: Vec<f64> = active.iter().map(|&unit| s * point.x[unit] - point.y[unit]).collect();
    if norm(&rest) == 0.0 {
        return point;
    }
    factor.solve(&mut rest);
    let mut y = point.y.clone();
    for (&unit, &step) in active.iter().zip(&rest) {
        y[unit] += step;
    }
    let next = system.point(&drive.c, y);
    if next.speed < point.speed { next } else { point }
}

/// Adds a root with its proof; [`None`] if the state is none after all.
fn settle(
    system: &System<'_>,
    drive: &Drive,
    point: Point,
    pattern: &Pattern,
    known: &mut Known,
) -> Option<End> {
    let active = pattern.active(system.n);
    let factor = Factor::new(active_matrix(system, &active));
    let point = refined(system, drive, point, &active, &factor);
    if point.speed.is_nan() || point.speed > LARGEST_SPEED {
        return None;
    }
    let (certificate, boundary_units) = certify(system, drive, &point, &active, &factor);
    if !boundary_units.is_empty() {
        // Two patterns share a root on the boundary between them: which of them found it is rounding.
        let same = known.roots.iter().position(|root| {
            let differ = |unit: usize| (root.point.x[unit] > 0.0) != (point.x[unit] > 0.0);
            !root.boundary_units.is_empty()
                && (0..system.n)
                    .filter(|&unit| differ(unit))
                    .all(|unit| boundary_units.contains(&unit) && root.boundary_units.contains(&unit))
        });
        if let Some(at) = same {
            return Some(End::Root(at));
        }
    }
    let degeneracy = match certificate {
        Some(_) => None,
        None => kinks::degeneracy(system, drive, &point, &active, &boundary_units),
    };
    let sign = factor.sign();
    known.roots.push(Root { point, certificate, degeneracy, sign, inverse: None, n_hits: 0, boundary_units });
    Some(End::Root(known.roots.len() - 1))
}

/// Proof of a root by the linear system of its pattern, and the units that may lie on the pattern's boundary.
///
/// With `C` near the inverse of `M = I − s W_AA`, `‖z − z*‖ ≤ ‖C‖ ‖s c − M z‖ / (1 − ‖I − C M‖)`. If every `x_j` keeps
/// its sign within that, the pattern holds at the exact root, and no other root is nearer than the nearest boundary,
/// `min |x_j| / ‖w_j‖`. Bounds in spite of rounding as in [`super::certificate`].
fn certify(
    system: &System<'_>,
    drive: &Drive,
    point: &Point,
    active: &[usize],
    factor: &Factor,
) -> (Option<Certificate>, Vec<usize>) {
    let x_errors = x_errors(system, drive, point);
    let s = Upper(system.activation.slope);
    let radius = if active.is_empty() {
        Some(Upper(0.0))
    } else {
        let inverse = factor.inverse();
        let size = frobenius_above(&inverse);
        let matrix = active_matrix(system, active);
        // Rounding of s W_AA and of the difference from I.
        let rounded = gamma(2) * (frobenius_above(&matrix) + Upper((active.len() as f64).sqrt()));
        let room = (defect_above(&inverse, &matrix) + size * rounded).below_one();
        let rest = norm_above(active.iter().map(|&unit| {
            let gap = Upper(point.rhs[unit].abs()) * (Upper(1.0) + gamma(2));
            let scaled = gamma(1) * Upper(point.r[unit].abs());
            (gap + s * Upper(x_errors[unit]) + scaled).0
        }));
        (room > 0.0).then(|| size * rest / room)
    };
    let Some(radius) = radius.filter(|radius| radius.0.is_finite()) else {
        return (None, Vec::new());
    };
    let mut boundary_units = Vec::new();
    let mut unique = f64::INFINITY;
    for (unit, ((&row, &error), x)) in system.row_norms.iter().zip(&x_errors).zip(&point.x).enumerate() {
        let loss = Upper(error) + radius * Upper(row);
        let room = (x.abs() - loss.0).next_down();
        if row == 0.0 {
            continue; // its x is the same everywhere
        }
        if room <= 0.0 {
            boundary_units.push(unit);
        } else {
            // From the centre: what rounding may have moved x by, not what the root may be away.
            unique = unique.min(((x.abs() - error).next_down() / row).next_down());
        }
    }
    let unique = unique.min(f64::MAX);
    let is_proven = boundary_units.is_empty() && radius.0 < unique;
    (is_proven.then_some(Certificate { radius: radius.0, unique_radius: unique }), boundary_units)
}
