//! The noise of a fit.

use super::shape::Shape;
use crate::aligned::AlignedBuffer;
use crate::random::{self, Normals};
use crate::vector::Vector;

/// Noise of one iteration: recurrent outside the activation function, on the inputs through their weights. The numbers are
/// independent normals, drawn anew in each iteration.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CircuitNoise {
    /// Random seed of the fit.
    pub seed: u64,
    /// Iteration.
    pub iteration: u64,
    /// Standard deviation per step of the recurrent noise, `√(2/α) σ_rec`.
    pub sigma_rec: f32,
    /// Standard deviation per step of the input noise, `√(2/α) σ_inp`.
    pub sigma_inp: f32,
}

impl CircuitNoise {
    /// No noise.
    pub(super) const NONE: Self = Self { seed: 0, iteration: 0, sigma_rec: 0.0, sigma_inp: 0.0 };

    /// The noise as arrays: recurrent `[n, T, B]`, of which step t enters state t + 1, and input `[U, T, B]`.
    pub fn drawn(self, shape: Shape) -> (Vec<f32>, Vec<f32>) {
        let Shape { n_nodes, n_inputs, n_steps, n_trials, .. } = shape;
        let normals = self.normals();
        // Rows and trials have changed places with those of a network's noise: here the lanes are trials.
        let fill = |rows: std::ops::Range<usize>, later: usize| {
            let mut noise = Vec::with_capacity(rows.len() * n_steps * n_trials);
            for row in rows {
                let sigma = self.sigma(shape, row);
                for t in 0..n_steps {
                    noise.extend((0..n_trials).map(|b| sigma * normals.draw(row, t + later, b)));
                }
            }
            noise
        };
        (fill(0..n_nodes, 1), fill(n_nodes..n_nodes + n_inputs, 0))
    }

    pub(super) fn is_none(self) -> bool {
        self.sigma_rec == 0.0 && self.sigma_inp == 0.0
    }

    /// Standard deviation of a row's noise: nodes, then inputs.
    pub(super) fn sigma(self, shape: Shape, row: usize) -> f32 {
        if row < shape.n_nodes { self.sigma_rec } else { self.sigma_inp }
    }

    fn normals(self) -> Normals {
        Normals::new(self.seed, self.iteration)
    }
}

/// Normals of all steps, rows and trials of an iteration.
pub(super) struct Bank {
    /// `[tile, T, R, lanes]`: nodes, whose row of step t arrives with state t, then inputs; R is even.
    values: AlignedBuffer,
    shape: Shape,
}

impl Bank {
    pub(super) fn new(shape: Shape) -> Self {
        Self { values: AlignedBuffer::zeroed(0), shape }
    }

    /// Rows of a step: nodes and inputs, one more where their number is odd.
    pub(super) fn n_rows(shape: Shape) -> usize {
        (shape.n_nodes + shape.n_inputs).next_multiple_of(2)
    }

    /// Draws what an iteration takes; nothing where there is no noise.
    #[inline(always)]
    pub(super) fn fill<V: Vector>(&mut self, noise: CircuitNoise) {
        let per_step = Self::n_rows(self.shape) * V::LANES;
        let per_tile = per_step * self.shape.n_steps;
        if self.values.is_empty() {
            self.values = AlignedBuffer::zeroed(self.shape.n_trials.div_ceil(V::LANES) * per_tile);
        }
        if noise.is_none() {
            return;
        }
        let normals = noise.normals();
        for (tile, values) in self.values.chunks_exact_mut(per_tile).enumerate() {
            for (t, rows) in values.chunks_exact_mut(per_step).enumerate() {
                for (pair, rows) in rows.chunks_exact_mut(2 * V::LANES).enumerate() {
                    let (even, odd) = rows.split_at_mut(V::LANES);
                    random::fill_from::<V>(normals.cell(pair, t), (tile * V::LANES) as u32, even, odd);
                }
            }
        }
    }

    /// Normals of a tile `[T, R, lanes]`.
    #[inline(always)]
    pub(super) fn of_tile<V: Vector>(&self, tile: usize) -> &[f32] {
        let per_tile = self.shape.n_steps * Self::n_rows(self.shape) * V::LANES;
        &self.values[tile * per_tile..][..per_tile]
    }
}
