//! Circuits against their networks, number by number: node responses, and what perturbations do.

use serde::{Deserialize, Serialize};

use super::{
    Area, Aspect, Axis, Class, Figure, Ink, LegendEntry, Mark, Panel, Plane, Ramp, Swatch, Symbol, Weight,
    slug,
};

/// What is held against what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Compared {
    /// Rates of the nodes against the network's rates, projected.
    Responses,
    /// Changes of behaviour with each weight.
    Perturbations,
}

/// Circuits of one task against their networks, one a class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CircuitScatter {
    /// Name of the task for readers.
    pub task: String,
    /// What the points are.
    pub compared: Compared,
    /// Names of the groups of points.
    pub groups: Vec<String>,
    /// One entry a class, in the study's order.
    pub classes: Vec<ScatterPanel>,
    /// Paths of the tables with these numbers, relative to the report.
    pub data: Vec<String>,
}

/// Points of a class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScatterPanel {
    /// The class.
    pub class: Class,
    /// The correlation or score, e.g. `r 0.66, p 0.0001`.
    pub remark: String,
    /// The points.
    pub points: Vec<ScatterPoint>,
}

/// A number of the circuit and that of its network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScatterPoint {
    /// Circuit, network.
    pub at: [f64; 2],
    /// Its group, by its place in the groups.
    pub group: usize,
    /// What it is; may be empty.
    pub hover: String,
}

/// A panel a class; on the broken line both are the same.
pub fn circuit_scatter(input: &CircuitScatter) -> Figure {
    let colours = Ramp::Sequential.sample(input.groups.len());
    let legend = input.groups.iter().zip(&colours).map(|(label, &colour)| LegendEntry {
        label: label.clone(),
        swatch: Swatch::Point { symbol: Symbol::Circle, ink: Ink::Colour(colour) },
    });
    let (id, title, caption, axes) = match input.compared {
        Compared::Responses => (
            "circuit responses",
            "responses of circuit nodes and of their networks",
            "Each point is a node at the end of a trial: its rate in the circuit against the network's rates seen through \
             the embedding. On the broken line they are equal.",
            ["rate of the node", "projected rates of the network"],
        ),
        Compared::Perturbations => (
            "circuit perturbations",
            "what a change of a weight does to behaviour",
            "Each point is a recurrent weight and a number of behaviour: how a small change of this weight moves it in the \
             circuit, and how the same change, embedded in the network's weights, moves it there. Points along the broken \
             line speak for a circuit that is the network's cause of behaviour; a cloud about zero speaks against it. r \
             says whether the changes go together, R² of the identity whether they are equal: 1 on the broken line, 0 for \
             a circuit in which nothing changes, below 0 for one that predicts worse than that. Table circuits holds both \
             for the circuits of other networks, the circuit without recurrent weights and randomly rotated nodes.",
            ["change in the circuit", "change in the network"],
        ),
    };
    let panel = |panel: &ScatterPanel| Panel {
        title: panel.class.label.clone(),
        subtitle: panel.remark.clone(),
        tint: Some(panel.class.colour),
        area: Area::Plane(Plane {
            x: Axis::linear(axes[0]),
            y: Axis::linear(axes[1]),
            aspect: Aspect::Fill(0.86),
            marks: marks(panel, &colours),
        }),
    };
    Figure {
        id: slug(&[id, &input.task]),
        title: format!("{}: {title}", input.task),
        caption: caption.to_owned(),
        columns: 3,
        legend: legend.collect(),
        panels: input.classes.iter().map(panel).collect(),
        data: input.data.clone(),
    }
}

fn marks(panel: &ScatterPanel, colours: &[super::Rgb]) -> Vec<Mark> {
    let numbers = || panel.points.iter().flat_map(|point| point.at).filter(|number| number.is_finite());
    let ends = [numbers().fold(0.0, f64::min), numbers().fold(0.0, f64::max)];
    let mut marks = vec![Mark::Dashes {
        x: ends.to_vec(),
        y: ends.to_vec(),
        hover: String::new(),
        ink: Ink::Muted,
        weight: Weight::Thin,
        keys: Vec::new(),
    }];
    for (group, &colour) in colours.iter().enumerate() {
        let points: Vec<&ScatterPoint> = panel.points.iter().filter(|point| point.group == group).collect();
        let hover = points.iter().map(|point| point.hover.clone()).filter(|text| !text.is_empty());
        marks.push(Mark::Points {
            x: points.iter().map(|point| point.at[0]).collect(),
            y: points.iter().map(|point| point.at[1]).collect(),
            hover: hover.collect(),
            symbol: Symbol::Circle,
            ink: Ink::Colour(colour),
            radius: 2.2,
            keys: vec![group],
        });
    }
    marks
}
