//! The choice by context that a declared task asks for: which conditions are context and evidence, and trials of any evidence.

use super::Declared;
use super::choice::answers;
use super::declaration::{Contexts, Declaration};
use super::error::{DeclaredError, Place};
use super::expression::Expression;
use super::factors::{Factors, Set, points};
use super::interval::Interval;
use super::names::found;
use crate::task::{ChoiceByContext, FURTHEST, Shown};
use crate::trials::Trials;
use ndarray::{Array2, Axis, s};

/// Names in tables and results that contexts cannot have: directions, and keys of choices.
const TAKEN: [&str; 5] = ["selection", "slow mode", "coherences", "irrelevant_slope", "measures"];

/// How a declared task makes trials of a context and evidence.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct InContexts {
    /// The factor that is the context.
    context: usize,
    /// Two factors: evidence.
    factors: [usize; 2],
    /// What the two factors are.
    order: Order,
    names: [String; 2],
    answers: [usize; 2],
    strongest: [f64; 2],
    trained: Vec<f64>,
}

/// What two factors of evidence are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    /// Evidence that counts in the first and in the second context.
    ByKind,
    /// Evidence that counts, and the other, whatever the context.
    ByRelevance,
}

impl Order {
    /// Evidence by kind as values of the factors, or the reverse.
    fn exchanged<T: Copy>(self, context: usize, [first, second]: [T; 2]) -> [T; 2] {
        match (self, context) {
            (Self::ByRelevance, 1) => [second, first],
            _ => [first, second],
        }
    }
}

/// The table of the file.
fn top() -> Place {
    Place::of("contexts")
}

impl Contexts {
    /// Its conditions: context, then evidence.
    pub(super) fn conditions(&self) -> [&String; 3] {
        let [first, second] = &self.evidence;
        [&self.context, first, second]
    }

    /// Context and evidence among names of conditions; refuses others beside them.
    pub(super) fn places(&self, names: &[String]) -> Result<[usize; 3], DeclaredError> {
        let fields = [top().key("context"), top().key("evidence").entry(0), top().key("evidence").entry(1)];
        let mut places = [0; 3];
        for ((place, name), field) in places.iter_mut().zip(self.conditions()).zip(fields) {
            *place = found(name, names, "condition", field)?;
        }
        if places[0] == places[1] || places[0] == places[2] || places[1] == places[2] {
            let remedy = "context and the two kinds of evidence are three conditions";
            return Err(DeclaredError::refused(
                top().key("evidence"),
                "a condition that stands twice",
                remedy,
            ));
        }
        if let Some(other) = (0..names.len()).find(|place| !places.contains(place)) {
            let found = format!("silent about the condition \"{}\"", names[other]);
            let remedy = "trials of such a task are told apart by context and both kinds of evidence alone: list these three under \
                          `conditions`, and let anything else be drawn";
            return Err(DeclaredError::refused(top(), found, remedy));
        }
        Ok(places)
    }
}

impl InContexts {
    /// How `conditions` (context, then evidence) follow from factors.
    pub(super) fn new(
        contexts: &Contexts,
        declaration: &Declaration,
        factors: &Factors,
        conditions: &[(Place, Expression)],
        [training, analysis]: [&[Vec<f64>]; 2],
    ) -> Result<Self, DeclaredError> {
        let names = contexts.names.clone().unwrap_or_else(|| names(&contexts.evidence));
        let is_taken = |name: &&String| {
            TAKEN.contains(&name.as_str()) || contexts.answers.contains(name) || names[0] == names[1]
        };
        if let Some(name) = names.iter().find(is_taken) {
            let key = if contexts.names.is_some() { "names" } else { "evidence" };
            let found = format!("\"{name}\", which is the name of something else");
            let remedy =
                "give the two contexts names of their own, such as `names = [\"motion\", \"colour\"]`";
            return Err(DeclaredError::refused(top().key(key), found, remedy));
        }
        let answers = answers(declaration, &contexts.answers, &top().key("answers"))?;
        let mut rows = Vec::new();
        for (set, combinations) in [(Set::Training, training), (Set::Analysis, analysis)] {
            for (number, combination) in combinations.iter().enumerate() {
                let trial = factors.trial(set, number, &points(combination))?;
                let mut row = [0.0; 3];
                for (value, (place, expression)) in row.iter_mut().zip(conditions) {
                    *value = factors.value(expression, place, &trial)?.low;
                }
                if row[0] != 0.0 && row[0] != 1.0 {
                    let found =
                        format!("\"{}\", which is {} on {}", contexts.context, row[0], factors.words(&trial));
                    let remedy = "it must be 0 in the first context and 1 in the second";
                    return Err(DeclaredError::refused(top().key("context"), found, remedy));
                }
                rows.push((combination, row));
            }
        }
        if let Some(missing) =
            [0.0, 1.0].into_iter().find(|context| rows.iter().all(|(_, row)| row[0] != *context))
        {
            let found = format!("\"{}\", which is {missing} on no trial", contexts.context);
            return Err(DeclaredError::refused(
                top().key("context"),
                found,
                "there must be trials of both contexts",
            ));
        }
        let crossed: Vec<usize> = factors.crossed().collect();
        let is_context =
            |factor: &usize| rows.iter().all(|(combination, row)| combination[*factor] == row[0]);
        let orders = [Order::ByKind, Order::ByRelevance];
        let mut ways = crossed.iter().filter(|factor| is_context(factor)).flat_map(|&context| {
            let others: Vec<usize> = crossed.iter().copied().filter(|&factor| factor != context).collect();
            let pairs = match others[..] {
                [a, b] => vec![[a, b], [b, a]],
                _ => Vec::new(),
            };
            pairs.into_iter().flat_map(move |pair| orders.map(|order| (context, pair, order)))
        });
        let fits = |&(_, pair, order): &(usize, [usize; 2], Order)| {
            rows.iter().all(|(combination, row)| {
                order.exchanged(row[0] as usize, pair.map(|factor| combination[factor])) == [row[1], row[2]]
            })
        };
        let Some((context, pair, order)) = ways.find(fits) else {
            let remedy = "so that any evidence can be shown, the factors with values must be three: the context, and either both \
                          kinds of evidence or the relevant and the irrelevant one, of which `if(context == 0, …, …)` makes both kinds";
            return Err(DeclaredError::refused(
                top(),
                "a table whose conditions are not its factors",
                remedy,
            ));
        };
        let of_training = &rows[..training.len()];
        let strongest =
            [1, 2].map(|kind| of_training.iter().map(|(_, row)| row[kind].abs()).fold(0.0, f64::max));
        if let Some(kind) = strongest.iter().position(|&strongest| strongest == 0.0) {
            let found = format!("\"{}\", which is 0 on all training trials", contexts.evidence[kind]);
            let remedy = "evidence is above 0 for the first answer and below 0 for the second";
            return Err(DeclaredError::refused(top().key("evidence").entry(kind), found, remedy));
        }
        let levels = of_training.iter().flat_map(|(_, row)| [row[1] / strongest[0], row[2] / strongest[1]]);
        let mut trained: Vec<f64> = levels.collect();
        trained.sort_by(f64::total_cmp);
        trained.dedup_by(|a, b| a == b);
        Ok(Self { context, factors: pair, order, names, answers, strongest, trained })
    }

    /// The combination of factors of a trial; what is drawn as in `still`.
    fn combination<T: Copy>(&self, still: &[T], context: T, place: usize, evidence: [T; 2]) -> Vec<T> {
        let mut combination = still.to_vec();
        combination[self.context] = context;
        let values = self.order.exchanged(place, evidence);
        self.factors.iter().zip(values).for_each(|(&factor, value)| combination[factor] = value);
        combination
    }
}

impl Declared {
    /// Trials of a task with contexts, in this order; [`None`] of another.
    pub(in crate::task) fn trials_in_contexts(&self, shown: &[Shown]) -> Option<Trials> {
        let in_contexts = self.in_contexts.as_ref()?;
        let combinations: Vec<Vec<f64>> = shown
            .iter()
            .map(|trial| {
                let evidence = [0, 1].map(|kind| trial.evidence[kind] * in_contexts.strongest[kind]);
                in_contexts.combination(&self.analysis[0], trial.context as f64, trial.context, evidence)
            })
            .collect();
        Some(self.checked_trials(Set::Analysis, &combinations))
    }

    /// The trials of training and analysis of a task with contexts; [`None`] of another.
    pub(in crate::task) fn known_in_contexts(&self) -> Option<Vec<Shown>> {
        let in_contexts = self.in_contexts.as_ref()?;
        let of_combination = |combination: &Vec<f64>| {
            let context = combination[in_contexts.context] as usize;
            let values = in_contexts.factors.map(|factor| combination[factor]);
            let [first, second] = in_contexts.order.exchanged(context, values);
            Shown { context, evidence: [first / in_contexts.strongest[0], second / in_contexts.strongest[1]] }
        };
        Some(self.training.iter().chain(&self.analysis).map(of_combination).collect())
    }

    /// Holds evidence as far beyond training as it is shown against the rules.
    pub(super) fn check_in_contexts(&self, in_contexts: &InContexts) -> Result<(), DeclaredError> {
        let range = in_contexts
            .strongest
            .map(|strongest| Interval { low: -FURTHEST * strongest, high: FURTHEST * strongest });
        for context in [0, 1] {
            let still = points(&self.analysis[0]);
            let row = in_contexts.combination(&still, Interval::point(context as f64), context, range);
            let mut trial = self.factors.trial(Set::Analysis, 0, &row)?;
            let edges = self.timeline.edges(&self.factors, &trial)?;
            if edges.iter().any(|edges| !edges.is_fixed()) {
                let remedy = "choices under evidence beyond training are read at the same step: let no epoch depend on evidence";
                return Err(DeclaredError::refused(top(), "a task in which evidence moves epochs", remedy));
            }
            for (channels, n) in [
                (&self.inputs, self.declaration.inputs.len()),
                (&self.outputs, self.declaration.outputs.len()),
            ] {
                let mut marks = vec![false; n];
                channels.check_range(&self.factors, &self.timeline, &mut trial, &edges, &mut marks)?;
            }
        }
        Ok(())
    }

    /// What the task offers of its choice by context.
    pub(super) fn choice_by_context(&self) -> Option<ChoiceByContext> {
        let InContexts { names, answers, strongest, trained, .. } = self.in_contexts.clone()?;
        let evidence = &self.declaration.contexts.as_ref()?.evidence;
        let of = |context: usize, evidence: [f64; 2]| Shown { context, evidence };
        let last = self.timing.decision.end - 1;
        let asked: Vec<Shown> = [0, 1]
            .into_iter()
            .flat_map(|context| {
                [
                    of(context, [0.0; 2]),
                    of(context, [1.0, 0.0]),
                    of(context, [-1.0, 0.0]),
                    of(context, [0.0, 1.0]),
                    of(context, [0.0, -1.0]),
                ]
            })
            .collect();
        let inputs = self.trials_in_contexts(&asked)?.inputs.mapv(f64::from);
        // Changes of inputs `[U, T]`.
        let change =
            |from: usize, to: usize| &inputs.index_axis(Axis(2), to) - &inputs.index_axis(Axis(2), from);
        let first = |change: &Array2<f64>| {
            (0..change.ncols()).find(|&step| change.column(step).iter().any(|&x| x != 0.0))
        };
        let by_kind = [change(2, 1), change(4, 3)];
        let strongest_at = |change: &Array2<f64>| {
            let size = |step: &usize| change.column(*step).dot(&change.column(*step));
            // The first of the steps at which it is largest.
            let step =
                (0..change.ncols()).rev().max_by(|a, b| size(a).total_cmp(&size(b))).unwrap_or_default();
            change.column(step).to_owned()
        };
        let onset = by_kind.iter().filter_map(first).min().unwrap_or_default();
        Some(ChoiceByContext {
            names,
            quantity: common_end(evidence).unwrap_or_else(|| "evidence".to_owned()),
            answers,
            answer_names: answers.map(|answer| self.declaration.outputs[answer].clone()),
            balanced: [0, 5]
                .map(|trial| self.balanced(trial / 5, inputs.slice(s![.., last, trial]).to_owned())),
            directions: [strongest_at(&by_kind[0]), strongest_at(&by_kind[1])],
            strongest,
            trained,
            onset,
            context_onset: first(&change(0, 5)).unwrap_or_default(),
        })
    }
}

/// The last word of both names, if it is the same and not all of them.
fn common_end([first, second]: &[String; 2]) -> Option<String> {
    let ((_, a), (_, b)) = (first.rsplit_once(' ')?, second.rsplit_once(' ')?);
    (a == b).then(|| a.to_owned())
}

/// Names without the last word that they have in common: `motion` of `motion coherence`.
fn names(evidence: &[String; 2]) -> [String; 2] {
    match common_end(evidence) {
        Some(_) => evidence
            .each_ref()
            .map(|name| name.rsplit_once(' ').map_or(name.as_str(), |(own, _)| own).to_owned()),
        None => evidence.clone(),
    }
}
