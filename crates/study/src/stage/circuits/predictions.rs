//! How circuits predict what changes of weights do to their networks, and how circuits that should not do.

use super::TaskResults;
use super::pairs::consensus;
use super::record::{CircuitOutcome, NetworkCircuit};
use crate::identity::{of_parts, seed_of};
use circuitscope::analysis::latent_circuit::matching::matching;
use circuitscope::analysis::latent_circuit::perturbation::{Effect, Probe};
use circuitscope::analysis::latent_circuit::prediction::{
    Prediction, fitted, of_other_circuit, rotated, without_recurrence,
};
use circuitscope::analysis::latent_circuit::setting::Wiring;
use circuitscope::network::Network;
use rayon::prelude::*;

/// Predictions of the changes of behaviour with each recurrent weight; none where they have no number.
#[derive(Clone, Debug, PartialEq)]
pub struct CircuitPrediction {
    /// Name of the network.
    pub network: String,
    /// That of its own circuit.
    pub fitted: Option<Prediction>,
    /// Mean over the circuits of other networks, of its class where there are some, else of its task; nodes matched.
    pub other_circuit: Option<Prediction>,
    /// That of its circuit without recurrent weights.
    pub no_recurrence: Option<Prediction>,
    /// Mean over random rotations of the embedded nodes.
    pub rotated: Option<Prediction>,
}

/// A network with its circuit.
struct Subject<'a> {
    circuit: &'a NetworkCircuit,
    class: usize,
    /// The consensus, with the dynamics of the network.
    consensus: Network,
    effects: Vec<Effect>,
}

/// The predictions of every circuit of a task, in the order of [`TaskResults::circuits`].
pub(super) fn predictions(of_task: &TaskResults<'_>, wiring: &Wiring) -> Vec<CircuitPrediction> {
    let subjects: Vec<Subject<'_>> =
        of_task.circuits.iter().filter_map(|circuit| subject(of_task, circuit)).collect();
    subjects.par_iter().map(|subject| prediction(of_task, subject, &subjects, wiring)).collect()
}

fn subject<'a>(of_task: &TaskResults<'_>, circuit: &'a NetworkCircuit) -> Option<Subject<'a>> {
    let CircuitOutcome::Fitted(fitted) = &circuit.outcome else { return None };
    let item = of_task.items.iter().find(|item| item.network == circuit.network)?;
    let consensus = consensus(fitted, &of_task.network(item).file.network)?;
    let effects = fitted.effects.iter().map(|effect| Effect {
        row: effect.row,
        column: effect.column,
        quantity: effect.quantity,
        circuit: effect.circuit,
        network: effect.network,
    });
    Some(Subject { circuit, class: item.class, consensus, effects: effects.collect() })
}

fn prediction(
    of_task: &TaskResults<'_>,
    subject: &Subject<'_>,
    all: &[Subject<'_>],
    wiring: &Wiring,
) -> CircuitPrediction {
    let task = &of_task.task.task;
    let Subject { circuit, effects, consensus, .. } = subject;
    let others = || all.iter().filter(|other| other.circuit.network != circuit.network);
    let has_classmate = others().any(|other| other.class == subject.class);
    let of_other = |other: &Subject<'_>| {
        let order = matching(consensus, &other.consensus, wiring);
        of_other_circuit(effects, &other.effects, &order)
    };
    let of_others: Option<Vec<Prediction>> =
        others().filter(|other| !has_classmate || other.class == subject.class).map(of_other).collect();
    let known = |prediction: &Prediction| prediction.r2_identity.is_finite();
    CircuitPrediction {
        network: circuit.network.clone(),
        fitted: Some(fitted(effects)).filter(known),
        other_circuit: of_others.and_then(|of| Prediction::mean(&of)).filter(known),
        no_recurrence: without_recurrence(consensus, effects, task, &task.analysis_trials(), Probe::STANDARD)
            .ok()
            .filter(known),
        rotated: rotated(effects, seed_of(&of_parts(["rotated nodes", &circuit.identity]))).filter(known),
    }
}
