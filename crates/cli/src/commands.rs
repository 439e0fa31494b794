//! Each command: a request to the library, its answer as text or JSON.

mod behave;
mod bench;
mod circuit;
mod claims;
mod compare;
mod dynamics;
mod jobs;
mod observe;
mod rank;
mod task;
mod which_task;

use crate::arguments::{Arguments, Command, Plan, Report, Run, Score};
use crate::exit::Failure;
use crate::progress::{Progress, duration};
use circuitscope_study::KernelPath;
use circuitscope_study::config::Study;
use circuitscope_study::import::{self, Named};
use circuitscope_study::one_network;
use circuitscope_study::plan::{Effort, FolderState, Overview, overview};
use circuitscope_study::run::{Summary, rebuild, run};
use circuitscope_study::store::Folder;
use serde::Serialize;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use which_task::required_task;

/// Set by Ctrl-C and by a request to terminate; work stops at the next iteration.
static INTERRUPT: AtomicBool = AtomicBool::new(false);

pub(crate) fn run_command(arguments: Arguments) -> Result<(), Failure> {
    match arguments.command {
        Command::Run(request) => run_study(&request),
        Command::Plan(request) => plan(&request),
        Command::Report(request) => report(&request),
        Command::Claims(request) => claims::claims(&request),
        Command::Jobs(request) => jobs::jobs(&request),
        Command::Job(request) => jobs::job(&request),
        Command::Score(request) => score(&request),
        Command::Compare(request) => compare::compare(&request),
        Command::Bench(request) => bench::bench(&request),
        Command::FixedPoints(request) => dynamics::fixed_points(&request),
        Command::Branches(request) => dynamics::branches(&request),
        Command::LineAttractor(request) => dynamics::line_attractor(&request),
        Command::Circuit(request) => circuit::circuit(&request),
        Command::Behave(request) => behave::behave(&request),
        Command::Observe(request) => observe::observe(&request),
        Command::Rank(request) => rank::rank(&request),
        Command::Task(request) => task::task(&request),
    }
}

/// Reads networks, and prints what is suspected to be wrong in them.
fn networks(paths: &[PathBuf]) -> Result<Vec<Named>, Failure> {
    let networks = import::networks(paths)?;
    networks.iter().for_each(print_import_warnings);
    Ok(networks)
}

/// Reads a network, and prints what is suspected to be wrong in it.
fn network(path: &Path) -> Result<Named, Failure> {
    let network = import::network(path)?;
    print_import_warnings(&network);
    Ok(network)
}

fn print_import_warnings(network: &Named) {
    for warning in &network.warnings {
        crate::progress::print_error(&format!("warning: {}: {warning}\n", network.origin));
    }
}

fn run_study(request: &Run) -> Result<(), Failure> {
    let study = study(request.study.as_deref())?;
    let path = kernel_path()?;
    let root = folder_of(&study, request.out.as_ref());
    let folder = Folder::open_or_create(&root)?;
    listen_for_interrupts();
    let threads = threads(request.threads)?;
    let forecast = threads.install(|| overview(&study, &root, path, Effort::Brief))?;
    let progress = Progress::of(forecast.stages());
    let summary =
        threads.install(|| run(&study, &folder, path, &INTERRUPT, &|event| progress.on_event(&event)));
    progress.end();
    print_summary(&summary?, request.json)
}

fn report(request: &Report) -> Result<(), Failure> {
    listen_for_interrupts();
    let progress = Progress::new();
    let summary = rebuild(&request.folder, &INTERRUPT, &|event| progress.on_event(&event));
    progress.end();
    print_summary(&summary?, request.json)
}

fn print_summary(summary: &Summary, json: bool) -> Result<(), Failure> {
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
    let overview = threads(request.threads)?.install(|| overview(&study, &folder, path, Effort::Thorough))?;
    if request.json {
        return print_json(&overview);
    }
    print_plan(&overview, &folder)
}

fn print_plan(overview: &Overview, folder: &Path) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "study {}: {} networks, {} finished",
        overview.study, overview.networks, overview.finished
    )?;
    writeln!(out)?;
    let width = overview.rows.iter().map(|row| row.task.len()).max().unwrap_or_default().max(14);
    writeln!(
        out,
        "{:<width$} {:<28} {:>8} {:>9} {:>11} {:>13} {:>12}",
        "task", "class", "networks", "finished", "iterations", "ms/iteration", "a network"
    )?;
    for row in &overview.rows {
        writeln!(
            out,
            "{:<width$} {:<28} {:>8} {:>9} {:>11} {:>13.2} {:>12}",
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
    let folder = folder.display();
    match overview.state {
        FolderState::Finished => {
            writeln!(
                out,
                "the study is finished: nothing is left to train or to analyse, see {folder}/report.html"
            )?;
            return Ok(());
        }
        FolderState::Other => writeln!(
            out,
            "{folder} holds a study with other settings: a run takes it over, and keeps the networks that both have"
        )?,
        FolderState::New | FolderState::Begun => {}
    }
    writeln!(
        out,
        "about {} to train what is left and {} to analyse what is left, on {} threads (measured here, kernel {})",
        duration(overview.training()),
        duration(overview.analysis()),
        overview.threads,
        overview.kernel
    )?;
    let of = |seconds: f64| duration(Duration::from_secs_f64(seconds));
    let analyses = &overview.analyses;
    writeln!(
        out,
        "analyses: features and distances {}, examples taken apart {}, latent circuits {}, behaviour {}, similarity {}",
        of(analyses.features_and_distances_seconds),
        of(analyses.portraits_seconds),
        of(analyses.circuits_seconds),
        of(analyses.behaviour_seconds),
        of(analyses.similarity_seconds)
    )?;
    Ok(())
}

fn score(request: &Score) -> Result<(), Failure> {
    let task = required_task(&request.task)?;
    let scores = one_network::score(&networks(&request.networks)?, &task)?;
    if request.json {
        return print_json(&scores);
    }
    let mut out = std::io::stdout().lock();
    let parts = scores.networks.iter().flat_map(|row| row.parts.iter().map(|part| part.task.len() + 2));
    let names = scores.networks.iter().map(|row| row.name.len());
    let width = names.chain(parts).max().unwrap_or_default().max(7);
    let inner = width - 2;
    // Where outputs are far off, R² has no use for four decimals.
    let shown = |r2: f64| if r2 > -1000.0 { format!("{r2:.4}") } else { format!("{r2:.1e}") };
    writeln!(out, "{:<width$} {:>12} {:>8} {:>6}", "network", "mse", "r2", "units")?;
    for row in &scores.networks {
        let r2 = row.r2.map_or_else(|| "–".to_owned(), shown);
        let mse = row.mse.map(|mse| format!("{mse:.4e}"));
        let mse = mse.as_deref().or(row.outcome).unwrap_or("–");
        writeln!(out, "{:<width$} {mse:>12} {r2:>8} {:>6}", row.name, row.n_units)?;
        for part in &row.parts {
            let r2 = part.r2.map_or_else(|| "–".to_owned(), shown);
            writeln!(out, "  {:<inner$} {:>12} {r2:>8}", part.task, format!("{:.4e}", part.mse))?;
        }
    }
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
