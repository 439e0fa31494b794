//! Latent circuits as tables.

use super::classes::classes;
use super::portraits::Names;
use super::words;
use crate::stage::{
    CircuitNode, CircuitOutcome, CircuitWeights, FittedCircuit, Item, Kind, MatrixName, NetworkCircuit,
    TaskResults,
};
use crate::store::table::Table;
use circuitscope::Curve;
use circuitscope::analysis::choice_lines::CONTEXTS;
use circuitscope::analysis::latent_circuit::mechanism::Label;
use circuitscope::task::Task;
use circuitscope_report::MechanismRow;

/// Each network's circuits with its item.
pub(super) fn networks<'a>(
    of_task: &'a TaskResults<'_>,
) -> impl Iterator<Item = (&'a Item, &'a NetworkCircuit)> {
    let items = of_task.best(usize::MAX);
    of_task.circuits.iter().filter_map(move |circuit| {
        let item = items.iter().find(|item| item.network == circuit.network)?;
        Some((*item, circuit))
    })
}

/// Those for which there is one.
pub(super) fn fitted<'a>(
    of_task: &'a TaskResults<'_>,
) -> impl Iterator<Item = (&'a Item, &'a NetworkCircuit, &'a FittedCircuit)> {
    networks(of_task).filter_map(|(item, circuit)| match &circuit.outcome {
        CircuitOutcome::Fitted(fitted) => Some((item, circuit, fitted.as_ref())),
        CircuitOutcome::None { .. } => None,
    })
}

/// What the circuits of a task do with irrelevant stimuli, class by class, then activation by activation; nothing where no
/// circuit has a mechanism.
pub(super) fn mechanisms(of_task: &TaskResults<'_>) -> Vec<MechanismRow> {
    let found: Vec<(&Item, &str)> = fitted(of_task)
        .filter_map(|(item, _, fitted)| Some((item, fitted.mechanism.as_ref()?.label.as_str())))
        .collect();
    let row = |group: String, is_in: &dyn Fn(&Item) -> bool| {
        let own: Vec<&str> = found.iter().filter(|(item, _)| is_in(item)).map(|(_, label)| *label).collect();
        let count = |label: Label| {
            let label = label.name();
            (label.to_owned(), own.iter().filter(|other| **other == label).count())
        };
        let labels = [Label::Inhibition, Label::Saturation, Label::Both, Label::Neither];
        let counts = labels.map(count).to_vec();
        let task = words::task(of_task.task.task.name()).to_owned();
        Some(MechanismRow { task, group, n_networks: own.len(), counts }).filter(|row| row.n_networks > 0)
    };
    let classes = classes(of_task);
    let of_classes = classes.iter().enumerate();
    let of_classes = of_classes.map(|(place, class)| row(class.label.clone(), &|item| item.class == place));
    let activations = [(Curve::Relu, "ReLU"), (Curve::Sigmoid, "sigmoid"), (Curve::Tanh, "tanh")];
    let of_activations =
        activations.map(|(curve, name)| row(format!("all {name}"), &|item| item.curve == curve));
    let all = row("all networks".to_owned(), &|_| true);
    of_classes.chain(of_activations).chain([all]).flatten().collect()
}

const COUNTS: [&str; 4] = ["n_fits", "n_finished", "n_solutions", "n_agreeing"];
const NUMBERS: [&str; 21] = [
    "loss",
    "r2_total",
    "r2_projected",
    "output_mse",
    "variance_explained",
    "pca_variance_explained",
    "held_out_variance_explained",
    "held_out_variance_explained_se",
    "held_out_r2_total",
    "held_out_r2_total_se",
    "held_out_r2_projected",
    "held_out_output_mse",
    "inhibition",
    "sign_product",
    "gain_lost",
    "weight_correlation",
    "weight_p",
    "behaviour_correlation",
    "behaviour_p",
    "state_correlation",
    "state_p",
];

/// One row a network that circuits were fitted to.
pub(super) fn circuits(results: &[TaskResults<'_>]) -> Table {
    let mut names = Names::default();
    let (mut outcomes, mut labels) = (Vec::new(), Vec::new());
    let mut counts: [Vec<Option<i64>>; COUNTS.len()] = Default::default();
    let mut numbers: [Vec<Option<f64>>; NUMBERS.len()] = Default::default();
    for of_task in results {
        for (item, circuit) in networks(of_task) {
            names.push(of_task, item);
            let (outcome, fitted) = match &circuit.outcome {
                CircuitOutcome::Fitted(fitted) => ("fitted", Some(fitted)),
                CircuitOutcome::None { reason } => (reason.as_str(), None),
            };
            outcomes.push(outcome);
            let mechanism = fitted.and_then(|fitted| fitted.mechanism.as_ref());
            labels.push(mechanism.map_or("", |mechanism| &mechanism.label));
            let row = [
                Some(circuit.n_fits),
                Some(circuit.n_finished),
                fitted.map(|fitted| fitted.n_solutions),
                fitted.map(|fitted| fitted.n_agreeing),
            ];
            counts.iter_mut().zip(row).for_each(|(column, n)| column.push(n.map(|n| n as i64)));
            let row = fitted.map_or([None; NUMBERS.len()], |fitted| numbers_of(fitted));
            numbers.iter_mut().zip(row).for_each(|(column, number)| column.push(number));
        }
    }
    let table = names.table().text("outcome", outcomes).text("mechanism", labels);
    let table = COUNTS.into_iter().zip(counts).fold(table, |table, (name, n)| table.integer(name, n));
    NUMBERS.into_iter().zip(numbers).fold(table, |table, (name, values)| table.float(name, values))
}

/// The numbers of [`NUMBERS`].
fn numbers_of(fitted: &FittedCircuit) -> [Option<f64>; NUMBERS.len()] {
    let (scores, mechanism, unseen) = (&fitted.scores, fitted.mechanism.as_ref(), fitted.held_out);
    [
        Some(scores.loss),
        Some(scores.r2_total),
        Some(scores.r2_projected),
        Some(scores.output_mse),
        Some(scores.variance_explained),
        Some(scores.pca_variance_explained),
        unseen.map(|unseen| unseen.variance_explained),
        unseen.map(|unseen| unseen.variance_explained_se),
        unseen.map(|unseen| unseen.r2_total),
        unseen.map(|unseen| unseen.r2_total_se),
        unseen.map(|unseen| unseen.r2_projected),
        unseen.map(|unseen| unseen.output_mse),
        mechanism.map(|mechanism| mechanism.inhibition),
        mechanism.map(|mechanism| mechanism.sign_product),
        mechanism.map(|mechanism| mechanism.gain_lost),
        fitted.weight_correlation.r,
        fitted.weight_correlation.p,
        fitted.behaviour_correlation.r,
        fitted.behaviour_correlation.p,
        fitted.state_correlation.r,
        fitted.state_correlation.p,
    ]
}

/// One row an entry of the consensus weights of a network's circuits.
pub(super) fn weights(results: &[TaskResults<'_>]) -> Table {
    let mut names = Names::default();
    let mut entries = Entries::default();
    for of_task in results {
        for (item, _, fitted) in fitted(of_task) {
            let n = entries.add(&of_task.task.task, &fitted.nodes, &fitted.weights);
            (0..n).for_each(|_| names.push(of_task, item));
        }
    }
    entries.onto(names.table())
}

/// One row an entry of the mean weights of a class's circuits.
pub(super) fn means(results: &[TaskResults<'_>]) -> Table {
    let (mut tasks, mut classes, mut counts) = (Vec::new(), Vec::new(), Vec::new());
    let mut entries = Entries::default();
    for of_task in results {
        for mean in &of_task.circuit_means {
            for _ in 0..entries.add(&of_task.task.task, &mean.nodes, &mean.weights) {
                tasks.push(of_task.task.task.name());
                classes.push(of_task.task.classes[mean.class].name.clone());
                counts.push(mean.n_networks as i64);
            }
        }
    }
    let table = Table::default().text("task", tasks).text("class", classes).integer("n_networks", counts);
    entries.onto(table)
}

/// Entries of matrices of weights as columns.
#[derive(Default)]
struct Entries {
    texts: [Vec<String>; 5],
    places: [Vec<i64>; 2],
    floats: [Vec<Option<f64>>; 3],
}

impl Entries {
    /// Adds every entry; gives their number.
    fn add(&mut self, task: &Task, nodes: &[CircuitNode], weights: &[CircuitWeights]) -> usize {
        let before = self.texts[0].len();
        for weights in weights {
            let (row_ends, column_ends) = ends(weights.matrix, task, nodes);
            let rows = weights.mean.iter().enumerate();
            for (i, j, &value) in
                rows.flat_map(|(i, row)| row.iter().enumerate().map(move |(j, value)| (i, j, value)))
            {
                let ((row, row_role), (column, column_role)) = (&row_ends[i], &column_ends[j]);
                let text = [matrix_name(weights.matrix), row, column, row_role, column_role];
                self.texts.iter_mut().zip(text).for_each(|(column, text)| column.push(text.to_owned()));
                self.places.iter_mut().zip([i, j]).for_each(|(column, place)| column.push(place as i64));
                let end = |which: usize| weights.interval.as_ref().map(|ends| ends[which][i][j]);
                let numbers = [Some(value), end(0), end(1)];
                self.floats.iter_mut().zip(numbers).for_each(|(column, number)| column.push(number));
            }
        }
        self.texts[0].len() - before
    }

    fn onto(self, table: Table) -> Table {
        let [matrices, row_names, column_names, row_roles, column_roles] = self.texts;
        let [rows, columns] = self.places;
        let [values, lows, highs] = self.floats;
        table
            .text("matrix", matrices)
            .integer("row", rows)
            .integer("column", columns)
            .text("row_name", row_names)
            .text("column_name", column_names)
            .text("row_role", row_roles)
            .text("column_role", column_roles)
            .float("value", values)
            .float("low", lows)
            .float("high", highs)
    }
}

/// Name and role of something.
type End = (String, String);

/// What the rows and columns of a matrix are.
fn ends(matrix: MatrixName, task: &Task, nodes: &[CircuitNode]) -> (Vec<End>, Vec<End>) {
    let nodes = || nodes.iter().map(|node| (node.name.clone(), node.role.clone())).collect();
    let of_task =
        |names: &[&str], role: &str| names.iter().map(|name| ((*name).to_owned(), role.to_owned())).collect();
    match matrix {
        MatrixName::WRec => (nodes(), nodes()),
        MatrixName::WInp => (nodes(), of_task(task.input_names(), "task input")),
        MatrixName::WOut => (of_task(task.output_names(), "task output"), nodes()),
    }
}

fn matrix_name(matrix: MatrixName) -> &'static str {
    match matrix {
        MatrixName::WRec => "w_rec",
        MatrixName::WInp => "w_inp",
        MatrixName::WOut => "w_out",
    }
}

/// One row a recurrent weight and number of behaviour: what a change of the weight does in circuit and network.
pub(super) fn effects(results: &[TaskResults<'_>]) -> Table {
    let mut names = Names::default();
    let mut texts: [Vec<String>; 3] = Default::default();
    let (mut circuit, mut network) = (Vec::new(), Vec::new());
    for of_task in results {
        let quantities = quantities(&of_task.task.task);
        for (item, _, fitted) in fitted(of_task) {
            for effect in &fitted.effects {
                names.push(of_task, item);
                let [row, column] = [effect.row, effect.column].map(|node| fitted.nodes[node].name.clone());
                let quantity = quantities.get(effect.quantity).cloned().unwrap_or_default();
                let row = [row, column, quantity];
                texts.iter_mut().zip(row).for_each(|(column, text)| column.push(text));
                circuit.push(effect.circuit);
                network.push(effect.network);
            }
        }
    }
    let [rows, columns, quantities] = texts;
    let table = names.table().text("row_name", rows).text("column_name", columns);
    table.text("quantity", quantities).float("circuit", circuit).float("network_effect", network)
}

/// Names of the numbers of the psychometric planes, in their order.
pub(super) fn quantities(task: &Task) -> Vec<String> {
    let conditions = match task {
        Task::Cddm(_) => &task.condition_names()[1..],
        Task::GoNoGo(_) | Task::MemoryNumber(_) => task.condition_names(),
    };
    let sensitivities = conditions.iter().map(|name| format!("sensitivity to {name}"));
    let of_plane: Vec<String> = std::iter::once("bias".to_owned()).chain(sensitivities).collect();
    match task {
        Task::Cddm(_) => CONTEXTS
            .iter()
            .flat_map(|context| of_plane.iter().map(move |name| format!("{name}, {context} context")))
            .collect(),
        Task::GoNoGo(_) | Task::MemoryNumber(_) => of_plane,
    }
}

/// One row a node and trial at the last masked step.
pub(super) fn responses(results: &[TaskResults<'_>]) -> Table {
    let mut names = Names::default();
    let (mut nodes, mut trials) = (Vec::new(), Vec::new());
    let (mut circuit, mut projected) = (Vec::new(), Vec::new());
    for of_task in results {
        for (item, _, fitted) in fitted(of_task) {
            for response in &fitted.responses {
                names.push(of_task, item);
                nodes.push(fitted.nodes[response.node].name.clone());
                trials.push(response.trial as i64);
                circuit.push(response.circuit);
                projected.push(response.projected);
            }
        }
    }
    let table = names.table().text("node", nodes).integer("trial", trials);
    table.float("circuit", circuit).float("projected", projected)
}

/// One row a pair of networks with circuits; their controls are in the table of all distances.
pub(super) fn distances(results: &[TaskResults<'_>]) -> Table {
    let mut texts: [Vec<String>; 5] = Default::default();
    let mut distances = Vec::new();
    for of_task in results {
        let class = |network: &str| {
            let item = networks(of_task).map(|(item, _)| item).find(|item| item.network == network);
            item.map_or_else(String::new, |item| of_task.task.classes[item.class].name.clone())
        };
        for pair in of_task.circuit_pairs.iter().filter(|pair| pair.kinds == [Kind::Trained; 2]) {
            let task = of_task.task.task.name().to_owned();
            let row = [task, pair.a.clone(), class(&pair.a), pair.b.clone(), class(&pair.b)];
            texts.iter_mut().zip(row).for_each(|(column, text)| column.push(text));
            distances.push(pair.distance);
        }
    }
    let names = ["task", "network_a", "class_a", "network_b", "class_b"];
    let table =
        names.into_iter().zip(texts).fold(Table::default(), |table, (name, text)| table.text(name, text));
    table.float("distance", distances)
}
