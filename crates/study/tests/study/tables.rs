//! What the folder of a finished study holds.

use crate::claims::claiming;
use crate::{
    ASPECTS, FEW_MEASURES, TINY, WITH_FIXED_POINTS, assert_same, contents, run_through, run_until, table,
    texts, tiny, with,
};
use circuitscope_study::KernelPath;
use circuitscope_study::dictionary::dictionary;
use circuitscope_study::opened::{Access, Opened};
use circuitscope_study::publish::redrawn;
use circuitscope_study::store::manifest::{Manifest, State, hash_of_file};
use circuitscope_study::store::read_table::Columns;
use circuitscope_study::training_job::training_jobs;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use tempfile::TempDir;

#[test]
fn the_hashes_of_the_manifest_are_those_of_the_files_and_every_published_file_has_one() {
    let folder = TempDir::new().unwrap();
    run_through(&tiny(), folder.path());
    let manifest = Manifest::read(&folder.path().join("manifest.json")).unwrap();
    assert_eq!((manifest.state, manifest.study.as_str(), manifest.seed), (State::Finished, "tiny", 3));
    assert_eq!(manifest.config, TINY);
    for (name, hash) in &manifest.artefacts {
        assert_eq!(hash_of_file(&folder.path().join(name)).unwrap(), *hash, "{name}");
    }
    let files = contents(folder.path());
    let published = files.keys().filter(|name| !name.starts_with("work/") && *name != "manifest.json");
    assert_eq!(published.collect::<Vec<_>>(), manifest.artefacts.keys().collect::<Vec<_>>());
    assert_eq!(manifest.network_seeds.len(), 12);
    assert_eq!(manifest.kernel_paths, BTreeMap::from([(KernelPath::detect().name().to_owned(), 12)]));
    for job in training_jobs(&tiny(), KernelPath::detect().into()) {
        assert_eq!(manifest.network_seeds[&format!("{}/{}", job.task.task.name(), job.name())], job.seed);
    }
}

#[test]
fn figures_claims_and_page_follow_from_the_tables_alone_byte_for_byte() {
    for study in [claiming(), with(ASPECTS, WITH_FIXED_POINTS)] {
        let folder = TempDir::new().unwrap();
        run_through(&study, folder.path());
        let drawn = redrawn(&Opened::read(folder.path(), Access::Read).unwrap()).unwrap();
        let files = contents(folder.path());
        let is_drawn =
            |name: &str| name.starts_with("figures/") || ["claims.json", "report.html"].contains(&name);
        let published: Vec<&String> = files.keys().filter(|name| is_drawn(name)).collect();
        assert_eq!(drawn.keys().collect::<Vec<_>>(), published);
        for (name, bytes) in &drawn {
            assert!(files[name] == *bytes, "{name} is not what its tables say");
        }
    }
}

#[test]
fn the_data_dictionary_is_that_of_the_tables() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/tables.md");
    if std::env::var_os("CIRCUITSCOPE_DOCS").is_some() {
        std::fs::write(&path, dictionary()).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == dictionary(), "docs/tables.md is not up to date; `cargo xtask docs` writes it");
}

#[test]
fn every_column_says_in_its_file_what_it_is_and_what_a_grid_varies_has_its_own() {
    let folder = TempDir::new().unwrap();
    let study = with("[task.go_no_go]", "[grid]\nsigma_rec = [0.05, 0.1]\n\n[task.go_no_go]");
    run_through(&study, folder.path());
    let mut n_tables = 0;
    for entry in std::fs::read_dir(folder.path().join("tables")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let table = table(folder.path(), &name);
        let columns: serde_json::Value =
            serde_json::from_str(table.note("circuitscope_columns").unwrap()).unwrap();
        for column in table.names() {
            let said = columns[column]["meaning"].as_str().unwrap_or_default();
            assert!(said.ends_with('.'), "{name}.{column}: {said:?}");
        }
        assert!(table.note("circuitscope_row").unwrap().starts_with("One row"), "{name}");
        let has = |column: &str| table.names().contains(&column);
        assert_eq!(has("class_name"), has("sigma_rec"), "{name}");
        assert_eq!(has("class_a"), has("sigma_rec_a"), "{name}");
        n_tables += 1;
    }
    assert!(n_tables > 25, "{n_tables}");
    let scores = table(folder.path(), "scores");
    for (class, sigma) in texts(&scores, "class_name").iter().zip(scores.float("sigma_rec").unwrap()) {
        assert!(class.ends_with(&format!("@sigma_rec={}", sigma.unwrap())), "{class}: {sigma:?}");
    }
}

#[test]
fn the_tables_hold_every_network_pair_and_item() {
    let folder = TempDir::new().unwrap();
    run_through(&with(FEW_MEASURES, ""), folder.path());
    let rows = |name| table(folder.path(), name).n_rows();
    let scores = table(folder.path(), "scores");
    assert_eq!(scores.n_rows(), 12);
    assert_eq!(texts(&scores, "task")[0], "go_no_go");
    assert_eq!(texts(&scores, "class_name")[5], "tanh_free");
    assert!(texts(&scores, "standing").iter().all(|standing| standing == "selected"));
    assert!(scores.float("r2").unwrap().iter().all(|r2| r2.is_some_and(|r2| r2 < 1.0)));
    assert!(scores.integer("n_units").unwrap().iter().all(|n| n.is_some_and(|n| n <= 12)));
    // A task has 6 trained networks and twice 6 controls; kinds of controls are not held against each other.
    assert_eq!(rows("distances"), 2 * 2 * (18 * 17 / 2 - 36));
    assert_eq!(rows("embeddings"), 2 * 2 * (6 + 12 + 12));
    for beside in ["", "-shuffled", "-untrained"] {
        assert!(folder.path().join(format!("figures/embedding-go-nogo{beside}.svg")).is_file(), "{beside}");
    }
    assert_eq!(rows("learning_curves"), 12 * 5);
    // Two tasks, trained and untrained, five measures and the published one, four conclusions; a measure at a time.
    let robustness = table(folder.path(), "robustness");
    assert_eq!(robustness.n_rows(), 2 * 2 * 6 * 4);
    let (measures, outcomes) = (texts(&robustness, "measure"), texts(&robustness, "outcome"));
    assert!(measures[..8].iter().all(|measure| measure == "published"));
    // Two classes of two activations: whether they differ is all that can be asked.
    let conclusions = texts(&robustness, "conclusion");
    let is_decided = |row: usize| outcomes[row] != "not_decidable";
    assert!((0..96).all(|row| is_decided(row) == (conclusions[row] == "classes_differ")), "{outcomes:?}");
    // Noisy runs are made of trained networks alone.
    let (kinds, beyond) = (texts(&robustness, "kind"), robustness.float("beyond_noise").unwrap());
    let is_run = |row: usize| is_decided(row) && kinds[row] == "trained";
    assert!((0..96).all(|row| !is_decided(row) || beyond[row].is_some() == is_run(row)), "{beyond:?}");
    // Two tasks, one pair of aspects, their distances and their maps.
    let concordance = table(folder.path(), "concordance");
    assert_eq!(texts(&concordance, "statistic"), ["mantel_r", "procrustes_r"].repeat(2));
    assert!(concordance.integer("n_networks").unwrap().iter().all(|&n| n == Some(6)));
    let r = concordance.float("value").unwrap();
    assert!(r.iter().flatten().all(|r| r.abs() <= 1.0) && !r.contains(&None));
    assert!(folder.path().join("figures/aspects-go-nogo.svg").is_file());
    let statistics = table(folder.path(), "statistics");
    let p = statistics.float("p").unwrap();
    let p_holm = statistics.float("p_holm").unwrap();
    assert!(p.iter().flatten().count() > 0);
    assert!(p.into_iter().zip(p_holm).all(|(p, holm)| p.is_some() == holm.is_some() && p <= holm));
    let measures = table(folder.path(), "measures");
    let [kinds, names, choices, networks] =
        ["kind", "measure", "choice", "network"].map(|column| texts(&measures, column));
    let value = measures.float("value").unwrap();
    let slopes = |choice: &str| -> Vec<(&String, f64)> {
        let is_slope = |&i: &usize| names[i] == "irrelevant_slope" && choices[i] == choice;
        (0..names.len()).filter(is_slope).map(|i| (&networks[i], value[i].unwrap())).collect()
    };
    let (judged, beyond) = (slopes("as judged"), slopes("coherence beyond 1.5"));
    assert_eq!((judged.len(), beyond.len(), slopes("coherence beyond 2").len()), (6, 6, 6));
    for ((network, judged), (of_network, beyond)) in judged.into_iter().zip(beyond) {
        // No coherence of this study lies between 1 and 1.5: the same slope but for rounding.
        assert!(network == of_network && (judged - beyond).abs() < 1e-12, "{network}: {judged} {beyond}");
    }
    assert!((0..kinds.len()).all(|i| choices[i] == "as judged" || kinds[i] == "trained"));
}

#[test]
fn the_course_of_training_is_tabled_from_checkpoints_that_are_made_again_where_they_are_lost() {
    let folder = TempDir::new().unwrap();
    let study = tiny();
    run_through(&study, folder.path());
    let found = table(folder.path(), "development");
    let iterations = found.integer("iteration").unwrap();
    // Before training, at both checkpoints and at the end, of two aspects in two tasks.
    assert_eq!(iterations, [Some(0), Some(2), Some(4), None].repeat(4));
    let amplification = found.float("amplification").unwrap();
    assert!(amplification.iter().zip(&iterations).all(|(ratio, when)| *when != Some(0) || ratio.is_none()));
    let before = contents(folder.path());
    let kept: Vec<&String> = before.keys().filter(|name| name.starts_with("checkpoints")).collect();
    assert_eq!(kept.len(), 12);
    std::fs::remove_file(folder.path().join(kept[0])).unwrap();
    run_through(&study, folder.path());
    assert_same(&contents(folder.path()), &before, "a lost checkpoint");

    let without = with("checkpoints = [2, 4]", "");
    let plain = TempDir::new().unwrap();
    run_through(&without, plain.path());
    let plain = contents(plain.path());
    assert!(!plain.keys().any(|name| {
        ["checkpoints", "figures/development", "figures/measure-courses"]
            .iter()
            .any(|start| name.starts_with(start))
    }));
    // Keeping networks on their way changes none of them.
    let networks = before.iter().filter(|(name, _)| name.starts_with("networks"));
    assert!(networks.clone().count() == 12 && networks.clone().all(|(name, bytes)| plain[name] == *bytes));
}

#[test]
fn measures_are_followed_from_the_untrained_control_to_the_compared_network() {
    let folder = TempDir::new().unwrap();
    run_through(&with(ASPECTS, WITH_FIXED_POINTS), folder.path());
    let course = table(folder.path(), "measure_courses");
    let iterations = course.integer("iteration").unwrap();
    let values = course.float("value").unwrap();
    let [tasks, networks, names] = ["task", "network", "measure"].map(|column| texts(&course, column));
    let row = |i: usize| (tasks[i].clone(), networks[i].clone(), names[i].clone());

    let measures = table(folder.path(), "measures");
    let of_item = measures.float("value").unwrap();
    let [kinds, choices] = ["kind", "choice"].map(|column| texts(&measures, column));
    let [of_task, of_network, of_name] =
        ["task", "network", "measure"].map(|column| texts(&measures, column));
    let mut judged = BTreeMap::new();
    for i in (0..kinds.len()).filter(|&i| choices[i] == "as judged") {
        let key = (of_task[i].clone(), of_network[i].clone(), of_name[i].clone());
        judged.insert((kinds[i].as_str(), key), of_item[i]);
    }

    let moments: BTreeSet<Option<i64>> = iterations.iter().copied().collect();
    assert_eq!(moments, BTreeSet::from([None, Some(0), Some(2), Some(4)]));
    let mut n_moved = 0;
    for (i, iteration) in iterations.iter().enumerate() {
        match iteration {
            Some(0) => assert_eq!(judged[&("untrained", row(i))], values[i]),
            None => assert_eq!(judged[&("trained", row(i))], values[i]),
            Some(_) => n_moved += usize::from(judged.get(&("untrained", row(i))) != Some(&values[i])),
        }
    }
    assert!(n_moved > 0, "every checkpoint measures as the untrained network does");
    for name in ["plane_share", "exchange_residual", "output_alignment"] {
        assert!(names.iter().any(|found| found == name), "{name} is not followed");
    }
    let figure = std::fs::read_to_string(folder.path().join("figures/measure-courses-cddm.svg")).unwrap();
    let panels = names.iter().zip(&tasks).filter(|(_, task)| *task == "cddm").map(|(name, _)| name);
    assert_eq!(figure.matches(">iteration<").count(), panels.collect::<BTreeSet<_>>().len());
}

#[test]
fn fixed_points_are_compared_tabled_and_drawn() {
    let folder = TempDir::new().unwrap();
    run_through(&with(ASPECTS, WITH_FIXED_POINTS), folder.path());
    let points = table(folder.path(), "fixed_points");
    let mut at: Vec<String> = texts(&points, "network")
        .iter()
        .zip(texts(&points, "task"))
        .map(|(a, b)| format!("{a} {b}"))
        .collect();
    at.dedup();
    assert_eq!(at.len(), 12, "every selected network rests somewhere");
    let float = |name: &str| points.float(name).unwrap();
    let tasks = texts(&points, "task");
    for (row, stability) in texts(&points, "stability").iter().enumerate() {
        let is_stable = float("max_re")[row].unwrap() < 0.0;
        assert!(is_stable || stability != "stable", "row {row}");
        assert!(float("residual")[row].unwrap() <= 1e-10);
        let is_cddm = tasks[row] == "cddm";
        assert_eq!(float("input_colour_left")[row].is_some(), is_cddm, "row {row}");
        assert!(float("trajectory_pc1")[row].unwrap().is_finite());
    }
    let inputs = points.integer("input_idx").unwrap();
    assert_eq!(inputs.into_iter().flatten().max(), Some(49));
    let measured = texts(&table(folder.path(), "distances"), "aspect");
    assert!(measured.iter().any(|aspect| aspect == "fixed_points"));
    let page = std::fs::read_to_string(folder.path().join("report.html")).unwrap();
    for id in [
        "fixed-points-cddm",
        "fixed-points-go-nogo",
        "branches-cddm",
        "branches-go-nogo",
        "eigenvalues-cddm",
        "eigenvalues-go-nogo",
        "line-attractors-cddm",
    ] {
        assert!(folder.path().join("figures").join(format!("{id}.svg")).is_file());
        assert!(page.contains(&format!("id=\"{id}\"")), "{id}");
    }
}

#[test]
fn example_networks_are_taken_apart_and_taken_up_again_as_they_were() {
    let folder = TempDir::new().unwrap();
    let study = with(ASPECTS, WITH_FIXED_POINTS);
    run_through(&study, folder.path());
    let before = contents(folder.path());
    let rows = |name| table(folder.path(), name);
    let (spectra, points) = (rows("eigenvalues"), rows("fixed_points"));
    let shown: Vec<String> = texts(&spectra, "network");
    // Each fixed point of an example has as many eigenvalues as the network has units.
    let scores = rows("scores");
    let n_units = scores.integer("n_units").unwrap();
    let mut n_examples = 0;
    for (row, network) in texts(&scores, "network").iter().enumerate() {
        let count = |names: &[String]| names.iter().filter(|name| *name == network).count();
        if count(&shown) > 0 {
            n_examples += 1;
            let expected = count(&texts(&points, "network")) * n_units[row].unwrap() as usize;
            assert_eq!(count(&shown), expected, "{network}");
        }
    }
    assert_eq!(n_examples, 4, "one of each class of each task");
    let lines = rows("line_attractors");
    assert!(texts(&lines, "task").iter().all(|task| task == "cddm"));
    assert_eq!(lines.n_rows(), 2 * 2 * 21);
    assert!(rows("branches").n_rows() > 0);
    assert_eq!(rows("choice_planes").n_rows() % 6, 0);
    // From what is stored, and with all of it damaged or lost, the same is made.
    run_through(&study, folder.path());
    assert_same(&contents(folder.path()), &before, "from stored examples");
    for (name, bytes) in before.iter().filter(|(name, _)| name.starts_with("work/examples")) {
        std::fs::write(folder.path().join(name), &bytes[..bytes.len() / 3]).unwrap();
    }
    let (result, _) = run_until(&study, folder.path(), 1, |_| false);
    result.unwrap();
    assert_same(&contents(folder.path()), &before, "from damaged examples, on one thread");
}

#[test]
fn circuits_of_the_best_networks_are_tabled_drawn_and_taken_up_again_as_they_were() {
    let root = TempDir::new().unwrap();
    let study = with("iterations = 60", "iterations = 60\nnetworks = 2");
    run_through(&study, root.path());
    let rows = |name: &str| table(root.path(), name);
    let circuits = rows("circuits");
    assert_eq!(circuits.n_rows(), 2 * 2 * 2); // two networks of two classes on two tasks
    let outcomes = texts(&circuits, "outcome");
    let n_fitted = outcomes.iter().filter(|outcome| *outcome == "fitted").count();
    assert!(
        texts(&circuits, "task")
            .iter()
            .zip(&outcomes)
            .any(|(task, outcome)| task == "go_no_go" && outcome == "fitted")
    );
    assert!(
        outcomes.iter().all(|outcome| outcome == "fitted" || outcome.contains("dimensions")),
        "{outcomes:?}"
    );
    let weights = rows("circuit_weights");
    let of_go_no_go = texts(&weights, "task").iter().filter(|task| *task == "go_no_go").count();
    assert_eq!(of_go_no_go, 4 * (5 * 5 + 5 * 3 + 5)); // w_rec, w_inp, w_out of four networks
    let column = |name: &str| weights.float(name).unwrap();
    let (value, low, high) = (column("value"), column("low"), column("high"));
    for row in 0..weights.n_rows() {
        // Fewer than three fits that agree give no interval.
        assert_eq!(low[row].is_none(), high[row].is_none(), "row {row}");
        if let (Some(low), Some(high), Some(value)) = (low[row], high[row], value[row]) {
            let slack = 1e-12; // the mean of equal numbers may differ from them by rounding
            assert!(low - slack <= value && value <= high + slack, "row {row}");
        }
    }
    let means = rows("circuit_means");
    let of_go_no_go = texts(&means, "task").iter().filter(|task| *task == "go_no_go").count();
    assert_eq!(of_go_no_go, 2 * (5 * 5 + 5 * 3 + 5)); // w_rec, w_inp, w_out of two classes
    assert!(means.integer("n_networks").unwrap().iter().all(|&n| n == Some(2)));
    assert!(means.float("low").unwrap().iter().all(Option::is_none)); // two networks have a mean and no interval
    let of_circuits = |table: &Columns| {
        let both = texts(table, "task").into_iter().zip(texts(table, "aspect"));
        both.filter(|(task, aspect)| task == "go_no_go" && aspect == "circuits").count()
    };
    // Four circuits and as many shuffled ones, which are mapped beside them; untrained networks have none.
    assert_eq!(of_circuits(&rows("distances")), 8 * 7 / 2);
    assert_eq!(of_circuits(&rows("embeddings")), 4 + 8);
    let controls: BTreeSet<Option<String>> = {
        let embeddings = rows("embeddings");
        let both = texts(&embeddings, "aspect").into_iter().zip(embeddings.texts("control").unwrap());
        both.filter(|(aspect, _)| aspect == "circuits").map(|(_, control)| control).collect()
    };
    assert_eq!(controls, [None, Some("shuffled".to_owned())].into());
    // Eight statistics of the trained networks, on the distances and on the map, and 3 of each half; beside the control eight
    // on the map, and, on both, two across and four within it.
    assert_eq!(of_circuits(&rows("statistics")), 2 * 8 + 2 * 3 + 8 + 2 * (2 + 4));
    let n_pairs = [4, n_fitted - 4].map(|n| n * n.saturating_sub(1) / 2).iter().sum::<usize>(); // within a task
    assert_eq!(rows("circuit_distances").n_rows(), n_pairs);
    assert!(rows("circuit_effects").n_rows() > 0 && rows("circuit_responses").n_rows() > 0);
    for name in ["circuit-graphs", "circuits", "circuit-responses", "circuit-perturbations"] {
        let figure = root.path().join(format!("figures/{name}-go-nogo.svg"));
        assert!(figure.is_file(), "{}", figure.display());
    }
    let stored = root.path().join("work/circuits/go_no_go");
    let first = || std::fs::read_dir(&stored).unwrap().next().unwrap().unwrap().path();
    assert_eq!(std::fs::read_dir(&stored).unwrap().count(), 4);
    let (before, kept) = (contents(root.path()), first());
    std::fs::write(kept, b"{").unwrap();
    run_through(&study, root.path());
    assert_same(&contents(root.path()), &before, "a damaged circuit");
    assert!(n_fitted >= 4, "{outcomes:?}");
}
