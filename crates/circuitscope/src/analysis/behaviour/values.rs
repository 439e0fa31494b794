//! Answers to a value that is shown and asked for, within and beyond what was trained.

use ndarray::{Array2, s};

use super::count::Count;
use super::slope::{Cell, Estimate, slope};
use super::surface::Range;
use super::{Showing, answers, mean};
use crate::analysis::statistics::Bootstrap;
use crate::dynamics::run::RunError;
use crate::network::Network;
use crate::task::{AskedValue, FURTHEST_VALUE, Question, Task};
use crate::trials::Trials;

/// Values of the test: from −1 to 2 by a twentieth, in units of the range of training.
const N_VALUES: usize = 61;
/// How many times as long cue or delay last.
const FACTORS: [usize; 2] = [2, 4];
/// Stronger noise; that of training is 0.05.
pub(super) const SIGMAS: [f64; 2] = [0.1, 0.2];
/// Values shown for a moment during the delay.
const DISTRACTORS: [f64; 3] = [0.25, 0.5, 1.0];

/// What is changed of the trained task.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Test {
    /// Nothing but the values.
    AsTrained,
    /// The cue lasts so many times as long, and is answered at its end.
    LongerCue(usize),
    /// The delay lasts so many times as long.
    LongerDelay(usize),
    /// A distractor of this value in the middle of the delay, as long as the value itself.
    Distractor(f64),
    /// Noise of inputs and states.
    Noise(f64),
}

impl Test {
    /// Its name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::AsTrained => "as_trained",
            Self::LongerCue(_) => "longer_cue",
            Self::LongerDelay(_) => "longer_delay",
            Self::Distractor(_) => "distractor",
            Self::Noise(_) => "noise",
        }
    }

    /// How strong it is: a factor of time, a value, or a noise; none where nothing is changed.
    pub fn strength(self) -> Option<f64> {
        match self {
            Self::AsTrained => None,
            Self::LongerCue(factor) | Self::LongerDelay(factor) => Some(factor as f64),
            Self::Distractor(strength) | Self::Noise(strength) => Some(strength),
        }
    }
}

/// Answers to every value under one test.
#[derive(Clone, Debug, PartialEq)]
pub struct ValueCurve {
    /// What is changed.
    pub test: Test,
    /// The values shown, in units of the range of training `[V]`.
    pub values: Vec<f64>,
    /// Answers in the same units, or from 0 for no go to 1 for a go `[V, R]`; NaN where an output is not finite.
    pub answers: Array2<f64>,
    /// Masked mean squared error over the repeats `[V]`.
    pub mse: Vec<f64>,
}

/// Answers of a network that is asked for a go: the output at the last step of the cue, 0 for none and 1 for a go.
///
/// Tests: as trained; cue 2 and 4 times as long; noise of 0.1 and 0.2; each over 61 values from −1 to 2, in units of the range of
/// training.
///
/// # Errors
/// [`RunError`] if the network does not fit the task.
///
/// # Panics
/// If the task asks for no value.
pub fn go(
    network: &Network,
    task: &Task,
    asked: &AskedValue,
    showing: Showing,
) -> Result<Vec<ValueCurve>, RunError> {
    let plain = trials(task);
    let (last, cue) = (asked.asked.end - 1, asked.asked.end - asked.asked.start);
    let longer = |factor: usize| {
        let more = (factor - 1) * cue;
        Shown { test: Test::LongerCue(factor), trials: plain.prolonged(last, more), steps: vec![last + more] }
    };
    let tests = std::iter::once(Test::AsTrained).chain(SIGMAS.map(Test::Noise));
    let mut tests: Vec<Shown> =
        tests.map(|test| Shown { test, trials: plain.clone(), steps: vec![last] }).collect();
    tests.splice(1..1, FACTORS.map(longer));
    curves(network, asked, tests, showing)
}

/// What a network recalls: the mean output over the steps of the recall that count, in units of the range of training.
///
/// Tests: as trained; delay 2 and 4 times as long; distractors of ¼, ½ and 1; noise of 0.1 and 0.2; each over 61 values
/// from −1 to 2, in these units. A task without a delay has no tests of it.
///
/// # Errors
/// [`RunError`] if the network does not fit the task.
///
/// # Panics
/// If the task asks for no value.
pub fn recalled(
    network: &Network,
    task: &Task,
    asked: &AskedValue,
    showing: Showing,
) -> Result<Vec<ValueCurve>, RunError> {
    let plain = trials(task);
    let AskedValue { shown, asked: recall, .. } = asked;
    let steps: Vec<usize> =
        plain.mask.iter().copied().filter(|step| (recall.start..recall.end).contains(step)).collect();
    let delay = recall.start.saturating_sub(shown.end);
    let longer = |&factor: &usize| {
        let more = (factor - 1) * delay;
        let steps = steps.iter().map(|step| step + more).collect();
        Shown { test: Test::LongerDelay(factor), trials: plain.prolonged(recall.start - 1, more), steps }
    };
    let duration = shown.end - shown.start;
    let distracted = |&value: &f64| {
        let mut trials = plain.clone();
        let start = shown.end + (delay - duration) / 2;
        // What the input carries while it shows this value.
        let course = task.trials_of_values(&[value]).expect("the task asks for a value").inputs;
        let course = course.slice(s![asked.input, shown.start..shown.end, 0]);
        for mut of_trial in
            trials.inputs.slice_mut(s![asked.input, start..start + duration, ..]).columns_mut()
        {
            of_trial.assign(&course);
        }
        Shown { test: Test::Distractor(value), trials, steps: steps.clone() }
    };
    let unchanged = |test| Shown { test, trials: plain.clone(), steps: steps.clone() };
    let mut tests = vec![unchanged(Test::AsTrained)];
    if delay > 0 {
        tests.extend(FACTORS.iter().map(longer));
    }
    if delay >= duration {
        tests.extend(DISTRACTORS.iter().map(distracted));
    }
    tests.extend(SIGMAS.map(Test::Noise).map(unchanged));
    curves(network, asked, tests, showing)
}

/// Answers of a network that is asked for a value, and whether they are goes.
///
/// # Errors
/// [`RunError`] if the network does not fit the task.
pub fn answers_to_values(
    network: &Network,
    task: &Task,
    asked: &AskedValue,
    showing: Showing,
) -> Result<Vec<ValueCurve>, RunError> {
    match asked.question {
        Question::Go => go(network, task, asked, showing),
        Question::Recall => recalled(network, task, asked, showing),
    }
}

/// Trials of one test, and the steps at which the answer is read.
struct Shown {
    test: Test,
    trials: Trials,
    steps: Vec<usize>,
}

fn trials(task: &Task) -> Trials {
    task.trials_of_values(&values()).expect("the task asks for a value")
}

fn values() -> Vec<f64> {
    let [lowest, highest] = FURTHEST_VALUE;
    (0..N_VALUES)
        .map(|k| lowest + (highest - lowest) * k as f64 / (N_VALUES - 1) as f64)
        // Twentieths as they are written: sums of them would miss 0 and 1.
        .map(|value| (20.0 * value).round() / 20.0)
        .collect()
}

fn curves(
    network: &Network,
    asked: &AskedValue,
    tests: Vec<Shown>,
    showing: Showing,
) -> Result<Vec<ValueCurve>, RunError> {
    let curve = |(battery, Shown { test, trials, steps }): (usize, Shown)| {
        let sigma = if let Test::Noise(sigma) = test { sigma } else { showing.sigma };
        let showing = Showing { sigma, ..showing };
        let answered = answers(network, &trials, &steps, showing, battery as u64)?;
        let outputs = answered.outputs.slice_move(s![asked.output, .., ..]);
        Ok(ValueCurve {
            test,
            values: values(),
            answers: outputs.mapv_into(|output| asked.answer(output)),
            mse: answered.mse.iter().map(|repeats| mean(repeats)).collect(),
        })
    };
    tests.into_iter().enumerate().map(curve).collect()
}

impl ValueCurve {
    /// Mean answer to each value `[V]`.
    pub fn mean_answers(&self) -> Vec<f64> {
        self.answers.outer_iter().map(|repeats| mean(&repeats.to_vec())).collect()
    }

    /// Share of answers above one half to each value `[V]`: the chance of a go.
    pub fn go(&self) -> Vec<f64> {
        self.cells(Range::All, is_go).iter().map(|cell| mean(&cell.answers)).collect()
    }

    /// Go answers to the values of training: what a psychometric function is fitted to.
    pub fn go_counts(&self) -> Vec<Count> {
        Count::of_cells(&self.cells(Range::Trained, is_go))
    }

    /// Slope of the answer on the value: 1 for a perfect memory.
    ///
    /// [`None`] if the network runs away.
    pub fn gain(&self, range: Range, bootstrap: Bootstrap) -> Option<Estimate> {
        slope(&self.cells(range, |answer| answer), bootstrap)
    }

    /// Mean error over the values of a range.
    pub fn mean_error(&self, range: Range) -> f64 {
        let inside = self.values.iter().zip(&self.mse).filter(|(value, _)| contains(range, **value));
        mean(&inside.map(|(_, &mse)| mse).collect::<Vec<_>>())
    }

    fn cells(&self, range: Range, answer: impl Fn(f64) -> f64) -> Vec<Cell> {
        let all = self.values.iter().zip(self.answers.outer_iter());
        all.filter(|(value, _)| contains(range, **value))
            .map(|(&level, repeats)| Cell { level, answers: repeats.iter().map(|&o| answer(o)).collect() })
            .collect()
    }
}

/// 1 above one half, 0 below; NaN stays.
fn is_go(answer: f64) -> f64 {
    if answer.is_finite() { f64::from(u8::from(answer > 0.5)) } else { f64::NAN }
}

/// Whether a value is in a range; training covers 0 to 1.
fn contains(range: Range, value: f64) -> bool {
    match range {
        Range::Trained => (0.0..=1.0).contains(&value),
        Range::Beyond => !(0.0..=1.0).contains(&value),
        Range::All => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dynamics::run::{outputs, rates, states};
    use crate::network::Form;
    use crate::task::{GoNoGo, MemoryNumber};
    use circuitscope_kernel::{Activation, Curve};
    use ndarray::{Array1, Array2 as Matrix};

    /// A unit that adds its value up while it is shown and forgets nothing: an exact memory of ten steps of value.
    fn integrator() -> Network {
        Network {
            w_rec: Matrix::eye(1),
            w_inp: Matrix::from_shape_vec((1, 3), vec![1.0, 0.0, 0.0]).expect("a row"),
            w_out: Matrix::eye(1),
            bias: Array1::zeros(1),
            initial_state: Array1::zeros(1),
            activation: Activation { curve: Curve::Relu, slope: 1.0 },
            form: Form::Rate,
            dt_ms: 1.0,
            tau_ms: 10.0,
        }
    }

    fn asked(task: &Task) -> &AskedValue {
        task.asked_value().expect("it asks for a value")
    }

    const SILENT: Showing = Showing { n_repeats: 2, sigma: 0.0, seed: 0 };
    const BOOTSTRAP: Bootstrap = Bootstrap { n_resamples: 50, level: 0.95, seed: 0 };

    #[test]
    fn a_perfect_integrator_keeps_positive_values_over_any_delay_and_adds_a_distractor() {
        let task = Task::from(MemoryNumber::published());
        let curves = recalled(&integrator(), &task, asked(&task), SILENT).expect("fits");
        for curve in &curves {
            let added = match curve.test {
                Test::Distractor(value) => value,
                Test::Noise(_) => continue,
                _ => 0.0,
            };
            let error = |(value, answer): (&f64, f64)| {
                // Ten steps of a tenth; a rectified unit cannot hold less than nothing.
                let held = (value.max(0.0) + added).max(0.0);
                (answer - held).abs()
            };
            let answers = curve.mean_answers();
            let positive = curve.values.iter().zip(answers).filter(|(value, _)| **value >= 0.0);
            let worst = positive.map(error).fold(0.0, f64::max);
            assert!(worst < 1e-6, "{:?}: {worst}", curve.test); // values are float32 in the trials
            let gain = curve.gain(Range::Trained, BOOTSTRAP).expect("finite");
            assert!((gain.value - 1.0).abs() < 1e-6, "{:?}: {gain:?}", curve.test);
        }
        assert_eq!(curves.len(), 8);
    }

    #[test]
    fn longer_cues_prolong_the_trial_at_its_end_and_only_there() {
        let task = Task::from(GoNoGo::published());
        let plain = trials(&task);
        let longer = plain.prolonged(59, 30);
        assert_eq!(longer.n_steps(), 90);
        assert_eq!(longer.inputs.slice(s![.., ..60, ..]), plain.inputs);
        assert_eq!(longer.inputs.slice(s![.., 89, ..]), plain.inputs.slice(s![.., 59, ..]));
        assert_eq!(longer.mask.len(), plain.mask.len() + 30);
        let states = states(&integrator(), longer.inputs.view()).expect("fits");
        let outputs = outputs(&integrator(), rates(&integrator(), states).view()).expect("fits");
        let curves = go(&integrator(), &task, asked(&task), SILENT).expect("fits");
        let of_longer = curves.iter().find(|curve| curve.test == Test::LongerCue(2)).expect("tested");
        let gap = of_longer.mean_answers()[60] - outputs[[0, 89, 60]];
        assert!(gap.abs() < 1e-12, "{gap}"); // rounding over 90 steps
    }
}
