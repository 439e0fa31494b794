//! The loss under a linear embedding with an offset, both of least error for the states of the moment.
//!
//! Variable projection (Golub & Pereyra 1973, doi:10.1137/0710036): the embedding `L` `[K, n]` and the offset are no parameters
//! of the descent but the solution of a ridge regression of the components on the states, and the gradient by a weight is that
//! at a fixed solution. It is solved anew every few updates. With `L = P R`, P orthonormal, an error is
//! `|L (x − x̄) − z|² = |R x − (Pᵀ z + R x̄)|² + |z|² − |Pᵀ z|²`: as far as the circuit is concerned, n more outputs with
//! the fixed weights R. The kernel gets them as such, on one scale with the true outputs.

use faer::Mat;
use faer::linalg::solvers::Solve;
use ndarray::{Array1, Array2, Axis};

use super::target::{Target, network_of};
use crate::analysis::latent_circuit::CircuitError;
use crate::analysis::latent_circuit::schedule::Schedule;
use crate::analysis::latent_circuit::unit_regression::ridge;
use crate::dynamics::run;
use circuitscope_kernel::KernelPath;
use circuitscope_kernel::circuit::{Circuit, CircuitNoise, CircuitStepper, Responses as Arrays, Shape};

/// Updates between two solutions.
const SOLVED_EVERY: usize = 10;
/// Updates during which the embedding is drawn to that of the start, less and less: without it every start would begin from
/// one embedding, and with it more of them end at the lowest loss found.
const N_DRAWN: usize = 300;
/// How strongly, at first: as noise of this variance on the states would draw it to zero.
const DRAWN_BY: f64 = 0.3;

pub(in super::super) struct Linear<'a> {
    target: &'a Target<'a>,
    path: KernelPath,
    /// Orthonormal columns `[K, n]`.
    start: Array2<f64>,
    /// Entries (step times trials plus trial) whose components were recorded.
    seen: Vec<usize>,
    /// Their components `[K, M]`.
    components: Array2<f64>,
    /// Σ z² over them.
    square: f64,
    /// Number of recorded outputs, at least 1.
    n_compared: f64,
    n_steps_made: usize,
    n_solved: usize,
    solved: Option<Solved>,
    gradient: Circuit,
}

/// The circuit's problem between two solutions.
struct Solved {
    stepper: CircuitStepper,
    /// Weights of the outputs that stand for the embedding `[n, n]`.
    readout: Vec<f64>,
    /// What the kernel's mean over outputs is multiplied by to be the loss.
    factor: f64,
    /// What the embedding leaves whatever the states, in the loss.
    rest: f64,
}

impl<'a> Linear<'a> {
    pub(super) fn new(target: &'a Target<'a>, start: &[f64], path: KernelPath) -> Self {
        let Shape { n_nodes, n_components, n_steps, n_trials, .. } = target.shape;
        let flat = target.components.to_shape((n_components, n_steps * n_trials));
        let flat = flat.expect("rows of steps × trials");
        let seen: Vec<usize> = (0..flat.ncols()).filter(|&c| !flat[[0, c]].is_nan()).collect();
        let components = flat.select(Axis(1), &seen);
        Self {
            path,
            start: super::matrix(start, n_components, n_nodes),
            square: components.iter().map(|z| z * z).sum(),
            n_compared: target.outputs.iter().filter(|o| !o.is_nan()).count().max(1) as f64,
            seen,
            components,
            // A fit that goes on from another one is not drawn to a start again.
            n_steps_made: if target.setting.schedule == Schedule::Resumed { N_DRAWN } else { 0 },
            n_solved: 0,
            solved: None,
            gradient: Circuit::zeros(target.kernel_shape()),
            target,
        }
    }

    /// The loss without noise, under the solution of the moment.
    pub(super) fn loss(&mut self, circuit: &Circuit) -> Result<f64, CircuitError> {
        self.solve_if_due(circuit)?;
        let Some(Solved { stepper, readout, factor, rest }) = &mut self.solved else { return Ok(f64::NAN) };
        let mean = stepper.terms(&with_readout(circuit, readout, &self.gradient)).output;
        Ok(*factor * mean + *rest)
    }

    pub(super) fn step(
        &mut self,
        circuit: &Circuit,
        noise: CircuitNoise,
        gradient: &mut Circuit,
    ) -> Result<f64, CircuitError> {
        self.solve_if_due(circuit)?;
        self.n_steps_made += 1;
        let Some(Solved { stepper, readout, factor, rest }) = &mut self.solved else { return Ok(f64::NAN) };
        let with_readout = with_readout(circuit, readout, &self.gradient);
        let mean = stepper.step(&with_readout, noise, 0.0, &mut self.gradient).output;
        for (into, from) in [
            (&mut gradient.w_rec, &self.gradient.w_rec),
            (&mut gradient.w_inp, &self.gradient.w_inp),
            (&mut gradient.w_out, &self.gradient.w_out),
        ] {
            into.iter_mut().zip(from).for_each(|(into, from)| *into = *factor * from);
        }
        gradient.q.fill(0.0);
        Ok(*factor * mean + *rest)
    }

    /// Solves anew after every [`SOLVED_EVERY`] updates; the loss at one of these is under the new solution.
    fn solve_if_due(&mut self, circuit: &Circuit) -> Result<(), CircuitError> {
        let due = self.n_steps_made / SOLVED_EVERY;
        if self.n_solved <= due {
            // Of states that are no longer finite there is no solution: the step says that they are not.
            self.solved = self.solution(circuit)?.or(self.solved.take());
            self.n_solved = due + 1;
        }
        Ok(())
    }

    /// The embedding of least error for a circuit's states, as the kernel's problem; [`None`] if a state is not finite.
    fn solution(&self, circuit: &Circuit) -> Result<Option<Solved>, CircuitError> {
        let Target { shape, dynamics, setting, responses, inputs, outputs, .. } = *self.target;
        let Shape { n_nodes, n_outputs, n_components, n_steps, n_trials, .. } = shape;
        let states = run::states(&network_of(circuit, shape, dynamics), responses.inputs.view())?;
        if states.iter().any(|x| !x.is_finite()) {
            return Ok(None);
        }
        let states = states.to_shape((n_nodes, n_steps * n_trials)).expect("rows of steps × trials");
        let mut states = states.select(Axis(1), &self.seen);
        let centre = states.mean_axis(Axis(1)).unwrap_or_else(|| Array1::zeros(n_nodes));
        states -= &centre.view().insert_axis(Axis(1));
        let embedding = self.embedding(&states);

        // L = P R: P the left singular vectors, R = S Vᵀ.
        let svd = embedding.thin_svd().expect("the decomposition of finite numbers converges");
        let frame = Array2::from_shape_fn((n_components, n_nodes), |(k, i)| svd.U()[(k, i)]);
        let readout =
            Array2::from_shape_fn((n_nodes, n_nodes), |(i, j)| svd.S().column_vector()[i] * svd.V()[(j, i)]);
        let places = frame.t().dot(&self.components);
        let rest = self.square - places.iter().map(|z| z * z).sum::<f64>();

        // Errors of the embedding count for λ / Σ z², those of outputs for 1 / their number.
        let weight = setting.lambda_embedding / self.square;
        let scale = (weight * self.n_compared).sqrt();
        let shift = readout.dot(&centre);
        let n_entries = n_steps * n_trials;
        let mut targets = vec![f32::NAN; (n_outputs + n_nodes) * n_entries];
        targets[..n_outputs * n_entries].copy_from_slice(outputs);
        for (row, (places, shift)) in places.outer_iter().zip(&shift).enumerate() {
            let targets = &mut targets[(n_outputs + row) * n_entries..][..n_entries];
            for (&entry, place) in self.seen.iter().zip(places) {
                targets[entry] = (scale * (place + shift)) as f32;
            }
        }
        let n_recorded = outputs.iter().filter(|o| !o.is_nan()).count() + n_nodes * self.seen.len();
        let kernel_shape = self.target.kernel_shape();
        let components = vec![0.0; kernel_shape.n_components * n_entries];
        let arrays = Arrays { inputs, outputs: &targets, components: &components };
        Ok(Some(Solved {
            stepper: CircuitStepper::new(
                kernel_shape,
                &arrays,
                dynamics.activation,
                dynamics.alpha(),
                self.path,
            ),
            readout: readout.iter().map(|weight| scale * weight).collect(),
            factor: n_recorded.max(1) as f64 / self.n_compared,
            rest: weight * rest,
        }))
    }

    /// The ridge regression `[K, n]` of the components on centred states `[n, M]`, in the first updates drawn to the start.
    fn embedding(&self, states: &Array2<f64>) -> Mat<f64> {
        let (n, count) = (states.nrows(), states.ncols() as f64);
        let (gram, cross) = (states.dot(&states.t()), self.components.dot(&states.t()));
        let square = gram.diag().sum();
        let ridge = ridge(square / n as f64, self.target.setting.state_noise(self.target.dynamics), count);
        let left = 1.0 - self.n_steps_made.min(N_DRAWN) as f64 / N_DRAWN as f64;
        let drawn = DRAWN_BY * left * left * count;
        let gain = (&self.start * &cross).sum().max(0.0) / (square + f64::MIN_POSITIVE);
        let left = Mat::from_fn(n, n, |i, j| gram[[i, j]] + if i == j { ridge + drawn } else { 0.0 });
        let right = Mat::from_fn(n, cross.nrows(), |i, k| cross[[k, i]] + drawn * gain * self.start[[k, i]]);
        left.partial_piv_lu().solve(right).transpose().to_owned()
    }
}

/// The circuit with the embedding among its outputs; its q has no say.
fn with_readout(circuit: &Circuit, readout: &[f64], shaped: &Circuit) -> Circuit {
    Circuit { w_out: [&circuit.w_out[..], readout].concat(), q: vec![0.0; shaped.q.len()], ..circuit.clone() }
}

impl Target<'_> {
    /// The kernel's view of the problem: the embedding is among the outputs.
    fn kernel_shape(&self) -> Shape {
        let Shape { n_nodes, n_outputs, .. } = self.shape;
        Shape { n_outputs: n_outputs + n_nodes, n_components: n_nodes, ..self.shape }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::latent_circuit::responses::Responses;
    use crate::analysis::latent_circuit::setting::{EmbeddingModel, NodeDynamics, Setting, Variant};
    use crate::analysis::latent_circuit::standard::standardised;
    use crate::stream::seed_of_draw;
    use circuitscope_kernel::{Activation, Curve};
    use ndarray::Array3;

    const SHAPE: Shape =
        Shape { n_nodes: 4, n_inputs: 2, n_outputs: 1, n_components: 5, n_steps: 25, n_trials: 7 };
    const QUIET: CircuitNoise = CircuitNoise { seed: 1, iteration: 0, sigma_rec: 0.0, sigma_inp: 0.0 };

    fn drawn(seed: u64, n: usize) -> Vec<f64> {
        (0..n as u64).map(|k| seed_of_draw(seed, k) as f64 / u64::MAX as f64 - 0.5).collect()
    }

    fn array(seed: u64, rows: usize) -> Array3<f64> {
        let shape = (rows, SHAPE.n_steps, SHAPE.n_trials);
        Array3::from_shape_vec(shape, drawn(seed, shape.0 * shape.1 * shape.2)).expect("as many")
    }

    fn circuit() -> Circuit {
        let zeros = Circuit::zeros(SHAPE);
        Circuit {
            w_rec: drawn(5, zeros.w_rec.len()),
            w_inp: drawn(6, zeros.w_inp.len()).iter().map(|w| w + 1.0).collect(),
            w_out: drawn(7, zeros.w_out.len()),
            q: zeros.q,
        }
    }

    /// Embedding and centre as the docs define them, by Gaussian elimination.
    fn solved(x: &Array2<f64>, z: &Array2<f64>, noise: f64) -> (Array2<f64>, Array1<f64>) {
        let centre = x.mean_axis(Axis(1)).expect("states");
        let x = x - &centre.view().insert_axis(Axis(1));
        let mut gram = x.dot(&x.t());
        gram.diag_mut().mapv_inplace(|g| g + noise * x.ncols() as f64);
        let (mut right, n) = (x.dot(&z.t()), x.nrows());
        for i in 0..n {
            for j in (0..n).filter(|&j| j != i) {
                let factor = gram[[j, i]] / gram[[i, i]];
                for c in 0..n {
                    gram[[j, c]] -= factor * gram[[i, c]];
                }
                for c in 0..right.ncols() {
                    right[[j, c]] -= factor * right[[i, c]];
                }
            }
        }
        for i in 0..n {
            right.row_mut(i).mapv_inplace(|r| r / gram[[i, i]]);
        }
        (right.t().to_owned(), centre)
    }

    /// A matrix of a circuit.
    type Matrix = fn(&mut Circuit) -> &mut Vec<f64>;

    #[test]
    fn losses_and_gradients_are_those_of_the_definition_at_the_embedding_of_least_error() {
        let dynamics = NodeDynamics {
            activation: Activation { curve: Curve::Tanh, slope: 1.0 },
            dt_ms: 1.0,
            tau_ms: 5.0,
        };
        let setting = Setting {
            embedding: EmbeddingModel::Linear,
            lambda_embedding: 0.7,
            ..Setting::published(Variant::Te25, 4, 2, 1)
        };
        let (mut raw, mut outputs) = (array(1, 5), array(2, 1));
        raw.slice_mut(ndarray::s![.., 3, 2]).fill(f64::NAN);
        outputs[[0, 4, 1]] = f64::NAN;
        let components = standardised(raw.clone());
        let inputs = array(3, 2).mapv(|u| u as f32);
        let mask = (0..SHAPE.n_steps).collect();
        let responses = Responses { rates: raw, inputs, outputs, mask, scored: None };
        let singles = |array: &Array3<f64>| array.iter().map(|&x| x as f32).collect::<Vec<f32>>();
        let inputs: Vec<f32> = responses.inputs.iter().copied().collect();
        let target = Target {
            shape: SHAPE,
            dynamics,
            setting: &setting,
            responses: &responses,
            components: &components,
            inputs: &inputs,
            outputs: &singles(&responses.outputs),
            single_components: &singles(&components),
        };
        let mut linear = Linear::new(&target, &Circuit::zeros(SHAPE).q, KernelPath::detect());
        linear.n_steps_made = SOLVED_EVERY * N_DRAWN; // no longer drawn to the start
        let mut gradient = Circuit::zeros(SHAPE);
        let noisy = linear.step(&circuit(), QUIET, &mut gradient).expect("a step");
        let clean = linear.loss(&circuit()).expect("a loss");

        let states = |circuit: &Circuit| {
            let network = network_of(circuit, SHAPE, dynamics);
            let states = run::states(&network, responses.inputs.view()).expect("two inputs");
            let outputs = run::outputs(&network, states.view()).expect("four nodes");
            let n_entries = SHAPE.n_steps * SHAPE.n_trials;
            (states.into_shape_with_order((4, n_entries)).expect("rows"), outputs)
        };
        let seen: Vec<usize> = (0..25 * 7).filter(|&entry| entry != 3 * 7 + 2).collect();
        let z = components.to_shape((5, 25 * 7)).expect("rows").select(Axis(1), &seen);
        let x = states(&circuit()).0.select(Axis(1), &seen);
        let (embedding, centre) = solved(&x, &z, setting.state_noise(dynamics));
        let loss = |circuit: &Circuit| {
            let (x, outputs) = states(circuit);
            let x = x.select(Axis(1), &seen) - centre.view().insert_axis(Axis(1));
            let left = embedding.dot(&x) - &z;
            let share = left.iter().map(|e| e * e).sum::<f64>() / z.iter().map(|z| z * z).sum::<f64>();
            let errors = outputs.iter().zip(&responses.outputs).filter(|(_, target)| !target.is_nan());
            let squares: Vec<f64> = errors.map(|(output, target)| (output - target).powi(2)).collect();
            squares.iter().sum::<f64>() / squares.len() as f64 + 0.7 * share
        };
        let exact = loss(&circuit());
        // float32 over 25 steps
        assert!((clean - exact).abs() < 1e-5 * exact && (noisy - exact).abs() < 1e-5 * exact);

        let weights: [(Matrix, &Vec<f64>); 3] = [
            (|circuit| &mut circuit.w_rec, &gradient.w_rec),
            (|circuit| &mut circuit.w_inp, &gradient.w_inp),
            (|circuit| &mut circuit.w_out, &gradient.w_out),
        ];
        for (of, found) in weights {
            for (place, &found) in found.iter().enumerate() {
                let at = |step: f64| {
                    let mut moved = circuit();
                    of(&mut moved)[place] += step;
                    loss(&moved)
                };
                let exact = (at(1e-5) - at(-1e-5)) / 2e-5;
                assert!((found - exact).abs() < 1e-4 * exact.abs().max(0.1), "{place}: {found} and {exact}");
            }
        }
        assert!(gradient.q.iter().all(|&g| g == 0.0));
    }
}
