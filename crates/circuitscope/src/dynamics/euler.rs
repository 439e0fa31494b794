//! One Euler step of many trials at once.
//!
//! Rows are units, and the trials of a unit lie together, so that a step is vector code along trials. Every sum has one
//! order and is fused, whatever the width of a vector, so that a run has the same bits with AVX2 as with AVX-512.

#![allow(clippy::needless_pass_by_value, reason = "a view of an array is a reference already")]
#![allow(clippy::inline_always, reason = "a loop that is not inlined into the dispatch is not vectorised")]

use ndarray::ArrayView2;
use pulp::{Arch, Simd, WithSimd};

use super::rates::rates_in_place;
use crate::network::{Form, Network};

/// Trials that a row is padded to a multiple of: the lanes of the widest vector.
pub(super) const LANES: usize = 8;
/// Rows that a product computes together.
const ROWS: usize = 4;
/// Vectors of a row that a product computes together: with [`ROWS`] they fill the registers of AVX2.
const VECTORS: usize = 3;

/// States of B trials that go on step by step.
pub(super) struct Euler<'a> {
    network: &'a Network,
    /// `[W_inp, W_rec]`
    weights: Weights,
    n_trials: usize,
    /// Inputs of the next step, which the caller fills, then rates of the states as they are `[U + N, stride]`.
    panel: Vec<f64>,
    /// States of the potential form `[N, stride]`; in the rate form the rates are the states.
    potentials: Vec<f64>,
    /// Arguments of the activation, padded rows after them.
    drive: Vec<f64>,
}

impl<'a> Euler<'a> {
    /// B trials at the network's initial state.
    pub(super) fn new(network: &'a Network, n_trials: usize) -> Self {
        let stride = n_trials.next_multiple_of(LANES);
        let initial = || network.initial_state.iter().flat_map(|&y| std::iter::repeat_n(y, stride));
        let mut panel = vec![0.0; network.n_inputs() * stride];
        panel.extend(initial());
        let potentials = match network.form {
            Form::Rate => Vec::new(),
            Form::Potential => initial().collect(),
        };
        let weights = Weights::new(&[network.w_inp.view(), network.w_rec.view()]);
        let drive = weights.product(n_trials);
        Self { network, weights, n_trials, panel, potentials, drive }
    }

    /// From one unit's trials to the next unit's, in all panels.
    pub(super) fn stride(&self) -> usize {
        self.n_trials.next_multiple_of(LANES)
    }

    /// States `[N, stride]`.
    pub(super) fn states(&self) -> &[f64] {
        match self.network.form {
            Form::Rate => &self.panel[self.network.n_inputs() * self.stride()..],
            Form::Potential => &self.potentials,
        }
    }

    /// [`Euler::states`], to be changed.
    pub(super) fn states_mut(&mut self) -> &mut [f64] {
        let first = self.network.n_inputs() * self.stride();
        match self.network.form {
            Form::Rate => &mut self.panel[first..],
            Form::Potential => &mut self.potentials,
        }
    }

    /// Inputs `[U, stride]` of the next step; the caller fills them.
    pub(super) fn inputs_mut(&mut self) -> &mut [f64] {
        let end = self.network.n_inputs() * self.stride();
        &mut self.panel[..end]
    }

    /// Rates `[N, stride]` of the states as they are.
    pub(super) fn rates(&mut self) -> &[f64] {
        let rates = &mut self.panel[self.network.n_inputs() * self.n_trials.next_multiple_of(LANES)..];
        if self.network.form == Form::Potential {
            rates.copy_from_slice(&self.potentials);
            rates_in_place(self.network.activation, rates);
        }
        rates
    }

    /// The next states from these states and inputs.
    pub(super) fn step(&mut self) {
        self.rates();
        let stride = self.stride();
        self.weights.multiply(&self.panel, stride, self.network.bias.as_slice(), &mut self.drive);
        let n_values = self.network.n_units() * stride;
        if self.network.form == Form::Rate {
            rates_in_place(self.network.activation, &mut self.drive[..n_values]);
        }
        let drive = std::mem::take(&mut self.drive);
        let alpha = self.network.alpha();
        Arch::new().dispatch(Relaxation { alpha, states: self.states_mut(), targets: &drive[..n_values] });
        self.drive = drive;
    }
}

/// `y += α (x − y)` over many values.
struct Relaxation<'a> {
    alpha: f64,
    states: &'a mut [f64],
    targets: &'a [f64],
}

impl WithSimd for Relaxation<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for (y, &x) in self.states.iter_mut().zip(self.targets) {
            *y += self.alpha * (x - *y);
        }
    }
}

/// A matrix `[R, K]`, packed to be multiplied by panels of trials.
pub(super) struct Weights {
    /// [`ROWS`] numbers of each column, rows after the last being zero `[⌈R / ROWS⌉, K, ROWS]`.
    packed: Vec<f64>,
    depth: usize,
}

impl Weights {
    /// Matrices of one height side by side.
    pub(super) fn new(matrices: &[ArrayView2<'_, f64>]) -> Self {
        let n_rows = matrices.first().map_or(0, ArrayView2::nrows);
        let depth = matrices.iter().map(ArrayView2::ncols).sum();
        let mut packed = Vec::with_capacity(n_rows.next_multiple_of(ROWS) * depth);
        for first in (0..n_rows).step_by(ROWS) {
            for column in matrices.iter().flat_map(|matrix| matrix.columns()) {
                packed.extend((first..first + ROWS).map(|row| column.get(row).copied().unwrap_or(0.0)));
            }
        }
        Self { packed, depth }
    }

    /// Room for a product with panels of `n_trials`.
    pub(super) fn product(&self, n_trials: usize) -> Vec<f64> {
        vec![0.0; self.packed.len() / self.depth.max(1) * n_trials.next_multiple_of(LANES)]
    }

    /// `start + W · panel`: each sum begins with its row's `start`, or 0, and goes on in the order of the columns.
    ///
    /// - `panel`: `[K, stride]`, `stride` a multiple of [`LANES`].
    /// - `product`: `[R, stride]`, with R rounded up to a multiple of [`ROWS`]; overwritten.
    pub(super) fn multiply(&self, panel: &[f64], stride: usize, start: Option<&[f64]>, product: &mut [f64]) {
        debug_assert!(stride.is_multiple_of(LANES) && panel.len() == self.depth * stride);
        Arch::new().dispatch(Product {
            weights: self,
            panel,
            stride,
            start: start.unwrap_or(&[]),
            target: product,
        });
    }
}

/// [`Weights::multiply`] with the vectors of the machine.
struct Product<'a> {
    weights: &'a Weights,
    panel: &'a [f64],
    stride: usize,
    start: &'a [f64],
    target: &'a mut [f64],
}

impl WithSimd for Product<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        // A few vectors of each row of the panel stay in L1 while all rows of the matrix pass.
        let n_vectors = self.stride / S::F64_LANES;
        let (panel, _) = S::as_simd_f64s(self.panel);
        let (product, _) = S::as_mut_simd_f64s(self.target);
        let part = Part { simd, weights: self.weights, start: self.start, panel, n_vectors };
        let mut first = 0;
        while first < n_vectors {
            match n_vectors - first {
                1 => part.columns::<1>(first, product),
                2 => part.columns::<2>(first, product),
                _ => part.columns::<VECTORS>(first, product),
            }
            first += VECTORS;
        }
    }
}

/// A product seen as vectors.
struct Part<'a, S: Simd> {
    simd: S,
    weights: &'a Weights,
    start: &'a [f64],
    panel: &'a [S::f64s],
    /// Vectors of a row.
    n_vectors: usize,
}

impl<S: Simd> Part<'_, S> {
    /// Every row of the product, in `WIDTH` vectors from the `first`.
    #[inline(always)]
    #[allow(
        clippy::needless_range_loop,
        reason = "a chain of iterators is not always inlined into the dispatch"
    )]
    fn columns<const WIDTH: usize>(&self, first: usize, product: &mut [S::f64s]) {
        let blocks = self.weights.packed.chunks_exact(self.weights.depth * ROWS);
        for (block, (weights, rows)) in
            blocks.zip(product.chunks_exact_mut(ROWS * self.n_vectors)).enumerate()
        {
            let mut sums = [[self.simd.splat_f64s(0.0); WIDTH]; ROWS];
            for (sums, &start) in sums.iter_mut().zip(self.start.iter().skip(block * ROWS)) {
                *sums = [self.simd.splat_f64s(start); WIDTH];
            }
            for k in 0..self.weights.depth {
                let weights = &weights[k * ROWS..][..ROWS];
                let values = &self.panel[k * self.n_vectors + first..][..WIDTH];
                for r in 0..ROWS {
                    let weight = self.simd.splat_f64s(weights[r]);
                    for v in 0..WIDTH {
                        sums[r][v] = self.simd.mul_add_f64s(weight, values[v], sums[r][v]);
                    }
                }
            }
            for (row, sums) in rows.chunks_exact_mut(self.n_vectors).zip(sums) {
                row[first..first + WIDTH].copy_from_slice(&sums);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, s};

    #[test]
    fn a_product_is_the_sum_written_out_for_every_shape() {
        let number = |(i, j): (usize, usize)| ((7 * i + 3 * j) as f64).sin();
        for (n_rows, depth, n_trials) in [(1, 1, 1), (4, 3, 8), (5, 7, 9), (11, 6, 40), (3, 10, 65)] {
            let (weights, panel) = (
                Array2::from_shape_fn((n_rows, depth), number),
                Array2::from_shape_fn((depth, n_trials), number),
            );
            let stride = n_trials.next_multiple_of(LANES);
            let mut padded = Array2::zeros((depth, stride));
            padded.slice_mut(s![.., ..n_trials]).assign(&panel);
            let start: Vec<f64> = (0..n_rows).map(|i| i as f64).collect();
            let mut product = vec![f64::NAN; n_rows.next_multiple_of(ROWS) * stride];
            let padded = padded.as_slice().expect("standard layout");
            let (left, right) = weights.view().split_at(ndarray::Axis(1), depth / 2);
            Weights::new(&[left, right]).multiply(padded, stride, Some(&start), &mut product);
            for i in 0..n_rows {
                for b in 0..n_trials {
                    let mut expected = start[i];
                    for k in 0..depth {
                        expected = weights[[i, k]].mul_add(panel[[k, b]], expected);
                    }
                    assert_eq!(
                        product[i * stride + b].to_bits(),
                        expected.to_bits(),
                        "{n_rows} {depth} {n_trials}"
                    );
                }
            }
        }
    }
}
