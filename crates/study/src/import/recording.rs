//! Recorded responses with the inputs and outputs that go with them, as arrays or as a long table.

mod arrays;
mod bins;
mod fault;
mod keys;
mod labelled;
mod layout;
mod long_table;
mod mask;
mod means;
mod npz;
mod parts;
mod reading;
mod repeats;
mod stored;
mod trials;

pub use labelled::{Labelled, labelled};
pub use layout::Layout;
pub use reading::{Quantity, Reading};
pub use repeats::Repeats;
pub use trials::trials;

use super::format::{Format, Wanted};
use super::{ImportError, Named, network_of};
use circuitscope::analysis::latent_circuit::CircuitError;
use circuitscope::analysis::latent_circuit::responses::Responses;
use fault::{Fault, LAYOUT};
use mask::Mask;
use ndarray::s;
use parts::{ARRAYS, Origin, Parts, Purpose};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Time step where a file names none (ms), as in training.
const DT_MS: f64 = 1.0;
/// Time constant where a file names none (ms), as in training.
const TAU_MS: f64 = 10.0;
/// Steps of a time constant that no file names, at least: Euler steps of a fifth are the longest in common use.
const STEPS_OF_TAU: f64 = 5.0;
/// A time constant (ms) that no neuron has: times were probably meant in seconds.
const SHORTEST_TAU_MS: f64 = 0.5;
/// Bytes by which a table is known.
const HEAD: u64 = 64;

/// What latent circuits are fitted to.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// A network, by its responses to the trials of its task.
    Network(Named),
    /// Recorded responses.
    Recording(Recording),
}

/// A recording with the name of its file.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    /// File name without its ending.
    pub name: String,
    /// Responses, inputs, outputs and mask.
    pub responses: Responses,
    /// Time between two steps (ms).
    pub dt_ms: f64,
    /// Time constant of the circuit's nodes (ms).
    pub tau_ms: f64,
    /// How the file was understood where it leaves a choice, and what in it is not used; a sentence each.
    pub notes: Vec<String>,
}

/// A file that holds neither a recording nor a network that circuits could be fitted to.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum RecordingError {
    /// The file cannot be read.
    #[error("cannot read the recording {path}")]
    Read {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The file is of another kind.
    #[error("{path}: the file is {format}")]
    #[diagnostic(help("{remedy}"))]
    Format {
        /// The file.
        path: String,
        /// What it is.
        format: String,
        /// What to do with it.
        remedy: String,
    },
    /// An option that says how to read a recording stands with a network.
    #[error("`{option}` says how to read a recording, but {path} is a network")]
    #[diagnostic(help("leave {option} out, or give a recording"))]
    Network {
        /// The file.
        path: String,
        /// The option.
        option: &'static str,
    },
    /// The file holds a network that cannot be run as it is.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Import(#[from] ImportError),
    /// Something in the file does not fit.
    #[error("{path}: {reason}")]
    #[diagnostic(help("{remedy}"))]
    Content {
        /// The file.
        path: String,
        /// Which array, where, and what is wrong.
        reason: String,
        /// What would be right.
        remedy: String,
    },
}

/// Reads a file as a recording, or as a network if its content is that of one.
///
/// # Errors
/// [`RecordingError`] names the file, the array, the place and the remedy.
pub fn source(path: &Path, reading: &Reading) -> Result<Source, RecordingError> {
    match contents(path, reading.layout, Purpose::Circuits)? {
        Contents::Network(bytes) => match reading.option() {
            Some(option) => Err(RecordingError::Network { path: path.display().to_string(), option }),
            None => Ok(Source::Network(network_of(path, &bytes)?)),
        },
        Contents::Recording(parts) => {
            let content = |fault| content(path, fault);
            checked(path, *parts, reading).map(Source::Recording).map_err(content)
        }
    }
}

/// What stands in a file.
enum Contents {
    /// What a recording's file holds.
    Recording(Box<Parts>),
    /// The bytes of a network's file.
    Network(Vec<u8>),
}

fn content(path: &Path, Fault { reason, remedy }: Fault) -> RecordingError {
    RecordingError::Content { path: path.display().to_string(), reason, remedy }
}

/// Reads a file by its format.
fn contents(path: &Path, layout: Layout, purpose: Purpose) -> Result<Contents, RecordingError> {
    let shown = path.display().to_string();
    let unreadable = |source| RecordingError::Read { path: shown.clone(), source };
    let mut file = File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    // A table may be larger than memory should be filled with twice; its format stands in the first bytes.
    file.by_ref().take(HEAD).read_to_end(&mut bytes).map_err(unreadable)?;
    if Format::of(&bytes) != Format::Parquet {
        file.read_to_end(&mut bytes).map_err(unreadable)?;
    }
    let parts = match Format::of(&bytes) {
        // An archive that is cut short does not say what it holds.
        format @ (Format::Npz | Format::Zip) if format == Format::Npz || !npz::is_whole(&bytes) => {
            arrays::npz(&bytes, purpose).and_then(|arrays| arrays::parts(arrays, layout))
        }
        Format::Safetensors if arrays::is_safetensors_recording(&bytes) => {
            arrays::safetensors(&bytes, purpose).and_then(|arrays| arrays::parts(arrays, layout))
        }
        Format::Parquet if layout == Layout::default() => long_table::parts(path, purpose),
        Format::Parquet => Err(Fault::new(
            "`--layout` is the order of axes, and a table has none",
            "leave --layout out: the columns trial and step say where each row belongs",
        )),
        Format::Json | Format::Safetensors => return Ok(Contents::Network(bytes)),
        other => {
            let remedy = other.remedy(Wanted::Recording);
            return Err(RecordingError::Format { path: shown, format: other.to_string(), remedy });
        }
    };
    parts.map(|parts| Contents::Recording(Box::new(parts))).map_err(|fault| content(path, fault))
}

/// The times of a recording, in ms, with what is to be said of them.
fn times(parts: &mut Parts) -> Result<(f64, Option<f64>), Fault> {
    for (name, value) in [("dt_ms", parts.dt_ms), ("tau_ms", parts.tau_ms)] {
        if let Some(value) = value.filter(|value| !(value.is_finite() && *value > 0.0)) {
            return Err(Fault::new(format!("`{name}` is {value}"), "give a time above 0 in ms"));
        }
    }
    if let Some(tau_ms) = parts.tau_ms.filter(|&tau_ms| tau_ms < SHORTEST_TAU_MS) {
        parts.notes.push(format!(
            "the time constant is {tau_ms} ms, which is short for a neuron: times are in ms, are these in seconds?"
        ));
    }
    if parts.dt_ms.is_none() {
        parts.notes.push(format!("the file names no time between steps (`dt_ms`): {DT_MS} ms is taken"));
    }
    Ok((parts.dt_ms.unwrap_or(DT_MS), parts.tau_ms))
}

fn checked(path: &Path, mut parts: Parts, reading: &Reading) -> Result<Recording, Fault> {
    let (dt_ms, tau_ms) = times(&mut parts)?;
    complete(&parts)?;
    let (mut parts, dt_ms) = bins::read_as(parts, dt_ms, reading)?;
    let tau_ms = tau_ms.unwrap_or_else(|| {
        let tau_ms = TAU_MS.max(STEPS_OF_TAU * dt_ms);
        parts.notes.push(format!("the file names no time constant (`tau_ms`): {tau_ms} ms is taken"));
        tau_ms
    });
    if dt_ms > tau_ms {
        let name = if reading.bin_ms.is_some() { "--bin" } else { "dt_ms" };
        let reason = format!("`{name}` is {dt_ms}, longer than `tau_ms`, {tau_ms}");
        let remedy = "give the time between two steps as `dt_ms`, and as `tau_ms` a time constant of the nodes that is \
                      no shorter";
        return Err(Fault::new(reason, remedy));
    }
    let Parts { rates, inputs, outputs, mask, lengths, origin, mut notes, .. } = parts;
    let (shortest, longest) = (lengths.iter().min(), lengths.iter().max());
    if let (Some(shortest), Some(longest)) = (shortest, longest)
        && shortest < longest
    {
        notes.push(format!("trials of {shortest} to {longest} steps, each fitted and scored to its own end"));
    }
    let responses = Responses {
        // Beyond the end of a trial nothing is compared with what these drive.
        inputs: inputs.mapv(|value| if value.is_nan() { 0.0 } else { value as f32 }),
        scored: match &mask {
            Mask::OfTrials(flags) => Some(flags.clone()),
            Mask::All | Mask::Steps(_) => None,
        },
        mask: match mask {
            Mask::All => (0..rates.dim().1).collect(),
            Mask::Steps(steps) => steps,
            Mask::OfTrials(flags) => {
                (0..flags.nrows()).filter(|&t| flags.row(t).iter().any(|&x| x)).collect()
            }
        },
        rates,
        outputs,
    };
    let responses = responses.checked().map_err(|error| fault(&error, &origin))?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Recording { name, responses, dt_ms, tau_ms, notes })
}

/// That inputs and outputs are finite, and responses at least not infinite, up to the end of each trial.
fn complete(parts: &Parts) -> Result<(), Fault> {
    let Parts { rates, inputs, outputs, lengths, origin, .. } = parts;
    for (trial, &length) in lengths.iter().enumerate() {
        for (number, array) in [(1, inputs), (2, outputs)] {
            let until_end = array.slice(s![.., ..length, trial]);
            if let Some(((row, step), &value)) =
                until_end.indexed_iter().find(|(_, x)| !(**x as f32).is_finite())
            {
                return Err(not_finite(&origin.place(number, [row, step, trial]), value));
            }
        }
    }
    if let Some((at, value)) = rates.indexed_iter().find(|(_, y)| y.is_infinite()) {
        return Err(infinite(&origin.place(0, at.into()), *value));
    }
    Ok(())
}

fn not_finite(place: &str, value: f64) -> Fault {
    let remedy = "entries may be missing in responses alone: fill this one in, or leave the trial out";
    Fault::new(format!("{place} is {value}, expected a finite number"), remedy)
}

fn infinite(place: &str, value: f64) -> Fault {
    let remedy = "responses are finite numbers; write NaN, or null in a table, for a missing one";
    Fault::new(format!("{place} is {value}"), remedy)
}

/// What the science says of responses, in the words of the file.
fn fault(error: &CircuitError, origin: &Origin) -> Fault {
    match error {
        CircuitError::Shape { name, found, expected } => {
            let name = if *name == "rates" { ARRAYS[0] } else { name };
            let reason = format!("`{name}` has shape {found:?}, expected {expected:?}");
            Fault::new(reason, "every array needs one length of steps, at least 2, and the same trials")
        }
        CircuitError::Number { name: "rates", value, position, .. } => {
            infinite(&origin.place(0, *position), *value)
        }
        CircuitError::Number { value, position, .. } => not_finite(&origin.place(1, *position), *value),
        CircuitError::NoResponse { unit } => {
            let reason = format!("{} has no response at all", origin.unit(*unit));
            Fault::new(reason, "leave the unit out: nothing is known of it")
        }
        CircuitError::Setting { name, found, expected } => Fault::new(
            format!("`{name}` holds {found}, expected {expected}"),
            "`mask` is a true or false for each step, or the numbers of its steps from 0",
        ),
        other => Fault::new(other.to_string(), LAYOUT),
    }
}
