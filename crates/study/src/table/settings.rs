//! Settings that the classes of a study differ in, as columns beside the class: what a grid varies is read from a table
//! without taking names apart.

use crate::config::Study;
use crate::config::model::{CHOICES, Choice};
use crate::config::settings::{OfArchitecture, SETTINGS, Setting};
use crate::store::table::{Column, Meaning, Table, Values};
use circuitscope::architecture::Architecture;
use circuitscope::train::Recipe;
use std::collections::HashMap;
use std::sync::Arc;

/// The names of the settings that may become columns, for the documentation.
pub(crate) fn names() -> Vec<&'static str> {
    let numbers = SETTINGS.iter().map(|setting| setting.name);
    numbers.chain(CHOICES.iter().map(|choice| choice.name)).collect()
}

/// A table with the settings that classes differ in, behind each column of classes.
pub(super) fn with_settings(table: Table, study: &Study) -> Table {
    let varied: Vec<&Setting> = SETTINGS.iter().filter(|setting| differs(study, setting)).collect();
    let chosen: Vec<&Choice> = CHOICES.iter().filter(|choice| is_chosen(study, choice)).collect();
    if varied.is_empty() && chosen.is_empty() {
        return table;
    }
    let known: Vec<String> = table.columns.iter().map(|column| column.name.clone()).collect();
    let Some(tasks) = texts(&table, "task") else { return table };
    let mut columns = Vec::new();
    for column in table.columns {
        let suffix = match column.name.as_str() {
            "class_name" => Some(""),
            "class_a" => Some("_a"),
            "class_b" => Some("_b"),
            _ => None,
        };
        let added = match (&column.values, suffix) {
            (Values::Text(classes), Some(suffix)) => varied
                .iter()
                .map(|setting| of_classes(study, setting, &tasks, classes, suffix))
                .chain(chosen.iter().map(|choice| names_of_classes(study, choice, &tasks, classes, suffix)))
                .filter(|added| !known.contains(&added.name))
                .collect(),
            _ => Vec::new(),
        };
        columns.push(column);
        columns.extend(added);
    }
    Table { columns, ..table }
}

fn texts(table: &Table, name: &str) -> Option<Vec<Option<Arc<str>>>> {
    let column = table.columns.iter().find(|column| column.name == name)?;
    match &column.values {
        Values::Text(texts) => Some(texts.clone()),
        _ => None,
    }
}

fn of_classes(
    study: &Study,
    setting: &Setting,
    tasks: &[Option<Arc<str>>],
    classes: &[Option<Arc<str>>],
    suffix: &str,
) -> Column {
    let values = by_class(study, setting.value);
    let value = |(task, class): (&Option<Arc<str>>, &Option<Arc<str>>)| {
        values.get(&(task.as_deref()?, class.as_deref()?)).copied().filter(|value| !value.is_nan())
    };
    Column {
        name: format!("{}{suffix}", setting.name),
        meaning: Meaning {
            text: format!("{}.", setting.meaning),
            unit: setting.unit,
            levels: Vec::new(),
            kind: "float",
            is_optional: true,
        },
        values: Values::Float(tasks.iter().zip(classes).map(value).collect()),
    }
}

fn names_of_classes(
    study: &Study,
    choice: &Choice,
    tasks: &[Option<Arc<str>>],
    classes: &[Option<Arc<str>>],
    suffix: &str,
) -> Column {
    let names = by_class(study, |recipe| (choice.of)(&recipe.model));
    let name = |(task, class): (&Option<Arc<str>>, &Option<Arc<str>>)| {
        names.get(&(task.as_deref()?, class.as_deref()?)).map(|&name| Arc::from(name))
    };
    Column {
        name: format!("{}{suffix}", choice.name),
        meaning: Meaning {
            text: format!("{}.", choice.meaning),
            unit: "",
            levels: (choice.names)(),
            kind: "text",
            is_optional: true,
        },
        values: Values::Text(tasks.iter().zip(classes).map(name).collect()),
    }
}

/// What each class of each task has of its recipe.
fn by_class<T>(study: &Study, of: impl Fn(&Recipe) -> T) -> HashMap<(&str, &str), T> {
    let classes = study
        .tasks
        .iter()
        .flat_map(|of_task| of_task.classes.iter().map(move |class| (of_task.task.name(), class)));
    classes.map(|(task, class)| ((task, class.name.as_str()), of(&class.recipe))).collect()
}

/// Whether two classes of a task differ in a choice.
fn is_chosen(study: &Study, choice: &Choice) -> bool {
    study.tasks.iter().any(|of_task| {
        let mut names = of_task.classes.iter().map(|class| (choice.of)(&class.recipe.model));
        let first = names.next();
        names.any(|name| Some(name) != first)
    })
}

/// Whether two classes of a task differ in a setting, or one from the published value of its architecture.
fn differs(study: &Study, setting: &Setting) -> bool {
    study.tasks.iter().any(|of_task| {
        let mut values = of_task.classes.iter().map(|class| {
            let value = (setting.value)(&class.recipe);
            match setting.of_architecture {
                OfArchitecture::No => value,
                OfArchitecture::Yes => {
                    let Architecture { activation, constraint } = class.recipe.architecture;
                    let standard = activation.curve.family().curve();
                    let architecture = Architecture::published(standard, constraint);
                    let published = (setting.value)(&Recipe::published(of_task.task.name(), architecture));
                    // A setting that its architecture lacks is no difference.
                    if value.is_nan() { 0.0 } else { value - published }
                }
            }
        });
        let first = values.next().unwrap_or_default();
        let reference = if setting.of_architecture == OfArchitecture::Yes { 0.0 } else { first };
        std::iter::once(first).chain(values).any(|value| value.total_cmp(&reference).is_ne())
    })
}
