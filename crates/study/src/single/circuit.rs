//! Latent circuits of one network.

use super::{SingleError, one_network, rows};
use crate::event::{Event, Listener, Stage};
use crate::import::Imported;
use crate::inference::{Inference, Starts, Updates, finite_responses, infer, node_names};
use circuitscope::KernelPath;
use circuitscope::analysis::latent_circuit::CircuitError;
use circuitscope::analysis::latent_circuit::consensus::{Consensus, Weights};
use circuitscope::analysis::latent_circuit::fit::{Fit, Outcome};
use circuitscope::analysis::latent_circuit::judge::{Folds, held_out};
use circuitscope::analysis::latent_circuit::mechanism::{Label, Mechanism};
use circuitscope::analysis::latent_circuit::responses::Responses;
use circuitscope::analysis::latent_circuit::score::Scores;
use circuitscope::analysis::latent_circuit::setting::{NodeDynamics, Setting};
use circuitscope::network::Network;
use circuitscope::task::Task;
use ndarray::Array2;
use rayon::prelude::*;
use serde::Serialize;
use std::ops::ControlFlow;
use std::path::Path;

/// How circuits of a network are fitted and judged.
#[derive(Clone, Debug, PartialEq)]
pub struct CircuitSearch {
    /// Nodes, variant, updates.
    pub setting: Setting,
    /// Fits.
    pub starts: Starts,
    /// Parts of the trials that are held out in turn; 0 holds none out.
    pub n_folds: usize,
    /// Instructions of the fits.
    pub path: KernelPath,
}

/// Latent circuits of a network, with keys that other tools read.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CircuitReport {
    /// By rising loss, those that diverged last.
    pub fits: Vec<FitRow>,
    /// What the fits agree on; null if every fit diverged.
    pub consensus: Option<ConsensusRow>,
    /// What the best circuit does with irrelevant stimuli.
    pub mechanism: MechanismRow,
    /// Whether the network follows the best circuit when both are changed alike.
    pub perturbation: PerturbationRow,
    /// Name of the network.
    #[serde(skip)]
    pub network: String,
    /// Units of the network.
    #[serde(skip)]
    pub n_units: usize,
    /// Names of the nodes `[n]`.
    #[serde(skip)]
    pub nodes: Vec<String>,
}

/// A fitted circuit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FitRow {
    /// Input weights `[n, U]`.
    pub w_inp: Vec<Vec<f64>>,
    /// Recurrent weights `[n, n]`, `[post, pre]`.
    pub w_rec: Vec<Vec<f64>>,
    /// Output weights `[O, n]`.
    pub w_out: Vec<Vec<f64>>,
    /// Embedding into the principal components of the responses `[K, n]`, orthonormal columns.
    pub q: Vec<Vec<f64>>,
    /// R² of the embedded node responses `Q x` against the responses y, mean over trials.
    pub r2_total: f64,
    /// R² of the node responses x against `Qᵀ y`.
    pub r2_projected: f64,
    /// Mean squared error of the circuit's outputs against the network's.
    pub output_mse: f64,
    /// Scores on trials that a fit has not seen; null if none were held out.
    pub held_out: Option<HeldOutRow>,
    /// Noise-free loss.
    #[serde(skip)]
    pub loss: f64,
    /// Whether the fit ended before its last update.
    #[serde(skip)]
    pub outcome: Outcome,
}

/// Scores on held-out trials, means over the parts: on each, of a circuit fitted to the other parts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct HeldOutRow {
    /// Parts.
    pub folds: usize,
    /// R² of `Q x` against y.
    pub r2_total: f64,
    /// Standard error of that mean over parts.
    pub r2_total_se: f64,
    /// R² of x against `Qᵀ y`.
    pub r2_projected: f64,
    /// Mean squared error of the outputs.
    pub output_mse: f64,
}

/// What the fits agree on. Fits that diverged are left out.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ConsensusRow {
    /// Names of the nodes `[n]`.
    pub nodes: Vec<String>,
    /// Input weights of the fits that found the best fit's solution.
    pub w_inp: WeightRows,
    /// Their recurrent weights.
    pub w_rec: WeightRows,
    /// Their output weights.
    pub w_out: WeightRows,
    /// Correlation of the weights of each pair of fits, free nodes matched `[F, F]`.
    pub agreement: Vec<Vec<f64>>,
    /// Which solution each fit found, from 0 `[F]`.
    pub solutions: Vec<usize>,
    /// Distinct solutions.
    pub n_solutions: usize,
    /// Fits that found the best fit's.
    pub n_agreeing: usize,
}

/// A matrix of weights over fits.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WeightRows {
    /// Mean over fits.
    pub mean: Vec<Vec<f64>>,
    /// Lower ends of the 95 % intervals of the mean; null of fewer than three fits.
    pub low: Option<Vec<Vec<f64>>>,
    /// Upper ends.
    pub high: Option<Vec<Vec<f64>>>,
}

/// The mechanism in three words; all null on tasks without contexts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct MechanismRow {
    /// Mean weight from a context's node to the irrelevant minus to the relevant nodes: below 0 it inhibits.
    pub inhibition: Option<f64>,
    /// Product of the mean signs of the irrelevant pair's pre-activations: −1 where they are driven apart.
    pub saturation: Option<f64>,
    /// `inhibition`, `saturation`, `both` or `neither`.
    pub label: Option<&'static str>,
}

/// Changes of behaviour with each recurrent weight, in the circuit against the network.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PerturbationRow {
    /// Pearson correlation over weights.
    pub correlation: f64,
    /// Share of permutations of the weights that correlate as well.
    pub p: f64,
}

/// Fits latent circuits to a network's noise-free responses on the analysis trials.
///
/// # Errors
/// [`SingleError`] names the network or the setting that does not fit.
///
/// # Source
/// LE25; TE25; science §4.7.
pub fn circuit(
    network: &Path,
    task: &Task,
    search: &CircuitSearch,
    listener: &Listener<'_>,
) -> Result<CircuitReport, SingleError> {
    let trials = task.analysis_trials();
    let Imported { name, network } = one_network(network, task, &trials)?;
    let (found, n_trials) = (search.n_folds, trials.n_trials());
    if found != 0 && !(2..=n_trials).contains(&found) {
        let expected = format!("0, or from 2 to the {n_trials} trials");
        return Err(SingleError::Setting { name: "folds", found, expected });
    }
    let wrong = |error: CircuitError| refusal(&name, &error);
    let diverges = || SingleError::Diverges { name: name.clone(), task: task.name() };
    let responses = finite_responses(&network, &trials).map_err(wrong)?.ok_or_else(diverges)?;
    let stage = Stage::Circuits;
    let n_rounds = search.starts.n_fits * (1 + search.n_folds);
    let work = (n_rounds * search.setting.n_iterations) as u64;
    listener(Event::Began { stage, n_pieces: n_rounds, n_done: 0, work });
    let updates = Updates::new(search.starts.n_fits, listener);
    let told = |progress| {
        updates.tell(progress);
        ControlFlow::Continue(())
    };
    let (setting, starts) = (&search.setting, search.starts);
    let inference = infer(&network, &responses, (task, &trials), setting, starts, search.path, &told);
    let inference = inference.map_err(wrong)?;
    let held_out = judged(&network, &responses, search, &inference, listener).map_err(wrong)?;
    listener(Event::Ended { stage });
    let nodes = node_names(task, &setting.wiring);
    let n_units = network.n_units();
    Ok(report(inference, held_out, (name, n_units, nodes)))
}

/// Held-out scores of each fit; nothing where no trials are held out.
fn judged(
    network: &Network,
    responses: &Responses,
    search: &CircuitSearch,
    inference: &Inference,
    listener: &Listener<'_>,
) -> Result<Vec<Option<HeldOutRow>>, CircuitError> {
    let dynamics = NodeDynamics::of_network(network);
    let of_fit = |fit: &Fit| {
        if search.n_folds == 0 {
            return Ok(None);
        }
        let updates = Updates::new(1, listener);
        let told = |progress| {
            updates.tell(progress);
            ControlFlow::Continue(())
        };
        // The fit's own seed: each fit is judged on parts of its own.
        let folds = Folds { n_folds: search.n_folds, n_fits: 1, seed: fit.seed };
        let scores = held_out(responses, dynamics, &search.setting, folds, search.path, &told)?;
        Ok(Some(held_out_row(&scores)))
    };
    inference.fits.par_iter().with_max_len(1).map(of_fit).collect()
}

fn held_out_row(scores: &[Scores]) -> HeldOutRow {
    let n = scores.len() as f64;
    let mean = |of: fn(&Scores) -> f64| scores.iter().map(of).sum::<f64>() / n;
    let r2_total = mean(|scores| scores.r2_total);
    let square = scores.iter().map(|scores| (scores.r2_total - r2_total).powi(2)).sum::<f64>() / (n - 1.0);
    HeldOutRow {
        folds: scores.len(),
        r2_total,
        r2_total_se: (square / n).sqrt(),
        r2_projected: mean(|scores| scores.r2_projected),
        output_mse: mean(|scores| scores.output_mse),
    }
}

fn report(
    inference: Inference,
    held_out: Vec<Option<HeldOutRow>>,
    (network, n_units, nodes): (String, usize, Vec<String>),
) -> CircuitReport {
    let Inference { fits, consensus, mechanism, causality } = inference;
    CircuitReport {
        fits: fits.iter().zip(held_out).map(|(fit, held_out)| fit_row(fit, held_out)).collect(),
        consensus: consensus.map(|consensus| consensus_row(&consensus, &nodes)),
        mechanism: MechanismRow {
            inhibition: mechanism.as_ref().map(Mechanism::inhibition),
            saturation: mechanism.as_ref().map(Mechanism::sign_product),
            label: mechanism.as_ref().map(Mechanism::label).map(Label::name),
        },
        perturbation: PerturbationRow { correlation: causality.behaviour.r, p: causality.behaviour.p },
        network,
        n_units,
        nodes,
    }
}

fn fit_row(fit: &Fit, held_out: Option<HeldOutRow>) -> FitRow {
    FitRow {
        w_inp: rows(&fit.circuit.w_inp),
        w_rec: rows(&fit.circuit.w_rec),
        w_out: rows(&fit.circuit.w_out),
        q: rows(&fit.q),
        r2_total: fit.scores.r2_total,
        r2_projected: fit.scores.r2_projected,
        output_mse: fit.scores.output_mse,
        held_out,
        loss: fit.loss,
        outcome: fit.outcome,
    }
}

fn consensus_row(consensus: &Consensus, nodes: &[String]) -> ConsensusRow {
    let end = |weights: &Weights, which: usize| {
        weights.interval.as_ref().map(|ends: &[Array2<f64>; 2]| rows(&ends[which]))
    };
    let weights = |of: &Weights| WeightRows { mean: rows(&of.mean), low: end(of, 0), high: end(of, 1) };
    ConsensusRow {
        nodes: nodes.to_vec(),
        w_inp: weights(&consensus.w_inp),
        w_rec: weights(&consensus.w_rec),
        w_out: weights(&consensus.w_out),
        agreement: rows(&consensus.agreement),
        solutions: consensus.solutions.clone(),
        n_solutions: consensus.n_solutions(),
        n_agreeing: consensus.n_agreeing(),
    }
}

/// What a circuit cannot be fitted for: the setting asked for, or the network.
fn refusal(name: &str, error: &CircuitError) -> SingleError {
    match error {
        CircuitError::Setting { name, found, expected } => {
            SingleError::Setting { name, found: *found, expected: expected.clone() }
        }
        other => SingleError::Dynamics { name: name.to_owned(), reason: other.to_string() },
    }
}
