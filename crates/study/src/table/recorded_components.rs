//! Recordings by themselves, and in the maps of networks.

use super::field::Name;
use super::recordings::all;
use super::row::table;
use crate::conditions;
use crate::stage::{Facet, RankedRecording, TaskResults};
use circuitscope::analysis::distance::Aspect;

table! {
    /// One row per recording and map of trained networks that it has a place in.
    "recording_maps" => pub(crate) struct RecordedPlace {
        /// Task.
        task: Name,
        /// Name of the recording.
        recording: Name,
        /// What is mapped.
        aspect: Facet,
        /// First coordinate, as in `embeddings` of the trained networks alone.
        x: f64,
        /// Second coordinate.
        y: f64,
        /// Stress of the recording alone, over its sum of squared distances.
        relative_stress: f64,
        /// Correlation over pairs of networks of their distances observed as the recording was and not observed: with a low one the place says little.
        correlation: f64,
    }
}

table! {
    /// One row per recording, condition and bin of time.
    "recording_trajectories" => pub(crate) struct RecordedPoint {
        /// Task.
        task: Name,
        /// Name of the recording.
        recording: Name,
        /// What the trials show.
        condition: Name,
        /// Analysis trial of the task with this condition, from 0.
        trial_idx: usize,
        /// Middle of the bin, in time steps of the task.
        step: f64,
        /// Place on the first principal component of the neurons' condition means, each divided by its standard deviation; scaled as in `trajectories`.
        pc1: f64,
        /// Place on the second principal component.
        pc2: f64,
        /// Place on the third principal component.
        pc3: f64,
    }
}

table! {
    /// One row per neuron of a recording that is used.
    "recording_selectivity" => pub(crate) struct NeuronSelectivity {
        /// Task.
        task: Name,
        /// Name of the recording.
        recording: Name,
        /// Neuron, from 0, among those that are used.
        neuron_idx: usize,
        /// Place on the first principal component of the neurons' condition means, scaled as in `selectivity`.
        pc1: f64,
        /// Place on the second principal component.
        pc2: f64,
        /// Place on the third principal component.
        pc3: f64,
    }
}

table! {
    /// One row per recording, kind of components and component.
    "recording_explained_variance" => pub(crate) struct RecordedVariance {
        /// Task.
        task: Name,
        /// Name of the recording.
        recording: Name,
        /// Trajectories, or selectivity.
        aspect: Facet,
        /// Component, from 1.
        component: usize,
        /// Share of the total variance.
        share: f64,
    }
}

impl RecordedPlace {
    pub(crate) fn of(results: &[TaskResults<'_>]) -> Vec<Self> {
        let rows = |(of_task, recording): (&TaskResults<'_>, &RankedRecording)| {
            let places = recording.places.iter().map(|(aspect, placed)| Self {
                task: of_task.name(),
                recording: recording.name.as_str().into(),
                aspect: Facet::Aspect(*aspect),
                x: placed.at[0],
                y: placed.at[1],
                relative_stress: placed.relative_stress,
                correlation: placed.correlation,
            });
            places.collect::<Vec<_>>()
        };
        all(results).flat_map(rows).collect()
    }
}

impl RecordedPoint {
    pub(crate) fn of(results: &[TaskResults<'_>]) -> Vec<Self> {
        let rows = |(of_task, recording): (&TaskResults<'_>, &RankedRecording)| {
            let labels = conditions::of_trials(&of_task.task.task).into_iter();
            let labels: Vec<Name> = labels.map(|condition| condition.label.into()).collect();
            let (task, name) = (of_task.name(), Name::from(recording.name.as_str()));
            let found = &recording.found;
            let n = found.conditions.len();
            let points = found.trajectories.points.iter().enumerate().map(|(row, point)| {
                let trial_idx = found.conditions[row % n];
                Self {
                    task: task.clone(),
                    recording: name.clone(),
                    condition: labels[trial_idx].clone(),
                    trial_idx,
                    step: found.steps[row / n],
                    pc1: point[0],
                    pc2: point[1],
                    pc3: point[2],
                }
            });
            points.collect::<Vec<_>>()
        };
        all(results).flat_map(rows).collect()
    }
}

impl NeuronSelectivity {
    pub(crate) fn of(results: &[TaskResults<'_>]) -> Vec<Self> {
        let rows = |(of_task, recording): (&TaskResults<'_>, &RankedRecording)| {
            let (task, name) = (of_task.name(), Name::from(recording.name.as_str()));
            let points =
                recording.found.selectivity.points.iter().enumerate().map(|(neuron_idx, point)| Self {
                    task: task.clone(),
                    recording: name.clone(),
                    neuron_idx,
                    pc1: point[0],
                    pc2: point[1],
                    pc3: point[2],
                });
            points.collect::<Vec<_>>()
        };
        all(results).flat_map(rows).collect()
    }
}

impl RecordedVariance {
    pub(crate) fn of(results: &[TaskResults<'_>]) -> Vec<Self> {
        let rows = |(of_task, recording): (&TaskResults<'_>, &RankedRecording)| {
            let found = &recording.found;
            let of_aspect = |(aspect, explained): (Aspect, [f64; 3])| {
                (1..).zip(explained).map(move |(component, share)| (aspect, component, share))
            };
            let all = [
                (Aspect::Trajectories, found.trajectories.explained),
                (Aspect::Selectivity, found.selectivity.explained),
            ];
            let rows = all.into_iter().flat_map(of_aspect).map(|(aspect, component, share)| Self {
                task: of_task.name(),
                recording: recording.name.as_str().into(),
                aspect: Facet::Aspect(aspect),
                component,
                share,
            });
            rows.collect::<Vec<_>>()
        };
        all(results).flat_map(rows).collect()
    }
}
