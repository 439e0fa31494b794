//! The list of claims, as one table of values.

use super::Criterion::{self, Interval, Test};
use super::part::Part;
use super::{TaskEvidence, circuits, resting, shapes, solutions};
use crate::analysis::statistics::Resampling;
use About::{Labels, Networks};
use Scope::{EveryTask, MainTask};

/// A claim of the list.
pub(super) struct Rule {
    /// Its number.
    pub(super) number: u32,
    /// In words, on tasks whose trials have contexts and on others.
    statement: [&'static str; 2],
    /// What decides it, beside that its parts go the claimed way.
    pub(super) criterion: Criterion,
    /// The tasks that it is judged on.
    pub(super) scope: Scope,
    /// What it asks for.
    pub(super) about: About,
    /// The numbers that it is judged by.
    pub(super) parts: fn(&TaskEvidence, Resampling) -> Vec<Part>,
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
    /// A difference between labels: it is supported at most as often as its level where they are dealt out.
    Labels,
    /// What holds for networks of any label, or that a number of one group is not zero; labels dealt out leave it as it is.
    Networks,
}

impl Rule {
    /// The claim in words, on a task.
    pub(super) fn statement(&self, task: &TaskEvidence) -> &'static str {
        self.statement[usize::from(!task.has_contexts())]
    }
}

/// The claims by number; 18 is that those of [`Scope::EveryTask`] hold in other tasks.
#[rustfmt::skip] // a row in two lines
pub(super) static RULES: [Rule; 18] = [
    Rule { number: 1, criterion: Test, scope: EveryTask, about: Labels, parts: solutions::different_solutions,
           statement: ["Identical training leads the architectures to different solutions"; 2] },
    Rule { number: 2, criterion: Test, scope: MainTask, about: Networks, parts: solutions::similar_performance,
           statement: ["They reach similar performance"; 2] },
    Rule { number: 3, criterion: Test, scope: MainTask, about: Labels, parts: shapes::butterflies,
           statement: ["ReLU and sigmoid trajectories are symmetric, butterfly-shaped"; 2] },
    Rule { number: 4, criterion: Test, scope: MainTask, about: Labels, parts: shapes::early_sheets,
           statement: ["tanh trajectories diverge at once into two sheets orthogonal to the context axis"; 2] },
    Rule { number: 5, criterion: Test, scope: EveryTask, about: Labels, parts: solutions::untrained_differences,
           statement: ["The differences are there in untrained networks"; 2] },
    Rule { number: 6, criterion: Interval, scope: EveryTask, about: Labels, parts: solutions::amplified,
           statement: ["Training amplifies them"; 2] },
    Rule { number: 7, criterion: Test, scope: EveryTask, about: Labels, parts: solutions::clusters,
           statement: ["Architectures form clusters"; 2] },
    Rule { number: 8, criterion: Test, scope: EveryTask, about: Labels, parts: solutions::tanh_separate,
           statement: ["tanh is separate whatever the connectivity constraint"; 2] },
    Rule { number: 9, criterion: Test, scope: MainTask, about: Labels, parts: shapes::cross_of_units,
           statement: ["ReLU and sigmoid selectivity is a cross with populated arms"; 2] },
    Rule { number: 10, criterion: Test, scope: MainTask, about: Labels, parts: shapes::central_cluster,
           statement: ["tanh selectivity is one central cluster with few far units"; 2] },
    Rule { number: 11, criterion: Test, scope: EveryTask, about: Labels, parts: resting::contexts_apart,
           statement: ["ReLU and sigmoid fixed points are alike and separated by context", "ReLU and sigmoid fixed points are alike"] },
    Rule { number: 12, criterion: Test, scope: MainTask, about: Labels, parts: resting::sheet_at_rest,
           statement: ["tanh fixed points lie on a sheet, with irrelevant information less suppressed"; 2] },
    Rule { number: 13, criterion: Test, scope: EveryTask, about: Networks, parts: resting::endpoints_at_rest,
           statement: ["Endpoints agree with fixed points"; 2] },
    Rule { number: 14, criterion: Interval, scope: MainTask, about: Networks, parts: circuits::inhibition,
           statement: ["In ReLU and sigmoid circuits context nodes inhibit irrelevant sensory nodes"; 2] },
    Rule { number: 15, criterion: Test, scope: MainTask, about: Networks, parts: circuits::saturation,
           statement: ["tanh circuits drive irrelevant nodes into opposite saturation"; 2] },
    Rule { number: 16, criterion: Interval, scope: MainTask, about: Networks, parts: circuits::sensitive,
           statement: ["ReLU and sigmoid networks become sensitive to strong irrelevant stimuli"; 2] },
    Rule { number: 17, criterion: Interval, scope: MainTask, about: Labels, parts: circuits::insensitive,
           statement: ["tanh networks do not become sensitive to strong irrelevant stimuli"; 2] },
    Rule { number: 19, criterion: Test, scope: MainTask, about: Networks, parts: circuits::predictive,
           statement: ["Circuits predict the network"; 2] },
];
