//! Networks and recordings from elsewhere, as data.

mod format;
pub mod recording;
mod train_rnn_brain;

use crate::store::network_file;
use circuitscope::network::Network;
use format::{Format, Wanted};
use std::path::Path;

/// A network with the name of its file.
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    /// File name without its ending.
    pub name: String,
    /// The network.
    pub network: Network,
}

/// A network file that holds no network.
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
    /// The file holds no network.
    #[error("{path}: {reason}")]
    #[diagnostic(help(
        "a network is a circuitscope safetensors file or a trainRNNbrain parameter JSON with the keys W_inp, W_rec, \
         W_out, bias_rec, y_init, activation_name, activation_slope, N, dt, tau"
    ))]
    Content {
        /// The file.
        path: String,
        /// What does not fit, and where.
        reason: String,
    },
}

/// Reads a network from a circuitscope safetensors file or a trainRNNbrain parameter JSON, told apart by content.
///
/// # Errors
/// [`ImportError`] names the file and what in it does not fit.
pub fn network(path: &Path) -> Result<Imported, ImportError> {
    let shown = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|source| ImportError::Read { path: shown.clone(), source })?;
    let parsed = match Format::of(&bytes) {
        Format::Json => train_rnn_brain::parse(format::without_mark(&bytes)),
        Format::Safetensors => network_file::parse(&bytes).map(|file| file.network),
        other => {
            let remedy = other.remedy(Wanted::Network);
            return Err(ImportError::Format { path: shown, format: other.to_string(), remedy });
        }
    };
    let network = parsed.map_err(|reason| ImportError::Content { path: shown, reason })?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Imported { name, network })
}
