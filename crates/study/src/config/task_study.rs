//! A task of a study with what is trained and selected on it.

use super::class::Class;
use super::selection::Selection;
use circuitscope::task::Task;

/// One task of a study with its classes.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskStudy {
    /// The task.
    pub task: Task,
    /// The classes trained on it, in the order of the study file.
    pub classes: Vec<Class>,
    /// Which of them are compared.
    pub selection: Selection,
}
