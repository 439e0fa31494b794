//! Runs on one thread or two, stopped, damaged and taken up again: the same bytes.

use crate::{
    ASPECTS, WITH_FIXED_POINTS, assert_same, contents, first_network, run_through, run_until, table, tiny,
    undisturbed, with,
};
use circuitscope_study::execute::ExecuteError;
use circuitscope_study::store::{Folder, StoreError};
use tempfile::TempDir;

#[test]
fn one_thread_and_two_give_the_same_bytes_in_every_file() {
    // Selectivity is in this one alone: its search is slow on many pairs.
    let study = with(
        "aspects = [\"trajectories\", \"endpoints\"]\ncontrols = [\"shuffled\", \"untrained\"]",
        "aspects = [\"selectivity\", \"fixed-points\"]\ncontrols = [\"shuffled\"]",
    );
    let [one, two] = [1, 2].map(|n_threads| {
        let folder = TempDir::new().unwrap();
        run_until(&study, folder.path(), n_threads, |_| false).0.unwrap();
        contents(folder.path())
    });
    assert!(one.len() > 30, "{:?}", one.keys());
    assert_same(&two, &one, "two threads");
}

#[test]
fn a_run_stopped_anywhere_and_started_again_gives_the_bytes_of_an_undisturbed_one() {
    let expected = undisturbed();
    let mut n_stopped = 0;
    // 12 networks of 5 iterations are 73 events of training; the analyses follow.
    for after in [0, 7, 45, 74, 80, 95, 112, 140] {
        let folder = TempDir::new().unwrap();
        let (result, first) = run_until(&tiny(), folder.path(), 2, |event| event >= after);
        n_stopped += usize::from(matches!(result, Err(ExecuteError::Interrupted)));
        let (_, second) = run_through(&tiny(), folder.path());
        assert_same(&contents(folder.path()), &expected, &format!("stopped after {after} events"));
        assert_eq!(second.n_done, first.trained.len());
        assert!(second.trained.iter().all(|name| !first.trained.contains(name)), "trained twice");
        assert_eq!(first.trained.len() + second.trained.len(), 12);
    }
    assert!(n_stopped >= 6, "only {n_stopped} runs were stopped: the test shows little");
}

#[test]
fn a_run_stopped_again_and_again_ends_where_an_undisturbed_one_does() {
    let folder = TempDir::new().unwrap();
    let mut n_runs = 0;
    // Loading what is there is told as well, so that each run hears some more before it stops.
    while run_until(&tiny(), folder.path(), 1, |event| event >= 20 + 6 * n_runs).0.is_err() {
        n_runs += 1;
        assert!(n_runs < 40, "it gets nowhere");
    }
    assert!(n_runs >= 4, "only {n_runs} runs were stopped");
    run_through(&tiny(), folder.path());
    assert_same(&contents(folder.path()), &undisturbed(), "stopped again and again");
}

#[test]
fn a_finished_study_trains_nothing_and_touches_no_network() {
    let folder = TempDir::new().unwrap();
    run_through(&tiny(), folder.path());
    let before = contents(folder.path());
    let network = first_network(folder.path(), "cddm");
    let written = std::fs::metadata(&network).unwrap().modified().unwrap();
    let (summary, heard) = run_through(&tiny(), folder.path());
    assert_eq!((heard.trained.len(), heard.n_done, summary.trained), (0, 12, 12));
    assert_eq!(std::fs::metadata(&network).unwrap().modified().unwrap(), written);
    assert_same(&contents(folder.path()), &before, "second run");
}

#[test]
fn damaged_files_are_made_again_with_a_warning_and_the_result_is_the_same() {
    let folder = TempDir::new().unwrap();
    run_through(&tiny(), folder.path());
    let before = contents(folder.path());
    let network = first_network(folder.path(), "go_no_go");
    let bytes = std::fs::read(&network).unwrap();
    // Cut off, then zeroes in place of the weights' header, then another job's network under this name.
    let other = std::fs::read(first_network(folder.path(), "cddm")).unwrap();
    for damaged in [bytes[..bytes.len() / 2].to_vec(), vec![0; bytes.len()], Vec::new(), other] {
        std::fs::write(&network, damaged).unwrap();
        let (_, heard) = run_through(&tiny(), folder.path());
        assert_eq!(heard.trained.len(), 1);
        let name = network.file_name().unwrap().to_str().unwrap();
        assert!(
            heard.warned.iter().any(|text| text.contains(name) && text.contains("trained again")),
            "{:?}",
            heard.warned
        );
        assert_same(&contents(folder.path()), &before, "a damaged network");
    }
    // Every intermediate result may be lost or damaged as well.
    for (name, bytes) in
        before.iter().filter(|(name, _)| name.starts_with("features") || name.starts_with("work/"))
    {
        std::fs::write(folder.path().join(name), &bytes[..bytes.len() / 3]).unwrap();
    }
    run_through(&tiny(), folder.path());
    assert_same(&contents(folder.path()), &before, "damaged features, distances and comparisons");
}

#[test]
fn half_written_files_of_a_killed_run_are_swept() {
    let folder = TempDir::new().unwrap();
    run_until(&tiny(), folder.path(), 2, |event| event >= 40).0.unwrap_err();
    let parts =
        [".manifest.json.77.part", "networks/.relu.safetensors.123.part", "tables/.scores.parquet.9.part"];
    std::fs::create_dir_all(folder.path().join("networks")).unwrap();
    std::fs::create_dir_all(folder.path().join("tables")).unwrap();
    for part in parts {
        std::fs::write(folder.path().join(part), "half").unwrap();
    }
    run_through(&tiny(), folder.path());
    assert_same(&contents(folder.path()), &undisturbed(), "with half-written files");
}

#[test]
fn more_networks_keep_those_that_are_there() {
    let folder = TempDir::new().unwrap();
    run_through(&tiny(), folder.path());
    let before = contents(folder.path());
    let more = with("networks_per_class = 3", "networks_per_class = 4");
    let (summary, heard) = run_through(&more, folder.path());
    assert_eq!((heard.trained.len(), heard.n_done, summary.trained), (4, 12, 16));
    assert!(heard.warned.iter().any(|text| text.contains("other settings")), "{:?}", heard.warned);
    let after = contents(folder.path());
    for (name, bytes) in before.iter().filter(|(name, _)| name.starts_with("networks")) {
        assert_eq!(after[name], *bytes, "{name}");
    }
    assert_eq!(table(folder.path(), "scores").n_rows(), 16);
}

#[test]
fn a_lost_or_damaged_manifest_loses_no_network() {
    let folder = TempDir::new().unwrap();
    run_through(&tiny(), folder.path());
    let before = contents(folder.path());
    let manifest = folder.path().join("manifest.json");
    std::fs::write(&manifest, "{\"format_version\": 1, ").unwrap();
    let error = Folder::open_or_create(folder.path()).unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error:?}");
    std::fs::remove_file(&manifest).unwrap(); // what the error advises
    let (_, heard) = run_through(&tiny(), folder.path());
    assert_eq!(heard.trained.len(), 0);
    assert_same(&contents(folder.path()), &before, "with a new manifest");
}

#[test]
fn fixed_points_asked_for_and_dropped_again_leave_no_trace() {
    let folder = TempDir::new().unwrap();
    run_through(&with(ASPECTS, WITH_FIXED_POINTS), folder.path());
    run_through(&tiny(), folder.path());
    let mut found = contents(folder.path());
    let kept = found.clone();
    let expected = undisturbed();
    found.retain(|path, _| expected.contains_key(path));
    let mut left: Vec<&String> = kept.keys().filter(|path| !expected.contains_key(*path)).collect();
    let figures = ["fixed-points", "branches", "eigenvalues", "line-attractors"];
    let is_figure = |path: &str| figures.iter().any(|figure| path.starts_with(&format!("figures/{figure}")));
    left.retain(|path| !path.starts_with("work/") && !is_figure(path));
    assert!(left.is_empty(), "{left:?}");
    assert_same(&found, &expected, "without fixed points again");
}
