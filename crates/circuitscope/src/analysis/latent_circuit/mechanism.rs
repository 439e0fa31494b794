//! What a CDDM circuit does with the stimulus that the context makes irrelevant, by numbers (claims of TE25: `ReLU` and
//! sigmoid circuits inhibit the irrelevant nodes, tanh circuits drive them into opposite saturation).
//!
//! Nodes 0 and 1 carry the contexts motion and colour, nodes 2 and 3 motion right and left, nodes 4 and 5 colour right and
//! left: the order of the task's inputs. Numbers are means over the trials of a context and the steps of the decision.

use ndarray::{Array1, Axis, s};

use crate::dynamics::run::{self, RunError};
use crate::network::Network;
use crate::task::Cddm;
use crate::trials::Trials;
use circuitscope_kernel::{Activation, Curve};

/// Inhibition that counts, as a share of what a full-strength stimulus adds to the irrelevant nodes: less would leave the
/// order of any two stimuli of the published set (which differ by a quarter or more) as it is.
const LEAST_DRIVE: f64 = 0.1;
/// Product of mean signs from which on the irrelevant pair counts as driven apart: each on its own side on six of seven
/// occasions.
const OPPOSITE: f64 = -0.5;
/// Gain of a saturated node, as a share of the relevant ones': it passes on half of a change at most.
const SATURATED: f64 = 0.5;

/// Numbers of one context.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ContextNumbers {
    /// Weights from the context's node to the irrelevant nodes, right and left.
    pub to_irrelevant: [f64; 2],
    /// Weights from the context's node to the relevant nodes, right and left.
    pub to_relevant: [f64; 2],
    /// What the context's node adds to an irrelevant node, over what a full-strength stimulus adds; negative: inhibits.
    pub irrelevant_drive: f64,
    /// Pre-activations of the irrelevant nodes, right and left.
    pub irrelevant_arguments: [f64; 2],
    /// Product of the mean signs of the irrelevant nodes' pre-activations: −1 where each keeps to its own side whatever the
    /// stimulus, 1 where both keep to one side, near 0 where the stimulus decides.
    pub sign_product: f64,
    /// Gains f′ of the irrelevant nodes, over the largest f′ there is.
    pub irrelevant_gains: [f64; 2],
    /// Gains of the relevant nodes.
    pub relevant_gains: [f64; 2],
}

impl ContextNumbers {
    /// Mean weight to the irrelevant nodes minus that to the relevant ones.
    pub fn inhibition(&self) -> f64 {
        mean(self.to_irrelevant) - mean(self.to_relevant)
    }

    /// Whether the context inhibits both irrelevant nodes, more than the relevant ones, and by an amount that counts.
    pub fn inhibits(&self) -> bool {
        let both = self.to_irrelevant.iter().all(|&w| w < 0.0);
        both && self.inhibition() < 0.0 && self.irrelevant_drive <= -LEAST_DRIVE
    }

    /// Whether the irrelevant nodes are driven apart and each has lost its gain against the relevant ones.
    pub fn saturates(&self) -> bool {
        let limit = SATURATED * mean(self.relevant_gains);
        self.sign_product <= OPPOSITE && self.irrelevant_gains.iter().all(|&gain| gain <= limit)
    }
}

fn mean(pair: [f64; 2]) -> f64 {
    f64::midpoint(pair[0], pair[1])
}

/// The mechanism that the numbers speak for. A mechanism counts where both contexts show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Label {
    /// The context inhibits the irrelevant nodes.
    Inhibition,
    /// The irrelevant nodes are driven into opposite saturation.
    Saturation,
    /// Both of these.
    Both,
    /// Neither of these.
    Neither,
}

impl Label {
    /// In one word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Inhibition => "inhibition",
            Self::Saturation => "saturation",
            Self::Both => "both",
            Self::Neither => "neither",
        }
    }
}

/// A circuit's mechanism.
#[derive(Clone, Debug, PartialEq)]
pub struct Mechanism {
    /// Numbers of the contexts motion and colour.
    pub contexts: [ContextNumbers; 2],
    /// Share of the variance over trials of the decision variable `o₀ − o₁` at the last step of the decision that comes
    /// through each node `[n]`; they sum to 1.
    pub output_drive: Vec<f64>,
}

impl Mechanism {
    /// Mean weight from context to irrelevant minus to relevant nodes, over contexts (claim 14: below 0).
    pub fn inhibition(&self) -> f64 {
        mean([0, 1].map(|context: usize| self.contexts[context].inhibition()))
    }

    /// Product of the mean signs of the irrelevant nodes' pre-activations, over contexts (claim 15: below 0).
    pub fn sign_product(&self) -> f64 {
        mean([0, 1].map(|context: usize| self.contexts[context].sign_product))
    }

    /// Gain of the irrelevant minus that of the relevant nodes, over contexts (claim 15: below 0).
    pub fn gain_lost(&self) -> f64 {
        let of_context = |context: usize| {
            let numbers = &self.contexts[context];
            mean(numbers.irrelevant_gains) - mean(numbers.relevant_gains)
        };
        mean([0, 1].map(of_context))
    }

    /// The mechanism's name.
    pub fn label(&self) -> Label {
        let inhibits = self.contexts.iter().all(ContextNumbers::inhibits);
        let saturates = self.contexts.iter().all(ContextNumbers::saturates);
        match (inhibits, saturates) {
            (true, true) => Label::Both,
            (true, false) => Label::Inhibition,
            (false, true) => Label::Saturation,
            (false, false) => Label::Neither,
        }
    }
}

/// Takes the numbers of a circuit in the rate form from its noise-free run on trials of the task, both contexts among them.
///
/// # Errors
/// [`RunError`] if the circuit does not fit the trials, or the trials lack a context or the decision.
pub fn mechanism(circuit: &Network, task: &Cddm, trials: &Trials) -> Result<Mechanism, RunError> {
    if circuit.n_units() < trials.n_inputs() {
        let (found, expected) = (trials.n_inputs(), circuit.n_units());
        return Err(RunError::Width { name: "inputs", found, expected });
    }
    let steps = task.decision.start..task.decision.end.min(trials.n_steps());
    let states = run::states(circuit, trials.inputs.view())?;
    let outputs = run::outputs(circuit, states.view())?;
    let of_context = |context: usize| {
        let chosen = (0..trials.n_trials()).filter(|&b| trials.conditions[[b, 0]] == context as f32);
        let places: Vec<(usize, usize)> = chosen.flat_map(|b| steps.clone().map(move |t| (t, b))).collect();
        if places.is_empty() {
            Err(RunError::Nothing)
        } else {
            Ok(numbers(circuit, trials, &states, context, &places))
        }
    };
    let contexts = [of_context(0)?, of_context(1)?];
    let last = steps.end - 1;
    let decision: Array1<f64> = &outputs.slice(s![0, last, ..]) - &outputs.slice(s![1, last, ..]);
    let centred = &decision - decision.sum() / decision.len() as f64;
    let variance = centred.dot(&centred);
    let at_last = states.index_axis(Axis(1), last);
    let through = |node: usize| {
        let weight = circuit.w_out[[0, node]] - circuit.w_out[[1, node]];
        weight * at_last.row(node).dot(&centred) / variance
    };
    Ok(Mechanism { contexts, output_drive: (0..circuit.n_units()).map(through).collect() })
}

/// `f′(z)` over the largest f′.
fn gain(activation: Activation, z: f64) -> f64 {
    let largest = match activation.curve {
        Curve::Relu | Curve::Tanh => activation.slope,
        Curve::Sigmoid => activation.slope / 4.0,
    };
    activation.slope_at_rate(activation.rate(z)) / largest
}

/// Means over steps and trials `places`.
fn numbers(
    circuit: &Network,
    trials: &Trials,
    states: &ndarray::Array3<f64>,
    context: usize,
    places: &[(usize, usize)],
) -> ContextNumbers {
    let (relevant, irrelevant) = if context == 0 { ([2, 3], [4, 5]) } else { ([4, 5], [2, 3]) };
    let argument = |node: usize, (t, b): (usize, usize)| {
        let inputs = trials.inputs.slice(s![.., t, b]);
        let external: f64 = circuit.w_inp.row(node).iter().zip(inputs).map(|(w, &u)| w * f64::from(u)).sum();
        circuit.w_rec.row(node).dot(&states.slice(s![.., t, b])) + external + circuit.bias[node]
    };
    let mean_of = |value: &dyn Fn((usize, usize)) -> f64| {
        places.iter().map(|&place| value(place)).sum::<f64>() / places.len() as f64
    };
    let gains =
        |pair: [usize; 2]| pair.map(|node| mean_of(&|place| gain(circuit.activation, argument(node, place))));
    let active = mean_of(&|(t, b)| states[[context, t, b]]);
    let drive = irrelevant.map(|node| circuit.w_rec[[node, context]] * active / circuit.w_inp[[node, node]]);
    let sign = |z: f64| if z == 0.0 { 0.0 } else { z.signum() };
    ContextNumbers {
        to_irrelevant: irrelevant.map(|node| circuit.w_rec[[node, context]]),
        to_relevant: relevant.map(|node| circuit.w_rec[[node, context]]),
        irrelevant_drive: mean(drive),
        irrelevant_arguments: irrelevant.map(|node| mean_of(&|place| argument(node, place))),
        sign_product: irrelevant.map(|node| mean_of(&|place| sign(argument(node, place)))).iter().product(),
        irrelevant_gains: gains(irrelevant),
        relevant_gains: gains(relevant),
    }
}
