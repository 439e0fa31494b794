//! Where descents start, and which of them are followed to the end.

use std::f64::consts::TAU;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::descent::{Aim, Descent};
use super::{Budget, Registration, published, random_rotation};
use crate::analysis::components::N_COMPONENTS;
use crate::analysis::nearest::Cloud;
use crate::analysis::procrustes::Map;

// What these do for quality and cost is measured in the table of the module above.
/// Chains after which the search ends in any case, over those that must agree.
const MOST_OVER_AGREEING: usize = 4;
/// Hops in a row without gain, in each direction, that end a chain.
const PATIENCE: usize = 20;
/// Random starts of which a chain takes the most promising.
const STARTS: usize = 8;
/// Steps after which starts are compared.
const START_STEPS: usize = 2;
/// Planes of two axes that a hop turns at most.
const MAX_PLANES: usize = 2;
/// Small turns of the best map, each descended to its end.
const NUDGES: usize = 40;
/// Largest angle of such a turn, in each plane of two neighbouring axes (radians).
const NUDGE: f64 = 0.3;
/// A hop is given up when a step takes it less than this share of its way to a lower minimum.
const PACE: f64 = 0.2;
/// Sums of squares that differ by less than this share are one minimum.
const SAME: f64 = 1e-4;

/// Both directions of a pair, each from the best descent that any chain met.
pub(super) fn both(a: &Cloud, b: &Cloud, budget: Budget, seed: u64) -> [Registration; 2] {
    let mut search = Search { clouds: [a, b], rng: ChaCha8Rng::seed_from_u64(seed) };
    let mut best = search.chain();
    let mut n_agreeing = [1; 2];
    // Chains that agree may still differ in a match or two; each is taken to its last digit, and the lowest kept.
    let to_the_end = |direction: usize, map: &Map| match direction {
        0 => published::descend(a, b, map),
        _ => published::descend(b, a, map),
    };
    let mut ends = [to_the_end(0, &best[0].map), to_the_end(1, &best[1].map)];
    for _ in 1..MOST_OVER_AGREEING * budget.n_agreeing {
        if n_agreeing.iter().all(|&n| n >= budget.n_agreeing) {
            break;
        }
        for (direction, found) in search.chain().into_iter().enumerate() {
            let bar = best[direction].sum_of_squares;
            if is_lower(&found, bar) {
                n_agreeing[direction] = 1;
            } else if found.sum_of_squares <= bar * (1.0 + SAME) {
                n_agreeing[direction] += 1;
            } else {
                continue;
            }
            keep_lower(&mut ends[direction], to_the_end(direction, &found.map));
            if found.sum_of_squares < bar {
                best[direction] = found;
            }
        }
    }
    for direction in 0..2 {
        search.offer_reverse(&mut best, direction);
        keep_lower(&mut ends[1 - direction], to_the_end(1 - direction, &best[1 - direction].map));
    }
    // Neighbouring minima that differ in a match or two lie within a small turn of each other.
    for direction in 0..2 {
        for _ in 0..NUDGES {
            let nudged = search.nudged(&best[direction].map);
            keep_lower(&mut ends[direction], to_the_end(direction, &nudged));
        }
    }
    ends
}

/// Puts `found` in the place of `kept` if it is lower.
fn keep_lower(kept: &mut Registration, found: Registration) {
    if found.sum_of_squares < kept.sum_of_squares {
        *kept = found;
    }
}

/// Whether a descent ended in another, lower minimum than that of sum of squares `bar`.
fn is_lower(descent: &Descent, bar: f64) -> bool {
    descent.sum_of_squares < bar * (1.0 - SAME)
}

/// A pair of clouds under registration; direction 0 carries the first onto the second, direction 1 the reverse.
struct Search<'a> {
    clouds: [&'a Cloud; 2],
    rng: ChaCha8Rng,
}

impl Search<'_> {
    /// Hops from minimum to lower minimum, in both directions in turn, until [`PATIENCE`] hops bring nothing.
    fn chain(&mut self) -> [Descent; 2] {
        let mut chain = [self.start(0), self.start(1)];
        self.offer_reverse(&mut chain, 0);
        self.offer_reverse(&mut chain, 1);
        let mut idle = 0;
        while idle < PATIENCE {
            idle += 1;
            for direction in 0..2 {
                let start = self.turned(&chain[direction].map);
                if self.offer(&mut chain, direction, start) {
                    idle = 0;
                    self.offer_reverse(&mut chain, direction);
                }
            }
        }
        chain
    }

    /// A map turned a little in every plane of two neighbouring axes.
    fn nudged(&mut self, map: &Map) -> Map {
        let mut map = *map;
        for first in 0..N_COMPONENTS {
            let second = (first + 1) % N_COMPONENTS;
            let (sin, cos) = (NUDGE * (2.0 * self.rng.random::<f64>() - 1.0)).sin_cos();
            for row in &mut map {
                let (x, y) = (row[first], row[second]);
                row[first] = cos * x - sin * y;
                row[second] = sin * x + cos * y;
            }
        }
        map
    }

    /// The end of the most promising of a few random starts.
    fn start(&mut self, direction: usize) -> Descent {
        let (moving, fixed) = (self.clouds[direction], self.clouds[1 - direction]);
        let mut best = Descent::new(moving, random_rotation(&mut self.rng));
        best.advance(moving, fixed, START_STEPS);
        for _ in 1..STARTS {
            let mut descent = Descent::new(moving, random_rotation(&mut self.rng));
            descent.advance(moving, fixed, START_STEPS);
            if descent.sum_of_squares < best.sum_of_squares {
                best = descent;
            }
        }
        best.finish(moving, fixed, Aim::END);
        best
    }

    /// Offers the other direction the reverse of this one's map.
    fn offer_reverse(&self, chain: &mut [Descent; 2], direction: usize) {
        let start = transpose(&chain[direction].map);
        self.offer(chain, 1 - direction, start);
    }

    /// Descends from `start` and keeps where that ends if it is lower; says whether it was.
    fn offer(&self, chain: &mut [Descent; 2], direction: usize, start: Map) -> bool {
        let bar = chain[direction].sum_of_squares;
        let mut descent = Descent::new(self.clouds[direction], start);
        descent.finish(self.clouds[direction], self.clouds[1 - direction], Aim { bar, pace: PACE });
        let is_lower = is_lower(&descent, bar);
        if is_lower {
            chain[direction] = descent;
        }
        is_lower
    }

    /// A map turned by any angle, or mirrored, in one or two planes of two axes of the fixed cloud: what is right about
    /// the other axes stays right.
    fn turned(&mut self, map: &Map) -> Map {
        let mut map = *map;
        for _ in 0..self.rng.random_range(1..=MAX_PLANES) {
            let first = self.rng.random_range(0..N_COMPONENTS);
            let second = (first + self.rng.random_range(1..N_COMPONENTS)) % N_COMPONENTS;
            let (sin, cos) = (TAU * self.rng.random::<f64>()).sin_cos();
            let hand = if self.rng.random::<bool>() { 1.0 } else { -1.0 };
            for row in &mut map {
                let (x, y) = (row[first], row[second]);
                row[first] = cos * x - sin * y;
                row[second] = hand * (sin * x + cos * y);
            }
        }
        map
    }
}

/// The reverse of an orthogonal map.
fn transpose(map: &Map) -> Map {
    std::array::from_fn(|i| std::array::from_fn(|j| map[j][i]))
}
