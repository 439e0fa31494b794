//! The figure of the measures of single networks in the course of training.

use super::classes::{classes, of_task, place_of};
use super::words;
use crate::config::TaskStudy;
use crate::table::{MeasureMoment, Tables};
use circuitscope::analysis::measures::Measure;
use circuitscope_report::figure::{self, Figure, MeasureCourse, MeasureCourses, NetworkCourse};

/// The figure of a task; none without checkpoints.
pub(super) fn figure(task: &TaskStudy, tables: &Tables) -> Option<Figure> {
    let measures = Measure::ALL.into_iter().filter_map(|measure| of_measure(task, tables, measure));
    let measures: Vec<MeasureCourse> = measures.collect();
    (!measures.is_empty()).then(|| {
        figure::measure_courses(&MeasureCourses {
            task: words::task(task.task.name()),
            classes: classes(task),
            measures,
            data: vec!["tables/measure_courses.parquet".to_owned()],
        })
    })
}

/// A measure that some network has at two moments or more.
fn of_measure(task: &TaskStudy, tables: &Tables, measure: Measure) -> Option<MeasureCourse> {
    let own = of_task(task, &tables.measure_courses, |row| &row.task);
    let own: Vec<&MeasureMoment> = own.filter(|row| row.measure == measure).collect();
    let of_network = |rows: &[&MeasureMoment]| {
        let class = place_of(task, &rows[0].class_name)?;
        let end = task.classes[class].recipe.n_iterations();
        let iterations = rows.iter().map(|row| row.iteration.unwrap_or(end) as f64);
        Some(NetworkCourse {
            network: rows[0].network.to_string(),
            class,
            iterations: iterations.collect(),
            values: rows.iter().map(|row| row.value).collect(),
        })
    };
    let networks = own.chunk_by(|a, b| a.network == b.network).filter(|rows| rows.len() > 1);
    let networks: Vec<NetworkCourse> = networks.filter_map(of_network).collect();
    (!networks.is_empty()).then(|| MeasureCourse { words: measure.words().to_owned(), networks })
}
