//! Spectra of example networks at their fixed points, in the complex plane.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

use super::{
    Area, Aspect, Axis, Class, Figure, Ink, LegendEntry, Mark, Panel, Plane, Rgb, Swatch, Symbol, Weight,
    slug,
};

/// Spectra of one task's example networks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Eigenvalues {
    /// Name of the task for readers.
    pub task: String,
    /// One entry a class, in the study's order.
    pub classes: Vec<EigenvalueClass>,
    /// Paths of the tables with these numbers, relative to the report.
    pub data: Vec<String>,
}

/// Spectra of the example network of a class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EigenvalueClass {
    /// The class.
    pub class: Class,
    /// Name of the network, as in the tables.
    pub network: String,
    /// Time step over time constant.
    pub alpha: f64,
    /// Fixed points, all inputs together.
    pub n_points: usize,
    /// Eigenvalues of all of them.
    pub values: Vec<SpectrumPoint>,
}

/// An eigenvalue.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SpectrumPoint {
    /// Real and imaginary part (per time constant).
    pub at: [f64; 2],
    /// What becomes of a push along its eigenvector.
    pub growth: Growth,
}

/// What becomes of a push along an eigenvector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Growth {
    /// It decays, as all do at this fixed point.
    DecaysAtStable,
    /// It decays, at a fixed point that is not stable.
    DecaysAtUnstable,
    /// It decays in the flow but grows in the Euler steps of the network.
    GrowsInSteps,
    /// It grows.
    Grows,
}

/// Bottom first.
const LOOKS: [(Growth, &str, Symbol, Ink, f64); 4] = [
    (Growth::DecaysAtUnstable, "decays, at an unstable point", Symbol::Ring, Ink::Muted, 1.7),
    (Growth::DecaysAtStable, "decays, at a stable point", Symbol::Circle, Ink::Colour(DECAYS), 1.9),
    (Growth::GrowsInSteps, "grows in Euler steps only", Symbol::Diamond, Ink::Colour(STEPS), 2.6),
    (Growth::Grows, "grows", Symbol::Triangle, Ink::Colour(GROWS), 3.2),
];
const DECAYS: Rgb = Rgb::hex(0x002a_6fbb);
const STEPS: Rgb = Rgb::hex(0x0082_4fc4);
const GROWS: Rgb = Rgb::hex(0x00d1_4b1f);
/// Cells of the finest grid on which two signs of one look still show as two, a side of a panel.
const RASTER: f64 = 260.0;

/// A panel a class: every eigenvalue at every fixed point, the imaginary axis and the Euler map's circle.
pub fn eigenvalues(input: &Eigenvalues) -> Figure {
    let is_there = |growth: Growth| input.classes.iter().any(|c| c.values.iter().any(|v| v.growth == growth));
    let looks: Vec<_> = LOOKS.into_iter().filter(|look| is_there(look.0)).collect();
    let mut legend: Vec<LegendEntry> = looks
        .iter()
        .map(|&(_, label, symbol, ink, _)| LegendEntry {
            label: label.into(),
            swatch: Swatch::Point { symbol, ink },
        })
        .collect();
    legend.push(LegendEntry {
        label: "edge of stability, Euler steps".into(),
        swatch: Swatch::Line { ink: Ink::Text, weight: Weight::Thin },
    });
    legend.push(LegendEntry {
        label: "edge of stability, flow".into(),
        swatch: Swatch::Dashes { ink: Ink::Text, weight: Weight::Thin },
    });
    let of_look = |class: &EigenvalueClass| panel(class, &looks);
    Figure {
        id: slug(&["eigenvalues", &input.task]),
        title: format!("{}: eigenvalues at the fixed points of an example network of each class", input.task),
        caption: "Each point is an eigenvalue of the flow at a fixed point, all inputs together. Right of the dashed \
                  line a push grows; outside the circle it grows in the steps that the network takes, which is where an \
                  oscillation (an eigenvalue off the middle) is lost first. Eigenvalues near the line are slow: they \
                  hold memory. Where signs would cover each other one is drawn."
            .into(),
        columns: 3,
        legend,
        panels: input.classes.iter().map(of_look).collect(),
        data: input.data.clone(),
    }
}

/// Range of the real parts, and the largest imaginary part.
fn limits(class: &EigenvalueClass) -> ([f64; 2], f64) {
    let all = class.values.iter().map(|value| value.at);
    let (mut re, mut im) = ([-1.2_f64, 0.2_f64], 0.2_f64);
    for at in all.filter(|at| at.iter().all(|v| v.is_finite())) {
        re = [re[0].min(at[0]), re[1].max(at[0])];
        im = im.max(at[1].abs());
    }
    let margin = 0.05 * (re[1] - re[0]);
    ([re[0] - margin, re[1] + margin], 1.08 * im)
}

fn panel(class: &EigenvalueClass, looks: &[(Growth, &str, Symbol, Ink, f64)]) -> Panel {
    let (re, im) = limits(class);
    let mut marks = vec![Mark::Dashes {
        x: vec![0.0, 0.0],
        y: vec![-2.0 * im - re[1] + re[0], 2.0 * im + re[1] - re[0]],
        hover: "Re λ = 0".into(),
        ink: Ink::Text,
        weight: Weight::Thin,
        keys: vec![looks.len() + 1],
    }];
    if class.alpha > 0.0 {
        let radius = 1.0 / class.alpha;
        let angles = (0..=360).map(|k| f64::from(k).to_radians());
        let (x, y) = angles.map(|angle| (radius * (angle.cos() - 1.0), radius * angle.sin())).unzip();
        let hover = format!("|1 + α λ| = 1, α = {}", class.alpha);
        marks.push(Mark::Line { x, y, hover, ink: Ink::Text, weight: Weight::Thin, keys: vec![looks.len()] });
    }
    let cell = (re[1] - re[0]).max(2.0 * im) / RASTER;
    for (key, &(growth, _, symbol, ink, radius)) in looks.iter().enumerate() {
        let mut taken = BTreeSet::new();
        let mut kept: Vec<[f64; 2]> = Vec::new();
        for value in class.values.iter().filter(|value| value.growth == growth) {
            if taken.insert(value.at.map(|v| (v / cell).round() as i64)) {
                kept.push(value.at);
            }
        }
        marks.push(Mark::Points {
            x: kept.iter().map(|at| at[0]).collect(),
            y: kept.iter().map(|at| at[1]).collect(),
            hover: Vec::new(),
            symbol,
            ink,
            radius,
            keys: vec![key],
        });
    }
    Panel {
        title: class.class.label.clone(),
        subtitle: format!("{} fixed points", class.n_points),
        tint: Some(class.class.colour),
        area: Area::Plane(Plane {
            x: Axis::linear("Re λ").unit("1/τ").range(re[0], re[1]),
            y: Axis::linear("Im λ").unit("1/τ").range(-im, im),
            aspect: Aspect::Equal,
            marks,
        }),
    }
}
