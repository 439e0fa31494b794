//! Iterative closest point: from one start down to where no match changes.

use ndarray::Array2;
use pulp::{Simd, WithSimd};

use super::{Map, Registration};
use crate::analysis::components::N_COMPONENTS;
use crate::analysis::nearest::{Cloud, Point};
use crate::analysis::procrustes::polar;

/// Iterations after which a descent ends wherever it is (science §4.2).
const MAX_ITERATIONS: usize = 1000;
/// A step that lowers the sum of squares by less ends the descent (science §4.2).
const TOLERANCE: f64 = 1e-10;
/// By how much a match must be the nearest to be kept without a query: above the rounding of a float64 distance.
const SLACK: f64 = 1e-12;

/// Steps of a descent, compiled for the vector instructions that the machine has. Additions are in one order and
/// products are fused only where the code says so, so that vector width changes no bit.
struct Steps<'a> {
    descent: &'a mut Descent,
    moving: &'a Cloud,
    fixed: &'a Cloud,
    count: usize,
}

impl WithSimd for Steps<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for _ in 0..self.count {
            if self.descent.is_finished {
                break;
            }
            self.descent.step(self.moving, self.fixed);
        }
    }
}

/// A descent under way; each step matches every moving point to its nearest fixed point and then fits the map.
#[derive(Clone)]
pub(super) struct Descent {
    /// Orthogonal map of the moving points.
    pub(super) map: Map,
    /// Sum of squared distances to the nearest fixed points at `map`.
    pub(super) sum_of_squares: f64,
    /// Whether no further step lowers it.
    is_finished: bool,
    /// Steps taken.
    n_steps: usize,
    matches: Vec<usize>,
    moved: Vec<Point>,
    /// For each moving point a lower bound on its distance from every fixed point but its match.
    others: Vec<f64>,
}

impl Descent {
    /// A descent at its start.
    pub(super) fn new(moving: &Cloud, map: Map) -> Self {
        let n = moving.points.len();
        Self {
            map,
            sum_of_squares: f64::INFINITY,
            is_finished: false,
            n_steps: 0,
            matches: vec![0; n],
            moved: vec![[0.0; N_COMPONENTS]; n],
            others: vec![f64::NEG_INFINITY; n],
        }
    }

    /// A descent taken to its end.
    pub(super) fn finished(moving: &Cloud, fixed: &Cloud, map: Map) -> Self {
        let mut descent = Self::new(moving, map);
        descent.finish(moving, fixed);
        descent
    }

    /// Steps to the end.
    pub(super) fn finish(&mut self, moving: &Cloud, fixed: &Cloud) {
        self.advance(moving, fixed, MAX_ITERATIONS);
    }

    /// Takes at most `n_steps` steps.
    pub(super) fn advance(&mut self, moving: &Cloud, fixed: &Cloud, n_steps: usize) {
        pulp::Arch::new().dispatch(Steps { descent: self, moving, fixed, count: n_steps });
    }

    #[inline(always)]
    fn step(&mut self, moving: &Cloud, fixed: &Cloud) {
        let mut has_changed = self.n_steps == 0;
        let mut sum_of_squares = 0.0;
        let mut cross = [[0.0; N_COMPONENTS]; N_COMPONENTS];
        for (i, point) in moving.points.iter().enumerate() {
            let mut place = [0.0; N_COMPONENTS];
            for (x, row) in point.iter().zip(&self.map) {
                for (entry, weight) in place.iter_mut().zip(row) {
                    *entry += x * weight;
                }
            }
            // The triangle inequality: no other point came nearer than this one moved.
            let bound = self.others[i] - square_distance(&place, &self.moved[i]).sqrt();
            let mut square = square_distance(&place, &fixed.points[self.matches[i]]);
            if square.sqrt() + SLACK < bound {
                self.others[i] = bound;
            } else {
                let nearest = fixed.nearest(&place);
                if nearest.point != self.matches[i] {
                    has_changed = true;
                    self.matches[i] = nearest.point;
                    square = square_distance(&place, &fixed.points[nearest.point]);
                }
                self.others[i] = nearest.others;
            }
            self.moved[i] = place;
            sum_of_squares += square;
            for (x, row) in point.iter().zip(&mut cross) {
                for (entry, y) in row.iter_mut().zip(&fixed.points[self.matches[i]]) {
                    *entry += x * y;
                }
            }
        }
        let decrease = self.sum_of_squares - sum_of_squares;
        self.sum_of_squares = sum_of_squares;
        self.n_steps += 1;
        if !has_changed || decrease < TOLERANCE || self.n_steps >= MAX_ITERATIONS {
            self.is_finished = true;
        } else {
            self.map = polar(&cross);
        }
    }

    /// What the descent found.
    pub(super) fn registration(&self) -> Registration {
        Registration {
            sum_of_squares: self.sum_of_squares,
            map: Array2::from_shape_fn((N_COMPONENTS, N_COMPONENTS), |(i, j)| self.map[i][j]),
            matches: self.matches.clone(),
        }
    }
}

#[inline(always)]
fn square_distance(a: &Point, b: &Point) -> f64 {
    // Two partial sums, so that the additions need not wait for each other.
    let mut sums = [0.0; 2];
    for k in (0..N_COMPONENTS).step_by(2) {
        sums[0] += (a[k] - b[k]) * (a[k] - b[k]);
        sums[1] += (a[k + 1] - b[k + 1]) * (a[k + 1] - b[k + 1]);
    }
    sums[0] + sums[1]
}
