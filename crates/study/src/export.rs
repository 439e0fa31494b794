//! Results as files for other tools.

use crate::one_network::SimulatedRecording;
use crate::store::network_file::{METADATA_KEY, header_of};
use crate::store::npz::{Npz, TooLarge};
use circuitscope::network::Network;
use circuitscope::task::Task;
use circuitscope::trials::Trials;
use circuitscope_report::figure::Figure;
use ndarray::{Array1, arr0};
use safetensors::tensor::{Dtype, TensorView};
use std::collections::HashMap;

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
        file.add(&condition(&factor.name), &factor.levels)?;
    }
    file.add("unit_index", &numbers(&observation.units))?;
    file.bytes()
}

/// A figure as SVG.
pub fn figure(figure: &Figure) -> String {
    circuitscope_report::svg(figure)
}

/// A network as a safetensors file that [`crate::import::network`] reads. Weights are float32 where that changes none of them, as
/// of a network that circuitscope trained, else float64.
///
/// # Errors
/// A sentence, if the network has a size that no file holds.
pub fn network(network: &Network, name: &str) -> Result<Vec<u8>, String> {
    let header = header_of(network, name, None);
    let text = serde_json::to_string(&header).map_err(|error| error.to_string())?;
    let arrays: [(&str, Vec<usize>, Vec<f64>); 5] = [
        ("w_rec", network.w_rec.shape().to_vec(), network.w_rec.iter().copied().collect()),
        ("w_inp", network.w_inp.shape().to_vec(), network.w_inp.iter().copied().collect()),
        ("w_out", network.w_out.shape().to_vec(), network.w_out.iter().copied().collect()),
        ("bias", network.bias.shape().to_vec(), network.bias.to_vec()),
        ("initial_state", network.initial_state.shape().to_vec(), network.initial_state.to_vec()),
    ];
    let is_single = arrays.iter().all(|(.., values)| values.iter().all(|&w| f64::from(w as f32) == w));
    let bytes_of = |values: &[f64]| -> Vec<u8> {
        if is_single {
            values.iter().flat_map(|&w| (w as f32).to_le_bytes()).collect()
        } else {
            values.iter().flat_map(|w| w.to_le_bytes()).collect()
        }
    };
    let kind = if is_single { Dtype::F32 } else { Dtype::F64 };
    let bytes: Vec<(&str, Vec<usize>, Vec<u8>)> =
        arrays.iter().map(|(name, shape, values)| (*name, shape.clone(), bytes_of(values))).collect();
    let views = bytes
        .iter()
        .map(|(name, shape, bytes)| Ok((*name, TensorView::new(kind, shape.clone(), bytes)?)))
        .collect::<Result<Vec<_>, safetensors::SafeTensorError>>();
    let metadata = HashMap::from([(METADATA_KEY.to_owned(), text)]);
    let file = views.and_then(|views| safetensors::serialize(views, Some(metadata)));
    file.map_err(|error| error.to_string())
}

/// Trials of a task as an NPZ file: `inputs` `[U, T, B]`, `targets` `[O, T, B]`, `mask` `[T]` (whether the output counts; where it counts
/// by weight, the weights `[O, T, B]`), and for each factor of the task `condition_…` `[B]`.
///
/// # Errors
/// [`TooLarge`]
pub fn trials_npz(task: &Task, trials: &Trials) -> Result<Vec<u8>, TooLarge> {
    let mut file = Npz::default();
    file.add("inputs", &trials.inputs)?;
    file.add("targets", &trials.targets)?;
    match &trials.weights {
        None => file.add("mask", &mask(trials).mapv(|counts| counts == 1))?,
        Some(weights) => file.add("mask", weights)?,
    }
    for (name, levels) in task.condition_names().iter().zip(trials.conditions.columns()) {
        file.add(&condition(name), &levels)?;
    }
    file.bytes()
}

/// The same arrays as safetensors; its metadata name the task, its inputs and outputs.
///
/// # Errors
/// [`TooLarge`]
pub fn trials_safetensors(task: &Task, trials: &Trials) -> Result<Vec<u8>, TooLarge> {
    let floats =
        |values: &mut dyn Iterator<Item = f32>| values.flat_map(f32::to_le_bytes).collect::<Vec<u8>>();
    let shape = |array: &ndarray::Array3<f32>| array.shape().to_vec();
    let mut arrays = vec![
        ("inputs".to_owned(), Dtype::F32, shape(&trials.inputs), floats(&mut trials.inputs.iter().copied())),
        (
            "targets".to_owned(),
            Dtype::F32,
            shape(&trials.targets),
            floats(&mut trials.targets.iter().copied()),
        ),
    ];
    arrays.push(match &trials.weights {
        None => ("mask".to_owned(), Dtype::BOOL, vec![trials.n_steps()], mask(trials).to_vec()),
        Some(weights) => {
            ("mask".to_owned(), Dtype::F32, shape(weights), floats(&mut weights.iter().copied()))
        }
    });
    for (name, levels) in task.condition_names().iter().zip(trials.conditions.columns()) {
        arrays.push((condition(name), Dtype::F32, vec![levels.len()], floats(&mut levels.iter().copied())));
    }
    let metadata = HashMap::from([
        ("task".to_owned(), task.name().to_owned()),
        ("inputs".to_owned(), task.input_names().join(", ")),
        ("outputs".to_owned(), task.output_names().join(", ")),
    ]);
    // Bytes are as many as shape and type ask for, so that only a size can be wrong.
    let views = arrays
        .iter()
        .map(|(name, kind, shape, bytes)| Ok((name.as_str(), TensorView::new(*kind, shape.clone(), bytes)?)))
        .collect::<Result<Vec<_>, safetensors::SafeTensorError>>();
    views.and_then(|views| safetensors::serialize(views, Some(metadata))).map_err(|_| TooLarge)
}

/// Whether the output counts, step by step `[T]`: 1 or 0.
fn mask(trials: &Trials) -> Array1<u8> {
    (0..trials.n_steps()).map(|step| u8::from(trials.mask.contains(&step))).collect()
}

/// Name of the array of a factor.
fn condition(name: &str) -> String {
    format!("condition_{}", name.replace(' ', "_"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // a test

    use super::*;
    use safetensors::SafeTensors;

    #[test]
    fn trials_are_written_as_networks_are_trained_on_them() {
        let trained = |name: &str| Task::published(name).unwrap();
        let sets = [
            (trained("cddm"), trained("cddm").analysis_trials()),
            (trained("memory_number"), trained("memory_number").training_trials(3, 7)),
        ];
        for (task, trials) in sets {
            let bytes = trials_safetensors(&task, &trials).unwrap();
            let arrays = SafeTensors::deserialize(&bytes).unwrap();
            let floats = |name: &str| -> (Vec<usize>, Vec<f32>) {
                let array = arrays.tensor(name).unwrap();
                let values = array.data().chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap()));
                (array.shape().to_vec(), values.collect())
            };
            for (name, expected) in [("inputs", &trials.inputs), ("targets", &trials.targets)] {
                let (shape, values) = floats(name);
                assert_eq!(shape, expected.shape());
                assert_eq!(values, expected.iter().copied().collect::<Vec<_>>(), "{} {name}", task.name());
            }
            let mask = arrays.tensor("mask").unwrap();
            let counted: Vec<usize> = (0..mask.data().len()).filter(|&step| mask.data()[step] == 1).collect();
            assert_eq!((mask.shape(), &counted), (&[trials.n_steps()][..], &trials.mask));
            for (column, name) in task.condition_names().iter().enumerate() {
                assert_eq!(floats(&condition(name)).1, trials.conditions.column(column).to_vec(), "{name}");
            }
        }
    }
}
