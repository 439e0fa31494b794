//! `task`: what a task is, drawn and as arrays.

use super::{json, keys, run, stdout, succeeded, tiny, told};
use std::process::Output;

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
            "training_trials"
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
