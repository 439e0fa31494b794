//! Which points may match which, and the descent of iterative closest point under that rule.

use std::cmp::Ordering;
use std::ops::Range;

use ndarray::Array2;

use super::registration::{GroupedRegistration, N_COMPONENTS};
use crate::analysis::components::Features;
use crate::analysis::procrustes::orthogonal_map;

/// A point in component space.
pub(super) type Point = [f64; N_COMPONENTS];
/// A square matrix in component space, row by row.
pub(super) type Map = [Point; N_COMPONENTS];

/// Iterations after which a descent ends wherever it is (docs/methods.md §4.2).
const MAX_ITERATIONS: usize = 1000;

/// A configuration in an order that depends on its points alone: by group, then by coordinates.
pub(super) struct Cloud {
    points: Vec<(u32, Point)>,
}

impl Cloud {
    /// Lays out features with a group for each point.
    pub(super) fn new(features: &Features) -> Self {
        let row = |i: usize| std::array::from_fn(|k| features.points.get((i, k)).copied().unwrap_or(0.0));
        let mut points: Vec<(u32, Point)> =
            features.groups.iter().enumerate().map(|(i, &group)| (group, row(i))).collect();
        points.sort_by(order);
        Self { points }
    }

    /// Whether this cloud comes before another: fewer points, or the first differing one lower.
    pub(super) fn precedes(&self, other: &Self) -> bool {
        let size = self.points.len().cmp(&other.points.len());
        let first =
            || self.points.iter().zip(&other.points).map(|(a, b)| order(a, b)).find(|order| order.is_ne());
        size.then_with(|| first().unwrap_or(Ordering::Equal)).is_lt()
    }

    /// The points of a group, which lie side by side.
    fn group(&self, group: u32) -> Range<usize> {
        let below = |limit: u32| self.points.partition_point(|point| point.0 < limit);
        below(group)..below(group + 1)
    }
}

fn order(a: &(u32, Point), b: &(u32, Point)) -> Ordering {
    let coordinates = || a.1.iter().zip(&b.1).map(|(x, y)| x.total_cmp(y)).find(|order| order.is_ne());
    a.0.cmp(&b.0).then_with(|| coordinates().unwrap_or(Ordering::Equal))
}

/// One direction of a pair: every moving point with the fixed points that it may match.
pub(super) struct Matching<'a> {
    fixed: &'a Cloud,
    /// Points with one candidate, which is their match under every map.
    settled: Vec<[Point; 2]>,
    /// `aᵀ b` over these.
    settled_cross: Map,
    /// Points with several candidates, and where these stand.
    free: Vec<(Point, Range<usize>)>,
    n_points: usize,
}

impl<'a> Matching<'a> {
    /// Sorts the points of `moving` by what they may match in `fixed`.
    pub(super) fn new(moving: &Cloud, fixed: &'a Cloud) -> Self {
        let (mut settled, mut free) = (Vec::new(), Vec::new());
        for (group, point) in &moving.points {
            let candidates = fixed.group(*group);
            match candidates.len() {
                0 => {}
                1 => settled.push([*point, fixed.points[candidates.start].1]),
                _ => free.push((*point, candidates)),
            }
        }
        let settled_cross = cross(&settled);
        Self { fixed, settled, settled_cross, free, n_points: moving.points.len() }
    }

    /// Whether every map gives the same matches, so that one step ends at the lowest minimum.
    pub(super) fn is_settled(&self) -> bool {
        self.free.is_empty()
    }

    /// Descends from `map` to where no match changes.
    pub(super) fn descend(&self, map: &Map) -> GroupedRegistration {
        let mut map = *map;
        let mut matches = self.nearest(&map);
        for _ in 0..MAX_ITERATIONS {
            map = best_map(&self.cross_with(&matches));
            let next = self.nearest(&map);
            if next == matches {
                break;
            }
            matches = next;
        }
        let matched = self.free.iter().zip(&matches).map(|((a, _), &b)| [*a, self.fixed.points[b].1]);
        GroupedRegistration {
            sum_of_squares: self
                .settled
                .iter()
                .copied()
                .chain(matched)
                .map(|[a, b]| gap(&carried(&a, &map), &b))
                .sum(),
            n_unmatched: self.n_points - self.settled.len() - self.free.len(),
            n_points: self.n_points,
            map: Array2::from_shape_fn((N_COMPONENTS, N_COMPONENTS), |(i, j)| map[i][j]),
        }
    }

    /// Of each free point the nearest candidate under `map`, of equally near ones the first.
    fn nearest(&self, map: &Map) -> Vec<usize> {
        let nearest = |(point, candidates): &(Point, Range<usize>)| {
            let place = carried(point, map);
            let (mut nearest, mut least) = (candidates.start, f64::INFINITY);
            for index in candidates.clone() {
                let square = gap(&place, &self.fixed.points[index].1);
                if square < least {
                    (nearest, least) = (index, square);
                }
            }
            nearest
        };
        self.free.iter().map(nearest).collect()
    }

    fn cross_with(&self, matches: &[usize]) -> Map {
        let mut sum = self.settled_cross;
        for ((point, _), &index) in self.free.iter().zip(matches) {
            add_product(&mut sum, point, &self.fixed.points[index].1);
        }
        sum
    }
}

/// Maps worth descending from: the best one for the groups with one point on both sides, and the best one for the centres
/// of all groups that both have.
pub(super) fn good_starts(moving: &Cloud, fixed: &Cloud) -> [Map; 2] {
    let (mut singles, mut centres) = (Vec::new(), Vec::new());
    for of_group in moving.points.chunk_by(|a, b| a.0 == b.0) {
        let counterparts = &fixed.points[fixed.group(of_group[0].0)];
        if counterparts.is_empty() {
            continue;
        }
        let pair = [centre(of_group), centre(counterparts)];
        if of_group.len() == 1 && counterparts.len() == 1 {
            singles.push(pair);
        }
        centres.push(pair);
    }
    [best_map(&cross(&singles)), best_map(&cross(&centres))]
}

fn centre(points: &[(u32, Point)]) -> Point {
    std::array::from_fn(|k| points.iter().map(|point| point.1[k]).sum::<f64>() / points.len() as f64)
}

/// `aᵀ b` over pairs of points.
fn cross(pairs: &[[Point; 2]]) -> Map {
    let mut sum = [[0.0; N_COMPONENTS]; N_COMPONENTS];
    for [a, b] in pairs {
        add_product(&mut sum, a, b);
    }
    sum
}

fn add_product(sum: &mut Map, a: &Point, b: &Point) {
    for (row, x) in sum.iter_mut().zip(a) {
        for (entry, y) in row.iter_mut().zip(b) {
            *entry += x * y;
        }
    }
}

fn best_map(cross: &Map) -> Map {
    let map = orthogonal_map(&Array2::from_shape_fn((N_COMPONENTS, N_COMPONENTS), |(i, j)| cross[i][j]));
    std::array::from_fn(|i| std::array::from_fn(|j| map[[i, j]]))
}

/// Where `map` takes a point.
fn carried(point: &Point, map: &Map) -> Point {
    let mut place = [0.0; N_COMPONENTS];
    for (x, row) in point.iter().zip(map) {
        for (entry, weight) in place.iter_mut().zip(row) {
            *entry += x * weight;
        }
    }
    place
}

fn gap(a: &Point, b: &Point) -> f64 {
    a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum()
}
