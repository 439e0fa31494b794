//! Networks on their way through training, in one safetensors file a training.

use super::{StoreError, write_whole};
use circuitscope::network::Network;
use circuitscope::train::Checkpoint;
use ndarray::Array2;
use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use std::collections::HashMap;
use std::path::Path;

const METADATA_KEY: &str = "circuitscope";

/// Name of a tensor: `iteration_00000050.w_rec`, so that names sort by iteration.
fn tensor(iteration: usize, name: &str) -> String {
    format!("iteration_{iteration:08}.{name}")
}

/// Writes the checkpoints of a training job. Weights are float32: training is, so nothing is lost.
///
/// # Errors
/// [`StoreError::Write`].
pub fn write(path: &Path, job: &str, checkpoints: &[Checkpoint]) -> Result<(), StoreError> {
    let mut tensors: Vec<(String, Vec<usize>, Vec<u8>)> = Vec::new();
    for Checkpoint { iteration, network } in checkpoints {
        let weights = [("w_rec", &network.w_rec), ("w_inp", &network.w_inp), ("w_out", &network.w_out)];
        for (name, weights) in weights {
            let bytes = weights.iter().flat_map(|&w| (w as f32).to_le_bytes()).collect();
            tensors.push((tensor(*iteration, name), weights.shape().to_vec(), bytes));
        }
    }
    let views = tensors
        .iter()
        .map(|(name, shape, bytes)| {
            TensorView::new(Dtype::F32, shape.clone(), bytes).map(|view| (name, view))
        })
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| StoreError::damaged(path, &error))?;
    let metadata = HashMap::from([(METADATA_KEY.to_owned(), job.to_owned())]);
    let bytes =
        safetensors::serialize(views, Some(metadata)).map_err(|error| StoreError::damaged(path, &error))?;
    write_whole(path, &bytes)
}

/// The checkpoints of a job at these iterations, if the file holds them all.
///
/// - `initial`: the network before training, of which everything but the weights is taken.
pub fn read(path: &Path, job: &str, iterations: &[usize], initial: &Network) -> Option<Vec<Checkpoint>> {
    let bytes = std::fs::read(path).ok()?;
    let (_, metadata) = SafeTensors::read_metadata(&bytes).ok()?;
    if metadata.metadata().as_ref()?.get(METADATA_KEY)? != job {
        return None;
    }
    let tensors = SafeTensors::deserialize(&bytes).ok()?;
    let weights = |iteration: usize, name: &str, like: &Array2<f64>| {
        let found = tensors.tensor(&tensor(iteration, name)).ok()?;
        let words =
            found.data().chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap_or_default()));
        let fits = found.dtype() == Dtype::F32 && found.shape() == like.shape();
        fits.then(|| Array2::from_shape_vec(like.dim(), words.map(f64::from).collect()).ok())?
    };
    let checkpoint = |&iteration: &usize| {
        let network = Network {
            w_rec: weights(iteration, "w_rec", &initial.w_rec)?,
            w_inp: weights(iteration, "w_inp", &initial.w_inp)?,
            w_out: weights(iteration, "w_out", &initial.w_out)?,
            ..initial.clone()
        };
        Some(Checkpoint { iteration, network })
    };
    iterations.iter().map(checkpoint).collect()
}
