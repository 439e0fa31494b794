//! The way of one tile of trials through time and back.
//!
//! A tile is a register of trials, its rows `[T, rows, lanes]`. Steps are taken in chunks: what a chunk reads of the
//! components is used twice while it is in the first cache, for `qᵀ z` and for the gradient by q.

use super::data::Data;
use super::noise::Bank;
use super::scratch::{CHUNK, Gradients, Scratch};
use super::shape::{Shape, Terms};
use super::sums::Rows;
use super::tables::Tables;
use crate::activation::Curve;
use crate::shapes::{Shape as _, with_shape};
use crate::vector::{BLOCK, Vector};

/// Nodes and steps of a register tile of `qᵀ z`.
const PROJECTED_NODES: usize = 4;
const PROJECTED_STEPS: usize = 2;

/// Constants of a step.
#[derive(Clone, Copy)]
pub(super) struct Gains {
    /// The activation function without its slope.
    pub(super) curve: Curve,
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
    pub(super) shape: Shape,
    pub(super) tables: &'a Tables,
    pub(super) scratch: &'a mut Scratch,
    pub(super) data: &'a Data,
    pub(super) bank: &'a Bank,
    pub(super) gains: Gains,
    pub(super) tile: usize,
}

/// A register of row `row` of rows that start at `origin`.
///
/// # Safety
/// The row exists.
#[inline(always)]
unsafe fn load<V: Vector>(origin: *const f32, row: usize) -> V {
    // SAFETY: passed on to the caller.
    unsafe { V::load(origin.add(row * V::LANES)) }
}

/// Adds a register's lanes to the parts of a sum over trials, each to that of its trial modulo their number.
#[inline(always)]
fn add_lanes<V: Vector>(lanes: V, parts: &mut [f64; 4]) {
    let mut values = [0.0_f32; BLOCK];
    // SAFETY: a block has at least a register's lanes.
    unsafe { lanes.store(values.as_mut_ptr()) };
    for (lane, &value) in values[..V::LANES].iter().enumerate() {
        parts[lane % 4] += f64::from(value);
    }
}

/// Sums over trials of the terms of the loss.
#[derive(Clone, Copy, Default)]
pub(super) struct Losses {
    output: [f64; 4],
    embedding: [f64; 4],
}

impl Losses {
    pub(super) fn sums(self) -> Terms {
        let sum = |parts: [f64; 4]| (parts[0] + parts[1]) + (parts[2] + parts[3]);
        Terms { output: sum(self.output), embedding: sum(self.embedding) }
    }
}

/// Both terms of the loss, lane by lane.
#[derive(Clone, Copy)]
struct LaneLosses<V> {
    output: V,
    embedding: V,
}

/// Whether gradients are wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    Terms,
    Gradients,
}

impl Pass<'_> {
    /// Rows of a chunk of the tile's data, from step `first` on.
    #[inline(always)]
    fn rows<'b, V: Vector>(
        &self,
        values: &'b [f32],
        count: usize,
        first: usize,
        n_steps: usize,
    ) -> &'b [f32] {
        let per_step = count * V::LANES;
        &values[(self.tile * self.shape.n_steps + first) * per_step..][..n_steps * per_step]
    }

    /// States of all steps with the terms of the loss, and for gradients what the way back reads.
    #[inline(always)]
    pub(super) fn forward<V: Vector, const WIDTH: usize>(&mut self, wanted: Wanted, losses: &mut Losses) {
        let Shape { n_outputs, n_components, n_steps, .. } = self.shape;
        self.scratch.states[..WIDTH * V::LANES].fill(0.0);
        let mut sums = LaneLosses { output: V::splat(0.0), embedding: V::splat(0.0) };
        let mut first = 0;
        while first < n_steps {
            let count = CHUNK.min(n_steps - first);
            self.project::<V, WIDTH>(first, count);
            for t in first..first + count {
                self.add_noise::<V>(t);
                self.step::<V, WIDTH>(t);
                self.compare::<V, WIDTH>(t, first, &mut sums);
            }
            if wanted == Wanted::Gradients {
                let components = self.rows::<V>(&self.data.components, n_components, first, count);
                let Scratch { states, errors, sums, .. } = &mut *self.scratch;
                let states = Rows { values: &states[first * WIDTH * V::LANES..], count: WIDTH };
                sums.q.add::<V>(Rows { values: components, count: n_components }, states, count);
                sums.w_out.add::<V>(Rows { values: errors, count: n_outputs }, states, count);
            }
            first += count;
        }
        add_lanes(sums.output, &mut losses.output);
        add_lanes(sums.embedding, &mut losses.embedding);
    }

    /// `qᵀ z` of a chunk.
    #[inline(always)]
    fn project<V: Vector, const WIDTH: usize>(&mut self, first: usize, count: usize) {
        let components = self.rows::<V>(&self.data.components, self.shape.n_components, first, count);
        let mut t = 0;
        while t < count {
            let n_steps = PROJECTED_STEPS.min(count - t);
            let mut node = 0;
            while node < WIDTH {
                if n_steps == PROJECTED_STEPS {
                    self.project_tile::<V, WIDTH, PROJECTED_STEPS>(components, t, node);
                } else {
                    self.project_tile::<V, WIDTH, 1>(components, t, node);
                }
                node += PROJECTED_NODES;
            }
            t += n_steps;
        }
    }

    #[inline(always)]
    fn project_tile<V: Vector, const WIDTH: usize, const STEPS: usize>(
        &mut self,
        components: &[f32],
        t: usize,
        node: usize,
    ) {
        let n_components = self.shape.n_components;
        let z = components[t * n_components * V::LANES..][..STEPS * n_components * V::LANES].as_ptr();
        let target = self.scratch.projected[t * WIDTH * V::LANES..][..STEPS * WIDTH * V::LANES].as_mut_ptr();
        let q = &self.tables.q[..n_components * WIDTH];
        let mut sums = [[V::splat(0.0); STEPS]; PROJECTED_NODES];
        for (k, weights) in q.chunks_exact(WIDTH).enumerate() {
            let mut rows = [V::splat(0.0); STEPS];
            for (step, row) in rows.iter_mut().enumerate() {
                // SAFETY: each of the steps has K rows, as sliced above.
                *row = unsafe { load(z, step * n_components + k) };
            }
            for (sums, &weight) in sums.iter_mut().zip(&weights[node..node + PROJECTED_NODES]) {
                let weight = V::splat(weight);
                for (sum, row) in sums.iter_mut().zip(rows) {
                    *sum = weight.mul_add(row, *sum);
                }
            }
        }
        for (i, sums) in sums.iter().enumerate() {
            for (step, sum) in sums.iter().enumerate() {
                // SAFETY: each of the steps has WIDTH rows, as sliced above.
                unsafe { sum.store(target.add((step * WIDTH + node + i) * V::LANES)) };
            }
        }
    }

    /// The inputs of a step with their noise.
    #[inline(always)]
    fn add_noise<V: Vector>(&mut self, t: usize) {
        let Shape { n_nodes, n_inputs, .. } = self.shape;
        let padded_inputs = n_inputs.next_multiple_of(4);
        let inputs = self.rows::<V>(&self.data.inputs, n_inputs, t, 1).as_ptr();
        let normals = &self.bank.of_tile::<V>(self.tile)[t * Bank::n_rows(self.shape) * V::LANES..];
        let normals = normals[n_nodes * V::LANES..][..n_inputs * V::LANES].as_ptr();
        let Scratch { noisy, sigmas, .. } = &mut *self.scratch;
        let noisy = noisy[t * padded_inputs * V::LANES..][..padded_inputs * V::LANES].as_mut_ptr();
        for (u, &sigma) in sigmas[n_nodes..].iter().enumerate() {
            // SAFETY: all three have U rows, as sliced above.
            unsafe {
                let drawn: V = load(normals, u);
                drawn.mul_add(V::splat(sigma), load(inputs, u)).store(noisy.add(u * V::LANES));
            }
        }
    }

    /// From state t: slopes of step t and state t + 1.
    #[inline(always)]
    fn step<V: Vector, const WIDTH: usize>(&mut self, t: usize) {
        let Shape { n_nodes, n_inputs, n_steps, .. } = self.shape;
        if t + 1 == n_steps {
            self.scratch.slopes[t * WIDTH * V::LANES..].fill(0.0);
            return;
        }
        let padded_inputs = n_inputs.next_multiple_of(4);
        let n_rows = Bank::n_rows(self.shape);
        let normals = &self.bank.of_tile::<V>(self.tile)[(t + 1) * n_rows * V::LANES..];
        let normals = normals[..n_nodes * V::LANES].as_ptr();
        let Scratch { states, slopes, noisy, sigmas, .. } = &mut *self.scratch;
        let slopes = slopes[t * WIDTH * V::LANES..][..WIDTH * V::LANES].as_mut_ptr();
        let noisy = noisy[t * padded_inputs * V::LANES..][..padded_inputs * V::LANES].as_ptr();
        let (now, next) =
            states[t * WIDTH * V::LANES..][..2 * WIDTH * V::LANES].split_at_mut(WIDTH * V::LANES);
        let (now, next) = (now.as_ptr(), next.as_mut_ptr());
        let mut z = [V::splat(0.0); WIDTH];
        for (u, weights) in self.tables.w_inp.chunks_exact(WIDTH).enumerate() {
            // SAFETY: every pointer of this function has the rows it is sliced to above.
            let input: V = unsafe { load(noisy, u) };
            for (sum, &weight) in z.iter_mut().zip(weights) {
                *sum = V::splat(weight).mul_add(input, *sum);
            }
        }
        for (j, weights) in self.tables.by_source.chunks_exact(WIDTH).take(n_nodes).enumerate() {
            // SAFETY: as above.
            let x: V = unsafe { load(now, j) };
            for (sum, &weight) in z.iter_mut().zip(weights) {
                *sum = V::splat(weight).mul_add(x, *sum);
            }
        }
        let (scale, alpha) = (V::splat(self.gains.scale), V::splat(self.gains.alpha));
        let gain = alpha.mul(scale);
        with_shape!(self.gains.curve, curve => {
            for (i, &sigma) in sigmas[..n_nodes].iter().enumerate() {
                let (rate, slope) = curve.rate_and_slope(z[i].mul(scale), gain);
                // SAFETY: as above.
                unsafe {
                    slope.store(slopes.add(i * V::LANES));
                    let x: V = load(now, i);
                    let drawn: V = load(normals, i);
                    let change = drawn.mul_add(V::splat(sigma), rate.sub(x));
                    change.mul_add(alpha, x).store(next.add(i * V::LANES));
                }
            }
        });
    }

    /// At state t: the terms of the loss, and their gradient by the outputs and by the state.
    #[inline(always)]
    fn compare<V: Vector, const WIDTH: usize>(&mut self, t: usize, first: usize, sums: &mut LaneLosses<V>) {
        let n_outputs = self.shape.n_outputs;
        let targets = self.rows::<V>(&self.data.outputs, n_outputs, t, 1).as_ptr();
        let compared = self.rows::<V>(&self.data.compared, n_outputs, t, 1).as_ptr();
        let seen = self.rows::<V>(&self.data.seen, 1, t, 1).as_ptr();
        let Scratch { states, pulls, projected, errors, .. } = &mut *self.scratch;
        let states = states[t * WIDTH * V::LANES..][..WIDTH * V::LANES].as_ptr();
        let projected = projected[(t - first) * WIDTH * V::LANES..][..WIDTH * V::LANES].as_ptr();
        let errors = errors[(t - first) * n_outputs * V::LANES..][..n_outputs * V::LANES].as_mut_ptr();
        let pulls = pulls[t * WIDTH * V::LANES..][..WIDTH * V::LANES].as_mut_ptr();
        let by_output = V::splat(self.gains.by_output);
        let by_embedding = V::splat(self.gains.by_embedding);
        // SAFETY: every pointer has the rows it is sliced to.
        unsafe {
            let seen: V = load(seen, 0);
            let mut pull = [V::splat(0.0); WIDTH];
            for (i, pull) in pull.iter_mut().enumerate() {
                let x: V = load(states, i);
                let place: V = load(projected, i);
                let kept = x.mul(seen);
                let miss = kept.sub(place);
                // x (x − 2 qᵀz) where the step was seen: |q x − z|² without |z|²
                sums.embedding = x.mul_add(miss.sub(place), sums.embedding);
                *pull = miss.mul(by_embedding);
            }
            for (o, weights) in self.tables.w_out.chunks_exact(WIDTH).enumerate() {
                let mut error = V::splat(0.0).sub(load(targets, o));
                for (i, &weight) in weights.iter().enumerate() {
                    error = V::splat(weight).mul_add(load(states, i), error);
                }
                let error = error.mul(load(compared, o));
                sums.output = error.mul_add(error, sums.output);
                let error = error.mul(by_output);
                error.store(errors.add(o * V::LANES));
                for (pull, &weight) in pull.iter_mut().zip(weights) {
                    *pull = V::splat(weight).mul_add(error, *pull);
                }
            }
            for (i, pull) in pull.into_iter().enumerate() {
                pull.store(pulls.add(i * V::LANES));
            }
        }
    }

    /// Slopes become `δ_t = α f′ λ_{t+1}`, and with them the gradients of the weights are summed.
    #[inline(always)]
    pub(super) fn backward<V: Vector, const WIDTH: usize>(&mut self) {
        let Shape { n_nodes, n_inputs, n_steps, .. } = self.shape;
        let padded_inputs = n_inputs.next_multiple_of(4);
        let leak = V::splat(-self.gains.alpha);
        let mut lambda = [V::splat(0.0); WIDTH];
        let mut end = n_steps;
        while end > 0 {
            // The chunks of the way there.
            let first = (end - 1) / CHUNK * CHUNK;
            let mut t = end;
            while t > first {
                t -= 1;
                let Scratch { slopes, pulls, .. } = &mut *self.scratch;
                let slopes = slopes[t * WIDTH * V::LANES..][..WIDTH * V::LANES].as_mut_ptr();
                let pulls = pulls[t * WIDTH * V::LANES..][..WIDTH * V::LANES].as_ptr();
                let mut by_state = [V::splat(0.0); WIDTH];
                // SAFETY: both have WIDTH rows, as sliced above.
                unsafe {
                    for (i, by_state) in by_state.iter_mut().enumerate() {
                        *by_state = leak.mul_add(lambda[i], lambda[i]).add(load(pulls, i));
                    }
                    let by_target = self.tables.by_target.chunks_exact(WIDTH).take(n_nodes);
                    for (i, weights) in by_target.enumerate() {
                        let slope: V = load(slopes, i);
                        let delta = slope.mul(lambda[i]);
                        delta.store(slopes.add(i * V::LANES));
                        for (sum, &weight) in by_state.iter_mut().zip(weights) {
                            *sum = V::splat(weight).mul_add(delta, *sum);
                        }
                    }
                }
                lambda = by_state;
            }
            let Scratch { states, slopes, noisy, sums, .. } = &mut *self.scratch;
            let deltas = Rows { values: &slopes[first * WIDTH * V::LANES..], count: WIDTH };
            let states = Rows { values: &states[first * WIDTH * V::LANES..], count: WIDTH };
            let noisy = Rows { values: &noisy[first * padded_inputs * V::LANES..], count: padded_inputs };
            sums.w_rec.add::<V>(deltas, states, end - first);
            sums.w_inp.add::<V>(deltas, noisy, end - first);
            end = first;
        }
        let Gradients { w_rec, w_inp, w_out, q } = &mut self.scratch.sums;
        w_rec.end_tile::<V>();
        w_inp.end_tile::<V>();
        w_out.end_tile::<V>();
        q.end_tile::<V>();
    }
}
