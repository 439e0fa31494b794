//! Where descents start, and when enough of them have been made.
//!
//! Points alone in their group on the other side have one match under every map; where all points are such, one step ends
//! at the lowest minimum. Else descents start from the best maps for single points and for centres of groups, then at
//! random. On the pairs of golden networks of one task (60 seeds each, both directions, one core):
//!
//! | agreeing starts | ms a pair, CDDM / Go/NoGo / MemoryNumber | pairs above the best of 60 random starts |
//! |---|---|---|
//! | 16 | 0.9 / 0.4 / 0.3 | some of CDDM, by at most 0.016 % |
//! | 24 | 1.2 / 0.6 / 0.4 | none |

use ndarray::Array2;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;

use super::matching::{Cloud, Map, Matching, good_starts};
use super::registration::{GroupedRegistration, N_COMPONENTS};
use crate::analysis::procrustes::orthogonal_map;
use crate::stream::of_seed;

/// Random starts at most, a direction. More than the published 60 (docs/methods.md §4.2), which structureless configurations need:
/// there few starts end in the lowest minimum.
const MAX_STARTS: usize = 240;
/// Random starts that must have ended in the lowest minimum for the search to end.
const AGREEING: usize = 24;
/// Sums of squares that differ by less than this share, or by rounding, are one minimum.
const SAME: f64 = 1e-9;

/// Both directions of a pair, each from the best descent met.
pub(super) fn both(a: &Cloud, b: &Cloud, seed: u64) -> [GroupedRegistration; 2] {
    let directions = [Matching::new(a, b), Matching::new(b, a)];
    let starts = good_starts(a, b);
    let mut rng = of_seed(seed);
    let mut best = [
        lowest(&directions[0], starts.iter().copied()),
        lowest(&directions[1], starts.iter().map(transpose)),
    ];
    for (direction, matching) in directions.iter().enumerate() {
        if !matching.is_settled() {
            descend_at_random(matching, &mut best[direction], &mut rng);
        }
    }
    // What one direction found may serve the other.
    for (from, to) in [(0, 1), (1, 0)] {
        let reverse = directions[to].descend(&rows(&best[from].map.t().to_owned()));
        keep_lower(&mut best[to], reverse);
    }
    best
}

/// The best of `n_starts` random starts.
pub(super) fn from_random_starts(matching: &Matching<'_>, n_starts: usize, seed: u64) -> GroupedRegistration {
    let mut rng = of_seed(seed);
    let first = random_rotation(&mut rng);
    lowest(matching, std::iter::once(first).chain((1..n_starts).map(|_| random_rotation(&mut rng))))
}

/// Random starts until [`AGREEING`] have ended in the lowest minimum.
fn descend_at_random(matching: &Matching<'_>, best: &mut GroupedRegistration, rng: &mut ChaCha8Rng) {
    let mut n_agreeing = 0;
    for _ in 0..MAX_STARTS {
        let found = matching.descend(&random_rotation(rng));
        let gain = best.sum_of_squares - found.sum_of_squares;
        let rounding = SAME * (best.sum_of_squares + f64::EPSILON * best.n_points as f64);
        if gain > rounding {
            n_agreeing = 1;
        } else if gain >= -rounding {
            n_agreeing += 1;
        }
        keep_lower(best, found);
        if n_agreeing >= AGREEING {
            break;
        }
    }
}

/// Where the lowest of the descents from `starts` ends.
fn lowest(matching: &Matching<'_>, starts: impl Iterator<Item = Map>) -> GroupedRegistration {
    let mut starts = starts;
    let mut best = matching.descend(&starts.next().unwrap_or_else(identity));
    for start in starts {
        keep_lower(&mut best, matching.descend(&start));
    }
    best
}

fn keep_lower(kept: &mut GroupedRegistration, found: GroupedRegistration) {
    if found.sum_of_squares < kept.sum_of_squares {
        *kept = found;
    }
}

/// A draw from the uniform distribution on the orthogonal group: the orthogonal factor of a normal matrix.
fn random_rotation(rng: &mut ChaCha8Rng) -> Map {
    let normal = Array2::from_shape_fn((N_COMPONENTS, N_COMPONENTS), |_| rng.sample(StandardNormal));
    rows(&orthogonal_map(&normal))
}

fn rows(matrix: &Array2<f64>) -> Map {
    std::array::from_fn(|i| std::array::from_fn(|j| matrix[[i, j]]))
}

fn transpose(map: &Map) -> Map {
    std::array::from_fn(|i| std::array::from_fn(|j| map[j][i]))
}

fn identity() -> Map {
    std::array::from_fn(|i| std::array::from_fn(|j| f64::from(u8::from(i == j))))
}
