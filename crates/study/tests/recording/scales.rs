//! Circuits of recordings: their score about unit means, whatever is measured, with ceilings and as many starts as it takes.

use super::{case, read, search, write_npz};
use circuitscope_study::Task;
use circuitscope_study::one_network::{CircuitReport, CircuitSearch};
use ndarray::Array3;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn of_starts(n_fits: usize, n_folds: usize) -> CircuitSearch {
    CircuitSearch { n_folds, ..search(n_fits, 2000) }
}

fn circuit(path: &Path, search: &CircuitSearch) -> CircuitReport {
    super::circuit(path, Task::published("go_no_go").as_ref(), search)
}

/// A case with its responses changed, as an NPZ of its own.
fn changed(folder: &TempDir, name: &str, change: impl Fn(Array3<f64>) -> Array3<f64>) -> PathBuf {
    let mut responses = read(&case(name)).responses;
    responses.rates = change(responses.rates);
    let path = folder.path().join("changed.npz");
    write_npz(&path, &responses);
    path
}

#[test]
fn a_part_of_a_network_has_a_circuit_as_good_as_the_whole_networks_in_any_unit_of_measure() {
    const SUBSET: &str = "recordings/subset40.npz";
    let folder = TempDir::new().unwrap();
    let own = circuit(&case(SUBSET), &of_starts(2, 0));
    assert!(own.fits[0].variance_explained >= 0.75, "{}", own.fits[0].variance_explained);
    assert!(own.ceilings.principal_components.unwrap() > 0.99); // 0.996 by NumPy's singular values
    assert_eq!(own.embedding_model, "linear");
    let changes: [fn(Array3<f64>) -> Array3<f64>; 3] = [
        |rates| rates * 0.05,
        |rates| rates * 20.0,
        |mut rates| {
            let baselines = (0..rates.dim().0).map(|unit| 0.3 * (unit % 5) as f64);
            rates.outer_iter_mut().zip(baselines).for_each(|(mut rates, baseline)| rates += baseline);
            rates
        },
    ];
    for change in changes {
        let found = circuit(&changed(&folder, SUBSET, change), &of_starts(2, 0));
        let gap = found.fits[0].variance_explained - own.fits[0].variance_explained;
        // What a neighbouring float32 here and there becomes in 2000 updates.
        assert!(gap.abs() < 0.02, "{gap}");
    }
}

#[test]
fn noise_around_means_is_not_explained_whatever_its_means() {
    for name in ["baselines/noise_on_means.npz", "baselines/noise_centred.npz"] {
        let best = circuit(&case(name), &of_starts(1, 5)).fits.swap_remove(0);
        let held_out = best.held_out.unwrap();
        assert!(best.variance_explained <= 0.0, "{name}: {}", best.variance_explained);
        assert!(held_out.variance_explained <= 0.0, "{name}: {held_out:?}");
    }
}

#[test]
fn starts_that_disagree_lead_to_more_of_them_up_to_a_limit() {
    let starts = circuit(&case("baselines/noise_on_means.npz"), &of_starts(2, 0)).starts;
    assert_eq!((starts.asked, starts.most), (2, 8));
    assert!(starts.made == 8 || starts.confirmed == Some(true), "{starts:?}");
    let alone = circuit(&case("recordings/subset40.npz"), &of_starts(1, 0)).starts;
    assert_eq!((alone.made, alone.confirmed), (1, None));
}
