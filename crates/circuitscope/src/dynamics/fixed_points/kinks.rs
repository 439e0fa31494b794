//! Roots at which units are at a kink of their curve, so that several patterns meet there.

use super::super::linear::Factor;
use super::super::rounding::{frobenius_above, norm_above};
use super::certificate::x_errors;
use super::manifold::Manifold;
use super::pattern::active_matrix;
use super::root::{Degeneracy, Root};
use super::system::{Drive, Point, System};

/// Units at their kink up to which all patterns that meet are looked at.
const MAX_UNITS: usize = 8;

/// What is known of a root that is not proven, with units that may be at their kink.
///
/// Where the determinant of `I − s W_AA` has one sign in all patterns that meet at the root, it is the only one nearby,
/// whatever the last bits of the drive are (Samelson, Thrall & Wesler 1958, for linear complementarity problems):
/// [`None`]. Where it has both signs, a change of the drive within its own rounding makes two roots of one, or none.
pub(super) fn degeneracy(
    system: &System<'_>,
    drive: &Drive,
    point: &Point,
    active: &[usize],
    boundary_units: &[usize],
) -> Option<Degeneracy> {
    let unknown = Degeneracy { radius: f64::INFINITY, index: None };
    if boundary_units.is_empty() || boundary_units.len() > MAX_UNITS {
        return Some(unknown);
    }
    let is_boundary = |unit: &usize| boundary_units.contains(unit);
    let errors = x_errors(system, drive, point);
    let s = system.activation.slope;
    let rest = norm_above((0..system.n).map(|unit| {
        let kink = if is_boundary(&unit) { s * point.x[unit].abs() } else { 0.0 };
        point.rhs[unit].abs() + kink + s * errors[unit]
    }));
    let (mut signs, mut radius) = (Vec::new(), 0.0_f64);
    for code in 0..1_usize << boundary_units.len() {
        let on =
            boundary_units.iter().enumerate().filter(|(k, _)| (code >> k) & 1 == 1).map(|(_, &unit)| unit);
        let mut pattern: Vec<usize> =
            active.iter().copied().filter(|unit| !is_boundary(unit)).chain(on).collect();
        pattern.sort_unstable();
        let matrix = active_matrix(system, &pattern);
        let lost = 16.0 * pattern.len() as f64 * f64::EPSILON * (1.0 + matrix.norm_l2());
        let factor = Factor::new(matrix);
        let size = frobenius_above(&factor.inverse()).0;
        // Singular within rounding; of an inverse that is no number, too.
        let is_singular = size.is_nan() || size * lost >= 1.0;
        if !pattern.is_empty() && is_singular {
            return Some(unknown);
        }
        signs.push(factor.sign());
        radius = radius.max(size * rest.0);
    }
    let index = match signs[..] {
        [silent, active] => Some((0.5 * (silent + active)) as i8),
        _ => None,
    };
    let is_alone = signs.iter().all(|&sign| sign == signs[0]);
    (!is_alone).then_some(Degeneracy { radius, index })
}

/// [`degeneracy`] for any curve that is made of straight pieces: `det(I − diag(f′) W)` is affine in each slope, so that one
/// sign where every unit has the slope of either side is the sign of all slopes between them, and two roots nearby would
/// differ by a null vector of one of these matrices.
pub(super) fn where_pieces_meet(
    system: &System<'_>,
    drive: &Drive,
    point: &Point,
    boundary_units: &[usize],
) -> Option<Degeneracy> {
    let unknown = Degeneracy { radius: f64::INFINITY, index: None };
    if boundary_units.len() > MAX_UNITS {
        return Some(unknown);
    }
    let activation = system.activation;
    let errors = x_errors(system, drive, point);
    let steepest = activation.steepest();
    let rest = norm_above((0..system.n).map(|unit| {
        let x = point.x[unit];
        let gaps = (0..activation.curve.kinks().len()).map(|kink| (activation.kink(kink) - x).abs());
        let is_boundary = boundary_units.contains(&unit);
        let kink = if is_boundary { steepest * gaps.fold(f64::INFINITY, f64::min) } else { 0.0 };
        point.rhs[unit].abs() + kink + steepest * errors[unit]
    }));
    let (mut signs, mut radius) = (Vec::new(), 0.0_f64);
    for code in 0..1_usize << boundary_units.len() {
        let mut slopes: Vec<f64> = system.slopes(point).collect();
        for (k, &unit) in boundary_units.iter().enumerate() {
            let sides = activation.slopes_at_kink(point.x[unit])?;
            slopes[unit] = sides[(code >> k) & 1];
        }
        let matrix = system.decay_at(&slopes);
        let lost = 16.0 * system.n as f64 * f64::EPSILON * (1.0 + matrix.norm_l2());
        let factor = Factor::new(matrix);
        let size = frobenius_above(&factor.inverse()).0;
        // Singular within rounding; of an inverse that is no number, too.
        if size.is_nan() || size * lost >= 1.0 {
            return Some(unknown);
        }
        signs.push(factor.sign());
        radius = radius.max(size * rest.0);
    }
    let index = match signs[..] {
        [before, after] => Some((0.5 * (before + after)) as i8),
        _ => None,
    };
    let is_alone = signs.iter().all(|&sign| sign == signs[0]);
    (!is_alone).then_some(Degeneracy { radius, index })
}

/// Whether two roots at kinks are one: their units are in the same pieces, but for those that are at a kink in both, and a
/// piece has one root.
pub(super) fn are_one(system: &System<'_>, a: (&Point, &[usize]), b: (&Point, &[usize])) -> bool {
    let ((a, a_units), (b, b_units)) = (a, b);
    let piece = |point: &Point, unit: usize| system.activation.piece_at(point.x[unit]);
    !a_units.is_empty()
        && !b_units.is_empty()
        && (0..system.n)
            .filter(|&unit| piece(a, unit) != piece(b, unit))
            .all(|unit| a_units.contains(&unit) && b_units.contains(&unit))
}

/// Takes out the roots that are ends of a manifold: points of it at which a unit has just turned.
pub(super) fn absorb(roots: &mut Vec<Root>, manifolds: &mut [Manifold]) {
    roots.retain(|root| {
        let holds = |manifold: &&mut Manifold| {
            !root.boundary_units.is_empty()
                && root.point.x.iter().enumerate().all(|(unit, &x)| {
                    (x > 0.0) == manifold.active.contains(&unit) || root.boundary_units.contains(&unit)
                })
        };
        match manifolds.iter_mut().find(holds) {
            Some(manifold) => {
                manifold.n_hits += root.n_hits;
                false
            }
            None => true,
        }
    });
}
