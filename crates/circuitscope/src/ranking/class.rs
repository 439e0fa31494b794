//! Classes of networks beside which a recording is ranked.

use ndarray::Array3;

/// A network on the conditions of the recording.
#[derive(Clone, Debug)]
pub struct Responses {
    /// Name of the network.
    pub name: String,
    /// Rates `[N, T, C]`.
    pub rates: Array3<f64>,
    /// The lowest rate of its activation function.
    pub lowest: f64,
}

/// Networks of one architecture.
#[derive(Clone, Debug)]
pub struct Class {
    /// Its name.
    pub name: String,
    /// What it shares with other classes, such as the activation function; a verdict is of a group where its classes agree.
    pub group: String,
    /// The trained networks.
    pub networks: Vec<Responses>,
    /// The same before training; may be empty.
    pub untrained: Vec<Responses>,
}
