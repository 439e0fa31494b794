//! From results to what people read: tables, figures, the page, the manifest.

mod begin;
mod behaviour;
mod circuit_figures;
mod circuits;
pub mod claims;
mod classes;
mod concordance;
mod course;
mod development;
mod excluded;
mod figures;
mod fixed_points;
mod measures;
mod page;
mod portraits;
mod robustness;
mod statistics;
mod tables;
mod under_way;
mod words;

pub use begin::{Found, begin};
pub use statistics::{StatisticRecord, statistics};
pub use under_way::EarlyPages;

use crate::event::{Event, Stage};
use crate::execute::ExecuteError;
use crate::stage::{Context, TaskResults};
use crate::store::manifest::{Manifest, State, hash_of_file};
use crate::store::{Folder, StoreError, write_whole};
use circuitscope_report as report;
use std::path::{Path, PathBuf};

/// Writes tables, figures, report and manifest of a study whose results are complete.
///
/// - `begun`: the manifest that the study began with; its identity stands in every file that can hold it.
///
/// # Errors
/// [`ExecuteError`] if a file cannot be written.
pub fn publish(
    context: Context<'_>,
    begun: &Manifest,
    results: &[TaskResults<'_>],
) -> Result<(), ExecuteError> {
    let stage = Stage::Report;
    (context.listener)(Event::Began { stage, n_pieces: 4, n_done: 0, work: 4 });
    let advanced = || (context.listener)(Event::Advanced { stage, work: 1 });
    let folder = context.folder;
    let statistics = statistics(results);
    let judged = crate::stage::claims(context, results);
    let robustness = crate::stage::robustness(context, results)?;
    let concordance = crate::stage::concordance(context, results);

    let mut written: Vec<PathBuf> = vec![folder.study()];
    for (name, table) in tables::tables(results, &statistics, &judged, &robustness, &concordance) {
        let path = folder.table(name);
        table.write(&path, &begun.study_identity)?;
        written.push(path);
    }
    advanced();
    let figures = figures::figures(results, &statistics, &concordance);
    for placed in &figures {
        let path = folder.figure(&placed.figure.id);
        write_whole(&path, report::svg(&placed.figure).as_bytes())?;
        written.push(path);
    }
    let told = claims::report(&judged, &figures, &begun.study_identity);
    let text =
        serde_json::to_vec_pretty(&told).map_err(|error| StoreError::damaged(&folder.claims(), &error))?;
    write_whole(&folder.claims(), &text)?;
    written.push(folder.claims());
    advanced();

    let mut manifest = manifest_of(begun, results);
    for of_task in results {
        let task = of_task.task.task.name();
        for (network, _) in &of_task.networks {
            let name = network.job.name();
            if !network.checkpoints.is_empty() {
                written.push(folder.checkpoints(task, &name));
            }
            written.push(folder.network(task, &name));
        }
        for item in &of_task.items {
            written.push(folder.features(task, &item.stored_name()));
        }
    }
    for path in &written {
        manifest.artefacts.insert(relative(folder, path), hash_of_file(path)?);
    }
    advanced();
    let page = page::page(context.study, results, &statistics, &judged, figures, &manifest);
    let page = report::Page { robustness: robustness::rows(&robustness), ..page };
    write_whole(&folder.report(), report::render(&page).as_bytes())?;
    manifest.artefacts.insert(relative(folder, &folder.report()), hash_of_file(&folder.report())?);
    manifest.state = State::Finished;
    manifest.write(&folder.manifest())?;
    advanced();
    (context.listener)(Event::Ended { stage });
    Ok(())
}

/// The manifest with what is known of the networks.
fn manifest_of(begun: &Manifest, results: &[TaskResults<'_>]) -> Manifest {
    let mut manifest = begun.clone();
    for of_task in results {
        let task = of_task.task.task.name();
        for (network, _) in &of_task.networks {
            *manifest.kernel_paths.entry(network.record.kernel_path.clone()).or_default() += 1;
            manifest.network_seeds.insert(format!("{task}/{}", network.job.name()), network.job.seed);
        }
    }
    manifest
}

/// A path within the folder, with `/` on every system.
fn relative(folder: &Folder, path: &Path) -> String {
    let inside = path.strip_prefix(folder.root()).unwrap_or(path);
    inside.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}
