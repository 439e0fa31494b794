//! The choice that a declared task asks for.

use super::Declared;
use super::declaration::{ChoiceDeclaration, Declaration};
use super::error::{DeclaredError, Place};
use super::expression::Expression;
use super::factors::{Factors, Set, points};
use super::names::{expression, found};
use crate::task::Choice;

/// Evidence that differs by less, over its size, is the same: sums of decimals miss each other in their last digits.
const ROUNDING: f64 = 1e-12;

/// The two outputs that a field names, the one for evidence above 0 first.
pub(super) fn answers(
    declaration: &Declaration,
    named: &[String; 2],
    place: &Place,
) -> Result<[usize; 2], DeclaredError> {
    let answer = |entry: usize| found(&named[entry], &declaration.outputs, "output", place.entry(entry));
    let answers = [answer(0)?, answer(1)?];
    if answers[0] == answers[1] {
        let remedy = "name the output for evidence above 0, then the one for evidence below 0";
        return Err(DeclaredError::refused(place.clone(), "one output twice", remedy));
    }
    Ok(answers)
}

/// The expression of evidence, which decides nothing before it is known on every trial.
pub(super) fn evidence(
    choice: &ChoiceDeclaration,
    factors: &Factors,
) -> Result<(Place, Expression), DeclaredError> {
    let place = Place::of("choice").key("evidence");
    let evidence = expression(&choice.evidence, factors.names(), place.clone())?;
    if factors.is_drawn(&evidence) {
        let remedy = "choices are counted where nothing is drawn: use factors that have values";
        return Err(DeclaredError::refused(place, "an expression over what is drawn", remedy));
    }
    Ok((place, evidence))
}

impl Declared {
    /// What the task offers of its choice.
    pub(super) fn choice_of(&self, choice: &ChoiceDeclaration) -> Result<Choice, DeclaredError> {
        let (place, expression) = evidence(choice, &self.factors)?;
        if self.declaration.contexts.is_some() {
            let remedy = "[contexts] says what the choice is by already: leave [choice] out";
            return Err(DeclaredError::refused(Place::of("choice"), "beside [contexts]", remedy));
        }
        let answers = answers(&self.declaration, &choice.answers, &Place::of("choice").key("answers"))?;
        let mut evidence = Vec::new();
        for (number, combination) in self.training.iter().enumerate() {
            let trial = self.factors.trial(Set::Training, number, &points(combination))?;
            evidence.push(self.factors.value(&expression, &place, &trial)?.low);
        }
        let largest = evidence.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
        let step = largest * ROUNDING;
        let rounded = |value: &f64| if step > 0.0 { (value / step).round() * step } else { *value };
        let evidence: Vec<f64> = evidence.iter().map(rounded).collect();
        let has = |sign: f64| evidence.iter().any(|value| sign * value > 0.0);
        if !(has(1.0) && has(-1.0)) {
            let remedy = "it must be above 0 on training trials for the first answer, and below 0 on those for the second";
            return Err(DeclaredError::refused(place, "on one side of 0 on all training trials", remedy));
        }
        Ok(Choice {
            quantity: choice.quantity.clone(),
            evidence,
            answers,
            answer_names: answers.map(|answer| self.declaration.outputs[answer].clone()),
        })
    }
}
