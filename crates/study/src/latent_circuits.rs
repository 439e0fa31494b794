//! Latent circuits of one network: fits, what they agree on, their mechanism, and whether the network follows.

use crate::event::{Event, Listener, Stage};
use circuitscope::KernelPath;
use circuitscope::analysis::latent_circuit::CircuitError;
use circuitscope::analysis::latent_circuit::consensus::{Consensus, consensus};
use circuitscope::analysis::latent_circuit::fit::{Fit, Outcome, Progress, fits};
use circuitscope::analysis::latent_circuit::judge::{self, mean_and_error};
use circuitscope::analysis::latent_circuit::mechanism::{Mechanism, Reading, mechanism};
use circuitscope::analysis::latent_circuit::perturbation::{Causality, Probe, causality};
use circuitscope::analysis::latent_circuit::prediction::{Prediction, without_recurrence};
use circuitscope::analysis::latent_circuit::responses::Responses;
use circuitscope::analysis::latent_circuit::roles::{Role, roles};
use circuitscope::analysis::latent_circuit::score::Scores;
use circuitscope::analysis::latent_circuit::setting::{NodeDynamics, Setting, Wiring};
use circuitscope::analysis::statistics::Bootstrap;
use circuitscope::network::Network;
use circuitscope::task::Task;
use circuitscope::trials::Trials;
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Intervals of the consensus: 95 %, over 1000 resamples of the fits.
pub(crate) const RESAMPLING: Bootstrap = Bootstrap { n_resamples: 1000, level: 0.95, seed: 1 };

/// The fits of one network and what is read from them.
pub(crate) struct Inference {
    /// By rising loss, those that diverged last.
    pub(crate) fits: Vec<Fit>,
    /// None if every fit diverged.
    pub(crate) consensus: Option<Consensus>,
    /// Of the best fit, if it finished; CDDM alone has contexts that a mechanism could tell apart.
    pub(crate) mechanism: Option<Mechanism>,
    /// Of the best fit, if it finished; recorded neurons cannot be changed.
    pub(crate) causality: Option<Causality>,
    /// How the best fit without recurrent weights predicts the network, where there is a causality.
    pub(crate) no_recurrence: Option<Prediction>,
}

/// Where fits begin and how many there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Starts {
    /// Number of fits, at least 1.
    pub n_fits: usize,
    /// Starts the fits.
    pub seed: u64,
}

/// The responses that a network's circuits are fitted to; [`None`] if its states leave the finite numbers.
///
/// # Errors
/// [`CircuitError`] if the network does not fit the trials or never responds.
pub(crate) fn finite_responses(
    network: &Network,
    trials: &Trials,
) -> Result<Option<Responses>, CircuitError> {
    let responses = match Responses::of_network(network, trials) {
        Err(CircuitError::Number { .. } | CircuitError::NoResponse { .. }) => return Ok(None),
        other => other?,
    };
    let is_finite = responses.rates.iter().chain(&responses.outputs).all(|y| y.is_finite());
    Ok(is_finite.then_some(responses))
}

/// What circuits are fitted to, and what is known of it.
#[derive(Clone, Copy)]
pub(crate) struct Evidence<'a> {
    /// The responses.
    pub(crate) responses: &'a Responses,
    /// Dynamics of the nodes.
    pub(crate) dynamics: NodeDynamics,
    /// The task and the trials that the responses are to, where they are known.
    pub(crate) shown: Option<(&'a Task, &'a Trials)>,
    /// The network that responds; none of recorded neurons.
    pub(crate) network: Option<&'a Network>,
}

/// Fits circuits to responses and judges the best of them.
///
/// # Errors
/// [`CircuitError`] if responses and setting do not fit each other, or [`CircuitError::Interrupted`].
pub(crate) fn infer(
    evidence: Evidence<'_>,
    setting: &Setting,
    starts: Starts,
    path: KernelPath,
    told: circuitscope::analysis::latent_circuit::fit::Listener<'_>,
) -> Result<Inference, CircuitError> {
    let Evidence { responses, dynamics, .. } = evidence;
    let fits = fits(responses, dynamics, setting, starts.n_fits.max(1), starts.seed, path, told)?;
    read(evidence, setting, fits)
}

/// What fits, by rising loss, have in common, and what the best of them does.
///
/// # Errors
/// [`CircuitError`] if the task's trials do not fit the circuit or the network.
pub(crate) fn read(
    evidence: Evidence<'_>,
    setting: &Setting,
    fits: Vec<Fit>,
) -> Result<Inference, CircuitError> {
    let Evidence { shown, network, .. } = evidence;
    let consensus = consensus(&fits, &setting.wiring, RESAMPLING);
    // A fit that diverged is its start or little else: nothing is read from it.
    let has_fit = fits[0].outcome == Outcome::Finished;
    let mechanism = match shown.filter(|_| has_fit) {
        Some((task, trials)) => {
            Reading::of(task).map(|reading| mechanism(&fits[0].circuit, reading, trials)).transpose()?
        }
        None => None,
    };
    let causality = match (network.filter(|_| has_fit), shown) {
        (Some(network), Some((task, trials))) => {
            Some(causality(network, &fits[0], task, trials, Probe::STANDARD)?)
        }
        _ => None,
    };
    let no_recurrence = match (&causality, shown) {
        (Some(Causality { effects, .. }), Some((task, trials))) => {
            Some(without_recurrence(&fits[0].circuit, effects, task, trials, Probe::STANDARD)?)
        }
        _ => None,
    };
    Ok(Inference { fits, consensus, mechanism, causality, no_recurrence })
}

/// Scores on held-out trials, means over the parts: on each, of a circuit fitted to the other parts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeldOutRow {
    /// Parts.
    pub folds: usize,
    /// Primary score: share of the variance of all units, each about its own mean, that the embedded states explain.
    pub variance_explained: f64,
    /// Standard error of that mean over parts.
    pub variance_explained_se: f64,
    /// Published score: R² of `Q x` against y, differences between the means of units included.
    pub r2_total: f64,
    /// Standard error of that mean over parts.
    pub r2_total_se: f64,
    /// R² of x against `Qᵀ y`.
    pub r2_projected: f64,
    /// Mean squared error of the outputs.
    pub output_mse: f64,
}

/// Scores of a fit on trials that it has not seen; nothing where none are held out.
///
/// - `n_folds`: parts that the trials are held out in, or 0; at most as many as there are trials of different inputs.
///
/// # Errors
/// [`CircuitError`] as of the fits.
pub(crate) fn held_out(
    evidence: Evidence<'_>,
    setting: &Setting,
    fit: &Fit,
    n_folds: usize,
    path: KernelPath,
    told: circuitscope::analysis::latent_circuit::fit::Listener<'_>,
) -> Result<Option<HeldOutRow>, CircuitError> {
    let n_folds = n_folds.min(evidence.responses.n_conditions());
    if n_folds < 2 {
        return Ok(None);
    }
    let Evidence { responses, dynamics, .. } = evidence;
    let scores = judge::held_out_of(fit, responses, dynamics, setting, n_folds, path, told)?;
    Ok(Some(means(&scores)))
}

fn means(scores: &[Scores]) -> HeldOutRow {
    let n = scores.len() as f64;
    let mean = |of: fn(&Scores) -> f64| scores.iter().map(of).sum::<f64>() / n;
    let [variance_explained, variance_explained_se] =
        mean_and_error(scores, |scores| scores.variance_explained);
    let [r2_total, r2_total_se] = mean_and_error(scores, |scores| scores.r2_total);
    HeldOutRow {
        folds: scores.len(),
        variance_explained,
        variance_explained_se,
        r2_total,
        r2_total_se,
        r2_projected: mean(|scores| scores.r2_projected),
        output_mse: mean(|scores| scores.output_mse),
    }
}

/// What goes into a circuit and comes out of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ends {
    pub(crate) inputs: Vec<String>,
    pub(crate) outputs: Vec<String>,
}

impl Ends {
    /// Those of a task.
    pub(crate) fn of_task(task: &Task) -> Self {
        Self { inputs: task.input_names().to_vec(), outputs: task.output_names().to_vec() }
    }

    /// Names of a circuit's nodes: those of the input or output they stand for, or a number of their own.
    pub(crate) fn node_names(&self, wiring: &Wiring) -> Vec<String> {
        let mut n_free = 0;
        let mut name = |role| match role {
            Role::Input(input) => self.inputs[input].clone(),
            Role::Output(output) => format!("output {}", self.outputs[output]),
            Role::Free => {
                n_free += 1;
                format!("free {n_free}")
            }
        };
        roles(wiring).into_iter().map(&mut name).collect()
    }
}

/// Tells of the updates of fits that run side by side, each start's rising from 0.
pub(crate) struct Updates<'a> {
    listener: &'a Listener<'a>,
    seen: Vec<AtomicUsize>,
}

impl<'a> Updates<'a> {
    pub(crate) fn new(n_starts: usize, listener: &'a Listener<'a>) -> Self {
        Self { listener, seen: (0..n_starts).map(|_| AtomicUsize::new(0)).collect() }
    }

    /// Takes in where a start stands. A start that begins again (on other trials) begins at 0.
    pub(crate) fn tell(&self, progress: Progress) {
        let Some(seen) = self.seen.get(progress.start) else { return };
        let before = seen.swap(progress.iteration, Ordering::Relaxed);
        let work = progress.iteration.saturating_sub(before) as u64;
        (self.listener)(Event::Advanced { stage: Stage::Circuits, work });
    }

    /// Counts what is left of each start of so many updates: for fits that never began.
    pub(crate) fn end(&self, n_iterations: usize) {
        for start in 0..self.seen.len() {
            self.tell(Progress { start, iteration: n_iterations, n_iterations, loss: f64::NAN });
        }
    }
}

/// What a node stands for, in one word.
pub(crate) fn role_name(role: Role) -> &'static str {
    match role {
        Role::Input(_) => "input",
        Role::Output(_) => "output",
        Role::Free => "free",
    }
}
