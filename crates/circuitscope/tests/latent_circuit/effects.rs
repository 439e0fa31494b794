use crate::planted::{Kind, cddm, circuit, trials};
use circuitscope::analysis::latent_circuit::fit::{Fit, Outcome};
use circuitscope::analysis::latent_circuit::perturbation::{Effect, Probe, causality};
use circuitscope::analysis::latent_circuit::score::Scores;
use circuitscope::network::Network;
use circuitscope::task::Task;
use ndarray::Array2;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// The circuit as its own network, its nodes taken for the units `order`.
fn seen_as(circuit: Network, order: [usize; 8]) -> Fit {
    let q = Array2::from_shape_fn((8, 8), |(unit, node)| f64::from(u8::from(unit == order[node])));
    let scores = Scores {
        r2_total: 1.0,
        r2_projected: 1.0,
        output_mse: 0.0,
        variance_explained: 1.0,
        pca_variance_explained: 1.0,
    };
    let (embedding, offset, outcome) = (q.clone(), ndarray::Array1::zeros(8), Outcome::Finished);
    Fit { circuit, q, embedding, offset, outcome, best_iteration: 0, loss: 0.0, scores, start: 0, seed: 0 }
}

fn pearson(pairs: &[[f64; 2]]) -> f64 {
    let n = pairs.len() as f64;
    let mean = [0, 1].map(|side: usize| pairs.iter().map(|pair| pair[side]).sum::<f64>() / n);
    let moment = |a: usize, b: usize| -> f64 {
        pairs.iter().map(|pair| (pair[a] - mean[a]) * (pair[b] - mean[b])).sum()
    };
    moment(0, 1) / (moment(0, 0) * moment(1, 1)).sqrt()
}

#[test]
fn effects_are_the_numbers_behind_the_correlation_of_behaviour() {
    let circuit = circuit(Kind::Inhibition, &mut ChaCha8Rng::seed_from_u64(1));
    let task = Task::from(cddm());
    let probe = Probe { n_permutations: 9, ..Probe::STANDARD };
    for order in [[0, 1, 2, 3, 4, 5, 6, 7], [3, 0, 5, 6, 7, 2, 4, 1]] {
        let fit = seen_as(circuit.clone(), order);
        let found = causality(&circuit, &fit, &task, &trials(), probe).expect("six inputs");
        assert_eq!(found.effects.len(), 64 * 6); // bias and two sensitivities in each of two contexts
        let places = found.effects.iter().map(|effect| [effect.row, effect.column, effect.quantity]);
        assert!(places.eq((0..384).map(|at| [at / 48, at / 6 % 8, at % 6])));
        let pairs: Vec<[f64; 2]> =
            found.effects.iter().map(|&Effect { circuit, network, .. }| [circuit, network]).collect();
        assert!((pearson(&pairs) - found.behaviour.r).abs() < 1e-9, "{order:?}"); // sums in another order
    }
}
