//! Every claim under every admissible choice: a verdict that turns with a choice nobody argued for proves little.
//!
//! # Source
//! Steegen, Tuerlinckx, Gelman & Vanpaemel 2016, doi:10.1177/1745691616658637.

use super::rule::{Rule, Source};
use super::{Claim, Family, Readings, TaskEvidence, Terms, Verdict, measured};

/// Share of the choices that must agree with the verdict for a claim to be robust.
pub const ROBUST_SHARE: f64 = 0.9;

/// The evidence under one choice other than the one that claims are judged by.
#[derive(Clone, Debug)]
pub struct Alternative {
    /// What is chosen, such as the number of neighbours.
    pub kind: ChoiceKind,
    /// What it is chosen to be, in words.
    pub choice: String,
    /// Nearest neighbours that vote under it.
    pub k_neighbours: usize,
    /// The tasks as they are under the choice, in the order in which they were judged.
    pub tasks: Vec<TaskEvidence>,
}

/// What an analysis leaves free.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChoiceKind {
    /// How a measure of one network is taken: components, steps, window, threshold.
    Measure,
    /// The measure of similarity of trajectories.
    Similarity,
    /// Distances in the form of the published analysis: cost of unmatched points, and how directions are combined.
    DistanceForm,
    /// Distances themselves, or their embedding in the plane.
    Space,
    /// How many nearest neighbours vote.
    Neighbours,
    /// The networks of one constraint alone.
    Stratum,
}

impl ChoiceKind {
    /// Every kind.
    pub const ALL: [Self; 6] =
        [Self::Measure, Self::Similarity, Self::DistanceForm, Self::Space, Self::Neighbours, Self::Stratum];

    /// Name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Measure => "measure",
            Self::Similarity => "similarity",
            Self::DistanceForm => "distance_form",
            Self::Space => "space",
            Self::Neighbours => "neighbours",
            Self::Stratum => "stratum",
        }
    }

    /// Whether it changes something that a claim is made of.
    fn touches(self, rule: &Rule<'_>) -> bool {
        let changes = |source: &Source| match self {
            Self::Measure => *source == Source::Measures,
            // Clusters are looked for in the distances then.
            Self::Similarity | Self::DistanceForm => matches!(source, Source::Distances | Source::Embedding),
            Self::Space => *source == Source::Embedding,
            Self::Neighbours => *source == Source::Votes,
            // Scores are of all trained networks, whatever is compared.
            Self::Stratum => *source != Source::Scores,
        };
        rule.made_of.iter().any(changes)
    }
}

/// A claim under one choice.
#[derive(Clone, Debug, PartialEq)]
pub struct UnderChoice {
    /// What is chosen.
    pub kind: ChoiceKind,
    /// What it is chosen to be, in words.
    pub choice: String,
    /// The claim, judged under it.
    pub claim: Claim,
    /// Whether its verdict is that of the study.
    pub agrees: bool,
}

/// The claims whose deciding numbers a choice moves, judged under it; none of those that cannot be decided under it.
///
/// Each is corrected in the family of the study's claims, with its own p in its place.
pub fn under(judged: &[Claim], alternative: &Alternative, terms: Terms) -> Vec<UnderChoice> {
    let terms = Terms { k_neighbours: alternative.k_neighbours, ..terms };
    let is_touched = |rule: &Rule<'_>| alternative.kind.touches(rule);
    let mut others = measured(&alternative.tasks, terms, Readings::First, is_touched);
    others.retain_mut(|claim| {
        let is_same =
            |known: &&Claim| (known.number, known.row, &known.task) == (claim.number, claim.row, &claim.task);
        let Some(known) = judged.iter().find(is_same) else { return false };
        let family = Family::without(judged, known);
        claim.readings.iter_mut().for_each(|reading| reading.decide(&family, terms));
        claim.verdict() != Verdict::NotDecidable && values(claim) != values(known)
    });
    let agrees = |claim: &Claim| {
        judged.iter().any(|known| {
            (known.number, known.row, &known.task) == (claim.number, claim.row, &claim.task)
                && known.verdict() == claim.verdict()
        })
    };
    let found = others.into_iter().map(|claim| UnderChoice {
        kind: alternative.kind,
        choice: alternative.choice.clone(),
        agrees: agrees(&claim),
        claim,
    });
    found.collect()
}

/// The numbers that a claim is judged by.
fn values(claim: &Claim) -> Vec<Option<u64>> {
    let tested = claim.first().parts.iter().filter(|part| part.decides());
    tested.map(|part| part.value.map(f64::to_bits)).collect()
}

/// How many choices a claim was judged under, and how many agree with its verdict.
pub fn agreement(claim: &Claim, under: &[UnderChoice]) -> [usize; 2] {
    let own = under.iter().filter(|other| {
        (other.claim.number, other.claim.row, &other.claim.task) == (claim.number, claim.row, &claim.task)
    });
    own.fold([0, 0], |[n, agreeing], other| [n + 1, agreeing + usize::from(other.agrees)])
}

/// What the choices make of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Robustness {
    /// Nine of ten choices agree.
    Robust,
    /// More than one of ten choices gives another verdict.
    Sensitive,
}

impl Robustness {
    /// That of a count of choices and of those that agree; none where no choice touches the claim.
    pub fn of([n, agreeing]: [usize; 2]) -> Option<Self> {
        let is_robust = agreeing as f64 >= ROBUST_SHARE * n as f64;
        (n > 0).then_some(if is_robust { Self::Robust } else { Self::Sensitive })
    }
}
