//! Verdicts on recordings whose neurons share noise, which no simulated network does.

use super::ranked::{DESIGN, Ensemble, Said, judged, said};
use circuitscope::dynamics::run::{rates, states};
use circuitscope::ranking::{Alignment, Form, Recording};
use ndarray::{Array3, ArrayView1};
use std::collections::BTreeMap;

const RATE_HZ: f64 = 15.0;
const STEP_S: f64 = 0.01;

/// A linear congruential generator (Knuth, MMIX), whose highest bits are the random ones.
struct Random(u64);

impl Random {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    /// Box and Muller.
    fn normal(&mut self) -> f64 {
        (-2.0 * self.uniform().ln()).sqrt() * (2.0 * std::f64::consts::PI * self.uniform()).cos()
    }

    /// Knuth's product of uniform numbers: means of a step are small.
    fn poisson(&mut self, mean: f64) -> f64 {
        let (limit, mut product, mut count) = ((-mean).exp(), self.uniform(), 0.0);
        while product > limit {
            product *= self.uniform();
            count += 1.0;
        }
        count
    }
}

/// Counts of a network's units whose rates share a factor in each trial, exp(σx − σ²/2), and the mean correlation of the counts of
/// two neurons over trials of one condition.
fn recording(ensemble: &Ensemble, class: usize, place: usize, sigma: f64, seed: u64) -> (Recording, f64) {
    let (trials, network) = (ensemble.task.analysis_trials(), &ensemble.members[class][place]);
    let lowest = network.activation.lowest_rate();
    let rates =
        rates(network, states(network, trials.inputs.view()).unwrap()).mapv(|rate| (rate - lowest).max(0.0));
    let gain = RATE_HZ * STEP_S / rates.mean().unwrap();
    let (_, n_steps, n_conditions) = rates.dim();
    let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5bd1_e995);
    random.uniform();
    let mut units: Vec<usize> = (0..rates.dim().0).collect();
    for last in (1..units.len()).rev() {
        units.swap(last, (random.uniform() * (last as f64 + 1.0)) as usize);
    }
    let conditions: Vec<usize> = (0..n_conditions).flat_map(|c| vec![c; DESIGN.n_trials]).collect();
    let factors: Vec<f64> =
        conditions.iter().map(|_| (sigma * random.normal() - sigma * sigma / 2.0).exp()).collect();
    let shape = (DESIGN.n_neurons, n_steps, conditions.len());
    let responses = Array3::from_shape_fn(shape, |(neuron, step, trial)| {
        random.poisson(gain * factors[trial] * rates[[units[neuron], step, conditions[trial]]])
    });
    let correlation = noise_correlation(&responses);
    let alignment = Alignment::new(vec![[0.0, 0.0], [n_steps as f64, n_steps as f64]]).unwrap();
    (Recording { form: Form::SingleTrials { responses, conditions }, alignment }, correlation)
}

/// Mean correlation of the counts of two neurons in a trial about their means in its condition.
fn noise_correlation(responses: &Array3<f64>) -> f64 {
    let mut counts = responses.sum_axis(ndarray::Axis(1));
    for mut of_neuron in counts.outer_iter_mut() {
        for mut of_condition in of_neuron.exact_chunks_mut(DESIGN.n_trials) {
            let mean = of_condition.mean().unwrap();
            of_condition -= mean;
        }
    }
    let product = |a: ArrayView1<'_, f64>, b: ArrayView1<'_, f64>| a.dot(&b);
    let active: Vec<usize> =
        (0..counts.nrows()).filter(|&n| product(counts.row(n), counts.row(n)) > 0.0).collect();
    let (mut sum, mut n) = (0.0, 0.0);
    for (place, &i) in active.iter().enumerate() {
        for &j in &active[..place] {
            let [a, b] = [counts.row(i), counts.row(j)];
            sum += product(a, b) / (product(a, a) * product(b, b)).sqrt();
            n += 1.0;
        }
    }
    sum / n
}

#[test]
#[ignore = "minutes; verdicts under shared noise, to be read with --nocapture"]
#[allow(clippy::print_stdout, reason = "what it measures")]
fn rates_under_shared_noise() {
    let text = |name: &str, default: &str| std::env::var(name).unwrap_or_else(|_| default.to_owned());
    let ensemble = Ensemble::of(&text("TASK", "memory_number"));
    let n: usize = text("RECORDINGS", "30").parse().unwrap();
    for sigma in text("SIGMAS", "0,0.1,0.15,0.25").split(',').map(|sigma| sigma.parse::<f64>().unwrap()) {
        let (mut own, mut absent, mut correlations) =
            (BTreeMap::<Said, usize>::new(), BTreeMap::<Said, usize>::new(), 0.0);
        for draw in 0..n {
            let (class, place) = (draw % ensemble.names.len(), draw / ensemble.names.len() % 10);
            let group = ensemble.group(class);
            let (recording, correlation) = recording(&ensemble, class, place, sigma, draw as u64);
            correlations += correlation / n as f64;
            let classes = ensemble.without(Some((class, place)), None);
            *own.entry(said(&judged(&recording, &classes, draw as u64), &classes, Some(group)))
                .or_default() += 1;
            let others = ensemble.without(None, Some(group));
            *absent.entry(said(&judged(&recording, &others, draw as u64), &others, None)).or_default() += 1;
        }
        println!(
            "σ {sigma}: correlation {correlations:.3}, {n} recordings: {own:?}; without its group {absent:?}"
        );
    }
}
