//! The iteration of the search: matches in float32, and a turn towards the best map instead of a decomposition.

use pulp::{Simd, WithSimd};

use super::Map;
use crate::analysis::components::N_COMPONENTS;
use crate::analysis::nearest::{Cloud, match_all};
use crate::analysis::procrustes::turn_towards;

/// Steps after which a descent ends wherever it is.
const MAX_STEPS: usize = 1000;
/// A step that changes no match and lowers the sum of squares by less than this share ends the descent.
const TOLERANCE: f64 = 1e-6;
/// The mark of a point that has no match yet.
const NONE: u32 = u32::MAX;

/// Steps of a descent, compiled for the vector instructions that the machine has. Operations are in one order and fused
/// only where the code says so, so that vector width changes no bit.
struct Steps<'a> {
    descent: &'a mut Descent,
    moving: &'a Cloud,
    fixed: &'a Cloud,
    count: usize,
    aim: Aim,
}

impl WithSimd for Steps<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        for _ in 0..self.count {
            if self.descent.is_finished {
                break;
            }
            self.descent.step(simd, self.moving, self.fixed, self.aim);
        }
    }
}

/// What a descent has to get below, and when it is given up.
#[derive(Clone, Copy)]
pub(super) struct Aim {
    /// The sum of squares to get below; infinite for a descent that is never given up.
    pub(super) bar: f64,
    /// A descent is given up when a step takes it less than this share of its way down to the bar.
    pub(super) pace: f64,
}

impl Aim {
    /// To the end, wherever that is.
    pub(super) const END: Self = Self { bar: f64::INFINITY, pace: 0.0 };
}

/// A descent under way; each step matches every moving point to its nearest fixed point and then turns the map.
#[derive(Clone)]
pub(super) struct Descent {
    /// Orthogonal map of the moving points.
    pub(super) map: Map,
    /// Sum of squared distances to the matches at `map`.
    pub(super) sum_of_squares: f64,
    is_finished: bool,
    n_steps: usize,
    matches: Vec<u32>,
    previous: Vec<u32>,
    /// `aᵀ b` over matched points.
    cross: Map,
    /// Sum of the squared norms of the matches.
    match_squares: f64,
}

impl Descent {
    /// A descent at its start.
    pub(super) fn new(moving: &Cloud, map: Map) -> Self {
        let n = moving.n_padded();
        Self {
            map,
            sum_of_squares: f64::INFINITY,
            is_finished: false,
            n_steps: 0,
            matches: vec![NONE; n],
            previous: vec![NONE; n],
            cross: [[0.0; N_COMPONENTS]; N_COMPONENTS],
            match_squares: 0.0,
        }
    }

    /// Steps to the end, or until `aim` is out of reach.
    pub(super) fn finish(&mut self, moving: &Cloud, fixed: &Cloud, aim: Aim) {
        pulp::Arch::new().dispatch(Steps { descent: self, moving, fixed, count: MAX_STEPS, aim });
    }

    /// Takes at most `count` steps.
    pub(super) fn advance(&mut self, moving: &Cloud, fixed: &Cloud, count: usize) {
        pulp::Arch::new().dispatch(Steps { descent: self, moving, fixed, count, aim: Aim::END });
    }

    #[inline(always)]
    fn step<S: Simd>(&mut self, simd: S, moving: &Cloud, fixed: &Cloud, aim: Aim) {
        std::mem::swap(&mut self.previous, &mut self.matches);
        match_all(simd, moving, fixed, &self.map, &mut self.matches);
        let has_changed = self.update_cross(moving, fixed);
        let trace = turn_towards(&mut self.map, &self.cross);
        let sum_of_squares = moving.sum_of_squares + self.match_squares - 2.0 * trace;
        let decrease = self.sum_of_squares - sum_of_squares;
        self.sum_of_squares = sum_of_squares;
        self.n_steps += 1;
        let has_settled = !has_changed && decrease <= TOLERANCE * sum_of_squares.abs();
        let is_hopeless = sum_of_squares > aim.bar && decrease < aim.pace * (sum_of_squares - aim.bar);
        self.is_finished = has_settled || is_hopeless || self.n_steps >= MAX_STEPS;
    }

    /// Moves the terms of the points whose match changed, in `cross` and `match_squares`; says whether there was one.
    #[inline(always)]
    fn update_cross(&mut self, moving: &Cloud, fixed: &Cloud) -> bool {
        let mut has_changed = false;
        for (i, point) in moving.points.iter().enumerate() {
            let (now, before) = (self.matches[i], self.previous[i]);
            if now == before {
                continue;
            }
            has_changed = true;
            let mut change = fixed.points[now as usize];
            self.match_squares += fixed.squares[now as usize];
            if before != NONE {
                self.match_squares -= fixed.squares[before as usize];
                for (x, y) in change.iter_mut().zip(&fixed.points[before as usize]) {
                    *x -= y;
                }
            }
            for (row, x) in self.cross.iter_mut().zip(point) {
                for (entry, y) in row.iter_mut().zip(&change) {
                    *entry = x.mul_add(*y, *entry);
                }
            }
        }
        has_changed
    }
}
