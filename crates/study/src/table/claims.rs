//! The claims, and every number behind them.

use super::field::Name;
use super::row::table;
use crate::stage::Judged;
use circuitscope::analysis::statistics::LARGEST_RATIO;
use circuitscope::claims::multiverse::{Robustness, UnderChoice, agreement};
use circuitscope::claims::{Claim, Criterion, FIRST_OF_STUDY, LEVEL, Part, Reading, Verdict, Way};

/// A table of judged readings: columns of its own before and behind what is said of any reading.
macro_rules! of_readings {
    (
        $(#[doc = $meaning:literal])+
        $name:literal => pub(crate) struct $Row:ident { $($before:tt)* } .. { $($behind:tt)* }
    ) => {
        table! {
            $(#[doc = $meaning])+
            $name => pub(crate) struct $Row {
                /// Number of the claim (docs/methods.md); those of the study file count from 101.
                number: usize,
                /// Name of a claim of the study file; missing of a built-in one.
                name: Option<Name>,
                /// Claim whose rule decides: for 18, the one that should hold in other tasks too.
                row: usize,
                /// Task.
                task: Name,
                $($before)*
                /// The decision; of a reading, as if the claim were counted by it.
                verdict: Verdict,
                /// What decides: a `test`, by intervals and by p after Holm's correction, or an `interval` alone.
                criterion: Criterion,
                /// One-sided p that goes with the verdict: of the claimed side the largest of its numbers', after Holm's correction over the claims of the study; where the number that decides lies on the other side, of that side, times the numbers of the reading.
                p: Option<f64>,
                /// The p of the other side after both corrections, for the numbers of the reading and by Holm's method over the claims of the study: a contradiction below .05 holds over the whole study. Verdicts ask for the first correction alone.
                p_contradicted: Option<f64>,
                /// The number that decides, in words: one that is missing, else one that is contradicted, else one that does not go the claimed way, else the least certain.
                evidence: Option<Name>,
                /// Value of the number that decides; ∞ of a ratio beyond 1000.
                value: Option<f64>,
                /// Lower end of its 95 % interval over networks.
                low: Option<f64>,
                /// Upper end of the interval; ∞ of a ratio beyond 1000.
                high: Option<f64>,
                /// Why it is not supported; missing where it is.
                reason: Option<Name>,
                $($behind)*
            }
        }
    };
}

of_readings! {
    /// One row per claim and task that it is judged on, under the reading that the claim is counted by.
    "claims" => pub(crate) struct JudgedClaim {
        /// What is claimed.
        statement: Name,
        /// Reading that the claim is counted by.
        reading: Name,
    } .. {
        /// What is said where so few networks could not have passed, however clear they were.
        too_few: Option<Name>,
        /// Other admissible choices that touch it and under which it can be decided, as in `multiverse`.
        choices: usize,
        /// Those of them whose verdict is the same.
        choices_agreeing: usize,
        /// Whether nine of ten choices agree (`robust`) or not (`sensitive`); missing where none touches it.
        robustness: Option<Robustness>,
    }
}

of_readings! {
    /// One row per reading of a claim: every way to put it as numbers, the one that it is counted by first.
    "claim_readings" => pub(crate) struct JudgedReading {
        /// Name of the reading.
        reading: Name,
        /// What it asks for.
        meaning: Name,
    } .. {
        /// Networks per group with which all its numbers would pass in four studies of five, for the effects found or the smallest one of interest that the study states.
        networks_needed: Option<usize>,
    }
}

table! {
    /// One row per number behind a reading of a claim.
    "claim_evidence" => pub(crate) struct Evidence {
        /// Number of the claim, as in `claims`.
        number: usize,
        /// Name of a claim of the study file; missing of a built-in one.
        name: Option<Name>,
        /// Claim whose rule decides, as in `claims`.
        row: usize,
        /// Task.
        task: Name,
        /// Reading, as in `claim_readings`.
        reading: Name,
        /// What the number is.
        evidence: Name,
        /// Whether it is the one that decides.
        decides: bool,
        /// What is concluded from it alone; of a number that stands aside nothing.
        verdict: Option<Verdict>,
        /// The number; ∞ of a ratio beyond 1000.
        value: Option<f64>,
        /// Whether it must be above or below the reference, or within the margin around it; `aside` decides nothing.
        way: Way,
        /// What it must be above, below or near; missing where any number is, as above a floor of −∞.
        reference: Option<f64>,
        /// Distance from the reference that does not matter, stated beforehand; 0 where none was.
        margin: f64,
        /// Lower end of the 95 % interval over networks.
        low: Option<f64>,
        /// Upper end of the interval; ∞ of a ratio beyond 1000.
        high: Option<f64>,
        /// One-sided p value of the side of the reference on which the number lies, uncorrected: by permutation, of claim 6 the share of bootstrap draws on the other side of 1.
        p: Option<f64>,
        /// One-sided p value of the claimed side, uncorrected: what verdicts are computed from.
        p_claimed: Option<f64>,
        /// Size of the effect: Hedges' g of means and differences, R² of PERMANOVA.
        effect: Option<f64>,
        /// Lower end of the effect's 95 % interval over networks.
        effect_low: Option<f64>,
        /// Upper end of the effect's interval.
        effect_high: Option<f64>,
        /// Networks per group that are needed to find this effect in four studies of five.
        networks_needed: Option<usize>,
        /// Whether value and interval go the claimed way.
        met: bool,
        /// What the study lacks for it.
        missing: Option<Name>,
    }
}

impl JudgedClaim {
    pub(crate) fn of(judged: &Judged, multiverse: &[UnderChoice]) -> Vec<Self> {
        let row = |claim: &Claim| {
            let choices = agreement(claim, multiverse);
            let first = claim.first();
            let Decider { evidence, value, low, high } = Decider::of(first);
            // The others are said of single numbers.
            let of_parts = first.parts.iter().filter(|part| part.missing.is_some()).count();
            Self {
                number: claim.number as usize,
                name: claim.name.as_deref().map(Name::from),
                row: claim.row as usize,
                task: claim.task.as_str().into(),
                statement: claim.statement.as_str().into(),
                reading: first.name.as_str().into(),
                verdict: first.verdict,
                criterion: first.criterion,
                p: first.p,
                p_contradicted: first.p_contradicted,
                evidence,
                value,
                low,
                high,
                reason: reason(claim.row, first).map(Name::from),
                too_few: first.missing().get(of_parts).map(|&text| text.into()),
                choices: choices[0],
                choices_agreeing: choices[1],
                robustness: Robustness::of(choices),
            }
        };
        judged.every_claim().map(row).collect()
    }
}

impl JudgedReading {
    pub(crate) fn of(judged: &Judged) -> Vec<Self> {
        let of_claim = |claim: &Claim| {
            let row = |reading: &Reading| {
                let Decider { evidence, value, low, high } = Decider::of(reading);
                Self {
                    number: claim.number as usize,
                    name: claim.name.as_deref().map(Name::from),
                    row: claim.row as usize,
                    task: claim.task.as_str().into(),
                    reading: reading.name.as_str().into(),
                    meaning: reading.words.as_str().into(),
                    verdict: reading.verdict,
                    criterion: reading.criterion,
                    p: reading.p,
                    p_contradicted: reading.p_contradicted,
                    evidence,
                    value,
                    low,
                    high,
                    reason: reason(claim.row, reading).map(Name::from),
                    networks_needed: reading.n_needed,
                }
            };
            claim.readings.iter().map(row).collect::<Vec<_>>()
        };
        judged.every_claim().flat_map(of_claim).collect()
    }
}

/// The number that decides a reading.
struct Decider {
    evidence: Option<Name>,
    value: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
}

impl Decider {
    fn of(reading: &Reading) -> Self {
        let part = reading.decider();
        let interval = part.and_then(|part| part.interval);
        Self {
            evidence: part.map(|part| part.words.as_str().into()),
            value: part.and_then(|part| part.value).map(uncut),
            low: interval.map(|[low, _]| uncut(low)),
            high: interval.map(|[_, high]| uncut(high)),
        }
    }
}

impl Evidence {
    pub(crate) fn of(judged: &Judged) -> Vec<Self> {
        let readings =
            judged.every_claim().flat_map(|claim| claim.readings.iter().map(move |reading| (claim, reading)));
        let of_reading = |(claim, reading): (&Claim, &Reading)| {
            let row = |(place, part): (usize, &Part)| Self {
                number: claim.number as usize,
                name: claim.name.as_deref().map(Name::from),
                row: claim.row as usize,
                task: claim.task.as_str().into(),
                reading: reading.name.as_str().into(),
                evidence: part.words.as_str().into(),
                decides: place == reading.deciding,
                verdict: part.decides().then_some(part.verdict),
                value: part.value.map(uncut),
                way: part.way,
                reference: Some(part.reference).filter(|reference| reference.is_finite()),
                margin: part.margin,
                low: part.interval.map(|[low, _]| uncut(low)),
                high: part.interval.map(|[_, high]| uncut(high)),
                p: part.p(),
                p_claimed: part.p_for(),
                effect: part.effect,
                effect_low: part.effect_interval.map(|[low, _]| low),
                effect_high: part.effect_interval.map(|[_, high]| high),
                networks_needed: part.n_needed,
                met: part.is_met(),
                missing: part.missing.as_deref().map(Name::from),
            };
            reading.parts.iter().enumerate().map(row).collect::<Vec<_>>()
        };
        readings.flat_map(of_reading).collect()
    }
}

/// Ratios are cut off at [`LARGEST_RATIO`]: the number says no more than that they are beyond it.
pub(super) fn uncut(value: f64) -> f64 {
    if value.total_cmp(&LARGEST_RATIO).is_eq() { f64::INFINITY } else { value }
}

/// Why a reading is not supported, part by part where it has several.
fn reason(row: u32, reading: &Reading) -> Option<String> {
    let of = |verdict: Verdict| {
        let parts = reading.parts.iter().filter(|part| part.decides() && part.verdict == verdict);
        let words = parts.map(|part| part.words.as_str()).collect::<Vec<_>>().join("; ");
        (!words.is_empty()).then(|| format!("{}: {words}", verdict.words()))
    };
    match reading.verdict {
        Verdict::Supported | Verdict::Equivalent => None,
        Verdict::NotDecidable => reading.missing().first().map(|&what| what.to_owned()),
        Verdict::Contradicted | Verdict::Inconclusive => {
            let parts = Verdict::ALL.into_iter().filter(|&verdict| verdict != Verdict::NotDecidable);
            let said = parts.filter_map(of).collect::<Vec<_>>().join(". ");
            Some(format!("{said}{}{}", within_study(reading), networks_needed(row, reading)))
        }
    }
}

/// What becomes of a contradiction that is corrected over the claims of the study too.
fn within_study(reading: &Reading) -> String {
    let p = reading.p_contradicted.filter(|&p| reading.verdict == Verdict::Contradicted && p >= LEVEL);
    p.map(|p| format!(". Corrected over the claims of the study too, p is {p:.3}")).unwrap_or_default()
}

/// How many networks would decide, where numbers go the claimed way and are not beyond chance.
fn networks_needed(row: u32, reading: &Reading) -> String {
    let needed = reading.n_needed.filter(|_| reading.verdict == Verdict::Inconclusive);
    needed
        .map(|n| format!(". Effects of this size need {n} {} for four studies of five", group(row as usize)))
        .unwrap_or_default()
}

/// What a group of networks is made of, where a claim says how many it needs.
pub(crate) fn group(row: usize) -> &'static str {
    match row {
        1 => "networks of each class",
        13 | 19 => "networks",
        row if row >= FIRST_OF_STUDY as usize => "networks of each group",
        _ => "networks of each activation",
    }
}
