//! One Euler step of many trials at once.

#![allow(clippy::needless_pass_by_value, reason = "a view of an array is a reference already")]

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatRef, Par};
use ndarray::ArrayView2;

use super::rates::rates_in_place;
use crate::network::{Form, Network};

/// States of B trials that go on step by step.
pub(super) struct Euler<'a> {
    network: &'a Network,
    w_rec: Mat<f64>,
    w_inp: Mat<f64>,
    bias: Vec<f64>,
    /// States `[N, B]`, column-major: a trial's units lie together.
    pub(super) state: Mat<f64>,
    /// Inputs `[U, B]` of the next step; the caller fills them.
    pub(super) input: Mat<f64>,
    drive: Mat<f64>,
    rate: Mat<f64>,
}

impl<'a> Euler<'a> {
    /// B trials at the network's initial state.
    pub(super) fn new(network: &'a Network, n_trials: usize) -> Self {
        let n = network.n_units();
        Self {
            w_rec: matrix(network.w_rec.view()),
            w_inp: matrix(network.w_inp.view()),
            bias: network.bias.to_vec(),
            state: Mat::from_fn(n, n_trials, |i, _| network.initial_state[i]),
            input: Mat::zeros(network.n_inputs(), n_trials),
            drive: Mat::zeros(n, n_trials),
            rate: Mat::zeros(n, n_trials),
            network,
        }
    }

    /// The next states from these states and inputs.
    pub(super) fn step(&mut self) {
        let Self { network, w_rec, w_inp, bias, state, input, drive, rate } = self;
        let (alpha, activation, n_trials) = (network.alpha(), network.activation, state.ncols());
        for b in 0..n_trials {
            drive.col_as_slice_mut(b).copy_from_slice(bias);
        }
        matmul(&mut *drive, Accum::Add, &*w_inp, &*input, 1.0, Par::Seq);
        match network.form {
            Form::Rate => {
                matmul(&mut *drive, Accum::Add, &*w_rec, &*state, 1.0, Par::Seq);
                for b in 0..n_trials {
                    let rates = drive.col_as_slice_mut(b);
                    rates_in_place(activation, rates);
                    for (y, &r) in state.col_as_slice_mut(b).iter_mut().zip(&*rates) {
                        *y += alpha * (r - *y);
                    }
                }
            }
            Form::Potential => {
                for b in 0..n_trials {
                    let rates = rate.col_as_slice_mut(b);
                    rates.copy_from_slice(state.col_as_slice(b));
                    rates_in_place(activation, rates);
                }
                matmul(&mut *drive, Accum::Add, &*w_rec, &*rate, 1.0, Par::Seq);
                for b in 0..n_trials {
                    for (h, &x) in state.col_as_slice_mut(b).iter_mut().zip(drive.col_as_slice(b)) {
                        *h += alpha * (x - *h);
                    }
                }
            }
        }
    }

    /// Rates `[N, B]` of the states as they are.
    pub(super) fn rates(&mut self) -> &Mat<f64> {
        match self.network.form {
            Form::Rate => &self.state,
            Form::Potential => {
                for b in 0..self.state.ncols() {
                    let rates = self.rate.col_as_slice_mut(b);
                    rates.copy_from_slice(self.state.col_as_slice(b));
                    rates_in_place(self.network.activation, rates);
                }
                &self.rate
            }
        }
    }
}

/// Column-major copy of a weight matrix.
pub(super) fn matrix(weights: ArrayView2<'_, f64>) -> Mat<f64> {
    match weights.as_slice() {
        Some(slice) => MatRef::from_row_major_slice(slice, weights.nrows(), weights.ncols()).to_owned(),
        None => Mat::from_fn(weights.nrows(), weights.ncols(), |i, j| weights[[i, j]]),
    }
}
