//! What the tasks of a study offer to claims.

use crate::config::comparison::{Circuits, Comparison, Control};
use crate::config::error::ConfigError;
use crate::config::section::Value;
use crate::config::task_study::TaskStudy;
use crate::suggestion::{nearest, suggestion};
use circuitscope::analysis::distance::Aspect;
use circuitscope::analysis::measures::Measure;
use circuitscope::claims::{Need, Number, Quantity, State};

/// What the claims of a study are held against.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    /// The tasks with their classes.
    pub(crate) tasks: &'a [TaskStudy],
    /// Fields of the grid.
    pub(crate) grid: &'a [&'static str],
    /// What is compared.
    pub(crate) comparison: &'a Comparison,
    /// Latent circuits.
    pub(crate) circuits: &'a Circuits,
}

/// A task of a study, and what is done with it.
#[derive(Clone, Copy)]
pub(super) struct Offer<'a> {
    pub(super) asked: Asked<'a>,
    pub(super) of_task: &'a TaskStudy,
}

impl Offer<'_> {
    /// What the study lacks for a number of this task, if anything.
    fn lacks(self, number: Number) -> Option<Need> {
        let comparison = self.asked.comparison;
        let has = |need: Need| match need {
            Need::Contexts => self.of_task.task.contexts().is_some(),
            Need::FixedPoints => comparison.aspects.contains(&Aspect::FixedPoints),
            Need::Circuits => self.asked.circuits.networks > 0,
            Need::Untrained => comparison.controls.contains(&Control::Untrained),
        };
        let of_state = (number.state != State::Trained).then_some(Need::Untrained);
        number.quantity.needs().iter().copied().chain(of_state).find(|&need| !has(need))
    }

    /// Whether a number can be taken.
    pub(super) fn has(self, number: Number) -> bool {
        number.quantity.is_of(number.state) && self.lacks(number).is_none()
    }

    /// Whether an aspect is compared.
    pub(super) fn compares(self, aspect: Aspect) -> bool {
        self.asked.comparison.aspects.contains(&aspect)
    }

    /// Names of the numbers that the task offers in a state.
    fn names(self, state: State) -> Vec<&'static str> {
        let all = std::iter::once(Quantity::R2).chain(Measure::ALL.map(Quantity::Measure));
        let offered = all.filter(|&quantity| self.has(Number { quantity, state }));
        offered.map(Quantity::name).collect()
    }

    /// The number of a name, if the task offers it.
    pub(super) fn number(self, value: Value<'_>, state: State) -> Result<Number, Box<ConfigError>> {
        let name: String = value.read("measure")?;
        let offered = self.names(state);
        let task = self.of_task.task.name();
        let offers = format!("task `{task}` of this study offers {}", offered.join(", "));
        let Some(quantity) = Quantity::named(&name) else {
            let message = format!("`measure` is \"{name}\", which is no measure");
            if Aspect::from_name(&name).is_some() {
                let remedy = format!(
                    "it is an aspect, which networks are compared in: `distance = \"{name}\"`; {offers}"
                );
                return Err(value.error(message, remedy));
            }
            let all = std::iter::once(Quantity::R2).chain(Measure::ALL.map(Quantity::Measure));
            let meant = nearest(&name, all.map(Quantity::name));
            let meant = meant.map_or_else(String::new, |known| format!("did you mean `{known}`? "));
            return Err(value.error(message, format!("{meant}{offers}")));
        };
        let number = Number { quantity, state };
        if !quantity.is_of(state) {
            let message = format!("`{name}` is not taken before training");
            let remedy = format!(
                "leave `training` out; before and after training this task offers {}",
                offered.join(", ")
            );
            return Err(value.error(message, remedy));
        }
        if let Some(need) = self.lacks(number) {
            let message = format!("this study does not offer `{name}` on task `{task}`");
            return Err(value.error(message, format!("it needs {}; {offers}", need.words())));
        }
        Ok(number)
    }

    /// The aspect of a name, if the study compares it.
    pub(super) fn aspect(self, value: Value<'_>) -> Result<Aspect, Box<ConfigError>> {
        let name: String = value.read("distance")?;
        let known = self.asked.comparison.aspects.iter().map(|aspect| aspect.name()).collect::<Vec<_>>();
        let Some(aspect) = Aspect::from_name(&name) else {
            let message = format!("`distance` is \"{name}\", which is no aspect");
            if Quantity::named(&name).is_some() {
                return Err(value.error(message, format!("it is a measure: `measure = \"{name}\"`")));
            }
            return Err(value.error(message, suggestion(&name, &known)));
        };
        if !self.compares(aspect) {
            let message = format!("this study does not compare {}", aspect.words());
            let remedy = format!("name it in `aspects` of [comparison]; it compares: {}", known.join(", "));
            return Err(value.error(message, remedy));
        }
        Ok(aspect)
    }
}
