//! Maps of many items in the plane, from their distances.

use faer::{MatRef, Side};
use ndarray::{Array2, ArrayView2};
use rand::RngExt;
use rand_distr::StandardNormal;
use rayon::prelude::*;

mod stress;

use crate::stream;
use stress::Layout;

/// Relative decrease at which the best of all starts is finished; far below what a map shows.
const FINISH: f64 = 1e-10;

/// How long the search for an embedding goes on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Budget {
    /// Number of starts, the classical embedding among them; at least that one is made.
    pub n_starts: usize,
    /// Iterations of a start at most.
    pub max_iterations: usize,
    /// A start ends when an iteration lowers the stress by less than this share of it.
    pub tolerance: f64,
}

impl Budget {
    /// 101 starts, 1000 iterations, 1e-6 (docs/methods.md §4.5).
    pub const PUBLISHED: Self = Self { n_starts: 101, max_iterations: 1000, tolerance: 1e-6 };
}

/// Items in the plane.
#[derive(Clone, Debug, PartialEq)]
pub struct Embedding {
    /// Places `[K, 2]`, centred, along their principal axes, in the units of the distances.
    pub points: Array2<f64>,
    /// Sum over pairs of (distance in the plane − distance)².
    pub stress: f64,
    /// Stress over the sum of squared distances (0: exact); [`None`] if all distances are zero.
    pub relative_stress: Option<f64>,
}

/// Why distances have no embedding.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EmbeddingError {
    /// The matrix is not square.
    #[error("distances have shape {found:?}, expected a square")]
    Shape {
        /// Shape of the matrix.
        found: [usize; 2],
    },
    /// A distance is negative, NaN or infinite, or differs from that of the reverse pair.
    #[error("distance of {first} and {second} is {value}, expected a finite number, the same both ways")]
    Distance {
        /// First item.
        first: usize,
        /// Second item.
        second: usize,
        /// The entry.
        value: f64,
    },
}

/// Metric multidimensional scaling in the plane: the lowest stress of many starts.
///
/// - `distances`: `[K, K]`, symmetric.
///
/// # Errors
/// [`EmbeddingError`] if `distances` is no matrix of distances.
///
/// # Source
/// SMACOF: de Leeuw 1977; Borg & Groenen 2005, ch. 8, with unit weights. Starts: the classical embedding, then normal
/// points as wide as the distances. The best start is finished to a relative decrease of 1e-10.
pub fn metric(
    distances: ArrayView2<'_, f64>,
    budget: Budget,
    seed: u64,
) -> Result<Embedding, EmbeddingError> {
    check(distances)?;
    let n_items = distances.nrows();
    let classical = classical(distances)?;
    if n_items < 2 {
        return Ok(Embedding { points: classical, stress: 0.0, relative_stress: None });
    }
    let targets = stress::Targets::new(distances);
    let width = (targets.sum_of_squares / (n_items * n_items) as f64).sqrt();
    let best = (0..budget.n_starts.max(1))
        .into_par_iter()
        .map(|start| {
            let mut layout = if start == 0 {
                Layout::new(|item, axis| classical[[item, axis]], n_items)
            } else {
                let mut rng = stream::of_draw(seed, start as u64);
                Layout::new(|_, _| width * rng.sample::<f64, _>(StandardNormal), n_items)
            };
            layout.descend(&targets, budget.max_iterations, budget.tolerance);
            (start, layout)
        })
        // The earlier of equal starts, so that the order in which threads finish has no say.
        .min_by(|(i, a), (j, b)| a.stress.total_cmp(&b.stress).then(i.cmp(j)));
    let mut points = classical;
    let mut stress = 0.0;
    if let Some((_, mut layout)) = best {
        layout.descend(&targets, budget.max_iterations, FINISH);
        points = Array2::from_shape_fn((n_items, 2), |(item, axis)| layout.place(item, axis));
        stress = layout.stress;
    }
    let total = 0.5 * targets.sum_of_squares;
    Ok(Embedding {
        points: along_axes(&points),
        stress,
        relative_stress: (total > 0.0).then(|| stress / total),
    })
}

/// Classical multidimensional scaling in the plane `[K, 2]` (Torgerson 1952): exact for distances in the plane.
///
/// # Errors
/// [`EmbeddingError`] if `distances` is no matrix of distances.
pub fn classical(distances: ArrayView2<'_, f64>) -> Result<Array2<f64>, EmbeddingError> {
    check(distances)?;
    let n = distances.nrows();
    let mut points = Array2::zeros((n, 2));
    if n == 0 {
        return Ok(points);
    }
    let squares = distances.mapv(|d| d * d);
    let means: Vec<f64> = squares.outer_iter().map(|row| row.sum() / n as f64).collect();
    let mean = means.iter().sum::<f64>() / n as f64;
    let gram = Array2::from_shape_fn((n, n), |(i, j)| -0.5 * (squares[[i, j]] - means[i] - means[j] + mean));
    let slice = gram.as_slice().unwrap_or_default();
    // A symmetric finite matrix has its eigenvectors; if they are ever not found, one start of many is a poor one.
    if let Ok(eigen) = MatRef::from_row_major_slice(slice, n, n).self_adjoint_eigen(Side::Lower) {
        for axis in 0..2.min(n) {
            let at = n - 1 - axis; // eigenvalues rise
            let length = eigen.S()[at].max(0.0).sqrt();
            for item in 0..n {
                points[[item, axis]] = length * eigen.U()[(item, at)];
            }
        }
    }
    Ok(along_axes(&points))
}

/// Distances `[K, K]` between places `[K, D]`: those of a map, for the statistics on it.
pub fn distances(points: ArrayView2<'_, f64>) -> Array2<f64> {
    let n = points.nrows();
    Array2::from_shape_fn((n, n), |(i, j)| {
        points.row(i).iter().zip(points.row(j)).map(|(x, y)| (x - y) * (x - y)).sum::<f64>().sqrt()
    })
}

/// Points in the plane centred, turned to their principal axes, the farthest item of each axis on its positive side.
fn along_axes(points: &Array2<f64>) -> Array2<f64> {
    let Some(mean) = points.mean_axis(ndarray::Axis(0)) else { return points.clone() };
    let centred = points - &mean;
    let moment = centred.t().dot(&centred);
    let angle = 0.5 * (2.0 * moment[[0, 1]]).atan2(moment[[0, 0]] - moment[[1, 1]]);
    let (sin, cos) = angle.sin_cos();
    let mut turned = centred.dot(&ndarray::array![[cos, -sin], [sin, cos]]);
    for mut axis in turned.columns_mut() {
        let farthest = axis.iter().fold(0.0_f64, |best, &x| if x.abs() > best.abs() { x } else { best });
        if farthest < 0.0 {
            axis.mapv_inplace(|x| -x);
        }
    }
    turned
}

fn check(distances: ArrayView2<'_, f64>) -> Result<(), EmbeddingError> {
    if !distances.is_square() {
        return Err(EmbeddingError::Shape { found: [distances.nrows(), distances.ncols()] });
    }
    for ((first, second), &value) in distances.indexed_iter() {
        let back = distances[[second, first]];
        if !(value.is_finite() && value >= 0.0 && (value - back).abs() <= 1e-9 * value.max(back)) {
            return Err(EmbeddingError::Distance { first, second, value });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
