//! Distances between the circuits of different networks.

use super::record::{CircuitOutcome, FittedCircuit, MatrixName, NetworkCircuit};
use circuitscope::analysis::latent_circuit::distance::distance;
use circuitscope::analysis::latent_circuit::setting::Wiring;
use circuitscope::network::Network;
use ndarray::{Array1, Array2};

/// Two networks with circuits.
#[derive(Clone, Debug, PartialEq)]
pub struct CircuitPair {
    /// Name of the first.
    pub a: String,
    /// Name of the second.
    pub b: String,
    /// Root mean square difference of their weights, free nodes matched.
    pub distance: f64,
}

/// Every pair of networks with circuits, in their order.
///
/// - `dynamics`: of one of the networks; a distance sees weights alone.
pub(super) fn pairs(circuits: &[NetworkCircuit], dynamics: &Network, wiring: &Wiring) -> Vec<CircuitPair> {
    let fitted: Vec<(&str, Network)> = circuits
        .iter()
        .filter_map(|circuit| match &circuit.outcome {
            CircuitOutcome::Fitted(fitted) => Some((circuit.network.as_str(), consensus(fitted, dynamics)?)),
            CircuitOutcome::None { .. } => None,
        })
        .collect();
    let mut pairs = Vec::new();
    for (i, (name_a, a)) in fitted.iter().enumerate() {
        for (name_b, b) in &fitted[i + 1..] {
            let (a, b, distance) = ((*name_a).to_owned(), (*name_b).to_owned(), distance(a, b, wiring));
            pairs.push(CircuitPair { a, b, distance });
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
