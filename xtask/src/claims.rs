//! What the quick study says of each claim, held to what it said before, and to chance.

use crate::cargo::HOUR;
use crate::ledger::Step;
use crate::process::{Output, run, with_causes};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Permutations of the labels: at a level of 0.05 one is expected to support a claim by chance.
const N_DRAWS: usize = 20;
/// More than this by chance alone: below 0.0004 per claim (binomial, 20 draws at 0.05).
const MOST_BY_CHANCE: u64 = 5;
/// The quick study's claims, and the kernel path that they were recorded on.
const SNAPSHOT: &str = "xtask/snapshots/quick_claims.json";

/// Checks the claims of a finished quick study.
pub(crate) fn check(root: &Path, program: &Path, folder: &Path, step: &mut Step) {
    match unlike_snapshot(root, folder) {
        Ok((precision, differences)) => {
            step.check(&format!("its claims are those of the snapshot, {}", precision.name()), differences);
        }
        Err(why) => step.fail("its claims are those of the snapshot", &why),
    }
    let name = "permuted labels support no claim more often than chance";
    step.check(name, supported_by_chance(program, folder));
}

/// How near numbers must be to those of the snapshot.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Precision {
    /// One version on one kernel path gives the same bits; elementary functions of another C library may differ in the last
    /// one, which resampling carries on.
    SamePath,
    /// Training has the same bits on AVX-512, AVX2 and NEON, but linear algebra rounds differently, which searches from many
    /// starts carry on: verdicts must be the same, numbers near.
    OtherPath,
}

impl Precision {
    fn name(self) -> &'static str {
        match self {
            Self::SamePath => "to rounding",
            Self::OtherPath => {
                "in every verdict and nearly in numbers (it was recorded on another kernel path)"
            }
        }
    }

    fn are_near(self, a: f64, b: f64) -> bool {
        let tolerance = match self {
            Self::SamePath => 1e-6,
            Self::OtherPath => 0.15,
        };
        (a - b).abs() <= tolerance * (1.0 + a.abs())
    }

    /// Whether two sentences say the same; on another path, but for the numbers in them.
    fn are_alike(self, a: &str, b: &str) -> bool {
        let words = |text: &str| text.chars().filter(|c| !c.is_numeric()).collect::<String>();
        a == b || (self == Self::OtherPath && words(a) == words(b))
    }
}

/// Leaves out the numbers behind each reading: their verdicts and what decides them say enough, in a tenth of the lines.
fn keep_what_decides(claims: &mut Value) {
    let claims = claims["claims"].as_array_mut().into_iter().flatten();
    for reading in claims.filter_map(|claim| claim["readings"].as_array_mut()).flatten() {
        if let Some(reading) = reading.as_object_mut() {
            reading.remove("evidence");
        }
    }
}

/// What differs from the snapshot. `INSTA_UPDATE=always` records it anew, as it does those of the other tests.
fn unlike_snapshot(root: &Path, folder: &Path) -> Result<(Precision, Option<String>), String> {
    let read = |path: &Path| -> Result<Value, String> {
        let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
    };
    let mut claims = read(&folder.join("claims.json"))?;
    keep_what_decides(&mut claims);
    let manifest = read(&folder.join("manifest.json"))?;
    let path = manifest["kernel_paths"].as_object().and_then(|paths| paths.keys().next());
    let path = path.ok_or("the manifest names no kernel path")?;
    let snapshot = root.join(SNAPSHOT);
    if std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        let recorded = serde_json::json!({ "kernel_path": path, "claims": claims["claims"] });
        let bytes = serde_json::to_vec_pretty(&recorded).map_err(|error| error.to_string())?;
        fs::write(&snapshot, bytes).map_err(|error| format!("{}: {error}", snapshot.display()))?;
    }
    let expected = read(&snapshot)?;
    let is_same = expected["kernel_path"].as_str() == Some(path);
    let precision = if is_same { Precision::SamePath } else { Precision::OtherPath };
    let mut differences = Vec::new();
    compare("claims", &expected["claims"], &claims["claims"], precision, &mut differences);
    let n = differences.len();
    differences.truncate(3);
    Ok((precision, (n > 0).then(|| format!("{n} differences: {}", differences.join("; ")))))
}

/// Collects where two JSON values differ.
fn compare(
    place: &str,
    expected: &Value,
    found: &Value,
    precision: Precision,
    differences: &mut Vec<String>,
) {
    match (expected, found) {
        (Value::Number(a), Value::Number(b)) => {
            let [a, b] = [a, b].map(|n| n.as_f64().unwrap_or(f64::NAN));
            if !precision.are_near(a, b) {
                differences.push(format!("{place} is {b}, was {a}"));
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (i, (a, b)) in a.iter().zip(b).enumerate() {
                compare(&format!("{place}[{i}]"), a, b, precision, differences);
            }
        }
        (Value::Object(a), Value::Object(b)) if a.keys().eq(b.keys()) => {
            for (key, value) in a {
                compare(&format!("{place}.{key}"), value, &b[key], precision, differences);
            }
        }
        (Value::String(a), Value::String(b)) if precision.are_alike(a, b) => {}
        (a, b) if a == b => {}
        (a, b) => differences.push(format!("{place} is {b}, was {a}")),
    }
}

/// The claims that permuted labels support too often.
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn n_differences(found: &Value, precision: Precision) -> usize {
        let expected =
            json!([{ "verdict": "supported", "why": "F 6.5 is above 0", "value": 6.5, "p": null }]);
        let mut differences = Vec::new();
        compare("", &expected, found, precision, &mut differences);
        differences.len()
    }

    #[test]
    fn on_another_path_numbers_may_move_a_little_and_verdicts_may_not() {
        let moved = json!([{ "verdict": "supported", "why": "F 6.7 is above 0", "value": 6.7, "p": null }]);
        assert_eq!(n_differences(&moved, Precision::SamePath), 2);
        assert_eq!(n_differences(&moved, Precision::OtherPath), 0);
        let other =
            json!([{ "verdict": "not_supported", "why": "F 9.9 is above 0", "value": 9.9, "p": 0.1 }]);
        assert_eq!(n_differences(&other, Precision::OtherPath), 3);
    }
}
