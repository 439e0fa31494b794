//! Figures as data: what is drawn, with labels and colours, before any choice of how to draw it.
//!
//! Each builder (one file a figure) takes a plain input struct whose numbers were computed and stored by earlier
//! stages, and returns a [`Figure`]. A builder computes no statistic: medians, intervals and projections arrive
//! ready. Drawing belongs to [`crate::svg()`].

mod agreement;
mod aspects_agree;
mod behaviour;
mod branches;
mod circuit;
mod circuit_graph;
mod circuit_scatter;
mod colour;
mod development;
mod distance_matrix;
mod eigenvalues;
mod embedding;
mod fixed_points;
mod learning_curve;
mod line_attractors;
mod mark;
mod measure_courses;
mod multiverse;
mod recorded;
mod recorded_measures;
mod score_distribution;
mod selectivity_cloud;
mod space;
mod stated_claim;
mod task_timeline;
mod task_variance;
mod trajectories;

use serde::{Deserialize, Serialize};

pub use agreement::{Agreement, AgreementRow, agreement};
pub use aspects_agree::{AspectPair, AspectsAgree, aspects_agree};
pub use behaviour::{Behaviour, BehaviourPanel, ResponseCurve, behaviour};
pub use branches::{
    BranchClass, BranchCurve, BranchEvent, BranchEventKind, BranchPanel, BranchStep, Branches, branches,
};
pub use circuit::{CircuitWeights, Circuits, CircuitsShown, circuit};
pub use circuit_graph::{CircuitGraph, CircuitGraphs, GraphEdge, GraphNode, NodeRole, circuit_graph};
pub use circuit_scatter::{CircuitScatter, Compared, ScatterPanel, ScatterPoint, circuit_scatter};
pub use colour::{Class, Ramp, Rgb};
pub(crate) use colour::{UNCERTAIN, certainty};
pub use development::{Course, Development, development};
pub use distance_matrix::{AspectDistances, DistanceMatrices, ItemBlock, distance_matrix};
pub use eigenvalues::{EigenvalueClass, Eigenvalues, Growth, SpectrumPoint, eigenvalues};
pub use embedding::{AspectEmbedding, Embedding, EmbeddingItem, Group, PlacedRecording, embedding};
pub use fixed_points::{FixedPoint, FixedPointClass, FixedPoints, Stability, fixed_points};
pub use learning_curve::{LearningCurve, LossCurve, LossRange, Phase, learning_curve};
pub use line_attractors::{
    ChoiceArrow, ChoicePanel, ChoicePoint, Direction, LineAttractors, line_attractors,
};
pub use mark::{Ink, Mark, Side, Symbol, Weight};
pub use measure_courses::{MeasureCourse, MeasureCourses, NetworkCourse, measure_courses};
pub use multiverse::{ChoiceCell, ClaimColumn, Multiverse, multiverse};
pub use recorded::{
    DistanceRow, MeasuredDistances, PowerPoint, RankedClass, RecordedDistances, recorded_distances,
};
pub use recorded_measures::{MeasureOfClass, RecordedMeasure, RecordedMeasures, recorded_measures};
pub use score_distribution::{
    NetworkScore, PublishedScore, RunCounts, ScoreClass, ScoreDistribution, Standing, score_distribution,
};
pub use selectivity_cloud::{Selectivity, SelectivityCloud, Sign, Unit, selectivity_cloud};
pub use space::{Camera, Cloud, Curve, Ends, Filling, Space};
pub use stated_claim::{ClassNumbers, StatedClaim, StatedNumber, stated_claim};
pub use task_timeline::{ExampleTrial, TaskTimeline, task_timeline};
pub use task_variance::{TaskVariance, VarianceMap, VarianceUnit, fractional_variance, task_variance};
pub use trajectories::{Condition, Trajectories, Trajectory, TrajectoryClass, trajectories};

/// One figure: panels in reading order, one legend, and the tables that hold its numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// Unique within a report and fit for a file name: lower-case letters, digits, hyphens. See [`slug`].
    pub id: String,
    /// What the figure shows, in a few words.
    pub title: String,
    /// One sentence that tells the reader how to read it.
    pub caption: String,
    /// Panels beside each other where the page is wide enough, at least 1.
    pub columns: usize,
    /// One entry a series; marks name their entries by index, in `keys`.
    pub legend: Vec<LegendEntry>,
    /// The panels, in reading order.
    pub panels: Vec<Panel>,
    /// Paths of the tables behind the figure, relative to the report.
    pub data: Vec<String>,
}

/// One set of axes and what stands in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Panel {
    /// Heading above the panel; may be empty.
    pub title: String,
    /// Smaller text after the heading; may be empty.
    pub subtitle: String,
    /// Colour of the small square before the heading, where the panel belongs to one class.
    pub tint: Option<Rgb>,
    /// The axes and marks.
    pub area: Area,
}

/// The three kinds of axes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Area {
    /// Two axes.
    Plane(Plane),
    /// Three axes, seen from a direction that an interactive reader may turn.
    Space(Space),
    /// A square of cells.
    Matrix(Matrix),
}

/// Two axes and the marks between them, later marks above earlier ones.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plane {
    /// Horizontal axis.
    pub x: Axis,
    /// Vertical axis, rising upwards; rows run downwards.
    pub y: Axis,
    /// Relation between the units of the axes.
    pub aspect: Aspect,
    /// Marks, bottom first.
    pub marks: Vec<Mark>,
}

/// Name, unit, scale and range of an axis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Axis {
    /// Quantity.
    pub label: String,
    /// Unit; empty for a dimensionless quantity.
    pub unit: String,
    /// How values map to lengths.
    pub scale: Scale,
    /// Ends of the axis; without them, the extent of the marks and a margin.
    pub range: Option<[f64; 2]>,
    /// Whether values are written along the axis.
    pub ticks: Ticks,
}

impl Axis {
    /// A dimensionless linear axis with ticks over the extent of its marks.
    pub fn linear(label: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            unit: String::new(),
            scale: Scale::Linear,
            range: None,
            ticks: Ticks::Values,
        }
    }

    /// A dimensionless logarithmic axis.
    pub fn log(label: impl Into<String>) -> Self {
        Self { scale: Scale::Log, ..Self::linear(label) }
    }

    /// A vertical axis of named rows; row `i` has the coordinate `i`.
    pub fn rows(rows: Vec<Row>) -> Self {
        Self { scale: Scale::Rows(rows), ..Self::linear("") }
    }

    /// The same axis in another unit.
    pub fn unit(self, unit: impl Into<String>) -> Self {
        Self { unit: unit.into(), ..self }
    }

    /// The same axis between two values.
    pub fn range(self, low: f64, high: f64) -> Self {
        Self { range: Some([low, high]), ..self }
    }

    /// The same axis without values, for a quantity whose origin and direction mean nothing.
    pub fn bare(self) -> Self {
        Self { ticks: Ticks::Hidden, ..self }
    }
}

/// How values map to lengths.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Scale {
    /// In proportion.
    Linear,
    /// By the decimal logarithm; values ≤ 0 are not drawn.
    Log,
    /// Named rows at 0, 1, …, from the top.
    Rows(Vec<Row>),
}

/// A named row of a vertical axis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Name, left of the row.
    pub label: String,
    /// Remark in small type under the name; may be empty.
    pub note: String,
}

/// Whether values are written along an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ticks {
    /// Written at round values.
    Values,
    /// Left out.
    Hidden,
}

/// Relation between the units of the axes of a panel.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Aspect {
    /// One unit is the same length on every axis.
    Equal,
    /// Each axis fills the panel; the value is height over width.
    Fill(f64),
}

/// A square of cells, in labelled runs. Where every run is one row, rows and columns are named one by one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Matrix {
    /// Rows and columns.
    pub n: usize,
    /// `[n, n]`, row by row.
    pub values: Vec<f64>,
    /// Quantity of the cells.
    pub label: String,
    /// Values at the two ends of the colour scale.
    pub range: [f64; 2],
    /// Colours between them.
    pub ramp: Ramp,
    /// `[n, n]` how certain each cell is, from 0 (pale) to 1; empty: all are.
    pub certainty: Vec<f64>,
    /// Consecutive runs of rows; their lengths sum to `n`.
    pub blocks: Vec<Block>,
}

/// A run of rows of a [`Matrix`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Block {
    /// Name; consecutive equal names are written once.
    pub label: String,
    /// Colour of its bar at the edge.
    pub ink: Ink,
    /// Number of rows.
    pub len: usize,
}

/// One entry of a legend.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LegendEntry {
    /// Name.
    pub label: String,
    /// Its sign.
    pub swatch: Swatch,
}

/// The sign of a legend entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Swatch {
    /// A point.
    Point {
        /// Shape.
        symbol: Symbol,
        /// Colour.
        ink: Ink,
    },
    /// A piece of line.
    Line {
        /// Colour.
        ink: Ink,
        /// Thickness.
        weight: Weight,
    },
    /// A piece of broken line.
    Dashes {
        /// Colour.
        ink: Ink,
        /// Thickness.
        weight: Weight,
    },
    /// An arrow.
    Arrow {
        /// Colour.
        ink: Ink,
        /// Thickness.
        weight: Weight,
    },
    /// A piece of band.
    Band {
        /// Colour.
        ink: Ink,
    },
    /// A piece of band with a stroke at its middle.
    Range {
        /// Colour.
        ink: Ink,
    },
    /// A row of colours between two values.
    Ramp {
        /// Colours, from low to high.
        colours: Vec<Rgb>,
        /// Name of the low end.
        low: String,
        /// Name of the high end.
        high: String,
    },
}

/// Joins words into an identifier: lower-case letters and digits, other characters as single hyphens.
pub fn slug(words: &[&str]) -> String {
    let mut id = String::new();
    for character in words.join("-").chars() {
        if character.is_ascii_alphanumeric() {
            id.push(character.to_ascii_lowercase());
        } else if !id.ends_with('-') {
            id.push('-');
        }
    }
    id.trim_matches('-').to_owned()
}
