//! The tests that cargo knows: unit, integration, golden, property, snapshot and documentation tests.

use crate::binaries::{self, Tested};
use crate::ledger::Step;
use crate::process::with_causes;
use std::path::Path;

/// Runs them all and counts each.
pub(crate) fn unit(root: &Path, step: &mut Step) {
    let mut n_passed = 0;
    for Tested { name, ran } in binaries::test_all(root) {
        let ran = match ran {
            Ok(ran) => ran,
            Err(error) => {
                step.fail(&name, &with_causes(&error));
                continue;
            }
        };
        let told = Told::parse(&ran.stdout);
        n_passed += told.n_passed;
        for test in &told.failed {
            step.fail(test, &format!("{name} tells above"));
        }
        for (test, reason) in &told.ignored {
            step.skip(test, reason);
        }
        if !ran.status.success() && told.failed.is_empty() {
            step.fail(&name, &format!("it did not run to its end ({}), as told above", ran.status));
        }
    }
    step.pass_many(n_passed);
    if n_passed == 0 {
        step.fail("cargo test", "it ran no test");
    }
}

/// What a test binary said.
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
