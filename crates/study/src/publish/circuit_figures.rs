//! Latent circuits as figures: the mean or the only network of each class, and its best network against them.

use super::circuits::{fitted, quantities};
use super::classes::classes;
use super::words;
use crate::stage::{CircuitMean, CircuitWeights, FittedCircuit, MatrixName, NetworkCircuit, TaskResults};
use circuitscope_report::figure::{
    self, CircuitGraph, CircuitGraphs, CircuitScatter, Circuits, CircuitsShown, Class, Compared, Figure,
    GraphEdge, GraphNode, NodeRole, ScatterPanel, ScatterPoint,
};

/// The circuits that are drawn: of each class, those of its best network that has any.
fn drawn<'a>(of_task: &'a TaskResults<'_>) -> Vec<(Class, &'a NetworkCircuit, &'a FittedCircuit)> {
    let classes = classes(of_task);
    let of_class = |(number, class): (usize, &Class)| {
        let (_, circuit, found) = fitted(of_task).find(|(item, ..)| item.class == number)?;
        Some((class.clone(), circuit, found))
    };
    classes.iter().enumerate().filter_map(of_class).collect()
}

/// Every figure of a task's circuits; none where there are no circuits.
pub(super) fn figures(of_task: &TaskResults<'_>) -> Vec<Figure> {
    let drawn = drawn(of_task);
    let Some((.., first)) = drawn.first() else { return Vec::new() };
    let task = words::task(of_task.task.task.name()).to_owned();
    let nodes: Vec<String> = first.nodes.iter().map(|node| node.name.clone()).collect();
    let shown =
        if of_task.circuit_means.is_empty() { CircuitsShown::OnlyNetwork } else { CircuitsShown::ClassMean };
    let table = match shown {
        CircuitsShown::OnlyNetwork => "tables/circuit_weights.parquet",
        CircuitsShown::ClassMean => "tables/circuit_means.parquet",
    };
    let weights_table = vec![table.to_owned(), "tables/circuits.parquet".to_owned()];
    let circuits = Circuits {
        task: task.clone(),
        nodes: nodes.clone(),
        classes: drawn
            .iter()
            .map(|(class, circuit, found)| {
                let (remark, weights) = shown_of(of_task, class, circuit, found);
                let recurrent = recurrent(weights);
                figure::CircuitWeights {
                    class: class.clone(),
                    remark,
                    weights: recurrent.map_or_else(Vec::new, |weights| weights.mean.concat()),
                    intervals: recurrent.map_or_else(Vec::new, intervals),
                }
            })
            .collect(),
        shown,
        data: weights_table.clone(),
    };
    let graphs = CircuitGraphs {
        task: task.clone(),
        nodes: graph_nodes(of_task, first),
        classes: drawn
            .iter()
            .map(|(class, circuit, found)| {
                let (remark, weights) = shown_of(of_task, class, circuit, found);
                CircuitGraph { class: class.clone(), remark, edges: edges(weights, found.nodes.len()) }
            })
            .collect(),
        shown,
        data: weights_table,
    };
    let scatter = |compared, groups: Vec<String>, table: &str, panel: fn(&FittedCircuit) -> _| {
        let of_class = |(class, _, found): &(Class, &NetworkCircuit, &FittedCircuit)| {
            let (remark, points): (String, Vec<ScatterPoint>) = panel(found);
            ScatterPanel { class: class.clone(), remark, points }
        };
        figure::circuit_scatter(&CircuitScatter {
            task: task.clone(),
            compared,
            groups,
            classes: drawn.iter().map(of_class).collect(),
            data: vec![table.to_owned(), "tables/circuits.parquet".to_owned()],
        })
    };
    let quantities = quantities(&of_task.task.task);
    vec![
        figure::circuit_graph(&graphs),
        figure::circuit(&circuits),
        scatter(Compared::Responses, nodes, "tables/circuit_responses.parquet", responses),
        scatter(Compared::Perturbations, quantities, "tables/circuit_effects.parquet", perturbations),
    ]
}

/// How many fits agree, how well the best fits, and what it does: short, as a heading has little room.
fn remark(circuit: &NetworkCircuit, found: &FittedCircuit) -> String {
    let mechanism = found.mechanism.as_ref().map(|mechanism| format!(", {}", mechanism.label));
    let r2 = words_of_r2(found.scores.r2_total, found.held_out.map(|unseen| unseen.r2_total));
    format!("{} of {} fits, {r2}{}", found.n_agreeing, circuit.n_fits, mechanism.unwrap_or_default())
}

fn words_of_r2(seen: f64, held_out: Option<f64>) -> String {
    let held_out = held_out.map(|r2| format!(" ({r2:.2} held out)"));
    format!("r2_total {seen:.2}{}", held_out.unwrap_or_default())
}

/// The mean of a class, or the circuits of its only network, with what to say of it.
fn shown_of<'a>(
    of_task: &'a TaskResults<'_>,
    class: &Class,
    circuit: &NetworkCircuit,
    found: &'a FittedCircuit,
) -> (String, &'a [CircuitWeights]) {
    let is_of_class = |mean: &&CircuitMean| of_task.task.classes[mean.class].name == class.name;
    match of_task.circuit_means.iter().find(is_of_class) {
        Some(mean) => {
            let r2 = words_of_r2(mean.r2_total, mean.held_out_r2_total);
            (format!("mean of {} networks, {r2}", mean.n_networks), &mean.weights)
        }
        None => (remark(circuit, found), &found.weights),
    }
}

/// Every interval, row by row; nothing where there is none.
fn intervals(weights: &CircuitWeights) -> Vec<[f64; 2]> {
    let Some([low, high]) = &weights.interval else { return Vec::new() };
    low.concat().into_iter().zip(high.concat()).map(|(low, high)| [low, high]).collect()
}

fn recurrent(weights: &[CircuitWeights]) -> Option<&CircuitWeights> {
    weights.iter().find(|weights| weights.matrix == MatrixName::WRec)
}

/// The circuit's nodes, then the task's outputs.
fn graph_nodes(of_task: &TaskResults<'_>, found: &FittedCircuit) -> Vec<GraphNode> {
    let nodes = found.nodes.iter().map(|node| GraphNode {
        name: node.name.clone(),
        role: if node.role == "input" { NodeRole::Input } else { NodeRole::Inner },
    });
    let outputs = of_task.task.task.output_names().iter();
    let outputs = outputs.map(|name| GraphNode { name: format!("→ {name}"), role: NodeRole::Output });
    nodes.chain(outputs).collect()
}

/// Recurrent weights between nodes, and output weights onto the outputs that follow them.
fn edges(weights: &[CircuitWeights], n: usize) -> Vec<GraphEdge> {
    let of_matrix = |weights: &CircuitWeights| {
        let first_row = match weights.matrix {
            MatrixName::WRec => 0,
            MatrixName::WOut => n,
            MatrixName::WInp => return Vec::new(),
        };
        let entries = weights.mean.iter().enumerate();
        let edges = entries.flat_map(|(i, row)| {
            row.iter().enumerate().map(move |(j, &weight)| GraphEdge {
                from: j,
                to: first_row + i,
                weight,
                interval: weights.interval.as_ref().map(|[low, high]| [low[i][j], high[i][j]]),
            })
        });
        edges.filter(|edge| edge.weight != 0.0).collect()
    };
    weights.iter().flat_map(of_matrix).collect()
}

fn responses(found: &FittedCircuit) -> (String, Vec<ScatterPoint>) {
    let point = |response: &crate::stage::NodeResponse| ScatterPoint {
        at: [response.circuit, response.projected],
        group: response.node,
        hover: String::new(),
    };
    let told = format!("r2_projected {:.2}", found.scores.r2_projected);
    (told, found.responses.iter().map(point).collect())
}

fn perturbations(found: &FittedCircuit) -> (String, Vec<ScatterPoint>) {
    let name = |node: usize| found.nodes[node].name.as_str();
    let point = |effect: &crate::stage::WeightEffect| ScatterPoint {
        at: [effect.circuit, effect.network],
        group: effect.quantity,
        hover: format!("{} → {}", name(effect.column), name(effect.row)),
    };
    let correlation = found.behaviour_correlation;
    let told = match (correlation.r, correlation.p) {
        (Some(r), Some(p)) => format!("r {r:.2}, p {p:.4}"),
        _ => "one side does not vary".to_owned(),
    };
    (told, found.effects.iter().map(point).collect())
}
