//! Table and figure of how far activations lie apart in the course of training.

use super::words;
use crate::stage::{Development, Facet, Moment, TaskResults};
use crate::store::table::Table;
use circuitscope::Curve;
use circuitscope_report::figure::{self, Course};

/// One row a task, aspect and moment.
pub(super) fn table(results: &[TaskResults<'_>]) -> Table {
    let rows: Vec<(&TaskResults<'_>, &Development, &Moment)> = results
        .iter()
        .flat_map(|of_task| of_task.development.iter().map(move |of_aspect| (of_task, of_aspect)))
        .flat_map(|(of_task, of_aspect)| {
            of_aspect.moments.iter().map(move |moment| (of_task, of_aspect, moment))
        })
        .collect();
    let moments = || rows.iter().map(|(.., moment)| *moment);
    Table::default()
        .text("task", rows.iter().map(|(of_task, ..)| of_task.task.task.name()))
        .text("aspect", rows.iter().map(|(_, of_aspect, _)| of_aspect.aspect.name()))
        .integer("iteration", moments().map(|moment| moment.iteration.map(|n| n as i64)))
        .integer("networks", moments().map(|moment| moment.n_networks as i64))
        .float("silhouette", moments().map(|moment| moment.silhouette))
        .float("knn", moments().map(|moment| moment.knn))
        .float("amplification", moments().map(|moment| moment.amplification))
        .float("low", moments().map(|moment| moment.interval.map(|[low, _]| low)))
        .float("high", moments().map(|moment| moment.interval.map(|[_, high]| high)))
}

/// The figure of a task; none without checkpoints.
pub(super) fn figure(of_task: &TaskResults<'_>) -> Option<figure::Figure> {
    let end = of_task.task.classes.iter().map(|class| class.recipe.n_iterations()).max()?;
    let curves = of_task.task.classes.iter().map(|class| class.recipe.architecture.activation.curve);
    let mut curves: Vec<&str> = curves.map(|curve: Curve| words::curve(curve)).collect();
    curves.sort_unstable();
    curves.dedup();
    let courses: Vec<Course> =
        of_task.development.iter().filter_map(|of_aspect| course(of_aspect, end)).collect();
    (!courses.is_empty()).then(|| {
        figure::development(&figure::Development {
            task: words::task(of_task.task.task.name()).to_owned(),
            courses,
            chance: 1.0 / curves.len().max(1) as f64,
            data: vec!["tables/development.parquet".to_owned()],
        })
    })
}

/// The moments at which everything is defined.
fn course(of_aspect: &Development, end: usize) -> Option<Course> {
    let mut course = Course {
        aspect: words::aspect(Facet::Aspect(of_aspect.aspect)).to_owned(),
        iterations: Vec::new(),
        amplification: Vec::new(),
        bounds: [Vec::new(), Vec::new()],
        knn: Vec::new(),
        silhouette: Vec::new(),
    };
    for moment in &of_aspect.moments {
        let (value, bounds) = match moment.iteration {
            Some(0) => (Some(1.0), Some([1.0, 1.0])),
            _ => (moment.amplification, moment.interval),
        };
        let known = (value, bounds, moment.knn, moment.silhouette);
        let (Some(value), Some([low, high]), Some(knn), Some(silhouette)) = known else { continue };
        course.iterations.push(moment.iteration.unwrap_or(end) as f64);
        course.amplification.push(value);
        course.bounds[0].push(low);
        course.bounds[1].push(high);
        course.knn.push(knn);
        course.silhouette.push(silhouette);
    }
    (course.iterations.len() > 1).then_some(course)
}
