//! Constant inputs in a JSON file.

use super::ImportError;
use ndarray::{Array1, Array2};
use std::path::Path;

/// Reads constant inputs `[I, U]`: a JSON list of inputs, each a list of `n_inputs` numbers.
///
/// # Errors
/// [`ImportError::Content`] names the file and what in it does not fit a network of so many inputs.
pub fn inputs(path: &Path, n_inputs: usize) -> Result<Array2<f64>, ImportError> {
    let wrong = |reason: String| wrong(path, n_inputs, reason);
    let text = std::fs::read(path).map_err(|error| wrong(error.to_string()))?;
    let rows: Vec<Vec<f64>> = serde_json::from_slice(&text).map_err(|error| wrong(error.to_string()))?;
    if rows.is_empty() {
        return Err(wrong("it holds no input".to_owned()));
    }
    if let Some(at) = rows.iter().position(|row| row.len() != n_inputs) {
        let found = rows[at].len();
        return Err(wrong(format!("input {at} has {found} numbers, the network has {n_inputs} inputs")));
    }
    Ok(Array2::from_shape_fn((rows.len(), n_inputs), |(i, u)| rows[i][u]))
}

/// Reads the two inputs `[U]` between which a line goes.
///
/// # Errors
/// As of [`inputs`], and if they are not two.
pub fn line(path: &Path, n_inputs: usize) -> Result<[Array1<f64>; 2], ImportError> {
    let inputs = inputs(path, n_inputs)?;
    match inputs.nrows() {
        2 => Ok([0, 1].map(|end| inputs.row(end).to_owned())),
        n => {
            let reason = format!("a line goes from one input to another: two are needed, {n} given");
            Err(wrong(path, n_inputs, reason))
        }
    }
}

fn wrong(path: &Path, n_inputs: usize, reason: String) -> ImportError {
    let remedy = format!(
        "give a JSON list of inputs, each a list of {n_inputs} finite numbers: one for each input of the network"
    );
    ImportError::Content { path: path.display().to_string(), reason, remedy }
}
