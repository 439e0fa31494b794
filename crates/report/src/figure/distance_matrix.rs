//! Distances between all pairs of networks.

use serde::{Deserialize, Serialize};

use super::{Area, Block, Class, Figure, Group, Ink, LegendEntry, Matrix, Panel, Ramp, Swatch, Symbol, slug};

/// Distance matrices of one task, one an aspect.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DistanceMatrices {
    /// Name of the task for readers.
    pub task: String,
    /// The classes; blocks refer to them by index.
    pub classes: Vec<Class>,
    /// One entry an aspect of the solutions.
    pub aspects: Vec<AspectDistances>,
    /// Paths of the tables with these numbers, relative to the report.
    pub data: Vec<String>,
}

/// Distances of one aspect, in the order of its blocks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AspectDistances {
    /// Name of the aspect for readers, e.g. `Trajectories`.
    pub aspect: String,
    /// `[n, n]` distances, row by row, `n` the sum of the blocks' lengths.
    pub values: Vec<f64>,
    /// Runs of networks of one class and group, in the order of the rows.
    pub blocks: Vec<ItemBlock>,
}

/// A run of networks of one class and group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemBlock {
    /// Index into [`DistanceMatrices::classes`].
    pub class: usize,
    /// Trained networks or controls.
    pub group: Group,
    /// Number of rows.
    pub len: usize,
}

/// A panel an aspect: a heatmap ordered by group and class, with class colours at its edges.
pub fn distance_matrix(input: &DistanceMatrices) -> Figure {
    Figure {
        id: slug(&["distances", &input.task]),
        title: format!("{}: distances between all pairs of networks", input.task),
        caption: "Rows and columns are networks in the same order, grouped by class (colour at the edge): dark blocks \
                  on the diagonal are classes whose members share one solution."
            .into(),
        columns: 2,
        legend: input
            .classes
            .iter()
            .map(|class| LegendEntry {
                label: class.label.clone(),
                swatch: Swatch::Point { symbol: Symbol::Circle, ink: Ink::Colour(class.colour) },
            })
            .collect(),
        panels: input.aspects.iter().map(|aspect| panel(input, aspect)).collect(),
        data: input.data.clone(),
    }
}

fn panel(input: &DistanceMatrices, aspect: &AspectDistances) -> Panel {
    let n = aspect.blocks.iter().map(|block| block.len).sum();
    let finite = aspect.values.iter().copied().filter(|value| value.is_finite());
    Panel {
        title: aspect.aspect.clone(),
        subtitle: format!("{n} networks"),
        tint: None,
        area: Area::Matrix(Matrix {
            n,
            values: aspect.values.clone(),
            label: "distance".into(),
            range: [0.0, finite.fold(0.0, f64::max)],
            ramp: Ramp::Cells,
            certainty: Vec::new(),
            blocks: aspect
                .blocks
                .iter()
                .map(|block| Block {
                    label: block.group.label().into(),
                    ink: input.classes.get(block.class).map_or(Ink::Muted, |c| Ink::Colour(c.colour)),
                    len: block.len,
                })
                .collect(),
        }),
    }
}
