//! `claims`: what a study says, claim by claim.

use super::{INTERRUPT, listen_for_interrupts, print_json};
use crate::arguments::Claims;
use crate::exit::Failure;
use crate::progress::Progress;
use circuitscope_study::analyse::Calibration;
use circuitscope_study::publish::claims::{ClaimEntry, EvidenceEntry, read};
use circuitscope_study::run::calibrate;
use circuitscope_study::store::Folder;
use std::io::Write;

/// Level of every claim (claims.md).
const LEVEL: f64 = 0.05;

pub(super) fn claims(request: &Claims) -> Result<(), Failure> {
    if let Some(n_draws) = request.shuffled {
        return shuffled(request, n_draws as usize);
    }
    let told = read(&Folder::open(&request.folder)?)?;
    if request.json {
        return print_json(&told);
    }
    let mut out = std::io::stdout().lock();
    for claim in &told.claims {
        writeln!(out, "{:>2}  {}  ({})", claim.number, claim.statement, claim.task)?;
        writeln!(out, "    {}{}", claim.verdict.replace('_', " "), corrected(claim))?;
        for evidence in &claim.evidence {
            writeln!(out, "    {}", line(evidence))?;
        }
        for missing in &claim.missing {
            writeln!(out, "    missing: {missing}")?;
        }
        writeln!(out)?;
    }
    let count = |verdict: &str| told.claims.iter().filter(|claim| claim.verdict == verdict).count();
    let [yes, no, open] = ["supported", "not_supported", "not_decidable"].map(count);
    writeln!(out, "{yes} supported, {no} not supported, {open} not decidable from this study")?;
    Ok(())
}

/// How often each claim is supported where labels are dealt out.
fn shuffled(request: &Claims, n_draws: usize) -> Result<(), Failure> {
    listen_for_interrupts();
    let progress = Progress::new();
    let found = calibrate(&request.folder, n_draws, &INTERRUPT, &|event| progress.hear(&event));
    progress.end();
    let claims = found?;
    if request.json {
        return print_json(&Shuffled { draws: n_draws, claims });
    }
    let mut out = std::io::stdout().lock();
    writeln!(out, "supported with labels dealt out {n_draws} times; the level is {LEVEL}")?;
    writeln!(out)?;
    for claim in &claims {
        let share = claim.supported as f64 / n_draws as f64;
        writeln!(out, "{:>6.3}  {:>2}  {}  ({})", share, claim.number, claim.statement, claim.task)?;
    }
    Ok(())
}

/// The claims that ask for a difference between labels.
#[derive(serde::Serialize)]
struct Shuffled {
    /// Times that labels were dealt out.
    draws: usize,
    /// Each claim with the draws that could be decided, and those that supported it.
    claims: Vec<Calibration>,
}

fn corrected(claim: &ClaimEntry) -> String {
    claim.p.map(|p| format!(", p {p:.4} after correction")).unwrap_or_default()
}

fn line(evidence: &EvidenceEntry) -> String {
    let Some(value) = evidence.value else { return format!("·  {}", evidence.words) };
    let sign = match (evidence.way.as_str(), evidence.met) {
        ("aside", _) => "·",
        (_, true) => "✓",
        (_, false) => "✗",
    };
    let interval = evidence.interval.map(|[low, high]| format!(" [{low:.3}, {high:.3}]")).unwrap_or_default();
    let p = evidence.p.map(|p| format!("  p {p:.4}")).unwrap_or_default();
    let needed = evidence.networks_needed.map(|n| format!("  (needs {n} networks a class)"));
    format!("{sign}  {}: {value:.3}{interval}{p}{}", evidence.words, needed.unwrap_or_default())
}
