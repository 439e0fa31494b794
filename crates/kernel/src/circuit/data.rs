//! The responses that a circuit is fitted to, as its steps read them.

use super::shape::{Responses, Shape};
use crate::aligned::AlignedBuffer;

/// The responses by tiles of as many trials as a register has lanes, padded with what does not count.
pub(super) struct Data {
    /// `[tile, T, U, lanes]`
    pub(super) inputs: AlignedBuffer,
    /// `[tile, T, O, lanes]`, 0 where missing.
    pub(super) outputs: AlignedBuffer,
    /// 1 where an output was recorded, else 0.
    pub(super) compared: AlignedBuffer,
    /// `[tile, T, K, lanes]`, 0 where missing.
    pub(super) components: AlignedBuffer,
    /// 1 where the components were recorded, else 0 `[tile, T, lanes]`.
    pub(super) seen: AlignedBuffer,
    /// Number of recorded outputs, at least 1.
    pub(super) n_compared: f64,
    /// Number of recorded components times their variance, or 1 where nothing varies.
    pub(super) spread: f64,
    /// Σ z² over the recorded components.
    pub(super) square: f64,
}

/// Rows `[R, T, B]` into `[tile, T, R, lanes]`, padded with `padding`.
fn by_tiles(values: &[f32], n_rows: usize, shape: Shape, lanes: usize, padding: f32) -> AlignedBuffer {
    let Shape { n_steps, n_trials, .. } = shape;
    let n_tiles = n_trials.div_ceil(lanes);
    let mut target = AlignedBuffer::zeroed(n_tiles * n_steps * n_rows * lanes);
    target.fill(padding);
    for row in 0..n_rows {
        for t in 0..n_steps {
            for (b, &value) in values[(row * n_steps + t) * n_trials..][..n_trials].iter().enumerate() {
                target[((b / lanes * n_steps + t) * n_rows + row) * lanes + b % lanes] = value;
            }
        }
    }
    target
}

/// Replaces NaN by 0; gives 1 where there was a number and 0 where there was NaN.
fn split_missing(values: &mut AlignedBuffer) -> AlignedBuffer {
    let mut present = AlignedBuffer::zeroed(values.len());
    for (flag, value) in present.iter_mut().zip(values.iter_mut()) {
        if value.is_nan() {
            *value = 0.0;
        } else {
            *flag = 1.0;
        }
    }
    present
}

impl Data {
    /// - `lanes`: trials of a tile.
    pub(super) fn new(responses: &Responses<'_>, shape: Shape, lanes: usize) -> Self {
        let Shape { n_inputs, n_outputs, n_components, n_steps, n_trials, .. } = shape;
        // A step of a trial counts with all its components or not at all; sums go by step, then by trial, on every path.
        let mut components = responses.components.to_vec();
        let mut seen = vec![f32::NAN; n_steps * n_trials];
        let (mut count, mut sum, mut square) = (0.0, 0.0, 0.0);
        for (place, seen) in seen.iter_mut().enumerate() {
            let of_place = components.iter_mut().skip(place).step_by(n_steps * n_trials);
            if of_place.map(|z| *z).all(|z| !z.is_nan()) {
                *seen = 1.0;
                for z in components.iter().skip(place).step_by(n_steps * n_trials) {
                    let z = f64::from(*z);
                    count += 1.0;
                    sum += z;
                    square += z * z;
                }
            } else {
                components.iter_mut().skip(place).step_by(n_steps * n_trials).for_each(|z| *z = 0.0);
            }
        }
        let spread = square - sum * sum / f64::max(count, 1.0);
        let tiles =
            |values: &[f32], n_rows: usize, padding: f32| by_tiles(values, n_rows, shape, lanes, padding);
        let mut outputs = tiles(responses.outputs, n_outputs, f32::NAN);
        let compared = split_missing(&mut outputs);
        let mut seen = tiles(&seen, 1, f32::NAN);
        let seen = split_missing(&mut seen);
        Self {
            inputs: tiles(responses.inputs, n_inputs, 0.0),
            n_compared: compared.iter().map(|&flag| f64::from(flag)).sum::<f64>().max(1.0),
            outputs,
            compared,
            components: tiles(&components, n_components, 0.0),
            seen,
            spread: if spread > 0.0 { spread } else { 1.0 },
            square,
        }
    }
}
