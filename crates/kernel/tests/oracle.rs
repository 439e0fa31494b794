//! The kernel against its float64 twin over odd sizes, and the twin against finite differences.

use circuitscope_kernel::naive::{self, Oracle, Penalties, Weights};
use circuitscope_kernel::{
    Activation, Adam, Allowed, Batch, BiasTerm, Curve, Equation, Family, Form, Geometry, InputOutput,
    KernelPath, Noise, Parameters, Stepper, orthogonality, project,
};

const RELU: Activation = Activation { curve: Curve::Relu, slope: 1.0 };
const SIGMOID: Activation = Activation { curve: Curve::Sigmoid, slope: 7.5 };
const TANH: Activation = Activation { curve: Curve::Tanh, slope: 1.0 };
const ALPHA: f32 = 0.1;

/// Every curve, and each parameter at more than one value. Powers have a slope at which these networks do not diverge.
fn activations() -> Vec<Activation> {
    let of = |curve: Curve| {
        let slope = if let Curve::Power(_) = curve { 0.25 } else { curve.standard_slope() };
        Activation { curve, slope }
    };
    let with = |family: Family, name: &str, value: f64| {
        of(family.curve().with_parameter(name, value).expect("fits"))
    };
    let mut all = Family::ALL.map(|family| of(family.curve())).to_vec();
    all.push(with(Family::LeakyRelu, "leak", 0.4));
    all.extend([1.25, 1.5, 2.75].map(|exponent| with(Family::Power, "exponent", exponent)));
    all
}

/// Every curve in the published equation, and the published ones in the others.
fn equations() -> Vec<Equation> {
    let of = |activation, form, bias| Equation { activation, form, bias, alpha: ALPHA };
    let mut all: Vec<_> =
        activations().into_iter().map(|activation| Equation::published(activation, ALPHA)).collect();
    all.extend([RELU, SIGMOID, TANH].map(|activation| of(activation, Form::Potential, BiasTerm::Present)));
    all.extend([of(TANH, Form::Rate, BiasTerm::Present), of(SIGMOID, Form::Potential, BiasTerm::Absent)]);
    all
}

/// A network, what it is shown, and given noise, all from one seed.
struct Setting {
    geometry: Geometry,
    parameters: Parameters,
    inputs: Vec<f32>,
    targets: Vec<f32>,
    mask: Vec<usize>,
    /// Weights `[O, T, B]`, where the loss is weighted.
    weights: Option<Vec<f32>>,
    rec: Vec<f32>,
    inp: Vec<f32>,
    bias: Vec<f32>,
}

impl Setting {
    fn new(sizes: [usize; 5], seed: u64) -> Self {
        let [n_units, n_inputs, n_outputs, n_steps, n_trials] = sizes;
        let geometry = Geometry { n_units, n_inputs, n_outputs, n_steps, n_trials };
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        let mut numbers = |len: usize, low: f32, high: f32| -> Vec<f32> {
            let mut next = || {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                low + (high - low) * ((state >> 40) as f32 / 16_777_216.0)
            };
            (0..len).map(|_| next()).collect()
        };
        let spread = 1.5 / (n_units as f32).sqrt();
        Self {
            geometry,
            parameters: Parameters {
                w_rec: numbers(n_units * n_units, -spread, spread),
                w_inp: numbers(n_units * n_inputs, 0.0, 0.6),
                w_out: numbers(n_outputs * n_units, 0.0, 2.0 * spread),
                bias: Vec::new(),
            },
            inputs: numbers(n_inputs * n_steps * n_trials, -0.5, 1.0),
            targets: numbers(n_outputs * n_steps * n_trials, 0.0, 1.0),
            mask: (0..n_steps).filter(|t| t % 3 != 1).collect(),
            weights: None,
            rec: numbers(n_units * n_steps * n_trials, -0.3, 0.3),
            inp: numbers(n_inputs * n_steps * n_trials, -0.3, 0.3),
            bias: numbers(n_units, -0.5, 0.5),
        }
    }

    fn batch(&self) -> Batch<'_> {
        Batch {
            inputs: &self.inputs,
            targets: &self.targets,
            mask: &self.mask,
            weights: self.weights.as_deref(),
        }
    }

    /// With weights from 0 to 3 whose size follows no pattern of outputs, steps or trials, about a third of them 0.
    fn weighted(mut self) -> Self {
        let scattered = |at: usize| (at as u32).wrapping_mul(2_654_435_761) >> 27; // 0 to 31
        let weight = |at: usize| (scattered(at + 1) as f32 - 10.0).max(0.0) * 0.15;
        let mut weights: Vec<f32> = (0..self.targets.len()).map(weight).collect();
        weights[0] = 0.5; // step 0 is in every mask
        self.weights = Some(weights);
        self
    }

    fn noise(&self) -> Noise<'_> {
        Noise::Given { rec: &self.rec, inp: &self.inp }
    }

    fn oracle(&self, equation: Equation) -> Oracle {
        let Equation { activation, form, .. } = equation;
        Oracle { geometry: self.geometry, activation, form, alpha: f64::from(ALPHA) }
    }

    /// The parameters of an equation: those without a bias, and one where it has one.
    fn parameters_of(&self, equation: Equation) -> Parameters {
        let bias = if equation.bias == BiasTerm::Present { self.bias.clone() } else { Vec::new() };
        Parameters { bias, ..self.parameters.clone() }
    }
}

fn bits(parameters: &Parameters) -> Vec<u32> {
    parameters.arrays().concat().iter().map(|x| x.to_bits()).collect()
}

/// Largest difference, over the largest exact number or `floor`.
fn relative_error(found: &[f32], exact: &[f64], floor: f64) -> f64 {
    assert_eq!(found.len(), exact.len());
    let size = exact.iter().fold(floor, |size, x| size.max(x.abs()));
    let errors = found.iter().zip(exact).map(|(&x, y)| (f64::from(x) - y).abs() / size);
    errors.fold(0.0, |worst, error| if error <= worst { worst } else { error }) // a NaN wins
}

/// Sizes N, U, O, T, B: below and above a block, a tile, a chunk, a strip; odd trials; one of each.
const SIZES: [[usize; 5]; 12] = [
    [1, 1, 1, 2, 1],
    [7, 3, 2, 9, 3],
    [16, 2, 1, 5, 11],
    [37, 6, 2, 40, 33],
    [61, 2, 3, 12, 31],
    [64, 1, 1, 1, 2],
    [95, 3, 1, 60, 11],
    [100, 6, 2, 20, 61],
    [100, 3, 1, 300, 3],
    [129, 20, 2, 7, 29],
    [100, 6, 2, 3, 450],
    [270, 6, 2, 4, 107],
];

/// Loss, gradients and states of every path against the oracle's, under given noise.
fn check_against_the_oracle(sizes: [usize; 5], seed: u64) {
    check_setting_against_the_oracle(sizes, &Setting::new(sizes, seed));
}

fn check_setting_against_the_oracle(sizes: [usize; 5], setting: &Setting) {
    for equation in equations() {
        let parameters = setting.parameters_of(equation);
        let weights = Weights::from(&parameters);
        let oracle = setting.oracle(equation);
        let penalties = Penalties { rate: 0.5, orthogonality: 0.0 };
        let (terms, gradients) = oracle.gradients(&weights, &setting.batch(), setting.noise(), penalties);
        let rates = oracle.run(&weights, &setting.batch(), setting.noise()).rates;
        for path in KernelPath::available() {
            let mut stepper = Stepper::new(setting.geometry, equation, path);
            let mut found = parameters.zeros_like();
            let loss =
                stepper.loss_and_gradients(&parameters, &setting.batch(), setting.noise(), 0.5, &mut found);
            let case = format!("{sizes:?} {equation:?} {path:?}");
            assert!((loss.task - terms.task).abs() <= 1e-5 * terms.task, "{case}: {loss:?}, {terms:?}");
            assert!((loss.rate - terms.rate).abs() <= 1e-5 * terms.rate, "{case}: {loss:?}, {terms:?}");
            for (found, exact) in found.arrays().into_iter().zip(gradients.arrays()) {
                // float32 over up to 300 steps: rounding grows with the steps' Jacobians
                let error = relative_error(found, exact, 1e-12);
                assert!(error <= 2e-4, "{case}: gradients are {error:e} of the largest off");
            }
            let mut found = vec![0.0; rates.len()];
            let alone = stepper.rates(&parameters, &setting.batch(), setting.noise(), &mut found);
            assert_eq!(alone, loss, "{case}: the loss of a run without gradients");
            let error = relative_error(&found, &rates, 1.0);
            assert!(error <= 2e-5, "{case}: rates are {error:e} off");
        }
    }
}

#[test]
fn the_kernel_agrees_with_the_oracle_at_odd_sizes() {
    for (seed, sizes) in SIZES.into_iter().enumerate() {
        check_against_the_oracle(sizes, seed as u64);
    }
}

#[test]
fn a_weighted_loss_and_its_gradients_agree_with_the_oracle() {
    for (seed, sizes) in SIZES.into_iter().enumerate().filter(|(place, _)| place % 3 != 0) {
        check_setting_against_the_oracle(sizes, &Setting::new(sizes, seed as u64).weighted());
    }
}

#[test]
fn the_kernel_agrees_with_the_oracle_whatever_units_meet_whatever_trials() {
    const OPERATIONS: usize = 4_000_000; // what bounds the steps, so that the oracle takes seconds
    for (row, n_units) in [1, 7, 37, 100, 129].into_iter().enumerate() {
        for (column, n_trials) in [1, 3, 11, 450].into_iter().enumerate() {
            let n_steps = (OPERATIONS / (n_trials * n_units * n_units)).clamp(2, 300);
            let (n_inputs, n_outputs) = (1 + (row + column) % 7, 1 + (row + 2 * column) % 3);
            check_against_the_oracle(
                [n_units, n_inputs, n_outputs, n_steps, n_trials],
                (4 * row + column) as u64,
            );
        }
    }
}

#[test]
fn every_fused_path_trains_to_the_same_bits() {
    let fused: Vec<_> = KernelPath::available().filter(|&path| path != KernelPath::Portable).collect();
    for (seed, sizes) in SIZES.into_iter().enumerate() {
        let setting = Setting::new(sizes, 100 + seed as u64);
        let setting = if seed % 2 == 0 { setting } else { setting.weighted() };
        for equation in equations() {
            let parameters = setting.parameters_of(equation);
            let noise = Noise::Seeded { seed: 5, iteration: 3, sigma_rec: 0.2, sigma_inp: 0.3 };
            let results: Vec<_> = fused
                .iter()
                .map(|&path| {
                    let mut gradients = parameters.zeros_like();
                    let mut stepper = Stepper::new(setting.geometry, equation, path);
                    let batch = setting.batch();
                    let loss = stepper.loss_and_gradients(&parameters, &batch, noise, 0.5, &mut gradients);
                    (loss.task.to_bits(), loss.rate.to_bits(), bits(&gradients))
                })
                .collect();
            let same = results.windows(2).all(|pair| pair[0] == pair[1]);
            assert!(same, "{sizes:?} {equation:?}: {fused:?} differ");
        }
    }
}

/// One training step on a path, as FNV-1a of the bits of its gradients and updated weights.
fn fingerprint(path: KernelPath) -> u64 {
    let mut setting = Setting::new([100, 6, 2, 30, 33], 12);
    let mut adam = Adam::of(&setting.parameters);
    let mut gradients = Parameters::zeros(setting.geometry);
    let mut hash = 0xCBF2_9CE4_8422_2325_u64;
    for (iteration, activation) in [RELU, SIGMOID, TANH].into_iter().enumerate() {
        let noise = Noise::Seeded { seed: 21, iteration: iteration as u64, sigma_rec: 0.2, sigma_inp: 0.2 };
        let mut stepper = Stepper::new(setting.geometry, Equation::published(activation, ALPHA), path);
        stepper.loss_and_gradients(&setting.parameters, &setting.batch(), noise, 0.5, &mut gradients);
        adam.update(setting.parameters.arrays_mut(), gradients.arrays(), 0.005, 5e-6);
        let allowed =
            Allowed { signs: &[0.0; 100], input_output: InputOutput::NonNegative, connections: &[] };
        project(&mut setting.parameters, allowed);
        for bits in bits(&gradients).into_iter().chain(bits(&setting.parameters)) {
            hash = (hash ^ u64::from(bits)).wrapping_mul(0x100_0000_01B3);
        }
    }
    hash
}

#[test]
fn every_machine_trains_to_the_bits_on_record() {
    // Recorded on x86_64 with AVX-512. A new value is right only where the arithmetic was changed on purpose.
    for path in KernelPath::available().filter(|&path| path != KernelPath::Portable) {
        assert_eq!(format!("{:016x}", fingerprint(path)), "cc6ea3fdd6d12317", "{path:?}");
    }
}

#[test]
fn threads_side_by_side_train_to_the_same_bits() {
    let path = KernelPath::detect();
    let alone = fingerprint(path);
    let threads: Vec<_> = (0..4).map(|_| std::thread::spawn(move || fingerprint(path))).collect();
    for thread in threads {
        assert_eq!(thread.join().ok(), Some(alone));
    }
}

#[test]
fn a_workspace_used_before_gives_the_bits_of_a_new_one() {
    let setting = Setting::new([37, 6, 2, 40, 33], 1);
    for path in KernelPath::available() {
        let mut used = Stepper::new(setting.geometry, Equation::published(SIGMOID, ALPHA), path);
        let other = Setting::new([37, 6, 2, 40, 33], 2);
        let mut gradients = Parameters::zeros(setting.geometry);
        used.loss_and_gradients(&other.parameters, &other.batch(), other.noise(), 0.3, &mut gradients);
        used.loss(&other.parameters, &other.batch(), other.noise());
        let again = used.loss_and_gradients(
            &setting.parameters,
            &setting.batch(),
            Noise::Absent,
            0.5,
            &mut gradients,
        );
        let mut fresh = Parameters::zeros(setting.geometry);
        let mut new = Stepper::new(setting.geometry, Equation::published(SIGMOID, ALPHA), path);
        let first =
            new.loss_and_gradients(&setting.parameters, &setting.batch(), Noise::Absent, 0.5, &mut fresh);
        assert_eq!(again, first);
        assert_eq!(bits(&gradients), bits(&fresh));
    }
}

#[test]
fn seeded_noise_is_the_noise_that_the_random_module_lists() {
    let setting = Setting::new([37, 6, 2, 20, 33], 3);
    let (rec, inp) = circuitscope_kernel::random::draw_noise(setting.geometry, 8, 4, 0.25, 0.125);
    for path in KernelPath::available() {
        // The list is drawn with fused multiply-adds, which the portable path lacks.
        let tolerance = if path == KernelPath::Portable { 1e-5 } else { 0.0 };
        let mut stepper = Stepper::new(setting.geometry, Equation::published(RELU, ALPHA), path);
        let mut run = |noise| {
            let mut states = vec![0.0; 37 * 20 * 33];
            stepper.rates(&setting.parameters, &setting.batch(), noise, &mut states);
            states
        };
        let seeded = run(Noise::Seeded { seed: 8, iteration: 4, sigma_rec: 0.25, sigma_inp: 0.125 });
        let given = run(Noise::Given { rec: &rec, inp: &inp });
        let worst = seeded.iter().zip(&given).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(worst <= tolerance, "{path:?}: {worst:e}");
    }
}

#[test]
fn a_trial_does_not_depend_on_the_trials_beside_it() {
    let all = Setting::new([20, 3, 1, 15, 70], 4);
    let mut few = Setting::new([20, 3, 1, 15, 41], 4);
    few.parameters = all.parameters.clone();
    for (few, all, n_rows) in [(&mut few.inputs, &all.inputs, 3), (&mut few.targets, &all.targets, 1)] {
        for row in 0..n_rows * 15 {
            few[row * 41..][..41].copy_from_slice(&all[row * 70..][..41]);
        }
    }
    let noise = Noise::Seeded { seed: 1, iteration: 2, sigma_rec: 0.2, sigma_inp: 0.2 };
    for path in KernelPath::available() {
        let run = |setting: &Setting| {
            let Geometry { n_units, n_steps, n_trials, .. } = setting.geometry;
            let mut states = vec![0.0; n_units * n_steps * n_trials];
            let mut stepper = Stepper::new(setting.geometry, Equation::published(TANH, ALPHA), path);
            stepper.rates(&setting.parameters, &setting.batch(), noise, &mut states);
            states.chunks(n_trials).map(|row| row[..41].to_vec()).collect::<Vec<_>>()
        };
        assert_eq!(run(&all), run(&few), "{path:?}");
    }
}

#[test]
fn a_weight_that_is_not_a_number_reaches_the_loss() {
    let mut setting = Setting::new([37, 3, 1, 6, 5], 5);
    setting.parameters.w_rec[40] = f32::NAN;
    for (equation, path) in equations().into_iter().flat_map(|e| KernelPath::available().map(move |p| (e, p)))
    {
        let mut stepper = Stepper::new(setting.geometry, equation, path);
        let loss = stepper.loss(&setting.parameters_of(equation), &setting.batch(), Noise::Absent);
        assert!(loss.task.is_nan() && loss.rate.is_nan(), "{equation:?} on {path:?}: {loss:?}");
    }
}

#[test]
fn the_oracle_gradient_is_that_of_finite_differences() {
    check_finite_differences(&Setting::new([9, 4, 2, 25, 3], 6));
}

#[test]
fn the_oracle_gradient_of_a_weighted_loss_is_that_of_finite_differences() {
    check_finite_differences(&Setting::new([9, 4, 2, 25, 3], 6).weighted());
}

#[test]
fn weights_of_one_are_no_weights_and_scale_does_not_matter() {
    let plain = Setting::new([37, 3, 2, 12, 33], 9);
    let with = |weight: f32| Setting {
        weights: Some(vec![weight; plain.targets.len()]),
        ..Setting::new([37, 3, 2, 12, 33], 9)
    };
    for path in KernelPath::available() {
        let run = |setting: &Setting| {
            let mut gradients = Parameters::zeros(setting.geometry);
            let loss = Stepper::new(setting.geometry, Equation::published(TANH, ALPHA), path)
                .loss_and_gradients(
                    &setting.parameters,
                    &setting.batch(),
                    setting.noise(),
                    0.5,
                    &mut gradients,
                );
            (loss, bits(&gradients))
        };
        // Powers of two are exact in float32 and float64.
        assert_eq!(run(&with(1.0)), run(&plain), "{path:?}");
        assert_eq!(run(&with(4.0)), run(&plain), "{path:?}");
    }
}

#[test]
fn what_has_no_weight_does_not_reach_loss_or_gradient() {
    let mut setting = Setting::new([20, 3, 2, 15, 11], 10).weighted();
    let run = |setting: &Setting| {
        let mut gradients = Parameters::zeros(setting.geometry);
        let mut stepper =
            Stepper::new(setting.geometry, Equation::published(RELU, ALPHA), KernelPath::detect());
        let noise = setting.noise();
        let loss =
            stepper.loss_and_gradients(&setting.parameters, &setting.batch(), noise, 0.5, &mut gradients);
        (loss, bits(&gradients))
    };
    let before = run(&setting);
    let weights = setting.weights.clone().expect("weighted");
    for (target, weight) in setting.targets.iter_mut().zip(weights) {
        if weight == 0.0 {
            *target += 5.0;
        }
    }
    assert_eq!(run(&setting), before);
    setting.targets[0] += 1.0; // has a weight
    assert_ne!(run(&setting), before);
}

fn check_finite_differences(setting: &Setting) {
    let penalties = Penalties { rate: 0.5, orthogonality: 0.3 };
    for equation in equations() {
        let oracle = setting.oracle(equation);
        let weights = Weights::from(&setting.parameters_of(equation));
        let (_, gradient) = oracle.gradients(&weights, &setting.batch(), setting.noise(), penalties);
        let total = |weights: &Weights| {
            let response = oracle.run(weights, &setting.batch(), setting.noise());
            let terms = oracle.loss(weights, &setting.batch(), &response);
            terms.task + penalties.rate * terms.rate + penalties.orthogonality * terms.orthogonality
        };
        for (array, exact) in gradient.arrays().into_iter().enumerate() {
            let largest = exact.iter().fold(0.0_f64, |size, x| size.max(x.abs()));
            for (at, exact) in exact.iter().enumerate() {
                let moved = |by: f64| {
                    let mut weights = weights.clone();
                    weights.arrays_mut()[array][at] += by;
                    total(&weights)
                };
                let step = 1e-5;
                let difference = (moved(step) - moved(-step)) / (2.0 * step);
                // Second-order differences err by step² ≈ 1e-10; a kink of ReLU between the two points by a little more.
                assert!((difference - exact).abs() <= 1e-6 * largest, "{equation:?} {array} {at}");
            }
        }
    }
}

#[test]
fn the_orthogonality_term_agrees_with_the_oracle() {
    let mut setting = Setting::new([30, 6, 1, 2, 1], 7);
    for weight in setting.parameters.w_inp.iter_mut().skip(2).step_by(6) {
        *weight = 0.0; // a column that constraint has silenced
    }
    let weights = Weights::from(&setting.parameters);
    let oracle = setting.oracle(Equation::published(RELU, ALPHA));
    let gradient_with = |orthogonality| {
        let penalties = Penalties { rate: 0.0, orthogonality };
        oracle.gradients(&weights, &setting.batch(), Noise::Absent, penalties)
    };
    let ((terms, with), (_, without)) = (gradient_with(0.3), gradient_with(0.0));
    let exact: Vec<f64> = with.w_inp.iter().zip(&without.w_inp).map(|(a, b)| a - b).collect();
    let mut found = vec![0.0; 30 * 6];
    let penalty = orthogonality(&setting.parameters.w_inp, 6, 0.3, &mut found);
    assert!((penalty - terms.orthogonality).abs() < 1e-12);
    assert!(relative_error(&found, &exact, 0.0) < 1e-6); // the gradient is rounded to float32
}

/// What a network may have is the same in kernel and oracle, and what it may not have is 0.
#[test]
fn weights_are_brought_back_to_what_the_network_may_have() {
    let setting = Setting::new([12, 3, 2, 2, 1], 8);
    let negated =
        |weights: &[f32]| weights.iter().enumerate().map(|(i, w)| if i % 3 == 0 { -w } else { *w }).collect();
    let drawn = Parameters {
        w_inp: negated(&setting.parameters.w_inp),
        w_out: negated(&setting.parameters.w_out),
        ..setting.parameters.clone()
    };
    let signs: Vec<f32> = (0..12).map(|unit| [1.0, -1.0, 0.0][unit % 3]).collect();
    let connections: Vec<bool> = (0..144).map(|at| at % 5 != 2).collect();
    for input_output in [InputOutput::NonNegative, InputOutput::AnySign] {
        let allowed = Allowed { signs: &signs, input_output, connections: &connections };
        let (mut found, mut exact) = (drawn.clone(), Weights::from(&drawn));
        project(&mut found, allowed);
        naive::project(&mut exact, allowed);
        assert_eq!(Weights::from(&found), exact);
        for (at, &w) in found.w_rec.iter().enumerate() {
            assert!(w * signs[at % 12] >= 0.0 && (connections[at] || w == 0.0));
        }
        let n_negative = found.w_inp.iter().filter(|&&w| w < 0.0).count();
        assert_eq!(n_negative > 0, input_output == InputOutput::AnySign);
    }
}
