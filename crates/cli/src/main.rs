//! The program: the command line's library on the arguments of the process.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(circuitscope_cli::run(std::env::args_os()))
}
