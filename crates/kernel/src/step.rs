//! Loss and gradients of one network on one batch: forward and backward through time, a tile of trials at a time.
//!
//! Rows are trials, columns units, so products run along units and no sum crosses lanes. A row of the state panel of
//! step t is `[y_t | u_t + ξ_t | 0…]`; a row of the error panel is `[δ_t | e_t | 0…]` with `δ_t` the gradient by the
//! activation's argument and `e_t` that by the outputs. Three products a step do all the work:
//!
//! - forward `[z_t | o_t] = [y_t | u_t] · [[W_recᵀ, W_outᵀ], [W_inpᵀ, 0]]`
//! - backward `λ_t = leak · λ_{t+1} + rate term + [δ_t | e_t] · [[W_rec], [W_out]]`
//! - gradients `[[dW_rec, dW_inp], [dW_out, ·]] += [δ_t | e_t]ᵀ · [y_t | u_t]`
//!
//! A bias is the weight of one more input that is always 1 and has no noise.
//!
//! Where the states are potentials, `y_t` above is the rate `f(h_t)`, the potentials of the step stand in a panel of their own,
//! and slopes are those at `h_t`: `λ_t = leak · λ_{t+1} + f′(h_t) ⊙ (rate term + [δ_t | e_t] · [[W_rec], [W_out]])`, `δ_t = α λ_{t+1}`.
//!
//! Tiles, chunks and the order of every sum follow from the geometry alone.

mod backward;
mod forward;
mod lanes;
mod layout;
mod potentials;

use crate::aligned::AlignedBuffer;
use crate::dispatch::KernelPath;
use crate::flush::FlushedSubnormals;
use crate::parameters::{Batch, BiasTerm, Equation, Form, Geometry, Loss, Noise, Parameters};
use crate::product::PackedRight;
use crate::vector::{BLOCK, Job, Vector};
use lanes::{Lanes, N_LANES};
use layout::Layout;

/// Workspace for training steps of one geometry; reused, so that a step allocates nothing.
pub struct Stepper {
    geometry: Geometry,
    equation: Equation,
    /// Inputs with the constant one of a bias, if there is one.
    n_driven: usize,
    path: KernelPath,
    layout: Layout,
    /// How often each step stands in the mask `[T]`.
    masked: Vec<f32>,
    /// Number of terms in the task loss, or the sum of their weights.
    compared: f64,
    /// State rows `[T, tile, stride]`.
    states: AlignedBuffer,
    /// Slopes `α f′(z_t)` (of potentials `f′(h_t)`) in the units' columns, `e_t` in those after them `[T, tile, stride]`.
    slopes: AlignedBuffer,
    /// `[z_t | o_t]`, then `λ_t` with ones after it `[tile, stride]`.
    panel: AlignedBuffer,
    /// `h_t`, then the gradient by the rates of step t `[tile, stride]`; empty where the states are rates.
    potentials: AlignedBuffer,
    /// Error rows of a chunk of steps `[chunk, tile, stride]`.
    errors: AlignedBuffer,
    /// `[[dW_rec, dW_inp], [dW_out, ·]]` of a tile `[N + O, stride]`.
    gradient: AlignedBuffer,
    /// Noise of two trials `[2, stride]`.
    noise: AlignedBuffer,
    /// Per-column factors, see [`Lanes`].
    lanes: AlignedBuffer,
    /// Inputs of a step in the columns after the units', zero before them `[tile, stride]`.
    drive: AlignedBuffer,
    forward_weights: Option<PackedRight>,
    backward_weights: Option<PackedRight>,
}

impl Stepper {
    /// A workspace for this geometry.
    ///
    /// # Panics
    /// If a size is zero or the machine lacks `path`.
    pub fn new(geometry: Geometry, equation: Equation, path: KernelPath) -> Self {
        let Geometry { n_units, n_inputs, n_outputs, n_steps, n_trials } = geometry;
        assert!(n_units * n_inputs * n_outputs * n_steps * n_trials > 0, "no size may be zero: {geometry:?}");
        assert!(path.is_available(), "this machine cannot run the kernel path `{}`", path.name());
        let n_driven = match equation.bias {
            BiasTerm::Absent => n_inputs,
            BiasTerm::Present => n_inputs + 1,
        };
        let layout = Layout::new(geometry, n_driven);
        let panel = layout.tile * layout.stride;
        Self {
            geometry,
            equation,
            n_driven,
            path,
            layout,
            masked: vec![0.0; n_steps],
            compared: 0.0,
            states: AlignedBuffer::zeroed(0),
            slopes: AlignedBuffer::zeroed(0),
            panel: AlignedBuffer::zeroed(panel),
            potentials: AlignedBuffer::zeroed(match equation.form {
                Form::Rate => 0,
                Form::Potential => panel,
            }),
            errors: AlignedBuffer::zeroed(0),
            gradient: AlignedBuffer::zeroed(0),
            noise: AlignedBuffer::zeroed(2 * layout.stride),
            lanes: AlignedBuffer::zeroed(N_LANES * layout.stride),
            drive: AlignedBuffer::zeroed(panel),
            forward_weights: None,
            backward_weights: None,
        }
    }

    /// Sizes the workspace was made for.
    pub fn geometry(&self) -> Geometry {
        self.geometry
    }

    /// The instruction set it runs on.
    pub fn path(&self) -> KernelPath {
        self.path
    }

    /// Task and rate terms, and the gradients of `task + lambda_r · rate`, which overwrite `gradients`.
    ///
    /// The orthogonality term depends on the weights alone: add it with [`crate::orthogonality()`].
    ///
    /// # Panics
    /// If a slice does not fit the geometry, a mask step is beyond the last, or all weights are 0.
    pub fn loss_and_gradients(
        &mut self,
        parameters: &Parameters,
        batch: &Batch<'_>,
        noise: Noise<'_>,
        lambda_r: f32,
        gradients: &mut Parameters,
    ) -> Loss {
        self.check(parameters, batch, noise);
        self.check_parameters(gradients);
        let history = self.geometry.n_steps * self.layout.tile * self.layout.stride;
        for (buffer, len) in [
            (&mut self.states, history),
            (&mut self.slopes, history),
            (&mut self.errors, self.layout.chunk * self.layout.tile * self.layout.stride),
            (&mut self.gradient, (self.geometry.n_units + self.geometry.n_outputs) * self.layout.stride),
        ] {
            if buffer.len() < len {
                *buffer = AlignedBuffer::zeroed(len);
            }
        }
        self.prepare(batch, noise, lambda_r);
        let path = self.path;
        path.run(Update { stepper: self, parameters, batch, noise, gradients })
    }

    /// Task and rate terms alone.
    ///
    /// # Panics
    /// As [`Stepper::loss_and_gradients`].
    pub fn loss(&mut self, parameters: &Parameters, batch: &Batch<'_>, noise: Noise<'_>) -> Loss {
        self.run_forward(parameters, batch, noise, None)
    }

    /// Task and rate terms, and the rates, which overwrite `rates` `[N, T, B]`: the states in the published form.
    ///
    /// # Panics
    /// As [`Stepper::loss_and_gradients`].
    pub fn rates(
        &mut self,
        parameters: &Parameters,
        batch: &Batch<'_>,
        noise: Noise<'_>,
        rates: &mut [f32],
    ) -> Loss {
        let Geometry { n_units, n_steps, n_trials, .. } = self.geometry;
        assert_eq!(rates.len(), n_units * n_steps * n_trials, "`rates` is not [N, T, B]");
        self.run_forward(parameters, batch, noise, Some(rates))
    }

    fn run_forward(
        &mut self,
        parameters: &Parameters,
        batch: &Batch<'_>,
        noise: Noise<'_>,
        rates: Option<&mut [f32]>,
    ) -> Loss {
        self.check(parameters, batch, noise);
        let panel = self.layout.tile * self.layout.stride;
        for (buffer, len) in [(&mut self.states, 2 * panel), (&mut self.slopes, panel)] {
            if buffer.len() < len {
                *buffer = AlignedBuffer::zeroed(len);
            }
        }
        self.prepare(batch, noise, 0.0);
        let path = self.path;
        path.run(Run { stepper: self, parameters, batch, noise, rates })
    }

    fn check_parameters(&self, parameters: &Parameters) {
        let Geometry { n_units, n_inputs, n_outputs, .. } = self.geometry;
        assert_eq!(parameters.w_rec.len(), n_units * n_units, "`w_rec` is not [N, N]");
        assert_eq!(parameters.w_inp.len(), n_units * n_inputs, "`w_inp` is not [N, U]");
        assert_eq!(parameters.w_out.len(), n_outputs * n_units, "`w_out` is not [O, N]");
        let n_biases = (self.n_driven - n_inputs) * n_units;
        assert_eq!(parameters.bias.len(), n_biases, "`bias` is not [N], or there is none in the equation");
    }

    fn check(&self, parameters: &Parameters, batch: &Batch<'_>, noise: Noise<'_>) {
        let Geometry { n_units, n_inputs, n_outputs, n_steps, n_trials } = self.geometry;
        self.check_parameters(parameters);
        assert_eq!(batch.inputs.len(), n_inputs * n_steps * n_trials, "`inputs` is not [U, T, B]");
        assert_eq!(batch.targets.len(), n_outputs * n_steps * n_trials, "`targets` is not [O, T, B]");
        assert!(!batch.mask.is_empty(), "`mask` has no step");
        assert!(batch.mask.iter().all(|&t| t < n_steps), "`mask` has a step beyond the last");
        if let Some(weights) = batch.weights {
            assert_eq!(weights.len(), n_outputs * n_steps * n_trials, "`weights` is not [O, T, B]");
        }
        if let Noise::Given { rec, inp } = noise {
            let steps = rec.len() / (n_units * n_trials);
            assert!(steps + 1 >= n_steps, "`rec` has too few steps");
            assert_eq!(rec.len(), n_units * steps * n_trials, "`rec` is not [N, T', B]");
            assert_eq!(inp.len(), n_inputs * steps * n_trials, "`inp` is not [U, T', B]");
        }
    }

    /// Fills the tables that depend on the call's arguments.
    fn prepare(&mut self, batch: &Batch<'_>, noise: Noise<'_>, lambda_r: f32) {
        let Geometry { n_units, n_inputs, n_outputs, n_steps, n_trials } = self.geometry;
        self.masked.fill(0.0);
        for &t in batch.mask {
            self.masked[t] += 1.0;
        }
        self.compared = match batch.weights {
            None => (batch.mask.len() * n_outputs * n_trials) as f64,
            Some(weights) => {
                let of_step =
                    |output: usize, t: usize| &weights[(output * n_steps + t) * n_trials..][..n_trials];
                let outputs = (0..n_outputs).flat_map(|output| batch.mask.iter().map(move |&t| (output, t)));
                outputs.flat_map(|(output, t)| of_step(output, t)).map(|&weight| f64::from(weight)).sum()
            }
        };
        assert!(self.compared > 0.0, "`weights` are 0 throughout the mask");
        let (sigma_rec, sigma_inp) = match noise {
            Noise::Seeded { sigma_rec, sigma_inp, .. } => (sigma_rec, sigma_inp),
            Noise::Absent | Noise::Given { .. } => (1.0, 1.0),
        };
        let rate_gain = 2.0 * f64::from(lambda_r) / (n_units * n_steps * n_trials) as f64;
        let (alpha, stride) = (self.equation.alpha, self.layout.stride);
        let slope_gain = match self.equation.form {
            Form::Rate => f64::from(alpha) * self.equation.activation.slope,
            Form::Potential => self.equation.activation.slope,
        };
        for (lane, on_units, on_inputs, elsewhere) in [
            (Lanes::Alive, 1.0, 0.0, 0.0),
            (Lanes::Alpha, alpha, 0.0, 0.0),
            (Lanes::Sigma, sigma_rec, sigma_inp, 0.0),
            (Lanes::NoiseGain, alpha, 1.0, 0.0),
            (Lanes::SlopeGain, slope_gain as f32, 0.0, 0.0),
            (Lanes::LambdaLeak, -alpha, 0.0, 0.0),
            (Lanes::RateGain, rate_gain as f32, 0.0, 0.0),
        ] {
            let row = &mut self.lanes[lane as usize * stride..][..stride];
            row.fill(elsewhere);
            row[..n_units].fill(on_units);
            row[n_units..n_units + n_inputs].fill(on_inputs);
        }
        self.noise.fill(0.0);
        self.drive.fill(0.0);
        for row in self.drive.chunks_exact_mut(stride) {
            row[n_units + n_inputs..n_units + self.n_driven].fill(1.0); // the input of a bias
        }
    }

    fn lane(&self, lane: Lanes) -> *const f32 {
        self.lanes[lane as usize * self.layout.stride..].as_ptr()
    }

    /// Packs the right side of the forward product, `[[W_recᵀ, W_outᵀ], [W_inpᵀ, 0], [bᵀ, 0]]`.
    fn pack_forward(&mut self, parameters: &Parameters, strip_width: usize) {
        let Geometry { n_units, n_inputs, n_outputs, .. } = self.geometry;
        let packed = self.forward_weights.get_or_insert_with(|| {
            let n_columns = (n_units + n_outputs).next_multiple_of(BLOCK);
            PackedRight::zeroed(n_units + self.n_driven, n_columns, strip_width)
        });
        for i in 0..n_units {
            packed.set_column(0, i, &parameters.w_rec[i * n_units..][..n_units]);
            packed.set_column(n_units, i, &parameters.w_inp[i * n_inputs..][..n_inputs]);
            if let Some(bias) = parameters.bias.get(i) {
                packed.set_column(n_units + n_inputs, i, std::slice::from_ref(bias));
            }
        }
        for o in 0..n_outputs {
            packed.set_column(0, n_units + o, &parameters.w_out[o * n_units..][..n_units]);
        }
    }

    /// Packs the right side of the backward product, `[[W_rec], [W_out]]`.
    fn pack_backward(&mut self, parameters: &Parameters, strip_width: usize) {
        let Geometry { n_units, n_outputs, .. } = self.geometry;
        let packed = self.backward_weights.get_or_insert_with(|| {
            PackedRight::zeroed(n_units + n_outputs, n_units.next_multiple_of(BLOCK), strip_width)
        });
        for i in 0..n_units {
            packed.set_row(i, 0, &parameters.w_rec[i * n_units..][..n_units]);
        }
        for o in 0..n_outputs {
            packed.set_row(n_units + o, 0, &parameters.w_out[o * n_units..][..n_units]);
        }
    }

    /// The loss from its sums over tiles.
    fn loss_of(&self, sums: Loss) -> Loss {
        let Geometry { n_units, n_steps, n_trials, .. } = self.geometry;
        Loss { task: sums.task / self.compared, rate: sums.rate / (n_units * n_steps * n_trials) as f64 }
    }
}

/// Forward and backward over every tile.
struct Update<'a> {
    stepper: &'a mut Stepper,
    parameters: &'a Parameters,
    batch: &'a Batch<'a>,
    noise: Noise<'a>,
    gradients: &'a mut Parameters,
}

impl Job for Update<'_> {
    type Output = Loss;

    #[inline(always)]
    fn run<V: Vector>(self) -> Loss {
        let Self { stepper, parameters, batch, noise, gradients } = self;
        let _flushed = FlushedSubnormals::new();
        stepper.pack_forward(parameters, V::TILE_VECTORS * V::LANES);
        stepper.pack_backward(parameters, V::TILE_VECTORS * V::LANES);
        for array in gradients.arrays_mut() {
            array.fill(0.0);
        }
        let mut sums = Loss { task: 0.0, rate: 0.0 };
        for (first, count) in stepper.layout.tiles(stepper.geometry.n_trials) {
            stepper.start_tile(count, &mut sums);
            for t in 0..stepper.geometry.n_steps {
                let place = forward::Place {
                    first,
                    count,
                    t,
                    row: t,
                    next_row: t + 1,
                    slope_row: t,
                    next_slope_row: t + 1,
                };
                stepper.forward_step::<V>(place, batch, noise, &mut sums);
            }
            stepper.backward_tile::<V>(count, gradients);
        }
        stepper.loss_of(sums)
    }
}

/// Forward over every tile, two steps of states in memory.
struct Run<'a> {
    stepper: &'a mut Stepper,
    parameters: &'a Parameters,
    batch: &'a Batch<'a>,
    noise: Noise<'a>,
    rates: Option<&'a mut [f32]>,
}

impl Job for Run<'_> {
    type Output = Loss;

    #[inline(always)]
    fn run<V: Vector>(self) -> Loss {
        let Self { stepper, parameters, batch, noise, mut rates } = self;
        let _flushed = FlushedSubnormals::new();
        stepper.pack_forward(parameters, V::TILE_VECTORS * V::LANES);
        let Geometry { n_units, n_steps, n_trials, .. } = stepper.geometry;
        let mut sums = Loss { task: 0.0, rate: 0.0 };
        for (first, count) in stepper.layout.tiles(n_trials) {
            stepper.start_tile(count, &mut sums);
            for t in 0..n_steps {
                let (row, next_row) = (t % 2, (t + 1) % 2);
                let place =
                    forward::Place { first, count, t, row, next_row, slope_row: 0, next_slope_row: 0 };
                stepper.forward_step::<V>(place, batch, noise, &mut sums);
                if let Some(rates) = &mut rates {
                    let rows = &stepper.states[place.row * count * stepper.layout.stride..];
                    for (b, row) in rows.chunks(stepper.layout.stride).take(count).enumerate() {
                        for (unit, &y) in row[..n_units].iter().enumerate() {
                            rates[(unit * n_steps + t) * n_trials + first + b] = y;
                        }
                    }
                }
            }
        }
        stepper.loss_of(sums)
    }
}
