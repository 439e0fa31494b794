//! A network laid out for the search: the rate form stands for both.
//!
//! `h = W f(h) + c` and `y = f(W y + c)` have the same roots, `y = f(h)` and `h = W y + c`, so that the search runs in
//! rates, and a root of the potential form is carried over at the end.

use std::sync::OnceLock;

use circuitscope_kernel::Activation;
use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, Par};

use super::super::linear::{Entry, add_product, norm};
use super::super::rates::rates_in_place;
use super::super::rounding::{Upper, gamma, norm_above, spectral_above};
use crate::network::Network;

/// Euler step of [`System::relaxed`] over the time constant: three times that of the published networks.
const RELAXATION: f32 = 0.3;

/// Weights in columns, with the norms that every input shares.
pub(super) struct System<'a> {
    pub(super) network: &'a Network,
    pub(super) n: usize,
    pub(super) w: Mat<f64>,
    /// The same, for directions that need not be exact.
    rough: Mat<f32>,
    /// Rows of W, as columns.
    pub(super) rows: Mat<f64>,
    pub(super) activation: Activation,
    /// Bound of the norm of each row of W `[N]`.
    pub(super) row_norms: Vec<f64>,
    spectral: OnceLock<f64>,
}

/// The constant drive of one input.
pub(super) struct Drive {
    /// `W_inp u + b` `[N]`, rounded.
    pub(super) c: Vec<f64>,
    /// How far each entry may be from the exact sum `[N]`.
    pub(super) error: Vec<f64>,
}

/// A state with what follows from it.
#[derive(Clone)]
pub(super) struct Point {
    pub(super) y: Vec<f64>,
    /// `W y + c`.
    pub(super) x: Vec<f64>,
    /// `f(x)`.
    pub(super) r: Vec<f64>,
    /// `f(x) − y`.
    pub(super) rhs: Vec<f64>,
    /// `‖f(x) − y‖`.
    pub(super) speed: f64,
}

impl<'a> System<'a> {
    pub(super) fn new(network: &'a Network) -> Self {
        let n = network.n_units();
        let w = Mat::from_fn(n, n, |i, j| network.w_rec[[i, j]]);
        let rough = Mat::from_fn(n, n, |i, j| w[(i, j)] as f32);
        let rows = w.transpose().to_owned();
        let row_norms = network.w_rec.outer_iter().map(|row| norm_above(row.iter().copied()).0).collect();
        Self {
            network,
            n,
            w,
            rough,
            rows,
            activation: network.activation,
            row_norms,
            spectral: OnceLock::new(),
        }
    }

    /// Bound of the spectral norm of W.
    pub(super) fn spectral(&self) -> Upper {
        Upper(*self.spectral.get_or_init(|| spectral_above(&self.w).0))
    }

    pub(super) fn drive(&self, input: &[f64]) -> Drive {
        let weights = &self.network.w_inp;
        let sums = weights.outer_iter().zip(&self.network.bias).map(|(row, &bias)| {
            row.iter()
                .zip(input)
                .fold((bias, bias.abs()), |(sum, size), (&w, &u)| (sum + w * u, size + (w * u).abs()))
        });
        let (c, sizes): (Vec<f64>, Vec<f64>) = sums.unzip();
        let error = sizes.into_iter().map(|size| (gamma(2 * input.len() + 6) * Upper(size)).0).collect();
        Drive { c, error }
    }

    pub(super) fn point(&self, c: &[f64], y: Vec<f64>) -> Point {
        let mut x = c.to_vec();
        add_product(&mut x, &self.w, &y);
        let mut r = x.clone();
        rates_in_place(self.activation, &mut r);
        let rhs: Vec<f64> = r.iter().zip(&y).map(|(r, y)| r - y).collect();
        let speed = norm(&rhs);
        Point { y, x, r, rhs, speed }
    }

    /// The states `[N, K]` after so many steps of the flow, [`RELAXATION`] of a time constant each; to six digits, as they
    /// are only where searches start.
    pub(super) fn relaxed(&self, c: &[f64], states: &[Vec<f64>], n_steps: usize) -> Vec<Vec<f64>> {
        let c: Vec<f32> = c.iter().map(|&c| c as f32).collect();
        let mut y = Mat::from_fn(self.n, states.len(), |i, k| states[k][i] as f32);
        let mut x = Mat::<f32>::zeros(self.n, states.len());
        let mut rates = vec![0.0; self.n];
        for _ in 0..n_steps {
            for k in 0..states.len() {
                x.col_as_slice_mut(k).copy_from_slice(&c);
            }
            matmul(&mut x, Accum::Add, &self.rough, &y, 1.0, Par::Seq);
            for k in 0..states.len() {
                rates.iter_mut().zip(x.col_as_slice(k)).for_each(|(r, &x)| *r = f64::from(x));
                rates_in_place(self.activation, &mut rates);
                for (y, &r) in y.col_as_slice_mut(k).iter_mut().zip(&rates) {
                    *y += RELAXATION * (r as f32 - *y);
                }
            }
        }
        (0..states.len()).map(|k| y.col_as_slice(k).iter().map(|&y| f64::from(y)).collect()).collect()
    }

    /// `I − diag(f′) W`: minus the Jacobian of the flow.
    pub(super) fn decay(&self, point: &Point) -> Mat<f64> {
        self.decay_at(&self.slopes(point).collect::<Vec<_>>())
    }

    /// [`System::decay`] where units have these slopes `[N]`.
    pub(super) fn decay_at(&self, slopes: &[f64]) -> Mat<f64> {
        one_less(slopes, &self.w)
    }

    /// `f′` of every unit `[N]`.
    pub(super) fn slopes(&self, point: &Point) -> impl Iterator<Item = f64> {
        point.x.iter().zip(&point.r).map(|(&x, &r)| self.activation.slope_with(x, r))
    }

    /// [`System::decay`] in float32.
    pub(super) fn rough_decay(&self, point: &Point) -> Mat<f32> {
        let slopes = self.slopes(point).map(|slope| slope as f32).collect::<Vec<_>>();
        one_less(&slopes, &self.rough)
    }
}

/// `I − diag(slopes) W`
fn one_less<T: Entry>(slopes: &[T], w: &Mat<T>) -> Mat<T> {
    let n = slopes.len();
    let mut matrix = Mat::zeros(n, n);
    for j in 0..n {
        let column = matrix.col_as_slice_mut(j);
        for ((a, &d), &w) in column.iter_mut().zip(slopes).zip(w.col_as_slice(j)) {
            *a = -d * w;
        }
        column[j] += T::one_impl();
    }
    matrix
}
