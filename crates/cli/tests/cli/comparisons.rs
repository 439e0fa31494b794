//! Scores and comparisons of networks.

use crate::{built_in_golden, golden_analyses, json, keys, numbers, run, stdout, stems, succeeded, told};
use serde_json::{Value, json};
use std::path::Path;
use tempfile::TempDir;

#[test]
fn scores_of_golden_networks_agree_under_the_agreed_keys() {
    let folder = TempDir::new().unwrap();
    for (expected, task, networks) in golden_analyses() {
        let mut arguments = vec!["score", "--json", "--task", &task];
        arguments.extend(networks.iter().map(String::as_str));
        let output = succeeded(run(folder.path(), &arguments));
        let found = crate::json(&output);
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
            let found = crate::json(&succeeded(run(folder.path(), &arguments)));
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
            crate::json(&succeeded(run(folder.path(), &arguments)))
        };
        for measure in ["procrustes", "angular", "cka", "regression", "dsa", "dsa-euclidean"] {
            let found = compare("trajectories", measure);
            let shared = ["distance", "embedding", "networks", "statistics", "stress"];
            assert!(shared.iter().all(|key| keys(&found).contains(key)), "{found}");
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
        let mut arguments = vec!["compare", "--json", "--task", &task, "--aspect", "fixed_points"];
        arguments.extend(networks.iter().map(String::as_str));
        let found = crate::json(&succeeded(run(folder.path(), &arguments)));
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
    let known = ["knn3", "permanova_f3", "permanova_p3", "silhouette3"];
    assert!(known.iter().all(|key| keys(statistics).contains(key)), "{place}");
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
    // The reference lets five vote, which two of a group cannot win.
    if number(&statistics["knn_k"]) == 5.0 {
        let gap = (number(&statistics["knn3"]) - number(&expected["knn3"])) * k as f64;
        assert!(gap.abs() < 1.0 + 1e-6, "{place}: {gap} networks");
    }
    assert!((1e-4..=1.0).contains(&number(&statistics["permanova_p3"])), "{place}");
}

#[test]
fn networks_are_told_apart_by_folder_and_one_that_diverges_has_no_number() {
    let folder = TempDir::new().unwrap();
    let unit = |gain: f64, tau: f64| {
        json!({"W_rec": [[gain, 0.0], [0.1, 0.0]], "W_inp": [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]], "W_out": [[1.0, 1.0]],
               "activation_args": {"name": "relu", "slope": 1.0}, "dt": 0.1 * tau, "tau": tau})
    };
    for (name, network) in
        [("a", unit(0.5, 10.0)), ("b", unit(100.0, 10.0)), ("c", unit(0.25, 0.01)), ("d", unit(3.0, 10.0))]
    {
        std::fs::create_dir(folder.path().join(name)).unwrap();
        std::fs::write(folder.path().join(name).join("net.json"), network.to_string()).unwrap();
    }
    let [a, b, c, d] = ["a/net.json", "b/net.json", "c/net.json", "d/net.json"];
    let output = succeeded(run(folder.path(), &["score", a, b, c, d, "--task", "go_no_go"]));
    let lines: Vec<Vec<&str>> =
        stdout(&output).lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(
        lines.iter().map(|line| line[0]).collect::<Vec<_>>(),
        ["network", "a/net", "b/net", "c/net", "d/net"]
    );
    assert_eq!(lines[2][1..], ["diverges", "–", "2"]);
    assert!(stdout(&output).lines().all(|line| line.len() < 60), "{}", stdout(&output));
    assert!(told(&output).contains("warning: c/net.json: `tau` is 0.01 ms"), "{}", told(&output));
    assert!(told(&output).ends_with("`dt` 1 and `tau` 10"), "{}", told(&output));

    let found = json(&succeeded(run(folder.path(), &["score", a, b, "--task", "go_no_go", "--json"])));
    let of_b = &found["networks"][1];
    assert_eq!(
        (&of_b["mse"], &of_b["r2"], &of_b["outcome"]),
        (&Value::Null, &Value::Null, &"diverges".into())
    );
    assert_eq!(keys(&found["networks"][0]), ["mse", "n_units", "name", "r2"]);

    let compare = ["compare", a, b, c, "--task", "go_no_go", "--aspect", "trajectories"];
    let output = succeeded(run(folder.path(), &compare));
    assert!(stdout(&output).starts_with("b/net is not compared: it diverges"), "{}", stdout(&output));
    let found = json(&succeeded(run(folder.path(), &[&compare[..], &["--json"]].concat())));
    assert_eq!(
        (&found["networks"], &found["left_out"][0]["name"]),
        (&json!(["a/net", "c/net"]), &json!("b/net"))
    );
    let output = run(folder.path(), &["compare", a, b, "--task", "go_no_go", "--aspect", "trajectories"]);
    assert_eq!(output.status.code(), Some(4));
    assert!(told(&output).contains("b/net diverges"), "{}", told(&output));
}

/// Networks of the golden data, by their endings, on Go/NoGo.
fn go_no_go(names: &[&str]) -> Vec<String> {
    let file = |name: &&str| built_in_golden().join(format!("networks/go_no_go_{name}.json"));
    names.iter().map(|name| file(name).canonicalize().unwrap().display().to_string()).collect()
}

fn compare<'a>(networks: &'a [String], rest: &[&'a str]) -> Vec<&'a str> {
    let mut arguments = vec!["compare", "--task", "go_no_go"];
    arguments.extend(rest);
    arguments.extend(networks.iter().map(String::as_str));
    arguments
}

#[test]
fn a_regression_on_as_many_directions_as_points_is_refused_with_what_to_compare_instead() {
    let five = go_no_go(&["relu_free_0", "relu_dale_1", "sigmoid_free_0", "tanh_free_0", "tanh_dale_1"]);
    let regression = ["--aspect", "endpoints", "--measure", "regression"];
    let output = run(Path::new("."), &compare(&five, &regression));
    assert_eq!(output.status.code(), Some(2), "{}", told(&output));
    // Eleven values, in as many directions as the network has that spans most of them.
    for part in [
        "`regression` finds no difference between any endpoints of 11 points",
        "expected 12 points",
        "--aspect trajectories",
    ] {
        assert!(told(&output).contains(part), "{}", told(&output));
    }
    // Turns and kernels tell eleven points apart, and a regression tells trajectories apart.
    for (aspect, measure) in
        [("endpoints", "procrustes"), ("endpoints", "cka"), ("trajectories", "regression")]
    {
        let arguments = compare(&five, &["--aspect", aspect, "--measure", measure, "--json"]);
        let found = crate::json(&succeeded(run(Path::new("."), &arguments)));
        let least = found["distance"][0][1].as_f64().unwrap();
        assert!(least > 1e-3, "{aspect} {measure}: {least}");
    }
}

#[test]
fn small_groups_far_apart_are_found_and_p_counts_every_relabelling() {
    let cases =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases/small_groups").canonicalize().unwrap();
    let files: Vec<String> =
        ["relu_dale_0", "relu_free_0", "relu_free_1", "tanh_dale_0", "tanh_free_0", "tanh_free_1"]
            .map(|name| cases.join(format!("{name}.json")).display().to_string())
            .to_vec();
    let four = go_no_go(&["relu_dale_1"]).into_iter().chain(files.clone()).collect::<Vec<_>>();
    for (networks, p) in [(files, 0.1), (four, 1.0 / 35.0)] {
        let arguments = compare(&networks, &["--aspect", "trajectories", "--json"]);
        let found = crate::json(&succeeded(run(Path::new("."), &arguments)));
        let statistics = &found["statistics"];
        assert_eq!((&statistics["knn3"], &statistics["knn_k"]), (&json!(1.0), &json!(2)), "{statistics}");
        // 2 of C(6, 3) divisions, 1 of C(7, 3).
        let found = statistics["permanova_p3"].as_f64().unwrap();
        assert!((found - p).abs() < 1e-12, "{statistics}");
        assert!(statistics["welch"]["p"].as_f64().is_some_and(|p| p > 0.0 && p <= 0.2), "{statistics}");
        assert!(statistics["permdisp"]["f"].is_number(), "{statistics}");
    }
}

#[test]
fn networks_that_are_one_and_the_same_have_no_statistic_and_no_map() {
    let same = go_no_go(&["relu_free_0"; 4]);
    for (aspect, measure) in [
        ("trajectories", "published"),
        ("trajectories", "procrustes"),
        ("trajectories", "angular"),
        ("trajectories", "cka"),
        ("trajectories", "regression"),
        ("trajectories", "dsa"),
        ("trajectories", "dsa-euclidean"),
        ("endpoints", "published"),
        ("selectivity", "published"),
        ("fixed-points", "published"),
    ] {
        let arguments = compare(&same, &["--aspect", aspect, "--measure", measure, "--json"]);
        let found = crate::json(&succeeded(run(Path::new("."), &arguments)));
        for row in found["distance"].as_array().unwrap() {
            assert_eq!(numbers(row), [0.0; 4], "{aspect} {measure}");
        }
        assert!(found["embedding"].is_null() && found["stress"].is_null(), "{aspect} {measure}");
        for key in ["silhouette3", "knn3", "permanova_f3", "permanova_p3", "permdisp", "welch"] {
            assert!(found["statistics"][key].is_null(), "{aspect} {measure}: {key}");
        }
    }
    // Two groups, so that zero distances are the only reason.
    let folder = TempDir::new().unwrap();
    let own = folder.path().join("groups.csv");
    let two: Vec<String> = go_no_go(&["relu_free_0", "relu_free_0", "relu_free_1", "relu_free_1"]);
    std::fs::write(&own, "go_no_go_relu_free_0,a\ngo_no_go_relu_free_1,b\n").unwrap();
    let groups = ["--aspect", "trajectories", "--groups", own.to_str().unwrap()];
    let text = succeeded(run(Path::new("."), &compare(&two, &groups)));
    // Groups without any spread have a silhouette of 1 and no pseudo-F.
    assert!(stdout(&text).contains("silhouette         1.0000"), "{}", stdout(&text));
    assert!(
        stdout(&text).contains("pseudo-F not defined: items of a group do not vary"),
        "{}",
        stdout(&text)
    );
    let text = succeeded(run(Path::new("."), &compare(&same, &["--aspect", "trajectories"])));
    assert!(
        stdout(&text).contains("places in the plane: not defined (all distances are zero)"),
        "{}",
        stdout(&text)
    );
    assert!(
        stdout(&text).contains("silhouette         not defined: there are 1 groups"),
        "{}",
        stdout(&text)
    );
}

#[test]
fn own_groups_stand_in_for_the_activations_and_a_name_that_does_not_fit_is_answered_with_the_nearest() {
    let folder = TempDir::new().unwrap();
    let networks = go_no_go(&["relu_free_0", "relu_dale_0", "relu_free_1", "relu_dale_1"]);
    let row =
        |name: &str| format!("go_no_go_{name},{}\n", if name.contains("dale") { "Dale" } else { "free" });
    let table = ["relu_dale_0", "relu_dale_1", "relu_free_0", "relu_free_1"].map(row).concat();
    std::fs::write(folder.path().join("own.csv"), format!("network,group\n{table}")).unwrap();
    let rest = ["--aspect", "trajectories", "--groups", "own.csv"];
    let found =
        crate::json(&succeeded(run(folder.path(), &compare(&networks, &[&rest[..], &["--json"]].concat()))));
    assert_eq!(found["groups"], json!(["free", "Dale", "free", "Dale"]));
    assert!(found["statistics"]["silhouette3"].is_number());
    let text = succeeded(run(folder.path(), &compare(&networks, &rest)));
    assert!(stdout(&text).contains("over the groups (free 2, Dale 2)"), "{}", stdout(&text));

    std::fs::write(folder.path().join("own.csv"), format!("{table}go_no_go_relu_free_2,free\n")).unwrap();
    let output = run(folder.path(), &compare(&networks, &rest));
    assert_eq!(output.status.code(), Some(4));
    for part in ["own.csv: line 5: no network `go_no_go_relu_free_2`", "did you mean `go_no_go_relu_free_"] {
        assert!(told(&output).contains(part), "{}", told(&output));
    }
}

#[test]
fn networks_that_diverge_are_left_out_with_a_word_and_those_below_the_floor_are_named() {
    let folder = TempDir::new().unwrap();
    let networks = go_no_go(&["relu_free_0", "tanh_free_0", "relu_free_1", "tanh_free_1"]);
    let altered = |name: &str, key: &str, factor: f64| {
        let mut network: Value = serde_json::from_slice(&std::fs::read(&networks[0]).unwrap()).unwrap();
        for row in network[key].as_array_mut().unwrap() {
            for entry in row.as_array_mut().unwrap() {
                *entry = json!(entry.as_f64().unwrap() * factor);
            }
        }
        let path = folder.path().join(name);
        std::fs::write(&path, network.to_string()).unwrap();
        path.display().to_string()
    };
    // A ReLU network with weights that grow without bound, and one whose outputs are halved.
    let wild = altered("wild.json", "W_rec", 1e6);
    let poor = altered("poor.json", "W_out", 0.5);
    let all: Vec<String> = networks.iter().cloned().chain([wild.clone(), poor.clone()]).collect();
    let found =
        crate::json(&succeeded(run(folder.path(), &compare(&all, &["--aspect", "endpoints", "--json"]))));
    assert_eq!(found["networks"].as_array().unwrap().len(), 5);
    assert_eq!(found["left_out"][0]["name"], "wild");
    let warnings = found["warnings"].to_string();
    assert!(
        warnings.contains("R² 0.8") && warnings.contains("poor") && !warnings.contains("relu_free"),
        "{warnings}"
    );
    let text = succeeded(run(folder.path(), &compare(&all, &["--aspect", "endpoints"])));
    assert!(stdout(&text).starts_with("wild is not compared: it diverges"), "{}", stdout(&text));
    let output = run(folder.path(), &compare(&[networks[0].clone(), wild], &["--aspect", "endpoints"]));
    assert_eq!(output.status.code(), Some(4));
    assert!(told(&output).contains("wild"), "{}", told(&output));
}

#[test]
fn units_that_never_fire_do_not_count() {
    let case = |name: &str| {
        let cases = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../cases/silent");
        cases.join(name).canonicalize().unwrap().to_str().unwrap().to_owned()
    };
    let (whole, dead, other) = (case("a.json"), case("dead27.json"), case("other_relu.json"));
    let folder = TempDir::new().unwrap();
    for aspect in ["selectivity", "trajectories", "endpoints", "fixed_points"] {
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
