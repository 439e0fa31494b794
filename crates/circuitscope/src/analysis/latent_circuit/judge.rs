//! Fits judged on conditions that they have not seen, and the number of nodes that these ask for.

use rand::seq::SliceRandom;

use super::CircuitError;
use super::fit::{Fit, Listener, Progress, fits_in_space, refit};
use super::placement::Placement;
use super::responses::Responses;
use super::schedule::Schedule;
use super::score::{Scores, score};
use super::setting::{EmbeddingModel, NodeDynamics, Setting};
use super::subspace::Subspace;
use crate::stream::{of_seed, seed_of_draw};
use circuitscope_kernel::KernelPath;

/// How conditions are held out and fits made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Folds {
    /// Number of parts that are held out in turn, from 2 to the number of conditions.
    pub n_folds: usize,
    /// Fits to the conditions of the other parts, of which the one of lowest loss is judged.
    pub n_fits: usize,
    /// The first of the starts that they go from: that of a fit, to judge what comes of its start.
    pub first_start: usize,
    /// Assigns the conditions to the parts and starts the fits.
    pub seed: u64,
}

/// Scores on the held-out conditions, a part after the other, of fits from the starts named. Trials of the same inputs are one
/// condition ([`Responses::conditions`]), so that no repeat of a held-out trial is fitted.
///
/// Principal components are those of the fitted trials; the held-out ones are only placed in them.
///
/// # Errors
/// [`CircuitError`] as for [`fits`](super::fit::fits), and if there are fewer than two parts or fewer
/// conditions than parts.
pub fn held_out(
    responses: &Responses,
    dynamics: NodeDynamics,
    setting: &Setting,
    folds: Folds,
    path: KernelPath,
    told: Listener<'_>,
) -> Result<Vec<Scores>, CircuitError> {
    let starts = folds.first_start..folds.first_start + folds.n_fits.max(1);
    let told = |progress: Progress| told(Progress { start: progress.start - folds.first_start, ..progress });
    over_parts(responses, setting.embedding, folds.n_folds, folds.seed, &|seen, _, seed| {
        let (mut fits, subspace) = fits_in_space(seen, dynamics, setting, starts.clone(), seed, path, &told)?;
        Ok((fits.swap_remove(0), subspace))
    })
}

/// Scores on the held-out conditions of what becomes of a fit to all conditions where each part is left out.
///
/// Under a cooled schedule of TE25 each of these fits goes on from the given one, for a fifth of its updates. The given one
/// has seen the held-out conditions, so that these updates must make it forget them. Measured on three parts of each of 16
/// reference networks, all tasks and activations, against fits from new starts: the given fit itself scores 0.25 ± 0.08 higher
/// on the held-out conditions (mean and standard error), what becomes of it 0.001 ± 0.014; and 0.007 ± 0.005 higher than
/// what becomes, by the same updates, of a fit that has never seen them. Under other schedules, and of LE25, the fits go from
/// the given fit's own start.
///
/// # Errors
/// As [`held_out`].
pub fn held_out_of(
    fit: &Fit,
    responses: &Responses,
    dynamics: NodeDynamics,
    setting: &Setting,
    n_folds: usize,
    path: KernelPath,
    told: Listener<'_>,
) -> Result<Vec<Scores>, CircuitError> {
    let told = |progress: Progress| told(Progress { start: 0, ..progress });
    // The fit's own seed: each fit is judged on parts of its own.
    if !setting.is_refitted() {
        let folds = Folds { n_folds, n_fits: 1, first_start: fit.start, seed: fit.seed };
        return held_out(responses, dynamics, setting, folds, path, &told);
    }
    let setting = Setting {
        n_iterations: setting.n_iterations_held_out(),
        schedule: Schedule::Resumed,
        ..setting.clone()
    };
    over_parts(responses, setting.embedding, n_folds, fit.seed, &|seen, units, seed| {
        refit((fit, units), seen, dynamics, &setting, seed, path, &told)
    })
}

/// Fits to the responses of the other parts, in which these units were recorded, under a seed of the part's own.
type Fitted<'a> = &'a dyn Fn(&Responses, &[usize], u64) -> Result<(Fit, Subspace), CircuitError>;

/// Scores on each held-out part of the fit that is `fitted` to the other parts, with the space that it lives in.
fn over_parts(
    responses: &Responses,
    embedding: EmbeddingModel,
    n_folds: usize,
    seed: u64,
    fitted: Fitted<'_>,
) -> Result<Vec<Scores>, CircuitError> {
    let part_of = parts_of(&responses.conditions(), n_folds, seed)?;
    let of_fold = |fold: usize| {
        let part = |is_held_out: fn(usize, usize) -> bool| {
            let is_chosen = |trial: &usize| is_held_out(part_of[*trial], fold);
            responses.of_trials(&(0..part_of.len()).filter(is_chosen).collect::<Vec<_>>())
        };
        let (seen, unseen) = (part(|a, b| a != b), part(|a, b| a == b));
        // A unit that was recorded on the held-out trials alone has no place in the circuit.
        let units = seen.recorded_units();
        let (seen, unseen) = (seen.of_units(&units), unseen.of_units(&units));
        let (fit, subspace) = fitted(&seen, &units, seed_of_draw(seed, fold as u64))?;
        let components = subspace.components_of(unseen.rates.view());
        let placement = Placement {
            model: embedding,
            q: fit.q.clone(),
            embedding: fit.embedding.clone(),
            offset: fit.offset.clone(),
        };
        score(&fit.circuit, &placement, &subspace, components.view(), &unseen)
    };
    (0..n_folds).map(of_fold).collect()
}

/// The part of each trial, whose conditions are given; those of one condition are in one part.
fn parts_of(condition_of: &[usize], n_folds: usize, seed: u64) -> Result<Vec<usize>, CircuitError> {
    let n_conditions = condition_of.iter().max().map_or(0, |last| last + 1);
    if !(2..=n_conditions).contains(&n_folds) {
        let expected = format!("from 2 to the {n_conditions} trials of different inputs");
        return Err(CircuitError::Setting { name: "folds", found: n_folds, expected });
    }
    let mut conditions: Vec<usize> = (0..n_conditions).collect();
    conditions.shuffle(&mut of_seed(seed));
    let mut part_of = vec![0; n_conditions];
    conditions.iter().enumerate().for_each(|(place, &condition)| part_of[condition] = place % n_folds);
    Ok(condition_of.iter().map(|&condition| part_of[condition]).collect())
}

/// Held-out R² of circuits of one size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    /// Number of nodes.
    pub n_nodes: usize,
    /// Mean over parts of the held-out `variance_explained`, by which sizes are chosen.
    pub variance_explained: f64,
    /// Standard error of that mean.
    pub standard_error: f64,
    /// Mean over parts of the held-out `r2_total`.
    pub r2_total: f64,
    /// Standard error of that mean.
    pub r2_total_se: f64,
}

/// The sizes tried and the one chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// Every size, in the order given.
    pub candidates: Vec<Candidate>,
    /// The fewest nodes whose held-out `variance_explained` is within one standard error of the best (Breiman et al. 1984, *Classification and
    /// Regression Trees*, §3.4.3).
    pub n_nodes: usize,
}

/// Chooses the number of nodes by the variance about unit means that is explained on held-out conditions, with the published wiring of each size.
///
/// # Errors
/// As [`held_out`]; [`CircuitError::Setting`] if no size is given.
pub fn choose_nodes(
    responses: &Responses,
    dynamics: NodeDynamics,
    setting: &Setting,
    sizes: &[usize],
    folds: Folds,
    path: KernelPath,
    told: Listener<'_>,
) -> Result<Choice, CircuitError> {
    let mut candidates = Vec::with_capacity(sizes.len());
    for &n_nodes in sizes {
        let scores = held_out(responses, dynamics, &setting.with_nodes(n_nodes), folds, path, told)?;
        let [variance_explained, standard_error] =
            mean_and_error(&scores, |scores| scores.variance_explained);
        let [r2_total, r2_total_se] = mean_and_error(&scores, |scores| scores.r2_total);
        candidates.push(Candidate { n_nodes, variance_explained, standard_error, r2_total, r2_total_se });
    }
    let chosen = chosen(&candidates);
    let expected = "at least one number of nodes to try".to_owned();
    let n_nodes = chosen.ok_or(CircuitError::Setting { name: "sizes", found: 0, expected })?;
    Ok(Choice { candidates, n_nodes })
}

/// Mean over parts of a score, and the standard error of that mean.
pub fn mean_and_error(scores: &[Scores], score: impl Fn(&Scores) -> f64) -> [f64; 2] {
    let n = scores.len() as f64;
    let mean = scores.iter().map(&score).sum::<f64>() / n;
    let square = scores.iter().map(|scores| (score(scores) - mean).powi(2)).sum::<f64>() / (n - 1.0);
    [mean, (square / n).sqrt()]
}

fn chosen(candidates: &[Candidate]) -> Option<usize> {
    let best = candidates.iter().max_by(|a, b| a.variance_explained.total_cmp(&b.variance_explained))?;
    let least = best.variance_explained - best.standard_error;
    let good = candidates.iter().filter(|candidate| candidate.variance_explained >= least);
    good.map(|candidate| candidate.n_nodes).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeats_of_a_condition_are_held_out_together_and_every_part_has_some() {
        let condition_of = [0, 1, 0, 2, 3, 1, 0, 4];
        for n_folds in 2..=5 {
            let parts = parts_of(&condition_of, n_folds, 3).expect("five conditions");
            for (a, b) in [(0, 2), (0, 6), (1, 5)] {
                assert_eq!(parts[a], parts[b], "{parts:?}");
            }
            assert!((0..n_folds).all(|part| parts.contains(&part)), "{parts:?}");
        }
        assert!(parts_of(&condition_of, 6, 3).is_err() && parts_of(&[0, 0], 2, 3).is_err());
    }

    #[test]
    fn the_fewest_nodes_within_a_standard_error_of_the_best_are_chosen() {
        let candidate = |n_nodes, variance_explained, standard_error| {
            // The published score would choose the first.
            let r2_total = 1.0 / n_nodes as f64;
            Candidate { n_nodes, variance_explained, standard_error, r2_total, r2_total_se: 0.0 }
        };
        let tried = [candidate(6, 0.5, 0.1), candidate(7, 0.82, 0.01), candidate(8, 0.85, 0.04)];
        assert_eq!(chosen(&tried), Some(7));
        assert_eq!(chosen(&[]), None);
    }
}
