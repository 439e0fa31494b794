//! Tables and figures of behaviour within and beyond training.

use super::classes::classes;
use super::words;
use crate::stage::{ConditionRow, NetworkBehaviour, ResponseRow, TaskResults};
use crate::store::table::Table;
use circuitscope::analysis::behaviour::measures::bootstrap;
use circuitscope::analysis::behaviour::slope::over_networks;
use circuitscope::analysis::choice_lines::CONTEXTS;
use circuitscope::task::Task;
use circuitscope_report::figure::{self, BehaviourPanel, Figure, ResponseCurve};

/// Every response of every network with its task.
fn rows<'a>(
    results: &'a [TaskResults<'_>],
) -> impl Iterator<Item = (&'static str, &'a NetworkBehaviour)> + Clone {
    results
        .iter()
        .flat_map(|of_task| of_task.behaviour.iter().map(|behaviour| (of_task.task.task.name(), behaviour)))
}

fn context(condition: &ConditionRow) -> &'static str {
    condition.context.map_or("none", |context| CONTEXTS[context])
}

/// One row a network, condition and stimulus.
pub(super) fn responses(results: &[TaskResults<'_>]) -> Table {
    let all = rows(results)
        .flat_map(|(task, network)| network.responses.iter().map(move |response| (task, network, response)));
    let of_task = |name: &'static str| {
        move |(task, response): (&str, &ResponseRow)| if task == name { response.share } else { None }
    };
    let (right, go) = (of_task("cddm"), of_task("go_no_go"));
    Table::default()
        .text("task", all.clone().map(|row| row.0))
        .text("network", all.clone().map(|row| &row.1.network))
        .text("class", all.clone().map(|row| &row.1.class))
        .text("test", all.clone().map(|row| &row.2.condition.test))
        .float("strength", all.clone().map(|row| row.2.condition.strength))
        .text("context", all.clone().map(|row| context(&row.2.condition)))
        .float("motion", all.clone().map(|row| row.2.motion))
        .float("colour", all.clone().map(|row| row.2.colour))
        .float("value", all.clone().map(|row| row.2.value))
        .float("right", all.clone().map(|row| right((row.0, row.2))))
        .float("go", all.clone().map(|row| go((row.0, row.2))))
        .float("answer", all.clone().map(|row| row.2.answer))
        .float("mse", all.map(|row| row.2.mse))
}

/// One row a network, condition and number read from its responses.
pub(super) fn psychometrics(results: &[TaskResults<'_>]) -> Table {
    let all = rows(results)
        .flat_map(|(task, network)| network.measures.iter().map(move |measure| (task, network, measure)));
    Table::default()
        .text("task", all.clone().map(|row| row.0))
        .text("network", all.clone().map(|row| &row.1.network))
        .text("class", all.clone().map(|row| &row.1.class))
        .text("test", all.clone().map(|row| &row.2.condition.test))
        .float("strength", all.clone().map(|row| row.2.condition.strength))
        .text("context", all.clone().map(|row| context(&row.2.condition)))
        .text("measure", all.clone().map(|row| &row.2.name))
        .float("value", all.clone().map(|row| row.2.value))
        .float("low", all.clone().map(|row| row.2.interval.map(|interval| interval[0])))
        .float("high", all.clone().map(|row| row.2.interval.map(|interval| interval[1])))
        .flag("at_bound", all.clone().map(|row| row.2.at_bound))
        .flag("identified", all.map(|row| row.2.identified))
}

/// A panel a condition: the response of each class, mean over its selected networks.
struct Panel {
    condition: ConditionRow,
    curves: Vec<ResponseCurve>,
}

/// The curves that the figure draws; a class without a finite answer to a stimulus has no point there.
fn panels(of_task: &TaskResults<'_>) -> Vec<Panel> {
    let mut conditions: Vec<ConditionRow> = Vec::new();
    let first = of_task.behaviour.iter().find(|network| of_task.is_selected(&network.network));
    for response in first.iter().flat_map(|network| &network.responses) {
        // Beyond the training coherences is what the figure shows.
        if response.condition.test != "trained_coherences" && !conditions.contains(&response.condition) {
            conditions.push(response.condition.clone());
        }
    }
    let names = of_task.task.classes.iter().map(|class| class.name.as_str());
    let names: Vec<(usize, &str)> = names.enumerate().collect();
    let panel = |condition: ConditionRow| {
        let curve = |&(class, name): &(usize, &str)| curve(of_task, &condition, class, name);
        let curves = names.iter().filter_map(curve).collect();
        Panel { condition, curves }
    };
    conditions.into_iter().map(panel).collect()
}

fn curve(
    of_task: &TaskResults<'_>,
    condition: &ConditionRow,
    class: usize,
    name: &str,
) -> Option<ResponseCurve> {
    let networks: Vec<Vec<(f64, f64)>> = of_task
        .behaviour
        .iter()
        .filter(|network| network.class == name && of_task.is_selected(&network.network))
        .map(|network| profile(network, condition))
        .collect();
    let first = networks.first()?;
    let (mut stimulus, mut response, mut low, mut high) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (place, &(level, _)) in first.iter().enumerate() {
        let values: Vec<f64> =
            networks.iter().filter_map(|network| network.get(place)).map(|point| point.1).collect();
        let Some(mean) = over_networks(&values, bootstrap(0)) else { continue };
        stimulus.push(level);
        response.push(mean.value);
        if let Some([lower, upper]) = mean.interval {
            low.push(lower);
            high.push(upper);
        }
    }
    let bounds = (low.len() == stimulus.len()).then_some([low, high]);
    (!stimulus.is_empty()).then_some(ResponseCurve { class, stimulus, response, bounds })
}

/// Response of a network over irrelevant coherence, a mean over the relevant one, or over the value.
fn profile(network: &NetworkBehaviour, condition: &ConditionRow) -> Vec<(f64, f64)> {
    let mut sums: Vec<(f64, f64, f64)> = Vec::new();
    for row in network.responses.iter().filter(|row| row.condition == *condition) {
        let irrelevant = if condition.context == Some(0) { row.colour } else { row.motion };
        let Some(level) = row.value.or(irrelevant) else { continue };
        let answer = row.answer.or(row.share).unwrap_or(f64::NAN);
        match sums.iter_mut().find(|(known, ..)| *known == level) {
            Some((_, sum, n)) => (*sum, *n) = (*sum + answer, *n + 1.0),
            None => sums.push((level, answer, 1.0)),
        }
    }
    sums.into_iter().map(|(level, sum, n)| (level, sum / n)).collect()
}

/// One row a class, condition and stimulus: what the figure draws.
pub(super) fn response_curves(results: &[TaskResults<'_>]) -> Table {
    let mut texts: [Vec<String>; 4] = Default::default();
    let mut floats: [Vec<Option<f64>>; 5] = Default::default();
    for of_task in results {
        for panel in panels(of_task) {
            for curve in &panel.curves {
                for place in 0..curve.stimulus.len() {
                    let bound = |end: usize| curve.bounds.as_ref().map(|bounds| bounds[end][place]);
                    let class = &of_task.task.classes[curve.class].name;
                    let test = &panel.condition.test;
                    let row = [of_task.task.task.name(), class, test, context(&panel.condition)];
                    texts.iter_mut().zip(row).for_each(|(column, text)| column.push(text.to_owned()));
                    let (stimulus, response) = (Some(curve.stimulus[place]), Some(curve.response[place]));
                    let row = [panel.condition.strength, stimulus, response, bound(0), bound(1)];
                    floats.iter_mut().zip(row).for_each(|(column, value)| column.push(value));
                }
            }
        }
    }
    let names = ["task", "class", "test", "context"];
    let table =
        names.into_iter().zip(texts).fold(Table::default(), |table, (name, text)| table.text(name, text));
    let names = ["strength", "stimulus", "response", "low", "high"];
    names.into_iter().zip(floats).fold(table, |table, (name, values)| table.float(name, values))
}

/// The figure of a task; none without a selected network.
pub(super) fn figure(of_task: &TaskResults<'_>) -> Option<Figure> {
    let is_cddm = matches!(of_task.task.task, Task::Cddm(_));
    let (test, stimulus, response, trained) = if is_cddm {
        ("choice against irrelevant coherence", "irrelevant coherence", "share of right choices", [-1.0, 1.0])
    } else {
        ("answer against value", "value", "answer", [0.0, 1.0])
    };
    let panels: Vec<BehaviourPanel> = panels(of_task)
        .into_iter()
        .map(|panel| BehaviourPanel {
            title: words::behaviour_test(&panel.condition),
            stimulus: stimulus.to_owned(),
            response: response.to_owned(),
            range: if is_cddm { [0.0, 1.0] } else { reach(&panel.curves) },
            trained: Some(trained),
            curves: panel.curves,
        })
        .collect();
    (!panels.is_empty()).then(|| {
        figure::behaviour(&figure::Behaviour {
            task: words::task(of_task.task.task.name()).to_owned(),
            test: test.to_owned(),
            classes: classes(of_task),
            bounds: "95 % interval over networks".to_owned(),
            panels,
            data: ["response_curves", "behaviour", "psychometrics"]
                .map(|name| format!("tables/{name}.parquet"))
                .to_vec(),
        })
    })
}

/// From the lowest to the highest number drawn, at least from 0 to 1.
fn reach(curves: &[ResponseCurve]) -> [f64; 2] {
    let bounds = curves.iter().filter_map(|curve| curve.bounds.as_ref()).flatten().flatten();
    let all = curves.iter().flat_map(|curve| &curve.response).chain(bounds);
    all.fold([0.0, 1.0], |[low, high], &value| [value.min(low), value.max(high)])
}
