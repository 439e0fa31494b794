//! The weights of a circuit as its recurrence reads them: float32, padded to a width that is compiled for.

use super::shape::{Circuit, MOST_NODES, Shape};

/// Nodes that the narrow recurrence has room for.
const NARROW: usize = 8;

/// Padded weights; the rows are what a register tile broadcasts one after another.
pub(super) struct Tables {
    /// Nodes with padding: 8 or 16.
    pub(super) width: usize,
    /// `w_rec` by presynaptic node `[pre, post]`.
    pub(super) by_source: Vec<f32>,
    /// `w_rec` by postsynaptic node `[post, pre]`.
    pub(super) by_target: Vec<f32>,
    /// `w_inp` by input `[U, width]`.
    pub(super) w_inp: Vec<f32>,
    /// `w_out` `[O, width]`.
    pub(super) w_out: Vec<f32>,
    /// `q` `[K, width]`.
    pub(super) q: Vec<f32>,
}

impl Tables {
    pub(super) fn new(shape: Shape) -> Self {
        let Shape { n_nodes, n_inputs, n_outputs, n_components, .. } = shape;
        let width = if n_nodes <= NARROW { NARROW } else { MOST_NODES };
        Self {
            width,
            by_source: vec![0.0; width * width],
            by_target: vec![0.0; width * width],
            w_inp: vec![0.0; n_inputs * width],
            w_out: vec![0.0; n_outputs * width],
            q: vec![0.0; n_components * width],
        }
    }

    /// Takes over the weights.
    pub(super) fn fill(&mut self, circuit: &Circuit, shape: Shape) {
        let (n, width) = (shape.n_nodes, self.width);
        for i in 0..n {
            for j in 0..n {
                let weight = circuit.w_rec[i * n + j] as f32;
                self.by_target[i * width + j] = weight;
                self.by_source[j * width + i] = weight;
            }
            for u in 0..shape.n_inputs {
                self.w_inp[u * width + i] = circuit.w_inp[i * shape.n_inputs + u] as f32;
            }
        }
        for (padded, weights) in [(&mut self.w_out, &circuit.w_out), (&mut self.q, &circuit.q)] {
            for (target, source) in padded.chunks_exact_mut(width).zip(weights.chunks_exact(n)) {
                for (entry, &weight) in target.iter_mut().zip(source) {
                    *entry = weight as f32;
                }
            }
        }
    }
}
