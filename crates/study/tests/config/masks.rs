//! Masks of trials as arrays: which shapes are read, as what, and what is refused.

use circuitscope::trials::Trials;
use circuitscope_study::import::recording;
use circuitscope_study::store::npz::{Entry, Npz};
use ndarray::{Array, Array1, Array2, Array3, Dimension};
use tempfile::TempDir;

/// What is read of 2 outputs, 4 steps and 3 trials with this mask.
fn with_mask<A: Entry, D: Dimension>(mask: &Array<A, D>) -> Result<Trials, String> {
    let mut file = Npz::default();
    file.add("inputs", &Array3::<f32>::ones((1, 4, 3))).unwrap();
    file.add("targets", &Array3::from_shape_fn((2, 4, 3), |(o, t, b)| (o + t + b) as f32)).unwrap();
    file.add("mask", mask).unwrap();
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("mine.npz");
    std::fs::write(&path, file.bytes().unwrap()).unwrap();
    let read = recording::trials(&path).map(|(task, _)| task.analysis_trials());
    read.map_err(|error| {
        format!(
            "{error} {}",
            miette::Diagnostic::help(&error).map_or_else(String::new, |help| help.to_string())
        )
    })
}

#[test]
fn masks_of_every_shape_are_read_and_the_same_for_all_are_no_weights() {
    let flags = Array1::from(vec![false, true, true, false]);
    let plain = with_mask(&flags).unwrap();
    assert_eq!((&plain.mask, &plain.weights), (&vec![1, 2], &None));
    let of_trials = Array2::from_shape_fn((4, 3), |(t, _)| t == 1 || t == 2);
    assert_eq!(with_mask(&of_trials).unwrap(), plain);
    let of_outputs = Array3::from_shape_fn((2, 4, 3), |(_, t, _)| f32::from(u8::from(t == 1 || t == 2)));
    assert_eq!(with_mask(&of_outputs).unwrap(), plain);

    let by_step = with_mask(&Array1::from(vec![0.0_f32, 1.0, 2.5, 0.0])).unwrap();
    assert_eq!(by_step.mask, [1, 2]);
    let weights = by_step.weights.unwrap();
    assert!(weights.indexed_iter().all(|((_, t, _), &weight)| weight == [0.0, 1.0, 2.5, 0.0][t]));
    let by_trial = Array2::from_shape_fn((4, 3), |(t, b)| t > b);
    let weights = with_mask(&by_trial).unwrap().weights.unwrap();
    assert!(weights.indexed_iter().all(|((_, t, b), &weight)| weight == f32::from(u8::from(t > b))));
    let by_output = Array3::from_shape_fn((2, 4, 3), |(o, t, b)| (o * t + b) as f32);
    let all = with_mask(&by_output).unwrap();
    assert_eq!((all.weights, all.mask), (Some(by_output), vec![0, 1, 2, 3]));
}

#[test]
fn masks_that_do_not_fit_or_count_less_than_nothing_are_refused_with_their_place() {
    let wrong = |t: usize, b: usize, value: f32| {
        let mask = Array2::from_shape_fn((4, 3), |at| if at == (t, b) { value } else { 1.0 });
        with_mask(&mask).unwrap_err()
    };
    for (said, expected) in [
        (wrong(2, 1, -0.5), "`mask` at [2, 1] is -0.5"),
        (wrong(3, 0, f32::NAN), "`mask` at [3, 0] is NaN"),
        (wrong(0, 2, f32::INFINITY), "`mask` at [0, 2] is inf"),
        (with_mask(&Array2::<f32>::ones((3, 4))).unwrap_err(), "shape [3, 4]"),
        (with_mask(&Array3::<f32>::ones((1, 4, 3))).unwrap_err(), "[2, 4, 3]"),
        (with_mask(&Array1::from(vec![false; 4])).unwrap_err(), "`mask` is 0 throughout"),
    ] {
        assert!(said.contains(expected) && said.contains("for each of the 4 steps"), "{said}");
    }
}
