//! What a task is: its timing, its inputs and outputs, its conditions, in values and as a figure.

use circuitscope::task::Task;
use circuitscope::trials::Trials;
use circuitscope_report::figure::{self, ExampleTrial, Figure, TaskTimeline};
use ndarray::{Array2, ArrayView2, Axis};
use serde::Serialize;

/// Trials shown as examples.
const N_EXAMPLES: usize = 3;

/// What a task is, with keys that other tools read.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TaskDescription {
    /// Its name.
    pub task: String,
    /// Steps of a trial.
    pub steps: usize,
    /// Parts of a trial, from the first step to the last.
    pub epochs: Vec<EpochRow>,
    /// Steps on which the output counts: first inside, first after.
    pub mask: Vec<[usize; 2]>,
    /// Whether outputs count by weight, by output, step and trial; `mask` then holds the steps at which any does.
    pub weighted: bool,
    /// The tasks that it is made of, in the order of their numbers; left out of one task.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<String>,
    /// Inputs, in their order.
    pub inputs: Vec<String>,
    /// Outputs, in their order.
    pub outputs: Vec<String>,
    /// What distinguishes conditions.
    pub factors: Vec<FactorRow>,
    /// Trials of an iteration of training.
    pub training_trials: usize,
    /// Whether every iteration has new ones.
    pub redraws_trials: bool,
    /// Trials on which networks are scored and compared.
    pub analysis_trials: usize,
    /// Constant inputs at which fixed points are searched.
    pub constant_inputs: usize,
}

/// A part of a trial.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EpochRow {
    /// Its name; `trial` for what comes before the first named one.
    pub name: String,
    /// First step inside.
    pub start: usize,
    /// First step after.
    pub end: usize,
}

/// A factor of the conditions.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FactorRow {
    /// Its name.
    pub name: String,
    /// Its levels on training trials, rising.
    pub training_levels: Vec<f32>,
    /// Its levels on analysis trials, rising.
    pub analysis_levels: Vec<f32>,
}

/// Describes a task.
pub fn describe_task(task: &Task) -> TaskDescription {
    let (training, analysis) = (task.scoring_trials(), task.analysis_trials());
    let factors = task.condition_names().iter().enumerate().map(|(column, name)| FactorRow {
        name: name.clone(),
        training_levels: levels(&training.conditions, column),
        analysis_levels: levels(&analysis.conditions, column),
    });
    TaskDescription {
        task: task.name().to_owned(),
        steps: analysis.n_steps(),
        epochs: task
            .epochs()
            .into_iter()
            .map(|(name, epoch)| EpochRow { name: name.to_owned(), start: epoch.start, end: epoch.end })
            .collect(),
        mask: runs(&analysis.mask),
        weighted: analysis.weights.is_some(),
        parts: task.parts().iter().map(|part| part.name.clone()).collect(),
        inputs: task.input_names().to_vec(),
        outputs: task.output_names().to_vec(),
        factors: factors.collect(),
        training_trials: task.training_trials(0, 0).n_trials(),
        redraws_trials: task.redraws_trials(),
        analysis_trials: analysis.n_trials(),
        constant_inputs: task.constant_inputs().inputs.nrows(),
    }
}

/// Example trials of a task: the first, the middle and the last of its analysis trials.
pub fn task_timeline(task: &Task) -> Figure {
    let trials = task.analysis_trials();
    let n = trials.n_trials();
    let mut shown: Vec<usize> = (0..N_EXAMPLES).map(|k| k * (n - 1) / (N_EXAMPLES - 1)).collect();
    shown.dedup();
    let described = describe_task(task);
    let example = |trial: usize| ExampleTrial {
        label: label(task, &trials, trial),
        inputs: courses(&trials.inputs.index_axis(Axis(2), trial)),
        targets: courses(&trials.targets.index_axis(Axis(2), trial)),
    };
    figure::task_timeline(&TaskTimeline {
        task: described.task,
        inputs: described.inputs,
        outputs: described.outputs,
        epochs: described.epochs.into_iter().map(|epoch| (epoch.name, epoch.start as f64)).collect(),
        mask: described.mask.iter().map(|run| run.map(|step| step as f64)).collect(),
        trials: shown.into_iter().map(example).collect(),
    })
}

fn label(task: &Task, trials: &Trials, trial: usize) -> String {
    let of_factor = |(name, level): (&String, &f32)| format!("{name} {level}");
    let levels = trials.conditions.row(trial);
    task.condition_names().iter().zip(levels).map(of_factor).collect::<Vec<_>>().join(", ")
}

fn courses(rows: &ArrayView2<'_, f32>) -> Vec<Vec<f64>> {
    rows.outer_iter().map(|row| row.iter().map(|&value| value.into()).collect()).collect()
}

/// Runs of successive numbers: the first of each, and the first after it.
fn runs(steps: &[usize]) -> Vec<[usize; 2]> {
    let mut runs: Vec<[usize; 2]> = Vec::new();
    for &step in steps {
        match runs.last_mut() {
            Some(run) if run[1] == step => run[1] = step + 1,
            _ => runs.push([step, step + 1]),
        }
    }
    runs
}

/// The levels of a factor, rising, each once.
fn levels(conditions: &Array2<f32>, column: usize) -> Vec<f32> {
    let mut levels = conditions.column(column).to_vec();
    levels.sort_by(f32::total_cmp);
    levels.dedup();
    levels
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // a test

    use super::*;

    #[test]
    fn a_description_says_what_the_trials_hold() {
        let task = Task::published("cddm").unwrap();
        let found = describe_task(&task);
        // docs/methods.md §2: 300 steps, outputs count before the context and from the decision on.
        assert_eq!((found.steps, found.inputs.len(), found.outputs.len()), (300, 6, 2));
        let trials = task.analysis_trials();
        let counted: usize = found.mask.iter().map(|[start, end]| end - start).sum();
        assert_eq!(counted, trials.mask.len());
        assert!(trials.mask.iter().all(|step| found.mask.iter().any(|run| (run[0]..run[1]).contains(step))));
        assert_eq!(found.epochs.first().map(|epoch| epoch.start), Some(0));
        assert!(found.epochs.windows(2).all(|pair| pair[0].end == pair[1].start));
        assert_eq!(found.epochs.last().map(|epoch| epoch.end), Some(300));
        let product: usize = found.factors.iter().map(|factor| factor.analysis_levels.len()).product();
        assert_eq!(product, found.analysis_trials);
        assert_eq!(found.factors[0].analysis_levels, [0.0, 1.0]);
    }

    #[test]
    fn numbers_are_gathered_in_runs() {
        assert_eq!(runs(&[0, 1, 2, 7, 9, 10]), [[0, 3], [7, 8], [9, 11]]);
        assert_eq!(runs(&[]), Vec::<[usize; 2]>::new());
    }
}
