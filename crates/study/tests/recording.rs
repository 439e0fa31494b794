//! Recordings in every format end to end: what is read, what is fitted, what is refused.

#![allow(clippy::unwrap_used)] // a test

use arrow_array::{ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch};
use circuitscope::analysis::latent_circuit::responses::Responses;
use circuitscope_study::import::network;
use circuitscope_study::import::recording::{Recording, recording};
use circuitscope_study::single::{
    self, CircuitReport, CircuitSearch, EmbeddingModel, Nodes, Starts, Variant,
};
use circuitscope_study::{KernelPath, Task};
use ndarray::{Array0, Array1, Array3, arr0};
use ndarray_npy::NpzWriter;
use parquet::arrow::ArrowWriter;
use safetensors::tensor::{Dtype, TensorView};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;

const GO_NO_GO: &str = "go_no_go_relu_dale_1.json";
const CDDM: &str = "cddm_relu_dale_1.json";

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden/networks").join(name)
}

fn responses(name: &str, task: &Task) -> Responses {
    Responses::of_network(&network(&golden(name)).unwrap().network, &task.analysis_trials()).unwrap()
}

/// Every tenth response or so is lost, none of them together with all others of its unit.
fn with_gaps(mut responses: Responses) -> Responses {
    let mut state = 7u64;
    for rate in &mut responses.rates {
        // Knuth's MMIX generator; its high bits are even.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        if (state >> 33).is_multiple_of(10) {
            *rate = f64::NAN;
        }
    }
    responses
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

fn circuit(path: &Path, task: Option<&Task>, search: &CircuitSearch) -> CircuitReport {
    single::circuit(path, task, search, &|_| {}).unwrap_or_else(|error| panic!("{error:?}"))
}

fn doubles(array: &Array3<f32>) -> Array3<f64> {
    array.mapv(f64::from)
}

fn write_npz(path: &Path, responses: &Responses) {
    let mut file = NpzWriter::new_compressed(File::create(path).unwrap());
    // In Fortran's order: the order in memory must not reach the fit.
    let turned = responses.rates.t().as_standard_layout().into_owned();
    file.add_array("responses", &turned.t()).unwrap();
    file.add_array("inputs", &responses.inputs).unwrap();
    file.add_array("outputs", &responses.outputs).unwrap();
    let mask = Array1::from_iter(responses.mask.iter().map(|&step| step as i64));
    file.add_array("mask", &mask).unwrap();
    let (dt, tau): (Array0<f64>, Array0<i64>) = (arr0(1.0), arr0(10));
    file.add_array("dt_ms", &dt).unwrap();
    file.add_array("tau_ms", &tau).unwrap();
    file.finish().unwrap();
}

fn write_safetensors(path: &Path, responses: &Responses) {
    let bytes = |array: &Array3<f64>| array.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>();
    let arrays = [
        ("responses", responses.rates.clone()),
        ("inputs", doubles(&responses.inputs)),
        ("outputs", responses.outputs.clone()),
    ];
    let arrays = arrays.map(|(name, array)| (name, array.shape().to_vec(), bytes(&array)));
    let flags: Vec<u8> =
        (0..responses.n_steps()).map(|step| u8::from(responses.mask.contains(&step))).collect();
    let mask = TensorView::new(Dtype::BOOL, vec![flags.len()], &flags).unwrap();
    let views = arrays
        .iter()
        .map(|(name, shape, bytes)| (*name, TensorView::new(Dtype::F64, shape.clone(), bytes).unwrap()))
        .chain([("mask", mask)]);
    std::fs::write(path, safetensors::serialize(views, None).unwrap()).unwrap();
}

type Columns = Vec<(String, ArrayRef)>;

/// The rows of a long table, the last trial first; missing responses as nulls.
fn table(responses: &Responses) -> Columns {
    let (n_steps, n_trials) = (responses.n_steps(), responses.n_trials());
    let places: Vec<(usize, usize)> =
        (0..n_trials).rev().flat_map(|b| (0..n_steps).map(move |t| (t, b))).collect();
    let whole = |number: &dyn Fn((usize, usize)) -> usize| -> ArrayRef {
        Arc::new(places.iter().map(|&place| Some(number(place) as i64 + 5)).collect::<Int64Array>())
    };
    let mut columns = vec![("trial".to_owned(), whole(&|(_, b)| b)), ("step".to_owned(), whole(&|(t, _)| t))];
    let inputs = doubles(&responses.inputs);
    for (prefix, array) in [("unit", &responses.rates), ("input", &inputs), ("output", &responses.outputs)] {
        for (row, of_row) in array.outer_iter().enumerate() {
            let values = places.iter().map(|&(t, b)| Some(of_row[[t, b]]).filter(|x| !x.is_nan()));
            columns.push((format!("{prefix}_{row}"), Arc::new(values.collect::<Float64Array>())));
        }
    }
    let mask: Vec<bool> = places.iter().map(|(t, _)| responses.mask.contains(t)).collect();
    columns.push(("mask".to_owned(), Arc::new(BooleanArray::from(mask))));
    columns
}

fn write_parquet(path: &Path, columns: Columns) {
    let batch = RecordBatch::try_from_iter_with_nullable(
        columns.into_iter().map(|(name, column)| (name, column, true)),
    );
    let batch = batch.unwrap();
    let mut writer = ArrowWriter::try_new(File::create(path).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

/// A recording in every format.
fn written(folder: &Path, responses: &Responses) -> [PathBuf; 3] {
    let paths = ["neurons.npz", "neurons.safetensors", "neurons.parquet"].map(|name| folder.join(name));
    write_npz(&paths[0], responses);
    write_safetensors(&paths[1], responses);
    write_parquet(&paths[2], table(responses));
    paths
}

fn all_weights(found: &CircuitReport) -> Vec<f64> {
    let best = &found.fits[0];
    [&best.w_rec, &best.w_inp, &best.w_out].into_iter().flat_map(|rows| rows.concat()).collect()
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
        let keys =
            |report: &CircuitReport| json(report).as_object().unwrap().keys().cloned().collect::<Vec<_>>();
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
    let (a, b) = (all_weights(&of_network), all_weights(&found[0]));
    let largest = a.iter().zip(&b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    // Measured 0.008 and 0.036: scores are on the entries that are left, and filled components differ a little, so that
    // 2000 noisy updates end a little elsewhere.
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
    assert_eq!(found.task, Some("cddm"));
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

#[test]
fn arrays_come_back_as_they_were_with_the_times_that_a_file_leaves_out() {
    let folder = TempDir::new().unwrap();
    let task = Task::published("go_no_go").unwrap();
    let lost = with_gaps(responses(GO_NO_GO, &task));
    for path in written(folder.path(), &lost) {
        let Recording { responses, dt_ms, tau_ms, name } = recording(&path).unwrap().unwrap();
        assert_eq!((dt_ms, tau_ms, name.as_str()), (1.0, 10.0, "neurons"));
        assert_eq!(
            (&responses.inputs, &responses.outputs, &responses.mask),
            (&lost.inputs, &lost.outputs, &lost.mask)
        );
        let is_same = |(a, b): (&f64, &f64)| a == b || a.is_nan() && b.is_nan();
        assert!(responses.rates.iter().zip(&lost.rates).all(is_same), "{}", path.display());
    }
    assert!(recording(&golden(GO_NO_GO)).unwrap().is_none(), "a network is no recording");
}

/// What a file is answered with: the error and its help.
fn refused(path: &Path) -> String {
    use miette::Diagnostic;
    let error = recording(path).unwrap_err();
    format!("{error} | {}", error.help().unwrap())
}

#[track_caller]
fn assert_says(told: &str, expected: &[&str]) {
    for words in expected {
        assert!(told.contains(words), "{told} lacks {words}");
    }
}

#[test]
fn an_array_that_does_not_fit_is_named_with_its_place_and_the_remedy() {
    let folder = TempDir::new().unwrap();
    let task = Task::published("go_no_go").unwrap();
    let sound = responses(GO_NO_GO, &task);
    let path = folder.path().join("broken.npz");
    let with = |change: &dyn Fn(&mut Responses)| {
        let mut changed = sound.clone();
        change(&mut changed);
        write_npz(&path, &changed);
        refused(&path)
    };
    let nan_input = with(&|responses| responses.inputs[[1, 20, 3]] = f32::NAN);
    assert_says(
        &nan_input,
        &["broken.npz", "`inputs` at [1, 20, 3] is NaN", "responses alone", "leave the trial out"],
    );
    let nan_output = with(&|responses| responses.outputs[[0, 2, 10]] = f64::NAN);
    assert_says(&nan_output, &["broken.npz", "`outputs` at [0, 2, 10] is NaN", "fill this one in"]);
    let infinite = with(&|responses| responses.rates[[4, 2, 1]] = f64::INFINITY);
    assert_says(&infinite, &["`responses` at [4, 2, 1] is inf", "write NaN"]);
    let unit = with(&|responses| responses.rates.index_axis_mut(ndarray::Axis(0), 7).fill(f64::NAN));
    assert_says(&unit, &["unit 7 of `responses` has no response", "leave the unit out"]);
    let turned = with(&|responses| responses.rates.swap_axes(0, 2));
    assert_says(
        &turned,
        &["broken.npz", "`inputs` has shape [3, 60, 11], expected [3, 60, 75]", "the same trials"],
    );
    let mask = with(&|responses| responses.mask.push(60));
    assert_says(&mask, &["`mask` holds 60, expected steps below 60", "from 0"]);
    let mask = with(&|responses| responses.mask = vec![3, 2]);
    assert_says(&mask, &["`mask` at [1] is 2 after 3", "rising"]);

    let mut file = NpzWriter::new(File::create(&path).unwrap());
    file.add_array("responses", &sound.rates).unwrap();
    file.add_array("input", &sound.inputs).unwrap();
    file.finish().unwrap();
    assert_says(
        &refused(&path),
        &["`inputs` is missing", "`input`", "`responses`", "[inputs, steps, trials]"],
    );
    std::fs::write(&path, b"PK\x03\x04 and no more").unwrap();
    assert_says(&refused(&path), &["broken.npz: not a whole NPZ file", "numpy.savez"]);
}

#[test]
fn a_table_that_does_not_fit_is_answered_with_column_trial_and_step() {
    let folder = TempDir::new().unwrap();
    let task = Task::published("go_no_go").unwrap();
    let sound = responses(GO_NO_GO, &task);
    let path = folder.path().join("broken.parquet");
    let with = |change: &dyn Fn(&mut Columns)| {
        let mut columns = table(&sound);
        change(&mut columns);
        write_parquet(&path, columns);
        refused(&path)
    };
    let mut lacking = sound.clone();
    lacking.inputs[[1, 20, 3]] = f32::NAN;
    write_parquet(&path, table(&lacking));
    // Trials and steps of the table are numbered from 5.
    assert_says(&refused(&path), &["column `input_1` at trial 8, step 25 is NaN", "leave the trial out"]);
    let column = with(&|columns| columns.retain(|(name, _)| !name.starts_with("output_")));
    assert_says(&column, &["broken.parquet: the column `output_*` is missing", "unit_*, input_*, output_*"]);
    let short = with(&|columns| {
        for (_, column) in columns {
            *column = column.slice(1, column.len() - 1);
        }
    });
    assert_says(&short, &["trial 15 lacks step 5", "each step once"]);
    let twice = with(&|columns| {
        let n_rows = columns[0].1.len() as i64;
        columns[1].1 = Arc::new((0..n_rows).map(|row| Some(row % 30)).collect::<Int64Array>());
    });
    assert_says(&twice, &["stands in two rows", "each step once"]);
    let words = with(&|columns| columns[0].1 = Arc::new(Float64Array::from(vec![0.5; columns[0].1.len()])));
    assert_says(&words, &["column `trial` is of type Float64", "whole numbers"]);
    std::fs::write(&path, b"PAR1").unwrap();
    assert_says(&refused(&path), &["broken.parquet: not a Parquet file", "zstd"]);
}
