//! Parameter files of trainRNNbrain, the package the published networks were trained with.

use crate::store::network_file::curve_named;
use crate::suggestion::suggestion;
use circuitscope::Activation;
use circuitscope::network::{Form, Network};
use ndarray::{Array1, Array2};
use serde_json::{Map, Value};

const KEYS: [&str; 10] = [
    "W_inp",
    "W_rec",
    "W_out",
    "bias_rec",
    "y_init",
    "activation_name",
    "activation_slope",
    "N",
    "dt",
    "tau",
];

/// Reads the JSON of a parameter file: `W_*` as lists of rows `[post][pre]`, `bias_rec` and `y_init` as lists or null.
///
/// # Errors
/// A sentence naming the key that does not fit.
pub(super) fn parse(bytes: &[u8]) -> Result<Network, String> {
    // Published files hold NaN where Python wrote it; JSON has no such word, and no network has such a weight.
    let value: Value = serde_json::from_slice(bytes).map_err(|error| {
        let nan =
            bytes.windows(3).any(|word| word == b"NaN") || bytes.windows(8).any(|word| word == b"Infinity");
        let hint = if nan { " (it holds NaN or Infinity, which no weight may be)" } else { "" };
        format!("not valid JSON: {error}{hint}")
    })?;
    let Value::Object(object) = value else { return Err("expected a JSON object of parameters".into()) };
    let w_rec = matrix(&object, "W_rec")?;
    let n = w_rec.nrows();
    let activation_name = require(&object, "activation_name")?
        .as_str()
        .ok_or("`activation_name` must be a string such as \"relu\"")?
        .to_lowercase();
    let curve = curve_named(&activation_name)?;
    let slope = match object.get("activation_slope") {
        None | Some(Value::Null) => 1.0,
        Some(_) => number(&object, "activation_slope")?,
    };
    if let Some(stated) = object.get("N").and_then(Value::as_u64)
        && stated != n as u64
    {
        return Err(format!("`N` is {stated} but `W_rec` has {n} rows"));
    }
    let network = Network {
        w_inp: matrix(&object, "W_inp")?,
        w_out: matrix(&object, "W_out")?,
        bias: vector(&object, "bias_rec", n)?,
        initial_state: vector(&object, "y_init", n)?,
        w_rec,
        activation: Activation { curve, slope },
        form: Form::Rate,
        dt_ms: number(&object, "dt")?,
        tau_ms: number(&object, "tau")?,
    };
    network.checked().map_err(|error| error.to_string())
}

fn require<'a>(object: &'a Map<String, Value>, key: &str) -> Result<&'a Value, String> {
    object.get(key).ok_or_else(|| {
        let unknown = object.keys().find(|found| !KEYS.contains(&found.as_str()));
        let near = unknown
            .map_or_else(String::new, |found| format!("; it has `{found}` ({})", suggestion(found, &KEYS)));
        format!("key `{key}` is missing{near}")
    })
}

fn number(object: &Map<String, Value>, key: &str) -> Result<f64, String> {
    require(object, key)?.as_f64().ok_or_else(|| format!("`{key}` must be a number"))
}

fn vector(object: &Map<String, Value>, key: &str, n: usize) -> Result<Array1<f64>, String> {
    match object.get(key) {
        None | Some(Value::Null) => Ok(Array1::zeros(n)),
        Some(Value::Array(entries)) => entries
            .iter()
            .enumerate()
            .map(|(i, entry)| {
                entry.as_f64().ok_or_else(|| format!("`{key}`[{i}] is {entry}, expected a number"))
            })
            .collect(),
        Some(_) => Err(format!("`{key}` must be a list of numbers or null")),
    }
}

fn matrix(object: &Map<String, Value>, key: &str) -> Result<Array2<f64>, String> {
    let rows = require(object, key)?.as_array().ok_or_else(|| format!("`{key}` must be a list of rows"))?;
    let width = rows.first().and_then(Value::as_array).map_or(0, Vec::len);
    let mut entries = Vec::with_capacity(rows.len() * width);
    for (i, row) in rows.iter().enumerate() {
        let row = row.as_array().ok_or_else(|| format!("row {i} of `{key}` is not a list"))?;
        if row.len() != width {
            return Err(format!("row {i} of `{key}` has {} entries, row 0 has {width}", row.len()));
        }
        for (j, entry) in row.iter().enumerate() {
            entries.push(
                entry.as_f64().ok_or_else(|| format!("`{key}`[{i}][{j}] is {entry}, expected a number"))?,
            );
        }
    }
    Array2::from_shape_vec((rows.len(), width), entries).map_err(|error| format!("`{key}`: {error}"))
}
