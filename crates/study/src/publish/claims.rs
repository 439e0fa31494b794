//! Claims as tables, as JSON and on the page: the same numbers everywhere.

use super::words;
use crate::config::Study;
use crate::opened::{Opened, Published};
use crate::stage::Judged;
use crate::store::table::Table;
use crate::store::{SOFTWARE_VERSION, StoreError};
use circuitscope::analysis::statistics::LARGEST_RATIO;
use circuitscope::claims::{Claim, Criterion, Part, Verdict, Way};
use circuitscope_report::{ClaimRow, PlacedFigure, Verdict as Shown};
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
    /// Its number.
    pub number: u32,
    /// The row whose rule it is judged by: for 18, that of the row which should hold in other tasks too.
    #[serde(default)] // absent from studies of earlier versions
    pub row: u32,
    /// What is claimed.
    pub statement: String,
    /// `supported`, `not_supported` or `not_decidable`.
    pub verdict: String,
    /// The number that decides: one that does not go the claimed way, else the least certain.
    pub statistic: Option<f64>,
    /// Its 95 % interval over networks.
    pub interval: Option<[f64; 2]>,
    /// What decides: `test`, a p below 0.05, or `interval`, intervals on the claimed side.
    pub criterion: String,
    /// Largest p of its parts; where a test decides 1 if one lies on the other side, and after Holm's correction over the
    /// claims of the study; null where a part is missing.
    pub p: Option<f64>,
    /// The task that it is judged on.
    pub task: String,
    /// Every number behind it.
    pub evidence: Vec<EvidenceEntry>,
    /// What the study lacks to decide it.
    pub missing: Vec<String>,
    /// Why it is not supported or not decidable, in words; empty where it is supported.
    #[serde(default)] // absent from studies of earlier versions
    pub reason: String,
    /// The figure behind it, in the study folder; empty where there is none.
    pub figure: String,
}

/// A number behind a claim.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EvidenceEntry {
    /// What it is.
    pub words: String,
    /// The number.
    pub value: Option<f64>,
    /// `above`, `below`, or `aside` for one that decides nothing.
    pub way: String,
    /// What it must be above or below; null where any number is, as above a floor of −∞.
    pub reference: Option<f64>,
    /// 95 % interval over networks.
    pub interval: Option<[f64; 2]>,
    /// Permutation p, or of row 6 twice the share of bootstrap draws on the rarer side of 1; uncorrected.
    pub p: Option<f64>,
    /// Size of the effect where the number is none itself: Hedges' g of means and differences, R² of PERMANOVA.
    pub effect: Option<f64>,
    /// Its 95 % interval over networks, of Hedges' g.
    #[serde(default)] // absent from studies of earlier versions
    pub effect_interval: Option<[f64; 2]>,
    /// Networks a group that are needed to find this effect in four studies of five.
    pub networks_needed: Option<usize>,
    /// Whether it goes the claimed way.
    pub met: bool,
}

impl ClaimsReport {
    /// The claims on tasks of a study, and what is said of the others, all at once; nothing where there are none.
    pub fn of_study(&self, study: &Study) -> (Vec<&ClaimEntry>, String) {
        let has = |task: &str| study.tasks.iter().any(|known| known.task.name() == task);
        let (own, others): (Vec<&ClaimEntry>, Vec<&ClaimEntry>) =
            self.claims.iter().partition(|claim| has(&claim.task));
        let others: Vec<(&str, u32)> =
            others.into_iter().map(|claim| (claim.task.as_str(), claim.number)).collect();
        (own, left_out(&others))
    }
}

impl ClaimEntry {
    /// The verdict with the p that goes with it: "supported, p 0.0025 after correction".
    pub fn decision(&self) -> String {
        let kind = if self.criterion == Criterion::Interval.name() {
            "uncorrected; intervals decide"
        } else {
            "after correction"
        };
        let p = self.p.map(|p| format!(", p {p:.4} {kind}")).unwrap_or_default();
        format!("{}{p}", self.verdict.replace('_', " "))
    }
}

impl EvidenceEntry {
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

/// The claims of a study for readers and machines.
pub(super) fn report(judged: &Judged, figures: &[PlacedFigure], study_identity: &str) -> ClaimsReport {
    ClaimsReport {
        study_identity: study_identity.to_owned(),
        software_version: SOFTWARE_VERSION.to_owned(),
        claims: judged.claims.iter().map(|claim| entry(claim, figures)).collect(),
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

fn entry(claim: &Claim, figures: &[PlacedFigure]) -> ClaimEntry {
    let decider = claim.decider();
    ClaimEntry {
        number: claim.number,
        row: claim.row,
        statement: claim.statement.clone(),
        verdict: claim.verdict.name().to_owned(),
        statistic: decider.and_then(|part| part.value),
        interval: decider.and_then(|part| part.interval),
        criterion: claim.criterion.name().to_owned(),
        p: claim.p,
        task: claim.task.clone(),
        evidence: claim.parts.iter().map(evidence).collect(),
        missing: claim.missing().into_iter().map(str::to_owned).collect(),
        reason: reason(claim),
        figure: figure(claim, figures).unwrap_or_default(),
    }
}

fn evidence(part: &Part) -> EvidenceEntry {
    EvidenceEntry {
        words: part.words.clone(),
        value: part.value,
        way: way(part.way).to_owned(),
        reference: Some(part.reference).filter(|reference| reference.is_finite()),
        interval: part.interval,
        p: part.p,
        effect: part.effect,
        effect_interval: part.effect_interval,
        networks_needed: part.n_needed,
        met: part.is_met() && part.missing.is_none(),
    }
}

fn way(way: Way) -> &'static str {
    match way {
        Way::Above => "above",
        Way::Below => "below",
        Way::Aside => "aside",
    }
}

/// The figure on which a reader sees what a claim is about, if the study draws it.
fn figure(claim: &Claim, figures: &[PlacedFigure]) -> Option<String> {
    let task = words::task(&claim.task).to_lowercase().replace('/', "-");
    let is_drawn = |id: &String| figures.iter().any(|placed| placed.figure.id == *id);
    let (kind, control) = match claim.row {
        1 => ("distances", ""),
        2 => ("scores", ""),
        3 | 4 => ("trajectories", ""),
        6 if is_drawn(&format!("development-{task}")) => ("development", ""),
        5 | 6 => ("embedding", "-untrained"),
        7 | 8 => ("embedding", ""),
        9 | 10 => ("selectivity", ""),
        11 | 12 => ("fixed-points", ""),
        13 => ("aspects", ""),
        14 | 15 => ("circuits", ""),
        16 | 17 => ("behaviour", "-choice-against-irrelevant-coherence"),
        19 => ("circuit-perturbations", ""),
        _ => return None,
    };
    Some(format!("{kind}-{task}{control}")).filter(is_drawn).map(|id| format!("figures/{id}.svg"))
}

/// The claims on the page: those on tasks of the study.
pub(super) fn rows(judged: &Judged, tasks: &[&str], figures: &[PlacedFigure]) -> Vec<ClaimRow> {
    let of_study = judged.claims.iter().filter(|claim| tasks.contains(&claim.task.as_str()));
    of_study.map(|claim| row(claim, figures)).collect()
}

/// What is said of the claims on other tasks, all at once.
pub(super) fn note(judged: &Judged, tasks: &[&str]) -> String {
    let others = judged.claims.iter().filter(|claim| !tasks.contains(&claim.task.as_str()));
    let others: Vec<(&str, u32)> = others.map(|claim| (claim.task.as_str(), claim.number)).collect();
    left_out(&others)
}

/// One sentence for each task that a study lacks: how many claims are about it.
fn left_out(claims: &[(&str, u32)]) -> String {
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

fn row(claim: &Claim, figures: &[PlacedFigure]) -> ClaimRow {
    let others = |claim: &Claim| format!("{} · {}", claim.number, words::task(&claim.task));
    let number = if claim.number == 18 { others(claim) } else { claim.number.to_string() };
    let data = figure(claim, figures).unwrap_or_else(|| "tables/claims.parquet".to_owned());
    ClaimRow {
        number,
        claim: claim.statement.clone(),
        evidence: claim.decider().map(|part| sentence(part, claim)).unwrap_or_default(),
        verdict: match claim.verdict {
            Verdict::Supported => Shown::Supported,
            Verdict::NotSupported => Shown::NotSupported,
            Verdict::NotDecidable => Shown::NotDecidable,
        },
        reason: reason(claim),
        data,
    }
}

/// Why a claim is not supported or cannot be judged.
fn reason(claim: &Claim) -> String {
    match claim.verdict {
        Verdict::Supported => String::new(),
        Verdict::NotSupported => unmet(claim),
        Verdict::NotDecidable => claim.missing().first().map(|&what| what.to_owned()).unwrap_or_default(),
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
        let group = group(claim.row);
        let needed = needed.map(|n| format!("; an effect of this size needs {n} {group}"));
        let least_certain = claim.decider().map(|part| part.words.as_str()).unwrap_or_default();
        format!("not beyond chance after the correction: {least_certain}{}", needed.unwrap_or_default())
    }
}

/// A number in a sentence: "what it is: 0.41 [0.20, 0.62], p 0.003".
fn sentence(part: &Part, claim: &Claim) -> String {
    let p = claim.p.filter(|_| part.value.is_some()).map(|p| match claim.criterion {
        Criterion::Test => format!("{} after correction", p_value(p)),
        Criterion::Interval => format!("{} uncorrected", p_value(p)),
    });
    let p = p.unwrap_or_default();
    let beside = spread(claim).unwrap_or_default();
    format!("{}: {}{p}{beside}", part.words, estimate(part.value, part.interval))
}

/// How far apart classes perform, which row 2 states beside the lowest.
fn spread(claim: &Claim) -> Option<String> {
    let aside = claim.parts.iter().find(|part| claim.row == 2 && part.way == Way::Aside)?;
    Some(format!("; {}: {}", aside.words, estimate(aside.value, aside.interval)))
}

/// A number with its interval: "0.410 [0.200, 0.620]".
fn estimate(value: Option<f64>, interval: Option<[f64; 2]>) -> String {
    // Ratios are cut off there: the number says no more than that.
    let number = |value: f64| {
        if value < LARGEST_RATIO { format!("{value:.3}") } else { format!("above {LARGEST_RATIO}") }
    };
    let value = value.map_or_else(|| "missing".to_owned(), number);
    let interval = interval.map(|[low, high]| format!(" [{}, {}]", number(low), number(high)));
    format!("{value}{}", interval.unwrap_or_default())
}

/// What a group of networks is made of, where a claim says how many it needs.
fn group(row: u32) -> &'static str {
    match row {
        1 => "networks of each class",
        13 | 19 => "networks",
        _ => "networks of each activation",
    }
}

fn p_value(p: f64) -> String {
    if p < 0.001 { ", p < 0.001".to_owned() } else { format!(", p {p:.3}") }
}

/// One row a number behind a claim.
pub(super) fn table(judged: &Judged) -> Table {
    let parts: Vec<(&Claim, &Part)> =
        judged.claims.iter().flat_map(|claim| claim.parts.iter().map(move |part| (claim, part))).collect();
    let of_claim = || parts.iter().map(|(claim, _)| *claim);
    let of_part = || parts.iter().map(|(_, part)| *part);
    let low = |part: &Part| part.interval.map(|[low, _]| low);
    let high = |part: &Part| part.interval.map(|[_, high]| high);
    Table::default()
        .integer("number", of_claim().map(|claim| i64::from(claim.number)))
        .text("task", of_claim().map(|claim| &claim.task))
        .text("statement", of_claim().map(|claim| &claim.statement))
        .text("verdict", of_claim().map(|claim| claim.verdict.name()))
        .text("criterion", of_claim().map(|claim| claim.criterion.name()))
        .float("p_claim", of_claim().map(|claim| claim.p))
        .text("evidence", of_part().map(|part| &part.words))
        .flag("decides", parts.iter().map(|(claim, part)| claim.decider() == Some(*part)))
        .float("value", of_part().map(|part| part.value))
        .text("way", of_part().map(|part| way(part.way)))
        .float("reference", of_part().map(|part| part.reference))
        .float("low", of_part().map(low))
        .float("high", of_part().map(high))
        .float("p", of_part().map(|part| part.p))
        .float("effect", of_part().map(|part| part.effect))
        .float("effect_low", of_part().map(|part| part.effect_interval.map(|[low, _]| low)))
        .float("effect_high", of_part().map(|part| part.effect_interval.map(|[_, high]| high)))
        .integer("networks_needed", of_part().map(|part| part.n_needed.map(|n| n as i64)))
        .flag("met", of_part().map(|part| part.is_met() && part.missing.is_none()))
        .text("missing", of_part().map(|part| part.missing.clone().unwrap_or_default()))
}

#[cfg(test)]
mod tests;
