//! What the circuit of a choice by context does with the evidence that the context makes irrelevant, by numbers (claims of TE25:
//! `ReLU` and sigmoid circuits inhibit the irrelevant nodes, tanh circuits drive them into opposite saturation).
//!
//! Each input has its node; those of contexts and evidence are known by their channels. For either kind of evidence there are two
//! nodes, for the first and for the second answer (CDDM: right and left). Numbers are means over the trials of a context and the steps of the decision.

use ndarray::{Array1, ArrayView2, Axis, s};

use crate::dynamics::run::{self, RunError};
use crate::network::Network;
use crate::task::{Channels, Epoch, Task};
use crate::trials::Trials;
use circuitscope_kernel::Activation;

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
    /// Mean signs of the irrelevant nodes' pre-activations, right and left: ±1 of a node that keeps to one side whatever the
    /// stimulus, near 0 where the stimulus decides.
    pub irrelevant_signs: [f64; 2],
    /// Mean signs of the relevant nodes' pre-activations.
    pub relevant_signs: [f64; 2],
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

    /// Product of the mean signs of the irrelevant nodes' pre-activations: −1 where each keeps to its own side whatever the
    /// stimulus, 1 where both keep to one side, near 0 where the stimulus decides.
    pub fn sign_product(&self) -> f64 {
        self.irrelevant_signs.iter().product()
    }

    /// Whether the context inhibits both irrelevant nodes, more than the relevant ones, and by an amount that counts.
    pub fn inhibits(&self) -> bool {
        let both = self.to_irrelevant.iter().all(|&w| w < 0.0);
        both && self.inhibition() < 0.0 && self.irrelevant_drive <= -LEAST_DRIVE
    }

    /// Whether the irrelevant nodes are driven apart and each has lost its gain against the relevant ones.
    pub fn saturates(&self) -> bool {
        let limit = SATURATED * mean(self.relevant_gains);
        self.sign_product() <= OPPOSITE && self.irrelevant_gains.iter().all(|&gain| gain <= limit)
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
        self.over_contexts(ContextNumbers::inhibition)
    }

    /// Product of the mean signs of the irrelevant nodes' pre-activations, over contexts (claim 15: below 0).
    pub fn sign_product(&self) -> f64 {
        self.over_contexts(ContextNumbers::sign_product)
    }

    /// Product of the mean signs of one node's pre-activations where its stimulus is irrelevant and where it is relevant, over
    /// the four stimulus nodes (claim 15, one node across contexts: below 0).
    pub fn node_sign_product(&self) -> f64 {
        let [motion, colour] = &self.contexts;
        let of_pair = |a: [f64; 2], b: [f64; 2]| mean([a[0] * b[0], a[1] * b[1]]);
        mean([
            of_pair(motion.irrelevant_signs, colour.relevant_signs),
            of_pair(colour.irrelevant_signs, motion.relevant_signs),
        ])
    }

    /// Product of the mean signs of the pre-activations of the motion nodes in the colour context and of the colour nodes in
    /// the motion context (claim 15, one stimulus against the other: below 0).
    pub fn stimulus_sign_product(&self) -> f64 {
        self.contexts.iter().map(|numbers| mean(numbers.irrelevant_signs)).product()
    }

    /// Mean weight from context to irrelevant nodes, over contexts (claim 15, saturation on the side opposite to inhibition:
    /// above 0).
    pub fn to_irrelevant(&self) -> f64 {
        self.over_contexts(|numbers| mean(numbers.to_irrelevant))
    }

    /// Mean pre-activation of the irrelevant nodes, over contexts (claim 15, saturation on the side opposite to inhibition:
    /// above 0).
    pub fn irrelevant_argument(&self) -> f64 {
        self.over_contexts(|numbers| mean(numbers.irrelevant_arguments))
    }

    /// Gain of the irrelevant over that of the relevant nodes, each over contexts; none where the relevant nodes have lost all
    /// gain (claim 15: one half at most where a node counts as saturated).
    pub fn relative_gain(&self) -> Option<f64> {
        let relevant = self.over_contexts(|numbers| mean(numbers.relevant_gains));
        let irrelevant = self.over_contexts(|numbers| mean(numbers.irrelevant_gains));
        (relevant > 0.0).then(|| irrelevant / relevant)
    }

    fn over_contexts(&self, number: impl Fn(&ContextNumbers) -> f64) -> f64 {
        mean(self.contexts.each_ref().map(number))
    }

    /// Gain of the irrelevant minus that of the relevant nodes, over contexts (claim 15: below 0).
    pub fn gain_lost(&self) -> f64 {
        self.over_contexts(|numbers| mean(numbers.irrelevant_gains) - mean(numbers.relevant_gains))
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

/// What the mechanism of a circuit is read from.
#[derive(Clone, Copy, Debug)]
pub struct Reading {
    /// Nodes of contexts and evidence.
    pub channels: Channels,
    /// Outputs for the first and for the second answer.
    pub answers: [usize; 2],
    /// The steps of the decision.
    pub decision: Epoch,
}

impl Reading {
    /// That of a task; [`None`] unless it asks for a choice by context, and contexts and evidence have channels of their own.
    pub fn of(task: &Task) -> Option<Self> {
        let contexts = task.contexts()?;
        Some(Self { channels: contexts.channels()?, answers: contexts.answers, decision: task.decision() })
    }
}

/// Takes the numbers of a circuit in the rate form from its noise-free run on trials of the task, both contexts among them.
///
/// # Errors
/// [`RunError`] if the circuit does not fit the trials, or the trials lack a context or the decision.
pub fn mechanism(circuit: &Network, reading: Reading, trials: &Trials) -> Result<Mechanism, RunError> {
    let Reading { channels, answers: [of, from], decision } = reading;
    if circuit.n_units() < trials.n_inputs() {
        let (found, expected) = (trials.n_inputs(), circuit.n_units());
        return Err(RunError::Width { name: "inputs", found, expected });
    }
    let steps = decision.start..decision.end.min(trials.n_steps());
    let states = run::states(circuit, trials.inputs.view())?;
    let outputs = run::outputs(circuit, states.view())?;
    let numbers_of = |context: usize| {
        let chosen = (0..trials.n_trials()).filter(|&b| trials.conditions[[b, 0]] == context as f32);
        let places: Vec<(usize, usize)> = chosen.flat_map(|b| steps.clone().map(move |t| (t, b))).collect();
        if places.is_empty() {
            Err(RunError::Nothing)
        } else {
            Ok(numbers(circuit, trials, &states, channels, context, &places))
        }
    };
    let contexts = [numbers_of(0)?, numbers_of(1)?];
    let last = steps.end - 1;
    let decision: Array1<f64> = &outputs.slice(s![of, last, ..]) - &outputs.slice(s![from, last, ..]);
    let centred = &decision - decision.sum() / decision.len() as f64;
    let variance = centred.dot(&centred);
    let at_last = states.index_axis(Axis(1), last);
    let through = |node: usize| {
        let weight = circuit.w_out[[of, node]] - circuit.w_out[[from, node]];
        weight * at_last.row(node).dot(&centred) / variance
    };
    Ok(Mechanism { contexts, output_drive: (0..circuit.n_units()).map(through).collect() })
}

/// The largest of the weights from a context to an irrelevant node, of both contexts and both nodes each; `w_rec`: `[n, n]`,
/// `[post, pre]`. Below 0 where every irrelevant node is inhibited: a mean can be so though one of two nodes is excited, since
/// stimuli are never below zero and it takes a larger weight to drive a node down than up (claim 14).
pub fn least_inhibition(w_rec: ArrayView2<'_, f64>, channels: Channels) -> f64 {
    let to_irrelevant = (0..2).flat_map(|context| {
        channels.evidence[1 - context].map(|node| w_rec[[node, channels.contexts[context]]])
    });
    to_irrelevant.fold(f64::NEG_INFINITY, f64::max)
}

/// `f′(z)` over the largest f′, or over the slope where f′ has no bound.
fn gain(activation: Activation, z: f64) -> f64 {
    let steepest = activation.steepest();
    let largest = if steepest.is_finite() { steepest } else { activation.slope };
    activation.slope_at(z) / largest
}

/// Means over steps and trials `places`.
fn numbers(
    circuit: &Network,
    trials: &Trials,
    states: &ndarray::Array3<f64>,
    channels: Channels,
    context: usize,
    places: &[(usize, usize)],
) -> ContextNumbers {
    let (relevant, irrelevant) = (channels.evidence[context], channels.evidence[1 - context]);
    let context = channels.contexts[context];
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
    let signs = |pair: [usize; 2]| pair.map(|node| mean_of(&|place| sign(argument(node, place))));
    ContextNumbers {
        to_irrelevant: irrelevant.map(|node| circuit.w_rec[[node, context]]),
        to_relevant: relevant.map(|node| circuit.w_rec[[node, context]]),
        irrelevant_drive: mean(drive),
        irrelevant_arguments: irrelevant.map(|node| mean_of(&|place| argument(node, place))),
        irrelevant_signs: signs(irrelevant),
        relevant_signs: signs(relevant),
        irrelevant_gains: gains(irrelevant),
        relevant_gains: gains(relevant),
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, Array2};

    use super::*;
    use crate::network::Form;
    use circuitscope_kernel::Curve;

    fn numbers(irrelevant: [f64; 2], relevant: [f64; 2], gains: [f64; 2]) -> ContextNumbers {
        ContextNumbers {
            to_irrelevant: [0.0; 2],
            to_relevant: [0.0; 2],
            irrelevant_drive: 0.0,
            irrelevant_arguments: [0.0; 2],
            irrelevant_signs: irrelevant,
            relevant_signs: relevant,
            irrelevant_gains: [gains[0]; 2],
            relevant_gains: [gains[1]; 2],
        }
    }

    #[test]
    fn each_sign_product_sees_the_opposition_that_it_names() {
        let of = |motion: [[f64; 2]; 2], colour: [[f64; 2]; 2]| {
            let contexts =
                [motion, colour].map(|[irrelevant, relevant]| numbers(irrelevant, relevant, [0.0; 2]));
            let mechanism = Mechanism { contexts, output_drive: Vec::new() };
            [mechanism.sign_product(), mechanism.node_sign_product(), mechanism.stimulus_sign_product()]
        };
        let (up, down, apart) = ([1.0; 2], [-1.0; 2], [1.0, -1.0]);
        // Right against left node; every node keeps its side in both contexts.
        assert_eq!(of([apart, apart], [apart, apart]), [-1.0, 1.0, 0.0]);
        // Each node is on the other side where its stimulus is relevant.
        assert_eq!(of([up, down], [up, down]), [1.0, -1.0, 1.0]);
        // Colour is up where it is irrelevant and motion down, both up where they are relevant.
        assert_eq!(of([up, up], [down, up]), [1.0, 0.0, -1.0]);
        // The left nodes alone change sides.
        assert_eq!(of([up, apart], [up, apart]), [1.0, 0.0, 1.0]);
    }

    #[test]
    fn one_node_that_is_not_inhibited_is_the_least_inhibited() {
        // Rows are targets: motion right, left, colour right, left; columns the contexts motion and colour.
        let weights = |to_irrelevant: [f64; 4]| {
            let [colour_right, colour_left, motion_right, motion_left] = to_irrelevant;
            let mut w_rec = Array2::from_elem((8, 8), 9.0); // all other weights are of no account
            for (node, context, weight) in
                [(4, 0, colour_right), (5, 0, colour_left), (2, 1, motion_right), (3, 1, motion_left)]
            {
                w_rec[[node, context]] = weight;
            }
            let reading = Reading::of(&Task::published("cddm").expect("a task")).expect("channels");
            least_inhibition(w_rec.view(), reading.channels)
        };
        assert_eq!(weights([-1.0, -0.5, -3.0, -2.0]), -0.5);
        assert_eq!(weights([-1.0, -2.0, -3.0, 0.25]), 0.25);
    }

    #[test]
    fn a_gain_over_none_is_no_number() {
        let of = |gains| {
            let contexts = [numbers([0.0; 2], [0.0; 2], gains), numbers([0.0; 2], [0.0; 2], gains)];
            Mechanism { contexts, output_drive: Vec::new() }.relative_gain()
        };
        assert_eq!(of([0.25, 0.5]), Some(0.5));
        assert_eq!(of([0.25, 0.0]), None);
    }

    #[test]
    fn a_context_that_drives_irrelevant_nodes_up_saturates_them_on_the_side_opposite_to_inhibition() {
        const WEIGHT: f64 = 2.0;
        let mut w_rec = Array2::zeros((8, 8));
        for (context, irrelevant) in [(0, [4, 5]), (1, [2, 3])] {
            for node in irrelevant {
                w_rec[[node, context]] = WEIGHT;
            }
        }
        let circuit = Network {
            w_rec,
            w_inp: Array2::from_shape_fn((8, 6), |(i, u)| f64::from(u8::from(i == u))),
            w_out: Array2::from_shape_fn((2, 8), |(o, i)| f64::from(u8::from(i == 2 + o))),
            bias: Array1::zeros(8),
            initial_state: Array1::zeros(8),
            activation: Activation { curve: Curve::Tanh, slope: 1.0 },
            form: Form::Rate,
            dt_ms: 1.0,
            tau_ms: 10.0,
        };
        let task = Task::published("cddm").expect("a task");
        let trials = task.analysis_trials();
        let found =
            mechanism(&circuit, Reading::of(&task).expect("channels"), &trials).expect("a CDDM circuit");
        // 200 steps of a tenth of the time constant bring the context's node to tanh 1, but for 1e-9 of it. Stimuli are at
        // 0, ¼, … 1, with the context's drive or without.
        let context = 1.0_f64.tanh();
        let over_levels =
            |value: &dyn Fn(f64) -> f64| (0..5).map(|k| value(f64::from(k) / 4.0)).sum::<f64>() / 5.0;
        let gain = |z: f64| 1.0 - z.tanh().powi(2);
        let relative = over_levels(&|u| gain(WEIGHT * context + u)) / over_levels(&gain);
        let close =
            |found: f64, expected: f64| assert!((found - expected).abs() < 1e-7, "{found} {expected}");
        close(found.to_irrelevant(), WEIGHT);
        close(found.irrelevant_argument(), WEIGHT * context + 0.5);
        close(found.relative_gain().expect("gains"), relative);
        assert!(relative < SATURATED);
        // A stimulus at 0 leaves a relevant node without a sign.
        close(found.node_sign_product(), 0.8);
        close(found.stimulus_sign_product(), 1.0);
        close(found.sign_product(), 1.0);
    }
}
