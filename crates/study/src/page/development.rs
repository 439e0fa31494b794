//! The figure of how far activations lie apart in the course of training.

use super::classes::of_task;
use super::words;
use crate::claims_report::cut;
use crate::config::TaskStudy;
use crate::table::{DevelopmentMoment, Tables};
use circuitscope_report::figure::{self, Course, Development, Figure};

/// The figure of a task; none without checkpoints.
pub(super) fn figure(task: &TaskStudy, tables: &Tables) -> Option<Figure> {
    let end = task.classes.iter().map(|class| class.recipe.n_iterations()).max()?;
    let curves = task.classes.iter().map(|class| class.recipe.architecture.activation.curve);
    let mut curves: Vec<&str> = curves.map(words::curve).collect();
    curves.sort_unstable();
    curves.dedup();
    let rows: Vec<&DevelopmentMoment> = of_task(task, &tables.development, |row| &row.task).collect();
    let aspects = rows.chunk_by(|a, b| a.aspect == b.aspect);
    let courses: Vec<Course> = aspects.filter_map(|rows| course(rows, end)).collect();
    (!courses.is_empty()).then(|| {
        figure::development(&Development {
            task: words::task(task.task.name()),
            courses,
            chance: 1.0 / curves.len().max(1) as f64,
            data: vec!["tables/development.parquet".to_owned()],
        })
    })
}

/// The moments of an aspect at which everything is defined.
fn course(rows: &[&DevelopmentMoment], end: usize) -> Option<Course> {
    let mut course = Course {
        aspect: words::aspect(rows.first()?.aspect).to_owned(),
        iterations: Vec::new(),
        amplification: Vec::new(),
        bounds: [Vec::new(), Vec::new()],
        knn: Vec::new(),
        silhouette: Vec::new(),
    };
    for row in rows {
        // Before training the amplification is 1 by definition.
        let [value, low, high] = match row.iteration {
            Some(0) => [Some(1.0); 3],
            _ => [row.amplification, row.low, row.high],
        };
        let known = (value, low, high, row.knn, row.silhouette);
        let (Some(value), Some(low), Some(high), Some(knn), Some(silhouette)) = known else { continue };
        course.iterations.push(row.iteration.unwrap_or(end) as f64);
        course.amplification.push(cut(value));
        course.bounds[0].push(cut(low));
        course.bounds[1].push(cut(high));
        course.knn.push(knn);
        course.silhouette.push(silhouette);
    }
    (course.iterations.len() > 1).then_some(course)
}
