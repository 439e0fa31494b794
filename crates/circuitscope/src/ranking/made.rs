//! Made-up responses to two contexts, for tests of what a recording is held against.

use super::{Alignment, Class, Form, Recording, Responses};
use crate::stream::of_draw;
use ndarray::{Array2, Array3, Axis};
use rand::RngExt;
use rand_distr::Poisson;

const N_STEPS: usize = 60;
const COHERENCES: [f64; 3] = [-1.0, 0.0, 1.0];

/// Context, motion and colour coherence `[18, 3]`.
pub(super) fn conditions() -> Array2<f64> {
    Array2::from_shape_fn((18, 3), |(condition, column)| match column {
        0 => (condition / 9) as f64,
        1 => COHERENCES[condition / 3 % 3],
        _ => COHERENCES[condition % 3],
    })
}

/// Rates that grow with the relevant coherence, the context and so much of the irrelevant coherence, each unit in its own way.
fn rates(irrelevant: f64, seed: u64) -> Array3<f64> {
    let mut rng = of_draw(seed, 0);
    let units: Vec<[f64; 4]> =
        (0..50).map(|_| std::array::from_fn(|_| rng.random_range(-1.0..1.0))).collect();
    let conditions = conditions();
    Array3::from_shape_fn((50, N_STEPS, 18), |(unit, step, condition)| {
        let c = conditions.row(condition);
        let of_coherence = if c[0] == 0.0 { [c[1], c[2]] } else { [c[2], c[1]] };
        let [to_relevant, to_irrelevant, to_context, to_time] = units[unit];
        let time = step as f64 / N_STEPS as f64;
        8.0 + 2.0 * to_context * c[0]
            + 2.0 * time * (to_relevant * of_coherence[0] + irrelevant * to_irrelevant * of_coherence[1])
            + to_time * time
    })
}

/// Eight networks that respond so to these conditions.
pub(super) fn class(name: &str, irrelevant: f64, kept: &[usize], seed: u64) -> Class {
    let network = |place: u64| Responses {
        name: format!("{name} {place}"),
        rates: rates(irrelevant, seed + place).select(Axis(2), kept),
        lowest: 0.0,
    };
    Class {
        name: name.to_owned(),
        group: name.to_owned(),
        networks: (0..8).map(network).collect(),
        untrained: Vec::new(),
    }
}

/// Ten trials of each of these conditions.
pub(super) fn recording(irrelevant: f64, kept: &[usize], seed: u64) -> Recording {
    let order: Vec<usize> = kept.iter().flat_map(|&condition| vec![condition; 10]).collect();
    let mut rng = of_draw(seed, 1);
    let responses = rates(irrelevant, seed).select(Axis(2), &order);
    Recording {
        form: Form::SingleTrials {
            responses: responses.mapv(|rate| rng.sample(Poisson::new(rate).expect("a rate above 0"))),
            conditions: (0..kept.len()).flat_map(|condition| vec![condition; 10]).collect(),
        },
        alignment: Alignment::new(vec![[0.0, 0.0], [N_STEPS as f64, N_STEPS as f64]]).expect("rising"),
    }
}

/// The same trials with every count changed, by its neuron.
pub(super) fn changed(mut recording: Recording, mut change: impl FnMut(usize, f64) -> f64) -> Recording {
    if let Form::SingleTrials { responses, .. } = &mut recording.form {
        for (neuron, mut of_neuron) in responses.outer_iter_mut().enumerate() {
            of_neuron.mapv_inplace(|count| change(neuron, count));
        }
    }
    recording
}
