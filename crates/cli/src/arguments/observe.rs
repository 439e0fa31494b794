//! What a network is observed by.

use clap::Args;
use std::path::PathBuf;

#[derive(Args)]
pub(crate) struct Observe {
    /// Network: circuitscope safetensors file or parameter file (JSON) of `trainRNNbrain`.
    pub(crate) network: PathBuf,
    /// Task: `cddm`, `go_no_go`, `memory_number`, or a file: one of your own (.toml, docs/tasks.md), or trials as arrays (.npz,
    /// .safetensors).
    #[arg(long, value_name = "TASK|FILE")]
    pub(crate) task: String,
    /// Neurons. Beyond the number of units, units are recorded again, with spikes of their own.
    #[arg(long, value_name = "M", default_value_t = 60, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) neurons: u16,
    /// Trials per condition.
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) trials: u16,
    /// Mean firing rate in Hz, over all units, steps and conditions.
    #[arg(long, value_name = "HZ", default_value_t = 15.0)]
    pub(crate) rate: f64,
    /// Time in ms that one step of the network lasts in the recording.
    #[arg(long, value_name = "MS", default_value_t = 10.0)]
    pub(crate) step: f64,
    /// Noise of the network's states, another in each trial, as `sigma_rec` in a study file; it is shared by neurons.
    #[arg(long, value_name = "SIGMA", default_value_t = 0.0)]
    pub(crate) noise: f64,
    /// Random seed; the same seed gives the same units and spikes.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
    /// File to write, ending in .npz.
    #[arg(long, value_name = "FILE", value_parser = npz)]
    pub(crate) out: PathBuf,
    /// Print a summary as JSON on standard output, and nothing else there.
    #[arg(long)]
    pub(crate) json: bool,
}

/// A path that ends as NumPy's archives do.
fn npz(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    let is_npz = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("npz"));
    if is_npz { Ok(path) } else { Err(format!("`{text}` is invalid, expected a file name ending in .npz")) }
}
