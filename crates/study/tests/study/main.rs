//! A tiny study from its file to its page, undisturbed and in every way disturbed.

#![allow(clippy::unwrap_used)] // a test

mod claims;
mod contexts;
mod current;
mod disturbed;
mod folders;
mod jobs;
mod models;
mod own_task;
mod recorded;
mod selections;
mod several;
mod tables;

use circuitscope_study::KernelPath;
use circuitscope_study::config::Study;
use circuitscope_study::event::{Event, Stage};
use circuitscope_study::execute::ExecuteError;
use circuitscope_study::run::{Summary, run};
use circuitscope_study::store::Folder;
use circuitscope_study::store::read_table::Columns;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use tempfile::TempDir;

/// Two tasks, two classes, three networks each, a few iterations.
const TINY: &str = r#"
name = "tiny"
seed = 3
tasks = ["go_no_go", "cddm"]
classes = ["relu_dale", "tanh_free"]
networks_per_class = 3
checkpoints = [2, 4]

[defaults]
n_units = 12
iterations = 5

[task.cddm]
n_steps = 40
context = [0, 40]
stimulus = [10, 40]
decision = [20, 40]
mask = [[0, 10], [30, 40]]
train_coherences = [-1.0, 0.0, 1.0]
analysis_coherences = [-1.0, 1.0]

[task.go_no_go]
train_values = 5
analysis_values = 5

[selection]
min_r2 = -1e9

[comparison]
aspects = ["trajectories", "endpoints"]
controls = ["shuffled", "untrained"]
mds_starts = 5
permutations = 99
resamples = 50
behaviour_coherences = 5
behaviour_repeats = 2
measures = ["angular", "cka"]

[circuits]
fits = 3
iterations = 60
"#;

/// Without it all measures are asked, of which dynamical similarity takes a third of the whole study.
const FEW_MEASURES: &str = "measures = [\"angular\", \"cka\"]\n";

const ASPECTS: &str = "aspects = [\"trajectories\", \"endpoints\"]";
const WITH_FIXED_POINTS: &str = "aspects = [\"trajectories\", \"endpoints\", \"fixed_points\"]";

fn tiny() -> Study {
    Study::parse("tiny.toml", TINY).unwrap()
}

/// The tiny study with one line of it changed.
fn with(line: &str, changed: &str) -> Study {
    assert_eq!(TINY.matches(line).count(), 1, "{line}");
    let text = TINY.replace(line, changed);
    Study::parse("tiny.toml", &text).unwrap_or_else(|error| panic!("{error}: {}", error.remedy))
}

/// What a run told.
#[derive(Default)]
struct Heard {
    trained: Vec<String>,
    warned: Vec<String>,
    n_done: usize,
}

/// Runs a study; `stop` hears the number of each event and may ask to stop.
fn run_until(
    study: &Study,
    root: &Path,
    n_threads: usize,
    stop: impl Fn(usize) -> bool + Sync,
) -> (Result<Summary, ExecuteError>, Heard) {
    let (heard, n_events, interrupt) =
        (Mutex::new(Heard::default()), AtomicUsize::new(0), AtomicBool::new(false));
    let listener = |event: Event<'_>| {
        if stop(n_events.fetch_add(1, Ordering::Relaxed)) {
            interrupt.store(true, Ordering::Relaxed);
        }
        let mut heard = heard.lock().unwrap();
        match event {
            Event::Trained { name, .. } => heard.trained.push(name.to_owned()),
            Event::Warned { text } => heard.warned.push(text.to_owned()),
            Event::Began { stage: Stage::Training, n_done, .. } => heard.n_done = n_done,
            _ => {}
        }
    };
    let result = Folder::open_or_create(root).map_err(ExecuteError::from).and_then(|folder| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
        pool.install(|| run(study, &folder, KernelPath::detect(), &interrupt, &listener))
    });
    (result, heard.into_inner().unwrap())
}

fn run_through(study: &Study, root: &Path) -> (Summary, Heard) {
    let (result, heard) = run_until(study, root, 2, |_| false);
    (result.unwrap_or_else(|error| panic!("{error:?}")), heard)
}

/// Every file of a folder but the log of times and the locks, with its content.
fn contents(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if !path.ends_with("work/timings.jsonl") && !path.starts_with(root.join("work/locks")) {
                let name = path.strip_prefix(root).unwrap().display().to_string();
                files.insert(name, std::fs::read(path).unwrap());
            }
        }
    }
    files
}

fn assert_same(found: &BTreeMap<String, Vec<u8>>, expected: &BTreeMap<String, Vec<u8>>, what: &str) {
    let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(found), names(expected), "{what}");
    let different: Vec<_> =
        found.iter().filter(|(name, bytes)| expected[*name] != **bytes).map(|(name, _)| name).collect();
    assert!(different.is_empty(), "{what}: {different:?} differ");
}

fn undisturbed() -> BTreeMap<String, Vec<u8>> {
    let folder = TempDir::new().unwrap();
    run_through(&tiny(), folder.path());
    contents(folder.path())
}

fn first_network(root: &Path, task: &str) -> std::path::PathBuf {
    let mut files: Vec<_> = std::fs::read_dir(root.join("networks").join(task))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files.swap_remove(0)
}

fn table(root: &Path, name: &str) -> Columns {
    Columns::open(&root.join("tables").join(format!("{name}.parquet"))).unwrap()
}

fn texts(table: &Columns, column: &str) -> Vec<String> {
    table.text(column).unwrap()
}
