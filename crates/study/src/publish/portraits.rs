//! Example networks taken apart: as tables and as figures.

use super::classes::classes;
use super::words;
use crate::stage::{Item, PlaneMark, Portrait, PortraitLine, PortraitPoint, TaskResults};
use crate::store::table::Table;
use circuitscope::analysis::choice_lines::{ArrowKind, CONTEXTS};
use circuitscope::dynamics::stability;
use circuitscope::task::Task;
use circuitscope_report::figure::{
    BranchClass, BranchCurve, BranchEvent, BranchEventKind, BranchPanel, BranchStep, Branches, ChoiceArrow,
    ChoicePanel, ChoicePoint, Class, Direction, EigenvalueClass, Eigenvalues, Growth, LineAttractors,
    SpectrumPoint, Stability,
};

/// Most inputs of a task; tasks with fewer leave columns empty.
const INPUTS: [&str; 6] = ["input_1", "input_2", "input_3", "input_4", "input_5", "input_6"];
const SELECTION: [&str; 6] =
    ["selection_1", "selection_2", "selection_3", "selection_4", "selection_5", "selection_6"];

/// Each portrait with its item.
fn examples<'a>(of_task: &'a TaskResults<'_>) -> impl Iterator<Item = (&'a Item, &'a Portrait)> {
    let items = of_task.examples();
    of_task.portraits.iter().filter_map(move |portrait| {
        let item = items.iter().find(|item| item.network == portrait.network)?;
        Some((*item, portrait))
    })
}

/// Task, class and network of the rows of a table.
#[derive(Default)]
pub(super) struct Names([Vec<String>; 3]);

impl Names {
    pub(super) fn push(&mut self, of_task: &TaskResults<'_>, item: &Item) {
        let class = &of_task.task.classes[item.class].name;
        let row = [of_task.task.task.name(), class, &item.network];
        self.0.iter_mut().zip(row).for_each(|(column, text)| column.push(text.to_owned()));
    }

    pub(super) fn table(self) -> Table {
        let names = ["task", "class", "network"];
        names.into_iter().zip(self.0).fold(Table::default(), |table, (name, text)| table.text(name, text))
    }
}

/// One row an eigenvalue of the flow at a fixed point of the example of each class.
pub(super) fn eigenvalues(results: &[TaskResults<'_>]) -> Table {
    let mut names = Names::default();
    let (mut conditions, mut stabilities) = (Vec::new(), Vec::new());
    let (mut inputs, mut points, mut orders) = (Vec::new(), Vec::new(), Vec::new());
    let (mut re, mut im, mut alpha) = (Vec::new(), Vec::new(), Vec::new());
    for of_task in results {
        let task = &of_task.task.task;
        let constant = task.fixed_point_inputs();
        for (item, portrait) in examples(of_task) {
            for (number, (point, spectrum)) in item.fixed_points.iter().zip(&portrait.spectra).enumerate() {
                let values = task.fixed_point_condition(constant.row(point.input));
                let condition = words::constant_input(task.name(), &values);
                for (order, value) in spectrum.iter().enumerate() {
                    names.push(of_task, item);
                    conditions.push(condition.clone());
                    stabilities.push(words::stability(point.stability));
                    inputs.push(point.input as i64);
                    points.push(number as i64);
                    orders.push(order as i64);
                    re.push(value[0]);
                    im.push(value[1]);
                    alpha.push(portrait.alpha);
                }
            }
        }
    }
    names
        .table()
        .text("condition", conditions)
        .text("stability", stabilities)
        .integer("input", inputs)
        .integer("point", points)
        .integer("order", orders)
        .float("re", re)
        .float("im", im)
        .float("alpha", alpha)
}

/// One row a point or event of a branch of the example of each class.
pub(super) fn branches(results: &[TaskResults<'_>]) -> Table {
    let mut names = Names::default();
    let mut texts: [Vec<String>; 3] = Default::default();
    let mut integers: [Vec<i64>; 4] = Default::default();
    let mut floats: [Vec<f64>; 6] = Default::default();
    let mut channels: [Vec<Option<f64>>; INPUTS.len()] = Default::default();
    for of_task in results {
        let lines = line_names(&of_task.task.task);
        for (item, portrait) in examples(of_task) {
            for (number, branch) in portrait.branches.iter().enumerate() {
                let line = &lines[branch.line];
                for (order, step) in branch.steps.iter().enumerate() {
                    names.push(of_task, item);
                    let kind = words::branch_step(step.kind).to_owned();
                    let row = [line.quantity.to_owned(), line.held.clone(), kind];
                    texts.iter_mut().zip(row).for_each(|(column, text)| column.push(text));
                    let row = [branch.line, number, order, step.n_unstable];
                    integers.iter_mut().zip(row).for_each(|(column, value)| column.push(value as i64));
                    let [x, y, z] = step.over_trajectories;
                    let row = [step.position, line.value(step.position), step.max_re, x, y, z];
                    floats.iter_mut().zip(row).for_each(|(column, value)| column.push(value));
                    let inputs = channels.iter_mut().enumerate();
                    inputs.for_each(|(u, column)| column.push(step.input.get(u).copied()));
                }
            }
        }
    }
    let table = ["quantity", "held", "kind"]
        .into_iter()
        .zip(texts)
        .fold(names.table(), |table, (name, text)| table.text(name, text));
    let table = ["line", "branch", "order", "n_unstable"]
        .into_iter()
        .zip(integers)
        .fold(table, |table, (name, values)| table.integer(name, values));
    let table =
        INPUTS.into_iter().zip(channels).fold(table, |table, (name, values)| table.float(name, values));
    ["position", "value", "max_re", "trajectory_pc1", "trajectory_pc2", "trajectory_pc3"]
        .into_iter()
        .zip(floats)
        .fold(table, |table, (name, values)| table.float(name, values))
}

/// One row a point on the line between the choices of the example of each class, in each context.
pub(super) fn line_attractors(results: &[TaskResults<'_>]) -> Table {
    let mut names = Names::default();
    let (mut contexts, mut orders) = (Vec::new(), Vec::new());
    let mut floats: [Vec<f64>; 9] = Default::default();
    let mut selection: [Vec<Option<f64>>; SELECTION.len()] = Default::default();
    for of_task in results {
        for (item, portrait) in examples(of_task) {
            for line in &portrait.lines {
                for (order, point) in line.points.iter().enumerate() {
                    names.push(of_task, item);
                    contexts.push(CONTEXTS[line.context]);
                    orders.push(order as i64);
                    let ([x, y], [re, im]) = (point.at, point.eigenvalue);
                    let (drift, alignment) = (point.drift_per_ms, point.alignment);
                    let row = [point.position, x, y, line.length, drift, point.residual, re, im, alignment];
                    floats.iter_mut().zip(row).for_each(|(column, value)| column.push(value));
                    let cosines = selection.iter_mut().enumerate();
                    cosines.for_each(|(u, column)| column.push(point.selection.get(u).copied()));
                }
            }
        }
    }
    let columns = ["position", "x", "y", "length", "drift_per_ms", "residual", "max_re", "im", "alignment"];
    let table = names.table().text("context", contexts).integer("order", orders);
    let table =
        columns.into_iter().zip(floats).fold(table, |table, (name, values)| table.float(name, values));
    SELECTION.into_iter().zip(selection).fold(table, |table, (name, values)| table.float(name, values))
}

/// One row a choice, or a direction at the middle of the line between them.
pub(super) fn choice_planes(results: &[TaskResults<'_>]) -> Table {
    let mut names = Names::default();
    let (mut contexts, mut marks) = (Vec::new(), Vec::new());
    let (mut x, mut y, mut cosines) = (Vec::new(), Vec::new(), Vec::new());
    for of_task in results {
        for (item, portrait) in examples(of_task) {
            for line in &portrait.lines {
                for mark in &line.marks {
                    names.push(of_task, item);
                    contexts.push(CONTEXTS[line.context]);
                    marks.push(mark.name.clone());
                    x.push(mark.at[0]);
                    y.push(mark.at[1]);
                    cosines.push(mark.cosine);
                }
            }
        }
    }
    let table = names.table().text("context", contexts).text("mark", marks);
    table.float("x", x).float("y", y).float("cosine", cosines)
}

/// A line of inputs in words.
struct LineName {
    quantity: &'static str,
    held: String,
    /// Group of the line in its figure: the context, or the cue.
    group: usize,
    /// Values of the quantity at the two ends.
    ends: [f64; 2],
}

impl LineName {
    fn value(&self, position: f64) -> f64 {
        self.ends[0] + (self.ends[1] - self.ends[0]) * position
    }
}

/// The middle lines of a task.
fn line_names(task: &Task) -> Vec<LineName> {
    let inputs = task.fixed_point_inputs();
    let conditions = task.fixed_point_condition_names();
    let of_line = |line: circuitscope::task::InputLine| {
        let varied = conditions.iter().position(|name| *name == line.quantity).unwrap_or_default();
        let end = |input: Option<&usize>| {
            input.map_or_else(Vec::new, |&input| task.fixed_point_condition(inputs.row(input)))
        };
        let ends = [end(line.inputs.first()), end(line.inputs.last())];
        let held = words::held_input(task.name(), &ends[0], varied);
        let group = match task {
            Task::Cddm(_) => ends[0].first(),
            Task::GoNoGo(_) | Task::MemoryNumber(_) => ends[0].get(1),
        };
        LineName {
            quantity: line.quantity,
            held,
            group: usize::from(group.is_some_and(|&value| value != 0.0)),
            ends: ends.map(|end| end.get(varied).copied().unwrap_or_default()),
        }
    };
    task.middle_lines().into_iter().map(of_line).collect()
}

/// Spectra at the fixed points of the examples; none where the study compares none.
pub(super) fn eigenvalue_figure(of_task: &TaskResults<'_>) -> Option<Eigenvalues> {
    let classes = classes(of_task);
    let of_example = |(item, portrait): (&Item, &Portrait)| {
        let alpha = portrait.alpha;
        let values = item.fixed_points.iter().zip(&portrait.spectra).flat_map(|(point, spectrum)| {
            let is_stable = point.stability == stability::Stability::Stable;
            spectrum.iter().map(move |&at| SpectrumPoint { at, growth: growth(at, alpha, is_stable) })
        });
        EigenvalueClass {
            class: classes[item.class].clone(),
            network: item.network.clone(),
            alpha,
            n_points: portrait.spectra.len(),
            values: values.collect(),
        }
    };
    let of_classes: Vec<EigenvalueClass> = examples(of_task).map(of_example).collect();
    (!of_classes.is_empty()).then(|| Eigenvalues {
        task: words::task(of_task.task.task.name()).to_owned(),
        classes: of_classes,
        data: vec!["tables/eigenvalues.parquet".to_owned()],
    })
}

/// What becomes of a push along an eigenvector.
fn growth([re, im]: [f64; 2], alpha: f64, is_stable: bool) -> Growth {
    if re > 0.0 {
        Growth::Grows
    } else if (1.0 + alpha * re).hypot(alpha * im) > 1.0 {
        Growth::GrowsInSteps
    } else if is_stable {
        Growth::DecaysAtStable
    } else {
        Growth::DecaysAtUnstable
    }
}

/// Branches along the middle lines of the examples; none where the study compares no fixed points.
pub(super) fn branch_figure(of_task: &TaskResults<'_>) -> Option<Branches> {
    let task = &of_task.task.task;
    let classes = classes(of_task);
    let lines = line_names(task);
    let panels: Vec<(&str, Vec<usize>)> = match task {
        Task::Cddm(_) => ["motion context", "colour context"]
            .into_iter()
            .enumerate()
            .map(|(group, name)| {
                (name, (0..lines.len()).filter(|&line| lines[line].group == group).collect())
            })
            .collect(),
        Task::GoNoGo(_) | Task::MemoryNumber(_) => vec![("", (0..lines.len()).collect())],
    };
    let of_example = |(item, portrait): (&Item, &Portrait)| {
        let panel = |(name, of_panel): &(&str, Vec<usize>)| BranchPanel {
            name: (*name).to_owned(),
            curves: portrait
                .branches
                .iter()
                .filter(|branch| of_panel.contains(&branch.line))
                .map(|branch| curve(branch, &lines[branch.line], task))
                .collect(),
        };
        BranchClass {
            class: classes[item.class].clone(),
            network: item.network.clone(),
            panels: panels.iter().map(panel).collect(),
        }
    };
    let of_classes: Vec<BranchClass> = examples(of_task).map(of_example).collect();
    let (quantity, range, kinds) = match task {
        Task::Cddm(_) => ("coherence", [-1.0, 1.0], ["relevant coherence", "irrelevant coherence"]),
        Task::GoNoGo(_) | Task::MemoryNumber(_) => ("value", [0.0, 1.0], ["without cue", "with cue"]),
    };
    (!of_classes.is_empty()).then(|| Branches {
        task: words::task(task.name()).to_owned(),
        quantity: quantity.to_owned(),
        range,
        kinds: kinds.map(str::to_owned).to_vec(),
        classes: of_classes,
        data: vec!["tables/branches.parquet".to_owned()],
    })
}

fn curve(branch: &crate::stage::PortraitBranch, line: &LineName, task: &Task) -> BranchCurve {
    let kind = match task {
        // Motion is relevant in the first context, colour in the second.
        Task::Cddm(_) => usize::from((line.quantity == "motion coherence") != (line.group == 0)),
        Task::GoNoGo(_) | Task::MemoryNumber(_) => line.group,
    };
    let event = |kind: PortraitPoint| match kind {
        PortraitPoint::Point => None,
        PortraitPoint::Fold => Some(BranchEventKind::Fold),
        PortraitPoint::RealCrossing => Some(BranchEventKind::RealCrossing),
        PortraitPoint::Hopf => Some(BranchEventKind::Hopf),
    };
    let at = |step: &crate::stage::PortraitStep| [line.value(step.position), step.over_trajectories[0]];
    let steps = branch.steps.iter().map(|step| BranchStep {
        at: at(step),
        stability: match (event(step.kind), step.n_unstable) {
            (Some(_), _) => None,
            (None, 0) => Some(Stability::Stable),
            (None, _) => Some(Stability::Unstable),
        },
    });
    let events =
        branch.steps.iter().filter_map(|step| Some(BranchEvent { at: at(step), kind: event(step.kind)? }));
    BranchCurve {
        kind,
        label: format!("{}, {}", line.quantity, line.held),
        steps: steps.collect(),
        events: events.collect(),
    }
}

/// Lines between choices of the examples; none where the task has none.
pub(super) fn line_figure(of_task: &TaskResults<'_>) -> Option<LineAttractors> {
    let classes = classes(of_task);
    let panels: Vec<ChoicePanel> = examples(of_task)
        .flat_map(|(item, portrait)| {
            let class = &classes[item.class];
            portrait.lines.iter().map(move |line| choice_panel(class, item, line))
        })
        .collect();
    (!panels.is_empty()).then(|| LineAttractors {
        task: words::task(of_task.task.task.name()).to_owned(),
        panels,
        data: vec!["tables/line_attractors.parquet".to_owned(), "tables/choice_planes.parquet".to_owned()],
    })
}

fn choice_panel(class: &Class, item: &Item, line: &PortraitLine) -> ChoicePanel {
    let place = |name: &str| line.marks.iter().find(|mark| mark.name == name).map(|mark| mark.at);
    let arrow = |(source, kind): (ArrowKind, Direction)| {
        let mark: &PlaneMark = line.marks.iter().find(|mark| mark.name == source.name())?;
        Some(ChoiceArrow { kind, along: mark.at, cosine: mark.cosine? })
    };
    let directions = [
        (ArrowKind::Motion, Direction::Motion),
        (ArrowKind::Colour, Direction::Colour),
        (ArrowKind::Selection, Direction::Selection),
    ];
    ChoicePanel {
        class: class.clone(),
        context: format!("{} context", CONTEXTS[line.context]),
        relevant: line.context,
        network: item.network.clone(),
        points: line
            .points
            .iter()
            .map(|point| ChoicePoint {
                at: point.at,
                drift: point.drift_per_ms * line.length,
                drift_per_ms: point.drift_per_ms,
                max_re: point.eigenvalue[0],
            })
            .collect(),
        choices: [place("left"), place("right")],
        arrows: directions.into_iter().filter_map(arrow).collect(),
    }
}
