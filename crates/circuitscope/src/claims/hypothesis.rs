//! Hypotheses of a study file: claims as values, judged by the rules of the built-in ones.

use super::question::Question;
use super::rule::{About, Parts, ReadingRule, Rule, Scope};
use super::{Claim, Readings, TaskEvidence, Terms, decide};

/// Number of the first claim of a study file: the built-in ones stand before it.
pub const FIRST_OF_STUDY: u32 = 101;

/// A claim of a study file on one of its tasks. Classes are named as they are in the study.
#[derive(Clone, Debug, PartialEq)]
pub struct Hypothesis {
    /// Its number, from [`FIRST_OF_STUDY`] in the order of the study file.
    pub number: u32,
    /// Its name in tables.
    pub name: String,
    /// The task that it is judged on.
    pub task: String,
    /// What is claimed, in words.
    pub statement: String,
    /// The ways to put it as numbers; the first is the one that it is counted by.
    pub readings: Vec<Wording>,
}

/// One way to put a hypothesis as numbers: all of its questions must be answered as claimed.
#[derive(Clone, Debug, PartialEq)]
pub struct Wording {
    /// Its name in tables.
    pub name: String,
    /// What it asks for, in words.
    pub words: String,
    /// The numbers that it is judged by.
    pub questions: Vec<Question>,
}

impl Wording {
    fn rule(&self) -> ReadingRule<'_> {
        ReadingRule { name: &self.name, words: &self.words, parts: Parts::Asked(&self.questions) }
    }
}

/// Judges the hypotheses of a study. They are a family of their own: what they are, and how many, changes no verdict on a built-in
/// claim, nor the other way round.
///
/// One on a task that is not among `tasks` is left out.
pub fn judge_hypotheses(hypotheses: &[Hypothesis], tasks: &[TaskEvidence], terms: Terms) -> Vec<Claim> {
    let judged = |hypothesis: &Hypothesis| {
        let task = tasks.iter().find(|task| task.task == hypothesis.task)?;
        let readings: Vec<ReadingRule<'_>> = hypothesis.readings.iter().map(Wording::rule).collect();
        let first = hypothesis.readings.first()?;
        let is_of_labels = first.questions.iter().any(Question::is_of_labels);
        let rule = Rule {
            number: hypothesis.number,
            statement: [&hypothesis.statement; 2],
            scope: Scope::EveryTask,
            about: if is_of_labels { About::Labels } else { About::Networks },
            made_of: &[],
            readings: &readings,
        };
        Some(Claim { name: Some(hypothesis.name.clone()), ..Claim::new(&rule, Readings::All, task, terms) })
    };
    let mut claims: Vec<Claim> = hypotheses.iter().filter_map(judged).collect();
    decide(&mut claims, terms);
    claims
}
