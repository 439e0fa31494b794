//! What a claim of the list is made of: statement, where it holds, and the ways to put it as numbers.

use super::part::Part;
use super::{TaskEvidence, Terms};

/// A claim of the list.
pub(super) struct Rule {
    /// Its number.
    pub(super) number: u32,
    /// In words, on tasks whose trials have contexts and on others.
    pub(super) statement: [&'static str; 2],
    /// The tasks that it is judged on.
    pub(super) scope: Scope,
    /// What it asks for.
    pub(super) about: About,
    /// What its numbers are computed from, of the reading that it is counted by.
    pub(super) made_of: &'static [Source],
    /// The ways to put it as numbers; the first is the one that it is counted by.
    pub(super) readings: &'static [ReadingRule],
}

/// One way to put a claim as numbers.
pub(super) struct ReadingRule {
    /// Its name in tables.
    pub(super) name: &'static str,
    /// What it asks for, in words.
    pub(super) words: &'static str,
    /// The numbers that it is judged by.
    pub(super) parts: fn(&TaskEvidence, Terms) -> Vec<Part>,
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

impl Rule {
    /// The claim in words, on a task.
    pub(super) fn statement(&self, task: &TaskEvidence) -> &'static str {
        self.statement[usize::from(!task.has_contexts())]
    }
}
