//! Recordings in every format end to end: what is read, what is fitted, what is refused.
//!
//! The files of `tests/recordings` are NumPy's and pyarrow's; `make.py` there writes them.

#![allow(clippy::unwrap_used)] // a test

mod arrays;
mod bins;
mod circuits;
mod forms;
mod observed;
mod ranked;
mod scales;
mod shared_noise;
mod standing;
mod tables;
mod written;

use circuitscope::analysis::latent_circuit::responses::Responses;
use circuitscope_study::import::network;
use circuitscope_study::import::recording::{Reading, Recording, Source, source};
use circuitscope_study::one_network::{
    self, CircuitReport, CircuitSearch, EmbeddingModel, Nodes, Starts, Variant,
};
use circuitscope_study::{KernelPath, Task};
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use written::{with_gaps, write_npz, written};

const GO_NO_GO: &str = "go_no_go_relu_dale_1.json";
const CDDM: &str = "cddm_relu_dale_1.json";

fn made(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings").join(name)
}

fn case(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases").join(name)
}

fn read(path: &Path) -> Recording {
    read_as(path, &Reading::default())
}

fn read_as(path: &Path, reading: &Reading) -> Recording {
    match source(path, reading).unwrap_or_else(|error| panic!("{}: {error:?}", path.display())) {
        Source::Recording(recording) => recording,
        Source::Network(_) => panic!("{} is read as a network", path.display()),
    }
}

/// What a file is answered with: the error and its help.
fn refused(path: &Path) -> String {
    refused_as(path, &Reading::default())
}

fn refused_as(path: &Path, reading: &Reading) -> String {
    use miette::Diagnostic;
    let error = match source(path, reading) {
        Err(error) => error,
        Ok(found) => panic!("{} is read: {}", path.display(), matches!(found, Source::Recording(_))),
    };
    format!("{error} | {}", error.help().unwrap())
}

#[track_caller]
fn assert_says(told: &str, expected: &[&str]) {
    for words in expected {
        assert!(told.contains(words), "{told} lacks {words}");
    }
}

/// Equal, NaN for NaN.
#[track_caller]
fn assert_same<'a>(found: impl IntoIterator<Item = &'a f64>, expected: impl IntoIterator<Item = &'a f64>) {
    let (found, expected): (Vec<_>, Vec<_>) = (found.into_iter().collect(), expected.into_iter().collect());
    assert_eq!(found.len(), expected.len());
    let differs = |(a, b): &(&&f64, &&f64)| !(a == b || a.is_nan() && b.is_nan());
    if let Some((a, b)) = found.iter().zip(&expected).find(differs) {
        panic!("{a} is not {b}");
    }
}

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden/networks").join(name)
}

fn responses(name: &str, task: &Task) -> Responses {
    Responses::of_network(&network(&golden(name)).unwrap().network, &task.analysis_trials()).unwrap()
}

fn search(n_fits: usize, n_iterations: usize) -> CircuitSearch {
    CircuitSearch {
        variant: Variant::Te25,
        nodes: Nodes::Published,
        n_iterations,
        activation: None,
        embedding: None,
        starts: Starts { n_fits, seed: 1 },
        n_folds: 0,
        path: KernelPath::detect(),
    }
}

fn as_published(search: CircuitSearch) -> CircuitSearch {
    CircuitSearch { embedding: Some(EmbeddingModel::Orthonormal), ..search }
}

fn source_of(path: &Path) -> Source {
    source(path, &Reading::default()).unwrap_or_else(|error| panic!("{}: {error:?}", path.display()))
}

fn circuit(path: &Path, task: Option<&Task>, search: &CircuitSearch) -> CircuitReport {
    one_network::circuit(&source_of(path), task, search, &|_| {}).unwrap_or_else(|error| panic!("{error:?}"))
}

/// Means over the fits that found the best one's solution.
fn consensus_weights(found: &CircuitReport) -> Vec<f64> {
    let of_fits = found.consensus.as_ref().unwrap();
    [&of_fits.w_rec, &of_fits.w_inp, &of_fits.w_out].into_iter().flat_map(|rows| rows.mean.concat()).collect()
}

#[test]
fn a_whole_recording_has_the_circuits_of_its_network_bit_for_bit_in_every_format() {
    let folder = TempDir::new().unwrap();
    let task = Task::published("go_no_go").unwrap();
    let search = CircuitSearch { n_folds: 2, ..search(3, 300) };
    let of_network = circuit(&golden(GO_NO_GO), Some(&task), &search);
    // Under the published definition, which holds for all units of a network in its own units of measure.
    let search = as_published(search);
    for path in written(folder.path(), &responses(GO_NO_GO, &task)) {
        let found = circuit(&path, Some(&task), &search);
        assert_eq!(found.fits, of_network.fits, "{}", path.display());
        assert_eq!(found.consensus, of_network.consensus, "{}", path.display());
        assert!(of_network.perturbation.is_some() && found.perturbation.is_none());
        let json = |report: &CircuitReport| serde_json::to_value(report).unwrap();
        let keys = |report: &CircuitReport| {
            let mut keys: Vec<String> = json(report).as_object().unwrap().keys().cloned().collect();
            keys.retain(|key| key != "recording" && key != "notes");
            keys
        };
        assert_eq!(keys(&found), keys(&of_network));
        assert!(json(&found)["mechanism"]["label"].is_null()); // a task without contexts
    }
}

#[test]
fn a_recording_with_a_tenth_of_its_responses_lost_has_nearly_the_circuits_of_its_network() {
    let folder = TempDir::new().unwrap();
    let task = Task::published("go_no_go").unwrap();
    let search = search(5, 2000);
    let of_network = circuit(&golden(GO_NO_GO), Some(&task), &search);
    let lost = with_gaps(responses(GO_NO_GO, &task));
    let share = lost.rates.iter().filter(|y| y.is_nan()).count() as f64 / lost.rates.len() as f64;
    assert!((0.08..0.12).contains(&share), "{share}");
    let found = written(folder.path(), &lost).map(|path| circuit(&path, Some(&task), &as_published(search)));
    for other in &found {
        assert_eq!(other.fits[0].w_rec, found[0].fits[0].w_rec, "formats differ");
        assert!(other.fits.iter().all(|fit| fit.r2_total.is_finite()));
    }
    let [whole, part] = [&of_network, &found[0]].map(|report| report.fits[0].r2_total);
    let (a, b) = (consensus_weights(&of_network), consensus_weights(&found[0]));
    let largest = a.iter().zip(&b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    // Weights of order one: scores are on the entries that are left, and filled components differ a little. Single fits settle
    // somewhere in the flat directions of the loss; what they agree on does not.
    assert!((whole - part).abs() < 0.01, "{whole} {part}");
    assert!(largest < 0.05, "{largest}");
}

#[test]
fn a_recording_of_cddm_trials_is_known_by_its_inputs_and_has_the_mechanism_of_its_network() {
    let folder = TempDir::new().unwrap();
    let task = Task::published("cddm").unwrap();
    let of_network = circuit(&golden(CDDM), Some(&task), &search(1, 100));
    let path = folder.path().join("neurons.npz");
    let mut responses = responses(CDDM, &task);
    write_npz(&path, &responses);
    let found = circuit(&path, None, &as_published(search(1, 100)));
    assert_eq!(found.task.as_deref(), Some("cddm"));
    assert!(found.mechanism.label.is_some());
    assert_eq!(
        (found.fits, found.mechanism, found.nodes),
        (of_network.fits, of_network.mechanism, of_network.nodes)
    );
    responses.inputs[[2, 150, 0]] += 0.25;
    write_npz(&path, &responses);
    let other = circuit(&path, None, &search(1, 20));
    assert_eq!((other.task, other.mechanism.label), (None, None));
    assert_eq!(other.nodes[..2], ["input 1", "input 2"]);
    assert_eq!(other.nodes.len(), 8);
}

#[test]
fn nodes_are_chosen_by_held_out_trials() {
    let folder = TempDir::new().unwrap();
    let task = Task::published("go_no_go").unwrap();
    let path = folder.path().join("neurons.npz");
    write_npz(&path, &responses(GO_NO_GO, &task));
    let nodes = Nodes::Chosen { least: 3, most: 5 };
    let found = circuit(&path, None, &CircuitSearch { nodes, n_folds: 3, ..search(1, 200) });
    let tried: Vec<usize> = found.sizes.iter().map(|size| size.nodes).collect();
    assert_eq!(tried, [3, 4, 5]);
    let chosen: Vec<usize> = found.sizes.iter().filter(|size| size.chosen).map(|size| size.nodes).collect();
    assert_eq!(chosen, [found.nodes.len()]);
}
