//! One step forward for a tile of trials.

use super::{Lanes, Stepper};
use crate::parameters::{Batch, Form, Geometry, Loss, Noise};
use crate::product::{Left, Product, Start};
use crate::random::{self, Normals};
use crate::shapes::{Shape, with_shape};
use crate::vector::{BLOCK, Vector};

/// Where a step stands: its tile of trials, its index, and the panels it reads and writes.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) first: usize,
    pub(super) count: usize,
    pub(super) t: usize,
    /// Panel of the step's state rows.
    pub(super) row: usize,
    /// Panel of the next step's.
    pub(super) next_row: usize,
    /// Panel of its slopes.
    pub(super) slope_row: usize,
    /// Panel of the next step's.
    pub(super) next_slope_row: usize,
}

/// Steps between asking for the numbers of a step and reading them.
const STEPS_AHEAD: usize = 2;

/// Asks for `count` numbers of a later step of `[·, T, B]`: too far apart for the machine to see the pattern itself.
#[inline(always)]
fn prefetch_ahead<V: Vector>(values: &[f32], at: usize, n_trials: usize, count: usize) {
    for offset in (0..count + BLOCK).step_by(BLOCK) {
        let line = at + STEPS_AHEAD * n_trials + offset;
        V::prefetch(values.as_ptr().wrapping_add(line));
    }
}

impl Stepper {
    /// Sets the state rows of step 0: states are 0; the inputs are written by the step itself.
    pub(super) fn start_tile(&mut self, count: usize, sums: &mut Loss) {
        self.states[..count * self.layout.stride].fill(0.0);
        if self.equation.form == Form::Potential {
            self.start_potentials(count, sums);
        }
    }

    /// From the state rows of step t: outputs, their error, slopes, and the state rows of step t + 1.
    #[inline(always)]
    pub(super) fn forward_step<V: Vector>(
        &mut self,
        place: Place,
        batch: &Batch<'_>,
        noise: Noise<'_>,
        sums: &mut Loss,
    ) {
        let Geometry { n_units, n_steps, .. } = self.geometry;
        let Place { count, t, row, .. } = place;
        let panel = count * self.layout.stride;
        if t == 0 {
            self.begin::<V>(place, batch, noise);
        }
        let Some(weights) = &self.forward_weights else {
            unreachable!("weights are packed before the first step")
        };
        // Rates that are states are 0 at step 0: its rows hold inputs alone.
        let skipped = if t == 0 && self.equation.form == Form::Rate { n_units } else { 0 };
        let depth = n_units + self.n_driven - skipped;
        debug_assert!(self.states.len() >= (row + 1) * panel && self.panel.len() >= panel);
        let product = Product {
            left: Left {
                origin: self.states[row * panel + skipped..].as_ptr(),
                row: self.layout.stride,
                depth: 1,
            },
            right: weights.right(skipped),
            target: self.panel.as_mut_ptr(),
            target_row: self.layout.stride,
            n_rows: count,
            depth,
            n_columns: weights.n_columns(),
            start: Start::Zero,
        };
        // SAFETY: this function runs inside `enter`; both panels have `count` rows of at least the columns named.
        unsafe { V::enter(product) };
        if t + 1 < n_steps {
            self.load_drive::<V>(place, batch, t + 1);
            self.advance::<V>(place, noise, sums);
        } else if self.equation.form == Form::Rate {
            let at = place.slope_row * panel;
            self.slopes[at..at + panel].fill(0.0);
        }
        self.compare::<V>(place, batch, sums);
    }

    /// State rows of step 0: zero units, inputs with their noise.
    #[inline(always)]
    fn begin<V: Vector>(&mut self, place: Place, batch: &Batch<'_>, noise: Noise<'_>) {
        let n_units = self.geometry.n_units;
        let stride = self.layout.stride;
        self.load_drive::<V>(place, batch, 0);
        for b in 0..place.count {
            if b % 2 == 0 {
                self.draw_noise::<V>(place.first + b, 0, noise);
            }
            for column in n_units..n_units + self.n_driven {
                let sigma = self.lanes[Lanes::Sigma as usize * stride + column];
                let drawn = sigma * self.noise[b % 2 * stride + column];
                let input = self.drive[b * stride + column];
                self.states[(place.row * place.count + b) * stride + column] = input + drawn;
            }
        }
    }

    /// Inputs of a step into the drive panel; those of a later step are asked for.
    #[inline(always)]
    fn load_drive<V: Vector>(&mut self, place: Place, batch: &Batch<'_>, step: usize) {
        let Geometry { n_units, n_inputs, n_steps, n_trials, .. } = self.geometry;
        for input in 0..n_inputs {
            let at = (input * n_steps + step) * n_trials + place.first;
            prefetch_ahead::<V>(batch.inputs, at, n_trials, place.count);
            let values = &batch.inputs[at..][..place.count];
            let column = self.drive[n_units + input..].iter_mut().step_by(self.layout.stride);
            for (target, &value) in column.zip(values) {
                *target = value;
            }
        }
    }

    /// Noise that arrives with the rows of `step`, for trials `trial` (even) and `trial + 1`.
    #[inline(always)]
    fn draw_noise<V: Vector>(&mut self, trial: usize, step: usize, noise: Noise<'_>) {
        let Geometry { n_units, n_inputs, n_trials, .. } = self.geometry;
        let (even, odd) = self.noise.split_at_mut(self.layout.stride);
        match noise {
            Noise::Absent => {}
            Noise::Seeded { seed, iteration, .. } => {
                let width = self.layout.blocks * BLOCK;
                let cell = Normals::new(seed, iteration).cell(trial / 2, step);
                random::fill::<V>(cell, &mut even[..width], &mut odd[..width]);
            }
            Noise::Given { rec, inp } => {
                let n_given = rec.len() / (n_units * n_trials);
                for (row, trial) in [(even, trial), (odd, (trial + 1).min(n_trials - 1))] {
                    if step > 0 {
                        for (unit, target) in row[..n_units].iter_mut().enumerate() {
                            *target = rec[(unit * n_given + step - 1) * n_trials + trial];
                        }
                    }
                    for (input, target) in row[n_units..n_units + n_inputs].iter_mut().enumerate() {
                        // Input noise of the last step is unused, and may be absent.
                        *target =
                            inp.get((input * n_given + step) * n_trials + trial).copied().unwrap_or(0.0);
                    }
                }
            }
        }
    }

    /// Slopes of step t and the state rows of step t + 1, from the panel of arguments.
    #[inline(always)]
    fn advance<V: Vector>(&mut self, place: Place, noise: Noise<'_>, sums: &mut Loss) {
        let mut squares = [V::splat(0.0); BLOCK];
        for b in 0..place.count {
            if b % 2 == 0 {
                self.draw_noise::<V>(place.first + b, place.t + 1, noise);
            }
            with_shape!(self.equation.activation.curve, shape => match self.equation.form {
                Form::Rate => self.advance_row::<V, _>(shape, place, b, &mut squares),
                Form::Potential => self.advance_potentials::<V, _>(shape, place, b, &mut squares),
            });
        }
        let mut lanes = [0.0_f32; BLOCK];
        for (chunk, sum) in lanes.chunks_exact_mut(V::LANES).zip(squares) {
            // SAFETY: a chunk holds one register's numbers.
            unsafe { sum.store(chunk.as_mut_ptr()) };
        }
        sums.rate += lanes.iter().map(|&sum| f64::from(sum)).sum::<f64>();
    }

    #[inline(always)]
    fn advance_row<V: Vector, S: Shape>(
        &mut self,
        shape: S,
        place: Place,
        b: usize,
        squares: &mut [V; BLOCK],
    ) {
        let (stride, count) = (self.layout.stride, place.count);
        let width = self.layout.blocks * BLOCK;
        let now = self.states[(place.row * count + b) * stride..][..width].as_ptr();
        let next = self.states[(place.next_row * count + b) * stride..][..width].as_mut_ptr();
        let slopes = self.slopes[(place.slope_row * count + b) * stride..][..width].as_mut_ptr();
        let arguments = self.panel[b * stride..][..width].as_ptr();
        let drive = self.drive[b * stride..][..width].as_ptr();
        let noise = self.noise[b % 2 * stride..][..width].as_ptr();
        let first_lane = |lane: Lanes| V::splat(self.lanes[lane as usize * stride]);
        let scale = V::splat(self.equation.activation.slope as f32);
        let (alpha, slope_gain) = (first_lane(Lanes::Alpha), first_lane(Lanes::SlopeGain));
        let (sigma, noise_gain) = (first_lane(Lanes::Sigma), first_lane(Lanes::NoiseGain));
        let registers = BLOCK / V::LANES;
        let inner_width = self.geometry.n_units / BLOCK * BLOCK;
        // The leak is y + α(r − y): rounding 1 − α first would shift every fixed point by 3e-7.
        // SAFETY: every row read or written has `width` columns, as sliced above, and so has each row of lanes.
        unsafe {
            let mut at = 0;
            while at < inner_width {
                for square in &mut squares[..registers] {
                    let z = V::load(arguments.add(at)).mul(scale);
                    let (rate, slope) = shape.rate_and_slope(z, slope_gain);
                    slope.store(slopes.add(at));
                    let y = V::load(now.add(at));
                    let y = rate.sub(y).mul_add(alpha, y);
                    let drawn = V::load(noise.add(at)).mul(sigma);
                    let y = drawn.mul_add(noise_gain, y);
                    y.store(next.add(at));
                    *square = y.mul_add(y, *square);
                    at += V::LANES;
                }
            }
            while at < width {
                for square in &mut squares[..registers] {
                    let lane = |lane: Lanes| V::load(self.lane(lane).add(at));
                    let z = V::load(arguments.add(at)).mul(scale);
                    let (rate, slope) = shape.rate_and_slope(z, lane(Lanes::SlopeGain));
                    slope.store(slopes.add(at));
                    let y = V::load(now.add(at)).mul(lane(Lanes::Alive));
                    let y = rate.sub(y).mul_add(lane(Lanes::Alpha), y);
                    let drawn = V::load(noise.add(at)).mul(lane(Lanes::Sigma));
                    let y = drawn.mul_add(lane(Lanes::NoiseGain), y);
                    let row = y.add(V::load(drive.add(at)));
                    row.store(next.add(at));
                    *square = row.mul(lane(Lanes::Alive)).mul_add(row, *square);
                    at += V::LANES;
                }
            }
        }
    }

    /// Errors of the outputs at a masked step: their squares into the sum, the loss gradient beside the slopes.
    #[inline(always)]
    fn compare<V: Vector>(&mut self, place: Place, batch: &Batch<'_>, sums: &mut Loss) {
        let weight = self.masked[place.t];
        if weight == 0.0 {
            return;
        }
        let Geometry { n_units, n_outputs, n_steps, n_trials, .. } = self.geometry;
        let stride = self.layout.stride;
        let gain = (2.0 * f64::from(weight) / self.compared) as f32;
        for output in 0..n_outputs {
            let at = (output * n_steps + place.t) * n_trials + place.first;
            prefetch_ahead::<V>(batch.targets, at, n_trials, place.count);
            let targets = &batch.targets[at..][..place.count];
            if let Some(weights) = batch.weights {
                for (b, (target, &own)) in targets.iter().zip(&weights[at..][..place.count]).enumerate() {
                    let column = n_units + output;
                    let error = self.panel[b * stride + column] - target;
                    sums.task += f64::from(weight) * f64::from(own) * f64::from(error) * f64::from(error);
                    self.slopes[(place.slope_row * place.count + b) * stride + column] = gain * own * error;
                }
                continue;
            }
            for (b, target) in targets.iter().enumerate() {
                let column = n_units + output;
                let error = self.panel[b * stride + column] - target;
                sums.task += f64::from(weight) * f64::from(error) * f64::from(error);
                self.slopes[(place.slope_row * place.count + b) * stride + column] = gain * error;
            }
        }
    }
}
