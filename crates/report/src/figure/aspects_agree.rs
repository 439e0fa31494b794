//! Whether networks that are close in one aspect are close in another.

use serde::{Deserialize, Serialize};

use super::{
    Area, Aspect, Axis, Figure, Ink, LegendEntry, Mark, Panel, Plane, Rgb, Row, Swatch, Symbol, Weight, slug,
};

/// Agreement between the aspects of one task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AspectsAgree {
    /// Name of the task for readers.
    pub task: String,
    /// Mantel's correlation of the distances, one entry a pair of aspects.
    pub distances: Vec<AspectPair>,
    /// Procrustes correlation of the maps, one entry a pair of aspects.
    pub maps: Vec<AspectPair>,
    /// Paths of the tables with these numbers, relative to the report.
    pub data: Vec<String>,
}

/// A pair of aspects.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AspectPair {
    /// Names of the aspects for readers.
    pub aspects: [String; 2],
    /// Networks that have both.
    pub n_networks: usize,
    /// The correlation.
    pub r: f64,
    /// Its 95 % interval, where stored.
    pub interval: Option<[f64; 2]>,
    /// Its p after the correction.
    pub p: f64,
}

const INK: Rgb = Rgb::hex(0x0034_5fd0);
/// p below which a point is filled.
const LEVEL: f64 = 0.05;

/// A panel for the distances and one for the maps, a row a pair of aspects.
pub fn aspects_agree(input: &AspectsAgree) -> Figure {
    let panel = |title: &str, subtitle: &str, pairs: &[AspectPair]| Panel {
        title: title.to_owned(),
        subtitle: subtitle.to_owned(),
        tint: None,
        area: Area::Plane(plane(pairs)),
    };
    let point = |symbol| Swatch::Point { symbol, ink: Ink::Colour(INK) };
    Figure {
        id: slug(&["aspects", &input.task]),
        title: format!("{}: do the aspects tell one story?", input.task),
        caption: "Far to the right, networks that are alike in one aspect are alike in the other. A filled point is \
                  beyond chance: no more than one dealing-out of networks in twenty agrees as well, after the \
                  correction. The correlation of maps is above zero for any two maps, so that only its test says \
                  whether they agree."
            .into(),
        columns: 2,
        legend: vec![
            LegendEntry { label: "beyond chance".into(), swatch: point(Symbol::Circle) },
            LegendEntry { label: "not beyond chance".into(), swatch: point(Symbol::Ring) },
            LegendEntry {
                label: "95 % interval over networks".into(),
                swatch: Swatch::Line { ink: Ink::Colour(INK), weight: Weight::Thin },
            },
        ],
        panels: vec![
            panel("Distances", "Mantel's correlation", &input.distances),
            panel("Maps", "Procrustes correlation", &input.maps),
        ],
        data: input.data.clone(),
    }
}

fn plane(pairs: &[AspectPair]) -> Plane {
    let mut marks = Vec::new();
    for (place, pair) in pairs.iter().enumerate() {
        let y = place as f64;
        if let Some(x) = pair.interval {
            marks.push(Mark::Interval { x, y, ink: Ink::Colour(INK), keys: vec![2] });
        }
        let is_certain = pair.p < LEVEL;
        marks.push(Mark::Points {
            x: vec![pair.r],
            y: vec![y],
            hover: vec![format!(
                "{}: {:.2}, p {:.4}, {} networks",
                label(pair),
                pair.r,
                pair.p,
                pair.n_networks
            )],
            symbol: if is_certain { Symbol::Circle } else { Symbol::Ring },
            ink: Ink::Colour(INK),
            radius: 4.5,
            keys: vec![usize::from(!is_certain)],
        });
    }
    let lows = pairs.iter().flat_map(|pair| [Some(pair.r), pair.interval.map(|interval| interval[0])]);
    let low = lows.flatten().filter(|number| number.is_finite()).fold(0.0, f64::min);
    let rows = pairs.iter().map(|pair| Row { label: label(pair), note: String::new() }).collect();
    Plane {
        x: Axis::linear("").range((low * 10.0).floor() / 10.0, 1.0),
        y: Axis::rows(rows),
        aspect: Aspect::Fill(0.6),
        marks,
    }
}

fn label(pair: &AspectPair) -> String {
    format!("{} · {}", pair.aspects[0], pair.aspects[1])
}
