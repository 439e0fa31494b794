//! Networks in safetensors: weights as tensors, all else as one JSON text in the metadata.
//!
//! One metadata key only: safetensors writes its metadata in the order of a hash map, and the same network must give
//! the same bytes.

use super::{FORMAT_VERSION, SOFTWARE_VERSION, StoreError, write_whole};
use crate::suggestion::nearest;
use crate::unknown_key;
use circuitscope::network::{Form, Network};
use circuitscope::{Activation, Curve, Exponent, Family, Leak, ParameterError};
use ndarray::{Array1, Array2};
use safetensors::tensor::{Dtype, SafeTensorError, SafeTensors, TensorView};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::path::Path;

/// The key of the metadata under which a network file holds all but its weights.
pub(crate) const METADATA_KEY: &str = "circuitscope";
/// What the names of the weights before training begin with.
const INITIAL: &str = "initial_";
/// Every tensor of a file.
const TENSORS: [&str; 8] =
    ["w_rec", "w_inp", "w_out", "bias", "initial_state", "initial_w_rec", "initial_w_inp", "initial_w_out"];
/// Metadata of a file: ours, and the framework that other tools name.
const METADATA_KEYS: [&str; 2] = [METADATA_KEY, "format"];
/// The fields of [`NetworkHeader`].
const HEADER_KEYS: [&str; 11] = [
    "format_version",
    "software_version",
    "name",
    "activation",
    "slope",
    "leak",
    "exponent",
    "form",
    "dt_ms",
    "tau_ms",
    "training",
];

/// What a network file says of the network beside its weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NetworkHeader {
    /// Version of the file's format.
    pub format_version: u32,
    /// Version of the program that wrote it.
    pub software_version: String,
    /// Name of the network.
    pub name: String,
    /// A name of a [`Family`].
    pub activation: String,
    /// Slope of the activation.
    pub slope: f64,
    /// Leak of a leaky `ReLU`; other networks have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leak: Option<f64>,
    /// Exponent of a power law; other networks have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exponent: Option<f64>,
    /// `rate` or `potential`.
    pub form: String,
    /// Integration step.
    pub dt_ms: f64,
    /// Time constant.
    pub tau_ms: f64,
    /// How it was trained, if circuitscope trained it.
    pub training: Option<TrainingRecord>,
}

/// How a network was trained and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainingRecord {
    /// Identity of the job: SHA-256 of all that decides the result.
    pub job: String,
    /// Task.
    pub task: String,
    /// Class.
    pub class: String,
    /// `dale` or `free`.
    pub constraint: String,
    /// Number within its class.
    pub index: usize,
    /// Seed of its weights, noise and onsets.
    pub seed: u64,
    /// Kernel path that trained it.
    pub kernel_path: String,
    /// `finished` or `diverged`.
    pub outcome: String,
    /// Why it diverged, and when.
    pub reason: Option<String>,
    /// Iteration whose parameters were kept.
    pub best_iteration: Option<usize>,
    /// Number of silent units removed.
    pub n_silent: usize,
    /// Masked MSE on the analysis trials, noise-free.
    pub mse: Option<f64>,
    /// R² on the analysis trials, noise-free.
    pub r2: Option<f64>,
    /// Masked MSE on the training trials, noise-free.
    pub mse_train: Option<f64>,
    /// R² on the training trials, noise-free.
    pub r2_train: Option<f64>,
    /// Iterations at which the learning curve was taken.
    pub curve_iteration: Vec<usize>,
    /// Noise-free total loss there.
    pub curve_loss: Vec<f64>,
    /// Noise-free masked MSE there.
    pub curve_mse: Vec<f64>,
}

/// Name of an activation's curve in files.
pub fn curve_name(curve: Curve) -> &'static str {
    curve.family().name()
}

/// The curve of this name with its parameters, each by its name.
///
/// # Errors
/// A sentence that names what is known, what is missing or what does not fit.
pub fn curve_named(name: &str, parameters: &[(&str, Option<f64>)]) -> Result<Curve, String> {
    let family = Family::named(name).ok_or_else(|| {
        let known = Family::ALL.map(Family::name);
        let hint = nearest(name, known);
        let hint = hint.map_or_else(String::new, |known| format!("; did you mean `{known}`?"));
        format!("activation `{name}` is unknown (known: {}){hint}", known.join(", "))
    })?;
    let mut curve = family.curve();
    if let Some((own, standard)) = curve.parameter()
        && !parameters.iter().any(|(known, value)| *known == own && value.is_some())
    {
        return Err(format!("`{own}` is missing, which {name} needs; such as {standard}"));
    }
    for (parameter, value) in parameters {
        if let Some(value) = *value {
            curve = curve
                .with_parameter(parameter, value)
                .map_err(|error| format!("`{parameter}` is {value}, {}", parameter_remedy(error, family)))?;
        }
    }
    Ok(curve)
}

/// What is wrong with a parameter of an activation and what would be right, as the end of a sentence.
pub(crate) fn parameter_remedy(error: ParameterError, family: Family) -> String {
    match error {
        ParameterError::Range { expected } => format!("expected {expected}"),
        ParameterError::Foreign { owner: Some(owner) } => {
            format!("but it is a parameter of {}, not of {}", owner.name(), family.name())
        }
        ParameterError::Foreign { owner: None } => format!("but {} has no such parameter", family.name()),
    }
}

/// The value of a parameter of a curve, if it has the parameter.
fn own_parameter(curve: Curve, name: &str) -> Option<f64> {
    curve.parameter().filter(|(own, _)| *own == name).map(|(_, value)| value)
}

/// The header of a network under a name.
pub fn header_of(network: &Network, name: &str, training: Option<TrainingRecord>) -> NetworkHeader {
    NetworkHeader {
        format_version: FORMAT_VERSION,
        software_version: SOFTWARE_VERSION.to_owned(),
        name: name.to_owned(),
        activation: curve_name(network.activation.curve).to_owned(),
        slope: network.activation.slope,
        leak: own_parameter(network.activation.curve, Leak::NAME),
        exponent: own_parameter(network.activation.curve, Exponent::NAME),
        form: match network.form {
            Form::Rate => "rate".to_owned(),
            Form::Potential => "potential".to_owned(),
        },
        dt_ms: network.dt_ms,
        tau_ms: network.tau_ms,
        training,
    }
}

/// Writes a trained network with its initial weights. Weights are float32: training is, so nothing is lost.
///
/// # Errors
/// [`StoreError::Write`].
pub fn write(
    path: &Path,
    header: &NetworkHeader,
    network: &Network,
    initial: &Network,
) -> Result<(), StoreError> {
    let text = serde_json::to_string(header).map_err(|error| StoreError::damaged(path, &error))?;
    let bytes_of = |weights: &mut dyn Iterator<Item = f64>| -> Vec<u8> {
        weights.flat_map(|w| (w as f32).to_le_bytes()).collect()
    };
    let matrix = |weights: &Array2<f64>| (weights.shape().to_vec(), bytes_of(&mut weights.iter().copied()));
    let vector = |values: &Array1<f64>| (values.shape().to_vec(), bytes_of(&mut values.iter().copied()));
    let tensors = [
        ("w_rec", matrix(&network.w_rec)),
        ("w_inp", matrix(&network.w_inp)),
        ("w_out", matrix(&network.w_out)),
        ("bias", vector(&network.bias)),
        ("initial_state", vector(&network.initial_state)),
        ("initial_w_rec", matrix(&initial.w_rec)),
        ("initial_w_inp", matrix(&initial.w_inp)),
        ("initial_w_out", matrix(&initial.w_out)),
    ];
    let views = tensors
        .iter()
        .map(|(name, (shape, bytes))| {
            TensorView::new(Dtype::F32, shape.clone(), bytes).map(|view| (*name, view))
        })
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| StoreError::damaged(path, &error))?;
    let metadata = HashMap::from([(METADATA_KEY.to_owned(), text)]);
    let bytes =
        safetensors::serialize(views, Some(metadata)).map_err(|error| StoreError::damaged(path, &error))?;
    write_whole(path, &bytes)
}

/// A network file as read.
#[derive(Clone, Debug, PartialEq)]
pub struct NetworkFile {
    /// What it says of the network.
    pub header: NetworkHeader,
    /// The network.
    pub network: Network,
    /// The network before training, if circuitscope trained it.
    pub initial: Option<Network>,
}

/// Reads a network file.
///
/// # Errors
/// A sentence saying which tensor or key does not fit; the caller adds the file.
pub fn parse(bytes: &[u8]) -> Result<NetworkFile, String> {
    let (tensors, header) = opened(bytes)?;
    let network = network_of(&tensors, &header, "")?;
    let has_initial = tensors.names().contains(&"initial_w_rec");
    let initial = if has_initial { Some(network_of(&tensors, &header, INITIAL)?) } else { None };
    Ok(NetworkFile { header, network, initial })
}

/// Reads the network of a file alone: what is wrong with its initial weights is no fault of it.
///
/// # Errors
/// As [`parse`].
pub fn network(bytes: &[u8]) -> Result<Network, String> {
    let (tensors, header) = opened(bytes)?;
    network_of(&tensors, &header, "")
}

/// The tensors and the header of a file that holds nothing of which it is unknown what it does.
fn opened(bytes: &[u8]) -> Result<(SafeTensors<'_>, NetworkHeader), String> {
    let broken = |error: SafeTensorError| format!("not a whole safetensors file ({error})");
    let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(broken)?;
    let tensors = SafeTensors::deserialize(bytes).map_err(broken)?;
    let notes = metadata.metadata().as_ref();
    let text = notes.and_then(|map| map.get(METADATA_KEY)).ok_or_else(|| {
        "a safetensors file, but not one of circuitscope: its metadata lacks the key `circuitscope`; \
         docs/networks.md says how to write it, or how to give the network as trainRNNbrain parameter JSON"
            .to_owned()
    })?;
    let header = header(text)?;
    let unknown = |what: &str, name: &str, known: &[&str]| {
        Err(format!("{what} `{name}` is unknown; {}", unknown_key::remedy(name, known.iter().copied())))
    };
    let mut names: Vec<&String> = notes.into_iter().flat_map(HashMap::keys).collect();
    names.sort();
    for name in names {
        if !METADATA_KEYS.contains(&name.as_str()) && !unknown_key::is_note(name) {
            return unknown("metadata", name, &METADATA_KEYS);
        }
    }
    let mut names = tensors.names();
    names.sort_unstable();
    match names.into_iter().find(|name| !TENSORS.contains(name)) {
        Some(name) => unknown("tensor", name, &TENSORS),
        None => Ok((tensors, header)),
    }
}

/// The header, of this format and with known keys alone.
fn header(text: &str) -> Result<NetworkHeader, String> {
    let wrong = |error: serde_json::Error| format!("metadata `{METADATA_KEY}`: {error}");
    let value: serde_json::Value = serde_json::from_str(text).map_err(wrong)?;
    let version = value.get("format_version").and_then(serde_json::Value::as_u64);
    if let Some(version) = version.filter(|&version| version != u64::from(FORMAT_VERSION)) {
        let software = value.get("software_version").and_then(serde_json::Value::as_str).unwrap_or("unknown");
        return Err(format!(
            "network of format {version}, written by circuitscope {software}; this program reads format {FORMAT_VERSION}"
        ));
    }
    let mut keys = value.as_object().into_iter().flat_map(serde_json::Map::iter);
    if let Some((key, found)) =
        keys.find(|(key, _)| !HEADER_KEYS.contains(&key.as_str()) && !unknown_key::is_note(key))
    {
        let remedy = unknown_key::remedy(key, HEADER_KEYS);
        return Err(format!(
            "metadata `{METADATA_KEY}`: key `{key}`, which is {found}, is unknown; {remedy}"
        ));
    }
    serde_json::from_value(value).map_err(wrong)
}

/// The network of the tensors under a prefix; initial weights have neither bias nor state.
fn network_of(tensors: &SafeTensors<'_>, header: &NetworkHeader, prefix: &str) -> Result<Network, String> {
    let form = match header.form.as_str() {
        "rate" => Form::Rate,
        "potential" => Form::Potential,
        other => return Err(format!("form `{other}` is unknown (known: rate, potential)")),
    };
    let w_rec = matrix(tensors, &format!("{prefix}w_rec"))?;
    let n = w_rec.nrows();
    let own = |name: &str| if prefix.is_empty() { vector(tensors, name) } else { Ok(None) };
    let network = Network {
        w_rec,
        w_inp: matrix(tensors, &format!("{prefix}w_inp"))?,
        w_out: matrix(tensors, &format!("{prefix}w_out"))?,
        bias: own("bias")?.unwrap_or_else(|| Array1::zeros(n)),
        initial_state: own("initial_state")?.unwrap_or_else(|| Array1::zeros(n)),
        activation: Activation {
            curve: curve_named(
                &header.activation,
                &[(Leak::NAME, header.leak), (Exponent::NAME, header.exponent)],
            )?,
            slope: header.slope,
        },
        form,
        dt_ms: header.dt_ms,
        tau_ms: header.tau_ms,
    };
    network.checked().map_err(|error| error.to_string().replacen('`', &format!("`{prefix}"), 1))
}

fn floats(tensors: &SafeTensors<'_>, name: &str) -> Result<(Vec<usize>, Vec<f64>), String> {
    let tensor = tensors.tensor(name).map_err(|_| format!("tensor `{name}` is missing"))?;
    let data = tensor.data();
    let values = match tensor.dtype() {
        Dtype::F32 => {
            data.chunks_exact(4).map(|b| f64::from(f32::from_le_bytes([b[0], b[1], b[2], b[3]]))).collect()
        }
        Dtype::F64 => data
            .chunks_exact(8)
            .map(|b| f64::from_le_bytes([b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]]))
            .collect(),
        other => return Err(format!("tensor `{name}` is {other:?}, expected F32 or F64")),
    };
    Ok((tensor.shape().to_vec(), values))
}

fn matrix(tensors: &SafeTensors<'_>, name: &str) -> Result<Array2<f64>, String> {
    let (shape, values) = floats(tensors, name)?;
    let [rows, columns] = shape[..] else {
        return Err(format!("tensor `{name}` has shape {shape:?}, expected two dimensions"));
    };
    Array2::from_shape_vec((rows, columns), values).map_err(|error| format!("tensor `{name}`: {error}"))
}

fn vector(tensors: &SafeTensors<'_>, name: &str) -> Result<Option<Array1<f64>>, String> {
    if !tensors.names().contains(&name) {
        return Ok(None);
    }
    let (shape, values) = floats(tensors, name)?;
    match shape[..] {
        [_] => Ok(Some(Array1::from_vec(values))),
        _ => Err(format!("tensor `{name}` has shape {shape:?}, expected one dimension")),
    }
}
