//! What one tile after the other writes: its way through time and the sums of its gradients.

use super::noise::CircuitNoise;
use super::shape::{Circuit, Shape};
use super::sums::Sums;
use crate::aligned::AlignedBuffer;
use crate::vector::BLOCK;

/// Steps of a chunk: 30 components of 16 steps are 15 KiB where a register has 8 lanes.
pub(super) const CHUNK: usize = 16;

/// What a tile needs beside its data; one tile after the other uses it.
pub(super) struct Scratch {
    /// States x `[T, width, lanes]`.
    pub(super) states: AlignedBuffer,
    /// `α f′`, on the way back δ `[T, width, lanes]`.
    pub(super) slopes: AlignedBuffer,
    /// Gradient by the states of what is compared with them `[T, width, lanes]`.
    pub(super) pulls: AlignedBuffer,
    /// Inputs with noise, rows padded to a multiple of four `[T, U′, lanes]`.
    pub(super) noisy: AlignedBuffer,
    /// `qᵀ z` of a chunk `[steps, width, lanes]`.
    pub(super) projected: AlignedBuffer,
    /// Gradient by the outputs of a chunk `[steps, O, lanes]`.
    pub(super) errors: AlignedBuffer,
    /// Standard deviation of the noise by row: nodes, then inputs.
    pub(super) sigmas: Vec<f32>,
    pub(super) sums: Gradients,
}

/// The gradients while they are summed.
pub(super) struct Gradients {
    pub(super) w_rec: Sums,
    pub(super) w_inp: Sums,
    pub(super) w_out: Sums,
    pub(super) q: Sums,
}

impl Scratch {
    pub(super) fn new(shape: Shape, width: usize) -> Self {
        let Shape { n_nodes, n_inputs, n_outputs, n_components, n_steps, .. } = shape;
        let rows = |n_steps: usize, count: usize| AlignedBuffer::zeroed(n_steps * count * BLOCK);
        let padded_inputs = n_inputs.next_multiple_of(4);
        Self {
            states: rows(n_steps + 1, width),
            slopes: rows(n_steps, width),
            pulls: rows(n_steps, width),
            noisy: rows(n_steps, padded_inputs),
            projected: rows(CHUNK, width),
            errors: rows(CHUNK, n_outputs),
            sigmas: vec![0.0; n_nodes + n_inputs],
            sums: Gradients {
                w_rec: Sums::new(n_nodes, width),
                w_inp: Sums::new(n_nodes, padded_inputs),
                w_out: Sums::new(n_outputs, width),
                q: Sums::new(n_components, width),
            },
        }
    }

    /// Begins the sums of a step under this noise.
    pub(super) fn begin(&mut self, noise: CircuitNoise, shape: Shape) {
        for (row, sigma) in self.sigmas.iter_mut().enumerate() {
            *sigma = noise.sigma(shape, row);
        }
        let Gradients { w_rec, w_inp, w_out, q } = &mut self.sums;
        for sums in [w_rec, w_inp, w_out, q] {
            sums.clear();
        }
    }

    /// Writes the sums of all tiles; that by q without its factor.
    pub(super) fn write(&self, gradient: &mut Circuit, shape: Shape) {
        let Gradients { w_rec, w_inp, w_out, q } = &self.sums;
        for (sums, target, columns) in [
            (w_rec, &mut gradient.w_rec, shape.n_nodes),
            (w_inp, &mut gradient.w_inp, shape.n_inputs),
            (w_out, &mut gradient.w_out, shape.n_nodes),
            (q, &mut gradient.q, shape.n_nodes),
        ] {
            sums.write(target, columns);
        }
    }
}
