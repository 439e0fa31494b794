//! Products of rows summed over steps and trials, `Σ left_i right_j`, in register tiles of at most 3 × 4.

use crate::aligned::AlignedBuffer;
use crate::vector::{BLOCK, Vector};

/// Rows `[steps, count, lanes]`.
#[derive(Clone, Copy)]
pub(super) struct Rows<'a> {
    pub(super) values: &'a [f32],
    pub(super) count: usize,
}

/// Columns of a register tile.
const COLUMNS: usize = 4;
/// Partial sums over trials of one product: trial b adds to the one of b modulo this, whatever the lanes of a register.
const PARTS: usize = 4;

/// Sums of the products of all left and right rows.
///
/// Each lane is summed over the steps of its trial in float32, trials in float64.
pub(super) struct Sums {
    n_left: usize,
    /// Right rows, a multiple of [`COLUMNS`].
    n_right: usize,
    /// Sums of the tile that is under way `[n_left, n_right, lanes]`.
    lanes: AlignedBuffer,
    totals: Vec<[f64; PARTS]>,
}

impl Sums {
    pub(super) fn new(n_left: usize, n_right: usize) -> Self {
        assert!(n_right.is_multiple_of(COLUMNS));
        let n = n_left * n_right;
        Self { n_left, n_right, lanes: AlignedBuffer::zeroed(n * BLOCK), totals: vec![[0.0; PARTS]; n] }
    }

    pub(super) fn clear(&mut self) {
        self.totals.fill([0.0; PARTS]);
    }

    /// Adds the products of the first `n_left` left rows and all right rows over some steps.
    #[inline(always)]
    pub(super) fn add<V: Vector>(&mut self, left: Rows<'_>, right: Rows<'_>, n_steps: usize) {
        assert!(self.n_left <= left.count && self.n_right == right.count);
        assert!(left.values.len() >= n_steps * left.count * V::LANES);
        assert!(right.values.len() >= n_steps * right.count * V::LANES);
        let mut i = 0;
        while i < self.n_left {
            let rows = (self.n_left - i).min(3);
            let mut j = 0;
            while j < self.n_right {
                match rows {
                    3 => self.tile::<V, 3>(left, i, right, j, n_steps),
                    2 => self.tile::<V, 2>(left, i, right, j, n_steps),
                    _ => self.tile::<V, 1>(left, i, right, j, n_steps),
                }
                j += COLUMNS;
            }
            i += rows;
        }
    }

    #[inline(always)]
    fn tile<V: Vector, const ROWS: usize>(
        &mut self,
        left: Rows<'_>,
        i: usize,
        right: Rows<'_>,
        j: usize,
        n_steps: usize,
    ) {
        let target = self.lanes[(i * self.n_right + j) * V::LANES..].as_mut_ptr();
        let mut a = left.values[i * V::LANES..].as_ptr();
        let mut b = right.values[j * V::LANES..].as_ptr();
        let mut sums = [[V::splat(0.0); COLUMNS]; ROWS];
        // SAFETY: the sums have the rows and columns of this tile; both operands have rows i.. and j.. at every step, as
        // asserted by the caller.
        unsafe {
            for (row, sums) in sums.iter_mut().enumerate() {
                for (column, sum) in sums.iter_mut().enumerate() {
                    *sum = V::load(target.add((row * self.n_right + column) * V::LANES));
                }
            }
            for _ in 0..n_steps {
                let mut x = [V::splat(0.0); ROWS];
                for (row, x) in x.iter_mut().enumerate() {
                    *x = V::load(a.add(row * V::LANES));
                }
                for column in 0..COLUMNS {
                    let y = V::load(b.add(column * V::LANES));
                    for (sums, x) in sums.iter_mut().zip(x) {
                        sums[column] = x.mul_add(y, sums[column]);
                    }
                }
                a = a.wrapping_add(left.count * V::LANES);
                b = b.wrapping_add(right.count * V::LANES);
            }
            for (row, sums) in sums.iter().enumerate() {
                for (column, sum) in sums.iter().enumerate() {
                    sum.store(target.add((row * self.n_right + column) * V::LANES));
                }
            }
        }
    }

    /// Adds the lanes of a tile to the sums over trials, and begins the next.
    #[inline(always)]
    pub(super) fn end_tile<V: Vector>(&mut self) {
        let lanes = &mut self.lanes[..self.n_left * self.n_right * V::LANES];
        for (parts, lanes) in self.totals.iter_mut().zip(lanes.chunks_exact(V::LANES)) {
            for lanes in lanes.chunks_exact(PARTS) {
                for (part, &lane) in parts.iter_mut().zip(lanes) {
                    *part += f64::from(lane);
                }
            }
        }
        lanes.fill(0.0);
    }

    /// Writes the sums into a matrix `[n_left, columns]`, the first columns of the right rows.
    pub(super) fn write(&self, target: &mut [f64], columns: usize) {
        for (entries, sums) in target.chunks_exact_mut(columns).zip(self.totals.chunks_exact(self.n_right)) {
            for (entry, parts) in entries.iter_mut().zip(sums) {
                *entry = (parts[0] + parts[1]) + (parts[2] + parts[3]);
            }
        }
    }
}
