//! The question of a claim or a reading: measure or distance, what it contrasts, and which way it must go.

use super::contrast::{Contrast, contrasts};
use super::draft::{Draft, each};
use super::offer::Offer;
use crate::config::error::ConfigError;
use crate::config::section::Value;
use circuitscope::analysis::distance::Aspect;
use circuitscope::claims::{Aim, Asked, Number, Question};

/// The questions of a draft, one for each number and group that it names: all must be answered as claimed.
pub(super) fn questions(
    draft: &Draft<'_>,
    entry: Value<'_>,
    offer: Offer<'_>,
) -> Result<Vec<Question>, Box<ConfigError>> {
    match (draft.measure, draft.distance) {
        (Some(_), Some(distance)) => Err(distance.error(
            "`measure` and `distance` exclude each other".to_owned(),
            "ask for one of them, or make one of them a reading",
        )),
        (None, None) => Err(entry.error(
            "the claim names neither a `measure` nor a `distance`".to_owned(),
            "name a measure of single networks, `measure = \"largest_radius\"`, or an aspect in which groups differ, \
             `distance = \"trajectories\"`",
        )),
        (Some(_), None) => of_numbers(draft, entry, offer),
        (None, Some(_)) => of_distances(draft, entry, offer),
    }
}

fn of_numbers(
    draft: &Draft<'_>,
    entry: Value<'_>,
    offer: Offer<'_>,
) -> Result<Vec<Question>, Box<ConfigError>> {
    let state = draft.state()?;
    let numbers: Vec<Number> = each("measure", draft.measure)?
        .into_iter()
        .map(|value| offer.number(value, state))
        .collect::<Result<_, _>>()?;
    let aim = draft.aim(entry)?;
    let contrasts = contrasts(draft, entry, offer)?;
    let question = |number: Number, contrast: &Contrast| {
        let asked = match contrast.clone() {
            Contrast::Groups { groups, .. } => Asked::Difference { number, groups },
            Contrast::Value { group, reference } => Asked::Level { number, group, reference },
            Contrast::Field { over, form, .. } => Asked::Trend { number, over, form },
        };
        Question { asked, aim, within: contrast.within() }
    };
    Ok(numbers
        .iter()
        .flat_map(|&number| contrasts.iter().map(move |contrast| question(number, contrast)))
        .collect())
}

fn of_distances(
    draft: &Draft<'_>,
    entry: Value<'_>,
    offer: Offer<'_>,
) -> Result<Vec<Question>, Box<ConfigError>> {
    let unasked = [
        ("direction", draft.direction, "groups differ in an aspect, or they do not: leave it out"),
        (
            "margin",
            draft.margin,
            "that distances show no difference is not judged: leave it out, or ask for a measure",
        ),
        ("trend", draft.trend, "a field over which distances are asked for makes groups: leave it out"),
        ("training", draft.training, "distances are those of trained networks: leave it out"),
    ];
    for (field, value, remedy) in unasked {
        if let Some(value) = value {
            return Err(value.error(format!("`{field}` goes with a measure"), remedy));
        }
    }
    let aspects: Vec<Aspect> = each("distance", draft.distance)?
        .into_iter()
        .map(|value| offer.aspect(value))
        .collect::<Result<_, _>>()?;
    let contrasts = contrasts(draft, entry, offer)?;
    let mut questions = Vec::new();
    for aspect in aspects {
        for contrast in &contrasts {
            let (what, groups) = match contrast.clone() {
                Contrast::Groups { groups, .. } => {
                    let [a, b] = groups.each_ref().map(|group| group.words.as_str());
                    (format!("{a} against {b}"), groups.to_vec())
                }
                Contrast::Field { over, groups, .. } => (over.field, groups),
                Contrast::Value { .. } => {
                    let remedy = "name groups of classes, or a field: `over = \"activation\"`";
                    return Err(draft.than.unwrap_or(entry).error("`than` is a number".to_owned(), remedy));
                }
            };
            let asked = Asked::Apart { aspect, what, groups };
            questions.push(Question { asked, aim: Aim::Above, within: contrast.within() });
        }
    }
    Ok(questions)
}
