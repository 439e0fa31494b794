//! Sizes, responses, weights and losses of a fit.

/// Most nodes of a circuit.
pub const MOST_NODES: usize = 16;

/// Sizes of a fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Shape {
    /// Nodes n of the circuit, at most [`MOST_NODES`].
    pub n_nodes: usize,
    /// Inputs U.
    pub n_inputs: usize,
    /// Outputs O.
    pub n_outputs: usize,
    /// Principal components K of the responses, at least n.
    pub n_components: usize,
    /// Steps T.
    pub n_steps: usize,
    /// Trials B.
    pub n_trials: usize,
}

/// What a circuit is fitted to. NaN stands for what was not recorded.
#[derive(Clone, Copy, Debug)]
pub struct Responses<'a> {
    /// Inputs `[U, T, B]`.
    pub inputs: &'a [f32],
    /// Outputs `[O, T, B]`; an entry may be missing.
    pub outputs: &'a [f32],
    /// Responses in the space of their principal components `[K, T, B]`; a step of a trial is missing as a whole.
    pub components: &'a [f32],
}

/// A circuit with its embedding, or anything of that shape: gradients.
#[derive(Clone, Debug, PartialEq)]
pub struct Circuit {
    /// Recurrent weights `[n, n]`, `[post, pre]`.
    pub w_rec: Vec<f64>,
    /// Input weights `[n, U]`.
    pub w_inp: Vec<f64>,
    /// Output weights `[O, n]`.
    pub w_out: Vec<f64>,
    /// Embedding into the principal components `[K, n]`, orthonormal columns.
    pub q: Vec<f64>,
}

impl Circuit {
    /// All zero.
    pub fn zeros(shape: Shape) -> Self {
        let Shape { n_nodes, n_inputs, n_outputs, n_components, .. } = shape;
        Self {
            w_rec: vec![0.0; n_nodes * n_nodes],
            w_inp: vec![0.0; n_nodes * n_inputs],
            w_out: vec![0.0; n_outputs * n_nodes],
            q: vec![0.0; n_components * n_nodes],
        }
    }

    pub(super) fn assert_fits(&self, shape: Shape) {
        let Shape { n_nodes, n_inputs, n_outputs, n_components, .. } = shape;
        for (name, matrix, rows, columns) in [
            ("w_rec", &self.w_rec, n_nodes, n_nodes),
            ("w_inp", &self.w_inp, n_nodes, n_inputs),
            ("w_out", &self.w_out, n_outputs, n_nodes),
            ("q", &self.q, n_components, n_nodes),
        ] {
            assert_eq!(matrix.len(), rows * columns, "`{name}` does not fit");
        }
    }
}

/// The terms of the loss that depend on the dynamics, without their factors.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Terms {
    /// Mean over the recorded outputs of (o − ô)².
    pub output: f64,
    /// Mean over the recorded components of (q x − z)², over their variance.
    pub embedding: f64,
}
