//! The spectra at the fixed points of example networks.

use super::field::{Name, levels};
use super::row::table;
use crate::conditions;
use crate::stage::TaskResults;
use circuitscope::dynamics::stability::Stability;

/// What becomes of a push along an eigenvector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Growth {
    /// It decays.
    Decays,
    /// It decays in the flow, but grows in the Euler steps of the network.
    GrowsInSteps,
    /// It grows.
    Grows,
}

impl Growth {
    fn of([re, im]: [f64; 2], alpha: f64) -> Self {
        if re > 0.0 {
            Self::Grows
        } else if (1.0 + alpha * re).hypot(alpha * im) > 1.0 {
            Self::GrowsInSteps
        } else {
            Self::Decays
        }
    }
}

levels! {
    Growth { "decays" => Self::Decays, "grows_in_steps" => Self::GrowsInSteps, "grows" => Self::Grows }
}

table! {
    /// One row per eigenvalue of the flow at a fixed point of the example network of each class.
    "eigenvalues" => pub(crate) struct Eigenvalue {
        /// Task.
        task: Name,
        /// Class.
        class_name: Name,
        /// Network.
        network: Name,
        /// What the constant input stands for.
        condition: Name,
        /// Whether the state returns to the fixed point after a small push; `marginal` where rounding does not tell.
        stability: Stability,
        /// Constant input, from 0, in the order in which the task lists them.
        input_idx: usize,
        /// Fixed point, from 0: its place among the rows of the network in `fixed_points`.
        point_idx: usize,
        /// Place of the eigenvalue among those of the fixed point, from 0, by falling real part.
        order: usize,
        /// Real part of the eigenvalue.
        re: f64 ["1/τ"],
        /// Imaginary part of the eigenvalue.
        im: f64 ["1/τ"],
        /// Time step over time constant: Euler steps are stable where |1 + alpha λ| is below 1.
        alpha: f64,
        /// What becomes of a push along the eigenvector; `grows_in_steps` if it decays in the flow alone.
        growth: Growth,
    }
}

impl Eigenvalue {
    pub(crate) fn of(results: &[TaskResults<'_>]) -> Vec<Self> {
        let mut rows = Vec::new();
        for of_task in results {
            let conditions = conditions::of_inputs(&of_task.task.task).into_iter();
            let conditions: Vec<Name> = conditions.map(|condition| condition.label.into()).collect();
            for (item, example) in of_task.examples_taken_apart() {
                let ([task, class_name, network], alpha) = (of_task.names(item), example.alpha);
                for (point_idx, (point, spectrum)) in
                    item.fixed_points.iter().zip(&example.spectra).enumerate()
                {
                    rows.extend(spectrum.iter().enumerate().map(|(order, &[re, im])| Self {
                        task: task.clone(),
                        class_name: class_name.clone(),
                        network: network.clone(),
                        condition: conditions[point.input].clone(),
                        stability: point.stability,
                        input_idx: point.input,
                        point_idx,
                        order,
                        re,
                        im,
                        alpha,
                        growth: Growth::of([re, im], alpha),
                    }));
                }
            }
        }
        rows
    }
}
