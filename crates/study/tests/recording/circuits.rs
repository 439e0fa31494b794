//! What circuits of recordings are fitted to, scored on and held out by.

use super::written::{Npz, write_npz};
use super::{GO_NO_GO, as_published, assert_says, case, circuit, responses, search, source_of};
use circuitscope::analysis::latent_circuit::responses::Responses;
use circuitscope_study::Task;
use circuitscope_study::one_network::{self, CircuitSearch, Nodes};
use ndarray::{Array1, Array2, Axis, s};
use std::path::Path;
use tempfile::TempDir;

fn folds(n_folds: usize) -> CircuitSearch {
    CircuitSearch { n_folds, ..search(1, 60) }
}

#[test]
fn two_trials_are_held_out_one_by_one_and_one_trial_has_no_held_out_score() {
    // Each trial spans four dimensions, the circuit has five nodes.
    let found = circuit(&case("recordings/two_trials.npz"), None, &folds(5));
    let held_out = found.fits[0].held_out.unwrap();
    assert!(held_out.folds == 2 && held_out.r2_total.is_finite(), "{held_out:?}");
    let note = "2 trials of different inputs: held out one by one, not in 5 parts".to_owned();
    assert!(found.notes.contains(&note), "{:?}", found.notes);

    let one = case("recordings/one_trial.npz");
    let found = circuit(&one, None, &folds(5));
    assert!(found.fits[0].held_out.is_none());
    let note = "no held-out score: there is one trial alone".to_owned();
    assert!(found.notes.contains(&note), "{:?}", found.notes);
    let range = CircuitSearch { nodes: Nodes::Chosen { least: 3, most: 4 }, ..folds(5) };
    let refused = one_network::circuit(&source_of(&one), None, &range, &|_| {}).unwrap_err().to_string();
    assert_says(&refused, &["`nodes` is 4", "decided by trials held out", "one trial alone"]);
    let refused = one_network::circuit(&source_of(&one), None, &folds(1), &|_| {}).unwrap_err().to_string();
    assert_says(&refused, &["`folds` is 1, expected 0, or 2 and more"]);
}

#[test]
fn repeats_are_held_out_together() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("neurons.npz");
    let whole = responses(GO_NO_GO, &Task::published("go_no_go").unwrap());
    let mut repeated = whole.of_trials(&[0, 5, 0, 10, 5, 0]);
    // Two recordings of one condition differ.
    repeated.rates.index_axis_mut(Axis(2), 2).mapv_inplace(|y| 0.9 * y);
    write_npz(&path, &repeated);
    let found = circuit(&path, None, &folds(5));
    assert_eq!(found.fits[0].held_out.unwrap().folds, 3);
    let recording = found.recording.unwrap();
    assert_eq!((recording.trials, recording.conditions), (6, 3));
    write_npz(&path, &whole.of_trials(&[4, 4, 4]));
    let found = circuit(&path, None, &folds(2));
    let note = "no held-out score: its 3 trials have the same inputs".to_owned();
    assert!(found.fits[0].held_out.is_none() && found.notes.contains(&note), "{:?}", found.notes);
}

#[test]
fn a_unit_that_was_recorded_on_held_out_trials_alone_is_left_out_of_the_fits_to_the_others() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("neurons.npz");
    let mut gaps = responses(GO_NO_GO, &Task::published("go_no_go").unwrap());
    gaps.rates.slice_mut(s![7, .., 1..]).fill(f64::NAN);
    write_npz(&path, &gaps);
    for search in [folds(3), as_published(folds(3))] {
        let held_out = circuit(&path, None, &search).fits[0].held_out.unwrap();
        assert!(held_out.folds == 3 && held_out.r2_projected.is_finite(), "{held_out:?}");
    }
}

/// Writes responses with one more array, and with these numbers beyond the ends of trials.
fn write_with<A: super::written::Entry>(path: &Path, responses: &Responses, name: &str, array: &Array2<A>) {
    let mut file = Npz::default();
    file.add("responses", &responses.rates);
    file.add("inputs", &responses.inputs);
    file.add("outputs", &responses.outputs);
    if array.nrows() == 1 {
        file.add(name, &array.row(0));
    } else {
        file.add(name, array);
    }
    file.write(path);
}

#[test]
fn what_stands_beyond_the_end_of_a_trial_changes_nothing() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("neurons.npz");
    let mut whole = responses(GO_NO_GO, &Task::published("go_no_go").unwrap());
    let lengths = Array1::from_iter((0..11).map(|trial| [60u8, 50, 45][trial % 3])).insert_axis(Axis(0));
    write_with(&path, &whole, "lengths", &lengths);
    let found = circuit(&path, None, &folds(2));
    assert!(found.fits[0].r2_total.is_finite() && found.fits[0].held_out.unwrap().r2_total.is_finite());
    for (trial, &length) in lengths.iter().enumerate() {
        whole.rates.slice_mut(s![.., usize::from(length).., trial]).fill(7.0);
        whole.outputs.slice_mut(s![.., usize::from(length).., trial]).fill(-3.0);
        whole.inputs.slice_mut(s![.., usize::from(length).., trial]).fill(2.0);
    }
    write_with(&path, &whole, "lengths", &lengths);
    assert_eq!(circuit(&path, None, &folds(2)).fits, found.fits);
}

#[test]
fn a_mask_of_each_trial_changes_the_scores_and_not_the_fit() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("neurons.npz");
    let whole = responses(GO_NO_GO, &Task::published("go_no_go").unwrap());
    let masked = |is_scored: &dyn Fn(usize) -> bool| {
        write_with(&path, &whole, "mask", &Array2::from_shape_fn((60, 11), |(_, trial)| is_scored(trial)));
        circuit(&path, None, &folds(0)).fits.remove(0)
    };
    let [all, without, alone] = [masked(&|_| true), masked(&|trial| trial != 4), masked(&|trial| trial == 4)];
    assert_eq!((&all.w_rec, &all.q), (&without.w_rec, &alone.q));
    assert!(without.r2_total != all.r2_total, "{}", all.r2_total);
    // Scores are means over trials, errors means over steps, of which each trial has as many.
    let scores: [fn(&one_network::FitRow) -> f64; 3] =
        [|fit| fit.r2_total, |fit| fit.r2_projected, |fit| fit.output_mse];
    for score in scores {
        let mean = (10.0 * score(&without) + score(&alone)) / 11.0;
        assert!((score(&all) - mean).abs() < 1e-12, "{} {mean}", score(&all));
    }
}
