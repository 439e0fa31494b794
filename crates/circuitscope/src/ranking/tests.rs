mod forms;

use super::alike::Units;
use super::recorded::Recorded;
use super::signal::Signal;
use super::time::{Alignment, Smoothing};
use super::worlds::{Protocol, World};
use super::*;
use crate::stream::of_draw;
use ndarray::Array3;
use rand::RngExt;
use rand_distr::{Poisson, StandardNormal};

const N_STEPS: usize = 60;
const N_CONDITIONS: usize = 6;

/// A network of these rates.
fn network(rates: Array3<f64>) -> Responses {
    Responses { name: String::new(), rates, lowest: 0.0 }
}

/// Rates that rise and fall in time, more in some conditions than in others; each unit in its own way.
fn responses(n_units: usize, seed: u64) -> Array3<f64> {
    let mut rng = of_draw(seed, 0);
    let units: Vec<[f64; 3]> =
        (0..n_units).map(|_| std::array::from_fn(|_| rng.random_range(0.0..1.0))).collect();
    Array3::from_shape_fn((n_units, N_STEPS, N_CONDITIONS), |(unit, step, condition)| {
        let [phase, gain, slope] = units[unit];
        let time = step as f64 / N_STEPS as f64;
        0.2 + gain * (1.0 + (6.0 * (time + phase)).sin())
            + slope * time * condition as f64 / N_CONDITIONS as f64
    })
}

fn whole() -> Alignment {
    Alignment::new(vec![[0.0, 0.0], [N_STEPS as f64, N_STEPS as f64]]).expect("rising")
}

/// Poisson counts at so many a step and unit of rate, in so many trials of each condition.
fn counted(rates: &Array3<f64>, gain: f64, n_trials: usize, seed: u64) -> Recording {
    let conditions: Vec<usize> = (0..N_CONDITIONS).flat_map(|condition| vec![condition; n_trials]).collect();
    let mut rng = of_draw(seed, 1);
    let responses = rates.select(ndarray::Axis(2), &conditions);
    let responses = responses.mapv(|rate| rng.sample(Poisson::new(gain * rate).expect("a rate above 0")));
    of_trials(responses, conditions)
}

fn of_trials(responses: Array3<f64>, conditions: Vec<usize>) -> Recording {
    Recording { form: Form::SingleTrials { responses, conditions }, alignment: whole() }
}

/// The trials of a recording `[M, T, B]` and their conditions.
fn trials(recording: Recording) -> (Array3<f64>, Vec<usize>) {
    match recording.form {
        Form::SingleTrials { responses, conditions } => (responses, conditions),
        form => panic!("{:?}", form.kind()),
    }
}

fn ranked(recording: &Recording, classes: &[Class], effort: Effort) -> Result<Ranking, RankingError> {
    Matched::new(recording, classes, 1)?.rank(effort, &|_| ())
}

#[test]
fn what_is_taken_for_signal_is_what_means_without_noise_have() {
    let (rates, smoothing) = (responses(80, 1), Smoothing::new(N_BINS));
    let (gain, n_trials) = (0.05, 10);
    let trials =
        Recorded::new(&counted(&rates, gain, n_trials, 2), N_CONDITIONS, &smoothing, 1).expect("a recording");
    let [edges, _] = whole().edges();
    let smoothed = smoothing.smoothed(&super::time::binned(&rates, &edges)).mapv(|rate| gain * rate);
    // Counts have the variance of their mean; a bin averages two steps, a mean ten trials.
    let expected: f64 = (0..80)
        .map(|unit| {
            let of_unit = smoothed.index_axis(ndarray::Axis(0), unit);
            let signal = of_unit.var(0.0);
            let per_bin = gain * rates.index_axis(ndarray::Axis(0), unit).mean().unwrap_or_default() / 2.0;
            // Halves have half of the trials.
            let noise = smoothing.variance(&[per_bin; N_BINS]) / (n_trials / 2) as f64;
            signal / (signal + noise) / 80.0
        })
        .sum();
    // Three times the error that 80 neurons leave.
    let found = trials.signal.correlation;
    assert!((found - expected).abs() < 0.03, "{found} {expected}");
    assert!(trials.signal.is_beyond_noise());
    assert_eq!(trials.signal.noise_of_halves, 2.0);
}

#[test]
fn sessions_of_unequal_trials_have_the_reliability_that_is_planted() {
    const N_SESSION: usize = 12;
    const N: usize = 30;
    let n_trials = [2, 3, 6, 13];
    let (n_neurons, n_draws, smoothing) = (N_SESSION * n_trials.len(), 24, Smoothing::new(N_BINS));
    let mut rng = of_draw(11, 0);
    // Signals of variance 1 once they are binned and smoothed, for noise of which a trial holds twice as much.
    let mut rates = Array3::zeros((n_neurons, N_STEPS, N));
    for mut of_neuron in rates.outer_iter_mut() {
        for mut of_condition in of_neuron.axis_iter_mut(ndarray::Axis(1)) {
            let (phase, size) = (rng.random_range(0.0..1.0), rng.random_range(0.5..1.5));
            let course = |step: usize| size * (6.0 * (step as f64 / N_STEPS as f64 + phase)).sin();
            (0..N_STEPS).for_each(|step| of_condition[step] = course(step));
        }
    }
    let [edges, _] = whole().edges();
    let seen = smoothing.smoothed(&super::time::binned(&rates, &edges));
    for (mut of_neuron, seen) in rates.outer_iter_mut().zip(seen.outer_iter()) {
        of_neuron /= seen.std(0.0);
    }
    // A bin averages two steps.
    let deviation = (2.0 * 2.0 / smoothing.variance(&[1.0; N_BINS])).sqrt();
    let sessions: Vec<usize> = n_trials.iter().enumerate().flat_map(|(s, &n)| vec![s; n * N]).collect();
    let conditions: Vec<usize> = n_trials.iter().flat_map(|&n| (0..n * N).map(|trial| trial % N)).collect();
    let found: Vec<f64> = (0..n_draws)
        .map(|draw| {
            let mut rng = of_draw(12, draw);
            let responses =
                Array3::from_shape_fn((n_neurons, N_STEPS, conditions.len()), |(neuron, step, trial)| {
                    let noise = deviation * rng.sample::<f64, _>(StandardNormal);
                    let is_recorded = neuron / N_SESSION == sessions[trial];
                    if is_recorded { rates[[neuron, step, conditions[trial]]] + noise } else { f64::NAN }
                });
            let recording = of_trials(responses, conditions.clone());
            let recorded = Recorded::new(&recording, N, &smoothing, draw).expect("a recording");
            assert_eq!(recorded.n_repeats(), Some(6));
            recorded.signal.reliability()
        })
        .collect();
    let mean = |of: &[f64]| of.iter().sum::<f64>() / of.len() as f64;
    let expected = mean(&n_trials.map(|n| 1.0 / (1.0 + 2.0 / n as f64)));
    let found_mean = mean(&found);
    let error = (mean(&found.iter().map(|x| (x - found_mean).powi(2)).collect::<Vec<_>>())
        / (n_draws as f64 - 1.0))
        .sqrt();
    // A correlation of the 170 independent values that 30 conditions of 5.6 smoothing widths have is biased by 1 in 340.
    let tolerance = 4.0 * error + expected / 340.0;
    assert!((found_mean - expected).abs() < tolerance, "{found_mean} {expected} {error}");
}

#[test]
fn networks_are_observed_with_the_reliability_of_the_recording() {
    let smoothing = Smoothing::new(N_BINS);
    let [edges, _] = whole().edges();
    let units = Units::new(&responses(90, 3), 0.0, &edges, &smoothing).expect("units that respond");
    let signal = |correlation| Signal { correlation, noise_of_halves: 2.0, ..Signal::default() };
    for correlation in [0.1, 0.5, 0.95] {
        let seen = |signal| -> Vec<Vec<f64>> {
            let of_seed = |seed| {
                let observed = units.observed(90, signal, 1.0, &smoothing, seed);
                observed.outer_iter().map(|unit| unit.var(0.0)).collect()
            };
            (0..40).map(of_seed).collect()
        };
        // The same seed draws the same units, with noise and without; all are drawn, so that one is known by its signal.
        let (noisy, exact) = (seen(signal(correlation)), seen(signal(1.0)));
        let mut variances = vec![[0.0; 2]; 90];
        for (noisy, exact) in noisy.iter().zip(&exact) {
            let mut order: Vec<usize> = (0..90).collect();
            order.sort_by(|&a, &b| exact[a].total_cmp(&exact[b]));
            for (sum, unit) in variances.iter_mut().zip(order) {
                *sum = [sum[0] + exact[unit], sum[1] + noisy[unit] - exact[unit]];
            }
        }
        let of_halves = |[signal, noise]: &[f64; 2]| signal / (signal + 2.0 * noise);
        let found = variances.iter().map(of_halves).sum::<f64>() / 90.0;
        // Forty draws of 180 smoothed values know a variance to about 3 %.
        assert!((found / correlation - 1.0).abs() < 0.03, "{found} {correlation}");
    }
    assert_eq!(units.observed(200, signal(0.5), 1.0, &smoothing, 1).dim().0, 200);
}

#[test]
fn units_that_never_respond_are_not_drawn() {
    let mut rates = responses(30, 4);
    rates.slice_mut(ndarray::s![10.., .., ..]).fill(0.3);
    let smoothing = Smoothing::new(N_BINS);
    let [edges, _] = whole().edges();
    let units = Units::new(&rates, 0.0, &edges, &smoothing).expect("units that respond");
    let exact = Signal { correlation: 1.0, noise_of_halves: 2.0, ..Signal::default() };
    let seen = units.observed(10, exact, 1.0, &smoothing, 1);
    assert!(seen.outer_iter().all(|unit| unit.var(0.0) > 1e-6));
    assert!(
        Units::new(&Array3::from_elem((30, N_STEPS, N_CONDITIONS), 0.3), 0.0, &edges, &smoothing).is_none()
    );
}

#[test]
fn neurons_that_say_nothing_are_left_out_by_their_reason() {
    let smoothing = Smoothing::new(N_BINS);
    let (mut counts, conditions) = trials(counted(&responses(24, 5), 2.0, 3, 6));
    counts.slice_mut(ndarray::s![0..2, .., ..]).fill(1.0);
    counts.slice_mut(ndarray::s![2, .., 0..3]).fill(f64::NAN); // no trial of the first condition
    for trial in 0..3 * N_CONDITIONS {
        if trial % 3 != 0 {
            counts.slice_mut(ndarray::s![3, .., trial]).fill(f64::NAN); // one trial of each
        }
    }
    let recording = of_trials(counts.clone(), conditions.clone());
    let trials = Recorded::new(&recording, N_CONDITIONS, &smoothing, 1).expect("enough neurons");
    let Neurons { used, n_constant, n_incomplete, n_single } = trials.neurons.clone();
    assert_eq!((used.len(), n_constant, n_incomplete, n_single), (20, 2, 1, 1));
    assert_eq!(used[0], 4);
    let few = of_trials(counts.slice(ndarray::s![..12, .., ..]).to_owned(), conditions);
    let error = Recorded::new(&few, N_CONDITIONS, &smoothing, 1).err();
    assert!(matches!(error, Some(RecordingError::Neurons { .. })), "{error:?}");
    let single = counted(&responses(24, 5), 2.0, 1, 6);
    assert_eq!(Recorded::new(&single, N_CONDITIONS, &smoothing, 1).err(), Some(RecordingError::SingleTrials));
    assert_eq!(
        Recorded::new(&single, N_CONDITIONS + 1, &smoothing, 1).err(),
        Some(RecordingError::NoTrial { condition: N_CONDITIONS })
    );
}

#[test]
fn neither_gains_nor_offsets_nor_the_order_of_neurons_matter() {
    let class = |name: &str, seed: u64| Class {
        name: name.to_owned(),
        group: name.to_owned(),
        networks: (0..4).map(|place| network(responses(40, 10 * seed + place))).collect(),
        untrained: Vec::new(),
    };
    let classes = [class("one", 1), class("other", 2)];
    let recording = counted(&responses(30, 99), 1.0, 6, 7);
    let (mut changed, conditions) = trials(recording.clone());
    for (neuron, mut of_neuron) in changed.outer_iter_mut().enumerate() {
        of_neuron.mapv_inplace(|count| 3.0 + (1.0 + neuron as f64) * count);
    }
    changed.invert_axis(ndarray::Axis(0));
    let changed = of_trials(changed, conditions);
    let effort = Effort { n_worlds: 2, n_draws: 0, n_power_worlds: 0 };
    let [a, b] = [&recording, &changed].map(|one| ranked(one, &classes, effort).expect("a ranking"));
    for (a, b) in a.p.iter().zip(&b.p) {
        let (a, b) = (a.expect("four networks"), b.expect("four networks"));
        assert!((a - b).abs() < 1e-6, "{a} {b}");
    }
    for (a, b) in a.distances.iter().zip(&b.distances) {
        assert!((a.distance - b.distance).abs() < 1e-6 * a.distance, "{a:?} {b:?}");
    }
}

#[test]
fn in_a_world_distances_are_symmetric_and_another_world_has_others() {
    let smoothing = Smoothing::new(N_BINS);
    let [edges, _] = whole().edges();
    let networks: Vec<Units> = (0..3)
        .map(|seed| Units::new(&responses(40, seed), 0.0, &edges, &smoothing).expect("units"))
        .collect();
    let search = Search::new(0);
    let signal = Signal { correlation: 0.4, noise_of_halves: 2.0, ..Signal::default() };
    let protocol =
        Protocol { n_units: 20, signal, more_noise: 1.0, smoothing: &smoothing, search: &search, seed: 1 };
    let world = |number| World::new(&networks.iter().collect::<Vec<_>>(), protocol, number).expect("a world");
    let (first, second) = (world(0), world(1));
    for i in 0..3 {
        for j in 0..3 {
            assert_eq!(first.between[i][j], first.between[j][i]);
            assert_eq!(i == j, first.between[i][j] == [0.0; Measure::ALL.len()]);
        }
    }
    assert_ne!(first.between[0][1], second.between[0][1]);
    assert_eq!(first.between[0][1], world(0).between[0][1]);
}

#[test]
fn classes_without_networks_and_conditions_that_are_not_shared_are_refused() {
    let empty = |name: &str| Class {
        name: name.to_owned(),
        group: name.to_owned(),
        networks: Vec::new(),
        untrained: Vec::new(),
    };
    let full = Class { networks: vec![network(responses(40, 1))], ..empty("full") };
    let recording = counted(&responses(30, 99), 1.0, 3, 7);
    let found = |classes: &[Class]| ranked(&recording, classes, Effort::default());
    assert_eq!(found(&[full, empty("none")]), Err(RankingError::Classes { n_classes: 1 }));
    assert_eq!(found(&[empty("none"), empty("neither")]), Err(RankingError::Shared { n_shared: 0 }));
    let mut rng = of_draw(1, 1);
    let (counts, conditions) = trials(recording);
    let noise = of_trials(counts.mapv(|_| rng.sample::<f64, _>(StandardNormal)), conditions);
    let class = |seed: u64| Class {
        networks: (0..3).map(|place| network(responses(40, seed + place))).collect(),
        ..empty("full")
    };
    let ranking = ranked(&noise, &[class(1), class(11)], Effort::default()).expect("a ranking");
    assert_eq!((ranking.verdict, ranking.distances.len()), (Verdict::NoSignal, 0));
}

#[test]
fn with_more_noise_and_fewer_neurons_a_signal_is_lost() {
    let signal = Signal { correlation: 0.2, error: 0.015, noise_of_halves: 2.0 };
    assert_eq!(signal.with(1.0, 1.0).correlation, 0.2);
    // 0.25 of signal for 1 of noise; 0.25 for 4.
    assert!((signal.with(1.0, 4.0).correlation - 0.25 / 4.25).abs() < 1e-12);
    assert!(signal.with(1.0, 4.0).is_beyond_noise());
    assert!(!signal.with(0.5, 4.0).is_beyond_noise());
    assert!((signal.reliability() - 2.0 * 0.2 / 1.2).abs() < 1e-12);
}
