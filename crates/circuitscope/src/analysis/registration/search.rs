//! Where descents start, which of them are followed to the end, and when enough of them have been made.

use std::f64::consts::TAU;

use ndarray::{Array2, ArrayView2};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::descent::{Aim, Minimum, descend};
use super::{Budget, Registration, published, random_rotation};
use crate::analysis::components::N_COMPONENTS;
use crate::analysis::nearest::Cloud;
use crate::analysis::procrustes::{LANES, Padded, orthogonal_map, padded, transposed};
use crate::stream::of_seed;

// What these do for quality and cost is measured in the tables of the module above.
/// Random starts descended to their end in each direction, for each chain that must agree.
const STARTS_PER_AGREEING: usize = 10;
/// Chains after which the search ends in any case, over those that must agree.
const MOST_OVER_AGREEING: usize = 7;
/// Hops in a row without gain, in each direction, that end a chain.
const PATIENCE: usize = 20;
/// Planes of two axes that a hop turns at most.
const MAX_PLANES: usize = 2;
/// A hop is given up when, after 0, 1, … steps, it is above the minimum that it left by these factors.
const LIMITS: [f64; 7] = [f64::INFINITY, 1.5, 1.3, 1.2, 1.1, 1.05, 1.03];
/// Sums of squares that differ by less than this share are one minimum to a chain.
const SAME: f64 = 3e-4;
/// Turns of the lowest map in a row without gain that end the search around it.
const NUDGES: usize = 160;
/// Largest angle of such a turn, in each plane of two neighbouring axes (radians).
const NUDGE: f64 = 0.3;
/// Error of a sum of squares in float32, over the sum of the squared norms of the moving points.
const ROUNDING: f64 = 1e-6;

/// Both directions of a pair, each from the lowest minimum that any descent met.
pub(super) fn both(a: &Cloud, b: &Cloud, budget: Budget, seed: u64) -> [Registration; 2] {
    let mut search = Search::new([a, b], seed);
    for _ in 0..STARTS_PER_AGREEING * budget.n_agreeing {
        for direction in 0..2 {
            search.start(direction);
        }
    }
    let mut n_agreeing = [0; 2];
    for _ in 0..MOST_OVER_AGREEING * budget.n_agreeing {
        let before = search.lowest.clone();
        let is_open = n_agreeing.map(|n| n < budget.n_agreeing);
        let chain = search.chain(is_open);
        for direction in 0..2 {
            let lowest = search.lowest[direction].sum_of_squares;
            if search.is_lower(direction, lowest, before[direction].sum_of_squares) {
                n_agreeing[direction] = 0;
            }
            n_agreeing[direction] +=
                usize::from(!search.is_lower(direction, lowest, chain[direction].sum_of_squares));
        }
        if n_agreeing.iter().all(|&n| n >= budget.n_agreeing) {
            break;
        }
    }
    let ends = [search.nudged_end(0), search.nudged_end(1)];
    search.exchange(ends)
}

/// A pair of clouds under registration; direction 0 carries the first onto the second, direction 1 the reverse.
struct Search<'a> {
    clouds: [&'a Cloud; 2],
    rng: ChaCha8Rng,
    /// The lowest minimum of each direction that any descent met.
    lowest: [Minimum; 2],
}

impl<'a> Search<'a> {
    fn new(clouds: [&'a Cloud; 2], seed: u64) -> Self {
        let unknown =
            Minimum { map: [[0.0; LANES]; N_COMPONENTS], sum_of_squares: f64::INFINITY, nearest: Vec::new() };
        Self { clouds, rng: of_seed(seed), lowest: [unknown.clone(), unknown] }
    }

    /// Descends in a direction and keeps what is lowest.
    fn descend(&mut self, direction: usize, start: &Padded, aim: Aim) -> Minimum {
        let found = descend(self.clouds[direction], self.clouds[1 - direction], start, aim);
        if found.sum_of_squares < self.lowest[direction].sum_of_squares {
            self.lowest[direction] = found.clone();
        }
        found
    }

    /// The end of a random start, offered to the other direction as well.
    fn start(&mut self, direction: usize) -> Minimum {
        let start = random_rotation(&mut self.rng).map(|row| padded(&row));
        let found = self.descend(direction, &start, Aim::END);
        self.descend(1 - direction, &transposed(&found.map), Aim::END);
        found
    }

    /// Hops from minimum to lower minimum, in the open directions in turn, until [`PATIENCE`] hops bring nothing.
    fn chain(&mut self, is_open: [bool; 2]) -> [Minimum; 2] {
        let mut chain = [self.start(0), self.start(1)];
        self.offer_reverse(&mut chain, 0);
        self.offer_reverse(&mut chain, 1);
        let mut idle = 0;
        while idle < PATIENCE {
            idle += 1;
            for direction in (0..2).filter(|&direction| is_open[direction]) {
                let start = self.turned(&chain[direction].map);
                if self.offer(&mut chain, direction, &start) {
                    idle = 0;
                    self.offer_reverse(&mut chain, direction);
                }
            }
        }
        chain
    }

    /// The lowest of the lowest minimum and its neighbours, to the last digit: neighbours differ in a match or two, lie
    /// within small turns of each other and are too close to be told apart in float32.
    fn nudged_end(&mut self, direction: usize) -> Registration {
        let mut home = self.lowest[direction].clone();
        let mut end = self.to_the_end(direction, &home);
        let mut seen = vec![home.nearest.clone()];
        let mut idle = 0;
        while idle < NUDGES {
            idle += 1;
            let start = if idle % 2 == 0 { self.nudged(&home.map) } else { self.turned(&home.map) };
            let found = self.descend(direction, &start, Aim { bar: home.sum_of_squares, limits: &LIMITS });
            if self.is_lower(direction, home.sum_of_squares, found.sum_of_squares)
                || seen.contains(&found.nearest)
            {
                continue;
            }
            seen.push(found.nearest.clone());
            let other = self.to_the_end(direction, &found);
            if other.sum_of_squares < end.sum_of_squares {
                (home, end) = (found, other);
                idle = 0;
            }
        }
        end
    }

    /// A minimum to its last digit, by the published iteration.
    fn to_the_end(&self, direction: usize, minimum: &Minimum) -> Registration {
        let map = Array2::from_shape_fn((N_COMPONENTS, N_COMPONENTS), |(i, j)| f64::from(minimum.map[i][j]));
        self.published(direction, orthogonal_map(&map).view())
    }

    fn published(&self, direction: usize, map: ArrayView2<'_, f64>) -> Registration {
        let map = std::array::from_fn(|i| std::array::from_fn(|j| map[[i, j]]));
        published::descend(self.clouds[direction], self.clouds[1 - direction], &map)
    }

    /// The ends of both directions, or where the reverse of the other's map leads if that is lower.
    fn exchange(&self, [there, back]: [Registration; 2]) -> [Registration; 2] {
        let (from_back, from_there) = (self.published(0, back.map.t()), self.published(1, there.map.t()));
        [lower(there, from_back), lower(back, from_there)]
    }

    /// Offers the other direction the reverse of this one's map.
    fn offer_reverse(&mut self, minima: &mut [Minimum; 2], direction: usize) {
        let start = transposed(&minima[direction].map);
        self.offer(minima, 1 - direction, &start);
    }

    /// Descends from `start` and keeps where that ends if it is lower by the share [`SAME`]; says whether it was.
    fn offer(&mut self, minima: &mut [Minimum; 2], direction: usize, start: &Padded) -> bool {
        let bar = minima[direction].sum_of_squares;
        let found = self.descend(direction, start, Aim { bar, limits: &LIMITS });
        let is_lower = self.is_lower(direction, found.sum_of_squares, bar);
        if is_lower {
            minima[direction] = found;
        }
        is_lower
    }

    /// Whether a sum of squares is below another by the share [`SAME`] and by more than rounding.
    fn is_lower(&self, direction: usize, sum_of_squares: f64, bar: f64) -> bool {
        sum_of_squares + SAME * sum_of_squares + ROUNDING * self.clouds[direction].sum_of_squares < bar
    }

    /// A map turned by any angle, or mirrored, in one or two planes of two axes, each of the moving or of the fixed cloud:
    /// what is right about the other axes stays right.
    fn turned(&mut self, map: &Padded) -> Padded {
        let mut map = *map;
        for _ in 0..self.rng.random_range(1..=MAX_PLANES) {
            let first = self.rng.random_range(0..N_COMPONENTS);
            let second = (first + self.rng.random_range(1..N_COMPONENTS)) % N_COMPONENTS;
            let angle = TAU * self.rng.random::<f64>();
            let is_mirrored = self.rng.random::<bool>();
            let is_of_moving = self.rng.random::<bool>();
            if is_of_moving {
                map = transposed(&map);
            }
            turn(&mut map, [first, second], angle);
            if is_mirrored {
                for row in &mut map {
                    row[second] = -row[second];
                }
            }
            if is_of_moving {
                map = transposed(&map);
            }
        }
        map
    }

    /// A map turned a little in every plane of two neighbouring axes.
    fn nudged(&mut self, map: &Padded) -> Padded {
        let mut map = *map;
        let most = NUDGE * self.rng.random::<f64>();
        for first in 0..N_COMPONENTS {
            let angle = most * (2.0 * self.rng.random::<f64>() - 1.0);
            turn(&mut map, [first, (first + 1) % N_COMPONENTS], angle);
        }
        map
    }
}

/// Turns a map in a plane of two axes of the fixed cloud.
fn turn(map: &mut Padded, [first, second]: [usize; 2], angle: f64) {
    let (sin, cos) = (angle.sin() as f32, angle.cos() as f32);
    for row in map {
        let (x, y) = (row[first], row[second]);
        row[first] = cos * x - sin * y;
        row[second] = sin * x + cos * y;
    }
}

fn lower(one: Registration, other: Registration) -> Registration {
    if other.sum_of_squares < one.sum_of_squares { other } else { one }
}
