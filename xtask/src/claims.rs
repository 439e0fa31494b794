//! What the quick study says of each claim, held to what it said before, and to chance.

use crate::ledger::Step;
use crate::process::{Output, run, with_causes};
use crate::test::HOUR;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Draws of labels: at a level of 0.05 three are expected to support a claim by chance.
const N_DRAWS: usize = 60;
/// More than this by chance alone: below 0.002 a claim (binomial, 60 draws at 0.05).
const MOST_BY_CHANCE: u64 = 9;
/// Numbers of one version on one kernel path are the same bits; elementary functions of another C library may differ in
/// the last one, which resampling carries on.
const TOLERANCE: f64 = 1e-6;

/// Checks the claims of a finished quick study.
pub(crate) fn check(root: &Path, program: &Path, folder: &Path, step: &mut Step) {
    let name = "its claims are those of the snapshot";
    match unlike_snapshot(root, folder) {
        Ok(Comparison::Same) => step.pass(name),
        Ok(Comparison::Other(wrong)) => step.fail(name, &wrong),
        Ok(Comparison::NoSnapshot(why)) => step.skip(name, &why),
        Err(why) => step.fail(name, &why),
    }
    let name = "labels dealt out support no claim more often than chance";
    step.check(name, supported_by_chance(program, folder));
}

enum Comparison {
    Same,
    Other(String),
    NoSnapshot(String),
}

/// `INSTA_UPDATE=always` writes the snapshot anew, as it does those of the other tests.
fn unlike_snapshot(root: &Path, folder: &Path) -> Result<Comparison, String> {
    let read = |path: &Path| -> Result<Value, String> {
        let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
    };
    let found = read(&folder.join("claims.json"))?;
    let manifest = read(&folder.join("manifest.json"))?;
    let path = manifest["kernel_paths"].as_object().and_then(|paths| paths.keys().next()).cloned();
    let path = path.ok_or("the manifest names no kernel path")?;
    let snapshot = root.join(format!("xtask/snapshots/quick_claims_{path}.json"));
    if std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        let bytes = serde_json::to_vec_pretty(&found).map_err(|error| error.to_string())?;
        fs::write(&snapshot, bytes).map_err(|error| format!("{}: {error}", snapshot.display()))?;
    }
    if !snapshot.exists() {
        let why = format!(
            "linear algebra rounds otherwise where the kernel path is {path}; there is no snapshot of such a machine"
        );
        return Ok(Comparison::NoSnapshot(why));
    }
    let mut differences = Vec::new();
    compare("", &read(&snapshot)?, &found, &mut differences);
    if differences.is_empty() {
        return Ok(Comparison::Same);
    }
    let n = differences.len();
    differences.truncate(3);
    Ok(Comparison::Other(format!("{n} differences: {}", differences.join("; "))))
}

/// Collects where two JSON values differ.
fn compare(place: &str, expected: &Value, found: &Value, differences: &mut Vec<String>) {
    match (expected, found) {
        (Value::Number(a), Value::Number(b)) => {
            let [a, b] = [a, b].map(|n| n.as_f64().unwrap_or(f64::NAN));
            if (a - b).abs() > TOLERANCE * (1.0 + a.abs()) {
                differences.push(format!("{place} is {b}, was {a}"));
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (i, (a, b)) in a.iter().zip(b).enumerate() {
                compare(&format!("{place}[{i}]"), a, b, differences);
            }
        }
        (Value::Object(a), Value::Object(b)) if a.keys().eq(b.keys()) => {
            for (key, value) in a {
                compare(&format!("{place}.{key}"), value, &b[key], differences);
            }
        }
        (a, b) if a == b => {}
        (a, b) => differences.push(format!("{place} is {b}, was {a}")),
    }
}

/// The claims that labels dealt out support too often.
fn supported_by_chance(program: &Path, folder: &Path) -> Option<String> {
    let mut command = Command::new(program);
    command.arg("claims").arg(folder).args(["--shuffled", &N_DRAWS.to_string(), "--json"]);
    let ran = match run(&mut command, Output::Kept, HOUR) {
        Ok(ran) if ran.status.success() => ran,
        Ok(ran) => return Some(format!("`circuitscope claims --shuffled` failed: {}", ran.last_words())),
        Err(error) => return Some(with_causes(&error)),
    };
    let told: Value = match serde_json::from_str(&ran.stdout) {
        Ok(told) => told,
        Err(error) => return Some(format!("it printed something else than JSON: {error}")),
    };
    let Some(claims) = told["claims"].as_array().filter(|claims| !claims.is_empty()) else {
        return Some("it told of no claim".to_owned());
    };
    let often = claims.iter().filter(|claim| claim["supported"].as_u64().is_none_or(|n| n > MOST_BY_CHANCE));
    let often: Vec<String> = often
        .map(|claim| {
            format!("claim {} on {} in {} of {N_DRAWS}", claim["number"], claim["task"], claim["supported"])
        })
        .collect();
    (!often.is_empty()).then(|| often.join(", "))
}
