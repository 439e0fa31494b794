//! Weights of latent circuits between named nodes.

use serde::{Deserialize, Serialize};

use super::{Area, Block, Class, Figure, Ink, Matrix, Panel, Ramp, certainty, slug};

/// Latent circuits of one task, one a class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Circuits {
    /// Name of the task for readers.
    pub task: String,
    /// `[n]` names of the nodes, inputs first.
    pub nodes: Vec<String>,
    /// One entry a class, in the study's order.
    pub classes: Vec<CircuitWeights>,
    /// What is shown of a class.
    pub shown: CircuitsShown,
    /// Paths of the tables with these numbers, relative to the report.
    pub data: Vec<String>,
}

/// Which circuits of a class are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum CircuitsShown {
    /// Those of its best network: the study fits circuits to one of each class.
    OnlyNetwork,
    /// The mean over its networks; where one alone has circuits, those.
    ClassMean,
}

impl CircuitsShown {
    /// In a sentence for captions.
    pub(super) fn told(self) -> &'static str {
        match self {
            Self::OnlyNetwork => {
                "The consensus of the fits to the best network of each class; with one network a class (`networks = 1` under \
                 [circuits]) there is no mean over networks."
            }
            Self::ClassMean => {
                "The mean over the networks of each class, free nodes matched, with bootstrap intervals over networks; a class \
                 with circuits of one network alone shows those."
            }
        }
    }
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
    /// Their intervals, row by row; empty where there are too few networks or fits.
    pub intervals: Vec<[f64; 2]>,
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
                certainty: class
                    .weights
                    .iter()
                    .zip(&class.intervals)
                    .map(|(&weight, &interval)| certainty(weight, interval))
                    .collect(),
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
        caption: format!(
            "{} Each cell is the weight from the node of its column onto the node of its row: red excites, blue inhibits, and \
             the colours mean the same in every panel; the paler, the wider the interval against the weight. Above: whose \
             circuits these are, and r2_total, the published share of the network's responses that the best fits explain.",
            input.shown.told()
        ),
        columns: 2,
        legend: Vec::new(),
        panels,
        data: input.data.clone(),
    }
}
