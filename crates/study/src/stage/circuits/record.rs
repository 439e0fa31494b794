//! Latent circuits of a network as they are stored.

use crate::latent_circuits::HeldOutRow;
use serde::{Deserialize, Serialize};

/// A network with its latent circuits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NetworkCircuit {
    /// Hash of all that decides the result.
    pub identity: String,
    /// Name of the network.
    pub network: String,
    /// Fits begun.
    pub n_fits: usize,
    /// Fits that made all their updates.
    pub n_finished: usize,
    /// What came of them.
    pub outcome: CircuitOutcome,
}

/// What came of the fits to one network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CircuitOutcome {
    /// At least one finished.
    Fitted(Box<FittedCircuit>),
    /// There is no circuit.
    None {
        /// Why.
        reason: String,
    },
}

/// The circuits of a network: numbers of the best fit, weights of all fits that agree with it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FittedCircuit {
    /// The nodes `[n]`.
    pub nodes: Vec<CircuitNode>,
    /// Distinct solutions among the fits.
    pub n_solutions: usize,
    /// Fits that found the best one's.
    pub n_agreeing: usize,
    /// Scores of the best fit.
    pub scores: CircuitScores,
    /// Scores of the best fit's setting on trials that were held out; none where the study holds out none.
    pub held_out: Option<HeldOutRow>,
    /// Consensus: recurrent, input and output weights.
    pub weights: Vec<CircuitWeights>,
    /// CDDM: what the best fit does with irrelevant stimuli.
    pub mechanism: Option<CircuitMechanism>,
    /// Weights of circuit and projected network.
    pub weight_correlation: StoredCorrelation,
    /// Changes of behaviour with each weight.
    pub behaviour_correlation: StoredCorrelation,
    /// Changes of states with each weight.
    pub state_correlation: StoredCorrelation,
    /// The changes of behaviour themselves.
    pub effects: Vec<WeightEffect>,
    /// Node responses at the last masked step.
    pub responses: Vec<NodeResponse>,
}

/// The mean circuit of a class.
#[derive(Clone, Debug, PartialEq)]
pub struct CircuitMean {
    /// The class, by its place in the task's.
    pub class: usize,
    /// Networks behind it.
    pub n_networks: usize,
    /// Mean over networks of the best fit's `r2_total`.
    pub r2_total: f64,
    /// Mean over networks of that on held-out trials; none where the study holds out none.
    pub held_out_r2_total: Option<f64>,
    /// The nodes `[n]`; free ones play one part in every class.
    pub nodes: Vec<CircuitNode>,
    /// Recurrent, input and output weights: means over networks, with intervals of three or more.
    pub weights: Vec<CircuitWeights>,
}

/// A node.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CircuitNode {
    /// Name of the input or output it stands for, or a number of its own.
    pub name: String,
    /// `input`, `output` or `free`.
    pub role: String,
}

/// Scores of a fit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CircuitScores {
    /// Noise-free loss.
    pub loss: f64,
    /// R² of `Q x` against y.
    pub r2_total: f64,
    /// R² of x against `Qᵀ y`.
    pub r2_projected: f64,
    /// Mean squared error of the circuit's outputs against the network's.
    pub output_mse: f64,
    /// Share of the variance over units that `Q x` explains.
    pub variance_explained: f64,
    /// The share that as many principal components explain.
    pub pca_variance_explained: f64,
}

/// Which matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MatrixName {
    /// `[n, n]`, `[post, pre]`.
    WRec,
    /// `[n, U]`.
    WInp,
    /// `[O, n]`.
    WOut,
}

/// A matrix of weights over fits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CircuitWeights {
    /// Which.
    pub matrix: MatrixName,
    /// Means.
    pub mean: Vec<Vec<f64>>,
    /// Lower and upper ends of the 95 % intervals; none of fewer than three fits.
    pub interval: Option<[Vec<Vec<f64>>; 2]>,
}

/// Numbers of the mechanism.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CircuitMechanism {
    /// Mean weight from context to irrelevant minus to relevant nodes.
    pub inhibition: f64,
    /// Product of the mean signs of the irrelevant nodes' pre-activations.
    pub sign_product: f64,
    /// Gain of the irrelevant minus that of the relevant nodes.
    pub gain_lost: f64,
    /// Mean weight from context to irrelevant nodes.
    pub to_irrelevant: f64,
    /// Mean pre-activation of the irrelevant nodes.
    pub irrelevant_argument: f64,
    /// Gain of the irrelevant over that of the relevant nodes; none where these have none.
    pub relative_gain: Option<f64>,
    /// Product of the mean signs of one node's pre-activations in the two contexts.
    pub node_sign_product: f64,
    /// Product of the mean signs of the pre-activations of motion in the colour and of colour in the motion context.
    pub stimulus_sign_product: f64,
    /// In one word.
    pub label: String,
}

/// A correlation; none where one side does not vary.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoredCorrelation {
    /// Pearson's r.
    pub r: Option<f64>,
    /// Its p over permutations.
    pub p: Option<f64>,
}

/// What a change of a recurrent weight does to a number of behaviour, see `latent_circuit::perturbation`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct WeightEffect {
    /// Node whose input weight changes.
    pub row: usize,
    /// Node it comes from.
    pub column: usize,
    /// Number of the psychometric planes.
    pub quantity: usize,
    /// In the circuit.
    pub circuit: f64,
    /// In the network.
    pub network: f64,
}

/// A node at the last masked step of a trial.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct NodeResponse {
    /// The node.
    pub node: usize,
    /// The trial.
    pub trial: usize,
    /// Its rate in the circuit.
    pub circuit: f64,
    /// The network's rates through its column of `Qᵀ`.
    pub projected: f64,
}
