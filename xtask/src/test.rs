//! `cargo xtask test`: every test, from nothing.
//!
//! All of cargo's work is in the release profile: the end-to-end run needs it, and a second profile would double the
//! time to compile.

use crate::cargo::{CargoError, target_folder};
use crate::ledger::Ledger;
use crate::{browser, lint, python, study, unit, wheel};
use std::path::{Path, PathBuf};

/// Groups of tests.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Group {
    /// Format, lints, documentation.
    Lint,
    /// What `cargo test` runs.
    Unit,
    /// The wheel of the Python package, its tests and types.
    Python,
    /// The quick study from training to the page, read by Python and by a browser.
    E2e,
}

/// Runs the groups asked for, or all, on a study given or on a fresh quick one.
///
/// # Errors
/// [`CargoError`] if cargo does not run; what fails otherwise is in the ledger.
pub(crate) fn test(root: &Path, only: &[Group], study: Option<PathBuf>) -> Result<Ledger, CargoError> {
    let target = target_folder(root)?;
    let is_asked = |group| only.is_empty() || only.contains(&group);
    let mut ledger = Ledger::default();
    if is_asked(Group::Lint) {
        ledger.step("lints", |step| lint::lint(root, step));
    }
    if is_asked(Group::Unit) {
        ledger.step("cargo test", |step| unit::unit(root, step));
    }
    if is_asked(Group::Python) {
        ledger.step("Python package", |step| wheel::test(root, &target, step));
    }
    if is_asked(Group::E2e) {
        let folder = study.unwrap_or_else(|| {
            let folder = target.join("e2e-study");
            ledger.step("quick study", |step| study::run_quick(root, &target, &folder, step));
            folder
        });
        if folder.join("report.html").exists() {
            ledger.step("read by Python", |step| python::check(root, &folder, step));
            ledger
                .step("read by a browser", |step| browser::check(&folder.join("report.html"), &target, step));
        } else {
            ledger.step("read by Python and a browser", |step| {
                step.fail("the study folder", &format!("{} holds no report.html", folder.display()));
            });
        }
    }
    Ok(ledger)
}
