//! Times the measures of similarity on untrained networks of the six architectures, on one thread.
//!
//! `similarity_bench [TASK] [NETWORKS A CLASS]`; without arguments `cddm` and 4. Then says how often more random starts of
//! dynamical similarity find a better alignment, and how near the best is to its bound.

#![allow(clippy::print_stdout)] // a program
#![allow(clippy::unwrap_used)] // an argument that is no number ends it

use std::time::Instant;

use circuitscope::analysis::distance::upper_pairs;
use circuitscope::analysis::similarity::dsa::{Alignment, Dynamics, N_DELAYS, Search, dynamics};
use circuitscope::analysis::similarity::{Prepared, SimilarityMeasure, distances, prepare};
use circuitscope::analysis::trajectories::trajectories;
use circuitscope::architecture::Architecture;
use circuitscope::dynamics::run::{rates, states};
use circuitscope::task::Task;
use circuitscope::train::{Recipe, untrained};
use ndarray::Array2;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let task = Task::published(&arguments.next().unwrap_or_else(|| "cddm".to_owned())).expect("a task");
    let n_networks: u64 = arguments.next().map_or(4, |text| text.parse().unwrap());
    rayon::ThreadPoolBuilder::new().num_threads(1).build_global().unwrap();
    let trials = task.analysis_trials();
    let points: Vec<Array2<f64>> = Architecture::PUBLISHED
        .iter()
        .flat_map(|&architecture| (0..n_networks).map(move |seed| (architecture, seed)))
        .map(|(architecture, seed)| {
            let network = untrained(&task, &Recipe::published(task.name(), architecture), seed);
            let states = states(&network, trials.inputs.view()).unwrap();
            trajectories(rates(&network, states).view()).unwrap().points
        })
        .collect();
    println!("{} networks, {} points each", points.len(), points[0].nrows());
    let pairs = upper_pairs(points.len());
    let of_points = &SimilarityMeasure::ALL[..4];
    for measures in [of_points, &SimilarityMeasure::ALL[4..]] {
        let begun = Instant::now();
        let prepared: Vec<Prepared> = points
            .iter()
            .map(|points| prepare(points.view(), trials.n_trials(), measures).unwrap())
            .collect();
        let preparing = begun.elapsed().as_secs_f64() / points.len() as f64;
        let (search, begun) = (Search::standard(), Instant::now());
        for &(i, j) in &pairs {
            std::hint::black_box(distances(&prepared[i], &prepared[j], measures, &search).unwrap());
        }
        let each = begun.elapsed().as_secs_f64() / pairs.len() as f64;
        println!("{measures:?}: {:.1} ms a network, {:.2} ms a pair", 1e3 * preparing, 1e3 * each);
    }
    search(&points, trials.n_trials(), &pairs);
}

/// How often more starts find a better alignment.
fn search(points: &[Array2<f64>], n_trials: usize, pairs: &[(usize, usize)]) {
    let laws: Vec<Dynamics> =
        points.iter().map(|points| dynamics(points.view(), n_trials, N_DELAYS).unwrap()).collect();
    let pairs: Vec<(usize, usize)> = pairs.iter().copied().step_by(pairs.len().div_ceil(200)).collect();
    let align = |search: &Search| -> Vec<Alignment> {
        pairs.iter().map(|&(i, j)| search.align(&laws[i], &laws[j])).collect()
    };
    let best = align(&Search::new(100));
    for n in [0, 2, 6, 12, 24] {
        let begun = Instant::now();
        let found = align(&Search::new(n));
        let each = begun.elapsed().as_secs_f64() / pairs.len() as f64;
        let excess = |(x, y): (&Alignment, &Alignment)| x.euclidean() / y.euclidean() - 1.0;
        let excess: Vec<f64> = found.iter().zip(&best).map(excess).collect();
        let n_missed = excess.iter().filter(|&&excess| excess > 1e-6).count();
        let worst = excess.iter().copied().fold(0.0, f64::max);
        println!(
            "{n} random starts: {:.2} ms a pair, {n_missed} of {} longer than with 100, by {worst:.1e} at most",
            1e3 * each,
            pairs.len()
        );
    }
    let mean = |of: &dyn Fn(&Alignment) -> f64| best.iter().map(of).sum::<f64>() / best.len() as f64;
    println!(
        "least distance over the best found {:.3}; starts that agree {:.2}; angle {:.4}, distance {:.4} on average",
        mean(&|found| found.least() / found.euclidean()),
        mean(&|found| found.n_agreeing as f64 / found.n_starts as f64),
        mean(&|found| found.angular()),
        mean(&|found| found.euclidean())
    );
}
