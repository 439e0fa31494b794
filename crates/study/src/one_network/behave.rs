//! What one network answers within and beyond the trials that it was trained on.

use super::{Named, OneNetworkError, SEED, rows, trials_for};
use crate::event::{Event, Listener, Stage};
use circuitscope::analysis::behaviour::Showing;
use circuitscope::analysis::behaviour::evidence::{self, ChoiceCurve};
use circuitscope::analysis::behaviour::measures::{
    Measure, bootstrap, measures_of_choices, measures_of_surfaces, measures_of_values,
};
use circuitscope::analysis::behaviour::slope::Estimate;
use circuitscope::analysis::behaviour::surface::{
    ContextSurface, N_COHERENCES, Range, Surface, surface, wide_coherences,
};
use circuitscope::analysis::behaviour::values::{ValueCurve, answers_to_values};
use circuitscope::network::Network;
use circuitscope::task::{Choice, ChoiceByContext, Task};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// The behaviour of a network: its responses, and what is read from them.
#[derive(Clone, Debug, PartialEq)]
pub struct Behaved {
    /// Responses, with keys that other tools read.
    pub responses: Responses,
    /// Psychometric functions, slopes and gains.
    pub measures: Vec<Measure>,
    /// What contexts are called; none in a task without contexts.
    pub contexts: Vec<String>,
}

/// Responses of a network, by task.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Responses {
    /// A choice by context, such as CDDM.
    Choices(Choices),
    /// Go/NoGo and `MemoryNumber`.
    Values(Values),
    /// A choice by one kind of evidence.
    Evidence(Evidence),
}

/// Choices by evidence under every test.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Evidence {
    /// What evidence is called.
    pub quantity: String,
    /// Outputs for evidence above 0 and below 0.
    pub answers: [String; 2],
    /// Levels of evidence `[V]`, rising.
    pub evidence: Vec<f64>,
    /// One entry per test.
    pub tests: Vec<EvidenceRow>,
    /// Every number read from the choices.
    pub measures: Vec<MeasureEntry>,
}

/// Choices under one test; null where an output is not finite.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EvidenceRow {
    /// `as_trained` or `noise`.
    pub test: &'static str,
    /// σ of the noise; null for `as_trained`.
    pub strength: Option<f64>,
    /// Share of choices of the first answer at each level `[V]`.
    pub chosen: Vec<f64>,
    /// Masked mean squared error at each level `[V]`.
    pub mse: Vec<f64>,
}

/// Choices over all pairs of 31 levels of evidence from −4 to 4, in units of the strongest of training (1 in CDDM).
#[derive(Clone, Debug, PartialEq)]
pub struct Choices {
    /// Levels of either kind of evidence `[K]`.
    pub coherences: Vec<f64>,
    /// Either context by its name (CDDM: `motion`, `colour`).
    pub contexts: [(String, ContextChoices); 2],
    /// Slope of the share of the first answer on the irrelevant evidence, 1 < |c| ≤ 4, over both contexts and all relevant evidence.
    pub irrelevant_slope: Number,
    /// Every number read from the choices.
    pub measures: Vec<MeasureEntry>,
}

/// Each context under its name, as `motion` and `colour`.
impl Serialize for Choices {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("coherences", &self.coherences)?;
        for (name, choices) in &self.contexts {
            map.serialize_entry(name, choices)?;
        }
        map.serialize_entry("irrelevant_slope", &self.irrelevant_slope)?;
        map.serialize_entry("measures", &self.measures)?;
        map.end()
    }
}

/// Choices in one context; null where an output is not finite.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ContextChoices {
    /// Share of choices of the first answer (CDDM: right) `[K, K]`: a row per evidence that counts in the first context (motion), a
    /// column per evidence that counts in the second (colour), in either context.
    pub right: Vec<Vec<f64>>,
    /// Masked mean squared error `[K, K]`.
    pub mse: Vec<Vec<f64>>,
}

/// A number with its 95 % interval; null where it cannot be had.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Number {
    /// The number.
    pub value: Option<f64>,
    /// Lower and upper end.
    pub interval: Option<[f64; 2]>,
}

/// Answers to values from −1 to 2 under every test.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Values {
    /// The values shown `[V]`; training covers 0 to 1.
    pub values: Vec<f64>,
    /// One entry a test.
    pub tests: Vec<TestRow>,
    /// Every number read from the answers.
    pub measures: Vec<MeasureEntry>,
}

/// A number read from responses.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MeasureEntry {
    /// The test.
    pub test: &'static str,
    /// Its strength, where it has one.
    pub strength: Option<f64>,
    /// The context by its name; null where there is no context or the number is over both.
    pub context: Option<String>,
    /// What it is, see [`Measure::name`].
    pub measure: &'static str,
    /// The number; null where it cannot be had, or the answers do not identify it.
    pub value: Option<f64>,
    /// Its 95 % interval.
    pub interval: Option<[f64; 2]>,
    /// Whether it is at the end of what the stimuli can tell.
    pub at_bound: bool,
    /// Whether the answers tell it.
    pub identified: bool,
}

impl MeasureEntry {
    fn of(measure: &Measure, contexts: &[String]) -> Self {
        let Number { value, interval } = number(measure.estimate);
        Self {
            test: measure.condition.test,
            strength: measure.condition.strength,
            context: measure.condition.context.map(|context| contexts[context].clone()),
            measure: measure.name,
            value,
            interval,
            at_bound: measure.at_bound,
            identified: measure.is_identified,
        }
    }
}

/// Answers under one test; null where an output is not finite.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TestRow {
    /// `as_trained`, `longer_cue` (Go/NoGo), `longer_delay`, `distractor` (`MemoryNumber`) or `noise`.
    pub test: &'static str,
    /// Factor of time, value of the distractor, or σ of the noise; null for `as_trained`.
    pub strength: Option<f64>,
    /// Mean answer to each value `[V]`: at the last step (Go/NoGo), over the masked recall (`MemoryNumber`).
    pub answer: Vec<f64>,
    /// Masked mean squared error to each value `[V]`.
    pub mse: Vec<f64>,
    /// Go/NoGo: share of answers above one half `[V]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub go: Option<Vec<f64>>,
    /// Go/NoGo: the value at which go and no go are as likely by the psychometric function; null where it crosses one half
    /// nowhere among the values of training.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<Number>,
    /// `MemoryNumber`: slope of the recalled on the shown value within 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gain: Option<Number>,
}

/// Tests a network within and beyond the trials of its task.
///
/// # Errors
/// [`OneNetworkError`] if the network does not fit the task.
///
/// # Source
/// docs/methods.md §4.8.
pub fn behave(network: &Named, task: &Task, listener: &Listener<'_>) -> Result<Behaved, OneNetworkError> {
    trials_for([network], task)?;
    let Named { network, .. } = network;
    let stage = Stage::Behaviour;
    let showing = Showing::published(SEED);
    listener(Event::Began { stage, n_pieces: 1, n_done: 0, work: 1 });
    let behaved = if let Some(contexts) = task.contexts() {
        choices(network, task, contexts, showing)?
    } else if let Some(choice) = task.choice() {
        by_evidence(choice, &evidence::choices(network, task, choice, showing)?)
    } else if let Some(asked) = task.asked_value() {
        let curves = answers_to_values(network, task, asked, showing)?;
        values(&curves, measures_of_values(asked.question, &curves, bootstrap(SEED)))
    } else {
        return Err(OneNetworkError::NoBattery { task: task.name().to_owned() });
    };
    listener(Event::Ended { stage });
    Ok(behaved)
}

fn choices(
    network: &Network,
    task: &Task,
    contexts: &ChoiceByContext,
    showing: Showing,
) -> Result<Behaved, OneNetworkError> {
    let trained = surface(network, task, &contexts.trained, showing, 0)?;
    let wide = surface(network, task, &wide_coherences(N_COHERENCES), showing, 1)?;
    let measures = measures_of_surfaces(&trained, &wide, bootstrap(SEED));
    let slope = wide.irrelevant_slope(Range::Beyond, bootstrap(SEED));
    let Surface { coherences, contexts: surfaces } = wide;
    let of_context =
        |context: &ContextSurface| ContextChoices { right: rows(&context.right()), mse: rows(&context.mse) };
    let names = contexts.names.to_vec();
    let responses = Responses::Choices(Choices {
        coherences,
        contexts: [0, 1].map(|context| (names[context].clone(), of_context(&surfaces[context]))),
        irrelevant_slope: number(slope),
        measures: measures.iter().map(|measure| MeasureEntry::of(measure, &names)).collect(),
    });
    Ok(Behaved { responses, measures, contexts: names })
}

fn by_evidence(choice: &Choice, curves: &[ChoiceCurve]) -> Behaved {
    let measures = measures_of_choices(curves, bootstrap(SEED));
    let row = |curve: &ChoiceCurve| EvidenceRow {
        test: curve.test.name(),
        strength: curve.test.strength(),
        chosen: curve.shares(),
        mse: curve.mse.clone(),
    };
    let responses = Responses::Evidence(Evidence {
        quantity: choice.quantity.clone(),
        answers: choice.answer_names.clone(),
        evidence: curves.first().map(|curve| curve.evidence.clone()).unwrap_or_default(),
        tests: curves.iter().map(row).collect(),
        measures: measures.iter().map(|measure| MeasureEntry::of(measure, &[])).collect(),
    });
    Behaved { responses, measures, contexts: Vec::new() }
}

fn values(curves: &[ValueCurve], measures: Vec<Measure>) -> Behaved {
    let test = |curve: &ValueCurve| {
        let measure = |name: &str| {
            let is_own = |measure: &&Measure| {
                let condition = measure.condition;
                measure.name == name
                    && (condition.test, condition.strength) == (curve.test.name(), curve.test.strength())
            };
            measures.iter().find(is_own).map(|measure| number(measure.estimate))
        };
        let (threshold, gain) = (measure("even"), measure("gain_trained"));
        TestRow {
            test: curve.test.name(),
            strength: curve.test.strength(),
            answer: curve.mean_answers(),
            mse: curve.mse.clone(),
            go: threshold.map(|_| curve.go()),
            threshold,
            gain,
        }
    };
    let shown = curves.first().map(|curve| curve.values.clone()).unwrap_or_default();
    let tests = curves.iter().map(test).collect();
    let entries = measures.iter().map(|measure| MeasureEntry::of(measure, &[])).collect();
    let responses = Responses::Values(Values { values: shown, tests, measures: entries });
    Behaved { responses, measures, contexts: Vec::new() }
}

fn number(estimate: Option<Estimate>) -> Number {
    Number {
        value: estimate.map(|estimate| estimate.value),
        interval: estimate.and_then(|estimate| estimate.interval),
    }
}
