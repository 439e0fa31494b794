//! Latent circuits: the kernel against its float64 twin, the twin against finite differences, the optimiser against geoopt.

use circuitscope_kernel::circuit::{
    Circuit, CircuitNoise, CircuitStepper, Embedding, Optimiser, Responses, Rules, Shape, Terms,
};
use circuitscope_kernel::naive::circuit::CircuitOracle;
use circuitscope_kernel::stiefel::Stiefel;
use circuitscope_kernel::{Activation, Curve, Family, KernelPath, Noise};

const RELU: Activation = Activation { curve: Curve::Relu, slope: 1.0 };
const SIGMOID: Activation = Activation { curve: Curve::Sigmoid, slope: 7.5 };
const TANH: Activation = Activation { curve: Curve::Tanh, slope: 1.0 };

/// Every curve.
fn activations() -> [Activation; 8] {
    Family::ALL.map(Family::curve).map(|curve| Activation { curve, slope: curve.standard_slope() })
}
const ALPHA: f64 = 0.1;
const LAMBDA: f64 = 0.025;
const NOISE: CircuitNoise = CircuitNoise { seed: 5, iteration: 3, sigma_rec: 0.2, sigma_inp: 0.1 };

/// A stream of numbers from one seed.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, low: f64, high: f64) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        low + (high - low) * ((self.0 >> 40) as f64 / 16_777_216.0)
    }

    fn many(&mut self, len: usize, low: f64, high: f64) -> Vec<f64> {
        (0..len).map(|_| self.next(low, high)).collect()
    }

    /// Orthonormal `[K, n]`.
    fn orthonormal(&mut self, shape: Shape) -> Vec<f64> {
        let a = self.many(shape.n_components * shape.n_components, -1.0, 1.0);
        manifold(shape).cayley(&a)
    }
}

fn manifold(shape: Shape) -> Stiefel {
    Stiefel { n_rows: shape.n_components, n_columns: shape.n_nodes }
}

/// A circuit and responses with some missing entries.
struct Setting {
    shape: Shape,
    circuit: Circuit,
    inputs: Vec<f32>,
    outputs: Vec<f32>,
    components: Vec<f32>,
}

impl Setting {
    fn new(sizes: [usize; 6], seed: u64) -> Self {
        let [n_nodes, n_inputs, n_outputs, n_components, n_steps, n_trials] = sizes;
        let shape = Shape { n_nodes, n_inputs, n_outputs, n_components, n_steps, n_trials };
        let mut numbers = Numbers(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let circuit = Circuit {
            w_rec: numbers.many(n_nodes * n_nodes, -0.5, 0.5),
            w_inp: numbers.many(n_nodes * n_inputs, 0.0, 0.8),
            w_out: numbers.many(n_outputs * n_nodes, 0.0, 0.8),
            q: numbers.orthonormal(shape),
        };
        let per_row = n_steps * n_trials;
        // Every so many-th place (a step of a trial) of a row is missing.
        let mut singles = |len: usize, low: f64, high: f64, every: usize| -> Vec<f32> {
            let numbers = numbers.many(len, low, high);
            let missing = |at: usize| at % per_row % every == every - 1;
            numbers.iter().enumerate().map(|(at, &x)| if missing(at) { f32::NAN } else { x as f32 }).collect()
        };
        Self {
            shape,
            inputs: singles(n_inputs * per_row, -0.5, 1.0, usize::MAX),
            outputs: singles(n_outputs * per_row, 0.0, 1.0, 7),
            components: singles(n_components * per_row, -1.0, 1.0, 29),
            circuit,
        }
    }

    fn responses(&self) -> Responses<'_> {
        Responses { inputs: &self.inputs, outputs: &self.outputs, components: &self.components }
    }

    fn oracle(&self, activation: Activation) -> CircuitOracle {
        CircuitOracle { shape: self.shape, activation, alpha: ALPHA }
    }

    fn stepper(&self, activation: Activation, path: KernelPath) -> CircuitStepper {
        CircuitStepper::new(self.shape, &self.responses(), activation, ALPHA, path)
    }
}

/// Sizes n, U, O, K, T, B: below and above a block of trials, both widths, all remainders of the register tiles.
const SIZES: [[usize; 6]; 8] = [
    [1, 1, 1, 1, 2, 1],
    [2, 3, 1, 4, 9, 3],
    [5, 3, 1, 12, 60, 11],
    [7, 3, 1, 13, 12, 17],
    [8, 6, 2, 30, 300, 19],
    [8, 6, 2, 30, 40, 98],
    [9, 2, 3, 11, 7, 32],
    [16, 5, 4, 16, 13, 33],
];

fn parts(circuit: &Circuit) -> [&[f64]; 4] {
    [&circuit.w_rec, &circuit.w_inp, &circuit.w_out, &circuit.q]
}

/// Largest difference, over the largest exact number.
fn relative_error(found: &[f64], exact: &[f64]) -> f64 {
    assert_eq!(found.len(), exact.len());
    let size = exact.iter().fold(1e-12_f64, |size, x| size.max(x.abs()));
    let errors = found.iter().zip(exact).map(|(x, y)| (x - y).abs() / size);
    errors.fold(0.0, |worst, error| if error <= worst { worst } else { error }) // a NaN wins
}

fn value(terms: Terms) -> f64 {
    terms.output + LAMBDA * terms.embedding
}

#[test]
fn gradients_of_the_oracle_match_finite_differences() {
    let setting = Setting::new([5, 3, 2, 9, 12, 4], 11);
    let (rec, inp) = NOISE.drawn(setting.shape);
    let noise = Noise::Given { rec: &rec, inp: &inp };
    for activation in [SIGMOID, TANH, RELU] {
        let oracle = setting.oracle(activation);
        let (_, gradient) = oracle.gradients(&setting.circuit, &setting.responses(), noise, LAMBDA);
        let loss = |circuit: &Circuit| {
            let response = oracle.run(circuit, &setting.inputs, noise);
            value(oracle.terms(circuit, &setting.responses(), &response))
        };
        for part in 0..4 {
            let exact = parts(&gradient)[part];
            let found: Vec<f64> = (0..exact.len())
                .map(|at| {
                    let shifted = |by: f64| {
                        let mut circuit = setting.circuit.clone();
                        let Circuit { w_rec, w_inp, w_out, q } = &mut circuit;
                        [w_rec, w_inp, w_out, q][part][at] += by;
                        loss(&circuit)
                    };
                    (shifted(1e-5) - shifted(-1e-5)) / 2e-5
                })
                .collect();
            // truncation of central differences at 1e-5, rounding 1e-16 / 1e-5; ReLU has kinks, none within reach here
            let error = relative_error(&found, exact);
            assert!(error < 1e-6, "{activation:?}, part {part}: {error:e}");
        }
    }
}

#[test]
fn every_path_computes_what_the_oracle_computes() {
    for (seed, sizes) in SIZES.into_iter().enumerate() {
        let setting = Setting::new(sizes, seed as u64);
        let (rec, inp) = NOISE.drawn(setting.shape);
        let noise = Noise::Given { rec: &rec, inp: &inp };
        for activation in activations() {
            let oracle = setting.oracle(activation);
            let (terms, exact) = oracle.gradients(&setting.circuit, &setting.responses(), noise, LAMBDA);
            let quiet = oracle.run(&setting.circuit, &setting.inputs, Noise::Absent);
            let clean = oracle.terms(&setting.circuit, &setting.responses(), &quiet);
            for path in KernelPath::available() {
                let case = format!("{sizes:?} {activation:?} {path:?}");
                let mut found = Circuit::zeros(setting.shape);
                let mut stepper = setting.stepper(activation, path);
                let noisy = stepper.step(&setting.circuit, NOISE, LAMBDA, &mut found);
                for (found, exact) in [(noisy, terms), (stepper.terms(&setting.circuit), clean)] {
                    // float32 states; the embedding is a difference of sums of its own size here
                    assert!(
                        (found.output - exact.output).abs() <= 1e-5 * exact.output,
                        "{case}: {found:?}, {exact:?}"
                    );
                    assert!(
                        (found.embedding - exact.embedding).abs() <= 1e-5 * exact.embedding,
                        "{case}: {found:?}, {exact:?}"
                    );
                }
                for (part, (found, exact)) in parts(&found).into_iter().zip(parts(&exact)).enumerate().take(3)
                {
                    let error = relative_error(found, exact);
                    // float32 over up to 300 steps: rounding grows with the steps' Jacobians
                    assert!(error <= 2e-4, "{case}, part {part}: {error:e}");
                }
                let tangent =
                    |circuit: &Circuit| manifold(setting.shape).tangent(&setting.circuit.q, &circuit.q);
                let error = relative_error(&tangent(&found), &tangent(&exact));
                assert!(error <= 2e-4 || sizes[0] == sizes[3], "{case}, tangent by q: {error:e}"); // as above
            }
        }
    }
}

#[test]
fn iterations_have_uncorrelated_noise() {
    let shape = Setting::new(SIZES[4], 1).shape;
    let row = shape.n_steps * shape.n_trials;
    let drawn = |iteration: u64| {
        let (rec, inp) = CircuitNoise { iteration, ..NOISE }.drawn(shape);
        [rec, inp].concat()
    };
    let noise: Vec<Vec<f32>> = (0..32).map(drawn).collect();
    for at in [0, row, noise[0].len() - row] {
        let mut overlap = 0.0;
        for (i, a) in noise.iter().enumerate() {
            for b in &noise[..i] {
                let (a, b) = (&a[at..at + row], &b[at..at + row]);
                let [own, other] = [a, b].map(|x| x.iter().map(|x| x * x).sum::<f32>().sqrt());
                overlap += a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>() / (own * other);
            }
        }
        // The cosine of two rows of independent normals has a variance of one over their length.
        let four_deviations = 4.0 * (496.0 / row as f32).sqrt();
        assert!(overlap.abs() <= four_deviations, "{at}: {overlap} over 496 pairs, {four_deviations}");
    }
}

#[test]
fn vector_paths_give_the_same_bits() {
    for (seed, sizes) in SIZES.into_iter().enumerate() {
        let setting = Setting::new(sizes, seed as u64);
        for activation in activations() {
            let mut seen = Vec::new();
            for path in KernelPath::available().filter(|&path| path != KernelPath::Portable) {
                let mut found = Circuit::zeros(setting.shape);
                let mut stepper = setting.stepper(activation, path);
                let noisy = stepper.step(&setting.circuit, NOISE, LAMBDA, &mut found);
                seen.push((noisy, stepper.terms(&setting.circuit), found));
            }
            assert!(seen.windows(2).all(|pair| pair[0] == pair[1]), "{sizes:?} {activation:?}");
        }
    }
}

#[test]
#[allow(clippy::unreadable_literal, reason = "numbers as geoopt printed them")]
fn updates_on_the_manifold_are_those_of_geoopt() {
    // geoopt 0.5.1, RiemannianAdam(lr = 0.02) on Stiefel(), float64: three updates with given gradients
    let q = [
        -0.5142943064272345,
        0.20738324973096883,
        0.7271523711905447,
        -0.3789593485354536,
        0.3619500808067388,
        0.7503107258813618,
        -0.13461356984703712,
        -0.45654377841311505,
        0.24004608154587864,
        0.20489898220407868,
    ];
    let gradients = [
        [
            0.3703935333738153,
            1.4565026067903366,
            0.9398099079535257,
            0.7748488177844168,
            0.19186942747902466,
            1.2637947253235853,
            -1.29043510317847,
            -0.7911026902762878,
            -0.020879472995974358,
            -0.7184800423600348,
        ],
        [
            0.5186367489510352,
            -1.3125219619835629,
            0.19199507185683629,
            0.5427713494727768,
            -2.2187793699300005,
            0.2589845413662202,
            -1.029702181843019,
            -0.5007584123764369,
            0.27336773842007633,
            -0.9180999735255815,
        ],
        [
            -0.040421087473651175,
            0.28811682688855406,
            -0.007537307963943466,
            -0.914495452479524,
            -1.0885836526934918,
            -0.2665963045720212,
            0.18942346075724142,
            -0.21902281098819965,
            2.0575912707261748,
            -0.035421882969449175,
        ],
    ];
    let expected = [
        -0.5220185505930178,
        0.20323513071471397,
        0.7114572763046655,
        -0.40302319550515836,
        0.38826919761936296,
        0.7395580492492453,
        -0.11885699299764829,
        -0.4478753902820435,
        0.2375820326234403,
        0.2207471678154499,
    ];
    let shape = Shape { n_nodes: 2, n_inputs: 1, n_outputs: 1, n_components: 5, n_steps: 2, n_trials: 1 };
    let mut circuit = Circuit { q: q.to_vec(), ..Circuit::zeros(shape) };
    let mut optimiser = Optimiser::new(shape, Embedding::Stiefel);
    for gradient in gradients {
        let gradient = Circuit { q: gradient.to_vec(), ..Circuit::zeros(shape) };
        optimiser.update(&mut circuit, &gradient, 0.02, &free(shape));
    }
    let error = relative_error(&circuit.q, &expected);
    assert!(error < 1e-13, "{error:e}"); // the same operations in another order
}

/// Rules that allow every weight.
fn free(shape: Shape) -> Rules {
    let Shape { n_nodes, n_inputs, n_outputs, .. } = shape;
    Rules {
        rec_mask: vec![1.0; n_nodes * n_nodes],
        inp_mask: vec![1.0; n_nodes * n_inputs],
        out_mask: vec![1.0; n_nodes * n_outputs],
        signs: vec![0.0; n_nodes],
    }
}

#[test]
fn the_embedding_stays_orthonormal_over_two_thousand_updates() {
    let setting = Setting::new([8, 6, 2, 30, 20, 16], 3);
    let mut numbers = Numbers(77);
    let a = numbers.many(30 * 30, 0.0, 1.0);
    for embedding in [Embedding::Stiefel, Embedding::Cayley(a.clone())] {
        let q = manifold(setting.shape).cayley(&a);
        let mut circuit = Circuit { q, ..setting.circuit.clone() };
        let mut optimiser = Optimiser::new(setting.shape, embedding);
        let mut stepper = setting.stepper(TANH, KernelPath::detect());
        let mut gradient = Circuit::zeros(setting.shape);
        for iteration in 0..2000 {
            let noise = CircuitNoise { iteration, ..NOISE };
            stepper.step(&circuit, noise, LAMBDA, &mut gradient);
            optimiser.update(&mut circuit, &gradient, 0.02, &free(setting.shape));
        }
        let gap = manifold(setting.shape).gap(&circuit.q);
        assert!(gap < 1e-11, "{gap:e}"); // float64 rounding of 2000 turns; the promise is 1e-5
    }
}

#[test]
fn the_gradient_through_the_cayley_transform_matches_finite_differences() {
    let manifold = Stiefel { n_rows: 6, n_columns: 3 };
    let mut numbers = Numbers(5);
    let (a, by_q) = (numbers.many(36, 0.0, 1.0), numbers.many(18, -1.0, 1.0));
    assert!(manifold.gap(&manifold.cayley(&a)) < 1e-14); // rounding
    let loss = |a: &[f64]| manifold.cayley(a).iter().zip(&by_q).map(|(q, g)| q * g).sum::<f64>();
    let found: Vec<f64> = (0..36)
        .map(|at| {
            let shifted = |by: f64| {
                let mut a = a.clone();
                a[at] += by;
                loss(&a)
            };
            (shifted(1e-5) - shifted(-1e-5)) / 2e-5
        })
        .collect();
    assert!(relative_error(&found, &manifold.cayley_gradient(&a, &by_q)) < 1e-8); // truncation at 1e-5
}

#[test]
fn rules_keep_signs_and_masks() {
    let shape = Shape { n_nodes: 3, n_inputs: 2, n_outputs: 1, n_components: 3, n_steps: 2, n_trials: 1 };
    let mut circuit = Circuit {
        w_rec: vec![1.0, 1.0, 1.0, -1.0, -1.0, -1.0, 2.0, 2.0, 2.0],
        w_inp: vec![1.0, -1.0, 1.0, 1.0, 1.0, 1.0],
        w_out: vec![1.0, 1.0, -1.0],
        ..Circuit::zeros(shape)
    };
    let mut rules = Rules { signs: vec![1.0, -1.0, 0.0], ..free(shape) };
    rules.rec_mask[6] = 0.0;
    rules.inp_mask[4] = 0.0;
    rules.apply(&mut circuit);
    assert_eq!(circuit.w_rec, [1.0, 0.0, 1.0, 0.0, -1.0, -1.0, 0.0, 0.0, 2.0]);
    assert_eq!(circuit.w_inp, [1.0, 0.0, 1.0, 1.0, 0.0, 1.0]);
    assert_eq!(circuit.w_out, [1.0, 0.0, 0.0]);
}
