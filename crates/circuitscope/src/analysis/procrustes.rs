//! The orthogonal map that best carries one set of matched points onto another.

use faer::MatRef;
use ndarray::Array2;

use super::components::N_COMPONENTS;

/// A square matrix in component space, row by row.
pub(super) type Map = [[f64; N_COMPONENTS]; N_COMPONENTS];

/// Orthogonal `R`, reflections allowed, that maximises `tr(Rᵀ M)`: with `M = aᵀ b` it minimises `‖a R − b‖_F`.
///
/// # Source
/// Schönemann 1966, doi:10.1007/BF02289451: `R = U Vᵀ` from `M = U Σ Vᵀ`.
pub(super) fn orthogonal_map(m: &Array2<f64>) -> Array2<f64> {
    let standard = m.as_standard_layout();
    let slice = standard.as_slice().unwrap_or_default();
    let n = m.nrows();
    // The iteration of a finite square matrix converges; if ever not, no rotation is still a valid map.
    let Ok(svd) = MatRef::from_row_major_slice(slice, n, n).svd() else { return Array2::eye(n) };
    let map = svd.U() * svd.V().transpose();
    Array2::from_shape_fn((n, n), |(i, j)| map[(i, j)])
}

/// [`orthogonal_map`] of a matrix in component space, by Newton's iteration to the orthogonal polar factor.
///
/// About ten times the speed of a decomposition at this size. A matrix that is singular to rounding, as when many
/// points share one match, goes to [`orthogonal_map`].
///
/// # Source
/// Higham 1986, doi:10.1137/0907079 (scaled Newton iteration).
#[inline(always)]
pub(super) fn polar(m: &Map) -> Map {
    let mut x = *m;
    for _ in 0..20 {
        let Some(inverse) = inverse(&x) else { return by_decomposition(m) };
        let (norms, inverse_norms) = (norm_product(&x), norm_product(&inverse));
        let gamma = (inverse_norms / norms).sqrt().sqrt();
        let (grow, shrink) = (0.5 * gamma, 0.5 / gamma);
        let mut change = 0.0_f64;
        let mut next = x;
        for i in 0..N_COMPONENTS {
            for j in 0..N_COMPONENTS {
                next[i][j] = grow * x[i][j] + shrink * inverse[j][i];
                change = change.max((next[i][j] - x[i][j]).abs());
            }
        }
        x = next;
        if change < 1e-9 {
            return x; // The iteration is quadratic: the error is now at rounding.
        }
    }
    by_decomposition(m)
}

#[cold]
fn by_decomposition(m: &Map) -> Map {
    let map = orthogonal_map(&Array2::from_shape_fn((N_COMPONENTS, N_COMPONENTS), |(i, j)| m[i][j]));
    let mut rows = [[0.0; N_COMPONENTS]; N_COMPONENTS];
    for ((i, j), &entry) in map.indexed_iter() {
        rows[i][j] = entry;
    }
    rows
}

/// Product of the largest row sum and the largest column sum of absolute entries.
#[inline(always)]
fn norm_product(x: &Map) -> f64 {
    let mut columns = [0.0_f64; N_COMPONENTS];
    let mut row_norm = 0.0_f64;
    for row in x {
        let mut sum = 0.0;
        for (column, entry) in columns.iter_mut().zip(row) {
            *column += entry.abs();
            sum += entry.abs();
        }
        row_norm = row_norm.max(sum);
    }
    row_norm * columns.into_iter().fold(0.0, f64::max)
}

/// Inverse by Gauss–Jordan elimination with row pivoting; [`None`] if a pivot is at rounding of the largest entry.
#[inline(always)]
fn inverse(x: &Map) -> Option<Map> {
    let mut left = *x;
    let mut right = [[0.0; N_COMPONENTS]; N_COMPONENTS];
    for (i, row) in right.iter_mut().enumerate() {
        row[i] = 1.0;
    }
    let largest = x.as_flattened().iter().fold(0.0_f64, |a, entry| a.max(entry.abs()));
    for k in 0..N_COMPONENTS {
        let mut pivot = k;
        for i in k + 1..N_COMPONENTS {
            if left[i][k].abs() > left[pivot][k].abs() {
                pivot = i;
            }
        }
        if left[pivot][k].abs() <= 1e-13 * largest {
            return None;
        }
        left.swap(k, pivot);
        right.swap(k, pivot);
        let scale = 1.0 / left[k][k];
        for j in 0..N_COMPONENTS {
            left[k][j] *= scale;
            right[k][j] *= scale;
        }
        let (left_row, right_row) = (left[k], right[k]);
        for i in 0..N_COMPONENTS {
            if i != k {
                let factor = left[i][k];
                for j in 0..N_COMPONENTS {
                    left[i][j] -= factor * left_row[j];
                    right[i][j] -= factor * right_row[j];
                }
            }
        }
    }
    Some(right)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn newton_and_decomposition_find_the_same_map(
            entries in proptest::collection::vec(-1.0..1.0_f64, N_COMPONENTS * N_COMPONENTS),
        ) {
            let m = Array2::from_shape_vec((N_COMPONENTS, N_COMPONENTS), entries).expect("a square");
            let mut rows = [[0.0; N_COMPONENTS]; N_COMPONENTS];
            for ((i, j), &entry) in m.indexed_iter() {
                rows[i][j] = entry;
            }
            let (newton, expected) = (polar(&rows), orthogonal_map(&m));
            for ((i, j), entry) in expected.indexed_iter() {
                prop_assert!((newton[i][j] - entry).abs() < 1e-7); // near-singular draws lose digits
            }
            let newton = Array2::from_shape_fn((N_COMPONENTS, N_COMPONENTS), |(i, j)| newton[i][j]);
            let identity = Array2::<f64>::eye(N_COMPONENTS);
            prop_assert!((newton.t().dot(&newton) - identity).iter().all(|gap| gap.abs() < 1e-10));
        }
    }

    #[test]
    fn a_singular_matrix_has_an_orthogonal_map_too() {
        let mut rows = [[0.0; N_COMPONENTS]; N_COMPONENTS];
        rows[2][3] = -4.0;
        let map = polar(&rows);
        assert!((map[2][3] + 1.0).abs() < 1e-12);
    }
}
