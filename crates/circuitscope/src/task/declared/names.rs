//! Names of a declaration: of channels, which are labels, and of what expressions can speak of.

use super::error::{DeclaredError, Place, Problem};
use super::expression::Expression;
use super::parser::{Unreadable, is_reserved, parse};

/// The time since an epoch started, in what inputs and targets carry.
pub(super) const TIME: &str = "time";

/// How a name is written in expressions.
pub(super) fn in_expressions(name: &str) -> String {
    name.replace(' ', "_")
}

/// Refuses a name that expressions could not hold.
pub(super) fn check_identifier(name: &str, place: &Place) -> Result<(), DeclaredError> {
    let written = in_expressions(name);
    let is_part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if !written.starts_with(|c: char| c.is_ascii_lowercase()) || !written.chars().all(is_part) {
        let remedy = "a name starts with a lower-case letter and holds lower-case letters, digits, underscores and spaces";
        return Err(DeclaredError::refused(place.clone(), format!("the name \"{name}\""), remedy));
    }
    if is_reserved(&written) || written == TIME {
        let remedy = "expressions use this word themselves; choose another name";
        return Err(DeclaredError::refused(place.clone(), format!("the name \"{name}\""), remedy));
    }
    Ok(())
}

/// Refuses an empty list of channels or epochs, one without a name, and one named twice.
///
/// `part` is the key of the name where the entries of the list are tables.
pub(super) fn check_labels<S: AsRef<str>>(
    list: &str,
    names: &[S],
    part: Option<&str>,
) -> Result<(), DeclaredError> {
    if names.is_empty() {
        let remedy = format!("give at least one entry of `{list}`");
        return Err(DeclaredError::refused(Place::of(list), "empty", remedy));
    }
    for (entry, name) in names.iter().map(AsRef::as_ref).enumerate() {
        let place = Place::of(list).entry(entry);
        let place = part.map_or(place.clone(), |part| place.key(part));
        if name.trim().is_empty() || name.chars().any(char::is_control) {
            return Err(DeclaredError::refused(
                place,
                format!("the name {name:?}"),
                "give it a name in words",
            ));
        }
        if names[..entry].iter().any(|before| before.as_ref() == name) {
            return Err(DeclaredError::refused(place, format!("\"{name}\" a second time"), "name each once"));
        }
    }
    Ok(())
}

/// The place of a name in a list.
pub(super) fn found(
    name: &str,
    known: &[String],
    what: &'static str,
    place: Place,
) -> Result<usize, DeclaredError> {
    let at = known.iter().position(|known| known == name);
    at.ok_or_else(|| DeclaredError::unknown(place, what, name, known))
}

/// The expression in a field.
pub(super) fn expression(text: &str, names: &[String], place: Place) -> Result<Expression, DeclaredError> {
    parse(text, names).map_err(|Unreadable { span, problem }| {
        let problem = match problem {
            Problem::Unknown { what, name, known } if name == TIME => {
                let found = format!("`{name}`, which is no {what} here; known: {}", known.join(", "));
                Problem::Refused {
                    found,
                    remedy: "only `value` of drive and target can change within a trial".into(),
                }
            }
            other => other,
        };
        DeclaredError { place, span: Some(span), problem }
    })
}
