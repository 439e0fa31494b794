//! Tasks of the workshop: `cargo xtask test` runs every test, `cargo xtask bench` times training, `cargo xtask golden`
//! takes in reference data.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "its output is for whoever stands in the workshop"
)]

mod bench;
mod binaries;
mod browser;
mod cargo;
mod claims;
mod docs;
mod golden;
mod install;
mod ledger;
mod lint;
mod process;
mod python;
mod study;
mod test;
mod unit;
mod wheel;

use clap::{Parser, Subcommand};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Tasks of the workshop.
#[derive(Parser)]
#[command(name = "cargo xtask", arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Set up what is missing, run every test, and say what was skipped and why.
    Test {
        /// Only these groups.
        #[arg(long, value_enum, num_args = 1..)]
        only: Vec<test::Group>,
        /// Read this finished study by Python and browser, in place of running the quick one.
        #[arg(long, value_name = "FOLDER")]
        study: Option<PathBuf>,
    },
    /// Time training on this machine, alone or in turn with other frameworks.
    Bench(bench::Request),
    /// Write docs/tables.md from the tables of a study.
    Docs,
    /// Build the wheel of the Python package into target/wheels.
    Wheel,
    /// Copy reference data into golden/.
    Golden {
        /// Folder with tasks/, step/, networks/ and analysis/.
        from: PathBuf,
    },
}

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."));
    match Arguments::parse().command {
        Command::Test { only, study } => match test::test(root, &only, study) {
            Ok(ledger) => ledger.close(),
            Err(error) => tell(&error),
        },
        Command::Bench(request) => match bench::bench(root, &request) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => tell(&error),
        },
        Command::Docs => match docs::docs(root) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => tell(&error),
        },
        Command::Wheel => match build_wheel(root) {
            Ok(path) => {
                println!("{}", path.display());
                ExitCode::SUCCESS
            }
            Err(why) => {
                eprintln!("error: {why}");
                ExitCode::FAILURE
            }
        },
        Command::Golden { from } => match golden::take_in(&from, &root.join("golden")) {
            Ok(n_files) => {
                println!("{n_files} files copied to golden/");
                ExitCode::SUCCESS
            }
            Err(error) => tell(&error),
        },
    }
}

fn build_wheel(root: &Path) -> Result<PathBuf, String> {
    wheel::wheel(root, &cargo::target_folder(root).map_err(|error| process::with_causes(&error))?)
}

/// Prints an error with its causes.
fn tell(error: &dyn Error) -> ExitCode {
    eprintln!("error: {}", process::with_causes(error));
    ExitCode::FAILURE
}
