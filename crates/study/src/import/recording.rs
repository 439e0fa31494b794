//! Recorded responses with the inputs and outputs that go with them, as arrays or as a long table.

mod arrays;
mod bins;
mod keys;
mod layout;
mod long_table;
mod mask;
mod npz;
mod stored;

pub use layout::Layout;

use super::format::{Format, Wanted};
use circuitscope::analysis::latent_circuit::CircuitError;
use circuitscope::analysis::latent_circuit::responses::Responses;
use long_table::Trial;
use mask::Mask;
use ndarray::{Array3, s};
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
/// What may stand in place of a network, for the help of errors.
const LAYOUT: &str = "give arrays `responses` [units, steps, trials], `inputs` [inputs, steps, trials] and `outputs` \
                      [outputs, steps, trials] as .npz or .safetensors, or a .parquet table with a row for each trial and step \
                      and the columns trial, step, unit_*, input_*, output_*; `circuitscope circuit --help` says more";

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

/// What the numbers of a recording's responses are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Quantity {
    /// Counts where every number is whole and none is below 0, and bins or smoothing are asked for; rates otherwise.
    #[default]
    Recognised,
    /// Spikes per step, to be turned into spikes per second.
    Counts,
    /// Rates or anything else, left as they are.
    Rates,
}

/// How a recording is read where its file leaves a choice.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Reading {
    /// Order of the axes of arrays.
    pub layout: Layout,
    /// Width of the bins of time that everything is averaged over (ms).
    pub bin_ms: Option<f64>,
    /// Standard deviation of the Gaussian that responses are smoothed by (ms).
    pub smooth_ms: Option<f64>,
    /// What the numbers of the responses are.
    pub quantity: Quantity,
}

impl Reading {
    /// The first option that is not left at its default.
    fn option(&self) -> Option<&'static str> {
        [
            ("--layout", self.layout != Layout::default()),
            ("--bin", self.bin_ms.is_some()),
            ("--smooth", self.smooth_ms.is_some()),
            ("--values", self.quantity != Quantity::Recognised),
        ]
        .into_iter()
        .find_map(|(name, is_given)| is_given.then_some(name))
    }
}

/// A file that holds no recording that circuits could be fitted to.
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

/// What does not fit in a file, and what would.
#[derive(Clone, Debug, PartialEq)]
struct Fault {
    reason: String,
    remedy: String,
}

impl Fault {
    fn new(reason: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { reason: reason.into(), remedy: remedy.into() }
    }
}

/// Reads a file as a recording; [`None`] if its content is that of a network.
///
/// # Errors
/// [`RecordingError`] names the file, the array, the place and the remedy.
pub fn recording(path: &Path, reading: &Reading) -> Result<Option<Recording>, RecordingError> {
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
            arrays::npz(&bytes).and_then(|arrays| arrays::parts(arrays, reading.layout))
        }
        Format::Safetensors if arrays::is_safetensors_recording(&bytes) => {
            arrays::safetensors(&bytes).and_then(|arrays| arrays::parts(arrays, reading.layout))
        }
        Format::Parquet if reading.layout == Layout::default() => long_table::parts(path),
        Format::Parquet => Err(Fault::new(
            "`--layout` is the order of axes, and a table has none",
            "leave --layout out: the columns trial and step say where each row belongs",
        )),
        Format::Json | Format::Safetensors => {
            return match reading.option() {
                Some(option) => Err(RecordingError::Network { path: shown, option }),
                None => Ok(None),
            };
        }
        other => {
            let remedy = other.remedy(Wanted::Recording);
            return Err(RecordingError::Format { path: shown, format: other.to_string(), remedy });
        }
    };
    let checked = parts.and_then(|parts| checked(path, parts, reading));
    let content = |Fault { reason, remedy }| RecordingError::Content { path: shown, reason, remedy };
    checked.map(Some).map_err(content)
}

/// What a file holds, before it is held against the rules. Beyond the end of a trial all three arrays are NaN.
struct Parts {
    /// `[N, T, B]`
    rates: Array3<f64>,
    /// `[U, T, B]`
    inputs: Array3<f64>,
    /// `[O, T, B]`
    outputs: Array3<f64>,
    mask: Mask,
    /// Steps of each trial, at least 1 `[B]`.
    lengths: Vec<usize>,
    dt_ms: Option<f64>,
    tau_ms: Option<f64>,
    origin: Origin,
    notes: Vec<String>,
}

/// Where an entry stands in its file.
enum Origin {
    /// Arrays: places are counted from 0.
    Arrays { layout: Layout },
    /// A table: the columns of responses, inputs and outputs; the trials; the first step.
    Table { columns: [Vec<String>; 3], trials: Vec<Trial>, first_step: i64 },
}

impl Origin {
    /// The place of entry `[row, step, trial]` of the array of this number (responses, inputs, outputs), in words.
    fn place(&self, array: usize, place: [usize; 3]) -> String {
        let [row, step, _] = place;
        match self {
            Self::Arrays { layout } => format!("`{}` at {:?}", ARRAYS[array], layout.of_file(place)),
            Self::Table { columns, first_step, .. } => {
                let (column, step) = (&columns[array][row], first_step + step as i64);
                format!("column `{column}` at trial {}, step {step}", self.trial(place[2]))
            }
        }
    }

    /// A unit, in words.
    fn unit(&self, unit: usize) -> String {
        match self {
            Self::Arrays { .. } => format!("unit {unit} of `responses`"),
            Self::Table { columns, .. } => format!("column `{}`", columns[0][unit]),
        }
    }

    /// The name or number of a trial.
    fn trial(&self, trial: usize) -> String {
        match self {
            Self::Arrays { .. } => trial.to_string(),
            Self::Table { trials, .. } => trials[trial].to_string(),
        }
    }
}

/// The arrays of a recording, outermost axis rows, then steps, then trials.
const ARRAYS: [&str; 3] = ["responses", "inputs", "outputs"];

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
