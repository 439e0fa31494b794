//! Results of another study are never taken for those of the study that stands in a folder.

use crate::{FEW_MEASURES, TINY, assert_same, contents, run_through, tiny, undisturbed, with};
use circuitscope_study::KernelPath;
use circuitscope_study::claims_report as claims;
use circuitscope_study::config::Study;
use circuitscope_study::event::{Event, Stage};
use circuitscope_study::execute::ExecuteError;
use circuitscope_study::opened::{Access, OpenError, Opened, Published};
use circuitscope_study::plan::{Effort, FolderState, overview};
use circuitscope_study::run::{RebuildError, rebuild, run};
use circuitscope_study::store::manifest::{Arithmetic, Manifest, State};
use circuitscope_study::store::{Folder, SOFTWARE_VERSION, StoreError};
use circuitscope_study::training_job::{study_identity, training_jobs};
use parquet::file::reader::{FileReader, SerializedFileReader};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use tempfile::TempDir;

/// Runs a study until a stage begins; gives what was warned of.
fn run_to(study: &Study, root: &Path, stop: Stage, path: KernelPath) -> Vec<String> {
    let (interrupt, warned) = (AtomicBool::new(false), Mutex::new(Vec::new()));
    let listener = |event: Event<'_>| match event {
        Event::Began { stage, .. } if stage == stop => interrupt.store(true, Ordering::Relaxed),
        Event::Warned { text } => warned.lock().unwrap().push(text.to_owned()),
        _ => {}
    };
    let folder = Folder::open_or_create(root).unwrap();
    let error = run(study, &folder, path, &interrupt, &listener).unwrap_err();
    assert!(matches!(error, ExecuteError::Interrupted), "{error:?}");
    warned.into_inner().unwrap()
}

/// The verdicts that a reader of the folder gets.
fn read(root: &Path) -> Result<(claims::ClaimsReport, Published), OpenError> {
    Ok(claims::read(&Opened::read(root, Access::Read)?)?)
}

fn rebuilt(root: &Path) -> Result<usize, RebuildError> {
    rebuild(root, &AtomicBool::new(false), &|_| ()).map(|summary| summary.trained)
}

fn planned(study: &Study, root: &Path) -> (FolderState, usize, f64) {
    let plan = overview(study, root, KernelPath::detect(), Effort::Brief).unwrap();
    (plan.state, plan.finished, plan.training_seconds + plan.analysis_seconds)
}

fn manifest(root: &Path) -> Manifest {
    Manifest::read(&root.join("manifest.json")).unwrap()
}

fn published(root: &Path) -> Vec<String> {
    let is_published = |name: &String| {
        name == "claims.json"
            || name == "report.html"
            || name.starts_with("tables/")
            || name.starts_with("figures/")
    };
    contents(root).into_keys().filter(is_published).collect()
}

#[test]
fn everything_published_bears_the_identity_of_its_study() {
    let folder = TempDir::new().unwrap();
    run_through(&tiny(), folder.path());
    let identity = study_identity(&tiny(), KernelPath::detect().into());
    assert_eq!(identity.len(), 64);
    let (told, by) = read(folder.path()).unwrap();
    assert_eq!((told.study_identity.as_str(), by), (identity.as_str(), Published::ByThisVersion));
    assert_eq!(told.software_version, SOFTWARE_VERSION);
    assert_eq!(manifest(folder.path()).study_identity, identity);
    let page = std::fs::read_to_string(folder.path().join("report.html")).unwrap();
    assert!(page.contains(&format!("<meta name=\"circuitscope-study\" content=\"{identity}\">")));
    for name in published(folder.path()).iter().filter(|name| name.ends_with(".parquet")) {
        let file = std::fs::File::open(folder.path().join(name)).unwrap();
        let reader = SerializedFileReader::new(file).unwrap();
        let keys = reader.metadata().file_metadata().key_value_metadata().unwrap().clone();
        let keys: BTreeMap<String, Option<String>> =
            keys.into_iter().map(|pair| (pair.key, pair.value)).collect();
        assert_eq!(keys["circuitscope_study"].as_ref(), Some(&identity), "{name}");
    }
}

#[test]
fn the_identity_changes_with_all_that_decides_results_and_with_nothing_else() {
    let of = |study: &Study| study_identity(study, Arithmetic::Vector);
    let mut seen = vec![of(&tiny()), study_identity(&tiny(), Arithmetic::Portable)];
    for (line, changed) in [
        ("name = \"tiny\"", "name = \"other\""),
        ("seed = 3", "seed = 4"),
        ("networks_per_class = 3", "networks_per_class = 4"),
        ("tasks = [\"go_no_go\", \"cddm\"]", "tasks = [\"cddm\", \"go_no_go\"]"),
        ("checkpoints = [2, 4]", "checkpoints = [2]"),
        ("n_units = 12", "n_units = 13"),
        ("iterations = 5\n", "iterations = 6\n"),
        ("decision = [20, 40]", "decision = [25, 40]"),
        ("min_r2 = -1e9", "min_r2 = -1e8"),
        ("min_r2 = -1e9", "min_r2 = -1e9\nkeep = 2"),
        ("controls = [\"shuffled\", \"untrained\"]", "controls = [\"shuffled\"]"),
        ("mds_starts = 5", "mds_starts = 6"),
        ("permutations = 99", "permutations = 98"),
        ("resamples = 50", "resamples = 51"),
        ("behaviour_coherences = 5", "behaviour_coherences = 7"),
        ("behaviour_repeats = 2", "behaviour_repeats = 3"),
        ("resamples = 50", "resamples = 50\nregistration_chains = 3"),
        (FEW_MEASURES, "measures = [\"cka\"]\n"),
        ("fits = 3", "fits = 2"),
        ("fits = 3", "fits = 3\nfolds = 2"),
        ("fits = 3", "fits = 3\nnetworks = 2"),
        ("iterations = 60", "iterations = 61"),
        ("[selection]", "[[recordings]]\nfile = \"a.npz\"\n[selection]"),
        ("[selection]", "[[recordings]]\nfile = \"a.npz\"\nbin_ms = 5\n[selection]"),
    ] {
        let identity = of(&with(line, changed));
        assert!(!seen.contains(&identity), "{changed}");
        seen.push(identity);
    }
    let commented = Study::parse("tiny.toml", &format!("# words\n{TINY}")).unwrap();
    assert_eq!(of(&commented), seen[0]);
}

#[test]
fn a_changed_study_stopped_anywhere_leaves_nothing_of_the_old_one_to_be_read() {
    let whole = undisturbed();
    for (line, changed, stop, n_left) in [
        // In the middle of training; between stages; before the page.
        ("iterations = 5\n", "iterations = 6\n", Stage::Training, Some(12)),
        ("min_r2 = -1e9", "min_r2 = -1e9\nkeep = 2", Stage::Features, None),
        ("min_r2 = -1e9", "min_r2 = -1e9\nkeep = 2", Stage::Report, None),
        ("mds_starts = 5", "mds_starts = 6", Stage::Comparison, None),
    ] {
        let what = format!("{changed} stopped at {stop:?}");
        let folder = TempDir::new().unwrap();
        run_through(&tiny(), folder.path());
        let changed = with(line, changed);
        let warned = run_to(&changed, folder.path(), stop, KernelPath::detect());
        assert!(warned.iter().any(|text| text.contains("other settings")), "{what}: {warned:?}");
        let error = read(folder.path()).unwrap_err();
        assert!(matches!(error, OpenError::Store(StoreError::Unpublished { .. })), "{what}: {error:?}");
        assert!(error.to_string().contains("unfinished"), "{error}");
        // The study file that made the networks is kept.
        let replaced =
            contents(folder.path()).into_iter().find(|(name, _)| name.starts_with("work/replaced/tiny-"));
        assert_eq!(replaced.unwrap().1, TINY.as_bytes(), "{what}");
        // What is there belongs to the new study and says that it is not all.
        let identity = study_identity(&changed, KernelPath::detect().into());
        for name in published(folder.path()) {
            if name == "report.html" {
                let page = std::fs::read_to_string(folder.path().join(name)).unwrap();
                assert!(page.contains(&identity) && page.contains("Still running"), "{what}");
            } else {
                assert!(name.starts_with("tables/"), "{what}: {name}");
            }
        }
        assert_eq!(planned(&changed, folder.path()).0, FolderState::Begun, "{what}");
        assert_eq!(planned(&tiny(), folder.path()).0, FolderState::Other, "{what}");
        // No network of the old study is lost: it comes back without training, and to the same bytes.
        if let Some(n_left) = n_left {
            let error = rebuilt(folder.path()).unwrap_err();
            assert!(
                matches!(error, RebuildError::Unfinished { missing, .. } if missing == n_left),
                "{error:?}"
            );
        } else {
            assert_eq!(rebuilt(folder.path()).unwrap(), 12, "{what}");
            assert_eq!(read(folder.path()).unwrap().0.study_identity, identity, "{what}");
            let (state, _, seconds) = planned(&changed, folder.path());
            assert_eq!((state, seconds), (FolderState::Finished, 0.0), "{what}");
        }
        let (_, heard) = run_through(&tiny(), folder.path());
        assert_eq!(heard.trained.len(), 0, "{what}");
        let mut found = contents(folder.path());
        found.retain(|name, _| whole.contains_key(name));
        assert_same(&found, &whole, &what);
    }
}

#[test]
fn a_study_file_edited_in_the_folder_is_refused_by_all_that_reads_it() {
    let folder = TempDir::new().unwrap();
    run_through(&tiny(), folder.path());
    let file = folder.path().join("study.toml");
    // As a run leaves it that is killed between its two first files.
    std::fs::write(&file, TINY.replace("mds_starts = 5", "mds_starts = 6")).unwrap();
    let errors =
        [read(folder.path()).unwrap_err().to_string(), rebuilt(folder.path()).unwrap_err().to_string()];
    for error in errors {
        assert!(error.contains("is not the study that manifest.json is of"), "{error}");
    }
    // A comment changes no result.
    std::fs::write(&file, format!("# words\n{TINY}")).unwrap();
    read(folder.path()).unwrap();
}

#[test]
fn claims_of_another_study_are_refused_by_name() {
    let [folder, other] = [TempDir::new().unwrap(), TempDir::new().unwrap()];
    run_through(&tiny(), folder.path());
    run_through(&with("resamples = 50", "resamples = 51"), other.path());
    std::fs::copy(other.path().join("claims.json"), folder.path().join("claims.json")).unwrap();
    let error = read(folder.path()).unwrap_err();
    assert!(matches!(&error, OpenError::Store(StoreError::Stale { .. })), "{error:?}");
    assert!(error.to_string().contains("claims.json is of a study with other settings"), "{error}");
    rebuilt(folder.path()).unwrap();
    read(folder.path()).unwrap();
}

#[test]
fn results_of_another_version_are_named_and_made_anew() {
    let folder = TempDir::new().unwrap();
    run_through(&tiny(), folder.path());
    let whole = contents(folder.path());
    let path = folder.path().join("manifest.json");
    let of_version =
        |version: &str| Manifest { software_version: version.to_owned(), ..manifest(folder.path()) };
    of_version("0.0.9").write(&path).unwrap();
    assert_eq!(read(folder.path()).unwrap().1, Published::ByVersion("0.0.9".to_owned()));
    assert_eq!(planned(&tiny(), folder.path()).0, FolderState::Begun);
    // Stopped before its page, this version leaves none of the other.
    let warned = run_to(&tiny(), folder.path(), Stage::Report, KernelPath::detect());
    assert!(warned.iter().any(|text| text.contains("circuitscope 0.0.9 published this study")), "{warned:?}");
    assert!(matches!(read(folder.path()).unwrap_err(), OpenError::Store(StoreError::Unpublished { .. })));
    rebuilt(folder.path()).unwrap();
    assert_same(&contents(folder.path()), &whole, "published anew");

    // A version that noted no identity: nothing is read as if it were known whose it is, and the folder opens.
    let old = Manifest { study_identity: String::new(), ..of_version("0.1.0") };
    old.write(&path).unwrap();
    let error = read(folder.path()).unwrap_err();
    assert!(error.to_string().contains("published by circuitscope 0.1.0"), "{error}");
    assert_eq!(rebuilt(folder.path()).unwrap(), 12);
    assert_same(&contents(folder.path()), &whole, "published anew from an old folder");
}

#[test]
fn networks_of_the_portable_path_are_never_mixed_with_others() {
    let path = KernelPath::detect();
    if path == KernelPath::Portable {
        return; // this machine has no other
    }
    let folder = TempDir::new().unwrap();
    run_through(&tiny(), folder.path());
    let whole = contents(folder.path());
    let warned = run_to(&tiny(), folder.path(), Stage::Features, KernelPath::Portable);
    assert!(warned.iter().any(|text| text.contains("other settings")), "{warned:?}");
    assert!(matches!(read(folder.path()).unwrap_err(), OpenError::Store(StoreError::Unpublished { .. })));
    let summary = rebuild(folder.path(), &AtomicBool::new(false), &|_| ()).unwrap();
    assert_eq!(summary.trained, 12);
    let manifest = manifest(folder.path());
    assert_eq!(manifest.kernel_paths, BTreeMap::from([("portable".to_owned(), 12)]));
    assert_eq!((manifest.arithmetic, manifest.state), (Arithmetic::Portable, State::Finished));
    let names = |arithmetic| -> Vec<String> {
        training_jobs(&tiny(), arithmetic)
            .iter()
            .map(circuitscope_study::training_job::TrainingJob::name)
            .collect()
    };
    assert!(names(Arithmetic::Portable).iter().all(|name| !names(Arithmetic::Vector).contains(name)));
    // The networks of the other path are still there.
    let (_, heard) = run_through(&tiny(), folder.path());
    assert_eq!(heard.trained.len(), 0);
    let mut found = contents(folder.path());
    found.retain(|name, _| whole.contains_key(name));
    assert_same(&found, &whole, "back on the first path");
}

#[test]
fn the_page_grows_while_a_study_runs_and_does_not_look_finished() {
    let folder = TempDir::new().unwrap();
    let (page, seen) = (folder.path().join("report.html"), Mutex::new(Vec::new()));
    let listener = |event: Event<'_>| {
        if let Event::Began { stage: stage @ (Stage::Training | Stage::Features | Stage::Report), .. } = event
        {
            seen.lock().unwrap().push((stage, std::fs::read_to_string(&page).ok()));
        }
    };
    let opened = Folder::open_or_create(folder.path()).unwrap();
    run(&tiny(), &opened, KernelPath::detect(), &AtomicBool::new(false), &listener).unwrap();
    let seen = seen.into_inner().unwrap();
    assert_eq!(seen[0], (Stage::Training, None));
    let (stage, Some(early)) = &seen[1] else { panic!("no page after training") };
    assert_eq!(*stage, Stage::Features);
    for part in
        ["Still running: 1 of 13 stages are done", "scores of the trained networks", "Being computed."]
    {
        assert!(early.contains(part), "{part}");
    }
    assert!(!early.contains("class=\"badge"), "a verdict before the end");
    assert!(seen.last().unwrap().1.as_ref().unwrap().contains("Still running"));
    let last = std::fs::read_to_string(&page).unwrap();
    for part in ["Still running", "(running)", "Being computed."] {
        assert!(!last.contains(part), "{part}");
    }
    // With the page there, a second run writes no other in between and ends at the same bytes.
    let whole = contents(folder.path());
    drop(opened);
    run_through(&tiny(), folder.path());
    assert_same(&contents(folder.path()), &whole, "without pages in between");
}
