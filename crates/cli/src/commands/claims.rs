//! `claims`: what a study says, claim by claim.

use super::{INTERRUPT, listen_for_interrupts, print_json};
use crate::arguments::Claims;
use crate::exit::Failure;
use crate::progress::{Progress, warn};
use circuitscope_study::claims_report::{LEVEL, read};
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
    let (mut listed, note) = told.of_study(&opened.study);
    // What the study itself asks stands first.
    listed.sort_by_key(|claim| claim.name.is_none()); // stable
    for claim in listed {
        writeln!(out, "{}  {}  ({})", claim.label(), claim.statement, claim.task)?;
        writeln!(out, "    {}", claim.decision())?;
        for evidence in &claim.evidence {
            writeln!(out, "    {}  {}", evidence.mark(), evidence.sentence(claim))?;
        }
        for missing in &claim.missing {
            writeln!(out, "    missing: {missing}")?;
        }
        // What is missing has been said.
        if !claim.reason.is_empty() && claim.missing.is_empty() {
            writeln!(out, "    {}", claim.reason)?;
        }
        if let Some(counted) = claim.counted() {
            writeln!(out, "    {counted}")?;
            for reading in &claim.readings {
                writeln!(out, "      {}: {} ({})", reading.decision(), reading.meaning, reading.sentence())?;
            }
        }
        writeln!(out)?;
    }
    if !note.is_empty() {
        writeln!(out, "{note}\n")?;
    }
    let said = |counts: Vec<(String, usize)>| {
        counts.into_iter().map(|(verdict, n)| format!("{n} {verdict}")).collect::<Vec<_>>().join(", ")
    };
    writeln!(out, "{}", told.marks())?;
    let own = told.counts_of_study_file();
    if !own.is_empty() {
        writeln!(out, "claims of the study file: {}", said(own))?;
    }
    writeln!(out, "{}", said(told.counts()))?;
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
        let label = claim.name.clone().unwrap_or_else(|| format!("{:>2}", claim.number));
        writeln!(out, "{share:>6.3}  {label}  {}  ({})", claim.statement, claim.task)?;
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
