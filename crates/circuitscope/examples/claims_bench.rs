//! How long the claims of a large study take: `cargo run --release --example claims_bench [NETWORKS A CLASS]`.
//!
//! Three tasks, six classes, four aspects and every measure, with the published numbers of permutations and resamples.

#![allow(clippy::print_stdout, reason = "the measurement is what is printed")]

use circuitscope::analysis::distance::Aspect;
use circuitscope::analysis::embedding;
use circuitscope::analysis::measures::Measure;
use circuitscope::analysis::statistics::Resampling;
use circuitscope::architecture::Constraint;
use circuitscope::claims::{
    AspectEvidence, Between, ClassScores, Margins, NetworkEvidence, TaskEvidence, Terms, judge,
};
use circuitscope::{Curve, task::Task};
use ndarray::Array2;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;
use std::time::Instant;

fn main() {
    let n_per_class = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(100);
    let tasks = Task::NAMES.map(|task| evidence(task, n_per_class));
    let begun = Instant::now();
    let resampling = Resampling { n_resamples: 1000, n_permutations: 9999, seed: 1 };
    let claims = judge(&tasks, Terms::new(resampling, Margins::default()));
    let seconds = begun.elapsed().as_secs_f64();
    println!("{} claims on three tasks of {} networks each: {seconds:.0} s", claims.len(), 6 * n_per_class);
}

/// Networks whose activations lie apart; what they are does not change how long it takes.
fn evidence(task: &str, n_per_class: usize) -> TaskEvidence {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut networks = Vec::new();
    for (place, curve) in [Curve::Relu, Curve::Sigmoid, Curve::Tanh].into_iter().enumerate() {
        for constraint in [Constraint::Dale, Constraint::Free] {
            for _ in 0..n_per_class {
                let value = |measure: Measure| (measure, place as f64 + rng.random::<f64>());
                networks.push(NetworkEvidence {
                    curve,
                    constraint,
                    class: format!("{curve:?} {constraint:?}"),
                    r2: Some(0.95),
                    measures: Measure::ALL.map(value).into(),
                    untrained: BTreeMap::new(),
                });
            }
        }
    }
    let n = networks.len();
    let mut between = |scale: f64| {
        let points = Array2::from_shape_fn((n, 6), |(i, d)| {
            let centre = if d == 0 { scale * (i / (2 * n_per_class)) as f64 } else { 0.0 };
            centre + rng.random::<f64>()
        });
        Between { distances: embedding::distances(points.view()), networks: (0..n).collect() }
    };
    let aspects = Aspect::ALL.map(|aspect| AspectEvidence {
        aspect,
        trained: between(1.0),
        embedded: Some(between(1.0)),
        untrained: Some(between(0.5)),
    });
    let scores = vec![ClassScores { class: "any".to_owned(), r2: vec![Some(0.95); n] }];
    TaskEvidence {
        contexts: circuitscope::analysis::measures::Contexts::Two { onset: 0 },
        task: task.to_owned(),
        floor: 0.9,
        scores,
        networks,
        aspects: aspects.into(),
    }
}
