//! `rank`: recorded neurons beside the networks of a study.

use super::{built_in_golden, json, keys, run, stdout, succeeded, tiny, told};

#[test]
fn a_recording_is_ranked_beside_the_networks_of_a_study() {
    let folder = tiny();
    succeeded(run(folder.path(), &["run", "tiny.toml"]));
    let network = built_in_golden().join("networks/go_no_go_relu_dale_1.json").canonicalize().unwrap();
    let fixed = [
        "observe",
        network.to_str().unwrap(),
        "--task",
        "go_no_go",
        "--neurons",
        "20",
        "--out",
        "neurons.npz",
    ];
    succeeded(run(folder.path(), &[&fixed[..], &["--trials", "10"]].concat()));
    let rank = |rest: &[&str]| run(folder.path(), &[&["rank", "tiny-study", "neurons.npz"], rest].concat());

    let found = json(&succeeded(rank(&["--json", "--threads", "1"])));
    assert_eq!(
        keys(&found),
        [
            "ceiling",
            "floor",
            "further_distances",
            "measures",
            "measures_not_taken",
            "needed",
            "networks",
            "ranking",
            "recording",
            "task",
            "verdict"
        ]
    );
    // Of eleven values the study has every other one but one.
    let recording = &found["recording"];
    assert_eq!((&recording["conditions"], &recording["missing_conditions"]), (&3.into(), &2.into()));
    assert_eq!((&recording["trials"], &recording["other_trials"]), (&30.into(), &80.into()));
    let rows = found["ranking"].as_array().unwrap();
    assert_eq!(rows.len(), 5 * 2);
    assert_eq!(keys(&rows[0]), ["class", "distance", "interval", "measure", "nearest_share"]);
    for row in rows {
        let [low, high] = [0, 1].map(|end| row["interval"][end].as_f64().unwrap());
        let distance = row["distance"].as_f64().unwrap();
        assert!(low <= distance && distance <= high, "{row}");
        let others = rows.iter().filter(|other| other["measure"] == row["measure"]);
        let shares: f64 = others.map(|row| row["nearest_share"].as_f64().unwrap()).sum();
        assert!((shares - 1.0).abs() < 1e-9, "{shares}");
    }
    // Seven measures need no contexts; of three conditions one says nothing.
    let measures = found["measures"].as_array().unwrap();
    assert_eq!(measures.len(), 6 * 2);
    let not_taken = found["measures_not_taken"].as_array().unwrap();
    assert_eq!((not_taken.len(), &not_taken[0]["measure"]), (1, &"plane_share".into()));
    assert_eq!(
        keys(&measures[0]),
        ["class", "measure", "median", "networks", "of", "p", "percentile", "range", "value"]
    );
    let further = found["further_distances"].as_array().unwrap();
    assert_eq!(further.len(), 2 * 2);
    assert_eq!(keys(&further[0]), ["class", "distance", "interval", "measure", "nearest_share", "votes"]);
    assert!(further.iter().all(|row| row["votes"] == false));
    assert_eq!(keys(&found["floor"]["cka"]), ["shuffled_conditions", "untrained"]);
    assert_eq!(keys(&found["verdict"]), ["label", "p", "possible", "why"]);
    assert_eq!(keys(&found["verdict"]["p"]), ["relu_dale", "tanh_free"]);
    assert_eq!(found, json(&succeeded(rank(&["--json", "--threads", "2"]))), "threads changed the ranking");
    assert_ne!(found, json(&succeeded(rank(&["--json", "--seed", "2"]))));
    // The cue comes with the second half of the trial.
    let same = json(&succeeded(rank(&["--json", "--start", "cue=300"])));
    assert_eq!(found, same);
    assert_ne!(found, json(&succeeded(rank(&["--json", "--start", "cue=200", "--start", "end=500"]))));

    let text = succeeded(rank(&[]));
    let text = stdout(&text);
    for expected in [
        "20 neurons, 3 conditions x 10 trials of go_no_go",
        "80 trials are left out",
        "at best:",
        "at worst:",
        "selectivity, no vote",
        "percentiles within",
        "kurtosis_of_radii",
        "not taken: plane_share: there are fewer than four conditions",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }

    let network = network.to_str().unwrap();
    for (arguments, code, expected) in [
        (&["tiny-study", "neurons.npz", "--task", "cddm"][..], 2, "there is no task `cddm`"),
        (&["tiny-study", "neurons.npz", "--start", "cue"], 2, "expected an epoch and its time in ms"),
        (
            &["tiny-study", "neurons.npz", "--start", "stimulus=10"],
            4,
            "task `go_no_go` has no epoch `stimulus`",
        ),
        (&["tiny-study", "neurons.npz", "--start", "cue=700"], 4, "outside the recording of 600 ms"),
        (
            &["tiny-study", "neurons.npz", "--start", "cue=1", "--start", "cue=2"],
            4,
            "`cue` is at 1 ms and at 2 ms",
        ),
        (&["tiny-study", "neurons.npz", "--start", "cue=0"], 4, "do not rise in the order of the task"),
        (&["tiny-study", network], 4, "the file is a network, expected a recording"),
        (&["tiny-study", "none.npz"], 4, "cannot read the recording none.npz"),
        (&["none", "neurons.npz"], 6, "none"),
    ] {
        let refused = run(folder.path(), &[&["rank"], arguments].concat());
        let error = told(&refused);
        assert_eq!(refused.status.code(), Some(code), "{arguments:?}: {error}");
        assert!(error.contains(expected), "{expected}: {error}");
    }
    let few =
        ["observe", network, "--task", "go_no_go", "--trials", "10", "--neurons", "8", "--out", "few.npz"];
    succeeded(run(folder.path(), &few));
    let single = ["observe", network, "--task", "go_no_go", "--trials", "1", "--out", "single.npz"];
    succeeded(run(folder.path(), &single));
    let other =
        ["observe", "golden", "--task", "cddm", "--neurons", "12", "--trials", "2", "--out", "other.npz"];
    let cddm = built_in_golden().join("networks/cddm_relu_dale_1.json").canonicalize().unwrap();
    let other = other.map(|word| if word == "golden" { cddm.to_str().unwrap() } else { word });
    succeeded(run(folder.path(), &other));
    for (file, expected) in [
        ("few.npz", "neurons can be used, expected 10 at least; left out:"),
        ("single.npz", "every condition has a single trial, so that nothing is known of the noise"),
        ("other.npz", "no task of the study tells its conditions apart by `condition_context`"),
    ] {
        let refused = run(folder.path(), &["rank", "tiny-study", file]);
        let error = told(&refused);
        assert_eq!(refused.status.code(), Some(4), "{file}: {error}");
        assert!(!error.contains("ranking beside networks"), "begun, and never ended: {error}");
        assert!(error.contains(expected), "{expected}: {error}");
    }
}
