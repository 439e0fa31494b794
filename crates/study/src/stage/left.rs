//! How much of the analyses of a study is left to do in a folder, for a forecast.

use super::{Context, behaviour, circuits, distances, examples, features, selected, similarity};
use crate::config::{Study, TaskStudy};
use crate::execute::{ExecuteError, StudyNetwork};
use circuitscope::analysis::distance::Aspect;

/// What is left of the analyses of one task.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Left {
    /// Networks and controls whose features are to be taken.
    pub features: usize,
    /// Share of the distances to measure.
    pub distances: f64,
    /// Example networks to take apart.
    pub examples: usize,
    /// Networks to fit circuits to.
    pub circuits: usize,
    /// Networks to test beyond their training.
    pub behaviour: usize,
    /// Pairs to measure by other measures of similarity.
    pub similarity: usize,
}

impl Left {
    /// Nothing.
    pub const NOTHING: Self =
        Self { features: 0, distances: 0.0, examples: 0, circuits: 0, behaviour: 0, similarity: 0 };

    /// Everything, of as many networks as the study can select.
    pub fn everything(study: &Study, task: &TaskStudy) -> Self {
        let settings = &study.comparison;
        let n_classes = task.classes.len();
        let of_class = study.networks_per_class.min(task.selection.keep);
        let trained = n_classes * of_class;
        let has = |aspect: Aspect| settings.aspects.contains(&aspect);
        let n_similar = if settings.measures.is_empty() || !has(Aspect::Trajectories) { 0 } else { 2 };
        Self {
            features: trained * (1 + settings.controls.len()),
            distances: 1.0,
            examples: if has(Aspect::FixedPoints) { n_classes } else { 0 },
            circuits: n_classes * of_class.min(study.circuits.networks),
            behaviour: n_classes * study.networks_per_class,
            similarity: n_similar * (trained * trained.saturating_sub(1) / 2),
        }
    }
}

/// What is left, task by task, where every network is trained.
///
/// # Errors
/// [`ExecuteError`] if stored features cannot be read.
pub fn left(context: Context<'_>, networks: &[StudyNetwork<'_>]) -> Result<Vec<Left>, ExecuteError> {
    let mut results = selected(context.study, networks);
    if features::n_left(context, &results) > 0 {
        // What follows is made from features.
        let everything = |task: &TaskStudy| Left::everything(context.study, task);
        let of_task = |place: usize, task: &TaskStudy| Left {
            features: features::n_left(context, &results[place..=place]),
            ..everything(task)
        };
        return Ok(context
            .study
            .tasks
            .iter()
            .enumerate()
            .map(|(place, task)| of_task(place, task))
            .collect());
    }
    features::features(context, &mut results)?;
    let of_task = |place: usize| {
        let of_task = &results[place..=place];
        Left {
            features: 0,
            distances: distances::share_left(context, of_task),
            examples: examples::n_left(context, of_task),
            circuits: circuits::n_left(context, of_task),
            behaviour: behaviour::n_left(context, of_task),
            similarity: similarity::n_left(context, of_task),
        }
    };
    Ok((0..results.len()).map(of_task).collect())
}
