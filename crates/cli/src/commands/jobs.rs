//! `jobs` and `job`: what a study is made of, and one piece of it.

use super::{INTERRUPT, listen_for_interrupts, print_json, threads};
use crate::arguments::{Job, Jobs};
use crate::exit::Failure;
use crate::progress::Progress;
use circuitscope_study::jobs::{self, State, list, run_one};
use std::io::Write;

pub(super) fn jobs(request: &Jobs) -> Result<(), Failure> {
    let found = list(&request.folder)?;
    if request.json {
        return print_json(&found);
    }
    let mut out = std::io::stdout().lock();
    let width = found.jobs.iter().map(|job| job.kind.len()).max().unwrap_or_default();
    for job in &found.jobs {
        writeln!(out, "{:<8}  {:<width$}  {}  {}", name(job.state), job.kind, job.id, job.file)?;
    }
    if !found.jobs.is_empty() {
        writeln!(out)?;
    }
    print_counts(&mut out, &found)
}

fn print_counts(out: &mut impl Write, found: &jobs::Jobs) -> Result<(), Failure> {
    let count = |state: State| found.jobs.iter().filter(|job| job.state == state).count();
    let [finished, running, open] = [State::Finished, State::Running, State::Open].map(count);
    writeln!(out, "{} jobs: {finished} finished, {running} running, {open} open", found.jobs.len())?;
    if !found.waiting.is_empty() {
        writeln!(out, "not known before others end: {}", found.waiting.join(", "))?;
    }
    Ok(())
}

fn name(state: State) -> &'static str {
    match state {
        State::Finished => "finished",
        State::Running => "running",
        State::Open => "open",
    }
}

pub(super) fn job(request: &Job) -> Result<(), Failure> {
    listen_for_interrupts();
    let progress = Progress::new();
    let done = threads(request.threads)?
        .install(|| run_one(&request.folder, &request.id, &INTERRUPT, &|event| progress.on_event(&event)));
    progress.end();
    Ok(done?)
}
