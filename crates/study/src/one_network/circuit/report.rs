//! Latent circuits as other tools read them.

use super::perturbation::PerturbationRow;
use super::starts::StartsRow;
use crate::latent_circuits::{Ends, HeldOutRow, Inference};
use crate::one_network::{Recording, rows};
use circuitscope::analysis::latent_circuit::consensus::{Consensus, Weights};
use circuitscope::analysis::latent_circuit::fit::{Fit, Outcome};
use circuitscope::analysis::latent_circuit::judge::{Candidate, Choice};
use circuitscope::analysis::latent_circuit::mechanism::{Label, Mechanism};
use circuitscope::analysis::latent_circuit::noise_ceiling::NoiseCeiling;
use circuitscope::analysis::latent_circuit::setting::EmbeddingModel;
use ndarray::Array2;
use serde::Serialize;

/// Latent circuits of a network or recording, with keys that other tools read.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CircuitReport {
    /// By rising loss, those that diverged last.
    pub fits: Vec<FitRow>,
    /// What the fits agree on; null if every fit diverged.
    pub consensus: Option<ConsensusRow>,
    /// `orthonormal`, as published, or `linear` with an offset for each unit.
    pub embedding_model: &'static str,
    /// Starts that were asked for and made.
    pub starts: StartsRow,
    /// What no circuit of this size, and no model of the conditions, can exceed.
    pub ceilings: CeilingRow,
    /// What the best circuit does with irrelevant stimuli.
    pub mechanism: MechanismRow,
    /// Whether the network follows the best circuit when both are changed alike; null for a recording.
    pub perturbation: Option<PerturbationRow>,
    /// The numbers of nodes that were tried; left out where none were asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sizes: Vec<SizeRow>,
    /// Units left out of the network because they never fire on the trials; left out where there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n_silent: Option<usize>,
    /// The recording as it was understood; left out for a network.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recording: Option<RecordingRow>,
    /// What was chosen where the file leaves a choice, and what in it is not used; left out where there is nothing to say.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// Name of the network or recording.
    #[serde(skip)]
    pub name: String,
    /// Its units.
    #[serde(skip)]
    pub n_units: usize,
    /// The task that the responses are to, where it is known.
    #[serde(skip)]
    pub task: Option<String>,
    /// Names of the nodes `[n]`.
    #[serde(skip)]
    pub nodes: Vec<String>,
    /// Names of the inputs `[U]`.
    #[serde(skip)]
    pub inputs: Vec<String>,
    /// Names of the outputs `[O]`.
    #[serde(skip)]
    pub outputs: Vec<String>,
}

/// Sizes and times of a recording, after bins of time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct RecordingRow {
    /// Units.
    pub units: usize,
    /// Steps of the longest trial.
    pub steps: usize,
    /// Trials.
    pub trials: usize,
    /// Trials of different inputs.
    pub conditions: usize,
    /// Inputs.
    pub inputs: usize,
    /// Outputs.
    pub outputs: usize,
    /// Time between two steps (ms).
    pub dt_ms: f64,
    /// Time constant of the nodes (ms).
    pub tau_ms: f64,
}

impl RecordingRow {
    pub(super) fn new(recording: &Recording) -> Self {
        let Recording { responses, dt_ms, tau_ms, .. } = recording;
        Self {
            units: responses.n_units(),
            steps: responses.n_steps(),
            trials: responses.n_trials(),
            conditions: responses.n_conditions(),
            inputs: responses.n_inputs(),
            outputs: responses.n_outputs(),
            dt_ms: *dt_ms,
            tau_ms: *tau_ms,
        }
    }
}

/// Shares of the variance of all units about their own means.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct CeilingRow {
    /// What as many principal components explain as the circuit has nodes; null if every fit diverged.
    pub principal_components: Option<f64>,
    /// What is not noise, by the repeats of conditions; null where none was repeated.
    pub noise: Option<f64>,
    /// Distinct conditions; null where none was repeated.
    pub conditions: Option<usize>,
}

/// A number of nodes that was tried on held-out trials.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SizeRow {
    /// The number.
    pub nodes: usize,
    /// Mean over parts of the held-out `variance_explained`, by which the number is chosen.
    pub variance_explained: f64,
    /// Standard error of that mean over parts.
    pub variance_explained_se: f64,
    /// Mean over parts of the held-out `r2_total`.
    pub r2_total: f64,
    /// Standard error of that mean over parts.
    pub r2_total_se: f64,
    /// Whether the fits have this number: the smallest within a standard error of the best.
    pub chosen: bool,
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
    /// Embedding into the principal components of the responses `[K, n]`, orthonormal columns; of a linear embedding the
    /// nearest such matrix.
    pub q: Vec<Vec<f64>>,
    /// Linear embedding: weights of each unit on the nodes `[N, n]`, in the units of the recording.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub embedding: Option<Vec<Vec<f64>>>,
    /// Linear embedding: what is added for each unit `[N]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<Vec<f64>>,
    /// Primary score: share of the variance of all units, each about its own mean, that the embedded node responses explain.
    pub variance_explained: f64,
    /// Published score: R² of the embedded node responses `Q x` against the responses y, mean over trials, differences
    /// between the means of units included.
    pub r2_total: f64,
    /// R² of the node responses x against `Qᵀ y`.
    pub r2_projected: f64,
    /// Mean squared error of the circuit's outputs against those of the network or recording.
    pub output_mse: f64,
    /// Scores on trials that a fit has not seen; null if none were held out.
    pub held_out: Option<HeldOutRow>,
    /// Noise-free loss; null of a fit that diverged at once.
    pub loss: f64,
    /// `finished` or `diverged`.
    pub outcome: &'static str,
    /// The update at which it diverged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diverged_at: Option<usize>,
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

/// The mechanism in three words; all null where the trials are not those of a task with contexts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct MechanismRow {
    /// Mean weight from a context's node to the irrelevant minus to the relevant nodes: below 0 it inhibits.
    pub inhibition: Option<f64>,
    /// Product of the mean signs of the irrelevant pair's pre-activations: −1 where they are driven apart.
    pub saturation: Option<f64>,
    /// `inhibition`, `saturation`, `both` or `neither`.
    pub label: Option<&'static str>,
}

/// What a report is of.
pub(super) struct Described {
    pub(super) embedding: EmbeddingModel,
    pub(super) starts: StartsRow,
    pub(super) noise: Option<NoiseCeiling>,
    pub(super) name: String,
    pub(super) n_units: usize,
    pub(super) n_silent: usize,
    pub(super) task: Option<String>,
    pub(super) nodes: Vec<String>,
    pub(super) ends: Ends,
    pub(super) recording: Option<RecordingRow>,
    pub(super) notes: Vec<String>,
}

pub(super) fn report(
    inference: Inference,
    held_out: Vec<Option<HeldOutRow>>,
    choice: Option<Choice>,
    described: Described,
) -> CircuitReport {
    let Inference { fits, consensus, mechanism, causality, no_recurrence } = inference;
    let Described { embedding, starts, noise, name, n_units, n_silent, task, nodes, ends, recording, notes } =
        described;
    let best = fits.first().filter(|best| best.outcome == Outcome::Finished);
    CircuitReport {
        embedding_model: embedding.name(),
        starts,
        ceilings: CeilingRow {
            principal_components: best.map(|best| best.scores.pca_variance_explained),
            noise: noise.map(|noise| noise.variance_explained),
            conditions: noise.map(|noise| noise.n_conditions),
        },
        fits: fits.iter().zip(held_out).map(|(fit, held_out)| fit_row(fit, embedding, held_out)).collect(),
        consensus: consensus.map(|consensus| consensus_row(&consensus, &nodes)),
        mechanism: MechanismRow {
            inhibition: mechanism.as_ref().map(Mechanism::inhibition),
            saturation: mechanism.as_ref().map(Mechanism::sign_product),
            label: mechanism.as_ref().map(Mechanism::label).map(Label::name),
        },
        perturbation: causality.map(|causality| PerturbationRow::of(&causality, no_recurrence)),
        sizes: choice.map_or_else(Vec::new, |choice| size_rows(&choice)),
        n_silent: (n_silent > 0).then_some(n_silent),
        recording,
        notes,
        name,
        n_units,
        task,
        nodes,
        inputs: ends.inputs,
        outputs: ends.outputs,
    }
}

fn size_rows(choice: &Choice) -> Vec<SizeRow> {
    let row = |candidate: &Candidate| SizeRow {
        nodes: candidate.n_nodes,
        variance_explained: candidate.variance_explained,
        variance_explained_se: candidate.standard_error,
        r2_total: candidate.r2_total,
        r2_total_se: candidate.r2_total_se,
        chosen: candidate.n_nodes == choice.n_nodes,
    };
    choice.candidates.iter().map(row).collect()
}

fn fit_row(fit: &Fit, embedding: EmbeddingModel, held_out: Option<HeldOutRow>) -> FitRow {
    let is_linear = embedding == EmbeddingModel::Linear;
    FitRow {
        w_inp: rows(&fit.circuit.w_inp),
        w_rec: rows(&fit.circuit.w_rec),
        w_out: rows(&fit.circuit.w_out),
        q: rows(&fit.q),
        embedding: is_linear.then(|| rows(&fit.embedding)),
        offset: is_linear.then(|| fit.offset.to_vec()),
        variance_explained: fit.scores.variance_explained,
        r2_total: fit.scores.r2_total,
        r2_projected: fit.scores.r2_projected,
        output_mse: fit.scores.output_mse,
        held_out,
        loss: fit.loss,
        outcome: match fit.outcome {
            Outcome::Finished => "finished",
            Outcome::Diverged { .. } => "diverged",
        },
        diverged_at: match fit.outcome {
            Outcome::Finished => None,
            Outcome::Diverged { iteration } => Some(iteration),
        },
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::latent_circuits::{Evidence, Starts, infer};
    use circuitscope::KernelPath;
    use circuitscope::analysis::latent_circuit::responses::Responses;
    use circuitscope::analysis::latent_circuit::setting::{NodeDynamics, Setting, Variant};
    use circuitscope::task::Task;
    use std::ops::ControlFlow;
    use std::path::Path;

    #[test]
    fn nothing_is_read_from_fits_that_diverge_and_the_report_says_so() {
        let task = Task::published("cddm").expect("a task");
        let trials = task.analysis_trials();
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden/networks/cddm_relu_dale_1.json");
        let network = crate::import::network(&file).expect("a network").network;
        let responses = Responses::of_network(&network, &trials).expect("responses");
        let evidence = Evidence {
            responses: &responses,
            dynamics: NodeDynamics::of_network(&network),
            shown: Some((&task, &trials)),
            network: Some(&network),
        };
        // Weights of this size leave the finite numbers at the second update.
        let setting =
            Setting { learning_rate: 1e30, n_iterations: 20, ..Setting::of_task(&task, Variant::Te25) };
        let starts = Starts { n_fits: 2, seed: 1 };
        let found = infer(evidence, &setting, starts, KernelPath::detect(), &|_| ControlFlow::Continue(()));
        let ends = Ends::of_task(&task);
        let nodes = ends.node_names(&setting.wiring);
        let described = Described {
            embedding: setting.embedding,
            starts: StartsRow { asked: 2, made: 2, most: 2, confirmed: None },
            noise: None,
            name: "any".into(),
            n_units: network.n_units(),
            n_silent: 0,
            task: Some("cddm".to_owned()),
            nodes,
            ends,
            recording: None,
            notes: Vec::new(),
        };
        let told = report(found.expect("fits"), vec![None; 2], None, described);
        let json = serde_json::to_value(&told).expect("finite numbers or none");
        for fit in json["fits"].as_array().expect("fits") {
            assert_eq!(fit["outcome"], "diverged");
            assert!(fit["diverged_at"].as_u64().is_some_and(|iteration| iteration < 20), "{fit}");
        }
        for nothing in [&json["consensus"], &json["perturbation"], &json["mechanism"]["label"]] {
            assert!(nothing.is_null(), "{json}");
        }
    }
}
