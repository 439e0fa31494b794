//! Scores and comparisons of networks.

use crate::{golden_analyses, json, keys, numbers, run, stems, succeeded};
use serde_json::Value;
use tempfile::TempDir;

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

#[test]
fn units_that_never_fire_do_not_count() {
    let case = |name: &str| {
        let cases = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../cases/silent");
        cases.join(name).canonicalize().unwrap().to_str().unwrap().to_owned()
    };
    let (whole, dead, other) = (case("a.json"), case("dead27.json"), case("other_relu.json"));
    let folder = TempDir::new().unwrap();
    for aspect in ["selectivity", "trajectories", "endpoints", "fixed-points"] {
        let arguments = ["compare", &whole, &dead, &other, "--task", "go_no_go", "--aspect", aspect];
        let found = json(&succeeded(run(folder.path(), &[&arguments[..], &["--json"]].concat())));
        assert_eq!(found["n_silent"], serde_json::json!([0, 27, 0]), "{aspect}");
        let distance = |i: usize, j: usize| found["distance"][i][j].as_f64().unwrap();
        assert!(distance(0, 1) < 1e-9, "{aspect}: {}", distance(0, 1));
        assert!((distance(0, 2) - distance(1, 2)).abs() < 1e-9 && distance(0, 2) > 1e-3, "{aspect}");
        if aspect == "selectivity" {
            let text = succeeded(run(folder.path(), &arguments)).stdout;
            let text = String::from_utf8(text).unwrap();
            assert!(text.contains("dead27: 27 units never fire on the trials and are left out"), "{text}");
        }
    }
}
