//! Units as points: what the single units of an example network respond to.

use serde::{Deserialize, Serialize};

use super::trajectories::component_axes;
use super::{
    Area, Aspect, Camera, Class, Cloud, Figure, Filling, Ink, LegendEntry, Panel, Rgb, Space, Swatch, Symbol,
    slug,
};

/// Selectivity of the units of one task's example networks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Selectivity {
    /// Name of the task for readers.
    pub task: String,
    /// One entry a class, in the study's order.
    pub classes: Vec<SelectivityCloud>,
    /// Paths of the tables with these numbers, relative to the report.
    pub data: Vec<String>,
}

/// Units of the example network of a class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SelectivityCloud {
    /// The class.
    pub class: Class,
    /// Name of the network, as in the tables.
    pub network: String,
    /// Share of the total variance on each component, where stored.
    pub explained: Option<[f64; 3]>,
    /// One entry a unit.
    pub units: Vec<Unit>,
}

/// One unit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Unit {
    /// Position on the first three principal components of the units' responses.
    pub at: [f64; 3],
    /// Sign of its outgoing weights.
    pub sign: Sign,
}

/// Sign of the outgoing weights of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sign {
    /// All ≥ 0, by Dale's law.
    Excitatory,
    /// All ≤ 0, by Dale's law.
    Inhibitory,
    /// Unconstrained.
    Free,
    /// A recorded neuron, of which it is not known.
    Recorded,
}

impl Sign {
    const ALL: [Self; 4] = [Self::Excitatory, Self::Inhibitory, Self::Free, Self::Recorded];

    fn label(self) -> &'static str {
        match self {
            Self::Excitatory => "excitatory unit",
            Self::Inhibitory => "inhibitory unit",
            Self::Free => "unit of either sign",
            Self::Recorded => "recorded neuron",
        }
    }

    fn ink(self) -> Ink {
        Ink::Colour(match self {
            Self::Excitatory => Rgb::hex(0x00c8_4630),
            Self::Inhibitory => Rgb::hex(0x0024_6ab3),
            Self::Free => Rgb::hex(0x0063_6b7a),
            Self::Recorded => Rgb::hex(0x00b0_7a10),
        })
    }
}

/// A panel a class: a point a unit, coloured by its sign.
pub fn selectivity_cloud(input: &Selectivity) -> Figure {
    let signs: Vec<Sign> = Sign::ALL
        .into_iter()
        .filter(|sign| input.classes.iter().any(|class| class.units.iter().any(|unit| unit.sign == *sign)))
        .collect();
    let legend = signs
        .iter()
        .map(|sign| LegendEntry {
            label: sign.label().into(),
            swatch: Swatch::Point { symbol: Symbol::Circle, ink: sign.ink() },
        })
        .collect();
    Figure {
        id: slug(&["selectivity", &input.task]),
        title: format!("{}: selectivity of single units", input.task),
        caption:
            "Each point is one unit of an example network and units that respond alike lie together: a cross \
                  with populated arms means specialised units, one central cluster means mixed ones."
                .into(),
        columns: 3,
        legend,
        panels: input.classes.iter().map(|class| panel(class, &signs)).collect(),
        data: input.data.clone(),
    }
}

fn panel(class: &SelectivityCloud, signs: &[Sign]) -> Panel {
    let clouds = signs
        .iter()
        .enumerate()
        .map(|(key, sign)| {
            let units: Vec<(usize, &Unit)> =
                class.units.iter().enumerate().filter(|(_, unit)| unit.sign == *sign).collect();
            Cloud {
                points: units.iter().map(|(_, unit)| unit.at).collect(),
                hover: units.iter().map(|(i, _)| format!("unit {i}, {}", sign.label())).collect(),
                filling: Filling::Filled,
                ink: sign.ink(),
                radius: 3.4,
                keys: vec![key],
            }
        })
        .collect();
    Panel {
        title: class.class.label.clone(),
        subtitle: class.network.clone(),
        tint: Some(class.class.colour),
        area: Area::Space(Space {
            axes: component_axes(class.explained),
            aspect: Aspect::Equal,
            camera: Camera::onto(class.units.iter().map(|unit| &unit.at)),
            curves: Vec::new(),
            clouds,
        }),
    }
}
