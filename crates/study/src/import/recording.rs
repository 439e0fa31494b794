//! Recorded responses with the inputs and outputs that go with them, as arrays or as a long table.

mod arrays;
mod long_table;

use circuitscope::analysis::latent_circuit::CircuitError;
use circuitscope::analysis::latent_circuit::responses::Responses;
use ndarray::Array3;
use std::path::Path;

/// Time step where a file names none (ms), as in training.
const DT_MS: f64 = 1.0;
/// Time constant where a file names none (ms), as in training.
const TAU_MS: f64 = 10.0;
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

/// The formats of a recording, told apart by the first bytes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Npz,
    Safetensors,
    Parquet,
}

/// The format of a file's content; [`None`] for a network or anything else.
fn format(bytes: &[u8]) -> Option<Format> {
    if bytes.starts_with(b"PAR1") {
        return Some(Format::Parquet);
    }
    // The second is the archive without any entry.
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return Some(Format::Npz);
    }
    arrays::is_safetensors_recording(bytes).then_some(Format::Safetensors)
}

/// Reads a file as a recording; [`None`] if its content is that of a network, or of no known kind.
///
/// # Errors
/// [`RecordingError`] names the file, the array, the place and the remedy.
pub fn recording(path: &Path) -> Result<Option<Recording>, RecordingError> {
    let shown = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|source| RecordingError::Read { path: shown.clone(), source })?;
    let parts = match format(&bytes) {
        None => return Ok(None),
        Some(Format::Npz) => arrays::npz(bytes).and_then(arrays::parts),
        Some(Format::Safetensors) => arrays::safetensors(&bytes).and_then(arrays::parts),
        Some(Format::Parquet) => long_table::parts(path),
    };
    let checked = parts.and_then(|parts| checked(path, parts));
    let content = |Fault { reason, remedy }| RecordingError::Content { path: shown, reason, remedy };
    checked.map(Some).map_err(content)
}

/// What a file holds, before it is held against the rules.
struct Parts {
    responses: Responses,
    dt_ms: Option<f64>,
    tau_ms: Option<f64>,
    origin: Origin,
}

/// Where an entry stands in its file.
enum Origin {
    /// Arrays: places are counted from 0.
    Arrays,
    /// A table: the columns of responses, inputs and outputs; the trials; the first step.
    Table { columns: [Vec<String>; 3], trials: Vec<i64>, first_step: i64 },
}

impl Origin {
    /// The place of entry `[row, step, trial]` of the array of this number (responses, inputs, outputs), in words.
    fn place(&self, array: usize, [row, step, trial]: [usize; 3]) -> String {
        match self {
            Self::Arrays => format!("`{}` at [{row}, {step}, {trial}]", ARRAYS[array]),
            Self::Table { columns, trials, first_step } => {
                let (column, trial, step) = (&columns[array][row], trials[trial], first_step + step as i64);
                format!("column `{column}` at trial {trial}, step {step}")
            }
        }
    }

    /// A unit, in words.
    fn unit(&self, unit: usize) -> String {
        match self {
            Self::Arrays => format!("unit {unit} of `responses`"),
            Self::Table { columns, .. } => format!("column `{}`", columns[0][unit]),
        }
    }
}

/// The arrays of a recording, outermost axis rows, then steps, then trials.
const ARRAYS: [&str; 3] = ["responses", "inputs", "outputs"];

fn checked(path: &Path, parts: Parts) -> Result<Recording, Fault> {
    let Parts { responses, dt_ms, tau_ms, origin } = parts;
    let (dt_ms, tau_ms) = (dt_ms.unwrap_or(DT_MS), tau_ms.unwrap_or(TAU_MS));
    for (name, value) in [("dt_ms", dt_ms), ("tau_ms", tau_ms)] {
        if !(value.is_finite() && value > 0.0) {
            return Err(Fault::new(format!("`{name}` is {value}"), "give a time above 0 in ms"));
        }
    }
    if dt_ms > tau_ms {
        let reason = format!("`dt_ms` is {dt_ms}, longer than `tau_ms`, {tau_ms}");
        let remedy = "give the time between two steps as `dt_ms`, and as `tau_ms` a time constant of the nodes that is \
                      no shorter";
        return Err(Fault::new(reason, remedy));
    }
    if let Some((at, _)) = responses.outputs.indexed_iter().find(|(_, value)| !value.is_finite()) {
        return Err(not_finite(&origin.place(2, at.into()), responses.outputs[at]));
    }
    let responses = responses.checked().map_err(|error| fault(&error, &origin))?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Recording { name, responses, dt_ms, tau_ms })
}

fn not_finite(place: &str, value: f64) -> Fault {
    let remedy = "entries may be missing in responses alone: fill this one in, or leave the trial out";
    Fault::new(format!("{place} is {value}, expected a finite number"), remedy)
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
            let reason = format!("{} is {value}", origin.place(0, *position));
            Fault::new(
                reason,
                "responses are finite numbers; write NaN, or null in a table, for a missing one",
            )
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

/// An array of steps and trials from its entries, row by row.
fn cube(name: &str, shape: &[usize], values: Vec<f64>) -> Result<Array3<f64>, Fault> {
    let wrong = || {
        let reason = format!("`{name}` has shape {shape:?}, expected three axes");
        let remedy = format!("`{name}` has a row for each of its {name}, then steps, then trials");
        Fault::new(reason, if name == ARRAYS[0] { LAYOUT.to_owned() } else { remedy })
    };
    let &[rows, steps, trials] = shape else { return Err(wrong()) };
    Array3::from_shape_vec((rows, steps, trials), values).map_err(|_| wrong())
}
