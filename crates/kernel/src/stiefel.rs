//! Matrices with orthonormal columns: gradients along them and two ways to move there, in float64.
//!
//! - The optimiser of TE25 moves on the manifold itself: tangent, inner product, retraction and transport of geoopt's
//!   `Stiefel`, whose default is the canonical metric with the Cayley transform (Wen & Yin 2013,
//!   doi:10.1007/s10107-012-0584-1).
//! - LE25 writes the matrix as a Cayley transform of a free square matrix.

/// Matrices `[K, n]`, n ≤ K, with orthonormal columns, row-major.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stiefel {
    /// Rows K.
    pub n_rows: usize,
    /// Columns n.
    pub n_columns: usize,
}

impl Stiefel {
    /// The tangent at `q` that a Euclidean gradient stands for, `G − q Gᵀ q` `[K, n]`.
    pub fn tangent(self, q: &[f64], gradient: &[f64]) -> Vec<f64> {
        let overlap = self.gram(gradient, q); // Gᵀ q
        let mut tangent = gradient.to_vec();
        self.subtract_product(&mut tangent, q, &overlap);
        tangent
    }

    /// Canonical squared length of a tangent, `tr(uᵀ (1 − ½ q qᵀ) u)`.
    pub fn square(self, q: &[f64], tangent: &[f64]) -> f64 {
        let along = self.gram(q, tangent);
        dot(tangent, tangent) - 0.5 * dot(&along, &along)
    }

    /// Moves `q` along the tangent `scale · carried`, and takes the tangent `carried` with it.
    ///
    /// Both are turned by the Cayley transform `(1 − ½A)⁻¹ (1 + ½A)`, `A = s qᵀ − q sᵀ`, s the step. A has rank 2n: with
    /// `L = [s, q]` and `R = [q, −s]` it is `L Rᵀ`, and the transform is `1 + L (1 − ½ Rᵀ L)⁻¹ Rᵀ` (Wen & Yin 2013, lemma 4).
    pub fn moved(self, q: &[f64], carried: &[f64], scale: f64) -> (Vec<f64>, Vec<f64>) {
        let n = self.n_columns;
        let size = 2 * n;
        let (own, along, square) = (self.gram(q, q), self.gram(q, carried), self.gram(carried, carried));
        let mut left = vec![0.0; size * size];
        let mut right = vec![0.0; size * size]; // Rᵀ [q, carried], then the weights of L's columns
        for i in 0..n {
            for j in 0..n {
                let (across, of_step) = (along[i * n + j], scale * along[i * n + j]);
                left[i * size + j] = -0.5 * of_step;
                left[i * size + n + j] = -0.5 * own[i * n + j];
                left[(n + i) * size + j] = 0.5 * scale * scale * square[i * n + j];
                left[(n + j) * size + n + i] = 0.5 * of_step;
                right[i * size + j] = own[i * n + j];
                right[i * size + n + j] = across;
                right[(n + j) * size + i] = -of_step;
                right[(n + i) * size + n + j] = -scale * square[i * n + j];
            }
        }
        add_identity(&mut left, size);
        solve(&mut left, &mut right, size, size);
        let (mut moved, mut taken) = (q.to_vec(), carried.to_vec());
        for (row, (q, m)) in q.chunks_exact(n).zip(carried.chunks_exact(n)).enumerate() {
            let factors = m.iter().map(|m| scale * m).chain(q.iter().copied());
            for (factor, weights) in factors.zip(right.chunks_exact(size)) {
                let (of_q, of_carried) = weights.split_at(n);
                for (target, weights) in [(&mut moved, of_q), (&mut taken, of_carried)] {
                    for (entry, weight) in target[row * n..][..n].iter_mut().zip(weights) {
                        *entry += factor * weight;
                    }
                }
            }
        }
        (moved, taken)
    }

    /// The first columns of the Cayley transform `(1 − S)(1 + S)⁻¹` of a free matrix `a` `[K, K]`, `S = ½ (a − aᵀ)`.
    pub fn cayley(self, a: &[f64]) -> Vec<f64> {
        let Self { n_rows, n_columns } = self;
        let inverse = self.inverse_of_one_plus_skew(a);
        // (1 − S)(1 + S)⁻¹ = 2 (1 + S)⁻¹ − 1
        let mut q = vec![0.0; n_rows * n_columns];
        for i in 0..n_rows {
            for c in 0..n_columns {
                q[i * n_columns + c] = 2.0 * inverse[i * n_rows + c] - f64::from(u8::from(i == c));
            }
        }
        q
    }

    /// The gradient by `a` `[K, K]` from that by `q = cayley(a)` `[K, n]`.
    pub fn cayley_gradient(self, a: &[f64], by_q: &[f64]) -> Vec<f64> {
        let Self { n_rows, n_columns } = self;
        let inverse = self.inverse_of_one_plus_skew(a);
        // dq = −2 R dS R E with R = (1 + S)⁻¹ and E the first columns, so that ∂L/∂S = −2 Rᵀ G (R E)ᵀ.
        let mut turned = vec![0.0; n_rows * n_columns];
        for i in 0..n_rows {
            for k in 0..n_rows {
                for c in 0..n_columns {
                    turned[i * n_columns + c] += inverse[k * n_rows + i] * by_q[k * n_columns + c];
                }
            }
        }
        let by_skew = |i: usize, j: usize| -> f64 {
            let terms = (0..n_columns).map(|c| turned[i * n_columns + c] * inverse[j * n_rows + c]);
            -2.0 * terms.sum::<f64>()
        };
        let mut by_a = vec![0.0; n_rows * n_rows];
        for i in 0..n_rows {
            for j in 0..i {
                let value = 0.5 * (by_skew(i, j) - by_skew(j, i));
                by_a[i * n_rows + j] = value;
                by_a[j * n_rows + i] = -value;
            }
        }
        by_a
    }

    /// Largest entry of `|qᵀ q − 1|`.
    pub fn gap(self, q: &[f64]) -> f64 {
        let mut gram = self.gram(q, q);
        for c in 0..self.n_columns {
            gram[c * self.n_columns + c] -= 1.0;
        }
        gram.iter().fold(0.0, |worst, x| if x.abs() <= worst { worst } else { x.abs() }) // a NaN wins
    }

    fn inverse_of_one_plus_skew(self, a: &[f64]) -> Vec<f64> {
        let k = self.n_rows;
        let mut left = vec![0.0; k * k];
        for i in 0..k {
            for j in 0..k {
                left[i * k + j] = 0.5 * (a[i * k + j] - a[j * k + i]);
            }
        }
        add_identity(&mut left, k);
        let mut inverse = vec![0.0; k * k];
        add_identity(&mut inverse, k);
        solve(&mut left, &mut inverse, k, k);
        inverse
    }

    /// `aᵀ b` `[n, n]`.
    fn gram(self, a: &[f64], b: &[f64]) -> Vec<f64> {
        let n = self.n_columns;
        let mut gram = vec![0.0; n * n];
        for (row_a, row_b) in a.chunks_exact(n).zip(b.chunks_exact(n)) {
            for (target, x) in gram.chunks_exact_mut(n).zip(row_a) {
                for (entry, y) in target.iter_mut().zip(row_b) {
                    *entry += x * y;
                }
            }
        }
        gram
    }

    /// `target −= q m`, m `[n, n]`.
    fn subtract_product(self, target: &mut [f64], q: &[f64], m: &[f64]) {
        let n = self.n_columns;
        for (row, left) in target.chunks_exact_mut(n).zip(q.chunks_exact(n)) {
            for (weight, of_m) in left.iter().zip(m.chunks_exact(n)) {
                for (entry, x) in row.iter_mut().zip(of_m) {
                    *entry -= weight * x;
                }
            }
        }
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

fn add_identity(square: &mut [f64], size: usize) {
    for i in 0..size {
        square[i * size + i] += 1.0;
    }
}

/// Replaces `right` by `left⁻¹ right`, and `left` by rubbish: elimination with the largest entry of a column as pivot.
fn solve(left: &mut [f64], right: &mut [f64], size: usize, width: usize) {
    for k in 0..size {
        let largest =
            (k..size).max_by(|&i, &j| left[i * size + k].abs().total_cmp(&left[j * size + k].abs()));
        swap_rows(left, size, k, largest.unwrap_or(k));
        swap_rows(right, width, k, largest.unwrap_or(k));
        let (above, below) = left.split_at_mut((k + 1) * size);
        let pivots = &above[k * size..];
        let (done, rest) = right.split_at_mut((k + 1) * width);
        let source = &done[k * width..];
        for (row, target) in below.chunks_exact_mut(size).zip(rest.chunks_exact_mut(width)) {
            let factor = row[k] / pivots[k];
            for (entry, x) in row[k..].iter_mut().zip(&pivots[k..]) {
                *entry -= factor * x;
            }
            for (entry, x) in target.iter_mut().zip(source) {
                *entry -= factor * x;
            }
        }
    }
    for k in (0..size).rev() {
        let (above, rest) = right.split_at_mut(k * width);
        let solved = &mut rest[..width];
        for entry in solved.iter_mut() {
            *entry /= left[k * size + k];
        }
        for (i, target) in above.chunks_exact_mut(width).enumerate() {
            let factor = left[i * size + k];
            for (entry, x) in target.iter_mut().zip(&*solved) {
                *entry -= factor * x;
            }
        }
    }
}

/// Exchanges rows `i` ≤ `j` of a matrix.
fn swap_rows(matrix: &mut [f64], width: usize, i: usize, j: usize) {
    if i != j {
        let (above, below) = matrix.split_at_mut(j * width);
        above[i * width..][..width].swap_with_slice(&mut below[..width]);
    }
}
