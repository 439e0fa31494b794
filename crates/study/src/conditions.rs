//! What the trials and constant inputs of a task stand for: in words, and as the groups and values that colour them.

use circuitscope::task::{ChoiceByContext, InputGrid, InputLine, Task};
use circuitscope_report::figure::Condition;
use ndarray::ArrayView1;
use std::fmt::Display;

/// What each analysis trial of a task shows.
pub(crate) fn of_trials(task: &Task) -> Vec<Condition> {
    let names = task.condition_names();
    let of_trial = |values: ArrayView1<'_, f32>| {
        if let Some(contexts) = task.contexts() {
            return of_contexts(contexts, [values[0], values[1], values[2]]);
        }
        let label = names.iter().zip(values).map(|(name, value)| format!("{name} {value}"));
        Condition {
            group: 0,
            value: values.first().copied().unwrap_or_default().into(),
            label: label.collect::<Vec<_>>().join(", "),
        }
    };
    task.analysis_trials().conditions.outer_iter().map(of_trial).collect()
}

/// What each constant input of a task, at which fixed points are sought, stands for.
pub(crate) fn of_inputs(task: &Task) -> Vec<Condition> {
    let held = Held::of(task);
    let of_input = |values: ArrayView1<'_, f64>| {
        if let Some(contexts) = task.contexts() {
            return of_contexts(contexts, [values[0], values[1], values[2]]);
        }
        let group = held.group(values);
        let moved = held.quantities.iter().map(|&place| held.words(place, values));
        let label = moved.chain([held.groups[group].1.clone()]).filter(|text| !text.is_empty());
        let value = held.quantities.first().map_or(0.0, |&place| values[place]);
        Condition { group, value, label: label.collect::<Vec<_>>().join(", ") }
    };
    task.constant_inputs().conditions.outer_iter().map(of_input).collect()
}

/// The groups of a task's constant inputs by what is held along its middle lines, such as the cue; contexts for a task that
/// has them. None where nothing is held.
pub(crate) fn groups_of_inputs(task: &Task) -> Vec<String> {
    match task.contexts() {
        Some(contexts) => contexts.names.iter().map(|context| format!("{context} context")).collect(),
        None => {
            Held::of(task).groups.into_iter().map(|(_, name)| name).filter(|name| !name.is_empty()).collect()
        }
    }
}

/// What a context of a task is called; empty in a task without contexts.
pub(crate) fn context_name(task: &Task, context: usize) -> &str {
    task.contexts().map_or("", |contexts| &contexts.names[context])
}

/// What changes along the middle lines of a task without contexts; where there are none, all that tells its inputs apart.
pub(crate) fn quantities_of_inputs(task: &Task) -> Vec<String> {
    let held = Held::of(task);
    held.quantities.iter().map(|&place| held.names[place].clone()).collect()
}

/// What colours a task's constant inputs, and its range.
pub(crate) fn quantity_of_inputs(task: &Task) -> (String, [f64; 2]) {
    if task.contexts().is_some() {
        return (task.quantity().0.to_owned(), task.quantity().1);
    }
    let (held, conditions) = (Held::of(task), &task.constant_inputs().conditions);
    let place = held.quantities.first().copied().unwrap_or_default();
    (held.names[place].clone(), range(conditions.column(place).iter().copied()))
}

/// The least and the largest of some numbers.
pub(crate) fn range(values: impl Iterator<Item = f64>) -> [f64; 2] {
    values.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], value| [value.min(low), value.max(high)])
}

/// Decimals, six at most, that tell these numbers: ten steps of a tenth are not all written as such in binary.
fn decimals(values: &[f64]) -> usize {
    let is_enough = |n: &usize| {
        let scale = 10_f64.powi(*n as i32);
        values.iter().all(|value| ((value * scale).round() / scale - value).abs() < 1e-9)
    };
    (0..6).find(is_enough).unwrap_or(6)
}

/// What is held along the middle lines of a task without contexts.
struct Held<'a> {
    /// What the constant inputs are told apart by.
    names: &'a [String],
    /// Decimals that tell the values of each.
    decimals: Vec<usize>,
    /// Places of the quantities that change along middle lines.
    quantities: Vec<usize>,
    /// Values of all others, rising, and what they are called.
    groups: Vec<(Vec<f64>, String)>,
}

impl<'a> Held<'a> {
    fn of(task: &'a Task) -> Self {
        let InputGrid { names, conditions, middle_lines, .. } = task.constant_inputs();
        let mut quantities: Vec<usize> = Vec::new();
        for line in middle_lines {
            let place = names.iter().position(|name| *name == line.quantity);
            quantities.extend(place.filter(|place| !quantities.contains(place)));
        }
        if quantities.is_empty() {
            quantities = (0..names.len()).collect(); // inputs that form no lines are told apart by all of it
        }
        let others: Vec<usize> = (0..names.len()).filter(|place| !quantities.contains(place)).collect();
        let decimals: Vec<usize> =
            (0..names.len()).map(|place| decimals(&conditions.column(place).to_vec())).collect();
        let mut held: Vec<Vec<f64>> = conditions
            .outer_iter()
            .map(|values| others.iter().map(|&place| values[place]).collect())
            .collect();
        held.sort_by(|a, b| {
            a.iter()
                .zip(b)
                .map(|(a, b)| a.total_cmp(b))
                .find(|order| order.is_ne())
                .unwrap_or(std::cmp::Ordering::Equal)
        });
        held.dedup();
        let is_switch =
            |place: usize| conditions.column(place).iter().all(|&value| value == 0.0 || value == 1.0);
        let name_of = |(value, &place): (&f64, &usize)| match (is_switch(place), *value != 0.0) {
            (true, true) => format!("with {}", names[place]),
            (true, false) => format!("without {}", names[place]),
            (false, _) => format!("{} {value:.*}", names[place], decimals[place]),
        };
        let named = |values: Vec<f64>| {
            let name = values.iter().zip(&others).map(name_of).collect::<Vec<_>>().join(", ");
            (values, name)
        };
        let groups = held.into_iter().map(named).collect();
        Self { names, decimals, quantities, groups }
    }

    /// One quantity of a condition in words.
    #[allow(clippy::needless_pass_by_value, reason = "a view of an array is a reference already")]
    fn words(&self, place: usize, values: ArrayView1<'_, f64>) -> String {
        format!("{} {:.*}", self.names[place], self.decimals[place], values[place])
    }

    /// The group of an input by its condition.
    #[allow(clippy::needless_pass_by_value, reason = "a view of an array is a reference already")]
    fn group(&self, values: ArrayView1<'_, f64>) -> usize {
        let others = (0..values.len()).filter(|place| !self.quantities.contains(place));
        let held: Vec<f64> = others.map(|place| values[place]).collect();
        self.groups.iter().position(|(values, _)| *values == held).unwrap_or_default()
    }
}

/// A condition of a task with contexts, coloured by the evidence that counts in its context.
fn of_contexts<T: Copy + Display + Into<f64>>(
    contexts: &ChoiceByContext,
    [context, first, second]: [T; 3],
) -> Condition {
    let (group, names) = (usize::from(context.into() != 0.0), &contexts.names);
    Condition {
        group,
        value: [first, second][group].into(),
        label: format!("{} context, {} {first}, {} {second}", names[group], names[0], names[1]),
    }
}

/// One of [`InputGrid::middle_lines`].
pub(crate) struct Line {
    /// What changes along it.
    pub(crate) quantity: String,
    /// What is held along it.
    pub(crate) held: String,
    /// Of a task with contexts its context; else the place of its quantity among those of all lines.
    pub(crate) panel: usize,
    /// Of a task with contexts 0 if the quantity counts in this context, else 1; else its place in [`groups_of_inputs`].
    pub(crate) kind: usize,
    /// Values of the quantity at the two ends.
    pub(crate) ends: [f64; 2],
}

impl Line {
    /// The quantity at a position from 0 to 1.
    pub(crate) fn value(&self, position: f64) -> f64 {
        self.ends[0] + (self.ends[1] - self.ends[0]) * position
    }
}

/// The lines of constant inputs along which the fixed points of examples are followed.
pub(crate) fn middle_lines(task: &Task) -> Vec<Line> {
    let InputGrid { conditions, middle_lines, .. } = task.constant_inputs();
    let groups = Held::of(task);
    let of_line = |InputLine { quantity, inputs: along }: &InputLine| {
        let varied = groups.names.iter().position(|name| name == quantity).unwrap_or_default();
        let end = |place: usize| conditions.row(along[place]);
        let (first, last) = (end(0), end(along.len() - 1));
        let (held, panel, kind) = if let Some(ChoiceByContext { names, .. }) = task.contexts() {
            let context = usize::from(first[0] != 0.0);
            let other = if varied == 1 { 2 } else { 1 };
            let held = format!("{} context, {} {}", names[context], names[other - 1], first[other]);
            (held, context, usize::from(varied != 1 + context))
        } else {
            let kind = groups.group(first);
            let panel = groups.quantities.iter().position(|&place| place == varied).unwrap_or_default();
            let others = groups.quantities.iter().filter(|&&place| place != varied);
            let held = others.map(|&place| groups.words(place, first));
            let held = held.chain([groups.groups[kind].1.clone()]).filter(|text| !text.is_empty());
            (held.collect::<Vec<_>>().join(", "), panel, kind)
        };
        Line { quantity: quantity.clone(), held, panel, kind, ends: [first[varied], last[varied]] }
    };
    middle_lines.iter().map(of_line).collect()
}
