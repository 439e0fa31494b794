//! Context-dependent decision making (Mante et al. 2013; TE25, Methods): report the motion or the colour evidence,
//! whichever the context asks for, and ignore the other.

use super::{
    ChoiceByContext, Epoch, InputGrid, InputLine, Shown, Source, Task, check_epoch, check_mask, check_range,
    check_steps, crossed_in_contexts, owned, steps_of, text_of_epochs,
};
use crate::field::FieldError;
use crate::trials::Trials;
use ndarray::{Array1, Array2, Array3};

/// Parameters of the context-dependent decision task.
#[derive(Clone, Debug, PartialEq)]
pub struct Cddm {
    /// Length of a trial.
    pub n_steps: usize,
    /// When the context input is on.
    pub context: Epoch,
    /// When motion and colour inputs are on.
    pub stimulus: Epoch,
    /// When the choice is asked for.
    pub decision: Epoch,
    /// When the output counts.
    pub mask: Vec<Epoch>,
    /// Coherences of either stimulus in training, from −1 (left) to 1 (right).
    pub train_coherences: Vec<f64>,
    /// Coherences of either stimulus in the analysis.
    pub analysis_coherences: Vec<f64>,
}

impl Cddm {
    /// The published task: 300 steps, 450 training trials, 50 analysis trials.
    pub fn published() -> Self {
        let halves = (0..=6).map(|k| 0.5f64.powi(k));
        let train = halves.clone().map(|c| -c).chain([0.0]).chain(halves.rev()).collect();
        Self {
            n_steps: 300,
            context: Epoch::new(0, 300),
            stimulus: Epoch::new(99, 300),
            decision: Epoch::new(199, 300),
            mask: vec![Epoch::new(0, 100), Epoch::new(200, 300)],
            train_coherences: train,
            analysis_coherences: vec![-1.0, -0.5, 0.0, 0.5, 1.0],
        }
    }

    /// Everything that trials are made from.
    pub(super) fn fields(&self) -> Vec<(&'static str, String)> {
        vec![
            ("n_steps", self.n_steps.to_string()),
            ("context", text_of_epochs(&[self.context])),
            ("stimulus", text_of_epochs(&[self.stimulus])),
            ("decision", text_of_epochs(&[self.decision])),
            ("mask", text_of_epochs(&self.mask)),
            ("train_coherences", format!("{:?}", self.train_coherences)),
            ("analysis_coherences", format!("{:?}", self.analysis_coherences)),
        ]
    }

    pub(super) fn check(&self) -> Result<(), FieldError> {
        check_steps(self.n_steps)?;
        check_epoch("context", self.context, self.n_steps)?;
        check_epoch("stimulus", self.stimulus, self.n_steps)?;
        check_epoch("decision", self.decision, self.n_steps)?;
        check_mask(&self.mask, self.n_steps)?;
        check_range("train_coherences", &self.train_coherences, -1.0, 1.0)?;
        check_range("analysis_coherences", &self.analysis_coherences, -1.0, 1.0)
    }

    /// Every pair of coherences in both contexts; order: context, then relevant, then irrelevant coherence.
    pub(crate) fn trials(&self, coherences: &[f64]) -> Trials {
        self.trials_of(&crossed_in_contexts(coherences))
    }

    /// Trials of these contexts, motion and colour coherences.
    pub(super) fn trials_of(&self, asked: &[Shown]) -> Trials {
        let n_trials = asked.len();
        let mut inputs = Array3::zeros((6, self.n_steps, n_trials));
        let mut targets = Array3::zeros((2, self.n_steps, n_trials));
        let mut conditions = Array2::zeros((n_trials, 3));
        for (trial, &Shown { context, evidence: [motion, colour] }) in asked.iter().enumerate() {
            let relevant = if context == 0 { motion } else { colour };
            for (column, value) in [context as f64, motion, colour].into_iter().enumerate() {
                conditions[[trial, column]] = value as f32;
            }
            let channels =
                [1.0 + motion, 1.0 - motion, 1.0 + colour, 1.0 - colour].map(|c| (c / 2.0).max(0.0) as f32);
            for step in 0..self.n_steps {
                if self.context.contains(step) {
                    inputs[[context, step, trial]] = 1.0;
                }
                if self.stimulus.contains(step) {
                    for (channel, level) in channels.into_iter().enumerate() {
                        inputs[[2 + channel, step, trial]] = level;
                    }
                }
                if self.decision.contains(step) && relevant != 0.0 {
                    targets[[usize::from(relevant < 0.0), step, trial]] = 1.0;
                }
            }
        }
        Trials { inputs, targets, mask: steps_of(&self.mask, self.n_steps), weights: None, conditions }
    }

    /// What each trial of inputs `[6, T, B]` shows, if it is one of this task.
    pub(super) fn shown_by(&self, inputs: &Array3<f32>) -> Vec<Shown> {
        // A channel of zero leaves the coherence to the other one, also beyond ±1.
        let coherence =
            |right: f32, left: f32| f64::from(if left == 0.0 { 2.0 * right - 1.0 } else { 1.0 - 2.0 * left });
        let shown = |trial: usize| {
            let context = usize::from(inputs[[1, self.context.start, trial]] > 0.5);
            let at = |channel: usize| inputs[[channel, self.stimulus.start, trial]];
            Shown { context, evidence: [coherence(at(2), at(3)), coherence(at(4), at(5))] }
        };
        (0..inputs.dim().2).map(shown).collect()
    }

    fn choice_by_context(&self) -> ChoiceByContext {
        let balanced = |context: usize| {
            let level = |channel: usize| {
                if channel < 2 { f64::from(u8::from(channel == context)) } else { 0.5 }
            };
            Array1::from_shape_fn(6, level)
        };
        let direction = |first: usize| {
            let level = |channel: usize| match channel {
                _ if channel == first => 1.0,
                _ if channel == first + 1 => -1.0,
                _ => 0.0,
            };
            Array1::from_shape_fn(6, level)
        };
        ChoiceByContext {
            names: ["motion", "colour"].map(str::to_owned),
            quantity: "coherence".to_owned(),
            answers: [0, 1],
            answer_names: ["right", "left"].map(str::to_owned),
            balanced: [balanced(0), balanced(1)],
            directions: [direction(2), direction(4)],
            strongest: [1.0; 2],
            // Those of the published training, whatever a study trains on.
            trained: Self::published().train_coherences,
            onset: self.stimulus.start,
            context_onset: self.context.start,
        }
    }
}

impl From<Cddm> for Task {
    fn from(task: Cddm) -> Self {
        Self {
            name: "cddm".to_owned(),
            input_names: owned([
                "context motion",
                "context colour",
                "motion right",
                "motion left",
                "colour right",
                "colour left",
            ]),
            output_names: owned(["right", "left"]),
            condition_names: owned(CONDITIONS),
            quantity: ("relevant coherence".to_owned(), [-1.0, 1.0]),
            n_circuit_nodes: 8,
            n_steps: task.n_steps,
            starts: [("context", task.context), ("stimulus", task.stimulus), ("decision", task.decision)]
                .map(|(name, epoch)| (name.to_owned(), epoch.start))
                .to_vec(),
            decision: task.decision,
            dt_ms: None,
            grid: constant_inputs(),
            contexts: Some(task.choice_by_context()),
            choice: None,
            asked_value: None,
            source: Source::Cddm(task),
        }
    }
}

/// What tells trials and constant inputs apart.
const CONDITIONS: [&str; 3] = ["context", "motion coherence", "colour coherence"];

/// Levels of either stimulus at which fixed points are sought.
const LEVELS: usize = 5;

/// Context, then the level of the right motion channel, then that of the right colour channel; each left channel holds what its
/// right one lacks.
fn constant_inputs() -> InputGrid {
    let inputs = Array2::from_shape_fn((2 * LEVELS * LEVELS, 6), |(row, channel)| {
        let context = row / (LEVELS * LEVELS);
        let level = |place: usize| place as f64 / (LEVELS - 1) as f64;
        let (motion, colour) = (level(row / LEVELS % LEVELS), level(row % LEVELS));
        match channel {
            0 | 1 => f64::from(u8::from(channel == context)),
            2 => motion,
            3 => 1.0 - motion,
            4 => colour,
            _ => 1.0 - colour,
        }
    });
    // In each context the lines of motion, colour held, then those of colour, motion held.
    let line = |line: usize| {
        let (context, of_colour, held) = (line / (2 * LEVELS), line / LEVELS % 2 == 1, line % LEVELS);
        let at = |moved: usize| if of_colour { held * LEVELS + moved } else { moved * LEVELS + held };
        InputLine {
            quantity: CONDITIONS[1 + usize::from(of_colour)].to_owned(),
            inputs: (0..LEVELS).map(|moved| context * LEVELS * LEVELS + at(moved)).collect(),
        }
    };
    let lines: Vec<InputLine> = (0..4 * LEVELS).map(line).collect();
    InputGrid {
        // What is held shows evidence for neither side.
        middle_lines: lines.iter().skip(LEVELS / 2).step_by(LEVELS).cloned().collect(),
        lines,
        ..InputGrid::of_channels(inputs, CONDITIONS, |input| {
            [input[1], input[2] - input[3], input[4] - input[5]]
        })
    }
}
