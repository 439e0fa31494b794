//! Fixed points, branches and choice lines of networks.

use crate::{built_in_golden, golden_analyses, json, numbers, run, succeeded};
use serde_json::Value;
use std::path::Path;
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
