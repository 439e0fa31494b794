use crate::planted::{Kind, cddm, circuit, trials};
use circuitscope::analysis::latent_circuit::fit::{Fit, Outcome};
use circuitscope::analysis::latent_circuit::matching::matching;
use circuitscope::analysis::latent_circuit::perturbation::{Effect, Probe, causality};
use circuitscope::analysis::latent_circuit::prediction::{
    Prediction, fitted, of_other_circuit, rotated, without_recurrence,
};
use circuitscope::analysis::latent_circuit::score::Scores;
use circuitscope::analysis::latent_circuit::setting::{Variant, Wiring};
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
        let task = Task::from(cddm());
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

const STRAIGHT: [usize; 8] = [0, 1, 2, 3, 4, 5, 6, 7];

/// What changes of weights do to a circuit and to a network.
fn effects(network: &Network, fit: &Fit) -> Vec<Effect> {
    let probe = Probe { n_permutations: 9, ..Probe::STANDARD };
    causality(network, fit, &Task::from(cddm()), &trials(), probe).expect("six inputs").effects
}

#[test]
fn a_circuit_of_half_the_amplitude_or_the_other_sign_correlates_and_does_not_predict() {
    let circuit = circuit(Kind::Inhibition, &mut ChaCha8Rng::seed_from_u64(1));
    let network = padded(&circuit);
    for (gain, r, r2_identity) in [(1.0, 1.0, 1.0), (0.5, 1.0, 0.75), (-1.0, -1.0, -3.0)] {
        let scaled = Network { w_out: gain * &circuit.w_out, ..circuit.clone() };
        let found = fitted(&effects(&network, &fit(scaled, STRAIGHT)));
        // The same runs up to rounding.
        assert!((found.r - r).abs() < 1e-9 && (found.r2_identity - r2_identity).abs() < 1e-9, "{found:?}");
    }
}

#[test]
fn a_planted_circuit_predicts_its_network_better_than_every_baseline() {
    let wiring = Wiring::published(Variant::Te25, 8, 6, 2);
    for kind in [Kind::Inhibition, Kind::Saturation] {
        let draw = |seed| circuit(kind, &mut ChaCha8Rng::seed_from_u64(seed));
        let (own, other) = (draw(1), draw(2));
        let network = padded(&own);
        let found = effects(&network, &fit(own.clone(), STRAIGHT));
        let of_other = effects(&padded(&other), &fit(other.clone(), STRAIGHT));
        let order = matching(&own, &other, &wiring);
        let empty = without_recurrence(&own, &found, &Task::from(cddm()), &trials(), Probe::STANDARD);
        let best = fitted(&found);
        assert!(best.r2_identity > 1.0 - 1e-9, "{kind:?}: {best:?}");
        // Circuits of one kind differ by a twentieth of their weights.
        for (name, baseline, margin) in [
            ("another circuit", of_other_circuit(&found, &of_other, &order), 1e-3),
            ("no recurrence", empty.ok(), 0.05),
            ("rotated", rotated(&found, 1), 0.5),
        ] {
            let Prediction { r, r2_identity } = baseline.expect(name);
            let is_below = r < best.r - 0.5 * margin && r2_identity < best.r2_identity - margin;
            assert!(is_below, "{kind:?} {name}: {baseline:?}");
        }
    }
}

#[test]
fn changes_along_rotated_nodes_are_sums_of_those_along_the_nodes_as_they_are() {
    let circuit = circuit(Kind::Saturation, &mut ChaCha8Rng::seed_from_u64(1));
    let network = padded(&circuit);
    let straight = effects(&network, &fit(circuit.clone(), STRAIGHT));
    // A turn of each pair of nodes.
    let (cos, sin) = (0.4_f64.cos(), 0.4_f64.sin());
    let rotation = Array2::from_shape_fn((8, 8), |(i, j)| match (i / 2 == j / 2, i == j) {
        (true, true) => cos,
        (true, false) => {
            if i < j {
                -sin
            } else {
                sin
            }
        }
        _ => 0.0,
    });
    let mut turned = fit(circuit, STRAIGHT);
    turned.embedding = turned.embedding.dot(&rotation);
    let turned: Vec<f64> = effects(&network, &turned).iter().map(|effect| effect.network).collect();
    let summed: Vec<f64> = (0..384)
        .map(|at| {
            let [i, j, quantity] = [at / 48, at / 6 % 8, at % 6];
            straight
                .iter()
                .filter(|effect| effect.quantity == quantity)
                .map(|effect| rotation[[effect.row, i]] * rotation[[effect.column, j]] * effect.network)
                .sum()
        })
        .collect();
    // What is left is of third order in changes of 0.1, and of kinks.
    assert!(Prediction::of(&summed, &turned).r2_identity > 0.98, "{:?}", Prediction::of(&summed, &turned));
}
