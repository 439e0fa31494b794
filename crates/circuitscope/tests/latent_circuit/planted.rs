//! Circuits of known weights, and responses of 100 units that hold them.

use circuitscope::analysis::latent_circuit::responses::Responses;
use circuitscope::dynamics::run;
use circuitscope::network::{Form, Network};
use circuitscope::task::{Cddm, Epoch, Task};
use circuitscope::trials::Trials;
use circuitscope::{Activation, Curve};
use faer::Mat;
use ndarray::{Array1, Array2};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

/// Units that the circuit is embedded in.
const N_UNITS: usize = 100;
/// Standard deviation of the noise on every entry of the responses. A direction along which states vary by s is then blurred
/// by √92 · 0.01 / (s √(150 · 50)) radians, 3° for the weakest of a saturated circuit (s = 0.02).
const NOISE: f64 = 0.01;

/// What a planted circuit does with the irrelevant stimulus.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    /// `ReLU`, the context inhibits both irrelevant nodes.
    Inhibition,
    /// tanh, the context drives the irrelevant nodes apart.
    Saturation,
}

/// A circuit in 100 units, with all that is known of it.
pub(crate) struct Planted {
    pub(crate) kind: Kind,
    pub(crate) circuit: Network,
    /// `[100, 8]`, orthonormal.
    pub(crate) embedding: Array2<f64>,
    pub(crate) responses: Responses,
}

/// CDDM at half the published length.
pub(crate) fn cddm() -> Cddm {
    Cddm {
        n_steps: 150,
        context: Epoch::new(0, 150),
        stimulus: Epoch::new(40, 150),
        decision: Epoch::new(90, 150),
        mask: vec![Epoch::new(0, 40), Epoch::new(90, 150)],
        ..Cddm::published()
    }
}

pub(crate) fn trials() -> Trials {
    Task::from(cddm()).analysis_trials()
}

/// A circuit of a kind; every weight varies with the seed, absent ones are near zero.
pub(crate) fn circuit(kind: Kind, rng: &mut ChaCha8Rng) -> Network {
    let mut w_rec = Array2::<f64>::zeros((8, 8));
    for (context, irrelevant) in [(0, [4, 5]), (1, [2, 3])] {
        // Stimuli are at least zero: it takes more to drive a node down than up.
        let weights = match kind {
            Kind::Inhibition => [-0.7, -0.7],
            Kind::Saturation => [1.5, -2.75],
        };
        for (node, weight) in irrelevant.into_iter().zip(weights) {
            w_rec[[node, context]] = weight;
        }
    }
    for (output, for_it, against_it) in [(6, [2, 4], [3, 5]), (7, [3, 5], [2, 4])] {
        for node in for_it {
            w_rec[[output, node]] = 0.6;
        }
        for node in against_it {
            w_rec[[output, node]] = -0.4;
        }
        w_rec[[output, output]] = 0.4;
        if kind == Kind::Saturation {
            // The saturated pair pulls to the right; the contexts pull back.
            (0..2).for_each(|context| w_rec[[output, context]] = if output == 6 { -0.8 } else { 0.8 });
        } else {
            w_rec[[output, 13 - output]] = -0.4;
        }
    }
    w_rec.mapv_inplace(|w| {
        let drawn: f64 = StandardNormal.sample(rng);
        if w == 0.0 { 0.05 * drawn } else { w * (1.0 + 0.05 * drawn) }
    });
    let inputs: Vec<f64> = (0..6).map(|_| rng.random_range(0.85..1.0)).collect();
    let curve = if kind == Kind::Inhibition { Curve::Relu } else { Curve::Tanh };
    Network {
        w_rec,
        w_inp: Array2::from_shape_fn((8, 6), |(i, u)| if i == u { inputs[u] } else { 0.0 }),
        w_out: Array2::from_shape_fn((2, 8), |(o, i)| if i == o + 6 { 0.9 } else { 0.0 }),
        bias: Array1::zeros(8),
        initial_state: Array1::zeros(8),
        activation: Activation { curve, slope: 1.0 },
        form: Form::Rate,
        dt_ms: 1.0,
        tau_ms: 10.0,
    }
}

impl Planted {
    pub(crate) fn new(kind: Kind, seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let circuit = circuit(kind, &mut rng);
        let trials = trials();
        let states = run::states(&circuit, trials.inputs.view()).expect("six inputs");
        let outputs = run::outputs(&circuit, states.view()).expect("eight nodes");
        let drawn: Mat<f64> = Mat::from_fn(N_UNITS, 8, |_, _| StandardNormal.sample(&mut rng));
        let orthonormal = drawn.qr().compute_thin_Q();
        let embedding = Array2::from_shape_fn((N_UNITS, 8), |at| orthonormal[at]);
        let (_, n_steps, n_trials) = states.dim();
        let flat = states.into_shape_with_order((8, n_steps * n_trials)).expect("steps × trials");
        let rates = embedding.dot(&flat).mapv(|y| {
            let drawn: f64 = StandardNormal.sample(&mut rng);
            y + NOISE * drawn
        });
        let rates = rates.as_standard_layout().into_owned();
        let responses = Responses {
            rates: rates.into_shape_with_order((N_UNITS, n_steps, n_trials)).expect("steps × trials"),
            inputs: trials.inputs,
            outputs,
            mask: trials.mask,
            scored: None,
        };
        Self { kind, circuit, embedding, responses: responses.checked().expect("whole responses") }
    }
}

/// The largest principal angle between the spaces that two orthonormal embeddings span, in degrees.
pub(crate) fn largest_angle(a: &Array2<f64>, b: &Array2<f64>) -> f64 {
    let overlap = a.t().dot(b);
    let overlap = Mat::from_fn(overlap.nrows(), overlap.ncols(), |i, j| overlap[[i, j]]);
    let smallest = overlap.singular_values().expect("finite").into_iter().fold(1.0, f64::min);
    smallest.acos().to_degrees()
}
