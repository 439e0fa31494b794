//! Arrays of NumPy as those of the library. What comes in is seen where it lies, in either order of memory.

use ndarray::{Array1, Array2, Array3};
use numpy::{PyReadonlyArray1, PyReadonlyArray2, PyReadonlyArray3};
use pyo3::FromPyObject;

/// A cube `[rows, steps, trials]` of float32 or float64.
#[derive(FromPyObject)]
pub(crate) enum Cube<'py> {
    /// As training has it.
    Single(PyReadonlyArray3<'py, f32>),
    /// As the analyses have it.
    Double(PyReadonlyArray3<'py, f64>),
}

impl Cube<'_> {
    /// A copy in float32, row by row.
    pub(crate) fn single(&self) -> Array3<f32> {
        match self {
            Self::Single(array) => array.as_array().as_standard_layout().into_owned(),
            Self::Double(array) => {
                array.as_array().mapv(|value| value as f32).as_standard_layout().into_owned()
            }
        }
    }

    /// A copy in float64, row by row.
    pub(crate) fn double(&self) -> Array3<f64> {
        match self {
            Self::Single(array) => array.as_array().mapv(f64::from).as_standard_layout().into_owned(),
            Self::Double(array) => array.as_array().as_standard_layout().into_owned(),
        }
    }
}

/// A copy of a matrix, row by row.
pub(crate) fn matrix(array: &PyReadonlyArray2<'_, f64>) -> Array2<f64> {
    array.as_array().as_standard_layout().into_owned()
}

/// A copy of a vector.
pub(crate) fn vector(array: &PyReadonlyArray1<'_, f64>) -> Array1<f64> {
    array.as_array().to_owned()
}
