//! Fits judged on conditions that they have not seen, and the number of nodes that these ask for.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::CircuitError;
use super::fit::{Listener, Progress, fits_from};
use super::placement::Placement;
use super::responses::Responses;
use super::score::{Scores, score};
use super::setting::{NodeDynamics, Setting};
use super::subspace::Subspace;
use crate::analysis::distance::mix;
use circuitscope_kernel::KernelPath;

/// How conditions are held out and fits made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Folds {
    /// Number of parts that are held out in turn, from 2 to the number of trials.
    pub n_folds: usize,
    /// Fits to the conditions of the other parts, of which the one of lowest loss is judged.
    pub n_fits: usize,
    /// The first of the starts that they go from: that of a fit, to judge what comes of its start.
    pub first_start: usize,
    /// Deals the trials to the parts and starts the fits.
    pub seed: u64,
}

/// Scores on the held-out conditions, a part after the other. Each trial is a condition.
///
/// Principal components are those of the fitted trials; the held-out ones are only placed in them.
///
/// # Errors
/// [`CircuitError`] as for [`fits`](super::fit::fits), and if there are fewer than two parts or fewer trials than parts.
pub fn held_out(
    responses: &Responses,
    dynamics: NodeDynamics,
    setting: &Setting,
    folds: Folds,
    path: KernelPath,
    told: Listener<'_>,
) -> Result<Vec<Scores>, CircuitError> {
    let n_trials = responses.n_trials();
    if !(2..=n_trials).contains(&folds.n_folds) {
        let expected = format!("from 2 to the {n_trials} trials");
        return Err(CircuitError::Setting { name: "folds", found: folds.n_folds, expected });
    }
    let mut trials: Vec<usize> = (0..n_trials).collect();
    trials.shuffle(&mut ChaCha8Rng::seed_from_u64(folds.seed));
    let of_fold = |fold: usize| {
        let part = |is_held_out: fn(usize, usize) -> bool| {
            let places = (0..n_trials).filter(|place| is_held_out(place % folds.n_folds, fold));
            let mut chosen: Vec<usize> = places.map(|place| trials[place]).collect();
            chosen.sort_unstable();
            responses.of_trials(&chosen)
        };
        let (seen, unseen) = (part(|a, b| a != b), part(|a, b| a == b));
        // A unit that was recorded on the held-out trials alone has no place in the circuit.
        let units = seen.recorded_units();
        let (seen, unseen) = (seen.of_units(&units), unseen.of_units(&units));
        let seed = mix(folds.seed ^ mix(fold as u64));
        let starts = folds.first_start..folds.first_start + folds.n_fits.max(1);
        let told =
            |progress: Progress| told(Progress { start: progress.start - folds.first_start, ..progress });
        let fitted = fits_from(&seen, dynamics, setting, starts, seed, path, &told)?;
        let subspace = Subspace::new(seen.rates.view(), setting.n_components)?;
        let components = subspace.components_of(unseen.rates.view());
        let placement = Placement {
            model: setting.embedding,
            q: fitted[0].q.clone(),
            embedding: fitted[0].embedding.clone(),
            offset: fitted[0].offset.clone(),
        };
        score(&fitted[0].circuit, &placement, &subspace, components.view(), &unseen)
    };
    (0..folds.n_folds).map(of_fold).collect()
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
