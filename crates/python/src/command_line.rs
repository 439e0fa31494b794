//! The command line, called as a function.

use pyo3::prelude::*;
use std::ffi::OsString;

/// Runs the command that `arguments` ask for, the name of the program first, and returns its exit code.
#[pyfunction]
pub(crate) fn command_line(py: Python<'_>, arguments: Vec<OsString>) -> u8 {
    py.detach(|| circuitscope_cli::run(arguments))
}
