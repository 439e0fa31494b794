//! Measurements as a dated file that anyone can make again.

use super::BenchError;
use super::training::Turn;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// Writes every turn to a CSV file.
pub(super) fn write(path: &Path, turns: &[Turn]) -> Result<(), BenchError> {
    let mut text = "round,who,task,activation,trials,units,ms_per_iteration,gflops,sgemm_gflops\n".to_owned();
    for turn in turns {
        let case = turn.case;
        let sgemm = turn.sgemm_gflops.map_or_else(String::new, |gflops| format!("{gflops:.1}"));
        let _ = writeln!(
            text,
            "{},{},{},{},{},{},{:.3},{:.1},{sgemm}",
            turn.round,
            turn.who.name(),
            case.task,
            case.activation,
            case.n_trials,
            case.n_units,
            turn.ms_per_iteration,
            turn.gflops()
        );
    }
    fs::write(path, text).map_err(|source| BenchError::Record { path: path.display().to_string(), source })
}
