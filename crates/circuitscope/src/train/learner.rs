//! One update of one network: what a training repeats thousands of times, and what a benchmark times.

use super::initial::initial_weights;
use super::model::Bias;
use super::recipe::Recipe;
use super::weights::Weights;
use crate::trials::Trials;
use circuitscope_kernel::{Adam, Batch, Geometry, KernelPath, Noise, Parameters, Stepper, orthogonality};

/// A network that learns, with all that an update needs.
pub struct Learner<'a> {
    recipe: &'a Recipe,
    seed: u64,
    geometry: Geometry,
    signs: Vec<f32>,
    stepper: Stepper,
    pub(super) weights: Weights,
    /// What the bias stays at, where it is not learned.
    fixed_bias: Option<Vec<f32>>,
    gradients: Parameters,
    adam: Adam,
}

/// Loss of a network on a set of trials.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loss {
    /// All terms, weighted: what the gradient is of.
    pub total: f64,
    /// The task's own: mean over masked steps, trials and outputs of `(o − ô)²`, by weight where the trials have weights.
    pub mse: f64,
}

impl<'a> Learner<'a> {
    /// A network at the initial weights of `seed`, for trials of the size of `trials`.
    ///
    /// # Panics
    /// If the machine lacks `path`.
    pub fn new(recipe: &'a Recipe, trials: &Trials, seed: u64, path: KernelPath) -> Self {
        let geometry = Geometry {
            n_units: recipe.n_units,
            n_inputs: trials.n_inputs(),
            n_outputs: trials.n_outputs(),
            n_steps: trials.n_steps(),
            n_trials: trials.n_trials(),
        };
        let weights = initial_weights(recipe, geometry.n_inputs, geometry.n_outputs, seed);
        let equation = recipe.model.equation(recipe.architecture, recipe.alpha());
        let is_fixed = matches!(recipe.model.bias, Bias::Fixed(_));
        Self {
            recipe,
            seed,
            geometry,
            signs: recipe.signs().into_iter().map(f32::from).collect(),
            stepper: Stepper::new(geometry, equation, path),
            fixed_bias: is_fixed.then(|| weights.parameters.bias.clone()),
            gradients: weights.parameters.zeros_like(),
            adam: weights.adam(),
            weights,
        }
    }

    /// Goes back to `weights`, with fresh moments.
    pub(super) fn restart_from(&mut self, weights: &Weights) {
        self.weights.clone_from(weights);
        self.adam = self.weights.adam();
    }

    /// Draws noise, runs forward and backward through time, updates by Adam and projects onto the constraint; the loss
    /// is that before the update, under noise. Where it is not finite, nothing is updated.
    ///
    /// - `iteration`: numbers the noise, which is a function of it and the seed.
    ///
    /// # Panics
    /// If `trials` differ in size from those of [`Learner::new`].
    pub fn update(&mut self, trials: &Trials, lambda_r: f64, iteration: u64) -> Loss {
        let scale = (2.0 / self.recipe.alpha()).sqrt();
        let noise = Noise::Seeded {
            seed: self.seed,
            iteration,
            sigma_rec: (scale * self.recipe.sigma_rec) as f32,
            sigma_inp: (scale * self.recipe.sigma_inp) as f32,
        };
        let (parameters, gradients) = (&self.weights.parameters, &mut self.gradients);
        let noisy =
            self.stepper.loss_and_gradients(parameters, &batch_of(trials), noise, lambda_r as f32, gradients);
        let lambda_orth = self.recipe.lambda_orth;
        let overlap =
            orthogonality(&parameters.w_inp, self.geometry.n_inputs, lambda_orth, &mut gradients.w_inp);
        let total = noisy.task + lambda_orth * overlap + lambda_r * noisy.rate;
        if total.is_finite() {
            let fixed_bias = self.fixed_bias.as_deref();
            self.weights.update(&mut self.adam, gradients, fixed_bias, &self.signs, self.recipe);
        }
        Loss { total, mse: noisy.task }
    }

    /// The loss without noise.
    ///
    /// # Panics
    /// If `trials` differ in size from those of [`Learner::new`].
    pub fn noise_free_loss(&mut self, trials: &Trials, lambda_r: f64) -> Loss {
        let parameters = &self.weights.parameters;
        let clean = self.stepper.loss(parameters, &batch_of(trials), Noise::Absent);
        let n_inputs = self.geometry.n_inputs;
        let overlap = orthogonality(&parameters.w_inp, n_inputs, 0.0, &mut self.gradients.w_inp);
        let total = clean.task + self.recipe.lambda_orth * overlap + lambda_r * clean.rate;
        Loss { total, mse: clean.task }
    }

    /// Floating-point operations of an update as the field counts them: one forward product and two backward ones a
    /// step, `3 · 2 · T·B·N·(N+U)`.
    pub fn n_operations(&self) -> u64 {
        let Geometry { n_units, n_inputs, n_steps, n_trials, .. } = self.geometry;
        (6 * n_steps * n_trials * n_units * (n_units + n_inputs)) as u64
    }
}

fn batch_of(trials: &Trials) -> Batch<'_> {
    Batch {
        inputs: trials.inputs.as_slice().expect("trials are made in row-major order"),
        targets: trials.targets.as_slice().expect("trials are made in row-major order"),
        mask: &trials.mask,
        weights: trials.weights.as_ref().map(|w| w.as_slice().expect("trials are made in row-major order")),
    }
}
