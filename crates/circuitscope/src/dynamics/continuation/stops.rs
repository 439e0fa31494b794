//! Where a smooth branch passes given positions and leaves its line.

use ndarray::Array1;

use super::super::linear::norm;
use super::{BranchEvent, DynamicsError, Event, Line, Pass, Place, split, turned};

/// Halvings of the chord between two places before the position itself is solved for: nearer by a factor of 16, so
/// that the solution is on this side of a fold.
const HALVINGS: usize = 4;

impl Line<'_> {
    /// The fixed point at an end of the line, between a place before it and one beyond it; none if it is not of their
    /// branch.
    pub(super) fn at_limit(
        &self,
        before: &Place,
        beyond: &Place,
        limit: f64,
    ) -> Result<Option<Place>, DynamicsError> {
        let n = before.at.len() - 1;
        let share = (limit - before.at[n]) / (beyond.at[n] - before.at[n]);
        let mut between: Vec<f64> =
            before.at.iter().zip(&beyond.at).map(|(a, b)| a + share * (b - a)).collect();
        between[n] = limit;
        let mut row = vec![0.0; n + 1];
        row[n] = 1.0;
        let found = self.corrected(&between, &row)?;
        Ok(found.and_then(|place| {
            // The branch leaves here, whichever way it headed before: a fold may lie between.
            let outwards = if limit > 0.0 { 1.0 } else { -1.0 };
            let mut place = if place.tangent[n] * outwards < 0.0 { turned(&place) } else { place };
            place.at[n] = limit;
            (place.orientation == beyond.orientation).then_some(place)
        }))
    }

    /// The fixed points of a branch at `stops`, in order along it.
    ///
    /// A stop between two places is found if one fold at most, one of `events`, lies between them.
    pub(super) fn passes(
        &self,
        places: &[Place],
        events: &[BranchEvent],
        stops: &[f64],
    ) -> Result<Vec<Pass>, DynamicsError> {
        let mut passes = Vec::new();
        let mut last: Option<Vec<f64>> = None;
        let mut sides = [0.0; 2];
        for (k, place) in places.iter().enumerate() {
            let n = place.at.len() - 1;
            sides = [sides[1], place.orientation];
            match &last {
                None => {
                    for stop in (0..stops.len()).filter(|&stop| stops[stop] == place.at[n]) {
                        passes.push(Pass { stop, after: k, state: split(&place.at).0.to_owned() });
                    }
                }
                Some(before) => self.between([before, &place.at], sides, k - 1, stops, &mut passes)?,
            }
            last = Some(place.at.clone());
            // A branch turns at its folds: each side is passed by itself.
            for fold in events.iter().filter(|event| event.after == k && event.event == Event::Fold) {
                let mut turn = fold.at.state.to_vec();
                turn.push(fold.at.position);
                self.between([&place.at, &turn], [sides[1]; 2], k, stops, &mut passes)?;
                last = Some(turn);
            }
        }
        Ok(passes)
    }

    /// Adds the stops after `from`, up to and with `to`; the orientation of the branch is one of `sides`.
    fn between(
        &self,
        [from, to]: [&[f64]; 2],
        sides: [f64; 2],
        after: usize,
        stops: &[f64],
        passes: &mut Vec<Pass>,
    ) -> Result<(), DynamicsError> {
        let n = from.len() - 1;
        let (begin, end) = (from[n], to[n]);
        let mut crossed: Vec<usize> = (0..stops.len())
            .filter(|&stop| {
                let at = stops[stop];
                at != begin && (at - begin) * (at - end) <= 0.0
            })
            .collect();
        crossed.sort_by(|&a, &b| (stops[a] - begin).abs().total_cmp(&(stops[b] - begin).abs()));
        for stop in crossed {
            let state = if stops[stop] == end {
                Some(split(to).0.to_owned())
            } else {
                self.state_at([from, to], sides, stops[stop])?
            };
            passes.extend(state.map(|state| Pass { stop, after, state }));
        }
        Ok(())
    }

    /// The fixed point at a position between those of two neighbouring states of a branch.
    fn state_at(
        &self,
        [from, to]: [&[f64]; 2],
        sides: [f64; 2],
        position: f64,
    ) -> Result<Option<Array1<f64>>, DynamicsError> {
        let n = from.len() - 1;
        let (mut low, mut high) = (from.to_vec(), to.to_vec());
        let mut chord: Vec<f64> = to.iter().zip(from).map(|(b, a)| b - a).collect();
        let length = norm(&chord);
        for c in &mut chord {
            *c /= length;
        }
        let rises = to[n] > from[n];
        for _ in 0..HALVINGS {
            let middle: Vec<f64> = low.iter().zip(&high).map(|(a, b)| f64::midpoint(*a, *b)).collect();
            let Some(place) = self.corrected(&middle, &chord)? else { break };
            let is_past = if rises { place.at[n] > position } else { place.at[n] < position };
            *(if is_past { &mut high } else { &mut low }) = place.at;
        }
        let share = (position - low[n]) / (high[n] - low[n]);
        let mut between: Vec<f64> = low.iter().zip(&high).map(|(a, b)| a + share * (b - a)).collect();
        between[n] = position;
        let mut row = vec![0.0; n + 1];
        row[n] = 1.0;
        let found = self.corrected(&between, &row)?;
        // The tangent points to rising positions; a state of the other orientation is of another branch.
        let side = |place: &Place| if rises { place.orientation } else { -place.orientation };
        Ok(found.filter(|place| sides.contains(&side(place))).map(|place| split(&place.at).0.to_owned()))
    }
}
