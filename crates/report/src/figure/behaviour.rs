//! What networks answer, as a curve over what they are shown.

use serde::{Deserialize, Serialize};

use super::{Area, Aspect, Axis, Class, Figure, Ink, LegendEntry, Mark, Panel, Plane, Swatch, Weight, slug};

/// Response curves of one task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Behaviour {
    /// Name of the task for readers.
    pub task: String,
    /// What is tested, in a few words, e.g. `choice against irrelevant coherence`.
    pub test: String,
    /// The classes; curves refer to them by index.
    pub classes: Vec<Class>,
    /// What the bounds of the curves are, e.g. `95 % interval over networks`.
    pub bounds: String,
    /// One entry a condition of the test, e.g. a context.
    pub panels: Vec<BehaviourPanel>,
    /// Paths of the tables with these numbers, relative to the report.
    pub data: Vec<String>,
}

/// The curves of one condition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BehaviourPanel {
    /// The condition, e.g. `motion context`.
    pub title: String,
    /// What is varied.
    pub stimulus: String,
    /// What is measured.
    pub response: String,
    /// Ends of the response axis.
    pub range: [f64; 2],
    /// Values of the stimulus between which the networks were trained.
    pub trained: Option<[f64; 2]>,
    /// One entry a class.
    pub curves: Vec<ResponseCurve>,
}

/// The response of one class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResponseCurve {
    /// Index into [`Behaviour::classes`].
    pub class: usize,
    /// `[n]` values of the stimulus.
    pub stimulus: Vec<f64>,
    /// `[n]` responses.
    pub response: Vec<f64>,
    /// `[n]` lower and `[n]` upper bounds, where stored.
    pub bounds: Option<[Vec<f64>; 2]>,
}

/// A panel a condition: a line a class with its bounds, over the range of training.
pub fn behaviour(input: &Behaviour) -> Figure {
    let mut legend: Vec<LegendEntry> = input
        .classes
        .iter()
        .map(|class| LegendEntry {
            label: class.label.clone(),
            swatch: Swatch::Line { ink: Ink::Colour(class.colour), weight: Weight::Bold },
        })
        .collect();
    let bounds_key = legend.len();
    legend.push(LegendEntry { label: input.bounds.clone(), swatch: Swatch::Band { ink: Ink::Text } });
    Figure {
        id: slug(&["behaviour", &input.task, &input.test]),
        title: format!("{}: {}", input.task, input.test),
        caption:
            "Each line is what one class answers on average; outside the dashed lines the networks see what \
                  they were never trained on."
                .into(),
        columns: 2,
        legend,
        panels: input.panels.iter().map(|panel| draw(input, panel, bounds_key)).collect(),
        data: input.data.clone(),
    }
}

fn draw(input: &Behaviour, panel: &BehaviourPanel, bounds_key: usize) -> Panel {
    let mut marks = Vec::new();
    if let Some([low, high]) = panel.trained {
        marks.push(Mark::Rule { x: low, label: String::new() });
        marks.push(Mark::Rule { x: high, label: "trained range".into() });
    }
    let ink = |curve: &ResponseCurve| {
        input.classes.get(curve.class).map_or(Ink::Muted, |class| Ink::Colour(class.colour))
    };
    for curve in &panel.curves {
        if let Some([low, high]) = &curve.bounds {
            marks.push(Mark::Envelope {
                x: curve.stimulus.clone(),
                low: low.clone(),
                high: high.clone(),
                ink: ink(curve),
                keys: vec![curve.class, bounds_key],
            });
        }
    }
    for curve in &panel.curves {
        marks.push(Mark::Line {
            x: curve.stimulus.clone(),
            y: curve.response.clone(),
            hover: input.classes.get(curve.class).map(|class| class.label.clone()).unwrap_or_default(),
            ink: ink(curve),
            weight: Weight::Bold,
            keys: vec![curve.class],
        });
    }
    Panel {
        title: panel.title.clone(),
        subtitle: String::new(),
        tint: None,
        area: Area::Plane(Plane {
            x: Axis::linear(&panel.stimulus),
            y: Axis::linear(&panel.response).range(panel.range[0], panel.range[1]),
            aspect: Aspect::Fill(0.6),
            marks,
        }),
    }
}
