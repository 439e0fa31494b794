//! A study of a task made of several: scores task by task, task variance, clusters of units, and their figures.

use crate::{contents, run_through, run_until, table, texts};
use circuitscope_study::config::Study;
use circuitscope_study::opened::{Access, Opened};
use circuitscope_study::publish::redrawn;
use tempfile::TempDir;

const STUDY: &str = r#"
name = "several"
seed = 3
tasks = ["both"]
classes = ["relu_free", "tanh_free"]
networks_per_class = 2

[task.both]
several = ["go_no_go", "memory_number"]

[task.go_no_go]
train_values = 5
analysis_values = 5

[task.memory_number]
train_values = 6
analysis_values = 4

[defaults]
n_units = 14
iterations = 30

[selection]
min_r2 = -1e9

[comparison]
aspects = ["trajectories"]
controls = []
mds_starts = 5
permutations = 99
resamples = 50
measures = []

[circuits]
networks = 0
"#;

#[test]
fn a_task_of_several_is_scored_and_taken_apart_task_by_task() {
    let study =
        Study::parse("several.toml", STUDY).unwrap_or_else(|error| panic!("{error}: {}", error.remedy));
    let (first, second) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    run_through(&study, first.path());
    let root = first.path();
    let scores = table(root, "task_scores");
    let variances = table(root, "task_variance");
    let clusters = table(root, "task_clusters");
    let pairs = table(root, "task_pairs");
    let parts = texts(&scores, "part");
    assert_eq!(parts.len(), 4 * 2, "four networks, two tasks");
    assert_eq!(parts[..2], ["go_no_go", "memory_number"]);
    // One pair of tasks for each network with an active unit.
    let (medians, sizes) = (pairs.numbers("median").unwrap(), pairs.numbers("mean_size").unwrap());
    assert!((1..=4).contains(&pairs.n_rows()), "{}", pairs.n_rows());
    assert!(medians.iter().all(|median| median.abs() <= 1.0));
    assert!(sizes.iter().all(|size| (0.0..=1.0).contains(size)));
    // What is normalised is the variance over the unit's largest; units that are not active have none.
    let (variance, normalised) =
        (variances.numbers("variance").unwrap(), variances.float("normalised").unwrap());
    assert!(normalised.iter().any(Option::is_some), "no unit is active");
    for (variance, normalised) in variance.chunks(2).zip(normalised.chunks(2)) {
        let is_active = variance[0] + variance[1] > 1e-3;
        let expected = |variance: f64, other: f64| is_active.then(|| variance / variance.max(other));
        let expected = [expected(variance[0], variance[1]), expected(variance[1], variance[0])];
        assert_eq!(*normalised, expected, "{variance:?}");
    }
    // One number of clusters is taken of each network that has clusters: that of the largest silhouette.
    let (of_network, silhouettes, taken) = (
        texts(&clusters, "network"),
        clusters.numbers("silhouette").unwrap(),
        clusters.flag("is_taken").unwrap(),
    );
    let mut names = of_network.clone();
    names.dedup();
    assert!(!names.is_empty());
    for name in names {
        let rows: Vec<usize> = (0..of_network.len()).filter(|&row| of_network[row] == name).collect();
        let best = rows.iter().copied().reduce(|a, b| if silhouettes[b] > silhouettes[a] { b } else { a });
        let of_best: Vec<usize> = rows.into_iter().filter(|&row| taken[row]).collect();
        assert_eq!(of_best, best.into_iter().collect::<Vec<_>>(), "{name}");
    }
    // The same again on one thread, and figures and page from the tables alone.
    run_until(&study, second.path(), 1, |_| false).0.unwrap();
    let files = contents(root);
    for name in ["task_scores", "task_variance", "task_clusters", "task_pairs"] {
        let file = format!("tables/{name}.parquet");
        assert!(files[&file] == contents(second.path())[&file], "{name}");
    }
    let page = std::fs::read_to_string(root.join("report.html")).unwrap();
    for title in ["which units vary on which task", "tasks by the units that they share"] {
        assert!(page.contains(title), "{title}");
    }
    let opened = Opened::read(root, Access::Read).unwrap();
    for (name, bytes) in redrawn(&opened).unwrap() {
        assert!(files[&name] == bytes, "{name} is not what its tables say");
    }
}
