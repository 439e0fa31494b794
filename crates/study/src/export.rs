//! Results as files for other tools.

use crate::one_network::SimulatedRecording;
use crate::store::npz::{Npz, TooLarge};
use ndarray::{Array1, arr0};

/// A simulated recording as an NPZ file that `numpy.load` opens and `circuitscope circuit` reads.
///
/// `responses` `[M, T, B]` are spike counts, `inputs` `[U, T, B]` and `outputs` `[O, T, B]` what the network was shown and answered,
/// `dt_ms` and `tau_ms` its times; `trial_condition` `[B]` numbers the conditions, `condition_…` `[B]` holds one factor of them each, and
/// `unit_index` `[M]` says which unit each neuron is.
///
/// # Errors
/// [`TooLarge`]
pub fn recording(recording: &SimulatedRecording) -> Result<Vec<u8>, TooLarge> {
    let SimulatedRecording { observation, inputs, factors, dt_ms, tau_ms, .. } = recording;
    let numbers = |places: &[usize]| places.iter().map(|&place| place as i64).collect::<Array1<i64>>();
    let mut file = Npz::default();
    file.add("responses", &observation.counts)?;
    file.add("inputs", inputs)?;
    file.add("outputs", &observation.outputs)?;
    file.add("dt_ms", &arr0(*dt_ms))?;
    file.add("tau_ms", &arr0(*tau_ms))?;
    file.add("trial_condition", &numbers(&observation.conditions))?;
    for factor in factors {
        file.add(&format!("condition_{}", factor.name.replace(' ', "_")), &factor.levels)?;
    }
    file.add("unit_index", &numbers(&observation.units))?;
    file.bytes()
}
