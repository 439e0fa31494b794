//! What a recording is shown by beside networks: its own components, and where it lies in a map of them.

use super::compared::Compared;
use super::error::RankingError;
use super::measure::{Distances, Measure};
use super::worlds::World;
use crate::analysis::components::Features;
use crate::analysis::measures::of_unit_variance;
use crate::analysis::{selectivity, trajectories};
use crate::ranking::Alignment;
use ndarray::{Array2, Array3};

/// Steps of the search for a place, at most; each lowers the stress.
const MOST_STEPS: usize = 1000;
/// Share of the stress below which a step no longer counts.
const FINISH: f64 = 1e-12;

/// The components of a recording by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Components {
    /// Time of each bin `[G]`, its middle, in steps of the task.
    pub steps: Vec<f64>,
    /// Places on the course of a trial `[G · C, 10]`, conditions within bins: of condition means, each neuron divided by its
    /// standard deviation, as they are compared.
    pub trajectories: Features,
    /// A point per neuron `[M, 10]`: of condition means as they are, as units of networks are shown.
    pub selectivity: Features,
}

impl Components {
    /// Of smoothed condition means `[M, G, C]`.
    pub(super) fn new(means: Array3<f64>, alignment: &Alignment) -> Result<Self, RankingError> {
        let [edges, _] = alignment.edges();
        Ok(Self {
            steps: edges.windows(2).map(|ends| f64::midpoint(ends[0], ends[1])).collect(),
            selectivity: selectivity::selectivity(means.view())?,
            trajectories: trajectories::trajectories(of_unit_variance(means).view())?,
        })
    }
}

/// Distances by one measure where every network is observed as the recording was, means over the worlds.
#[derive(Clone, Debug, PartialEq)]
pub struct Observed {
    /// The measure.
    pub measure: Measure,
    /// Of the recording to each network `[K]`.
    pub recorded: Vec<f64>,
    /// Of each pair of networks `[K, K]`.
    pub between: Array2<f64>,
}

impl Compared<'_> {
    /// By each measure.
    pub(super) fn observed(&self, recorded: &[Vec<Distances>], worlds: &[World]) -> Vec<Observed> {
        let n = self.networks.len();
        let n_worlds = worlds.len() as f64;
        let of_measure = |(place, measure)| Observed {
            measure,
            recorded: (0..n)
                .map(|i| recorded.iter().map(|world| world[i][place]).sum::<f64>() / n_worlds)
                .collect(),
            between: Array2::from_shape_fn((n, n), |(i, j)| {
                worlds.iter().map(|world| world.between[i][j][place]).sum::<f64>() / n_worlds
            }),
        };
        Measure::ALL.into_iter().enumerate().map(of_measure).collect()
    }
}

/// Where a recording lies in a map of networks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placed {
    /// The place.
    pub at: [f64; 2],
    /// Sum over networks of (distance in the plane − distance)², over that of squared distances.
    pub relative_stress: f64,
    /// Correlation over pairs of networks of distances where they are observed and where they are not: what the map can say
    /// of a recording.
    pub correlation: f64,
}

/// Places a recording in a map of networks that are not observed, by its distances to them as they are observed.
///
/// Noise and few neurons make everything far. What a distance of observed networks is without that is taken from the networks
/// themselves: least squares of the plain distances of all pairs on the observed ones, at the recording's distances. The place
/// has the lowest stress.
///
/// - `points`: `[K, 2]`, the map; `plain`: `[K, K]`, the distances that it shows; `observed`: of the same networks.
///
/// [`None`] of fewer than three networks, or if observed distances do not rise with plain ones.
///
/// # Source
/// docs/methods.md §4.15; a step is that of SMACOF (Borg & Groenen 2005, ch. 8) for one point.
pub fn placed(points: &Array2<f64>, plain: &Array2<f64>, observed: &Observed) -> Option<Placed> {
    let n = points.nrows();
    if n < 3 {
        return None;
    }
    let pairs: Vec<[f64; 2]> = (0..n)
        .flat_map(|i| (i + 1..n).map(move |j| (i, j)))
        .map(|(i, j)| [observed.between[[i, j]], plain[[i, j]]])
        .collect();
    let mean = |axis: usize| pairs.iter().map(|pair| pair[axis]).sum::<f64>() / pairs.len() as f64;
    let means = [mean(0), mean(1)];
    let product = |a: usize, b: usize| {
        pairs.iter().map(|pair| (pair[a] - means[a]) * (pair[b] - means[b])).sum::<f64>()
    };
    let correlation = product(0, 1) / (product(0, 0) * product(1, 1)).sqrt();
    if correlation.is_nan() || correlation <= 0.0 {
        return None;
    }
    let slope = product(0, 1) / product(0, 0);
    let distances: Vec<f64> = observed
        .recorded
        .iter()
        .map(|distance| (means[1] + slope * (distance - means[0])).max(0.0))
        .collect();
    let squares: f64 = distances.iter().map(|distance| distance * distance).sum();
    let starts = points.outer_iter().map(|point| [point[0], point[1]]);
    // The first of equal ones.
    let best = starts
        .map(|start| descended(start, points, &distances))
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .filter(|_| squares > 0.0);
    best.map(|(at, stress)| Placed { at, relative_stress: stress / squares, correlation })
}

/// The nearest minimum of the stress of one point, and its stress.
fn descended(start: [f64; 2], points: &Array2<f64>, distances: &[f64]) -> ([f64; 2], f64) {
    let stress = |at: [f64; 2]| {
        let apart = |point: ndarray::ArrayView1<'_, f64>| (at[0] - point[0]).hypot(at[1] - point[1]);
        points.outer_iter().zip(distances).map(|(point, d)| (apart(point) - d).powi(2)).sum::<f64>()
    };
    let (mut at, mut lowest) = (start, stress(start));
    for _ in 0..MOST_STEPS {
        let mut sum = [0.0; 2];
        for (point, distance) in points.outer_iter().zip(distances) {
            let apart = [at[0] - point[0], at[1] - point[1]];
            let length = apart[0].hypot(apart[1]);
            for axis in 0..2 {
                // On the point itself any direction is as good.
                let direction =
                    if length > 0.0 { apart[axis] / length } else { f64::from(u8::from(axis == 0)) };
                sum[axis] += point[axis] + distance * direction;
            }
        }
        let next = sum.map(|of_axis| of_axis / distances.len() as f64);
        let found = stress(next);
        if found >= lowest - FINISH * lowest {
            break;
        }
        (at, lowest) = (next, found);
    }
    (at, lowest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, array};

    /// Distances of places in the plane, made larger as noise makes them.
    fn blurred(a: [f64; 2], b: [f64; 2]) -> f64 {
        2.0 * (a[0] - b[0]).hypot(a[1] - b[1]) + 0.7
    }

    #[test]
    fn a_point_of_the_plane_is_found_through_blurred_distances() {
        let places = [[0.0, 0.0], [3.0, 0.0], [0.0, 2.0], [-1.0, -2.0], [2.0, 2.5]];
        let points = Array2::from_shape_fn((5, 2), |(i, axis)| places[i][axis]);
        let plain = crate::analysis::embedding::distances(points.view());
        let truth = [1.2, -0.8];
        let observed = Observed {
            measure: Measure::Trajectories,
            recorded: places.iter().map(|&place| blurred(place, truth)).collect(),
            between: Array2::from_shape_fn((5, 5), |(i, j)| blurred(places[i], places[j])),
        };
        let found = placed(&points, &plain, &observed).expect("distances rise");
        assert!((found.at[0] - truth[0]).abs() < 1e-4 && (found.at[1] - truth[1]).abs() < 1e-4, "{found:?}");
        assert!(found.relative_stress < 1e-8 && found.correlation > 0.999_999, "{found:?}");
    }

    #[test]
    fn distances_that_say_nothing_of_the_map_give_no_place() {
        let points = array![[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]];
        let plain = crate::analysis::embedding::distances(points.view());
        let observed = |between| Observed { measure: Measure::Endpoints, recorded: vec![1.0; 3], between };
        assert_eq!(placed(&points, &plain, &observed(Array2::ones((3, 3)))), None);
        assert_eq!(placed(&points, &plain, &observed(plain.mapv(|d| 2.0 - d))), None);
    }
}
