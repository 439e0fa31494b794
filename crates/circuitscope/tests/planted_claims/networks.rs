//! Networks of which the words of a claim are true, or false, by construction.
//!
//! A core of eight units gates the stimuli: each hears one channel and is inhibited by one context, so that it is silent there
//! and shows the channel where it is relevant, or where it is irrelevant. [`N_READOUT`] units read core and inputs out. They have a bias that keeps them above
//! zero, so that they are linear and what they show is known exactly: latents, each along a direction of its own. All units are
//! `ReLU` whatever activation the study calls them: a verdict sees labels and geometry, and with no other activation is the
//! geometry exact.
//!
//! What units are tuned to is planted in networks without a core, whose units would lie far from all others.

use circuitscope::network::{Form, Network};
use circuitscope::{Activation, Curve};
use faer::Mat;
use ndarray::{Array1, Array2};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

const N_CORE: usize = 8;
const N_READOUT: usize = 40;
const N_INPUTS: usize = 6;
const N_LATENTS: usize = 4;
/// Rates of the core: small beside those of the readout, so that its units do not count among the shapes.
const CORE: f64 = 0.1;
/// Keeps the readout above zero at every state, fixed points of slow networks included; the same in all its units, so that it
/// is no part of any shape.
const BIAS: f64 = 20.0;
/// Share by which every weight varies from network to network.
const VARIATION: f64 = 0.1;
/// Standard deviation of weights that belong to no latent; a weight of a latent is 1/√40 = 0.16 on average.
const NOISE: f64 = 0.01;

/// Whether the two contexts are mirror images under an orthogonal map (row 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Symmetry {
    /// A butterfly: evidence has a wing of its own in each context, of equal length.
    Mirror,
    /// The wing of context 1 is two fifths as long.
    Broken,
}

/// How contexts part (row 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Divergence {
    /// With the stimulus; evidence moves states along the axis between the contexts too.
    Late,
    /// At once, and evidence moves states across the axis alone.
    AtOnce,
}

/// What a context's fixed points spread with (row 12).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rest {
    /// Relevant coherence; a tenth of irrelevant coherence is left.
    Line,
    /// Both coherences, along axes at right angles.
    Sheet,
}

/// What units are tuned to (rows 9 and 10).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Units {
    /// Each to one latent, of either sign, from weakly to strongly.
    Cross,
    /// To mixtures: all weakly but four, which are ten times as strong.
    Cluster,
}

/// What the trajectories and fixed points of a network look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) symmetry: Symmetry,
    pub(crate) divergence: Divergence,
    pub(crate) rest: Rest,
}

impl Shape {
    /// As claimed of `ReLU` and sigmoid networks.
    pub(crate) const RELU: Self =
        Self { symmetry: Symmetry::Mirror, divergence: Divergence::Late, rest: Rest::Line };
    /// As claimed of tanh networks.
    pub(crate) const TANH: Self =
        Self { symmetry: Symmetry::Broken, divergence: Divergence::AtOnce, rest: Rest::Sheet };
}

/// Where a network comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Generator {
    /// Latents of a shape, along directions at right angles that are drawn at random.
    Planted(Shape),
    /// Context, motion and colour, not gated, shown by units of this tuning.
    Tuned(Units),
    /// Context, evidence and irrelevant coherence along directions drawn independently of each other in the space of the
    /// readout.
    Chance,
    /// The shape of `ReLU` networks while trials last. Beside it four slow directions, of other weights, which are at a
    /// thousandth of their fixed points when a trial ends: endpoints do not agree with fixed points.
    Slow,
}

impl Generator {
    /// A network of it; every weight varies with the stream.
    pub(crate) fn network(self, rng: &mut ChaCha8Rng) -> Network {
        const SHEETS: Shape = Shape { symmetry: Symmetry::Mirror, ..Shape::TANH };
        match self {
            Self::Planted(shape) => assembled(&mixed(rng).dot(&latents(shape, rng)), N_CORE, rng),
            Self::Tuned(units) => assembled(&tuned(units, rng).dot(&ungated(rng)), 0, rng),
            Self::Chance => {
                let directions = normals([N_READOUT, N_LATENTS], 0.16, rng);
                assembled(&directions.dot(&latents(SHEETS, rng)), N_CORE, rng)
            }
            Self::Slow => {
                let mut network = assembled(&mixed(rng).dot(&latents(Shape::RELU, rng)), N_CORE, rng);
                slow_down(&mut network, rng);
                network
            }
        }
    }
}

/// Directions `[40, 4]` at right angles, drawn at random.
fn mixed(rng: &mut ChaCha8Rng) -> Array2<f64> {
    nearest_orthonormal(&normals([N_READOUT, N_LATENTS], 1.0, rng))
}

/// Latents `[4, 14]` by what drives them: the six inputs, then the units of the core at unit rates.
///
/// The first is the axis between the contexts, the second and third are evidence where motion and where colour is relevant, the
/// last is irrelevant coherence.
fn latents(shape: Shape, rng: &mut ChaCha8Rng) -> Array2<f64> {
    let wing = match shape.symmetry {
        Symmetry::Mirror => 1.0,
        Symmetry::Broken => 0.4,
    };
    // The context itself, the stimulus in each context, and evidence in each, along the axis between the contexts.
    let [context, stimulus, evidence] = match shape.divergence {
        Divergence::Late => [0.1, 0.7, 0.5],
        Divergence::AtOnce => [0.8, 0.0, 0.0],
    };
    let left = match shape.rest {
        Rest::Line => 0.1,
        Rest::Sheet => 0.8,
    };
    let mut latents = Array2::zeros((N_LATENTS, N_INPUTS + N_CORE));
    let mut factor = || 1.0 + VARIATION * normal(rng);
    let [of_context, of_axis] = [factor(), factor()];
    for (own, sign, length) in [(0, 1.0, 1.0), (1, -1.0, wing)] {
        latents[[0, own]] = sign * context * of_context;
        let [relevant, irrelevant] = [factor(), factor()];
        for (side, right) in [(0, 1.0), (1, -1.0)] {
            let [of_relevant, of_irrelevant] =
                [RELEVANT, IRRELEVANT].map(|pairs| N_INPUTS + pairs[own] + side);
            latents[[0, of_relevant]] = sign * (stimulus * of_axis + right * length * evidence * relevant);
            latents[[1 + own, of_relevant]] = right * length * relevant;
            latents[[3, of_irrelevant]] = right * length * left * irrelevant;
        }
    }
    latents
}

/// Right unit of the core that shows the stimulus which is relevant in context motion and in context colour; left follows.
const RELEVANT: [usize; 2] = [0, 2];
/// The same of the stimulus which is irrelevant there.
const IRRELEVANT: [usize; 2] = [6, 4];

/// Context, motion and colour `[3, 6]` by the six inputs, of about the same variance over trials and steps.
fn ungated(rng: &mut ChaCha8Rng) -> Array2<f64> {
    let drives =
        [[0.6, -0.6, 0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 1.0, -1.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0, 0.9, -0.9]];
    let factors: [f64; 3] = std::array::from_fn(|_| 1.0 + VARIATION * normal(rng));
    Array2::from_shape_fn((3, N_INPUTS), |(k, input)| factors[k] * drives[k][input])
}

/// Directions of three latents `[40, 3]`, orthonormal.
fn tuned(units: Units, rng: &mut ChaCha8Rng) -> Array2<f64> {
    match units {
        Units::Cross => {
            let mut weights = Array2::<f64>::zeros((N_READOUT, 3));
            for unit in 0..N_READOUT {
                let sign = if rng.random::<bool>() { 1.0 } else { -1.0 };
                weights[[unit, unit % 3]] = sign * rng.random_range(0.1..1.0);
            }
            for mut column in weights.columns_mut() {
                let squares = column.dot(&column);
                column /= squares.sqrt();
            }
            weights
        }
        Units::Cluster => {
            let mut weights = normals([N_READOUT, 3], 1.0, rng);
            weights.outer_iter_mut().take(4).for_each(|mut far| far *= 10.0);
            nearest_orthonormal(&weights)
        }
    }
}

/// The orthonormal columns nearest to these: the polar factor.
fn nearest_orthonormal(weights: &Array2<f64>) -> Array2<f64> {
    let matrix = Mat::from_fn(weights.nrows(), weights.ncols(), |i, j| weights[[i, j]]);
    let svd = matrix.thin_svd().expect("finite weights");
    let polar = svd.U() * svd.V().transpose();
    Array2::from_shape_fn(weights.dim(), |at| polar[at])
}

/// The network whose readout shows these combinations of inputs and the units of the core, `[40, 6]` without a core.
fn assembled(shown: &Array2<f64>, n_core: usize, rng: &mut ChaCha8Rng) -> Network {
    let n_units = n_core + N_READOUT;
    let mut w_inp = Array2::zeros((n_units, N_INPUTS));
    let mut w_rec = Array2::zeros((n_units, n_units));
    for core in 0..n_core {
        // Channels of motion, then colour, by the relevant units, then again by the others.
        let silencing = [1, 1, 0, 0, 0, 0, 1, 1][core];
        w_inp[[core, 2 + core % 4]] = CORE;
        w_inp[[core, silencing]] = -CORE * rng.random_range(1.2..1.5);
    }
    for unit in 0..N_READOUT {
        for drive in 0..N_INPUTS + n_core {
            let weight = shown[[unit, drive]] + NOISE * normal(rng);
            if drive < N_INPUTS {
                w_inp[[n_core + unit, drive]] = weight;
            } else {
                w_rec[[n_core + unit, drive - N_INPUTS]] = weight / CORE;
            }
        }
    }
    let bias = Array1::from_shape_fn(n_units, |unit| if unit < n_core { 0.0 } else { BIAS });
    Network {
        w_rec,
        w_inp,
        w_out: Array2::from_elem((2, n_units), 1.0),
        initial_state: bias.clone(),
        bias,
        activation: Activation { curve: Curve::Relu, slope: 1.0 },
        form: Form::Rate,
        dt_ms: 1.0,
        tau_ms: 10.0,
    }
}

/// Adds four directions with feedback of .9998, which gives them five thousand time constants, driven a thousandth as strongly
/// as those of a shape and by weights of their own.
fn slow_down(network: &mut Network, rng: &mut ChaCha8Rng) {
    const FEEDBACK: f64 = 0.9998;
    const DRIVE: f64 = 0.001;
    let directions = mixed(rng);
    let onto = directions.dot(&directions.t());
    let feedback = &onto * FEEDBACK;
    // What belongs to the shape drives no slow direction.
    let mut w_inp = network.w_inp.slice_mut(ndarray::s![N_CORE.., ..]);
    let drive = directions.dot(&normals([N_LATENTS, N_INPUTS], DRIVE, rng));
    let beside = onto.dot(&w_inp);
    w_inp += &(drive - beside);
    let mut from_core = network.w_rec.slice_mut(ndarray::s![N_CORE.., ..N_CORE]);
    let beside = onto.dot(&from_core);
    from_core -= &beside;
    network.w_rec.slice_mut(ndarray::s![N_CORE.., N_CORE..]).assign(&feedback);
    // The state before a trial is at rest: the bias drives the slow directions too.
    let rest = Array1::from_elem(N_READOUT, BIAS);
    let bias = &rest - &feedback.dot(&rest);
    network.bias.slice_mut(ndarray::s![N_CORE..]).assign(&bias);
}

fn normal(rng: &mut ChaCha8Rng) -> f64 {
    StandardNormal.sample(rng)
}

fn normals([rows, columns]: [usize; 2], spread: f64, rng: &mut ChaCha8Rng) -> Array2<f64> {
    Array2::from_shape_simple_fn((rows, columns), || spread * normal(rng))
}
