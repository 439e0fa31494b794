//! Networks and recordings from elsewhere as data, with the inputs and groups that commands on them are given.

mod format;
mod groups;
mod inputs;
mod names;
mod parameters;
pub mod recording;
mod train_rnn_brain;

pub use groups::groups;
pub use inputs::{inputs, line};

use crate::store::network_file;
use circuitscope::network::Network;
use format::{Format, Wanted};
use std::path::{Path, PathBuf};

/// Keys that a network is read from, for the help of errors.
const KEYS_OF_A_NETWORK: &str = "a network has the keys W_inp, W_rec, W_out, activation_args (or activation_name and \
                                 activation_slope), dt and tau, and may have equation_type, bias, y_init and N; \
                                 docs/networks.md says what they mean";

/// Shortest time constant that a neuron has (ms); anything shorter is likely given in seconds. Membranes have 5 to 50 ms,
/// the fastest synapses about 1 ms.
const SHORTEST_TAU_MS: f64 = 1.0;
/// Most steps within a time constant; more are likely a step in seconds beside a time constant in ms.
const MOST_STEPS: f64 = 1000.0;

/// A network with the name it is shown by.
#[derive(Clone, Debug, PartialEq)]
pub struct Named {
    /// What results call it. Of a file its name without its ending, with folders in front where others have the same.
    pub name: String,
    /// Where it comes from: of a file the path as given.
    pub origin: String,
    /// The network.
    pub network: Network,
    /// What is suspected to be wrong in it, each with its remedy.
    pub warnings: Vec<String>,
}

impl Named {
    /// A network that no file holds, under one name everywhere.
    pub fn new(name: String, network: Network) -> Self {
        let warnings = suspicion(network.dt_ms, network.tau_ms).into_iter().collect();
        Self { origin: name.clone(), name, network, warnings }
    }
}

/// A file that does not hold the networks, inputs or groups that it should.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum ImportError {
    /// The file cannot be read.
    #[error("cannot read the network {path}")]
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
    /// The content does not fit: of a network, that it cannot be run as it is.
    #[error("{path}: {reason}")]
    #[diagnostic(help("{remedy}"))]
    Content {
        /// The file.
        path: String,
        /// What does not fit, and where.
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

/// Reads a network from a circuitscope safetensors file or a trainRNNbrain parameter JSON, told apart by content.
///
/// # Errors
/// [`ImportError`] names the file and what in it does not fit.
pub fn network(path: &Path) -> Result<Named, ImportError> {
    let unreadable = |source| ImportError::Read { path: path.display().to_string(), source };
    network_of(path, &std::fs::read(path).map_err(unreadable)?)
}

/// The network that a file of these bytes holds.
fn network_of(path: &Path, bytes: &[u8]) -> Result<Named, ImportError> {
    let origin = path.display().to_string();
    let parsed = match Format::of(bytes) {
        Format::Json => train_rnn_brain::parse(format::without_mark(bytes)),
        Format::Safetensors => {
            network_file::network(bytes).map_err(|reason| Fault::new(reason, Wanted::Network.formats()))
        }
        other => {
            let remedy = other.remedy(Wanted::Network);
            return Err(ImportError::Format { path: origin, format: other.to_string(), remedy });
        }
    };
    let content = |Fault { reason, remedy }| ImportError::Content { path: origin.clone(), reason, remedy };
    let network = parsed.map_err(content)?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Named { origin, ..Named::new(name, network) })
}

/// Reads networks that are shown together: files of one name are told apart by their folders.
///
/// # Errors
/// [`ImportError`] names the first file that holds no network.
pub fn networks(paths: &[PathBuf]) -> Result<Vec<Named>, ImportError> {
    let named = |(path, name): (&PathBuf, String)| Ok(Named { name, ..network(path)? });
    paths.iter().zip(names::distinct(paths)).map(named).collect()
}

/// What speaks for times given in seconds where ms are expected, with the remedy.
fn suspicion(dt_ms: f64, tau_ms: f64) -> Option<String> {
    let in_ms = |seconds: f64| (seconds * 1e12).round() / 1e9;
    if tau_ms < SHORTEST_TAU_MS {
        let right = if dt_ms <= tau_ms {
            format!("`dt` {} and `tau` {}", in_ms(dt_ms), in_ms(tau_ms))
        } else {
            format!("`tau` {}", in_ms(tau_ms))
        };
        return Some(format!(
            "`tau` is {tau_ms} ms, shorter than any neuron's: it may be in seconds; in ms it is {right}"
        ));
    }
    (dt_ms * MOST_STEPS <= tau_ms).then(|| {
        format!(
            "`dt` is {dt_ms} ms, {:.0} steps within `tau` = {tau_ms} ms: it may be in seconds; in ms it is `dt` {}",
            tau_ms / dt_ms,
            in_ms(dt_ms)
        )
    })
}
