//! Measures of similarity on plain arrays.

use crate::analyses::measure_named;
use crate::arrays::matrix;
use crate::refusal::{Refusal, value};
use crate::work::{Stop, work};
use circuitscope::analysis::components::N_COMPONENTS;
use circuitscope::analysis::registration::{Budget, register_both};
use circuitscope::analysis::similarity::dsa::{Search, dynamics};
use circuitscope::analysis::similarity::{distances, prepare};
use numpy::{IntoPyArray, PyArray2, PyReadonlyArray2};
use pyo3::prelude::*;

/// Distance of two sets of points, a row of one to the same row of the other, by a measure that asks for no order of rows.
#[pyfunction]
pub(crate) fn similarity(
    py: Python<'_>,
    a: PyReadonlyArray2<'_, f64>,
    b: PyReadonlyArray2<'_, f64>,
    measure: &str,
) -> PyResult<f64> {
    let (a, b, measure) = (matrix(&a), matrix(&b), measure_named(measure)?);
    work(py, None, Stop::Unwound, move |_, _| {
        let prepared = |points: &ndarray::Array2<f64>| prepare(points.view(), 1, &[]).map_err(value);
        let found = distances(&prepared(&a)?, &prepared(&b)?, &[measure], &Search::standard());
        Ok(found.map_err(value)?[0])
    })
}

/// Angle and distance of the laws of motion of two sets of trajectories `[T·B, k]`, steps outermost.
#[pyfunction]
pub(crate) fn dsa(
    py: Python<'_>,
    a: PyReadonlyArray2<'_, f64>,
    b: PyReadonlyArray2<'_, f64>,
    n_trials: [usize; 2],
    n_delays: usize,
) -> PyResult<(f64, f64)> {
    let (a, b) = (matrix(&a), matrix(&b));
    work(py, None, Stop::Unwound, move |_, _| {
        let of_a = dynamics(a.view(), n_trials[0], n_delays).map_err(value)?;
        let of_b = dynamics(b.view(), n_trials[1], n_delays).map_err(value)?;
        let alignment = Search::standard().align(&of_a, &of_b);
        Ok((alignment.angular(), alignment.euclidean()))
    })
}

/// A cloud carried onto another: mean squared distance, map and match of each point.
type Registered<'py> = (f64, Bound<'py, PyArray2<f64>>, Vec<usize>);

/// Registers a cloud `[P, 10]` on another `[Q, 10]`, and the reverse.
#[pyfunction]
pub(crate) fn register<'py>(
    py: Python<'py>,
    a: PyReadonlyArray2<'py, f64>,
    b: PyReadonlyArray2<'py, f64>,
    seed: u64,
) -> PyResult<[Registered<'py>; 2]> {
    let (a, b) = (matrix(&a), matrix(&b));
    for (name, cloud) in [("a", &a), ("b", &b)] {
        if cloud.ncols() != N_COMPONENTS || cloud.nrows() == 0 {
            let text = format!("`{name}` has shape {:?}, expected [points, {N_COMPONENTS}]", cloud.shape());
            return Err(Refusal::Value(text).into());
        }
    }
    let found = work(py, None, Stop::Unwound, move |_, _| {
        Ok(register_both(a.view(), b.view(), Budget::THOROUGH, seed))
    })?;
    Ok(found.map(|one| (one.sum_of_squares, one.map.into_pyarray(py), one.matches)))
}
