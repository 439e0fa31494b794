//! Networks of several tasks, task by task.

use crate::dynamics::run::{RunError, Score, score};
use crate::task::Part;
use crate::trials::Trials;
use ndarray::{ArrayView3, Axis};

/// The trials `[B]` of each of the tasks that `trials` are made of, by their first condition.
pub fn trials_by_part(trials: &Trials, parts: &[Part]) -> Vec<Vec<usize>> {
    let of_part = |part: usize| {
        let is_of_part = |trial: &usize| trials.conditions[[*trial, 0]] == part as f32;
        (0..trials.n_trials()).filter(is_of_part).collect()
    };
    (0..parts.len()).map(of_part).collect()
}

/// The score of outputs `[O, T, B]` on the trials of each task; empty if there are no parts.
///
/// # Errors
/// [`RunError`] if outputs do not fit the trials, or a task counts nowhere.
pub fn score_by_part(
    outputs: ArrayView3<'_, f64>,
    trials: &Trials,
    parts: &[Part],
) -> Result<Vec<Score>, RunError> {
    let of_part = |chosen: Vec<usize>| {
        let own = trials.of(&chosen);
        score(outputs.select(Axis(2), &chosen).view(), &own)
    };
    trials_by_part(trials, parts).into_iter().map(of_part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::{GoNoGo, MemoryNumber, Several, Task};
    use ndarray::Array3;

    #[test]
    fn the_score_of_a_part_is_that_of_its_task_alone() {
        let alone = [Task::from(GoNoGo::published()), MemoryNumber::published().into()];
        let both = Task::from(Several::new("both", alone.to_vec()).expect("two tasks"));
        let trials = both.analysis_trials();
        let outputs = Array3::from_shape_fn(trials.targets.dim(), |(o, t, b)| {
            0.5 + 0.3 * ((3 * o + 2 * t + 7 * b) as f64).sin()
        });
        let found = score_by_part(outputs.view(), &trials, both.parts()).expect("scores");
        let mut first = 0;
        for (part, task) in alone.iter().enumerate() {
            let own = task.analysis_trials();
            let end = first + own.n_trials();
            let shown = outputs.slice(ndarray::s![part..=part, ..own.n_steps(), first..end]);
            let expected = score(shown, &own).expect("a score");
            // Weights are float32: one number for all entries of a task, which cancels but for rounding.
            assert!((found[part].mse - expected.mse).abs() < 1e-12, "{part}");
            let r2 = [found[part], expected].map(|score| score.r2.expect("targets vary"));
            assert!((r2[0] - r2[1]).abs() < 1e-12, "{part}: {r2:?}");
            first = end;
        }
    }
}
