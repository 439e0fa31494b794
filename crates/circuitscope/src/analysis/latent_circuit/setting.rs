//! Every number that decides how a latent circuit is fitted.

use ndarray::{Array1, Array2};

use super::CircuitError;
use super::schedule::Schedule;
use crate::network::Network;
use crate::task::Task;
use circuitscope_kernel::Activation;
pub use circuitscope_kernel::circuit::MOST_NODES;
use circuitscope_kernel::circuit::Rules;

/// Which publication's circuit is fitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Variant {
    /// TE25: every node may drive every output; the embedding moves on the Stiefel manifold.
    Te25,
    /// LE25: the last nodes are the outputs, one each; the embedding is a Cayley transform of a free matrix.
    Le25,
}

impl Variant {
    /// Its name on the command line and in results.
    pub fn name(self) -> &'static str {
        match self {
            Self::Te25 => "te25",
            Self::Le25 => "le25",
        }
    }
}

/// How the nodes of a circuit are embedded in the responses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EmbeddingModel {
    /// `y = Q x` with orthonormal columns of Q, as published: for all units of a network, in its own units of measure.
    Orthonormal,
    /// `y = L x + c` with any matrix L and an offset c for each unit. Some rows of an orthonormal matrix are any matrix:
    /// for a part of the neurons, above baselines and in whatever units of measure, none of which changes the circuit.
    Linear,
}

impl EmbeddingModel {
    /// Its name on the command line and in results.
    pub fn name(self) -> &'static str {
        match self {
            Self::Orthonormal => "orthonormal",
            Self::Linear => "linear",
        }
    }
}

/// Dynamics of a circuit's nodes: the network's own, or what the user says of a recording.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NodeDynamics {
    /// Activation function of every node.
    pub activation: Activation,
    /// Step of the responses.
    pub dt_ms: f64,
    /// Time constant of every node.
    pub tau_ms: f64,
}

impl NodeDynamics {
    /// Those of a network (docs/methods.md §4.7: the same dynamics and activation).
    pub fn of_network(network: &Network) -> Self {
        Self { activation: network.activation, dt_ms: network.dt_ms, tau_ms: network.tau_ms }
    }

    /// Euler factor `α = dt / τ`.
    pub fn alpha(self) -> f64 {
        self.dt_ms / self.tau_ms
    }
}

/// Which weights a circuit has, and the signs of its nodes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wiring {
    /// Recurrent weights that may differ from zero `[n, n]`.
    pub rec: Array2<bool>,
    /// Input weights that may be above zero `[n, U]`.
    pub inp: Array2<bool>,
    /// Output weights that may be above zero `[O, n]`.
    pub out: Array2<bool>,
    /// +1 excitatory, −1 inhibitory, 0 free `[n]`: Dale's law for the nodes it names.
    pub signs: Array1<i8>,
}

impl Wiring {
    /// The published wiring: input u drives node u alone; all recurrent weights; outputs by variant; no signs.
    pub fn published(variant: Variant, n_nodes: usize, n_inputs: usize, n_outputs: usize) -> Self {
        Self {
            rec: Array2::from_elem((n_nodes, n_nodes), true),
            inp: Array2::from_shape_fn((n_nodes, n_inputs), |(i, u)| i == u),
            out: Array2::from_shape_fn((n_outputs, n_nodes), |(o, i)| match variant {
                Variant::Te25 => true,
                Variant::Le25 => i + n_outputs == n_nodes + o,
            }),
            signs: Array1::zeros(n_nodes),
        }
    }

    /// Number of nodes n.
    pub fn n_nodes(&self) -> usize {
        self.signs.len()
    }

    /// Nodes without an input weight: what tells them apart is only what the fit makes of them.
    pub fn free_nodes(&self) -> Vec<usize> {
        (0..self.n_nodes()).filter(|&i| !self.inp.row(i).iter().any(|&allowed| allowed)).collect()
    }

    pub(super) fn rules(&self) -> Rules {
        let flags = |mask: &Array2<bool>| {
            mask.iter().map(|&allowed| f64::from(u8::from(allowed))).collect::<Vec<_>>()
        };
        Rules {
            rec_mask: flags(&self.rec),
            inp_mask: flags(&self.inp),
            out_mask: flags(&self.out),
            signs: self.signs.iter().map(|&sign| f64::from(sign)).collect(),
        }
    }
}

/// How circuits are fitted.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// TE25 or LE25.
    pub variant: Variant,
    /// How nodes are embedded in the responses.
    pub embedding: EmbeddingModel,
    /// Which weights there are.
    pub wiring: Wiring,
    /// Principal components K of the responses that the embedding lives in, at most.
    pub n_components: usize,
    /// Weight of the mean squared weights of each matrix in the loss.
    pub lambda_weights: f64,
    /// Weight `λ_v` of the embedding's normalised error in the loss.
    pub lambda_embedding: f64,
    /// Strength σ of the noise on the nodes (scaled by √(2/α)).
    pub sigma_rec: f64,
    /// Strength σ of the noise on the inputs (scaled by √(2/α)).
    pub sigma_inp: f64,
    /// Adam's learning rate.
    pub learning_rate: f64,
    /// Updates of one fit.
    pub n_iterations: usize,
    /// Learning rate and noise over the updates.
    pub schedule: Schedule,
}

impl Setting {
    /// The published setting (docs/methods.md §4.7).
    pub fn published(variant: Variant, n_nodes: usize, n_inputs: usize, n_outputs: usize) -> Self {
        Self {
            variant,
            embedding: EmbeddingModel::Orthonormal,
            wiring: Wiring::published(variant, n_nodes, n_inputs, n_outputs),
            n_components: 30,
            lambda_weights: 0.08,
            lambda_embedding: 0.025,
            sigma_rec: 0.05,
            sigma_inp: 0.05,
            learning_rate: 0.02,
            n_iterations: 2000,
            schedule: Schedule::Constant,
        }
    }

    /// The same with learning rate and noise that fall to zero over the last tenth of the updates.
    #[must_use]
    pub fn cooled(self) -> Self {
        Self { schedule: Schedule::Cooled, ..self }
    }

    /// The same for recorded responses: embedded linearly, under noise that rises before it falls.
    #[must_use]
    pub fn recorded(self) -> Self {
        Self { embedding: EmbeddingModel::Linear, schedule: Schedule::Rising, ..self }
    }

    /// The setting for finding the weights of a circuit that is there: no noise, weights all but free, and the embedding as
    /// heavy as the outputs, so that the lowest loss is at the circuit itself.
    ///
    /// The published penalty on weights outweighs the errors of a good fit: planted circuits are found under this setting,
    /// not under that one, which looks for a circuit of small weights that does much the same.
    pub fn recovery(variant: Variant, n_nodes: usize, n_inputs: usize, n_outputs: usize) -> Self {
        Self {
            lambda_weights: 1e-4,
            lambda_embedding: 1.0,
            sigma_rec: 0.0,
            sigma_inp: 0.0,
            n_iterations: 6000,
            schedule: Schedule::Cooled,
            ..Self::published(variant, n_nodes, n_inputs, n_outputs)
        }
    }

    /// The published setting, [`cooled`](Self::cooled), for responses of a task, with [its nodes](Task::n_circuit_nodes).
    pub fn of_task(task: &Task, variant: Variant) -> Self {
        Self::published(variant, task.n_circuit_nodes(), task.input_names().len(), task.output_names().len())
            .cooled()
    }

    /// The same with another number of nodes and the published wiring.
    pub fn with_nodes(&self, n_nodes: usize) -> Self {
        let (n_inputs, n_outputs) = (self.wiring.inp.ncols(), self.wiring.out.nrows());
        let wiring = Wiring::published(self.variant, n_nodes, n_inputs, n_outputs);
        Self { wiring, ..self.clone() }
    }

    /// Whether a fit that is judged on held-out conditions goes on from the one to all conditions: that of TE25 under a schedule
    /// that ends without noise. The free matrix of an LE25 embedding is not known from the embedding.
    pub(super) fn is_refitted(&self) -> bool {
        self.variant == Variant::Te25 && self.schedule != Schedule::Constant
    }

    /// Updates of a fit that is judged on held-out conditions, see
    /// [`held_out_of`](super::judge::held_out_of).
    pub fn n_iterations_held_out(&self) -> usize {
        if self.is_refitted() { (self.n_iterations / 5).max(1) } else { self.n_iterations }
    }

    /// Number of nodes n.
    pub fn n_nodes(&self) -> usize {
        self.wiring.n_nodes()
    }

    /// Variance of a node's state under the recurrent noise alone: that of `x ← (1 − α) x + α √(2/α) σ ξ` at rest.
    pub(super) fn state_noise(&self, dynamics: NodeDynamics) -> f64 {
        2.0 * self.sigma_rec.powi(2) / (2.0 - dynamics.alpha())
    }

    /// Refuses what cannot be fitted to responses with so many inputs and outputs.
    pub(super) fn check(&self, n_inputs: usize, n_outputs: usize) -> Result<(), CircuitError> {
        let n = self.n_nodes();
        for (name, found, expected) in [
            ("wiring.rec", self.wiring.rec.shape(), [n, n]),
            ("wiring.inp", self.wiring.inp.shape(), [n, n_inputs]),
            ("wiring.out", self.wiring.out.shape(), [n_outputs, n]),
        ] {
            if found != expected {
                return Err(CircuitError::Shape { name, found: found.to_vec(), expected: expected.to_vec() });
            }
        }
        let least = match self.variant {
            Variant::Te25 => n_inputs,
            Variant::Le25 => n_inputs + n_outputs, // an output node is no input node
        };
        if !(least..=MOST_NODES).contains(&n) {
            let expected = format!("from {least} to {MOST_NODES}");
            return Err(CircuitError::Setting { name: "nodes", found: n, expected });
        }
        if self.n_iterations == 0 {
            let expected = "at least 1".to_owned();
            return Err(CircuitError::Setting { name: "n_iterations", found: 0, expected });
        }
        Ok(())
    }
}
