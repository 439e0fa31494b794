//! How many latent circuits have which mechanism.

use super::circuits::subjects;
use super::field::{Levels, Name};
use super::row::table;
use crate::stage::TaskResults;
use circuitscope::Family;
use circuitscope::analysis::latent_circuit::mechanism::Label;

table! {
    /// One row per group of networks and mechanism: each class, then each activation, then all networks of a task. A group
    /// without a circuit that has a mechanism has no row.
    "circuit_mechanisms" => pub(crate) struct CircuitMechanism {
        /// Task.
        task: Name,
        /// Class whose networks are counted; null where they are of more than one.
        class_name: Option<Name>,
        /// Activation whose networks are counted, over its classes; null in the rows of a class and of all networks.
        activation: Option<Family>,
        /// Networks of the group whose circuit has a mechanism.
        n_networks: usize,
        /// What circuits do with irrelevant stimuli.
        mechanism: Label,
        /// Networks of the group whose circuit has this mechanism.
        count: usize,
    }
}

impl CircuitMechanism {
    pub(crate) fn of(results: &[TaskResults<'_>]) -> Vec<Self> {
        results.iter().flat_map(of_task).collect()
    }
}

fn of_task(of_task: &TaskResults<'_>) -> Vec<CircuitMechanism> {
    let found: Vec<(usize, Family, Label)> = subjects(std::slice::from_ref(of_task))
        .filter_map(|subject| {
            let label = Label::named(&subject.fitted()?.mechanism.as_ref()?.label)?;
            Some((subject.item.class, subject.item.curve.family(), label))
        })
        .collect();
    let (task, mut rows) = (of_task.name(), Vec::new());
    let mut add = |class: Option<usize>, activation: Option<Family>| {
        let own = found.iter().filter(|(other, curve, _)| {
            class.is_none_or(|class| class == *other) && activation.is_none_or(|own| own == *curve)
        });
        let own: Vec<Label> = own.map(|(.., label)| *label).collect();
        if own.is_empty() {
            return;
        }
        rows.extend(Label::all().into_iter().map(|(_, mechanism)| CircuitMechanism {
            task: task.clone(),
            class_name: class.map(|class| of_task.class_name(class)),
            activation,
            n_networks: own.len(),
            mechanism,
            count: own.iter().filter(|label| **label == mechanism).count(),
        }));
    };
    (0..of_task.task.classes.len()).for_each(|class| add(Some(class), None));
    for family in Family::ALL {
        add(None, Some(family));
    }
    add(None, None);
    rows
}
