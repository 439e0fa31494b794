//! The classes of a task as page and figures show them.

use crate::config::TaskStudy;
use circuitscope_report::figure::Class;

/// The classes of a task with their colours.
pub(super) fn classes(task: &TaskStudy) -> Vec<Class> {
    let names: Vec<&str> = task.classes.iter().map(|class| class.name.as_str()).collect();
    Class::palette(&names)
}

/// The place of a class of this name among the task's.
pub(super) fn place_of(task: &TaskStudy, class_name: &str) -> Option<usize> {
    task.classes.iter().position(|class| class.name == class_name)
}

/// The rows of a task.
pub(super) fn of_task<'a, R>(
    task: &'a TaskStudy,
    rows: &'a [R],
    name: impl Fn(&R) -> &str + 'a,
) -> impl Iterator<Item = &'a R> {
    rows.iter().filter(move |row| name(row) == task.task.name())
}
