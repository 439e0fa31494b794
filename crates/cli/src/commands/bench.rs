//! `bench`: training timed on this machine.

use super::{kernel_path, print_json};
use crate::arguments::Bench;
use crate::exit::Failure;
use circuitscope_study::bench::{CaseResult, Choice, bench as time, cases};
use std::io::Write;

pub(super) fn bench(request: &Bench) -> Result<(), Failure> {
    let choice = Choice {
        task: request.task.clone(),
        n_trials: request.trials,
        n_units: request.units,
        curve: request.activation.map(Into::into),
        n_threads: request.threads,
    };
    let n_cores = std::thread::available_parallelism().map_or(1, usize::from);
    let (cases, path) = (cases(&choice, n_cores)?, kernel_path()?);
    if request.json {
        return print_json(&time(&cases, path, &mut |_| ())?);
    }
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "{:<14} {:<10} {:>6} {:>6} {:>6} {:>7} {:>13} {:>9} {:>9} {:>6} {:>14}",
        "task",
        "activation",
        "trials",
        "steps",
        "units",
        "threads",
        "ms/iteration",
        "GFLOP/s",
        "sgemm",
        "share",
        "evaluation ms"
    )?;
    let mut written = Ok(());
    let timed = time(&cases, path, &mut |case: &CaseResult| {
        let row = writeln!(
            out,
            "{:<14} {:<10} {:>6} {:>6} {:>6} {:>7} {:>13.3} {:>9.1} {:>9.1} {:>6.2} {:>14.3}",
            case.task,
            case.activation,
            case.trials,
            case.steps,
            case.units,
            case.threads,
            case.ms_per_iteration,
            case.gflops,
            case.sgemm_gflops,
            case.share_of_sgemm,
            case.evaluation_ms
        );
        if written.is_ok() {
            written = row;
        }
    })?;
    written?;
    writeln!(out, "\nkernel {}, best sgemm of one thread {:.1} GFLOP/s", timed.kernel, timed.sgemm_gflops)?;
    Ok(())
}
