//! How much units of networks of several tasks vary on each.

use serde::{Deserialize, Serialize};

use super::{
    Area, Aspect, Axis, Block, Class, Figure, Ink, LegendEntry, Mark, Matrix, Panel, Plane, Ramp, Row, Side,
    Swatch, Weight, slug,
};

/// Colours told apart.
const LEVELS: usize = 32;

/// Units by tasks, one network of each class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaskVariance {
    /// Name of the task for readers.
    pub task: String,
    /// One entry a network.
    pub networks: Vec<VarianceMap>,
    /// Paths of the tables with these numbers, relative to the report.
    pub data: Vec<String>,
}

/// The units of one network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VarianceMap {
    /// Its class.
    pub class: Class,
    /// Its name.
    pub network: String,
    /// Tasks, each with a remark such as its score.
    pub parts: Vec<(String, String)>,
    /// Active units in the order of their clusters.
    pub units: Vec<VarianceUnit>,
    /// Silhouette of the clusters; none where there are no clusters.
    pub silhouette: Option<f64>,
    /// `[P, P]` mean size of the fractional variance of each pair of tasks, row by row; not finite where it is not known.
    pub fractions: Vec<f64>,
}

/// An active unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VarianceUnit {
    /// Its place in the network.
    pub unit: usize,
    /// Its cluster, from 0.
    pub cluster: Option<usize>,
    /// `[P]` variance on each task, divided by the largest.
    pub shares: Vec<f64>,
}

/// A panel a network: units in columns, by cluster, tasks in rows.
pub fn task_variance(input: &TaskVariance) -> Figure {
    Figure {
        id: slug(&["task-variance", &input.task]),
        title: format!("{}: which units vary on which task", input.task),
        caption: "Columns are the active units of the example network of a class, rows the tasks: the variance of the unit's rate across \
                  the trials of a task, divided by the unit's largest. Strokes part the clusters of k-means, whose number has the largest \
                  silhouette."
            .into(),
        columns: 1,
        legend: vec![LegendEntry {
            label: "normalised task variance".into(),
            swatch: Swatch::Ramp { colours: Ramp::Cells.sample(8), low: "0".into(), high: "1".into() },
        }],
        panels: input.networks.iter().map(map).collect(),
        data: input.data.clone(),
    }
}

fn map(network: &VarianceMap) -> Panel {
    let colours = Ramp::Cells.sample(LEVELS);
    let colour = |share: f64| {
        let level = (share.clamp(0.0, 1.0) * (LEVELS - 1) as f64).round() as usize;
        Ink::Colour(colours[level])
    };
    let n = network.units.len();
    let mut marks = Vec::new();
    for part in 0..network.parts.len() {
        let y = [part as f64 - 0.5, part as f64 + 0.5];
        for (column, unit) in network.units.iter().enumerate() {
            let share = unit.shares[part];
            marks.push(Mark::Cell {
                x: [column as f64, (column + 1) as f64],
                y,
                hover: format!("unit {}, {}: {share:.2}", unit.unit, network.parts[part].0),
                ink: colour(share),
                keys: Vec::new(),
            });
        }
    }
    let mut first = 0;
    for of_cluster in network.units.chunk_by(|a, b| a.cluster == b.cluster) {
        let end = first + of_cluster.len();
        if end < n {
            marks.push(Mark::Line {
                x: vec![end as f64; 2],
                y: vec![-0.5, network.parts.len() as f64 - 0.5],
                hover: String::new(),
                ink: Ink::Muted,
                weight: Weight::Thin,
                keys: Vec::new(),
            });
        }
        if let Some(cluster) = of_cluster[0].cluster {
            let at = [(first + end) as f64 / 2.0, -0.9];
            marks.push(Mark::Name {
                at,
                side: Side::Centre,
                text: (cluster + 1).to_string(),
                keys: Vec::new(),
            });
        }
        first = end;
    }
    let n_clusters = network.units.iter().filter_map(|unit| unit.cluster).max().map_or(0, |last| last + 1);
    let found = match network.silhouette {
        Some(silhouette) => format!("{n_clusters} clusters of {n} active units, silhouette {silhouette:.2}"),
        None => format!("{n} active units, no clusters"),
    };
    let rows = network.parts.iter().map(|(label, note)| Row { label: label.clone(), note: note.clone() });
    Panel {
        title: network.class.label.clone(),
        subtitle: format!("{}: {found}", network.network),
        tint: Some(network.class.colour),
        area: Area::Plane(Plane {
            x: Axis::linear("units").range(0.0, n.max(1) as f64).bare(),
            y: Axis::rows(rows.collect()),
            aspect: Aspect::Fill(if network.parts.len() > 8 { 0.8 } else { 0.4 }),
            marks,
        }),
    }
}

/// A panel a network: how far each pair of tasks is on different units.
pub fn fractional_variance(input: &TaskVariance) -> Figure {
    Figure {
        id: slug(&["fractional-variance", &input.task]),
        title: format!("{}: tasks by the units that they share", input.task),
        caption: "Each cell is a pair of tasks: the mean over active units of |a − b| / (a + b), a and b the unit's variances on the two. \
                  Dark: the same units, alike; bright: each unit on one of the two alone."
            .into(),
        columns: 2,
        legend: Vec::new(),
        panels: input.networks.iter().map(matrix).collect(),
        data: input.data.clone(),
    }
}

fn matrix(network: &VarianceMap) -> Panel {
    let block = |(label, _): &(String, String)| Block { label: label.clone(), ink: Ink::Muted, len: 1 };
    Panel {
        title: network.class.label.clone(),
        subtitle: network.network.clone(),
        tint: Some(network.class.colour),
        area: Area::Matrix(Matrix {
            n: network.parts.len(),
            values: network.fractions.clone(),
            label: "mean |fractional variance|".into(),
            range: [0.0, 1.0],
            ramp: Ramp::Cells,
            certainty: Vec::new(),
            blocks: network.parts.iter().map(block).collect(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::Rgb;

    #[test]
    fn units_stand_by_cluster_and_every_share_has_its_cell() {
        let unit = |unit: usize, cluster: usize, shares: [f64; 2]| VarianceUnit {
            unit,
            cluster: Some(cluster),
            shares: shares.to_vec(),
        };
        let network = VarianceMap {
            class: Class { name: "relu".into(), label: "ReLU".into(), colour: Rgb::hex(0x0012_3456) },
            network: "relu_1".into(),
            parts: vec![("Go".into(), "R² 0.90".into()), ("Anti".into(), String::new())],
            units: vec![unit(4, 0, [1.0, 0.0]), unit(9, 0, [1.0, 0.2]), unit(1, 1, [0.1, 1.0])],
            silhouette: Some(0.7),
            fractions: vec![0.0, 0.8, 0.8, 0.0],
        };
        let input =
            TaskVariance { task: "Both".into(), networks: vec![network], data: vec!["t.parquet".into()] };
        let figure = task_variance(&input);
        let Area::Plane(plane) = &figure.panels[0].area else { panic!("a plane") };
        let bands: Vec<[f64; 2]> = plane
            .marks
            .iter()
            .filter_map(|mark| if let Mark::Cell { x, .. } = mark { Some(*x) } else { None })
            .collect();
        assert_eq!(bands, [[0.0, 1.0], [1.0, 2.0], [2.0, 3.0], [0.0, 1.0], [1.0, 2.0], [2.0, 3.0]]);
        let lines: Vec<f64> = plane
            .marks
            .iter()
            .filter_map(|mark| if let Mark::Line { x, .. } = mark { Some(x[0]) } else { None })
            .collect();
        assert_eq!(lines, [2.0], "between the clusters");
        assert!(figure.panels[0].subtitle.contains("2 clusters of 3 active units, silhouette 0.70"));
        let Area::Matrix(matrix) = &fractional_variance(&input).panels[0].area else { panic!("a matrix") };
        assert_eq!((matrix.n, matrix.values.clone()), (2, vec![0.0, 0.8, 0.8, 0.0]));
    }
}
