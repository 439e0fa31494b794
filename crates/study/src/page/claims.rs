//! Claims on the page and in `claims.json`, from their tables: the same numbers everywhere.

use super::{stated_claims, words};
use crate::claims_report::{ClaimEntry, ClaimsReport, EvidenceEntry, ReadingEntry, cut, estimate, left_out};
use crate::store::SOFTWARE_VERSION;
use crate::table::{Evidence, JudgedClaim, JudgedReading, Levels as _, Tables};
use circuitscope::claims::{Criterion, Verdict};
use circuitscope_report::{ClaimRow, PlacedFigure, ReadingRow, Verdict as Shown};

/// The claims of a study for readers and machines.
pub(crate) fn report(tables: &Tables, figures: &[PlacedFigure], study_identity: &str) -> ClaimsReport {
    ClaimsReport {
        study_identity: study_identity.to_owned(),
        software_version: SOFTWARE_VERSION.to_owned(),
        claims: tables.claims.iter().map(|claim| entry(claim, tables, figures)).collect(),
    }
}

fn entry(claim: &JudgedClaim, tables: &Tables, figures: &[PlacedFigure]) -> ClaimEntry {
    let of_numbers = behind(claim, tables).filter_map(|evidence| evidence.missing.as_deref());
    ClaimEntry {
        number: claim.number,
        name: claim.name.as_deref().map(str::to_owned),
        row: claim.row,
        statement: claim.statement.to_string(),
        verdict: claim.verdict.level().to_owned(),
        statistic: claim.value.map(cut),
        interval: interval(claim.low, claim.high),
        criterion: claim.criterion.level().to_owned(),
        p: claim.p,
        p_contradicted: claim.p_contradicted,
        task: claim.task.to_string(),
        evidence: behind(claim, tables).map(evidence).collect(),
        missing: of_numbers.chain(claim.too_few.as_deref()).map(str::to_owned).collect(),
        reason: claim.reason.as_deref().unwrap_or_default().to_owned(),
        figure: figure(claim, figures).unwrap_or_default(),
        choices: [claim.choices, claim.choices_agreeing],
        robustness: claim.robustness.map(|robustness| robustness.level().to_owned()),
        reading: claim.reading.to_string(),
        readings: readings(claim, tables).map(|reading| reading_entry(reading, tables)).collect(),
    }
}

fn reading_entry(reading: &JudgedReading, tables: &Tables) -> ReadingEntry {
    let is_own = |row: &&Evidence| {
        (row.number, row.row, &row.task, &row.reading)
            == (reading.number, reading.row, &reading.task, &reading.reading)
    };
    ReadingEntry {
        reading: reading.reading.to_string(),
        meaning: reading.meaning.to_string(),
        verdict: reading.verdict.level().to_owned(),
        criterion: reading.criterion.level().to_owned(),
        p: reading.p,
        p_contradicted: reading.p_contradicted,
        statistic: reading.value.map(cut),
        interval: interval(reading.low, reading.high),
        deciding: reading.evidence.as_deref().unwrap_or_default().to_owned(),
        networks_needed: reading.networks_needed,
        reason: reading.reason.as_deref().unwrap_or_default().to_owned(),
        evidence: tables.claim_evidence.iter().filter(is_own).map(evidence).collect(),
    }
}

/// The readings of a claim.
fn readings<'a>(claim: &'a JudgedClaim, tables: &'a Tables) -> impl Iterator<Item = &'a JudgedReading> {
    let own = (claim.number, claim.row, &claim.task);
    tables.claim_readings.iter().filter(move |row| (row.number, row.row, &row.task) == own)
}

/// The numbers behind a claim under the reading that it is counted by.
fn behind<'a>(claim: &'a JudgedClaim, tables: &'a Tables) -> impl Iterator<Item = &'a Evidence> {
    let own = (claim.number, claim.row, &claim.task, &claim.reading);
    tables.claim_evidence.iter().filter(move |row| (row.number, row.row, &row.task, &row.reading) == own)
}

fn evidence(row: &Evidence) -> EvidenceEntry {
    EvidenceEntry {
        words: row.evidence.to_string(),
        value: row.value.map(cut),
        way: row.way.level().to_owned(),
        reference: row.reference,
        interval: interval(row.low, row.high),
        p: row.p,
        effect: row.effect,
        effect_interval: row.effect_low.zip(row.effect_high).map(|(low, high)| [low, high]),
        networks_needed: row.networks_needed,
        met: row.met,
        margin: row.margin,
        verdict: row.verdict.map(|verdict| verdict.level().to_owned()),
    }
}

fn interval(low: Option<f64>, high: Option<f64>) -> Option<[f64; 2]> {
    low.zip(high).map(|(low, high)| [low, high].map(cut))
}

/// The figure on which a reader sees what a claim is about, if the study draws it.
fn figure(claim: &JudgedClaim, figures: &[PlacedFigure]) -> Option<String> {
    let task = words::task(&claim.task).to_lowercase().replace('/', "-");
    let is_drawn = |id: &String| figures.iter().any(|placed| placed.figure.id == *id);
    if let Some(name) = claim.name.as_deref() {
        let id = stated_claims::id(name, &claim.task);
        return Some(id).filter(is_drawn).map(|id| format!("figures/{id}.svg"));
    }
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

/// The built-in claims on the page: those on tasks of the study.
pub(super) fn rows(tables: &Tables, tasks: &[&str], figures: &[PlacedFigure]) -> Vec<ClaimRow> {
    let built_in = tables.claims.iter().filter(|claim| claim.name.is_none());
    let of_study = built_in.filter(|claim| tasks.contains(&&*claim.task));
    of_study.map(|claim| row(claim, tables, figures)).collect()
}

/// The claims of the study file.
pub(super) fn of_study_file(tables: &Tables, figures: &[PlacedFigure]) -> Vec<ClaimRow> {
    let own = tables.claims.iter().filter(|claim| claim.name.is_some());
    own.map(|claim| row(claim, tables, figures)).collect()
}

/// What is said of the claims on other tasks, all at once.
pub(super) fn note(tables: &Tables, tasks: &[&str]) -> String {
    let others = tables.claims.iter().filter(|claim| !tasks.contains(&&*claim.task));
    let others: Vec<(&str, usize)> = others.map(|claim| (&*claim.task, claim.number)).collect();
    left_out(&others)
}

fn row(claim: &JudgedClaim, tables: &Tables, figures: &[PlacedFigure]) -> ClaimRow {
    let others = |claim: &JudgedClaim| format!("{} · {}", claim.number, words::task(&claim.task));
    let number = match claim.name.as_deref() {
        Some(name) => format!("{name} · {}", words::task(&claim.task)),
        None if claim.number == 18 => others(claim),
        None => claim.number.to_string(),
    };
    let data = figure(claim, figures).unwrap_or_else(|| "tables/claims.parquet".to_owned());
    let evidence = claim
        .evidence
        .as_deref()
        .map(|words| sentence(words, claim.value, interval(claim.low, claim.high), claim.p, claim.criterion));
    let of_reading = |reading: &JudgedReading| ReadingRow {
        meaning: reading.meaning.to_string(),
        evidence: reading.evidence.as_deref().map_or_else(String::new, |words| {
            sentence(words, reading.value, interval(reading.low, reading.high), reading.p, reading.criterion)
        }),
        verdict: shown(reading.verdict),
    };
    let all: Vec<ReadingRow> = readings(claim, tables).map(of_reading).collect();
    ClaimRow {
        number,
        claim: claim.statement.to_string(),
        evidence: evidence.unwrap_or_default(),
        verdict: shown(claim.verdict),
        reason: claim.reason.as_deref().unwrap_or_default().to_owned(),
        data,
        readings: if all.len() > 1 { all } else { Vec::new() },
    }
}

pub(super) fn shown(verdict: Verdict) -> Shown {
    match verdict {
        Verdict::Supported => Shown::Supported,
        Verdict::Contradicted => Shown::Contradicted,
        Verdict::Equivalent => Shown::Equivalent,
        Verdict::Inconclusive => Shown::Inconclusive,
        Verdict::NotDecidable => Shown::NotDecidable,
    }
}

/// The number that decides in a sentence: "what it is: 0.41 [0.20, 0.62], p 0.003 after correction".
pub(super) fn sentence(
    words: &str,
    value: Option<f64>,
    interval: Option<[f64; 2]>,
    p: Option<f64>,
    criterion: Criterion,
) -> String {
    let is_tested = criterion == Criterion::Test && value.is_some();
    let p = p.filter(|_| is_tested).map(|p| format!("{} after correction", p_value(p))).unwrap_or_default();
    format!("{words}: {}{p}", estimate(value.map(cut), interval))
}

fn p_value(p: f64) -> String {
    if p < 0.001 { ", p < 0.001".to_owned() } else { format!(", p {p:.3}") }
}

#[cfg(test)]
mod tests;
