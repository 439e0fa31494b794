//! `claims`: what a study says, claim by claim.

use super::print_json;
use crate::arguments::Claims;
use crate::exit::Failure;
use circuitscope_study::publish::claims::{ClaimEntry, EvidenceEntry, read};
use circuitscope_study::store::Folder;
use std::io::Write;

pub(super) fn claims(request: &Claims) -> Result<(), Failure> {
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
