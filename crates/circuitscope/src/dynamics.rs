//! Dynamics of a network: what it does on given trials, with noise and without, and where it rests under constant input.

pub mod branch_grid;
pub mod continuation;
mod euler;
pub mod fixed_points;
pub mod flow;
pub mod line_attractor;
mod linear;
pub mod noise;
mod rates;
mod rounding;
pub mod run;
pub mod slow_points;
pub mod stability;

/// Why the dynamics of a network cannot be taken apart.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum DynamicsError {
    /// An array does not fit the network.
    #[error("`{name}` is {found} wide, the network has {expected}")]
    Width {
        /// Name of the array.
        name: &'static str,
        /// Width of the array.
        found: usize,
        /// Inputs or units of the network.
        expected: usize,
    },
    /// An entry is NaN or infinite.
    #[error("`{name}` holds {value} at position {position:?}, expected finite numbers")]
    NotFinite {
        /// Name of the array.
        name: &'static str,
        /// The offending entry.
        value: f64,
        /// Where it stands.
        position: Vec<usize>,
    },
    /// The network itself is none.
    #[error("the network does not fit together")]
    Network {
        /// What does not.
        #[from]
        source: crate::network::NetworkError,
    },
    /// Two choices, or two inputs, between which something is followed are the same.
    #[error("the two ends are the same, expected two between which there is a line")]
    SameEnds,
    /// A state from which a branch is to be followed is no fixed point.
    #[error("the flow at the state is {speed}, expected a fixed point")]
    NotAtRest {
        /// `‖rhs‖` there.
        speed: f64,
    },
    /// The eigenvalues of a Jacobian were not found.
    #[error("the eigenvalues of a {n_units} × {n_units} Jacobian did not converge")]
    Eigenvalues {
        /// Units of the network.
        n_units: usize,
    },
}
