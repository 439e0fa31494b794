//! `cargo xtask bench`: this machine's speed, alone or in turn with that of what others use.

mod circuits;
mod fixed_points;
mod record;
mod training;

use crate::cargo::{CargoError, HOUR, cargo, target_folder};
use crate::process::{Output, ProcessError, run};
use crate::python;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Why nothing could be timed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BenchError {
    #[error(transparent)]
    Process(#[from] ProcessError),
    #[error(transparent)]
    Folder(#[from] CargoError),
    #[error("the peers cannot be set up: {0}")]
    Peers(String),
    #[error("`{program}` failed: {why}")]
    Failed { program: String, why: String },
    #[error("`{program}` printed `{line}`, expected a time")]
    Answer { program: String, line: String },
    #[error("{path} cannot be written")]
    Record { path: String, source: std::io::Error },
}

/// What is asked for.
#[derive(clap::Args)]
pub(crate) struct Request {
    /// Install PyTorch, JAX and SciPy in a virtual environment (.venv-peers) and let them compete, one core each.
    #[arg(long)]
    peers: bool,
    /// Only these contests.
    #[arg(long, value_enum, num_args = 1.., requires = "peers")]
    only: Vec<Contest>,
    /// Rounds in which all take turns; medians are shown.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..))]
    rounds: u16,
    /// Write every single measurement to this file (CSV), e.g. benches/record/DATE-MACHINE.csv.
    #[arg(long, value_name = "FILE", requires = "peers")]
    record: Option<PathBuf>,
}

/// What is competed in.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Contest {
    /// A training iteration, against PyTorch and JAX.
    Training,
    /// Fixed points, against SciPy's `fsolve`.
    FixedPoints,
    /// An iteration of a latent circuit's fit, against PyTorch with geoopt.
    Circuits,
}

/// Times what is asked for and prints it.
///
/// # Errors
/// [`BenchError`] if a program does not build, run or answer.
pub(crate) fn bench(root: &Path, request: &Request) -> Result<(), BenchError> {
    if !request.peers {
        answer(Command::new(built(root, &Target::PROGRAM)?).arg("bench"), Output::Shown)?;
        return Ok(());
    }
    let requirements = root.join("benches/peers/requirements.txt");
    let python = python::environment(&root.join(".venv-peers"), &requirements).map_err(BenchError::Peers)?;
    let is_asked = |contest| request.only.is_empty() || request.only.contains(&contest);
    if is_asked(Contest::Training) {
        let script = root.join("benches/peers/step_peers.py");
        let program = built(root, &Target::PROGRAM)?;
        let measured = training::compete(&program, &python, &script, request.rounds)?;
        println!("\n{}", training::table(&measured));
        if let Some(path) = &request.record {
            record::write(path, &measured)?;
            println!("every measurement is in {}", path.display());
        }
    }
    if is_asked(Contest::FixedPoints) {
        let example = built(root, &Target::FIXED_POINTS)?;
        let measured = fixed_points::compete(root, &example, &python, request.rounds)?;
        println!("\n{}", fixed_points::table(&measured));
    }
    if is_asked(Contest::Circuits) {
        let example = built(root, &Target::CIRCUITS)?;
        let measured = circuits::compete(root, &example, &python, request.rounds)?;
        println!("\n{}", circuits::table(&measured));
    }
    Ok(())
}

/// A program to build: what cargo is told, and where it puts it.
struct Target {
    arguments: [&'static str; 4],
    path: &'static str,
}

impl Target {
    const PROGRAM: Self =
        Self { arguments: ["--package", "circuitscope-cli", "--bin", "circuitscope"], path: "circuitscope" };
    const FIXED_POINTS: Self = Self {
        arguments: ["--package", "circuitscope", "--example", "fixed_points_bench"],
        path: "examples/fixed_points_bench",
    };
    const CIRCUITS: Self = Self {
        arguments: ["--package", "circuitscope-kernel", "--example", "circuit_bench"],
        path: "examples/circuit_bench",
    };
}

fn built(root: &Path, target: &Target) -> Result<PathBuf, BenchError> {
    let mut build = cargo(root);
    build.args(["build", "--release"]).args(target.arguments);
    answer(&mut build, Output::Shown)?;
    Ok(target_folder(root)?.join(format!("release/{}{}", target.path, std::env::consts::EXE_SUFFIX)))
}

/// The middle one, or the mean of the middle two; NaN of nothing.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => f64::NAN,
        n if n % 2 == 0 => f64::midpoint(values[middle - 1], values[middle]),
        _ => values[middle],
    }
}

/// What a program that succeeds prints on standard output.
fn answer(command: &mut Command, output: Output) -> Result<String, BenchError> {
    let ran = run(command, output, HOUR)?;
    if ran.status.success() {
        return Ok(ran.stdout);
    }
    let program = command.get_program().to_string_lossy().into_owned();
    Err(BenchError::Failed { program, why: ran.last_words() })
}
