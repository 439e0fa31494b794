//! The field's common tasks, which are declared in files that are built in.

use super::declared::parse_task;
use crate::one_network::OneNetworkError;
use crate::suggestion::suggestion;
use circuitscope::task::{Task, Yang};

macro_rules! files {
    ($($name:literal)*) => {
        /// Names and files of the tasks.
        const FILES: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../../../studies/tasks/", $name, ".toml")))),*];
    };
}

files! {
    "perceptual_decision"
    "delayed_match_to_sample"
    "delayed_match_to_category"
    "parametric_working_memory"
    "multisensory_decision"
    "delayed_xor"
    "anti_response"
    "angle_memory"
    "ready_set_go"
    "flip_flop_3bit"
    "sine_generation"
    "path_integration_1d"
}

/// Names of all built-in tasks: those of the paper, those of files, and those of Yang et al.
pub fn task_names() -> Vec<&'static str> {
    let of_files = FILES.iter().map(|(name, _)| *name);
    Task::NAMES.into_iter().chain(of_files).chain(Yang::NAMES).collect()
}

/// The built-in task of this name.
///
/// # Errors
/// [`OneNetworkError::UnknownTask`] with the nearest name.
pub fn built_in_task(name: &str) -> Result<Task, OneNetworkError> {
    Task::published(name).or_else(|| of_file(name)).ok_or_else(|| OneNetworkError::UnknownTask {
        name: name.to_owned(),
        remedy: suggestion(name, &task_names()),
    })
}

/// The task of this name among those of files.
pub(super) fn of_file(name: &str) -> Option<Task> {
    let (_, text) = FILES.iter().find(|(known, _)| *known == name)?;
    Some(parse_task(&format!("studies/tasks/{name}.toml"), text).expect("a test reads every file").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_file_declares_the_task_of_its_name() {
        for name in task_names().into_iter().filter(|name| *name != "yang") {
            let task = built_in_task(name).expect("a task");
            assert_eq!(task.name(), name);
            assert!(task.analysis_trials().n_trials() > 1, "{name}");
        }
        let Err(error) = built_in_task("parametric_working_memry") else { panic!("a task") };
        assert!(format!("{error:?}").contains("did you mean `parametric_working_memory`"), "{error:?}");
    }
}
