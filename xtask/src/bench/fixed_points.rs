//! The fixed points of the reference CDDM networks at all 50 inputs: ours by the standard search and those of
//! SciPy's `fsolve` under the published stopping rule, one core, in turn.
//!
//! That rule accepts states that are merely slow; only those at which the flow vanishes are counted as roots.

use super::{BenchError, answer};
use crate::process::Output;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Times (ms) and roots of one network over the rounds.
pub(super) struct Measured {
    pub(super) network: String,
    pub(super) ours: Vec<Search>,
    pub(super) fsolve: Vec<Search>,
}

/// One search at all inputs.
#[derive(Clone, Copy)]
pub(super) struct Search {
    pub(super) ms: f64,
    pub(super) n_roots: usize,
}

/// Lets both search, round after round.
pub(super) fn compete(
    root: &Path,
    example: &Path,
    python: &Path,
    rounds: u16,
) -> Result<Vec<Measured>, BenchError> {
    let mut measured: Vec<Measured> = Vec::new();
    for round in 0..usize::from(rounds) {
        let told = answer(Command::new(example).arg("cddm"), Output::Kept)?;
        for (place, line) in told.lines().enumerate() {
            let wrong =
                || BenchError::Answer { program: example.display().to_string(), line: line.to_owned() };
            let network = line.split_whitespace().next().ok_or_else(wrong)?.to_owned();
            let ours = our_search(line).ok_or_else(wrong)?;
            let fsolve = their_search(root, python, &network)?;
            if round == 0 {
                measured.push(Measured { network, ours: Vec::new(), fsolve: Vec::new() });
            }
            let row = measured.get_mut(place).ok_or_else(wrong)?;
            row.ours.push(ours);
            row.fsolve.push(fsolve);
        }
    }
    Ok(measured)
}

/// `NAME N 100 roots 12.3 ms with eigenvalues 45.6 ms 56 roots …`
fn our_search(line: &str) -> Option<Search> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let number_before = |unit: &str, nth: usize| {
        let at = words.iter().enumerate().filter(|(_, word)| **word == unit).nth(nth)?.0;
        words.get(at.checked_sub(1)?)?.parse::<f64>().ok()
    };
    Some(Search { ms: number_before("ms", 0)?, n_roots: number_before("roots", 1)? as usize })
}

/// The last line: `PATH: 5091 ms, 80 roots, 70 true (…), 2905 calls of fsolve`.
fn their_search(root: &Path, python: &Path, network: &str) -> Result<Search, BenchError> {
    let file = |path: &str| -> PathBuf { root.join(path) };
    let mut command = Command::new(python);
    command.env("OMP_NUM_THREADS", "1").env("OPENBLAS_NUM_THREADS", "1");
    command
        .arg(file("benches/peers/fixed_points_peers.py"))
        .arg(file(&format!("golden/networks/{network}.json")));
    command.arg(file("golden/analysis/cddm.json")).arg(file("golden/tasks/cddm_analysis.safetensors"));
    let told = answer(&mut command, Output::Kept)?;
    let line = told.lines().last().unwrap_or_default();
    let words: Vec<&str> = line.split([' ', ',']).collect();
    let before = |unit: &str| {
        let at = words.iter().position(|word| *word == unit)?;
        words.get(at.checked_sub(1)?)?.parse::<f64>().ok()
    };
    match (before("ms"), before("true")) {
        (Some(ms), Some(n_roots)) => Ok(Search { ms, n_roots: n_roots as usize }),
        _ => Err(BenchError::Answer { program: "fixed_points_peers.py".to_owned(), line: line.to_owned() }),
    }
}

/// The measurements as one table, medians over the rounds.
pub(super) fn table(measured: &[Measured]) -> String {
    let mut text = format!(
        "{:<30} {:>16} {:>10} {:>16} {:>10} {:>8}\n",
        "fixed points at 50 inputs", "circuitscope ms", "roots", "SciPy fsolve ms", "roots", "ratio"
    );
    for row in measured {
        let ms = |searches: &[Search]| super::median(searches.iter().map(|search| search.ms).collect());
        let roots = |searches: &[Search]| searches.iter().map(|search| search.n_roots).max().unwrap_or(0);
        let _ = writeln!(
            text,
            "{:<30} {:>16.1} {:>10} {:>16.0} {:>10} {:>6.0} ×",
            row.network,
            ms(&row.ours),
            roots(&row.ours),
            ms(&row.fsolve),
            roots(&row.fsolve),
            ms(&row.fsolve) / ms(&row.ours)
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::our_search;

    #[test]
    fn a_line_of_the_example_is_read() {
        let line =
            "cddm_tanh_dale_1  N 100  roots 181.0 ms  with eigenvalues 175.9 ms  56 roots (56 certified)";
        let search = our_search(line).expect("a time and a count");
        assert_eq!((search.ms, search.n_roots), (181.0, 56));
    }
}
