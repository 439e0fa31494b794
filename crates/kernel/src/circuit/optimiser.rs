//! Riemannian Adam for a circuit: its weights in flat space, its embedding on the Stiefel manifold or as a Cayley transform.

use super::shape::{Circuit, Shape};
use crate::adam::{BETA_1, BETA_2, EPSILON};
use crate::stiefel::Stiefel;

/// Which weights there are, and of which sign.
#[derive(Clone, Debug, PartialEq)]
pub struct Rules {
    /// 1 where a recurrent weight may be, else 0 `[n, n]`.
    pub rec_mask: Vec<f64>,
    /// The same of input weights `[n, U]`; those are at least zero.
    pub inp_mask: Vec<f64>,
    /// The same of output weights `[O, n]`; those are at least zero.
    pub out_mask: Vec<f64>,
    /// +1 excitatory, −1 inhibitory, 0 free `[n]`. Dale's law: an inhibitory node has no output weight.
    pub signs: Vec<f64>,
}

impl Rules {
    /// Sets to zero what the rules do not allow.
    pub fn apply(&self, circuit: &mut Circuit) {
        let n = self.signs.len();
        for (at, (w, mask)) in circuit.w_rec.iter_mut().zip(&self.rec_mask).enumerate() {
            let wrong = *w * self.signs[at % n] < 0.0;
            *w = if wrong { 0.0 } else { *w * mask };
        }
        for (w, mask) in circuit.w_inp.iter_mut().zip(&self.inp_mask) {
            *w = if *w < 0.0 { 0.0 } else { *w * mask }; // keeps a NaN visible, which `max` would hide
        }
        for (at, (w, mask)) in circuit.w_out.iter_mut().zip(&self.out_mask).enumerate() {
            *w = if *w < 0.0 || self.signs[at % n] < 0.0 { 0.0 } else { *w * mask };
        }
    }
}

/// How the embedding is written, with what it starts from.
#[derive(Clone, Debug, PartialEq)]
pub enum Embedding {
    /// A point of the Stiefel manifold (TE25).
    Stiefel,
    /// The Cayley transform of this free matrix `[K, K]` (LE25).
    Cayley(Vec<f64>),
}

/// First and second moments of one matrix.
#[derive(Clone, Debug)]
struct Moments {
    first: Vec<f64>,
    second: Vec<f64>,
}

impl Moments {
    fn zeros(len: usize) -> Self {
        Self { first: vec![0.0; len], second: vec![0.0; len] }
    }

    /// One update of Adam, entry by entry.
    fn update(&mut self, weights: &mut [f64], gradient: &[f64], scale: Scale) {
        for (((m, v), w), g) in self.first.iter_mut().zip(&mut self.second).zip(weights).zip(gradient) {
            *m = BETA_1 * *m + (1.0 - BETA_1) * g;
            *v = BETA_2 * *v + (1.0 - BETA_2) * g * g;
            *w -= scale.rate * (*m * scale.first) / ((*v * scale.second).sqrt() + EPSILON);
        }
    }
}

/// Learning rate and corrections of the moments' bias.
#[derive(Clone, Copy)]
struct Scale {
    rate: f64,
    first: f64,
    second: f64,
}

/// Riemannian Adam (Bécigneul & Ganea 2019, arXiv:1810.00760), in the form of geoopt's `RiemannianAdam`: on the manifold
/// the second moment is one number, the mean squared length of the tangents, and the first moment travels along.
#[derive(Clone, Debug)]
pub struct Optimiser {
    manifold: Stiefel,
    embedding: Embedding,
    w_rec: Moments,
    w_inp: Moments,
    w_out: Moments,
    q: Moments,
    /// β₁ and β₂ to the number of updates: products, because `powf` differs between math libraries.
    powers: [f64; 2],
}

impl Optimiser {
    /// No update made yet. Under [`Embedding::Cayley`] the circuit's q must be the transform of its matrix.
    pub fn new(shape: Shape, embedding: Embedding) -> Self {
        let Shape { n_nodes, n_inputs, n_outputs, n_components, .. } = shape;
        let of_q = match &embedding {
            Embedding::Stiefel => Moments { first: vec![0.0; n_components * n_nodes], second: vec![0.0] },
            Embedding::Cayley(a) => Moments::zeros(a.len()),
        };
        Self {
            manifold: Stiefel { n_rows: n_components, n_columns: n_nodes },
            embedding,
            w_rec: Moments::zeros(n_nodes * n_nodes),
            w_inp: Moments::zeros(n_nodes * n_inputs),
            w_out: Moments::zeros(n_outputs * n_nodes),
            q: of_q,
            powers: [1.0; 2],
        }
    }

    /// Moves the circuit against its gradient, then applies the rules.
    pub fn update(&mut self, circuit: &mut Circuit, gradient: &Circuit, learning_rate: f64, rules: &Rules) {
        self.powers[0] *= BETA_1;
        self.powers[1] *= BETA_2;
        let scale = Scale {
            rate: learning_rate,
            first: 1.0 / (1.0 - self.powers[0]),
            second: 1.0 / (1.0 - self.powers[1]),
        };
        self.w_rec.update(&mut circuit.w_rec, &gradient.w_rec, scale);
        self.w_inp.update(&mut circuit.w_inp, &gradient.w_inp, scale);
        self.w_out.update(&mut circuit.w_out, &gradient.w_out, scale);
        match &mut self.embedding {
            Embedding::Stiefel => {
                let tangent = self.manifold.tangent(&circuit.q, &gradient.q);
                let square = self.manifold.square(&circuit.q, &tangent);
                let second = &mut self.q.second[0];
                *second = BETA_2 * *second + (1.0 - BETA_2) * square;
                for (m, g) in self.q.first.iter_mut().zip(&tangent) {
                    *m = BETA_1 * *m + (1.0 - BETA_1) * g;
                }
                let factor = -scale.rate * scale.first / ((*second * scale.second).sqrt() + EPSILON);
                (circuit.q, self.q.first) = self.manifold.moved(&circuit.q, &self.q.first, factor);
            }
            Embedding::Cayley(a) => {
                let by_a = self.manifold.cayley_gradient(a, &gradient.q);
                self.q.update(a, &by_a, scale);
                circuit.q = self.manifold.cayley(a);
            }
        }
        rules.apply(circuit);
    }
}
