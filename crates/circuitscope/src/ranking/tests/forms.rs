//! The forms in which a recording can be given: what they say of the same neurons.

use super::*;
use crate::ranking::condition_means::of_halves;
use ndarray::{Array2, Axis, array};

const N_NEURONS: usize = 40;

/// Single trials of Poisson counts, means over their halves, means with standard errors, and means with those of counts whose
/// variance is their mean.
fn forms(counts: &Recording, n_trials: usize) -> [Recording; 4] {
    let (responses, conditions) = trials(counts.clone());
    let of_condition = |condition: usize, which: &dyn Fn(usize) -> bool| {
        let places: Vec<usize> = (0..conditions.len())
            .filter(|&trial| conditions[trial] == condition && which(trial % n_trials))
            .collect();
        responses.select(Axis(2), &places)
    };
    let cube = |of: &dyn Fn(usize) -> ndarray::Array2<f64>| {
        let columns: Vec<_> = (0..N_CONDITIONS).map(of).collect();
        ndarray::stack(Axis(2), &columns.iter().map(|column| column.view()).collect::<Vec<_>>())
            .expect("equal shapes")
    };
    let mean = |which: &dyn Fn(usize) -> bool| {
        cube(&|condition| of_condition(condition, which).mean_axis(Axis(2)).expect("trials"))
    };
    let means = mean(&|_| true);
    let errors = cube(&|condition| {
        of_condition(condition, &|_| true).std_axis(Axis(2), 1.0) / (n_trials as f64).sqrt()
    });
    let all = Array2::from_elem((N_NEURONS, N_CONDITIONS), n_trials);
    let half = n_trials / 2;
    let halves = [mean(&|trial| trial < half), mean(&|trial| trial >= half)];
    let of_half = [half, n_trials - half].map(|n| Array2::from_elem((N_NEURONS, N_CONDITIONS), n));
    let of_counts = errors_of_counts(&means, &[1.0; N_NEURONS], &all, 1.0);
    [
        counts.form.clone(),
        Form::SplitHalves { halves, n_trials: Some(of_half) },
        Form::ConditionMeans { means: means.clone(), errors, n_trials: Some(all.clone()) },
        Form::ConditionMeans { means, errors: of_counts, n_trials: Some(all) },
    ]
    .map(|form| Recording { form, alignment: whole() })
}

fn recorded(recording: &Recording, seed: u64) -> Recorded {
    Recorded::new(recording, N_CONDITIONS, &Smoothing::new(N_BINS), seed).expect("a recording")
}

/// Mean and its standard error.
fn mean_and_error(values: &[f64]) -> [f64; 2] {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    [mean, (squares / (n - 1.0) / n).sqrt()]
}

#[test]
fn halves_have_a_mean_and_the_noise_that_is_left_in_it() {
    let halves = [array![[[1.0, 1.0, f64::NAN]]], array![[[2.0, f64::NAN, 2.0]]]];
    let counts = [array![[1, 1, 1]], array![[3, 3, 3]]];
    // (1 + 3 · 2) / 4 and (1 − 2) √3 / 4.
    let [means, noise] = of_halves(&halves, Some(&counts));
    assert_eq!(means, array![[[1.75, 1.0, 2.0]]]);
    assert!((noise[[0, 0, 0]] + 3.0_f64.sqrt() / 4.0).abs() < 1e-15);
    assert!(noise[[0, 0, 1]].is_nan() && noise[[0, 0, 2]].is_nan());
    let [means, noise] = of_halves(&halves, None);
    assert_eq!([means[[0, 0, 0]], noise[[0, 0, 0]]], [1.5, -0.5]);
}

#[test]
fn every_form_of_a_recording_is_as_reliable() {
    let rates = responses(N_NEURONS, 21);
    for n_trials in [4, 7, 16] {
        let mut found = [const { Vec::new() }; 4];
        for draw in 0..24 {
            let counts = counted(&rates, 0.2, n_trials, 100 + draw);
            for (found, form) in found.iter_mut().zip(forms(&counts, n_trials)) {
                let recorded = recorded(&form, draw);
                assert_eq!(recorded.n_repeats(), Some(n_trials), "{:?}", form.form.kind());
                found.push(recorded.signal.reliability());
            }
        }
        let [of_trials, others @ ..] = found;
        for (form, other) in others.iter().enumerate() {
            let differences: Vec<f64> = of_trials.iter().zip(other).map(|(a, b)| a - b).collect();
            let [difference, error] = mean_and_error(&differences);
            // A correlation of some forty independent values is biased by 1 in 80 of it, for whole and halves by less than that.
            let tolerance = 4.0 * error + mean_and_error(&of_trials)[0] / 80.0;
            assert!(difference.abs() < tolerance, "{n_trials} trials, form {form}: {difference} {error}");
        }
    }
}

#[test]
fn resampled_means_vary_by_the_noise_that_is_left_in_them() {
    // Noise of the trials alone: of each step, or of whole trials, as slow fluctuations are.
    let n_trials = 8;
    let conditions: Vec<usize> = (0..N_CONDITIONS).flat_map(|condition| vec![condition; n_trials]).collect();
    let rates = responses(N_NEURONS, 22);
    let neurons: Vec<usize> = (0..N_NEURONS).collect();
    for is_slow in [false, true] {
        let mut ratios = [const { Vec::new() }; 3];
        for draw in 0..12 {
            let mut rng = of_draw(31, draw);
            let mut noisy = rates.select(Axis(2), &conditions);
            for mut course in noisy.lanes_mut(Axis(1)) {
                let offset: f64 = rng.sample(StandardNormal);
                course.mapv_inplace(|rate| rate + if is_slow { offset } else { rng.sample(StandardNormal) });
            }
            let counts = of_trials(noisy, conditions.clone());
            let expected = if is_slow { 1.0 } else { Smoothing::new(N_BINS).variance(&[0.5; N_BINS]) };
            for (ratios, form) in ratios.iter_mut().zip(forms(&counts, n_trials)) {
                let recorded = recorded(&form, draw);
                let variance = (0..20).map(|_| {
                    let moved = &recorded.resampled(&neurons, &mut rng) - recorded.means();
                    moved.mapv(|x| x * x).mean().unwrap_or_default() / 20.0
                });
                ratios.push(variance.sum::<f64>() * n_trials as f64 / expected);
            }
        }
        // Trials drawn with replacement have (n − 1)/n of the variance. Errors of single steps know nothing of slow noise: two
        // steps and then a Gaussian are averaged, as if they were independent.
        let of_bins = Smoothing::new(N_BINS).variance(&[0.5; N_BINS]);
        let expected = [7.0 / 8.0, 1.0, if is_slow { of_bins } else { 1.0 }];
        for (form, (ratios, expected)) in ratios.iter().zip(expected).enumerate() {
            let [ratio, error] = mean_and_error(ratios);
            assert!((ratio - expected).abs() < 4.0 * error, "slow {is_slow}, form {form}: {ratio} {error}");
        }
    }
}

#[test]
fn without_a_second_trial_nothing_is_known_of_the_noise_of_means() {
    let [_, halves, means, _] = forms(&counted(&responses(N_NEURONS, 23), 1.0, 4, 3), 4);
    let (Form::SplitHalves { halves: [a, mut b], .. }, Form::ConditionMeans { means, mut errors, .. }) =
        (halves.form, means.form)
    else {
        panic!("other forms");
    };
    b.slice_mut(ndarray::s![0, .., ..]).fill(f64::NAN);
    b.slice_mut(ndarray::s![.., .., 0]).fill(f64::NAN);
    errors.slice_mut(ndarray::s![0, .., ..]).fill(f64::NAN);
    errors.slice_mut(ndarray::s![.., .., 0]).fill(f64::NAN);
    for form in [
        Form::SplitHalves { halves: [a, b], n_trials: None },
        Form::ConditionMeans { means: means.clone(), errors: errors.clone(), n_trials: None },
    ] {
        let recorded = recorded(&Recording { form, alignment: whole() }, 1);
        assert_eq!((recorded.neurons.n_single, recorded.n_neurons()), (1, N_NEURONS - 1));
        assert_eq!(recorded.n_repeats(), None);
        assert!(recorded.halves(&mut of_draw(1, 1)).is_none(), "halves without noise of a condition");
        assert!(recorded.resampled(&[0, 0, 3], &mut of_draw(1, 1)).iter().all(|mean| mean.is_finite()));
        let shuffled = recorded.shuffled(&mut of_draw(1, 1));
        assert_ne!(&shuffled, recorded.means());
    }
    let few = Form::ConditionMeans { means, errors, n_trials: Some(Array2::from_elem((3, N_CONDITIONS), 4)) };
    let few =
        Recorded::new(&Recording { form: few, alignment: whole() }, N_CONDITIONS, &Smoothing::new(30), 1);
    assert!(matches!(few.err(), Some(RecordingError::Shape { name: "numbers of trials", .. })));
}
