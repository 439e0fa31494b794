//! Settings that the classes of a study differ in, as columns beside the class: what a grid varies is read from a table
//! without taking names apart.

use crate::config::Study;
use crate::config::settings::{OfArchitecture, SETTINGS, Setting};
use crate::store::table::{Column, Meaning, Table, Values};
use circuitscope::architecture::Architecture;
use circuitscope::train::Recipe;
use std::collections::HashMap;
use std::sync::Arc;

/// The names of the settings that may become columns, for the documentation.
pub(crate) fn names() -> Vec<&'static str> {
    SETTINGS.iter().map(|setting| setting.name).collect()
}

/// A table with the settings that classes differ in, behind each column of classes.
pub(super) fn with_settings(table: Table, study: &Study) -> Table {
    let varied: Vec<&Setting> = SETTINGS.iter().filter(|setting| differs(study, setting)).collect();
    if varied.is_empty() {
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
    let values: HashMap<(&str, &str), f64> = study
        .tasks
        .iter()
        .flat_map(|of_task| of_task.classes.iter().map(move |class| (of_task.task.name(), class)))
        .map(|(task, class)| ((task, class.name.as_str()), (setting.value)(&class.recipe)))
        .collect();
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
