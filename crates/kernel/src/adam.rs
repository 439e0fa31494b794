//! Adam with L2 weight decay, and the constraints that follow every update.

use crate::parameters::Parameters;

/// Decay of the first moment (Kingma & Ba 2015, arXiv:1412.6980, Algorithm 1).
pub(crate) const BETA_1: f64 = 0.9;
/// Decay of the second moment (as above).
pub(crate) const BETA_2: f64 = 0.999;
/// Added to the root of the second moment (as above).
pub(crate) const EPSILON: f64 = 1e-8;

/// Moments of the gradients of several arrays that are updated together.
#[derive(Clone, Debug, PartialEq)]
pub struct Adam {
    /// First and second moments of each array.
    moments: Vec<[Vec<f32>; 2]>,
    n_updates: u64,
    /// β₁ and β₂ to the number of updates: products, because `powf` differs between math libraries.
    powers: [f64; 2],
}

impl Adam {
    /// No update made yet of arrays of these lengths.
    pub fn new(lengths: impl IntoIterator<Item = usize>) -> Self {
        let zeros = |len: usize| [vec![0.0; len], vec![0.0; len]];
        Self { moments: lengths.into_iter().map(zeros).collect(), n_updates: 0, powers: [1.0; 2] }
    }

    /// No update made yet of a network's parameters.
    pub fn of(parameters: &Parameters) -> Self {
        Self::new(parameters.arrays().map(<[f32]>::len))
    }

    /// Number of updates made.
    pub fn n_updates(&self) -> u64 {
        self.n_updates
    }

    /// Moves the arrays against their gradients; `weight_decay · w` is added to those first.
    ///
    /// # Panics
    /// If the arrays are not of the number and lengths that were named.
    ///
    /// # Source
    /// Kingma & Ba 2015, with the decay inside the gradient (L2, not `AdamW`), as `PyTorch`'s `Adam`.
    pub fn update<'a>(
        &mut self,
        arrays: impl IntoIterator<Item = &'a mut [f32]>,
        gradients: impl IntoIterator<Item = &'a [f32]>,
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
        let mut n_arrays = 0;
        for (([first, second], weights), gradients) in self.moments.iter_mut().zip(arrays).zip(gradients) {
            assert!(weights.len() == first.len() && gradients.len() == first.len(), "lengths differ");
            n_arrays += 1;
            for (((m, v), w), g) in first.iter_mut().zip(second).zip(weights).zip(gradients) {
                let g = g + decay * *w;
                *m = keep_1 * *m + new_1 * g;
                *v = keep_2 * *v + new_2 * g * g;
                *w -= step * *m / (v.sqrt() * root_scale + epsilon);
            }
        }
        assert_eq!(n_arrays, self.moments.len(), "an array or its gradient is missing");
    }
}

/// What weights a network may have.
#[derive(Clone, Copy, Debug)]
pub struct Allowed<'a> {
    /// Signs of what each unit sends `[N]`: +1 excitatory, −1 inhibitory, 0 free.
    pub signs: &'a [f32],
    /// Signs of input and output weights.
    pub input_output: InputOutput,
    /// Which recurrent weights there are `[N, N]`; empty: all.
    pub connections: &'a [bool],
}

/// Signs of input and output weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InputOutput {
    /// None below 0.
    NonNegative,
    /// Either sign.
    AnySign,
}

/// Brings weights back to what the network may have: input and output weights of the allowed signs; with Dale's law, `w_rec`
/// columns of the unit's sign and no output weight on inhibitory units; 0 where there is no connection.
///
/// # Panics
/// If `signs` is not `[N]`, or `connections` neither empty nor `[N, N]`.
pub fn project(parameters: &mut Parameters, allowed: Allowed<'_>) {
    let Allowed { signs, input_output, connections } = allowed;
    let n_units = signs.len();
    assert_eq!(parameters.w_rec.len(), n_units * n_units, "`signs` is not [N]");
    assert!([0, n_units * n_units].contains(&connections.len()), "`connections` is not [N, N]");
    if input_output == InputOutput::NonNegative {
        for w in parameters.w_inp.iter_mut().chain(&mut parameters.w_out) {
            *w = if *w < 0.0 { 0.0 } else { *w }; // keeps a NaN visible, which `max` would hide
        }
    }
    for row in parameters.w_rec.chunks_exact_mut(n_units) {
        for (w, sign) in row.iter_mut().zip(signs) {
            *w = if *w * sign < 0.0 { 0.0 } else { *w };
        }
    }
    for (w, exists) in parameters.w_rec.iter_mut().zip(connections) {
        *w = if *exists { *w } else { 0.0 };
    }
    for row in parameters.w_out.chunks_exact_mut(n_units) {
        for (w, &sign) in row.iter_mut().zip(signs) {
            *w = if sign < 0.0 { 0.0 } else { *w };
        }
    }
}
