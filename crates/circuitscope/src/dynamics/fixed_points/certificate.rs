//! Proof that a root of a smooth network, whose |f″| has a bound, is there, and that there is no other nearby. Where |f″| has
//! none the proof is by [`super::slope_change`].
//!
//! With `C` near the inverse of `A = I − diag(f′) W` at `y`, the map `T(z) = z + C (f(W z + c) − z)` has the roots as
//! its fixed points. In the ball of radius ρ around `y`, in the Euclidean norm,
//!
//! `‖T′‖ ≤ Z₀ + Z₁ ρ`, `Z₀ = ‖I − C A‖`, `Z₁ = ‖C diag(m_j ‖w_j‖)‖ ‖W‖`, `m_j ≥ |f″|` wherever the ball takes `x_j`,
//!
//! and with `Y = ‖C (f − y)‖` the root is within r if `Y + Z₀ r + Z₁ r²/2 ≤ r`, and the only one where `Z₀ + Z₁ ρ < 1`
//! (Newton–Kantorovich in the form of radii polynomials: Day, Lessard & Mischaikow 2007). Every quantity is an upper
//! bound in spite of rounding (see [`super::super::rounding`]); the weights and the input are taken as the exact numbers
//! that they are. The one assumption: rates err by at most four units in the last place, as
//! [`circuitscope_kernel::elementary`] tests on dense grids.

use faer::Mat;

use super::super::rounding::{Upper, column_norm_above, defect_above, frobenius_above, gamma, norm_above};
use super::root::Certificate;
use super::system::{Drive, Point, System};

/// Relative error of a rate, and of its derivative over its largest: four units in the last place of the elementary
/// function and at most eight more operations.
pub(super) const FUNCTION_ERROR: f64 = 16.0 * f64::EPSILON;
/// Times the uniqueness radius is doubled where the local curvature allows.
const DOUBLINGS: usize = 4;
/// The same where less would not reach beyond the root's own radius, as near a symmetric bifurcation, where the curvature
/// vanishes.
const MAX_DOUBLINGS: usize = 60;
/// More than a rate can lose by underflow.
pub(super) const TINY: f64 = 1e-300;

/// Proves the root near `point`, if `inverse` is good enough an inverse of minus the Jacobian there.
pub(super) fn certify(
    system: &System<'_>,
    drive: &Drive,
    point: &Point,
    inverse: &Mat<f64>,
) -> Option<Certificate> {
    let activation = system.activation;
    let x_errors = own_x_errors(system, drive, point);
    let errors = flow_errors(system, point, &x_errors);
    let rest: Vec<Upper> = point.rhs.iter().zip(errors).map(|(v, e)| Upper(v.abs()) + Upper(e)).collect();
    let rhs = norm_above(rest.iter().map(|rest| rest.0));

    let size = frobenius_above(inverse);
    let decay = system.decay(point);
    // What the slopes miss through x and through their own rounding, times the rows of W.
    let global = Upper(activation.curvature(0.0, f64::INFINITY));
    let slope_gap =
        norm_above(x_errors.iter().zip(&system.row_norms).map(|(&e, &row)| {
            ((global * Upper(e) + Upper(FUNCTION_ERROR * activation.slope)) * Upper(row)).0
        }));
    let z0 = defect_above(inverse, &decay) + size * (slope_gap + Upper(f64::EPSILON));
    let room = z0.below_one();
    if !(room > 0.0 && rhs.0.is_finite()) {
        return None;
    }
    let column_norms: Vec<Upper> =
        (0..system.n).map(|j| column_norm_above(inverse.col_as_slice(j))).collect();
    // Unit by unit, so that a direction that hardly decays is charged with the errors of its own units alone.
    let by_unit =
        column_norms.iter().zip(&rest).fold(Upper(0.0), |sum, (&column, &rest)| sum + column * rest);
    let y = Upper((size * rhs).0.min(by_unit.0));
    let z1 = |radius: f64| {
        let units = system.row_norms.iter().zip(&point.x).zip(&x_errors).zip(&column_norms);
        let bends = units.map(|(((&row, &x), &e), &column)| {
            let reach = Upper(e) + Upper(radius) * Upper(row);
            (Upper(activation.curvature(x, reach.0)) * Upper(row) * column).0
        });
        norm_above(bends) * system.spectral()
    };
    let mut slope = z1(f64::INFINITY);
    let mut unique = (room / slope.0.next_up()).next_down();
    // Twice the linear bound leaves room for the quadratic term unless the root is nearly double.
    let radius = (Upper(2.0) * y) / room;
    for doubling in 0..MAX_DOUBLINGS {
        if doubling >= DOUBLINGS && unique > 4.0 * radius.0 {
            break;
        }
        let wider = 2.0 * unique;
        let local = z1(wider);
        if (z0 + local * Upper(wider)).0 >= 1.0 {
            break;
        }
        (slope, unique) = (local, wider);
    }
    let unique = if unique.is_finite() { unique * (1.0 - 1e-12) } else { f64::MAX };
    let image = y + z0 * radius + slope * radius * radius * Upper(0.5);
    let is_proven = image.0 <= radius.0 && radius.0 < unique && (z0 + slope * Upper(unique)).0 < 1.0;
    is_proven.then_some(Certificate { radius: radius.0, unique_radius: unique })
}

/// How far each `x = W y + c` may be from its exact value, with the rounding of the slope's product.
pub(super) fn x_errors(system: &System<'_>, drive: &Drive, point: &Point) -> Vec<f64> {
    let y_norm = norm_above(point.y.iter().copied());
    let share = gamma(system.n + 6);
    let rows = system.row_norms.iter().zip(&drive.c).zip(&drive.error).zip(&point.x);
    rows.map(|(((&row, &c), &error), &x)| {
        let terms = Upper(row) * y_norm + Upper(c.abs()) + Upper(x.abs());
        (share * terms + Upper(error)).0
    })
    .collect()
}

/// [`x_errors`] from each product by itself: where a unit hears only units near zero its error is as small as they are,
/// whatever the others do.
pub(super) fn own_x_errors(system: &System<'_>, drive: &Drive, point: &Point) -> Vec<f64> {
    let mut sizes = vec![0.0; system.n];
    for (j, y) in point.y.iter().enumerate().filter(|(_, y)| **y != 0.0) {
        for (size, w) in sizes.iter_mut().zip(system.w.col_as_slice(j)) {
            *size += (w * y).abs();
        }
    }
    let share = gamma(system.n + 6);
    let units = sizes.iter().zip(&drive.c).zip(&drive.error).zip(&point.x);
    units
        .map(|(((&size, &c), &error), &x)| {
            let terms = Upper(size) * (Upper(1.0) + share) + Upper(c.abs()) + Upper(x.abs());
            (share * terms + Upper(error)).0
        })
        .collect()
}

/// How far each entry of the flow may be from its exact value, from the errors of `x`.
pub(super) fn flow_errors(system: &System<'_>, point: &Point, x_errors: &[f64]) -> Vec<f64> {
    let units = x_errors.iter().zip(&point.x).zip(&point.r).zip(&point.rhs);
    units
        .map(|(((&e, &x), r), v)| {
            let rate = Upper(FUNCTION_ERROR) * Upper(r.abs()) + Upper(TINY);
            let steepest = Upper(system.activation.steepest_near(x, e));
            (steepest * Upper(e) + rate + gamma(2) * Upper(v.abs())).0
        })
        .collect()
}

/// How far each entry of the flow may be from its exact value `[N]`.
pub(super) fn rounding_of_flow(system: &System<'_>, drive: &Drive, point: &Point) -> Vec<f64> {
    flow_errors(system, point, &own_x_errors(system, drive, point))
}
