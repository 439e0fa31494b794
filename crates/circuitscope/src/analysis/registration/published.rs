//! The published iteration, to the letter and in float64: iterative closest point from one start.

use ndarray::Array2;

use super::{Map, Registration};
use crate::analysis::components::N_COMPONENTS;
use crate::analysis::nearest::{Cloud, Point};
use crate::analysis::procrustes::orthogonal_map;

/// Iterations after which a descent ends wherever it is (docs/methods.md §4.2).
const MAX_ITERATIONS: usize = 1000;
/// A step that lowers the sum of squares by less ends the descent (docs/methods.md §4.2).
const TOLERANCE: f64 = 1e-10;

/// Descends from `map` to where no match changes.
pub(super) fn descend(moving: &Cloud, fixed: &Cloud, map: &Map) -> Registration {
    let mut found = matched(moving, fixed, *map);
    for _ in 1..MAX_ITERATIONS {
        let mut cross = Array2::zeros((N_COMPONENTS, N_COMPONENTS));
        for (a, &index) in moving.points.iter().zip(&found.matches) {
            for (x, mut row) in a.iter().zip(cross.rows_mut()) {
                for (entry, y) in row.iter_mut().zip(&fixed.points[index]) {
                    *entry += x * y;
                }
            }
        }
        let map = orthogonal_map(&cross);
        let next = matched(moving, fixed, std::array::from_fn(|i| std::array::from_fn(|j| map[[i, j]])));
        let decrease = found.sum_of_squares - next.sum_of_squares;
        if decrease < 0.0 {
            break; // rounding
        }
        let has_ended = decrease < TOLERANCE || next.matches == found.matches;
        found = next;
        if has_ended {
            break;
        }
    }
    found
}

/// Every moving point with its nearest fixed point.
fn matched(moving: &Cloud, fixed: &Cloud, map: Map) -> Registration {
    let (mut sum_of_squares, mut matches) = (0.0, Vec::with_capacity(moving.points.len()));
    for point in &moving.points {
        let mut place = [0.0; N_COMPONENTS];
        for (x, row) in point.iter().zip(&map) {
            for (entry, weight) in place.iter_mut().zip(row) {
                *entry += x * weight;
            }
        }
        let (mut nearest, mut least) = (0, f64::INFINITY);
        for (index, candidate) in fixed.points.iter().enumerate() {
            let square = square_distance(&place, candidate);
            if square < least {
                (nearest, least) = (index, square);
            }
        }
        sum_of_squares += least;
        matches.push(nearest);
    }
    let map = Array2::from_shape_fn((N_COMPONENTS, N_COMPONENTS), |(i, j)| map[i][j]);
    Registration { sum_of_squares, map, matches }
}

fn square_distance(a: &Point, b: &Point) -> f64 {
    a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum()
}
