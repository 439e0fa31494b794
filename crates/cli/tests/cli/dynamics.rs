//! Fixed points, branches and choice lines of networks.

use crate::{built_in_golden, circuitscope, golden_analyses, json, numbers, run, succeeded, told};
use serde_json::{Value, json};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tempfile::TempDir;

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

/// A test input that was kept because it once failed.
fn case(name: &str) -> String {
    let cases = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../cases");
    cases.join(name).canonicalize().unwrap().to_str().unwrap().to_owned()
}

/// A tanh network of independent units, each of this weight on itself and with an input and an output of its own.
fn independent(weights: &[f64]) -> Value {
    let diagonal = |values: &[f64]| -> Vec<Vec<f64>> {
        let row = |i: usize| (0..values.len()).map(|j| if i == j { values[i] } else { 0.0 }).collect();
        (0..values.len()).map(row).collect()
    };
    let ones = diagonal(&vec![1.0; weights.len()]);
    json!({
        "activation_name": "tanh", "activation_slope": 1.0, "W_rec": diagonal(weights), "W_inp": ones, "W_out": ones,
        "bias_rec": null, "y_init": vec![0.0; weights.len()], "N": weights.len(), "dt": 1, "tau": 10,
    })
}

#[test]
fn a_network_of_any_task_has_all_its_fixed_points_at_inputs_from_a_file() {
    // Each bit rests at −m, 0 or m with m = tanh(2 m): 3^k roots, 2^k of them stable.
    for (network, inputs, n_bits) in [
        ("own_task/flipflop.json", "own_task/zero.json", 3),
        ("own_task/flipflop_1out.json", "own_task/zero.json", 3),
        ("own_task/twobit.json", "own_task/zero2.json", 2),
    ] {
        assert_flip_flop(network, inputs, n_bits);
    }
}

#[test]
#[ignore = "729 fixed points take minutes"]
fn a_network_of_six_bits_has_all_its_fixed_points() {
    assert_flip_flop("own_task/sixin.json", "own_task/zero6.json", 6);
}

/// All 3^n fixed points of independent bits are there, certified, of which 2^n are stable.
fn assert_flip_flop(network: &str, inputs: &str, n_bits: u32) {
    let arguments = ["fixed-points", &case(network), "--inputs", &case(inputs)];
    let found = json(&succeeded(run(Path::new("."), &[&arguments[..], &["--json"]].concat())));
    let points = found["points"][0].as_array().unwrap();
    assert_eq!(points.len(), 3_usize.pow(n_bits), "{network}");
    assert!(
        points.iter().all(|point| point["certified"] == true && point["degenerate"] == false),
        "{network}"
    );
    let n_stable = points.iter().filter(|point| point["stability"] == "stable").count();
    assert_eq!(n_stable, 2_usize.pow(n_bits), "{network}");
    assert!(found["completeness"][0]["coverage"].as_f64().unwrap() > 0.9, "{network}");
    assert_eq!(found["completeness"][0]["balanced"], true, "{network}");
    assert!(found.get("n_silent").is_none(), "no trials, so that nothing is known to be silent");
}

#[test]
fn branches_of_a_network_of_any_task_are_followed_between_two_inputs() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("line.json"), b"[[-1, 0], [1, 0]]").unwrap();
    let arguments = ["branches", &case("own_task/twobit.json"), "--inputs", "line.json", "--json"];
    let found = json(&succeeded(run(folder.path(), &arguments)));
    // y = tanh(2 y + u) is one curve with two folds between u = −1 and 1, at each of the three values of the other bit.
    let branches = found["branches"].as_array().unwrap();
    assert_eq!((branches.len(), &found["n_unfollowed"]), (3, &json!(0)));
    for branch in branches {
        assert_eq!(branch["ends"], json!(["left", "left"]));
        let events: Vec<&Value> =
            branch["events"].as_array().unwrap().iter().map(|event| &event["event"]).collect();
        assert_eq!(events, ["fold", "fold"]);
        // At the folds 2 (1 − y²) = 1 and u = artanh(y) − 2 y, ±0.532840 (NumPy); position (u + 1) / 2.
        for event in branch["events"].as_array().unwrap() {
            let position = event["position"].as_f64().unwrap();
            assert!(((position - 0.5).abs() - 0.266_419_987_676_776).abs() < 1e-9, "{position}");
        }
    }
}

#[test]
fn what_rounding_does_not_tell_apart_is_marginal_and_leaves_the_count_open() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("zero.json"), b"[[0]]").unwrap();
    let at = |weight: f64| {
        std::fs::write(folder.path().join("unit.json"), independent(&[weight]).to_string()).unwrap();
        let arguments = ["fixed-points", "unit.json", "--inputs", "zero.json"];
        let text = String::from_utf8(succeeded(run(folder.path(), &arguments)).stdout).unwrap();
        (json(&succeeded(run(folder.path(), &[&arguments[..], &["--json"]].concat()))), text)
    };
    let (border, text) = at(1.0);
    let points = border["points"][0].as_array().unwrap();
    assert_eq!(points.len(), 1);
    let (y, radius) = (points[0]["y"][0].as_f64().unwrap(), points[0]["radius"].as_f64().unwrap());
    assert!(y.abs() <= radius && radius < 1e-6, "{y} within {radius}");
    assert_eq!(points[0]["stability"], "marginal");
    assert_eq!((&points[0]["certified"], &points[0]["unique_radius"]), (&json!(false), &Value::Null));
    assert_eq!(
        (&border["completeness"][0]["coverage"], &border["completeness"][0]["degenerate"]),
        (&Value::Null, &json!(1))
    );
    assert!(text.contains("a degenerate point is near") && !text.contains("1.00"), "{text}");
    let (beyond, text) = at(1.0 + 1e-9);
    let mut points: Vec<(f64, &Value)> = beyond["points"][0]
        .as_array()
        .unwrap()
        .iter()
        .map(|point| (point["y"][0].as_f64().unwrap(), &point["stability"]))
        .collect();
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    // y = tanh((1 + δ) y): 0 and ±√(3 δ).
    let m = (3e-9_f64).sqrt();
    for ((y, stability), (expected, named)) in
        points.iter().zip([(-m, "stable"), (0.0, "unstable"), (m, "stable")])
    {
        assert!((y - expected).abs() < 1e-6 * m && *stability == named, "{points:?}");
    }
    assert_eq!(points.len(), 3);
    assert!(text.contains("1.00"), "{text}");
}

#[test]
fn silent_units_are_left_out_and_counted_where_no_state_can_activate_them() {
    let at = |name: &str| {
        let arguments = ["fixed-points", &case(name), "--task", "go_no_go"];
        let text = String::from_utf8(succeeded(run(Path::new("."), &arguments)).stdout).unwrap();
        (json(&succeeded(run(Path::new("."), &[&arguments[..], &["--json"]].concat()))), text)
    };
    let ((whole, _), (dead, text)) = (at("silent/a.json"), at("silent/dead27.json"));
    assert_eq!((&whole["n_silent"], &dead["n_silent"]), (&json!(0), &json!(27)));
    assert_eq!(dead["units_left_out"].as_array().map(Vec::len), Some(27));
    assert_eq!(whole["points"], dead["points"]);
    assert!(text.contains("27 units never fire on the trials: 27 left out"), "{text}");
}

#[test]
fn a_network_without_two_choices_is_told_what_it_has_and_what_to_do() {
    let folder = TempDir::new().unwrap();
    let mut network = independent(&[0.5, 0.5, 0.5, 0.5, 0.5, 0.5]);
    // Only the contexts reach the units: every choice ends in the same state.
    let w_inp: Vec<Vec<f64>> =
        (0..6).map(|i| (0..6).map(|j| f64::from(u8::from(i == j && j < 2))).collect()).collect();
    network["W_inp"] = json!(w_inp);
    network["W_out"] = json!([[1.0, 0.0, 0.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0, 0.0, 0.0]]);
    std::fs::write(folder.path().join("mute.json"), network.to_string()).unwrap();
    let output = run(folder.path(), &["line-attractor", "mute.json"]);
    assert_eq!(output.status.code(), Some(4));
    let told = told(&output);
    for part in
        ["does not tell two choices apart", "motion context", "it has 1 stable state", "circuitscope score"]
    {
        assert!(told.contains(part), "{part}: {told}");
    }
}

#[test]
fn a_reader_that_has_read_enough_ends_the_program_quietly() {
    // Far more than a pipe holds, of which one line is read.
    let inputs: Vec<[f64; 3]> = (0..200).map(|k| [0.01 * f64::from(k), 0.0, 0.0]).collect();
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("inputs.json"), json!(inputs).to_string()).unwrap();
    for format in [&["--json"][..], &[]] {
        let arguments = ["fixed-points", &case("own_task/flipflop.json"), "--inputs", "inputs.json"];
        let mut child = circuitscope(folder.path())
            .args(arguments)
            .args(format)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let status = child.wait().unwrap();
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert!(status.success(), "{status}: {said}");
        assert!(!said.contains("cannot write"), "{said}");
    }
}
