//! Products of rows summed over steps and trials, `Σ left_i right_j`, in register tiles of at most 3 × 4.

use crate::vector::{BLOCK, Vector};

/// Rows `[T, count, 16]`.
#[derive(Clone, Copy)]
pub(super) struct Rows<'a> {
    pub(super) values: &'a [f32],
    pub(super) count: usize,
}

/// Columns of a register tile.
const COLUMNS: usize = 4;

/// Overwrites `sums` `[n_left, right.count]` with the sums of products of the first `n_left` left rows and all right rows.
///
/// Each lane is summed over steps in float32, lanes in float64.
#[inline(always)]
pub(super) fn sum_of_products<V: Vector>(
    left: Rows<'_>,
    n_left: usize,
    right: Rows<'_>,
    n_steps: usize,
    sums: &mut [f64],
) {
    assert!(n_left <= left.count && right.count.is_multiple_of(COLUMNS));
    assert!(left.values.len() >= n_steps * left.count * BLOCK);
    assert!(right.values.len() >= n_steps * right.count * BLOCK);
    let mut i = 0;
    while i < n_left {
        let rows = (n_left - i).min(3);
        for j in (0..right.count).step_by(COLUMNS) {
            let target = &mut sums[i * right.count + j..];
            match rows {
                3 => tile::<V, 3>(left, i, right, j, n_steps, target),
                2 => tile::<V, 2>(left, i, right, j, n_steps, target),
                _ => tile::<V, 1>(left, i, right, j, n_steps, target),
            }
        }
        i += rows;
    }
}

#[inline(always)]
fn tile<V: Vector, const ROWS: usize>(
    left: Rows<'_>,
    i: usize,
    right: Rows<'_>,
    j: usize,
    n_steps: usize,
    target: &mut [f64],
) {
    let mut lanes = [[[0.0_f32; BLOCK]; COLUMNS]; ROWS];
    for lane in (0..BLOCK).step_by(V::LANES) {
        let mut sums = [[V::splat(0.0); COLUMNS]; ROWS];
        let mut a = left.values[i * BLOCK + lane..].as_ptr();
        let mut b = right.values[j * BLOCK + lane..].as_ptr();
        for _ in 0..n_steps {
            // SAFETY: both have rows i.. and j.. at every step, as asserted by the caller.
            unsafe {
                let columns: [V; COLUMNS] = std::array::from_fn(|c| V::load(b.add(c * BLOCK)));
                for (row, sums) in sums.iter_mut().enumerate() {
                    let x = V::load(a.add(row * BLOCK));
                    for (sum, column) in sums.iter_mut().zip(columns) {
                        *sum = x.mul_add(column, *sum);
                    }
                }
            }
            a = a.wrapping_add(left.count * BLOCK);
            b = b.wrapping_add(right.count * BLOCK);
        }
        for (lanes, sums) in lanes.iter_mut().zip(sums) {
            for (lanes, sum) in lanes.iter_mut().zip(sums) {
                // SAFETY: a block has a register's lanes from `lane` on.
                unsafe { sum.store(lanes.as_mut_ptr().add(lane)) };
            }
        }
    }
    for (row, lanes) in lanes.iter().enumerate() {
        for (column, lanes) in lanes.iter().enumerate() {
            target[row * right.count + column] = lanes.iter().map(|&x| f64::from(x)).sum();
        }
    }
}
