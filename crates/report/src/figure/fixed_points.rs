//! Where the state of example networks rests under constant input.

use serde::{Deserialize, Serialize};

use super::trajectories::{component_axes, condition_ink, ramp_legend, ramps};
use super::{
    Area, Aspect, Camera, Class, Cloud, Condition, Curve, Ends, Figure, Filling, Ink, LegendEntry, Panel,
    Ramp, Space, Swatch, Symbol, Trajectory, Weight, slug,
};

/// Fixed points of one task's example networks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FixedPoints {
    /// Name of the task for readers.
    pub task: String,
    /// Quantity of the input that colours the points, e.g. `relevant coherence`.
    pub quantity: String,
    /// Its values at the two ends of the colour scale.
    pub range: [f64; 2],
    /// Groups of inputs with a colour scale each, e.g. `motion context`; empty for none.
    pub groups: Vec<String>,
    /// One entry a class, in the study's order.
    pub classes: Vec<FixedPointClass>,
    /// Paths of the tables with these numbers, relative to the report.
    pub data: Vec<String>,
}

/// Fixed points of the example network of a class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FixedPointClass {
    /// The class.
    pub class: Class,
    /// Name of the network, as in the tables.
    pub network: String,
    /// Share of the total variance on each component, where stored.
    pub explained: Option<[f64; 3]>,
    /// One entry a fixed point.
    pub points: Vec<FixedPoint>,
    /// Trajectories of the same network in the same components, one entry a trial; may be empty.
    pub trials: Vec<Trajectory>,
}

/// One fixed point.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FixedPoint {
    /// The constant input.
    pub condition: Condition,
    /// Whether the state returns to it.
    pub stability: Stability,
    /// Position on the first three components.
    pub at: [f64; 3],
}

/// Whether the state returns to a fixed point after a small push.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stability {
    /// Every eigenvalue of the flow has a negative real part.
    Stable,
    /// Some eigenvalue has not, or none is certain to have.
    Unstable,
}

/// A panel a class: a disc a stable point, a ring an unstable one, coloured by input; trajectories faint behind them.
pub fn fixed_points(input: &FixedPoints) -> Figure {
    let ramps = ramps(input.range, &input.groups);
    let mut legend = ramp_legend(&ramps, &input.quantity, input.range, &input.groups);
    for (label, symbol) in [("stable", Symbol::Circle), ("unstable", Symbol::Ring)] {
        legend.push(LegendEntry { label: label.into(), swatch: Swatch::Point { symbol, ink: Ink::Text } });
    }
    legend.push(LegendEntry {
        label: "trajectories".into(),
        swatch: Swatch::Line { ink: Ink::Faint, weight: Weight::Thin },
    });
    Figure {
        id: slug(&["fixed-points", &input.task]),
        title: format!("{}: fixed points of an example network of each class", input.task),
        caption:
            "Each point is a state that the network keeps under one constant input, coloured by that input, among \
             the network's trajectories: points that line up hold a graded value, separate clusters hold a choice."
                .into(),
        columns: 3,
        legend,
        panels: input.classes.iter().map(|class| panel(input, class, &ramps)).collect(),
        data: input.data.clone(),
    }
}

fn panel(input: &FixedPoints, class: &FixedPointClass, ramps: &[Ramp]) -> Panel {
    let clouds = class
        .points
        .iter()
        .map(|point| {
            let (filling, word, key) = match point.stability {
                Stability::Stable => (Filling::Filled, "stable", ramps.len()),
                Stability::Unstable => (Filling::Hollow, "unstable", ramps.len() + 1),
            };
            Cloud {
                points: vec![point.at],
                hover: vec![format!("{}\n{word}", point.condition.label)],
                filling,
                ink: condition_ink(&point.condition, ramps, input.range),
                radius: 3.6,
                keys: vec![point.condition.group.min(ramps.len() - 1), key],
            }
        })
        .collect();
    let curves = class
        .trials
        .iter()
        .map(|trial| Curve {
            points: trial.states.clone(),
            hover: trial.condition.label.clone(),
            ink: Ink::Faint,
            ends: Ends::None,
            keys: vec![ramps.len() + 2],
        })
        .collect();
    let states = class.trials.iter().flat_map(|trial| &trial.states);
    Panel {
        title: class.class.label.clone(),
        subtitle: class.network.clone(),
        tint: Some(class.class.colour),
        area: Area::Space(Space {
            axes: component_axes(class.explained),
            aspect: Aspect::Equal,
            camera: Camera::onto(class.points.iter().map(|point| &point.at).chain(states)),
            curves,
            clouds,
        }),
    }
}
