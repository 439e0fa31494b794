//! Latent circuits whose way to gate the irrelevant stimulus is planted; their numbers are taken from them without a fit.

use std::collections::BTreeMap;

use circuitscope::analysis::latent_circuit::mechanism::{least_inhibition, mechanism};
use circuitscope::analysis::measures::Measure;
use circuitscope::network::{Form, Network};
use circuitscope::{Activation, Curve};
use ndarray::{Array1, Array2};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use crate::pipeline::Protocol;

const N_NODES: usize = 8;
/// Share by which every weight varies.
const VARIATION: f64 = 0.1;

/// What the context does with the nodes of the irrelevant stimulus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gating {
    /// Inhibits both, so that the strongest stimulus alone is heard.
    Inhibition,
    /// Inhibits both, so that no stimulus is heard.
    Silence,
    /// Drives right up and left down, both into saturation (row 15, first reading).
    Apart,
    /// Drives both up into saturation (second reading).
    Up,
    /// Drives both up into saturation, and the relevant ones below zero (third reading).
    UpAndRelevantDown,
    /// Drives motion up and colour down, each into saturation where it is irrelevant (fourth reading).
    MotionUpColourDown,
    /// Weights to all stimulus nodes drawn alike, with signs of pre-activations as often above zero as below.
    Chance,
}

impl Gating {
    /// Weights from a context `[right, left]` to the irrelevant and to the relevant nodes.
    fn weights(self, context: usize) -> [[f64; 2]; 2] {
        // Stimuli are from 0 to 1: it takes more to drive a node down than up.
        const UP: f64 = 2.0;
        const DOWN: f64 = -3.0;
        match self {
            Self::Inhibition => [[-0.9; 2], [0.0; 2]],
            Self::Silence => [[-2.0; 2], [0.0; 2]],
            Self::Apart => [[UP, DOWN], [0.0; 2]],
            Self::Up => [[UP; 2], [0.0; 2]],
            Self::UpAndRelevantDown => [[UP; 2], [-1.5; 2]],
            // In the motion context colour is irrelevant.
            Self::MotionUpColourDown => [[[DOWN; 2], [UP; 2]][context], [0.0; 2]],
            Self::Chance => [[-0.5; 2]; 2],
        }
    }

    /// A circuit; every weight varies with the stream. Nodes: two contexts, four channels, two outputs.
    pub(crate) fn circuit(self, curve: Curve, rng: &mut ChaCha8Rng) -> Network {
        let mut normal = || -> f64 { StandardNormal.sample(rng) };
        let slope = if curve == Curve::Sigmoid { 7.5 } else { 1.0 };
        let activation = Activation { curve, slope };
        let mut bias = Array1::zeros(N_NODES);
        if curve == Curve::Sigmoid {
            // Without it the node of the context that is off would be at one half.
            bias.slice_mut(ndarray::s![..2]).fill(-0.5);
        }
        // What a context's node sends where it is on, over its weight.
        let active = activation.rate(1.0 + bias[0]);
        let mut w_rec = Array2::zeros((N_NODES, N_NODES));
        for (context, irrelevant, relevant) in [(0, [4, 5], [2, 3]), (1, [2, 3], [4, 5])] {
            let [to_irrelevant, to_relevant] = self.weights(context);
            let all = irrelevant.into_iter().zip(to_irrelevant).chain(relevant.into_iter().zip(to_relevant));
            for (node, weight) in all {
                w_rec[[node, context]] = match self {
                    Self::Chance => (weight + 1.5 * normal()) / active,
                    _ => weight * (1.0 + VARIATION * normal()),
                };
            }
        }
        let inputs: [f64; 6] = std::array::from_fn(|_| 1.0 + VARIATION * normal());
        Network {
            w_rec,
            w_inp: Array2::from_shape_fn((N_NODES, 6), |(i, u)| if i == u { inputs[u] } else { 0.0 }),
            w_out: Array2::from_shape_fn((2, N_NODES), |(o, i)| {
                f64::from(u8::from(i == 2 + o || i == 4 + o))
            }),
            bias,
            initial_state: Array1::zeros(N_NODES),
            activation,
            form: Form::Rate,
            dt_ms: 1.0,
            tau_ms: 10.0,
        }
    }

    /// The numbers of a circuit, as a study takes them from a fitted one.
    pub(crate) fn measures(
        self,
        curve: Curve,
        protocol: &Protocol,
        rng: &mut ChaCha8Rng,
    ) -> BTreeMap<Measure, f64> {
        let circuit = self.circuit(curve, rng);
        let found = mechanism(&circuit, protocol.reading(), &protocol.trials).expect("a circuit of the task");
        let mut measures = BTreeMap::from([
            (Measure::ContextInhibition, found.inhibition()),
            (Measure::LeastInhibition, least_inhibition(circuit.w_rec.view(), protocol.reading().channels)),
            (Measure::IrrelevantSignProduct, found.sign_product()),
            (Measure::IrrelevantGain, found.gain_lost()),
            (Measure::ContextToIrrelevant, found.to_irrelevant()),
            (Measure::IrrelevantPreactivation, found.irrelevant_argument()),
            (Measure::NodeSignProduct, found.node_sign_product()),
            (Measure::StimulusSignProduct, found.stimulus_sign_product()),
        ]);
        measures.extend(found.relative_gain().map(|gain| (Measure::RelativeGain, gain)));
        measures
    }
}
