//! Behaviour and latent circuits of networks and recordings.

use crate::{built_in_golden, circuitscope, json, keys, numbers, run, stdout, succeeded};
use std::path::Path;
use tempfile::TempDir;

#[test]
fn behaviour_is_told_by_task_with_the_keys_that_other_tools_read() {
    let behave = |network: &str, task: &str, rest: &[&str]| {
        let network = built_in_golden().join("networks").join(network).canonicalize().unwrap();
        let arguments = [&["behave", network.to_str().unwrap(), "--task", task], rest].concat();
        succeeded(run(Path::new("."), &arguments))
    };
    let found = json(&behave("cddm_tanh_free_1.json", "cddm", &["--json"]));
    assert_eq!(keys(&found), ["coherences", "colour", "irrelevant_slope", "measures", "motion"]);
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
    assert_eq!(keys(&found), ["measures", "tests", "values"]);
    assert_eq!(keys(&found["tests"][0]), ["answer", "go", "mse", "strength", "test", "threshold"]);
    let found = json(&behave("memory_number_relu_dale_1.json", "memory_number", &["--json"]));
    assert_eq!(keys(&found["tests"][0]), ["answer", "gain", "mse", "strength", "test"]);
    let told = behave("memory_number_relu_dale_1.json", "memory_number", &[]);
    assert!(stdout(&told).contains("mse outside") && stdout(&told).contains("gain_beyond"));
}

#[test]
fn what_the_choices_of_a_network_do_not_tell_is_no_number_and_is_said_to_be_unidentified() {
    let case = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases/psychometric/always_right.json");
    let behave = |rest: &[&str]| {
        let arguments = [&["behave", case.to_str().unwrap(), "--task", "cddm"], rest].concat();
        succeeded(run(Path::new("."), &arguments))
    };
    let found = json(&behave(&["--json"]));
    let of = |name: &str| {
        let rows = found["measures"].as_array().unwrap().iter();
        rows.filter(|row| row["measure"] == name).cloned().collect::<Vec<_>>()
    };
    for name in ["slope", "bias", "lapse_low", "even"] {
        let rows = of(name);
        assert_eq!(rows.len(), 4, "two contexts, near and far");
        for row in rows {
            assert!(
                row["value"].is_null() && row["interval"].is_null() && row["identified"] == false,
                "{row}"
            );
        }
    }
    for row in of("lapse_high") {
        assert!(row["value"] == 0.0 && row["interval"].is_null() && row["at_bound"] == true, "{row}");
    }
    let text = behave(&[]);
    let slope = stdout(&text).lines().find(|line| line.contains(" slope ")).unwrap().to_owned();
    assert!(slope.contains("–*") && slope.contains("not identified"), "{slope}");
}

/// Keys of a report.
const REPORT: [&str; 7] =
    ["ceilings", "consensus", "embedding_model", "fits", "mechanism", "perturbation", "starts"];

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
    let of_recording = [&REPORT[..], &["notes", "recording"]].concat();
    assert!(keys(&found).iter().all(|key| of_recording.contains(key)), "{:?}", keys(&found));
    assert_eq!(keys(&found).len(), of_recording.len());
    assert!(found["perturbation"].is_null() && found["mechanism"]["label"].is_null());
    let size = ["units", "steps", "trials", "conditions"].map(|key| found["recording"][key].as_u64());
    assert_eq!(size, [6, 20, 4, 4].map(Some));
    assert_eq!(found["embedding_model"], "linear");
    assert_eq!(keys(&found["starts"]), ["asked", "confirmed", "made", "most"]);
    assert_eq!(keys(&found["ceilings"]), ["conditions", "noise", "principal_components"]);
    let best = &found["fits"][0];
    assert_eq!((numbers(&best["offset"]).len(), best["embedding"].as_array().unwrap().len()), (6, 6));
    let held_out = [
        "folds",
        "output_mse",
        "r2_projected",
        "r2_total",
        "r2_total_se",
        "variance_explained",
        "variance_explained_se",
    ];
    assert_eq!(keys(&best["held_out"]), held_out);
    assert_eq!(found["consensus"]["nodes"], serde_json::json!(["input 1", "free 1", "free 2"]));
    let found = json(&with(&["--nodes", "2..4", "--activation", "tanh", "--json"]));
    let sizes = found["sizes"].as_array().unwrap();
    assert_eq!(sizes.iter().map(|size| size["nodes"].as_u64().unwrap()).collect::<Vec<_>>(), [2, 3, 4]);
    assert_eq!(
        keys(&sizes[0]),
        ["chosen", "nodes", "r2_total", "r2_total_se", "variance_explained", "variance_explained_se"]
    );
    let told = stdout(&with(&["--nodes", "2..3"])).to_owned();
    assert!(told.contains("neurons: 6 units, latent") && told.contains("chosen"), "{told}");
    assert!(told.contains("recorded neurons cannot be changed"), "{told}");
    assert!(
        told.contains("read as 6 units x 20 steps x 4 trials, inputs 1, outputs 1, dt 1 ms, tau 10 ms"),
        "{told}"
    );
    assert!(told.contains("note: axes read as NTB"), "{told}");
    let told =
        stdout(&with(&["--bin", "4", "--smooth", "2", "--values", "rates", "--layout", "ntb"])).to_owned();
    assert!(told.contains("6 units x 5 steps x 4 trials, inputs 1, outputs 1, dt 4 ms, tau 20 ms"), "{told}");
    for (option, value, reason) in [
        ("--bin", "0", "expected a time above 0 in ms"),
        ("--smooth", "x", "expected a time above 0 in ms"),
        ("--layout", "NTT", "each of N (units), T (time) and B (trials) once"),
    ] {
        let refused = run(folder.path(), &[&circuit[..], &[option, value]].concat());
        let told = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(refused.status.code() == Some(2) && told.contains(reason), "{told}");
    }
    assert!(told.contains("each unit is centred") && told.contains("principal components explain"), "{told}");
}

#[test]
fn circuits_of_golden_networks_are_fitted_under_the_agreed_keys() {
    let network = built_in_golden().join("networks/go_no_go_relu_dale_1.json").canonicalize().unwrap();
    let task = ["circuit", network.to_str().unwrap(), "--task", "go_no_go", "--iterations", "300"];
    let with = |more: &[&str]| succeeded(run(Path::new("."), &[&task, more].concat()));
    let output = with(&["--fits", "3", "--folds", "2", "--json"]);
    let found = json(&output);
    assert_eq!(keys(&found), REPORT);
    let fits = found["fits"].as_array().unwrap();
    assert_eq!(fits.len(), 3);
    for fit in fits {
        let expected = [
            "held_out",
            "loss",
            "outcome",
            "output_mse",
            "q",
            "r2_projected",
            "r2_total",
            "variance_explained",
            "w_inp",
            "w_out",
            "w_rec",
        ];
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
    assert_eq!(keys(&found["perturbation"]), ["correlation", "no_recurrence", "p", "r2_identity", "rotated"]);
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
fn a_simulated_recording_is_written_summed_up_and_fitted() {
    let folder = TempDir::new().unwrap();
    let network = built_in_golden().join("networks/go_no_go_relu_dale_1.json").canonicalize().unwrap();
    let observe = |out: &str, rest: &[&str]| {
        let fixed = ["observe", network.to_str().unwrap(), "--task", "go_no_go", "--neurons", "8"];
        run(folder.path(), &[&fixed[..], &["--trials", "2", "--out", out], rest].concat())
    };
    let found = json(&succeeded(observe("neurons.npz", &["--json"])));
    let expected = [
        "conditions",
        "dt_ms",
        "n_units",
        "network",
        "neurons",
        "rates_hz",
        "silent_neurons",
        "steps",
        "task",
        "trials_per_condition",
    ];
    assert_eq!(keys(&found), expected);
    assert_eq!((&found["neurons"], &found["steps"], &found["dt_ms"]), (&8.into(), &60.into(), &10.0.into()));
    let told = succeeded(observe("again.npz", &[]));
    assert!(stdout(&told).contains("8 neurons of go_no_go_relu_dale_1 with"), "{}", stdout(&told));
    // The same seed, the same file; another, another.
    let bytes = |name: &str| std::fs::read(folder.path().join(name)).unwrap();
    assert_eq!(bytes("neurons.npz"), bytes("again.npz"));
    succeeded(observe("other.npz", &["--seed", "2"]));
    assert_ne!(bytes("neurons.npz"), bytes("other.npz"));

    let fit = [
        "circuit",
        "neurons.npz",
        "--bin",
        "20",
        "--fits",
        "1",
        "--iterations",
        "20",
        "--folds",
        "0",
        "--json",
    ];
    let circuit = json(&succeeded(run(folder.path(), &fit)));
    assert!(circuit["recording"].is_object(), "{circuit}");

    for (rest, expected) in [
        (&["--rate", "0"][..], "`rate` is 0, expected a rate above 0 in Hz"),
        (&["--step", "-1"], "unexpected argument"),
        (&["--noise=-1"], "`noise` is -1, expected a standard deviation from 0"),
    ] {
        let refused = observe("refused.npz", rest);
        assert_eq!(refused.status.code(), Some(2), "{rest:?}");
        let error = String::from_utf8_lossy(&refused.stderr);
        assert!(error.contains(expected), "{error}");
    }
    let refused = observe("neurons.mat", &[]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("expected a file name ending in .npz"));
    assert!(!folder.path().join("refused.npz").exists() && !folder.path().join("neurons.mat").exists());
}
