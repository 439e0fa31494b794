//! Where descents start, and which of them are followed to the end.

use std::f64::consts::TAU;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::descent::Descent;
use super::{Registration, identity, random_rotation};
use crate::analysis::components::N_COMPONENTS;
use crate::analysis::nearest::Cloud;
use crate::analysis::procrustes::Map;

// What these do for quality and cost is measured in the table of the module above.
/// Chains from different starts.
const CHAINS: usize = 8;
/// Hops in a row without gain that end a chain.
const PATIENCE: usize = 20;
/// The same for the last chain, which goes on from the best of all.
const LAST_PATIENCE: usize = 40;
/// Random starts of which a chain takes the most promising.
const STARTS: usize = 8;
/// Steps after which starts are compared.
const START_STEPS: usize = 2;
/// Planes of two axes that a hop turns.
const PLANES: usize = 3;
/// Steps after which a hop is judged.
const HOP_STEPS: usize = 3;
/// A hop is given up if its sum of squares is then above that of its chain by this factor.
const HOPELESS: f64 = 1.25;
/// Sums of squares that differ by less than this share are one minimum.
const SAME: f64 = 1e-6;

/// Both directions of a pair, each from the best descent that any chain met.
pub(super) fn both(a: &Cloud, b: &Cloud, seed: u64) -> [Registration; 2] {
    let mut search = Search { clouds: [a, b], rng: ChaCha8Rng::seed_from_u64(seed) };
    let mut best = search.chain_from(identity());
    for _ in 1..CHAINS {
        let start = random_rotation(&mut search.rng);
        for (best, found) in best.iter_mut().zip(search.chain_from(start)) {
            if found.sum_of_squares < best.sum_of_squares {
                *best = found;
            }
        }
    }
    search.offer_reverse(&mut best, 0);
    search.offer_reverse(&mut best, 1);
    search.hop(&mut best, LAST_PATIENCE);
    best.map(|descent| descent.registration())
}

/// A pair of clouds under registration; direction 0 carries the first onto the second, direction 1 the reverse.
struct Search<'a> {
    clouds: [&'a Cloud; 2],
    rng: ChaCha8Rng,
}

impl Search<'_> {
    /// The best minima of a chain of hops from the most promising of a few starts, `start` among them.
    fn chain_from(&mut self, start: Map) -> [Descent; 2] {
        let mut chain = [(0, start), (1, transpose(&start))].map(|(direction, start)| {
            let mut best = self.descend(direction, start, START_STEPS);
            for _ in 1..STARTS {
                let start = random_rotation(&mut self.rng);
                let descent = self.descend(direction, start, START_STEPS);
                if descent.sum_of_squares < best.sum_of_squares {
                    best = descent;
                }
            }
            self.finish(direction, &mut best);
            best
        });
        self.hop(&mut chain, PATIENCE);
        chain
    }

    /// Hops from minimum to lower minimum, in both directions in turn, until `patience` hops bring nothing.
    fn hop(&mut self, chain: &mut [Descent; 2], patience: usize) {
        let mut idle = 0;
        while idle < patience {
            idle += 1;
            for direction in 0..2 {
                let start = self.turned(&chain[direction].map);
                if self.offer(chain, direction, start) {
                    idle = 0;
                    self.offer_reverse(chain, direction);
                }
            }
        }
    }

    /// Offers the other direction the reverse of this one's map.
    fn offer_reverse(&mut self, chain: &mut [Descent; 2], direction: usize) {
        let start = transpose(&chain[direction].map);
        self.offer(chain, 1 - direction, start);
    }

    /// Descends from `start` and keeps where that ends if it is lower; says whether it was.
    fn offer(&self, chain: &mut [Descent; 2], direction: usize, start: Map) -> bool {
        let mut descent = self.descend(direction, start, HOP_STEPS);
        let bar = chain[direction].sum_of_squares;
        if descent.sum_of_squares >= HOPELESS * bar {
            return false;
        }
        self.finish(direction, &mut descent);
        let is_lower = descent.sum_of_squares < bar * (1.0 - SAME);
        if is_lower {
            chain[direction] = descent;
        }
        is_lower
    }

    fn descend(&self, direction: usize, start: Map, n_steps: usize) -> Descent {
        let mut descent = Descent::new(self.clouds[direction], start);
        descent.advance(self.clouds[direction], self.clouds[1 - direction], n_steps);
        descent
    }

    fn finish(&self, direction: usize, descent: &mut Descent) {
        descent.finish(self.clouds[direction], self.clouds[1 - direction]);
    }

    /// A map turned by any angle, or mirrored, in a few planes of two axes of the fixed cloud: what is right about the
    /// other axes stays right.
    fn turned(&mut self, map: &Map) -> Map {
        let mut map = *map;
        for _ in 0..PLANES {
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
    let mut transposed = *map;
    for (i, row) in map.iter().enumerate() {
        for (j, &entry) in row.iter().enumerate() {
            transposed[j][i] = entry;
        }
    }
    transposed
}
