//! A network laid out for the search: the rate form stands for both.
//!
//! `h = W f(h) + c` and `y = f(W y + c)` have the same roots, `y = f(h)` and `h = W y + c`, so that the search runs in
//! rates, and a root of the potential form is carried over at the end.

use std::sync::OnceLock;

use circuitscope_kernel::{Activation, Curve};
use faer::Mat;

use super::super::linear::{add_product, norm};
use super::super::rounding::{Upper, gamma, norm_above, spectral_above};
use crate::network::Network;

/// Euler step of [`System::relaxed`] over the time constant: three times that of the published networks.
const RELAXATION: f64 = 0.3;

/// Replaces potentials by rates with three digits, in a fraction of the time: enough to go roughly with the flow.
fn rough_rates(activation: Activation, potentials: &mut [f64]) {
    let s = activation.slope;
    // The continued fraction of tanh to its fourth term; 1 beyond 4.97, where the fraction meets it.
    let tanh = |x: f64| {
        let x = x.clamp(-4.97, 4.97);
        let x2 = x * x;
        x * (135_135.0 + x2 * (17_325.0 + x2 * (378.0 + x2)))
            / (135_135.0 + x2 * (62_370.0 + x2 * (3_150.0 + 28.0 * x2)))
    };
    for x in potentials {
        *x = match activation.curve {
            Curve::Relu => (s * *x).max(0.0),
            Curve::Sigmoid => 0.5 + 0.5 * tanh(0.5 * s * *x),
            Curve::Tanh => tanh(s * *x),
        };
    }
}

/// Weights in columns, with the norms that every input shares.
pub(super) struct System<'a> {
    pub(super) network: &'a Network,
    pub(super) n: usize,
    pub(super) w: Mat<f64>,
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
        let rows = w.transpose().to_owned();
        let row_norms = network.w_rec.outer_iter().map(|row| norm_above(row.iter().copied()).0).collect();
        Self { network, n, w, rows, activation: network.activation, row_norms, spectral: OnceLock::new() }
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
        let r: Vec<f64> = x.iter().map(|&x| self.activation.rate(x)).collect();
        let rhs: Vec<f64> = r.iter().zip(&y).map(|(r, y)| r - y).collect();
        let speed = norm(&rhs);
        Point { y, x, r, rhs, speed }
    }

    /// The state after so many steps of the flow, [`RELAXATION`] of a time constant each.
    pub(super) fn relaxed(&self, c: &[f64], point: Point, n_steps: usize) -> Point {
        let mut y = point.y;
        let mut x = point.x;
        for _ in 0..n_steps {
            rough_rates(self.activation, &mut x);
            for (y, r) in y.iter_mut().zip(&x) {
                *y += RELAXATION * (r - *y);
            }
            x.copy_from_slice(c);
            add_product(&mut x, &self.w, &y);
        }
        self.point(c, y)
    }

    /// `I − diag(f′) W`: minus the Jacobian of the flow.
    pub(super) fn decay(&self, point: &Point) -> Mat<f64> {
        let slopes: Vec<f64> = point.r.iter().map(|&r| self.activation.slope_at_rate(r)).collect();
        let mut matrix = Mat::zeros(self.n, self.n);
        for j in 0..self.n {
            let column = matrix.col_as_slice_mut(j);
            for ((a, &d), &w) in column.iter_mut().zip(&slopes).zip(self.w.col_as_slice(j)) {
                *a = -d * w;
            }
            column[j] += 1.0;
        }
        matrix
    }

    /// Largest |f′|.
    pub(super) fn steepest(&self) -> f64 {
        match self.activation.curve {
            Curve::Relu | Curve::Tanh => self.activation.slope,
            Curve::Sigmoid => 0.25 * self.activation.slope,
        }
    }
}
