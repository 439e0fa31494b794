//! How well a circuit predicts what changes of weights do to the behaviour of its network, beside circuits that should not
//! predict it.
//!
//! A correlation is blind to amplitude: a circuit whose changes are twice those of its network, all of them, correlates by 1
//! and predicts worse than no change at all. R² of the identity takes the changes as they are.
//!
//! Baselines: the circuit of [another network](of_other_circuit), one [without recurrent weights](without_recurrence), and the
//! same circuit in [randomly rotated](rotated) coordinates of the embedded nodes.

use ndarray::{Array2, ArrayView2};
use rand::RngExt;
use rand_distr::StandardNormal;

use super::matching::correlation;
use super::perturbation::{Effect, Probe, circuit_effects};
use super::start::orthonormal;
use crate::dynamics::run::RunError;
use crate::network::Network;
use crate::stream::of_draw;
use crate::task::Task;
use crate::trials::Trials;

/// Rotations that [`rotated`] averages over: its r, each of about 1/n for n nodes, is then known to a tenth of that.
const N_ROTATIONS: u64 = 100;

/// How changes in a circuit predict those in a network.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prediction {
    /// Pearson correlation; NaN where one side does not vary.
    pub r: f64,
    /// `1 − Σ(Δnetwork − Δcircuit)² / Σ Δnetwork²`: 1 where all are equal, 0 for a circuit in which nothing changes, below 0
    /// for one that is worse than that; NaN where nothing changes in the network.
    pub r2_identity: f64,
}

impl Prediction {
    /// Of changes side by side.
    pub fn of(circuit: &[f64], network: &[f64]) -> Self {
        let sum: f64 = network.iter().map(|x| x * x).sum();
        let left: f64 = circuit.iter().zip(network).map(|(x, y)| (y - x).powi(2)).sum();
        let r2_identity = if sum > 0.0 { 1.0 - left / sum } else { f64::NAN };
        Self { r: correlation(circuit, network), r2_identity }
    }

    /// Means over several; [`None`] of none.
    pub fn mean(of: &[Self]) -> Option<Self> {
        let mean = |number: fn(&Self) -> f64| of.iter().map(number).sum::<f64>() / of.len() as f64;
        (!of.is_empty()).then(|| Self { r: mean(|one| one.r), r2_identity: mean(|one| one.r2_identity) })
    }
}

/// That of the circuit itself.
///
/// - `effects`: of changes of weights, as [`causality`](super::perturbation::causality) gives them.
pub fn fitted(effects: &[Effect]) -> Prediction {
    let [circuit, network] = sides(effects);
    Prediction::of(&circuit, &network)
}

/// That of another network's circuit.
///
/// - `other`: the effects in the other circuit, of as many nodes and numbers of behaviour. `order`: its nodes in the order of
///   the network's own circuit, see [`matching`](super::matching::matching).
///
/// [`None`] if the other circuit lacks one of the changes.
pub fn of_other_circuit(effects: &[Effect], other: &[Effect], order: &[usize]) -> Option<Prediction> {
    let in_other = |effect: &Effect| {
        let at = [*order.get(effect.row)?, *order.get(effect.column)?, effect.quantity];
        let found = other.iter().find(|other| [other.row, other.column, other.quantity] == at)?;
        Some(found.circuit)
    };
    let circuit: Vec<f64> = effects.iter().map(in_other).collect::<Option<_>>()?;
    let [_, network] = sides(effects);
    Some(Prediction::of(&circuit, &network))
}

/// That of the circuit whose recurrent weights are all zero before they are changed.
///
/// # Errors
/// [`RunError`] if the circuit does not fit the trials.
pub fn without_recurrence(
    circuit: &Network,
    effects: &[Effect],
    task: &Task,
    trials: &Trials,
    probe: Probe,
) -> Result<Prediction, RunError> {
    let empty = Network { w_rec: Array2::zeros(circuit.w_rec.dim()), ..circuit.clone() };
    let of_circuit = circuit_effects(&empty, task, trials, probe)?;
    let [_, network] = sides(effects);
    Ok(Prediction::of(&of_circuit, &network))
}

/// That of the circuit where its nodes stand for randomly rotated ones: `Q R` instead of `Q`, the mean over rotations `R`.
///
/// To first order in the change, that of a rotated node pair is a sum of those of the pairs as they are,
/// `Σ R_ki R_lj Δnetwork_kl`, so that no network is run; the sum of their squares is the same for every rotation.
///
/// - `effects`: all of n² weights, row by row, each with all its numbers.
pub fn rotated(effects: &[Effect], seed: u64) -> Option<Prediction> {
    let last = effects.last()?;
    let (n, n_quantities) = (last.row + 1, last.quantity + 1);
    let [circuit, network] = sides(effects);
    let of_quantities: Vec<Array2<f64>> = (0..n_quantities)
        .map(|k| Array2::from_shape_fn((n, n), |(i, j)| network[(i * n + j) * n_quantities + k]))
        .collect();
    let draw = |place: u64| {
        let mut rng = of_draw(seed, place);
        let normals = Array2::from_shape_simple_fn((n, n), || rng.sample::<f64, _>(StandardNormal));
        let entries = orthonormal(normals.view());
        let rotation = ArrayView2::from_shape((n, n), &entries).ok()?;
        let turned: Vec<Array2<f64>> =
            of_quantities.iter().map(|effects| rotation.t().dot(effects).dot(&rotation)).collect();
        let places = effects.iter().map(|effect| turned[effect.quantity][[effect.row, effect.column]]);
        Some(Prediction::of(&circuit, &places.collect::<Vec<f64>>()))
    };
    Prediction::mean(&(0..N_ROTATIONS).map(draw).collect::<Option<Vec<_>>>()?)
}

fn sides(effects: &[Effect]) -> [Vec<f64>; 2] {
    [
        effects.iter().map(|effect| effect.circuit).collect(),
        effects.iter().map(|effect| effect.network).collect(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Effects of the weights among four nodes on two numbers, in the network `scale` times those in the circuit.
    fn effects(scale: f64) -> Vec<Effect> {
        let at = |place: usize| [place / 8, place / 2 % 4, place % 2];
        let effect = |place: usize| {
            let [row, column, quantity] = at(place);
            let circuit = ((3 * row + 7 * column * quantity + row * column) as f64).sin();
            Effect { row, column, quantity, circuit, network: scale * circuit }
        };
        (0..32).map(effect).collect()
    }

    #[test]
    fn a_correlation_is_blind_to_amplitude_and_the_identity_is_not() {
        for (scale, r, r2_identity) in
            [(1.0, 1.0, 1.0), (2.0, 1.0, 0.75), (0.5, 1.0, 0.0), (-1.0, -1.0, -3.0)]
        {
            let found = fitted(&effects(scale));
            assert!((found.r - r).abs() < 1e-12, "{scale}: {found:?}"); // rounding
            assert!((found.r2_identity - r2_identity).abs() < 1e-12, "{scale}: {found:?}");
        }
        let still = fitted(&effects(0.0));
        assert!(still.r.is_nan() && still.r2_identity.is_nan());
    }

    #[test]
    fn another_circuit_is_read_in_the_order_of_its_matched_nodes() {
        let own = effects(1.0);
        let order = [2, 0, 3, 1];
        let mut other = own.clone();
        for effect in &mut other {
            (effect.row, effect.column) = (order[effect.row], order[effect.column]);
        }
        other.reverse();
        let found = of_other_circuit(&own, &other, &order).expect("every change");
        assert!((found.r2_identity - 1.0).abs() < 1e-12);
        let askew = of_other_circuit(&own, &other, &[0, 1, 2, 3]).expect("every change");
        assert!(askew.r2_identity < 0.5, "{askew:?}");
        assert_eq!(of_other_circuit(&own, &other[1..], &order), None);
    }

    #[test]
    fn rotated_nodes_predict_no_better_than_their_number_lets_them() {
        let found = rotated(&effects(1.0), 1).expect("effects");
        assert!(found.r.abs() < 0.3, "{found:?}");
        // A rotation keeps the sum of squares: the mean is 1 − 2 (1 − r′), with r′ the cosine, of changes of one size.
        assert!((-1.6..=-0.4).contains(&found.r2_identity), "{found:?}");
        assert_eq!(rotated(&effects(1.0), 1), Some(found));
        assert_ne!(rotated(&effects(1.0), 2), Some(found));
    }
}
