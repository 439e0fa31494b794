//! Weights of latent circuits between named nodes.

use serde::{Deserialize, Serialize};

use super::{Area, Block, Class, Figure, Ink, Matrix, Panel, Ramp, slug};

/// Latent circuits of one task, one a class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Circuits {
    /// Name of the task for readers.
    pub task: String,
    /// `[n]` names of the nodes, inputs first.
    pub nodes: Vec<String>,
    /// One entry a class, in the study's order.
    pub classes: Vec<CircuitWeights>,
    /// Paths of the tables with these numbers, relative to the report.
    pub data: Vec<String>,
}

/// Recurrent weights of the circuits of a class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CircuitWeights {
    /// The class.
    pub class: Class,
    /// Which circuit it is and how well it fits, e.g. `mean of 10, r² 0.78`.
    pub remark: String,
    /// `[n, n]` weights, row by row, `[post, pre]`.
    pub weights: Vec<f64>,
}

/// A panel a class: the weight onto each row's node from each column's.
pub fn circuit(input: &Circuits) -> Figure {
    let weights = input.classes.iter().flat_map(|class| &class.weights).copied();
    let largest = weights.filter(|w| w.is_finite()).fold(0.0, |most: f64, w| most.max(w.abs())).max(1e-9);
    let panels = input
        .classes
        .iter()
        .map(|class| Panel {
            title: class.class.label.clone(),
            subtitle: class.remark.clone(),
            tint: Some(class.class.colour),
            area: Area::Matrix(Matrix {
                n: input.nodes.len(),
                values: class.weights.clone(),
                label: "weight".into(),
                range: [-largest, largest],
                ramp: Ramp::Weights,
                blocks: input
                    .nodes
                    .iter()
                    .map(|node| Block { label: node.clone(), ink: Ink::Muted, len: 1 })
                    .collect(),
            }),
        })
        .collect();
    Figure {
        id: slug(&["circuits", &input.task]),
        title: format!("{}: recurrent weights of the latent circuits", input.task),
        caption:
            "Each cell is the weight from the node of its column onto the node of its row: red excites, blue \
                  inhibits, and the colours mean the same in every panel. Above: the fits whose mean this is, the share of the network's \
                  responses that the best one explains, and its mechanism."
                .into(),
        columns: 2,
        legend: Vec::new(),
        panels,
        data: input.data.clone(),
    }
}
