use crate::planted::{Kind, cddm, circuit, trials};
use circuitscope::analysis::latent_circuit::fit::{Fit, Outcome};
use circuitscope::analysis::latent_circuit::perturbation::{Probe, causality};
use circuitscope::analysis::latent_circuit::score::Scores;
use circuitscope::network::Network;
use circuitscope::task::Task;
use ndarray::{Array1, Array2, s};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// The circuit and four units that take no part.
fn padded(circuit: &Network) -> Network {
    let widen = |weights: &Array2<f64>, rows: usize, columns: usize| {
        let mut wide = Array2::zeros((rows, columns));
        wide.slice_mut(s![..weights.nrows(), ..weights.ncols()]).assign(weights);
        wide
    };
    Network {
        w_rec: widen(&circuit.w_rec, 12, 12),
        w_inp: widen(&circuit.w_inp, 12, 6),
        w_out: widen(&circuit.w_out, 2, 12),
        bias: Array1::zeros(12),
        initial_state: Array1::zeros(12),
        ..circuit.clone()
    }
}

fn fit(circuit: Network, order: [usize; 8]) -> Fit {
    let embedding = Array2::from_shape_fn((12, 8), |(unit, node)| f64::from(u8::from(unit == order[node])));
    let scores = Scores {
        r2_total: 1.0,
        r2_projected: 1.0,
        output_mse: 0.0,
        variance_explained: 1.0,
        pca_variance_explained: 1.0,
    };
    let q = embedding.clone();
    Fit {
        circuit,
        q,
        embedding,
        offset: Array1::zeros(12),
        outcome: Outcome::Finished,
        best_iteration: 0,
        loss: 0.0,
        scores,
        start: 0,
        seed: 0,
    }
}

#[test]
fn a_network_that_is_its_circuit_follows_every_change_and_one_seen_askew_does_not() {
    let probe = Probe { n_permutations: 999, ..Probe::STANDARD };
    for kind in [Kind::Inhibition, Kind::Saturation] {
        let circuit = circuit(kind, &mut ChaCha8Rng::seed_from_u64(1));
        let network = padded(&circuit);
        let task = Task::Cddm(cddm());
        let judge = |order| causality(&network, &fit(circuit.clone(), order), &task, &trials(), probe);
        let straight = judge([0, 1, 2, 3, 4, 5, 6, 7]).expect("six inputs");
        for (found, n) in [
            (straight.weights, 64),
            (straight.behaviour, 64),
            (straight.states, 64),
            (straight.silenced_behaviour, 8),
            (straight.silenced_states, 8),
        ] {
            assert!((found.r - 1.0).abs() < 1e-9, "{kind:?}: {straight:?}"); // the same runs up to rounding
            assert!(found.n == n && found.p <= 0.01, "{kind:?}: {straight:?}");
        }
        let askew = judge([3, 0, 5, 6, 7, 2, 4, 1]).expect("six inputs");
        assert!(askew.behaviour.r < 0.5 && askew.weights.r < 0.5, "{kind:?}: {askew:?}");
    }
}
