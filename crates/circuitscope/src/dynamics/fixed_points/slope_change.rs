//! Proof that a root is there, and that there is no other nearby, by how far slopes change around it: for curves with kinks,
//! or whose second derivative has no bound.
//!
//! With `C` near the inverse of `A = I − diag(f′) W` at `y`, the map `T(z) = z + C (f(W z + c) − z)` has the roots as its
//! fixed points. Between two states of the ball of radius ρ around `y`, `f_j` changes by a slope between the least and the
//! largest that it has where the ball takes `x_j`, which is within `v_j(ρ)` of that at `y`: so T contracts them by
//!
//! `κ(ρ) = ‖I − C A‖ + min(‖C diag(v)‖ ‖W‖, Σ v_j ‖C e_j‖ ‖w_j‖)`,
//!
//! whether f has kinks or not. With `Y = ‖C (f − y)‖` there is a root within r if `Y + κ(r) r ≤ r`, and it is the only one
//! within ρ if `κ(ρ) < 1` (Banach). Bounds in spite of rounding as in [`super::certificate`].

use faer::Mat;

use super::super::rounding::{Upper, column_norm_above, defect_above, frobenius_above, norm_above};
use super::certificate::{FUNCTION_ERROR, TINY, flow_errors, own_x_errors};
use super::root::Certificate;
use super::system::{Drive, Point, System};

/// Radii that are tried for a root, each so many times the one before.
const N_RADII: usize = 4;
const WIDER: f64 = 4.0;
/// Least radius of uniqueness that is tried, and doublings of it at most.
const FIRST_RADIUS: f64 = 1e-15;
const MAX_DOUBLINGS: usize = 80;
/// Bisections of the radius of uniqueness: a kink is approached to a thousandth.
const BISECTIONS: usize = 10;

/// What the proof is made of, at one state.
struct Contraction<'a> {
    system: &'a System<'a>,
    point: &'a Point,
    x_errors: Vec<f64>,
    /// `‖C e_j‖` `[N]`.
    columns: Vec<Upper>,
    /// Bound of `‖I − C A‖`.
    defect: Upper,
    /// Bound of `‖C (f − y)‖`.
    step: Upper,
}

impl<'a> Contraction<'a> {
    fn new(system: &'a System<'a>, drive: &Drive, point: &'a Point, inverse: &Mat<f64>) -> Self {
        let x_errors = own_x_errors(system, drive, point);
        let errors = flow_errors(system, point, &x_errors);
        let rest: Vec<Upper> = point.rhs.iter().zip(errors).map(|(v, e)| Upper(v.abs()) + Upper(e)).collect();
        let size = frobenius_above(inverse);
        let columns: Vec<Upper> = (0..system.n).map(|j| column_norm_above(inverse.col_as_slice(j))).collect();
        let by_unit = columns.iter().zip(&rest).fold(Upper(0.0), |sum, (&column, &rest)| sum + column * rest);
        let step = Upper((size * norm_above(rest.iter().map(|rest| rest.0))).0.min(by_unit.0));
        // What the slopes miss through their own rounding; what they miss through x is part of their change.
        let slopes = point.x.iter().zip(&point.r).zip(&system.row_norms).map(|((&x, &r), &row)| {
            let slope = Upper(system.activation.slope_with(x, r).abs());
            ((Upper(FUNCTION_ERROR) * slope + Upper(TINY)) * Upper(row)).0
        });
        let lost = norm_above(slopes);
        let defect = defect_above(inverse, &system.decay(point)) + size * (lost + Upper(f64::EPSILON));
        Self { system, point, x_errors, columns, defect, step }
    }

    /// Bound of the change of each slope within a distance of the state `[N]`.
    fn changes(&self, radius: Upper) -> impl Iterator<Item = f64> {
        let units = self.point.x.iter().zip(&self.x_errors).zip(&self.system.row_norms);
        units.map(move |((&x, &e), &row)| {
            let reach = Upper(e) + radius * Upper(row);
            self.system.activation.slope_change(x, reach.0)
        })
    }

    /// `κ(ρ)`
    fn rate(&self, radius: Upper) -> Upper {
        let bends: Vec<Upper> =
            self.changes(radius).zip(&self.columns).map(|(change, &column)| Upper(change) * column).collect();
        let together = norm_above(bends.iter().map(|bend| bend.0)) * self.system.spectral();
        let one_by_one = bends
            .iter()
            .zip(&self.system.row_norms)
            .fold(Upper(0.0), |sum, (&bend, &row)| sum + bend * Upper(row));
        self.defect + Upper(together.0.min(one_by_one.0))
    }

    /// How far the root of the flow's linear part is at most.
    fn linear_radius(&self) -> Option<Upper> {
        let room = self.defect.below_one();
        (room > 0.0 && self.step.0.is_finite()).then(|| Upper(2.0) * self.step / room)
    }
}

/// Proves the root near `point`, if `inverse` is good enough an inverse of minus the Jacobian there.
pub(super) fn certify(
    system: &System<'_>,
    drive: &Drive,
    point: &Point,
    inverse: &Mat<f64>,
) -> Option<Certificate> {
    let contraction = Contraction::new(system, drive, point, inverse);
    let mut radius = contraction.linear_radius()?;
    let holds = |radius: Upper| (contraction.step + contraction.rate(radius) * radius).0 <= radius.0;
    let mut n_tried = 1;
    while !holds(radius) {
        if n_tried == N_RADII {
            return None;
        }
        radius = Upper(WIDER) * radius;
        n_tried += 1;
    }
    let contracts = |radius: f64| contraction.rate(Upper(radius)).0 < 1.0;
    let (mut unique, mut beyond) = (radius.0, (2.0 * radius.0).max(FIRST_RADIUS));
    for _ in 0..MAX_DOUBLINGS {
        if !contracts(beyond) {
            break;
        }
        (unique, beyond) = (beyond, 2.0 * beyond);
    }
    for _ in 0..BISECTIONS {
        let middle = f64::midpoint(unique, beyond);
        *(if contracts(middle) { &mut unique } else { &mut beyond }) = middle;
    }
    let is_proven = radius.0 < unique && contracts(unique);
    is_proven.then_some(Certificate { radius: radius.0, unique_radius: unique })
}

/// The units that may be at a kink at the root near `point`, as far as rounding tells; rising.
pub(super) fn boundary_units(
    system: &System<'_>,
    drive: &Drive,
    point: &Point,
    inverse: &Mat<f64>,
) -> Vec<usize> {
    if !system.activation.curve.is_piecewise_linear() {
        return Vec::new();
    }
    let contraction = Contraction::new(system, drive, point, inverse);
    let Some(radius) = contraction.linear_radius() else { return Vec::new() };
    contraction
        .changes(radius)
        .enumerate()
        .filter(|(_, change)| *change > 0.0)
        .map(|(unit, _)| unit)
        .collect()
}
