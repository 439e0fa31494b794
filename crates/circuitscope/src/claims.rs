//! What was reported of these networks, judged on a study: statement, statistic, verdict.
//!
//! A claim has one or more parts. It is supported if every part goes the claimed way, and, where the list of claims does not
//! name an interval as what decides, its p is below the level: the largest of its parts' (an intersection of tests needs no
//! correction within; Berger 1982, `doi:10.1080/00401706.1982.10487790`), corrected by Holm's method over all claims of the
//! study that are decided by p; one of whose numbers lies on the other side counts as p = 1. Without the data for a part the
//! claim is not decidable, and says what is missing; nor is it where so few networks could not pass whatever they do: the
//! correction, or, where intervals decide, a test at the same level. An interval over fewer than six networks reaches no
//! further than the lowest and the highest of them, which hold the mean less often than 95 times in a hundred.

use std::collections::BTreeMap;

use ndarray::Array2;
use rand::seq::SliceRandom;

use crate::analysis::distance::Aspect;
use crate::analysis::measures::Measure;
use crate::analysis::statistics::{Resampling, holm};
use crate::architecture::Constraint;
use crate::stream::of_seed;
use circuitscope_kernel::Curve;

mod circuits;
mod compared;
mod part;
pub(crate) mod resting;
mod shapes;
pub(crate) mod solutions;
mod table;

pub use crate::analysis::statistics::LEVEL;
pub(crate) use compared::Compared;
pub use part::{Asked, Part, Way};

/// The task that was published in full.
const MAIN_TASK: &str = "cddm";
/// The number of the claim that others hold in other tasks.
const IN_OTHER_TASKS: u32 = 18;
/// What a study lacks whose smallest possible p is not small enough.
const TOO_FEW: &str = "so few networks could not pass however clear they were";

/// A selected network.
#[derive(Clone, Debug)]
pub struct NetworkEvidence {
    /// Activation.
    pub curve: Curve,
    /// Sign constraint.
    pub constraint: Constraint,
    /// Name of its class.
    pub class: String,
    /// R² on the analysis trials.
    pub r2: Option<f64>,
    /// Its measures.
    pub measures: BTreeMap<Measure, f64>,
}

/// How every network of a class scored, those included that were not selected.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassScores {
    /// Name of the class.
    pub class: String,
    /// R² of each network that was trained; none where it diverged.
    pub r2: Vec<Option<f64>>,
}

/// Distances between networks, or between controls made from them.
#[derive(Clone, Debug)]
pub struct Between {
    /// Distances `[K, K]`.
    pub distances: Array2<f64>,
    /// The network that each item is or is made from `[K]`, by its place in [`TaskEvidence::networks`].
    pub networks: Vec<usize>,
}

/// Distances of one aspect.
#[derive(Clone, Debug)]
pub struct AspectEvidence {
    /// The aspect.
    pub aspect: Aspect,
    /// Between trained networks.
    pub trained: Between,
    /// Between trained networks in the plane of the embedding; none where the study has no embedding of them alone.
    pub embedded: Option<Between>,
    /// Between the same networks before training; none where the study has no such control.
    pub untrained: Option<Between>,
}

/// What a study knows of one task.
#[derive(Clone, Debug)]
pub struct TaskEvidence {
    /// Name of the task.
    pub task: String,
    /// Smallest R² that the selection accepts.
    pub floor: f64,
    /// Scores of every class.
    pub scores: Vec<ClassScores>,
    /// The selected networks.
    pub networks: Vec<NetworkEvidence>,
    /// Distances between them, aspect by aspect.
    pub aspects: Vec<AspectEvidence>,
}

impl TaskEvidence {
    /// The same networks, measures and distances under activations, constraints and classes dealt out at random.
    #[must_use]
    pub fn dealt_out(&self, seed: u64) -> Self {
        let mut dealt = self.clone();
        let mut labels: Vec<_> = self
            .networks
            .iter()
            .map(|network| (network.curve, network.constraint, network.class.clone()))
            .collect();
        labels.shuffle(&mut of_seed(seed));
        for (network, (curve, constraint, class)) in dealt.networks.iter_mut().zip(labels) {
            (network.curve, network.constraint, network.class) = (curve, constraint, class);
        }
        dealt
    }

    /// Whether its trials have contexts.
    fn has_contexts(&self) -> bool {
        self.task == MAIN_TASK
    }
}

/// What a study says on a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The criterion is met.
    Supported,
    /// The criterion is not met.
    NotSupported,
    /// The study cannot tell.
    NotDecidable,
}

impl Verdict {
    /// Name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Supported => "supported",
            Self::NotSupported => "not_supported",
            Self::NotDecidable => "not_decidable",
        }
    }
}

/// What decides a claim, beside that its parts go the claimed way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Criterion {
    /// A p below the level after Holm's correction.
    Test,
    /// Intervals that lie wholly on the claimed side; p is told uncorrected.
    Interval,
}

impl Criterion {
    /// Name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::Interval => "interval",
        }
    }
}

/// A claim with its verdict.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// Number in the list of claims.
    pub number: u32,
    /// The row whose rule it is judged by: its number, or that of the row which should hold in other tasks too.
    pub row: u32,
    /// The task that it is judged on.
    pub task: String,
    /// The claim, in words.
    pub statement: String,
    /// The decision.
    pub verdict: Verdict,
    /// What is tested, and what stands beside it.
    pub parts: Vec<Part>,
    /// The part that decides: one that is missing, else one that does not go the claimed way, else the least certain.
    pub deciding: usize,
    /// What decides.
    pub criterion: Criterion,
    /// See [`Claim::is_of_labels`].
    is_of_labels: bool,
    /// Largest p of the parts; where the criterion is a test 1 if one lies on the other side, and after Holm's correction over
    /// the study's claims; none where no part has one, or a part is missing.
    pub p: Option<f64>,
    /// Whether so few networks could not have passed, however clear they were.
    pub has_too_few: bool,
}

impl Claim {
    /// Whether it asks for a difference between labels, so that it is supported at most as often as its level where they
    /// are dealt out.
    pub fn is_of_labels(&self) -> bool {
        self.is_of_labels
    }

    /// The part that decides.
    pub fn decider(&self) -> Option<&Part> {
        self.parts.get(self.deciding)
    }

    /// The same as a part of the claim that it holds in other tasks.
    fn in_another_task(self) -> Self {
        let statement = format!("In another task, as in row {}: {}", self.row, self.statement);
        Self { number: IN_OTHER_TASKS, statement, ..self }
    }

    /// What is missing, where the claim cannot be decided.
    pub fn missing(&self) -> Vec<&str> {
        let of_parts = self.parts.iter().filter_map(|part| part.missing.as_deref());
        of_parts.chain(self.has_too_few.then_some(TOO_FEW)).collect()
    }
}

/// Judges every claim on the tasks of a study: on CDDM, or the first task where there is none; and those that should hold
/// everywhere on each other task.
pub fn judge(tasks: &[TaskEvidence], resampling: Resampling) -> Vec<Claim> {
    let main = tasks.iter().position(|task| task.task == MAIN_TASK).unwrap_or(0);
    let mut claims = Vec::new();
    for (place, task) in tasks.iter().enumerate() {
        let rules = table::RULES.iter().filter(|rule| place == main || rule.scope == table::Scope::EveryTask);
        claims.extend(rules.map(|rule| {
            let claim = undecided(rule, task, resampling);
            if place == main { claim } else { claim.in_another_task() }
        }));
    }
    decide(&mut claims);
    claims.sort_by_key(|claim| claim.number);
    claims
}

/// A claim before the correction.
fn undecided(rule: &table::Rule, task: &TaskEvidence, resampling: Resampling) -> Claim {
    let parts = (rule.parts)(task, resampling);
    let rank = |part: &Part| (part.missing.is_some(), !part.is_met(), part.deciding_p().unwrap_or(0.0));
    let deciding = (0..parts.len())
        .reduce(|best, next| if rank(&parts[next]) > rank(&parts[best]) { next } else { best });
    let p = parts.iter().filter_map(Part::deciding_p).reduce(f64::max);
    Claim {
        number: rule.number,
        row: rule.number,
        task: task.task.clone(),
        statement: rule.statement(task).to_owned(),
        verdict: Verdict::NotDecidable,
        parts,
        deciding: deciding.unwrap_or(0),
        criterion: rule.criterion,
        is_of_labels: rule.about == table::About::Labels,
        p,
        has_too_few: false,
    }
}

/// Corrects every p and gives the verdicts.
fn decide(claims: &mut [Claim]) {
    let is_decidable = |claim: &Claim| claim.missing().is_empty() && !claim.parts.is_empty();
    let goes_as_claimed = |claim: &Claim| claim.parts.iter().all(Part::is_met);
    let is_tested =
        |claim: &Claim| is_decidable(claim) && claim.criterion == Criterion::Test && claim.p.is_some();
    let tested: Vec<usize> = (0..claims.len()).filter(|&i| is_tested(&claims[i])).collect();
    let points_as_claimed = |claim: &Claim| claim.parts.iter().all(Part::points_as_claimed);
    let p_of = |claim: &Claim| if points_as_claimed(claim) { claim.p.unwrap_or(1.0) } else { 1.0 };
    let p: Vec<f64> = tested.iter().map(|&i| p_of(&claims[i])).collect();
    let level = LEVEL / tested.len().max(1) as f64;
    for (place, (&i, corrected)) in tested.iter().zip(holm(&p)).enumerate() {
        let claim = &mut claims[i];
        claim.p = Some(corrected);
        let mut clearest = p.clone();
        clearest[place] = least_p(claim);
        claim.has_too_few = goes_as_claimed(claim) && corrected >= LEVEL && holm(&clearest)[place] >= LEVEL;
    }
    for claim in claims {
        if claim.criterion == Criterion::Interval {
            claim.has_too_few = goes_as_claimed(claim) && least_p(claim) >= LEVEL;
        }
        if claim.parts.iter().any(|part| part.missing.is_some()) {
            claim.p = None; // of some of its parts it would say nothing of the claim
        }
        let level = if claim.criterion == Criterion::Test { level } else { LEVEL };
        claim.parts.iter_mut().for_each(|part| part.set_needed(level));
        let is_certain = claim.criterion == Criterion::Interval || claim.p.is_none_or(|p| p < LEVEL);
        claim.verdict = if !is_decidable(claim) {
            Verdict::NotDecidable
        } else if goes_as_claimed(claim) && is_certain {
            Verdict::Supported
        } else {
            Verdict::NotSupported
        };
    }
}

/// The smallest p that so many networks could give.
fn least_p(claim: &Claim) -> f64 {
    claim.parts.iter().filter_map(|part| part.least_p).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests;
