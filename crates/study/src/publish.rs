//! From results to what people read: tables, then figures, page and manifest from the tables.

mod begin;
mod under_way;

pub use begin::{Found, begin};
pub use under_way::EarlyPages;

use crate::event::{Event, Stage};
use crate::execute::ExecuteError;
use crate::opened::Opened;
use crate::page::{claims, figures, page};
use crate::recordings::files;
use crate::stage::{Context, Results};
use crate::store::manifest::{Manifest, State, hash_of_file};
use crate::store::{Folder, StoreError, write_whole};
use crate::table::Tables;
use circuitscope_report::{self as report, PlacedFigure};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Writes tables, figures, report and manifest of a study whose results are complete.
///
/// - `begun`: the manifest that the study began with; its identity stands in every file that can hold it.
///
/// # Errors
/// [`ExecuteError`] if a file cannot be written.
pub fn publish(context: Context<'_>, begun: &Manifest, results: &Results<'_>) -> Result<(), ExecuteError> {
    let stage = Stage::Report;
    (context.listener)(Event::Began { stage, n_pieces: 4, n_done: 0, work: 4 });
    context.go_on()?;
    let advanced = || (context.listener)(Event::Advanced { stage, work: 1 });
    let (study, folder) = (context.study, context.folder);
    let tables = Tables::of(study, results);
    let mut written: Vec<PathBuf> = vec![folder.study()];
    written.extend(study.task_texts.keys().map(|name| folder.tasks().join(format!("{name}.toml"))));
    written.extend(files(study, folder));
    for (name, table) in tables.all(study) {
        let path = folder.table(name);
        table.write(&path, &begun.study_identity)?;
        written.push(path);
    }
    advanced();
    let figures = figures(study, &tables);
    for placed in &figures {
        let path = folder.figure(&placed.figure.id);
        write_whole(&path, report::svg(&placed.figure).as_bytes())?;
        written.push(path);
    }
    write_whole(&folder.claims(), &claims_text(folder, &tables, &figures, &begun.study_identity)?)?;
    written.push(folder.claims());
    advanced();

    let mut manifest = manifest_of(begun, results);
    for of_task in &results.tasks {
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
    let page = page(study, &tables, figures, &manifest);
    write_whole(&folder.report(), report::render(&page).as_bytes())?;
    manifest.artefacts.insert(relative(folder, &folder.report()), hash_of_file(&folder.report())?);
    manifest.state = State::Finished;
    manifest.write(&folder.manifest())?;
    advanced();
    (context.listener)(Event::Ended { stage });
    Ok(())
}

/// Figures, claims and page of a published study, by their paths in its folder, drawn anew from its tables alone.
///
/// # Errors
/// [`StoreError`] names the table that is missing or damaged.
pub fn redrawn(opened: &Opened) -> Result<BTreeMap<String, Vec<u8>>, StoreError> {
    let (study, folder) = (&opened.study, &opened.folder);
    let tables = Tables::read(folder)?;
    let figures = figures(study, &tables);
    let mut files: BTreeMap<String, Vec<u8>> = figures
        .iter()
        .map(|placed| {
            let path = relative(folder, &folder.figure(&placed.figure.id));
            (path, report::svg(&placed.figure).into_bytes())
        })
        .collect();
    files.insert(
        relative(folder, &folder.claims()),
        claims_text(folder, &tables, &figures, &opened.manifest.study_identity)?,
    );
    // The page does not hold its own hash.
    let mut manifest = opened.manifest.clone();
    let path = relative(folder, &folder.report());
    manifest.artefacts.remove(&path);
    files.insert(path, report::render(&page(study, &tables, figures, &manifest)).into_bytes());
    Ok(files)
}

fn claims_text(
    folder: &Folder,
    tables: &Tables,
    figures: &[PlacedFigure],
    study_identity: &str,
) -> Result<Vec<u8>, StoreError> {
    let claims = claims::report(tables, figures, study_identity);
    serde_json::to_vec_pretty(&claims).map_err(|error| StoreError::damaged(&folder.claims(), &error))
}

/// The manifest with what is known of the networks.
fn manifest_of(begun: &Manifest, results: &Results<'_>) -> Manifest {
    let mut manifest = begun.clone();
    for of_task in &results.tasks {
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
