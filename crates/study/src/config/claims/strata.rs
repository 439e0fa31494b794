//! Nuisance factors of a claim.

use super::draft::Draft;
use super::offer::Offer;
use super::selector::{CLASS, base, levels};
use crate::config::class::Class;
use crate::config::class::{FIELDS, field_named};
use crate::config::error::ConfigError;
use crate::config::settings::{Level, level};
use circuitscope::claims::{Group, Strata};
use std::collections::BTreeMap;

/// The nuisance factors of a comparison of groups: those that `within` names, else the usual ones.
pub(super) fn strata(
    draft: &Draft<'_>,
    groups: &[Group],
    contrasted: Option<&str>,
    offer: Offer<'_>,
) -> Result<Strata, Box<ConfigError>> {
    let Some(within) = draft.within else { return Ok(usual(groups, contrasted, offer)) };
    let mut fields = Vec::new();
    for value in within.entries("within")? {
        let name: String = value.read("within")?;
        let field = if name == CLASS { CLASS } else { field_named(&name, &value.span(), value)? };
        if contrasted == Some(field) {
            let remedy = "within one value of it there is nothing to compare: leave it out";
            return Err(value.error(format!("`within` names `{field}`, which the claim is over"), remedy));
        }
        fields.push(field);
    }
    Ok(numbered(fields, &of_groups(groups, offer).concat()))
}

/// Activation, constraint and the fields of the grid, where groups share values of them; over a field of the grid also the class
/// before the grid, where these do not tell classes apart.
pub(super) fn usual(groups: &[Group], contrasted: Option<&str>, offer: Offer<'_>) -> Strata {
    let of_groups = of_groups(groups, offer);
    let all: Vec<Class> = of_groups.concat();
    let is_usual =
        |field: &&str| ["activation", "constraint"].contains(field) || offer.asked.grid.contains(field);
    let is_shared = |field: &&str| {
        let mut known: Vec<Level> = Vec::new();
        let mut is_shared = false;
        for classes in &of_groups {
            let own = levels(field, classes);
            is_shared |= own.iter().any(|level| known.contains(level));
            known.extend(own);
        }
        is_shared
    };
    let fields = FIELDS.into_iter().filter(is_usual).filter(|field| Some(*field) != contrasted);
    let fields: Vec<&str> = fields.filter(|field| levels(field, &all).len() > 1).filter(is_shared).collect();
    let strata = numbered(fields.clone(), &all);
    // Classes of a user's own may differ in other fields than these.
    let are_mixed = |contrasted: &str| {
        let is_alike = |one: &Class, other: &Class| {
            level(contrasted, &one.recipe) == level(contrasted, &other.recipe)
                && strata.of(&one.name) == strata.of(&other.name)
        };
        let is_other = |one: &Class, other: &Class| is_alike(one, other) && one.recipe != other.recipe;
        all.iter().any(|one| all.iter().any(|other| is_other(one, other)))
    };
    let of_grid = contrasted.filter(|field| offer.asked.grid.contains(field));
    if !of_grid.is_some_and(are_mixed) {
        return strata;
    }
    let of_grid = fields.into_iter().filter(|field| offer.asked.grid.contains(field));
    numbered(std::iter::once(CLASS).chain(of_grid).collect(), &all)
}

/// The classes of each group.
fn of_groups(groups: &[Group], offer: Offer<'_>) -> Vec<Vec<Class>> {
    let members = |group: &Group| {
        offer.of_task.classes.iter().filter(|class| group.classes.contains(&class.name)).cloned().collect()
    };
    groups.iter().map(members).collect()
}

/// Each combination of the levels of fields, with a number.
fn numbered(fields: Vec<&'static str>, classes: &[Class]) -> Strata {
    let level_of = |field: &&str, class: &Class| match *field {
        CLASS => base(class).to_owned(),
        field => level(field, &class.recipe).as_ref().map(Level::to_string).unwrap_or_default(),
    };
    let mut combinations: Vec<Vec<String>> = Vec::new();
    let mut of_class = BTreeMap::new();
    for class in classes {
        let own: Vec<String> = fields.iter().map(|field| level_of(field, class)).collect();
        let place = combinations.iter().position(|known| *known == own).unwrap_or_else(|| {
            combinations.push(own);
            combinations.len() - 1
        });
        of_class.insert(class.name.clone(), place);
    }
    Strata { fields: fields.into_iter().map(str::to_owned).collect(), of_class }
}
