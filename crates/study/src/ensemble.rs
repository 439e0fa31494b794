//! The selected networks of a study, class by class, for what is asked of them outside its stages.

use crate::config::{Study, TaskStudy};
use crate::event::Event;
use crate::execute::{StudyNetwork, load};
use crate::import::recording::Labelled;
use crate::one_network::{Ensemble, OneNetworkError, has_labels_of};
use crate::opened::Opened;
use crate::stage::{Standing, select};
use crate::store::network_file::curve_name;
use crate::suggestion::suggestion;
use crate::training_job::training_jobs;
use circuitscope::task::Task;

/// The task of a study that a recording is of: the one of this name, or the only one whose conditions its trials are labelled with.
///
/// # Errors
/// [`OneNetworkError`] if the study has no such task, or more than one fits.
pub fn task_of(study: &Study, recording: &Labelled, name: Option<&str>) -> Result<Task, OneNetworkError> {
    if let Some(name) = name {
        return task_named(study, name);
    }
    let tasks: Vec<&Task> = study.tasks.iter().map(|study| &study.task).collect();
    let names: Vec<&str> = tasks.iter().map(|task| task.name()).collect();
    let fitting: Vec<&Task> = tasks.into_iter().filter(|task| has_labels_of(recording, task)).collect();
    if let [task] = fitting[..] {
        return Ok(task.clone());
    }
    let held: Vec<&str> = recording.conditions.iter().map(|(label, _)| label.as_str()).collect();
    let (origin, held) = (recording.origin.clone(), held.join("`, `condition_"));
    let reason = match fitting.len() {
        0 => format!("no task of the study tells its conditions apart by `condition_{held}`"),
        n => format!("{n} tasks of the study tell their conditions apart by `condition_{held}`"),
    };
    let remedy = format!("name the task of the recording, one of `{}`", names.join("`, `"));
    Err(OneNetworkError::Unranked { origin, reason, remedy })
}

/// The task of this name with the settings of a study.
///
/// # Errors
/// [`OneNetworkError::UnknownTask`] if the study does not have it.
pub fn task_named(study: &Study, name: &str) -> Result<Task, OneNetworkError> {
    let names: Vec<&str> = study.tasks.iter().map(|of_task| of_task.task.name()).collect();
    let found = study.tasks.iter().find(|of_task| of_task.task.name() == name);
    let unknown = || OneNetworkError::UnknownTask { name: name.to_owned(), remedy: suggestion(name, &names) };
    found.map(|of_task| of_task.task.clone()).ok_or_else(unknown)
}

/// The selected networks of one task of a study, a class each in the order of the study file, with the same networks before
/// training. Networks that are not trained yet are left out, which `warn` is told.
pub fn selected(opened: &Opened, task: &Task, warn: &dyn Fn(&str)) -> Vec<Ensemble> {
    let jobs = training_jobs(&opened.study, opened.manifest.arithmetic);
    let of_task: Vec<_> = jobs.iter().filter(|job| job.task.task.name() == task.name()).collect();
    // What is wrong with a file is told as it would be by a run, but nothing is trained here.
    let networks: Vec<_> =
        of_task.iter().filter_map(|job| load(job, &opened.folder, &|_: Event<'_>| ())).collect();
    if networks.len() < of_task.len() {
        let (n, folder) = (of_task.len() - networks.len(), opened.folder.root().display());
        warn(&format!(
            "{n} of {} networks are not trained yet: `circuitscope run` with the folder {folder} does",
            of_task.len()
        ));
    }
    let Some(study) = opened.study.tasks.iter().find(|study| study.task.name() == task.name()) else {
        return Vec::new();
    };
    ensembles(study, &select(networks, study.selection))
}

/// The selected of these networks of a task, class by class.
pub(crate) fn ensembles(task: &TaskStudy, networks: &[(StudyNetwork<'_>, Standing)]) -> Vec<Ensemble> {
    let of_class = |name: &str| {
        let members: Vec<&StudyNetwork<'_>> = networks
            .iter()
            .filter(|(network, standing)| *standing == Standing::Selected && network.record.class == name)
            .map(|(network, _)| network)
            .collect();
        let group = members.first().map(|one| curve_name(one.file.network.activation.curve).to_owned());
        Ensemble {
            name: name.to_owned(),
            group: group.unwrap_or_default(),
            networks: members.iter().map(|one| (one.job.name(), one.file.network.clone())).collect(),
            untrained: members
                .iter()
                .filter_map(|one| Some((one.job.name(), one.file.initial.clone()?)))
                .collect(),
        }
    };
    let mut ensembles: Vec<Ensemble> = task.classes.iter().map(|class| of_class(&class.name)).collect();
    if ensembles.windows(2).all(|pair| pair[0].group == pair[1].group) {
        // Nothing but the class tells them apart.
        for ensemble in &mut ensembles {
            ensemble.group.clone_from(&ensemble.name);
        }
    }
    ensembles
}
