//! The program as people and other programs meet it: its texts, its JSON, its exit codes, and what a kill leaves.

#![allow(clippy::unwrap_used)] // a test

use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const TINY: &str = r#"
name = "tiny"
tasks = ["go_no_go"]
classes = ["relu_dale", "tanh_free"]
networks_per_class = 3

[defaults]
n_units = 12
iterations = 40

[task.go_no_go]
train_values = 8
analysis_values = 5

[selection]
min_r2 = -1e9

[comparison]
aspects = ["trajectories", "endpoints"]
mds_starts = 5
permutations = 99
resamples = 50
behaviour_repeats = 2

[circuits]
fits = 1
iterations = 50
"#;

/// The program in a folder of its own, away from terminals and settings of whoever runs the test.
fn circuitscope(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_circuitscope"));
    command.current_dir(folder).stdin(Stdio::null()).env("COLUMNS", "100").env_remove("CIRCUITSCOPE_KERNEL");
    command
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    circuitscope(folder).args(arguments).output().unwrap()
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

/// Standard error without line breaks and frames, so that a sentence can be looked for.
fn told(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    text.split_whitespace()
        .filter(|word| !matches!(*word, "│" | "|" | "×" | "x" | "╰─▶" | "`->"))
        .collect::<Vec<_>>()
        .join(" ")
}

fn succeeded(output: Output) -> Output {
    assert!(output.status.success(), "{:?}: {}", output.status, told(&output));
    output
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", stdout(output)))
}

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

fn tiny() -> TempDir {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("tiny.toml"), TINY).unwrap();
    folder
}

/// Every file of a study folder but the log of times, with its content.
fn contents(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if !path.ends_with("work/timings.jsonl") {
                files.insert(path.strip_prefix(root).unwrap().to_path_buf(), std::fs::read(path).unwrap());
            }
        }
    }
    files
}

fn first_network(root: &Path) -> PathBuf {
    contents(root).into_keys().find(|path| path.starts_with("networks")).map(|path| root.join(path)).unwrap()
}

#[test]
fn help_tells_every_command_and_exit_code() {
    let folder = TempDir::new().unwrap();
    let text = |arguments: &[&str]| stdout(&succeeded(run(folder.path(), arguments))).to_owned();
    insta::assert_snapshot!("help", text(&["--help"]));
    for command in [
        "run",
        "plan",
        "report",
        "claims",
        "score",
        "compare",
        "bench",
        "fixed-points",
        "branches",
        "line-attractor",
        "behave",
        "circuit",
    ] {
        insta::assert_snapshot!(format!("help_{command}"), text(&[command, "--help"]));
    }
}

fn built_in_golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden")
}

fn golden() -> PathBuf {
    let folder = std::env::var_os("CIRCUITSCOPE_GOLDEN").map_or_else(built_in_golden, PathBuf::from);
    folder.canonicalize().unwrap()
}

/// An analysis of golden data: the file's content, its task, and the networks' files.
fn golden_analyses() -> Vec<(Value, String, Vec<String>)> {
    let mut files: Vec<_> =
        std::fs::read_dir(golden().join("analysis")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty());
    let read = |path: PathBuf| {
        let expected: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let task = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let networks = expected["networks"].as_array().unwrap().iter();
        let file =
            |name: &Value| golden().join("networks").join(name.as_str().unwrap()).display().to_string();
        let networks = networks.map(file).collect();
        (expected, task, networks)
    };
    files.into_iter().map(read).collect()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|entry| entry.as_f64().unwrap()).collect()
}

fn stems(networks: &[String]) -> Vec<Value> {
    networks.iter().map(|path| Path::new(path).file_stem().unwrap().to_str().unwrap().into()).collect()
}

#[test]
fn scores_of_golden_networks_agree_under_the_agreed_keys() {
    let folder = TempDir::new().unwrap();
    for (expected, task, networks) in golden_analyses() {
        let mut arguments = vec!["score", "--json", "--task", &task];
        arguments.extend(networks.iter().map(String::as_str));
        let output = succeeded(run(folder.path(), &arguments));
        let found = json(&output);
        assert_eq!(keys(&found), ["networks"]);
        let rows = found["networks"].as_array().unwrap();
        assert_eq!(rows.iter().map(|row| row["name"].clone()).collect::<Vec<_>>(), stems(&networks));
        for (row, mse) in rows.iter().zip(numbers(&expected["mse"])) {
            assert_eq!(keys(row), ["mse", "n_units", "name", "r2"]);
            assert!((row["mse"].as_f64().unwrap() / mse - 1.0).abs() < 1e-5, "{row} {mse}");
            assert!(row["r2"].as_f64().unwrap() > 0.5, "{row}");
            assert!((1..=100).contains(&row["n_units"].as_u64().unwrap()));
        }
    }
}

#[test]
fn comparisons_of_golden_networks_agree_under_the_agreed_keys() {
    let folder = TempDir::new().unwrap();
    for (expected, task, networks) in golden_analyses() {
        for aspect in ["trajectories", "endpoints", "selectivity"] {
            let mut arguments = vec!["compare", "--json", "--task", &task, "--aspect", aspect];
            arguments.extend(networks.iter().map(String::as_str));
            let found = json(&succeeded(run(folder.path(), &arguments)));
            check_comparison(&found, &expected[aspect], &networks, &format!("{task} {aspect}"));
        }
    }
}

#[test]
fn golden_networks_are_compared_by_every_measure_under_the_same_keys() {
    let folder = TempDir::new().unwrap();
    for (expected, task, networks) in golden_analyses() {
        let compare = |aspect, measure| {
            let mut arguments = vec!["compare", "--json", "--task", &task, "--aspect", aspect];
            arguments.extend(["--measure", measure]);
            arguments.extend(networks.iter().map(String::as_str));
            json(&succeeded(run(folder.path(), &arguments)))
        };
        for measure in ["procrustes", "angular", "cka", "regression", "dsa", "dsa-euclidean"] {
            let found = compare("trajectories", measure);
            assert_eq!(keys(&found), ["distance", "embedding", "networks", "statistics", "stress"]);
            let distance: Vec<Vec<f64>> = found["distance"].as_array().unwrap().iter().map(numbers).collect();
            for (i, row) in distance.iter().enumerate() {
                let is_between = |j: usize| row[j] > 0.0 && row[j] == distance[j][i];
                assert!((0..networks.len()).all(|j| i == j || is_between(j)), "{task} {measure} {row:?}");
            }
        }
        // The published distance of endpoints is the Procrustes distance.
        check_comparison(&compare("endpoints", "procrustes"), &expected["endpoints"], &networks, "endpoints");
    }
}

#[test]
fn configurations_of_golden_networks_are_compared_under_the_agreed_keys() {
    let folder = TempDir::new().unwrap();
    for (_, task, networks) in golden_analyses() {
        let mut arguments = vec!["compare", "--json", "--task", &task, "--aspect", "fixed-points"];
        arguments.extend(networks.iter().map(String::as_str));
        let found = json(&succeeded(run(folder.path(), &arguments)));
        assert_eq!(found["networks"].as_array().unwrap(), &stems(&networks));
        for key in ["distance", "distance_published"] {
            let distance: Vec<Vec<f64>> = found[key].as_array().unwrap().iter().map(numbers).collect();
            assert_eq!(distance.len(), networks.len(), "{task}");
            for (i, row) in distance.iter().enumerate() {
                assert_eq!((row.len(), row[i]), (networks.len(), 0.0), "{task}");
                let is_between = |j: usize| row[j] > 0.0 && row[j] == distance[j][i];
                assert!((0..networks.len()).all(|j| i == j || is_between(j)), "{task} {key} {row:?}");
            }
        }
        // Every point is within the sum of two radii of its match or costs 1.
        assert!(found["distance"].as_array().unwrap().iter().flat_map(numbers).all(|d| d < 2.0), "{task}");
        assert!(found["statistics"]["silhouette3"].is_number() || networks.len() < 3, "{task}");
    }
}

fn check_comparison(found: &Value, expected: &Value, networks: &[String], place: &str) {
    let is_selectivity = place.ends_with("selectivity");
    let shared = ["distance", "embedding", "networks", "statistics", "stress"];
    let keys_found = keys(found);
    assert!(shared.iter().all(|key| keys_found.contains(key)), "{place}: {keys_found:?}");
    assert_eq!(keys_found.contains(&"distance_published"), is_selectivity, "{place}");
    assert!(is_selectivity || keys_found.len() == shared.len(), "{place}: {keys_found:?}");
    assert_eq!(found["networks"].as_array().unwrap(), &stems(networks));
    let k = networks.len();
    let map: Vec<Vec<f64>> = found["embedding"].as_array().unwrap().iter().map(numbers).collect();
    assert!(map.len() == k && map.iter().all(|point| point.len() == 2), "{place}");

    let distance = found[if is_selectivity { "distance_published" } else { "distance" }].as_array().unwrap();
    let reference: Vec<Vec<f64>> = expected["distance"].as_array().unwrap().iter().map(numbers).collect();
    let distance: Vec<Vec<f64>> = distance.iter().map(numbers).collect();
    for i in 0..k {
        assert_eq!((distance[i].len(), distance[i][i]), (k, 0.0), "{place}");
        for j in (0..k).filter(|&j| j != i) {
            let ratio = distance[i][j] / reference[i][j];
            let agrees = if is_selectivity { ratio <= 1.001 } else { (ratio - 1.0).abs() <= 1e-4 };
            assert!(agrees, "{place} {i} {j}: {ratio}");
        }
    }
    let statistics = &found["statistics"];
    assert_eq!(keys(statistics), ["knn3", "permanova_f3", "permanova_p3", "silhouette3"], "{place}");
    if is_selectivity {
        return; // its statistics are over better distances than the reference found; the analyses have their own test
    }
    let number = |value: &Value| value.as_f64().unwrap();
    assert!(
        number(&found["stress"]) <= 1.02 * number(&expected["mds_stress"]),
        "{place}: {}",
        found["stress"]
    );
    let gap = number(&statistics["silhouette3"]) - number(&expected["silhouette3"]);
    assert!(gap.abs() <= 0.005, "{place}: {gap}");
    let ratio = number(&statistics["permanova_f3"]) / number(&expected["permanova_f3"]);
    assert!((ratio - 1.0).abs() <= 0.01, "{place}: {ratio}");
    let gap = (number(&statistics["knn3"]) - number(&expected["knn3"])) * k as f64;
    assert!(gap.abs() < 1.0 + 1e-6, "{place}: {gap} networks");
    assert!((1e-4..=1.0).contains(&number(&statistics["permanova_p3"])), "{place}");
}

/// A mistake: arguments, exit code, and what is said of it.
type Mistake<'a> = (&'a [&'a str], i32, &'a [&'a str]);

#[test]
fn fixed_points_of_golden_networks_are_found_under_the_agreed_keys() {
    for (analysis, task, networks) in golden_analyses() {
        let name = analysis["networks"][0].as_str().unwrap();
        let output =
            succeeded(run(Path::new("."), &["fixed-points", &networks[0], "--task", &task, "--json"]));
        let found = json(&output);
        assert_eq!(found["inputs"], analysis["fixed_point_inputs"], "{task}");
        let of_inputs = found["points"].as_array().expect("a list an input");
        assert_eq!(found["completeness"].as_array().map(Vec::len), Some(of_inputs.len()), "{task}");
        for (points, expected) in of_inputs.iter().zip(analysis["fixed_points"][name].as_array().unwrap()) {
            let points = points.as_array().unwrap();
            for point in points {
                assert!(point["residual"].as_f64().unwrap() <= 1e-10, "{task}");
                let stability = point["stability"].as_str().unwrap();
                let max_re = point["max_re"].as_f64().unwrap();
                let agrees = match stability {
                    "stable" => max_re < 0.0,
                    "unstable" => max_re > 0.0,
                    other => other == "marginal",
                };
                assert!(agrees, "{task}: {stability} at {max_re}");
                assert_eq!(point["certified"].as_bool().unwrap(), point["radius"].is_f64(), "{task}");
            }
            for root in expected.as_array().unwrap() {
                let y = numbers(&root["y"]);
                let distance = |point: &Value| {
                    numbers(&point["y"]).iter().zip(&y).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
                };
                let nearest = points.iter().min_by(|a, b| distance(a).total_cmp(&distance(b)));
                let nearest = nearest.unwrap_or_else(|| panic!("{task}: no points at all"));
                assert!(distance(nearest) < 1e-6, "{task}: {} away", distance(nearest)); // the reference's own error
                let sign = |point: &Value| point["max_re"].as_f64().unwrap() > 0.0;
                assert_eq!(sign(nearest), sign(root), "{task}");
            }
        }
    }
}

#[test]
fn branches_begin_and_end_at_the_fixed_points_of_their_ends() {
    let folder = TempDir::new().unwrap();
    let inputs = [[1.0, 0.0, 0.0, 1.0, 0.5, 0.5], [1.0, 0.0, 1.0, 0.0, 0.5, 0.5]];
    std::fs::write(folder.path().join("line.json"), serde_json::to_string(&inputs).unwrap()).unwrap();
    let network = built_in_golden().join("networks/cddm_tanh_free_1.json").canonicalize().unwrap();
    let network = network.to_str().unwrap();
    let told = |command: &str| {
        let arguments = [command, network, "--task", "cddm", "--inputs", "line.json", "--json"];
        json(&succeeded(run(folder.path(), &arguments)))
    };
    let (points, line) = (told("fixed-points"), told("branches"));
    let at_ends: usize =
        points["points"].as_array().unwrap().iter().map(|at| at.as_array().unwrap().len()).sum();
    let branches = line["branches"].as_array().unwrap();
    // Every fixed point at either end is an end of one branch, and every branch that leaves the line does so at one.
    let left =
        |branch: &Value| branch["ends"].as_array().unwrap().iter().filter(|end| *end == "left").count();
    assert_eq!(branches.iter().map(left).sum::<usize>(), at_ends, "{line}");
    let folds = |branch: &Value| {
        branch["events"].as_array().unwrap().iter().filter(|event| event["event"] == "fold").count()
    };
    // From one end to the other the position turns an even number of times; a bistable network folds.
    let folds: usize = branches.iter().map(folds).sum();
    assert!(folds >= 2 && folds.is_multiple_of(2), "{folds} folds");
}

#[test]
fn branches_over_the_whole_grid_connect_the_fixed_points_into_sheets() {
    let network = built_in_golden().join("networks/go_no_go_tanh_free_1.json").canonicalize().unwrap();
    let arguments = ["branches", network.to_str().unwrap(), "--task", "go_no_go"];
    let found = json(&succeeded(run(Path::new("."), &[&arguments[..], &["--json"]].concat())));
    let (inputs, lines) = (found["inputs"].as_array().unwrap(), found["lines"].as_array().unwrap());
    assert_eq!((inputs.len(), lines.len()), (22, 13));
    let points = || inputs.iter().flat_map(|input| input["points"].as_array().unwrap());
    assert!(points().all(|point| point["certified"] == true));
    let n_sheets = found["n_sheets"].as_u64().unwrap();
    assert!(points().all(|point| point["sheet"].as_u64().unwrap() < n_sheets));
    for branch in lines.iter().flat_map(|line| line["branches"].as_array().unwrap()) {
        let sheet = |at: &Value| {
            let [input, point] = [0, 1].map(|k| at[k].as_u64().unwrap() as usize);
            inputs[input]["points"][point]["sheet"].clone()
        };
        let mut sheets: Vec<Value> = branch["passed"].as_array().unwrap().iter().map(sheet).collect();
        sheets.dedup();
        assert_eq!(sheets.len(), 1, "a branch is of one sheet");
    }
    let told = String::from_utf8(succeeded(run(Path::new("."), &arguments)).stdout).unwrap();
    assert!(told.contains("13 lines"), "{told}");
    assert!(told.contains("value at cue 1") && told.contains(&format!("{n_sheets} sheets")), "{told}");
}

#[test]
fn evidence_for_a_choice_moves_the_state_towards_it_between_the_choices() {
    let network = built_in_golden().join("networks/cddm_tanh_free_1.json").canonicalize().unwrap();
    let arguments = ["line-attractor", network.to_str().unwrap(), "--points", "3", "--json"];
    let found = json(&succeeded(run(Path::new("."), &arguments)));
    for (context, right) in [2, 4].into_iter().enumerate() {
        let line = &found["contexts"][context];
        assert_eq!(line["points"].as_array().map(Vec::len), Some(3));
        let middle = &line["points"][1];
        assert_eq!(middle["position"], 0.5);
        let selection = numbers(&middle["selection"]);
        assert!(selection[right] > 0.0 && selection[right + 1] < 0.0, "context {context}: {selection:?}");
        assert!(middle["residual"].as_f64().unwrap() < 1e-10, "{middle}");
    }
}

#[test]
fn behaviour_is_told_by_task_with_the_keys_that_other_tools_read() {
    let behave = |network: &str, task: &str, rest: &[&str]| {
        let network = built_in_golden().join("networks").join(network).canonicalize().unwrap();
        let arguments = [&["behave", network.to_str().unwrap(), "--task", task], rest].concat();
        succeeded(run(Path::new("."), &arguments))
    };
    let found = json(&behave("cddm_tanh_free_1.json", "cddm", &["--json"]));
    assert_eq!(keys(&found), ["coherences", "colour", "irrelevant_slope", "motion"]);
    let coherences = numbers(&found["coherences"]);
    assert_eq!((coherences.len(), coherences[0], coherences[30]), (31, -4.0, 4.0));
    for context in ["motion", "colour"] {
        assert_eq!(keys(&found[context]), ["mse", "right"]);
        for key in ["mse", "right"] {
            let rows = found[context][key].as_array().unwrap();
            assert!(rows.len() == 31 && rows.iter().all(|row| numbers(row).len() == 31));
        }
    }
    assert_eq!(keys(&found["irrelevant_slope"]), ["interval", "value"]);
    let interval = numbers(&found["irrelevant_slope"]["interval"]);
    let value = found["irrelevant_slope"]["value"].as_f64().unwrap();
    assert!(interval[0] <= value && value <= interval[1], "{value} {interval:?}");

    let found = json(&behave("go_no_go_relu_dale_1.json", "go_no_go", &["--json"]));
    assert_eq!(keys(&found), ["tests", "values"]);
    assert_eq!(keys(&found["tests"][0]), ["answer", "go", "mse", "strength", "test", "threshold"]);
    let found = json(&behave("memory_number_relu_dale_1.json", "memory_number", &["--json"]));
    assert_eq!(keys(&found["tests"][0]), ["answer", "gain", "mse", "strength", "test"]);
    let told = behave("memory_number_relu_dale_1.json", "memory_number", &[]);
    assert!(stdout(&told).contains("mse outside") && stdout(&told).contains("gain_beyond"));
}

/// A recording of two trials as a safetensors file, written by hand.
fn hand_made_recording() -> Vec<u8> {
    let (n_steps, n_trials) = (20, 4);
    let mut arrays = Vec::new();
    for (name, n_rows) in [("responses", 6), ("inputs", 1), ("outputs", 1)] {
        let mut values = Vec::new();
        for row in 0..n_rows {
            for step in 0..n_steps {
                for trial in 0..n_trials {
                    let shown = if step < 5 { 0.0 } else { 0.25 * (f64::from(trial) + 1.0) };
                    values.push(shown * (1.0 + 0.1 * f64::from(row * step)).sin().abs());
                }
            }
        }
        arrays.push((name, n_rows, values));
    }
    let (mut header, mut data) = (serde_json::Map::new(), Vec::new());
    for (name, n_rows, values) in arrays {
        let begin = data.len();
        data.extend(values.into_iter().flat_map(f64::to_le_bytes));
        let entry = serde_json::json!({
            "dtype": "F64", "shape": [n_rows, n_steps, n_trials], "data_offsets": [begin, data.len()]
        });
        header.insert(name.to_owned(), entry);
    }
    let header = serde_json::to_vec(&header).unwrap();
    [(header.len() as u64).to_le_bytes().to_vec(), header, data].concat()
}

#[test]
fn circuits_of_a_recording_have_the_keys_of_a_networks_circuits() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("neurons.safetensors"), hand_made_recording()).unwrap();
    let circuit = ["circuit", "neurons.safetensors", "--iterations", "60", "--fits", "2", "--folds", "2"];
    let with = |more: &[&str]| succeeded(run(folder.path(), &[&circuit, more].concat()));
    let found = json(&with(&["--json"]));
    assert_eq!(keys(&found), ["consensus", "fits", "mechanism", "perturbation"]);
    assert!(found["perturbation"].is_null() && found["mechanism"]["label"].is_null());
    assert_eq!(found["consensus"]["nodes"], serde_json::json!(["input 1", "free 1", "free 2"]));
    let found = json(&with(&["--nodes", "2..4", "--activation", "tanh", "--json"]));
    let sizes = found["sizes"].as_array().unwrap();
    assert_eq!(sizes.iter().map(|size| size["nodes"].as_u64().unwrap()).collect::<Vec<_>>(), [2, 3, 4]);
    assert_eq!(keys(&sizes[0]), ["chosen", "nodes", "r2_total", "r2_total_se"]);
    let told = stdout(&with(&["--nodes", "2..3"])).to_owned();
    assert!(told.contains("neurons: 6 units, latent") && told.contains("chosen"), "{told}");
    assert!(told.contains("recorded neurons cannot be changed"), "{told}");
}

#[test]
fn circuits_of_golden_networks_are_fitted_under_the_agreed_keys() {
    let network = built_in_golden().join("networks/go_no_go_relu_dale_1.json").canonicalize().unwrap();
    let task = ["circuit", network.to_str().unwrap(), "--task", "go_no_go", "--iterations", "300"];
    let with = |more: &[&str]| succeeded(run(Path::new("."), &[&task, more].concat()));
    let output = with(&["--fits", "3", "--folds", "2", "--json"]);
    let found = json(&output);
    assert_eq!(keys(&found), ["consensus", "fits", "mechanism", "perturbation"]);
    let fits = found["fits"].as_array().unwrap();
    assert_eq!(fits.len(), 3);
    for fit in fits {
        let expected = ["held_out", "output_mse", "q", "r2_projected", "r2_total", "w_inp", "w_out", "w_rec"];
        assert_eq!(keys(fit), expected);
        let shape = |matrix: &str| {
            let rows = fit[matrix].as_array().unwrap();
            (rows.len(), numbers(&rows[0]).len())
        };
        assert_eq!(["w_inp", "w_rec", "w_out"].map(shape), [(5, 3), (5, 5), (1, 5)]);
        let (n_rows, n_columns) = shape("q");
        assert_eq!(n_columns, 5);
        let q: Vec<Vec<f64>> = fit["q"].as_array().unwrap().iter().map(numbers).collect();
        for i in 0..n_columns {
            for j in 0..n_columns {
                let product: f64 = (0..n_rows).map(|k| q[k][i] * q[k][j]).sum();
                let expected = f64::from(u8::from(i == j));
                assert!((product - expected).abs() < 1e-9, "columns {i} and {j}: {product}"); // rounding of 300 steps
            }
        }
        assert!(fit["r2_total"].as_f64().unwrap() <= 1.0 && fit["held_out"]["folds"] == 2, "{fit}");
    }
    assert_eq!(keys(&found["mechanism"]), ["inhibition", "label", "saturation"]);
    assert!(found["mechanism"]["label"].is_null()); // a task without contexts
    assert_eq!(keys(&found["perturbation"]), ["correlation", "p"]);
    let consensus = &found["consensus"];
    assert_eq!(consensus["nodes"], serde_json::json!(["value", "cue", "bias", "free 1", "free 2"]));
    assert_eq!(consensus["solutions"].as_array().map(Vec::len), Some(3));

    let again = circuitscope(Path::new("."))
        .args(task)
        .args(["--fits", "3", "--folds", "2", "--json"])
        .env("RAYON_NUM_THREADS", "1")
        .output();
    assert_eq!(succeeded(again.unwrap()).stdout, output.stdout, "the number of threads changed the circuits");
    let told = stdout(&with(&["--fits", "1", "--folds", "0", "--variant", "le25"])).to_owned();
    assert!(
        told.contains("r2_total") && told.contains("output go") && told.contains("perturbation"),
        "{told}"
    );
}

#[test]
fn every_mistake_has_one_clear_error_and_the_exit_code_of_the_table() {
    let folder = tiny();
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    write("broken.toml", b"seed = = 3");
    write("unknown.toml", b"[defaults]\nn_unit = 5");
    write("task.toml", b"tasks = [\"cdmm\"]");
    write("file", b"");
    write("inputs.json", b"[[0, 0, 0, 0, 0, 0], [0, 1]]");
    let sound = built_in_golden().join("networks/cddm_relu_dale_1.json");
    let sound = std::fs::read_to_string(sound).unwrap();
    let mut object: serde_json::Map<String, Value> = serde_json::from_str(&sound).unwrap();
    write("sound.json", sound.as_bytes());
    let mut changed = |name: &str, key: &str, value: Option<Value>| {
        let kept = object.get(key).cloned().unwrap();
        match value {
            Some(value) => object.insert(key.to_owned(), value),
            None => object.remove(key),
        };
        write(name, serde_json::to_string(&object).unwrap().as_bytes());
        object.insert(key.to_owned(), kept);
    };
    changed("rows.json", "W_inp", Some(serde_json::json!([[1.0, 2.0], [1.0]])));
    changed("shapes.json", "W_inp", Some(serde_json::json!([[1.0, 2.0], [1.0, 2.0]])));
    changed("oblong.json", "W_rec", Some(serde_json::json!([[0.0, 1.0, 2.0], [1.0, 0.0, 2.0]])));
    changed("word_weight.json", "W_rec", Some(serde_json::json!([[0.0, "NaN"], [1.0, 0.0]])));
    changed("count.json", "N", Some(3.into()));
    changed("curve.json", "activation_name", Some("rellu".into()));
    changed("text.json", "W_out", Some(serde_json::json!([["a"]])));
    changed("lacks.json", "W_rec", None);
    changed("time.json", "dt", Some(100.0.into()));
    let nan = sound.replacen("\"W_inp\": [[", "\"W_inp\": [[NaN, ", 1);
    assert_ne!(nan, sound);
    write("nan.json", nan.as_bytes());
    write("word.json", b"[[0, 0, 0, 0, 0, \"half\"]]");
    write("nan_inputs.json", b"[[0, 0, 0, 0, 0, NaN]]");
    write("huge_inputs.json", b"[[0, 0, 0, 0, 0, 1e999]]");
    write("no_inputs.json", b"[]");
    write("empty.json", b"");
    write("noise.bin", b"\x01\x02\x03 no network at all");
    succeeded(run(folder.path(), &["run", "tiny.toml", "--out", "study"]));
    let network = std::fs::read(first_network(&folder.path().join("study"))).unwrap();
    write("cut.safetensors", &network[..network.len() - 100]);
    write("beheaded.safetensors", &network[..40]);
    write("neurons.npz", b"PK\x03\x04 and no more");
    write("whole.safetensors", &network);
    let needle = br#"\"format_version\":1"#;
    let place =
        network.windows(needle.len()).position(|word| word == needle).expect("the header says its format");
    let mut newer = network.clone();
    newer[place + needle.len() - 1] = b'7';
    write("newer.safetensors", &newer);
    std::fs::create_dir(folder.path().join("newer")).unwrap();
    write("newer/manifest.json", b"{\"format_version\": 99, \"software_version\": \"9.8.7\"}");
    std::fs::create_dir(folder.path().join("things")).unwrap();
    write("things/thesis.tex", b"");
    std::fs::create_dir(folder.path().join("nothing")).unwrap();

    let cddm = ["--task", "cddm"];
    let score = |name: &'static str| ["score", name, cddm[0], cddm[1]];
    let mistakes: &[Mistake<'_>] = &[
        (&["trian"], 2, &["unrecognized subcommand 'trian'"]),
        (&["run", "--threads", "0"], 2, &["--threads"]),
        (
            &["circuit", "sound.json", "--task", "cddm", "--nodes", "5"],
            2,
            &["`nodes` is 5, expected from 6 to 16", "leave the option out"],
        ),
        (&["circuit", "sound.json"], 2, &["sound.json is a network", "--task"]),
        (
            &["circuit", "sound.json", "--task", "cddm", "--activation", "tanh"],
            2,
            &["leave --activation out"],
        ),
        (&["circuit", "sound.json", "--task", "cddm", "--nodes", "9..7"], 2, &["ends at 7", "--nodes"]),
        (
            &["circuit", "sound.json", "--task", "cddm", "--nodes", "7..8", "--folds", "0"],
            2,
            &["`folds` is 0, expected from 2"],
        ),
        (&["circuit", "neurons.npz"], 4, &["neurons.npz: not a whole NPZ file", "numpy.savez"]),
        (&["circuit", "sound.json", "--task", "cddm", "--folds", "1"], 2, &["from 2 to the 50 trials"]),
        (&["circuit", "sound.json", "--task", "go_no_go"], 4, &["6 inputs", "--task"]),
        (&["run", "--thread", "1"], 2, &["'--threads'"]),
        (&["score", "--task", "cddm"], 2, &["<NETWORK>"]),
        (&["compare", "sound.json", "--task", "cddm", "--aspect", "endpoints"], 2, &["2 values"]),
        (&["score", "sound.json", "--task", "cdmm"], 2, &["no task `cdmm`", "did you mean `cddm`?"]),
        (
            &["compare", "sound.json", "sound.json", "--task", "cddm", "--aspect", "endpoint"],
            2,
            &["no aspect `endpoint`", "did you mean `endpoints`?"],
        ),
        (
            &[
                "compare",
                "sound.json",
                "sound.json",
                "--task",
                "cddm",
                "--aspect",
                "selectivity",
                "--measure",
                "cka",
            ],
            2,
            &["measure `cka` cannot compare selectivity", "--aspect trajectories or endpoints"],
        ),
        (
            &[
                "compare",
                "sound.json",
                "sound.json",
                "--task",
                "cddm",
                "--aspect",
                "endpoints",
                "--measure",
                "dsa",
            ],
            2,
            &["measure `dsa` cannot compare endpoints", "--aspect trajectories"],
        ),
        (&["fixed-points", "sound.json", "--task", "go_no_go"], 4, &["sound.json has 6 inputs", "--task"]),
        (
            &["fixed-points", "sound.json", "--task", "cddm", "--inputs", "inputs.json"],
            4,
            &["inputs.json: input 1 has 2 numbers", "a list of 6 finite numbers"],
        ),
        (
            &["fixed-points", "sound.json", "--task", "cddm", "--inputs", "none.json"],
            4,
            &["none.json: No such file"],
        ),
        (
            &["fixed-points", "nan.json", "--task", "cddm"],
            4,
            &["nan.json: not valid JSON", "NaN or Infinity, which no weight may be"],
        ),
        (
            &["fixed-points", "oblong.json", "--task", "cddm"],
            4,
            &["oblong.json: `N` is", "`W_rec` has 2 rows"],
        ),
        (
            &["fixed-points", "word_weight.json", "--task", "cddm"],
            4,
            &["`W_rec`[0][1] is \"NaN\", expected a number"],
        ),
        (
            &["fixed-points", "sound.json", "--task", "cddm", "--inputs", "word.json"],
            4,
            &["word.json", "invalid type: string \"half\"", "a list of 6 finite numbers"],
        ),
        (
            &["fixed-points", "sound.json", "--task", "cddm", "--inputs", "nan_inputs.json"],
            4,
            &["nan_inputs.json", "a list of 6 finite numbers"],
        ),
        (
            &["fixed-points", "sound.json", "--task", "cddm", "--inputs", "huge_inputs.json"],
            4,
            &["huge_inputs.json", "number out of range", "a list of 6 finite numbers"],
        ),
        (
            &["fixed-points", "sound.json", "--task", "cddm", "--inputs", "no_inputs.json"],
            4,
            &["no_inputs.json: it holds no input"],
        ),
        (
            &["branches", "sound.json", "--task", "cddm", "--inputs", "inputs.json"],
            4,
            &["inputs.json: input 1 has 2 numbers"],
        ),
        (
            &["line-attractor", "sound.json", "--task", "go_no_go"],
            2,
            &["task `go_no_go` has no choices", "--task cddm"],
        ),
        (&["bench", "--task", "cdmm"], 2, &["no task `cdmm`", "did you mean `cddm`?"]),
        (&["bench", "--units", "1"], 2, &["--units is 1", "from 2 to 20000"]),
        (&["bench", "--trials", "0"], 2, &["--trials is 0", "from 1 to"]),
        (
            &["run", "none.toml"],
            3,
            &["cannot read the study file none.toml", "No such file", "built-in quick study"],
        ),
        (&["run", "study"], 3, &["cannot read the study file study", "directory"]),
        (&["run", "broken.toml"], 3, &["broken.toml, line 1", "key = value"]),
        (
            &["plan", "unknown.toml"],
            3,
            &["unknown.toml, line 2: unknown key `n_unit`", "did you mean `n_units`?"],
        ),
        (&["run", "task.toml"], 3, &["task.toml, line 1", "\"cdmm\"", "did you mean `cddm`?"]),
        (&score("none.json"), 4, &["cannot read the network none.json", "No such file"]),
        (&score("study"), 4, &["cannot read the network study", "directory"]),
        (&score("empty.json"), 4, &["empty.json: the file is empty", "trainRNNbrain"]),
        (&score("noise.bin"), 4, &["noise.bin: not a safetensors file"]),
        (&score("nan.json"), 4, &["nan.json: not valid JSON", "NaN or Infinity, which no weight may be"]),
        (&score("rows.json"), 4, &["row 1 of `W_inp` has 1 entries, row 0 has 2"]),
        (&score("shapes.json"), 4, &["`w_inp` has shape [2, 2], expected ["]),
        (&score("count.json"), 4, &["`N` is 3 but `W_rec` has"]),
        (&score("curve.json"), 4, &["activation `rellu` is unknown", "did you mean `relu`?"]),
        (&score("text.json"), 4, &["`W_out`[0][0] is \"a\", expected a number"]),
        (&score("lacks.json"), 4, &["key `W_rec` is missing"]),
        (&score("time.json"), 4, &["`dt` is 100, expected at most tau"]),
        (&score("cut.safetensors"), 4, &["cut.safetensors: not a"]),
        (&score("beheaded.safetensors"), 4, &["beheaded.safetensors: not a"]),
        (&score("newer.safetensors"), 4, &["network of format 7, written by circuitscope", "format 1"]),
        (&score("whole.safetensors"), 4, &["3 inputs and 1 outputs, but task `cddm` has 6 and 2", "--task"]),
        (
            &["compare", "sound.json", "whole.safetensors", "--task", "cddm", "--aspect", "endpoints"],
            4,
            &["3 inputs and 1 outputs"],
        ),
        (&["run", "tiny.toml", "--out", "file/study"], 5, &["cannot write file/study", "--out"]),
        (&["run", "tiny.toml", "--out", "file"], 5, &["cannot write file"]),
        (
            &["run", "tiny.toml", "--out", "newer"],
            6,
            &["study of format 99, written by circuitscope 9.8.7", "--out"],
        ),
        (&["plan", "tiny.toml", "--out", "newer"], 6, &["study of format 99"]),
        (&["report", "newer"], 6, &["study of format 99"]),
        (&["run", "tiny.toml", "--out", "things"], 6, &["not a study folder", "thesis.tex", "--out"]),
        (&["report", "nothing"], 6, &["nothing holds no study", "manifest.json"]),
        (&["report", "none"], 6, &["none holds no study: there is no such folder"]),
        (&["report", "file"], 6, &["file holds no study"]),
    ];
    let mut faults = Vec::new();
    for (arguments, code, said) in mistakes {
        let output = run(folder.path(), arguments);
        let told = told(&output);
        let lacks: Vec<_> = said.iter().filter(|part| !told.contains(**part)).collect();
        if output.status.code() != Some(*code) || !lacks.is_empty() || !output.stdout.is_empty() {
            faults.push(format!("{arguments:?}: {:?}, lacks {lacks:?}\n  {told}", output.status.code()));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert_eq!(std::fs::read_dir(folder.path().join("things")).unwrap().count(), 1);
}

#[test]
fn an_unknown_kernel_path_is_refused_with_the_way_out() {
    let folder = tiny();
    for arguments in [&["run", "tiny.toml"][..], &["plan", "tiny.toml"]] {
        let output =
            circuitscope(folder.path()).args(arguments).env("CIRCUITSCOPE_KERNEL", "nonsense").output();
        let output = output.unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(told(&output).contains("no kernel path is called `nonsense`"), "{}", told(&output));
        assert!(told(&output).contains("unset CIRCUITSCOPE_KERNEL"), "{}", told(&output));
    }
    assert!(!folder.path().join("tiny-study").exists());
}

#[test]
fn a_run_tells_where_its_results_are_and_how_to_open_them() {
    let folder = tiny();
    let output = succeeded(run(folder.path(), &["run", "tiny.toml"]));
    let text = stdout(&output);
    assert!(text.contains("6 networks trained: 6 compared"), "{text}");
    for part in ["tiny-study/report.html", "browser", "tiny-study/tables/", "tiny-study/networks/"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(folder.path().join("tiny-study/report.html").exists());
    assert!(told(&output).contains("training networks (6)"), "{}", told(&output));
    let again = succeeded(run(folder.path(), &["run", "tiny.toml"]));
    assert!(told(&again).contains("training networks (6 of 6 are there)"), "{}", told(&again));
}

#[test]
fn claims_of_a_study_are_told_under_the_agreed_keys() {
    let folder = tiny();
    succeeded(run(folder.path(), &["run", "tiny.toml"]));
    let judged = json(&succeeded(run(folder.path(), &["claims", "tiny-study", "--json"])));
    let claims = judged["claims"].as_array().expect("a list");
    for claim in claims {
        for key in ["number", "statement", "verdict", "statistic", "interval", "p", "task", "evidence"] {
            assert!(claim.get(key).is_some(), "{key} in {claim}");
        }
        let verdict = claim["verdict"].as_str().expect("a word");
        assert!(["supported", "not_supported", "not_decidable"].contains(&verdict), "{verdict}");
        // What cannot be decided says why.
        assert_eq!(verdict == "not_decidable", claim["missing"] != serde_json::json!([]), "{claim}");
    }
    let numbers: Vec<u64> = claims.iter().filter_map(|claim| claim["number"].as_u64()).collect();
    assert!((1..=17).all(|number| numbers.contains(&number)) && numbers.contains(&19), "{numbers:?}");
    // The page says the same.
    let page = std::fs::read_to_string(folder.path().join("tiny-study/report.html")).expect("a page");
    let output = succeeded(run(folder.path(), &["claims", "tiny-study"]));
    let text = stdout(&output);
    for claim in claims {
        let statement = claim["statement"].as_str().expect("words");
        assert!(page.contains(statement) && text.contains(statement), "{statement}");
    }
    std::fs::remove_file(folder.path().join("tiny-study/claims.json")).expect("removed");
    let failed = run(folder.path(), &["claims", "tiny-study"]);
    assert_eq!(failed.status.code(), Some(6));
    assert!(told(&failed).contains("circuitscope report"), "{}", told(&failed));
}

#[test]
fn a_bench_times_the_case_chosen_under_the_agreed_keys() {
    let folder = tiny();
    let chosen = ["--task", "go_no_go", "--trials", "5", "--units", "30", "--activation", "tanh"];
    let output =
        succeeded(run(folder.path(), &[&["bench", "--json", "--threads", "2"], &chosen[..]].concat()));
    let bench = json(&output);
    let [case] = bench["cases"].as_array().expect("a list").as_slice() else { panic!("one case: {bench}") };
    for (key, expected) in [
        ("task", Value::from("go_no_go")),
        ("activation", "tanh".into()),
        ("dale", true.into()),
        ("trials", 5.into()),
        ("steps", 60.into()),
        ("units", 30.into()),
        ("threads", 2.into()),
    ] {
        assert_eq!(case[key], expected, "{key}");
    }
    let number = |key: &str| case[key].as_f64().expect(key);
    let operations = f64::from(6 * 60 * 5 * 30 * (30 + 3));
    let gflops = operations / number("ms_per_iteration") / 1e6;
    assert!((number("gflops") / gflops - 1.0).abs() < 1e-9, "{case}");
    assert!((number("share_of_sgemm") / (gflops / number("sgemm_gflops")) - 1.0).abs() < 1e-9, "{case}");
    assert!(bench["sgemm_gflops"].as_f64().expect("a peak") > 0.1, "{bench}");
    assert!(bench["kernel"].is_string(), "{bench}");
}

#[test]
fn json_stands_alone_on_standard_output() {
    let folder = tiny();
    let summary = json(&succeeded(run(folder.path(), &["run", "tiny.toml", "--out", "s", "--json"])));
    assert_eq!(keys(&summary), ["below_floor", "diverged", "report", "selected", "surplus", "trained"]);
    assert_eq!((summary["trained"].as_u64(), summary["selected"].as_u64()), (Some(6), Some(6)));
    let rebuilt = json(&succeeded(run(folder.path(), &["report", "s", "--json"])));
    assert_eq!(rebuilt, summary);
    let plan = json(&succeeded(run(
        folder.path(),
        &["plan", "tiny.toml", "--out", "s", "--threads", "3", "--json"],
    )));
    assert_eq!(
        (plan["networks"].as_u64(), plan["finished"].as_u64(), plan["threads"].as_u64()),
        (Some(6), Some(6), Some(3))
    );
    assert_eq!(plan["rows"].as_array().unwrap().len(), 2);
    let analyses = plan["analyses"].as_object().unwrap().values().map(|seconds| seconds.as_f64().unwrap());
    let total: f64 = analyses.sum();
    assert!((total - plan["analysis_seconds"].as_f64().unwrap()).abs() < 1e-9); // sums in another order
    let network = first_network(&folder.path().join("s")).display().to_string();
    let scores = json(&succeeded(run(folder.path(), &["score", &network, "--task", "go_no_go", "--json"])));
    assert_eq!(scores["networks"].as_array().unwrap().len(), 1);
    let arguments =
        ["compare", &network, &network, "--task", "go_no_go", "--aspect", "selectivity", "--json"];
    let comparison = json(&succeeded(run(folder.path(), &arguments)));
    assert!(comparison["statistics"]["silhouette3"].is_null()); // one activation has nothing to be told from
}

#[test]
fn a_plan_trains_nothing_and_makes_no_folder() {
    let folder = tiny();
    let output = succeeded(run(folder.path(), &["plan", "tiny.toml"]));
    for part in ["study tiny: 6 networks, 0 finished", "relu_dale", "tanh_free", "ms/iteration", "about"] {
        assert!(stdout(&output).contains(part), "{part} in {}", stdout(&output));
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    let quick = succeeded(run(folder.path(), &["plan", "--threads", "2", "--json"]));
    assert_eq!(json(&quick)["study"], "quick");
}

#[test]
fn a_run_killed_at_any_moment_and_started_again_gives_the_same_bytes() {
    let folder = tiny();
    std::fs::write(folder.path().join("longer.toml"), TINY.replace("iterations = 40", "iterations = 500"))
        .unwrap();
    let begun = Instant::now();
    succeeded(run(folder.path(), &["run", "longer.toml", "--out", "undisturbed", "--threads", "2"]));
    let whole = begun.elapsed();
    let expected = contents(&folder.path().join("undisturbed"));
    let mut n_killed = 0;
    // Shares of an undisturbed run: while the first network trains, in the middle, among the analyses, at the end.
    for (round, shares) in
        [[0.05, 0.5, 0.4, 0.3], [0.8, 0.1, 0.2, 0.02], [0.95, 0.1, 0.01, 0.9]].iter().enumerate()
    {
        let study = format!("killed{round}");
        for &share in shares {
            let mut child = circuitscope(folder.path())
                .args(["run", "longer.toml", "--out", &study, "--threads", "2"])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            std::thread::sleep(whole.mul_f64(share));
            child.kill().unwrap();
            n_killed += usize::from(!child.wait().unwrap().success());
        }
        succeeded(run(folder.path(), &["run", "longer.toml", "--out", &study, "--threads", "1"]));
        let found = contents(&folder.path().join(&study));
        assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
        let different: Vec<_> = found.iter().filter(|(name, bytes)| expected[*name] != **bytes).collect();
        assert!(different.is_empty(), "{:?}", different.iter().map(|(name, _)| name).collect::<Vec<_>>());
    }
    assert!(n_killed >= 4, "only {n_killed} runs were killed before their end: the test shows little");
}

#[cfg(unix)]
#[test]
fn ctrl_c_stops_a_run_with_130_and_tells_how_to_go_on() {
    let folder = tiny();
    let endless = TINY.replace("iterations = 40", "iterations = 100000000");
    std::fs::write(folder.path().join("endless.toml"), endless).unwrap();
    let mut child = circuitscope(folder.path())
        .args(["run", "endless.toml", "--out", "s", "--threads", "2"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    let begun = lines.find(|line| line.contains("training networks"));
    assert!(begun.is_some());
    std::thread::sleep(Duration::from_millis(50));
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    let rest = lines.collect::<Vec<_>>().join("\n");
    assert_eq!(child.wait().unwrap().code(), Some(130), "{rest}");
    assert!(rest.contains("interrupted; what is finished is kept"), "{rest}");
    assert!(rest.contains("run the same command again"), "{rest}");
}

#[cfg(unix)]
#[test]
fn a_second_run_in_the_same_folder_is_refused_while_the_first_is_at_work() {
    let folder = tiny();
    std::fs::write(
        folder.path().join("endless.toml"),
        TINY.replace("iterations = 40", "iterations = 100000000"),
    )
    .unwrap();
    let mut first = circuitscope(folder.path())
        .args(["run", "endless.toml", "--out", "s"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(first.stderr.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.any(|line| line.contains("training networks")));
    let second = run(folder.path(), &["run", "endless.toml", "--out", "s"]);
    first.kill().unwrap();
    first.wait().unwrap();
    assert_eq!(second.status.code(), Some(6));
    assert!(told(&second).contains("another run is at work in s"), "{}", told(&second));
}
