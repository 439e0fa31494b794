//! The example network of each class, which figures draw.

use super::classes::{classes, of_task};
use crate::config::TaskStudy;
use crate::stage::Facet;
use crate::table::Tables;
use circuitscope::analysis::distance::Aspect;
use circuitscope_report::figure::Class;

/// The example network of a class.
pub(super) struct Example<'a> {
    pub(super) class: Class,
    pub(super) network: &'a str,
    task: &'a TaskStudy,
    tables: &'a Tables,
}

/// The examples of a task, class by class.
pub(super) fn examples<'a>(task: &'a TaskStudy, tables: &'a Tables) -> Vec<Example<'a>> {
    let of_class = |class: Class| {
        let mut scores = of_task(task, &tables.scores, |row| &row.task);
        let score = scores.find(|row| row.is_example && *row.class_name == class.name)?;
        Some(Example { class, network: &score.network, task, tables })
    };
    classes(task).into_iter().filter_map(of_class).collect()
}

impl<'a> Example<'a> {
    /// Its rows of a table, by the names of task and network.
    pub(super) fn rows<R>(&self, rows: &'a [R], names: impl Fn(&R) -> [&str; 2]) -> Vec<&'a R> {
        let own = [self.task.task.name(), self.network];
        rows.iter().filter(|row| names(row) == own).collect()
    }

    /// Shares of variance on the first three components of an aspect.
    pub(super) fn explained(&self, aspect: Aspect) -> Option<[f64; 3]> {
        let rows = self.rows(&self.tables.explained_variance, |row| [&row.task, &row.network]);
        let shares = rows.into_iter().filter(|row| row.aspect == Facet::Aspect(aspect)).map(|row| row.share);
        shares.collect::<Vec<f64>>().first_chunk().copied()
    }
}
