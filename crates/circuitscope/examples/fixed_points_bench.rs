//! Times the search for fixed points on reference networks, on one thread: one line a network and an average.
//!
//! `fixed_points_bench [FOLDER] [task] [quick|standard|thorough]` with the layout of `golden/`; without arguments, the
//! project's own folder, the task `cddm` and the quick search. The first time is that of the certified roots, the
//! second that of their eigenvalues on top.

#![allow(clippy::print_stdout)] // a program
#![allow(clippy::unwrap_used)] // a file that is not there ends it

use std::path::{Path, PathBuf};
use std::time::Instant;

use circuitscope::dynamics::fixed_points::{Search, along_trials, fixed_points, roots};
use circuitscope::dynamics::run;
use circuitscope::network::{Form, Network};
use circuitscope::{Activation, Curve};
use ndarray::{Array1, Array2, Array3};
use safetensors::SafeTensors;
use serde_json::Value;

const SEED: u64 = 1;

fn matrix(value: &Value) -> Array2<f64> {
    let rows: Vec<Vec<f64>> = serde_json::from_value(value.clone()).unwrap();
    let shape = (rows.len(), rows[0].len());
    Array2::from_shape_vec(shape, rows.concat()).unwrap()
}

fn network(path: &Path) -> Network {
    let value: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let w_rec = matrix(&value["W_rec"]);
    let n = w_rec.nrows();
    let vector = |value: &Value| match value {
        Value::Null => Array1::zeros(n),
        some => Array1::from_vec(serde_json::from_value(some.clone()).unwrap()),
    };
    let curve = match value["activation_name"].as_str() {
        Some("relu") => Curve::Relu,
        Some("sigmoid") => Curve::Sigmoid,
        _ => Curve::Tanh,
    };
    Network {
        w_rec,
        w_inp: matrix(&value["W_inp"]),
        w_out: matrix(&value["W_out"]),
        bias: vector(&value["bias_rec"]),
        initial_state: vector(&value["y_init"]),
        activation: Activation { curve, slope: value["activation_slope"].as_f64().unwrap() },
        form: Form::Rate,
        dt_ms: value["dt"].as_f64().unwrap(),
        tau_ms: value["tau"].as_f64().unwrap(),
    }
}

fn trials(path: &Path) -> Array3<f64> {
    let bytes = std::fs::read(path).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let inputs = tensors.tensor("inputs").unwrap();
    let numbers = inputs.data().as_chunks::<4>().0.iter().map(|&four| f64::from(f32::from_le_bytes(four)));
    let shape = (inputs.shape()[0], inputs.shape()[1], inputs.shape()[2]);
    Array3::from_shape_vec(shape, numbers.collect()).unwrap()
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden");
    let folder = arguments.next().map_or(own, PathBuf::from);
    let task = arguments.next().unwrap_or_else(|| "cddm".to_owned());
    let search = match arguments.next().as_deref() {
        Some("thorough") => Search::THOROUGH,
        Some("standard") => Search::STANDARD,
        _ => Search::QUICK,
    };
    let text = std::fs::read_to_string(folder.join(format!("analysis/{task}.json"))).unwrap();
    let inputs = matrix(&serde_json::from_str::<Value>(&text).unwrap()["fixed_point_inputs"]);
    let trials = trials(&folder.join(format!("tasks/{task}_analysis.safetensors")));
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder.join("networks")).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.file_name().unwrap().to_string_lossy().starts_with(&task));
    paths.sort();
    rayon::ThreadPoolBuilder::new().num_threads(1).build_global().unwrap();
    for path in paths {
        let network = network(&path);
        let states = run::states(&network, trials.view()).unwrap();
        let starts = along_trials(states.view(), 10);
        let begin = Instant::now();
        let found = roots(&network, inputs.view(), starts.view(), &search, SEED).unwrap();
        let roots_ms = 1e3 * begin.elapsed().as_secs_f64();
        let begin = Instant::now();
        fixed_points(&network, inputs.view(), starts.view(), &search, SEED).unwrap();
        let both_ms = 1e3 * begin.elapsed().as_secs_f64();
        let points = found.iter().flat_map(|found| &found.points);
        let n_roots = points.clone().count();
        let n_certified = points.filter(|root| root.is_certified()).count();
        let n_starts: usize = found.iter().map(|found| found.completeness.n_starts).sum();
        let n_lost: usize = found.iter().map(|found| found.n_unconverged).sum();
        let n_off = found.iter().filter(|found| found.completeness.is_balanced() != Some(true)).count();
        println!(
            "{:28} N {:3}  roots {roots_ms:7.1} ms  with eigenvalues {both_ms:7.1} ms  {n_roots} roots ({n_certified} \
             certified) at {} inputs  {n_starts} starts  {n_lost} unconverged  {n_off} inputs unbalanced",
            path.file_stem().unwrap().to_string_lossy(),
            network.n_units(),
            inputs.nrows(),
        );
    }
}
