//! What a claim contrasts.

use super::draft::Draft;
use super::offer::Offer;
use super::selector::{every, group, levels};
use super::strata::{strata, usual};
use crate::config::class::Class;
use crate::config::class::{FIELDS, field_named};
use crate::config::error::ConfigError;
use crate::config::section::Value;
use crate::config::settings::{Level, level};
use circuitscope::analysis::statistics::TrendForm;
use circuitscope::claims::{Factor, Group, Ordered, Strata};
use std::collections::BTreeMap;

/// What is contrasted.
#[derive(Clone)]
pub(super) enum Contrast {
    /// Two groups, the first less the second.
    Groups { groups: [Group; 2], within: Strata },
    /// A group beside a value.
    Value { group: Group, reference: f64 },
    /// A field with its value in each class; of distances the classes of each value.
    Field { over: Ordered, form: TrendForm, groups: Vec<Group>, within: Strata },
}

impl Contrast {
    /// The nuisance factors.
    pub(super) fn within(&self) -> Strata {
        match self {
            Self::Groups { within, .. } | Self::Field { within, .. } => within.clone(),
            Self::Value { .. } => Strata::default(),
        }
    }
}

/// What a draft contrasts: groups, one for each that `than` names, a value, or a field.
pub(super) fn contrasts(
    draft: &Draft<'_>,
    entry: Value<'_>,
    offer: Offer<'_>,
) -> Result<Vec<Contrast>, Box<ConfigError>> {
    let classes = &offer.of_task.classes;
    if let (Some(_), Some(over)) = (draft.than, draft.over) {
        let remedy = "a claim compares groups, or asks how a number goes with a field: leave one out";
        return Err(over.error("`than` and `over` exclude each other".to_owned(), remedy));
    }
    let of = draft.of.map_or_else(|| Ok(every(classes)), |value| group("of", value, classes))?;
    if let Some(over) = draft.over {
        return Ok(vec![field(draft, over, &of, offer)?]);
    }
    if let Some(trend) = draft.trend {
        let remedy = "name the field: `over = \"sigma_rec\"`";
        return Err(trend.error("`trend` without a field that it goes over".to_owned(), remedy));
    }
    let Some(than) = draft.than else {
        let remedy = "name another group or a value, `than = { activation = \"relu\" }` or `than = 0.5`, or a field that orders \
                      the classes, `over = \"sigma_rec\"`";
        return Err(entry.error("the claim says neither `than` nor `over`".to_owned(), remedy));
    };
    if let Ok(reference) = than.read::<f64>("than") {
        if !reference.is_finite() {
            return Err(
                than.error(format!("`than` is {reference}"), "it must be a finite number, or a group")
            );
        }
        if let Some(within) = draft.within {
            let remedy =
                "the level of a group is the mean of its networks: leave it out, or make the group smaller";
            return Err(within.error("`within` goes with groups or a field".to_owned(), remedy));
        }
        return Ok(vec![Contrast::Value { group: of, reference }]);
    }
    if draft.of.is_none() {
        let remedy = "name the classes on this side too: `of = { activation = \"tanh\" }`";
        return Err(than
            .error("`than` names classes, and `of` does not say which are beside them".to_owned(), remedy));
    }
    let tables =
        than.value.get_ref().as_array().is_some_and(|list| list.iter().any(|one| one.get_ref().is_table()));
    let others = if tables { than.entries("than")? } else { vec![than] };
    let beside = |value: Value<'_>| {
        let other = group("than", value, classes)?;
        if let Some(shared) = of.classes.iter().find(|class| other.classes.contains(class)) {
            let message = format!("`of` and `than` both select class `{shared}`");
            return Err(value.error(message, "say more of one of them, so that no class is in both"));
        }
        let groups = [of.clone(), other];
        let within = strata(draft, &groups, None, offer)?;
        let has_both = |stratum: &usize| {
            groups.iter().all(|group| group.classes.iter().any(|class| within.of(class) == *stratum))
        };
        if !within.of_class.values().any(has_both) && !within.fields.is_empty() {
            let message =
                format!("no combination of {} has classes of both groups", within.fields.join(" and "));
            let remedy = "networks are compared within them; `within = []` compares all at once, or name there the fields to hold";
            return Err(draft.within.unwrap_or(value).error(message, remedy));
        }
        Ok(Contrast::Groups { groups, within })
    };
    others.into_iter().map(beside).collect()
}

/// How something goes with a field.
fn field(
    draft: &Draft<'_>,
    over: Value<'_>,
    of: &Group,
    offer: Offer<'_>,
) -> Result<Contrast, Box<ConfigError>> {
    let name: String = over.read("over")?;
    let field = field_named(&name, &over.span(), over)?;
    let own: Vec<&Class> =
        offer.of_task.classes.iter().filter(|class| of.classes.contains(&class.name)).collect();
    let among: Vec<Class> = own.iter().map(|&class| class.clone()).collect();
    let known = levels(field, &among);
    if known.len() < 2 {
        let varied: Vec<&str> = FIELDS.into_iter().filter(|field| levels(field, &among).len() > 1).collect();
        let varied = if varied.is_empty() {
            "nothing varies".to_owned()
        } else {
            format!("{} vary", varied.join(", "))
        };
        let message =
            format!("`{field}` does not vary among the classes of task `{}`", offer.of_task.task.name());
        return Err(over.error(message, format!("vary it in [grid], or ask over another field; {varied}")));
    }
    let form = draft.trend.map_or(Ok(TrendForm::Spearman), |value| {
        value.choose("trend", &TrendForm::ALL.map(|form| (form.name(), form)))
    })?;
    let is_number = matches!(known[0], Level::Number(_));
    if !is_number && draft.measure.is_some() {
        let remedy = "compare groups: `of = { … }` and `than = { … }`, or ask for a `distance`";
        return Err(over.error(format!("the values of `{field}` have no order"), remedy));
    }
    let (groups, at) = values(field, &own);
    let within = strata(draft, &groups, Some(field), offer)?;
    Ok(Contrast::Field { over: Ordered { field: field.to_owned(), at }, form, groups, within })
}

/// The classes of each value of a field, and its value in each class where that is a number.
fn values(field: &str, own: &[&Class]) -> (Vec<Group>, BTreeMap<String, f64>) {
    let among: Vec<Class> = own.iter().map(|&class| class.clone()).collect();
    let of_level = |known: &Level| {
        let classes = own.iter().filter(|class| level(field, &class.recipe) == Some(*known));
        let words = match known {
            Level::Number(_) => format!("{field} {known}"),
            Level::Name(name) => (*name).to_owned(),
        };
        Group { words, classes: classes.map(|class| class.name.clone()).collect() }
    };
    let at = own.iter().filter_map(|class| match level(field, &class.recipe)? {
        Level::Number(number) => Some((class.name.clone(), number)),
        Level::Name(_) => None,
    });
    (levels(field, &among).iter().map(of_level).collect(), at.collect())
}

/// The fields of the grid in which the classes of a task differ, each with the others held.
pub(super) fn factors(offer: Offer<'_>) -> Vec<Factor> {
    let own: Vec<&Class> = offer.of_task.classes.iter().collect();
    let factor = |field: &&'static str| {
        let (groups, at) = values(field, &own);
        let within = usual(&groups, Some(field), offer);
        let ordered = (!at.is_empty()).then(|| Ordered { field: (*field).to_owned(), at });
        let task = offer.of_task.task.name().to_owned();
        Factor { task, field: (*field).to_owned(), groups, ordered, within }
    };
    offer.asked.grid.iter().map(factor).filter(|factor| factor.groups.len() > 1).collect()
}
