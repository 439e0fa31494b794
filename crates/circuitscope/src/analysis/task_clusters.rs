//! Clusters of units by the tasks on which they vary: k-means, with the number of clusters by the silhouette.

use super::statistics::Grouped;
use super::task_variance::normalised;
use crate::stream::of_draw;
use ndarray::{Array2, ArrayView1, ArrayView2};
use rand::RngExt;
use rayon::prelude::*;

/// Most clusters that are tried (published: 29).
pub const MOST: usize = 29;
/// Starts of k-means for each number of clusters (published).
const STARTS: u64 = 20;
/// Most rounds of one start; it ends before, once no unit moves.
const ROUNDS: usize = 300;

/// Clusters of the active units of a network.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskClusters {
    /// The active units, in the order of the network.
    pub units: Vec<usize>,
    /// The cluster of each of them, from 0: clusters are in the order of the task on which they vary most, those of one task in the order
    /// of their first units.
    pub labels: Vec<usize>,
    /// The silhouette of every number of clusters that was tried, from 2.
    pub silhouettes: Vec<f64>,
}

impl TaskClusters {
    /// Number of clusters: the one with the largest silhouette, the least of equals.
    pub fn n_clusters(&self) -> usize {
        self.labels.iter().max().map_or(0, |last| last + 1)
    }

    /// The silhouette of these clusters, −1 to 1.
    pub fn silhouette(&self) -> f64 {
        self.silhouettes.iter().copied().fold(f64::NEG_INFINITY, f64::max)
    }
}

/// Clusters of units by their task variances `[N, P]`, each unit's divided by its largest; [`None`] where fewer than three active units
/// differ.
///
/// - `seed`: of the starts; the result is a function of it and of the variances, whatever the number of threads.
///
/// # Source
/// Yang et al. 2019, Methods; the published code takes scikit-learn's `KMeans` with 20 starts and the silhouette of Euclidean distances.
pub fn task_clusters(variances: &Array2<f64>, seed: u64) -> Option<TaskClusters> {
    let (units, points) = normalised(variances);
    let n_distinct = n_distinct(&points);
    // With a cluster for each unit there is no silhouette.
    let most = MOST.min(n_distinct).min(units.len().saturating_sub(1));
    if most < 2 {
        return None;
    }
    let distances = Array2::from_shape_fn((units.len(), units.len()), |(a, b)| {
        square(points.row(a), points.row(b)).sqrt()
    });
    let tried: Vec<(Vec<usize>, f64)> = (2..most + 1)
        .into_par_iter()
        .filter_map(|k| {
            let labels = k_means(points.view(), k, seed);
            let silhouette = Grouped::new(distances.view(), &labels).ok()?.silhouette().ok()?;
            Some((labels, silhouette))
        })
        .collect();
    let best =
        (0..tried.len()).reduce(|best, other| if tried[other].1 > tried[best].1 { other } else { best })?;
    let labels = ordered(&points, &tried[best].0);
    Some(TaskClusters {
        units,
        labels,
        silhouettes: tried.into_iter().map(|(_, silhouette)| silhouette).collect(),
    })
}

fn square(a: ArrayView1<'_, f64>, b: ArrayView1<'_, f64>) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum()
}

/// Number of different rows.
fn n_distinct(points: &Array2<f64>) -> usize {
    let mut rows: Vec<Vec<u64>> =
        points.outer_iter().map(|row| row.iter().map(|value| value.to_bits()).collect()).collect();
    rows.sort_unstable();
    rows.dedup();
    rows.len()
}

/// The cluster of each point `[A]`: of all starts the one whose points lie nearest to their means, the first of equals.
fn k_means(points: ArrayView2<'_, f64>, k: usize, seed: u64) -> Vec<usize> {
    let of_start = |start: u64| from_start(points, k, seed, k as u64 * STARTS + start);
    let (mut best, mut least) = of_start(0);
    for start in 1..STARTS {
        let (labels, inertia) = of_start(start);
        if inertia < least {
            (best, least) = (labels, inertia);
        }
    }
    best
}

/// Lloyd's rounds from one start, and the sum of squares that they end with.
fn from_start(points: ArrayView2<'_, f64>, k: usize, seed: u64, draw: u64) -> (Vec<usize>, f64) {
    let mut centres = seeds(points, k, seed, draw);
    let mut labels = vec![usize::MAX; points.nrows()];
    for _ in 0..ROUNDS {
        let (found, distances) = nearest(points, &centres);
        let is_same = found == labels;
        labels = found;
        if is_same {
            break;
        }
        centres = means(points, &labels, &centres, &distances);
    }
    let (labels, distances) = nearest(points, &centres);
    (labels, distances.iter().sum())
}

/// Centres that lie apart: each next one a point, drawn by its squared distance to the nearest so far (k-means++, Arthur & Vassilvitskii 2007).
fn seeds(points: ArrayView2<'_, f64>, k: usize, seed: u64, draw: u64) -> Array2<f64> {
    let mut rng = of_draw(seed, draw);
    let mut centres = Array2::zeros((k, points.ncols()));
    let first = rng.random_range(0..points.nrows());
    centres.row_mut(0).assign(&points.row(first));
    let mut nearest: Vec<f64> = points.outer_iter().map(|point| square(point, points.row(first))).collect();
    for centre in 1..k {
        let total: f64 = nearest.iter().sum();
        let mut left = rng.random::<f64>() * total;
        // There are more different points than centres: one of them lies away from all.
        let chosen = nearest.iter().position(|&weight| {
            left -= weight;
            left < 0.0 && weight > 0.0
        });
        let chosen = chosen.or_else(|| nearest.iter().rposition(|&weight| weight > 0.0)).unwrap_or_default();
        centres.row_mut(centre).assign(&points.row(chosen));
        for (nearest, point) in nearest.iter_mut().zip(points.outer_iter()) {
            *nearest = nearest.min(square(point, points.row(chosen)));
        }
    }
    centres
}

/// The nearest centre of each point, the first of equals, and its squared distance.
fn nearest(points: ArrayView2<'_, f64>, centres: &Array2<f64>) -> (Vec<usize>, Vec<f64>) {
    let of_point = |point: ArrayView1<'_, f64>| {
        let mut best = (0, f64::INFINITY);
        for (centre, place) in centres.outer_iter().enumerate() {
            let distance = square(point, place);
            if distance < best.1 {
                best = (centre, distance);
            }
        }
        best
    };
    points.outer_iter().map(of_point).unzip()
}

/// The mean of each cluster; one without points goes to the point that is farthest from its centre.
fn means(
    points: ArrayView2<'_, f64>,
    labels: &[usize],
    centres: &Array2<f64>,
    distances: &[f64],
) -> Array2<f64> {
    let mut sums = Array2::<f64>::zeros(centres.dim());
    let mut sizes = vec![0_usize; centres.nrows()];
    for (point, &label) in points.outer_iter().zip(labels) {
        let mut sum = sums.row_mut(label);
        sum += &point;
        sizes[label] += 1;
    }
    let mut left: Vec<usize> = (0..points.nrows()).collect();
    left.sort_by(|&a, &b| distances[a].total_cmp(&distances[b])); // stable
    for (centre, size) in sizes.into_iter().enumerate() {
        let mut row = sums.row_mut(centre);
        if size > 0 {
            row /= size as f64;
        } else if let Some(farthest) = left.pop() {
            row.assign(&points.row(farthest));
        }
    }
    sums
}

/// Labels in the order of the task on which a cluster varies most, then of its first unit.
fn ordered(points: &Array2<f64>, labels: &[usize]) -> Vec<usize> {
    let mut present: Vec<usize> = labels.to_vec();
    present.sort_unstable();
    present.dedup();
    let place = |label: usize| {
        let members: Vec<usize> = (0..labels.len()).filter(|&unit| labels[unit] == label).collect();
        let total = |task: usize| members.iter().map(|&unit| points[[unit, task]]).sum::<f64>();
        let preferred =
            (0..points.ncols()).reduce(|best, other| if total(other) > total(best) { other } else { best });
        (preferred, members[0])
    };
    present.sort_by_cached_key(|&label| place(label));
    labels.iter().map(|label| present.iter().position(|other| other == label).unwrap_or_default()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    /// Units of four kinds in turn, each of which varies on tasks of its own, with a spread around that.
    fn planted(n: usize, spread: f64) -> Array2<f64> {
        let kinds = [
            [1.0, 1.0, 0.0, 0.0, 0.0],
            [0.0, 0.0, 1.0, 0.1, 0.0],
            [0.0, 0.0, 0.0, 0.3, 1.0],
            [1.0, 0.8, 0.8, 0.8, 0.8],
        ];
        let mut rng = of_draw(7, 0);
        // Large and small units are alike: what counts is the share.
        Array2::from_shape_fn((n, 5), |(unit, task)| {
            let size = 0.01 * (1.0 + (unit % 7) as f64);
            size * (kinds[unit % 4][task] + spread * rng.random::<f64>())
        })
    }

    #[test]
    fn planted_clusters_are_found_with_their_number() {
        let mut variances = planted(80, 0.1);
        variances.row_mut(13).fill(1e-5); // not active
        let found = task_clusters(&variances, 3).expect("clusters");
        assert_eq!(found.n_clusters(), 4, "{:?}", found.silhouettes);
        assert!(found.silhouette() > 0.7, "{}", found.silhouette());
        assert_eq!(found.units.len(), 79);
        // In the order of the tasks on which they vary most: kinds 0 and 3 on the first, then 1, then 2.
        for (unit, label) in found.units.iter().zip(&found.labels) {
            assert!(!found.units.contains(&13));
            let same = found.units.iter().zip(&found.labels).filter(|(other, _)| **other % 4 == unit % 4);
            assert!(same.clone().all(|(_, other)| other == label), "unit {unit}");
        }
        let of_kind =
            |kind: usize| found.labels[found.units.iter().position(|unit| unit % 4 == kind).expect("a unit")];
        assert!(of_kind(0).max(of_kind(3)) < of_kind(1) && of_kind(1) < of_kind(2), "{:?}", found.labels);
    }

    #[test]
    fn without_structure_the_silhouette_is_small_and_without_units_there_is_none() {
        let mut rng = of_draw(11, 0);
        let noise = Array2::from_shape_fn((120, 8), |_| rng.random::<f64>());
        let found = task_clusters(&noise, 3).expect("clusters");
        // Uniform numbers in eight dimensions have no groups; planted ones are above .7.
        assert!(found.silhouette() < 0.25, "{}", found.silhouette());
        assert_eq!(found.silhouettes.len(), MOST - 1);
        assert_eq!(task_clusters(&Array2::zeros((10, 3)), 0), None);
        assert_eq!(task_clusters(&Array2::ones((10, 3)), 0), None, "all units are alike");
        assert_eq!(task_clusters(&array![[1.0, 0.0], [0.0, 1.0]], 0), None, "a cluster for each unit");
        let few = task_clusters(&array![[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]], 0).expect("two kinds");
        assert_eq!((few.labels, few.silhouettes.len()), (vec![0, 1, 1], 1));
    }

    #[test]
    fn the_same_seed_gives_the_same_clusters_on_any_number_of_threads() {
        let variances = planted(60, 0.8);
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
            pool.install(|| task_clusters(&variances, 5))
        };
        assert_eq!(on(1), on(4));
        assert!(on(1).is_some());
    }

    #[test]
    fn no_other_clusters_of_a_few_points_have_a_smaller_sum_of_squares() {
        let points =
            array![[0.0, 1.0], [0.1, 0.9], [1.0, 0.0], [0.8, 0.3], [0.5, 0.5], [0.45, 0.7], [1.0, 0.1]];
        let inertia = |labels: &[usize]| -> f64 {
            let mut total = 0.0;
            for label in 0..3 {
                let members: Vec<usize> = (0..7).filter(|&point| labels[point] == label).collect();
                for &point in &members {
                    for axis in 0..2 {
                        let mean = members.iter().map(|&other| points[[other, axis]]).sum::<f64>()
                            / members.len() as f64;
                        total += (points[[point, axis]] - mean).powi(2);
                    }
                }
            }
            total
        };
        // All 3⁷ ways to put seven points into three clusters.
        let all = (0..3_usize.pow(7))
            .map(|code| (0..7).map(|point| code / 3_usize.pow(point) % 3).collect::<Vec<_>>());
        let least = all.map(|labels| inertia(&labels)).fold(f64::INFINITY, f64::min);
        assert!((inertia(&k_means(points.view(), 3, 1)) - least).abs() < 1e-12);
    }
}
