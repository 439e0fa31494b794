//! The hot loops of circuitscope: forward and backward pass through time, noise, vector mathematics.
//!
//! Everything here works on plain slices; only the science crate sees it.

mod activation;

pub use activation::{Activation, Curve};
