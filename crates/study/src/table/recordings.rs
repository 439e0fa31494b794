//! Recordings ranked beside the networks of a study.

use super::field::Name;
use super::row::table;
use crate::stage::{RankedRecording, TaskResults};
use circuitscope::ranking::Measure;

table! {
    /// One row per recording of the study.
    "recordings" => pub(crate) struct Recorded {
        /// Task.
        task: Name,
        /// Name of the recording.
        recording: Name,
        /// How it was given: `single trials`, `split halves` or `condition means`.
        form: Name,
        /// Neurons that are used.
        n_neurons: usize,
        /// Neurons left out: their response never varies.
        n_constant: usize,
        /// Neurons left out: without a trial of some condition, or a response at some time of one.
        n_incomplete: usize,
        /// Neurons left out: without two trials of any condition, or an error of any mean, so that nothing is known of their noise.
        n_single_trials: usize,
        /// Conditions that recording and networks share.
        n_conditions: usize,
        /// Conditions of the task that the recording lacks.
        n_missing_conditions: usize,
        /// Trials that are used; of means, the median over neurons, summed over conditions. Missing if not known.
        n_trials: Option<usize>,
        /// Trials, or condition means, left out: of conditions that the task lacks.
        n_other_trials: usize,
        /// Trials per condition, the median over neurons and conditions; missing if not known.
        trials_per_condition: Option<usize>,
        /// Bins of a trial.
        n_bins: usize,
        /// Share of the variance of condition means that is not noise, from the correlation of means over halves of the trials.
        reliability: f64,
        /// What can be said: groups or classes that are not ruled out, `cannot tell` or `none of these`.
        verdict: Name,
        /// Why, in a sentence.
        why: Name,
        /// Share of observed networks of the nearest group that would be told with as many neurons and trials; missing without a signal.
        told: Option<f64>,
        /// Fewest neurons, of those tried, at which 80 % would be told; missing if none will do.
        neurons_needed: Option<usize>,
        /// The same for trials per condition.
        trials_needed: Option<usize>,
        /// How the file was understood, and what of it is not used.
        notes: Name,
    }
}

table! {
    /// One row per recording and class of networks.
    "recording_classes" => pub(crate) struct RankedClass {
        /// Task.
        task: Name,
        /// Name of the recording.
        recording: Name,
        /// Class.
        class_name: Name,
        /// Networks of the class that respond.
        n_networks: usize,
        /// p that a further network of the class is as far from it as the recording; missing of a class of fewer than three networks.
        p: Option<f64>,
        /// Whether the class is not ruled out.
        is_possible: bool,
    }
}

table! {
    /// One row per recording, measure and class of networks.
    "recording_distances" => pub(crate) struct RecordedDistance {
        /// Task.
        task: Name,
        /// Name of the recording.
        recording: Name,
        /// By what the distance is measured.
        measure: Name,
        /// Class.
        class_name: Name,
        /// Mean distance to the networks of the class, each observed as the neurons were.
        distance: f64,
        /// Lower end of its 95 % interval: over neurons, trials and networks, or over networks alone where it has no vote; missing of a class of fewer than three networks then.
        low: Option<f64>,
        /// Upper end of the interval.
        high: Option<f64>,
        /// Share of resamples in which no class is nearer.
        nearest_share: f64,
        /// Whether it counts for the verdict.
        votes: bool,
    }
}

table! {
    /// One row per recording, measure that claims are about, and class of networks, each observed as the neurons were.
    "recording_measures" => pub(crate) struct RecordedMeasure {
        /// Task.
        task: Name,
        /// Name of the recording.
        recording: Name,
        /// The measure, as in `measures`.
        measure: Name,
        /// What of the responses it is taken from: `trajectories`, `units`, `ends` or `decision`.
        of: Name,
        /// Value of the recording.
        value: f64,
        /// Class.
        class_name: Name,
        /// Networks of the class that have a value.
        n_networks: usize,
        /// Median of the networks.
        median: f64,
        /// Lower end of the range of 95 % of the networks.
        low: f64,
        /// Upper end of the range.
        high: f64,
        /// Share of the networks below the recording, half of the equal ones with them.
        percentile: f64,
        /// Two-sided p that a further network of the class is as far out.
        p: f64,
    }
}

table! {
    /// One row per recording and measure or distance that it lacks what is needed for.
    "recording_measures_not_taken" => pub(crate) struct RecordedLack {
        /// Task.
        task: Name,
        /// Name of the recording.
        recording: Name,
        /// The measure.
        measure: Name,
        /// Why it cannot be taken.
        why: Name,
    }
}

table! {
    /// One row per recording and measure: what the distances are at best, and where nothing is alike.
    "recording_limits" => pub(crate) struct RecordedLimit {
        /// Task.
        task: Name,
        /// Name of the recording.
        recording: Name,
        /// By what the distance is measured.
        measure: Measure,
        /// The class that is nearest by it.
        nearest_class: Name,
        /// Distance between halves of the recording's trials; missing where a condition has one trial.
        trial_halves: Option<f64>,
        /// Distance between halves of its neurons.
        neuron_halves: f64,
        /// Distance between two observations of one network of the nearest class.
        same_network: f64,
        /// Distance between two networks of the nearest class; missing of a single one.
        same_class: Option<f64>,
        /// Distance to the nearest class once the trials are assigned to conditions at random.
        shuffled_conditions: f64,
        /// Distance to the networks of the nearest class before training.
        untrained: Option<f64>,
    }
}

table! {
    /// One row per recording and design: how often an observed network of the nearest group is told.
    "recording_power" => pub(crate) struct RecordedPower {
        /// Task.
        task: Name,
        /// Name of the recording.
        recording: Name,
        /// Neurons of the design.
        n_neurons: usize,
        /// Trials per condition of the design; missing if those of the recording are not known.
        n_trials: Option<usize>,
        /// Share of observed networks that is told.
        told: f64,
        /// Whether it is the design of the recording itself.
        is_own: bool,
    }
}

/// Every recording with its task.
pub(super) fn all<'a>(
    results: &'a [TaskResults<'_>],
) -> impl Iterator<Item = (&'a TaskResults<'a>, &'a RankedRecording)> {
    results.iter().flat_map(|of_task| of_task.recordings.iter().map(move |recording| (of_task, recording)))
}

impl Recorded {
    pub(crate) fn of(results: &[TaskResults<'_>]) -> Vec<Self> {
        let row = |(of_task, recording): (&TaskResults<'_>, &RankedRecording)| {
            let report = &recording.found.report;
            let read = &report.recording;
            Self {
                task: of_task.name(),
                recording: recording.name.as_str().into(),
                form: read.form.name().into(),
                n_neurons: read.neurons,
                n_constant: read.left_out.constant,
                n_incomplete: read.left_out.incomplete,
                n_single_trials: read.left_out.single_trials,
                n_conditions: read.conditions,
                n_missing_conditions: read.missing_conditions,
                n_trials: read.trials,
                n_other_trials: read.other_trials,
                trials_per_condition: read.trials_per_condition,
                n_bins: read.bins,
                reliability: read.reliability,
                verdict: report.verdict.label.as_str().into(),
                why: report.verdict.why.as_str().into(),
                told: report.needed.told,
                neurons_needed: report.needed.neurons,
                trials_needed: report.needed.trials,
                notes: read.notes.join("; ").into(),
            }
        };
        all(results).map(row).collect()
    }
}

impl RankedClass {
    pub(crate) fn of(results: &[TaskResults<'_>]) -> Vec<Self> {
        let rows = |(of_task, recording): (&TaskResults<'_>, &RankedRecording)| {
            let report = &recording.found.report;
            let classes = of_task.task.classes.iter().filter_map(|class| {
                Some(Self {
                    task: of_task.name(),
                    recording: recording.name.as_str().into(),
                    class_name: class.name.as_str().into(),
                    n_networks: *report.networks.get(&class.name)?,
                    p: report.verdict.p.get(&class.name).copied().flatten(),
                    is_possible: report.verdict.possible.contains(&class.name),
                })
            });
            classes.collect::<Vec<_>>()
        };
        all(results).flat_map(rows).collect()
    }
}

impl RecordedDistance {
    pub(crate) fn of(results: &[TaskResults<'_>]) -> Vec<Self> {
        let rows = |(of_task, recording): (&TaskResults<'_>, &RankedRecording)| {
            let (task, name) = (of_task.name(), Name::from(recording.name.as_str()));
            let report = &recording.found.report;
            let voting = report.ranking.iter().map(|row| Self {
                task: task.clone(),
                recording: name.clone(),
                measure: row.measure.name().into(),
                class_name: row.class.as_str().into(),
                distance: row.distance,
                low: Some(row.interval[0]),
                high: Some(row.interval[1]),
                nearest_share: row.nearest_share,
                votes: true,
            });
            let further = report.standing.further_distances.iter().map(|row| Self {
                task: task.clone(),
                recording: name.clone(),
                measure: row.measure.as_str().into(),
                class_name: row.class.as_str().into(),
                distance: row.distance,
                low: row.interval.map(|[low, _]| low),
                high: row.interval.map(|[_, high]| high),
                nearest_share: row.nearest_share,
                votes: row.votes,
            });
            voting.chain(further).collect::<Vec<_>>()
        };
        all(results).flat_map(rows).collect()
    }
}

impl RecordedMeasure {
    pub(crate) fn of(results: &[TaskResults<'_>]) -> Vec<Self> {
        let rows = |(of_task, recording): (&TaskResults<'_>, &RankedRecording)| {
            let (task, name) = (of_task.name(), Name::from(recording.name.as_str()));
            let rows = recording.found.report.standing.measures.iter().map(|row| Self {
                task: task.clone(),
                recording: name.clone(),
                measure: row.measure.as_str().into(),
                of: row.of.as_str().into(),
                value: row.value,
                class_name: row.class.as_str().into(),
                n_networks: row.networks,
                median: row.median,
                low: row.range[0],
                high: row.range[1],
                percentile: row.percentile,
                p: row.p,
            });
            rows.collect::<Vec<_>>()
        };
        all(results).flat_map(rows).collect()
    }
}

impl RecordedLack {
    pub(crate) fn of(results: &[TaskResults<'_>]) -> Vec<Self> {
        let rows = |(of_task, recording): (&TaskResults<'_>, &RankedRecording)| {
            let rows = recording.found.report.standing.measures_not_taken.iter().map(|row| Self {
                task: of_task.name(),
                recording: recording.name.as_str().into(),
                measure: row.measure.as_str().into(),
                why: row.why.as_str().into(),
            });
            rows.collect::<Vec<_>>()
        };
        all(results).flat_map(rows).collect()
    }
}

impl RecordedLimit {
    pub(crate) fn of(results: &[TaskResults<'_>]) -> Vec<Self> {
        let rows = |(of_task, recording): (&TaskResults<'_>, &RankedRecording)| {
            let report = &recording.found.report;
            let limits = report.ceiling.iter().filter_map(|(measure, ceiling)| {
                let floor = report.floor.get(measure)?;
                Some(Self {
                    task: of_task.name(),
                    recording: recording.name.as_str().into(),
                    measure: *measure,
                    nearest_class: ceiling.nearest.as_str().into(),
                    trial_halves: ceiling.trial_halves,
                    neuron_halves: ceiling.neuron_halves,
                    same_network: ceiling.same_network,
                    same_class: ceiling.same_class,
                    shuffled_conditions: floor.shuffled_conditions,
                    untrained: floor.untrained,
                })
            });
            limits.collect::<Vec<_>>()
        };
        all(results).flat_map(rows).collect()
    }
}

impl RecordedPower {
    pub(crate) fn of(results: &[TaskResults<'_>]) -> Vec<Self> {
        let rows = |(of_task, recording): (&TaskResults<'_>, &RankedRecording)| {
            let designs =
                recording.found.report.needed.designs.iter().enumerate().map(|(place, design)| Self {
                    task: of_task.name(),
                    recording: recording.name.as_str().into(),
                    n_neurons: design.neurons,
                    n_trials: design.trials,
                    told: design.told,
                    is_own: place == 0,
                });
            designs.collect::<Vec<_>>()
        };
        all(results).flat_map(rows).collect()
    }
}
