//! Branches of fixed points of example networks along their inputs.

use serde::{Deserialize, Serialize};

use super::{
    Area, Aspect, Axis, Class, Figure, Ink, LegendEntry, Mark, Panel, Plane, Rgb, Stability, Swatch, Symbol,
    Weight, slug,
};

/// Branches of one task's example networks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Branches {
    /// Name of the task for readers.
    pub task: String,
    /// Quantity of the input along the horizontal axis.
    pub quantity: String,
    /// Its values at the two ends of the axis.
    pub range: [f64; 2],
    /// Kinds of lines with a colour each, at most two, e.g. `with cue`.
    pub kinds: Vec<String>,
    /// One entry a class, in the study's order.
    pub classes: Vec<BranchClass>,
    /// Paths of the tables with these numbers, relative to the report.
    pub data: Vec<String>,
}

/// Branches of the example network of a class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BranchClass {
    /// The class.
    pub class: Class,
    /// Name of the network, as in the tables.
    pub network: String,
    /// Panels beside each other.
    pub panels: Vec<BranchPanel>,
}

/// Branches that share a panel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BranchPanel {
    /// Name, e.g. `motion context`; may be empty.
    pub name: String,
    /// The branches.
    pub curves: Vec<BranchCurve>,
}

/// One branch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BranchCurve {
    /// Index into [`Branches::kinds`].
    pub kind: usize,
    /// The line of inputs for readers.
    pub label: String,
    /// In order along the branch.
    pub steps: Vec<BranchStep>,
    /// Folds and changes of stability.
    pub events: Vec<BranchEvent>,
}

/// A point of a branch.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct BranchStep {
    /// Value of the quantity, and place on the first component.
    pub at: [f64; 2],
    /// Whether the fixed point is stable; none at an event, which is neither.
    pub stability: Option<Stability>,
}

/// Something that happens on a branch.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct BranchEvent {
    /// Value of the quantity, and place on the first component.
    pub at: [f64; 2],
    /// What happens.
    pub kind: BranchEventKind,
}

/// What happens on a branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum BranchEventKind {
    /// It turns round.
    Fold,
    /// A pair of eigenvalues crosses.
    Hopf,
    /// A real eigenvalue crosses.
    RealCrossing,
}

const EVENTS: [(BranchEventKind, &str, Symbol); 3] = [
    (BranchEventKind::Fold, "fold", Symbol::Circle),
    (BranchEventKind::Hopf, "Hopf", Symbol::Diamond),
    (BranchEventKind::RealCrossing, "real eigenvalue crosses", Symbol::Triangle),
];
const KINDS: [Rgb; 2] = [Rgb::hex(0x00c0_3f6b), Rgb::hex(0x0023_7a8c)];

/// Panels by class: the first component of every fixed point over the input, whole where it is stable.
pub fn branches(input: &Branches) -> Figure {
    let mut legend: Vec<LegendEntry> = input
        .kinds
        .iter()
        .zip(KINDS)
        .map(|(label, colour)| LegendEntry {
            label: label.clone(),
            swatch: Swatch::Line { ink: Ink::Colour(colour), weight: Weight::Bold },
        })
        .collect();
    let style = legend.len();
    let (ink, weight) = (Ink::Text, Weight::Bold);
    legend.push(LegendEntry { label: "stable".into(), swatch: Swatch::Line { ink, weight } });
    let swatch = Swatch::Dashes { ink, weight: Weight::Thin };
    legend.push(LegendEntry { label: "unstable".into(), swatch });
    let curves = || input.classes.iter().flat_map(|class| &class.panels).flat_map(|panel| &panel.curves);
    let is_there = |kind| curves().flat_map(|curve| &curve.events).any(|event| event.kind == kind);
    let events: Vec<_> = EVENTS.into_iter().filter(|event| is_there(event.0)).collect();
    for &(_, label, symbol) in &events {
        let swatch = Swatch::Point { symbol, ink: Ink::Text };
        legend.push(LegendEntry { label: label.into(), swatch });
    }
    let n_panels = input.classes.iter().map(|class| class.panels.len()).max().unwrap_or(1);
    let panels = input.classes.iter().flat_map(|class| {
        let events = &events;
        class.panels.iter().map(move |panel| draw(input, class, panel, style, events))
    });
    Figure {
        id: slug(&["branches", &input.task]),
        title: format!("{}: fixed points of an example network of each class between inputs", input.task),
        caption: format!(
            "Each line follows one fixed point while the {} changes: whole where the state returns to it, dashed where it \
             is left. At a fold a fixed point meets its partner and both vanish, so the state must jump; lines that cross \
             the panel without one carry the state along smoothly, and several whole lines above each other hold a choice.",
            input.quantity
        ),
        columns: if n_panels > 1 { 4 } else { 3 },
        legend,
        panels: panels.collect(),
        data: input.data.clone(),
    }
}

fn draw(
    input: &Branches,
    class: &BranchClass,
    panel: &BranchPanel,
    style: usize,
    events: &[(BranchEventKind, &str, Symbol)],
) -> Panel {
    let ink = |curve: &BranchCurve| Ink::Colour(KINDS[curve.kind.min(KINDS.len() - 1)]);
    let mut marks = Vec::new();
    // Whole lines above dashed ones.
    for stability in [Stability::Unstable, Stability::Stable] {
        for curve in &panel.curves {
            for run in runs(curve).into_iter().filter(|run| run.0 == stability) {
                let (x, y) = run.1.iter().map(|at| (at[0], at[1])).unzip();
                let (hover, ink) = (curve.label.clone(), ink(curve));
                marks.push(match stability {
                    Stability::Stable => {
                        Mark::Line { x, y, hover, ink, weight: Weight::Bold, keys: vec![curve.kind, style] }
                    }
                    Stability::Unstable => {
                        let keys = vec![curve.kind, style + 1];
                        Mark::Dashes { x, y, hover, ink, weight: Weight::Thin, keys }
                    }
                });
            }
        }
    }
    for (key, &(kind, label, symbol)) in events.iter().enumerate() {
        for curve in &panel.curves {
            let of_kind: Vec<_> = curve.events.iter().filter(|event| event.kind == kind).collect();
            if of_kind.is_empty() {
                continue;
            }
            let name = |event: &&BranchEvent| format!("{label} at {:.3}\n{}", event.at[0], curve.label);
            marks.push(Mark::Points {
                x: of_kind.iter().map(|event| event.at[0]).collect(),
                y: of_kind.iter().map(|event| event.at[1]).collect(),
                hover: of_kind.iter().map(name).collect(),
                symbol,
                ink: ink(curve),
                radius: 3.6,
                keys: vec![curve.kind, style + 2 + key],
            });
        }
    }
    let margin = 0.02 * (input.range[1] - input.range[0]);
    let title = class.class.label.clone();
    Panel {
        title,
        subtitle: if panel.name.is_empty() { class.network.clone() } else { panel.name.clone() },
        tint: Some(class.class.colour),
        area: Area::Plane(Plane {
            x: Axis::linear(&input.quantity).range(input.range[0] - margin, input.range[1] + margin),
            y: Axis::linear("PC 1"),
            aspect: Aspect::Fill(0.78),
            marks,
        }),
    }
}

/// Pieces of one stability; an event ends one and begins the next.
fn runs(curve: &BranchCurve) -> Vec<(Stability, Vec<[f64; 2]>)> {
    let mut runs: Vec<(Stability, Vec<[f64; 2]>)> = Vec::new();
    for pair in curve.steps.windows(2) {
        // An event lies between two points: either side is of its own point.
        let Some(stability) = pair[0].stability.or(pair[1].stability) else { continue };
        match runs.last_mut() {
            Some((last, points)) if *last == stability && points.last() == Some(&pair[0].at) => {
                points.push(pair[1].at);
            }
            _ => runs.push((stability, vec![pair[0].at, pair[1].at])),
        }
    }
    runs
}
