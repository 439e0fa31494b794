//! Circuits of recorded responses: a part of the units, baselines, units of measure, noise.

use crate::planted::{Kind, Planted};
use circuitscope::KernelPath;
use circuitscope::analysis::latent_circuit::fit::{Fit, fits};
use circuitscope::analysis::latent_circuit::judge::{Folds, held_out};
use circuitscope::analysis::latent_circuit::matching::{agreement, matching, reordered};
use circuitscope::analysis::latent_circuit::responses::Responses;
use circuitscope::analysis::latent_circuit::setting::{EmbeddingModel, NodeDynamics, Setting, Variant};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use std::ops::ControlFlow;

fn linear(n_iterations: usize) -> Setting {
    let embedding = EmbeddingModel::Linear;
    Setting { embedding, n_iterations, ..Setting::published(Variant::Te25, 8, 6, 2) }
}

fn best(planted: &Planted, responses: &Responses, setting: &Setting, n_fits: usize) -> Fit {
    let dynamics = NodeDynamics::of_network(&planted.circuit);
    let path = KernelPath::detect();
    let found = fits(responses, dynamics, setting, n_fits, 1, path, &|_| ControlFlow::Continue(()));
    found.expect("fits").swap_remove(0)
}

/// The responses in another unit of measure, above baselines that differ from unit to unit.
fn recorded(responses: &Responses, scale: f64, baseline: f64) -> Responses {
    let mut recorded = responses.clone();
    for (unit, mut rates) in recorded.rates.outer_iter_mut().enumerate() {
        let above = baseline * (1.0 + (unit * 7 % 13) as f64);
        rates.mapv_inplace(|y| scale * y + above);
    }
    recorded
}

#[test]
fn neither_units_of_measure_nor_baselines_change_circuit_and_scores() {
    let planted = Planted::new(Kind::Inhibition, 1);
    let setting = linear(300);
    let own = best(&planted, &planted.responses, &setting, 1);
    for (scale, baseline) in [(0.05, 0.0), (20.0, 0.0), (1.0, 3.0), (8.0, 40.0)] {
        let found = best(&planted, &recorded(&planted.responses, scale, baseline), &setting, 1);
        // Rounding of float64 before the fit: a float32 here or there falls on its neighbour, and 300 updates carry it on.
        let gap = &found.circuit.w_rec - &own.circuit.w_rec;
        assert!(gap.iter().all(|gap| gap.abs() < 1e-3), "{scale} {baseline}: {gap}");
        for (score, exact) in [
            (found.scores.variance_explained, own.scores.variance_explained),
            (found.scores.output_mse, own.scores.output_mse),
        ] {
            assert!((score - exact).abs() < 1e-3, "{scale} {baseline}: {score} and {exact}");
        }
        for (weight, exact) in found.embedding.iter().zip(&own.embedding) {
            assert!((weight / scale - exact).abs() < 1e-2, "{scale} {baseline}: {weight} and {exact}");
        }
    }
}

#[test]
fn a_planted_circuit_is_found_in_some_of_its_units_whatever_is_measured() {
    let planted = Planted::new(Kind::Inhibition, 2);
    let orthonormal = Setting { embedding: EmbeddingModel::Orthonormal, ..linear(2000) };
    let whole = best(&planted, &planted.responses, &orthonormal, 4);
    let some: Vec<usize> = (0..100).filter(|unit| unit % 5 < 2).collect();
    let part = recorded(&planted.responses, 25.0, 4.0).of_units(&some);
    let found = best(&planted, &part, &linear(2000), 4);
    let wiring = &orthonormal.wiring;
    let order = matching(&whole.circuit, &found.circuit, wiring);
    let correlation = agreement(&whole.circuit, &reordered(&found.circuit, &order), wiring);
    let [own, score] = [&whole, &found].map(|fit| fit.scores.variance_explained);
    assert!(correlation >= 0.9, "{correlation}");
    assert!(score >= own - 0.1, "{score} against {own}");
}

#[test]
fn noise_around_unequal_means_is_not_explained_seen_or_held_out() {
    let planted = Planted::new(Kind::Inhibition, 3);
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let mut noise = planted.responses.clone().of_units(&(0..24).collect::<Vec<_>>());
    for (unit, mut rates) in noise.rates.outer_iter_mut().enumerate() {
        rates.mapv_inplace(|_| {
            let drawn: f64 = StandardNormal.sample(&mut rng);
            0.02 * unit as f64 + 0.01 * drawn
        });
    }
    let dynamics = NodeDynamics::of_network(&planted.circuit);
    let folds = Folds { n_folds: 3, n_fits: 1, first_start: 0, seed: 2 };
    let (path, told) = (KernelPath::detect(), |_| ControlFlow::Continue(()));
    for embedding in [EmbeddingModel::Linear, EmbeddingModel::Orthonormal] {
        let setting = Setting { embedding, ..linear(400) };
        let found = best(&planted, &noise, &setting, 1);
        assert!(found.scores.variance_explained <= 0.0, "{embedding:?}: {:?}", found.scores);
        let unseen = held_out(&noise, dynamics, &setting, folds, path, &told).expect("three parts");
        assert!(unseen.iter().all(|scores| scores.variance_explained <= 0.0), "{embedding:?}: {unseen:?}");
    }
}
