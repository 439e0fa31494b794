//! Circuits of a part of the units of the reference networks, as if it had been recorded.

use crate::reference::{folder, network};
use circuitscope::KernelPath;
use circuitscope::analysis::latent_circuit::fit::{Fit, fits};
use circuitscope::analysis::latent_circuit::matching::{agreement, matching, reordered};
use circuitscope::analysis::latent_circuit::responses::Responses;
use circuitscope::analysis::latent_circuit::setting::{NodeDynamics, Setting, Variant};
use circuitscope::network::Network;
use circuitscope::task::Task;
use ndarray::Array3;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Poisson};
use std::ops::ControlFlow;

/// A network with its responses and its circuit by the published definition.
struct Whole {
    network: Network,
    responses: Responses,
    setting: Setting,
    fit: Fit,
}

impl Whole {
    fn new(name: &str, n_fits: usize) -> Self {
        let task = ["cddm", "go_no_go", "memory_number"].into_iter().find(|task| name.starts_with(task));
        let task = Task::published(task.expect("a task")).expect("a task");
        let network = network(&format!("{name}.json"));
        let responses = Responses::of_network(&network, &task.analysis_trials()).expect("its inputs");
        let setting = Setting::of_task(&task, Variant::Te25);
        let fit = best(&network, &responses, &setting, n_fits);
        Self { network, responses, setting, fit }
    }

    /// A random half of the units, above baselines and in another unit of measure.
    fn half(&self, seed: u64) -> Responses {
        let n = self.responses.n_units();
        let mut units: Vec<usize> = (0..n).collect();
        units.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
        units.truncate(n / 2);
        units.sort_unstable();
        let mut half = self.responses.clone().of_units(&units);
        for (unit, mut rates) in half.rates.outer_iter_mut().enumerate() {
            let baseline = (unit * 7 % 11) as f64;
            rates.mapv_inplace(|y| 30.0 * y + baseline);
        }
        half
    }

    fn linear(&self) -> Setting {
        self.setting.clone().recorded()
    }

    /// The best circuit of recorded responses, and the correlation of its weights with the whole network's.
    fn compared(&self, recorded: &Responses, n_fits: usize) -> (Fit, f64) {
        let found = best(&self.network, recorded, &self.linear(), n_fits);
        let correlation = agreement_of(&self.fit, &found, &self.setting);
        (found, correlation)
    }
}

fn best(network: &Network, responses: &Responses, setting: &Setting, n_fits: usize) -> Fit {
    let dynamics = NodeDynamics::of_network(network);
    let (path, told) = (KernelPath::detect(), |_| ControlFlow::Continue(()));
    fits(responses, dynamics, setting, n_fits, 1, path, &told).expect("fits").swap_remove(0)
}

fn agreement_of(reference: &Fit, other: &Fit, setting: &Setting) -> f64 {
    let (reference, other) = (&reference.circuit, &other.circuit);
    let order = matching(reference, other, &setting.wiring);
    agreement(reference, &reordered(other, &order), &setting.wiring)
}

#[test]
fn a_random_half_of_the_units_has_the_weights_and_the_score_of_the_whole_network() {
    for name in ["go_no_go_relu_dale_0", "go_no_go_tanh_free_0", "go_no_go_sigmoid_free_0"] {
        let whole = Whole::new(name, 4);
        let (found, correlation) = whole.compared(&whole.half(1), 4);
        let [half, own] = [&found, &whole.fit].map(|fit| fit.scores.variance_explained);
        assert!(correlation >= 0.9, "{name}: {correlation}");
        assert!(half >= own - 0.1, "{name}: {half} against {own}");
    }
}

#[test]
fn a_random_half_of_a_memory_network_keeps_the_memory_and_the_weights_of_the_whole_recording() {
    for name in ["memory_number_relu_dale_1", "memory_number_relu_free_1"] {
        let whole = Whole::new(name, 1);
        let setting = whole.linear();
        let [own, half] =
            [&whole.responses, &whole.half(1)].map(|part| best(&whole.network, part, &setting, 10));
        let correlation = agreement_of(&own, &half, &setting);
        let gap = half.scores.variance_explained - own.scores.variance_explained;
        assert!(correlation >= 0.9, "{name}: {correlation}");
        // 0.3 to 0.5 lower where the memory is given up.
        assert!(gap.abs() < 0.1 && half.loss < 0.025, "{name}: {gap} {}", half.loss);
    }
}

#[test]
#[ignore = "half an hour; a record of what is found, whatever it is"]
#[allow(clippy::print_stdout, reason = "the table is what the test is for")]
fn halves_of_every_golden_network_are_recorded() {
    const N_HALVES: u64 = 4;
    let entries = std::fs::read_dir(folder("networks")).expect("golden/networks opens");
    let name = |entry: std::io::Result<std::fs::DirEntry>| {
        let name = entry.expect("a file").file_name().to_string_lossy().into_owned();
        name.trim_end_matches(".json").to_owned()
    };
    let chosen = std::env::var("CIRCUITSCOPE_HALVES_OF").unwrap_or_default();
    let mut names: Vec<String> = entries.map(name).filter(|name| name.starts_with(&chosen)).collect();
    names.sort();
    println!("network part variance_explained r2_total loss weights_correlate");
    let told = |name: &str, part: &str, fit: &Fit, correlation: f64| {
        let Fit { scores, loss, .. } = fit;
        println!(
            "{name} {part} {:.3} {:.3} {loss:.4} {correlation:.3}",
            scores.variance_explained, scores.r2_total
        );
    };
    for name in names {
        let whole = Whole::new(&name, 5);
        told(&name, "published", &whole.fit, 1.0);
        let (linear, correlation) = whole.compared(&whole.responses, 5);
        told(&name, "whole", &linear, correlation);
        for seed in 0..N_HALVES {
            let (found, correlation) = whole.compared(&whole.half(seed), 5);
            told(&name, "half", &found, correlation);
            println!("{name} half-linear {:.3}", agreement_of(&linear, &found, &whole.setting));
        }
    }
}

/// Spike counts in bins of a step: Poisson, at 5 Hz at rest up to 30 Hz where the network is most active, means of 20 trials a
/// condition.
fn spikes(whole: &Whole, seed: u64) -> Responses {
    const N_REPEATS: usize = 20;
    /// Spikes per second and step of 10 ms.
    const REST: f64 = 0.05;
    const MOST: f64 = 0.3;
    let mut half = whole.half(seed);
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    for mut rates in half.rates.outer_iter_mut() {
        let least = rates.iter().copied().fold(f64::INFINITY, f64::min);
        let most = rates.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let span = (most - least).max(1e-9);
        rates.mapv_inplace(|y| {
            let expected = N_REPEATS as f64 * (REST + (MOST - REST) * (y - least) / span);
            let counted: f64 = Poisson::new(expected).expect("above zero").sample(&mut rng);
            counted / N_REPEATS as f64
        });
    }
    half
}

#[test]
#[ignore = "minutes; a record of what is found, whatever it is"]
#[allow(clippy::print_stdout, reason = "the table is what the test is for")]
fn circuits_of_poisson_spikes_are_recorded() {
    println!("network smoothed variance_explained pca correlation");
    for name in
        ["go_no_go_relu_dale_0", "go_no_go_tanh_free_0", "go_no_go_sigmoid_free_0", "cddm_relu_dale_1"]
    {
        let whole = Whole::new(name, 4);
        for n_smoothed in [1, 5] {
            let counts = spikes(&whole, 1);
            let recorded = Responses { rates: smoothed(&counts.rates, n_smoothed), ..counts };
            let (found, correlation) = whole.compared(&recorded, 4);
            let scores = &found.scores;
            println!(
                "{name} {n_smoothed} {:.3} {:.3} {correlation:.3}",
                scores.variance_explained, scores.pca_variance_explained
            );
        }
    }
}

/// Means over windows of so many steps, the last of them the step itself.
fn smoothed(rates: &Array3<f64>, n_steps: usize) -> Array3<f64> {
    Array3::from_shape_fn(rates.dim(), |(unit, t, b)| {
        let first = (t + 1).saturating_sub(n_steps);
        (first..=t).map(|t| rates[[unit, t, b]]).sum::<f64>() / (t + 1 - first) as f64
    })
}
