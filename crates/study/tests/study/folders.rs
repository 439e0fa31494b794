//! Folders that a study can be planned in, run in or rebuilt from, and those that it cannot.

use crate::{TINY, assert_same, contents, run_through, run_until, tiny, with};
use circuitscope_study::KernelPath;
use circuitscope_study::config::Study;
use circuitscope_study::execute::ExecuteError;
use circuitscope_study::opened::OpenError;
use circuitscope_study::plan::{Effort, FolderState, overview};
use circuitscope_study::run::{RebuildError, rebuild};
use circuitscope_study::store::manifest::{Manifest, State};
use circuitscope_study::store::{Folder, StoreError};
use std::path::Path;
use std::sync::atomic::AtomicBool;
use tempfile::TempDir;

#[test]
fn the_page_can_be_rebuilt_from_the_folder_to_the_same_bytes() {
    let folder = TempDir::new().unwrap();
    // Without a name in the file the study bears that of the file, which the folder's study.toml does not tell.
    let study = Study::parse("elsewhere/noise.toml", &TINY.replace("name = \"tiny\"\n", "")).unwrap();
    run_through(&study, folder.path());
    let before = contents(folder.path());
    for lost in ["report.html", "tables", "figures", "work"] {
        let path = folder.path().join(lost);
        if path.is_dir() {
            std::fs::remove_dir_all(path).unwrap();
        } else {
            std::fs::remove_file(path).unwrap();
        }
        let summary = rebuild(folder.path(), &AtomicBool::new(false), &|_| ()).unwrap();
        assert_eq!(summary.trained, 12);
        let mut after = contents(folder.path());
        after.entry("work/lock".to_owned()).or_default(); // only a run locks
        assert_same(&after, &before, lost);
    }
}

#[test]
fn a_page_cannot_be_rebuilt_before_every_network_is_there() {
    let folder = TempDir::new().unwrap();
    run_until(&tiny(), folder.path(), 1, |event| event >= 20).0.unwrap_err();
    let error = rebuild(folder.path(), &AtomicBool::new(false), &|_| ()).unwrap_err();
    assert!(
        matches!(error, RebuildError::Unfinished { planned: 12, missing, .. } if (1..12).contains(&missing))
    );
    let empty = TempDir::new().unwrap();
    for root in [empty.path().to_path_buf(), empty.path().join("none")] {
        let error = rebuild(&root, &AtomicBool::new(false), &|_| ()).unwrap_err();
        assert!(
            matches!(error, RebuildError::Open(OpenError::Store(StoreError::NoStudy { .. }))),
            "{error:?}"
        );
    }
}

#[test]
fn a_study_of_another_format_says_which_version_wrote_it_and_is_left_alone() {
    let folder = TempDir::new().unwrap();
    let text = r#"{"format_version": 99, "software_version": "9.8.7", "something": "new"}"#;
    std::fs::write(folder.path().join("manifest.json"), text).unwrap();
    let errors = [
        ExecuteError::from(Folder::open_or_create(folder.path()).unwrap_err()),
        ExecuteError::from(Folder::open(folder.path()).unwrap_err()),
        overview(&tiny(), folder.path(), KernelPath::detect(), Effort::Brief).unwrap_err(),
    ];
    for error in errors {
        assert!(error.to_string().contains("format 99, written by circuitscope 9.8.7"), "{error}");
    }
    assert_eq!(std::fs::read_to_string(folder.path().join("manifest.json")).unwrap(), text);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_folder_of_other_things_is_refused_and_left_alone() {
    for (name, text) in
        [("thesis.tex", "text"), ("manifest.json", "{\"manifest_version\": 3}"), ("networks", "a file")]
    {
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join(name), text).unwrap();
        let error = Folder::open_or_create(folder.path()).unwrap_err();
        assert!(matches!(&error, StoreError::NotAStudy { reason, .. } if reason.contains(name)), "{error:?}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("file"), "").unwrap();
    let root = folder.path().join("file").join("study");
    let error = Folder::open_or_create(&root).unwrap_err();
    assert!(
        matches!(&error, StoreError::Write { path, .. } if *path == root.display().to_string()),
        "{error:?}"
    );
}

#[test]
fn a_folder_is_not_taken_over_by_another_study_while_a_run_is_at_work() {
    let folder = TempDir::new().unwrap();
    run_through(&tiny(), folder.path());
    let before = contents(folder.path());
    let at_work = Folder::open_or_create(folder.path()).unwrap();
    let other = with("seed = 3", "seed = 4");
    let (result, _) = run_until(&other, folder.path(), 1, |_| false);
    let error = result.unwrap_err();
    assert!(matches!(error, ExecuteError::Store(StoreError::Busy { .. })), "{error:?}");
    assert_same(&contents(folder.path()), &before, "refused");
    drop(at_work);
    run_through(&other, folder.path());
}

#[test]
fn a_run_that_begins_while_another_looks_through_the_folder_waits_for_it() {
    let folder = TempDir::new().unwrap();
    drop(Folder::open_or_create(folder.path()).unwrap());
    // Another run would hold this lock alone while it looks for half-written files.
    let looking = std::fs::File::open(folder.path().join("work/lock")).unwrap();
    looking.lock().unwrap();
    std::thread::scope(|scope| {
        let begun = scope.spawn(|| Folder::open_or_create(folder.path()));
        std::thread::sleep(std::time::Duration::from_millis(100));
        drop(looking);
        begun.join().unwrap().unwrap();
    });
}

#[test]
fn half_written_files_of_a_run_that_is_at_work_are_left_alone() {
    let folder = TempDir::new().unwrap();
    let at_work = Folder::open_or_create(folder.path()).unwrap();
    let half = folder.path().join("work").join(".x.json.12345.part");
    std::fs::write(&half, "half").unwrap();
    let second = Folder::open_or_create(folder.path()).unwrap();
    assert!(half.exists());
    drop((at_work, second));
    Folder::open_or_create(folder.path()).unwrap();
    assert!(!half.exists());
}

#[test]
fn a_plan_counts_what_is_finished() {
    let folder = TempDir::new().unwrap();
    let plan = |root: &Path| overview(&tiny(), root, KernelPath::detect(), Effort::Brief).unwrap();
    let fresh = plan(&folder.path().join("none"));
    assert_eq!((fresh.networks, fresh.finished, fresh.rows.len()), (12, 0, 4));
    assert!(fresh.training_seconds > 0.0);
    run_through(&tiny(), folder.path());
    let done = plan(folder.path());
    assert_eq!((done.finished, done.training_seconds), (12, 0.0));
    assert_eq!((done.state, done.analysis_seconds), (FolderState::Finished, 0.0));
    // Of a study that was stopped in the middle, what is stored is not counted again.
    let fits = folder.path().join("work/circuits/cddm");
    for entry in std::fs::read_dir(&fits).unwrap() {
        std::fs::remove_file(entry.unwrap().path()).unwrap();
    }
    let manifest = Manifest::read(&folder.path().join("manifest.json")).unwrap();
    Manifest { state: State::Unfinished, ..manifest }.write(&folder.path().join("manifest.json")).unwrap();
    let partly = plan(folder.path());
    assert_eq!((partly.state, partly.training_seconds), (FolderState::Begun, 0.0));
    let analyses = partly.analyses;
    assert!(analyses.circuits_seconds > 0.0, "{analyses:?}");
    assert_eq!(
        (analyses.features_and_distances_seconds, analyses.behaviour_seconds, analyses.similarity_seconds),
        (0.0, 0.0, 0.0)
    );
    // Networks brought from elsewhere are taken up by a run, manifest or not.
    std::fs::remove_file(folder.path().join("manifest.json")).unwrap();
    assert_eq!(plan(folder.path()).finished, 12);
}
