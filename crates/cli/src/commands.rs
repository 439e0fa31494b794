//! Each command: a request to the library, its answer as text or JSON.

mod behave;
mod bench;
mod circuit;
mod claims;
mod dynamics;

use crate::arguments::{Arguments, Command, Compare, Plan, Report, Run, Score};
use crate::exit::Failure;
use crate::progress::{Progress, duration};
use circuitscope_study::KernelPath;
use circuitscope_study::config::Study;
use circuitscope_study::plan::{Overview, overview};
use circuitscope_study::run::{Summary, rebuild, run};
use circuitscope_study::single;
use circuitscope_study::store::Folder;
use serde::Serialize;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Set by Ctrl-C and by a request to terminate; work stops at the next iteration.
static INTERRUPT: AtomicBool = AtomicBool::new(false);

pub(crate) fn obey(arguments: Arguments) -> Result<(), Failure> {
    match arguments.command {
        Command::Run(request) => run_study(&request),
        Command::Plan(request) => plan(&request),
        Command::Report(request) => report(&request),
        Command::Claims(request) => claims::claims(&request),
        Command::Score(request) => score(&request),
        Command::Compare(request) => compare(&request),
        Command::Bench(request) => bench::bench(&request),
        Command::FixedPoints(request) => dynamics::fixed_points(&request),
        Command::Branches(request) => dynamics::branches(&request),
        Command::LineAttractor(request) => dynamics::line_attractor(&request),
        Command::Circuit(request) => circuit::circuit(&request),
        Command::Behave(request) => behave::behave(&request),
    }
}

fn run_study(request: &Run) -> Result<(), Failure> {
    let study = study(request.study.as_deref())?;
    let path = kernel_path()?;
    let folder = Folder::open_or_create(&folder_of(&study, request.out.as_ref()))?;
    listen_for_interrupts();
    let progress = Progress::new();
    let summary = threads(request.threads)?
        .install(|| run(&study, &folder, path, &INTERRUPT, &|event| progress.hear(&event)));
    progress.end();
    tell_summary(&summary?, request.json)
}

fn report(request: &Report) -> Result<(), Failure> {
    listen_for_interrupts();
    let progress = Progress::new();
    let summary = rebuild(&request.folder, &INTERRUPT, &|event| progress.hear(&event));
    progress.end();
    tell_summary(&summary?, request.json)
}

fn tell_summary(summary: &Summary, json: bool) -> Result<(), Failure> {
    if json {
        return print_json(summary);
    }
    let mut out = std::io::stdout().lock();
    let report = Path::new(&summary.report);
    let folder = report.parent().unwrap_or(report).display();
    writeln!(
        out,
        "{} networks trained: {} compared, {} good but not among the best kept, {} below the R² floor, {} diverged",
        summary.trained, summary.selected, summary.surplus, summary.below_floor, summary.diverged
    )?;
    writeln!(out)?;
    writeln!(out, "report    {}  (open it in a browser; it works offline)", summary.report)?;
    writeln!(out, "tables    {folder}/tables/*.parquet")?;
    writeln!(out, "networks  {folder}/networks/TASK/*.safetensors")?;
    writeln!(out, "figures   {folder}/figures/*.svg")?;
    Ok(())
}

fn plan(request: &Plan) -> Result<(), Failure> {
    let study = study(request.study.as_deref())?;
    let folder = folder_of(&study, request.out.as_ref());
    let path = kernel_path()?;
    let overview = threads(request.threads)?.install(|| overview(&study, &folder, path))?;
    if request.json {
        return print_json(&overview);
    }
    tell_plan(&overview)
}

fn tell_plan(overview: &Overview) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "study {}: {} networks, {} finished",
        overview.study, overview.networks, overview.finished
    )?;
    writeln!(out)?;
    writeln!(
        out,
        "{:<14} {:<28} {:>8} {:>9} {:>11} {:>13} {:>12}",
        "task", "class", "networks", "finished", "iterations", "ms/iteration", "a network"
    )?;
    for row in &overview.rows {
        writeln!(
            out,
            "{:<14} {:<28} {:>8} {:>9} {:>11} {:>13.2} {:>12}",
            row.task,
            row.class,
            row.networks,
            row.finished,
            row.iterations,
            row.ms_per_iteration,
            duration(row.one_network())
        )?;
    }
    writeln!(out)?;
    writeln!(
        out,
        "about {} to train what is left and {} to analyse, on {} threads (measured here, kernel {})",
        duration(overview.training()),
        duration(overview.analysis()),
        overview.threads,
        overview.kernel
    )?;
    let of = |seconds: f64| duration(Duration::from_secs_f64(seconds));
    let analyses = &overview.analyses;
    writeln!(
        out,
        "analyses: features and distances {}, examples taken apart {}, latent circuits {}, behaviour {}",
        of(analyses.features_and_distances_seconds),
        of(analyses.portraits_seconds),
        of(analyses.circuits_seconds),
        of(analyses.behaviour_seconds)
    )?;
    Ok(())
}

fn score(request: &Score) -> Result<(), Failure> {
    let task = single::task(&request.task)?;
    let scores = single::score(&request.networks, &task)?;
    if request.json {
        return print_json(&scores);
    }
    let mut out = std::io::stdout().lock();
    let width = scores.networks.iter().map(|row| row.name.len()).max().unwrap_or_default().max(7);
    writeln!(out, "{:<width$} {:>12} {:>8} {:>6}", "network", "mse", "r2", "units")?;
    for row in &scores.networks {
        let r2 = row.r2.map_or_else(|| "–".to_owned(), |r2| format!("{r2:.4}"));
        writeln!(out, "{:<width$} {:>12.4e} {r2:>8} {:>6}", row.name, row.mse, row.n_units)?;
    }
    Ok(())
}

fn compare(request: &Compare) -> Result<(), Failure> {
    let task = single::task(&request.task)?;
    let aspect = single::aspect(&request.aspect)?;
    let comparison = single::compare(&request.networks, &task, aspect, request.measure.into())?;
    if request.json {
        return print_json(&comparison);
    }
    let mut out = std::io::stdout().lock();
    let width = comparison.networks.iter().map(String::len).max().unwrap_or_default();
    writeln!(out, "distances ({})", aspect.name())?;
    for (name, row) in comparison.networks.iter().zip(&comparison.distance) {
        let row: Vec<String> = row.iter().map(|d| format!("{d:>9.4}")).collect();
        writeln!(out, "{name:<width$} {}", row.join(" "))?;
    }
    for (name, n_silent) in comparison.networks.iter().zip(&comparison.n_silent).filter(|(_, n)| **n > 0) {
        writeln!(out, "{name}: {n_silent} units never fire on the trials and are left out")?;
    }
    writeln!(out, "\nplaces in the plane (stress {:.4})", comparison.stress)?;
    for (name, [x, y]) in comparison.networks.iter().zip(&comparison.embedding) {
        writeln!(out, "{name:<width$} {x:>9.4} {y:>9.4}")?;
    }
    let statistics = &comparison.statistics;
    writeln!(out, "\nover the activations")?;
    let shown =
        |value: Option<f64>| value.map_or_else(|| "not defined".to_owned(), |value| format!("{value:.4}"));
    writeln!(out, "silhouette         {}", shown(statistics.silhouette3))?;
    writeln!(out, "kNN accuracy       {}", shown(statistics.knn3))?;
    writeln!(out, "PERMANOVA pseudo-F {}", shown(statistics.permanova_f3))?;
    writeln!(out, "PERMANOVA p        {}", shown(statistics.permanova_p3))?;
    Ok(())
}

fn print_json(value: &impl Serialize) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    serde_json::to_writer(&mut out, value).map_err(std::io::Error::from)?;
    writeln!(out)?;
    Ok(())
}

fn study(path: Option<&Path>) -> Result<Study, Failure> {
    Ok(match path {
        Some(path) => Study::read(path)?,
        None => Study::quick()?,
    })
}

fn folder_of(study: &Study, out: Option<&PathBuf>) -> PathBuf {
    out.cloned().unwrap_or_else(|| PathBuf::from(format!("{}-study", study.name)))
}

/// The kernel path of this machine, or the one that `CIRCUITSCOPE_KERNEL` names.
fn kernel_path() -> Result<KernelPath, Failure> {
    match std::env::var("CIRCUITSCOPE_KERNEL") {
        Err(_) => Ok(KernelPath::detect()),
        Ok(name) => KernelPath::named(&name)
            .and_then(KernelPath::checked)
            .map_err(|error| Failure::Kernel(format!("CIRCUITSCOPE_KERNEL: {error}"))),
    }
}

fn threads(asked: Option<u16>) -> Result<rayon::ThreadPool, Failure> {
    let n = asked.map_or(0, usize::from);
    rayon::ThreadPoolBuilder::new().num_threads(n).build().map_err(|_| Failure::Threads { n })
}

/// The first Ctrl-C stops work where it can go on later; the second ends the program at once.
fn listen_for_interrupts() {
    // Without a handler Ctrl-C still ends the program, and finished work is still kept.
    let _ = ctrlc::set_handler(|| {
        if INTERRUPT.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
        crate::progress::print_error("stopping where it can go on later; Ctrl-C again ends at once\n");
    });
}
