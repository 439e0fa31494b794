//! Linear systems that are solved many times for one factorisation.

#![allow(clippy::inline_always, reason = "a loop that is not inlined into the dispatch is not vectorised")]

use std::ops::{AddAssign, DivAssign, Mul, Neg};

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::lu::partial_pivoting::{factor, inverse};
use faer::linalg::matmul::matmul;
use faer::perm::PermRef;
use faer::traits::RealField;
use faer::{Accum, Mat, MatRef, Par};
use ndarray::Array2;
use pulp::{Arch, Simd, WithSimd};

/// What factors are made of: float64, or float32 where half the time matters more than the last digits.
pub(super) trait Entry:
    RealField + Copy + PartialOrd + Neg<Output = Self> + Mul<Output = Self> + AddAssign + DivAssign
{
}

impl Entry for f32 {}
impl Entry for f64 {}

/// The factors of `P A = L U` by partial pivoting.
pub(super) struct Factor<T = f64> {
    lu: Mat<T>,
    order: Vec<usize>,
    reverse: Vec<usize>,
    n_swaps: usize,
}

impl<T: Entry> Factor<T> {
    /// Factors a square matrix `[N, N]`, in its own storage.
    pub(super) fn new(mut matrix: Mat<T>) -> Self {
        let n = matrix.nrows();
        let (mut order, mut reverse) = (vec![0_usize; n], vec![0_usize; n]);
        let need = factor::lu_in_place_scratch::<usize, T>(n, n, Par::Seq, faer::Spec::default());
        let mut memory = MemBuffer::new(need);
        let (info, _) = factor::lu_in_place(
            matrix.as_mut(),
            &mut order,
            &mut reverse,
            Par::Seq,
            MemStack::new(&mut memory),
            faer::Spec::default(),
        );
        Self { lu: matrix, order, reverse, n_swaps: info.transposition_count }
    }

    /// Rows of the matrix.
    pub(super) fn len(&self) -> usize {
        self.lu.nrows()
    }

    /// The sign of the determinant; 0 if a pivot is exactly zero.
    pub(super) fn sign(&self) -> f64 {
        let n_negative = (0..self.lu.nrows()).filter(|&i| self.lu[(i, i)] < T::zero_impl()).count();
        if (0..self.lu.nrows()).any(|i| self.lu[(i, i)] == T::zero_impl()) {
            return 0.0;
        }
        if (n_negative + self.n_swaps).is_multiple_of(2) { 1.0 } else { -1.0 }
    }

    /// Replaces `rhs` `[N]` by the solution of `A p = rhs`; not finite where a pivot is zero.
    pub(super) fn solve(&self, rhs: &mut [T]) {
        let mut p: Vec<T> = self.order.iter().map(|&i| rhs[i]).collect();
        Arch::new().dispatch(Substitute(self, &mut p));
        rhs.copy_from_slice(&p);
    }

    /// Forward, then back.
    #[inline(always)]
    fn substitute(&self, p: &mut [T]) {
        let n = p.len();
        for j in 0..n {
            let (head, tail) = p.split_at_mut(j + 1);
            add_scaled(tail, -head[j], &self.lu.col_as_slice(j)[j + 1..]);
        }
        for j in (0..n).rev() {
            let column = self.lu.col_as_slice(j);
            let (head, tail) = p.split_at_mut(j);
            tail[0] /= column[j];
            add_scaled(head, -tail[0], &column[..j]);
        }
    }
}

impl Factor {
    /// Smallest pivot over the largest: near rounding for a singular matrix. 1 for an empty one.
    pub(super) fn pivot_ratio(&self) -> f64 {
        let pivots = (0..self.lu.nrows()).map(|i| self.lu[(i, i)].abs());
        let (low, high) = pivots.fold((f64::INFINITY, 0.0_f64), |(low, high), p| (low.min(p), high.max(p)));
        if self.lu.nrows() == 0 {
            1.0
        } else if high > 0.0 {
            low / high
        } else {
            0.0
        }
    }

    /// The approximate inverse of `A` `[N, N]`.
    pub(super) fn inverse(&self) -> Mat<f64> {
        let n = self.lu.nrows();
        let mut out = Mat::zeros(n, n);
        let mut memory = MemBuffer::new(inverse::inverse_scratch::<usize, f64>(n, Par::Seq));
        inverse::inverse(
            out.as_mut(),
            self.lu.as_ref(),
            self.lu.as_ref(),
            PermRef::new_checked(&self.order, &self.reverse, n),
            Par::Seq,
            MemStack::new(&mut memory),
        );
        out
    }
}

/// [`Factor::substitute`] with the vectors of the machine.
struct Substitute<'a, T>(&'a Factor<T>, &'a mut [T]);

impl<T: Entry> WithSimd for Substitute<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        self.0.substitute(self.1);
    }
}

/// `target += factor · column`.
#[inline(always)]
fn add_scaled<T: Entry>(target: &mut [T], factor: T, column: &[T]) {
    for (t, &a) in target.iter_mut().zip(column) {
        *t += factor * a;
    }
}

/// `out += A v`, with `A` `[M, N]`; columns of zero entries of `v` are skipped.
pub(super) fn add_product(out: &mut [f64], matrix: &Mat<f64>, v: &[f64]) {
    Arch::new().dispatch(AddColumns(out, matrix, v));
}

/// [`add_columns`] with the vectors of the machine.
struct AddColumns<'a>(&'a mut [f64], &'a Mat<f64>, &'a [f64]);

impl WithSimd for AddColumns<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        add_columns(self.0, self.1, self.2);
    }
}

/// Four columns at a time, so that `out` is read a quarter as often.
#[inline(always)]
fn add_columns(out: &mut [f64], matrix: &Mat<f64>, v: &[f64]) {
    let mut pending = [0_usize; 4];
    let mut n_pending = 0;
    for (j, &entry) in v.iter().enumerate() {
        if entry == 0.0 {
            continue;
        }
        pending[n_pending] = j;
        n_pending += 1;
        if n_pending == 4 {
            n_pending = 0;
            let [a, b, c, d] = pending.map(|j| &matrix.col_as_slice(j)[..out.len()]);
            let [fa, fb, fc, fd] = pending.map(|j| v[j]);
            for (i, o) in out.iter_mut().enumerate() {
                *o += (fa * a[i] + fb * b[i]) + (fc * c[i] + fd * d[i]);
            }
        }
    }
    for &j in &pending[..n_pending] {
        add_scaled(out, v[j], matrix.col_as_slice(j));
    }
}

/// `A B`.
pub(super) fn product(a: MatRef<'_, f64>, b: MatRef<'_, f64>) -> Mat<f64> {
    let mut out = Mat::zeros(a.nrows(), b.ncols());
    matmul(&mut out, Accum::Replace, a, b, 1.0, Par::Seq);
    out
}

/// A matrix with a column and a row added, `[[A, b], [rᵀ, d]]`, `[N + 1, N + 1]`.
pub(super) fn bordered(a: &Array2<f64>, column: &[f64], row: &[f64], corner: f64) -> Mat<f64> {
    let n = a.nrows();
    Mat::from_fn(n + 1, n + 1, |i, j| match (i < n, j < n) {
        (true, true) => a[[i, j]],
        (true, false) => column[i],
        (false, true) => row[j],
        (false, false) => corner,
    })
}

/// `a · b`.
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// Euclidean norm.
pub(super) fn norm(v: &[f64]) -> f64 {
    dot(v, v).sqrt()
}

/// Euclidean distance.
pub(super) fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wave(n: usize) -> Mat<f64> {
        Mat::from_fn(n, n, |i, j| ((3 * i * i + 5 * j + i * j) as f64).sin() + if i == j { 1.0 } else { 0.0 })
    }

    #[test]
    fn factors_solve_what_they_were_made_of() {
        for n in [1, 2, 3, 17, 64] {
            let matrix = wave(n);
            let expected: Vec<f64> = (0..n).map(|i| (i as f64).cos()).collect();
            let mut rhs = vec![0.0; n];
            add_product(&mut rhs, &matrix, &expected);
            let factor = Factor::new(matrix.clone());
            let mut by_inverse = vec![0.0; n];
            add_product(&mut by_inverse, &factor.inverse(), &rhs);
            factor.solve(&mut rhs);
            assert!(distance(&rhs, &expected) < 1e-9, "n = {n}: {}", distance(&rhs, &expected));
            assert!(distance(&by_inverse, &expected) < 1e-9, "n = {n}, inverse");
            let determinant = matrix.determinant();
            assert_eq!(factor.sign(), determinant.signum(), "n = {n}: {determinant}");
        }
    }
}
