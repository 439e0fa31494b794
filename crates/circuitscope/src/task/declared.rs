//! Tasks that a user declares: trials, epochs and constant inputs from values and expressions, no code.
//!
//! A [`Declaration`] is what a file says; [`Declared`] is a task that was held against every rule, so that whatever is drawn its
//! trials can be made. The grammar and its rules are in docs/tasks.md.

mod asked;
mod channels;
mod choice;
mod context_grid;
mod contexts;
mod declaration;
mod drawn;
mod error;
mod expression;
mod factors;
mod grid;
mod interval;
mod names;
mod parser;
#[cfg(test)]
mod tests;
mod text;
mod timeline;
mod timing;
mod weights;

pub use declaration::{
    AskedDeclaration, ChoiceDeclaration, Contexts, Declaration, Distribution, Drive, EpochDeclaration,
    Factor, FixedPoints, Levels, Masked, Named, Over, TimeUnit, When, evenly_spaced,
};
pub use error::{DeclaredError, Part, Place, Problem};

use super::given::distinct_inputs;
use super::{AskedValue, Choice, Epoch, InputGrid, Source, Task};
use crate::stream::Stream;
use crate::trials::Trials;
use channels::Channels;
use contexts::InContexts;
use expression::Expression;
use factors::{Factors, Set, points};
use grid::{MOST_INPUTS, constant_inputs};
use names::{check_labels, expression};
use ndarray::{Array2, Array3, s};
use timeline::Timeline;
use timing::Timing;

/// Most numbers in the inputs and targets of a set of trials: 1 GiB.
const MOST_NUMBERS: usize = 1 << 28;

/// A task that was declared, and from which trials can be made.
#[derive(Clone, Debug, PartialEq)]
pub struct Declared {
    declaration: Declaration,
    factors: Factors,
    timeline: Timeline,
    inputs: Channels,
    outputs: Channels,
    condition_names: Vec<String>,
    conditions: Vec<(Place, Expression)>,
    /// Combinations of factors in training and in the analysis.
    training: Vec<Vec<f64>>,
    analysis: Vec<Vec<f64>>,
    timing: Timing,
    grid: InputGrid,
    in_contexts: Option<InContexts>,
    choice: Option<Choice>,
    asked_value: Option<AskedValue>,
}

impl Declared {
    /// Makes a task of what is declared.
    ///
    /// # Errors
    /// [`DeclaredError`] names the first field from which no task can be made, the trial if it is one, and the remedy.
    pub fn new(declaration: Declaration) -> Result<Self, DeclaredError> {
        check_names(&declaration)?;
        let factors = Factors::new(&declaration)?;
        let timeline = Timeline::new(&declaration, &factors)?;
        let inputs =
            Channels::new(&declaration.inputs, &declaration.drive, "drive", "input", &factors, &timeline)?;
        let outputs = Channels::new(
            &declaration.outputs,
            &declaration.target,
            "target",
            "output",
            &factors,
            &timeline,
        )?;
        inputs.check_declared("inputs", "add a [[drive]] for it, or leave it out of `inputs`")?;
        outputs
            .check_declared("outputs", "add a [[target]] for it, with `value = 0` if it is to stay at 0")?;
        let (condition_names, conditions) = conditions(&declaration, &factors)?;
        let of_choice =
            declaration.choice.as_ref().map(|choice| choice::evidence(choice, &factors)).transpose()?;
        let uses = timeline.expressions().chain(inputs.expressions()).chain(outputs.expressions());
        let named = conditions.iter().filter(|_| !declaration.conditions.is_empty());
        let named: Vec<_> = named.chain(&of_choice).map(|(_, expression)| expression).collect();
        factors.check_used(uses.chain(named), &declaration)?;

        let training = factors.combinations(Set::Training)?;
        let analysis = factors.combinations(Set::Analysis)?;
        let n_channels = declaration.inputs.len() + declaration.outputs.len();
        let largest = training.len().max(analysis.len()).saturating_mul(timeline.n_steps);
        if largest.saturating_mul(n_channels) > MOST_NUMBERS {
            let n_trials = training.len().max(analysis.len());
            let found = format!("{n_channels} channels x {} steps x {n_trials} trials", timeline.n_steps);
            let remedy = "arrays may hold 2^28 numbers; make fewer trials or shorter ones";
            return Err(DeclaredError::refused(Place::of("duration"), found, remedy));
        }

        let timing = Timing::new(&declaration, &factors, &timeline, [&training, &analysis])?;
        let mut task = Self {
            condition_names,
            conditions,
            factors,
            timeline,
            inputs,
            outputs,
            training,
            analysis,
            timing,
            grid: InputGrid::of_inputs(Array2::zeros((0, 0))),
            in_contexts: None,
            choice: None,
            asked_value: None,
            declaration,
        };
        let scoring = task.trials(Set::Training, &task.training)?;
        let shown = task.trials(Set::Analysis, &task.analysis)?;
        task.check_driven(&scoring)?;
        task.check_weights(&shown)?;
        check_targets(&scoring, Set::Training)?;
        check_targets(&shown, Set::Analysis)?;
        if let Some(contexts) = &task.declaration.contexts {
            let combinations = [&task.training[..], &task.analysis[..]];
            let found =
                InContexts::new(contexts, &task.declaration, &task.factors, &task.conditions, combinations)?;
            task.check_in_contexts(&found)?;
            task.in_contexts = Some(found);
        }
        task.choice = task.declaration.choice.as_ref().map(|choice| task.choice_of(choice)).transpose()?;
        let asked = task.declaration.asked.as_ref();
        task.asked_value = asked.map(|asked| task.asked_value_of(asked, &scoring)).transpose()?;
        let declared = task.declaration.fixed_points.as_ref();
        let declared =
            declared.map(|declared| constant_inputs(declared, &task.declaration.inputs)).transpose()?;
        task.grid = match (&task.declaration.contexts, declared) {
            (Some(contexts), declared) => task.grid_in_contexts(contexts, declared, &shown)?,
            (None, Some(declared)) => declared,
            (None, None) => inputs_at_decision(&shown, task.timing.decision)?,
        };
        Ok(task)
    }

    /// What it was declared as.
    pub fn declaration(&self) -> &Declaration {
        &self.declaration
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.declaration.name
    }

    /// Whether every training iteration sees new trials.
    pub fn redraws_trials(&self) -> bool {
        self.factors.draws()
    }

    /// The training trials of one iteration; only where something is drawn they depend on `seed` and `iteration`.
    ///
    /// Draws are made trial by trial, and within a trial in the order of the factors.
    pub fn training_trials(&self, seed: u64, iteration: u64) -> Trials {
        if !self.redraws_trials() {
            return self.scoring_trials();
        }
        let mut rng = Stream::Onsets { iteration }.rng(seed);
        let redrawn: Vec<_> = self.training.iter().map(|held| self.factors.redrawn(held, &mut rng)).collect();
        self.checked_trials(Set::Training, &redrawn)
    }

    /// The training conditions with nothing drawn: on these a training score is taken.
    pub fn scoring_trials(&self) -> Trials {
        self.checked_trials(Set::Training, &self.training)
    }

    /// The trials on which networks are scored and compared.
    pub fn analysis_trials(&self) -> Trials {
        self.checked_trials(Set::Analysis, &self.analysis)
    }

    /// Arrays of combinations that [`Self::new`] has held against the rules, or of draws, whose ranges it has.
    fn checked_trials(&self, set: Set, combinations: &[Vec<f64>]) -> Trials {
        self.trials(set, combinations).expect("all trials that there can be were checked")
    }

    /// Arrays of these combinations of factors.
    fn trials(&self, set: Set, combinations: &[Vec<f64>]) -> Result<Trials, DeclaredError> {
        let (n_steps, n_trials) = (self.timeline.n_steps, combinations.len());
        let (n_inputs, n_outputs) = (self.declaration.inputs.len(), self.declaration.outputs.len());
        let mut inputs = Array3::zeros((n_inputs, n_steps, n_trials));
        let mut targets = Array3::zeros((n_outputs, n_steps, n_trials));
        let mut conditions = Array2::zeros((n_trials, self.conditions.len()));
        let weighted = self.timing.weights.as_ref();
        let mut weights = weighted.map(|_| Array3::zeros((n_outputs, n_steps, n_trials)));
        let mut carried = vec![0.0; n_inputs.max(n_outputs) * n_steps];
        for (number, combination) in combinations.iter().enumerate() {
            let mut trial = self.factors.trial(set, number, &points(combination))?;
            let edges = self.timeline.edges(&self.factors, &trial)?;
            for (column, (place, expression)) in self.conditions.iter().enumerate() {
                let value = self.factors.value(expression, place, &trial)?.low as f32;
                if !value.is_finite() {
                    let found = format!("{value} on {}", self.factors.words(&trial));
                    return Err(DeclaredError::refused(
                        place.clone(),
                        found,
                        "arrays hold float32, up to 3.4e38",
                    ));
                }
                conditions[[number, column]] = value;
            }
            if let (Some(of_mask), Some(weights)) = (weighted, &mut weights) {
                of_mask.fill(&edges, weights.slice_mut(s![.., .., number]));
            }
            for (channels, array) in [(&self.inputs, &mut inputs), (&self.outputs, &mut targets)] {
                let n = channels.names.len() * n_steps;
                channels.fill(&self.factors, &self.timeline, &mut trial, &edges, &mut carried[..n])?;
                let places = array.slice_mut(s![.., .., number]).into_iter();
                places.zip(&carried[..n]).for_each(|(place, &value)| *place = value as f32);
            }
        }
        let mask = weights.as_ref().map_or_else(|| self.timing.mask.clone(), Trials::mask_of);
        Ok(Trials { inputs, targets, mask, weights, conditions })
    }

    /// Holds what channels and conditions can be for all draws against the rules, and refuses an input that is always 0.
    fn check_driven(&self, scoring: &Trials) -> Result<(), DeclaredError> {
        let mut is_driven: Vec<bool> =
            scoring.inputs.outer_iter().map(|channel| channel.iter().any(|&value| value != 0.0)).collect();
        let mut is_set = vec![false; self.declaration.outputs.len()];
        let drawn = self.training.iter().enumerate().filter(|_| self.factors.draws());
        for (number, combination) in drawn {
            let mut trial = self.factors.trial(Set::Training, number, &self.factors.range(combination))?;
            let edges = self.timeline.edges(&self.factors, &trial)?;
            for (place, expression) in &self.conditions {
                let range = self.factors.value(expression, place, &trial)?;
                if range.magnitude() > f64::from(f32::MAX) {
                    let found = format!(
                        "a value that may be {:e} on {}",
                        range.magnitude(),
                        self.factors.words(&trial)
                    );
                    return Err(DeclaredError::refused(place.clone(), found, "keep it within float32"));
                }
            }
            for (channels, driven) in [(&self.inputs, &mut is_driven), (&self.outputs, &mut is_set)] {
                channels.check_range(&self.factors, &self.timeline, &mut trial, &edges, driven)?;
            }
        }
        let Some(channel) = is_driven.iter().position(|driven| !driven) else { return Ok(()) };
        let found = format!("\"{}\", which is 0 on all training trials", self.declaration.inputs[channel]);
        let remedy = "drive it with a value other than 0 on some trial, or leave it out";
        Err(DeclaredError::refused(Place::of("inputs").entry(channel), found, remedy))
    }
}

impl Declared {
    /// Refuses weights that leave nothing on the trials `shown` in the analysis, or that may leave nothing for some draw.
    fn check_weights(&self, shown: &Trials) -> Result<(), DeclaredError> {
        let Some(weights) = &self.timing.weights else { return Ok(()) };
        let mut least = Array2::zeros((self.declaration.outputs.len(), self.timeline.n_steps));
        let mut counts = false;
        for (number, combination) in self.training.iter().enumerate() {
            let trial = self.factors.trial(Set::Training, number, &self.factors.range(combination))?;
            least.fill(0.0);
            weights.fill_least(&self.timeline.edges(&self.factors, &trial)?, least.view_mut());
            counts |= least.iter().any(|&weight| weight > 0.0);
        }
        if counts && !shown.mask.is_empty() {
            return Ok(());
        }
        let found = if counts {
            "a mask that leaves nothing in the analysis"
        } else {
            "a mask that may leave nothing"
        };
        let remedy = "give some output a weight above 0 at some step, on some trial, whatever is drawn";
        Err(DeclaredError::refused(Place::of("loss").key("mask"), found, remedy))
    }
}

/// Refuses names that are not the task's own or that stand twice.
fn check_names(declaration: &Declaration) -> Result<(), DeclaredError> {
    let name = &declaration.name;
    let is_part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if !name.starts_with(|c: char| c.is_ascii_lowercase()) || !name.chars().all(is_part) || name.len() > 64 {
        let remedy = "a task's name starts with a lower-case letter and holds lower-case letters, digits and _, 64 at most";
        return Err(DeclaredError::refused(Place::of("name"), format!("\"{name}\""), remedy));
    }
    check_labels("inputs", &declaration.inputs, None)?;
    check_labels("outputs", &declaration.outputs, None)?;
    let epochs: Vec<&str> = declaration.epochs.iter().map(|epoch| epoch.name.as_str()).collect();
    check_labels("epochs", &epochs, Some("name"))?;
    let conditions: Vec<&str> = declaration.conditions.iter().map(|named| named.name.as_str()).collect();
    if conditions.is_empty() { Ok(()) } else { check_labels("conditions", &conditions, None) }
}

/// Names of the conditions, and the expression of each with its place: every factor that is crossed where none is declared; context
/// and evidence in this order where there are contexts.
#[allow(clippy::type_complexity, reason = "two lists side by side")]
fn conditions(
    declaration: &Declaration,
    factors: &Factors,
) -> Result<(Vec<String>, Vec<(Place, Expression)>), DeclaredError> {
    let of_factor = |factor: usize| {
        let (name, place) = (&factors.names()[factor], Place::of("factors"));
        let own = &declaration.factors[factor].name;
        Ok((own.clone(), (place.key(own), expression(name, factors.names(), place.key(name))?)))
    };
    let of_name = |(entry, named): (usize, &Named)| {
        let place = Place::of("conditions").entry(entry);
        Ok((named.name.clone(), (place.clone(), expression(&named.value, factors.names(), place)?)))
    };
    let found: Vec<(String, (Place, Expression))> = if declaration.conditions.is_empty() {
        factors.crossed().map(of_factor).collect::<Result<_, DeclaredError>>()?
    } else {
        declaration.conditions.iter().enumerate().map(of_name).collect::<Result<_, DeclaredError>>()?
    };
    let (names, expressions): (Vec<String>, Vec<(Place, Expression)>) = found.into_iter().unzip();
    let Some(contexts) = &declaration.contexts else { return Ok((names, expressions)) };
    let places = contexts.places(&names)?;
    Ok(places.iter().map(|&place| (names[place].clone(), expressions[place].clone())).unzip())
}

/// Refuses targets that are one number throughout the mask: no score can be taken on them.
fn check_targets(trials: &Trials, set: Set) -> Result<(), DeclaredError> {
    let mut masked = trials
        .targets
        .indexed_iter()
        .filter(|&((output, step, trial), _)| trials.weight(output, step, trial) > 0.0);
    let first = masked.next().map_or(0.0, |(_, &target)| target);
    if masked.any(|(_, &target)| target != first) {
        return Ok(());
    }
    let found = format!("a mask in which every target of every {set} trial is {first}");
    let remedy = "let the output count where the targets differ: with no variance in them there is no R²";
    Err(DeclaredError::refused(Place::of("loss").key("mask"), found, remedy))
}

/// The distinct inputs that the analysis shows at the last step of the decision.
fn inputs_at_decision(analysis: &Trials, decision: Epoch) -> Result<InputGrid, DeclaredError> {
    let inputs = distinct_inputs(analysis, decision.end - 1);
    if inputs.nrows() > MOST_INPUTS {
        let found =
            format!("missing, and the analysis shows {} inputs at the end of the decision", inputs.nrows());
        let remedy = "declare `[fixed_points]` with the constant inputs at which to seek them";
        return Err(DeclaredError::refused(Place::of("fixed_points"), found, remedy));
    }
    Ok(InputGrid::of_inputs(inputs))
}

impl From<Declared> for Task {
    fn from(task: Declared) -> Self {
        let declaration = &task.declaration;
        let contexts = task.choice_by_context();
        let quantity = match &contexts {
            Some(contexts) => (format!("relevant {}", contexts.quantity), contexts.range()),
            None => (task.condition_names[0].clone(), range(&task.analysis_trials())),
        };
        let starts = task.timing.starts.iter();
        Self {
            name: declaration.name.clone(),
            input_names: declaration.inputs.clone(),
            output_names: declaration.outputs.clone(),
            condition_names: task.condition_names.clone(),
            quantity,
            n_circuit_nodes: declaration.inputs.len() + declaration.outputs.len().max(2),
            n_steps: task.timeline.n_steps,
            starts: starts.map(|&(step, epoch)| (task.timeline.names[epoch].clone(), step)).collect(),
            decision: task.timing.decision,
            dt_ms: declaration.dt_ms,
            grid: task.grid.clone(),
            contexts,
            choice: task.choice.clone(),
            asked_value: task.asked_value.clone(),
            source: Source::Declared(Box::new(task)),
        }
    }
}

/// The least and the largest value of the first condition.
fn range(trials: &Trials) -> [f64; 2] {
    trials.conditions.column(0).iter().fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], &value| {
        [low.min(f64::from(value)), high.max(f64::from(value))]
    })
}
