//! The page of a study that is still running: what there is to see after each stage.

use super::manifest_of;
use crate::config::Study;
use crate::event::Stage;
use crate::execute::ExecuteError;
use crate::page::{figures, page};
use crate::stage::{Context, Results, stages};
use crate::store::manifest::Manifest;
use crate::store::write_whole;
use crate::table::Tables;
use circuitscope::analysis::distance::Aspect;
use circuitscope_report::{Page, Part, Topic, UnderWay, render};
use std::time::{Duration, Instant};

/// Least time between two pages, in times of what one takes: the pages of a running study may not slow it down.
const LEAST_PAUSE: u32 = 10;

/// Writes the page, and every table that is complete, after the stages of a running study.
pub struct EarlyPages<'a> {
    context: Context<'a>,
    begun: &'a Manifest,
    /// When the last page was written, and how long it took.
    last: Option<(Instant, Duration)>,
}

impl<'a> EarlyPages<'a> {
    /// For a study of this manifest.
    pub fn new(context: Context<'a>, begun: &'a Manifest) -> Self {
        Self { context, begun, last: None }
    }

    /// Writes the page as it stands after so many stages of analysis, unless the last one has just been written.
    ///
    /// # Errors
    /// [`ExecuteError`] if a file cannot be written.
    pub fn after(&mut self, results: &Results<'_>, n_stages: usize) -> Result<(), ExecuteError> {
        let begun = Instant::now();
        if self.last.is_some_and(|(at, took)| at.elapsed() < LEAST_PAUSE * took) {
            return Ok(());
        }
        let (study, folder) = (self.context.study, self.context.folder);
        let tables = Tables::of(study, results);
        for (name, table) in tables.all(study) {
            // A table is of one stage: it is complete or empty.
            if table.n_rows() > 0 {
                table.write(&folder.table(name), &self.begun.study_identity)?;
            }
        }
        let mut figures = figures(study, &tables);
        figures.retain(|placed| !placed.figure.panels.is_empty());
        let page = page(study, &tables, figures, &manifest_of(self.begun, results));
        // Training is one stage, the last one judges the claims and writes the page.
        let following = stages(study).get(n_stages).copied().unwrap_or(Stage::Report);
        let mut page = Page {
            under_way: Some(UnderWay {
                n_done: 1 + n_stages,
                n_stages: 2 + stages(study).len(),
                following: following.name().to_owned(),
                pending: expected(study),
            }),
            ..page
        };
        if tables.statistics.is_empty() {
            page.findings.clear();
        }
        write_whole(&folder.report(), render(&page).as_bytes())?;
        self.last = Some((Instant::now(), begun.elapsed()));
        Ok(())
    }
}

/// What the finished page of a study has beside the scores and curves of the trained networks.
fn expected(study: &Study) -> Vec<Part> {
    let has = |aspect: Aspect| study.comparison.aspects.contains(&aspect);
    let of_aspect = |aspect: Aspect, topic: Topic| has(aspect).then_some(Part::Figures(topic));
    let mut parts = vec![Part::Claims, Part::Measures, Part::Figures(Topic::Behaviour)];
    if !study.hypotheses.is_empty() {
        parts.push(Part::Hypotheses);
    }
    if !study.factors.is_empty() {
        parts.push(Part::Effects);
    }
    parts.extend(of_aspect(Aspect::Trajectories, Topic::Trajectories));
    parts.extend(of_aspect(Aspect::Selectivity, Topic::Selectivity));
    parts.extend(of_aspect(Aspect::FixedPoints, Topic::FixedPoints));
    if study.tasks.iter().any(|of_task| !of_task.task.parts().is_empty()) {
        parts.push(Part::Figures(Topic::Tasks));
    }
    if !study.recordings.is_empty() {
        parts.push(Part::Figures(Topic::Recordings));
    }
    if study.circuits.networks > 0 {
        parts.push(Part::Figures(Topic::Circuits));
    }
    if !study.comparison.aspects.is_empty() {
        parts.extend([Topic::Embeddings, Topic::Distances].map(Part::Figures));
        parts.extend([Part::Findings, Part::Controls, Part::Statistics]);
    }
    if !study.comparison.measures.is_empty() && has(Aspect::Trajectories) {
        parts.push(Part::Robustness);
    }
    parts
}
