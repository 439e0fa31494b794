//! One training iteration in circuitscope, PyTorch and JAX: same sizes, same arithmetic, one core, in turn.

use super::{BenchError, answer};
use crate::process::Output;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

/// A network and its trials.
pub(super) struct Case {
    pub(super) task: &'static str,
    pub(super) activation: &'static str,
    pub(super) n_trials: usize,
    n_steps: usize,
    pub(super) n_units: usize,
    n_inputs: usize,
    n_outputs: usize,
    /// Iterations that a peer makes in a turn, after one that is not counted.
    n_iterations: usize,
}

const fn cddm(activation: &'static str, n_trials: usize, n_units: usize, n_iterations: usize) -> Case {
    Case {
        task: "cddm",
        activation,
        n_trials,
        n_steps: 300,
        n_units,
        n_inputs: 6,
        n_outputs: 2,
        n_iterations,
    }
}

const fn go_no_go(n_trials: usize, n_iterations: usize) -> Case {
    Case {
        task: "go_no_go",
        activation: "relu",
        n_trials,
        n_steps: 60,
        n_units: 100,
        n_inputs: 3,
        n_outputs: 1,
        n_iterations,
    }
}

static CASES: [Case; 6] = [
    cddm("relu", 450, 100, 3),
    cddm("sigmoid", 450, 100, 3),
    cddm("tanh", 450, 100, 3),
    go_no_go(256, 30),
    go_no_go(11, 100),
    cddm("relu", 98, 1000, 1),
];

/// Who competes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    Circuitscope,
    Torch,
    Jax,
}

impl Who {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Circuitscope => "circuitscope",
            Self::Torch => "torch",
            Self::Jax => "jax",
        }
    }
}

/// One turn.
pub(super) struct Turn {
    pub(super) round: u16,
    pub(super) case: &'static Case,
    pub(super) who: Who,
    pub(super) ms_per_iteration: f64,
    /// Best matrix product of the core in the same minute; circuitscope alone tells.
    pub(super) sgemm_gflops: Option<f64>,
}

impl Turn {
    pub(super) fn gflops(&self) -> f64 {
        self.case.n_operations() / self.ms_per_iteration / 1e6
    }
}

impl Case {
    fn n_operations(&self) -> f64 {
        (6 * self.n_steps * self.n_trials * self.n_units * (self.n_units + self.n_inputs)) as f64
    }

    fn name(&self) -> String {
        format!("{} {} {} trials {} units", self.task, self.activation, self.n_trials, self.n_units)
    }
}

/// Lets all take turns, round after round.
pub(super) fn compete(
    program: &Path,
    python: &Path,
    script: &Path,
    rounds: u16,
) -> Result<Vec<Turn>, BenchError> {
    let mut turns = Vec::new();
    for case in &CASES {
        for round in 1..=rounds {
            turns.push(our_turn(program, case, round)?);
            for who in [Who::Torch, Who::Jax] {
                turns.push(peer_turn(python, script, case, round, who)?);
            }
        }
        let of_case = |who| median_of(&turns, case, who, |turn| Some(turn.ms_per_iteration));
        println!(
            "{:<40} circuitscope {:>9.3} ms   torch {:>9.3} ms   jax {:>9.3} ms",
            case.name(),
            of_case(Who::Circuitscope),
            of_case(Who::Torch),
            of_case(Who::Jax)
        );
    }
    Ok(turns)
}

fn our_turn(program: &Path, case: &'static Case, round: u16) -> Result<Turn, BenchError> {
    #[derive(serde::Deserialize)]
    struct Bench {
        cases: [OurCase; 1],
    }
    #[derive(serde::Deserialize)]
    struct OurCase {
        ms_per_iteration: f64,
        sgemm_gflops: f64,
    }
    let mut command = Command::new(program);
    command.args(["bench", "--task", case.task, "--activation", case.activation, "--threads", "1", "--json"]);
    command.args(["--trials", &case.n_trials.to_string(), "--units", &case.n_units.to_string()]);
    let told = answer(&mut command, Output::Kept)?;
    let bench: Bench = serde_json::from_str(&told)
        .map_err(|_| BenchError::Answer { program: "circuitscope bench".into(), line: told.clone() })?;
    let [OurCase { ms_per_iteration, sgemm_gflops }] = bench.cases;
    Ok(Turn { round, case, who: Who::Circuitscope, ms_per_iteration, sgemm_gflops: Some(sgemm_gflops) })
}

fn peer_turn(
    python: &Path,
    script: &Path,
    case: &'static Case,
    round: u16,
    who: Who,
) -> Result<Turn, BenchError> {
    let sizes = [case.n_trials, case.n_steps, case.n_units, case.n_inputs, case.n_outputs];
    let mut command = Command::new(python);
    command.arg(script).arg(who.name()).args(sizes.map(|size| size.to_string()));
    command.args(["1", &case.n_iterations.to_string(), case.activation]);
    let told = answer(&mut command, Output::Kept)?;
    let line = told.lines().last().unwrap_or_default();
    let time = line.split_whitespace().find_map(|word| word.strip_prefix("ms_per_iteration="));
    let ms_per_iteration = time
        .and_then(|time| time.parse().ok())
        .ok_or_else(|| BenchError::Answer { program: script.display().to_string(), line: line.to_owned() })?;
    Ok(Turn { round, case, who, ms_per_iteration, sgemm_gflops: None })
}

/// The measurements as one table, medians over the rounds.
pub(super) fn table(turns: &[Turn]) -> String {
    let mut text = format!(
        "{:<40} {:>12} {:>8} {:>8} {:>6} {:>10} {:>10} {:>14}\n",
        "one iteration on one core (ms)",
        "circuitscope",
        "GFLOP/s",
        "sgemm",
        "share",
        "PyTorch",
        "JAX",
        "against better"
    );
    for case in &CASES {
        let ms = |who| median_of(turns, case, who, |turn| Some(turn.ms_per_iteration));
        let (ours, torch, jax) = (ms(Who::Circuitscope), ms(Who::Torch), ms(Who::Jax));
        let sgemm = median_of(turns, case, Who::Circuitscope, |turn| turn.sgemm_gflops);
        let gflops = case.n_operations() / ours / 1e6;
        let _ = writeln!(
            text,
            "{:<40} {ours:>12.3} {gflops:>8.1} {sgemm:>8.1} {:>6.2} {torch:>10.2} {jax:>10.2} {:>12.1} ×",
            case.name(),
            gflops / sgemm,
            torch.min(jax) / ours
        );
    }
    text
}

fn median_of(turns: &[Turn], case: &Case, who: Who, value: impl Fn(&Turn) -> Option<f64>) -> f64 {
    let of_case = turns.iter().filter(|turn| std::ptr::eq(turn.case, case) && turn.who == who);
    super::median(of_case.filter_map(value).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_shows_medians_and_the_better_peer() {
        let turn = |round, who, ms_per_iteration| Turn {
            round,
            case: &CASES[0],
            who,
            ms_per_iteration,
            sgemm_gflops: (who == Who::Circuitscope).then_some(100.0),
        };
        let mut turns = Vec::new();
        for (round, [ours, torch, jax]) in
            [[10.0, 90.0, 40.0], [11.0, 70.0, 50.0], [30.0, 80.0, 45.0]].into_iter().enumerate()
        {
            turns.push(turn(round as u16, Who::Circuitscope, ours));
            turns.push(turn(round as u16, Who::Torch, torch));
            turns.push(turn(round as u16, Who::Jax, jax));
        }
        let table = table(&turns);
        let row: Vec<&str> = table.lines().nth(1).expect("a row").split_whitespace().collect();
        assert_eq!(row[..6], ["cddm", "relu", "450", "trials", "100", "units"]);
        assert_eq!(row[6], "11.000"); // the median of 10, 11, 30
        assert_eq!(row[row.len() - 2], "4.1"); // 45 / 11: JAX is the better one
    }
}
