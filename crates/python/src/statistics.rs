//! Maps and tests of groups on plain matrices of distances.

use crate::arrays::matrix;
use crate::refusal::{Refusal, value};
use crate::work::{Stop, work};
use circuitscope::analysis::embedding::{Budget, metric};
use circuitscope::analysis::statistics::Grouped;
use ndarray::Array2;
use numpy::{IntoPyArray, PyArray2, PyReadonlyArray2};
use pyo3::prelude::*;

fn grouped(distances: &Array2<f64>, labels: &[usize]) -> Result<Grouped, Refusal> {
    let asymmetric =
        distances.indexed_iter().find(|&((i, j), d)| distances.get([j, i]).is_none_or(|e| e != d));
    match asymmetric {
        Some(((i, j), d)) if distances.is_square() => Err(Refusal::Value(format!(
            "`distance` is {d} at [{i}, {j}] and {} at [{j}, {i}], expected a symmetric matrix",
            distances[[j, i]]
        ))),
        _ => Grouped::new(distances.view(), labels).map_err(value),
    }
}

/// Places in the plane `[K, 2]`, stress, and stress over the sum of squared distances.
#[pyfunction]
pub(crate) fn mds<'py>(
    py: Python<'py>,
    distances: PyReadonlyArray2<'py, f64>,
    n_starts: usize,
    seed: u64,
) -> PyResult<(Bound<'py, PyArray2<f64>>, f64, Option<f64>)> {
    let distances = matrix(&distances);
    let budget = Budget { n_starts, ..Budget::PUBLISHED };
    let found =
        work(py, None, Stop::Unwound, move |_, _| metric(distances.view(), budget, seed).map_err(value))?;
    Ok((found.points.into_pyarray(py), found.stress, found.relative_stress))
}

/// Pseudo-F, R² and p.
#[pyfunction]
pub(crate) fn permanova(
    py: Python<'_>,
    distances: PyReadonlyArray2<'_, f64>,
    labels: Vec<usize>,
    n_permutations: usize,
    seed: u64,
) -> PyResult<(f64, f64, f64)> {
    let distances = matrix(&distances);
    work(py, None, Stop::Unwound, move |_, _| {
        let found = grouped(&distances, &labels)?.permanova(n_permutations, seed).map_err(value)?;
        Ok((found.pseudo_f, found.r2, found.p))
    })
}

/// F, p and the spread of each group.
#[pyfunction]
pub(crate) fn permdisp(
    py: Python<'_>,
    distances: PyReadonlyArray2<'_, f64>,
    labels: Vec<usize>,
    n_permutations: usize,
    seed: u64,
) -> PyResult<(f64, f64, Vec<f64>)> {
    let distances = matrix(&distances);
    work(py, None, Stop::Unwound, move |_, _| {
        let found = grouped(&distances, &labels)?.dispersion(n_permutations, seed).map_err(value)?;
        Ok((found.f, found.p, found.spreads))
    })
}

/// Mean silhouette.
#[pyfunction]
pub(crate) fn silhouette(
    py: Python<'_>,
    distances: PyReadonlyArray2<'_, f64>,
    labels: Vec<usize>,
) -> PyResult<f64> {
    let distances = matrix(&distances);
    work(py, None, Stop::Unwound, move |_, _| grouped(&distances, &labels)?.silhouette().map_err(value))
}
