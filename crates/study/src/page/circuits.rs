//! Latent circuits: their mechanisms on the page, and as figures the mean or the only network of each class, and its best
//! network against them.

use super::classes::{classes, of_task};
use super::words;
use crate::config::TaskStudy;
use crate::stage::MatrixName;
use crate::table::{
    Circuit, CircuitEffect, CircuitMean, CircuitMechanism, CircuitResponse, CircuitWeight, Role, Tables,
    quantities,
};
use circuitscope_report::MechanismRow;
use circuitscope_report::figure::{
    self, CircuitGraph, CircuitGraphs, CircuitScatter, CircuitWeights, Circuits, CircuitsShown, Class,
    Compared, Figure, GraphEdge, GraphNode, NodeRole, ScatterPanel, ScatterPoint,
};

/// What the circuits of a task do with irrelevant stimuli, class by class, then activation by activation.
pub(super) fn mechanisms(task: &TaskStudy, tables: &Tables) -> Vec<MechanismRow> {
    let classes = classes(task);
    let rows: Vec<_> = of_task(task, &tables.circuit_mechanisms, |row| &row.task).collect();
    let groups = rows.chunk_by(|a, b| (&a.class_name, a.activation) == (&b.class_name, b.activation));
    let of_group = |rows: &[&CircuitMechanism]| MechanismRow {
        task: words::task(task.task.name()),
        group: match (&rows[0].class_name, rows[0].activation) {
            (Some(name), _) => {
                let class = classes.iter().find(|class| *class.name == **name);
                class.map_or_else(|| name.to_string(), |class| class.label.clone())
            }
            (None, Some(family)) => format!("all {}", family.words()),
            (None, None) => "all networks".to_owned(),
        },
        n_networks: rows[0].n_networks,
        counts: rows.iter().map(|row| (row.mechanism.name().to_owned(), row.count)).collect(),
    };
    groups.map(of_group).collect()
}

/// An entry of the weights that are drawn of a class.
struct Weight {
    matrix: MatrixName,
    row: usize,
    column: usize,
    value: f64,
    interval: Option<[f64; 2]>,
}

/// What is drawn of a class: its best network that has a circuit, and the mean of its circuits where there is one.
struct Drawn<'a> {
    class: Class,
    circuit: &'a Circuit,
    /// What to say of the weights.
    remark: String,
    weights: Vec<Weight>,
}

/// Every class that has a circuit.
fn drawn<'a>(task: &'a TaskStudy, tables: &'a Tables) -> Vec<Drawn<'a>> {
    let of_class = |class: Class| {
        let mut own = of_task(task, &tables.circuits, |row| &row.task);
        // The best network stands first.
        let circuit = own.find(|row| *row.class_name == *class.name && row.n_agreeing.is_some())?;
        let means = of_task(task, &tables.circuit_means, |row| &row.task);
        let means: Vec<&CircuitMean> = means.filter(|row| *row.class_name == *class.name).collect();
        let (remark, weights) = match means.first() {
            Some(mean) => {
                let r2 = words_of_r2(Some(mean.r2_total), mean.held_out_r2_total);
                let of_mean = |row: &&CircuitMean| Weight {
                    matrix: row.matrix,
                    row: row.row,
                    column: row.column,
                    value: row.value,
                    interval: row.low.zip(row.high).map(<[f64; 2]>::from),
                };
                let weights = means.iter().map(of_mean).collect();
                (format!("mean of {} networks, {r2}", mean.n_networks), weights)
            }
            None => (remark(circuit), of_network(task, tables, circuit).map(weight).collect()),
        };
        Some(Drawn { class, circuit, remark, weights })
    };
    classes(task).into_iter().filter_map(of_class).collect()
}

fn weight(row: &CircuitWeight) -> Weight {
    Weight {
        matrix: row.matrix,
        row: row.row,
        column: row.column,
        value: row.value,
        interval: row.low.zip(row.high).map(<[f64; 2]>::from),
    }
}

/// The weights of a network's circuit.
fn of_network<'a>(
    task: &'a TaskStudy,
    tables: &'a Tables,
    circuit: &'a Circuit,
) -> impl Iterator<Item = &'a CircuitWeight> {
    of_task(task, &tables.circuit_weights, |row| &row.task).filter(|row| row.network == circuit.network)
}

/// Every figure of a task's circuits; none where there are no circuits.
pub(super) fn figures(task: &TaskStudy, tables: &Tables) -> Vec<Figure> {
    let drawn = drawn(task, tables);
    let Some(first) = drawn.first() else { return Vec::new() };
    let name = words::task(task.task.name());
    let recurrent = of_network(task, tables, first.circuit).filter(|row| row.matrix == MatrixName::WRec);
    let of_nodes: Vec<&CircuitWeight> = recurrent.filter(|row| row.column == 0).collect();
    let nodes: Vec<String> = of_nodes.iter().map(|row| row.row_name.to_string()).collect();
    let has_means = of_task(task, &tables.circuit_means, |row| &row.task).next().is_some();
    let (shown, table) = if has_means {
        (CircuitsShown::ClassMean, "tables/circuit_means.parquet")
    } else {
        (CircuitsShown::OnlyNetwork, "tables/circuit_weights.parquet")
    };
    let data = vec![table.to_owned(), "tables/circuits.parquet".to_owned()];
    let graphs = CircuitGraphs {
        task: name.clone(),
        nodes: graph_nodes(task, &of_nodes),
        classes: drawn
            .iter()
            .map(|drawn| CircuitGraph {
                class: drawn.class.clone(),
                remark: drawn.remark.clone(),
                edges: drawn.weights.iter().filter_map(|weight| edge(weight, nodes.len())).collect(),
            })
            .collect(),
        shown,
        data: data.clone(),
    };
    let circuits = Circuits {
        task: name.clone(),
        nodes: nodes.clone(),
        classes: drawn.iter().map(recurrent_weights).collect(),
        shown,
        data,
    };
    let scatter = |compared, groups: Vec<String>, table: &str, panels: Vec<ScatterPanel>| {
        figure::circuit_scatter(&CircuitScatter {
            task: name.clone(),
            compared,
            groups,
            classes: panels,
            data: vec![table.to_owned(), "tables/circuits.parquet".to_owned()],
        })
    };
    let quantities: Vec<String> = quantities(&task.task).iter().map(ToString::to_string).collect();
    let responses = drawn.iter().map(|drawn| responses(task, tables, drawn, &nodes)).collect();
    let effects = drawn.iter().map(|drawn| perturbations(task, tables, drawn, &quantities)).collect();
    vec![
        figure::circuit_graph(&graphs),
        figure::circuit(&circuits),
        scatter(Compared::Responses, nodes, "tables/circuit_responses.parquet", responses),
        scatter(Compared::Perturbations, quantities, "tables/circuit_effects.parquet", effects),
    ]
}

/// How many fits agree, how well the best fits, and what it does: short, as a heading has little room.
fn remark(circuit: &Circuit) -> String {
    let mechanism = circuit.mechanism.map(|label| format!(", {}", label.name())).unwrap_or_default();
    let r2 = words_of_r2(circuit.r2_total, circuit.held_out_r2_total);
    format!("{} of {} fits, {r2}{mechanism}", circuit.n_agreeing.unwrap_or_default(), circuit.n_fits)
}

fn words_of_r2(seen: Option<f64>, held_out: Option<f64>) -> String {
    let held_out = held_out.map(|r2| format!(" ({r2:.2} held out)"));
    format!("r2_total {:.2}{}", seen.unwrap_or(f64::NAN), held_out.unwrap_or_default())
}

/// Recurrent weights with their intervals, row by row; without intervals where one has none.
fn recurrent_weights(drawn: &Drawn<'_>) -> CircuitWeights {
    let recurrent = drawn.weights.iter().filter(|weight| weight.matrix == MatrixName::WRec);
    let intervals = recurrent.clone().map(|weight| weight.interval);
    CircuitWeights {
        class: drawn.class.clone(),
        remark: drawn.remark.clone(),
        intervals: intervals.collect::<Option<_>>().unwrap_or_default(),
        weights: recurrent.map(|weight| weight.value).collect(),
    }
}

/// The circuit's nodes, then the task's outputs.
fn graph_nodes(task: &TaskStudy, nodes: &[&CircuitWeight]) -> Vec<GraphNode> {
    let nodes = nodes.iter().map(|row| GraphNode {
        name: row.row_name.to_string(),
        role: if row.row_role == Role::Input { NodeRole::Input } else { NodeRole::Inner },
    });
    let outputs = task
        .task
        .output_names()
        .iter()
        .map(|name| GraphNode { name: format!("→ {name}"), role: NodeRole::Output });
    nodes.chain(outputs).collect()
}

/// A recurrent weight between two of `n` nodes, or an output weight onto one of the outputs that follow them.
fn edge(weight: &Weight, n: usize) -> Option<GraphEdge> {
    let first_row = match weight.matrix {
        MatrixName::WRec => 0,
        MatrixName::WOut => n,
        MatrixName::WInp => return None,
    };
    let &Weight { row, column, value, interval, .. } = weight;
    (value != 0.0).then_some(GraphEdge { from: column, to: first_row + row, weight: value, interval })
}

fn responses(task: &TaskStudy, tables: &Tables, drawn: &Drawn<'_>, nodes: &[String]) -> ScatterPanel {
    let rows = of_task(task, &tables.circuit_responses, |row| &row.task);
    let point = |row: &CircuitResponse| {
        Some(ScatterPoint {
            at: [row.circuit?, row.projected?],
            group: nodes.iter().position(|node| **node == *row.node)?,
            hover: String::new(),
        })
    };
    ScatterPanel {
        class: drawn.class.clone(),
        remark: format!("r2_projected {:.2}", drawn.circuit.r2_projected.unwrap_or(f64::NAN)),
        points: rows.filter(|row| row.network == drawn.circuit.network).filter_map(point).collect(),
    }
}

fn perturbations(
    task: &TaskStudy,
    tables: &Tables,
    drawn: &Drawn<'_>,
    quantities: &[String],
) -> ScatterPanel {
    let rows = of_task(task, &tables.circuit_effects, |row| &row.task);
    let point = |row: &CircuitEffect| {
        Some(ScatterPoint {
            at: [row.circuit?, row.network_effect?],
            group: quantities.iter().position(|quantity| **quantity == *row.quantity)?,
            hover: format!("{} → {}", row.column_name, row.row_name),
        })
    };
    let circuit = drawn.circuit;
    let remark = match (circuit.behaviour_correlation, circuit.behaviour_p, circuit.behaviour_r2_identity) {
        (Some(r), Some(p), Some(r2)) => format!("r {r:.2}, p {p:.4}, R² of identity {r2:.2}"),
        (Some(r), Some(p), None) => format!("r {r:.2}, p {p:.4}"),
        _ => "one side does not vary".to_owned(),
    };
    ScatterPanel {
        class: drawn.class.clone(),
        remark,
        points: rows.filter(|row| row.network == drawn.circuit.network).filter_map(point).collect(),
    }
}
