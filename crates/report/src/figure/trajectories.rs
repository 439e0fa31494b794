//! State trajectories of example networks in their first three principal components.

use serde::{Deserialize, Serialize};

use super::{
    Area, Aspect, Axis, Camera, Class, Curve, Ends, Figure, Ink, LegendEntry, Panel, Ramp, Space, Swatch,
    Weight, slug,
};

/// Trajectories of one task, an example network a class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trajectories {
    /// Name of the task for readers.
    pub task: String,
    /// Quantity that colours the lines, e.g. `relevant coherence` or `value`.
    pub quantity: String,
    /// Its values at the two ends of the colour scale.
    pub range: [f64; 2],
    /// Groups of conditions with a colour scale each, e.g. `motion context`, `colour context`; empty for none.
    pub groups: Vec<String>,
    /// Step at which what the colour stands for is first shown: before it, trials are alike and drawn grey.
    pub onset: Option<usize>,
    /// One entry a class, in the study's order.
    pub classes: Vec<TrajectoryClass>,
    /// Paths of the tables with these numbers, relative to the report.
    pub data: Vec<String>,
}

/// Trajectories of the example network of a class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrajectoryClass {
    /// The class.
    pub class: Class,
    /// Name of the network, as in the tables.
    pub network: String,
    /// Share of the total variance on each component, where stored.
    pub explained: Option<[f64; 3]>,
    /// One entry a trial.
    pub trials: Vec<Trajectory>,
}

/// One trial.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trajectory {
    /// What the network was shown.
    pub condition: Condition,
    /// `[T]` positions on the first three components.
    pub states: Vec<[f64; 3]>,
}

/// What a network was shown in a trial.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Condition {
    /// Index into [`Trajectories::groups`]; 0 where there are none.
    pub group: usize,
    /// Value of [`Trajectories::quantity`].
    pub value: f64,
    /// The whole condition for readers, e.g. `motion context, motion 0.5, colour −1`.
    pub label: String,
}

/// A panel a class: a line a trial, coloured by condition, ending in a dot.
pub fn trajectories(input: &Trajectories) -> Figure {
    let ramps = ramps(input.range, &input.groups);
    let mut legend = ramp_legend(&ramps, &input.quantity, input.range, &input.groups);
    if input.onset.is_some_and(|onset| onset > 0) {
        legend.push(LegendEntry {
            label: "before the stimulus".into(),
            swatch: Swatch::Line { ink: Ink::Muted, weight: Weight::Thin },
        });
    }
    Figure {
        id: slug(&["trajectories", &input.task]),
        title: format!("{}: trajectories of an example network of each class", input.task),
        caption: "Each line is the course of one trial through the network's own first three principal components, \
                  from its start to the coloured dot at its end; colour tells the trials apart."
            .into(),
        columns: 3,
        legend,
        panels: input.classes.iter().map(|class| panel(input, class, &ramps)).collect(),
        data: input.data.clone(),
    }
}

/// One colour scale a group: diverging where the quantity has a sign.
pub(super) fn ramps(range: [f64; 2], groups: &[String]) -> Vec<Ramp> {
    let signed = range[0] < 0.0;
    (0..groups.len().max(1))
        .map(|group| match (signed, group % 2) {
            (true, 0) => Ramp::Diverging,
            (true, _) => Ramp::SecondDiverging,
            (false, 0) => Ramp::Sequential,
            (false, _) => Ramp::SecondSequential,
        })
        .collect()
}

/// One entry a colour scale, named by group and quantity.
pub(super) fn ramp_legend(
    ramps: &[Ramp],
    quantity: &str,
    range: [f64; 2],
    groups: &[String],
) -> Vec<LegendEntry> {
    let entry = |(i, ramp): (usize, &Ramp)| LegendEntry {
        label: match groups.get(i) {
            Some(group) => format!("{group}, {quantity}"),
            None => quantity.to_owned(),
        },
        swatch: Swatch::Ramp { colours: ramp.sample(5), low: short(range[0]), high: short(range[1]) },
    };
    ramps.iter().enumerate().map(entry).collect()
}

/// The colour of a condition.
pub(super) fn condition_ink(condition: &Condition, ramps: &[Ramp], [low, high]: [f64; 2]) -> Ink {
    let ramp = ramps[condition.group.min(ramps.len() - 1)];
    Ink::Colour(ramp.at((condition.value - low) / (high - low)))
}

fn panel(input: &Trajectories, class: &TrajectoryClass, ramps: &[Ramp]) -> Panel {
    let mut curves = Vec::new();
    for trial in &class.trials {
        let group = trial.condition.group.min(ramps.len() - 1);
        let ink = condition_ink(&trial.condition, ramps, input.range);
        let onset = input.onset.unwrap_or(0).min(trial.states.len().saturating_sub(1));
        let piece = |points: &[[f64; 3]], ink, ends| Curve {
            points: points.to_vec(),
            hover: trial.condition.label.clone(),
            ink,
            ends,
            keys: vec![group],
        };
        if onset == 0 {
            curves.push(piece(&trial.states, ink, Ends::Both));
        } else {
            curves.push(piece(&trial.states[..=onset], Ink::Muted, Ends::Start));
            curves.push(piece(&trial.states[onset..], ink, Ends::End));
        }
    }
    Panel {
        title: class.class.label.clone(),
        subtitle: class.network.clone(),
        tint: Some(class.class.colour),
        area: Area::Space(Space {
            axes: component_axes(class.explained),
            aspect: Aspect::Equal,
            camera: Camera::onto(class.trials.iter().flat_map(|trial| &trial.states)),
            curves,
            clouds: Vec::new(),
        }),
    }
}

/// The first three principal components, each with its share of the variance.
pub(super) fn component_axes(explained: Option<[f64; 3]>) -> [Axis; 3] {
    [0, 1, 2].map(|i| {
        let name = format!("PC {}", i + 1);
        let label = match explained {
            Some(share) => format!("{name} · {:.0} %", share[i] * 100.0),
            None => name,
        };
        Axis::linear(label).bare()
    })
}

/// A number as short as it can be, with a true minus sign.
fn short(value: f64) -> String {
    format!("{value}").replace('-', "−")
}
