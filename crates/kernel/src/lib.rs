//! The hot loops of circuitscope: forward and backward pass through time, noise, vector mathematics.
//!
//! Everything here works on plain slices; only the science crate sees it. [`Stepper`] is the fast kernel, [`naive`] the
//! float64 oracle it is held to. The instruction set is a value, [`KernelPath`], that the caller picks.

// Vector instructions, and the raw rows that register tiles read and write, cannot be had without.
#![allow(unsafe_code)]
// What runs inside `Vector::enter` must become part of it, or no intrinsic would compile to its instruction.
#![allow(clippy::inline_always)]

mod activation;
mod adam;
mod aligned;
pub mod circuit;
mod dispatch;
pub mod elementary;
mod flush;
pub mod math;
pub mod naive;
mod orthogonality;
mod packed_matrix;
mod parameters;
mod product;
pub mod random;
mod shapes;
mod step;
pub mod stiefel;
mod vector;
mod yardstick;

pub use activation::{Activation, Curve, Exponent, Family, Leak, ParameterError, Piece};
pub use adam::{Adam, Allowed, InputOutput, project};
pub use dispatch::{KernelPath, PathError};
pub use orthogonality::orthogonality;
pub use parameters::{Batch, BiasTerm, Equation, Form, Geometry, Loss, Noise, Parameters};
pub use step::Stepper;
pub use yardstick::YardstickProduct;
