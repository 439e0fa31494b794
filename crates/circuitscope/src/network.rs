//! A recurrent network as the analyses see it: float64 weights, whatever trained or imported them.

use circuitscope_kernel::Activation;
use ndarray::{Array1, Array2};

/// Which variable the leak acts on (science: TE25 eq. 1 is the rate form; LE25 and many imported networks use the other).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// `τ ẏ = −y + f(W_rec y + W_inp u + b)`, outputs `W_out y`.
    Rate,
    /// `τ ḣ = −h + W_rec f(h) + W_inp u + b`, outputs `W_out f(h)`.
    Potential,
}

/// A recurrent network of N units, U inputs and O outputs. Weights are `[post, pre]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    /// Recurrent weights `[N, N]`.
    pub w_rec: Array2<f64>,
    /// Input weights `[N, U]`.
    pub w_inp: Array2<f64>,
    /// Output weights `[O, N]`.
    pub w_out: Array2<f64>,
    /// Bias of each unit `[N]`; zeros for the published architectures.
    pub bias: Array1<f64>,
    /// State at step 0 `[N]`; zeros for the published architectures.
    pub initial_state: Array1<f64>,
    /// Activation function of every unit.
    pub activation: Activation,
    /// Rate or potential form.
    pub form: Form,
    /// Integration step.
    pub dt_ms: f64,
    /// Time constant of every unit.
    pub tau_ms: f64,
}

/// What makes a set of weights no network.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum NetworkError {
    /// A tensor's shape does not fit the others.
    #[error("`{name}` has shape {found:?}, expected {expected:?}")]
    Shape {
        /// Name of the tensor.
        name: &'static str,
        /// Its shape.
        found: Vec<usize>,
        /// The shape that would fit.
        expected: Vec<usize>,
    },
    /// An entry is NaN or infinite.
    #[error("`{name}` holds {value} at position {position:?}, expected finite numbers")]
    NotFinite {
        /// Name of the tensor.
        name: &'static str,
        /// The offending entry.
        value: f64,
        /// Where it stands.
        position: Vec<usize>,
    },
    /// A scalar is outside its range.
    #[error("`{name}` is {value}, expected {expected}")]
    Range {
        /// Name of the scalar.
        name: &'static str,
        /// Its value.
        value: f64,
        /// The range in words.
        expected: &'static str,
    },
}

impl Network {
    /// Number of recurrent units N.
    pub fn n_units(&self) -> usize {
        self.w_rec.nrows()
    }

    /// Number of inputs U.
    pub fn n_inputs(&self) -> usize {
        self.w_inp.ncols()
    }

    /// Number of outputs O.
    pub fn n_outputs(&self) -> usize {
        self.w_out.nrows()
    }

    /// Euler factor `α = dt / τ`.
    pub fn alpha(&self) -> f64 {
        self.dt_ms / self.tau_ms
    }

    /// Passes the network on if its shapes agree and every number is finite and in range.
    ///
    /// # Errors
    /// [`NetworkError`] names the first tensor or scalar that does not fit.
    pub fn checked(self) -> Result<Self, NetworkError> {
        let n = self.w_rec.ncols();
        let matrices: [(&'static str, &Array2<f64>, [usize; 2]); 3] = [
            ("w_rec", &self.w_rec, [n, n]),
            ("w_inp", &self.w_inp, [n, self.n_inputs()]),
            ("w_out", &self.w_out, [self.n_outputs(), n]),
        ];
        for (name, matrix, expected) in matrices {
            if matrix.shape() != expected || matrix.is_empty() {
                let expected = expected.map(|side| side.max(1)).to_vec();
                return Err(NetworkError::Shape { name, found: matrix.shape().to_vec(), expected });
            }
            if let Some(((i, j), &value)) = matrix.indexed_iter().find(|(_, w)| !w.is_finite()) {
                return Err(NetworkError::NotFinite { name, value, position: vec![i, j] });
            }
        }
        for (name, vector) in [("bias", &self.bias), ("initial_state", &self.initial_state)] {
            if vector.len() != n {
                return Err(NetworkError::Shape { name, found: vec![vector.len()], expected: vec![n] });
            }
            if let Some((i, &value)) = vector.indexed_iter().find(|(_, x)| !x.is_finite()) {
                return Err(NetworkError::NotFinite { name, value, position: vec![i] });
            }
        }
        let positive = |value: f64| value.is_finite() && value > 0.0;
        for (name, value) in [("slope", self.activation.slope), ("dt", self.dt_ms), ("tau", self.tau_ms)] {
            if !positive(value) {
                return Err(NetworkError::Range { name, value, expected: "a finite number above 0" });
            }
        }
        if self.alpha() > 1.0 {
            let value = self.dt_ms;
            return Err(NetworkError::Range { name: "dt", value, expected: "at most tau" });
        }
        Ok(self)
    }
}
