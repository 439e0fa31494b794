//! Trials of any task as arrays: NPZ and safetensors.

use super::arrays::entries;
use super::fault::Fault;
use super::keys::{note, passed_over};
use super::npz;
use super::parts::CONDITION;
use super::stored::{Entries, Kind, Stored};
use super::{RecordingError, content};
use crate::import::format::Format;
use circuitscope::task::{Given, Task};
use circuitscope::trials::Trials;
use ndarray::{Array2, Array3, Axis};
use safetensors::tensor::SafeTensors;
use std::collections::BTreeMap;
use std::path::Path;

/// What the file of trials has to hold.
const LAYOUT: &str = "give arrays `inputs` [inputs, steps, trials], `targets` [outputs, steps, trials], `mask` [steps] (whether the output \
                      counts; also [steps, trials] or [outputs, steps, trials], true and false or weights from 0 on) and `condition_…` [trials], as `circuitscope task --export` writes them";
/// The arrays that are read, beside conditions.
const KNOWN: [&str; 3] = ["inputs", "targets", "mask"];

/// Reads trials as a task, with notes on what is not used.
///
/// # Errors
/// [`RecordingError`] names the file, the array and the remedy.
pub fn trials(path: &Path) -> Result<(Task, Vec<String>), RecordingError> {
    let bytes = std::fs::read(path)
        .map_err(|source| RecordingError::Read { path: path.display().to_string(), source })?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    read(&bytes, name).map_err(|fault| content(path, fault))
}

fn read(bytes: &[u8], name: String) -> Result<(Task, Vec<String>), Fault> {
    let (mut arrays, metadata) = arrays(bytes)?;
    let mut cube = |name: &'static str| -> Result<Array3<f32>, Fault> {
        let stored = arrays.remove(name).ok_or_else(|| {
            let held: Vec<&str> = arrays.keys().map(String::as_str).collect();
            Fault::new(
                format!("the array `{name}` is missing; the file holds `{}`", held.join("`, `")),
                LAYOUT,
            )
        })?;
        let shape = stored.shape.clone();
        let values = stored.numbers(name)?.into_iter().map(|value| value as f32).collect();
        let cube = <[usize; 3]>::try_from(shape.clone())
            .ok()
            .and_then(|shape| Array3::from_shape_vec(shape, values).ok());
        cube.ok_or_else(|| Fault::new(format!("`{name}` has shape {shape:?}, expected three axes"), LAYOUT))
    };
    let (inputs, targets) = (cube("inputs")?, cube("targets")?);
    let (_, n_steps, n_trials) = inputs.dim();
    let Some(stored) = arrays.remove("mask") else {
        let remedy = "say at which steps the output counts; `numpy.ones(steps, bool)` is all of them";
        return Err(Fault::new("the array `mask` is missing", remedy));
    };
    let (mask, weights) = mask(stored, [targets.dim().0, n_steps, n_trials])?;
    let mut conditions: Vec<(String, Vec<f64>)> = Vec::new();
    let mut not_used = Vec::new();
    for (name, stored) in arrays {
        let Some(factor) =
            name.strip_prefix(CONDITION).filter(|_| !matches!(stored.entries, Entries::Other(_)))
        else {
            passed_over("array", &name, kind(&stored), None, &KNOWN)?;
            not_used.push(name);
            continue;
        };
        if stored.shape != [n_trials] {
            let reason = format!("`{name}` has shape {:?}, expected [{n_trials}]", stored.shape);
            return Err(Fault::new(reason, "it holds a number for each trial"));
        }
        let factor = factor.replace('_', " ");
        let levels = stored.numbers(&name)?;
        if let Some(trial) = levels.iter().position(|level| !level.is_finite()) {
            let reason = format!("`{name}` of trial {trial} is {}", levels[trial]);
            return Err(Fault::new(reason, "give a number for each trial"));
        }
        conditions.push((factor, levels));
    }
    if conditions.is_empty() {
        conditions.push(("trial".to_owned(), (0..n_trials).map(|trial| trial as f64).collect()));
    }
    let (input_names, output_names) = (
        names(&metadata, "inputs", "input", inputs.dim().0)?,
        names(&metadata, "outputs", "output", targets.dim().0)?,
    );
    let levels = Array2::from_shape_fn((n_trials, conditions.len()), |(trial, factor)| {
        conditions[factor].1[trial] as f32
    });
    let factors = conditions.into_iter().map(|(name, _)| name).collect();
    let trials = Trials { inputs, targets, mask, weights, conditions: levels };
    let given = Given::new(name, [input_names, output_names, factors], trials)
        .map_err(|error| Fault::new(error.to_string(), LAYOUT))?;
    Ok((given.into(), note(&not_used).into_iter().collect()))
}

type Arrays = BTreeMap<String, Stored>;

/// The arrays of a file by name, and its metadata.
fn arrays(bytes: &[u8]) -> Result<(Arrays, BTreeMap<String, String>), Fault> {
    match Format::of(bytes) {
        Format::Npz => {
            let remedy = "save it again with numpy.savez or numpy.savez_compressed";
            let found = npz::entries(bytes).ok_or_else(|| Fault::new("not a whole NPZ file", remedy))?;
            let array = |entry: npz::Entry<'_>| {
                let stored = entry.array();
                let stored = stored
                    .map_err(|why| Fault::new(format!("`{}` cannot be read: {why}", entry.name), remedy))?;
                Ok((entry.name, stored))
            };
            Ok((found.into_iter().map(array).collect::<Result<_, Fault>>()?, BTreeMap::new()))
        }
        Format::Safetensors => {
            let broken = |error: &dyn std::fmt::Display| {
                Fault::new(format!("not a whole safetensors file ({error})"), "write the file again")
            };
            let tensors = SafeTensors::deserialize(bytes).map_err(|error| broken(&error))?;
            let (_, header) = SafeTensors::read_metadata(bytes).map_err(|error| broken(&error))?;
            let stored = tensors.iter().map(|(name, tensor)| {
                let entries = entries(tensor.dtype(), tensor.data());
                (name.to_owned(), Stored { shape: tensor.shape().to_vec(), entries })
            });
            Ok((stored.collect(), header.metadata().clone().unwrap_or_default().into_iter().collect()))
        }
        other => Err(Fault::new(format!("the file is {other}, expected NPZ or safetensors"), LAYOUT)),
    }
}

fn kind(stored: &Stored) -> Kind {
    match stored.entries {
        Entries::Other(name @ ("text" | "dates")) => Kind::Text(name),
        Entries::Other(name) => Kind::Other(name),
        _ => Kind::Numbers,
    }
}

/// The steps that count, and how much each output counts at each step of each trial `[O, T, B]` if it is not the same for all.
///
/// Flags or weights `[T]`, `[T, B]` or `[O, T, B]`.
fn mask(
    stored: Stored,
    [n_outputs, n_steps, n_trials]: [usize; 3],
) -> Result<(Vec<usize>, Option<Array3<f32>>), Fault> {
    let shape = stored.shape.clone();
    let remedy = format!(
        "give true and false, or weights from 0 on, for each of the {n_steps} steps, [{n_steps}], for each step and trial, \
         [{n_steps}, {n_trials}], or for each output, step and trial, [{n_outputs}, {n_steps}, {n_trials}]"
    );
    let fault = |reason: String| Fault::new(reason, remedy.clone());
    let is_one_of = shape[..] == [n_steps]
        || shape[..] == [n_steps, n_trials]
        || shape[..] == [n_outputs, n_steps, n_trials];
    if !is_one_of || matches!(stored.entries, Entries::Other(_)) {
        return Err(fault(format!("`mask` has shape {shape:?}, or holds something else than numbers")));
    }
    let values: Vec<f64> = match stored.entries.flags() {
        Some(flags) => flags.into_iter().map(|flag| f64::from(u8::from(flag))).collect(),
        None => stored.numbers("mask")?,
    };
    if let Some(at) = values.iter().position(|&value| !(value >= 0.0 && (value as f32).is_finite())) {
        let mut place = vec![0; shape.len()];
        let mut rest = at;
        for (index, &size) in place.iter_mut().zip(&shape).rev() {
            (*index, rest) = (rest % size, rest / size);
        }
        return Err(fault(format!("`mask` at {place:?} is {}", values[at])));
    }
    let at = |(output, step, trial): (usize, usize, usize)| match shape.len() {
        1 => step,
        2 => step * n_trials + trial,
        _ => (output * n_steps + step) * n_trials + trial,
    };
    let weights = Array3::from_shape_fn((n_outputs, n_steps, n_trials), |place| values[at(place)] as f32);
    let mask = Trials::mask_of(&weights);
    if mask.is_empty() {
        return Err(fault("`mask` is 0 throughout".to_owned()));
    }
    let is_same =
        mask.iter().all(|&step| weights.index_axis(Axis(1), step).iter().all(|&weight| weight == 1.0));
    Ok((mask, (!is_same).then_some(weights)))
}

/// Names of inputs or outputs, of the metadata or by number.
fn names(metadata: &BTreeMap<String, String>, key: &str, what: &str, n: usize) -> Result<Vec<String>, Fault> {
    let Some(text) = metadata.get(key) else {
        return Ok((1..=n).map(|number| format!("{what} {number}")).collect());
    };
    let names: Vec<String> = text.split(',').map(|name| name.trim().to_owned()).collect();
    if names.len() == n {
        return Ok(names);
    }
    let reason = format!("the metadata names {} {key}, but the array has {n}", names.len());
    Err(Fault::new(reason, format!("name each of the {key}, with commas between them")))
}
