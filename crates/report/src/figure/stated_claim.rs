//! The numbers that a claim of a study file is about, network by network.

use serde::{Deserialize, Serialize};

use super::{
    Area, Aspect, Axis, Class, Figure, Ink, LegendEntry, Mark, Panel, Plane, Row, Swatch, Symbol, slug,
};

/// What a claim of a study file is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StatedClaim {
    /// Name of the claim.
    pub name: String,
    /// Name of the task for readers.
    pub task: String,
    /// What is claimed.
    pub statement: String,
    /// One panel per number.
    pub numbers: Vec<StatedNumber>,
    /// Paths of the tables with these numbers, relative to the report.
    pub data: Vec<String>,
}

/// A number of single networks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StatedNumber {
    /// What it is, in words.
    pub words: String,
    /// What it is held against, where that is a value.
    pub reference: Option<f64>,
    /// The classes that the claim is about, one row each.
    pub classes: Vec<ClassNumbers>,
}

/// The networks of a class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClassNumbers {
    /// The class.
    pub class: Class,
    /// The side of the contrast that it is on, in words.
    pub side: String,
    /// Each network with its number.
    pub networks: Vec<(String, f64)>,
}

/// A row a class and a dot a network, beside the value that is claimed of them.
pub fn stated_claim(input: &StatedClaim) -> Figure {
    Figure {
        id: slug(&["claim", &input.name, &input.task]),
        title: format!("{}: {}", input.task, input.name),
        caption: format!("{}: each dot is one network, each row one class.", input.statement),
        columns: input.numbers.len().clamp(1, 2),
        legend: vec![LegendEntry {
            label: "network".into(),
            swatch: Swatch::Point { symbol: Symbol::Circle, ink: Ink::Text },
        }],
        panels: input.numbers.iter().map(panel).collect(),
        data: input.data.clone(),
    }
}

fn panel(number: &StatedNumber) -> Panel {
    let rows =
        number.classes.iter().map(|own| Row { label: own.class.label.clone(), note: own.side.clone() });
    let mut marks: Vec<Mark> =
        number.reference.iter().map(|&x| Mark::Rule { x, label: format!("{x}") }).collect();
    marks.extend(number.classes.iter().enumerate().map(|(row, own)| Mark::Points {
        x: own.networks.iter().map(|(_, value)| *value).collect(),
        y: (0..own.networks.len()).map(|i| row as f64 + spread(i)).collect(),
        hover: own.networks.iter().map(|(name, value)| format!("{name}\n{value:.4}")).collect(),
        symbol: Symbol::Circle,
        ink: Ink::Colour(own.class.colour),
        radius: 2.6,
        keys: vec![0],
    }));
    Panel {
        title: number.words.clone(),
        subtitle: String::new(),
        tint: None,
        area: Area::Plane(Plane {
            x: Axis::linear(number.words.clone()),
            y: Axis::rows(rows.collect()),
            aspect: Aspect::Fill(0.7),
            marks,
        }),
    }
}

/// Height of dot `i` within its row, in ±0.28: the golden-ratio sequence, even without being a pattern.
fn spread(i: usize) -> f64 {
    ((i as f64 * 0.618_033_988_75).fract() - 0.5) * 0.56
}
