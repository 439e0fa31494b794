//! `claims`: what a study says, claim by claim.

use super::{INTERRUPT, listen_for_interrupts, print_json};
use crate::arguments::Claims;
use crate::exit::Failure;
use crate::progress::{Progress, warn};
use circuitscope_study::claims_report::{ClaimEntry, EvidenceEntry, LEVEL, read};
use circuitscope_study::opened::{Access, Opened, Published};
use circuitscope_study::run::calibrate;
use circuitscope_study::stage::Calibration;
use std::io::Write;

pub(super) fn claims(request: &Claims) -> Result<(), Failure> {
    if let Some(n_draws) = request.shuffled {
        return shuffled(request, n_draws as usize);
    }
    let opened = Opened::read(&request.folder, Access::Read)?;
    let (told, published) = read(&opened)?;
    if let Published::ByVersion(software) = published {
        let folder = request.folder.display();
        warn(&format!(
            "circuitscope {software} judged these claims; `circuitscope report {folder}` judges them with this version"
        ));
    }
    if request.json {
        return print_json(&told);
    }
    let mut out = std::io::stdout().lock();
    let (listed, note) = told.of_study(&opened.study);
    for claim in listed {
        writeln!(out, "{:>2}  {}  ({})", claim.number, claim.statement, claim.task)?;
        writeln!(out, "    {}", claim.decision())?;
        for evidence in &claim.evidence {
            writeln!(out, "    {}  {}", mark(evidence, claim), evidence.sentence(claim))?;
        }
        for missing in &claim.missing {
            writeln!(out, "    missing: {missing}")?;
        }
        // Where a number goes another way, its mark says so already.
        if claim.verdict == "not_supported" && claim.evidence.iter().all(|evidence| evidence.met) {
            writeln!(out, "    {}", claim.reason)?;
        }
        writeln!(out)?;
    }
    if !note.is_empty() {
        writeln!(out, "{note}\n")?;
    }
    let count = |verdict: &str| told.claims.iter().filter(|claim| claim.verdict == verdict).count();
    let [yes, no, open] = ["supported", "not_supported", "not_decidable"].map(count);
    writeln!(out, "✓ as claimed   ~ as claimed, but not beyond chance   ✗ otherwise   · beside the tests")?;
    writeln!(out, "{yes} supported, {no} not supported, {open} not decidable from this study")?;
    Ok(())
}

/// How often each claim is supported where labels are permuted.
fn shuffled(request: &Claims, n_draws: usize) -> Result<(), Failure> {
    listen_for_interrupts();
    let progress = Progress::new();
    let found = calibrate(&request.folder, n_draws, &INTERRUPT, &|event| progress.on_event(&event));
    progress.end();
    let claims = found?;
    if request.json {
        return print_json(&Shuffled { draws: n_draws, claims });
    }
    let mut out = std::io::stdout().lock();
    writeln!(out, "supported with labels permuted {n_draws} times; the level is {LEVEL}")?;
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
    /// Times that labels were permuted.
    draws: usize,
    /// Each claim with the draws that could be decided, and those that supported it.
    claims: Vec<Calibration>,
}

/// How a number stands to its claim: as claimed, as claimed but not beyond chance (by p, or by an interval that reaches
/// farther), otherwise; or told beside the tests.
fn mark(evidence: &EvidenceEntry, claim: &ClaimEntry) -> char {
    let by_chance = claim.criterion == "test" && evidence.p.is_some_and(|p| p >= LEVEL);
    let Some(value) = evidence.value else { return '·' };
    // None: above minus infinity, where any number is.
    let reference = evidence.reference.unwrap_or(f64::NEG_INFINITY);
    let points_as_claimed = match evidence.way.as_str() {
        "above" => value > reference,
        "below" => value < reference,
        _ => return '·',
    };
    match (evidence.met && !by_chance, points_as_claimed) {
        (true, _) => '✓',
        (false, true) => '~',
        (false, false) => '✗',
    }
}
