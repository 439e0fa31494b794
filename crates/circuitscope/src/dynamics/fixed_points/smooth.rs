//! Descent to a root of a smooth network.
//!
//! Damped Newton on the analytic Jacobian; factors are kept as long as they contract well. Where no step along Newton's
//! direction brings the speed down there is a slow point that is no root, such as the ghost of two roots beyond their
//! fold: the state then goes with the flow, away from it, and Newton's method starts again from there. What has not
//! converged after a few such turns has not converged.

use faer::Mat;

use super::super::linear::{Factor, add_product, distance, norm};
use super::certificate::certify;
use super::system::{Drive, Point, System};
use super::{LARGEST_SPEED, Root};

/// Factorisations of a run at most.
const MAX_FACTORS: usize = 40;
/// Halvings of a Newton step before it is given up.
const MAX_HALVINGS: usize = 5;
/// Times a run that is stuck goes with the flow at most.
const MAX_TURNS: usize = 2;
/// Steps of the flow the first time; four times as many each further time.
const TURN_STEPS: usize = 50;
/// A kept factor is used while a step takes the speed below this share.
const KEEP: f64 = 0.5;
/// Speed under which the rounding of the sums decides, per root of N.
const FLOOR: f64 = 1e-15;
/// A run so many uniqueness radii from a known root tries that root's own inverse first.
const NEAR: f64 = 1e4;

/// Where a run ended.
pub(super) enum Outcome {
    /// A root that is in no ball of a known one.
    Found(Box<Root>),
    /// The known root of this number.
    Known(usize),
    /// Nowhere.
    Unconverged,
}

/// Descends from `start`; stops as soon as it is certain that the end is known.
pub(super) fn descend(system: &System<'_>, drive: &Drive, start: &[f64], known: &[Root]) -> Outcome {
    let mut point = system.point(&drive.c, start.to_vec());
    let floor = FLOOR * (system.n as f64).sqrt();
    let mut n_turns = 0;
    let mut n_factors = 0;
    while n_factors < MAX_FACTORS && n_turns <= MAX_TURNS {
        n_factors += 1;
        if let Some(at) = recognise(system, drive, &point, known) {
            return Outcome::Known(at);
        }
        let factor = Factor::new(system.decay(&point));
        let next = direction(&factor, &point).and_then(|step| damped(system, drive, &point, &step));
        let Some(next) = next else {
            if point.speed <= LARGEST_SPEED {
                return settle(system, drive, point, known, &factor);
            }
            // Away from a ghost the state moves slowly at first: each time longer.
            point = system.relaxed(&drive.c, point, TURN_STEPS << (2 * n_turns));
            n_turns += 1;
            continue;
        };
        let mut last = point.speed;
        point = next;
        // The same factors again, while they do.
        while point.speed <= KEEP * last && point.speed > floor {
            last = point.speed;
            if let Some(at) = inside(&point, known) {
                return Outcome::Known(at);
            }
            let Some(step) = direction(&factor, &point) else { break };
            let next = moved(system, drive, &point, &step, 1.0);
            if next.speed >= point.speed {
                break;
            }
            point = next;
        }
        if point.speed <= floor.max(1e-14) {
            return settle(system, drive, point, known, &factor);
        }
    }
    if point.speed <= LARGEST_SPEED {
        let factor = Factor::new(system.decay(&point));
        return settle(system, drive, point, known, &factor);
    }
    Outcome::Unconverged
}

fn direction(factor: &Factor, point: &Point) -> Option<Vec<f64>> {
    let mut step = point.rhs.clone();
    factor.solve(&mut step);
    step.iter().all(|v| v.is_finite()).then_some(step)
}

fn moved(system: &System<'_>, drive: &Drive, point: &Point, step: &[f64], share: f64) -> Point {
    system.point(&drive.c, point.y.iter().zip(step).map(|(y, p)| y + share * p).collect())
}

/// The longest of the halved steps that brings the speed down.
fn damped(system: &System<'_>, drive: &Drive, point: &Point, step: &[f64]) -> Option<Point> {
    let mut share = 1.0;
    for _ in 0..MAX_HALVINGS {
        let next = moved(system, drive, point, step, share);
        if next.speed < (1.0 - 0.1 * share) * point.speed {
            return Some(next);
        }
        share *= 0.5;
    }
    None
}

/// The known root in whose ball of uniqueness the point lies.
fn inside(point: &Point, known: &[Root]) -> Option<usize> {
    known.iter().position(|root| {
        root.certificate.is_some_and(|proof| distance(&point.y, &root.point.y) < proof.unique_radius)
    })
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
fn settle(system: &System<'_>, drive: &Drive, point: Point, known: &[Root], factor: &Factor) -> Outcome {
    let mut point = point;
    while let Some(step) = direction(factor, &point) {
        let next = moved(system, drive, &point, &step, 1.0);
        if next.speed >= 0.7 * point.speed {
            break;
        }
        point = next;
    }
    if let Some(at) = inside(&point, known) {
        return Outcome::Known(at);
    }
    let mut inverse = factor.inverse();
    let mut sign = factor.sign();
    let mut certificate = certify(system, drive, &point, &inverse);
    if certificate.is_none() {
        let factor = Factor::new(system.decay(&point));
        (inverse, sign) = (factor.inverse(), factor.sign());
        // A last pair of Newton steps: the factors may have been too old to polish with.
        for _ in 0..2 {
            if let Some(step) = direction(&factor, &point) {
                let next = moved(system, drive, &point, &step, 1.0);
                if next.speed < point.speed {
                    point = next;
                }
            }
        }
        certificate = certify(system, drive, &point, &inverse);
    }
    if point.speed > LARGEST_SPEED {
        return Outcome::Unconverged;
    }
    let same = known.iter().position(|root| {
        let gap = distance(&point.y, &root.point.y);
        let within = |ball: f64, other: f64| gap + other < ball;
        let slack = gap * 1e-12;
        match (certificate, root.certificate) {
            (Some(new), Some(old)) => {
                within(old.unique_radius, new.radius + slack) || within(new.unique_radius, old.radius + slack)
            }
            (None, Some(old)) => within(old.unique_radius, slack),
            (Some(new), None) => within(new.unique_radius, slack),
            (None, None) => joined(system, drive, &point, &root.point),
        }
    });
    if let Some(at) = same {
        return Outcome::Known(at);
    }
    let root =
        Root { point, certificate, sign, inverse: Some(inverse), n_hits: 0, boundary_units: Vec::new() };
    Outcome::Found(Box::new(root))
}

/// Whether every state between two is a root as well, as far as rounding tells: a root and the same, or a continuum.
fn joined(system: &System<'_>, drive: &Drive, a: &Point, b: &Point) -> bool {
    (1..8).all(|k| {
        let share = f64::from(k) / 8.0;
        let between = a.y.iter().zip(&b.y).map(|(a, b)| a + share * (b - a)).collect();
        system.point(&drive.c, between).speed <= LARGEST_SPEED
    })
}

/// A step of Newton's method from a root at one drive towards the root at another, by the inverse at the first.
pub(super) fn predicted(system: &System<'_>, drive: &Drive, root: &Point, inverse: &Mat<f64>) -> Vec<f64> {
    let point = system.point(&drive.c, root.y.clone());
    let mut step = vec![0.0; system.n];
    add_product(&mut step, inverse, &point.rhs);
    let next = moved(system, drive, &point, &step, 1.0);
    if next.speed < point.speed && norm(&step).is_finite() { next.y } else { point.y }
}
