//! An iteration of a latent circuit's fit (8 nodes, 300 steps, 98 trials): ours and that of PyTorch with geoopt's
//! `RiemannianAdam`, one core, in turn.

use super::{BenchError, answer, median};
use crate::process::Output;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

const ACTIVATIONS: [&str; 3] = ["relu", "sigmoid", "tanh"];
/// Iterations that either makes in a turn.
const OURS: &str = "300";
const THEIRS: &str = "20";

/// Times (ms) of an iteration over the rounds.
pub(super) struct Measured {
    activation: &'static str,
    ours: Vec<f64>,
    torch: Vec<f64>,
}

/// Lets both fit, round after round.
pub(super) fn compete(
    root: &Path,
    example: &Path,
    python: &Path,
    rounds: u16,
) -> Result<Vec<Measured>, BenchError> {
    let start = |activation| Measured { activation, ours: Vec::new(), torch: Vec::new() };
    let mut measured = ACTIVATIONS.map(start);
    for _ in 0..rounds {
        for row in &mut measured {
            let told = answer(Command::new(example).args([OURS, row.activation]), Output::Kept)?;
            row.ours.push(time(&told, our_time, "circuit_bench")?);
            let mut command = Command::new(python);
            command.env("OMP_NUM_THREADS", "1").arg(root.join("benches/peers/circuit_peers.py"));
            command.args(["8", "6", "2", "30", "300", "98", "1", THEIRS, row.activation]);
            let told = answer(&mut command, Output::Kept)?;
            row.torch.push(time(&told, their_time, "circuit_peers.py")?);
        }
    }
    Ok(measured.into())
}

/// The time on the first line that a program prints.
fn time(told: &str, read: fn(&str) -> Option<f64>, program: &str) -> Result<f64, BenchError> {
    let line = told.lines().next().unwrap_or_default();
    let wrong = || BenchError::Answer { program: program.to_owned(), line: line.to_owned() };
    read(line).ok_or_else(wrong)
}

/// `avx512   Relu: 1.091 ms an iteration, …`, the best vector path first.
fn our_time(line: &str) -> Option<f64> {
    line.split_once(": ")?.1.split_whitespace().next()?.parse().ok()
}

/// `torch relu … ms_per_iteration=35.02`
fn their_time(line: &str) -> Option<f64> {
    line.split_once("ms_per_iteration=")?.1.trim().parse().ok()
}

/// The measurements as one table, medians over the rounds.
pub(super) fn table(measured: &[Measured]) -> String {
    let mut text = format!(
        "{:<30} {:>16} {:>16} {:>8}\n",
        "latent circuit, an iteration", "circuitscope ms", "PyTorch ms", "ratio"
    );
    for row in measured {
        let (ours, torch) = (median(row.ours.clone()), median(row.torch.clone()));
        let _ = writeln!(text, "{:<30} {ours:>16.2} {torch:>16.1} {:>6.0} ×", row.activation, torch / ours);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{our_time, their_time};

    #[test]
    fn lines_of_both_programs_are_read() {
        let ours = "avx512   Relu: 1.091 ms an iteration, of which 0.017 ms are the update";
        assert_eq!(our_time(ours), Some(1.091));
        assert_eq!(their_time("torch relu nodes=8 trials=98 ms_per_iteration=35.02\n"), Some(35.02));
        assert_eq!(their_time("no time"), None);
    }
}
