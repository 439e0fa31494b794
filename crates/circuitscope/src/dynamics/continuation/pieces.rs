//! Branches of a network of piecewise linear curves: chains of straight pieces, one per pattern of the pieces of the units'
//! curves, followed exactly.

use faer::Mat;
use ndarray::Array1;

use super::super::linear::Factor;
use super::{Branch, BranchEvent, BranchPoint, DynamicsError, End, Event, Line, Pace, Pass};
use crate::network::Form;

/// Smallest over largest pivot under which a piece stands still at one position.
const SINGULAR: f64 = 1e-13;

/// A straight piece, in rates.
struct Piece {
    /// Rates and position at its two ends, in order along the branch.
    ends: [(Array1<f64>, f64); 2],
}

impl Piece {
    fn middle(&self) -> (Array1<f64>, f64) {
        let [(a, from), (b, to)] = &self.ends;
        ((a + b) * 0.5, 0.5 * (from + to))
    }

    fn turned(self) -> Self {
        let [a, b] = self.ends;
        Self { ends: [b, a] }
    }
}

/// The branch through a fixed point: the begin and the middle of every piece and the end of the last, with the kinks at
/// which something happens as events.
pub(super) fn follow(
    line: &Line<'_>,
    rates: &Array1<f64>,
    position: f64,
    pace: &Pace,
    stops: &[f64],
) -> Result<Branch, DynamicsError> {
    let (back, first_end) = walk(line, rates, position, -1.0, pace)?;
    let (ahead, last_end) = if first_end == End::Closed {
        (Vec::new(), End::Closed)
    } else {
        walk(line, rates, position, 1.0, pace)?
    };
    let mut pieces: Vec<Piece> = back.into_iter().rev().map(Piece::turned).collect();
    // The first pieces either way are two halves of one.
    let join = pieces.len();
    pieces.extend(ahead);
    if join > 0 && join < pieces.len() {
        let second = pieces.remove(join);
        let [_, end] = second.ends;
        pieces[join - 1].ends[1] = end;
    }
    let mut middles = Vec::with_capacity(pieces.len());
    for piece in &pieces {
        let (rates, position) = piece.middle();
        middles.push(line.describe_rates(&rates, position)?);
    }
    let mut events = Vec::new();
    for (k, pair) in pieces.windows(2).enumerate() {
        let headings = [0, 1].map(|at| pair[at].ends[1].1 - pair[at].ends[0].1);
        let (before, after) = (middles[k].n_unstable, middles[k + 1].n_unstable);
        let event = if headings[0] * headings[1] < 0.0 {
            Event::Fold
        } else {
            match before.abs_diff(after) {
                0 => continue,
                2 => Event::Hopf,
                _ => Event::RealCrossing,
            }
        };
        let (rates, position) = &pair[0].ends[1];
        // Points are the begin and the middle of each piece.
        events.push(BranchEvent { event, after: 2 * k + 1, at: line.describe_rates(rates, *position)? });
    }
    let passes = passes(line, &pieces, stops);
    let mut points: Vec<BranchPoint> = Vec::with_capacity(2 * middles.len() + 1);
    // At a kink the flow has two sides: its point tells of the piece that it begins.
    let at_end = |(rates, position): &(Array1<f64>, f64), like: &BranchPoint| BranchPoint {
        position: *position,
        state: line.state(rates, *position),
        max_re: like.max_re,
        n_unstable: like.n_unstable,
    };
    for (piece, middle) in pieces.iter().zip(middles) {
        points.push(at_end(&piece.ends[0], &middle));
        points.push(middle);
    }
    let last = pieces.last().zip(points.last()).map(|(piece, middle)| at_end(&piece.ends[1], middle));
    points.extend(last);
    Ok(Branch { points, events, passes, ends: [first_end, last_end] })
}

/// The fixed points of the pieces at `stops`: after the begin of each, up to and with its end.
fn passes(line: &Line<'_>, pieces: &[Piece], stops: &[f64]) -> Vec<Pass> {
    let mut passes = Vec::new();
    for (k, piece) in pieces.iter().enumerate() {
        let [(a, from), (b, to)] = &piece.ends;
        let is_crossed = |at: f64| to != from && (at != *from || k == 0) && (at - from) * (at - to) <= 0.0;
        let mut crossed: Vec<usize> = (0..stops.len()).filter(|&stop| is_crossed(stops[stop])).collect();
        crossed.sort_by(|&a, &b| (stops[a] - from).abs().total_cmp(&(stops[b] - from).abs()));
        for stop in crossed {
            let share = (stops[stop] - from) / (to - from);
            let state = line.state(&(a + &((b - a) * share)), stops[stop]);
            passes.push(Pass { stop, after: 2 * k + usize::from(share > 0.5), state });
        }
    }
    passes
}

/// Pieces from a fixed point on, at first with the position rising (`heading` 1) or falling (−1).
fn walk(
    line: &Line<'_>,
    rates: &Array1<f64>,
    position: f64,
    heading: f64,
    pace: &Pace,
) -> Result<(Vec<Piece>, End), DynamicsError> {
    let network = line.network;
    let (n, activation) = (network.n_units(), network.activation);
    let by_position = network.w_inp.dot(&line.ahead);
    let mut y = rates.clone();
    let mut at = position;
    let mut heading = heading;
    let mut x = network.w_rec.dot(&y) + line.flow(at)?.drive();
    // The piece of its curve that each unit is in, kept apart from x, which is at a kink up to rounding after a crossing.
    let mut places: Vec<usize> = x.iter().map(|&x| activation.piece_at(x)).collect();
    let begin = (places.clone(), heading);
    let n_kinks = activation.curve.kinks().len();
    let mut last_sign = None;
    let mut pieces = Vec::new();
    for _ in 0..pace.max_steps {
        let slope = |unit: usize| activation.piece(places[unit]).map_or(0.0, |piece| piece.slope);
        let matrix =
            Mat::from_fn(n, n, |i, j| f64::from(u8::from(i == j)) - slope(i) * network.w_rec[[i, j]]);
        let factor = Factor::new(matrix);
        if factor.pivot_ratio() < SINGULAR {
            return Ok((pieces, End::Lost));
        }
        // Where the determinant changes its sign, the branch turns round.
        heading *= last_sign.map_or(1.0, |sign: f64| sign * factor.sign());
        last_sign = Some(factor.sign());
        let mut v: Vec<f64> = (0..n).map(|unit| slope(unit) * by_position[unit]).collect();
        factor.solve(&mut v);
        let v = Array1::from_vec(v);
        let rate = (network.w_rec.dot(&v) + &by_position) * heading;
        // The kink that a unit moves towards.
        let ahead = |unit: usize| {
            let next = if rate[unit] > 0.0 { Some(places[unit]) } else { places[unit].checked_sub(1) };
            next.filter(|&kink| rate[unit] != 0.0 && kink < n_kinks)
        };
        let crossing = (0..n)
            .filter_map(|unit| {
                let kink = ahead(unit)?;
                Some((((activation.kink(kink) - x[unit]) / rate[unit]).max(0.0), unit, kink))
            })
            .min_by(|a, b| a.0.total_cmp(&b.0));
        let to_limit = if heading > 0.0 { 1.0 - at } else { at }.max(0.0);
        let (length, turn) = match crossing {
            Some((length, unit, kink)) if length < to_limit => (length, Some((unit, kink))),
            _ => (to_limit, None),
        };
        let next = &y + &(&v * (heading * length));
        let next_at = match turn {
            Some(_) => at + heading * length,
            None => f64::from(u8::from(heading > 0.0)),
        };
        let is_back = !pieces.is_empty()
            && (&places, heading) == (&begin.0, begin.1)
            && (at - position) * (next_at - position) <= 0.0;
        if is_back {
            pieces.push(Piece { ends: [(y, at), (rates.clone(), position)] });
            return Ok((pieces, End::Closed));
        }
        if length > 0.0 {
            pieces.push(Piece { ends: [(y, at), (next.clone(), next_at)] });
        }
        (y, at) = (next, next_at);
        let Some((unit, kink)) = turn else { return Ok((pieces, End::Left)) };
        places[unit] = if places[unit] == kink { kink + 1 } else { kink };
        x = network.w_rec.dot(&y) + line.flow(at)?.drive();
        x[unit] = activation.kink(kink);
    }
    Ok((pieces, End::Exhausted))
}

impl Line<'_> {
    /// The state of these rates at a position.
    fn state(&self, rates: &Array1<f64>, position: f64) -> Array1<f64> {
        match self.network.form {
            Form::Rate => rates.clone(),
            Form::Potential => {
                let input = &self.from + &(&self.ahead * position);
                self.network.w_rec.dot(rates) + self.network.w_inp.dot(&input) + &self.network.bias
            }
        }
    }

    fn describe_rates(&self, rates: &Array1<f64>, position: f64) -> Result<BranchPoint, DynamicsError> {
        let mut at = self.state(rates, position).to_vec();
        at.push(position);
        self.describe(&at)
    }
}
