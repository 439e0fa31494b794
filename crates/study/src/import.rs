//! Networks and recordings from elsewhere, as data.

pub mod recording;
mod train_rnn_brain;

use crate::store::network_file;
use circuitscope::network::Network;
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

/// Whether bytes can be the beginning of a JSON text: no zero byte, which every length of a header ends with.
fn is_text(bytes: &[u8]) -> bool {
    !bytes.contains(&0)
}

/// Reads a network from a circuitscope safetensors file or a trainRNNbrain parameter JSON, told apart by content.
///
/// # Errors
/// [`ImportError`] names the file and what in it does not fit.
pub fn network(path: &Path) -> Result<Imported, ImportError> {
    let shown = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|source| ImportError::Read { path: shown.clone(), source })?;
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    let parsed = match first {
        None => Err("the file is empty".to_owned()),
        // The length at the head of a safetensors file may itself look like white space and a brace.
        Some(b'{') if bytes.get(8) != Some(&b'{') || bytes.get(..8).is_some_and(is_text) => {
            train_rnn_brain::parse(&bytes)
        }
        Some(_) => network_file::parse(&bytes).map(|file| file.network),
    };
    let network = parsed.map_err(|reason| ImportError::Content { path: shown, reason })?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Imported { name, network })
}
