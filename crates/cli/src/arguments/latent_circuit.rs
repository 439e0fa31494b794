//! Choices of the command on latent circuits.

use clap::ValueEnum;

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
