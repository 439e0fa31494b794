//! circuitscope trains ensembles of recurrent neural networks on cognitive tasks and shows *how* they solve them.
//!
//! This crate is the science: values in, values out. It reads no file, clock, environment variable or global random
//! state; every random draw comes from a seed that its caller passes.

pub mod analysis;
pub mod architecture;
pub mod claims;
pub mod dynamics;
pub mod field;
pub mod network;
pub mod observation;
pub mod ranking;
pub mod robustness;
pub mod silent_units;
mod stream;
pub mod task;
pub mod train;
pub mod trials;

pub use circuitscope_kernel::{
    Activation, Curve, Exponent, Family, KernelPath, Leak, ParameterError, YardstickProduct,
};
