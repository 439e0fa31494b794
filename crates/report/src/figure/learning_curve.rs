//! Loss over training, class by class.

use serde::{Deserialize, Serialize};

use super::{Area, Aspect, Axis, Class, Figure, Ink, LegendEntry, Mark, Panel, Plane, Swatch, Weight, slug};

/// Losses of one task over training.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LearningCurve {
    /// Name of the task for readers.
    pub task: String,
    /// One entry a class, in the study's order.
    pub classes: Vec<LossCurve>,
    /// Where training changes its recipe.
    pub phases: Vec<Phase>,
    /// Paths of the tables with these numbers, relative to the report.
    pub data: Vec<String>,
}

/// Losses of one class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LossCurve {
    /// The class.
    pub class: Class,
    /// `[n]` iterations at which the loss was taken.
    pub iterations: Vec<f64>,
    /// `[n]` median noise-free loss over networks.
    pub median: Vec<f64>,
    /// Spread over networks, where stored.
    pub range: Option<LossRange>,
    /// `[networks][n]` noise-free losses; may be empty.
    pub networks: Vec<Vec<f64>>,
}

/// Spread of a loss over networks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LossRange {
    /// What the bounds are, e.g. `10th to 90th percentile`.
    pub label: String,
    /// `[n]` lower bound.
    pub low: Vec<f64>,
    /// `[n]` upper bound.
    pub high: Vec<f64>,
}

/// A change of the recipe in the course of training.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Phase {
    /// First iteration under the new recipe.
    pub from: f64,
    /// What changes, in a word or two.
    pub label: String,
}

/// A panel a class: its networks, their range and median, before the medians of the other classes in grey.
pub fn learning_curve(input: &LearningCurve) -> Figure {
    let mut legend = vec![
        LegendEntry {
            label: "median of the class".into(),
            swatch: Swatch::Line { ink: Ink::Text, weight: Weight::Bold },
        },
        LegendEntry {
            label: "medians of the other classes".into(),
            swatch: Swatch::Line { ink: Ink::Muted, weight: Weight::Hair },
        },
    ];
    let mut next = legend.len();
    let mut add = |label: String, swatch| {
        legend.push(LegendEntry { label, swatch });
        next += 1;
        next - 1
    };
    let range = input.classes.iter().find_map(|c| c.range.as_ref());
    let range_key = range.map(|range| add(range.label.clone(), Swatch::Band { ink: Ink::Text }));
    let network_key = input
        .classes
        .iter()
        .any(|c| !c.networks.is_empty())
        .then(|| add("single networks".into(), Swatch::Line { ink: Ink::Text, weight: Weight::Hair }));
    let bounds = bounds(input);
    let panels = input
        .classes
        .iter()
        .map(|own| {
            let mut marks: Vec<Mark> =
                input.phases.iter().map(|p| Mark::Rule { x: p.from, label: p.label.clone() }).collect();
            for other in input.classes.iter().filter(|other| other.class != own.class) {
                marks.push(line(other, &other.median, Ink::Muted, Weight::Hair, vec![1]));
            }
            let ink = Ink::Colour(own.class.colour);
            if let (Some(range), Some(key)) = (&own.range, range_key) {
                marks.push(Mark::Envelope {
                    x: own.iterations.clone(),
                    low: range.low.clone(),
                    high: range.high.clone(),
                    ink,
                    keys: vec![key],
                });
            }
            for losses in &own.networks {
                marks.push(line(own, losses, ink, Weight::Hair, network_key.into_iter().collect()));
            }
            marks.push(line(own, &own.median, ink, Weight::Bold, vec![0]));
            let y = Axis::log("noise-free loss");
            Panel {
                title: own.class.label.clone(),
                subtitle: String::new(),
                tint: Some(own.class.colour),
                area: Area::Plane(Plane {
                    x: Axis::linear("iteration"),
                    y: bounds.map_or(y.clone(), |[low, high]| y.range(low, high)),
                    aspect: Aspect::Fill(0.68),
                    marks,
                }),
            }
        })
        .collect();
    Figure {
        id: slug(&["learning", &input.task]),
        title: format!("{}: loss over training", input.task),
        caption: "Each panel follows one class: a line that still falls at the right end had not converged, and the \
                  grey lines show how the other classes did meanwhile."
            .into(),
        columns: 3,
        legend,
        panels,
        data: input.data.clone(),
    }
}

fn line(curve: &LossCurve, losses: &[f64], ink: Ink, weight: Weight, keys: Vec<usize>) -> Mark {
    let hover = match weight {
        Weight::Hair if ink != Ink::Muted => String::new(),
        _ => format!("median, {}", curve.class.label),
    };
    Mark::Line { x: curve.iterations.clone(), y: losses.to_vec(), hover, ink, weight, keys }
}

/// Lowest and highest positive loss over all panels, so that they share one axis.
fn bounds(input: &LearningCurve) -> Option<[f64; 2]> {
    let losses = input.classes.iter().flat_map(|c| {
        let range = c.range.iter().flat_map(|r| r.low.iter().chain(&r.high));
        c.median.iter().chain(range).chain(c.networks.iter().flatten())
    });
    let positive = losses.copied().filter(|loss| loss.is_finite() && *loss > 0.0);
    let (low, high) =
        positive.fold((f64::INFINITY, 0.0_f64), |(low, high), loss| (low.min(loss), high.max(loss)));
    (high > 0.0).then_some([low * 0.85, high * 1.15])
}
