//! The branches of fixed points of the example network of each class.

use super::examples::{Example, examples};
use super::words;
use crate::conditions::{Line, groups_of_inputs, middle_lines, quantities_of_inputs, range};
use crate::config::TaskStudy;
use crate::stage::ExampleStepKind;
use crate::table::{self, Tables};
use circuitscope::task::ChoiceByContext;
use circuitscope_report::figure::{
    self, BranchClass, BranchCurve, BranchEvent, BranchEventKind, BranchPanel, BranchStep, Branches, Figure,
    Stability,
};

/// None where the study compares no fixed points, or the inputs of the task form no lines.
pub(super) fn figure(task: &TaskStudy, tables: &Tables) -> Option<Figure> {
    let lines = middle_lines(&task.task);
    if lines.is_empty() {
        return None; // the inputs of the task form none
    }
    let groups = groups_of_inputs(&task.task);
    // Panel by panel: a context each, or a quantity.
    let (quantity, kinds, panels) = if let Some(ChoiceByContext { quantity, .. }) = task.task.contexts() {
        let kinds = ["relevant", "irrelevant"].map(|kind| format!("{kind} {quantity}"));
        (quantity.clone(), kinds.to_vec(), groups)
    } else {
        let kinds = if groups.is_empty() { vec!["fixed points".to_owned()] } else { groups };
        match quantities_of_inputs(&task.task).as_slice() {
            [one] => (one.clone(), kinds, vec![String::new()]),
            several => ("value".to_owned(), kinds, several.to_vec()),
        }
    };
    let range = range(lines.iter().flat_map(|line| line.ends));
    let of_example = |example: Example<'_>| {
        // Where a network has fixed points but none could be followed, empty panels say so.
        if example.rows(&tables.eigenvalues, |row| [&row.task, &row.network]).is_empty() {
            return None;
        }
        let rows = example.rows(&tables.branches, |row| [&row.task, &row.network]);
        let branches: Vec<&[&table::BranchStep]> =
            rows.chunk_by(|a, b| a.branch_idx == b.branch_idx).collect();
        let panel = |(place, name): (usize, &String)| {
            let line = |branch: &[&table::BranchStep]| &lines[branch[0].line_idx];
            let of_panel = branches.iter().filter(|branch| line(branch).panel == place);
            BranchPanel {
                name: name.clone(),
                curves: of_panel.map(|branch| curve(branch, line(branch))).collect(),
            }
        };
        Some(BranchClass {
            network: example.network.to_owned(),
            panels: panels.iter().enumerate().map(panel).collect(),
            class: example.class,
        })
    };
    let classes: Vec<BranchClass> = examples(task, tables).into_iter().filter_map(of_example).collect();
    (!classes.is_empty()).then(|| {
        figure::branches(&Branches {
            task: words::task(task.task.name()),
            quantity,
            range,
            kinds,
            classes,
            data: vec!["tables/branches.parquet".to_owned()],
        })
    })
}

fn curve(branch: &[&table::BranchStep], line: &Line) -> BranchCurve {
    let at = |row: &table::BranchStep| [row.value, row.trajectory_pc1];
    let steps = branch.iter().map(|row| BranchStep {
        at: at(row),
        stability: match (row.kind, row.n_unstable) {
            (ExampleStepKind::Point, 0) => Some(Stability::Stable),
            (ExampleStepKind::Point, _) => Some(Stability::Unstable),
            (ExampleStepKind::Fold | ExampleStepKind::RealCrossing | ExampleStepKind::Hopf, _) => None,
        },
    });
    let events = branch.iter().filter_map(|row| Some(BranchEvent { at: at(row), kind: event(row.kind)? }));
    BranchCurve {
        kind: line.kind,
        label: format!("{}, {}", line.quantity, line.held),
        steps: steps.collect(),
        events: events.collect(),
    }
}

fn event(kind: ExampleStepKind) -> Option<BranchEventKind> {
    match kind {
        ExampleStepKind::Point => None,
        ExampleStepKind::Fold => Some(BranchEventKind::Fold),
        ExampleStepKind::RealCrossing => Some(BranchEventKind::RealCrossing),
        ExampleStepKind::Hopf => Some(BranchEventKind::Hopf),
    }
}
