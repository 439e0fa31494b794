//! The six architectures: an activation function and a constraint on the signs of the weights.

use circuitscope_kernel::{Activation, Curve};

/// Whether a unit's outgoing weights share one sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Constraint {
    /// Dale's law: each unit is excitatory or inhibitory.
    Dale,
    /// No constraint on recurrent weights.
    Free,
}

/// An activation function under a constraint: one of the six of TE25 when the slope is the published one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Architecture {
    /// Activation function.
    pub activation: Activation,
    /// Sign constraint.
    pub constraint: Constraint,
}

impl Architecture {
    /// The six published architectures, in the order of the published tables.
    pub const PUBLISHED: [Self; 6] = [
        Self::published(Curve::Relu, Constraint::Dale),
        Self::published(Curve::Relu, Constraint::Free),
        Self::published(Curve::Sigmoid, Constraint::Dale),
        Self::published(Curve::Sigmoid, Constraint::Free),
        Self::published(Curve::Tanh, Constraint::Dale),
        Self::published(Curve::Tanh, Constraint::Free),
    ];

    /// The published architecture of a curve and a constraint: slope 7.5 for the sigmoid, else 1 (TE25, Methods). Curves that
    /// are not among the published ones have slope 1.
    pub const fn published(curve: Curve, constraint: Constraint) -> Self {
        Self { activation: Activation { curve, slope: curve.standard_slope() }, constraint }
    }
}
