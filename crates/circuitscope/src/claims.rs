//! What was reported of these networks, judged on a study: statement, readings, verdict.
//!
//! A claim has one or more *readings*, ways to put it as numbers; the first is the one that it is counted by. A reading has one
//! or more *parts*, and is supported if every part is (an intersection of tests needs no correction within; Berger 1982,
//! `doi:10.1080/00401706.1982.10487790`): the whole interval lies on the claimed side, and the largest p of its parts,
//! one-sided, is below the level after Holm's correction over all claims of the study that have a p. It is contradicted if a
//! part is: the whole interval on the other side, and its p times the number of parts below the level. It is equivalent if
//! what it claims is that numbers lie inside a margin, and they do. Otherwise it is inconclusive. Every other reading is
//! judged as if it stood in place of the first, in the same family.
//!
//! Without the data for a part a reading is not decidable, and says what is missing; nor is it where so few networks could not
//! pass whatever they do.

use crate::analysis::statistics::{Bootstrap, K_NEIGHBOURS, Resampling, Sought, holm, networks_for_all};

mod asked;
mod circuits;
mod compared;
mod controls;
mod effects;
mod evidence;
mod hypothesis;
pub mod multiverse;
mod needs;
mod numbers;
mod part;
mod question;
pub(crate) mod resting;
mod rule;
mod shapes;
pub(crate) mod solutions;
mod table;
mod verdict;

pub use crate::analysis::statistics::LEVEL;
pub(crate) use compared::Compared;
pub use effects::{Affected, EffectTest, Factor, FieldEffect, field_effects};
pub use evidence::{AspectEvidence, Between, ClassScores, NetworkEvidence, TaskEvidence};
pub use hypothesis::{FIRST_OF_STUDY, Hypothesis, Wording, judge_hypotheses};
pub use needs::Need;
pub use part::{Part, Way};
pub use question::{Aim, Asked, Group, Number, Ordered, Quantity, Question, State, Strata};
pub use verdict::{Criterion, Verdict};

/// The task that was published in full.
const MAIN_TASK: &str = "cddm";
/// The number of the claim that others hold in other tasks.
const IN_OTHER_TASKS: u32 = 18;
/// What a study lacks whose smallest possible p is not small enough.
const TOO_FEW: &str = "so few networks could not pass however clear they were";

/// What does not matter, stated before the networks are looked at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Margins {
    /// Between the medians of R² of classes that perform alike (row 2).
    pub performance: f64,
    /// Change of the probability of a choice (rows 16 and 17).
    pub sensitivity: f64,
    /// Distance of endpoints to the fixed point of the same input, over the spread of endpoints (row 13).
    pub endpoint: f64,
    /// Sheet index up to which fixed points lie on a line (row 12): the squared length of the short side of a sheet over that of
    /// the long one. By default a tenth, a short side of a third.
    pub sheet: f64,
    /// Difference between the constraints of what activations differ in the residual of exchanged contexts (row 3), which lies
    /// from 0 to √2.
    pub symmetry: f64,
    /// Smallest effect of interest in standard deviations (Hedges' g): a difference whose whole interval is below it is
    /// equivalent to none, and the networks needed are told for it; none to tell them for the effects found.
    pub smallest_effect: Option<f64>,
}

impl Default for Margins {
    fn default() -> Self {
        Self {
            performance: 0.1,
            sensitivity: 0.1,
            endpoint: 0.5,
            sheet: 0.1,
            symmetry: 0.1,
            smallest_effect: None,
        }
    }
}

/// How claims are judged.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// Resamples, permutations and their seed.
    pub resampling: Resampling,
    /// What does not matter.
    pub margins: Margins,
    /// Nearest neighbours that vote.
    pub k_neighbours: usize,
}

impl Terms {
    /// Those of a study, with the neighbours that it is judged by.
    pub const fn new(resampling: Resampling, margins: Margins) -> Self {
        Self { resampling, margins, k_neighbours: K_NEIGHBOURS }
    }

    /// Resamples of a number whose p is their share: a p as small as the correction of a study of all claims asks for.
    fn for_bootstrap_p(self) -> Bootstrap {
        const TIMES: usize = 10;
        Bootstrap { n_resamples: TIMES * self.resampling.n_resamples, ..self.resampling.bootstrap() }
    }
}

/// One way to put a claim as numbers, judged.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// Its name in tables.
    pub name: String,
    /// What it asks for.
    pub words: String,
    /// The decision.
    pub verdict: Verdict,
    /// What is tested, and what stands beside it.
    pub parts: Vec<Part>,
    /// The part that decides: one that is missing, else one that is contradicted, else one that does not go the claimed way,
    /// else the least certain.
    pub deciding: usize,
    /// What decides.
    pub criterion: Criterion,
    /// The p that goes with the verdict. Of the claimed side, the largest of the parts' after Holm's correction over the claims
    /// of the study; where the part that decides lies on the other side, the p of that side times the number of parts. None
    /// where no part has one, or a part is missing.
    pub p: Option<f64>,
    /// The p of a contradiction after Holm's correction over the claims of the study too: the smallest of the parts' on the other
    /// side times the number of parts, corrected. A verdict asks for the correction within the reading only. None where no
    /// part has a p, or a part is missing.
    pub p_contradicted: Option<f64>,
    /// Whether so few networks could not have passed, however clear they were.
    pub has_too_few: bool,
    /// Networks per group with which all of its numbers would pass in four studies of five, for the effects found or the smallest
    /// one of interest; none where one of them does not go the claimed way, or has no such number.
    pub n_needed: Option<usize>,
}

impl Reading {
    fn new(rule: &rule::ReadingRule<'_>, task: &TaskEvidence, terms: Terms) -> Self {
        let parts = rule.parts.on(task, terms);
        let has_p = parts.iter().any(|part| part.p_for().is_some());
        Self {
            name: rule.name.to_owned(),
            words: rule.words.to_owned(),
            verdict: Verdict::NotDecidable,
            deciding: 0,
            criterion: if has_p { Criterion::Test } else { Criterion::Interval },
            p: None,
            p_contradicted: None,
            has_too_few: false,
            n_needed: None,
            parts,
        }
    }

    /// The part that decides.
    pub fn decider(&self) -> Option<&Part> {
        self.parts.get(self.deciding)
    }

    /// What is missing, where the reading cannot be decided.
    pub fn missing(&self) -> Vec<&str> {
        let of_parts = self.parts.iter().filter_map(|part| part.missing.as_deref());
        of_parts.chain(self.has_too_few.then_some(TOO_FEW)).collect()
    }

    /// Whether the study has what it asks for.
    fn is_decidable(&self) -> bool {
        self.parts.iter().any(Part::decides) && self.parts.iter().all(|part| part.missing.is_none())
    }

    /// The parts that decide.
    fn tested(&self) -> impl Iterator<Item = &Part> {
        self.parts.iter().filter(|part| part.decides())
    }

    /// Largest p of the claimed side, uncorrected; none where no part has one, or one is missing.
    fn p_for(&self) -> Option<f64> {
        self.tested().filter(|_| self.is_decidable()).filter_map(Part::p_for).reduce(f64::max)
    }

    /// Smallest p of the other side, corrected for the parts; none where no part has one, or one is missing.
    fn p_against(&self) -> Option<f64> {
        let n_parts = self.tested().count() as f64;
        let smallest =
            self.tested().filter(|_| self.is_decidable()).filter_map(Part::p_against).reduce(f64::min);
        smallest.map(|p| (p * n_parts).min(1.0))
    }

    /// Judges it in a family.
    fn decide(&mut self, family: &Family, terms: Terms) {
        let smallest_effect = terms.margins.smallest_effect;
        let n_parts = self.tested().count();
        for part in &mut self.parts {
            part.conclude(part.p_for().map(|p| family.corrected(p)), n_parts, smallest_effect);
            let level = if part.p_for().is_some() { family.level() } else { LEVEL };
            part.set_needed(level, smallest_effect);
        }
        self.n_needed = self.needed(family, smallest_effect);
        self.deciding = self.decider_of_parts();
        let against = self.decider().filter(|part| !part.points_as_claimed()).and_then(Part::p_against);
        let corrected = self.p_for().map(|p| family.corrected(p));
        self.p = match against {
            Some(p) => Some((p * n_parts as f64).min(1.0)).filter(|_| self.is_decidable()),
            None => corrected,
        };
        self.p_contradicted = self.p_against().map(|p| family.corrected_against(p));
        let least = self.tested().filter_map(|part| part.least_p).fold(0.0, f64::max);
        self.has_too_few = self.is_decidable()
            && self.tested().all(Part::is_met)
            && corrected.is_some_and(|p| p >= LEVEL)
            && family.corrected(least) >= LEVEL;
        let all = |is: fn(&Part) -> bool| self.tested().all(is);
        self.verdict = if !self.is_decidable() || self.has_too_few {
            Verdict::NotDecidable
        } else if self.tested().any(|part| part.verdict == Verdict::Contradicted) {
            Verdict::Contradicted
        } else if all(|part| part.way == Way::Within && part.verdict == Verdict::Equivalent) {
            Verdict::Equivalent
        } else if all(Part::is_upheld) {
            Verdict::Supported
        } else {
            Verdict::Inconclusive
        };
    }

    /// Networks per group with which all of its numbers pass in four studies of five, whatever their dependence.
    fn needed(&self, family: &Family, smallest_effect: Option<f64>) -> Option<usize> {
        let sought: Vec<Sought> =
            self.tested().map(|part| part.sought(smallest_effect)).collect::<Option<_>>()?;
        networks_for_all(&sought, family.level()).filter(|_| self.is_decidable())
    }

    fn decider_of_parts(&self) -> usize {
        let rank = |part: &Part| {
            let least_certain = part.p_for().unwrap_or(0.0);
            let is_contradicted = part.verdict == Verdict::Contradicted;
            let fails = part.decides() && !part.is_met();
            let is_otherwise = fails && !part.points_as_claimed();
            (part.missing.is_some(), is_contradicted, is_otherwise, fails, part.decides(), least_certain)
        };
        (0..self.parts.len())
            .reduce(|best, next| if rank(&self.parts[next]) > rank(&self.parts[best]) { next } else { best })
            .unwrap_or(0)
    }
}

/// A claim with its readings.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// Number in the list of claims; those of a study file stand behind it, from [`FIRST_OF_STUDY`].
    pub number: u32,
    /// Its name, of one of a study file.
    pub name: Option<String>,
    /// The row whose rule it is judged by: its number, or that of the row which should hold in other tasks too.
    pub row: u32,
    /// The task that it is judged on.
    pub task: String,
    /// The claim, in words.
    pub statement: String,
    /// The ways to put it as numbers; the first is the one that it is counted by.
    pub readings: Vec<Reading>,
    /// See [`Claim::is_of_labels`].
    is_of_labels: bool,
}

impl Claim {
    fn new(rule: &rule::Rule<'_>, readings: Readings, task: &TaskEvidence, terms: Terms) -> Self {
        let n_readings = match readings {
            Readings::All => rule.readings.len(),
            Readings::First => 1,
        };
        let readings = rule.readings.iter().take(n_readings);
        Self {
            number: rule.number,
            name: None,
            row: rule.number,
            task: task.task.clone(),
            statement: rule.statement(task).to_owned(),
            readings: readings.map(|reading| Reading::new(reading, task, terms)).collect(),
            is_of_labels: rule.about == rule::About::Labels,
        }
    }

    /// The reading that it is counted by.
    pub fn first(&self) -> &Reading {
        &self.readings[0]
    }

    /// The verdict under the reading that it is counted by.
    pub fn verdict(&self) -> Verdict {
        self.first().verdict
    }

    /// Whether it asks for a difference between labels, so that it is supported at most as often as its level where they
    /// are permuted.
    pub fn is_of_labels(&self) -> bool {
        self.is_of_labels
    }

    /// The same as a part of the claim that it holds in other tasks.
    fn in_another_task(self) -> Self {
        let statement = format!("In another task, as in row {}: {}", self.row, self.statement);
        Self { number: IN_OTHER_TASKS, statement, ..self }
    }
}

/// The other p of the family in which a reading is corrected, of the claimed side and of the other.
struct Family {
    others: Vec<f64>,
    others_against: Vec<f64>,
}

impl Family {
    /// The family of a claim among those of the study.
    fn without(claims: &[Claim], claim: &Claim) -> Self {
        let others = || claims.iter().filter(|other| !std::ptr::eq(*other, claim)).map(Claim::first);
        Self {
            others: others().filter_map(Reading::p_for).collect(),
            others_against: others().filter_map(Reading::p_against).collect(),
        }
    }

    /// What a p of the claimed side becomes among the others by Holm's method.
    fn corrected(&self, p: f64) -> f64 {
        among(p, &self.others)
    }

    /// The same of a p of the other side.
    fn corrected_against(&self, p: f64) -> f64 {
        among(p, &self.others_against)
    }

    /// The level of a single test that is corrected for all.
    fn level(&self) -> f64 {
        LEVEL / (self.others.len() + 1) as f64
    }
}

/// What a p becomes among others by Holm's method.
fn among(p: f64, others: &[f64]) -> f64 {
    let all: Vec<f64> = std::iter::once(p).chain(others.iter().copied()).collect();
    holm(&all)[0]
}

/// Judges every claim on the tasks of a study: on CDDM, or the first task where there is none; and those that should hold
/// everywhere on each other task.
pub fn judge(tasks: &[TaskEvidence], terms: Terms) -> Vec<Claim> {
    let mut claims = measured(tasks, terms, Readings::All, |_| true);
    decide(&mut claims, terms);
    claims
}

/// Which readings of a claim are measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Readings {
    /// All.
    All,
    /// The one that it is counted by.
    First,
}

/// The numbers of some rows, by the number of the claim; no verdicts yet.
fn measured(
    tasks: &[TaskEvidence],
    terms: Terms,
    readings: Readings,
    is_wanted: impl Fn(&rule::Rule<'_>) -> bool,
) -> Vec<Claim> {
    // The published task, else one like it, else the first.
    let main = tasks.iter().position(|task| task.task == MAIN_TASK);
    let main = main.or_else(|| tasks.iter().position(TaskEvidence::has_contexts)).unwrap_or(0);
    let mut claims = Vec::new();
    for (place, task) in tasks.iter().enumerate() {
        let is_judged = |rule: &&rule::Rule<'_>| place == main || rule.scope == rule::Scope::EveryTask;
        let rules = table::RULES.iter().filter(is_judged).filter(|rule| is_wanted(rule));
        claims.extend(rules.map(|rule| {
            let claim = Claim::new(rule, readings, task, terms);
            if place == main { claim } else { claim.in_another_task() }
        }));
    }
    claims.sort_by_key(|claim| claim.number);
    claims
}

/// Corrects every p over the claims and gives the verdicts.
fn decide(claims: &mut [Claim], terms: Terms) {
    let families: Vec<Family> = claims.iter().map(|claim| Family::without(claims, claim)).collect();
    for (claim, family) in claims.iter_mut().zip(families) {
        claim.readings.iter_mut().for_each(|reading| reading.decide(&family, terms));
    }
}

#[cfg(test)]
mod tests;
