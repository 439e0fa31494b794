//! Recordings as arrays: NPZ and safetensors.

use super::{ARRAYS, Fault, LAYOUT, Origin, Parts, cube};
use circuitscope::analysis::latent_circuit::responses::Responses;
use ndarray::{ArrayD, IxDyn, OwnedRepr};
use ndarray_npy::{NpzReader, ReadNpyError, ReadNpzError, ReadableElement};
use safetensors::tensor::{Dtype, SafeTensors};
use std::collections::BTreeMap;
use std::io::Cursor;

/// Every array that is read; others in the file are left alone.
const NAMES: [&str; 6] = [ARRAYS[0], ARRAYS[1], ARRAYS[2], "mask", "dt_ms", "tau_ms"];
const NUMBERS: &str = "save it as float64 or float32 (mask: bool, or int64 for numbers of steps)";

/// An array, row by row.
pub(super) struct Stored {
    shape: Vec<usize>,
    values: Values,
}

enum Values {
    Numbers(Vec<f64>),
    Whole(Vec<i64>),
    Flags(Vec<bool>),
}

/// The arrays of a file that are read, and the names of all that it holds.
pub(super) struct Arrays {
    known: BTreeMap<&'static str, Stored>,
    names: Vec<String>,
}

/// Whether bytes are a safetensors file with responses, which no network has.
pub(super) fn is_safetensors_recording(bytes: &[u8]) -> bool {
    let Ok((_, metadata)) = SafeTensors::read_metadata(bytes) else { return false };
    let is_network = metadata.metadata().as_ref().is_some_and(|map| map.contains_key("circuitscope"));
    // Any of the arrays: a file that lacks one is told what it lacks, not that it is no network.
    !is_network && ARRAYS.iter().any(|name| metadata.info(name).is_some())
}

pub(super) fn safetensors(bytes: &[u8]) -> Result<Arrays, Fault> {
    let tensors = SafeTensors::deserialize(bytes)
        .map_err(|error| Fault::new(format!("not a whole safetensors file ({error})"), LAYOUT))?;
    let mut known = BTreeMap::new();
    for name in NAMES {
        let Ok(tensor) = tensors.tensor(name) else { continue };
        let data = tensor.data();
        let values = match tensor.dtype() {
            Dtype::F64 => Values::Numbers(words(data, f64::from_le_bytes)),
            Dtype::F32 => Values::Numbers(words(data, |word| f64::from(f32::from_le_bytes(word)))),
            Dtype::I64 => Values::Whole(words(data, i64::from_le_bytes)),
            Dtype::I32 => Values::Whole(words(data, |word| i64::from(i32::from_le_bytes(word)))),
            Dtype::U8 => Values::Whole(data.iter().map(|&byte| i64::from(byte)).collect()),
            Dtype::BOOL => Values::Flags(data.iter().map(|&byte| byte != 0).collect()),
            other => return Err(Fault::new(format!("`{name}` holds entries of type {other:?}"), NUMBERS)),
        };
        known.insert(name, Stored { shape: tensor.shape().to_vec(), values });
    }
    let mut names: Vec<String> = tensors.names().into_iter().map(str::to_owned).collect();
    names.sort();
    Ok(Arrays { known, names })
}

/// Words of W bytes as numbers.
fn words<const W: usize, T>(bytes: &[u8], number: impl Fn([u8; W]) -> T) -> Vec<T> {
    bytes.chunks_exact(W).map(|word| number(std::array::from_fn(|i| word[i]))).collect()
}

pub(super) fn npz(bytes: Vec<u8>) -> Result<Arrays, Fault> {
    let broken = |error: ReadNpzError| {
        Fault::new(format!("not a whole NPZ file ({error})"), "save it again with numpy.savez")
    };
    let mut file = NpzReader::new(Cursor::new(bytes)).map_err(broken)?;
    let names = file.names().map_err(broken)?;
    let mut known = BTreeMap::new();
    for name in NAMES.into_iter().filter(|name| names.iter().any(|found| found == name)) {
        known.insert(name, npz_array(&mut file, name)?);
    }
    Ok(Arrays { known, names })
}

type Npz = NpzReader<Cursor<Vec<u8>>>;

/// An array of an NPZ file in whichever of the known types it is.
fn npz_array(file: &mut Npz, name: &str) -> Result<Stored, Fault> {
    let doubles = typed(file, name, |values: Vec<f64>| Values::Numbers(values))?;
    let singles = |values: Vec<f32>| Values::Numbers(values.into_iter().map(f64::from).collect());
    let found = match doubles {
        None => typed(file, name, singles)?,
        found => found,
    };
    let found = match found {
        None => typed(file, name, |values: Vec<i64>| Values::Whole(values))?,
        found => found,
    };
    let words = |values: Vec<i32>| Values::Whole(values.into_iter().map(i64::from).collect());
    let found = match found {
        None => typed(file, name, words)?,
        found => found,
    };
    let found = match found {
        None => typed(file, name, |values: Vec<bool>| Values::Flags(values))?,
        found => found,
    };
    found.ok_or_else(|| {
        Fault::new(format!("`{name}` holds entries that are no numbers of a known type"), NUMBERS)
    })
}

/// An array if its entries are of this type.
fn typed<T: ReadableElement + Clone>(
    file: &mut Npz,
    name: &str,
    values: impl Fn(Vec<T>) -> Values,
) -> Result<Option<Stored>, Fault> {
    match file.by_name::<OwnedRepr<T>, IxDyn>(name) {
        Ok(array) => {
            let array: ArrayD<T> = array;
            let shape = array.shape().to_vec();
            // In the order of the axes, also where the file is in that of Fortran.
            Ok(Some(Stored { shape, values: values(array.iter().cloned().collect()) }))
        }
        Err(ReadNpzError::Npy(ReadNpyError::WrongDescriptor(_))) => Ok(None),
        Err(error) => {
            Err(Fault::new(format!("`{name}` cannot be read ({error})"), "save it again with numpy.savez"))
        }
    }
}

/// The parts of a recording.
pub(super) fn parts(mut arrays: Arrays) -> Result<Parts, Fault> {
    let missing = |name: &str, names: &[String]| {
        let held = if names.is_empty() { "nothing".to_owned() } else { format!("`{}`", names.join("`, `")) };
        Fault::new(format!("the array `{name}` is missing; the file holds {held}"), LAYOUT)
    };
    let names = std::mem::take(&mut arrays.names);
    let mut take = |name: &'static str| {
        let Stored { shape, values } = arrays.known.remove(name).ok_or_else(|| missing(name, &names))?;
        cube(name, &shape, numbers(name, values)?)
    };
    let (rates, inputs, outputs) = (take(ARRAYS[0])?, take(ARRAYS[1])?, take(ARRAYS[2])?);
    let n_steps = rates.dim().1;
    let mask = match arrays.known.remove("mask") {
        Some(stored) => mask(stored, n_steps)?,
        None => (0..n_steps).collect(),
    };
    let mut time =
        |name: &'static str| arrays.known.remove(name).map(|stored| single(name, stored)).transpose();
    let (dt_ms, tau_ms) = (time("dt_ms")?, time("tau_ms")?);
    let inputs = inputs.mapv(|value| value as f32);
    Ok(Parts { responses: Responses { rates, inputs, outputs, mask }, dt_ms, tau_ms, origin: Origin::Arrays })
}

fn numbers(name: &str, values: Values) -> Result<Vec<f64>, Fault> {
    match values {
        Values::Numbers(values) => Ok(values),
        Values::Whole(values) => Ok(values.into_iter().map(|value| value as f64).collect()),
        Values::Flags(_) => Err(Fault::new(format!("`{name}` holds true and false"), NUMBERS)),
    }
}

/// The only number of an array.
fn single(name: &str, stored: Stored) -> Result<f64, Fault> {
    match numbers(name, stored.values)?[..] {
        [value] => Ok(value),
        _ => Err(Fault::new(
            format!("`{name}` has shape {:?}, expected a single number", stored.shape),
            format!("give one number for the whole recording as `{name}`"),
        )),
    }
}

/// The steps of a mask: those that are true, or those that it numbers.
fn mask(stored: Stored, n_steps: usize) -> Result<Vec<usize>, Fault> {
    let remedy = format!(
        "`mask` is a true or false for each of the {n_steps} steps, or the numbers of its steps from 0, rising"
    );
    let shape = stored.shape;
    let fault = |found: String| Fault::new(format!("`mask` {found}"), remedy.clone());
    if shape.len() != 1 {
        return Err(fault(format!("has shape {shape:?}, expected one axis")));
    }
    match stored.values {
        Values::Flags(flags) if flags.len() == n_steps => {
            Ok((0..n_steps).filter(|&step| flags[step]).collect())
        }
        Values::Flags(flags) => Err(fault(format!("has {} entries for {n_steps} steps", flags.len()))),
        Values::Numbers(_) => Err(fault("holds fractions".to_owned())),
        Values::Whole(steps) => {
            if let Some(place) = (1..steps.len()).find(|&place| steps[place] <= steps[place - 1]) {
                let (before, found) = (steps[place - 1], steps[place]);
                return Err(fault(format!("at [{place}] is {found} after {before}, expected rising steps")));
            }
            let step = |(place, &step): (usize, &i64)| {
                usize::try_from(step)
                    .map_err(|_| fault(format!("at [{place}] is {step}, expected a step from 0")))
            };
            steps.iter().enumerate().map(step).collect()
        }
    }
}
