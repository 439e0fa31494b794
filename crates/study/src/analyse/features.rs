//! The features of every selected network and of its controls.

use super::{Context, Standing, TaskResults};
use crate::config::Control;
use crate::event::{Event, Stage};
use crate::execute::{ExecuteError, StudyNetwork};
use crate::identity::{ANALYSIS_VERSION, of_parts, seed_of, text_of_task};
use crate::store::{StoreError, write_whole};
use circuitscope::Curve;
use circuitscope::analysis::components::Features;
use circuitscope::analysis::controls::shuffled;
use circuitscope::analysis::distance::Aspect;
use circuitscope::dynamics::run::{rates, states};
use circuitscope::network::Network;
use circuitscope::trials::Trials;
use ndarray::{Array1, Array2};
use rayon::prelude::*;
use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

/// A trained network or one of its controls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// As trained.
    Trained,
    /// A control made from it.
    Control(Control),
}

impl Kind {
    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Trained => "trained",
            Self::Control(control) => control.name(),
        }
    }
}

/// One item of the comparison with its features.
#[derive(Clone, Debug)]
pub struct Item {
    /// Name of the network it is or is made from.
    pub network: String,
    /// Trained network or control.
    pub kind: Kind,
    /// Class, by its place in the task's classes.
    pub class: usize,
    /// Activation, for statistics over activations.
    pub curve: Curve,
    /// Hash of all that decides the features.
    pub identity: String,
    /// The features by aspect; an aspect is missing where a network has none (a network that does not move has no
    /// trajectory).
    pub features: BTreeMap<Aspect, Features>,
}

impl Item {
    /// Its name in files: that of the network, and of the control.
    pub fn stored_name(&self) -> String {
        stored_name(&self.network, self.kind)
    }
}

fn stored_name(network: &str, kind: Kind) -> String {
    match kind {
        Kind::Trained => network.to_owned(),
        Kind::Control(control) => format!("{network}.{}", control.name()),
    }
}

/// Fills [`TaskResults::items`] with the selected networks and their controls: all trained ones first, then control by
/// control, in the order of the jobs.
///
/// # Errors
/// [`ExecuteError`]; everything finished before it stays.
pub fn features(context: Context<'_>, results: &mut [TaskResults<'_>]) -> Result<(), ExecuteError> {
    let stage = Stage::Features;
    let kinds: Vec<Kind> = std::iter::once(Kind::Trained)
        .chain(context.study.comparison.controls.iter().map(|&control| Kind::Control(control)))
        .collect();
    let mut pieces: Vec<(usize, &StudyNetwork<'_>, Kind)> = Vec::new();
    for (place, of_task) in results.iter().enumerate() {
        for &kind in &kinds {
            let selected = of_task.networks.iter().filter(|(_, standing)| *standing == Standing::Selected);
            pieces.extend(selected.map(|(network, _)| (place, network, kind)));
        }
    }
    let trials: Vec<Trials> = results.iter().map(|of_task| of_task.task.task.analysis_trials()).collect();
    let n_pieces = pieces.len();
    (context.listener)(Event::Began { stage, n_pieces, n_done: 0, work: n_pieces as u64 });
    let items: Vec<(usize, Result<Item, ExecuteError>)> = pieces
        .into_par_iter()
        .map(|(place, network, kind)| {
            let item = context.go_on().and_then(|()| item(context, network, kind, &trials[place]));
            (context.listener)(Event::Advanced { stage, work: 1 });
            (place, item)
        })
        .collect();
    for (place, item) in items {
        results[place].items.push(item?);
    }
    (context.listener)(Event::Ended { stage });
    Ok(())
}

fn item(
    context: Context<'_>,
    network: &StudyNetwork<'_>,
    kind: Kind,
    trials: &Trials,
) -> Result<Item, ExecuteError> {
    let task = &network.job.task.task;
    let version = format!("features {ANALYSIS_VERSION}");
    let identity = of_parts([version.as_str(), &network.record.job, kind.name(), &text_of_task(task)]);
    let name = network.job.name();
    let stored = stored_name(&name, kind);
    let path = context.folder.features(task.name(), &stored);
    let features = if let Some(features) = read(&path, &identity) {
        features
    } else {
        let features = features_of(&subject(network, kind, &identity), trials);
        write(&path, &identity, &features)?;
        features
    };
    for aspect in context.study.comparison.aspects.iter().filter(|aspect| !features.contains_key(aspect)) {
        let text = format!("{stored} has no {} and is left out there", aspect.name());
        (context.listener)(Event::Warned { text: &text });
    }
    let class = network.job.task.classes.iter().position(|class| class.name == network.record.class);
    Ok(Item {
        network: name,
        kind,
        class: class.unwrap_or_default(),
        curve: network.file.network.activation.curve,
        identity,
        features,
    })
}

/// The network that an item stands for.
fn subject(network: &StudyNetwork<'_>, kind: Kind, identity: &str) -> Network {
    let trained = &network.file.network;
    match kind {
        Kind::Trained => trained.clone(),
        Kind::Control(Control::Shuffled) => shuffled(trained, seed_of(identity)),
        // Every stored network of a study has its initial weights: `execute::load` takes no other.
        Kind::Control(Control::Untrained) => network.file.initial.clone().unwrap_or_else(|| trained.clone()),
    }
}

/// Every aspect's features of a network on trials; an aspect that a network does not have is left out.
pub(crate) fn features_of(network: &Network, trials: &Trials) -> BTreeMap<Aspect, Features> {
    let Ok(states) = states(network, trials.inputs.view()) else { return BTreeMap::new() };
    let rates = rates(network, states);
    Aspect::ALL
        .into_iter()
        .filter_map(|aspect| aspect.features(rates.view()).ok().map(|features| (aspect, features)))
        .collect()
}

const IDENTITY_KEY: &str = "circuitscope";

fn write(path: &Path, identity: &str, features: &BTreeMap<Aspect, Features>) -> Result<(), StoreError> {
    let bytes_of =
        |values: &mut dyn Iterator<Item = &f64>| values.flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>();
    let mut tensors: Vec<(String, Vec<usize>, Vec<u8>)> = Vec::new();
    for (aspect, features) in features {
        let (points, explained) = (&features.points, &features.explained);
        tensors.push((aspect.name().to_owned(), points.shape().to_vec(), bytes_of(&mut points.iter())));
        let name = format!("{}_explained", aspect.name());
        tensors.push((name, explained.shape().to_vec(), bytes_of(&mut explained.iter())));
    }
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

/// The stored features of this identity, if the file is there and whole.
fn read(path: &Path, identity: &str) -> Option<BTreeMap<Aspect, Features>> {
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
    let mut features = BTreeMap::new();
    for aspect in Aspect::ALL {
        let Some((shape, points)) = floats(aspect.name()) else { continue };
        let [rows, columns] = shape[..] else { return None };
        let (_, explained) = floats(&format!("{}_explained", aspect.name()))?;
        let points = Array2::from_shape_vec((rows, columns), points).ok()?;
        features.insert(aspect, Features { points, explained: Array1::from_vec(explained) });
    }
    Some(features)
}
