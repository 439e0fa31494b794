//! The claims, and every number behind them.

use super::field::Name;
use super::row::table;
use crate::stage::Judged;
use circuitscope::analysis::statistics::LARGEST_RATIO;
use circuitscope::claims::{Claim, Criterion, Part, Verdict, Way};

table! {
    /// One row per claim and task that it is judged on.
    "claims" => pub(crate) struct JudgedClaim {
        /// Number of the claim (docs/methods.md).
        number: usize,
        /// Claim whose rule decides: for 18, the one that should hold in other tasks too.
        row: usize,
        /// Task.
        task: Name,
        /// What is claimed.
        statement: Name,
        /// The decision.
        verdict: Verdict,
        /// What decides: a `test`, by its p after Holm's correction, or an `interval` on the claimed side.
        criterion: Criterion,
        /// Largest p of its numbers; where a test decides after Holm's correction over the claims of the study, and 1 if a number lies on the other side.
        p: Option<f64>,
        /// The number that decides, in words: one that is missing, else one that does not go the claimed way, else the least certain.
        evidence: Option<Name>,
        /// Value of the number that decides; ∞ of a ratio beyond 1000.
        value: Option<f64>,
        /// Lower end of its 95 % interval over networks.
        low: Option<f64>,
        /// Upper end of the interval; ∞ of a ratio beyond 1000.
        high: Option<f64>,
        /// Why it is not supported or cannot be decided.
        reason: Option<Name>,
        /// What is said where so few networks could not have passed, however clear they were.
        too_few: Option<Name>,
    }
}

table! {
    /// One row per number behind a claim.
    "claim_evidence" => pub(crate) struct Evidence {
        /// Number of the claim.
        number: usize,
        /// Claim whose rule decides, as in `claims`.
        row: usize,
        /// Task.
        task: Name,
        /// What the number is.
        evidence: Name,
        /// Whether it is the one that decides.
        decides: bool,
        /// The number; ∞ of a ratio beyond 1000.
        value: Option<f64>,
        /// Whether it must be above or below the reference; `aside` decides nothing.
        way: Way,
        /// What it must be above or below; missing where any number is, as above a floor of −∞.
        reference: Option<f64>,
        /// Lower end of the 95 % interval over networks.
        low: Option<f64>,
        /// Upper end of the interval; ∞ of a ratio beyond 1000.
        high: Option<f64>,
        /// Permutation p value, uncorrected; of claim 6 twice the share of bootstrap draws on the rarer side of 1.
        p: Option<f64>,
        /// Size of the effect: Hedges' g of means and differences, R² of PERMANOVA.
        effect: Option<f64>,
        /// Lower end of the effect's 95 % interval over networks.
        effect_low: Option<f64>,
        /// Upper end of the effect's interval.
        effect_high: Option<f64>,
        /// Networks per group that are needed to find this effect in four studies of five.
        networks_needed: Option<usize>,
        /// Whether it goes the claimed way.
        met: bool,
        /// What the study lacks for it.
        missing: Option<Name>,
    }
}

impl JudgedClaim {
    pub(crate) fn of(judged: &Judged) -> Vec<Self> {
        let row = |claim: &Claim| {
            let decider = claim.decider();
            let interval = decider.and_then(|part| part.interval);
            // The others are said of single numbers.
            let of_parts = claim.parts.iter().filter(|part| part.missing.is_some()).count();
            Self {
                number: claim.number as usize,
                row: claim.row as usize,
                task: claim.task.as_str().into(),
                statement: claim.statement.as_str().into(),
                verdict: claim.verdict,
                criterion: claim.criterion,
                p: claim.p,
                evidence: decider.map(|part| part.words.as_str().into()),
                value: decider.and_then(|part| part.value).map(uncut),
                low: interval.map(|[low, _]| uncut(low)),
                high: interval.map(|[_, high]| uncut(high)),
                reason: reason(claim).map(Name::from),
                too_few: claim.missing().get(of_parts).map(|&text| text.into()),
            }
        };
        judged.claims.iter().map(row).collect()
    }
}

impl Evidence {
    pub(crate) fn of(judged: &Judged) -> Vec<Self> {
        let of_claim = |claim: &Claim| {
            let row = |part: &Part| Self {
                number: claim.number as usize,
                row: claim.row as usize,
                task: claim.task.as_str().into(),
                evidence: part.words.as_str().into(),
                decides: claim.decider() == Some(part),
                value: part.value.map(uncut),
                way: part.way,
                reference: Some(part.reference).filter(|reference| reference.is_finite()),
                low: part.interval.map(|[low, _]| uncut(low)),
                high: part.interval.map(|[_, high]| uncut(high)),
                p: part.p,
                effect: part.effect,
                effect_low: part.effect_interval.map(|[low, _]| low),
                effect_high: part.effect_interval.map(|[_, high]| high),
                networks_needed: part.n_needed,
                met: part.is_met() && part.missing.is_none(),
                missing: part.missing.as_deref().map(Name::from),
            };
            claim.parts.iter().map(row).collect::<Vec<_>>()
        };
        judged.claims.iter().flat_map(of_claim).collect()
    }
}

/// Ratios are cut off at [`LARGEST_RATIO`]: the number says no more than that they are beyond it.
pub(super) fn uncut(value: f64) -> f64 {
    if value.total_cmp(&LARGEST_RATIO).is_eq() { f64::INFINITY } else { value }
}

/// Why a claim is not supported or cannot be judged.
fn reason(claim: &Claim) -> Option<String> {
    match claim.verdict {
        Verdict::Supported => None,
        Verdict::NotSupported => Some(unmet(claim)),
        Verdict::NotDecidable => claim.missing().first().map(|&what| what.to_owned()),
    }
}

/// Why a claim is not supported.
fn unmet(claim: &Claim) -> String {
    let words =
        |parts: Vec<&Part>| parts.iter().map(|part| part.words.as_str()).collect::<Vec<_>>().join("; ");
    let (near, short): (Vec<&Part>, Vec<&Part>) =
        claim.parts.iter().filter(|part| !part.is_met()).partition(|part| part.points_as_claimed());
    if !short.is_empty() {
        format!("not as claimed: {}", words(short))
    } else if !near.is_empty() {
        format!("as claimed, but the interval says that it may be otherwise: {}", words(near))
    } else {
        let needed = claim.parts.iter().filter_map(|part| part.n_needed).max();
        let group = group(claim.row as usize);
        let needed = needed.map(|n| format!("; an effect of this size needs {n} {group}"));
        let least_certain = claim.decider().map(|part| part.words.as_str()).unwrap_or_default();
        format!("not beyond chance after the correction: {least_certain}{}", needed.unwrap_or_default())
    }
}

/// What a group of networks is made of, where a claim says how many it needs.
pub(crate) fn group(row: usize) -> &'static str {
    match row {
        1 => "networks of each class",
        13 | 19 => "networks",
        _ => "networks of each activation",
    }
}
