//! Bins of time, smoothing, and counts.

use super::written::Npz;
use super::{assert_says, case, golden, made, read, read_as, refused_as};
use circuitscope_study::import::recording::{Quantity, Reading};
use ndarray::{Array1, Array2, Array3, s};
use std::path::Path;
use tempfile::TempDir;

fn bin(bin_ms: f64) -> Reading {
    Reading { bin_ms: Some(bin_ms), quantity: Quantity::Rates, ..Reading::default() }
}

fn smooth(smooth_ms: f64) -> Reading {
    Reading { smooth_ms: Some(smooth_ms), quantity: Quantity::Rates, ..Reading::default() }
}

/// One unit with this course, recorded in one trial at steps of 2 ms.
fn write_course(path: &Path, course: &[f64]) {
    let array = |values: &[f64]| Array3::from_shape_vec((1, values.len(), 1), values.to_vec()).unwrap();
    let mut file = Npz::default();
    file.add("responses", &array(course));
    file.add("inputs", &array(&Array1::range(0.0, course.len() as f64, 1.0).to_vec()));
    file.add("outputs", &array(&vec![1.0; course.len()]));
    file.add("dt_ms", &ndarray::arr0(2.0));
    file.write(path);
}

#[test]
fn bins_are_means_of_everything_and_their_width_is_the_time_between_steps() {
    let whole = read(&case("recordings/mask01.npz")).responses;
    let found = read_as(&case("recordings/mask01.npz"), &bin(8.0));
    assert_eq!((found.dt_ms, found.tau_ms), (8.0, 40.0)); // five bins: the file names no time constant
    let binned = &found.responses;
    assert_eq!(binned.rates.dim(), (12, 7, 11));
    for t in 0..7 {
        let steps = 8 * t..8 * (t + 1);
        for b in 0..11 {
            let mean = whole.rates.slice(s![3, steps.clone(), b]).mean().unwrap();
            assert!((binned.rates[[3, t, b]] - mean).abs() < 1e-15);
            let mean = whole.inputs.slice(s![0, steps.clone(), b]).mapv(f64::from).mean().unwrap();
            assert!((f64::from(binned.inputs[[0, t, b]]) - mean).abs() < 1e-7); // single precision
            let mean = whole.outputs.slice(s![0, steps.clone(), b]).mean().unwrap();
            assert!((binned.outputs[[0, t, b]] - mean).abs() < 1e-15);
        }
    }
    // Steps 10 to 29 and 40 to 59 are scored: six of each of the bins from 8 and from 24 on, none of the one from 32 on.
    assert_eq!(binned.mask, [1, 2, 3, 5, 6]);
    assert!(found.notes.iter().any(|note| note.contains("4 at most")), "{:?}", found.notes);
    assert_eq!(read_as(&case("recordings/mask01.npz"), &bin(1.0)).responses, whole);
}

#[test]
fn bins_end_with_their_trial_and_keep_its_mask() {
    let found = read_as(&made("ragged_names.parquet"), &bin(4.0));
    let responses = &found.responses;
    assert_eq!((found.dt_ms, responses.rates.dim()), (4.0, (3, 4, 4)));
    // Trials of 5, 8, 6 and 8 steps of 2 ms.
    let n_bins =
        |trial: usize| responses.rates.slice(s![0, .., trial]).iter().filter(|y| !y.is_nan()).count();
    assert_eq!([0, 1, 2, 3].map(n_bins), [2, 4, 3, 4]);
    // Trial `go 10`, b = 1: step 2 of unit 1 is missing, so that the bin of steps 2 and 3 is step 3 alone.
    assert_eq!(responses.rates[[1, 1, 2]], f64::from((1 + 2 * 3 + 3) % 7));
    // Scored from the steps 3, 0, 1 and 2 on.
    let expected = Array2::from_shape_fn((4, 4), |(t, b)| 2 * t + 1 >= [3, 0, 1, 2][b]);
    assert_eq!(responses.scored, Some(expected));
}

#[test]
fn smoothing_is_that_of_scipy_over_what_was_recorded() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("neurons.npz");
    let course = [0.0, 1.0, 0.0, 3.0, 2.0, f64::NAN, 0.0, 0.0, 5.0, 1.0, 2.0, 4.0];
    write_course(&path, &course);
    // gaussian_filter1d(where(m, y, 0), sd, mode="constant") / gaussian_filter1d(m, sd, mode="constant"), m = ~isnan(y)
    let of_three_ms = [
        0.531_914_369_291_240_7,
        0.794_387_412_038_705_9,
        1.165_019_760_298_488,
        1.517_555_762_722_244,
        1.585_437_372_276_594_2,
        f64::NAN,
        1.181_408_448_204_307_2,
        1.541_723_898_434_299_4,
        2.013_761_554_154_363,
        2.317_654_258_128_410_7,
        2.537_100_279_800_319,
        2.811_068_002_100_520_3,
    ];
    let of_fourteen_tenths = [
        0.261_904_995_532_109_6,
        0.604_671_305_157_501_9,
        0.840_934_902_959_017_4,
        2.150_642_468_767_97,
        2.209_851_853_273_027_4,
        f64::NAN,
        0.085_032_198_157_315_1,
        1.046_921_558_514_141_1,
        3.074_280_453_151_145,
        2.046_238_830_905_506_4,
        2.236_427_411_568_797_7,
        3.439_948_079_478_727,
    ];
    for (sd_ms, expected) in [(3.0, of_three_ms), (1.4, of_fourteen_tenths)] {
        let found = read_as(&path, &smooth(sd_ms));
        for (found, expected) in found.responses.rates.iter().zip(expected) {
            assert!(
                (found - expected).abs() < 1e-12 || found.is_nan() && expected.is_nan(),
                "{found} {expected}"
            );
        }
        assert_eq!(found.responses.inputs[[0, 5, 0]], 5.0, "inputs are what was shown");
        assert_eq!(found.dt_ms, 2.0);
    }
}

#[test]
fn smoothing_stays_within_a_trial() {
    let found = read_as(&case("recordings/ragged.parquet"), &smooth(5.0)).responses;
    let whole = read(&case("recordings/ragged.parquet")).responses;
    for (a, b) in found.rates.iter().zip(&whole.rates) {
        assert_eq!(a.is_nan(), b.is_nan());
    }
    // Trial 6 ends after 45 steps: its last step is a mean of steps 24 to 44 alone.
    let weights: Vec<f64> = (0..=20).map(|lag| (-0.5 * (f64::from(lag) / 5.0).powi(2)).exp()).collect();
    let total: f64 = weights.iter().sum();
    let mean: f64 =
        weights.iter().enumerate().map(|(lag, w)| w * whole.rates[[2, 44 - lag, 6]]).sum::<f64>() / total;
    assert!((found.rates[[2, 44, 6]] - mean).abs() < 1e-12);
}

#[test]
fn counts_become_spikes_per_second() {
    let path = case("recordings/counts_u1.npz");
    let counts = read(&path).responses;
    let reading = Reading { bin_ms: Some(10.0), ..Reading::default() };
    let found = read_as(&path, &reading);
    // Spikes of a bin of 10 ms over 0.01 s.
    let spikes = counts.rates.slice(s![4, 20..30, 6]).sum();
    assert!((found.responses.rates[[4, 2, 6]] - spikes / 0.01).abs() < 1e-9);
    assert!(found.notes.iter().any(|note| note.contains("spikes per second")), "{:?}", found.notes);
    let told = read_as(&path, &Reading { quantity: Quantity::Counts, ..Reading::default() }).responses;
    assert_eq!(told.rates, counts.rates.mapv(|y| y * 1000.0));
    let left = read_as(&path, &Reading { quantity: Quantity::Rates, ..reading }).responses;
    assert!((left.rates[[4, 2, 6]] - spikes / 10.0).abs() < 1e-12);
    let fractions =
        read_as(&case("recordings/mask01.npz"), &Reading { quantity: Quantity::Recognised, ..bin(10.0) });
    assert_eq!(fractions.responses, read_as(&case("recordings/mask01.npz"), &bin(10.0)).responses);
}

#[test]
fn times_that_do_not_fit_are_refused() {
    let path = made("labels.npz"); // steps of 2 ms, trials of 16 ms, a time constant of 20 ms
    for (bin_ms, expected) in [
        (3.0, "`--bin` is 3 ms, expected a whole number of steps of 2 ms"),
        (1.0, "`--bin` is 1 ms, expected a whole number of steps of 2 ms"),
        (-4.0, "`--bin` is -4 ms, expected a whole number"),
        (f64::NAN, "`--bin` is NaN ms, expected a whole number"),
        (18.0, "`--bin` is 18 ms, longer than trial 0, which has 16 ms"),
        (10.0, "`--bin` is 10 ms, expected at least two bins in the longest trial, 16 ms"),
    ] {
        assert_says(&refused_as(&path, &bin(bin_ms)), &[expected]);
    }
    for smooth_ms in [0.0, -1.0, f64::NAN, f64::INFINITY, 17.0] {
        let expected =
            format!("`--smooth` is {smooth_ms} ms, expected more than 0 and less than a trial, 16 ms");
        assert_says(&refused_as(&path, &smooth(smooth_ms)), &[&expected]);
    }
    let short = refused_as(&made("ragged_names.parquet"), &bin(12.0));
    assert_says(&short, &["longer than trial `go 1`, which has 10 ms"]);
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("neurons.npz");
    write_course(&path, &[0.5, -1.0, 2.0, 0.0, 1.0, 1.0]);
    let counts = Reading { quantity: Quantity::Counts, ..Reading::default() };
    assert_says(&refused_as(&path, &counts), &["`responses` at [0, 1, 0] is -1", "--values rates"]);
    let network = refused_as(&golden(super::GO_NO_GO), &bin(2.0));
    assert_says(&network, &["`--bin` says how to read a recording", "leave --bin out"]);
}

#[test]
fn a_time_constant_shorter_than_a_bin_is_refused() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("neurons.npz");
    let mut file = Npz::default();
    let array = Array3::from_shape_fn((2, 100, 3), |(n, t, b)| ((n + t + b) % 5) as f64 / 4.0);
    for name in ["responses", "inputs", "outputs"] {
        file.add(name, &array);
    }
    file.add("tau_ms", &ndarray::arr0(10.0));
    file.write(&path);
    assert_eq!(read_as(&path, &bin(10.0)).tau_ms, 10.0);
    assert_says(&refused_as(&path, &bin(20.0)), &["`--bin` is 20, longer than `tau_ms`, 10"]);
}
