//! The program as people and other programs meet it: its texts, its JSON, its exit codes, and what a kill leaves.

#![allow(clippy::unwrap_used)] // a test

mod circuits;
mod comparisons;
mod dynamics;
mod mistakes;
mod ranking;
mod studies;
mod tasks;

use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
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
            } else if !path.ends_with("work/timings.jsonl") && !path.starts_with(root.join("work/locks")) {
                files.insert(path.strip_prefix(root).unwrap().to_path_buf(), std::fs::read(path).unwrap());
            }
        }
    }
    files
}

fn first_network(root: &Path) -> PathBuf {
    contents(root).into_keys().find(|path| path.starts_with("networks")).map(|path| root.join(path)).unwrap()
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
fn help_tells_every_command_and_exit_code() {
    let folder = TempDir::new().unwrap();
    let text = |arguments: &[&str]| stdout(&succeeded(run(folder.path(), arguments))).to_owned();
    insta::assert_snapshot!("help", text(&["--help"]));
    for command in [
        "run",
        "plan",
        "report",
        "claims",
        "jobs",
        "job",
        "score",
        "compare",
        "bench",
        "fixed-points",
        "branches",
        "line-attractor",
        "behave",
        "observe",
        "rank",
        "task",
        "circuit",
    ] {
        insta::assert_snapshot!(format!("help_{command}"), text(&[command, "--help"]));
    }
}
