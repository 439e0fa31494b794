use super::*;
use circuitscope::analysis::statistics::Resampling;
use circuitscope::claims::{TaskEvidence, judge};
use circuitscope_report::Topic;
use circuitscope_report::figure::Figure;

/// Figures of these names, with nothing in them.
fn drawn(ids: &[&str]) -> Vec<PlacedFigure> {
    let figure = |id: &&str| Figure {
        id: (*id).to_owned(),
        title: String::new(),
        caption: String::new(),
        columns: 1,
        legend: Vec::new(),
        panels: Vec::new(),
        data: Vec::new(),
    };
    ids.iter().map(|id| PlacedFigure { topic: Topic::Embeddings, task: None, figure: figure(id) }).collect()
}

#[test]
fn claims_on_tasks_that_a_study_lacks_are_one_sentence_each() {
    let claims = [("cddm", 1), ("cddm", 7), ("memory_number", 18)];
    assert_eq!(
        left_out(&claims),
        "2 claims (1, 7) are about CDDM, which this study does not train, and cannot be decided from it. \
         1 claim (18) is about MemoryNumber, which this study does not train, and cannot be decided from it."
    );
    assert_eq!(left_out(&[]), "");
}

#[test]
fn a_ratio_that_was_cut_off_is_not_told_as_a_number() {
    assert_eq!(estimate(Some(2.5), Some([1.25, LARGEST_RATIO])), "2.500 [1.250, above 1000]");
    assert_eq!(
        estimate(Some(LARGEST_RATIO), Some([LARGEST_RATIO; 2])),
        "above 1000 [above 1000, above 1000]"
    );
    assert_eq!(estimate(None, None), "missing");
}

#[test]
fn a_claim_shows_the_networks_that_it_is_about() {
    let task = TaskEvidence {
        task: "cddm".to_owned(),
        floor: 0.8,
        scores: Vec::new(),
        networks: Vec::new(),
        aspects: Vec::new(),
    };
    let claims = judge(&[task], Resampling { n_resamples: 1, n_permutations: 1, seed: 1 });
    let shown = |number: u32, ids: &[&str]| {
        let claim = claims.iter().find(|claim| claim.number == number).expect("judged");
        figure(claim, &drawn(ids))
    };
    let file = |id: &str| Some(format!("figures/{id}.svg"));
    let all = [
        "agreement-cddm",
        "development-cddm",
        "embedding-cddm",
        "embedding-cddm-shuffled",
        "embedding-cddm-untrained",
    ];
    assert_eq!(shown(5, &all), file("embedding-cddm-untrained"));
    assert_eq!(shown(6, &all), file("development-cddm"));
    assert_eq!(shown(7, &all), file("embedding-cddm"));
    let without_checkpoints = [all[0], all[2], all[3], all[4]];
    assert_eq!(shown(6, &without_checkpoints), file("embedding-cddm-untrained"));
    let without_untrained = [all[0], all[2], all[3]];
    assert_eq!([5, 6, 7].map(|row| shown(row, &without_untrained)), [None, None, file("embedding-cddm")]);
}
