//! Table and figure of the measures of single networks in the course of training.

use super::{classes, words};
use crate::stage::{MeasuredMoment, TaskResults};
use crate::store::table::Table;
use circuitscope::analysis::measures::Measure;
use circuitscope_report::figure::{self, MeasureCourse, MeasureCourses, NetworkCourse};

/// One row a network, moment and measure.
pub(super) fn table(results: &[TaskResults<'_>]) -> Table {
    let rows: Vec<(&TaskResults<'_>, &MeasuredMoment, &String, f64)> = results
        .iter()
        .flat_map(|of_task| of_task.course.iter().map(move |moment| (of_task, moment)))
        .flat_map(|(of_task, moment)| {
            moment.measures.iter().map(move |(measure, &value)| (of_task, moment, measure, value))
        })
        .collect();
    let moments = || rows.iter().map(|(_, moment, ..)| *moment);
    Table::default()
        .text("task", rows.iter().map(|(of_task, ..)| of_task.task.task.name()))
        .text("class", rows.iter().map(|(of_task, moment, ..)| &of_task.task.classes[moment.class].name))
        .text("network", moments().map(|moment| &moment.network))
        .integer("iteration", moments().map(|moment| moment.iteration.map(|n| n as i64)))
        .text("measure", rows.iter().map(|(_, _, measure, _)| *measure))
        .float("value", rows.iter().map(|(.., value)| *value))
}

/// The figure of a task; none without checkpoints.
pub(super) fn figure(of_task: &TaskResults<'_>) -> Option<figure::Figure> {
    let measures: Vec<MeasureCourse> =
        Measure::ALL.into_iter().filter_map(|measure| of_measure(of_task, measure)).collect();
    (!measures.is_empty()).then(|| {
        figure::measure_courses(&MeasureCourses {
            task: words::task(of_task.task.task.name()).to_owned(),
            classes: classes::classes(of_task),
            measures,
            data: vec!["tables/measure_courses.parquet".to_owned()],
        })
    })
}

/// A measure that some network has at two moments or more.
fn of_measure(of_task: &TaskResults<'_>, measure: Measure) -> Option<MeasureCourse> {
    let of_network = |moments: &[MeasuredMoment]| {
        let class = moments[0].class;
        let end = of_task.task.classes[class].recipe.n_iterations();
        let known = moments.iter().filter_map(|moment| {
            let iteration = moment.iteration.unwrap_or(end) as f64;
            Some((iteration, *moment.measures.get(measure.name())?))
        });
        let (iterations, values): (Vec<f64>, Vec<f64>) = known.unzip();
        NetworkCourse { network: moments[0].network.clone(), class, iterations, values }
    };
    let networks = of_task.course.chunk_by(|a, b| a.network == b.network).map(of_network);
    let networks: Vec<NetworkCourse> = networks.filter(|course| course.iterations.len() > 1).collect();
    (!networks.is_empty()).then(|| MeasureCourse { words: measure.words().to_owned(), networks })
}
