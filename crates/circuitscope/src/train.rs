//! Training: full-batch Adam on full backpropagation through time (TE25, Methods).

mod initial;
mod learner;
mod model;
mod outcome;
mod recipe;
mod weights;

pub use circuitscope_kernel::InputOutput;
pub use learner::{Learner, Loss};
pub use model::{Bias, Connections, Model, Spread};
pub use outcome::{Checkpoint, CurvePoint, Outcome, Quantity, Trained};
pub use recipe::{Phase, Recipe};

use crate::dynamics::run::{Score, outputs, rates, score, states};
use crate::network::Network;
use crate::silent_units::{chunks, without_silent_units};
use crate::task::Task;
use crate::trials::Trials;
use circuitscope_kernel::{KernelPath, Parameters};
use initial::initial_weights;
use ndarray::{Array1, Array2, Array3, ArrayView3, s};
use std::ops::ControlFlow;

/// Where a training stands, told after every iteration.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// Iterations made so far, over all phases.
    pub iteration: usize,
    /// Iterations in all.
    pub n_iterations: usize,
    /// Noise-free loss after the last update.
    pub loss: f64,
}

/// The caller asked to stop before the training was over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("training was interrupted")]
pub struct Interrupted;

/// Trains one network of a class on a task.
///
/// Each phase starts from the best parameters of the one before, with fresh Adam moments (the published code builds a
/// new optimiser for each call of its trainer), and keeps the parameters whose noise-free total loss, on the trials of
/// that iteration, is lowest. The result is a pure function of `task`, `recipe`, `seed` and `path`.
///
/// `checkpoints` are the iterations, rising, after which the network is kept as it stands; they change nothing else.
/// `told` hears of every iteration and may stop the training.
///
/// # Errors
/// [`Interrupted`] if `told` breaks. Divergence is no error but an [`Outcome`].
///
/// # Panics
/// Never: the network is made for the task.
///
/// # Source
/// TE25, Methods; the published training code (trainRNNbrain).
pub fn train(
    task: &Task,
    recipe: &Recipe,
    seed: u64,
    path: KernelPath,
    checkpoints: &[usize],
    told: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Trained, Interrupted> {
    let mut trials = task.training_trials(seed, 0);
    let (n_inputs, n_outputs) = (trials.n_inputs(), trials.n_outputs());
    let mut learner = Learner::new(recipe, &trials, seed, path);
    let start = learner.weights.clone();
    let mut best = start.clone();
    let mut best_iteration = None;
    let mut curve = Vec::new();
    let mut kept = Vec::new();
    let mut outcome = Outcome::Finished;
    let n_iterations = recipe.n_iterations();
    let curve_stride = n_iterations.div_ceil(200);
    let mut iteration = 0;

    'training: for phase in &recipe.phases {
        learner.restart_from(&best);
        let mut lowest = f64::INFINITY;
        for _ in 0..phase.iterations {
            if task.redraws_trials() {
                trials = task.training_trials(seed, iteration as u64);
            }
            if !learner.update(&trials, phase.lambda_r, iteration as u64).total.is_finite() {
                outcome = Outcome::Diverged { iteration, quantity: Quantity::TrainingLoss };
                break 'training;
            }
            let Loss { total: loss, mse } = learner.noise_free_loss(&trials, phase.lambda_r);
            if !loss.is_finite() {
                outcome = Outcome::Diverged { iteration, quantity: Quantity::NoiseFreeLoss };
                break 'training;
            }
            if loss < lowest {
                lowest = loss;
                best.clone_from(&learner.weights);
                best_iteration = Some(iteration);
            }
            if iteration % curve_stride == 0 || iteration + 1 == n_iterations {
                curve.push(CurvePoint { iteration, loss, mse });
            }
            iteration += 1;
            if checkpoints.contains(&iteration) {
                let network = network_of(&learner.weights.parameters, recipe, n_inputs, n_outputs);
                kept.push(Checkpoint { iteration, network });
            }
            if told(Progress { iteration, n_iterations, loss }).is_break() {
                return Err(Interrupted);
            }
        }
    }
    drop(learner);

    let (network, n_silent) =
        without_silent_units(network_of(&best.parameters, recipe, n_inputs, n_outputs), task)
            .expect("the network was made for the task");
    Ok(Trained {
        score: score_of(&network, &task.analysis_trials()),
        training_score: score_of(&network, &task.scoring_trials()),
        initial: network_of(&start.parameters, recipe, n_inputs, n_outputs),
        network,
        outcome,
        n_silent,
        best_iteration,
        curve,
        checkpoints: kept,
    })
}

/// The network a recipe starts from: same seed, same constraint, radius and ratio as the trained one.
pub fn untrained(task: &Task, recipe: &Recipe, seed: u64) -> Network {
    let trials = task.analysis_trials();
    let (n_inputs, n_outputs) = (trials.n_inputs(), trials.n_outputs());
    network_of(&initial_weights(recipe, n_inputs, n_outputs, seed).parameters, recipe, n_inputs, n_outputs)
}

fn network_of(parameters: &Parameters, recipe: &Recipe, n_inputs: usize, n_outputs: usize) -> Network {
    let n = recipe.n_units;
    let matrix = |weights: &[f32], rows, columns| {
        Array2::from_shape_fn((rows, columns), |(i, j)| f64::from(weights[i * columns + j]))
    };
    Network {
        w_rec: matrix(&parameters.w_rec, n, n),
        w_inp: matrix(&parameters.w_inp, n, n_inputs),
        w_out: matrix(&parameters.w_out, n_outputs, n),
        bias: Array1::from_shape_fn(n, |unit| parameters.bias.get(unit).map_or(0.0, |&b| b.into())),
        initial_state: Array1::zeros(n),
        activation: recipe.architecture.activation,
        form: recipe.model.form,
        dt_ms: recipe.dt_ms,
        tau_ms: recipe.tau_ms,
    }
}

fn rates_of(network: &Network, inputs: &ArrayView3<'_, f32>) -> Array3<f64> {
    rates(network, states(network, inputs.view()).expect("the network was made for the task"))
}

fn score_of(network: &Network, trials: &Trials) -> Score {
    let mut all = Array3::zeros(trials.targets.dim());
    let mut first = 0;
    for chunk in chunks(trials) {
        let of_chunk =
            outputs(network, rates_of(network, &chunk).view()).expect("the states are the network's own");
        let end = first + of_chunk.dim().2;
        all.slice_mut(s![.., .., first..end]).assign(&of_chunk);
        first = end;
    }
    score(all.view(), trials).expect("outputs and targets are of the same task")
}
