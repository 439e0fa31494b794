//! Studies: run, opened, and what is in their folders.

use crate::refusal::Refusal;
use crate::training::kernel_path;
use crate::work::{Stop, work};
use circuitscope_study::claims_report;
use circuitscope_study::config::{Study, text_of};
use circuitscope_study::opened::{Access, Opened};
use circuitscope_study::run::run;
use circuitscope_study::store::Folder;
use circuitscope_study::training_job::training_jobs;
use pyo3::prelude::*;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// A study as Python gives it.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct Asked {
    /// `file`, `text` or `settings`, the last as JSON.
    kind: String,
    /// Path, text or settings.
    content: String,
}

impl Asked {
    fn study(&self) -> Result<Study, Refusal> {
        match self.kind.as_str() {
            "file" => Ok(Study::read(Path::new(&self.content))?),
            "text" => Ok(Study::parse("study", &self.content)?),
            "settings" => {
                let settings: serde_json::Value = serde_json::from_str(&self.content)?;
                Ok(Study::parse("study", &text_of(&settings).map_err(Refusal::Value)?)?)
            }
            other => Err(Refusal::Fault(format!("a study of kind {other:?}"))),
        }
    }
}

/// Runs a study into a folder; returns the folder, and what came of it as JSON.
#[pyfunction]
pub(crate) fn run_study(
    py: Python<'_>,
    asked: Asked,
    out: Option<PathBuf>,
    progress: Option<Py<PyAny>>,
) -> PyResult<(PathBuf, String)> {
    let (study, path) = (asked.study()?, kernel_path()?);
    let out = out.unwrap_or_else(|| PathBuf::from(format!("{}-study", study.name)));
    work(py, progress, Stop::Asked, move |listener, interrupt| {
        let folder = Folder::open_or_create(&out)?;
        let summary = run(&study, &folder, path, interrupt, listener)?;
        Ok((out, serde_json::to_string(&summary)?))
    })
}

/// What a study folder holds.
#[derive(Serialize)]
struct Contents {
    name: String,
    /// The version of the program that published it; none while it is unfinished.
    published: bool,
    software: String,
    tasks: Vec<String>,
    networks: Vec<Place>,
    tables: Vec<String>,
    figures: Vec<String>,
    text: String,
}

/// A network of a study and its file.
#[derive(Serialize)]
struct Place {
    name: String,
    task: String,
    class: String,
    index: usize,
    path: PathBuf,
}

/// What a study folder holds, as JSON.
#[pyfunction]
pub(crate) fn study_contents(py: Python<'_>, root: PathBuf) -> PyResult<String> {
    Ok(py.detach(|| contents(&root))?)
}

fn contents(root: &Path) -> Result<String, Refusal> {
    let opened = Opened::read(root, Access::Read)?;
    let (study, folder) = (&opened.study, &opened.folder);
    let jobs = training_jobs(study, opened.manifest.arithmetic);
    let networks = jobs.iter().map(|job| {
        let (task, name) = (job.task.task.name().to_owned(), job.name());
        let path = folder.network(&task, &name);
        Place { name, task, class: job.class.name.clone(), index: job.index, path }
    });
    let networks = networks.filter(|place| place.path.exists()).collect();
    let artefacts = |under: &str, ending: &str| {
        let of_folder = opened.manifest.artefacts.keys().filter_map(|path| path.strip_prefix(under));
        of_folder.filter_map(|file| file.strip_suffix(ending)).map(str::to_owned).collect()
    };
    Ok(serde_json::to_string(&Contents {
        name: study.name.clone(),
        published: opened.published().is_ok(),
        software: opened.manifest.software_version.clone(),
        tasks: study.tasks.iter().map(|of_task| of_task.task.name().to_owned()).collect(),
        networks,
        tables: artefacts("tables/", ".parquet"),
        figures: artefacts("figures/", ".svg"),
        text: study.text.clone(),
    })?)
}

/// The claims of a study, as JSON.
#[pyfunction]
pub(crate) fn study_claims(py: Python<'_>, root: PathBuf) -> PyResult<String> {
    let claims = || -> Result<String, Refusal> {
        let opened = Opened::read(&root, Access::Read)?;
        let (report, _) = claims_report::read(&opened)?;
        Ok(serde_json::to_string(&report)?)
    };
    Ok(py.detach(claims)?)
}
