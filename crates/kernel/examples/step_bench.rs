//! Times one training iteration against this core's best matrix product: one line a case.
//!
//! `step_bench [path] [case…]`, e.g. `step_bench avx2 cddm_relu`; without arguments, the best path and every case.
//! FLOPs are counted as 3 · 2 · T · B · N · (N + U): one forward product and two backward ones a step, nothing else.

#![allow(clippy::print_stdout)] // a program
#![allow(unsafe_code)] // the foreign product takes pointers

use std::time::Instant;

use circuitscope_kernel::{
    Activation, Adam, Batch, Curve, Geometry, KernelPath, Noise, PackedMatrix, Parameters, Stepper,
    orthogonality, project,
};

struct Case {
    name: &'static str,
    curve: Curve,
    geometry: Geometry,
}

const fn case(name: &'static str, curve: Curve, sizes: [usize; 5]) -> Case {
    let [n_units, n_inputs, n_outputs, n_steps, n_trials] = sizes;
    Case { name, curve, geometry: Geometry { n_units, n_inputs, n_outputs, n_steps, n_trials } }
}

const CASES: [Case; 8] = [
    case("cddm_relu", Curve::Relu, [100, 6, 2, 300, 450]),
    case("cddm_sigmoid", Curve::Sigmoid, [100, 6, 2, 300, 450]),
    case("cddm_tanh", Curve::Tanh, [100, 6, 2, 300, 450]),
    case("go_no_go_256_relu", Curve::Relu, [100, 3, 1, 60, 256]),
    case("go_no_go_256_sigmoid", Curve::Sigmoid, [100, 3, 1, 60, 256]),
    case("go_no_go_11_relu", Curve::Relu, [100, 3, 1, 60, 11]),
    case("cddm_98_relu", Curve::Relu, [100, 6, 2, 300, 98]),
    case("large_relu", Curve::Relu, [1000, 6, 2, 300, 98]),
];

/// Numbers in [0, 1) from a multiplicative generator; the bench needs no better.
fn numbers(len: usize, seed: u32) -> Vec<f32> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / 16_777_216.0
    };
    (0..len).map(|_| next()).collect()
}

/// Least seconds of `repeats` runs of `work`, after one that is not counted.
fn least_seconds(repeats: usize, mut work: impl FnMut()) -> f64 {
    work();
    let timed = (0..repeats).map(|_| {
        let start = Instant::now();
        work();
        start.elapsed().as_secs_f64()
    });
    timed.fold(f64::INFINITY, f64::min)
}

/// The most GFLOP/s of a float32 product on this core: the `gemm` crate and the kernel's own, two shapes.
fn best_product(path: KernelPath) -> f64 {
    let mut best = 0.0_f64;
    for [m, k, n] in [[1024, 1024, 1024], [102, 108, 32]] {
        let (a, b) = (numbers(m * k, 1), numbers(k * n, 2));
        let mut c = vec![0.0_f32; m * n];
        let flops = 2.0 * (m * k * n) as f64;
        let inner = (2e9 / flops).ceil() as usize;
        let packed = PackedMatrix::new(path, [k, n], &b);
        let own = least_seconds(2, || {
            for _ in 0..inner {
                packed.multiply(&a, &mut c);
            }
        });
        let foreign = least_seconds(2, || {
            for _ in 0..inner {
                // SAFETY: pointers and strides are those of row-major matrices of these sizes.
                unsafe {
                    gemm::gemm(
                        m,
                        n,
                        k,
                        c.as_mut_ptr(),
                        1,
                        n as isize,
                        false,
                        a.as_ptr(),
                        1,
                        k as isize,
                        b.as_ptr(),
                        1,
                        n as isize,
                        0.0,
                        1.0,
                        false,
                        false,
                        false,
                        gemm::Parallelism::None,
                    );
                }
            }
        });
        best = best.max(flops * inner as f64 / own.min(foreign) / 1e9);
    }
    best
}

/// Rounds in which a case and the yardstick take turns.
const ROUNDS: usize = 4;

fn time(case: &Case, path: KernelPath) {
    let Geometry { n_units, n_inputs, n_outputs, n_steps, n_trials } = case.geometry;
    let spread = 1.0 / (n_units as f32).sqrt();
    let mut parameters = Parameters {
        w_rec: numbers(n_units * n_units, 3).iter().map(|x| (x - 0.5) * 3.4 * spread).collect(),
        w_inp: numbers(n_units * n_inputs, 4).iter().map(|x| x * 0.2).collect(),
        w_out: numbers(n_outputs * n_units, 5).iter().map(|x| x * 0.2).collect(),
    };
    let inputs = numbers(n_inputs * n_steps * n_trials, 6);
    let targets = numbers(n_outputs * n_steps * n_trials, 7);
    let mask: Vec<usize> = (0..n_steps).collect();
    let batch = Batch { inputs: &inputs, targets: &targets, mask: &mask };
    let slope = if case.curve == Curve::Sigmoid { 7.5 } else { 1.0 };
    let mut stepper = Stepper::new(case.geometry, Activation { curve: case.curve, slope }, 0.1, path);
    let (mut gradients, mut adam) = (Parameters::zeros(case.geometry), Adam::new(case.geometry));
    let signs = vec![0.0; n_units];
    let flops = 6.0 * (n_steps * n_trials * n_units * (n_units + n_inputs)) as f64;
    let inner = (2e9 / flops).ceil() as usize;
    let sigma = (2.0_f32 / 0.1).sqrt() * 0.05;
    let (mut iteration, mut last) = (0, 0.0);
    let (mut sgemm, mut update, mut forward) = (0.0_f64, f64::INFINITY, f64::INFINITY);
    // Yardstick and case take turns: on a shared machine both must meet the same moments.
    for _ in 0..ROUNDS {
        sgemm = sgemm.max(best_product(path));
        update = update.min(least_seconds(2, || {
            for _ in 0..inner {
                let noise = Noise::Seeded { seed: 1, iteration, sigma_rec: sigma, sigma_inp: sigma };
                let loss = stepper.loss_and_gradients(&parameters, &batch, noise, 0.5, &mut gradients);
                let overlap = orthogonality(&parameters.w_inp, n_inputs, 0.3, &mut gradients.w_inp);
                adam.update(&mut parameters, &gradients, 0.005, 5e-6);
                project(&mut parameters, &signs);
                last = loss.task + 0.3 * overlap + 0.5 * loss.rate;
                iteration += 1;
            }
        }));
        forward = forward.min(least_seconds(2, || {
            for _ in 0..inner {
                stepper.loss(&parameters, &batch, Noise::Absent);
            }
        }));
    }
    assert!(last.is_finite(), "the loss of {} diverged", case.name);
    let (update, forward) = (update / inner as f64, forward / inner as f64);
    let gflops = flops / update / 1e9;
    println!(
        "{} path={} ms_per_iteration={:.3} gflops={gflops:.1} sgemm={sgemm:.1} share={:.3} loss_alone={:.3}",
        case.name,
        path.name(),
        update * 1e3,
        gflops / sgemm,
        forward / update
    );
}

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let path = wanted.iter().find_map(|name| KernelPath::named(name).ok()).unwrap_or_else(KernelPath::detect);
    let picked: Vec<&Case> =
        CASES.iter().filter(|case| wanted.iter().any(|name| name == case.name)).collect();
    for case in if picked.is_empty() { CASES.iter().collect() } else { picked } {
        time(case, path);
    }
}
