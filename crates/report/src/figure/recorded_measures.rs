//! Where a recording stands among the networks of each class, by the measures that claims are about.

use serde::{Deserialize, Serialize};

use super::{
    Area, Aspect, Axis, Class, Figure, Ink, LegendEntry, Mark, Panel, Plane, Row, Swatch, Symbol, Weight,
    slug,
};

/// Measures of a recording beside those of the classes of a task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecordedMeasures {
    /// Name of the task for readers.
    pub task: String,
    /// Name of the recording.
    pub recording: String,
    /// One entry per measure.
    pub measures: Vec<RecordedMeasure>,
    /// Paths of the tables with these numbers, relative to the report.
    pub data: Vec<String>,
}

/// A measure of a recording and of networks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecordedMeasure {
    /// What it is, for readers.
    pub measure: String,
    /// The recording's value.
    pub value: f64,
    /// One entry per class that has the measure.
    pub classes: Vec<MeasureOfClass>,
}

/// A measure of the networks of a class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MeasureOfClass {
    /// The class.
    pub class: Class,
    /// Median of its networks.
    pub median: f64,
    /// Range of 95 % of them.
    pub range: [f64; 2],
    /// Share of them below the recording.
    pub percentile: f64,
}

/// A panel per measure with a row per class.
pub fn recorded_measures(input: &RecordedMeasures) -> Figure {
    Figure {
        id: slug(&["recording", "measures", &input.recording, &input.task]),
        title: format!("{}: measures of {} within each class", input.task, input.recording),
        caption: "Bars are the range of 95 % of the networks of a class, each observed as the neurons were, ticks their median. The \
                  dashed line is the recording; beside each class stands the share of its networks that lie below it. What claims ask of \
                  fixed points is taken here from the states at the end of trials."
            .into(),
        columns: 2,
        legend: vec![
            LegendEntry {
                label: "median and 95 % of networks".into(),
                swatch: Swatch::Point { symbol: Symbol::Bar, ink: Ink::Text },
            },
            LegendEntry {
                label: "recording".into(),
                swatch: Swatch::Line { ink: Ink::Text, weight: Weight::Thin },
            },
        ],
        panels: input.measures.iter().map(panel).collect(),
        data: input.data.clone(),
    }
}

fn panel(measure: &RecordedMeasure) -> Panel {
    let mut marks = Vec::new();
    for (row, class) in measure.classes.iter().enumerate() {
        let (y, ink) = (row as f64, Ink::Colour(class.class.colour));
        marks.push(Mark::Interval { x: class.range, y, ink, keys: vec![0] });
        marks.push(Mark::Points {
            x: vec![class.median],
            y: vec![y],
            hover: vec![format!(
                "{}: median {:.3}, 95 % from {:.3} to {:.3}; {:.0} % lie below the recording",
                class.class.label,
                class.median,
                class.range[0],
                class.range[1],
                100.0 * class.percentile
            )],
            symbol: Symbol::Bar,
            ink,
            radius: 5.0,
            keys: vec![0],
        });
    }
    marks.push(Mark::Dashes {
        x: vec![measure.value; 2],
        y: vec![-0.5, measure.classes.len() as f64 - 0.5],
        hover: format!("recording: {:.3}", measure.value),
        ink: Ink::Text,
        weight: Weight::Bold,
        keys: vec![1],
    });
    let rows = measure.classes.iter().map(|class| Row {
        label: class.class.label.clone(),
        note: format!("{:.0} % below", 100.0 * class.percentile),
    });
    Panel {
        title: measure.measure.clone(),
        subtitle: String::new(),
        tint: None,
        area: Area::Plane(Plane {
            x: Axis::linear(""),
            y: Axis::rows(rows.collect()),
            aspect: Aspect::Fill(0.5),
            marks,
        }),
    }
}
