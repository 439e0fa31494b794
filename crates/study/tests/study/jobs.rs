//! A study as its jobs: several processes in one folder, and one job at a time.

use crate::{assert_same, contents, run_through, run_until, tiny, undisturbed, with};
use circuitscope_study::config::Study;
use circuitscope_study::execute::ExecuteError;
use circuitscope_study::jobs::{JobError, JobStatus, State, list, run_one};
use std::path::Path;
use std::sync::atomic::AtomicBool;
use tempfile::TempDir;

#[test]
fn two_runs_in_one_folder_share_the_work_and_give_what_one_gives() {
    let folder = TempDir::new().unwrap();
    let run = || {
        let (result, heard) = run_until(&tiny(), folder.path(), 2, |_| false);
        result.unwrap_or_else(|error| panic!("{error:?}"));
        heard.trained
    };
    let (first, second) = std::thread::scope(|scope| {
        let other = scope.spawn(run);
        (run(), other.join().unwrap())
    });
    let mut trained: Vec<&String> = first.iter().chain(&second).collect();
    trained.sort();
    trained.dedup();
    assert_eq!((trained.len(), first.len() + second.len()), (12, 12), "a network was trained twice");
    assert_same(&contents(folder.path()), &undisturbed(), "two runs at once");
}

/// The tiny study of one task, begun and stopped at once.
fn begun(root: &Path) -> Study {
    let study = with("tasks = [\"go_no_go\", \"cddm\"]", "tasks = [\"go_no_go\"]");
    let (result, _) = run_until(&study, root, 1, |_| true);
    assert!(matches!(result, Err(ExecuteError::Interrupted)), "{result:?}");
    study
}

fn run_job(root: &Path, id: &str) -> Result<(), JobError> {
    run_one(root, id, &AtomicBool::new(false), &|_| ())
}

#[test]
fn a_study_made_job_by_job_is_the_one_that_is_made_at_once() {
    let folder = TempDir::new().unwrap();
    let study = begun(folder.path());
    let first = list(folder.path()).unwrap();
    assert_eq!(first.jobs.len(), 6, "{first:?}");
    assert!(first.jobs.iter().all(|job| (job.kind.as_str(), job.state) == ("training", State::Open)));
    assert!(first.waiting.contains(&"measuring distances".to_owned()), "{:?}", first.waiting);
    let nothing = contents(folder.path());
    list(folder.path()).unwrap();
    assert_same(&contents(folder.path()), &nothing, "listed");

    let mut n_waves = 0;
    loop {
        let found = list(folder.path()).unwrap();
        let open: Vec<JobStatus> = found.jobs.into_iter().filter(|job| job.state == State::Open).collect();
        if open.is_empty() {
            assert!(found.waiting.is_empty(), "{:?}", found.waiting);
            break;
        }
        // In another order than a run would.
        for job in open.iter().rev() {
            run_job(folder.path(), &job.id).unwrap();
            assert!(folder.path().join(&job.file).exists(), "{job:?}");
        }
        n_waves += 1;
        assert!(n_waves < 9, "{open:?}");
    }
    let kinds = ["training", "features", "circuits", "behaviour", "course", "distances", "comparisons"];
    let finished = list(folder.path()).unwrap().jobs;
    for kind in kinds {
        assert!(finished.iter().any(|job| job.kind == kind), "no {kind}");
    }
    assert!(finished.iter().all(|job| job.state == State::Finished));
    // What is left is to publish.
    let (_, heard) = run_through(&study, folder.path());
    assert!(heard.trained.is_empty());
    let at_once = TempDir::new().unwrap();
    run_through(&study, at_once.path());
    assert_same(&contents(folder.path()), &contents(at_once.path()), "job by job");
}

#[test]
fn a_job_that_runs_elsewhere_waits_or_is_unknown_is_said_so() {
    let folder = TempDir::new().unwrap();
    begun(folder.path());
    let id = list(folder.path()).unwrap().jobs[0].id.clone();
    // Another process would hold this lock.
    std::fs::create_dir_all(folder.path().join("work/locks")).unwrap();
    let held = std::fs::File::create(folder.path().join("work/locks").join(&id)).unwrap();
    held.lock().unwrap();
    let error = run_job(folder.path(), &id).unwrap_err();
    assert!(matches!(error, JobError::Execute(ExecuteError::Elsewhere)), "{error:?}");
    let state =
        |id: &str| list(folder.path()).unwrap().jobs.into_iter().find(|job| job.id == id).unwrap().state;
    assert_eq!(state(&id), State::Running);
    drop(held);
    assert_eq!(state(&id), State::Open);
    run_job(folder.path(), &id).unwrap();
    assert_eq!(state(&id), State::Finished);
    run_job(folder.path(), &id).unwrap();
    let error = run_job(folder.path(), "0123456789abcdef").unwrap_err();
    assert!(matches!(error, JobError::Unknown { is_waiting: true, .. }), "{error:?}");
}
