//! A recurrent network as the analyses see it: float64 weights, whatever trained or imported them.

use circuitscope_kernel::Activation;
pub use circuitscope_kernel::Form;
use ndarray::{Array1, Array2};

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
    /// A matrix has the sides that fit, the other way round.
    #[error("`{name}` has shape {found:?}, expected {expected:?}: transposed?")]
    Transposed {
        /// Name of the matrix.
        name: &'static str,
        /// Its shape.
        found: [usize; 2],
        /// The shape that would fit.
        expected: [usize; 2],
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

    /// The number of units that the matrices agree on: where `W_rec` is not square, that of the other two.
    fn side(&self) -> usize {
        let (rows, columns) = self.w_rec.dim();
        let others = [self.w_inp.nrows(), self.w_out.ncols()];
        if rows != columns && others.contains(&rows.max(columns)) {
            rows.max(columns)
        } else {
            rows.min(columns)
        }
    }

    /// Passes the network on if its shapes agree and every number is finite and in range.
    ///
    /// # Errors
    /// [`NetworkError`] names the first tensor or scalar that does not fit.
    pub fn checked(self) -> Result<Self, NetworkError> {
        let n = self.side();
        let (n_inputs, n_outputs) = (self.n_inputs(), self.n_outputs());
        let matrices: [(&'static str, &Array2<f64>, [usize; 2]); 3] = [
            ("w_rec", &self.w_rec, [n, n]),
            ("w_inp", &self.w_inp, [n, n_inputs]),
            ("w_out", &self.w_out, [n_outputs, n]),
        ];
        for (name, matrix, expected) in matrices {
            let (rows, columns) = matrix.dim();
            if [rows, columns] != expected || matrix.is_empty() {
                // `W_rec` is square either way; the units of the others are counted by it.
                if !matrix.is_empty() && [rows, columns].contains(&n) && name != "w_rec" {
                    let (found, expected) = ([rows, columns], [columns, rows]);
                    return Err(NetworkError::Transposed { name, found, expected });
                }
                let expected = expected.map(|side| side.max(1)).to_vec();
                return Err(NetworkError::Shape { name, found: vec![rows, columns], expected });
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

#[cfg(test)]
mod tests {
    use super::*;
    use circuitscope_kernel::Curve;

    fn with_shapes(rec: [usize; 2], inp: [usize; 2], out: [usize; 2]) -> Network {
        Network {
            w_rec: Array2::zeros(rec),
            w_inp: Array2::zeros(inp),
            w_out: Array2::zeros(out),
            bias: Array1::zeros(rec[0]),
            initial_state: Array1::zeros(rec[0]),
            activation: Activation { curve: Curve::Tanh, slope: 1.0 },
            form: Form::Rate,
            dt_ms: 1.0,
            tau_ms: 10.0,
        }
    }

    #[test]
    fn a_shape_that_does_not_fit_is_named_with_the_one_that_would() {
        let (rec, inp, out) = ([5, 5], [5, 3], [2, 5]);
        assert!(with_shapes(rec, inp, out).checked().is_ok());
        let cases = [
            (rec, [3, 5], out, "`w_inp` has shape [3, 5], expected [5, 3]: transposed?"),
            (rec, inp, [5, 2], "`w_out` has shape [5, 2], expected [2, 5]: transposed?"),
            (rec, [4, 3], out, "`w_inp` has shape [4, 3], expected [5, 3]"),
            (rec, inp, [2, 6], "`w_out` has shape [2, 6], expected [2, 5]"),
            ([5, 4], inp, out, "`w_rec` has shape [5, 4], expected [5, 5]"),
            ([5, 6], inp, out, "`w_rec` has shape [5, 6], expected [5, 5]"),
            (rec, [5, 0], out, "`w_inp` has shape [5, 0], expected [5, 1]"),
        ];
        for (rec, inp, out, expected) in cases {
            let error = with_shapes(rec, inp, out).checked().expect_err(expected);
            assert_eq!(error.to_string(), expected);
        }
    }
}
