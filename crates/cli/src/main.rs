//! The command line of circuitscope: arguments to requests, events to bars, results to text. No logic.

mod arguments;
mod commands;
mod exit;
mod progress;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    match commands::run_command(arguments::Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => exit::print(&failure),
    }
}
