//! The command line of circuitscope: arguments to requests, events to bars, results to text. No logic.

mod arguments;
mod commands;
mod exit;
mod progress;

use clap::Parser;
use std::ffi::OsString;

/// Runs the command that `arguments` ask for, the name of the program first, and returns its exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    match arguments::Arguments::try_parse_from(arguments) {
        Ok(arguments) => {
            commands::run_command(arguments).map_or_else(|failure| exit::print(&failure), |()| 0)
        }
        Err(told) => {
            // Help and version are told the same way, with code 0; a closed pipe is nobody's loss.
            let _ = told.print();
            u8::try_from(told.exit_code()).unwrap_or(2)
        }
    }
}
