//! `task`: what a task is, drawn and as arrays.

use super::{built_in_golden, json, keys, run, stdout, succeeded, tiny, told};
use std::process::Output;
use tempfile::TempDir;

/// What is said of arguments that name something unknown.
fn refused(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    told(output)
}

#[test]
fn a_task_is_described_with_published_settings_or_those_of_a_study() {
    let folder = tiny();
    let found = json(&succeeded(run(folder.path(), &["task", "go_no_go", "--json"])));
    assert_eq!(
        keys(&found),
        [
            "analysis_trials",
            "constant_inputs",
            "epochs",
            "factors",
            "inputs",
            "mask",
            "outputs",
            "redraws_trials",
            "steps",
            "task",
            "training_trials",
            "weighted"
        ]
    );
    assert_eq!((&found["analysis_trials"], &found["training_trials"]), (&11.into(), &256.into()));
    let own = json(&succeeded(run(folder.path(), &["task", "go_no_go", "--study", "tiny.toml", "--json"])));
    assert_eq!((&own["analysis_trials"], &own["training_trials"]), (&5.into(), &8.into()));
    let text = succeeded(run(folder.path(), &["task", "cddm", "--plot", "cddm.svg", "--export", "cddm.npz"]));
    assert!(std::fs::read(folder.path().join("cddm.npz")).unwrap().starts_with(b"PK"));
    assert!(stdout(&text).contains("factor   motion coherence"), "{}", stdout(&text));
    let drawn = std::fs::read_to_string(folder.path().join("cddm.svg")).unwrap();
    assert!(drawn.starts_with("<svg") && drawn.contains("stimulus") && drawn.contains("motion right"));
}

#[test]
fn a_task_that_is_not_there_and_a_file_of_no_known_kind_are_named() {
    let folder = tiny();
    let said = refused(&run(folder.path(), &["task", "godnogo"]));
    assert!(said.contains("go_no_go"), "{said}");
    let said = refused(&run(folder.path(), &["task", "cddm", "--study", "tiny.toml"]));
    assert!(said.contains("there is no task `cddm`") && said.contains("go_no_go"), "{said}");
    let said = refused(&run(folder.path(), &["task", "cddm", "--export", "trials.csv"]));
    assert!(said.contains(".npz or .safetensors"), "{said}");
}

#[test]
fn trials_from_a_file_give_the_numbers_of_their_task() {
    let folder = TempDir::new().unwrap();
    let network = built_in_golden().join("networks/go_no_go_relu_dale_1.json").canonicalize().unwrap();
    let network = network.display().to_string();
    for file in ["trials.npz", "trials.safetensors"] {
        succeeded(run(folder.path(), &["task", "go_no_go", "--export", file]));
        for command in [&["score"][..], &["fixed-points"]] {
            let with = |option: &str, value: &str| {
                let arguments = [command, &[&*network, option, value, "--json"]].concat();
                json(&succeeded(run(folder.path(), &arguments)))
            };
            let (named, given) = (with("--task", "go_no_go"), with("--trials", file));
            if command == ["score"] {
                assert_eq!(given["networks"], named["networks"], "{file}");
                assert!(named["networks"][0]["r2"].as_f64().unwrap() > 0.5, "{named}");
            } else {
                // The task's grid has eleven values with the cue and eleven without; trials end with it.
                assert_eq!(given["inputs"].as_array().unwrap().len(), 11);
            }
        }
        let described = json(&succeeded(run(folder.path(), &["task", file, "--json"])));
        assert_eq!(described["mask"], serde_json::json!([[10, 30], [40, 60]]));
        assert_eq!(described["factors"][0]["name"], "value");
    }
    let said = refused(&run(folder.path(), &["behave", &network, "--trials", "trials.npz"]));
    assert!(said.contains("no tests of behaviour"), "{said}");
    std::fs::write(folder.path().join("broken.npz"), b"no archive").unwrap();
    let broken = run(folder.path(), &["score", &network, "--trials", "broken.npz"]);
    assert_eq!(broken.status.code(), Some(4), "{}", told(&broken));
    let both = run(folder.path(), &["score", &network, "--trials", "trials.npz", "--task", "cddm"]);
    assert_eq!(both.status.code(), Some(2), "{}", told(&both));
}
