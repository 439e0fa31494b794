//! What does not fit in a recording's file.

/// What may stand in place of a network, for the help of errors.
pub(super) const LAYOUT: &str = "give arrays `responses` [units, steps, trials], `inputs` [inputs, steps, trials] and `outputs` \
                      [outputs, steps, trials] as .npz or .safetensors, or a .parquet table with a row for each trial and step \
                      and the columns trial, step, unit_*, input_*, output_*; `circuitscope circuit --help` says more";

/// What does not fit in a file, and what would.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fault {
    pub(super) reason: String,
    pub(super) remedy: String,
}

impl Fault {
    pub(super) fn new(reason: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { reason: reason.into(), remedy: remedy.into() }
    }
}
