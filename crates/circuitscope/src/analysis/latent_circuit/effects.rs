//! What each recurrent weight does to behaviour, in the circuit and in the network: the numbers behind the correlation of
//! [`super::perturbation`].

use ndarray::{Axis, s};
use rayon::prelude::*;

use super::fit::Fit;
use super::perturbation::psychometric;
use crate::dynamics::run::{self, RunError};
use crate::network::Network;
use crate::task::Task;
use crate::trials::Trials;

/// What a change of one recurrent weight does to one number of the psychometric planes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effect {
    /// Node whose input weight changes.
    pub row: usize,
    /// Node that the weight comes from.
    pub column: usize,
    /// Number of the planes, see [`psychometric`]: contexts one after the other; bias first, then sensitivities.
    pub quantity: usize,
    /// Change in the circuit.
    pub circuit: f64,
    /// Change in the network.
    pub network: f64,
}

/// Effects of changing each weight `w_rec[i, j]` by δ in the circuit and `W_rec` by `δ Q_i Q_jᵀ` in the network, half the
/// difference of both directions; by rows, columns and quantities.
///
/// # Errors
/// [`RunError`] if the network or the circuit does not fit the trials.
///
/// # Source
/// LE25; TE25.
pub fn effects(
    network: &Network,
    fit: &Fit,
    task: &Task,
    trials: &Trials,
    delta: f64,
) -> Result<Vec<Effect>, RunError> {
    let (q, n) = (&fit.embedding, fit.circuit.n_units());
    let of_circuit = |row: usize, column: usize, delta: f64| {
        let mut circuit = fit.circuit.clone();
        circuit.w_rec[[row, column]] += delta;
        behaviour(&circuit, task, trials)
    };
    let of_network = |row: usize, column: usize, delta: f64| {
        let mut network = network.clone();
        let (to, from) = (q.column(row).insert_axis(Axis(1)), q.column(column).insert_axis(Axis(0)));
        network.w_rec.scaled_add(delta, &to.dot(&from));
        behaviour(&network, task, trials)
    };
    let of_weight = |at: usize| {
        let (row, column) = (at / n, at % n);
        let circuit = [of_circuit(row, column, delta)?, of_circuit(row, column, -delta)?];
        let network = [of_network(row, column, delta)?, of_network(row, column, -delta)?];
        let half = |of: &[Vec<f64>; 2], quantity: usize| 0.5 * (of[0][quantity] - of[1][quantity]);
        let quantities = 0..circuit[0].len();
        let effect = |quantity: usize| {
            let (circuit, network) = (half(&circuit, quantity), half(&network, quantity));
            Effect { row, column, quantity, circuit, network }
        };
        Ok(quantities.map(effect).collect::<Vec<_>>())
    };
    Ok((0..n * n).into_par_iter().map(of_weight).collect::<Result<Vec<_>, RunError>>()?.concat())
}

/// The psychometric planes at the last masked step.
fn behaviour(network: &Network, task: &Task, trials: &Trials) -> Result<Vec<f64>, RunError> {
    let last = *trials.mask.last().ok_or(RunError::Nothing)?;
    let rates = run::rates(network, run::states(network, trials.inputs.slice(s![.., ..=last, ..]))?);
    let outputs = run::outputs(network, rates.view())?;
    let decision = match task {
        Task::Cddm(_) => &outputs.slice(s![0, last, ..]) - &outputs.slice(s![1, last, ..]),
        Task::GoNoGo(_) | Task::MemoryNumber(_) => outputs.slice(s![0, last, ..]).to_owned(),
    };
    Ok(psychometric(task, decision.view(), trials.conditions.view()))
}
