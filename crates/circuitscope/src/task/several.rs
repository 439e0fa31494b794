//! A task made of tasks: trials of all of them in each batch, and an input for each that says which one is asked for.

use super::{Epoch, InputGrid, InputLine, Source, Task};
use crate::field::FieldError;
use crate::stream::seed_of_draw;
use crate::trials::Trials;
use ndarray::{Array2, Array3};

/// Name of the condition that numbers the tasks.
const TASK: &str = "task";
/// The setting that names the tasks.
const FIELD: &str = "several";

/// Several tasks for one network.
///
/// Inputs of the same name are one input, and so are outputs. Besides, each task has an input of its own, its rule, which is 1
/// throughout its trials and 0 on those of the others. Trials that are shorter than the longest show their last step until the end, with
/// weight 0. Each task counts the same in the loss, however many trials and outputs it has; outputs that a task lacks do not count on
/// its trials. Conditions are the task's number from 0, then those of the tasks by name, 0 on trials of a task that lacks them.
#[derive(Clone, Debug, PartialEq)]
pub struct Several {
    name: String,
    members: Vec<Member>,
    parts: Vec<Part>,
    input_names: Vec<String>,
    output_names: Vec<String>,
    condition_names: Vec<String>,
    n_steps: usize,
}

/// One of the tasks, and where what it has stands among what all have.
#[derive(Clone, Debug, PartialEq)]
struct Member {
    task: Task,
    inputs: Vec<usize>,
    outputs: Vec<usize>,
    conditions: Vec<usize>,
    rule: usize,
}

/// A task that is part of another one: its place is the first condition of the trials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// Steps of its analysis trials from where their inputs first differ until they end.
    pub steps: Epoch,
}

impl Several {
    /// A task of these tasks, in this order.
    ///
    /// # Errors
    /// [`FieldError`] for fewer than two tasks, one that stands twice or is itself made of several, times between steps that differ, and
    /// names that cannot be told apart.
    pub fn new(name: &str, tasks: Vec<Task>) -> Result<Self, FieldError> {
        let refuse =
            |found: String, remedy: &str| Err(FieldError { field: FIELD, found, remedy: remedy.to_owned() });
        if tasks.len() < 2 {
            return refuse(format!("{} tasks", tasks.len()), "name two tasks or more");
        }
        let mut steps_of: Option<(&str, f64)> = None;
        for (place, task) in tasks.iter().enumerate() {
            let own = task.name();
            if tasks[..place].iter().any(|other| other.name() == own) {
                return refuse(format!("`{own}` twice"), "name each task once");
            }
            if let Source::Several(_) = &task.source {
                return refuse(
                    format!("`{own}`, which is itself made of several"),
                    "name the tasks that it is made of",
                );
            }
            let own_steps = task.dt_ms().map(|dt| (own, dt));
            if let (Some((other, expected)), Some((_, found))) = (steps_of, own_steps)
                && expected != found
            {
                return refuse(
                    format!("`{other}` with steps of {expected} ms and `{own}` with steps of {found} ms"),
                    "one network has one time step: give the tasks the same `dt_ms`",
                );
            }
            steps_of = steps_of.or(own_steps);
            if task.condition_names().iter().any(|condition| condition == TASK) {
                return refuse(
                    format!("`{own}`, which has a condition `{TASK}`"),
                    "give the condition another name: this one numbers the tasks",
                );
            }
        }
        let mut input_names: Vec<String> = Vec::new();
        let mut output_names: Vec<String> = Vec::new();
        let mut condition_names = vec![TASK.to_owned()];
        let places: Vec<[Vec<usize>; 3]> = tasks
            .iter()
            .map(|task| {
                [
                    places(&mut input_names, task.input_names()),
                    places(&mut output_names, task.output_names()),
                    places(&mut condition_names, task.condition_names()),
                ]
            })
            .collect();
        let mut members = Vec::new();
        for (task, [inputs, outputs, conditions]) in tasks.into_iter().zip(places) {
            let rule = format!("rule {}", task.name());
            if input_names.contains(&rule) {
                return refuse(
                    format!("an input `{rule}`"),
                    "give the input another name: this one is the rule's",
                );
            }
            members.push(Member { task, inputs, outputs, conditions, rule: input_names.len() });
            input_names.push(rule);
        }
        let parts = members.iter().map(|member| part(&member.task)).collect();
        let n_steps = members.iter().map(|member| member.task.n_steps).max().unwrap_or_default();
        Ok(Self {
            name: name.to_owned(),
            members,
            parts,
            input_names,
            output_names,
            condition_names,
            n_steps,
        })
    }

    pub(super) fn redraws_trials(&self) -> bool {
        self.members.iter().any(|member| member.task.redraws_trials())
    }

    /// Each task draws from a seed of its own, so that what one draws does not depend on the others.
    pub(super) fn training_trials(&self, seed: u64, iteration: u64) -> Trials {
        self.together(|place, task| task.training_trials(seed_of_draw(seed, place as u64), iteration))
    }

    pub(super) fn scoring_trials(&self) -> Trials {
        self.together(|_, task| task.scoring_trials())
    }

    pub(super) fn analysis_trials(&self) -> Trials {
        self.together(|_, task| task.analysis_trials())
    }

    /// Everything that trials are made from, as each task says it.
    pub(super) fn text(&self, of_task: fn(&Task) -> String) -> String {
        let head = format!("task={}\nseveral {}\n", self.name, self.members.len());
        self.members.iter().fold(head, |text, member| text + &of_task(&member.task))
    }

    /// Trials of all tasks, one task after the other.
    fn together(&self, trials_of: impl Fn(usize, &Task) -> Trials) -> Trials {
        let all: Vec<Trials> =
            self.members.iter().enumerate().map(|(place, member)| trials_of(place, &member.task)).collect();
        let n_trials = all.iter().map(Trials::n_trials).sum();
        let mut inputs = Array3::zeros((self.input_names.len(), self.n_steps, n_trials));
        let mut targets = Array3::zeros((self.output_names.len(), self.n_steps, n_trials));
        let mut weights = Array3::zeros(targets.dim());
        let mut conditions = Array2::zeros((n_trials, self.condition_names.len()));
        let totals: Vec<f64> = all.iter().map(total_weight).collect();
        let mean_total = totals.iter().sum::<f64>() / totals.len() as f64;
        let mut first = 0;
        for (place, (member, trials)) in self.members.iter().zip(&all).enumerate() {
            let last = trials.n_steps() - 1;
            let share = mean_total / totals[place];
            for trial in 0..trials.n_trials() {
                let to = first + trial;
                for step in 0..self.n_steps {
                    let from = step.min(last);
                    for (input, &channel) in member.inputs.iter().enumerate() {
                        inputs[[channel, step, to]] = trials.inputs[[input, from, trial]];
                    }
                    inputs[[member.rule, step, to]] = 1.0;
                    for (output, &channel) in member.outputs.iter().enumerate() {
                        targets[[channel, step, to]] = trials.targets[[output, from, trial]];
                        if step <= last {
                            let weight = share * trials.weight(output, step, trial);
                            weights[[channel, step, to]] = weight as f32;
                        }
                    }
                }
                conditions[[to, 0]] = place as f32;
                for (condition, &column) in member.conditions.iter().enumerate() {
                    conditions[[to, column]] = trials.conditions[[trial, condition]];
                }
            }
            first += trials.n_trials();
        }
        Trials { inputs, targets, mask: Trials::mask_of(&weights), weights: Some(weights), conditions }
    }

    /// The constant inputs of each task, with its rule.
    fn grid(&self) -> InputGrid {
        let mut names = vec![TASK.to_owned()];
        let columns: Vec<Vec<usize>> =
            self.members.iter().map(|member| places(&mut names, &member.task.grid.names)).collect();
        let n_inputs = self.members.iter().map(|member| member.task.grid.inputs.nrows()).sum();
        let mut inputs = Array2::zeros((n_inputs, self.input_names.len()));
        let mut conditions = Array2::zeros((n_inputs, names.len()));
        let (mut lines, mut middle_lines) = (Vec::new(), Vec::new());
        let mut first = 0;
        for (place, (member, columns)) in self.members.iter().zip(columns).enumerate() {
            let own = &member.task.grid;
            for row in 0..own.inputs.nrows() {
                for (input, &channel) in member.inputs.iter().enumerate() {
                    inputs[[first + row, channel]] = own.inputs[[row, input]];
                }
                inputs[[first + row, member.rule]] = 1.0;
                conditions[[first + row, 0]] = place as f64;
                for (condition, &column) in columns.iter().enumerate() {
                    conditions[[first + row, column]] = own.conditions[[row, condition]];
                }
            }
            let moved = |line: &InputLine| InputLine {
                quantity: line.quantity.clone(),
                inputs: line.inputs.iter().map(|input| first + input).collect(),
            };
            lines.extend(own.lines.iter().map(moved));
            middle_lines.extend(own.middle_lines.iter().map(moved));
            first += own.inputs.nrows();
        }
        InputGrid { inputs, names, conditions, lines, middle_lines }
    }

    /// When all trials ask for an answer: what is shorter shows its last step then.
    fn decision(&self) -> Epoch {
        let starts = self.members.iter().map(|member| member.task.decision().start);
        Epoch::new(starts.max().unwrap_or_default(), self.n_steps)
    }
}

impl Task {
    /// The tasks that it is made of, in the order of their rules; none if it is one task.
    pub fn parts(&self) -> &[Part] {
        if let Source::Several(task) = &self.source { &task.parts } else { &[] }
    }

    /// The step at which its analysis trials are over; arrays may be longer.
    fn analysis_end(&self) -> usize {
        if let Source::Yang(task) = &self.source { task.analysis_end() } else { self.n_steps }
    }
}

/// Places of names in a list, to which those are added that it lacks.
fn places(all: &mut Vec<String>, names: &[String]) -> Vec<usize> {
    let place = |name: &String| {
        all.iter().position(|known| known == name).unwrap_or_else(|| {
            all.push(name.clone());
            all.len() - 1
        })
    };
    names.iter().map(place).collect()
}

/// The sum of what the trials count.
fn total_weight(trials: &Trials) -> f64 {
    match &trials.weights {
        Some(weights) => weights.iter().map(|&weight| f64::from(weight)).sum(),
        None => (trials.n_outputs() * trials.mask.len() * trials.n_trials()) as f64,
    }
}

/// A task as part of another: the steps from where inputs of its analysis trials first differ.
fn part(task: &Task) -> Part {
    let trials = task.analysis_trials();
    let end = task.analysis_end();
    let differ = |&step: &usize| {
        trials.inputs.outer_iter().any(|input| {
            let shown = input.row(step);
            shown.iter().any(|&value| value != shown[0])
        })
    };
    let start = (0..end).find(differ).unwrap_or_default();
    Part { name: task.name().to_owned(), steps: Epoch::new(start, end) }
}

impl From<Several> for Task {
    fn from(task: Several) -> Self {
        let last = task.members.len() - 1;
        Self {
            name: task.name.clone(),
            input_names: task.input_names.clone(),
            output_names: task.output_names.clone(),
            condition_names: task.condition_names.clone(),
            quantity: (TASK.to_owned(), [0.0, last as f64]),
            n_circuit_nodes: task.input_names.len() + task.output_names.len().max(2),
            n_steps: task.n_steps,
            starts: Vec::new(),
            decision: task.decision(),
            dt_ms: task.members.iter().find_map(|member| member.task.dt_ms()),
            grid: task.grid(),
            contexts: None,
            choice: None,
            asked_value: None,
            source: Source::Several(Box::new(task)),
        }
    }
}

#[cfg(test)]
mod tests;
