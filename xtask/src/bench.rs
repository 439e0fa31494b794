//! `cargo xtask bench`: this machine's training speed, alone or in turn with that of other frameworks.

mod record;
mod training;

use crate::process::{Output, ProcessError, run};
use crate::python;
use crate::test::{HOUR, TestError, cargo, target_folder};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Why nothing could be timed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BenchError {
    #[error(transparent)]
    Process(#[from] ProcessError),
    #[error(transparent)]
    Folder(#[from] TestError),
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
    /// Install PyTorch and JAX in a virtual environment (.venv-peers) and let them compete, one core each.
    #[arg(long)]
    peers: bool,
    /// Rounds in which all take turns; medians are shown.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..))]
    rounds: u16,
    /// Write every single measurement to this file (CSV), e.g. benches/record/DATE-MACHINE.csv.
    #[arg(long, value_name = "FILE", requires = "peers")]
    record: Option<PathBuf>,
}

/// Times what is asked for and prints it.
///
/// # Errors
/// [`BenchError`] if a program does not build, run or answer.
pub(crate) fn bench(root: &Path, request: &Request) -> Result<(), BenchError> {
    let program = built(root)?;
    if !request.peers {
        answer(Command::new(program).arg("bench"), Output::Shown)?;
        return Ok(());
    }
    let requirements = root.join("benches/peers/requirements.txt");
    let python = python::environment(&root.join(".venv-peers"), &requirements).map_err(BenchError::Peers)?;
    let script = root.join("benches/peers/step_peers.py");
    let measured = training::compete(&program, &python, &script, request.rounds)?;
    println!("\n{}", training::table(&measured));
    if let Some(path) = &request.record {
        record::write(path, &measured)?;
        println!("every measurement is in {}", path.display());
    }
    Ok(())
}

fn built(root: &Path) -> Result<PathBuf, BenchError> {
    let mut build = cargo(root);
    build.args(["build", "--release", "--package", "circuitscope-cli"]);
    answer(&mut build, Output::Shown)?;
    Ok(target_folder(root)?.join(format!("release/circuitscope{}", std::env::consts::EXE_SUFFIX)))
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
