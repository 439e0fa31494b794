//! Adam with L2 weight decay, and the constraint that follows every update.

use crate::parameters::{Geometry, Parameters};

/// Decay of the first moment (Kingma & Ba 2015, arXiv:1412.6980, Algorithm 1).
pub(crate) const BETA_1: f64 = 0.9;
/// Decay of the second moment (as above).
pub(crate) const BETA_2: f64 = 0.999;
/// Added to the root of the second moment (as above).
pub(crate) const EPSILON: f64 = 1e-8;

/// Moments of a network's gradients.
#[derive(Clone, Debug, PartialEq)]
pub struct Adam {
    first: Parameters,
    second: Parameters,
    n_updates: u64,
    /// β₁ and β₂ to the number of updates: products, because `powf` differs between math libraries.
    powers: [f64; 2],
}

impl Adam {
    /// No update made yet.
    pub fn new(geometry: Geometry) -> Self {
        let zeros = Parameters::zeros(geometry);
        Self { first: zeros.clone(), second: zeros, n_updates: 0, powers: [1.0; 2] }
    }

    /// Number of updates made.
    pub fn n_updates(&self) -> u64 {
        self.n_updates
    }

    /// Moves the parameters against the gradient; `weight_decay · w` is added to it first.
    ///
    /// # Panics
    /// If the shapes differ from those of the geometry.
    ///
    /// # Source
    /// Kingma & Ba 2015, with the decay inside the gradient (L2, not `AdamW`), as `PyTorch`'s `Adam`.
    pub fn update(
        &mut self,
        parameters: &mut Parameters,
        gradients: &Parameters,
        learning_rate: f64,
        weight_decay: f64,
    ) {
        self.n_updates += 1;
        self.powers[0] *= BETA_1;
        self.powers[1] *= BETA_2;
        let step = (learning_rate / (1.0 - self.powers[0])) as f32;
        let root_scale = (1.0 / (1.0 - self.powers[1]).sqrt()) as f32;
        let (decay, keep_1, keep_2) = (weight_decay as f32, BETA_1 as f32, BETA_2 as f32);
        let (new_1, new_2, epsilon) = ((1.0 - BETA_1) as f32, (1.0 - BETA_2) as f32, EPSILON as f32);
        let moments = self.first.matrices_mut().into_iter().zip(self.second.matrices_mut());
        let values = parameters.matrices_mut().into_iter().zip(gradients.matrices());
        for ((first, second), (weights, gradients)) in moments.zip(values) {
            assert!(weights.len() == first.len() && gradients.len() == first.len(), "shapes differ");
            for (((m, v), w), g) in first.iter_mut().zip(second).zip(weights).zip(gradients) {
                let g = g + decay * *w;
                *m = keep_1 * *m + new_1 * g;
                *v = keep_2 * *v + new_2 * g * g;
                *w -= step * *m / (v.sqrt() * root_scale + epsilon);
            }
        }
    }
}

/// Brings weights back to what the architecture allows: `w_inp` and `w_out` at least zero; with Dale's law, `w_rec`
/// columns of the unit's sign and no output weight on inhibitory units.
///
/// - `signs`: `[N]`, +1 excitatory, −1 inhibitory, 0 free.
///
/// # Panics
/// If `signs` is not `[N]`.
pub fn project(parameters: &mut Parameters, signs: &[f32]) {
    let n_units = signs.len();
    assert_eq!(parameters.w_rec.len(), n_units * n_units, "`signs` is not [N]");
    for w in parameters.w_inp.iter_mut().chain(&mut parameters.w_out) {
        *w = if *w < 0.0 { 0.0 } else { *w }; // keeps a NaN visible, which `max` would hide
    }
    for row in parameters.w_rec.chunks_exact_mut(n_units) {
        for (w, sign) in row.iter_mut().zip(signs) {
            *w = if *w * sign < 0.0 { 0.0 } else { *w };
        }
    }
    for row in parameters.w_out.chunks_exact_mut(n_units) {
        for (w, &sign) in row.iter_mut().zip(signs) {
            *w = if sign < 0.0 { 0.0 } else { *w };
        }
    }
}
