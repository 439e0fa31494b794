//! Latent circuits of the best networks of each class.

mod means;
mod pairs;
mod predictions;
mod record;

pub use pairs::CircuitPair;
pub use predictions::CircuitPrediction;
pub use record::{
    CircuitMean, CircuitMechanism, CircuitNode, CircuitOutcome, CircuitScores, CircuitWeights, FittedCircuit,
    MatrixName, NetworkCircuit, NodeResponse, StoredCorrelation, WeightEffect,
};

use super::{Context, Item, TaskResults};
use crate::config::{Circuits, Control};
use crate::event::{Event, Stage};
use crate::execute::ExecuteError;
use crate::identity::{ANALYSIS_VERSION, of_parts, seed_of};
use crate::job::Job;
use crate::latent_circuits::{
    Ends, Evidence, Inference, Starts, Updates, finite_responses, held_out, infer, role_name,
};
use crate::spread::spread;
use circuitscope::analysis::latent_circuit::CircuitError;
use circuitscope::analysis::latent_circuit::consensus::Weights;
use circuitscope::analysis::latent_circuit::fit::{Fit, Outcome, Progress};
use circuitscope::analysis::latent_circuit::mechanism::Mechanism;
use circuitscope::analysis::latent_circuit::perturbation::{Correlation, at_steps};
use circuitscope::analysis::latent_circuit::responses::Responses;
use circuitscope::analysis::latent_circuit::roles::roles;
use circuitscope::analysis::latent_circuit::setting::{NodeDynamics, Setting, Variant};
use circuitscope::dynamics::run::{RunError, states};
use circuitscope::network::Network;
use circuitscope::task::Task;
use ndarray::Array2;
use std::ops::ControlFlow;
use std::sync::atomic::Ordering;

/// A network whose circuits are wanted.
struct Piece<'a> {
    /// The task's place in the results.
    place: usize,
    task: &'a Task,
    network: &'a Network,
    item: &'a Item,
    job: Job,
    /// Seed of the fits: numbers that are taken of them besides renew the result and move no seed.
    seed: u64,
}

/// Fills [`TaskResults::circuits`] with circuits of the best networks of each class, and
/// [`TaskResults::circuit_pairs`], [`TaskResults::circuit_means`] and [`TaskResults::circuit_predictions`] with their
/// distances, their means and what they predict.
///
/// # Errors
/// [`ExecuteError`]; everything finished before it stays.
pub fn circuits(context: Context<'_>, results: &mut [TaskResults<'_>]) -> Result<(), ExecuteError> {
    let asked = context.study.circuits;
    if asked.networks == 0 {
        return Ok(());
    }
    let stage = Stage::Circuits;
    let pieces = pieces(context, results);
    let left: Vec<&Piece<'_>> = pieces.iter().filter(|piece| !piece.job.is_stored()).collect();
    let (n_pieces, n_done) = (pieces.len(), pieces.len() - left.len());
    let work = left.iter().map(|piece| n_updates(context, piece.task) as u64).sum();
    (context.listener)(Event::Began { stage, n_pieces, n_done, work });
    let fitted = spread(context, &pieces, |piece, _| Ok((piece.place, of_piece(context, piece)?)))?;
    for (place, circuit) in fitted {
        results[place].circuits.push(circuit);
    }
    for of_task in results.iter_mut() {
        let Some((network, _)) = of_task.networks.first() else { continue };
        let setting = setting(context, &of_task.task.task);
        let is_shuffled_too = context.study.comparison.controls.contains(&Control::Shuffled);
        let pairs = pairs::pairs(&of_task.circuits, &network.file.network, &setting.wiring, is_shuffled_too);
        let means = means::means(of_task, &network.file.network, &setting.wiring);
        let predictions = predictions::predictions(of_task, &setting.wiring);
        (of_task.circuit_pairs, of_task.circuit_means) = (pairs, means);
        of_task.circuit_predictions = predictions;
    }
    (context.listener)(Event::Ended { stage });
    Ok(())
}

/// Networks whose circuits are wanted and not stored.
pub(super) fn n_left(context: Context<'_>, results: &[TaskResults<'_>]) -> usize {
    pieces(context, results).iter().filter(|piece| !piece.job.is_stored()).count()
}

fn pieces<'a>(context: Context<'_>, results: &'a [TaskResults<'_>]) -> Vec<Piece<'a>> {
    let of_task = |(place, of_task): (usize, &'a TaskResults<'_>)| {
        let best = of_task.best(context.study.circuits.networks);
        best.into_iter().map(|item| piece(context, place, of_task, item)).collect::<Vec<_>>()
    };
    results.iter().enumerate().flat_map(of_task).collect()
}

/// Updates of all fits to one network.
fn n_updates(context: Context<'_>, task: &Task) -> usize {
    let Circuits { fits, folds, iterations, .. } = context.study.circuits;
    fits * iterations + folds * setting(context, task).n_iterations_held_out()
}

fn setting(context: Context<'_>, task: &Task) -> Setting {
    let n_iterations = context.study.circuits.iterations;
    Setting { n_iterations, ..Setting::of_task(task, Variant::Te25) }
}

fn piece<'a>(context: Context<'_>, place: usize, of_task: &'a TaskResults<'_>, item: &'a Item) -> Piece<'a> {
    let task = &of_task.task.task;
    let network = of_task.network(item);
    let Circuits { fits: n_fits, folds, .. } = context.study.circuits;
    let version =
        format!("circuits {ANALYSIS_VERSION} nodes permuted {n_fits} {folds} {:?}", setting(context, task));
    let identity = of_parts([version.as_str(), &item.identity, &task.text()]);
    let parts = [identity.as_str(), "mechanisms with signs in both contexts"];
    let job = Job::new(context.folder, "circuits", task.name(), parts);
    Piece { place, task, network: &network.file.network, item, job, seed: seed_of(&identity) }
}

/// The stored circuits of a network, or new ones.
fn of_piece(context: Context<'_>, piece: &Piece<'_>) -> Result<NetworkCircuit, ExecuteError> {
    let network = piece.item.network.clone();
    let stored = piece.job.get_or_compute(context, || fitted(context, piece))?;
    // Study files that have the network in common may name its class, and so the network, differently.
    Ok(NetworkCircuit { network, ..stored })
}

/// Fits circuits to a network.
fn fitted(context: Context<'_>, piece: &Piece<'_>) -> Result<NetworkCircuit, ExecuteError> {
    let Piece { task, network, item, job, seed, .. } = piece;
    let Circuits { fits: n_fits, folds, iterations, .. } = context.study.circuits;
    let starts = Starts { n_fits, seed: *seed };
    let updates = Updates::new(n_fits, context.listener);
    // The parts are fitted one after the other, each from 0.
    let of_parts = Updates::new(1, context.listener);
    let tell = |updates: &Updates<'_>, progress: Progress| {
        updates.tell(progress);
        if context.interrupt.load(Ordering::Relaxed) {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    let trials = task.analysis_trials();
    let setting = setting(context, task);
    let fitted = finite_responses(network, &trials).and_then(|responses| {
        let Some(responses) = responses else { return Ok(None) };
        let evidence = Evidence {
            responses: &responses,
            dynamics: NodeDynamics::of_network(network),
            shown: Some((task, &trials)),
            network: Some(network),
        };
        let found = infer(evidence, &setting, starts, context.path, &|progress| tell(&updates, progress))?;
        let n_folds = folds.min(responses.n_trials());
        let unseen = held_out(evidence, &setting, &found.fits[0], n_folds, context.path, &|progress| {
            tell(&of_parts, progress)
        })?;
        let circuit = network_circuit(&responses, task, &setting, &found)?;
        let circuit = circuit.map(|circuit| FittedCircuit { held_out: unseen, ..circuit });
        Ok(Some((circuit, found)))
    });
    let fitted = match fitted {
        Err(CircuitError::Interrupted) => return Err(ExecuteError::Interrupted),
        other => other,
    };
    // A network without fits counts as done, so that the bar of progress reaches its end.
    updates.end(iterations);
    if !matches!(fitted, Ok(Some(_))) {
        let work = (folds * setting.n_iterations_held_out()) as u64;
        (context.listener)(Event::Advanced { stage: Stage::Circuits, work });
    }
    let none = |reason: &str| CircuitOutcome::None { reason: reason.to_owned() };
    let (n_finished, outcome) = match fitted {
        Err(error) => (0, none(&error.to_string())),
        Ok(None) => (0, none("the network's responses are not finite, or it has none")),
        Ok(Some((fitted, found))) => {
            let finished = found.fits.iter().filter(|fit| fit.outcome == Outcome::Finished).count();
            let outcome = fitted.map_or_else(
                || none("every fit diverged"),
                |fitted| CircuitOutcome::Fitted(Box::new(fitted)),
            );
            (finished, outcome)
        }
    };
    let (identity, network) = (job.identity().to_owned(), item.network.clone());
    Ok(NetworkCircuit { identity, network, n_fits, n_finished, outcome })
}

/// What is kept of the fits; [`None`] if every one diverged.
fn network_circuit(
    responses: &Responses,
    task: &Task,
    setting: &Setting,
    found: &Inference,
) -> Result<Option<FittedCircuit>, RunError> {
    let Inference { fits, consensus, mechanism, causality, .. } = found;
    let (Some(consensus), Some(causality)) = (consensus, causality) else { return Ok(None) };
    let best = &fits[0];
    let names = Ends::of_task(task).node_names(&setting.wiring).into_iter().zip(roles(&setting.wiring));
    let nodes = names.map(|(name, role)| CircuitNode { name, role: role_name(role).to_owned() });
    let effects = causality.effects.iter().map(|effect| WeightEffect {
        row: effect.row,
        column: effect.column,
        quantity: effect.quantity,
        circuit: effect.circuit,
        network: effect.network,
    });
    Ok(Some(FittedCircuit {
        nodes: nodes.collect(),
        n_solutions: consensus.n_solutions(),
        n_agreeing: consensus.n_agreeing(),
        scores: CircuitScores {
            loss: best.loss,
            r2_total: best.scores.r2_total,
            r2_projected: best.scores.r2_projected,
            output_mse: best.scores.output_mse,
            variance_explained: best.scores.variance_explained,
            pca_variance_explained: best.scores.pca_variance_explained,
        },
        held_out: None,
        weights: matrices(&consensus.w_rec, &consensus.w_inp, &consensus.w_out),
        mechanism: mechanism.as_ref().map(stored_mechanism),
        weight_correlation: stored_correlation(causality.weights),
        behaviour_correlation: stored_correlation(causality.behaviour),
        state_correlation: stored_correlation(causality.states),
        effects: effects.collect(),
        responses: node_responses(best, responses)?,
    }))
}

fn matrices(w_rec: &Weights, w_inp: &Weights, w_out: &Weights) -> Vec<CircuitWeights> {
    let rows = |matrix: &Array2<f64>| matrix.outer_iter().map(|row| row.to_vec()).collect::<Vec<Vec<f64>>>();
    let stored = |(matrix, weights): (MatrixName, &Weights)| CircuitWeights {
        matrix,
        mean: rows(&weights.mean),
        interval: weights.interval.as_ref().map(|[low, high]| [rows(low), rows(high)]),
    };
    let all = [(MatrixName::WRec, w_rec), (MatrixName::WInp, w_inp), (MatrixName::WOut, w_out)];
    all.into_iter().map(stored).collect()
}

fn stored_mechanism(mechanism: &Mechanism) -> CircuitMechanism {
    CircuitMechanism {
        inhibition: mechanism.inhibition(),
        sign_product: mechanism.sign_product(),
        gain_lost: mechanism.gain_lost(),
        to_irrelevant: mechanism.to_irrelevant(),
        irrelevant_argument: mechanism.irrelevant_argument(),
        relative_gain: mechanism.relative_gain(),
        node_sign_product: mechanism.node_sign_product(),
        stimulus_sign_product: mechanism.stimulus_sign_product(),
        label: mechanism.label().name().to_owned(),
    }
}

fn stored_correlation(correlation: Correlation) -> StoredCorrelation {
    let finite = |value: f64| value.is_finite().then_some(value);
    StoredCorrelation { r: finite(correlation.r), p: finite(correlation.p) }
}

/// Rates of nodes and of the projected network at the last masked step, or the last at which each trial is scored.
fn node_responses(fit: &Fit, responses: &Responses) -> Result<Vec<NodeResponse>, RunError> {
    let last = responses.last_scored().ok_or(RunError::Nothing)?;
    let circuit = at_steps(states(&fit.circuit, responses.inputs.view())?.view(), &last);
    let projected = fit.embedding.t().dot(&at_steps(responses.rates.view(), &last));
    let response = |((node, trial), &circuit): ((usize, usize), &f64)| NodeResponse {
        node,
        trial,
        circuit,
        projected: projected[[node, trial]],
    };
    Ok(circuit.indexed_iter().map(response).collect())
}
