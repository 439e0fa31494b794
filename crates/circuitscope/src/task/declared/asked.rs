//! The value that a declared task shows and asks for.

use super::Declared;
use super::declaration::AskedDeclaration;
use super::error::{DeclaredError, Place};
use super::factors::{Set, points};
use super::interval::Interval;
use super::names::found;
use crate::task::asked_value::{AskedValue, Question};
use crate::task::{Epoch, FURTHEST_VALUE};
use crate::trials::Trials;

/// Targets that differ by less, over the range of all, are the same.
const ROUNDING: f64 = 1e-6; // they are float32

impl Declared {
    /// What the task offers of the value that it asks for.
    ///
    /// - `scoring`: the trials of training with nothing drawn.
    pub(super) fn asked_value_of(
        &self,
        asked: &AskedDeclaration,
        scoring: &Trials,
    ) -> Result<AskedValue, DeclaredError> {
        let top = Place::of(key(asked.question));
        if self.declaration.contexts.is_some() || self.choice.is_some() {
            let remedy = "a task offers one of [contexts], [choice], [go] and [recall]: leave the others out";
            return Err(DeclaredError::refused(top, "beside [contexts] or [choice]", remedy));
        }
        let declaration = &self.declaration;
        let input = found(&asked.input, &declaration.inputs, "input", top.key("input"))?;
        let output = found(&asked.answer, &declaration.outputs, "output", top.key("answer"))?;
        let factor = self.only_factor(&asked.value, &top.key("value"))?;
        let [shown, epoch] = [("shown", &asked.shown), ("at", &asked.at)]
            .map(|(key, name)| found(name, &self.timeline.names, "epoch", top.key(key)));
        let [shown, at] =
            [(shown?, "shown"), (epoch?, "at")].map(|(epoch, key)| self.still(epoch, &top.key(key)));
        let (shown, at) = (shown?, at?);
        if at.start < shown.end && asked.question == Question::Recall {
            let found = format!("from step {}, and the value is shown until step {}", at.start, shown.end);
            return Err(DeclaredError::refused(
                top.key("at"),
                found,
                "a value is recalled after it was shown",
            ));
        }
        let values: Vec<f64> = self.training.iter().map(|combination| combination[factor]).collect();
        let range = values.iter().fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], &value| {
            [low.min(value), high.max(value)]
        });
        let targets = targets_at(output, at, scoring, &top)?;
        let mut pairs: Vec<(f64, f64)> = values.into_iter().zip(targets).collect();
        pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
        let answers = match asked.question {
            Question::Recall => recalled(&pairs, range),
            Question::Go => gone(&pairs),
        };
        let answers =
            answers.map_err(|(found, remedy)| DeclaredError::refused(top.key("answer"), found, remedy))?;
        let asked_value =
            AskedValue { question: asked.question, input, output, shown, asked: at, trained: range, answers };
        self.check_values(factor, &asked_value, &top)?;
        Ok(asked_value)
    }

    /// The factor of this name, if trials differ by it alone.
    fn only_factor(&self, name: &str, place: &Place) -> Result<usize, DeclaredError> {
        let crossed: Vec<usize> = self.factors.crossed().collect();
        let names: Vec<String> =
            crossed.iter().map(|&factor| self.declaration.factors[factor].name.clone()).collect();
        let factor = crossed[found(name, &names, "factor", place.clone())?];
        let other = crossed.iter().find(|&&other| {
            let level = |combination: &Vec<f64>| combination[other];
            let first = level(&self.training[0]);
            other != factor && self.training.iter().chain(&self.analysis).any(|one| level(one) != first)
        });
        match other {
            None => Ok(factor),
            Some(&other) => {
                let found = format!(
                    "\"{name}\", and trials differ by \"{}\" too",
                    self.declaration.factors[other].name
                );
                let remedy = "values are tested where trials differ by nothing else: give the other factor one value, or draw it";
                Err(DeclaredError::refused(place.clone(), found, remedy))
            }
        }
    }

    /// When an epoch is, with nothing drawn, which must be the same on all trials.
    fn still(&self, epoch: usize, place: &Place) -> Result<Epoch, DeclaredError> {
        let mut seen: Option<Epoch> = None;
        for (set, combinations) in [(Set::Training, &self.training), (Set::Analysis, &self.analysis)] {
            for (number, combination) in combinations.iter().enumerate() {
                let trial = self.factors.trial(set, number, &points(combination))?;
                let steps = self.timeline.edges(&self.factors, &trial)?[epoch].steps();
                let own = Epoch { start: steps.start, end: steps.end };
                if own.start >= own.end || seen.is_some_and(|seen| seen != own) {
                    let found = format!("epoch \"{}\"", self.timeline.names[epoch]);
                    let remedy = "it must last at least a step, and be at the same time on all trials where nothing is drawn";
                    return Err(DeclaredError::refused(place.clone(), found, remedy));
                }
                seen = Some(own);
            }
        }
        Ok(seen.expect("a task has trials"))
    }

    /// Trials of these values, with nothing drawn; [`None`] of a task that asks for no value.
    pub(in crate::task) fn trials_of_values(&self, values: &[f64]) -> Option<Trials> {
        let asked = self.declaration.asked.as_ref()?;
        let factor = self.declaration.factors.iter().position(|factor| factor.name == asked.value)?;
        let row = |&value: &f64| {
            let mut row = self.analysis[0].clone();
            row[factor] = value;
            row
        };
        let rows: Vec<Vec<f64>> = values.iter().map(row).collect();
        Some(self.checked_trials(Set::Analysis, &rows))
    }

    /// Holds values as far beyond training as they are shown against the rules.
    fn check_values(&self, factor: usize, asked: &AskedValue, top: &Place) -> Result<(), DeclaredError> {
        let [low, high] = FURTHEST_VALUE.map(|unit| asked.value(unit));
        let mut row = points(&self.analysis[0]);
        row[factor] = Interval { low, high };
        let mut trial = self.factors.trial(Set::Analysis, 0, &row)?;
        let edges = self.timeline.edges(&self.factors, &trial)?;
        if edges.iter().any(|edges| !edges.is_fixed()) {
            let remedy = "answers to values beyond training are read at the same steps: let no epoch depend on the value";
            return Err(DeclaredError::refused(top.key("value"), "a factor that moves epochs", remedy));
        }
        for (channels, n) in
            [(&self.inputs, self.declaration.inputs.len()), (&self.outputs, self.declaration.outputs.len())]
        {
            channels.check_range(&self.factors, &self.timeline, &mut trial, &edges, &mut vec![false; n])?;
        }
        Ok(())
    }
}

/// The target of an output at the steps of an epoch that count, one for each trial `[B]`.
fn targets_at(output: usize, at: Epoch, scoring: &Trials, top: &Place) -> Result<Vec<f64>, DeclaredError> {
    let counts = |step: &usize, trial: usize| scoring.weight(output, *step, trial) > 0.0;
    let steps = || scoring.mask.iter().copied().filter(|&step| at.contains(step));
    if (0..scoring.n_trials()).any(|trial| !steps().any(|step| counts(&step, trial))) {
        let found = format!("steps {} to {}, at none of which the output counts", at.start, at.end);
        let remedy = "let `mask` of [loss] have some of them";
        return Err(DeclaredError::refused(top.key("at"), found, remedy));
    }
    let of_trial = |trial: usize| {
        let counted = steps().filter(|step| counts(step, trial));
        let targets = counted.map(|step| f64::from(scoring.targets[[output, step, trial]]));
        let [low, high] = targets.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], target| {
            [low.min(target), high.max(target)]
        });
        if high - low <= ROUNDING * high.abs().max(low.abs()) { Ok(high) } else { Err([low, high]) }
    };
    (0..scoring.n_trials()).map(of_trial).collect::<Result<_, _>>().map_err(|[low, high]| {
        let found = format!("a target from {low} to {high} on one trial");
        let remedy = "while it is asked for, the target must be one number";
        DeclaredError::refused(top.key("answer"), found, remedy)
    })
}

/// The table of the file that says it.
fn key(question: Question) -> &'static str {
    match question {
        Question::Go => "go",
        Question::Recall => "recall",
    }
}

type Refused = (String, &'static str);

/// Outputs for the lowest and the highest value, where targets rise or fall with the value along a straight line.
fn recalled(pairs: &[(f64, f64)], [low, high]: [f64; 2]) -> Result<[f64; 2], Refused> {
    let (first, last) = (pairs[0].1, pairs[pairs.len() - 1].1);
    let off = |&&(value, target): &&(f64, f64)| {
        let expected = first + (value - low) / (high - low) * (last - first);
        (target - expected).abs() > ROUNDING * (last - first).abs()
    };
    let remedy = "what is recalled must be the value, or rise or fall with it along a straight line";
    if first == last {
        return Err((format!("a target of {first} for all values"), remedy));
    }
    match pairs.iter().find(off) {
        None => Ok([first, last]),
        Some((value, target)) => Err((format!("a target of {target} for {value}"), remedy)),
    }
}

/// Outputs for no go and go, where targets are one number below some value and another above it.
fn gone(pairs: &[(f64, f64)]) -> Result<[f64; 2], Refused> {
    let (no, yes) = (pairs[0].1, pairs[pairs.len() - 1].1);
    let n_changes = pairs.windows(2).filter(|pair| pair[0].1 != pair[1].1).count();
    if n_changes == 1 {
        return Ok([no, yes]);
    }
    let found = format!("a target that changes {n_changes} times from the lowest to the highest value");
    Err((found, "it must be one number below some value, and another above it"))
}
