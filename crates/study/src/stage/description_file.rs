//! Descriptions of networks as files, so that an interrupted study goes on where it was.

use super::description::{Description, RestingPoint};
use crate::store::{StoreError, write_whole};
use circuitscope::analysis::components::Features;
use circuitscope::analysis::distance::Aspect;
use circuitscope::analysis::fixed_point_configuration::group;
use circuitscope::analysis::measures::AtDecision;
use circuitscope::dynamics::stability::Stability;
use ndarray::{Array1, Array2};
use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

const IDENTITY_KEY: &str = "circuitscope";
/// The fixed points `[P, 9]`: input, stability (0 stable, 1 unstable, 2 marginal), unstable directions, largest real
/// part, residual, radius (NaN without a proof), and the place on three components of the trajectories.
const FIXED_POINTS: &str = "fixed_points_found";
const N_COLUMNS: usize = 9;
/// What rates hold at the decision `[7]`: output alignment, then irrelevant information, a number a window each, then the
/// offset of endpoints; NaN for none.
const AT_DECISION: &str = "at_decision";

const STABILITIES: [Stability; 3] = [Stability::Stable, Stability::Unstable, Stability::Marginal];

/// Writes a description under its identity.
pub(super) fn write(path: &Path, identity: &str, description: &Description) -> Result<(), StoreError> {
    let bytes_of =
        |values: &mut dyn Iterator<Item = &f64>| values.flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>();
    let mut tensors: Vec<(String, Vec<usize>, Vec<u8>)> = Vec::new();
    for (aspect, features) in &description.features {
        let (points, explained) = (&features.points, &features.explained);
        tensors.push((aspect.name().to_owned(), points.shape().to_vec(), bytes_of(&mut points.iter())));
        let name = format!("{}_explained", aspect.name());
        tensors.push((name, explained.shape().to_vec(), bytes_of(&mut explained.iter())));
    }
    let rows: Vec<f64> = description.fixed_points.iter().flat_map(row).collect();
    if !rows.is_empty() {
        let shape = vec![description.fixed_points.len(), N_COLUMNS];
        tensors.push((FIXED_POINTS.to_owned(), shape, bytes_of(&mut rows.iter())));
    }
    let at_decision = &description.at_decision;
    let in_windows = at_decision.alignment.iter().chain(&at_decision.information);
    let numbers = in_windows.chain(std::iter::once(&at_decision.endpoint_offset));
    let numbers: Vec<f64> = numbers.map(|number| number.unwrap_or(f64::NAN)).collect();
    tensors.push((AT_DECISION.to_owned(), vec![numbers.len()], bytes_of(&mut numbers.iter())));
    let views = tensors
        .iter()
        .map(|(name, shape, bytes)| {
            TensorView::new(Dtype::F64, shape.clone(), bytes).map(|view| (name, view))
        })
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| StoreError::damaged(path, &error))?;
    // One key, as in network files: the order of a hash map must not reach the bytes.
    let metadata = HashMap::from([(IDENTITY_KEY.to_owned(), identity.to_owned())]);
    let bytes =
        safetensors::serialize(views, Some(metadata)).map_err(|error| StoreError::damaged(path, &error))?;
    write_whole(path, &bytes)
}

/// The stored description of this identity, if the file is there and whole.
pub(super) fn read(path: &Path, identity: &str) -> Option<Description> {
    let bytes = std::fs::read(path).ok()?;
    let (_, metadata) = SafeTensors::read_metadata(&bytes).ok()?;
    if metadata.metadata().as_ref()?.get(IDENTITY_KEY)? != identity {
        return None;
    }
    let tensors = SafeTensors::deserialize(&bytes).ok()?;
    let floats = |name: &str| -> Option<(Vec<usize>, Vec<f64>)> {
        let tensor = tensors.tensor(name).ok()?;
        let words =
            tensor.data().chunks_exact(8).map(|b| f64::from_le_bytes(b.try_into().unwrap_or_default()));
        Some((tensor.shape().to_vec(), words.collect()))
    };
    let fixed_points = match floats(FIXED_POINTS) {
        Some((_, values)) => values.chunks_exact(N_COLUMNS).map(resting_point).collect::<Option<Vec<_>>>()?,
        None => Vec::new(),
    };
    let mut features = BTreeMap::new();
    for aspect in Aspect::ALL {
        let Some((shape, points)) = floats(aspect.name()) else { continue };
        let [rows, columns] = shape[..] else { return None };
        let (_, explained) = floats(&format!("{}_explained", aspect.name()))?;
        let points = Array2::from_shape_vec((rows, columns), points).ok()?;
        let groups = match aspect {
            Aspect::FixedPoints => {
                fixed_points.iter().map(|point| group(point.input, point.stability)).collect()
            }
            Aspect::Trajectories | Aspect::Endpoints | Aspect::Selectivity => Vec::new(),
        };
        features.insert(aspect, Features { points, explained: Array1::from_vec(explained), groups });
    }
    let (_, numbers) = floats(AT_DECISION)?;
    let number = |place: usize| numbers.get(place).copied().filter(|number| !number.is_nan());
    let at_decision = AtDecision {
        alignment: std::array::from_fn(number),
        information: std::array::from_fn(|window| number(3 + window)),
        endpoint_offset: number(6),
    };
    Some(Description { features, fixed_points, at_decision })
}

fn row(point: &RestingPoint) -> [f64; N_COLUMNS] {
    let stability = STABILITIES.iter().position(|&stability| stability == point.stability);
    let [x, y, z] = point.over_trajectories;
    [
        point.input as f64,
        stability.unwrap_or_default() as f64,
        point.n_unstable as f64,
        point.max_re,
        point.residual,
        point.radius.unwrap_or(f64::NAN),
        x,
        y,
        z,
    ]
}

/// The fixed point of a row; [`None`] if the row holds none.
fn resting_point(row: &[f64]) -> Option<RestingPoint> {
    let &[input, stability, n_unstable, max_re, residual, radius, x, y, z] = row else { return None };
    Some(RestingPoint {
        input: input as usize,
        stability: *STABILITIES.get(stability as usize)?,
        n_unstable: n_unstable as usize,
        max_re,
        residual,
        radius: (!radius.is_nan()).then_some(radius),
        over_trajectories: [x, y, z],
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // a test

    use super::*;

    #[test]
    fn a_description_comes_back_as_it_was_and_under_no_other_identity() {
        let point = |input, stability, radius| RestingPoint {
            input,
            stability,
            n_unstable: input,
            max_re: -0.25,
            residual: 1e-12,
            radius,
            over_trajectories: [0.1, -0.2, 1.0 / 3.0],
        };
        let fixed_points =
            vec![point(0, Stability::Stable, Some(1e-13)), point(21, Stability::Marginal, None)];
        let features = |groups: Vec<u32>, n_columns| Features {
            points: Array2::from_shape_fn((2, n_columns), |(i, k)| (i + 3 * k) as f64 / 7.0),
            explained: Array1::from_elem(n_columns, 0.1),
            groups,
        };
        let features = BTreeMap::from([
            (Aspect::Selectivity, features(Vec::new(), 10)),
            (Aspect::FixedPoints, features(vec![0, 43], 7)),
        ]);
        let at_decision = AtDecision {
            alignment: [Some(0.25), None, Some(1.0)],
            information: [None, None, Some(3.5)],
            endpoint_offset: Some(0.125),
        };
        let description = Description { features, fixed_points, at_decision };
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("one.safetensors");
        write(&path, "an identity", &description).unwrap();
        assert_eq!(read(&path, "an identity"), Some(description));
        assert_eq!(read(&path, "another"), None);
    }
}
