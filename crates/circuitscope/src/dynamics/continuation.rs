//! Branches of fixed points along a line of inputs: where they fold, end and change their stability.

#![allow(clippy::needless_pass_by_value, reason = "a view of an array is a reference already")]

use ndarray::{Array1, ArrayView1};

use super::DynamicsError;
use super::fixed_points::LARGEST_SPEED;
use super::flow::{Flow, check_vector};
use super::linear::{Factor, bordered, norm};
use super::stability::spectrum;
use crate::network::{Form, Network};

mod pieces;
mod stops;

/// Bisections of a step on which something happens; a step of 0.5 ends below rounding.
const BISECTIONS: usize = 50;
/// How far, over its length, a step may be corrected: what a turn by 40° asks for. Farther off may be another branch.
const FARTHEST: f64 = 0.35;
/// Corrector steps at most.
const MAX_CORRECTIONS: usize = 12;

/// How finely a branch is followed. Lengths are arc lengths in states and position together (dimensionless).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    /// First step.
    pub first_step: f64,
    /// Steps at most; longer ones may jump to another branch.
    pub max_step: f64,
    /// A branch is lost where a shorter step would be needed.
    pub min_step: f64,
    /// Steps either way at most.
    pub max_steps: usize,
}

impl Pace {
    /// Steps of up to 0.2 of the unit in which rates are measured.
    pub const STANDARD: Self = Self { first_step: 0.02, max_step: 0.2, min_step: 1e-7, max_steps: 2000 };
}

/// A fixed point on a branch.
#[derive(Clone, Debug, PartialEq)]
pub struct BranchPoint {
    /// Position of the input: 0 at the first, 1 at the second end of the line.
    pub position: f64,
    /// The state `[N]`.
    pub state: Array1<f64>,
    /// Largest real part of an eigenvalue of the flow (per time constant).
    pub max_re: f64,
    /// Eigenvalues with a positive real part.
    pub n_unstable: usize,
}

/// What happens at a point of a branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The position turns round: beyond it this fixed point and its partner do not exist.
    Fold,
    /// A real eigenvalue crosses zero without a fold, or eigenvalues jump across at a kink.
    RealCrossing,
    /// A pair of complex eigenvalues crosses: an oscillation begins (Hopf).
    Hopf,
}

/// An event with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct BranchEvent {
    /// What happens.
    pub event: Event,
    /// Where on the branch: between the points of this and the next number.
    pub after: usize,
    /// The fixed point there.
    pub at: BranchPoint,
}

/// Why a branch ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It leaves the line of inputs.
    Left,
    /// It comes back to where it began.
    Closed,
    /// No step is short enough, as at a branching point or a singular kink.
    Lost,
    /// The number of steps is used up.
    Exhausted,
}

/// A branch of fixed points, in order along it.
#[derive(Clone, Debug, PartialEq)]
pub struct Branch {
    /// Fixed points.
    pub points: Vec<BranchPoint>,
    /// Folds and changes of stability, in order along the branch.
    pub events: Vec<BranchEvent>,
    /// Where it passes the positions asked for, in order along the branch.
    pub passes: Vec<Pass>,
    /// Why it ends before the first point and after the last.
    pub ends: [End; 2],
}

/// A position asked for at which a branch has a fixed point.
#[derive(Clone, Debug, PartialEq)]
pub struct Pass {
    /// The position, by its place in the list asked for.
    pub stop: usize,
    /// Where on the branch: at the point of this number or between it and the next.
    pub after: usize,
    /// The state there `[N]`.
    pub state: Array1<f64>,
}

/// A line of inputs and a network that sees them.
struct Line<'a> {
    network: &'a Network,
    from: ArrayView1<'a, f64>,
    ahead: Array1<f64>,
}

/// A state and position with the unit tangent of the branch.
#[derive(Clone)]
struct Place {
    /// State, then position `[N + 1]`.
    at: Vec<f64>,
    tangent: Vec<f64>,
    /// Sign of the determinant of the flow's derivative closed by the tangent: the same all along a branch but for
    /// points where branches cross, and the other one for a step that has landed on a neighbour the wrong way round.
    orientation: f64,
}

/// Follows the branch of a fixed point along the inputs from `from` to `to`, both ways, by pseudo-arclength.
///
/// - `from`, `to`: `[U]`, at positions 0 and 1. `state`: a fixed point `[N]` at `position`.
/// - `stops`: positions whose fixed points on the branch are told, see [`Branch::passes`].
///
/// # Errors
/// [`DynamicsError`] if an array does not fit, the inputs are the same, the state is no fixed point, or eigenvalues fail.
///
/// # Source
/// Keller 1977; Allgower & Georg 1990, ch. 4. Folds and changes of stability are bisected to rounding. A branch of a
/// network of piecewise linear curves is a chain of straight pieces and followed as such (ch. 15): its points are the kinks and the middles of the pieces, its
/// events are at the kinks, and steps count pieces.
pub fn follow(
    network: &Network,
    [from, to]: [ArrayView1<'_, f64>; 2],
    position: f64,
    state: ArrayView1<'_, f64>,
    pace: &Pace,
    stops: &[f64],
) -> Result<Branch, DynamicsError> {
    check_vector("from", from, network.n_inputs())?;
    check_vector("to", to, network.n_inputs())?;
    check_vector("state", state, network.n_units())?;
    if from == to {
        return Err(DynamicsError::SameEnds);
    }
    let line = Line { network, from, ahead: &to - &from };
    let mut at = state.to_vec();
    at.push(position);
    let speed = norm(&line.rhs(&at)?);
    if speed.is_nan() || speed > 1e-6 {
        return Err(DynamicsError::NotAtRest { speed });
    }
    if network.activation.curve.is_piecewise_linear() {
        let rates = match network.form {
            Form::Rate => state.to_owned(),
            Form::Potential => state.mapv(|h| network.activation.rate(h)),
        };
        return pieces::follow(&line, &rates, position, pace, stops);
    }
    let n = state.len();
    let mut up = vec![0.0; n + 1];
    up[n] = 1.0;
    let Some(start) = line.corrected(&at, &up)? else {
        return Err(DynamicsError::NotAtRest { speed });
    };
    let (back, first_end) = line.walk(turned(&start), pace)?;
    let (ahead, last_end) =
        if first_end == End::Closed { (vec![start.clone()], End::Closed) } else { line.walk(start, pace)? };
    let mut places: Vec<Place> = back.into_iter().skip(1).rev().map(|place| turned(&place)).collect();
    places.extend(ahead);
    let points = places.iter().map(|place| line.describe(&place.at)).collect::<Result<Vec<_>, _>>()?;
    let mut events = Vec::new();
    for after in 0..points.len().saturating_sub(1) {
        line.events(&places[after..=after + 1], &points[after..=after + 1], after, &mut events)?;
    }
    let passes = line.passes(&places, &events, stops)?;
    Ok(Branch { points, events, passes, ends: [first_end, last_end] })
}

fn turned(place: &Place) -> Place {
    let tangent = place.tangent.iter().map(|t| -t).collect();
    Place { at: place.at.clone(), tangent, orientation: -place.orientation }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Whether a step of this length has stayed on its branch, as far as lengths, angles and orientation tell.
fn is_kept(place: &Place, step: f64, next: &Place) -> bool {
    let off: Vec<f64> =
        (0..place.at.len()).map(|i| next.at[i] - place.at[i] - step * place.tangent[i]).collect();
    norm(&off) <= FARTHEST * step
        && dot(&next.tangent, &place.tangent) >= 0.5
        && next.orientation * place.orientation >= 0.0
}

impl Line<'_> {
    fn flow(&self, position: f64) -> Result<Flow<'_>, DynamicsError> {
        Flow::new(self.network, (&self.from + &(&self.ahead * position)).view())
    }

    fn rhs(&self, at: &[f64]) -> Result<Vec<f64>, DynamicsError> {
        let (state, position) = split(at);
        Ok(self.flow(position)?.rhs(state).to_vec())
    }

    /// Factors of the flow's derivative by state and position, closed by a last row.
    fn factor(&self, at: &[f64], row: &[f64]) -> Result<Factor, DynamicsError> {
        let (state, position) = split(at);
        let flow = self.flow(position)?;
        let by_position = self.network.w_inp.dot(&self.ahead) * flow.drive_gain(state);
        let n = state.len();
        Ok(Factor::new(bordered(&flow.jacobian(state), &by_position.to_vec(), &row[..n], row[n])))
    }

    /// The fixed point near `at` in the plane across `row`, with its tangent on the side of `row`.
    fn corrected(&self, at: &[f64], row: &[f64]) -> Result<Option<Place>, DynamicsError> {
        let n = at.len() - 1;
        let mut at = at.to_vec();
        let mut last = f64::INFINITY;
        for _ in 0..MAX_CORRECTIONS {
            let mut step: Vec<f64> = self.rhs(&at)?.iter().map(|v| -v).collect();
            let speed = norm(&step);
            if !speed.is_finite() {
                return Ok(None);
            }
            if speed <= 1e-13 * (n as f64).sqrt() || (speed <= LARGEST_SPEED && speed > 0.5 * last) {
                let mut tangent = vec![0.0; n + 1];
                tangent[n] = 1.0;
                let factor = self.factor(&at, row)?;
                factor.solve(&mut tangent);
                let size = norm(&tangent);
                if !(size.is_finite() && size > 0.0) {
                    return Ok(None);
                }
                for t in &mut tangent {
                    *t /= size;
                }
                // The sign is that with the tangent itself as the last row: both lead to the same side.
                return Ok(Some(Place { at, tangent, orientation: factor.sign() }));
            }
            last = speed;
            step.push(0.0);
            self.factor(&at, row)?.solve(&mut step);
            if !step.iter().all(|v| v.is_finite()) {
                return Ok(None);
            }
            at.iter_mut().zip(&step).for_each(|(a, s)| *a += s);
        }
        Ok(None)
    }

    /// The place a step along the branch from `place`.
    fn stepped(&self, place: &Place, step: f64) -> Result<Option<Place>, DynamicsError> {
        let ahead: Vec<f64> = place.at.iter().zip(&place.tangent).map(|(a, t)| a + step * t).collect();
        self.corrected(&ahead, &place.tangent)
    }

    /// Steps along the branch until it ends.
    fn walk(&self, start: Place, pace: &Pace) -> Result<(Vec<Place>, End), DynamicsError> {
        let n = start.at.len() - 1;
        let mut places = vec![start];
        let mut step = pace.first_step;
        for _ in 0..pace.max_steps {
            let place = &places[places.len() - 1];
            // At either end of the line, only a tangent that leads inwards goes on.
            let (position, heading) = (place.at[n], place.tangent[n]);
            if (position >= 1.0 && heading > 0.0) || (position <= 0.0 && heading < 0.0) {
                return Ok((places, End::Left));
            }
            let mut next = self.stepped(place, step)?;
            while step > pace.min_step && next.as_ref().is_none_or(|next| !is_kept(place, step, next)) {
                step = (0.5 * step).max(pace.min_step);
                next = self.stepped(place, step)?;
            }
            let Some(next) = next else { return Ok((places, End::Lost)) };
            if !(0.0..=1.0).contains(&next.at[n]) {
                let limit = if next.at[n] > 1.0 { 1.0 } else { 0.0 };
                match self.at_limit(place, &next, limit)? {
                    Some(last) => {
                        places.push(last);
                        return Ok((places, End::Left));
                    }
                    None if step > pace.min_step => {
                        step = (0.5 * step).max(pace.min_step);
                        continue;
                    }
                    None => return Ok((places, End::Lost)),
                }
            }
            let is_back = places.len() > 2 && {
                let gap: Vec<f64> = next.at.iter().zip(&places[0].at).map(|(a, b)| a - b).collect();
                norm(&gap) < step && dot(&next.tangent, &places[0].tangent) > 0.5
            };
            if dot(&next.tangent, &place.tangent) > 0.95 {
                step = (1.5 * step).min(pace.max_step);
            }
            places.push(next);
            if is_back {
                return Ok((places, End::Closed));
            }
        }
        Ok((places, End::Exhausted))
    }

    fn describe(&self, at: &[f64]) -> Result<BranchPoint, DynamicsError> {
        let (state, position) = split(at);
        let eigenvalues = spectrum(&self.flow(position)?, state)?;
        Ok(BranchPoint {
            position,
            state: state.to_owned(),
            max_re: eigenvalues.first().map_or(f64::NEG_INFINITY, |first| first.re),
            n_unstable: eigenvalues.iter().filter(|value| value.re > 0.0).count(),
        })
    }

    /// What happens between two neighbouring places.
    fn events(
        &self,
        places: &[Place],
        points: &[BranchPoint],
        after: usize,
        events: &mut Vec<BranchEvent>,
    ) -> Result<(), DynamicsError> {
        let n = places[0].at.len() - 1;
        let folds = places[0].tangent[n] * places[1].tangent[n] < 0.0;
        let change = points[0].n_unstable.abs_diff(points[1].n_unstable);
        if !folds && change == 0 {
            return Ok(());
        }
        let before = points[0].n_unstable;
        let gap: Vec<f64> = places[1].at.iter().zip(&places[0].at).map(|(a, b)| a - b).collect();
        let mut bracket = [0.0, dot(&gap, &places[0].tangent)];
        let mut nearest = None;
        for _ in 0..BISECTIONS {
            let middle = 0.5 * (bracket[0] + bracket[1]);
            let Some(place) = self.stepped(&places[0], middle)? else { break };
            // The tangent tells a fold at no cost; eigenvalues take longer than all the rest.
            let is_past = if folds {
                place.tangent[n] * places[0].tangent[n] <= 0.0
            } else {
                self.describe(&place.at)?.n_unstable != before
            };
            bracket[usize::from(is_past)] = middle;
            nearest = Some(place);
            if bracket[1] - bracket[0] <= 1e-12 {
                break;
            }
        }
        let at = match nearest {
            Some(place) => self.describe(&place.at)?,
            None => points[1].clone(),
        };
        let event = match (folds, change) {
            (true, _) => Event::Fold,
            (false, 2) => Event::Hopf,
            (false, _) => Event::RealCrossing,
        };
        events.push(BranchEvent { event, after, at });
        Ok(())
    }
}

fn split(at: &[f64]) -> (ArrayView1<'_, f64>, f64) {
    let (state, position) = at.split_at(at.len() - 1);
    (ArrayView1::from(state), position[0])
}

#[cfg(test)]
mod tests;
