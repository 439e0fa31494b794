//! Format, lints and documentation.

use crate::cargo::{HOUR, cargo};
use crate::ledger::Step;
use crate::process::{Output, run, with_causes};
use std::path::Path;

/// Runs every linter; a warning is a failure.
pub(crate) fn lint(root: &Path, step: &mut Step) {
    let clippy = ["clippy", "--release", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"];
    let doc = ["doc", "--release", "--workspace", "--no-deps", "--document-private-items", "--quiet"];
    check(root, step, "sources are formatted", &["fmt", "--all", "--check"]);
    check(root, step, "clippy has nothing to say", &clippy);
    check(root, step, "the documentation builds without a warning", &doc);
}

fn check(root: &Path, step: &mut Step, name: &str, arguments: &[&str]) {
    let mut command = cargo(root);
    command.args(arguments).env("RUSTDOCFLAGS", "-D warnings");
    match run(&mut command, Output::Shown, HOUR) {
        Ok(ran) if ran.status.success() => step.pass(name),
        Ok(_) => step.fail(name, &format!("`cargo {}` tells above", arguments.join(" "))),
        Err(error) => step.fail(name, &with_causes(&error)),
    }
}
