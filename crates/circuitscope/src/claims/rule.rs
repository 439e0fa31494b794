//! What a claim is made of, of the list or of a study file: statement, where it holds, and the ways to put it as numbers.

use super::part::Part;
use super::question::Question;
use super::{TaskEvidence, Terms, asked};

/// A claim: of the list, or of a study file.
pub(super) struct Rule<'a> {
    /// Its number.
    pub(super) number: u32,
    /// In words, on tasks whose trials have contexts and on others.
    pub(super) statement: [&'a str; 2],
    /// The tasks that it is judged on.
    pub(super) scope: Scope,
    /// What it asks for.
    pub(super) about: About,
    /// What its numbers are computed from, of the reading that it is counted by.
    pub(super) made_of: &'a [Source],
    /// The ways to put it as numbers; the first is the one that it is counted by.
    pub(super) readings: &'a [ReadingRule<'a>],
}

/// One way to put a claim as numbers.
pub(super) struct ReadingRule<'a> {
    /// Its name in tables.
    pub(super) name: &'a str,
    /// What it asks for, in words.
    pub(super) words: &'a str,
    /// The numbers that it is judged by.
    pub(super) parts: Parts<'a>,
}

/// How the numbers of a reading come about.
#[derive(Clone, Copy)]
pub(super) enum Parts<'a> {
    /// By a function of their own.
    Of(fn(&TaskEvidence, Terms) -> Vec<Part>),
    /// As answers to questions that are values.
    Asked(&'a [Question]),
}

impl Parts<'_> {
    /// The numbers on a task.
    pub(super) fn on(self, task: &TaskEvidence, terms: Terms) -> Vec<Part> {
        match self {
            Self::Of(parts) => parts(task, terms),
            Self::Asked(questions) => {
                questions.iter().flat_map(|question| asked::parts(question, task, terms)).collect()
            }
        }
    }
}

/// Where a claim holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// On the task that was published.
    MainTask,
    /// On every task (claim 18).
    EveryTask,
}

/// What a claim asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum About {
    /// A difference between labels: it is supported at most as often as its level where they are permuted.
    Labels,
    /// What holds for networks of any label, or that a number of one group is not zero; permuted labels leave it as it is.
    Networks,
}

/// What numbers of a claim are computed from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// Scores of all trained networks.
    Scores,
    /// Measures of single networks.
    Measures,
    /// Distances between networks.
    Distances,
    /// The embedding of distances in the plane.
    Embedding,
    /// Votes of the nearest neighbours.
    Votes,
}

impl Rule<'_> {
    /// The claim in words, on a task.
    pub(super) fn statement(&self, task: &TaskEvidence) -> &str {
        self.statement[usize::from(!task.has_contexts())]
    }
}
