//! The way of one tile of 16 trials through time and back.
//!
//! Rows are `[T, rows, 16]`. Where a register has fewer than 16 lanes, its parts of a row go the same way one after the
//! other, which no lane can tell.

use super::sums::{Rows, sum_of_products};
use super::tables::Tables;
use super::{Circuit, CircuitNoise, Data, MOST_NODES, Shape, Terms};
use crate::aligned::AlignedBuffer;
use crate::random::{self, Normals};
use crate::step::forward::Shape as CurveShape;
use crate::vector::{BLOCK, Vector};

/// What a tile needs beside its data; one tile after the other uses it.
pub(super) struct Scratch {
    /// States x `[T, width, 16]`.
    states: AlignedBuffer,
    /// `α f′`, on the way back δ `[T, width, 16]`.
    slopes: AlignedBuffer,
    /// `qᵀ z` `[T, width, 16]`.
    projected: AlignedBuffer,
    /// Inputs with noise, rows padded to a multiple of four `[T, U′, 16]`.
    noisy: AlignedBuffer,
    /// Gradient by the outputs `[T, O, 16]`.
    errors: AlignedBuffer,
    /// Normals of one step: nodes, then inputs `[rows, 16]`.
    normals: AlignedBuffer,
    /// Sums of products before they are laid out without padding.
    sums: Vec<f64>,
}

impl Scratch {
    pub(super) fn new(shape: Shape, width: usize) -> Self {
        let Shape { n_nodes, n_inputs, n_outputs, n_components, n_steps, .. } = shape;
        let rows = |count: usize| AlignedBuffer::zeroed(n_steps * count * BLOCK);
        let padded_inputs = n_inputs.next_multiple_of(4);
        let most_left = n_components.max(width).max(n_outputs);
        Self {
            states: rows(width),
            slopes: rows(width),
            projected: rows(width),
            noisy: rows(padded_inputs),
            errors: rows(n_outputs),
            normals: AlignedBuffer::zeroed((n_nodes + n_inputs + 1).max(width) * BLOCK),
            sums: vec![0.0; most_left * width.max(padded_inputs)],
        }
    }
}

/// Constants of a step.
#[derive(Clone, Copy)]
pub(super) struct Gains {
    /// Slope of the activation function, on its argument.
    pub(super) scale: f32,
    /// Euler factor.
    pub(super) alpha: f32,
    /// Factor of an output's error in the gradient.
    pub(super) by_output: f32,
    /// Factor of an embedding error in the gradient.
    pub(super) by_embedding: f32,
}

/// One tile with its data.
pub(super) struct Pass<'a> {
    shape: Shape,
    tables: &'a Tables,
    scratch: &'a mut Scratch,
    inputs: &'a [f32],
    outputs: &'a [f32],
    compared: &'a [f32],
    components: &'a [f32],
    seen: &'a [f32],
    gains: Gains,
    tile: usize,
}

/// A register of row `row` of rows that start at `origin`, from lane `lane` on.
///
/// # Safety
/// The row exists and `lane` is a multiple of the register's lanes below 16.
#[inline(always)]
unsafe fn load<V: Vector>(origin: *const f32, row: usize, lane: usize) -> V {
    // SAFETY: passed on to the caller.
    unsafe { V::load(origin.add(row * BLOCK + lane)) }
}

/// The sum of the lanes of a block, in their order.
#[inline(always)]
fn lane_sum(lanes: &[f32; BLOCK]) -> f64 {
    lanes.iter().map(|&x| f64::from(x)).sum()
}

impl<'a> Pass<'a> {
    pub(super) fn new(
        shape: Shape,
        tables: &'a Tables,
        scratch: &'a mut Scratch,
        data: &'a Data,
        gains: Gains,
        tile: usize,
    ) -> Self {
        let steps = shape.n_steps * BLOCK;
        let part =
            |values: &'a AlignedBuffer, n_rows: usize| &values[tile * steps * n_rows..][..steps * n_rows];
        Self {
            shape,
            tables,
            scratch,
            inputs: part(&data.inputs, shape.n_inputs),
            outputs: part(&data.outputs, shape.n_outputs),
            compared: part(&data.compared, shape.n_outputs),
            components: part(&data.components, shape.n_components),
            seen: part(&data.seen, 1),
            gains,
            tile,
        }
    }

    /// `qᵀ z` of every step.
    #[inline(always)]
    pub(super) fn project<V: Vector, const WIDTH: usize>(&mut self) {
        let n_components = self.shape.n_components;
        let q = &self.tables.q[..n_components * WIDTH];
        for t in 0..self.shape.n_steps {
            let z = self.components[t * n_components * BLOCK..][..n_components * BLOCK].as_ptr();
            let target = self.scratch.projected[t * WIDTH * BLOCK..][..WIDTH * BLOCK].as_mut_ptr();
            for lane in (0..BLOCK).step_by(V::LANES) {
                let mut sums = [V::splat(0.0); WIDTH];
                for (k, weights) in q.chunks_exact(WIDTH).enumerate() {
                    // SAFETY: the step has K rows, as sliced above.
                    let row: V = unsafe { load(z, k, lane) };
                    for (sum, &weight) in sums.iter_mut().zip(weights) {
                        *sum = V::splat(weight).mul_add(row, *sum);
                    }
                }
                for (i, sum) in sums.into_iter().enumerate() {
                    // SAFETY: the step has WIDTH rows, as sliced above.
                    unsafe { sum.store(target.add(i * BLOCK + lane)) };
                }
            }
        }
    }

    /// Normals of the nodes that arrive with state `step`, and of the inputs of that step.
    #[inline(always)]
    fn draw<V: Vector>(&mut self, normals: Normals, step: usize) {
        let n_rows = self.shape.n_nodes + self.shape.n_inputs;
        for pair in 0..n_rows.div_ceil(2) {
            let (even, odd) = self.scratch.normals[2 * pair * BLOCK..][..2 * BLOCK].split_at_mut(BLOCK);
            random::fill_from::<V>(normals.cell(pair, step), (self.tile * BLOCK) as u32, even, odd);
        }
    }

    /// States, slopes, inputs with noise and the outputs' errors of every step; adds the terms of the loss.
    #[inline(always)]
    pub(super) fn forward<V: Vector, S: CurveShape, const WIDTH: usize>(
        &mut self,
        noise: Option<CircuitNoise>,
        sums: &mut Terms,
    ) {
        let Shape { n_inputs, n_steps, .. } = self.shape;
        let normals = noise.map(|noise| Normals::new(noise.seed, noise.iteration));
        let (sigma_rec, sigma_inp) = noise.map_or((0.0, 0.0), |noise| (noise.sigma_rec, noise.sigma_inp));
        let padded_inputs = n_inputs.next_multiple_of(4);
        self.scratch.states[..WIDTH * BLOCK].fill(0.0);
        match normals {
            Some(normals) => self.draw::<V>(normals, 0),
            None => self.scratch.normals.fill(0.0),
        }
        let mut output = [0.0; BLOCK];
        let mut embedding = [0.0; BLOCK];
        for t in 0..n_steps {
            let inputs = self.inputs[t * n_inputs * BLOCK..][..n_inputs * BLOCK].as_ptr();
            let noisy = self.scratch.noisy[t * padded_inputs * BLOCK..][..padded_inputs * BLOCK].as_mut_ptr();
            let drawn = self.scratch.normals[self.shape.n_nodes * BLOCK..][..n_inputs * BLOCK].as_ptr();
            for row in (0..n_inputs * BLOCK).step_by(V::LANES) {
                // SAFETY: all three have U rows, as sliced above.
                unsafe {
                    let input =
                        V::load(drawn.add(row)).mul_add(V::splat(sigma_inp), V::load(inputs.add(row)));
                    input.store(noisy.add(row));
                }
            }
            if let Some(normals) = normals {
                self.draw::<V>(normals, t + 1);
            }
            for lane in (0..BLOCK).step_by(V::LANES) {
                self.step::<V, S, WIDTH>(t, lane, sigma_rec);
                self.compare::<V, WIDTH>(t, lane, &mut output, &mut embedding);
            }
        }
        sums.output += lane_sum(&output);
        sums.embedding += lane_sum(&embedding);
    }

    /// From state t: slopes of step t and state t + 1.
    #[inline(always)]
    fn step<V: Vector, S: CurveShape, const WIDTH: usize>(&mut self, t: usize, lane: usize, sigma: f32) {
        let Shape { n_inputs, n_steps, .. } = self.shape;
        let padded_inputs = n_inputs.next_multiple_of(4);
        let slopes = self.scratch.slopes[t * WIDTH * BLOCK..][..WIDTH * BLOCK].as_mut_ptr();
        if t + 1 == n_steps {
            self.scratch.slopes[t * WIDTH * BLOCK..].fill(0.0);
            return;
        }
        let noisy = self.scratch.noisy[t * padded_inputs * BLOCK..][..padded_inputs * BLOCK].as_ptr();
        let rows = &mut self.scratch.states[t * WIDTH * BLOCK..][..2 * WIDTH * BLOCK];
        let (now, next) = (rows.as_ptr(), rows[WIDTH * BLOCK..].as_mut_ptr());
        let normals = self.scratch.normals[..WIDTH * BLOCK].as_ptr();
        let mut z = [V::splat(0.0); WIDTH];
        for (u, weights) in self.tables.w_inp.chunks_exact(WIDTH).enumerate() {
            // SAFETY: every pointer of this function has the rows it is sliced to above.
            let input: V = unsafe { load(noisy, u, lane) };
            for (sum, &weight) in z.iter_mut().zip(weights) {
                *sum = V::splat(weight).mul_add(input, *sum);
            }
        }
        for (j, weights) in self.tables.by_source.chunks_exact(WIDTH).enumerate() {
            // SAFETY: as above.
            let x: V = unsafe { load(now, j, lane) };
            for (sum, &weight) in z.iter_mut().zip(weights) {
                *sum = V::splat(weight).mul_add(x, *sum);
            }
        }
        let scale = V::splat(self.gains.scale);
        for (i, z) in z.into_iter().enumerate() {
            // Padding neither moves nor is moved.
            let alpha = V::splat(self.gains.alpha * self.tables.alive[i]);
            let (rate, slope) = S::rate_and_slope(z.mul(scale), alpha.mul(scale));
            // SAFETY: as above.
            unsafe {
                slope.store(slopes.add(i * BLOCK + lane));
                let x: V = load(now, i, lane);
                let drawn: V = load(normals, i, lane);
                let change = drawn.mul_add(V::splat(sigma), rate.sub(x));
                change.mul_add(alpha, x).store(next.add(i * BLOCK + lane));
            }
        }
    }

    /// At state t: the outputs' errors as gradients, and the terms of the loss, lane by lane.
    #[inline(always)]
    fn compare<V: Vector, const WIDTH: usize>(
        &mut self,
        t: usize,
        lane: usize,
        output: &mut [f32; BLOCK],
        embedding: &mut [f32; BLOCK],
    ) {
        let n_outputs = self.shape.n_outputs;
        let states = self.scratch.states[t * WIDTH * BLOCK..][..WIDTH * BLOCK].as_ptr();
        let projected = self.scratch.projected[t * WIDTH * BLOCK..][..WIDTH * BLOCK].as_ptr();
        let errors = self.scratch.errors[t * n_outputs * BLOCK..][..n_outputs * BLOCK].as_mut_ptr();
        let targets = self.outputs[t * n_outputs * BLOCK..][..n_outputs * BLOCK].as_ptr();
        let compared = self.compared[t * n_outputs * BLOCK..][..n_outputs * BLOCK].as_ptr();
        // SAFETY: every pointer has the rows it is sliced to, and both sums a block's lanes.
        unsafe {
            let x: [V; WIDTH] = std::array::from_fn(|i| load(states, i, lane));
            let mut sum: V = V::load(output.as_ptr().add(lane));
            for (o, weights) in self.tables.w_out.chunks_exact(WIDTH).enumerate() {
                let mut error = V::splat(0.0).sub(load(targets, o, lane));
                for (x, &weight) in x.iter().zip(weights) {
                    error = V::splat(weight).mul_add(*x, error);
                }
                let error = error.mul(load(compared, o, lane));
                sum = error.mul_add(error, sum);
                error.mul(V::splat(self.gains.by_output)).store(errors.add(o * BLOCK + lane));
            }
            sum.store(output.as_mut_ptr().add(lane));
            let seen: V = load(self.seen[t * BLOCK..][..BLOCK].as_ptr(), 0, lane);
            let mut sum: V = V::load(embedding.as_ptr().add(lane));
            for (i, x) in x.into_iter().enumerate() {
                let place: V = load(projected, i, lane);
                sum = x.mul_add(V::splat(-2.0).mul_add(place, x.mul(seen)), sum);
            }
            sum.store(embedding.as_mut_ptr().add(lane));
        }
    }

    /// Slopes become `δ_t = α f′ λ_{t+1}`.
    #[inline(always)]
    pub(super) fn backward<V: Vector, const WIDTH: usize>(&mut self) {
        let Shape { n_outputs, n_steps, .. } = self.shape;
        let leak = V::splat(-self.gains.alpha);
        let by_embedding = V::splat(self.gains.by_embedding);
        for lane in (0..BLOCK).step_by(V::LANES) {
            let mut lambda = [V::splat(0.0); WIDTH];
            for t in (0..n_steps).rev() {
                let slopes = self.scratch.slopes[t * WIDTH * BLOCK..][..WIDTH * BLOCK].as_mut_ptr();
                let states = self.scratch.states[t * WIDTH * BLOCK..][..WIDTH * BLOCK].as_ptr();
                let projected = self.scratch.projected[t * WIDTH * BLOCK..][..WIDTH * BLOCK].as_ptr();
                let errors = self.scratch.errors[t * n_outputs * BLOCK..][..n_outputs * BLOCK].as_ptr();
                // SAFETY: every pointer has the rows it is sliced to.
                unsafe {
                    let seen: V = load(self.seen[t * BLOCK..][..BLOCK].as_ptr(), 0, lane);
                    let mut by_state: [V; WIDTH] = std::array::from_fn(|i| {
                        let x: V = load(states, i, lane);
                        let miss = x.mul(seen).sub(load(projected, i, lane));
                        miss.mul_add(by_embedding, leak.mul_add(lambda[i], lambda[i]))
                    });
                    for (o, weights) in self.tables.w_out.chunks_exact(WIDTH).enumerate() {
                        let error: V = load(errors, o, lane);
                        for (sum, &weight) in by_state.iter_mut().zip(weights) {
                            *sum = V::splat(weight).mul_add(error, *sum);
                        }
                    }
                    for (i, weights) in self.tables.by_target.chunks_exact(WIDTH).enumerate() {
                        let slope: V = load(slopes, i, lane);
                        let delta = slope.mul(lambda[i]);
                        delta.store(slopes.add(i * BLOCK + lane));
                        for (sum, &weight) in by_state.iter_mut().zip(weights) {
                            *sum = V::splat(weight).mul_add(delta, *sum);
                        }
                    }
                    lambda = by_state;
                }
            }
        }
    }

    /// Adds the tile's share of the gradients; that by q without its factor.
    #[inline(always)]
    pub(super) fn gather<V: Vector>(&mut self, gradient: &mut Circuit) {
        let Shape { n_nodes, n_inputs, n_outputs, n_components, n_steps, .. } = self.shape;
        let width = self.tables.width;
        debug_assert!(width <= MOST_NODES);
        let padded_inputs = n_inputs.next_multiple_of(4);
        let Scratch { states, slopes, noisy, errors, sums, .. } = &mut *self.scratch;
        let states = Rows { values: states, count: width };
        let deltas = Rows { values: slopes, count: width };
        for (left, n_left, right, n_right, target) in [
            (deltas, n_nodes, states, n_nodes, &mut gradient.w_rec),
            (deltas, n_nodes, Rows { values: noisy, count: padded_inputs }, n_inputs, &mut gradient.w_inp),
            (Rows { values: errors, count: n_outputs }, n_outputs, states, n_nodes, &mut gradient.w_out),
            (
                Rows { values: self.components, count: n_components },
                n_components,
                states,
                n_nodes,
                &mut gradient.q,
            ),
        ] {
            sum_of_products::<V>(left, n_left, right, n_steps, sums);
            for (entries, sums) in target.chunks_exact_mut(n_right).zip(sums.chunks_exact(right.count)) {
                for (entry, sum) in entries.iter_mut().zip(sums) {
                    *entry += sum;
                }
            }
        }
    }
}
