//! A study with a task of the user's own, declared in the study file or in a file beside it.

use crate::{assert_same, contents, run_through, run_until, table, texts};
use circuitscope_study::config::Study;
use circuitscope_study::opened::{Access, Opened};
use circuitscope_study::publish::redrawn;
use std::path::Path;
use tempfile::TempDir;

/// What a study asks for.
const STUDY: &str = r#"
name = "own"
seed = 3
tasks = ["match"]
classes = ["relu_dale", "tanh_free"]
networks_per_class = 3

[defaults]
n_units = 12
iterations = 5
dt_ms = 2

[selection]
min_r2 = -1e9

[comparison]
aspects = ["trajectories", "fixed_points"]
controls = ["untrained"]
mds_starts = 5
permutations = 99
resamples = 50
measures = ["cka"]

[circuits]
fits = 2
iterations = 60
"#;

/// Are two cues the same? The second comes at times that are drawn.
const TASK: &str = r#"
dt_ms = 2
time_unit = "ms"
duration = 60
inputs = ["cue", "bias"]
outputs = ["match"]
conditions = ["first", "second"]

[factors.first]
values = [-1, 1]
[factors.second]
values = [-1, 0.5, 1]
[factors.wait]
drawn = { uniform = [-4, 4], multiple_of = 2 }

[[epochs]]
name = "first"
duration = 10
[[epochs]]
name = "second"
start = "24 + wait"
duration = 10
[[epochs]]
name = "answer"
start = 40
end = 60

[[drive]]
channel = "cue"
epoch = "first"
value = "first"
[[drive]]
channel = "cue"
epoch = "second"
value = "second"
[[drive]]
channel = "bias"
value = 1
[[target]]
channel = "match"
epoch = "answer"
value = "first == second"

[loss]
mask = [[0, 20], [44, 60]]
decision = "answer"

[fixed_points]
over = { bias = [0, 1], cue = [-1, 0, 1] }
inputs = { cue = "cue", bias = "bias" }
"#;

/// The task as tables of a study file.
fn inline() -> String {
    let line = |line: &str| match line.split_once('[') {
        Some(("", rest)) if rest.starts_with('[') => format!("[[task.match.{}\n", &rest[1..]),
        Some(("", rest)) => format!("[task.match.{rest}\n"),
        _ => format!("{line}\n"),
    };
    format!("{STUDY}\n[task.match]\n{}", TASK.lines().map(line).collect::<String>())
}

fn by_file(folder: &Path, task: &str) -> Study {
    std::fs::write(folder.join("cues.toml"), format!("name = \"match\"\n{task}")).unwrap();
    let path = folder.join("own.toml");
    std::fs::write(&path, format!("{STUDY}\n[task.match]\nfile = \"cues.toml\"\n")).unwrap();
    Study::read(&path).unwrap_or_else(|error| panic!("{error:?}"))
}

#[test]
fn a_task_of_ones_own_is_trained_analysed_and_kept_in_the_folder_of_its_study() {
    let folder = TempDir::new().unwrap();
    let root = folder.path().join("study");
    let study = by_file(folder.path(), TASK);
    let (summary, heard) = run_through(&study, &root);
    assert_eq!((summary.trained, summary.selected), (6, 6));
    assert_eq!(heard.warned, Vec::<String>::new());
    let files = contents(&root);
    assert_eq!(files["tasks/match.toml"], std::fs::read(folder.path().join("cues.toml")).unwrap());
    assert_eq!(texts(&table(&root, "fixed_points"), "task")[0], "match");
    assert!(
        files.contains_key("figures/fixed-points-match.svg")
            && files.contains_key("figures/branches-match.svg")
    );

    // The folder is enough: the page follows from it, and so do results that are lost, on one thread.
    std::fs::remove_file(folder.path().join("cues.toml")).unwrap();
    let opened = Opened::read(&root, Access::Read).unwrap();
    for (name, bytes) in redrawn(&opened).unwrap() {
        assert!(files[&name] == bytes, "{name} is not what its tables say");
    }
    for name in files.keys().filter(|name| name.starts_with("features") || name.starts_with("work")) {
        std::fs::remove_file(root.join(name)).unwrap();
    }
    run_until(&opened.study, &root, 1, |_| false).0.unwrap();
    assert_same(&contents(&root), &files, "from the folder alone");

    // Declared in the study file itself it is the same task.
    let other = folder.path().join("inline");
    run_through(&Study::parse("own.toml", &inline()).unwrap(), &other);
    for (name, bytes) in contents(&other).iter().filter(|(name, _)| name.starts_with("networks/")) {
        assert!(files.get(name) == Some(bytes), "{name}");
    }

    // Another task under the same name is another study.
    let (_, heard) = run_through(&by_file(folder.path(), &TASK.replace("0.5", "0.25")), &root);
    assert_eq!(heard.trained.len(), 6);
    assert!(heard.warned[0].contains("other settings"), "{:?}", heard.warned);
}

#[test]
fn figures_of_fixed_points_show_every_grid_of_constant_inputs() {
    let folder = TempDir::new().unwrap();
    let (grid, rest) = (TASK.find("[fixed_points]").unwrap(), "[fixed_points]\n");
    // No grid; one of inputs that form no lines; two quantities that change, with two levels of a third.
    let grids = [
        String::new(),
        format!("{rest}over = {{ cue = [-1, 0, 1] }}\ninputs = {{ cue = \"cue\", bias = 1 }}\nlines = []\n"),
        format!(
            "{rest}over = {{ go = [0, 0.5], cue = [-1, 0, 1], bias = [0, 1, 2] }}\ninputs = {{ cue = \"cue + go\", bias = \"bias + go / 4\" }}\n"
        ),
    ];
    for (number, grid_text) in grids.iter().enumerate() {
        let root = folder.path().join(format!("study{number}"));
        let study = by_file(folder.path(), &format!("{}{grid_text}", &TASK[..grid]));
        run_through(&study, &root);
        let files = contents(&root);
        let figure = |name: &str| {
            files.get(&format!("figures/{name}-match.svg")).map(|svg| String::from_utf8_lossy(svg))
        };
        let points = figure("fixed-points").unwrap();
        assert!(!points.contains("inf") && !points.contains("NaN"), "grid {number}");
        assert!(!points.contains(">, "), "a group without a name in grid {number}");
        let branches = figure("branches");
        assert_eq!(branches.is_some(), number == 2);
        if let Some(branches) = branches {
            for name in ["cue", "bias", "go 0.0", "go 0.5"] {
                assert!(branches.contains(&format!(">{name}<")), "{name}");
            }
        }
    }
}
