//! Fitting circuits to responses, from many random starts in parallel.

use std::ops::{ControlFlow, Range};

use ndarray::{Array1, Array2, Array3, Axis};
use rayon::prelude::*;

use super::CircuitError;
use super::objective::{Objective, Target, matrix, network_of};
use super::placement::{Placement, cross_validated};
use super::responses::Responses;
use super::score::{Scores, score};
use super::setting::{EmbeddingModel, NodeDynamics, Setting};
use super::standard::{above_first_step, standardised};
use super::start::{Directions, orthonormal, start};
use super::subspace::Subspace;
use crate::network::Network;
use crate::stream::seed_of_draw;
use circuitscope_kernel::KernelPath;
use circuitscope_kernel::circuit::{Circuit, CircuitNoise, Embedding, Optimiser, Rules, Shape};

/// How a fit ended. Divergence is no error: it is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All iterations were made.
    Finished,
    /// The loss was no longer finite at this iteration, from 0; the best parameters before it are kept.
    Diverged {
        /// The iteration.
        iteration: usize,
    },
}

/// A fitted circuit.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// The circuit as a network of n units.
    pub circuit: Network,
    /// Embedding into the principal components `[K, n]`, orthonormal columns; of a linear embedding the nearest such matrix.
    pub q: Array2<f64>,
    /// Embedding of the nodes into the units `[N, n]`: `Q = U q` with orthonormal columns, or any matrix, in the units of the
    /// responses.
    pub embedding: Array2<f64>,
    /// What is added to the embedded states, in the units of the responses `[N]`; zero of an orthonormal embedding.
    pub offset: Array1<f64>,
    /// How the fit ended.
    pub outcome: Outcome,
    /// Updates made before the parameters that were kept.
    pub best_iteration: usize,
    /// Noise-free loss of the parameters kept, all terms.
    pub loss: f64,
    /// How well the circuit reproduces the responses it was fitted to.
    pub scores: Scores,
    /// Which start it went from, from 0.
    pub start: usize,
    /// What the start and the noise were drawn from.
    pub seed: u64,
}

/// Where a fit stands.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// Which start, from 0.
    pub start: usize,
    /// Updates made; all of them once a fit has ended, whatever ended it.
    pub iteration: usize,
    /// Updates at most.
    pub n_iterations: usize,
    /// Noise-free loss before the last update; the lowest one once a fit has ended.
    pub loss: f64,
}

/// Told of progress from any thread; it may stop the fits.
pub type Listener<'a> = &'a (dyn Fn(Progress) -> ControlFlow<()> + Sync);

/// Updates between two words to the listener, a multiple of [`JUDGED_EVERY`].
const TOLD_EVERY: usize = 50;
/// Updates between two runs without noise: one per update would take a good part of its time.
const JUDGED_EVERY: usize = 10;

/// Input weights, 1 at the start, are at least so large while they are kept from falling to zero. At a tenth the input nodes
/// of some recorded memory networks go silent all the same.
const LEAST_INPUT: f64 = 0.3;

/// Fits `n_fits` circuits from different starts; they come by rising loss, those that diverged last.
///
/// A pure function of its arguments: the number of threads never changes a bit. Each start k has its own seed, a function
/// of `seed` and k, so that more fits repeat the first ones.
///
/// # Errors
/// [`CircuitError`] if responses and setting do not fit each other, or [`CircuitError::Interrupted`].
///
/// # Source
/// TE25, Methods, and its code; LE25. Loss: docs/methods.md §4.7, all steps, all trials. Kept are the parameters of the lowest
/// noise-free loss, as in training, of those before every tenth update and at the end.
pub fn fits(
    responses: &Responses,
    dynamics: NodeDynamics,
    setting: &Setting,
    n_fits: usize,
    seed: u64,
    path: KernelPath,
    told: Listener<'_>,
) -> Result<Vec<Fit>, CircuitError> {
    fits_from(responses, dynamics, setting, 0..n_fits, seed, path, told)
}

/// The fits of [`fits`] from some of its starts, which are numbered from 0.
///
/// # Errors
/// As [`fits`].
pub fn fits_from(
    responses: &Responses,
    dynamics: NodeDynamics,
    setting: &Setting,
    starts: Range<usize>,
    seed: u64,
    path: KernelPath,
    told: Listener<'_>,
) -> Result<Vec<Fit>, CircuitError> {
    fits_in_space(responses, dynamics, setting, starts, seed, path, told).map(|(fits, _)| fits)
}

/// The fits of [`fits_from`], with the space that they live in.
pub(super) fn fits_in_space(
    responses: &Responses,
    dynamics: NodeDynamics,
    setting: &Setting,
    starts: Range<usize>,
    seed: u64,
    path: KernelPath,
    told: Listener<'_>,
) -> Result<(Vec<Fit>, Subspace), CircuitError> {
    let problem = Problem::new(responses, dynamics, setting)?;
    let fits = starts
        .into_par_iter()
        .map(|k| {
            let seed = seed_of_draw(seed, k as u64);
            let beginning = start(problem.shape, &problem.directions, setting, k, seed);
            problem.fit_from(beginning, k, seed, path, told)
        })
        .collect::<Result<Vec<_>, _>>()?;
    Ok((by_loss(fits), problem.subspace))
}

/// Fits by rising loss, those that diverged last.
pub fn by_loss(mut fits: Vec<Fit>) -> Vec<Fit> {
    let has_diverged = |fit: &Fit| fit.outcome != Outcome::Finished;
    fits.sort_by(|a, b| has_diverged(a).cmp(&has_diverged(b)).then(a.loss.total_cmp(&b.loss))); // stable
    fits
}

/// A fit that goes on from where another one ended, on other responses of some of its units, with the space that it lives in.
///
/// - `whole`: the fit, and those of its units that the responses are of.
pub(super) fn refit(
    whole: (&Fit, &[usize]),
    responses: &Responses,
    dynamics: NodeDynamics,
    setting: &Setting,
    seed: u64,
    path: KernelPath,
    told: Listener<'_>,
) -> Result<(Fit, Subspace), CircuitError> {
    let (fit, units) = whole;
    let problem = Problem::new(responses, dynamics, setting)?;
    let q = orthonormal(problem.subspace.directions.t().dot(&fit.embedding.select(Axis(0), units)).view());
    let weights = |matrix: &Array2<f64>| matrix.iter().copied().collect::<Vec<_>>();
    let Network { w_rec, w_inp, w_out, .. } = &fit.circuit;
    let circuit = Circuit { w_rec: weights(w_rec), w_inp: weights(w_inp), w_out: weights(w_out), q };
    let found = problem.fit_from((circuit, Embedding::Stiefel), fit.start, seed, path, told)?;
    Ok((found, problem.subspace))
}

/// Responses in the form that every start shares.
struct Problem<'a> {
    responses: &'a Responses,
    dynamics: NodeDynamics,
    setting: &'a Setting,
    subspace: Subspace,
    components: Array3<f64>,
    shape: Shape,
    rules: Rules,
    directions: Directions,
    inputs: Vec<f32>,
    outputs: Vec<f32>,
    single_components: Vec<f32>,
}

impl<'a> Problem<'a> {
    fn new(
        responses: &'a Responses,
        dynamics: NodeDynamics,
        setting: &'a Setting,
    ) -> Result<Self, CircuitError> {
        setting.check(responses.n_inputs(), responses.n_outputs())?;
        let n_nodes = setting.n_nodes();
        let subspace = Subspace::new(responses.rates.view(), setting.n_components)?.of_at_least(n_nodes);
        let found = subspace.n_components();
        if found < n_nodes {
            return Err(CircuitError::Dimensions { found, n_nodes });
        }
        let components = match setting.embedding {
            EmbeddingModel::Orthonormal => subspace.components(),
            EmbeddingModel::Linear => standardised(subspace.components()),
        };
        let singles = |array: &Array3<f64>| array.iter().map(|&x| x as f32).collect::<Vec<_>>();
        Ok(Self {
            shape: Shape {
                n_nodes,
                n_inputs: responses.n_inputs(),
                n_outputs: responses.n_outputs(),
                n_components: found,
                n_steps: responses.n_steps(),
                n_trials: responses.n_trials(),
            },
            rules: setting.wiring.rules(),
            directions: match setting.embedding {
                EmbeddingModel::Orthonormal => {
                    Directions::new(components.view(), responses, dynamics.alpha())
                }
                // States are zero at the first step: what the components are there is baseline.
                EmbeddingModel::Linear => {
                    let above = above_first_step(&components);
                    Directions::new(above.view(), responses, dynamics.alpha())
                }
            },
            inputs: responses.inputs.iter().copied().collect(),
            outputs: singles(&responses.outputs),
            single_components: singles(&components),
            responses,
            dynamics,
            setting,
            subspace,
            components,
        })
    }

    /// Gradient of the penalty on the weights, added; gives the penalty.
    fn penalise(&self, circuit: &Circuit, gradient: &mut Circuit) -> f64 {
        let mut penalty = 0.0;
        for (weights, gradient) in [
            (&circuit.w_rec, &mut gradient.w_rec),
            (&circuit.w_inp, &mut gradient.w_inp),
            (&circuit.w_out, &mut gradient.w_out),
        ] {
            let factor = self.setting.lambda_weights / weights.len() as f64;
            penalty += factor * weights.iter().map(|w| w * w).sum::<f64>();
            for (g, w) in gradient.iter_mut().zip(weights) {
                *g += 2.0 * factor * w;
            }
        }
        penalty
    }

    fn fit_from(
        &self,
        (mut circuit, embedding): (Circuit, Embedding),
        start_idx: usize,
        seed: u64,
        path: KernelPath,
        told: Listener<'_>,
    ) -> Result<Fit, CircuitError> {
        let (target, alpha) = (self.target(), self.dynamics.alpha());
        let mut objective = Objective::new(&target, &circuit.q, path);
        let mut optimiser = Optimiser::new(self.shape, embedding);
        let Setting { learning_rate, n_iterations, schedule, .. } = *self.setting;
        let [mut gradient, mut unused] = [(); 2].map(|()| Circuit::zeros(self.shape));
        let sigma = |sigma: f64, share: f64| ((2.0 / alpha).sqrt() * sigma * share) as f32;
        let mut best = circuit.clone();
        let (mut lowest, mut best_iteration) = (f64::INFINITY, 0);
        let mut iteration = 0;
        let outcome = loop {
            if iteration % JUDGED_EVERY == 0 || iteration == n_iterations {
                let loss = objective.loss(&circuit)? + self.penalise(&circuit, &mut unused);
                if !loss.is_finite() {
                    break Outcome::Diverged { iteration };
                }
                if loss < lowest {
                    (lowest, best_iteration) = (loss, iteration);
                    best.clone_from(&circuit);
                }
                if iteration % TOLD_EVERY == 0 {
                    self.tell(start_idx, iteration, loss, told)?;
                }
            }
            if iteration == n_iterations {
                break Outcome::Finished;
            }
            let share = schedule.noise(iteration, n_iterations);
            let noise = CircuitNoise {
                seed,
                iteration: iteration as u64,
                sigma_rec: sigma(self.setting.sigma_rec, share),
                sigma_inp: sigma(self.setting.sigma_inp, share),
            };
            let noisy = objective.step(&circuit, noise, &mut gradient)?;
            let penalty = self.penalise(&circuit, &mut gradient);
            if !(noisy + penalty).is_finite() {
                break Outcome::Diverged { iteration };
            }
            let rate = learning_rate * schedule.rate(iteration, n_iterations);
            optimiser.update(&mut circuit, &gradient, rate, &self.rules);
            if schedule.keeps_inputs(iteration, n_iterations) {
                self.keep_inputs(&mut circuit);
            }
            iteration += 1;
        };
        // Nothing is left of the start: who counts updates must not wait for them.
        self.tell(start_idx, n_iterations, lowest, told)?;
        let loss = if lowest.is_finite() { lowest } else { f64::NAN };
        let found = self.finished(&best, outcome, best_iteration, loss, seed)?;
        Ok(Fit { start: start_idx, ..found })
    }

    /// Keeps every input weight that there is from falling to zero.
    fn keep_inputs(&self, circuit: &mut Circuit) {
        for (weight, allowed) in circuit.w_inp.iter_mut().zip(&self.rules.inp_mask) {
            *weight = weight.max(LEAST_INPUT * allowed);
        }
    }

    fn target(&self) -> Target<'_> {
        Target {
            shape: self.shape,
            dynamics: self.dynamics,
            setting: self.setting,
            responses: self.responses,
            components: &self.components,
            inputs: &self.inputs,
            outputs: &self.outputs,
            single_components: &self.single_components,
        }
    }

    fn tell(
        &self,
        start: usize,
        iteration: usize,
        loss: f64,
        told: Listener<'_>,
    ) -> Result<(), CircuitError> {
        let n_iterations = self.setting.n_iterations;
        if told(Progress { start, iteration, n_iterations, loss }).is_break() {
            return Err(CircuitError::Interrupted);
        }
        Ok(())
    }

    fn finished(
        &self,
        best: &Circuit,
        outcome: Outcome,
        best_iteration: usize,
        loss: f64,
        seed: u64,
    ) -> Result<Fit, CircuitError> {
        let circuit = network_of(best, self.shape, self.dynamics);
        let Shape { n_components: k, n_nodes: n, .. } = self.shape;
        let noise = self.setting.state_noise(self.dynamics);
        let placement = match self.setting.embedding {
            EmbeddingModel::Orthonormal => Placement::orthonormal(matrix(&best.q, k, n), &self.subspace),
            EmbeddingModel::Linear => Placement::linear(&circuit, &self.subspace, self.responses, noise)?,
        };
        let components = self.subspace.components();
        let mut scores = score(&circuit, &placement, &self.subspace, components.view(), self.responses)?;
        if self.setting.embedding == EmbeddingModel::Linear {
            scores.variance_explained = cross_validated(&circuit, self.responses, noise)?;
        }
        let Placement { q, embedding, offset, .. } = placement;
        Ok(Fit { circuit, q, embedding, offset, outcome, best_iteration, loss, scores, start: 0, seed })
    }
}
