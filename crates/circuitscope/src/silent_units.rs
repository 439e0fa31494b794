//! Units that never fire: found and left out, so that they do not count where units are compared.

#![allow(clippy::needless_pass_by_value, reason = "a view of an array is a reference already")]

use ndarray::{ArrayView2, ArrayView3, Axis};

use crate::dynamics::run::{RunError, rates, states};
use crate::network::Network;
use crate::task::Task;
use crate::trials::Trials;

/// The trials' inputs, a few trials at a time: the states of a full training set would not fit beside many threads.
pub(crate) fn chunks(trials: &Trials) -> impl Iterator<Item = ArrayView3<'_, f32>> {
    trials.inputs.axis_chunks_iter(Axis(2), 32)
}

/// The units whose noise-free rate is exactly 0 on every training and analysis trial and step, rising.
///
/// # Errors
/// [`RunError`] if the network does not fit the task.
pub fn silent_units(network: &Network, task: &Task) -> Result<Vec<usize>, RunError> {
    let mut active = vec![false; network.n_units()];
    for trials in [task.scoring_trials(), task.analysis_trials()] {
        for chunk in chunks(&trials) {
            let rates = rates(network, states(network, chunk.view())?);
            for (unit, active) in active.iter_mut().enumerate() {
                *active = *active || rates.index_axis(Axis(0), unit).iter().any(|&y| y != 0.0);
            }
        }
    }
    Ok((0..active.len()).filter(|&unit| !active[unit]).collect())
}

/// A network without its [`silent_units`], and how many there were.
///
/// They carry nothing on those trials, so that no state or output of the others changes. A network silent altogether
/// keeps its first unit: there is no network of none.
///
/// # Errors
/// [`RunError`] if the network does not fit the task.
pub fn without_silent_units(network: Network, task: &Task) -> Result<(Network, usize), RunError> {
    let silent = silent_units(&network, task)?;
    Ok(without(network, &silent))
}

/// A network without some of its units, and how many those are; the first unit stays if none else would.
pub fn without(network: Network, units: &[usize]) -> (Network, usize) {
    let n = network.n_units();
    let mut kept: Vec<usize> = (0..n).filter(|unit| !units.contains(unit)).collect();
    if kept.is_empty() {
        kept.push(0);
    }
    if kept.len() == n {
        return (network, 0);
    }
    let smaller = Network {
        w_rec: network.w_rec.select(Axis(0), &kept).select(Axis(1), &kept),
        w_inp: network.w_inp.select(Axis(0), &kept),
        w_out: network.w_out.select(Axis(1), &kept),
        bias: network.bias.select(Axis(0), &kept),
        initial_state: network.initial_state.select(Axis(0), &kept),
        ..network
    };
    (smaller, n - kept.len())
}

/// The units of `among` whose rate is 0 at every fixed point under some constant inputs, whatever the others do; rising.
///
/// - `inputs`: `[I, U]`. `among`: units that may be left out.
///
/// Rates of a rectified curve, a `ReLU` or a power law, are not negative at a fixed point. So a unit is at 0 there if no input drives it above 0 and
/// every positive weight comes to it from such units; one that excites itself is not among them. A unit that is silent on
/// every trial may still be active at a fixed point that no trial comes near.
pub fn never_active(network: &Network, inputs: ArrayView2<'_, f64>, among: &[usize]) -> Vec<usize> {
    if !network.activation.curve.is_rectified() {
        return Vec::new();
    }
    // More than the sum of a drive can lose by rounding, over the size of its terms.
    let share = 4.0 * f64::EPSILON * (network.n_inputs() + 1) as f64;
    let is_driven = |unit: usize| {
        inputs.outer_iter().any(|input| {
            let terms = network.w_inp.row(unit).into_iter().zip(input).map(|(&w, &u)| w * u);
            let (drive, size) = terms
                .chain([network.bias[unit]])
                .fold((0.0, 0.0), |(drive, size), term| (drive + term, size + term.abs()));
            drive > -share * size
        })
    };
    let undriven: Vec<usize> = among.iter().copied().filter(|&unit| !is_driven(unit)).collect();
    let mut silent: Vec<usize> = Vec::new();
    loop {
        let hears_none = |unit: usize| {
            let weights = network.w_rec.row(unit);
            weights.iter().enumerate().all(|(from, &w)| w <= 0.0 || silent.contains(&from))
        };
        let next: Vec<usize> = undriven.iter().copied().filter(|&unit| hears_none(unit)).collect();
        if next.len() == silent.len() {
            return next;
        }
        silent = next;
    }
}

#[cfg(test)]
mod tests;
