use super::*;
use crate::stage::Judged;
use circuitscope::analysis::measures::Contexts;
use circuitscope::analysis::statistics::Resampling;
use circuitscope::claims::{Margins, TaskEvidence, Terms, judge};
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
fn a_claim_shows_the_networks_that_it_is_about() {
    let task = TaskEvidence {
        task: "cddm".to_owned(),
        contexts: Contexts::Two { onset: 0 },
        floor: 0.8,
        scores: Vec::new(),
        networks: Vec::new(),
        aspects: Vec::new(),
    };
    let resampling = Resampling { n_resamples: 1, n_permutations: 1, seed: 1 };
    let claims = judge(&[task], Terms::new(resampling, Margins::default()));
    let rows = JudgedClaim::of(&Judged { claims, ..Judged::nothing() }, &[]);
    let shown = |number: usize, ids: &[&str]| {
        let claim = rows.iter().find(|claim| claim.number == number).expect("judged");
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
