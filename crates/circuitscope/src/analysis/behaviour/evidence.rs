//! Choices of a network by one kind of evidence, on the trials that it was trained on.

use super::count::Count;
use super::slope::Cell;
use super::values::{SIGMAS, Test};
use super::{Showing, answers, mean};
use crate::dynamics::run::RunError;
use crate::network::Network;
use crate::task::{Choice, Task};

/// Choices by evidence under one test.
#[derive(Clone, Debug, PartialEq)]
pub struct ChoiceCurve {
    /// What is changed.
    pub test: Test,
    /// Levels of evidence `[V]`, rising.
    pub evidence: Vec<f64>,
    /// Choices of the first answer at each level `[V]`, over its trials and repeats.
    pub counts: Vec<Count>,
    /// Masked mean squared error at each level `[V]`.
    pub mse: Vec<f64>,
}

/// Choices of a network: the sign of the first answer's output less the second's at the last step of the decision.
///
/// Tests: as trained; noise of 0.1 and 0.2; each over the trials on which a training score is taken.
///
/// # Errors
/// [`RunError`] if the network does not fit the task.
///
/// # Source
/// docs/methods.md §4.8.
pub fn choices(
    network: &Network,
    task: &Task,
    choice: &Choice,
    showing: Showing,
) -> Result<Vec<ChoiceCurve>, RunError> {
    let trials = task.scoring_trials();
    let mut levels = choice.evidence.clone();
    levels.sort_by(f64::total_cmp);
    levels.dedup();
    let [of, from] = choice.answers;
    let curve = |(battery, (test, sigma)): (usize, (Test, f64))| {
        let steps = [task.decision().end - 1];
        let showing = Showing { sigma, ..showing };
        let answered = answers(network, &trials, &steps, showing, battery as u64)?;
        let chosen = |trial: usize, repeat: usize| {
            let gap = answered.outputs[[of, trial, repeat]] - answered.outputs[[from, trial, repeat]];
            if gap.is_nan() || gap == 0.0 { 0.5 + gap } else { f64::from(u8::from(gap > 0.0)) }
        };
        let cell = |trial: usize| Cell {
            level: choice.evidence[trial],
            answers: (0..showing.n_repeats).map(|repeat| chosen(trial, repeat)).collect(),
        };
        let cells: Vec<Cell> = (0..trials.n_trials()).map(cell).collect();
        let error_at = |&level: &f64| {
            let own = answered.mse.iter().zip(&choice.evidence).filter(|(_, other)| **other == level);
            mean(&own.flat_map(|(repeats, _)| repeats.iter().copied()).collect::<Vec<_>>())
        };
        Ok(ChoiceCurve {
            test,
            mse: levels.iter().map(error_at).collect(),
            counts: Count::of_cells(&cells),
            evidence: levels.clone(),
        })
    };
    let noisy = SIGMAS.map(|sigma| (Test::Noise(sigma), sigma));
    std::iter::once((Test::AsTrained, showing.sigma)).chain(noisy).enumerate().map(curve).collect()
}

impl ChoiceCurve {
    /// Share of choices of the first answer at each level `[V]`.
    pub fn shares(&self) -> Vec<f64> {
        self.counts.iter().map(|count| count.hits / count.n).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Form;
    use crate::task::Cddm;
    use circuitscope_kernel::{Activation, Curve};
    use ndarray::{Array1, Array2};

    /// Two units that follow the two motion channels; their outputs are theirs.
    fn follower() -> Network {
        let mut w_inp = Array2::zeros((2, 6));
        (w_inp[[0, 2]], w_inp[[1, 3]]) = (1.0, 1.0);
        Network {
            w_rec: Array2::zeros((2, 2)),
            w_inp,
            w_out: Array2::eye(2),
            bias: Array1::zeros(2),
            initial_state: Array1::zeros(2),
            activation: Activation { curve: Curve::Relu, slope: 1.0 },
            form: Form::Rate,
            dt_ms: 1.0,
            tau_ms: 10.0,
        }
    }

    #[test]
    fn choices_are_counted_by_evidence_over_all_else() {
        let task = Task::from(Cddm { train_coherences: vec![-0.5, 0.0, 0.5], ..Cddm::published() });
        let motion: Vec<f64> =
            task.scoring_trials().conditions.column(1).iter().map(|&value| f64::from(value)).collect();
        let names = ["right", "left"].map(str::to_owned);
        let asked = |answers: [usize; 2]| Choice {
            quantity: "motion".to_owned(),
            evidence: motion.clone(),
            answers,
            answer_names: names.clone(),
        };
        let silent = Showing { n_repeats: 2, sigma: 0.0, seed: 0 };
        for (answers, expected) in [([0, 1], [0.0, 0.5, 1.0]), ([1, 0], [1.0, 0.5, 0.0])] {
            let found = choices(&follower(), &task, &asked(answers), silent).expect("fits");
            assert_eq!(
                found.iter().map(|curve| curve.test).collect::<Vec<_>>(),
                [Test::AsTrained, Test::Noise(0.1), Test::Noise(0.2)]
            );
            assert_eq!(
                (&found[0].evidence[..], &found[0].shares()[..]),
                (&[-0.5, 0.0, 0.5][..], &expected[..])
            );
            // Two contexts, three colours, twice each.
            assert!(found[0].counts.iter().all(|count| count.n == 12.0));
        }
    }
}
