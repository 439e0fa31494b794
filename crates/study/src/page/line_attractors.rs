//! The lines between the choices of the example network of each class.

use super::examples::{Example, examples};
use super::words;
use crate::config::TaskStudy;
use crate::table::{self, ChoiceMark, Tables};
use circuitscope::analysis::choice_lines::ArrowKind;
use circuitscope::task::ChoiceByContext;
use circuitscope_report::figure::{
    self, ChoiceArrow, ChoicePanel, ChoicePoint, Direction, Figure, LineAttractors,
};

/// None where the task has no such lines, or the study compares no fixed points.
pub(super) fn figure(task: &TaskStudy, tables: &Tables) -> Option<Figure> {
    let contexts = task.task.contexts()?;
    let examples = examples(task, tables);
    let of_example = |example: &Example<'_>| {
        let rows = example.rows(&tables.line_attractors, |row| [&row.task, &row.network]);
        let marks = example.rows(&tables.choice_planes, |row| [&row.task, &row.network]);
        let of_context = |line: &[&table::LinePoint]| {
            let context = &line[0].context;
            let marks: Vec<_> = marks.iter().copied().filter(|mark| mark.context == *context).collect();
            panel(example, contexts, line, &marks)
        };
        rows.chunk_by(|a, b| a.context == b.context).map(of_context).collect::<Vec<ChoicePanel>>()
    };
    let panels: Vec<ChoicePanel> = examples.iter().flat_map(of_example).collect();
    let data = ["line_attractors", "choice_planes"].map(|name| format!("tables/{name}.parquet")).to_vec();
    (!panels.is_empty()).then(|| {
        let task = words::task(task.task.name());
        let names = |names: &[String; 2]| names.clone();
        let (answers, contexts) = (names(&contexts.answer_names), names(&contexts.names));
        figure::line_attractors(&LineAttractors { task, answers, contexts, panels, data })
    })
}

fn panel(
    example: &Example<'_>,
    contexts: &ChoiceByContext,
    line: &[&table::LinePoint],
    marks: &[&ChoiceMark],
) -> ChoicePanel {
    let find = |mark: &str| marks.iter().find(|row| *row.mark == *mark);
    let place = |mark: &str| find(mark).map(|row| [row.x, row.y]);
    let arrow = |(source, kind): (ArrowKind, Direction)| {
        let row = find(source.name(contexts))?;
        Some(ChoiceArrow { kind, along: [row.x, row.y], cosine: row.cosine? })
    };
    let directions = [
        (ArrowKind::Evidence(0), Direction::First),
        (ArrowKind::Evidence(1), Direction::Second),
        (ArrowKind::Selection, Direction::Selection),
    ];
    let point = |row: &&table::LinePoint| ChoicePoint {
        at: [row.x, row.y],
        drift: row.drift,
        drift_per_ms: row.drift_per_ms,
        max_re: row.max_re,
    };
    ChoicePanel {
        class: example.class.clone(),
        context: format!("{} context", line[0].context),
        relevant: usize::from(*line[0].context == *contexts.names[1]),
        network: example.network.to_owned(),
        points: line.iter().map(point).collect(),
        choices: [1, 0].map(|answer| place(&contexts.answer_names[answer])),
        arrows: directions.into_iter().filter_map(arrow).collect(),
    }
}
