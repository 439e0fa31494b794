//! Golden data of the curves that the published networks lack: the oracle and every kernel path against a NumPy reference
//! whose gradients are complex steps (golden/curves/reference.py).

#![allow(clippy::unwrap_used)] // a test

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use circuitscope_kernel::naive::{Oracle, Penalties, Weights};
use circuitscope_kernel::{
    Activation, Batch, Equation, Family, Form, Geometry, KernelPath, Noise, Parameters, Stepper,
};
use safetensors::SafeTensors;
use safetensors::tensor::Dtype;

struct Case {
    name: String,
    activation: Activation,
    alpha: f64,
    lambda_r: f64,
    geometry: Geometry,
    tensors: HashMap<String, Vec<f64>>,
}

/// The reference of `CIRCUITSCOPE_GOLDEN`, or the project's own where that has no curves.
fn folder() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden/curves");
    let other = std::env::var_os("CIRCUITSCOPE_GOLDEN").map(|root| PathBuf::from(root).join("curves"));
    other.filter(|folder| folder.is_dir()).unwrap_or(own)
}

fn read(path: &Path) -> Case {
    let bytes = std::fs::read(path).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let (_, header) = SafeTensors::read_metadata(&bytes).unwrap();
    let metadata = header.metadata().clone().unwrap();
    let shape = |name: &str| tensors.tensor(name).unwrap().shape().to_vec();
    let number = |name: &str| -> f64 { metadata[name].parse().unwrap() };
    let mut curve = Family::named(&metadata["activation"]).unwrap().curve();
    if let Some(parameter) = metadata.get("parameter") {
        curve = curve.with_parameter(parameter, number("value")).unwrap();
    }
    let numbers = |name: &str| -> Vec<f64> {
        let tensor = tensors.tensor(name).unwrap();
        let data = tensor.data();
        match tensor.dtype() {
            Dtype::F32 => {
                data.chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap()).into()).collect()
            }
            Dtype::F64 => data.chunks_exact(8).map(|b| f64::from_le_bytes(b.try_into().unwrap())).collect(),
            Dtype::I64 => {
                data.chunks_exact(8).map(|b| i64::from_le_bytes(b.try_into().unwrap()) as f64).collect()
            }
            other => panic!("golden tensor of type {other:?}"),
        }
    };
    let (inputs, targets) = (shape("inputs"), shape("targets"));
    Case {
        name: path.file_stem().unwrap().to_string_lossy().into_owned(),
        activation: Activation { curve, slope: number("slope") },
        alpha: number("alpha"),
        lambda_r: number("lambda_r"),
        geometry: Geometry {
            n_units: shape("w_rec")[0],
            n_inputs: inputs[0],
            n_outputs: targets[0],
            n_steps: inputs[1],
            n_trials: inputs[2],
        },
        tensors: tensors.names().into_iter().map(|name| (name.to_owned(), numbers(name))).collect(),
    }
}

impl Case {
    fn floats(&self, name: &str) -> Vec<f32> {
        self.tensors[name].iter().map(|&x| x as f32).collect()
    }

    /// Largest difference over the largest expected number.
    #[track_caller]
    fn assert_close(&self, what: &str, found: impl IntoIterator<Item = f64>, tolerance: f64) {
        let expected = &self.tensors[what];
        let found: Vec<f64> = found.into_iter().collect();
        assert_eq!(found.len(), expected.len(), "{}, {what}", self.name);
        let largest = expected.iter().fold(0.0_f64, |size, x| size.max(x.abs()));
        for (found, expected) in found.iter().zip(expected) {
            let is_close = (found - expected).abs() <= tolerance * largest; // false for a NaN
            assert!(is_close, "{}, {what}: {found}, expected {expected}", self.name);
        }
    }
}

#[test]
fn the_oracle_and_every_kernel_path_reproduce_the_curves() {
    let paths = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|e| e == "safetensors")).collect();
    paths.sort();
    assert!(!paths.is_empty(), "no golden curves in {}", folder().display());
    for case in paths.iter().map(|path| read(path)) {
        let parameters = Parameters {
            w_rec: case.floats("w_rec"),
            w_inp: case.floats("w_inp"),
            w_out: case.floats("w_out"),
            bias: Vec::new(),
        };
        let [inputs, targets, rec, inp] =
            ["inputs", "targets", "noise_rec", "noise_inp"].map(|name| case.floats(name));
        let mask: Vec<usize> = case.tensors["mask"].iter().map(|&t| t as usize).collect();
        let batch = Batch { inputs: &inputs, targets: &targets, mask: &mask, weights: None };
        let noise = Noise::Given { rec: &rec, inp: &inp };

        let oracle = Oracle {
            geometry: case.geometry,
            activation: case.activation,
            form: Form::Rate,
            alpha: case.alpha,
        };
        let penalties = Penalties { rate: case.lambda_r, orthogonality: 0.0 };
        let weights = Weights::from(&parameters);
        let (terms, gradients) = oracle.gradients(&weights, &batch, noise, penalties);
        // Both are float64 and sum some thousand terms in other orders.
        case.assert_close("states", oracle.run(&weights, &batch, noise).states, 1e-12);
        case.assert_close("loss", [terms.task, terms.rate], 1e-12);
        for (name, gradient) in ["grad_w_rec", "grad_w_inp", "grad_w_out"].iter().zip(gradients.arrays()) {
            case.assert_close(name, gradient.iter().copied(), 1e-12);
        }

        for path in KernelPath::available() {
            let mut stepper =
                Stepper::new(case.geometry, Equation::published(case.activation, case.alpha as f32), path);
            let mut found = Parameters::zeros(case.geometry);
            let loss =
                stepper.loss_and_gradients(&parameters, &batch, noise, case.lambda_r as f32, &mut found);
            // float32 over 25 steps.
            case.assert_close("loss", [loss.task, loss.rate], 1e-5);
            for (name, gradient) in ["grad_w_rec", "grad_w_inp", "grad_w_out"].iter().zip(found.arrays()) {
                case.assert_close(name, gradient.iter().map(|&x| x.into()), 1e-5);
            }
        }
    }
}
