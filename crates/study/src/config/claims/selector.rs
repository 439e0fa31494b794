//! Groups of classes: by their fields, or by name.

use crate::config::class::Class;
use crate::config::class::FIELDS;
use crate::config::error::ConfigError;
use crate::config::section::Value;
use crate::config::settings::{Level, level};
use crate::suggestion::{nearest, suggestion};
use circuitscope::claims::Group;

/// The key of a selector that is no field: classes by name.
pub(super) const CLASS: &str = "class";

/// Every class of a task.
pub(super) fn every(classes: &[Class]) -> Group {
    Group {
        words: "all classes".to_owned(),
        classes: classes.iter().map(|class| class.name.clone()).collect(),
    }
}

/// The classes that a value of `field` selects: a name, a list of names, or a table of fields with a value or a list of them
/// each, all of which must be so.
pub(super) fn group(field: &str, value: Value<'_>, classes: &[Class]) -> Result<Group, Box<ConfigError>> {
    let is_table = value.value.get_ref().as_table().is_some();
    let (words, kept) =
        if is_table { by_fields(field, value, classes)? } else { by_name(field, value, classes)? };
    let chosen = classes.iter().zip(&kept).filter(|(_, kept)| **kept);
    let group = Group { words, classes: chosen.map(|(class, _)| class.name.clone()).collect() };
    if group.classes.is_empty() {
        let remedy = format!("no class is all of that at once; the classes are {}", listed(classes));
        return Err(value.error(format!("`{field}` selects no class"), remedy));
    }
    Ok(group)
}

/// Names of classes, a few of many.
fn listed(classes: &[Class]) -> String {
    const SHOWN: usize = 12;
    let names: Vec<&str> = classes.iter().take(SHOWN).map(|class| class.name.as_str()).collect();
    let more = if classes.len() > SHOWN { ", …" } else { "" };
    format!("{}{more}", names.join(", "))
}

/// What stands before the grid in the name of a class.
pub(super) fn base(class: &Class) -> &str {
    class.name.split('@').next().unwrap_or_default()
}

fn by_name(
    field: &str,
    value: Value<'_>,
    classes: &[Class],
) -> Result<(String, Vec<bool>), Box<ConfigError>> {
    let entries = if value.is_list() { value.entries(field)? } else { vec![value] };
    if entries.is_empty() {
        return Err(value.error(format!("`{field}` is empty"), "name at least one class"));
    }
    let mut kept = vec![false; classes.len()];
    let mut names: Vec<String> = Vec::new();
    for entry in entries {
        let name: String = entry.read(field).map_err(|_| {
            let found = entry.source.text.get(entry.span()).unwrap_or("something else");
            let remedy =
                "it must be the name of a class, a list of names, or fields: `{ activation = \"tanh\" }`";
            entry.error(format!("`{field}` is {found}"), remedy)
        })?;
        let is_meant = |class: &Class| class.name == name || base(class) == name;
        if !classes.iter().any(is_meant) {
            let mut known: Vec<&str> = classes.iter().map(base).collect();
            known.dedup();
            let message = format!("`{field}` names class `{name}`, which this study lacks");
            return Err(entry.error(message, suggestion(&name, &known)));
        }
        for (kept, class) in kept.iter_mut().zip(classes) {
            *kept |= is_meant(class);
        }
        names.push(name);
    }
    Ok((any_of(&names), kept))
}

fn by_fields(
    field: &str,
    value: Value<'_>,
    classes: &[Class],
) -> Result<(String, Vec<bool>), Box<ConfigError>> {
    let mut kept = vec![true; classes.len()];
    let mut words: Vec<String> = Vec::new();
    let wanted = value.section(field)?.all();
    if wanted.is_empty() {
        let remedy = "name a field with its value, `{ activation = \"tanh\" }`; left out, it is all classes";
        return Err(value.error(format!("`{field}` is empty"), remedy));
    }
    for (key, span, wanted) in wanted {
        if key == CLASS {
            let (own, chosen) = by_name(CLASS, wanted, classes)?;
            kept.iter_mut().zip(chosen).for_each(|(kept, chosen)| *kept &= chosen);
            words.push(own);
            continue;
        }
        if !FIELDS.contains(&key) {
            let known: Vec<&str> = std::iter::once(CLASS).chain(FIELDS).collect();
            let message = format!("`{key}` is no field of a class");
            return Err(value.source.error(Some(span), message, suggestion(key, &known)));
        }
        let entries = if wanted.is_list() { wanted.entries(key)? } else { vec![wanted] };
        let mut levels: Vec<Level> = Vec::new();
        for entry in entries {
            levels.push(level_of(key, entry, classes)?);
        }
        let is_wanted = |class: &Class| level(key, &class.recipe).is_some_and(|own| levels.contains(&own));
        kept.iter_mut().zip(classes).for_each(|(kept, class)| *kept &= is_wanted(class));
        let names: Vec<String> = levels.iter().map(Level::to_string).collect();
        let is_name = matches!(levels.first(), Some(Level::Name(_)));
        words.push(if is_name { any_of(&names) } else { format!("{key} {}", any_of(&names)) });
    }
    Ok((words.join(", "), kept))
}

/// "a, b or c".
fn any_of(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [head @ .., last] => format!("{} or {last}", head.join(", ")),
    }
}

/// A value of a field that some class has.
fn level_of(field: &str, value: Value<'_>, classes: &[Class]) -> Result<Level, Box<ConfigError>> {
    let known = levels(field, classes);
    let says = || known.iter().map(Level::to_string).collect::<Vec<_>>().join(", ");
    let is_number = matches!(known.first(), Some(Level::Number(_)));
    let found = if is_number {
        let number: f64 = value.read(field)?;
        known.iter().find(|level| **level == Level::Number(number)).ok_or_else(|| number.to_string())
    } else {
        let name: String = value.read(field)?;
        known.iter().find(|level| level.to_string() == name).ok_or(name)
    };
    found.copied().map_err(|wanted| {
        let names: Vec<String> = known.iter().map(Level::to_string).collect();
        let meant = nearest(&wanted, names.iter().map(String::as_str)).filter(|_| !is_number);
        let meant = meant.map_or_else(String::new, |known| format!("did you mean `{known}`? "));
        value.error(
            format!("no class of this study has `{field}` = {wanted}"),
            format!("{meant}the classes have {}", says()),
        )
    })
}

/// The values of a field that classes have, numbers in rising order, each once.
pub(super) fn levels(field: &str, classes: &[Class]) -> Vec<Level> {
    let mut levels: Vec<Level> = Vec::new();
    for own in classes.iter().filter_map(|class| level(field, &class.recipe)) {
        if !levels.contains(&own) {
            levels.push(own);
        }
    }
    levels.sort_by(|a, b| match (a, b) {
        (Level::Number(a), Level::Number(b)) => a.total_cmp(b),
        _ => std::cmp::Ordering::Equal, // names in the order of the classes
    });
    levels
}
