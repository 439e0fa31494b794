//! The wheel of the Python package: built, installed by itself, tested.

use crate::cargo::HOUR;
use crate::ledger::Step;
use crate::process::{Output, run, with_causes};
use crate::python::{environment, fresh};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Largest wheel (bytes).
const LARGEST: u64 = 25_000_000;

/// The Python that builds and tests the package, with what that needs; otherwise why there is none.
fn workshop(root: &Path) -> Result<PathBuf, String> {
    environment(&root.join(".venv-python"), &root.join("crates/python/requirements.txt"))
}

/// Builds the wheel into `wheels/` of the target folder and returns it.
///
/// # Errors
/// Why there is no wheel, in words.
pub(crate) fn wheel(root: &Path, target: &Path) -> Result<PathBuf, String> {
    let python = workshop(root)?;
    let folder = target.join("wheels");
    let built = || -> Vec<PathBuf> {
        let entries = fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path());
        entries.filter(|path| path.extension().is_some_and(|ending| ending == "whl")).collect()
    };
    for old in built() {
        fs::remove_file(&old).map_err(|error| format!("{}: {error}", old.display()))?;
    }
    let manifest = root.join("crates/python/Cargo.toml");
    let mut maturin = Command::new(python);
    maturin.args(["-m", "maturin", "build", "--release", "--manifest-path"]).arg(manifest);
    maturin.arg("--out").arg(&folder).env("CARGO_TARGET_DIR", target);
    match run(&mut maturin, Output::Shown, HOUR) {
        Ok(ran) if ran.status.success() => {}
        Ok(ran) => return Err(format!("maturin failed: {}", ran.last_words())),
        Err(error) => return Err(with_causes(&error)),
    }
    match built().as_slice() {
        [wheel] => Ok(wheel.clone()),
        found => {
            Err(format!("{} holds {} wheels, expected the one just built", folder.display(), found.len()))
        }
    }
}

/// Builds the wheel, installs it in a new environment, and runs the tests of the package.
pub(crate) fn test(root: &Path, target: &Path, step: &mut Step) {
    let python = match workshop(root) {
        Ok(python) => python,
        Err(why) => return step.skip("the Python package", &why),
    };
    let wheel = match wheel(root, target) {
        Ok(wheel) => wheel,
        Err(why) => return step.fail("the wheel is built", &why),
    };
    step.pass("the wheel is built");
    let size = fs::metadata(&wheel).map_or(0, |file| file.len());
    let too_large = (size > LARGEST).then(|| format!("it has {size} bytes"));
    step.check("the wheel has at most 25 MB", too_large);
    alone(root, target, &wheel, step);
    let install =
        ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--force-reinstall", "--no-deps"];
    let mut pip = Command::new(&python);
    pip.args(install).arg(&wheel);
    match run(&mut pip, Output::Shown, HOUR) {
        Ok(ran) if ran.status.success() => {}
        Ok(ran) => return step.fail("the wheel is installed", &ran.last_words()),
        Err(error) => return step.fail("the wheel is installed", &with_causes(&error)),
    }
    pytest(root, &python, step);
    let mut mypy = Command::new(&python);
    mypy.args(["-m", "mypy", "--strict", "examples", "python/circuitscope"]);
    mypy.current_dir(root.join("crates/python"));
    match run(&mut mypy, Output::Shown, HOUR) {
        Ok(ran) => {
            let wrong = (!ran.status.success()).then(|| "mypy tells above".to_owned());
            step.check("examples and package pass mypy --strict", wrong);
        }
        Err(error) => step.fail("mypy", &with_causes(&error)),
    }
}

/// The wheel in an environment that holds nothing else: its dependencies are enough for a first analysis. How long both take is told,
/// and decides nothing.
fn alone(root: &Path, target: &Path, wheel: &Path, step: &mut Step) {
    const NAME: &str = "install and first analysis in an environment of its own";
    let folder = target.join("wheel-environment");
    let python = match fresh(&folder) {
        Ok(python) => python,
        Err(why) => return step.skip(NAME, &why),
    };
    let mut pip = Command::new(&python);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).arg(wheel);
    let mut analysis = Command::new(&python);
    analysis.arg(root.join("crates/python/examples/first_analysis.py")).current_dir(&folder);
    let mut took = Duration::ZERO;
    for mut command in [pip, analysis] {
        match run(&mut command, Output::Kept, HOUR) {
            Ok(ran) if ran.status.success() => took += ran.took,
            Ok(ran) => return step.fail(NAME, &ran.last_words()),
            Err(error) => return step.fail(NAME, &with_causes(&error)),
        }
    }
    println!("installed, and a first analysis made, in {:.0} s", took.as_secs_f64());
    step.pass(NAME);
}

fn pytest(root: &Path, python: &Path, step: &mut Step) {
    let mut command = Command::new(python);
    command.args(["-m", "pytest", "-q", "-rsfE", "--color=no", "-p", "no:cacheprovider"]);
    command.current_dir(root.join("crates/python"));
    let ran = match run(&mut command, Output::Shown, HOUR) {
        Ok(ran) => ran,
        Err(error) => return step.fail("pytest", &with_causes(&error)),
    };
    let told = Told::parse(&ran.stdout);
    step.pass_many(told.n_passed);
    for (name, why) in &told.failed {
        step.fail(name, why);
    }
    for (name, why) in &told.skipped {
        step.skip(name, why);
    }
    if told.n_passed == 0 || (!ran.status.success() && told.failed.is_empty()) {
        step.fail("pytest", &format!("it did not run to its end: {}", ran.last_words()));
    }
}

/// What pytest said.
#[derive(Debug, Default, PartialEq)]
struct Told {
    n_passed: usize,
    failed: Vec<(String, String)>,
    skipped: Vec<(String, String)>,
}

impl Told {
    fn parse(stdout: &str) -> Self {
        let mut told = Self::default();
        for line in stdout.lines() {
            if let Some(rest) = line.strip_prefix("FAILED ").or_else(|| line.strip_prefix("ERROR ")) {
                let (name, why) = rest.split_once(" - ").unwrap_or((rest, "pytest tells above"));
                told.failed.push((name.to_owned(), why.to_owned()));
            } else if let Some(rest) = line.strip_prefix("SKIPPED ") {
                // `[3] tests/test_torch.py:9: PyTorch is not installed`
                let (place, why) = rest.split_once(": ").unwrap_or((rest, "without a reason"));
                told.skipped.push((place.to_owned(), why.to_owned()));
            } else if let Some((n, _)) = line.split_once(" passed") {
                let n = n.rsplit([' ', ',']).next().and_then(|n| n.parse().ok());
                told.n_passed = n.unwrap_or(told.n_passed);
            }
        }
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_pytest_says_is_counted() {
        let told = Told::parse(
            "..s.F\n\
             SKIPPED [2] tests/test_torch.py:9: PyTorch is not installed\n\
             FAILED tests/test_points.py::test_cka - assert 1 == 2\n\
             1 failed, 121 passed, 2 skipped, 3 warnings in 41.22s\n",
        );
        let pair = |a: &str, b: &str| vec![(a.to_owned(), b.to_owned())];
        assert_eq!(told.n_passed, 121);
        assert_eq!(told.failed, pair("tests/test_points.py::test_cka", "assert 1 == 2"));
        assert_eq!(told.skipped, pair("[2] tests/test_torch.py:9", "PyTorch is not installed"));
        assert_eq!(Told::parse("12 passed in 3.0s\n").n_passed, 12);
    }
}
