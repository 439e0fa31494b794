//! Distances between the circuits of different networks, and their shuffled controls.

use super::super::Kind;
use super::record::{CircuitOutcome, FittedCircuit, MatrixName, NetworkCircuit};
use crate::config::Control;
use crate::identity::{of_parts, seed_of};
use circuitscope::analysis::controls::shuffled_circuit;
use circuitscope::analysis::latent_circuit::distance::distance;
use circuitscope::analysis::latent_circuit::setting::Wiring;
use circuitscope::network::Network;
use ndarray::{Array1, Array2};

/// Two circuits.
#[derive(Clone, Debug, PartialEq)]
pub struct CircuitPair {
    /// Network of the first.
    pub a: String,
    /// Network of the second.
    pub b: String,
    /// Whether each is fitted, or the control of one that is.
    pub kinds: [Kind; 2],
    /// Root mean square difference of their weights, free nodes matched.
    pub distance: f64,
}

/// Every pair of circuits: the fitted ones in the order of their networks, then their controls.
///
/// - `dynamics`: of one of the networks; a distance sees weights alone.
/// - `is_shuffled_too`: whether each circuit has a control, its weights shuffled among the places of the wiring.
pub(super) fn pairs(
    circuits: &[NetworkCircuit],
    dynamics: &Network,
    wiring: &Wiring,
    is_shuffled_too: bool,
) -> Vec<CircuitPair> {
    let fitted: Vec<(&NetworkCircuit, Network)> = circuits
        .iter()
        .filter_map(|circuit| match &circuit.outcome {
            CircuitOutcome::Fitted(fitted) => Some((circuit, consensus(fitted, dynamics)?)),
            CircuitOutcome::None { .. } => None,
        })
        .collect();
    let mut all: Vec<(&str, Kind, Network)> = Vec::new();
    for (circuit, fitted) in &fitted {
        all.push((&circuit.network, Kind::Trained, fitted.clone()));
    }
    for (circuit, fitted) in fitted.iter().filter(|_| is_shuffled_too) {
        let seed = seed_of(&of_parts(["shuffled circuit", &circuit.identity]));
        let control = shuffled_circuit(fitted, wiring, seed);
        all.push((&circuit.network, Kind::Control(Control::Shuffled), control));
    }
    let mut pairs = Vec::new();
    for (i, (name_a, kind_a, a)) in all.iter().enumerate() {
        for (name_b, kind_b, b) in &all[i + 1..] {
            pairs.push(CircuitPair {
                a: (*name_a).to_owned(),
                b: (*name_b).to_owned(),
                kinds: [*kind_a, *kind_b],
                distance: distance(a, b, wiring),
            });
        }
    }
    pairs
}

/// The consensus as a network of n units.
pub(super) fn consensus(fitted: &FittedCircuit, dynamics: &Network) -> Option<Network> {
    let n = fitted.nodes.len();
    let weights = |name: MatrixName| {
        let rows = &fitted.weights.iter().find(|weights| weights.matrix == name)?.mean;
        Array2::from_shape_vec((rows.len(), rows.first()?.len()), rows.concat()).ok()
    };
    Some(Network {
        w_rec: weights(MatrixName::WRec)?,
        w_inp: weights(MatrixName::WInp)?,
        w_out: weights(MatrixName::WOut)?,
        bias: Array1::zeros(n),
        initial_state: Array1::zeros(n),
        ..dynamics.clone()
    })
}
