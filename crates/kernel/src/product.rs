//! Matrix products into rows of whole blocks: `C ← start + A · B`.
//!
//! Every element of C is one chain of fused multiply-adds over rising depth k, whatever the register tile or the cut of
//! k into blocks, so every fused path gives the same bits.

use crate::aligned::AlignedBuffer;
use crate::vector::{BLOCK, Job, TILE_ROWS, Vector};

/// Depth after which partial sums are put away, so that a group of strips of B stays in L1.
const DEPTH_BLOCK: usize = 128;
/// Columns of a group of strips, at least one strip: 24 KiB of B at full depth. Each row tile of A is read once per group, and
/// A is larger than L1 and, for networks of a thousand units, as large as L2.
const GROUP_COLUMNS: usize = 48;

/// What a product starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// Zero.
    Zero,
    /// The numbers already in C.
    Target,
}

/// Where the numbers of A lie: row r at depth k is at `origin + r · row + k · depth`.
#[derive(Clone, Copy)]
pub(crate) struct Left {
    pub(crate) origin: *const f32,
    pub(crate) row: usize,
    pub(crate) depth: usize,
}

/// Where the strips of B lie: `TILE_VECTORS` registers wide, the last one narrower.
#[derive(Clone, Copy)]
pub(crate) struct Right {
    pub(crate) origin: *const f32,
    /// From a strip to the next.
    pub(crate) strip: usize,
    /// From a depth to the next within a full strip.
    pub(crate) depth: Pitch,
    /// The depth to begin at.
    pub(crate) first: usize,
}

/// Distance from a depth to the next within a strip.
#[derive(Clone, Copy)]
pub(crate) enum Pitch {
    /// The strip's own width: packed strips.
    Packed,
    /// A fixed row length: an ordinary matrix.
    Row(usize),
}

/// A product to be run in a function of its own, so that the register allocator sees nothing else.
#[derive(Clone, Copy)]
pub(crate) struct Product {
    pub(crate) left: Left,
    pub(crate) right: Right,
    pub(crate) target: *mut f32,
    /// From a row of C to the next.
    pub(crate) target_row: usize,
    pub(crate) n_rows: usize,
    pub(crate) depth: usize,
    /// Columns computed, a multiple of [`BLOCK`].
    pub(crate) n_columns: usize,
    pub(crate) start: Start,
}

impl Job for Product {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self) {
        let strip_width = V::TILE_VECTORS * V::LANES;
        let group_width = (GROUP_COLUMNS / strip_width).max(1) * strip_width;
        let mut k = 0;
        loop {
            let depth = (self.depth - k).min(DEPTH_BLOCK);
            let start = if k == 0 { self.start } else { Start::Target };
            for first in (0..self.n_columns).step_by(group_width) {
                let end = (first + group_width).min(self.n_columns);
                for row in (0..self.n_rows).step_by(TILE_ROWS) {
                    for column in (first..end).step_by(strip_width) {
                        let width = (end - column).min(strip_width);
                        let (next_row, next_column) = match column + width {
                            next if next < end => (row, next),
                            _ => (row + TILE_ROWS, first),
                        };
                        let pitch = match self.right.depth {
                            Pitch::Packed => width,
                            Pitch::Row(row) => row,
                        };
                        // SAFETY: whoever made the product vouches that all elements named by its sizes are there.
                        unsafe {
                            let strip = self.right.origin.add(column / strip_width * self.right.strip);
                            let tile = Tile {
                                left: self.left.origin.add(row * self.left.row + k * self.left.depth),
                                left_row: self.left.row,
                                left_depth: self.left.depth,
                                right: strip.add((self.right.first + k) * pitch),
                                pitch,
                                target: self.target.add(row * self.target_row + column),
                                target_row: self.target_row,
                                next: self.target.wrapping_add(next_row * self.target_row + next_column),
                                depth,
                                start,
                            };
                            tile.run::<V>((self.n_rows - row).min(TILE_ROWS), width / V::LANES);
                        }
                    }
                }
            }
            k += depth;
            if k >= self.depth {
                break;
            }
        }
    }
}

/// Some rows of one strip of columns at one block of depth.
#[derive(Clone, Copy)]
struct Tile {
    left: *const f32,
    left_row: usize,
    left_depth: usize,
    right: *const f32,
    pitch: usize,
    target: *mut f32,
    target_row: usize,
    /// Where the next tile's part of C begins; past its end at the last.
    next: *const f32,
    depth: usize,
    start: Start,
}

impl Tile {
    /// Multiplies `rows` rows (at most [`TILE_ROWS`]) by `width` registers of columns (at most four).
    #[inline(always)]
    unsafe fn run<V: Vector>(self, rows: usize, width: usize) {
        unsafe {
            match width {
                1 => self.rows::<V, 1>(rows),
                2 => self.rows::<V, 2>(rows),
                3 => self.rows::<V, 3>(rows),
                _ => self.rows::<V, 4>(rows),
            }
        }
    }

    #[inline(always)]
    unsafe fn rows<V: Vector, const WIDTH: usize>(self, rows: usize) {
        unsafe {
            match rows {
                1 => self.registers::<V, 1, WIDTH>(),
                2 => self.registers::<V, 2, WIDTH>(),
                3 => self.registers::<V, 3, WIDTH>(),
                4 => self.registers::<V, 4, WIDTH>(),
                5 => self.registers::<V, 5, WIDTH>(),
                _ => self.registers::<V, TILE_ROWS, WIDTH>(),
            }
        }
    }

    /// `ROWS × WIDTH` registers of C, kept in registers over the whole depth.
    #[inline(always)]
    unsafe fn registers<V: Vector, const ROWS: usize, const WIDTH: usize>(self) {
        unsafe {
            let mut sums = [[V::splat(0.0); WIDTH]; ROWS];
            if self.start == Start::Target {
                for (r, sums) in sums.iter_mut().enumerate() {
                    for (c, sum) in sums.iter_mut().enumerate() {
                        *sum = V::load(self.target.add(r * self.target_row + c * V::LANES));
                    }
                }
                // The gradients of a large network lie beyond L2: each tile would begin by waiting for its part.
                for r in 0..ROWS {
                    for column in (0..WIDTH * V::LANES).step_by(BLOCK) {
                        V::prefetch(self.next.wrapping_add(r * self.target_row + column));
                    }
                }
            }
            let mut left = self.left;
            let mut right = self.right;
            for _ in 0..self.depth {
                let mut columns = [V::splat(0.0); WIDTH];
                for (c, column) in columns.iter_mut().enumerate() {
                    *column = V::load(right.add(c * V::LANES));
                }
                for (r, sums) in sums.iter_mut().enumerate() {
                    let factor = V::splat(*left.add(r * self.left_row));
                    for (sum, column) in sums.iter_mut().zip(columns) {
                        *sum = factor.mul_add(column, *sum);
                    }
                }
                left = left.add(self.left_depth);
                right = right.add(self.pitch);
            }
            for (r, sums) in sums.iter().enumerate() {
                for (c, sum) in sums.iter().enumerate() {
                    sum.store(self.target.add(r * self.target_row + c * V::LANES));
                }
            }
        }
    }
}

/// A matrix `[depth, columns]` packed into strips for the right side of products on one path.
pub(crate) struct PackedRight {
    data: AlignedBuffer,
    strip_width: usize,
    depth: usize,
    n_columns: usize,
}

impl PackedRight {
    /// A zero matrix; `n_columns` is a multiple of [`BLOCK`], `strip_width` that of the path's register tile.
    pub(crate) fn zeroed(depth: usize, n_columns: usize, strip_width: usize) -> Self {
        debug_assert!(n_columns.is_multiple_of(BLOCK));
        Self { data: AlignedBuffer::zeroed(depth * n_columns), strip_width, depth, n_columns }
    }

    /// Columns, padding included.
    pub(crate) fn n_columns(&self) -> usize {
        self.n_columns
    }

    /// Sets elements `(k, column), (k, column + 1), …` to `values`.
    pub(crate) fn set_row(&mut self, k: usize, column: usize, values: &[f32]) {
        let mut done = 0;
        while done < values.len() {
            let (at, room) = self.place(k, column + done);
            let count = room.min(values.len() - done);
            self.data[at..at + count].copy_from_slice(&values[done..done + count]);
            done += count;
        }
    }

    /// Sets elements `(k, column), (k + 1, column), …` to `values`.
    pub(crate) fn set_column(&mut self, k: usize, column: usize, values: &[f32]) {
        let (at, _) = self.place(k, column);
        let width = self.width_of(column / self.strip_width);
        for (target, &value) in self.data[at..].iter_mut().step_by(width).zip(values) {
            *target = value;
        }
    }

    /// The rows from depth `first` on, as the right side of a product.
    pub(crate) fn right(&self, first: usize) -> Right {
        Right {
            origin: self.data.as_ptr(),
            strip: self.strip_width * self.depth,
            depth: Pitch::Packed,
            first,
        }
    }

    fn width_of(&self, strip: usize) -> usize {
        self.strip_width.min(self.n_columns - strip * self.strip_width)
    }

    /// Index of an element and the number of columns from it to the end of its strip.
    fn place(&self, k: usize, column: usize) -> (usize, usize) {
        let strip = column / self.strip_width;
        let width = self.width_of(strip);
        let within = column - strip * self.strip_width;
        (strip * self.strip_width * self.depth + k * width + within, width - within)
    }
}
