//! How well a circuit reproduces responses.

use ndarray::{ArrayView1, ArrayView3, Axis, s};

use super::CircuitError;
use super::placement::{Placement, apply};
use super::responses::Responses;
use super::subspace::Subspace;
use crate::dynamics::run;
use crate::network::Network;

/// Scores of a circuit on responses, without noise, over the masked steps and what was recorded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scores {
    /// Published score: R² of the embedded states `Q x` against y, the mean over trials. The variance of a trial is that of all
    /// its entries about one mean, so that differences between the means of units count as explained.
    pub r2_total: f64,
    /// R² of x against `Qᵀ y`, in the same way; of a linear embedding against the states of least squared error.
    pub r2_projected: f64,
    /// Mean squared error of the circuit's outputs against the responses' outputs.
    pub output_mse: f64,
    /// Primary score: share of the variance of all units, each about its own mean, that the embedded states explain. A linear
    /// embedding is scored on each trial as fitted to the others, when the circuit is scored on what it was fitted to.
    pub variance_explained: f64,
    /// The same share for as many principal components as the circuit has nodes: what no embedding can exceed by much
    /// (the components are about the mean, the embedding is not).
    pub pca_variance_explained: f64,
}

/// Sums of squares of errors and about the mean, over pairs with a recorded second number.
#[derive(Clone, Copy, Default)]
struct Squares {
    n: f64,
    error: f64,
    sum: f64,
    square: f64,
}

impl Squares {
    fn add(&mut self, guess: f64, exact: f64) {
        if !exact.is_nan() {
            self.n += 1.0;
            self.error += (guess - exact).powi(2);
            self.sum += exact;
            self.square += exact * exact;
        }
    }

    fn variance(&self) -> f64 {
        self.square - self.sum * self.sum / self.n
    }

    fn r2(&self) -> Option<f64> {
        (self.n > 0.0 && self.variance() > 0.0).then(|| 1.0 - self.error / self.variance())
    }
}

/// Mean R² over trials of rows `[R, T, B]`, trials without variance left out (as published); NaN if none is left.
fn mean_r2(guess: ArrayView3<'_, f64>, exact: ArrayView3<'_, f64>, mask: &[usize]) -> f64 {
    let (n_rows, _, n_trials) = exact.dim();
    let of_trial = |b: usize| {
        let mut squares = Squares::default();
        for row in 0..n_rows {
            for &t in mask {
                squares.add(guess[[row, t, b]], exact[[row, t, b]]);
            }
        }
        squares.r2()
    };
    let scores: Vec<f64> = (0..n_trials).filter_map(of_trial).collect();
    scores.iter().sum::<f64>() / scores.len() as f64
}

/// Scores a circuit placed among the units on responses whose components `Uᵀ y` `[K, T, B]` are given.
///
/// # Errors
/// [`CircuitError::Run`] if circuit and responses do not fit.
pub(super) fn score(
    circuit: &Network,
    placement: &Placement,
    subspace: &Subspace,
    components: ArrayView3<'_, f64>,
    responses: &Responses,
) -> Result<Scores, CircuitError> {
    let states = run::states(circuit, responses.inputs.view())?;
    let outputs = run::outputs(circuit, states.view())?;
    let embedded = placement.embedded(states.view());
    let mask = &responses.mask;
    let [recorded, targets, components] = [responses.rates.view(), responses.outputs.view(), components]
        .map(|array| responses.where_scored(array));
    let (rates, components) = (recorded.view(), components.view());
    let mut output = Squares::default();
    for o in 0..responses.n_outputs() {
        for &t in mask {
            for b in 0..responses.n_trials() {
                output.add(outputs[[o, t, b]], targets[[o, t, b]]);
            }
        }
    }
    Ok(Scores {
        r2_total: mean_r2(embedded.view(), rates, mask),
        r2_projected: mean_r2(states.view(), placement.projected(subspace, components).view(), mask),
        output_mse: output.error / output.n,
        variance_explained: explained(embedded.view(), rates, mask),
        pca_variance_explained: {
            let leading = subspace.directions.slice(s![.., ..circuit.n_units()]);
            let about = leading.t().dot(&subspace.mean);
            let shifts = &subspace.mean - &leading.dot(&about);
            let places = components.slice(s![..circuit.n_units(), .., ..]);
            let mut guess = apply(leading, places);
            for (mut rows, &shift) in guess.axis_iter_mut(Axis(0)).zip(&shifts) {
                rows += shift;
            }
            explained(guess.view(), rates, mask)
        },
    })
}

/// `1 − Σ (guess − y)² / Σ (y − mean of its unit)²` over masked steps and recorded entries.
fn explained(guess: ArrayView3<'_, f64>, rates: ArrayView3<'_, f64>, mask: &[usize]) -> f64 {
    let (mut error, mut variance) = (0.0, 0.0);
    for (guess, rates) in guess.outer_iter().zip(rates.outer_iter()) {
        let mut squares = Squares::default();
        for &t in mask {
            let rows: [ArrayView1<'_, f64>; 2] = [guess.row(t), rates.row(t)];
            rows[0].iter().zip(rows[1]).for_each(|(&guess, &exact)| squares.add(guess, exact));
        }
        if squares.n > 0.0 {
            error += squares.error;
            variance += squares.variance();
        }
    }
    1.0 - error / variance
}
