//! What differs where the states are potentials: `h_{t+1} = h_t + α (−h_t + W_rec f(h_t) + W_inp u_t + b)`.
//!
//! State rows hold rates; the potentials of one step stand in a panel of their own, which takes the gradient by the rates on the
//! way back.

use super::forward::Place;
use super::{Lanes, Stepper};
use crate::parameters::Loss;
use crate::shapes::Shape;
use crate::vector::{BLOCK, Vector};

impl Stepper {
    /// Potentials of step 0 are 0, rates `f(0)`; nothing changes with them, so that their slopes are not asked for.
    pub(super) fn start_potentials(&mut self, count: usize, sums: &mut Loss) {
        let (stride, n_units) = (self.layout.stride, self.geometry.n_units);
        let rate = self.equation.activation.rate(0.0) as f32;
        let panel = count * stride;
        self.potentials[..panel].fill(0.0);
        self.slopes[..panel].fill(0.0);
        for row in self.states[..panel].chunks_exact_mut(stride) {
            row[..n_units].fill(rate);
        }
        sums.rate += f64::from(rate) * f64::from(rate) * (count * n_units) as f64;
    }

    /// Potentials, slopes and the state row of the next step, from the panel of arguments.
    #[inline(always)]
    pub(super) fn advance_potentials<V: Vector, S: Shape>(
        &mut self,
        shape: S,
        place: Place,
        b: usize,
        squares: &mut [V; BLOCK],
    ) {
        let (stride, count) = (self.layout.stride, place.count);
        let width = self.layout.blocks * BLOCK;
        let next = self.states[(place.next_row * count + b) * stride..][..width].as_mut_ptr();
        let slopes = self.slopes[(place.next_slope_row * count + b) * stride..][..width].as_mut_ptr();
        let potentials = self.potentials[b * stride..][..width].as_mut_ptr();
        let arguments = self.panel[b * stride..][..width].as_ptr();
        let drive = self.drive[b * stride..][..width].as_ptr();
        let noise = self.noise[b % 2 * stride..][..width].as_ptr();
        let first_lane = |lane: Lanes| V::splat(self.lanes[lane as usize * stride]);
        let scale = V::splat(self.equation.activation.slope as f32);
        let (alpha, slope_gain) = (first_lane(Lanes::Alpha), first_lane(Lanes::SlopeGain));
        let (sigma, noise_gain) = (first_lane(Lanes::Sigma), first_lane(Lanes::NoiseGain));
        let registers = BLOCK / V::LANES;
        let inner_width = self.geometry.n_units / BLOCK * BLOCK;
        // SAFETY: every row read or written has `width` columns, as sliced above, and so has each row of lanes.
        unsafe {
            let mut at = 0;
            while at < inner_width {
                for square in &mut squares[..registers] {
                    let h = V::load(potentials.add(at));
                    let h = V::load(arguments.add(at)).sub(h).mul_add(alpha, h);
                    let drawn = V::load(noise.add(at)).mul(sigma);
                    let h = drawn.mul_add(noise_gain, h);
                    h.store(potentials.add(at));
                    let (rate, slope) = shape.rate_and_slope(h.mul(scale), slope_gain);
                    slope.store(slopes.add(at));
                    rate.store(next.add(at));
                    *square = rate.mul_add(rate, *square);
                    at += V::LANES;
                }
            }
            while at < width {
                for square in &mut squares[..registers] {
                    let lane = |lane: Lanes| V::load(self.lane(lane).add(at));
                    let alive = lane(Lanes::Alive);
                    let h = V::load(potentials.add(at));
                    let h = V::load(arguments.add(at)).sub(h).mul_add(lane(Lanes::Alpha), h);
                    let drawn = V::load(noise.add(at)).mul(lane(Lanes::Sigma));
                    let h = drawn.mul_add(lane(Lanes::NoiseGain), h);
                    let of_units = h.mul(alive);
                    of_units.store(potentials.add(at)); // 0 in the columns of inputs, of which `h` is the noise
                    let (rate, slope) = shape.rate_and_slope(of_units.mul(scale), lane(Lanes::SlopeGain));
                    slope.store(slopes.add(at));
                    let rate = rate.mul(alive);
                    rate.add(h.sub(of_units)).add(V::load(drive.add(at))).store(next.add(at));
                    *square = rate.mul_add(rate, *square);
                    at += V::LANES;
                }
            }
        }
    }

    /// Error rows `[α λ_{t+1} | e_t]`, and the rate term alone where the product adds the gradient by the rates of step t.
    #[inline(always)]
    pub(super) fn potential_errors<V: Vector>(&mut self, history_row: usize, error_row: usize, b: usize) {
        let stride = self.layout.stride;
        let width = self.layout.blocks * BLOCK;
        let rates = self.states[history_row * stride..][..width].as_ptr();
        let slopes = self.slopes[history_row * stride..][..width].as_ptr();
        let errors = self.errors[error_row * stride..][..width].as_mut_ptr();
        let by_rates = self.potentials[b * stride..][..width].as_mut_ptr();
        let lambda = self.panel[b * stride..][..width].as_ptr();
        let (alive, alpha) = (self.lane(Lanes::Alive), self.lane(Lanes::Alpha));
        let rate_gain = self.lane(Lanes::RateGain);
        let mut at = 0;
        while at < width {
            // SAFETY: every row has `width` columns, as sliced above, and so has each row of lanes.
            unsafe {
                let by_outputs = V::load(slopes.add(at)).mul(V::splat(1.0).sub(V::load(alive.add(at))));
                V::load(lambda.add(at)).mul_add(V::load(alpha.add(at)), by_outputs).store(errors.add(at));
                V::load(rates.add(at)).mul(V::load(rate_gain.add(at))).store(by_rates.add(at));
            }
            at += V::LANES;
        }
    }

    /// `λ_t` from `λ_{t+1}` and the gradient by the rates of step t.
    #[inline(always)]
    pub(super) fn through_slopes<V: Vector>(&mut self, history_row: usize, b: usize) {
        let stride = self.layout.stride;
        let width = self.layout.blocks * BLOCK;
        let slopes = self.slopes[history_row * stride..][..width].as_ptr();
        let by_rates = self.potentials[b * stride..][..width].as_ptr();
        let lambda = self.panel[b * stride..][..width].as_mut_ptr();
        let (alive, leak) = (self.lane(Lanes::Alive), self.lane(Lanes::LambdaLeak));
        let mut at = 0;
        while at < width {
            // SAFETY: as above.
            unsafe {
                let later = V::load(lambda.add(at));
                let kept = later.mul_add(V::load(leak.add(at)), later);
                let slope = V::load(slopes.add(at)).mul(V::load(alive.add(at)));
                slope.mul_add(V::load(by_rates.add(at)), kept).store(lambda.add(at));
            }
            at += V::LANES;
        }
    }
}
