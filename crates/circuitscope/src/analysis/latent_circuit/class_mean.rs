//! The mean circuit of networks of one class.

use ndarray::Array2;

use super::consensus::{Weights, summary};
use super::distance::distance;
use super::matching::{matching, reordered};
use super::setting::Wiring;
use crate::analysis::statistics::Bootstrap;
use crate::network::Network;

/// Rounds of matching and averaging at most; a handful settles it.
const MOST_ROUNDS: usize = 20;

/// Weights over the circuits of several networks, free nodes matched.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassMean {
    /// Networks behind it.
    pub n_networks: usize,
    /// The mean itself, as a circuit.
    pub circuit: Network,
    /// Recurrent weights, with intervals over networks.
    pub w_rec: Weights,
    /// Input weights.
    pub w_inp: Weights,
    /// Output weights.
    pub w_out: Weights,
}

/// The mean of circuits of different networks; [`None`] of fewer than two.
///
/// Free nodes are matched to the circuit that is nearest to all others, then to the mean, in turn until the order of nodes
/// stays. With a `reference`, such as the mean of another class, they are first matched to it, so that nodes of one place
/// play one part in both. Intervals are the bootstrap's over networks, of three or more; the order stays as it is in them.
///
/// # Panics
/// If the circuits are not of the wiring's size.
pub fn class_mean(
    circuits: &[&Network],
    reference: Option<&Network>,
    wiring: &Wiring,
    bootstrap: Bootstrap,
) -> Option<ClassMean> {
    if circuits.len() < 2 {
        return None;
    }
    let mut mean = reference.unwrap_or_else(|| middle(circuits, wiring)).clone();
    let mut orders: Vec<Vec<usize>> = Vec::new();
    let mut matched: Vec<Network> = Vec::new();
    for _ in 0..MOST_ROUNDS {
        let found: Vec<Vec<usize>> =
            circuits.iter().map(|circuit| matching(&mean, circuit, wiring)).collect();
        if found == orders {
            break;
        }
        matched = circuits.iter().zip(&found).map(|(circuit, order)| reordered(circuit, order)).collect();
        orders = found;
        mean = mean_of(&matched);
    }
    let weights = |of: fn(&Network) -> &Array2<f64>| {
        let matrices: Vec<&Array2<f64>> = matched.iter().map(of).collect();
        summary(&matrices, bootstrap)
    };
    Some(ClassMean {
        n_networks: circuits.len(),
        w_rec: weights(|circuit| &circuit.w_rec),
        w_inp: weights(|circuit| &circuit.w_inp),
        w_out: weights(|circuit| &circuit.w_out),
        circuit: mean,
    })
}

/// The circuit with the least sum of distances to the others, the first of equals.
fn middle<'a>(circuits: &[&'a Network], wiring: &Wiring) -> &'a Network {
    let total =
        |circuit: &Network| circuits.iter().map(|other| distance(circuit, other, wiring)).sum::<f64>();
    let mut best = (f64::INFINITY, circuits[0]);
    for circuit in circuits {
        let total = total(circuit);
        if total < best.0 {
            best = (total, circuit);
        }
    }
    best.1
}

fn mean_of(circuits: &[Network]) -> Network {
    let mean = |of: fn(&Network) -> &Array2<f64>| {
        let sum = circuits.iter().skip(1).fold(of(&circuits[0]).clone(), |sum, circuit| sum + of(circuit));
        sum / circuits.len() as f64
    };
    Network {
        w_rec: mean(|circuit| &circuit.w_rec),
        w_inp: mean(|circuit| &circuit.w_inp),
        w_out: mean(|circuit| &circuit.w_out),
        ..circuits[0].clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::latent_circuit::{made, setting::Variant};

    const BOOTSTRAP: Bootstrap = Bootstrap { n_resamples: 200, level: 0.95, seed: 1 };

    fn circuit(shift: f64) -> Network {
        made::circuit(|at| at.sin() + shift)
    }

    #[test]
    fn the_mean_of_circuits_with_shuffled_free_nodes_is_that_of_the_circuits() {
        let wiring = Wiring::published(Variant::Te25, 6, 3, 1);
        let shifts = [-0.02, 0.0, 0.02];
        let orders = [[0, 1, 2, 5, 3, 4], [0, 1, 2, 3, 4, 5], [0, 1, 2, 4, 5, 3]];
        let shuffled: Vec<Network> =
            shifts.iter().zip(&orders).map(|(&shift, order)| reordered(&circuit(shift), order)).collect();
        let shuffled: Vec<&Network> = shuffled.iter().collect();
        let whole = circuit(0.0);
        let found = class_mean(&shuffled, Some(&whole), &wiring, BOOTSTRAP).expect("three circuits");
        let [low, high] = found.w_rec.interval.expect("three networks");
        for ((at, &mean), &exact) in found.w_rec.mean.indexed_iter().zip(&whole.w_rec) {
            assert!((mean - exact).abs() < 1e-12, "{at:?}"); // sums of three numbers
            assert!(low[at] < mean && mean < high[at] && high[at] - low[at] < 0.0401, "{at:?}");
        }
        let found = class_mean(&shuffled, None, &wiring, BOOTSTRAP).expect("three circuits");
        assert!(
            distance(&found.circuit, &whole, &wiring) < 1e-12,
            "without a reference, up to the order of nodes"
        );
        assert_eq!(class_mean(&shuffled[..1], None, &wiring, BOOTSTRAP), None);
    }
}
