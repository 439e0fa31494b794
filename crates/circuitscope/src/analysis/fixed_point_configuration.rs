//! Configurations of fixed points: where a network rests under every constant input, and how two of them compare.

#![allow(clippy::needless_pass_by_value, reason = "a view of an array is a reference already")]

use ndarray::{Array2, ArrayView3, Axis};

use super::components::{self, FeatureError, Features};
use crate::dynamics::DynamicsError;
use crate::dynamics::fixed_points::{FixedPoints, Search, along_trials, fixed_points};
use crate::dynamics::stability::Stability;
use crate::network::{Form, Network};
use crate::task::Task;

mod matching;
mod registration;
mod search;

use matching::{Cloud, Matching};
pub use registration::{GroupedRegistration, N_COMPONENTS, UNMATCHED_COST};

/// Rates at the fixed points of a network, at all inputs.
#[derive(Clone, Debug, PartialEq)]
pub struct FixedPointRates {
    /// Rates `[N, P]`, a fixed point a column.
    pub rates: Array2<f64>,
    /// Its [`group`] `[P]`.
    pub groups: Vec<u32>,
}

/// Steps between the states of a trial that the search descends from: one time constant at the published step.
const STRIDE: usize = 10;

/// Fixed points of a network at the inputs of a task ([`Task::constant_inputs`]), an entry an input.
///
/// - `states`: `[N, T, B]` of a run on the analysis trials; the search descends from those of their second halves.
///
/// # Errors
/// [`DynamicsError`] if the network does not fit the task or a state is not finite.
///
/// # Source
/// docs/methods.md §4.3.
pub fn fixed_points_on_task(
    network: &Network,
    task: &Task,
    states: ArrayView3<'_, f64>,
    seed: u64,
) -> Result<Vec<FixedPoints>, DynamicsError> {
    let (inputs, starts) = (&task.constant_inputs().inputs, along_trials(states, STRIDE));
    fixed_points(network, inputs.view(), starts.view(), &Search::STANDARD, seed)
}

/// The group of a fixed point: the number of its input times two, plus one unless it is stable.
///
/// A point on the border of stability, as far as its error bound tells, is not stable (docs/methods.md §4.3: stable if the
/// largest real part is below zero).
pub fn group(input: usize, stability: Stability) -> u32 {
    2 * input as u32 + u32::from(stability != Stability::Stable)
}

/// Rates and groups of the fixed points `found` of a network, an entry an input as
/// [`fixed_points`] gives them: input after input, in the order found.
///
/// Isolated points only: the lines and planes of fixed points that a `ReLU` network can have have no single place.
///
/// # Panics
/// If the points are not of this network.
pub fn rates_at_fixed_points(network: &Network, found: &[FixedPoints]) -> FixedPointRates {
    let points =
        || found.iter().enumerate().flat_map(|(i, at)| at.points.iter().map(move |point| (i, point)));
    let groups: Vec<u32> = points().map(|(input, point)| group(input, point.linearization.flow)).collect();
    let mut rates = Array2::zeros((network.n_units(), groups.len()));
    for (mut column, (_, point)) in rates.axis_iter_mut(Axis(1)).zip(points()) {
        column.assign(&point.root.state);
    }
    if network.form == Form::Potential {
        rates.mapv_inplace(|h| network.activation.rate(h));
    }
    FixedPointRates { rates, groups }
}

/// Configuration of fixed points: the first seven principal components of their rates over all inputs together, the mean
/// over points subtracted, divided by their RMS radius.
///
/// Points are `[P, 7]`, a fixed point a row, in the order of `at_rest`; fewer than eight leave components zero.
///
/// # Errors
/// [`FeatureError`] if there is no fixed point, a rate is not finite, or the decomposition fails.
///
/// # Source
/// docs/methods.md §4.3.
pub fn configuration(at_rest: &FixedPointRates) -> Result<Features, FeatureError> {
    if at_rest.rates.is_empty() || at_rest.groups.len() != at_rest.rates.ncols() {
        return Err(FeatureError::NoFixedPoint);
    }
    if let Some(((unit, _), &value)) = at_rest.rates.indexed_iter().find(|(_, x)| !x.is_finite()) {
        return Err(FeatureError::NotFinite { unit, value });
    }
    let (features, _) = components::of_columns(at_rest.rates.clone(), N_COMPONENTS)?;
    Ok(Features { groups: at_rest.groups.clone(), ..features })
}

/// Registers configuration `a` on `b` and the reverse, each as well as the search can; a point may match only points of
/// its group.
///
/// The order of the points within a configuration changes no bit.
///
/// # Source
/// docs/methods.md §4.3; Besl & `McKay` 1992, `doi:10.1109/34.121791`. Ours: the search of this module instead of 60 random starts.
pub fn register_both(a: &Features, b: &Features, seed: u64) -> [GroupedRegistration; 2] {
    let (a, b) = (Cloud::new(a), Cloud::new(b));
    // One order of the two, so that the order of the arguments changes nothing.
    if b.precedes(&a) {
        let [back, there] = search::both(&b, &a, seed);
        return [there, back];
    }
    search::both(&a, &b, seed)
}

/// The published search: the best of `n_starts` random orthogonal starts, each descended to its end.
///
/// The oracle for [`register_both`].
pub fn register_from_random_starts(
    moving: &Features,
    fixed: &Features,
    n_starts: usize,
    seed: u64,
) -> GroupedRegistration {
    let (moving, fixed) = (Cloud::new(moving), Cloud::new(fixed));
    search::from_random_starts(&Matching::new(&moving, &fixed), n_starts, seed)
}

#[cfg(test)]
mod tests;
