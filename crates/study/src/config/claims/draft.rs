//! The keys of a claim's question, as they stand in the study file.

use super::offer::Offer;
use crate::config::error::ConfigError;
use crate::config::section::{Section, Value};
use circuitscope::analysis::distance::Aspect;
use circuitscope::claims::{Aim, Number, Quantity, State};

/// What stands in the file of a question; a reading leaves out what is as in its claim.
#[derive(Clone, Copy, Default)]
pub(super) struct Draft<'a> {
    pub(super) measure: Option<Value<'a>>,
    pub(super) distance: Option<Value<'a>>,
    pub(super) training: Option<Value<'a>>,
    pub(super) of: Option<Value<'a>>,
    pub(super) than: Option<Value<'a>>,
    pub(super) over: Option<Value<'a>>,
    pub(super) trend: Option<Value<'a>>,
    pub(super) direction: Option<Value<'a>>,
    pub(super) margin: Option<Value<'a>>,
    pub(super) within: Option<Value<'a>>,
}

const STATES: [(&str, State); 3] =
    [("after", State::Trained), ("before", State::Untrained), ("change", State::Change)];
/// Where a number must lie, beside a group or a value.
const SIDES: [(&str, Aim); 2] = [("above", Aim::Above), ("below", Aim::Below)];
/// Where a number must go with a field.
const COURSES: [(&str, Aim); 2] = [("rises", Aim::Above), ("falls", Aim::Below)];

impl<'a> Draft<'a> {
    /// Reads the keys of a question.
    pub(super) fn read(section: &mut Section<'a>) -> Self {
        Self {
            measure: section.take("measure"),
            distance: section.take("distance"),
            training: section.take("training"),
            of: section.take("of"),
            than: section.take("than"),
            over: section.take("over"),
            trend: section.take("trend"),
            direction: section.take("direction"),
            margin: section.take("margin"),
            within: section.take("within"),
        }
    }

    /// Whether nothing is said.
    pub(super) fn is_empty(&self) -> bool {
        let Self { measure, distance, training, of, than, over, trend, direction, margin, within } = self;
        [measure, distance, training, of, than, over, trend, direction, margin, within]
            .iter()
            .all(|value| value.is_none())
    }

    /// What is said here, and what a claim says where this is silent; of things that exclude each other, this one's.
    pub(super) fn over(self, claim: Self) -> Self {
        let is_of_distance = self.distance.is_some();
        let is_new_number = self.measure.is_some() || is_of_distance;
        let is_new_contrast = self.than.is_some() || self.over.is_some();
        let is_new_aim = self.direction.is_some() || self.margin.is_some();
        let unless = |is_replaced: bool, of_claim: Option<Value<'a>>| of_claim.filter(|_| !is_replaced);
        Self {
            measure: self.measure.or(unless(is_new_number, claim.measure)),
            distance: self.distance.or(unless(is_new_number, claim.distance)),
            training: self.training.or(unless(is_of_distance, claim.training)),
            of: self.of.or(claim.of),
            than: self.than.or(unless(is_new_contrast, claim.than)),
            over: self.over.or(unless(is_new_contrast, claim.over)),
            trend: self.trend.or(unless(self.than.is_some() || is_of_distance, claim.trend)),
            direction: self.direction.or(unless(is_new_aim || is_of_distance, claim.direction)),
            margin: self.margin.or(unless(is_new_aim || is_of_distance, claim.margin)),
            within: self.within.or(claim.within),
        }
    }

    /// Whether a task has what it asks for; yes of what cannot be read, which is then said.
    pub(super) fn is_offered(&self, offer: Offer<'_>) -> bool {
        let state = self.state().unwrap_or(State::Trained);
        let is_there = |value: &Value<'_>| {
            let quantity = value.read("measure").ok().and_then(|name: String| Quantity::named(&name));
            quantity.is_none_or(|quantity| offer.has(Number { quantity, state }))
        };
        let is_compared = |value: &Value<'_>| {
            let aspect = value.read("distance").ok().and_then(|name: String| Aspect::from_name(&name));
            aspect.is_none_or(|aspect| offer.compares(aspect))
        };
        each("measure", self.measure).unwrap_or_default().iter().all(is_there)
            && each("distance", self.distance).unwrap_or_default().iter().all(is_compared)
    }

    /// Which state of the networks a number is of.
    pub(super) fn state(&self) -> Result<State, Box<ConfigError>> {
        self.training.map_or(Ok(State::Trained), |value| value.choose("training", &STATES))
    }

    /// Where a number must lie or go.
    pub(super) fn aim(&self, entry: Value<'_>) -> Result<Aim, Box<ConfigError>> {
        let (choices, others) = if self.over.is_some() { (COURSES, SIDES) } else { (SIDES, COURSES) };
        let [one, other] = choices.map(|(name, _)| name);
        match (self.direction, self.margin) {
            (Some(_), Some(margin)) => Err(margin.error(
                "`direction` and `margin` exclude each other".to_owned(),
                "a direction claims a difference, a margin that there is none larger; leave one out, or make one of them a reading",
            )),
            (None, None) => Err(entry.error(
                "the claim says neither `direction` nor `margin`".to_owned(),
                format!("say which way it goes, `direction = \"{one}\"` or \"{other}\", or how far it may lie off, `margin = 0.1`"),
            )),
            (Some(direction), None) => {
                let name: String = direction.read("direction")?;
                if others.iter().any(|(known, _)| *known == name) {
                    let what = if self.over.is_some() { "over a field a number" } else { "beside a group or a value a number is" };
                    let message = format!("`direction` is \"{name}\"");
                    return Err(direction.error(message, format!("{what} \"{one}\" or \"{other}\"")));
                }
                direction.choose("direction", &choices)
            }
            (None, Some(margin)) => {
                let number: f64 = margin.read("margin")?;
                if number > 0.0 && number.is_finite() {
                    return Ok(Aim::Within(number));
                }
                Err(margin.error(format!("`margin` is {number}"), "it must be a number above 0"))
            }
        }
    }
}

/// The entries of a value that may be one or a list.
pub(super) fn each<'a>(field: &str, value: Option<Value<'a>>) -> Result<Vec<Value<'a>>, Box<ConfigError>> {
    match value {
        None => Ok(Vec::new()),
        Some(value) if value.is_list() => {
            let entries = value.entries(field)?;
            if entries.is_empty() {
                return Err(value.error(format!("`{field}` is empty"), "name at least one"));
            }
            Ok(entries)
        }
        Some(value) => Ok(vec![value]),
    }
}
