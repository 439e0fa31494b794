//! The mean circuit of each class.

use super::pairs::consensus;
use super::record::{CircuitMean, CircuitOutcome};
use super::{TaskResults, matrices};
use crate::latent_circuits::RESAMPLING;
use circuitscope::analysis::latent_circuit::class_mean::class_mean;
use circuitscope::analysis::latent_circuit::setting::Wiring;
use circuitscope::network::Network;

/// The mean over the networks of each class that has circuits of two or more, class by class; free nodes are matched to
/// those of the first class's mean.
///
/// - `dynamics`: of one of the networks; a mean is one of weights alone.
pub(super) fn means(of_task: &TaskResults<'_>, dynamics: &Network, wiring: &Wiring) -> Vec<CircuitMean> {
    let class_of =
        |network: &str| of_task.items.iter().find(|item| item.network == network).map(|item| item.class);
    let mut reference: Option<Network> = None;
    let mut means = Vec::new();
    for class in 0..of_task.task.classes.len() {
        let fitted = of_task.circuits.iter().filter(|circuit| class_of(&circuit.network) == Some(class));
        let fitted: Vec<_> = fitted
            .filter_map(|circuit| match &circuit.outcome {
                CircuitOutcome::Fitted(fitted) => Some(fitted.as_ref()),
                CircuitOutcome::None { .. } => None,
            })
            .collect();
        let circuits: Vec<Network> = fitted.iter().filter_map(|fitted| consensus(fitted, dynamics)).collect();
        let circuits: Vec<&Network> = circuits.iter().collect();
        let Some(mean) = class_mean(&circuits, reference.as_ref(), wiring, RESAMPLING) else { continue };
        let weights = matrices(&mean.w_rec, &mean.w_inp, &mean.w_out);
        let nodes = fitted[0].nodes.clone();
        let n = fitted.len() as f64;
        let r2_total = fitted.iter().map(|fitted| fitted.scores.r2_total).sum::<f64>() / n;
        let unseen = fitted.iter().map(|fitted| fitted.held_out.map(|unseen| unseen.r2_total));
        let held_out_r2_total = unseen.sum::<Option<f64>>().map(|sum| sum / n);
        let n_networks = mean.n_networks;
        means.push(CircuitMean { class, n_networks, r2_total, held_out_r2_total, nodes, weights });
        reference.get_or_insert(mean.circuit);
    }
    means
}
