//! `claims.json`: the claims of a study with every number behind them.

use crate::config::Study;
use crate::opened::{Opened, Published};
use crate::page::words;
use crate::store::StoreError;
use crate::table::Levels as _;
use crate::table::claims::group;
use circuitscope::analysis::statistics::LARGEST_RATIO;
use circuitscope::claims::{Criterion, Way};
pub use circuitscope::claims::{LEVEL, Verdict};
use serde::{Deserialize, Serialize};

/// Every claim of a study, with keys that other tools read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClaimsReport {
    /// Hash of all that decides the results of the study that they are of.
    #[serde(default)] // absent from studies of earlier versions
    pub study_identity: String,
    /// Version of the program that judged them.
    #[serde(default)] // absent from studies of earlier versions
    pub software_version: String,
    /// The claims, by number.
    pub claims: Vec<ClaimEntry>,
}

/// A claim.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClaimEntry {
    /// Its number; those of the study file count from 101.
    pub number: usize,
    /// Its name, of one of the study file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The row whose rule it is judged by: for 18, that of the row which should hold in other tasks too.
    #[serde(default)] // absent from studies of earlier versions
    pub row: usize,
    /// What is claimed.
    pub statement: String,
    /// `supported`, `contradicted`, `equivalent`, `inconclusive` or `not_decidable`.
    pub verdict: String,
    /// The number that decides: one that is contradicted, else one that does not go the claimed way, else the least certain.
    pub statistic: Option<f64>,
    /// Its 95 % interval over networks.
    pub interval: Option<[f64; 2]>,
    /// What decides: `test`, intervals on the claimed side and a p below 0.05, or `interval`, intervals alone.
    pub criterion: String,
    /// One-sided p that goes with the verdict: of the claimed side the largest of its numbers', after Holm's correction over
    /// the claims of the study; where the number that decides lies on the other side, of that side, times the numbers of the
    /// reading; null where a number is missing.
    pub p: Option<f64>,
    /// One-sided p of the other side after correction for the numbers of the reading and over the claims of the study: a
    /// contradiction holds over the whole study where it is below 0.05; null where a number is missing or none has a p.
    #[serde(default)] // absent from studies of earlier versions
    pub p_contradicted: Option<f64>,
    /// The task that it is judged on.
    pub task: String,
    /// Every number behind it, under the reading that it is counted by.
    pub evidence: Vec<EvidenceEntry>,
    /// What the study lacks to decide it.
    pub missing: Vec<String>,
    /// Why it is not supported, in words; empty where it is supported or equivalent.
    #[serde(default)] // absent from studies of earlier versions
    pub reason: String,
    /// The figure behind it, in the study folder; empty where there is none.
    pub figure: String,
    /// Other admissible choices that touch it, and those of them whose verdict is the same.
    #[serde(default)] // absent from studies of earlier versions
    pub choices: [usize; 2],
    /// `robust` where nine of ten choices agree, else `sensitive`; null where none touches it.
    #[serde(default)] // absent from studies of earlier versions
    pub robustness: Option<String>,
    /// Name of the reading that it is counted by.
    #[serde(default)] // absent from studies of earlier versions
    pub reading: String,
    /// Every way to put it as numbers, the one that it is counted by first.
    #[serde(default)] // absent from studies of earlier versions
    pub readings: Vec<ReadingEntry>,
}

/// One way to put a claim as numbers, judged as if the claim were counted by it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReadingEntry {
    /// Its name.
    pub reading: String,
    /// What it asks for.
    pub meaning: String,
    /// As of the claim.
    pub verdict: String,
    /// As of the claim.
    pub criterion: String,
    /// As of the claim.
    pub p: Option<f64>,
    /// As of the claim.
    #[serde(default)] // absent from studies of earlier versions
    pub p_contradicted: Option<f64>,
    /// The number that decides.
    pub statistic: Option<f64>,
    /// Its 95 % interval over networks.
    pub interval: Option<[f64; 2]>,
    /// What that number is, in words.
    pub deciding: String,
    /// Networks per group with which all its numbers would pass in four studies of five.
    pub networks_needed: Option<usize>,
    /// Why it is not supported, in words; empty where it is supported or equivalent.
    pub reason: String,
    /// Every number behind it.
    pub evidence: Vec<EvidenceEntry>,
}

/// A number behind a claim.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EvidenceEntry {
    /// What it is.
    pub words: String,
    /// The number.
    pub value: Option<f64>,
    /// `above`, `below`, `within` a margin of the reference, or `aside` for one that decides nothing.
    pub way: String,
    /// What it must be above, below or near; null where any number is, as above a floor of −∞.
    pub reference: Option<f64>,
    /// 95 % interval over networks.
    pub interval: Option<[f64; 2]>,
    /// One-sided p of the side of the reference on which the number lies, uncorrected: by permutation, of row 6 by bootstrap.
    pub p: Option<f64>,
    /// Size of the effect where the number is none itself: Hedges' g of means and differences, R² of PERMANOVA.
    pub effect: Option<f64>,
    /// Its 95 % interval over networks, of Hedges' g.
    #[serde(default)] // absent from studies of earlier versions
    pub effect_interval: Option<[f64; 2]>,
    /// Networks a group that are needed to find this effect in four studies of five.
    pub networks_needed: Option<usize>,
    /// Whether value and interval go the claimed way.
    pub met: bool,
    /// Distance from the reference that does not matter; 0 where none was stated.
    #[serde(default)] // absent from studies of earlier versions
    pub margin: f64,
    /// What is concluded from it alone; null of a number that stands aside.
    #[serde(default)] // absent from studies of earlier versions
    pub verdict: Option<String>,
}

impl ClaimsReport {
    /// The claims on tasks of a study, and what is said of the others, all at once; nothing where there are none.
    pub fn of_study(&self, study: &Study) -> (Vec<&ClaimEntry>, String) {
        let has = |task: &str| study.tasks.iter().any(|known| known.task.name() == task);
        let (own, others): (Vec<&ClaimEntry>, Vec<&ClaimEntry>) =
            self.claims.iter().partition(|claim| has(&claim.task));
        let others: Vec<(&str, usize)> =
            others.into_iter().map(|claim| (claim.task.as_str(), claim.number)).collect();
        (own, left_out(&others))
    }

    /// How many built-in claims have each verdict, in words: those of this version in their order, then those of the version that
    /// judged them, as they come.
    pub fn counts(&self) -> Vec<(String, usize)> {
        self.counted(|claim| claim.name.is_none())
    }

    /// The same of the claims of the study file; empty where it states none.
    pub fn counts_of_study_file(&self) -> Vec<(String, usize)> {
        let counts = self.counted(|claim| claim.name.is_some());
        if counts.iter().all(|(_, n)| *n == 0) { Vec::new() } else { counts }
    }

    fn counted(&self, is_counted: fn(&ClaimEntry) -> bool) -> Vec<(String, usize)> {
        let mut names: Vec<&str> = Verdict::ALL.map(Verdict::name).into();
        let claims = || self.claims.iter().filter(|claim| is_counted(claim));
        for claim in claims() {
            if !names.contains(&claim.verdict.as_str()) {
                names.push(&claim.verdict);
            }
        }
        let n_of = |name: &str| claims().filter(|claim| claim.verdict == name).count();
        names.into_iter().map(|name| (name.replace('_', " "), n_of(name))).collect()
    }

    /// What the marks of its numbers say.
    pub fn marks(&self) -> String {
        let numbers = || self.claims.iter().flat_map(|claim| &claim.evidence).map(EvidenceEntry::mark);
        let is_of_earlier = numbers().any(|mark| matches!(mark, '+' | '-'));
        let said =
            "✓ supported   ✗ contradicted   ≈ equivalent   ~ inconclusive   · beside the tests, or missing";
        let of_earlier =
            if is_of_earlier { "   + as claimed   - not as claimed, by an earlier version" } else { "" };
        format!("{said}{of_earlier}")
    }
}

impl ClaimEntry {
    /// What it is called in lists: its number, or its name where the study file states it.
    pub fn label(&self) -> String {
        self.name.clone().unwrap_or_else(|| format!("{:>2}", self.number))
    }

    /// The verdict with the p that goes with it: "supported, p 0.0025 after correction".
    pub fn decision(&self) -> String {
        decision(&self.verdict, &self.criterion, self.p)
    }

    /// How many of several readings uphold it: "upheld under 2 of 3 readings"; none of a single one.
    pub fn counted(&self) -> Option<String> {
        let is_upheld = |reading: &&ReadingEntry| {
            [Verdict::Supported, Verdict::Equivalent].iter().any(|verdict| verdict.name() == reading.verdict)
        };
        let (n, of) = (self.readings.iter().filter(is_upheld).count(), self.readings.len());
        (of > 1).then(|| format!("upheld under {n} of {of} readings"))
    }
}

impl ReadingEntry {
    /// The verdict with the p that goes with it.
    pub fn decision(&self) -> String {
        decision(&self.verdict, &self.criterion, self.p)
    }

    /// The number that decides, with its interval.
    pub fn sentence(&self) -> String {
        if self.statistic.is_none() {
            return self.deciding.clone();
        }
        format!("{}: {}", self.deciding, estimate(self.statistic, self.interval))
    }
}

fn decision(verdict: &str, criterion: &str, p: Option<f64>) -> String {
    let p = p.filter(|_| criterion == Criterion::Test.name());
    let p = p.map(|p| format!(", p {p:.4} after correction")).unwrap_or_default();
    format!("{}{p}", verdict.replace('_', " "))
}

impl EvidenceEntry {
    /// What is concluded from it alone, in a sign that [`ClaimsReport::marks`] explains.
    pub fn mark(&self) -> char {
        match self.verdict.as_deref().and_then(|name| Verdict::ALL.into_iter().find(|of| of.name() == name)) {
            Some(Verdict::Supported) => '✓',
            Some(Verdict::Contradicted) => '✗',
            Some(Verdict::Equivalent) => '≈',
            Some(Verdict::Inconclusive) => '~',
            Some(Verdict::NotDecidable) => '·',
            None if self.way == Way::Aside.level() || self.value.is_none() => '·',
            // Earlier versions concluded nothing from single numbers.
            None if self.met => '+',
            None => '-',
        }
    }

    /// The number in words, with its interval, its p and how many networks it needs.
    pub fn sentence(&self, claim: &ClaimEntry) -> String {
        if self.value.is_none() {
            return self.words.clone();
        }
        let estimate = estimate(self.value, self.interval);
        let p = self.p.map(|p| format!("  p {p:.4}")).unwrap_or_default();
        let needed = self.networks_needed.map(|n| format!("  (needs {n} {})", group(claim.row)));
        format!("{}: {estimate}{p}{}", self.words, needed.unwrap_or_default())
    }
}

/// The claims that a finished study wrote, with the version of the program that did.
///
/// # Errors
/// [`StoreError`] if the study is unfinished, or the claims are missing, damaged or of another study.
pub fn read(opened: &Opened) -> Result<(ClaimsReport, Published), StoreError> {
    let (folder, published) = (&opened.folder, opened.published()?);
    let path = folder.claims();
    if !path.exists() {
        return Err(StoreError::NoClaims { path: folder.root().display().to_string() });
    }
    let text = std::fs::read(&path).map_err(|source| StoreError::read(&path, source))?;
    let told: ClaimsReport =
        serde_json::from_slice(&text).map_err(|error| StoreError::damaged(&path, &error))?;
    if told.study_identity != opened.manifest.study_identity {
        let (path, folder) = (path.display().to_string(), folder.root().display().to_string());
        return Err(StoreError::Stale { path, folder });
    }
    Ok((told, published))
}

/// One sentence for each task that a study lacks: how many claims are about it.
pub(crate) fn left_out(claims: &[(&str, usize)]) -> String {
    let mut tasks: Vec<(&str, Vec<String>)> = Vec::new();
    for (task, number) in claims {
        match tasks.iter_mut().find(|(known, _)| known == task) {
            Some((_, numbers)) => numbers.push(number.to_string()),
            None => tasks.push((task, vec![number.to_string()])),
        }
    }
    let sentence = |(task, numbers): &(&str, Vec<String>)| {
        let (claims, are) = if numbers.len() == 1 { ("claim", "is") } else { ("claims", "are") };
        format!(
            "{} {claims} ({}) {are} about {}, which this study does not train, and cannot be decided from it.",
            numbers.len(),
            numbers.join(", "),
            words::task(task)
        )
    };
    tasks.iter().map(sentence).collect::<Vec<_>>().join(" ")
}

/// A number with its interval: "0.410 [0.200, 0.620]".
pub(crate) fn estimate(value: Option<f64>, interval: Option<[f64; 2]>) -> String {
    // Ratios are cut off there: the number says no more than that.
    let number = |value: f64| {
        if is_cut(value) { format!("above {LARGEST_RATIO}") } else { format!("{value:.3}") }
    };
    let value = value.map_or_else(|| "missing".to_owned(), number);
    let interval = interval.map(|[low, high]| format!(" [{}, {}]", number(low), number(high)));
    format!("{value}{}", interval.unwrap_or_default())
}

/// A ratio as JSON, which has no infinite number, holds it: cut off at [`LARGEST_RATIO`].
pub(crate) fn cut(value: f64) -> f64 {
    if value.is_infinite() { LARGEST_RATIO.copysign(value) } else { value }
}

fn is_cut(value: f64) -> bool {
    value.total_cmp(&LARGEST_RATIO).is_eq()
}

#[cfg(test)]
mod tests;
