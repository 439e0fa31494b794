//! The command on latent circuits, and its choices.

use super::choices::Activation;
use super::reading::ReadingOptions;
use super::which_task::MaybeTask;
use circuitscope_study::one_network::Nodes;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Which publication's circuits are fitted.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Variant {
    /// Tolmachev & Engel 2025: every node may drive every output.
    Te25,
    /// Wiring and embedding of Langdon & Engel 2025 (the last nodes are the outputs, one each; Cayley map), with the loss of
    /// the other.
    Le25,
}

impl From<Variant> for circuitscope_study::one_network::Variant {
    fn from(variant: Variant) -> Self {
        match variant {
            Variant::Te25 => Self::Te25,
            Variant::Le25 => Self::Le25,
        }
    }
}

/// How nodes are embedded in recorded responses.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Embedding {
    /// Any weights and an offset for each unit: for a part of the neurons, whatever the units of measure and the baselines.
    Linear,
    /// As published, by orthonormal columns: for every unit of a network in its own units of measure.
    Orthonormal,
}

impl From<Embedding> for circuitscope_study::one_network::EmbeddingModel {
    fn from(embedding: Embedding) -> Self {
        match embedding {
            Embedding::Linear => Self::Linear,
            Embedding::Orthonormal => Self::Orthonormal,
        }
    }
}

/// A number of nodes, or a range of them.
fn nodes(text: &str) -> Result<Nodes, String> {
    let number = |text: &str| {
        text.trim().parse::<u16>().map(usize::from).map_err(|_| format!("`{text}` is no number of nodes"))
    };
    let Some((least, most)) = text.split_once("..") else { return Ok(Nodes::Fixed(number(text)?)) };
    let (least, most) = (number(least)?, number(most.trim_start_matches('='))?);
    if least > most {
        return Err(format!("the range ends at {most}, before it begins at {least}"));
    }
    Ok(Nodes::Chosen { least, most })
}

#[derive(Args)]
pub(crate) struct Circuit {
    /// Network (circuitscope safetensors file or parameter file (JSON) of `trainRNNbrain`) or recording (.npz, .safetensors
    /// or .parquet, see above).
    #[arg(value_name = "NETWORK|RECORDING")]
    pub(crate) responses: PathBuf,
    #[command(flatten)]
    pub(crate) task: MaybeTask,
    /// Nodes of the circuit: at least one for each input, at most 16; or a range such as 6..9, both ends with it, from which
    /// the fewest are chosen whose held-out score is within a standard error of the best. [default: as published, 8, 5 or 7; of
    /// a recording without a task two more than inputs]
    #[arg(long, value_name = "N|N..M", value_parser = nodes)]
    pub(crate) nodes: Option<Nodes>,
    /// Activation function of the nodes, for recordings alone: a network's circuit has its own. [default: relu]
    #[arg(long, value_enum)]
    pub(crate) activation: Option<Activation>,
    /// Embedding of the nodes in the units, for recordings alone: a network's is orthonormal. [default: linear]
    #[arg(long, value_enum)]
    pub(crate) embedding: Option<Embedding>,
    /// Fits from different starts; intervals need three. A recording gets more, at most four times as many, while only one
    /// start has found its best circuit.
    #[arg(long, value_name = "K", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) fits: u16,
    /// Whose circuits.
    #[arg(long, value_enum, default_value = "te25")]
    pub(crate) variant: Variant,
    /// Updates of a fit; fewer are faster and fit worse.
    #[arg(long, value_name = "N", default_value_t = 2000, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) iterations: u32,
    /// Parts of the trials that are held out in turn, each time with a new fit to the others; 0 holds none out. Trials of the
    /// same inputs are held out together; fewer than N of different inputs are held out one by one.
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub(crate) folds: u16,
    #[command(flatten)]
    pub(crate) reading: ReadingOptions,
    /// Random seed of the starts; the same seed gives the same circuits on any number of threads.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Print JSON on standard output, and nothing else there.
    #[arg(long)]
    pub(crate) json: bool,
}
