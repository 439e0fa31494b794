//! A tiny study from its file to its page, undisturbed and in every way disturbed.

#![allow(clippy::unwrap_used)] // a test

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type};
use arrow_array::{Array, RecordBatch};
use circuitscope_study::KernelPath;
use circuitscope_study::config::Study;
use circuitscope_study::event::{Event, Stage};
use circuitscope_study::execute::ExecuteError;
use circuitscope_study::plan::{overview, training_jobs};
use circuitscope_study::run::{RebuildError, Summary, rebuild, run};
use circuitscope_study::store::manifest::{Manifest, State, hash_of_file};
use circuitscope_study::store::{Folder, StoreError};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::collections::BTreeMap;
use std::fs::File;
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

[circuits]
fits = 3
iterations = 60
"#;

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

/// Every file of a folder but the log of times, with its content.
fn contents(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if !path.ends_with("work/timings.jsonl") {
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

fn table(root: &Path, name: &str) -> RecordBatch {
    let file = File::open(root.join("tables").join(format!("{name}.parquet"))).unwrap();
    let batches: Vec<_> = ParquetRecordBatchReaderBuilder::try_new(file)
        .unwrap()
        .with_batch_size(1 << 20)
        .build()
        .unwrap()
        .map(Result::unwrap)
        .collect();
    arrow_select_one(batches)
}

fn arrow_select_one(mut batches: Vec<RecordBatch>) -> RecordBatch {
    assert_eq!(batches.len(), 1, "a table of one batch");
    batches.swap_remove(0)
}

fn texts(table: &RecordBatch, column: &str) -> Vec<String> {
    table[column].as_string::<i32>().iter().map(|text| text.unwrap().to_owned()).collect()
}

#[test]
fn one_thread_and_two_give_the_same_bytes_in_every_file() {
    // Selectivity is in this one alone: its search is slow on many pairs.
    let study = with(
        "aspects = [\"trajectories\", \"endpoints\"]\ncontrols = [\"shuffled\", \"untrained\"]",
        "aspects = [\"selectivity\", \"fixed-points\"]\ncontrols = [\"shuffled\"]",
    );
    let [one, two] = [1, 2].map(|n_threads| {
        let folder = TempDir::new().unwrap();
        run_until(&study, folder.path(), n_threads, |_| false).0.unwrap();
        contents(folder.path())
    });
    assert!(one.len() > 30, "{:?}", one.keys());
    assert_same(&two, &one, "two threads");
}

#[test]
fn a_run_stopped_anywhere_and_started_again_gives_the_bytes_of_an_undisturbed_one() {
    let expected = undisturbed();
    let mut n_stopped = 0;
    // 12 networks of 5 iterations are 73 events of training; the analyses follow.
    for after in [0, 1, 7, 20, 45, 74, 80, 95, 112, 125, 140] {
        let folder = TempDir::new().unwrap();
        let (result, first) = run_until(&tiny(), folder.path(), 2, |event| event >= after);
        n_stopped += usize::from(matches!(result, Err(ExecuteError::Interrupted)));
        let (_, second) = run_through(&tiny(), folder.path());
        assert_same(&contents(folder.path()), &expected, &format!("stopped after {after} events"));
        assert_eq!(second.n_done, first.trained.len());
        assert!(second.trained.iter().all(|name| !first.trained.contains(name)), "trained twice");
        assert_eq!(first.trained.len() + second.trained.len(), 12);
    }
    assert!(n_stopped >= 8, "only {n_stopped} runs were stopped: the test shows little");
}

#[test]
fn a_run_stopped_again_and_again_ends_where_an_undisturbed_one_does() {
    let folder = TempDir::new().unwrap();
    let mut n_runs = 0;
    // Loading what is there is told as well, so that each run hears some more before it stops.
    while run_until(&tiny(), folder.path(), 1, |event| event >= 20 + 6 * n_runs).0.is_err() {
        n_runs += 1;
        assert!(n_runs < 40, "it gets nowhere");
    }
    assert!(n_runs >= 4, "only {n_runs} runs were stopped");
    run_through(&tiny(), folder.path());
    assert_same(&contents(folder.path()), &undisturbed(), "stopped again and again");
}

#[test]
fn a_finished_study_trains_nothing_and_touches_no_network() {
    let folder = TempDir::new().unwrap();
    run_through(&tiny(), folder.path());
    let before = contents(folder.path());
    let network = first_network(folder.path(), "cddm");
    let written = std::fs::metadata(&network).unwrap().modified().unwrap();
    let (summary, heard) = run_through(&tiny(), folder.path());
    assert_eq!((heard.trained.len(), heard.n_done, summary.trained), (0, 12, 12));
    assert_eq!(std::fs::metadata(&network).unwrap().modified().unwrap(), written);
    assert_same(&contents(folder.path()), &before, "second run");
}

#[test]
fn damaged_files_are_made_again_with_a_warning_and_the_result_is_the_same() {
    let folder = TempDir::new().unwrap();
    run_through(&tiny(), folder.path());
    let before = contents(folder.path());
    let network = first_network(folder.path(), "go_no_go");
    let bytes = std::fs::read(&network).unwrap();
    // Cut off, then zeroes in place of the weights' header, then another job's network under this name.
    let other = std::fs::read(first_network(folder.path(), "cddm")).unwrap();
    for damaged in [bytes[..bytes.len() / 2].to_vec(), vec![0; bytes.len()], Vec::new(), other] {
        std::fs::write(&network, damaged).unwrap();
        let (_, heard) = run_through(&tiny(), folder.path());
        assert_eq!(heard.trained.len(), 1);
        let name = network.file_name().unwrap().to_str().unwrap();
        assert!(
            heard.warned.iter().any(|text| text.contains(name) && text.contains("trained again")),
            "{:?}",
            heard.warned
        );
        assert_same(&contents(folder.path()), &before, "a damaged network");
    }
    // Every intermediate result may be lost or damaged as well.
    for (name, bytes) in
        before.iter().filter(|(name, _)| name.starts_with("features") || name.starts_with("work/"))
    {
        std::fs::write(folder.path().join(name), &bytes[..bytes.len() / 3]).unwrap();
    }
    run_through(&tiny(), folder.path());
    assert_same(&contents(folder.path()), &before, "damaged features, distances and comparisons");
}

#[test]
fn half_written_files_of_a_killed_run_are_swept() {
    let folder = TempDir::new().unwrap();
    run_until(&tiny(), folder.path(), 2, |event| event >= 40).0.unwrap_err();
    let parts =
        [".manifest.json.77.part", "networks/.relu.safetensors.123.part", "tables/.scores.parquet.9.part"];
    std::fs::create_dir_all(folder.path().join("networks")).unwrap();
    std::fs::create_dir_all(folder.path().join("tables")).unwrap();
    for part in parts {
        std::fs::write(folder.path().join(part), "half").unwrap();
    }
    run_through(&tiny(), folder.path());
    assert_same(&contents(folder.path()), &undisturbed(), "with half-written files");
}

#[test]
fn more_networks_keep_those_that_are_there() {
    let folder = TempDir::new().unwrap();
    run_through(&tiny(), folder.path());
    let before = contents(folder.path());
    let more = with("networks_per_class = 3", "networks_per_class = 4");
    let (summary, heard) = run_through(&more, folder.path());
    assert_eq!((heard.trained.len(), heard.n_done, summary.trained), (4, 12, 16));
    assert!(heard.warned.iter().any(|text| text.contains("other settings")), "{:?}", heard.warned);
    let after = contents(folder.path());
    for (name, bytes) in before.iter().filter(|(name, _)| name.starts_with("networks")) {
        assert_eq!(after[name], *bytes, "{name}");
    }
    assert_eq!(table(folder.path(), "scores").num_rows(), 16);
}

#[test]
fn the_hashes_of_the_manifest_are_those_of_the_files_and_every_published_file_has_one() {
    let folder = TempDir::new().unwrap();
    run_through(&tiny(), folder.path());
    let manifest = Manifest::read(&folder.path().join("manifest.json")).unwrap();
    assert_eq!((manifest.state, manifest.study.as_str(), manifest.seed), (State::Finished, "tiny", 3));
    assert_eq!(manifest.config, TINY);
    for (name, hash) in &manifest.artefacts {
        assert_eq!(hash_of_file(&folder.path().join(name)).unwrap(), *hash, "{name}");
    }
    let files = contents(folder.path());
    let published = files.keys().filter(|name| !name.starts_with("work/") && *name != "manifest.json");
    assert_eq!(published.collect::<Vec<_>>(), manifest.artefacts.keys().collect::<Vec<_>>());
    assert_eq!(manifest.network_seeds.len(), 12);
    assert_eq!(manifest.kernel_paths, BTreeMap::from([(KernelPath::detect().name().to_owned(), 12)]));
    for job in training_jobs(&tiny()) {
        assert_eq!(manifest.network_seeds[&format!("{}/{}", job.task.task.name(), job.name())], job.seed);
    }
}

#[test]
fn the_tables_hold_every_network_pair_and_item() {
    let folder = TempDir::new().unwrap();
    run_through(&tiny(), folder.path());
    let rows = |name| table(folder.path(), name).num_rows();
    let scores = table(folder.path(), "scores");
    assert_eq!(scores.num_rows(), 12);
    assert_eq!(texts(&scores, "task")[0], "go_no_go");
    assert_eq!(texts(&scores, "class")[5], "tanh_free");
    assert!(texts(&scores, "standing").iter().all(|standing| standing == "selected"));
    assert!(scores["r2"].as_primitive::<Float64Type>().iter().all(|r2| r2.is_some_and(|r2| r2 < 1.0)));
    assert!(scores["n_units"].as_primitive::<Int64Type>().iter().all(|n| n.is_some_and(|n| n <= 12)));
    // A task has 6 trained networks and twice 6 controls; kinds of controls are not held against each other.
    assert_eq!(rows("distances"), 2 * 2 * (18 * 17 / 2 - 36));
    assert_eq!(rows("embeddings"), 2 * 2 * (6 + 12 + 12));
    assert_eq!(rows("learning_curves"), 12 * 5);
    // Two tasks, trained and untrained, five measures and the published one, four conclusions; a measure at a time.
    let robustness = table(folder.path(), "robustness");
    assert_eq!(robustness.num_rows(), 2 * 2 * 6 * 4);
    let (measures, fates) = (texts(&robustness, "measure"), texts(&robustness, "fate"));
    assert!(measures[..8].iter().all(|measure| measure == "published"));
    // Two classes of two activations: whether they differ is all that can be asked.
    let conclusions = texts(&robustness, "conclusion");
    let is_decided = |row: usize| fates[row] != "not_decidable";
    assert!((0..96).all(|row| is_decided(row) == (conclusions[row] == "classes_differ")), "{fates:?}");
    let statistics = table(folder.path(), "statistics");
    let p = statistics["p"].as_primitive::<Float64Type>();
    let p_holm = statistics["p_holm"].as_primitive::<Float64Type>();
    assert!(p.iter().flatten().count() > 0);
    assert!(p.iter().zip(p_holm).all(|(p, holm)| p.is_some() == holm.is_some() && p <= holm));
}

#[test]
fn the_course_of_training_is_tabled_from_checkpoints_that_are_made_again_where_they_are_lost() {
    let folder = TempDir::new().unwrap();
    let study = tiny();
    run_through(&study, folder.path());
    let found = table(folder.path(), "development");
    let iterations: Vec<Option<i64>> = found["iteration"].as_primitive::<Int64Type>().iter().collect();
    // Before training, at both checkpoints and at the end, of two aspects in two tasks.
    assert_eq!(iterations, [Some(0), Some(2), Some(4), None].repeat(4));
    let amplification = found["amplification"].as_primitive::<Float64Type>();
    assert!(amplification.iter().zip(&iterations).all(|(ratio, when)| *when != Some(0) || ratio.is_none()));
    let before = contents(folder.path());
    let kept: Vec<&String> = before.keys().filter(|name| name.starts_with("checkpoints")).collect();
    assert_eq!(kept.len(), 12);
    std::fs::remove_file(folder.path().join(kept[0])).unwrap();
    run_through(&study, folder.path());
    assert_same(&contents(folder.path()), &before, "a lost checkpoint");

    let without = with("checkpoints = [2, 4]", "");
    let plain = TempDir::new().unwrap();
    run_through(&without, plain.path());
    let plain = contents(plain.path());
    assert!(!plain.keys().any(|name| name.starts_with("checkpoints") || name.contains("development-")));
    // Keeping networks on their way changes none of them.
    let networks = before.iter().filter(|(name, _)| name.starts_with("networks"));
    assert!(networks.clone().count() == 12 && networks.clone().all(|(name, bytes)| plain[name] == *bytes));
}

const ASPECTS: &str = "aspects = [\"trajectories\", \"endpoints\"]";
const WITH_FIXED_POINTS: &str = "aspects = [\"trajectories\", \"endpoints\", \"fixed-points\"]";

#[test]
fn fixed_points_are_compared_tabled_and_drawn() {
    let folder = TempDir::new().unwrap();
    run_through(&with(ASPECTS, WITH_FIXED_POINTS), folder.path());
    let points = table(folder.path(), "fixed_points");
    let mut at: Vec<String> = texts(&points, "network")
        .iter()
        .zip(texts(&points, "task"))
        .map(|(a, b)| format!("{a} {b}"))
        .collect();
    at.dedup();
    assert_eq!(at.len(), 12, "every selected network rests somewhere");
    let float = |name: &str| points[name].as_primitive::<Float64Type>().clone();
    let tasks = texts(&points, "task");
    for (row, stability) in texts(&points, "stability").iter().enumerate() {
        let is_stable = float("max_re").value(row) < 0.0;
        assert!(is_stable || stability != "stable", "row {row}");
        assert!(float("residual").value(row) <= 1e-10);
        let is_cddm = tasks[row] == "cddm";
        assert_eq!(float("input_6").iter().nth(row).flatten().is_some(), is_cddm, "row {row}");
        assert!(float("trajectory_pc1").value(row).is_finite());
    }
    let inputs = points["input"].as_primitive::<Int64Type>();
    assert_eq!(inputs.iter().flatten().max(), Some(49));
    let measured = texts(&table(folder.path(), "distances"), "aspect");
    assert!(measured.iter().any(|aspect| aspect == "fixed-points"));
    let page = std::fs::read_to_string(folder.path().join("report.html")).unwrap();
    for id in [
        "fixed-points-cddm",
        "fixed-points-go-nogo",
        "branches-cddm",
        "branches-go-nogo",
        "eigenvalues-cddm",
        "eigenvalues-go-nogo",
        "line-attractors-cddm",
    ] {
        assert!(folder.path().join("figures").join(format!("{id}.svg")).is_file());
        assert!(page.contains(&format!("id=\"{id}\"")), "{id}");
    }
}

#[test]
fn example_networks_are_taken_apart_and_taken_up_again_as_they_were() {
    let folder = TempDir::new().unwrap();
    let study = with(ASPECTS, WITH_FIXED_POINTS);
    run_through(&study, folder.path());
    let before = contents(folder.path());
    let rows = |name| table(folder.path(), name);
    let (spectra, points) = (rows("eigenvalues"), rows("fixed_points"));
    let shown: Vec<String> = texts(&spectra, "network");
    // Each fixed point of an example has as many eigenvalues as the network has units.
    let scores = rows("scores");
    let n_units = scores["n_units"].as_primitive::<Int64Type>();
    let mut n_examples = 0;
    for (row, network) in texts(&scores, "network").iter().enumerate() {
        let count = |names: &[String]| names.iter().filter(|name| *name == network).count();
        if count(&shown) > 0 {
            n_examples += 1;
            let expected = count(&texts(&points, "network")) * n_units.value(row) as usize;
            assert_eq!(count(&shown), expected, "{network}");
        }
    }
    assert_eq!(n_examples, 4, "one of each class of each task");
    let lines = rows("line_attractors");
    assert!(texts(&lines, "task").iter().all(|task| task == "cddm"));
    assert_eq!(lines.num_rows(), 2 * 2 * 21);
    assert!(rows("branches").num_rows() > 0);
    assert_eq!(rows("choice_planes").num_rows() % 6, 0);
    // From what is stored, and with all of it damaged or lost, the same is made.
    run_through(&study, folder.path());
    assert_same(&contents(folder.path()), &before, "from stored portraits");
    for (name, bytes) in before.iter().filter(|(name, _)| name.starts_with("work/portraits")) {
        std::fs::write(folder.path().join(name), &bytes[..bytes.len() / 3]).unwrap();
    }
    let (result, _) = run_until(&study, folder.path(), 1, |_| false);
    result.unwrap();
    assert_same(&contents(folder.path()), &before, "from damaged portraits, on one thread");
}

#[test]
fn circuits_of_the_best_networks_are_tabled_drawn_and_taken_up_again_as_they_were() {
    let root = TempDir::new().unwrap();
    let study = with("iterations = 60", "iterations = 60\nnetworks = 2");
    run_through(&study, root.path());
    let rows = |name: &str| table(root.path(), name);
    let circuits = rows("circuits");
    assert_eq!(circuits.num_rows(), 2 * 2 * 2); // two networks of two classes on two tasks
    let outcomes = texts(&circuits, "outcome");
    let n_fitted = outcomes.iter().filter(|outcome| *outcome == "fitted").count();
    assert!(
        texts(&circuits, "task")
            .iter()
            .zip(&outcomes)
            .any(|(task, outcome)| task == "go_no_go" && outcome == "fitted")
    );
    assert!(
        outcomes.iter().all(|outcome| outcome == "fitted" || outcome.contains("dimensions")),
        "{outcomes:?}"
    );
    let weights = rows("circuit_weights");
    let of_go_no_go = texts(&weights, "task").iter().filter(|task| *task == "go_no_go").count();
    assert_eq!(of_go_no_go, 4 * (5 * 5 + 5 * 3 + 5)); // w_rec, w_inp, w_out of four networks
    let column = |name: &str| weights.column_by_name(name).unwrap().as_primitive::<Float64Type>().clone();
    let (value, low, high) = (column("value"), column("low"), column("high"));
    for row in 0..weights.num_rows() {
        // Fewer than three fits that agree give no interval.
        assert_eq!(low.is_null(row), high.is_null(row), "row {row}");
        if !low.is_null(row) {
            let slack = 1e-12; // the mean of equal numbers may differ from them by rounding
            let (low, high) = (low.value(row) - slack, high.value(row) + slack);
            assert!(low <= value.value(row) && value.value(row) <= high, "row {row}");
        }
    }
    let means = rows("circuit_means");
    let of_go_no_go = texts(&means, "task").iter().filter(|task| *task == "go_no_go").count();
    assert_eq!(of_go_no_go, 2 * (5 * 5 + 5 * 3 + 5)); // w_rec, w_inp, w_out of two classes
    let column = |name: &str| means.column_by_name(name).unwrap();
    assert!(column("n_networks").as_primitive::<Int64Type>().values().iter().all(|&n| n == 2));
    assert_eq!(column("low").null_count(), means.num_rows()); // two networks have a mean and no interval
    let of_circuits = |table: &RecordBatch| {
        let both = texts(table, "task").into_iter().zip(texts(table, "aspect"));
        both.filter(|(task, aspect)| task == "go_no_go" && aspect == "circuits").count()
    };
    assert_eq!(of_circuits(&rows("distances")), 4 * 3 / 2);
    assert_eq!(of_circuits(&rows("embeddings")), 4);
    // Eight statistics of the trained networks, on the distances and on the map, and 3 of each half; there are no controls.
    assert_eq!(of_circuits(&rows("statistics")), 2 * 8 + 2 * 3);
    let n_pairs = [4, n_fitted - 4].map(|n| n * n.saturating_sub(1) / 2).iter().sum::<usize>(); // within a task
    assert_eq!(rows("circuit_distances").num_rows(), n_pairs);
    assert!(rows("circuit_effects").num_rows() > 0 && rows("circuit_responses").num_rows() > 0);
    for name in ["circuit-graphs", "circuits", "circuit-responses", "circuit-perturbations"] {
        let figure = root.path().join(format!("figures/{name}-go-nogo.svg"));
        assert!(figure.is_file(), "{}", figure.display());
    }
    let stored = root.path().join("work/circuits/go_no_go");
    let first = || std::fs::read_dir(&stored).unwrap().next().unwrap().unwrap().path();
    assert_eq!(std::fs::read_dir(&stored).unwrap().count(), 4);
    let (before, kept) = (contents(root.path()), first());
    std::fs::write(kept, b"{").unwrap();
    run_through(&study, root.path());
    assert_same(&contents(root.path()), &before, "a damaged circuit");
    assert!(n_fitted >= 4, "{outcomes:?}");
}

#[test]
fn fixed_points_asked_for_and_dropped_again_leave_no_trace() {
    let folder = TempDir::new().unwrap();
    run_through(&with(ASPECTS, WITH_FIXED_POINTS), folder.path());
    run_through(&tiny(), folder.path());
    let mut found = contents(folder.path());
    let kept = found.clone();
    let expected = undisturbed();
    found.retain(|path, _| expected.contains_key(path));
    let mut left: Vec<&String> = kept.keys().filter(|path| !expected.contains_key(*path)).collect();
    let figures = ["fixed-points", "branches", "eigenvalues", "line-attractors"];
    let is_figure = |path: &str| figures.iter().any(|figure| path.starts_with(&format!("figures/{figure}")));
    left.retain(|path| !path.starts_with("work/") && !is_figure(path));
    assert!(left.is_empty(), "{left:?}");
    assert_same(&found, &expected, "without fixed points again");
}

#[test]
fn the_page_can_be_rebuilt_from_the_folder_to_the_same_bytes() {
    let folder = TempDir::new().unwrap();
    // Without a name in the file the study bears that of the file, which the folder's study.toml does not tell.
    let study = Study::parse("elsewhere/noise.toml", &TINY.replace("name = \"tiny\"\n", "")).unwrap();
    run_through(&study, folder.path());
    let before = contents(folder.path());
    for lost in ["report.html", "tables", "figures", "work"] {
        let path = folder.path().join(lost);
        if path.is_dir() {
            std::fs::remove_dir_all(path).unwrap();
        } else {
            std::fs::remove_file(path).unwrap();
        }
        let summary = rebuild(folder.path(), &AtomicBool::new(false), &|_| ()).unwrap();
        assert_eq!(summary.trained, 12);
        let mut after = contents(folder.path());
        after.entry("work/lock".to_owned()).or_default(); // only a run locks
        assert_same(&after, &before, lost);
    }
}

#[test]
fn a_page_cannot_be_rebuilt_before_every_network_is_there() {
    let folder = TempDir::new().unwrap();
    run_until(&tiny(), folder.path(), 1, |event| event >= 20).0.unwrap_err();
    let error = rebuild(folder.path(), &AtomicBool::new(false), &|_| ()).unwrap_err();
    assert!(
        matches!(error, RebuildError::Unfinished { planned: 12, missing, .. } if (1..12).contains(&missing))
    );
    let empty = TempDir::new().unwrap();
    for root in [empty.path().to_path_buf(), empty.path().join("none")] {
        let error = rebuild(&root, &AtomicBool::new(false), &|_| ()).unwrap_err();
        assert!(
            matches!(error, RebuildError::Execute(ExecuteError::Store(StoreError::NoStudy { .. }))),
            "{error:?}"
        );
    }
}

#[test]
fn a_study_of_another_format_says_which_version_wrote_it_and_is_left_alone() {
    let folder = TempDir::new().unwrap();
    let text = r#"{"format_version": 99, "software_version": "9.8.7", "something": "new"}"#;
    std::fs::write(folder.path().join("manifest.json"), text).unwrap();
    let errors = [
        Folder::open_or_create(folder.path()).unwrap_err(),
        Folder::open(folder.path()).unwrap_err(),
        overview(&tiny(), folder.path(), KernelPath::detect()).unwrap_err(),
    ];
    for error in errors {
        assert!(error.to_string().contains("format 99, written by circuitscope 9.8.7"), "{error}");
    }
    assert_eq!(std::fs::read_to_string(folder.path().join("manifest.json")).unwrap(), text);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_folder_of_other_things_is_refused_and_left_alone() {
    for (name, text) in
        [("thesis.tex", "text"), ("manifest.json", "{\"manifest_version\": 3}"), ("networks", "a file")]
    {
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join(name), text).unwrap();
        let error = Folder::open_or_create(folder.path()).unwrap_err();
        assert!(matches!(&error, StoreError::NotAStudy { reason, .. } if reason.contains(name)), "{error:?}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("file"), "").unwrap();
    let root = folder.path().join("file").join("study");
    let error = Folder::open_or_create(&root).unwrap_err();
    assert!(
        matches!(&error, StoreError::Write { path, .. } if *path == root.display().to_string()),
        "{error:?}"
    );
}

#[test]
fn a_lost_or_damaged_manifest_loses_no_network() {
    let folder = TempDir::new().unwrap();
    run_through(&tiny(), folder.path());
    let before = contents(folder.path());
    let manifest = folder.path().join("manifest.json");
    std::fs::write(&manifest, "{\"format_version\": 1, ").unwrap();
    let error = Folder::open_or_create(folder.path()).unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error:?}");
    std::fs::remove_file(&manifest).unwrap(); // what the error advises
    let (_, heard) = run_through(&tiny(), folder.path());
    assert_eq!(heard.trained.len(), 0);
    assert_same(&contents(folder.path()), &before, "with a new manifest");
}

#[test]
fn two_runs_do_not_share_a_folder() {
    let folder = TempDir::new().unwrap();
    let first = Folder::open_or_create(folder.path()).unwrap();
    let error = Folder::open_or_create(folder.path()).unwrap_err();
    assert!(matches!(error, StoreError::Busy { .. }), "{error:?}");
    drop(first);
    Folder::open_or_create(folder.path()).unwrap();
}

#[test]
fn a_plan_counts_what_is_finished() {
    let folder = TempDir::new().unwrap();
    let plan = |root: &Path| overview(&tiny(), root, KernelPath::detect()).unwrap();
    let fresh = plan(&folder.path().join("none"));
    assert_eq!((fresh.networks, fresh.finished, fresh.rows.len()), (12, 0, 4));
    assert!(fresh.training_seconds > 0.0);
    run_through(&tiny(), folder.path());
    let done = plan(folder.path());
    assert_eq!((done.finished, done.training_seconds), (12, 0.0));
}

#[test]
fn a_study_in_which_no_network_is_good_enough_still_has_a_page_and_tables() {
    let folder = TempDir::new().unwrap();
    let (summary, _) = run_through(&with("min_r2 = -1e9", "min_r2 = 1.0"), folder.path());
    assert_eq!((summary.trained, summary.selected, summary.below_floor), (12, 0, 12));
    assert!(std::fs::read_to_string(folder.path().join("report.html")).unwrap().ends_with("</html>"));
    assert_eq!(table(folder.path(), "scores").num_rows(), 12);
}

#[test]
fn only_the_best_that_a_selection_keeps_are_compared() {
    let folder = TempDir::new().unwrap();
    let (summary, _) = run_through(&with("min_r2 = -1e9", "min_r2 = -1e9\nkeep = 2"), folder.path());
    assert_eq!((summary.trained, summary.selected, summary.surplus), (12, 8, 4));
    let scores = table(folder.path(), "scores");
    let rows: Vec<_> = texts(&scores, "task").into_iter().zip(texts(&scores, "class")).collect();
    let r2: Vec<f64> = scores["r2"].as_primitive::<Float64Type>().values().to_vec();
    for (at, standing) in
        texts(&scores, "standing").iter().enumerate().filter(|(_, standing)| *standing == "surplus")
    {
        let better = (0..12).filter(|&other| rows[other] == rows[at] && r2[other] > r2[at]).count();
        assert_eq!(better, 2, "{standing} {:?}", rows[at]);
    }
}

#[test]
fn a_single_class_a_single_network_and_no_controls_still_make_a_page() {
    for (line, changed) in [
        ("classes = [\"relu_dale\", \"tanh_free\"]", "classes = [\"tanh_free\"]"),
        ("networks_per_class = 3", "networks_per_class = 1"),
        ("controls = [\"shuffled\", \"untrained\"]", "controls = []"),
        ("aspects = [\"trajectories\", \"endpoints\"]", "aspects = []"),
        ("n_units = 12", "n_units = 2"),
    ] {
        let folder = TempDir::new().unwrap();
        let study = with(line, changed);
        run_through(&study, folder.path());
        let before = contents(folder.path());
        assert!(before.contains_key("report.html"), "{changed}");
        // What is not a number must come back from the stored results as it was.
        run_through(&study, folder.path());
        assert_same(&contents(folder.path()), &before, changed);
    }
}

#[test]
fn a_class_that_diverges_is_counted_with_its_reason_while_the_study_goes_on() {
    let folder = TempDir::new().unwrap();
    let text = TINY.replace("\"tanh_free\"]", "\"tanh_free\", \"wild\"]")
        + "\n[class.wild]\nbase = \"relu_free\"\nlearning_rate = 1e30\n";
    let (summary, _) = run_through(&Study::parse("tiny.toml", &text).unwrap(), folder.path());
    assert_eq!((summary.trained, summary.selected, summary.diverged), (18, 12, 6));
    let scores = table(folder.path(), "scores");
    let (classes, outcomes, reasons) =
        (texts(&scores, "class"), texts(&scores, "outcome"), texts(&scores, "reason"));
    for ((class, outcome), reason) in classes.iter().zip(&outcomes).zip(&reasons) {
        assert_eq!(class == "wild", outcome == "diverged", "{class} {outcome}");
        assert_eq!(class == "wild", reason.contains("not finite at iteration 0"), "{class}: {reason}");
    }
    let page = std::fs::read_to_string(folder.path().join("report.html")).unwrap();
    assert!(page.contains("the noise-free loss was not finite at iteration 0"));
    // Nothing of it is trained again.
    let (_, heard) = run_through(&Study::parse("tiny.toml", &text).unwrap(), folder.path());
    assert_eq!(heard.trained.len(), 0);
}

#[test]
fn a_study_in_which_everything_diverges_still_has_a_page() {
    let folder = TempDir::new().unwrap();
    let (summary, _) =
        run_through(&with("iterations = 5", "iterations = 5\nsigma_rec = 1e30"), folder.path());
    assert_eq!((summary.trained, summary.diverged), (12, 12));
    assert!(folder.path().join("report.html").exists());
}

#[test]
fn a_network_in_a_study_does_not_depend_on_what_else_the_study_holds() {
    let names = |study: &Study| {
        training_jobs(study).iter().map(circuitscope_study::plan::TrainingJob::name).collect::<Vec<_>>()
    };
    let all = names(&tiny());
    let fewer = names(&with("classes = [\"relu_dale\", \"tanh_free\"]", "classes = [\"tanh_free\"]"));
    assert!(fewer.iter().all(|name| all.contains(name)));
    let reseeded = names(&with("seed = 3", "seed = 4"));
    assert!(reseeded.iter().all(|name| !all.contains(name)));
    let steeper = names(&with("n_units = 12", "n_units = 12\nslope = 2.0"));
    assert!(steeper.iter().all(|name| !all.contains(name)));
}
