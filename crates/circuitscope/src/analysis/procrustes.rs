//! The orthogonal map that best carries one set of matched points onto another.

use faer::MatRef;
use ndarray::Array2;
use pulp::Simd;

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

/// Lanes of the widest vector of float32.
pub(super) const LANES: usize = 16;

/// A square matrix in component space in float32, each row padded with zeros to a vector.
pub(super) type Padded = [[f32; LANES]; N_COMPONENTS];

/// A row in float32, then zeros.
pub(super) fn padded(row: &[f64; N_COMPONENTS]) -> [f32; LANES] {
    std::array::from_fn(|k| row.get(k).map_or(0.0, |&x| x as f32))
}

/// Odd polynomials `a x + b x³ + c x⁵` that, one after another, bring every number of \[3e-5, 1\] within 2e-6 of 1 in the
/// fewest steps; each is the best of its degree for the interval that the one before leaves (Remez). All but the last two
/// take `x / 1.01`, for at the upper end of their intervals they amplify rounding.
///
/// # Source
/// Amsel et al. 2025, arXiv:2505.16932, algorithm 1, for singular values from 3e-5.
const POLYNOMIALS: [[f32; 3]; 9] = [
    [8.428_69, -24.533_14, 17.852_62],
    [4.212_747, -3.065_749, 0.557_847_3],
    [4.205_425, -3.060_783, 0.557_292],
    [4.174_606, -3.039_854, 0.554_951_9],
    [4.049_48, -2.954_47, 0.545_406_4],
    [3.609_309, -2.648_06, 0.511_194_9],
    [2.647_705, -1.929_242, 0.431_763],
    [1.959_7, -1.341_201, 0.384_230_6],
    [1.875_187, -1.250_208, 0.375_020_8],
];

/// Share of the previous map in what [`turned_to`] makes orthogonal. It keeps the singular values in the reach of
/// [`POLYNOMIALS`] and above the rounding of float32, which they would else amplify.
const HOLD: f32 = 1e-4;

/// The orthogonal map that maximises `tr(Rᵀ M)` in float32, at a hundredth of the cost of [`orthogonal_map`]; where `m`
/// says next to nothing, `map` stays as it was.
///
/// - `map`: orthogonal, the map before. Where `m` is zero, it is the result.
#[inline(always)]
pub(super) fn turned_to<S: Simd>(simd: S, map: &Padded, m: &Padded) -> Padded {
    let mut squares = [0.0_f32; LANES];
    for row in m {
        for (square, &x) in squares.iter_mut().zip(row) {
            *square = x.mul_add(x, *square);
        }
    }
    // The norm bounds the largest singular value; the margin is for the share of the map and for rounding.
    let norm = squares.iter().sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
    let (of_m, of_map) = (0.99 / norm, 0.99 * HOLD);
    let mut x = [[0.0; LANES]; N_COMPONENTS];
    for (row, (of_row, held)) in x.iter_mut().zip(m.iter().zip(map)) {
        for (entry, (&y, &z)) in row.iter_mut().zip(of_row.iter().zip(held)) {
            *entry = of_m.mul_add(y, of_map * z);
        }
    }
    for [a, b, c] in POLYNOMIALS {
        let gram = gram(simd, &x);
        let mut factor = product(simd, &gram, &gram);
        for (i, (row, of_gram)) in factor.iter_mut().zip(&gram).enumerate() {
            for (entry, &g) in row.iter_mut().zip(of_gram) {
                *entry = c.mul_add(*entry, b * g);
            }
            row[i] += a;
        }
        x = product(simd, &x, &factor);
    }
    x
}

/// The transpose of a matrix in component space.
pub(super) fn transposed(m: &Padded) -> Padded {
    std::array::from_fn(|i| std::array::from_fn(|j| m.get(j).map_or(0.0, |row| row[i])))
}

/// `a b`, a vector of columns at a time.
#[inline(always)]
fn product<S: Simd>(simd: S, a: &Padded, b: &Padded) -> Padded {
    let mut product = [[0.0; LANES]; N_COMPONENTS];
    for vector in 0..LANES / S::F32_LANES {
        let mut columns = [simd.splat_f32s(0.0); N_COMPONENTS];
        for (column, row) in columns.iter_mut().zip(b) {
            *column = S::as_simd_f32s(row).0[vector];
        }
        for (row, of_a) in product.iter_mut().zip(a) {
            let mut sum = simd.mul_f32s(simd.splat_f32s(of_a[0]), columns[0]);
            for k in 1..N_COMPONENTS {
                sum = simd.mul_add_f32s(simd.splat_f32s(of_a[k]), columns[k], sum);
            }
            S::as_mut_simd_f32s(row).0[vector] = sum;
        }
    }
    product
}

/// `xᵀ x`, a vector of columns at a time.
#[inline(always)]
fn gram<S: Simd>(simd: S, x: &Padded) -> Padded {
    let mut gram = [[0.0; LANES]; N_COMPONENTS];
    for vector in 0..LANES / S::F32_LANES {
        let mut sums = [simd.splat_f32s(0.0); N_COMPONENTS];
        for row in x {
            let columns = S::as_simd_f32s(row).0[vector];
            for (sum, &entry) in sums.iter_mut().zip(row) {
                *sum = simd.mul_add_f32s(simd.splat_f32s(entry), columns, *sum);
            }
        }
        for (row, &sum) in gram.iter_mut().zip(&sums) {
            S::as_mut_simd_f32s(row).0[vector] = sum;
        }
    }
    gram
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array1;
    use proptest::prelude::*;
    use pulp::WithSimd;

    struct Turned<'a>(&'a Padded, &'a Padded);

    impl WithSimd for Turned<'_> {
        type Output = Padded;

        fn with_simd<S: Simd>(self, simd: S) -> Padded {
            turned_to(simd, self.0, self.1)
        }
    }

    proptest! {
        #[test]
        fn the_map_turned_to_is_that_of_the_decomposition_on_every_instruction_set(
            entries in proptest::collection::vec(-1.0..1.0_f64, 3 * N_COMPONENTS * N_COMPONENTS),
            lowest in -4.0..0.0_f64,
        ) {
            let size = N_COMPONENTS * N_COMPONENTS;
            let [left, right, before] = [0, 1, 2].map(|k| {
                let entries = entries[k * size..(k + 1) * size].to_vec();
                orthogonal_map(&Array2::from_shape_vec((N_COMPONENTS, N_COMPONENTS), entries).expect("a square"))
            });
            // Singular values from 1 down to 10^lowest, which random entries alone seldom have.
            let values = Array2::from_diag(&Array1::logspace(10.0, 0.0, lowest, N_COMPONENTS));
            let m = left.dot(&values).dot(&right);
            let found = pulp::Arch::new().dispatch(Turned(&rows(&before), &rows(&(7.0 * &m))));
            let map = Array2::from_shape_fn((N_COMPONENTS, N_COMPONENTS), |(i, j)| f64::from(found[i][j]));
            let gaps = map.t().dot(&map) - Array2::<f64>::eye(N_COMPONENTS);
            prop_assert!(gaps.iter().all(|gap| gap.abs() < 1e-2), "{gaps}"); // float32 rounding over the lowest value
            // At most the share of the map before is lost, of the sum of the singular values.
            let [trace, best] = [&map, &left.dot(&right)].map(|map| (map * &m).sum());
            prop_assert!((trace - best).abs() < 2e-3, "{trace} {best}");
            prop_assert_eq!(Turned(&rows(&before), &rows(&(7.0 * &m))).with_simd(pulp::Scalar::new()), found);
        }
    }

    fn rows(matrix: &Array2<f64>) -> Padded {
        std::array::from_fn(|i| padded(&std::array::from_fn(|j| matrix[[i, j]])))
    }

    #[test]
    fn a_map_is_kept_where_nothing_says_how_to_turn_it() {
        let map = rows(&Array2::eye(N_COMPONENTS));
        let zero = [[0.0; LANES]; N_COMPONENTS];
        let found = Turned(&map, &zero).with_simd(pulp::Scalar::new());
        assert!(found.as_flattened().iter().zip(map.as_flattened()).all(|(x, y)| (x - y).abs() < 1e-5));
    }

    #[test]
    fn the_transpose_of_the_transpose_is_the_matrix() {
        let m: Padded = std::array::from_fn(|i| padded(&std::array::from_fn(|j| (10 * i + j) as f64)));
        assert_eq!(transposed(&m)[3][7], m[7][3]);
        assert_eq!(transposed(&transposed(&m)), m);
    }
}
