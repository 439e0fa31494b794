//! Recordings ranked beside the networks of a study, as the page shows them.

use super::classes::{classes, of_task, place_of};
use super::{trajectories, words};
use crate::config::TaskStudy;
use crate::stage::Facet;
use crate::table::{Recorded, RecordedDistance, RecordedMeasure, RecordedPoint, RecordedPower, Tables};
use circuitscope::analysis::distance::Aspect;
use circuitscope::analysis::measures::Measure;
use circuitscope_report::RecordingRow;
use circuitscope_report::figure::{
    self, Class, DistanceRow, Figure, MeasureOfClass, MeasuredDistances, PlacedRecording, PowerPoint,
    RankedClass, RecordedDistances, RecordedMeasures, Rgb, Selectivity, SelectivityCloud, Sign, Trajectories,
    Trajectory, TrajectoryClass, Unit,
};

/// Colour of what is recorded.
const COLOUR: Rgb = Rgb::hex(0x00b0_7a10);

/// Verdicts on the recordings of a task.
pub(super) fn rows(task: &TaskStudy, tables: &Tables) -> Vec<RecordingRow> {
    let row = |row: &Recorded| RecordingRow {
        task: words::task(task.task.name()),
        name: row.recording.to_string(),
        used: format!(
            "{} neurons, {} of the task's {} conditions, {}{}, {} bins; {:.0} % of the variance of condition means is not noise",
            row.n_neurons,
            row.n_conditions,
            row.n_conditions + row.n_missing_conditions,
            row.form,
            row.trials_per_condition.map_or_else(String::new, |n| format!(", {n} trials per condition")),
            row.n_bins,
            100.0 * row.reliability
        ),
        verdict: row.verdict.to_string(),
        why: row.why.to_string(),
        needed: needed(row),
    };
    of_task(task, &tables.recordings, |row| &row.task).map(row).collect()
}

fn needed(row: &Recorded) -> String {
    let Some(told) = row.told else { return String::new() };
    let enough = |n: Option<usize>, what: &str| {
        n.map_or_else(|| format!("no number of {what} tried"), |n| format!("{n} {what}"))
    };
    format!(
        "{:.0} % of networks of the nearest classes are told with as many neurons and trials. For 80 %: {} at these trials, {}",
        100.0 * told,
        enough(row.neurons_needed, "neurons"),
        match row.trials_per_condition {
            Some(_) => format!("{} at these neurons", enough(row.trials_needed, "trials per condition")),
            None => "trials are not known".to_owned(),
        }
    )
}

/// The figures of the recordings of a task.
pub(super) fn figures(task: &TaskStudy, tables: &Tables) -> Vec<Figure> {
    let of_recording = |row: &Recorded| {
        let figures = [
            distances(task, tables, row),
            measures(task, tables, row),
            own_trajectories(task, tables, row),
            neurons(task, tables, row),
        ];
        figures.into_iter().flatten().collect::<Vec<_>>()
    };
    of_task(task, &tables.recordings, |row| &row.task).flat_map(of_recording).collect()
}

/// The recordings that have a place in a map of trained networks.
pub(super) fn places(task: &TaskStudy, tables: &Tables, aspect: Facet) -> Vec<PlacedRecording> {
    of_task(task, &tables.recording_maps, |row| &row.task)
        .filter(|row| row.aspect == aspect)
        .map(|row| PlacedRecording {
            name: row.recording.to_string(),
            at: [row.x, row.y],
            correlation: row.correlation,
        })
        .collect()
}

fn distances(task: &TaskStudy, tables: &Tables, recording: &Recorded) -> Option<Figure> {
    let is_own = |name: &str| name == &*recording.recording;
    let rows: Vec<&RecordedDistance> = of_task(task, &tables.recording_distances, |row| &row.task)
        .filter(|row| is_own(&row.recording))
        .collect();
    let ranked = of_task(task, &tables.recording_classes, |row| &row.task)
        .filter(|row| is_own(&row.recording))
        .filter_map(|row| {
            let class = classes(task).into_iter().nth(place_of(task, &row.class_name)?)?;
            Some(RankedClass { class, p: row.p, is_possible: row.is_possible })
        })
        .collect::<Vec<_>>();
    let distance = |measure: &str| {
        let of_class = |class: &RankedClass| {
            let row =
                rows.iter().find(|row| &*row.measure == measure && *row.class_name == *class.class.name)?;
            Some(DistanceRow {
                distance: row.distance,
                interval: row.low.zip(row.high).map(|(low, high)| [low, high]),
                nearest_share: row.nearest_share,
            })
        };
        ranked.iter().map(of_class).collect::<Vec<_>>()
    };
    let limits =
        of_task(task, &tables.recording_limits, |row| &row.task).filter(|row| is_own(&row.recording));
    let mut measures: Vec<MeasuredDistances> = limits
        .map(|limit| MeasuredDistances {
            measure: words::ranking(limit.measure.name()).to_owned(),
            rows: distance(limit.measure.name()),
            ceiling: Some([limit.same_network, limit.same_class.unwrap_or(limit.same_network)]),
            halves: limit.trial_halves,
            floor: [Some(limit.shuffled_conditions), limit.untrained],
        })
        .collect();
    let without_vote: Vec<&RecordedDistance> = rows.iter().copied().filter(|row| !row.votes).collect();
    measures.extend(without_vote.chunk_by(|a, b| a.measure == b.measure).map(|rows| MeasuredDistances {
        measure: words::ranking(&rows[0].measure).to_owned(),
        rows: distance(&rows[0].measure),
        ceiling: None,
        halves: None,
        floor: [None, None],
    }));
    (!measures.is_empty()).then(|| {
        figure::recorded_distances(&RecordedDistances {
            task: words::task(task.task.name()),
            recording: recording.recording.to_string(),
            verdict: recording.verdict.to_string(),
            classes: ranked,
            measures,
            power: power(task, tables, recording),
            data: data(&["recording_distances", "recording_limits", "recording_classes", "recording_power"]),
        })
    })
}

/// Where the recording stands by the measures that claims are about.
fn measures(task: &TaskStudy, tables: &Tables, recording: &Recorded) -> Option<Figure> {
    let rows: Vec<&RecordedMeasure> = of_task(task, &tables.recording_measures, |row| &row.task)
        .filter(|row| row.recording == recording.recording)
        .collect();
    let of_class = |row: &&RecordedMeasure| {
        let class = classes(task).into_iter().nth(place_of(task, &row.class_name)?)?;
        let (median, range, percentile) = (row.median, [row.low, row.high], row.percentile);
        Some(MeasureOfClass { class, median, range, percentile })
    };
    let of_measure = |rows: &[&RecordedMeasure]| {
        let known = Measure::ALL.into_iter().find(|known| *known.name() == *rows[0].measure);
        figure::RecordedMeasure {
            measure: known.map_or_else(|| rows[0].measure.to_string(), |known| known.words().to_owned()),
            value: rows[0].value,
            classes: rows.iter().filter_map(of_class).collect(),
        }
    };
    (!rows.is_empty()).then(|| {
        figure::recorded_measures(&RecordedMeasures {
            task: words::task(task.task.name()),
            recording: recording.recording.to_string(),
            measures: rows.chunk_by(|a, b| a.measure == b.measure).map(of_measure).collect(),
            data: data(&["recording_measures"]),
        })
    })
}

/// Designs with other neurons, and with other trials, by rising numbers.
fn power(task: &TaskStudy, tables: &Tables, recording: &Recorded) -> [Vec<PowerPoint>; 2] {
    let rows: Vec<&RecordedPower> = of_task(task, &tables.recording_power, |row| &row.task)
        .filter(|row| row.recording == recording.recording)
        .collect();
    let Some(own) = rows.iter().find(|row| row.is_own) else { return [Vec::new(), Vec::new()] };
    let curve = |held: fn(&RecordedPower) -> Option<usize>, varied: fn(&RecordedPower) -> Option<usize>| {
        let mut points: Vec<PowerPoint> = rows
            .iter()
            .filter(|row| held(row) == held(own))
            .filter_map(|row| Some(PowerPoint { n: varied(row)? as f64, told: row.told, is_own: row.is_own }))
            .collect();
        points.sort_by(|a, b| a.n.total_cmp(&b.n));
        points
    };
    let (neurons, trials) = (|row: &RecordedPower| Some(row.n_neurons), |row: &RecordedPower| row.n_trials);
    [curve(trials, neurons), curve(neurons, trials)]
}

/// The recording as a class of its own in figures of examples.
fn as_class(recording: &Recorded) -> Class {
    Class { name: recording.recording.to_string(), label: "Recorded neurons".to_owned(), colour: COLOUR }
}

/// The trajectories of the recording, then those of the example of each class at the same times and conditions.
fn own_trajectories(task: &TaskStudy, tables: &Tables, recording: &Recorded) -> Option<Figure> {
    let of_examples = trajectories::description(task, tables)?;
    let rows: Vec<&RecordedPoint> = of_task(task, &tables.recording_trajectories, |row| &row.task)
        .filter(|row| row.recording == recording.recording)
        .collect();
    let mut steps: Vec<f64> = rows.iter().map(|row| row.step).collect();
    steps.dedup();
    let labels = crate::conditions::of_trials(&task.task);
    let mut trials: Vec<(usize, Trajectory)> = Vec::new();
    for row in rows {
        let place = trials.iter().position(|(trial, _)| *trial == row.trial_idx).unwrap_or_else(|| {
            let condition = labels[row.trial_idx].clone();
            trials.push((row.trial_idx, Trajectory { condition, states: Vec::new() }));
            trials.len() - 1
        });
        trials[place].1.states.push([row.pc1, row.pc2, row.pc3]);
    }
    let shown: Vec<usize> = trials.iter().map(|(trial, _)| *trial).collect();
    let at_steps = |trial: &Trajectory| Trajectory {
        condition: trial.condition.clone(),
        states: steps.iter().filter_map(|&step| trial.states.get(step as usize).copied()).collect(),
    };
    let example = |class: TrajectoryClass| TrajectoryClass {
        trials: shown.iter().filter_map(|&trial| class.trials.get(trial)).map(at_steps).collect(),
        ..class
    };
    let own = TrajectoryClass {
        class: as_class(recording),
        network: recording.recording.to_string(),
        explained: explained(task, tables, recording, Aspect::Trajectories),
        trials: trials.into_iter().map(|(_, trial)| trial).collect(),
    };
    let onset = of_examples.onset.and_then(|onset| steps.iter().position(|&step| step >= onset as f64));
    let classes = std::iter::once(own).chain(of_examples.classes.into_iter().map(example)).collect();
    let figure = figure::trajectories(&Trajectories {
        onset,
        classes,
        data: data(&["recording_trajectories", "recording_explained_variance", "trajectories"]),
        ..of_examples
    });
    Some(Figure {
        id: format!("{}-{}", figure.id, recording.recording),
        title: format!(
            "{}: trajectories of {} beside an example of each class",
            words::task(task.task.name()),
            recording.recording
        ),
        caption: "Condition means of the recorded neurons, each divided by its standard deviation, and the whole example networks \
                  without noise, at the same times and conditions. Each panel has components of its own: shapes compare, directions \
                  do not."
            .to_owned(),
        ..figure
    })
}

/// The neurons of the recording, then the units of the example of each class.
fn neurons(task: &TaskStudy, tables: &Tables, recording: &Recorded) -> Option<Figure> {
    let of_examples = super::selectivity::description(task, tables)?;
    let units: Vec<Unit> = of_task(task, &tables.recording_selectivity, |row| &row.task)
        .filter(|row| row.recording == recording.recording)
        .map(|row| Unit { at: [row.pc1, row.pc2, row.pc3], sign: Sign::Recorded })
        .collect();
    let own = SelectivityCloud {
        class: as_class(recording),
        network: recording.recording.to_string(),
        explained: explained(task, tables, recording, Aspect::Selectivity),
        units,
    };
    let classes = std::iter::once(own).chain(of_examples.classes).collect();
    let data = data(&["recording_selectivity", "recording_explained_variance", "selectivity"]);
    let figure = figure::selectivity_cloud(&Selectivity { classes, data, ..of_examples });
    Some(Figure {
        id: format!("{}-{}", figure.id, recording.recording),
        title: format!(
            "{}: neurons of {} beside the units of an example of each class",
            words::task(task.task.name()),
            recording.recording
        ),
        ..figure
    })
}

fn explained(task: &TaskStudy, tables: &Tables, recording: &Recorded, aspect: Aspect) -> Option<[f64; 3]> {
    let rows = of_task(task, &tables.recording_explained_variance, |row| &row.task);
    let own = rows.filter(|row| row.recording == recording.recording && row.aspect == Facet::Aspect(aspect));
    own.map(|row| row.share).collect::<Vec<f64>>().first_chunk().copied()
}

fn data(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| format!("tables/{name}.parquet")).collect()
}
