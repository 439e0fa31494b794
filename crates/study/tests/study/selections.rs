//! Studies in which few networks are compared, or none, and networks that diverge.

use crate::{TINY, assert_same, contents, run_through, table, texts, tiny, with};
use circuitscope_study::config::Study;
use circuitscope_study::store::manifest::Arithmetic;
use circuitscope_study::training_job::training_jobs;
use std::collections::BTreeSet;
use tempfile::TempDir;

#[test]
fn a_study_in_which_no_network_is_good_enough_still_has_a_page_and_tables() {
    let folder = TempDir::new().unwrap();
    let (summary, _) = run_through(&with("min_r2 = -1e9", "min_r2 = 1.0"), folder.path());
    assert_eq!((summary.trained, summary.selected, summary.below_floor), (12, 0, 12));
    assert!(std::fs::read_to_string(folder.path().join("report.html")).unwrap().ends_with("</html>"));
    assert_eq!(table(folder.path(), "scores").n_rows(), 12);
    // What they answer is told of every network; the curves of classes are of those that are compared.
    let answered: BTreeSet<String> =
        texts(&table(folder.path(), "behaviour"), "network").into_iter().collect();
    assert_eq!(answered.len(), 12);
    let figures = contents(folder.path());
    assert!(!figures.keys().any(|name| name.starts_with("figures/behaviour")));
}

#[test]
fn only_the_best_that_a_selection_keeps_are_compared() {
    let folder = TempDir::new().unwrap();
    let (summary, _) = run_through(&with("min_r2 = -1e9", "min_r2 = -1e9\nkeep = 2"), folder.path());
    assert_eq!((summary.trained, summary.selected, summary.surplus), (12, 8, 4));
    let scores = table(folder.path(), "scores");
    let rows: Vec<_> = texts(&scores, "task").into_iter().zip(texts(&scores, "class_name")).collect();
    let r2: Vec<f64> = scores.numbers("r2").unwrap();
    for (at, standing) in
        texts(&scores, "standing").iter().enumerate().filter(|(_, standing)| *standing == "surplus")
    {
        let better = (0..12).filter(|&other| rows[other] == rows[at] && r2[other] > r2[at]).count();
        assert_eq!(better, 2, "{standing} {:?}", rows[at]);
    }
}

#[test]
fn a_single_class_a_single_network_and_no_controls_still_make_a_page() {
    for (line, changed) in [
        ("classes = [\"relu_dale\", \"tanh_free\"]", "classes = [\"tanh_free\"]"),
        ("networks_per_class = 3", "networks_per_class = 1"),
        ("controls = [\"shuffled\", \"untrained\"]", "controls = []"),
        ("aspects = [\"trajectories\", \"endpoints\"]", "aspects = []"),
        ("n_units = 12", "n_units = 2"),
    ] {
        let folder = TempDir::new().unwrap();
        let study = with(line, changed);
        run_through(&study, folder.path());
        let before = contents(folder.path());
        assert!(before.contains_key("report.html"), "{changed}");
        // What is not a number must come back from the stored results as it was.
        run_through(&study, folder.path());
        assert_same(&contents(folder.path()), &before, changed);
    }
}

#[test]
fn a_class_that_diverges_is_counted_with_its_reason_while_the_study_goes_on() {
    let folder = TempDir::new().unwrap();
    let text = TINY.replace("\"tanh_free\"]", "\"tanh_free\", \"wild\"]")
        + "\n[class.wild]\nbase = \"relu_free\"\nlearning_rate = 1e30\n";
    let (summary, _) = run_through(&Study::parse("tiny.toml", &text).unwrap(), folder.path());
    assert_eq!((summary.trained, summary.selected, summary.diverged), (18, 12, 6));
    let scores = table(folder.path(), "scores");
    let (classes, outcomes, reasons) =
        (texts(&scores, "class_name"), texts(&scores, "outcome"), scores.texts("reason").unwrap());
    for ((class, outcome), reason) in classes.iter().zip(&outcomes).zip(&reasons) {
        assert_eq!(class == "wild", outcome == "diverged", "{class} {outcome}");
        let is_told = reason.as_ref().is_some_and(|reason| reason.contains("not finite at iteration 0"));
        assert_eq!(class == "wild", is_told, "{class}: {reason:?}");
    }
    let page = std::fs::read_to_string(folder.path().join("report.html")).unwrap();
    assert!(page.contains("the noise-free loss was not finite at iteration 0"));
    // Nothing of it is trained again.
    let (_, heard) = run_through(&Study::parse("tiny.toml", &text).unwrap(), folder.path());
    assert_eq!(heard.trained.len(), 0);
}

#[test]
fn conditions_that_lost_every_network_are_named_in_the_lead_of_the_page() {
    let folder = TempDir::new().unwrap();
    // Of two noises one makes every training diverge, and of what is left one task has a floor that none passes.
    let text = TINY.replace("min_r2 = -1e9", "min_r2 = -1e9\n[selection.go_no_go]\nmin_r2 = 1.0")
        + "\n[grid]\nsigma_rec = [0.05, 1e30]\n";
    run_through(&Study::parse("tiny.toml", &text).unwrap(), folder.path());
    let page = std::fs::read_to_string(folder.path().join("report.html")).unwrap();
    let lead = &page[page.find("<p class=\"summary\">").unwrap()..];
    let lead = &lead[..lead.find("</p>").unwrap()];
    for sentence in [
        "All 6 networks on CDDM with sigma_rec = 1e30 diverged: nothing below is about them.",
        "All 12 networks trained on Go/NoGo diverged (6) or fell below the R² floor of 1 (6)",
    ] {
        assert!(lead.contains(sentence), "{sentence}: {lead}");
    }
    assert!(!lead.contains("0.05"), "{lead}");
}

#[test]
fn a_study_in_which_everything_diverges_still_has_a_page() {
    let folder = TempDir::new().unwrap();
    let (summary, _) =
        run_through(&with("iterations = 5", "iterations = 5\nsigma_rec = 1e30"), folder.path());
    assert_eq!((summary.trained, summary.diverged), (12, 12));
    assert!(folder.path().join("report.html").exists());
}

#[test]
fn a_network_in_a_study_does_not_depend_on_what_else_the_study_holds() {
    let names = |study: &Study| {
        let jobs = training_jobs(study, Arithmetic::Vector);
        jobs.iter().map(circuitscope_study::training_job::TrainingJob::name).collect::<Vec<_>>()
    };
    let all = names(&tiny());
    let fewer = names(&with("classes = [\"relu_dale\", \"tanh_free\"]", "classes = [\"tanh_free\"]"));
    assert!(fewer.iter().all(|name| all.contains(name)));
    let reseeded = names(&with("seed = 3", "seed = 4"));
    assert!(reseeded.iter().all(|name| !all.contains(name)));
    let steeper = names(&with("n_units = 12", "n_units = 12\nslope = 2.0"));
    assert!(steeper.iter().all(|name| !all.contains(name)));
}
