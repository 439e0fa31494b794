//! The tests that cargo knows: unit, integration, golden, property, snapshot and documentation tests.

use crate::cargo::{HOUR, cargo};
use crate::ledger::Step;
use crate::process::{Output, run, with_causes};
use std::path::Path;

/// Runs them all and counts each.
pub(crate) fn unit(root: &Path, step: &mut Step) {
    let mut command = cargo(root);
    command.args(["test", "--release", "--workspace", "--no-fail-fast"]).env("INSTA_UPDATE", "no");
    let ran = match run(&mut command, Output::Shown, HOUR) {
        Ok(ran) => ran,
        Err(error) => return step.fail("cargo test", &with_causes(&error)),
    };
    let told = Told::parse(&ran.stdout);
    step.pass_many(told.n_passed);
    for name in &told.failed {
        step.fail(name, "cargo test tells above");
    }
    for (name, reason) in &told.ignored {
        step.skip(name, reason);
    }
    if !ran.status.success() && told.failed.is_empty() {
        step.fail("cargo test", "it did not run to its end, as told above");
    }
    if told.n_passed == 0 {
        step.fail("cargo test", "it ran no test");
    }
}

/// What the test binaries said.
#[derive(Debug, Default, PartialEq)]
struct Told {
    n_passed: usize,
    failed: Vec<String>,
    /// Name and reason.
    ignored: Vec<(String, String)>,
}

impl Told {
    fn parse(stdout: &str) -> Self {
        let mut told = Self::default();
        for line in stdout.lines() {
            if let Some(result) = line.strip_prefix("test result: ") {
                told.n_passed += count(result, " passed");
            } else if let Some((name, outcome)) =
                line.strip_prefix("test ").and_then(|test| test.rsplit_once(" ... "))
            {
                let (word, reason) = outcome.split_once(", ").unwrap_or((outcome, "ignored in its source"));
                match word {
                    "FAILED" => told.failed.push(name.to_owned()),
                    "ignored" => told.ignored.push((name.to_owned(), reason.to_owned())),
                    _ => {}
                }
            }
        }
        told
    }
}

/// The number before a word in `ok. 3 passed; 0 failed; …`.
fn count(result: &str, word: &str) -> usize {
    let before = result.find(word).map_or("", |at| &result[..at]);
    before.rsplit(' ').next().and_then(|number| number.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_of_every_binary_are_counted() {
        let told = Told::parse(
            "test a::holds ... ok\n\
             test b::breaks ... FAILED\n\
             test c::waits ... ignored, needs a cluster\n\
             test result: FAILED. 1 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.1s\n\
             test src/lib.rs - x (line 3) ... ignored\n\
             test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.1s\n",
        );
        assert_eq!(told.n_passed, 13);
        assert_eq!(told.failed, ["b::breaks"]);
        let ignored: Vec<_> =
            told.ignored.iter().map(|(name, reason)| (name.as_str(), reason.as_str())).collect();
        let expected =
            [("c::waits", "needs a cluster"), ("src/lib.rs - x (line 3)", "ignored in its source")];
        assert_eq!(ignored, expected);
    }
}
