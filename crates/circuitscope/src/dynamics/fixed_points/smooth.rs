//! Descent to a root of a network that is not rectified linear.
//!
//! Damped Newton on the analytic Jacobian; factors are kept as long as they contract well, and those of a descent are
//! float32, which points as well at half the cost. Where no step along Newton's direction brings the speed down there is
//! a slow point that is no root, such as the ghost of two roots beyond their fold: such a run is stuck, and the caller
//! lets the state go with the flow, away from it.

use faer::Mat;

use super::super::linear::{Factor, add_product, distance, dot, norm};
use super::certificate;
use super::degeneracy::{Enclosed, enclosed};
use super::root::{Certificate, LARGEST_SPEED, Root};
use super::system::{Drive, Point, System};
use super::{kinks, slope_change};

/// Factorisations of a run at most.
const MAX_FACTORS: usize = 40;
/// Halvings of a Newton step before it is given up.
const MAX_HALVINGS: usize = 5;
/// A kept factor is used while a step takes the speed below this share.
const KEEP: f64 = 0.6;
/// Speed under which the rounding of the sums decides, per root of N.
const FLOOR: f64 = 1e-15;
/// Steps of Newton's method at a root that is not proven, at most: at one of multiplicity m each takes off 1/m of the way.
const MAX_SHARPENINGS: usize = 120;
/// They end once a step is no shorter than this share of the one before.
const SHORTER: f64 = 0.95;
/// A run so many uniqueness radii from a known root tries that root's own inverse first.
const NEAR: f64 = 1e4;

/// Where a run ended.
pub(super) enum Outcome {
    /// A root that is in no ball of a known one.
    Found(Box<Root>),
    /// The known root of this number.
    Known(usize),
    /// Nowhere: the state of least speed on the way.
    Stuck(Vec<f64>),
}

/// Descends from `start`; stops as soon as it is certain that the end is known.
pub(super) fn descend(system: &System<'_>, drive: &Drive, start: &[f64], known: &[Root]) -> Outcome {
    let mut point = system.point(&drive.c, start.to_vec());
    let floor = FLOOR * (system.n as f64).sqrt();
    for _ in 0..MAX_FACTORS {
        if let Some(at) = recognise(system, drive, &point, known) {
            return Outcome::Known(at);
        }
        let factor = Factor::new(system.rough_decay(&point));
        let Some((next, step)) = newton(system, drive, &point, &factor) else { break };
        let mut last = point.speed;
        let mut updates = Updates { pairs: Vec::new(), last: step };
        point = next;
        // The same factors again, while they do.
        while point.speed <= KEEP * last && point.speed > floor {
            last = point.speed;
            if let Some(at) = inside(&point, known) {
                return Outcome::Known(at);
            }
            let Some(step) = rough_direction(&factor, &point) else { break };
            let step = updates.corrected(step);
            let next = moved(system, drive, &point, &step, 1.0);
            if next.speed >= point.speed {
                break;
            }
            point = next;
        }
        if point.speed <= floor.max(1e-14) {
            break;
        }
    }
    if point.speed <= LARGEST_SPEED { settle(system, drive, point, known) } else { Outcome::Stuck(point.y) }
}

/// What steps have taught about kept factors: Broyden's updates of rank one, kept as what they add to solutions
/// (Kelley 1995, §7.3).
struct Updates {
    /// Solutions `z` become `z + q (s · z)`, in turn.
    pairs: Vec<[Vec<f64>; 2]>,
    last: Option<Step>,
}

/// A step, and the share of Newton's that it is.
type Step = (Vec<f64>, f64);

impl Updates {
    /// The next step, a full one, from the direction of the kept factors.
    fn corrected(&mut self, direction: Vec<f64>) -> Vec<f64> {
        let mut z = direction;
        for [q, s] in &self.pairs {
            let along = dot(s, &z);
            z.iter_mut().zip(q).for_each(|(z, q)| *z += along * q);
        }
        let Some((s, share)) = self.last.take() else { return z };
        let along = dot(&s, &z);
        let reach = along / dot(&s, &s);
        let left = 1.0 - share * reach;
        // Else the update is all but singular, and nothing more is learnt from these factors.
        if left <= 0.1 || along == 0.0 {
            return z;
        }
        let next: Vec<f64> =
            z.iter().zip(&s).map(|(z, s)| (z - s * (reach * (1.0 - share))) / left).collect();
        let q = next.iter().zip(&z).map(|(next, z)| (next - z) / along).collect();
        self.pairs.push([q, s]);
        self.last = Some((next.clone(), 1.0));
        next
    }
}

/// A damped step of Newton's method by the factors in float32, or by float64 where those point elsewhere; with the step
/// and its share if it is by the factors given.
fn newton(
    system: &System<'_>,
    drive: &Drive,
    point: &Point,
    factor: &Factor<f32>,
) -> Option<(Point, Option<Step>)> {
    let rough = rough_direction(factor, point);
    if let Some((next, share)) = rough.as_ref().and_then(|step| damped(system, drive, point, step)) {
        let step = rough.map(|step| (step.into_iter().map(|v| share * v).collect(), share));
        return Some((next, step));
    }
    if rough.is_some_and(|step| points_well(system, point, &step)) {
        return None; // float64 would lead nowhere as well
    }
    let factor = Factor::new(system.decay(point));
    let (next, _) = direction(&factor, point).and_then(|step| damped(system, drive, point, &step))?;
    Some((next, None))
}

/// Whether a direction solves Newton's equation well enough: `‖(I − diag(f′) W) p − rhs‖ ≤ 0.1 ‖rhs‖`.
fn points_well(system: &System<'_>, point: &Point, step: &[f64]) -> bool {
    let mut sums = vec![0.0; system.n];
    add_product(&mut sums, &system.w, step);
    let units = sums.iter().zip(system.slopes(point)).zip(step).zip(&point.rhs);
    let left = units.map(|(((sum, slope), p), rhs)| p - slope * sum - rhs);
    left.map(|v| v * v).sum::<f64>().sqrt() <= 0.1 * point.speed
}

fn direction(factor: &Factor, point: &Point) -> Option<Vec<f64>> {
    let mut step = point.rhs.clone();
    factor.solve(&mut step);
    step.iter().all(|v| v.is_finite()).then_some(step)
}

/// Newton's direction to six digits.
pub(super) fn rough_direction(factor: &Factor<f32>, point: &Point) -> Option<Vec<f64>> {
    let mut step: Vec<f32> = point.rhs.iter().map(|&v| v as f32).collect();
    factor.solve(&mut step);
    step.iter().all(|v| v.is_finite()).then(|| step.into_iter().map(f64::from).collect())
}

fn moved(system: &System<'_>, drive: &Drive, point: &Point, step: &[f64], share: f64) -> Point {
    system.point(&drive.c, point.y.iter().zip(step).map(|(y, p)| y + share * p).collect())
}

/// Where the longest of the halved steps that bring the speed down leads, and the share of the step that it is.
fn damped(system: &System<'_>, drive: &Drive, point: &Point, step: &[f64]) -> Option<(Point, f64)> {
    let mut share = 1.0;
    for _ in 0..MAX_HALVINGS {
        let next = moved(system, drive, point, step, share);
        if next.speed < (1.0 - 0.1 * share) * point.speed {
            return Some((next, share));
        }
        share *= 0.5;
    }
    None
}

/// The known root to which the point belongs.
fn inside(point: &Point, known: &[Root]) -> Option<usize> {
    known.iter().position(|root| root.holds(distance(&point.y, &root.point.y)))
}

/// The known root that the point leads to: a point near one is taken on by that root's inverse.
fn recognise(system: &System<'_>, drive: &Drive, point: &Point, known: &[Root]) -> Option<usize> {
    if let Some(at) = inside(point, known) {
        return Some(at);
    }
    for root in known {
        let (Some(proof), Some(inverse)) = (root.certificate, &root.inverse) else { continue };
        let mut gap = distance(&point.y, &root.point.y);
        if gap > NEAR * proof.unique_radius {
            continue;
        }
        let mut current = point.clone();
        while gap > proof.unique_radius {
            let mut step = vec![0.0; system.n];
            add_product(&mut step, inverse, &current.rhs);
            current = moved(system, drive, &current, &step, 1.0);
            let next = distance(&current.y, &root.point.y);
            if next > 0.5 * gap {
                break;
            }
            gap = next;
        }
        if let Some(at) = inside(&current, known) {
            return Some(at);
        }
    }
    None
}

/// Polishes a converged point, certifies it and asks whether it is known.
fn settle(system: &System<'_>, drive: &Drive, point: Point, known: &[Root]) -> Outcome {
    if let Some(at) = inside(&point, known) {
        return Outcome::Known(at);
    }
    let mut point = point;
    let factor = Factor::new(system.decay(&point));
    while let Some(step) = direction(&factor, &point) {
        let next = moved(system, drive, &point, &step, 1.0);
        if next.speed >= 0.7 * point.speed {
            break;
        }
        point = next;
    }
    if let Some(at) = inside(&point, known) {
        return Outcome::Known(at);
    }
    let (mut inverse, mut sign) = (factor.inverse(), factor.sign());
    let mut certificate = certify(system, drive, &point, &inverse);
    if point.speed > LARGEST_SPEED {
        return Outcome::Stuck(point.y);
    }
    let (mut degeneracy, mut boundary_units) = (None, Vec::new());
    if certificate.is_none() {
        point = sharpened(system, drive, point);
        if let Some(at) = inside(&point, known) {
            return Outcome::Known(at);
        }
        let factor = Factor::new(system.decay(&point));
        (inverse, sign) = (factor.inverse(), factor.sign());
        certificate = certify(system, drive, &point, &inverse);
    }
    if certificate.is_none() {
        boundary_units = slope_change::boundary_units(system, drive, &point, &inverse);
    }
    if !boundary_units.is_empty() {
        degeneracy = kinks::where_pieces_meet(system, drive, &point, &boundary_units);
        sign = degeneracy.map_or(sign, |near| f64::from(near.index.unwrap_or_default()));
    } else if certificate.is_none() {
        match enclosed(system, drive, point) {
            Enclosed::Near(centre, near) => {
                sign = f64::from(near.index.unwrap_or_default());
                (point, degeneracy) = (centre, Some(near));
            }
            Enclosed::Nothing(state) => return Outcome::Stuck(state),
        }
    }
    let same = known.iter().position(|root| {
        let gap = distance(&point.y, &root.point.y);
        let within = |ball: f64, other: f64| gap + other < ball;
        let slack = gap * 1e-12;
        match (certificate, root.certificate) {
            (Some(new), Some(old)) => {
                within(old.unique_radius, new.radius + slack) || within(new.unique_radius, old.radius + slack)
            }
            _ => {
                root.holds(gap)
                    || kinks::are_one(system, (&point, &boundary_units), (&root.point, &root.boundary_units))
                    || degeneracy.is_some_and(|near| gap <= near.radius && root.degeneracy.is_some())
            }
        }
    });
    if let Some(at) = same {
        return Outcome::Known(at);
    }
    let inverse = certificate.map(|_| inverse);
    let root = Root { point, certificate, degeneracy, sign, inverse, n_hits: 0, boundary_units };
    Outcome::Found(Box::new(root))
}

/// The proof of a root, by the curvature of f where that is bounded, else by how far its slopes change.
fn certify(system: &System<'_>, drive: &Drive, point: &Point, inverse: &Mat<f64>) -> Option<Certificate> {
    if system.activation.curve.is_smooth() {
        certificate::certify(system, drive, point, inverse)
    } else {
        slope_change::certify(system, drive, point, inverse)
    }
}

/// Goes on by full steps of Newton's method while they become shorter: near a bifurcation they do so slowly, and the units
/// in it gain digits long after the others are at rest to rounding.
fn sharpened(system: &System<'_>, drive: &Drive, point: Point) -> Point {
    let mut point = point;
    let mut last = f64::INFINITY;
    for _ in 0..MAX_SHARPENINGS {
        let Some(step) = direction(&Factor::new(system.decay(&point)), &point) else { break };
        let length = norm(&step);
        let next = moved(system, drive, &point, &step, 1.0);
        if length == 0.0 || length >= SHORTER * last || next.speed > LARGEST_SPEED {
            break;
        }
        last = length;
        point = next;
    }
    point
}

/// A step of Newton's method from a root at one drive towards the root at another, by the inverse at the first.
pub(super) fn predicted(system: &System<'_>, drive: &Drive, root: &Point, inverse: &Mat<f64>) -> Vec<f64> {
    let point = system.point(&drive.c, root.y.clone());
    let mut step = vec![0.0; system.n];
    add_product(&mut step, inverse, &point.rhs);
    let next = moved(system, drive, &point, &step, 1.0);
    if next.speed < point.speed && norm(&step).is_finite() { next.y } else { point.y }
}
