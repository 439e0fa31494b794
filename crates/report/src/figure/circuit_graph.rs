//! Latent circuits as graphs: nodes by role, edges by sign and weight, grey where the sign is open.

use serde::{Deserialize, Serialize};

use super::{
    Area, Aspect, Axis, CircuitsShown, Class, Figure, Ink, LegendEntry, Mark, Panel, Plane, Ramp, Side,
    Swatch, Symbol, UNCERTAIN, Weight, slug,
};

/// Latent circuits of one task, one a class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CircuitGraphs {
    /// Name of the task for readers.
    pub task: String,
    /// Nodes in their order around the circle.
    pub nodes: Vec<GraphNode>,
    /// One entry a class, in the study's order.
    pub classes: Vec<CircuitGraph>,
    /// What is shown of a class.
    pub shown: CircuitsShown,
    /// Paths of the tables with these numbers, relative to the report.
    pub data: Vec<String>,
}

/// A node.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GraphNode {
    /// Name.
    pub name: String,
    /// What it stands for.
    pub role: NodeRole,
}

/// What a node stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum NodeRole {
    /// Receives an input.
    Input,
    /// Free, or one that alone gives an output.
    Inner,
    /// An output of the circuit; no node of its own.
    Output,
}

/// The circuit of a class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CircuitGraph {
    /// The class.
    pub class: Class,
    /// Which circuit it is and how well it fits, in a few words.
    pub remark: String,
    /// Weights that differ from zero.
    pub edges: Vec<GraphEdge>,
}

/// A weight.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct GraphEdge {
    /// Node that it comes from.
    pub from: usize,
    /// Node that it leads to.
    pub to: usize,
    /// Mean over networks or fits.
    pub weight: f64,
    /// Interval of the mean, where there are enough fits.
    pub interval: Option<[f64; 2]>,
}

/// Share of the largest weight of a figure below which an edge is left out.
const LEAST: f64 = 0.15;
/// Distance between an edge's end and its node's centre, of the circle's radius.
const GAP: f64 = 0.13;

/// Places of the legend's entries.
const EXCITES: usize = 0;
const INHIBITS: usize = 1;
const OPEN: usize = 2;
const INPUT: usize = 3;
const INNER: usize = 4;
const OUTPUT: usize = 5;

/// A panel a class.
pub fn circuit_graph(input: &CircuitGraphs) -> Figure {
    let weights = input.classes.iter().flat_map(|class| &class.edges).map(|edge| edge.weight.abs());
    let largest = weights.filter(|w| w.is_finite()).fold(0.0, f64::max).max(1e-9);
    let panel = |circuit: &CircuitGraph| Panel {
        title: circuit.class.label.clone(),
        subtitle: circuit.remark.clone(),
        tint: Some(circuit.class.colour),
        area: Area::Plane(Plane {
            x: Axis::linear("").range(-2.3, 2.3).bare(),
            y: Axis::linear("").range(-1.55, 1.55).bare(),
            aspect: Aspect::Equal,
            marks: marks(&input.nodes, &circuit.edges, largest),
        }),
    };
    Figure {
        id: slug(&["circuit graphs", &input.task]),
        title: format!("{}: latent circuits as graphs", input.task),
        caption: format!(
            "{} Arrows lead from a node to the node or output that it drives: the thicker, the larger the weight; grey where \
             its interval holds zero. Weights below {LEAST} of the largest one of all classes are left out.",
            input.shown.told()
        ),
        columns: 2,
        legend: legend(),
        panels: input.classes.iter().map(panel).collect(),
        data: input.data.clone(),
    }
}

fn legend() -> Vec<LegendEntry> {
    let line = |label: &str, colour| LegendEntry {
        label: label.to_owned(),
        swatch: Swatch::Arrow { ink: Ink::Colour(colour), weight: Weight::Bold },
    };
    let node = |label: &str, role| LegendEntry {
        label: label.to_owned(),
        swatch: Swatch::Point { symbol: symbol(role), ink: Ink::Text },
    };
    vec![
        line("excites", Ramp::Weights.at(1.0)),
        line("inhibits", Ramp::Weights.at(0.0)),
        line("interval holds zero", UNCERTAIN),
        node("input node", NodeRole::Input),
        node("free node", NodeRole::Inner),
        node("output", NodeRole::Output),
    ]
}

fn symbol(role: NodeRole) -> Symbol {
    match role {
        NodeRole::Input => Symbol::Circle,
        NodeRole::Inner => Symbol::Ring,
        NodeRole::Output => Symbol::Diamond,
    }
}

fn key(role: NodeRole) -> usize {
    match role {
        NodeRole::Input => INPUT,
        NodeRole::Inner => INNER,
        NodeRole::Output => OUTPUT,
    }
}

/// The place of node `i` of `n` at a distance from the centre, clockwise from the top.
fn place(i: usize, n: usize, radius: f64) -> [f64; 2] {
    let angle = std::f64::consts::TAU * i as f64 / n as f64;
    [radius * angle.sin(), radius * angle.cos()]
}

fn marks(nodes: &[GraphNode], edges: &[GraphEdge], largest: f64) -> Vec<Mark> {
    let n = nodes.len();
    let mut shown: Vec<&GraphEdge> =
        edges.iter().filter(|edge| edge.weight.abs() >= LEAST * largest).collect();
    // The strongest lie on top.
    shown.sort_by(|a, b| a.weight.abs().total_cmp(&b.weight.abs()));
    let mut marks: Vec<Mark> = shown.into_iter().map(|edge| drawn(nodes, edge, largest)).collect();
    for (i, node) in nodes.iter().enumerate() {
        let ([x, y], keys) = (place(i, n, 1.0), vec![key(node.role)]);
        marks.push(Mark::Points {
            x: vec![x],
            y: vec![y],
            hover: vec![node.name.clone()],
            symbol: symbol(node.role),
            ink: Ink::Text,
            radius: 6.0,
            keys: keys.clone(),
        });
        let side = match x {
            0.3.. => Side::Right,
            -0.3..0.3 => Side::Centre,
            _ => Side::Left,
        };
        marks.push(Mark::Name { at: place(i, n, 1.42), side, text: node.name.clone(), keys });
    }
    marks
}

/// An edge: an arrow, or a loop outside the circle for a node's weight onto itself.
fn drawn(nodes: &[GraphNode], edge: &GraphEdge, largest: f64) -> Mark {
    let GraphEdge { from, to, weight, interval } = *edge;
    let n = nodes.len();
    let is_open = interval.is_some_and(|[low, high]| low <= 0.0 && 0.0 <= high);
    let (full, sign_key) =
        if weight > 0.0 { (Ramp::Weights.at(1.0), EXCITES) } else { (Ramp::Weights.at(0.0), INHIBITS) };
    let ink = Ink::Colour(if is_open { UNCERTAIN } else { full });
    let keys = vec![if is_open { OPEN } else { sign_key }];
    let share = weight.abs() / largest;
    let thickness = match share {
        0.5.. => Weight::Bold,
        0.25.. => Weight::Thin,
        _ => Weight::Hair,
    };
    let spread = interval.map_or_else(String::new, |[low, high]| format!(" ({low:.2} to {high:.2})"));
    let hover = format!("{} → {}: {weight:.2}{spread}", nodes[from].name, nodes[to].name);
    if from == to {
        let (centre, turns) = (place(from, n, 1.2), (0..=24).map(|k| place(k, 24, 0.12)));
        let points: Vec<[f64; 2]> = turns.map(|turn| [centre[0] + turn[0], centre[1] + turn[1]]).collect();
        let axis = |k: usize| points.iter().map(|point| point[k]).collect();
        return Mark::Line { x: axis(0), y: axis(1), hover, ink, weight: thickness, keys };
    }
    let ends = [place(from, n, 1.0), place(to, n, 1.0)];
    let along = [ends[1][0] - ends[0][0], ends[1][1] - ends[0][1]];
    let length = along[0].hypot(along[1]);
    let unit = along.map(|component| component / length);
    // To the right of its way, so that there and back lie side by side.
    let aside = [0.03 * unit[1], -0.03 * unit[0]];
    let at = |end: [f64; 2], step: f64| [0, 1].map(|k: usize| end[k] + step * unit[k] + aside[k]);
    Mark::Arrow { from: at(ends[0], GAP), to: at(ends[1], -GAP), hover, ink, weight: thickness, keys }
}
