//! Reference data as values of the science.

use circuitscope::network::{Form, Network};
use circuitscope::task::Task;
use circuitscope::{Activation, Curve};
use ndarray::{Array1, Array2};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// The folder of `CIRCUITSCOPE_GOLDEN`, or the project's own where that has no such part.
pub(crate) fn folder(part: &str) -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden");
    let other = std::env::var_os("CIRCUITSCOPE_GOLDEN").map(PathBuf::from);
    other
        .into_iter()
        .chain([own])
        .map(|golden| golden.join(part))
        .find(|part| part.is_dir())
        .expect("golden/ is there")
}

/// The tasks that `golden/analysis` holds, with what it holds of them, by name.
pub(crate) fn analyses() -> Vec<(Task, Value)> {
    let entries = std::fs::read_dir(folder("analysis")).expect("golden/analysis opens");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("a file").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    assert!(!paths.is_empty(), "golden/analysis holds a task");
    let of_task = |path: &PathBuf| {
        let name = path.file_stem().expect("a name").to_string_lossy();
        (Task::published(&name).unwrap_or_else(|| panic!("no task is called {name}")), json(path))
    };
    paths.iter().map(of_task).collect()
}

/// A network of `golden/networks` by the name of its file.
pub(crate) fn network(name: &str) -> Network {
    let parameters = json(&folder("networks").join(name));
    let w_rec = matrix(&parameters["W_rec"]);
    let n = w_rec.nrows();
    let or_zeros = |value: &Value| if value.is_null() { Array1::zeros(n) } else { vector(value) };
    let curve = match parameters["activation_name"].as_str() {
        Some("relu") => Curve::Relu,
        Some("sigmoid") => Curve::Sigmoid,
        Some("tanh") => Curve::Tanh,
        other => panic!("{name}: activation {other:?}"),
    };
    let number =
        |key: &str| parameters[key].as_f64().unwrap_or_else(|| panic!("{name}: `{key}` is no number"));
    let network = Network {
        w_inp: matrix(&parameters["W_inp"]),
        w_out: matrix(&parameters["W_out"]),
        bias: or_zeros(&parameters["bias_rec"]),
        initial_state: or_zeros(&parameters["y_init"]),
        activation: Activation { curve, slope: number("activation_slope") },
        form: Form::Rate,
        dt_ms: number("dt"),
        tau_ms: number("tau"),
        w_rec,
    };
    network.checked().unwrap_or_else(|error| panic!("{name}: {error}"))
}

pub(crate) fn json(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub(crate) fn names(value: &Value) -> Vec<String> {
    serde_json::from_value(value.clone()).expect("a list of names")
}

pub(crate) fn vector(value: &Value) -> Array1<f64> {
    Array1::from_vec(serde_json::from_value(value.clone()).expect("a list of numbers"))
}

pub(crate) fn matrix(value: &Value) -> Array2<f64> {
    let rows: Vec<Vec<f64>> = serde_json::from_value(value.clone()).expect("a list of rows");
    Array2::from_shape_vec((rows.len(), rows[0].len()), rows.concat()).expect("rows of one length")
}
