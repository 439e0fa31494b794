//! Times an iteration of a latent circuit's fit on one core: gradients, the update, and with every tenth the loss without
//! noise, on responses from random numbers.
//!
//! `circuit_bench [ITERATIONS] [relu|sigmoid|tanh]`; 8 nodes, 6 inputs, 2 outputs, 30 components, 300 steps, 98 trials.
//! Prints a line for each vector path of this machine.

#![allow(clippy::print_stdout)] // a program

use circuitscope_kernel::circuit::{
    Circuit, CircuitNoise, CircuitStepper, Embedding, Optimiser, Responses, Rules, Shape,
};
use circuitscope_kernel::random::Normals;
use circuitscope_kernel::{Activation, Curve, KernelPath};
use std::time::Instant;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let n_iterations: u64 = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(300);
    let curve = match arguments.next().as_deref() {
        Some("sigmoid") => Curve::Sigmoid,
        Some("tanh") => Curve::Tanh,
        _ => Curve::Relu,
    };
    let activation = Activation { curve, slope: if curve == Curve::Sigmoid { 7.5 } else { 1.0 } };
    let shape = Shape { n_nodes: 8, n_inputs: 6, n_outputs: 2, n_components: 30, n_steps: 300, n_trials: 98 };
    let normals = Normals::new(1, 0);
    let draw = |n_rows: usize, seed: usize| -> Vec<f32> {
        (0..n_rows * shape.n_steps * shape.n_trials).map(|at| normals.draw(at, seed, 0).abs()).collect()
    };
    let (inputs, outputs, components) = (draw(6, 1), draw(2, 2), draw(30, 3));
    let responses = Responses { inputs: &inputs, outputs: &outputs, components: &components };
    let rules = Rules {
        rec_mask: vec![1.0; 64],
        inp_mask: (0..48).map(|at| f64::from(u8::from(at / 6 == at % 6))).collect(),
        out_mask: vec![1.0; 16],
        signs: vec![0.0; 8],
    };
    for path in KernelPath::available() {
        let mut circuit = Circuit {
            w_inp: rules.inp_mask.clone(),
            w_out: vec![1.0; 16],
            q: (0..240).map(|at| f64::from(u8::from(at / 8 == at % 8))).collect(),
            ..Circuit::zeros(shape)
        };
        let mut stepper = CircuitStepper::new(shape, &responses, activation, 0.1, path);
        let mut optimiser = Optimiser::new(shape, Embedding::Stiefel);
        let mut gradient = Circuit::zeros(shape);
        let mut of_update = 0.0;
        let begin = Instant::now();
        for iteration in 0..n_iterations {
            let noise = CircuitNoise { seed: 1, iteration, sigma_rec: 0.22, sigma_inp: 0.22 };
            stepper.step(&circuit, noise, 0.025, &mut gradient);
            if iteration % 10 == 0 {
                stepper.terms(&circuit);
            }
            let begin = Instant::now();
            optimiser.update(&mut circuit, &gradient, 0.002, &rules);
            of_update += begin.elapsed().as_secs_f64();
        }
        let ms = |seconds: f64| 1e3 * seconds / n_iterations as f64;
        println!(
            "{:8} {curve:?}: {:.3} ms an iteration, of which {:.3} ms are the update",
            path.name(),
            ms(begin.elapsed().as_secs_f64()),
            ms(of_update)
        );
    }
}
