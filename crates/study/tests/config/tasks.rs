//! Tasks that a study lists: built in, declared in the study file, or in a file of their own.

use circuitscope_study::config::{Study, StudyError, doubts};
use tempfile::TempDir;

const OWN: &str = "\
[task.own]
duration = 20
inputs = [\"x\"]
outputs = [\"y\"]
[task.own.factors.level]
values = [0, 1]
[[task.own.epochs]]
name = \"all\"
duration = 20
[[task.own.drive]]
channel = \"x\"
value = \"level + 1\"
[[task.own.target]]
channel = \"y\"
value = \"level\"
[task.own.loss]
decision = \"all\"
";

fn names(study: &Study) -> Vec<&str> {
    study.tasks.iter().map(|of_task| of_task.task.name()).collect()
}

#[test]
fn a_declared_task_stands_beside_the_built_in_ones_with_settings_of_its_own() {
    let all = Study::parse("own.toml", OWN).unwrap();
    assert_eq!(names(&all), ["cddm", "go_no_go", "memory_number", "own"]);
    let text =
        format!("tasks = [\"own\"]\n[defaults.own]\nn_units = 30\n[selection.own]\nmin_r2 = 0.1\n{OWN}");
    let study = Study::parse("own.toml", &text).unwrap();
    assert_eq!(names(&study), ["own"]);
    let own = &study.tasks[0];
    assert!((own.selection.min_r2 - 0.1).abs() < 1e-12);
    assert!(own.classes.iter().all(|class| class.recipe.n_units == 30));
    assert_eq!(own.task.analysis_trials().inputs.dim(), (1, 20, 2));
}

#[test]
fn what_a_study_says_of_tasks_that_are_not_there_or_do_not_fit_is_named() {
    let wide = OWN.replace("inputs = [\"x\"]", "inputs = [\"x\", \"a\", \"b\", \"c\", \"d\", \"e\", \"f\", \"g\", \"h\", \"i\", \"j\", \"k\", \"l\", \"m\", \"n\"]");
    let drives = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n"]
        .map(|channel| format!("[[task.own.drive]]\nchannel = \"{channel}\"\nvalue = 1\n"));
    for (text, line, says, remedy) in [
        ("[task.cdmm]\nn_steps = 3\n".to_owned(), 1, "there is no task `cdmm`", "did you mean `cddm`?"),
        (format!("tasks = [\"cddm\"]\n{OWN}"), 2, "[task.own] is declared but not listed", "list it"),
        (format!("tasks = [\"won\"]\n{OWN}"), 1, "which is no task", ", own"),
        (format!("[selection.won]\nmin_r2 = 0\n{OWN}"), 1, "unknown key `won`", "own"),
        (OWN.replace("value = \"level\"", "value = \"levl\""), 15, "there is no name `levl`", "`level`"),
        (
            format!("[defaults.own]\ndt_ms = 1\n{}", OWN.replace("inputs = ", "dt_ms = 5\ninputs = ")),
            0,
            "steps of 5 ms",
            "set it to 5",
        ),
        (format!("{wide}{}", drives.concat()), 0, "would have 17 nodes", "networks = 0"),
        ("[task.own]\nfile = \"nowhere.toml\"\n".to_owned(), 2, "cannot read nowhere.toml", "relative to it"),
    ] {
        let Err(error) = Study::parse("own.toml", &text) else { panic!("{text}") };
        let place = if line == 0 { "own.toml: ".to_owned() } else { format!("own.toml, line {line}: ") };
        assert!(error.message.starts_with(&place) && error.message.contains(says), "{}", error.message);
        assert!(error.remedy.contains(remedy), "{}: {}", error.message, error.remedy);
    }
}

#[test]
fn the_file_of_a_task_is_named_with_its_line_and_has_its_name() {
    let folder = TempDir::new().unwrap();
    let study = folder.path().join("study.toml");
    std::fs::write(&study, "tasks = [\"own\"]\n[task.own]\nfile = \"tasks/own.toml\"\n").unwrap();
    std::fs::create_dir(folder.path().join("tasks")).unwrap();
    let task = OWN.replace("[task.own]", "name = \"own\"").replace("task.own.", "");
    let read = |text: &str| {
        std::fs::write(folder.path().join("tasks/own.toml"), text).unwrap();
        Study::read(&study)
    };
    let found = read(&task).unwrap();
    assert_eq!((names(&found), &found.task_texts["own"]), (vec!["own"], &task));
    let wrong = |text: String| match read(&text) {
        Err(StudyError::Config(error)) => format!("{} — {}", error.message, error.remedy),
        other => panic!("{other:?}"),
    };
    let said = wrong(task.replace("level + 1", "level +"));
    assert!(said.contains("own.toml, line 12: `drive 1, value`"), "{said}");
    let said = wrong(task.replace("name = \"own\"", "name = \"won\""));
    assert!(
        said.contains("study.toml, line 3: ") && said.contains("name the table as the task: [task.won]"),
        "{said}"
    );
}

#[test]
fn a_grid_may_have_no_lines_and_trials_are_numbered() {
    let grid = |lines: &str| {
        let grid = format!(
            "[task.own.fixed_points]\nover = {{ level = [0, 1, 2] }}\ninputs = {{ x = \"level\" }}\n{lines}"
        );
        let study = Study::parse("own.toml", &format!("{OWN}{grid}")).unwrap();
        let grid = study.tasks[3].task.constant_inputs();
        (grid.lines.len(), grid.middle_lines.len(), grid.inputs.nrows())
    };
    assert_eq!((grid(""), grid("lines = []\n")), ((1, 1, 3), (0, 0, 3)));
    let numbered = OWN
        .replace("duration = 20\ninputs", "conditions = [\"level\", \"trial\"]\nduration = 20\ninputs")
        .replace(
            "[[task.own.epochs]]",
            "[task.own.factors.trial]\nvalues = { from = 1, to = 4, n = 4 }\n[[task.own.epochs]]",
        );
    let study = Study::parse("own.toml", &numbered).unwrap();
    assert_eq!(study.tasks[3].task.training_trials(0, 0).n_trials(), 8);
}

#[test]
fn targets_below_0_are_doubted_for_networks_that_cannot_answer_there() {
    let of = |target: &str| {
        let text =
            format!("tasks = [\"own\"]\nclasses = [\"relu_dale\", \"sigmoid_free\", \"tanh_free\"]\n{OWN}");
        let text = text.replace("value = \"level\"", &format!("value = \"{target}\""));
        doubts(&Study::parse("own.toml", &text).unwrap())
    };
    assert_eq!(of("level"), Vec::<String>::new());
    let found = of("level - 0.5");
    assert_eq!(found.len(), 1);
    assert!(found[0].contains("`own` asks for outputs down to -0.5"), "{found:?}");
    assert!(
        found[0].contains("networks of relu_dale, sigmoid_free cannot") && !found[0].contains("tanh"),
        "{found:?}"
    );
}
