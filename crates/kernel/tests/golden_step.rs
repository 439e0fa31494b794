//! Golden data of the training step: the oracle and every kernel path against an outside float64 reference.

#![allow(clippy::unwrap_used)] // a test

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use circuitscope_kernel::naive::{self, Oracle, Penalties, Weights};
use circuitscope_kernel::{
    Activation, Adam, Allowed, Batch, Curve, Equation, Form, Geometry, InputOutput, KernelPath, Noise,
    Parameters, Stepper, orthogonality, project,
};
use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, TensorView};

struct Case {
    name: String,
    geometry: Geometry,
    activation: Activation,
    alpha: f64,
    penalties: Penalties,
    learning_rate: f64,
    weight_decay: f64,
    parameters: Parameters,
    signs: Vec<f32>,
    inputs: Vec<f32>,
    targets: Vec<f32>,
    mask: Vec<usize>,
    noise: [Vec<f32>; 2],
    /// Steps under given noise.
    n_noisy: usize,
    /// Every tensor in float64, by name.
    expected: HashMap<String, Vec<f64>>,
}

/// The reference of `CIRCUITSCOPE_GOLDEN`, or the project's own where that has no training steps.
fn folder() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden/step");
    let other = std::env::var_os("CIRCUITSCOPE_GOLDEN").map(|root| PathBuf::from(root).join("step"));
    other.filter(|folder| folder.is_dir()).unwrap_or(own)
}

fn numbers(tensor: &TensorView<'_>) -> Vec<f64> {
    let data = tensor.data();
    match tensor.dtype() {
        Dtype::F32 => {
            data.chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap()).into()).collect()
        }
        Dtype::F64 => data.chunks_exact(8).map(|b| f64::from_le_bytes(b.try_into().unwrap())).collect(),
        Dtype::I32 => {
            data.chunks_exact(4).map(|b| i32::from_le_bytes(b.try_into().unwrap()).into()).collect()
        }
        Dtype::I64 => {
            data.chunks_exact(8).map(|b| i64::from_le_bytes(b.try_into().unwrap()) as f64).collect()
        }
        Dtype::I8 => data.iter().map(|&b| b.cast_signed().into()).collect(),
        other => panic!("golden tensor of type {other:?}"),
    }
}

fn read(path: &Path) -> Case {
    let bytes = std::fs::read(path).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let (_, header) = SafeTensors::read_metadata(&bytes).unwrap();
    let metadata = header.metadata().clone().unwrap();
    let expected: HashMap<String, Vec<f64>> =
        tensors.iter().map(|(name, tensor)| (name.to_owned(), numbers(&tensor))).collect();
    let number = |name: &str| -> f64 { metadata[name].parse().unwrap() };
    let shape = |name: &str| tensors.tensor(name).unwrap().shape().to_vec();
    let floats = |name: &str| expected[name].iter().map(|&x| x as f32).collect::<Vec<f32>>();
    let (inputs, targets) = (shape("inputs"), shape("targets"));
    Case {
        name: path.file_stem().unwrap().to_string_lossy().into_owned(),
        geometry: Geometry {
            n_units: shape("w_rec")[0],
            n_inputs: inputs[0],
            n_outputs: targets[0],
            n_steps: inputs[1],
            n_trials: inputs[2],
        },
        activation: Activation {
            curve: match metadata["activation"].as_str() {
                "relu" => Curve::Relu,
                "sigmoid" => Curve::Sigmoid,
                "tanh" => Curve::Tanh,
                other => panic!("golden activation `{other}`"),
            },
            slope: number("slope"),
        },
        alpha: number("alpha"),
        penalties: Penalties { rate: number("lambda_r"), orthogonality: number("lambda_orth") },
        learning_rate: number("lr"),
        weight_decay: number("weight_decay"),
        parameters: Parameters {
            w_rec: floats("w_rec"),
            w_inp: floats("w_inp"),
            w_out: floats("w_out"),
            bias: Vec::new(),
        },
        signs: floats("sign"),
        inputs: floats("inputs"),
        targets: floats("targets"),
        mask: expected["mask"].iter().map(|&t| t as usize).collect(),
        noise: [floats("noise_rec"), floats("noise_inp")],
        n_noisy: shape("noise_rec")[1],
        expected,
    }
}

fn cases() -> Vec<Case> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "safetensors"))
        .collect();
    paths.sort();
    assert!(!paths.is_empty(), "no golden step in {}", folder().display());
    paths.iter().map(|path| read(path)).collect()
}

impl Case {
    fn batch(&self) -> Batch<'_> {
        Batch { inputs: &self.inputs, targets: &self.targets, mask: &self.mask, weights: None }
    }

    fn allowed(&self) -> Allowed<'_> {
        Allowed { signs: &self.signs, input_output: InputOutput::NonNegative, connections: &[] }
    }

    fn noise(&self) -> Noise<'_> {
        Noise::Given { rec: &self.noise[0], inp: &self.noise[1] }
    }

    /// The first steps alone, as far as noise is given; nothing is compared there.
    fn beginning(&self) -> (Geometry, Vec<f32>, Vec<f32>) {
        let Geometry { n_inputs, n_outputs, n_steps, n_trials, .. } = self.geometry;
        let cut = |values: &[f32], n_rows: usize| {
            let row = |i: usize| values[i * n_steps * n_trials..][..self.n_noisy * n_trials].to_vec();
            (0..n_rows).flat_map(row).collect::<Vec<f32>>()
        };
        let geometry = Geometry { n_steps: self.n_noisy, ..self.geometry };
        (geometry, cut(&self.inputs, n_inputs), cut(&self.targets, n_outputs))
    }

    /// Task, orthogonality, rate and total, as the golden `loss` holds them.
    fn total(&self, task: f64, rate: f64, overlap: f64) -> [f64; 4] {
        [task, overlap, rate, task + self.penalties.rate * rate + self.penalties.orthogonality * overlap]
    }

    #[track_caller]
    fn assert_close(&self, what: &str, found: impl Iterator<Item = f64>, tolerance: Tolerance) {
        let expected = &self.expected[what];
        let largest = expected.iter().fold(0.0_f64, |size, x| size.max(x.abs()));
        let mut count = 0;
        for (found, &expected) in found.zip(expected) {
            let allowed = match tolerance {
                Tolerance::Absolute(bound) => bound,
                Tolerance::Relative(bound) => bound * expected.abs(),
                Tolerance::OfLargest(bound) => bound * largest,
                Tolerance::OfOneOrMore(bound) => bound * expected.abs().max(1.0),
            };
            // Written so that a NaN fails.
            assert!(
                (found - expected).abs() <= allowed,
                "{}, {what}[{count}]: {found}, expected {expected} within {allowed:e}",
                self.name
            );
            count += 1;
        }
        assert_eq!(count, expected.len(), "{}, {what}: too few numbers", self.name);
    }
}

#[derive(Clone, Copy)]
enum Tolerance {
    Absolute(f64),
    Relative(f64),
    OfLargest(f64),
    OfOneOrMore(f64),
}

fn wide(values: &[f32]) -> impl Iterator<Item = f64> {
    values.iter().map(|&x| x.into())
}

#[test]
fn the_oracle_reproduces_the_golden_steps() {
    // Results are stored as float32, half a unit of whose last place is 6e-8 of the number.
    let stored = Tolerance::OfOneOrMore(1e-7);
    for case in cases() {
        let oracle = Oracle {
            geometry: case.geometry,
            activation: case.activation,
            form: Form::Rate,
            alpha: case.alpha,
        };
        let mut weights = Weights::from(&case.parameters);
        let response = oracle.run(&weights, &case.batch(), Noise::Absent);
        case.assert_close("states", response.states.into_iter(), stored);
        // They were summed from stored states.
        case.assert_close("outputs", response.outputs.into_iter(), Tolerance::OfOneOrMore(3e-7));

        let (geometry, inputs, targets) = case.beginning();
        let beginning = Batch { inputs: &inputs, targets: &targets, mask: &[0], weights: None };
        let noisy = Oracle { geometry, ..oracle }.run(&weights, &beginning, case.noise());
        case.assert_close("noisy_states", noisy.states.into_iter(), stored);

        let (terms, gradients) = oracle.gradients(&weights, &case.batch(), Noise::Absent, case.penalties);
        let terms = case.total(terms.task, terms.rate, terms.orthogonality);
        case.assert_close("loss", terms.into_iter(), Tolerance::Relative(1e-7));
        for (name, gradient) in ["grad_w_rec", "grad_w_inp", "grad_w_out"].iter().zip(gradients.arrays()) {
            case.assert_close(name, gradient.iter().copied(), Tolerance::OfLargest(1e-7));
        }

        let mut adam = naive::Adam::of(&weights);
        let mut losses = Vec::new();
        for _ in &case.expected["adam_losses"] {
            let (terms, gradients) = oracle.gradients(&weights, &case.batch(), Noise::Absent, case.penalties);
            losses.push(case.total(terms.task, terms.rate, terms.orthogonality)[3]);
            adam.update(&mut weights, &gradients, case.learning_rate, case.weight_decay);
            naive::project(&mut weights, case.allowed());
        }
        case.assert_close("adam_losses", losses.into_iter(), Tolerance::Relative(1e-7));
        for (name, matrix) in ["adam_w_rec", "adam_w_inp", "adam_w_out"].iter().zip(weights.arrays()) {
            case.assert_close(name, matrix.iter().copied(), Tolerance::OfOneOrMore(1e-7));
        }
    }
}

#[test]
fn every_kernel_path_reproduces_the_golden_steps_in_float32() {
    for (case, path) in cases().iter().flat_map(|case| KernelPath::available().map(move |path| (case, path)))
    {
        let alpha = case.alpha as f32;
        let mut stepper = Stepper::new(case.geometry, Equation::published(case.activation, alpha), path);
        let mut parameters = case.parameters.clone();
        let mut states = vec![0.0; case.expected["states"].len()];
        stepper.rates(&parameters, &case.batch(), Noise::Absent, &mut states);
        case.assert_close("states", wide(&states), Tolerance::Absolute(1e-4));

        let (geometry, inputs, targets) = case.beginning();
        let beginning = Batch { inputs: &inputs, targets: &targets, mask: &[0], weights: None };
        let mut noisy = vec![0.0; case.expected["noisy_states"].len()];
        let mut short = Stepper::new(geometry, Equation::published(case.activation, alpha), path);
        short.rates(&parameters, &beginning, case.noise(), &mut noisy);
        case.assert_close("noisy_states", wide(&noisy), Tolerance::Absolute(1e-4));

        let mut gradients = Parameters::zeros(case.geometry);
        let mut adam = Adam::of(&parameters);
        for update in 0..case.expected["adam_losses"].len() {
            let before = stepper.loss(&parameters, &case.batch(), Noise::Absent);
            let loss = stepper.loss_and_gradients(
                &parameters,
                &case.batch(),
                Noise::Absent,
                case.penalties.rate as f32,
                &mut gradients,
            );
            assert_eq!(before, loss, "{}: the loss alone and that of the update", case.name);
            let weight = case.penalties.orthogonality;
            let overlap = orthogonality(&parameters.w_inp, geometry.n_inputs, weight, &mut gradients.w_inp);
            if update == 0 {
                let terms = case.total(loss.task, loss.rate, overlap);
                case.assert_close("loss", terms.into_iter(), Tolerance::Relative(1e-5));
                let names = ["grad_w_rec", "grad_w_inp", "grad_w_out"];
                for (name, gradient) in names.iter().zip(gradients.arrays()) {
                    case.assert_close(name, wide(gradient), Tolerance::OfLargest(1e-3));
                }
            }
            adam.update(parameters.arrays_mut(), gradients.arrays(), case.learning_rate, case.weight_decay);
            project(&mut parameters, case.allowed());
        }
        for (name, matrix) in ["adam_w_rec", "adam_w_inp", "adam_w_out"].iter().zip(parameters.arrays()) {
            case.assert_close(name, wide(matrix), Tolerance::Absolute(2e-3));
        }
    }
}
