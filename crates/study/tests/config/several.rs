//! Tasks made of tasks, and the settings of Yang's, in a study file.

use circuitscope_study::config::{Study, built_in_task};
use circuitscope_study::{export, import::recording};
use tempfile::TempDir;

/// A task of the study file that is a part, beside built-in ones.
const OWN: &str = "\
[task.own]
duration = 20
dt_ms = 20
inputs = [\"x\", \"fixation\"]
outputs = [\"y\"]
[task.own.factors.level]
values = [0, 1]
[[task.own.epochs]]
name = \"all\"
duration = 20
[[task.own.drive]]
channel = \"x\"
value = \"level + 1\"
[[task.own.drive]]
channel = \"fixation\"
value = 1
[[task.own.target]]
channel = \"y\"
value = \"level\"
[task.own.loss]
decision = \"all\"
";
const NETWORKS: &str = "[defaults]\ndt_ms = 20\ntau_ms = 100\n[circuits]\nnetworks = 0\n";

#[test]
fn a_task_of_several_takes_built_in_tasks_and_those_of_the_study() {
    let text = format!(
        "tasks = [\"all\"]\n{NETWORKS}[task.all]\nseveral = [\"own\", \"yang_go\", \"yang_dms\"]\n\
         [task.yang_go]\nring = 8\ntrials = 3\n[task.yang_dms]\nring = 8\ndirections = 4\n{OWN}"
    );
    let study = Study::parse("own.toml", &text).unwrap_or_else(|error| panic!("{error:?}"));
    let task = &study.tasks[0].task;
    let parts: Vec<&str> = task.parts().iter().map(|part| part.name.as_str()).collect();
    assert_eq!((study.tasks.len(), parts), (1, vec!["own", "yang_go", "yang_dms"]));
    // x, fixation, two rings of 8, three rules: `fixation` is one input of all three.
    assert_eq!((task.input_names().len(), task.output_names().len()), (2 + 16 + 3, 1 + 1 + 8));
    assert_eq!(task.training_trials(0, 0).n_trials(), 2 + 3 + 16);
    assert_eq!(task.analysis_trials().n_trials(), 2 + 16 + 4 * 8);
    assert_eq!(task.dt_ms(), Some(20.0));
}

#[test]
fn yangs_tasks_have_their_settings() {
    let text = format!("tasks = [\"yang\"]\n{NETWORKS}[task.yang]\nring = 6\ntrials = 2\ndirections = 2\n");
    let study = Study::parse("own.toml", &text).unwrap_or_else(|error| panic!("{error:?}"));
    let task = &study.tasks[0].task;
    assert_eq!((task.parts().len(), task.input_names().len(), task.output_names().len()), (20, 33, 7));
    assert_eq!(task.training_trials(0, 0).n_trials(), 40);
}

#[test]
fn what_cannot_be_one_task_is_named_with_its_remedy() {
    let several = |list: &str| format!("tasks = [\"all\"]\n{NETWORKS}[task.all]\nseveral = {list}\n");
    for (text, line, says, remedy) in [
        (several("[\"yang_go\"]"), 8, "`several` of task `all` is 1 tasks", "two tasks or more"),
        (several("[\"yang_go\", \"yang_goo\"]"), 8, "yang_goo", "did you mean `yang_go`?"),
        (several("[\"yang_go\", \"yang_go\"]"), 8, "`yang_go` twice", "once"),
        (several("[\"yang_go\", \"yang\"]"), 8, "`yang`, which is itself made of several", "made of"),
        (several("[\"go_no_go\", \"all\"]"), 8, "holds `all`, which is itself", "made of"),
        (
            several("[\"yang_go\", \"yang_dms\"]") + "[task.yang_dms]\ndt_ms = 10\n",
            8,
            "`yang_go` with steps of 20 ms and `yang_dms` with steps of 10 ms",
            "the same `dt_ms`",
        ),
        (several("[\"yang_go\", \"cddm\"]\nring = 3"), 9, "unknown key `ring`", "several"),
        (
            several("[\"yang_go\", \"yang_dms\"]") + "[task.yang_go]\nring = 2\n",
            10,
            "`ring` of task `yang_go` is 2",
            "from 4 to 128",
        ),
        (several("[\"yang_go\", \"yang_dms\"]") + OWN, 9, "[task.own] is declared but not listed", "list it"),
        (
            format!("tasks = [\"yang\"]\n{NETWORKS}[task.yang]\ndirections = 3\n"),
            8,
            "`directions` of task `yang` is 3",
            "even number",
        ),
        (
            format!("tasks = [\"cddm\"]\n{NETWORKS}[task.yang_anti]\ntrials = 3\n"),
            7,
            "[task.yang_anti] is declared but not listed",
            "list it",
        ),
        (
            several("[\"go_no_go\", \"yang_anti\"]") + "[task.yang_anti]\ntrials = 0\n",
            10,
            "`trials` of task `yang_anti` is 0",
            "from 1 to 1000",
        ),
        (
            "tasks = [\"yang_go\"]\n[circuits]\nnetworks = 0\n[defaults.yang_go]\ndt_ms = 10\n".to_owned(),
            0,
            "task `yang_go` has steps of 20 ms",
            "set it to 20",
        ),
    ] {
        let error = Study::parse("own.toml", &text).expect_err(&text);
        assert!(error.message.contains(says), "{text}\n{}", error.message);
        assert!(error.remedy.contains(remedy), "{text}\n{}", error.remedy);
        if line > 0 {
            let at = error.span.as_ref().map(|span| text[..span.offset()].matches('\n').count() + 1);
            assert_eq!(at, Some(line), "{text}\n{}", error.message);
        }
    }
}

#[test]
fn exported_weights_are_read_again() {
    let folder = TempDir::new().unwrap();
    let task = built_in_task("yang_go").unwrap();
    let trials = task.analysis_trials();
    for (name, bytes) in [
        ("trials.npz", export::trials_npz(&task, &trials).unwrap()),
        ("trials.safetensors", export::trials_safetensors(&task, &trials).unwrap()),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let (again, notes) = recording::trials(&path).unwrap();
        let again = again.analysis_trials();
        assert_eq!((&again.inputs, &again.targets), (&trials.inputs, &trials.targets), "{name}");
        assert_eq!((&again.mask, &again.weights), (&trials.mask, &trials.weights), "{name}");
        assert!(notes.is_empty(), "{name}: {notes:?}");
    }
}
