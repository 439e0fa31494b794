//! Backward through time for a tile of trials whose states and slopes are in memory.

use super::{Lanes, Stepper};
use crate::parameters::{Form, Geometry, Parameters};
use crate::product::{Left, Pitch, Product, Right, Start};
use crate::vector::{BLOCK, Vector};

impl Stepper {
    /// Adds the gradients of a tile of `count` trials.
    #[inline(always)]
    pub(super) fn backward_tile<V: Vector>(&mut self, count: usize, gradients: &mut Parameters) {
        let Geometry { n_units, n_outputs, n_steps, .. } = self.geometry;
        let stride = self.layout.stride;
        let panel = count * stride;
        self.gradient.fill(0.0);
        for row in self.panel[..panel].chunks_exact_mut(stride) {
            row[..n_units].fill(0.0);
            row[n_units..].fill(1.0);
        }
        let mut end = n_steps;
        while end > 0 {
            let start = end.saturating_sub(self.layout.chunk);
            for t in (start..end).rev() {
                self.backward_step::<V>(count, t, t - start);
            }
            let product = Product {
                left: Left { origin: self.errors.as_ptr(), row: 1, depth: stride },
                right: Right {
                    origin: self.states[start * panel..].as_ptr(),
                    strip: V::TILE_VECTORS * V::LANES,
                    depth: Pitch::Row(stride),
                    first: 0,
                },
                target: self.gradient.as_mut_ptr(),
                target_row: stride,
                n_rows: n_units + n_outputs,
                depth: (end - start) * count,
                n_columns: (n_units + self.n_driven).next_multiple_of(BLOCK),
                start: Start::Target,
            };
            // SAFETY: this function runs inside `enter`; the rows of `end − start` steps lie one after another in
            // both histories, and the gradient has N + O rows of `stride` columns.
            unsafe { V::enter(product) };
            end = start;
        }
        self.add_gradient(gradients);
    }

    /// Error rows of step t into place `at` of the chunk; `λ_{t+1}` in the panel becomes `λ_t`.
    #[inline(always)]
    fn backward_step<V: Vector>(&mut self, count: usize, t: usize, at: usize) {
        let Geometry { n_units, n_outputs, n_steps, .. } = self.geometry;
        let stride = self.layout.stride;
        for b in 0..count {
            let (history_row, error_row) = (t * count + b, at * count + b);
            match self.equation.form {
                Form::Rate => self.backward_row::<V>(history_row, error_row, b),
                Form::Potential => self.potential_errors::<V>(history_row, error_row, b),
            }
        }
        if t == 0 {
            return; // state 0 is fixed
        }
        // No state follows the last one: its error rows hold e alone.
        let (skipped, depth) = if t + 1 == n_steps { (n_units, n_outputs) } else { (0, n_units + n_outputs) };
        let Some(weights) = &self.backward_weights else {
            unreachable!("weights are packed before the first step")
        };
        let product = Product {
            left: Left {
                origin: self.errors[at * count * stride + skipped..].as_ptr(),
                row: stride,
                depth: 1,
            },
            right: weights.right(skipped),
            target: match self.equation.form {
                Form::Rate => self.panel.as_mut_ptr(),
                Form::Potential => self.potentials.as_mut_ptr(),
            },
            target_row: stride,
            n_rows: count,
            depth,
            n_columns: weights.n_columns(),
            start: Start::Target,
        };
        // SAFETY: this function runs inside `enter`; all panels have `count` rows of `stride` columns.
        unsafe { V::enter(product) };
        if self.equation.form == Form::Potential {
            for b in 0..count {
                self.through_slopes::<V>(t * count + b, b);
            }
        }
    }

    #[inline(always)]
    fn backward_row<V: Vector>(&mut self, history_row: usize, error_row: usize, b: usize) {
        let stride = self.layout.stride;
        let width = self.layout.blocks * BLOCK;
        let states = self.states[history_row * stride..][..width].as_ptr();
        let slopes = self.slopes[history_row * stride..][..width].as_ptr();
        let errors = self.errors[error_row * stride..][..width].as_mut_ptr();
        let lambda = self.panel[b * stride..][..width].as_mut_ptr();
        let (leak, rate_gain) = (self.lane(Lanes::LambdaLeak), self.lane(Lanes::RateGain));
        let mut at = 0;
        while at < width {
            // SAFETY: every row has `width` columns, as sliced above, and so has each row of lanes.
            unsafe {
                let later = V::load(lambda.add(at));
                V::load(slopes.add(at)).mul(later).store(errors.add(at));
                let kept = later.mul_add(V::load(leak.add(at)), later);
                V::load(states.add(at)).mul_add(V::load(rate_gain.add(at)), kept).store(lambda.add(at));
            }
            at += V::LANES;
        }
    }

    fn add_gradient(&self, gradients: &mut Parameters) {
        let Geometry { n_units, n_inputs, .. } = self.geometry;
        let stride = self.layout.stride;
        let add = |sums: &mut [f32], terms: &[f32]| {
            for (sum, term) in sums.iter_mut().zip(terms) {
                *sum += term;
            }
        };
        let (units, outputs) = self.gradient.split_at(n_units * stride);
        for (i, row) in units.chunks_exact(stride).enumerate() {
            add(&mut gradients.w_rec[i * n_units..][..n_units], row);
            add(&mut gradients.w_inp[i * n_inputs..][..n_inputs], &row[n_units..]);
            if let Some(sum) = gradients.bias.get_mut(i) {
                *sum += row[n_units + n_inputs];
            }
        }
        for (sums, row) in gradients.w_out.chunks_exact_mut(n_units).zip(outputs.chunks_exact(stride)) {
            add(sums, row);
        }
    }
}
