//! The built-in quick study, run as a user runs it.

use crate::cargo::{HOUR, cargo};
use crate::claims;
use crate::ledger::Step;
use crate::process::{Output, run, with_causes};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the quick study promises: networks of each class and task that reach this R².
const PROMISES: [(&str, f64); 3] = [("cddm", 0.7), ("go_no_go", 0.8), ("memory_number", 0.8)];
const N_GOOD: usize = 3;
const N_CLASSES: usize = 6;
/// Resident memory it promises to stay under (bytes).
const MEMORY: u64 = 2 << 30;

/// Builds the program and runs the quick study into a folder of its own, from nothing.
pub(crate) fn run_quick(root: &Path, target: &Path, folder: &Path, step: &mut Step) {
    // As `cargo test` builds it: the features of shared dependencies depend on what is built together, and the
    // program by itself would compile most of them a second time.
    let mut build = cargo(root);
    build.args(["build", "--release", "--workspace", "--bins", "--tests"]);
    let name = "the program builds";
    match run(&mut build, Output::Shown, HOUR) {
        Ok(ran) if ran.status.success() => {}
        Ok(_) => return step.fail(name, "cargo tells above"),
        Err(error) => return step.fail(name, &with_causes(&error)),
    }
    let program = target.join(format!("release/circuitscope{}", std::env::consts::EXE_SUFFIX));
    if folder.exists()
        && let Err(error) = fs::remove_dir_all(folder)
    {
        return step.fail("a fresh study folder", &error.to_string());
    }

    let mut command = Command::new(&program);
    command.arg("run").arg("--out").arg(folder).current_dir(root);
    let name = "the quick study runs to its end";
    let ran = match run(&mut command, Output::Shown, HOUR) {
        Ok(ran) => ran,
        Err(error) => return step.fail(name, &with_causes(&error)),
    };
    if !ran.status.success() {
        return step.fail(name, &ran.status.to_string());
    }
    step.pass(&format!("{name} ({:.0} s)", ran.took.as_secs_f64()));

    let name = "it stays under 2 GiB of memory";
    match ran.peak_memory {
        None => step.skip(name, "this system does not tell a process's memory as Linux does"),
        Some(peak) => {
            let mib = peak >> 20;
            let wrong = (peak >= MEMORY).then(|| format!("it took {mib} MiB"));
            step.check(&format!("{name} ({mib} MiB)"), wrong);
        }
    }
    let report = fs::read_to_string(folder.join("report.html")).unwrap_or_default();
    let wrong =
        (!report.trim_end().ends_with("</html>")).then(|| "report.html is missing or cut off".to_owned());
    step.check("it writes a whole report", wrong);

    for (task, floor) in PROMISES {
        let name = format!("{N_GOOD} networks of each class reach R² ≥ {floor} on {task}");
        step.check(&name, too_few_good(&program, folder, task, floor));
    }
    step.check("running it again changes nothing", changed_by_a_second_run(&program, folder));
    claims::check(root, &program, folder, step);
}

/// Scores every network with `circuitscope score` and names the classes with too few good ones.
fn too_few_good(program: &Path, folder: &Path, task: &str, floor: f64) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Scores {
        networks: Vec<Score>,
    }
    #[derive(serde::Deserialize)]
    struct Score {
        name: String,
        r2: Option<f64>,
    }
    let networks: Vec<PathBuf> = match fs::read_dir(folder.join("networks").join(task)) {
        Ok(entries) => entries.flatten().map(|entry| entry.path()).collect(),
        Err(error) => return Some(format!("no networks: {error}")),
    };
    let mut command = Command::new(program);
    command.arg("score").args(&networks).args(["--task", task, "--json"]);
    let ran = match run(&mut command, Output::Kept, HOUR) {
        Ok(ran) if ran.status.success() => ran,
        Ok(ran) => return Some(format!("`circuitscope score` failed: {}", ran.last_words())),
        Err(error) => return Some(with_causes(&error)),
    };
    let scores: Scores = match serde_json::from_str(&ran.stdout) {
        Ok(scores) => scores,
        Err(error) => return Some(format!("`circuitscope score --json` printed something else: {error}")),
    };
    let mut n_good: BTreeMap<&str, usize> = BTreeMap::new();
    for score in &scores.networks {
        // A network is named CLASS-NUMBER-IDENTITY.
        let class = score.name.split('-').next().unwrap_or_default();
        *n_good.entry(class).or_default() += usize::from(score.r2.is_some_and(|r2| r2 >= floor));
    }
    if n_good.len() != N_CLASSES {
        return Some(format!("there are {} classes, expected {N_CLASSES}", n_good.len()));
    }
    let few: Vec<String> =
        n_good.iter().filter(|&(_, &n)| n < N_GOOD).map(|(class, n)| format!("{class} has {n}")).collect();
    (!few.is_empty()).then(|| few.join(", "))
}

/// The manifest holds the hash of every artefact; if it stays the same, so does the study.
fn changed_by_a_second_run(program: &Path, folder: &Path) -> Option<String> {
    let manifest = || fs::read(folder.join("manifest.json")).unwrap_or_default();
    let before = manifest();
    let mut command = Command::new(program);
    command.arg("run").arg("--out").arg(folder);
    match run(&mut command, Output::Kept, HOUR) {
        Ok(ran) if ran.status.success() => {
            (manifest() != before).then(|| "manifest.json is another".to_owned())
        }
        Ok(ran) => Some(ran.last_words()),
        Err(error) => Some(with_causes(&error)),
    }
}
