//! Responses of classes: means over their selected networks.

use super::behaviour::Condition;
use super::field::Name;
use super::row::table;
use crate::stage::{ConditionRow, NetworkBehaviour, TaskResults};
use circuitscope::analysis::behaviour::measures::bootstrap;
use circuitscope::analysis::behaviour::slope::{Estimate, over_networks};

table! {
    /// One row per class, condition and stimulus: the mean response over the selected networks of the class.
    "response_curves" => pub(crate) struct ResponsePoint {
        /// Task.
        task: Name,
        /// Class.
        class_name: Name,
        /// Test, as in table `behaviour`.
        test: Name,
        /// Context, as in table `behaviour`.
        context: Option<Name>,
        /// Strength of the test, as in table `behaviour`.
        strength: Option<f64>,
        /// What is shown: the irrelevant evidence (choices by context; responses are means over the relevant one), in units of the
        /// strongest of training; the evidence; or the value.
        stimulus: f64,
        /// Share of choices of the first answer (CDDM: right), or the answer.
        response: f64,
        /// Lower end of its 95 % interval, networks drawn with replacement; null for a curve of fewer than three networks.
        low: Option<f64>,
        /// Upper end of its 95 % interval.
        high: Option<f64>,
    }
}

impl ResponsePoint {
    pub(crate) fn of(results: &[TaskResults<'_>]) -> Vec<Self> {
        let mut rows = Vec::new();
        for of_task in results {
            let is_selected = |network: &&NetworkBehaviour| of_task.is_selected(&network.network);
            let selected: Vec<&NetworkBehaviour> = of_task.behaviour.iter().filter(is_selected).collect();
            let task = of_task.name();
            for condition in conditions(&selected) {
                let Condition { test, strength, context } = Condition::of(&of_task.task.task, condition);
                for class in 0..of_task.task.classes.len() {
                    let class_name = of_task.class_name(class);
                    let points = curve(&selected, condition, &class_name);
                    let is_bounded = points.iter().all(|(_, mean)| mean.interval.is_some());
                    rows.extend(points.iter().map(|&(stimulus, mean)| {
                        // A curve has bounds everywhere or nowhere.
                        let interval = mean.interval.filter(|_| is_bounded);
                        Self {
                            task: task.clone(),
                            class_name: class_name.clone(),
                            test: test.clone(),
                            context: context.clone(),
                            strength,
                            stimulus,
                            response: mean.value,
                            low: interval.map(|[low, _]| low),
                            high: interval.map(|[_, high]| high),
                        }
                    }));
                }
            }
        }
        rows
    }
}

/// The conditions that networks are compared under: all but the trained coherences, which the wide ones contain.
fn conditions<'a>(networks: &[&'a NetworkBehaviour]) -> Vec<&'a ConditionRow> {
    let mut conditions: Vec<&ConditionRow> = Vec::new();
    for response in networks.first().iter().flat_map(|network| &network.responses) {
        if response.condition.test != "trained_coherences" && !conditions.contains(&&response.condition) {
            conditions.push(&response.condition);
        }
    }
    conditions
}

/// Mean response of a class to each stimulus; one without a finite answer has none.
fn curve(networks: &[&NetworkBehaviour], condition: &ConditionRow, class_name: &str) -> Vec<(f64, Estimate)> {
    let own = networks.iter().filter(|network| network.class == class_name);
    let profiles: Vec<Vec<(f64, f64)>> = own.map(|network| profile(network, condition)).collect();
    let stimuli = profiles.first().into_iter().flatten().enumerate();
    let mean = |(place, &(stimulus, _)): (usize, &(f64, f64))| {
        let at_place = profiles.iter().filter_map(|profile| profile.get(place));
        let responses: Vec<f64> = at_place.map(|(_, response)| *response).collect();
        Some((stimulus, over_networks(&responses, bootstrap(0))?))
    };
    stimuli.filter_map(mean).collect()
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
