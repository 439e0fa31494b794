//! Which classes a recording may be of: those of which another network is as far from the class, and as far from it beside the
//! other classes.

use super::mean::mean;
use super::measure::{Distances, Measure};
use super::worlds::{World, means};
use statrs::distribution::{ContinuousCDF, StudentsT};
use std::f64::consts::PI;

/// Networks that a class needs at least to be judged: the spread of what each of them has to the others is known of three.
pub const FEWEST_NETWORKS: usize = 3;

/// A class is ruled out where p is no larger.
pub const RULED_OUT: f64 = 0.01;

/// Of the classes that are not ruled out one must have a p above this to be named.
///
/// Both were chosen on simulated recordings of networks of a class that the study lacks (docs/methods.md §4.15): by
/// [`RULED_OUT`] alone one in nine of them is taken for another class; with both, one in 120.
pub const ALIKE: f64 = crate::analysis::statistics::LEVEL;

/// What can be said of the class of a recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The recording has no signal beyond its noise: nothing can be compared.
    NoSignal,
    /// No class is like it.
    None,
    /// These classes, by their places, are not ruled out; one of them is like it, and others are ruled out.
    Some(Vec<usize>),
    /// These classes are not ruled out, but none of them is like it, and others are ruled out.
    Unlike(Vec<usize>),
    /// No class is ruled out.
    All,
}

/// A p that rounding cannot tell from 1 has a tangent that outweighs any other.
const LARGEST_P: f64 = 1.0 - 1e-6;
/// Smallest p of a measure: tails of t below are not known from a few networks.
const SMALLEST_P: f64 = 1e-12;

/// How far something is from each class, and from it beside the nearest other: logarithms of mean distances `[K]`.
struct Scores {
    far: Vec<Option<Distances>>,
    beside: Vec<Option<Distances>>,
}

impl Scores {
    /// Of distances to all networks, without those of these places.
    fn new(to: &[Distances], classes: &[Vec<usize>], without: &[usize]) -> Self {
        let logarithm = |distances: Distances| distances.map(|distance| distance.max(f64::MIN_POSITIVE).ln());
        let far: Vec<Option<Distances>> =
            means(to, classes, without).into_iter().map(|mean| mean.map(logarithm)).collect();
        let beside = (0..far.len())
            .map(|class| {
                let own = far[class]?;
                let others = (0..far.len()).filter(|&other| other != class).filter_map(|other| far[other]);
                let nearest =
                    others.reduce(|a, b| std::array::from_fn(|measure| a[measure].min(b[measure])))?;
                Some(std::array::from_fn(|measure| own[measure] - nearest[measure]))
            })
            .collect();
        Self { far, beside }
    }
}

/// A p for each class `[K]`: that a further network of the class, observed alike, is as far from it by any of the measures, or as
/// far beside the nearest other class. [`None`] for a class of fewer than [`FEWEST_NETWORKS`].
///
/// - `recording`: in each world, the distances of the recording to every network.
/// - `worlds`: the distances between networks in the same worlds.
/// - `without`: places of networks that are left out, as where one of them is the recording.
///
/// Each score of the recording is held against the same score of the networks of the class, each to all others, by Student's t
/// for one further observation. A network's mean leaves itself out, so that its own part weighs more in it: with independent
/// parts, d(i, j) = μ + aᵢ + aⱼ, the spread of scores within the class is (n − 2)/(n − 1) of that of a.
///
/// # Source
/// docs/methods.md §4.15. The combination of p: Liu & Xie 2020, doi:10.1080/01621459.2018.1554485.
pub(super) fn p_values(
    recording: &[Vec<Distances>],
    worlds: &[&World],
    classes: &[Vec<usize>],
    without: &[usize],
) -> Vec<Option<f64>> {
    let of_recording: Vec<Scores> = recording.iter().map(|to| Scores::new(to, classes, without)).collect();
    let of_class = |class: usize| {
        let members: Vec<usize> =
            classes[class].iter().copied().filter(|member| !without.contains(member)).collect();
        if members.len() < FEWEST_NETWORKS {
            return None;
        }
        let of_members: Vec<Vec<Scores>> = worlds
            .iter()
            .map(|world| {
                let score = |&member: &usize| {
                    let without: Vec<usize> = without.iter().copied().chain([member]).collect();
                    Scores::new(&world.between[member], classes, &without)
                };
                members.iter().map(score).collect()
            })
            .collect();
        let mut tangents = Vec::new();
        for score in [
            |scores: &Scores, class: usize| scores.far[class],
            |scores: &Scores, class: usize| scores.beside[class],
        ] {
            for measure in 0..Measure::ALL.len() {
                let own: Option<Vec<f64>> =
                    of_recording.iter().map(|scores| Some(score(scores, class)?[measure])).collect();
                let others: Option<Vec<Vec<f64>>> = of_members
                    .iter()
                    .map(|world| world.iter().map(|scores| Some(score(scores, class)?[measure])).collect())
                    .collect();
                if let (Some(own), Some(others)) = (own, others) {
                    let p = further(&own, &others).clamp(SMALLEST_P, LARGEST_P);
                    tangents.push(((0.5 - p) * PI).tan());
                }
            }
        }
        Some(0.5 - mean(tangents)?.atan() / PI)
    };
    (0..classes.len()).map(of_class).collect()
}

/// One-sided p that a further network has a score as large as this: the score in each world `[W]`, those of the networks of the
/// class in each `[W, n]`.
fn further(own: &[f64], others: &[Vec<f64>]) -> f64 {
    let n = others[0].len() as f64;
    let average = |values: &[f64]| mean(values.iter().copied()).unwrap_or_default();
    let means: Vec<f64> = others.iter().map(|scores| average(scores)).collect();
    let variance = |(scores, centre): (&Vec<f64>, &f64)| {
        scores.iter().map(|score| (score - centre).powi(2)).sum::<f64>() / (n - 1.0)
    };
    let variance = mean(others.iter().zip(&means).map(variance)).unwrap_or_default();
    let deviation = variance.sqrt() * (n - 1.0) / (n - 2.0) * (1.0 + 1.0 / n).sqrt();
    let excess = average(own) - average(&means);
    if deviation == 0.0 {
        return if excess > 0.0 { 0.0 } else { 1.0 };
    }
    StudentsT::new(0.0, 1.0, n - 1.0).map_or(1.0, |t| t.sf(excess / deviation))
}

impl Verdict {
    /// What p values say of classes with these members; a class without any says nothing.
    pub(super) fn of(p_values: &[Option<f64>], members: &[Vec<usize>]) -> Self {
        let present: Vec<usize> = (0..members.len()).filter(|&class| !members[class].is_empty()).collect();
        let is_above = |&class: &usize, bound: f64| p_values[class].is_none_or(|p| p > bound);
        let left: Vec<usize> = present.iter().copied().filter(|class| is_above(class, RULED_OUT)).collect();
        if left.is_empty() {
            Self::None
        } else if left.len() == present.len() {
            Self::All
        } else if left.iter().any(|class| is_above(class, ALIKE)) {
            Self::Some(left)
        } else {
            Self::Unlike(left)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stream::of_draw;
    use rand::RngExt;
    use rand_distr::StandardNormal;

    #[test]
    fn a_further_network_is_as_far_as_the_rest_in_the_share_of_cases_that_p_says() {
        // d(i, j) = 3 + aᵢ + aⱼ: the last of six is the further one.
        const N: usize = 6;
        let n_draws = 4000;
        let n_small = (0..n_draws).filter(|&draw| {
            let mut rng = of_draw(1, draw);
            let a: Vec<f64> = (0..N).map(|_| 0.2 * rng.sample::<f64, _>(StandardNormal)).collect();
            let mean_to = |i: usize| {
                let others: Vec<usize> = (0..N - 1).filter(|&j| j != i).collect();
                others.iter().map(|&j| 3.0 + a[i] + a[j]).sum::<f64>() / others.len() as f64
            };
            let scores: Vec<f64> = (0..N - 1).map(mean_to).collect();
            further(&[mean_to(N - 1)], &[scores]) < 0.05
        });
        // Exact for these distances; binomial, 4 standard errors.
        let rate = n_small.count() as f64 / n_draws as f64;
        assert!((rate - 0.05).abs() < 4.0 * (0.05_f64 * 0.95 / n_draws as f64).sqrt(), "{rate}");
    }

    #[test]
    fn a_class_is_named_if_it_is_alike_and_others_are_ruled_out() {
        let members = vec![vec![0], vec![1], vec![2]];
        let of = |p: [Option<f64>; 3]| Verdict::of(&p, &members);
        assert_eq!(of([Some(0.001), Some(0.3), Some(RULED_OUT)]), Verdict::Some(vec![1]));
        assert_eq!(of([Some(0.001), Some(ALIKE), Some(0.02)]), Verdict::Unlike(vec![1, 2]));
        assert_eq!(of([Some(0.001), Some(0.002), Some(0.003)]), Verdict::None);
        assert_eq!(of([Some(0.02), Some(0.02), Some(0.02)]), Verdict::All);
        // One of too few networks is never ruled out; one without any says nothing.
        assert_eq!(of([Some(0.001), None, Some(0.003)]), Verdict::Some(vec![1]));
        let absent = vec![vec![0], Vec::new(), vec![2]];
        assert_eq!(Verdict::of(&[Some(0.2), None, Some(0.3)], &absent), Verdict::All);
    }
}
