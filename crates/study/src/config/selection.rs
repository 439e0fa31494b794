//! The `[selection]` tables of a study file.

use super::error::ConfigError;
use super::section::Section;
use std::collections::BTreeMap;

/// Which trained networks enter the analyses. The rule is part of the study, never hidden in an analysis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Selection {
    /// Lowest R² on the analysis trials.
    pub min_r2: f64,
    /// At most this many networks a class, the best ones.
    pub keep: usize,
}

/// Published: R² ≥ 0.8, `MemoryNumber` 0.9, then the best 50.
pub(crate) fn published(task: &str) -> Selection {
    Selection { min_r2: if task == "memory_number" { 0.9 } else { 0.8 }, keep: 50 }
}

/// The selection of every task: `[selection]` over the published one, `[selection.TASK]` over both.
pub(super) fn selections(
    top: &mut Section<'_>,
    tasks: &[String],
) -> Result<BTreeMap<String, Selection>, Box<ConfigError>> {
    let mut selections: BTreeMap<String, Selection> =
        tasks.iter().map(|task| (task.clone(), published(task))).collect();
    let Some(value) = top.take("selection") else { return Ok(selections) };
    let mut section = value.section("selection")?;
    let (min_r2, keep) = (section.take("min_r2"), section.take("keep"));
    for (task, selection) in &mut selections {
        let mut of_task = match section.take(task) {
            Some(value) => Some(value.section(&format!("selection.{task}"))?),
            None => None,
        };
        let own = of_task.as_mut().map(|section| (section.take("min_r2"), section.take("keep")));
        let (own_min_r2, own_keep) = own.unwrap_or_default();
        for value in [min_r2, own_min_r2].into_iter().flatten() {
            selection.min_r2 = value.read("min_r2")?;
            if selection.min_r2.is_nan() || selection.min_r2 > 1.0 {
                let message = format!("`min_r2` is {}", selection.min_r2);
                return Err(value.error(message, "R² is at most 1; -inf keeps every network"));
            }
        }
        for value in [keep, own_keep].into_iter().flatten() {
            selection.keep = value.count("keep", usize::MAX)?;
        }
        if let Some(section) = of_task {
            section.finish()?;
        }
    }
    section.finish()?;
    Ok(selections)
}
