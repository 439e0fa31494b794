//! What the behaviour of one network comes to: every response, and the numbers read from them.

use super::count::Count;
use super::evidence::{ChoiceCurve, choices};
use super::psychometric::{Fitted, fit};
use super::slope::Estimate;
use super::surface::{Range, Surface, surface, wide_coherences};
use super::values::{Test, ValueCurve, answers_to_values};
use super::{N_REPEATS, SIGMA, Showing};
use crate::analysis::statistics::{Bootstrap, CONFIDENCE};
use crate::dynamics::run::RunError;
use crate::network::Network;
use crate::task::{Question, Task};

/// Resamples of every interval.
const N_RESAMPLES: usize = 400;

/// How much of the published test is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amount {
    /// Evidence of either kind from −4 to 4 (choices by context).
    pub n_coherences: usize,
    /// Times that each trial is shown.
    pub n_repeats: usize,
}

impl Amount {
    /// 31 coherences, 7 repeats.
    pub const PUBLISHED: Self = Self { n_coherences: super::surface::N_COHERENCES, n_repeats: N_REPEATS };
}

/// A condition under which a network was tested.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Condition {
    /// `trained_coherences` or `wide_coherences` (choices by context), else the name of a [`super::values::Test`].
    pub test: &'static str,
    /// How strong the test is, where it has a strength.
    pub strength: Option<f64>,
    /// Context, 0 or 1 (CDDM: motion, colour); none where there is no context or a number is over both.
    pub context: Option<usize>,
}

/// The response to one stimulus under one condition.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Response {
    /// The condition.
    pub condition: Condition,
    /// What is shown: both kinds of evidence, or one, or the value.
    pub stimulus: Stimulus,
    /// Share of choices of the first answer (CDDM: right) or of go answers (Go/NoGo), over the repeats.
    pub share: Option<f64>,
    /// Mean answer over the repeats (tasks of a value).
    pub answer: Option<f64>,
    /// Masked mean squared error over the repeats.
    pub mse: f64,
}

/// What is shown on a trial.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stimulus {
    /// Evidence that counts in the first and in the second context (CDDM: motion and colour coherence).
    Evidence([f64; 2]),
    /// A value, or evidence of one kind.
    Value(f64),
}

/// A number read from the responses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measure {
    /// The condition.
    pub condition: Condition,
    /// `slope`, `bias`, `lapse_low`, `lapse_high`, `even` (where both answers are as likely) or `deviance` (of the counts from the
    /// curve; about their number less four where it fits) of a psychometric function; `irrelevant_slope_trained` or
    /// `irrelevant_slope_beyond` (CDDM); `gain_trained` or `gain_beyond` (`MemoryNumber`).
    pub name: &'static str,
    /// The number; none where the network diverges or the answers do not tell it.
    pub estimate: Option<Estimate>,
    /// Whether it is at the end of what the stimuli can tell.
    pub at_bound: bool,
    /// Whether the answers tell it; what they do not has no number, see [`Fitted::is_identified`].
    pub is_identified: bool,
}

/// The behaviour of one network; nothing of a task that offers no battery of tests.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Behaviour {
    /// Responses, condition by condition.
    pub responses: Vec<Response>,
    /// Numbers read from them.
    pub measures: Vec<Measure>,
}

/// The intervals of every measure.
pub const fn bootstrap(seed: u64) -> Bootstrap {
    Bootstrap { n_resamples: N_RESAMPLES, level: CONFIDENCE, seed }
}

/// Tests a network on its task, within and beyond the trials of training.
///
/// # Errors
/// [`RunError`] if the network does not fit the task.
pub fn behaviour(network: &Network, task: &Task, amount: Amount, seed: u64) -> Result<Behaviour, RunError> {
    let showing = Showing { n_repeats: amount.n_repeats, sigma: SIGMA, seed };
    let bootstrap = bootstrap(seed);
    if let Some(contexts) = task.contexts() {
        let trained = surface(network, task, &contexts.trained, showing, 0)?;
        let wide = surface(network, task, &wide_coherences(amount.n_coherences), showing, 1)?;
        let mut responses = of_surface(TRAINED, &trained);
        responses.extend(of_surface(WIDE, &wide));
        return Ok(Behaviour { responses, measures: measures_of_surfaces(&trained, &wide, bootstrap) });
    }
    if let Some(choice) = task.choice() {
        let curves = choices(network, task, choice, showing)?;
        let responses = curves.iter().flat_map(of_choices).collect();
        return Ok(Behaviour { responses, measures: measures_of_choices(&curves, bootstrap) });
    }
    let Some(asked) = task.asked_value() else { return Ok(Behaviour::default()) };
    let curves = answers_to_values(network, task, asked, showing)?;
    let measures = measures_of_values(asked.question, &curves, bootstrap);
    let responses = match asked.question {
        Question::Go => curves.iter().flat_map(|curve| of_curve(curve, Some(&curve.go()))).collect(),
        Question::Recall => curves.iter().flat_map(|curve| of_curve(curve, None)).collect(),
    };
    Ok(Behaviour { responses, measures })
}

const TRAINED: &str = "trained_coherences";
const WIDE: &str = "wide_coherences";

/// Psychometric functions of either surface in each context, and the slopes on the irrelevant coherence.
pub fn measures_of_surfaces(trained: &Surface, wide: &Surface, bootstrap: Bootstrap) -> Vec<Measure> {
    let mut measures = Vec::new();
    for (test, surface) in [(TRAINED, trained), (WIDE, wide)] {
        for context in [0, 1] {
            let condition = Condition { test, strength: None, context: Some(context) };
            measures.extend(fitted(condition, &surface.counts(context), bootstrap));
        }
    }
    let slope = |test, surface: &Surface, name, range| Measure {
        condition: Condition { test, strength: None, context: None },
        name,
        estimate: surface.irrelevant_slope(range, bootstrap),
        at_bound: false,
        is_identified: true,
    };
    measures.push(slope(TRAINED, trained, "irrelevant_slope_trained", Range::Trained));
    measures.push(slope(WIDE, wide, "irrelevant_slope_beyond", Range::Beyond));
    measures
}

/// The psychometric function of the choices under each test.
pub fn measures_of_choices(curves: &[ChoiceCurve], bootstrap: Bootstrap) -> Vec<Measure> {
    curves.iter().flat_map(|curve| fitted(condition_of(curve.test), &curve.counts, bootstrap)).collect()
}

/// Psychometric functions of go answers, or slopes of what is recalled, under each test.
pub fn measures_of_values(question: Question, curves: &[ValueCurve], bootstrap: Bootstrap) -> Vec<Measure> {
    match question {
        Question::Go => measures_of_go(curves, bootstrap),
        Question::Recall => measures_of_memory(curves, bootstrap),
    }
}

/// The psychometric function of the go answers under each test.
fn measures_of_go(curves: &[ValueCurve], bootstrap: Bootstrap) -> Vec<Measure> {
    curves.iter().flat_map(|curve| fitted(condition_of(curve.test), &curve.go_counts(), bootstrap)).collect()
}

/// Slopes of the recalled on the shown value under each test.
fn measures_of_memory(curves: &[ValueCurve], bootstrap: Bootstrap) -> Vec<Measure> {
    let gains = [("gain_trained", Range::Trained), ("gain_beyond", Range::Beyond)];
    let of_curve = |curve: &ValueCurve| {
        gains.map(|(name, range)| Measure {
            condition: condition_of(curve.test),
            name,
            estimate: curve.gain(range, bootstrap),
            at_bound: false,
            is_identified: true,
        })
    };
    curves.iter().flat_map(of_curve).collect()
}

fn condition_of(test: Test) -> Condition {
    Condition { test: test.name(), strength: test.strength(), context: None }
}

/// The numbers of a psychometric function; without a number each where it cannot be fitted.
fn fitted(condition: Condition, counts: &[Count], bootstrap: Bootstrap) -> [Measure; 6] {
    let found = fit(counts, bootstrap).ok();
    let measure = |name, part: fn(&super::psychometric::Psychometric) -> Fitted| {
        let part = found.as_ref().map(part);
        let is_identified = part.is_some_and(|part| part.is_identified);
        let estimate = part.filter(|part| part.is_identified).map(|part| part.estimate);
        Measure { condition, name, estimate, at_bound: part.is_some_and(|part| part.at_bound), is_identified }
    };
    let plain = |name, estimate: Option<Estimate>| Measure {
        condition,
        name,
        estimate,
        at_bound: false,
        is_identified: estimate.is_some(),
    };
    [
        measure("slope", |fit| fit.slope),
        measure("bias", |fit| fit.bias),
        measure("lapse_low", |fit| fit.lapse_low),
        measure("lapse_high", |fit| fit.lapse_high),
        plain("even", found.as_ref().and_then(|fit| fit.even)),
        plain("deviance", found.as_ref().map(|fit| Estimate { value: fit.deviance, interval: None })),
    ]
}

fn of_surface(test: &'static str, surface: &Surface) -> Vec<Response> {
    let mut responses = Vec::new();
    for (context, of_context) in surface.contexts.iter().enumerate() {
        for ((i, j), &share) in of_context.right().indexed_iter() {
            responses.push(Response {
                condition: Condition { test, strength: None, context: Some(context) },
                stimulus: Stimulus::Evidence([surface.coherences[i], surface.coherences[j]]),
                share: Some(share),
                answer: None,
                mse: of_context.mse[[i, j]],
            });
        }
    }
    responses
}

fn of_choices(curve: &ChoiceCurve) -> Vec<Response> {
    let shares = curve.shares();
    let response = |k: usize| Response {
        condition: condition_of(curve.test),
        stimulus: Stimulus::Value(curve.evidence[k]),
        share: Some(shares[k]),
        answer: None,
        mse: curve.mse[k],
    };
    (0..shares.len()).map(response).collect()
}

fn of_curve(curve: &ValueCurve, go: Option<&[f64]>) -> Vec<Response> {
    let answers = curve.mean_answers();
    let response = |k: usize| Response {
        condition: condition_of(curve.test),
        stimulus: Stimulus::Value(curve.values[k]),
        share: go.map(|go| go[k]),
        answer: Some(answers[k]),
        mse: curve.mse[k],
    };
    (0..curve.values.len()).map(response).collect()
}
