//! Every network that latent circuits were fitted to, with the numbers of its fits.

use super::field::{Levels, Name};
use super::row::table;
use crate::stage::{CircuitOutcome, CircuitPrediction, FittedCircuit, Item, NetworkCircuit, TaskResults};
use circuitscope::analysis::latent_circuit::mechanism::Label;
use circuitscope::analysis::latent_circuit::prediction::Prediction;

table! {
    /// One row per network that latent circuits were fitted to: class by class, in each class the network with the highest
    /// R² first. Numbers are those of the best fit.
    "circuits" => pub(crate) struct Circuit {
        /// Task.
        task: Name,
        /// Class of the network.
        class_name: Name,
        /// Name of the network.
        network: Name,
        /// `fitted`, or why there is no circuit.
        outcome: Name,
        /// What the circuit does with irrelevant stimuli (CDDM).
        mechanism: Option<Label>,
        /// Fits begun.
        n_fits: usize,
        /// Fits that made all their updates.
        n_finished: usize,
        /// Distinct solutions among the fits.
        n_solutions: Option<usize>,
        /// Fits that found the solution of the best one.
        n_agreeing: Option<usize>,
        /// Loss without noise.
        loss: Option<f64>,
        /// R² of the embedded states of the circuit against the rates of the network; differences between the means of units
        /// count.
        r2_total: Option<f64>,
        /// R² of the states of the circuit against the projected rates of the network.
        r2_projected: Option<f64>,
        /// Mean squared error of the circuit's outputs against the network's.
        output_mse: Option<f64>,
        /// Share of the variance of all units, each about its own mean, that the embedded states explain.
        variance_explained: Option<f64>,
        /// Share that as many principal components explain.
        pca_variance_explained: Option<f64>,
        /// `variance_explained` on trials that were held out: mean over the parts.
        held_out_variance_explained: Option<f64>,
        /// Standard error of that mean over the parts.
        held_out_variance_explained_se: Option<f64>,
        /// `r2_total` on trials that were held out: mean over the parts.
        held_out_r2_total: Option<f64>,
        /// Standard error of that mean over the parts.
        held_out_r2_total_se: Option<f64>,
        /// `r2_projected` on trials that were held out: mean over the parts.
        held_out_r2_projected: Option<f64>,
        /// `output_mse` on trials that were held out: mean over the parts.
        held_out_output_mse: Option<f64>,
        /// Mean weight from context to irrelevant nodes minus that to relevant nodes (CDDM).
        inhibition: Option<f64>,
        /// Product of the mean signs of the pre-activations of the two irrelevant nodes (CDDM).
        sign_product: Option<f64>,
        /// Gain of the irrelevant nodes minus that of the relevant nodes (CDDM).
        gain_lost: Option<f64>,
        /// Correlation of the recurrent weights with those of the projected network; null where one side does not vary.
        weight_correlation: Option<f64>,
        /// Permutation p value of `weight_correlation`, nodes permuted.
        weight_p: Option<f64>,
        /// Correlation of what a change of each weight does to the behaviour of circuit and network.
        behaviour_correlation: Option<f64>,
        /// Permutation p value of `behaviour_correlation`, nodes permuted.
        behaviour_p: Option<f64>,
        /// R² of the identity of the same changes: 1 − Σ(network − circuit)² / Σ network², which sees their amplitude; below 0
        /// where a circuit in which nothing changes would predict better.
        behaviour_r2_identity: Option<f64>,
        /// `behaviour_correlation` of the circuits of other networks, nodes matched: mean over those of the class, else of the task.
        other_circuit_correlation: Option<f64>,
        /// `behaviour_r2_identity` of the same.
        other_circuit_r2_identity: Option<f64>,
        /// `behaviour_correlation` of the circuit without recurrent weights.
        no_recurrence_correlation: Option<f64>,
        /// `behaviour_r2_identity` of the same.
        no_recurrence_r2_identity: Option<f64>,
        /// `behaviour_correlation` with the embedded nodes rotated at random: mean over 100 rotations.
        rotated_correlation: Option<f64>,
        /// `behaviour_r2_identity` of the same.
        rotated_r2_identity: Option<f64>,
        /// Correlation of what a change of each weight does to the states of circuit and network.
        state_correlation: Option<f64>,
        /// Permutation p value of `state_correlation`, nodes permuted.
        state_p: Option<f64>,
    }
}

/// A network that circuits were fitted to, with its names as rows hold them.
pub(super) struct Subject<'a> {
    pub(super) of_task: &'a TaskResults<'a>,
    pub(super) item: &'a Item,
    pub(super) circuit: &'a NetworkCircuit,
    pub(super) task: Name,
    pub(super) class_name: Name,
    pub(super) network: Name,
}

impl<'a> Subject<'a> {
    /// Its circuit, if there is one.
    pub(super) fn fitted(&self) -> Option<&'a FittedCircuit> {
        match &self.circuit.outcome {
            CircuitOutcome::Fitted(fitted) => Some(fitted.as_ref()),
            CircuitOutcome::None { .. } => None,
        }
    }
}

/// The networks of all tasks, task by task, in the order of the rows of [`Circuit`].
pub(super) fn subjects<'a>(results: &'a [TaskResults<'a>]) -> impl Iterator<Item = Subject<'a>> {
    results.iter().flat_map(|of_task| {
        let (task, items) = (of_task.name(), of_task.best(usize::MAX));
        of_task.circuits.iter().filter_map(move |circuit| {
            let item = *items.iter().find(|item| item.network == circuit.network)?;
            let (class_name, network) = (of_task.class_name(item.class), item.network.as_str().into());
            Some(Subject { of_task, item, circuit, task: task.clone(), class_name, network })
        })
    })
}

impl Circuit {
    pub(crate) fn of(results: &[TaskResults<'_>]) -> Vec<Self> {
        subjects(results).map(row).collect()
    }
}

fn row(subject: Subject<'_>) -> Circuit {
    let fitted = subject.fitted();
    let scores = fitted.map(|fitted| fitted.scores);
    let held_out = fitted.and_then(|fitted| fitted.held_out);
    let mechanism = fitted.and_then(|fitted| fitted.mechanism.as_ref());
    let all = &subject.of_task.circuit_predictions;
    let predicted = all.iter().find(|one| one.network == subject.circuit.network);
    let r = |of: fn(&CircuitPrediction) -> Option<Prediction>| {
        predicted.and_then(of).map(|prediction| prediction.r).filter(|r| r.is_finite())
    };
    let r2_identity = |of: fn(&CircuitPrediction) -> Option<Prediction>| {
        predicted.and_then(of).map(|prediction| prediction.r2_identity)
    };
    Circuit {
        outcome: match &subject.circuit.outcome {
            CircuitOutcome::Fitted(_) => "fitted".into(),
            CircuitOutcome::None { reason } => reason.as_str().into(),
        },
        task: subject.task,
        class_name: subject.class_name,
        network: subject.network,
        mechanism: mechanism.and_then(|mechanism| Label::named(&mechanism.label)),
        n_fits: subject.circuit.n_fits,
        n_finished: subject.circuit.n_finished,
        n_solutions: fitted.map(|fitted| fitted.n_solutions),
        n_agreeing: fitted.map(|fitted| fitted.n_agreeing),
        loss: scores.map(|scores| scores.loss),
        r2_total: scores.map(|scores| scores.r2_total),
        r2_projected: scores.map(|scores| scores.r2_projected),
        output_mse: scores.map(|scores| scores.output_mse),
        variance_explained: scores.map(|scores| scores.variance_explained),
        pca_variance_explained: scores.map(|scores| scores.pca_variance_explained),
        held_out_variance_explained: held_out.map(|unseen| unseen.variance_explained),
        held_out_variance_explained_se: held_out.map(|unseen| unseen.variance_explained_se),
        held_out_r2_total: held_out.map(|unseen| unseen.r2_total),
        held_out_r2_total_se: held_out.map(|unseen| unseen.r2_total_se),
        held_out_r2_projected: held_out.map(|unseen| unseen.r2_projected),
        held_out_output_mse: held_out.map(|unseen| unseen.output_mse),
        inhibition: mechanism.map(|mechanism| mechanism.inhibition),
        sign_product: mechanism.map(|mechanism| mechanism.sign_product),
        gain_lost: mechanism.map(|mechanism| mechanism.gain_lost),
        weight_correlation: fitted.and_then(|fitted| fitted.weight_correlation.r),
        weight_p: fitted.and_then(|fitted| fitted.weight_correlation.p),
        behaviour_correlation: fitted.and_then(|fitted| fitted.behaviour_correlation.r),
        behaviour_p: fitted.and_then(|fitted| fitted.behaviour_correlation.p),
        behaviour_r2_identity: r2_identity(|of| of.fitted),
        other_circuit_correlation: r(|of| of.other_circuit),
        other_circuit_r2_identity: r2_identity(|of| of.other_circuit),
        no_recurrence_correlation: r(|of| of.no_recurrence),
        no_recurrence_r2_identity: r2_identity(|of| of.no_recurrence),
        rotated_correlation: r(|of| of.rotated),
        rotated_r2_identity: r2_identity(|of| of.rotated),
        state_correlation: fitted.and_then(|fitted| fitted.state_correlation.r),
        state_p: fitted.and_then(|fitted| fitted.state_correlation.p),
    }
}
