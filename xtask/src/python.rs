//! Virtual environments of Python, and a study as a colleague in Python reads it.

use crate::install;
use crate::ledger::Step;
use crate::process::{Output, run, with_causes};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// The oldest Python that reads a study file (`tomllib`).
const OLDEST: (u32, u32) = (3, 11);
const PATIENCE: Duration = Duration::from_secs(900);

/// Runs `interop/check_study.py` on a study, in a virtual environment of its own.
pub(crate) fn check(root: &Path, study: &Path, step: &mut Step) {
    let python = match environment(&root.join(".venv"), &root.join("interop/requirements.txt")) {
        Ok(python) => python,
        Err(why) => return step.skip("the study in Python", &why),
    };
    let script = root.join("interop/check_study.py");
    let mut command = Command::new(python);
    command.arg(&script).arg(study).env("PYTHONUTF8", "1");
    let ran = match run(&mut command, Output::Kept, PATIENCE) {
        Ok(ran) => ran,
        Err(error) => return step.fail("interop/check_study.py", &with_causes(&error)),
    };
    let mut n_checks = 0;
    for line in ran.stdout.lines() {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let (name, why) = rest.split_once(": ").unwrap_or((rest, ""));
        match word {
            "ok" => step.pass(rest),
            "FAIL" => step.fail(name, why),
            _ => continue,
        }
        n_checks += 1;
    }
    if n_checks == 0 || (!ran.status.success() && !step.has_failed()) {
        step.fail("interop/check_study.py", &format!("it stopped: {}", ran.last_words()));
    }
}

/// The Python of a virtual environment, made and filled if it is not there; otherwise why not.
pub(crate) fn environment(folder: &Path, requirements: &Path) -> Result<PathBuf, String> {
    let mut python = python_of(folder);
    if !has_pip(&python) {
        println!("making {} …", folder.display());
        python = fresh(folder)?;
    }
    let mut pip = Command::new(&python);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"])
        .arg(requirements);
    quiet(&mut pip).map_err(|why| format!("pip could not install {} ({why})", requirements.display()))?;
    Ok(python)
}

/// The Python of a new virtual environment, which holds nothing yet; otherwise why there is none.
pub(crate) fn fresh(folder: &Path) -> Result<PathBuf, String> {
    let system = new_enough()?;
    let make = || quiet(Command::new(&system).args(["-m", "venv", "--clear"]).arg(folder));
    // Debian and Ubuntu ship Python without what `venv` needs.
    make().or_else(|why| match install::with_apt("python3-venv") {
        Ok(()) => make(),
        Err(apt) => Err(format!("`python3 -m venv` failed ({why}) and {apt}")),
    })?;
    Ok(python_of(folder))
}

fn python_of(folder: &Path) -> PathBuf {
    folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" })
}

fn has_pip(python: &Path) -> bool {
    python.exists() && quiet(Command::new(python).args(["-m", "pip", "--version"])).is_ok()
}

/// A Python of the system that is new enough, or why there is none.
fn new_enough() -> Result<PathBuf, String> {
    let mut why = "there is no python3 on the search path".to_owned();
    for name in ["python3", "python", "python3.13", "python3.12", "python3.11"] {
        let Some(python) = install::find(&[name]) else { continue };
        let mut ask = Command::new(&python);
        ask.args(["-c", "import sys; print(*sys.version_info[:2])"]);
        let Ok(ran) = run(&mut ask, Output::Kept, PATIENCE) else { continue };
        let version: Vec<u32> =
            ran.stdout.split_whitespace().filter_map(|number| number.parse().ok()).collect();
        match version[..] {
            [major, minor] if (major, minor) >= OLDEST => return Ok(python),
            [major, minor] => {
                why = format!("{name} is {major}.{minor}, {}.{} is needed", OLDEST.0, OLDEST.1);
            }
            _ => why = format!("{name} does not tell its version"),
        }
    }
    Err(why)
}

/// Runs a command without a word; a failure gives its last ones.
fn quiet(command: &mut Command) -> Result<(), String> {
    match run(command, Output::Kept, PATIENCE) {
        Ok(ran) if ran.status.success() => Ok(()),
        Ok(ran) => Err(ran.last_words()),
        Err(error) => Err(with_causes(&error)),
    }
}
