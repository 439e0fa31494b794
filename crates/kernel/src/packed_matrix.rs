//! The product that the training step is made of, by itself: the yardstick of what a core can do.

use crate::aligned::AlignedBuffer;
use crate::dispatch::KernelPath;
use crate::product::{Left, PackedRight, Product, Start};
use crate::vector::{BLOCK, Job, TILE_ROWS, Vector};

/// Rows of A multiplied at a time, so that a block of their depth stays in L2 beside a strip of B.
const PANEL_ROWS: usize = 16 * TILE_ROWS;

/// A matrix B `[k, n]` in the order in which products read it.
pub(crate) struct PackedMatrix {
    packed: PackedRight,
    path: KernelPath,
    sizes: [usize; 2],
}

impl PackedMatrix {
    /// Packs `matrix` `[k, n]`, row-major, for products on `path`.
    ///
    /// # Panics
    /// If `matrix` is not `[k, n]` or the machine lacks `path`.
    pub(crate) fn new(path: KernelPath, sizes: [usize; 2], matrix: &[f32]) -> Self {
        let [k, n] = sizes;
        assert_eq!(matrix.len(), k * n, "`matrix` is not {sizes:?}");
        let strip_width = path.run(StripWidth);
        let mut packed = PackedRight::zeroed(k, n.next_multiple_of(BLOCK), strip_width);
        for (depth, row) in matrix.chunks_exact(n).enumerate() {
            packed.set_row(depth, 0, row);
        }
        Self { packed, path, sizes }
    }

    /// `product = left · B`: `left` `[m, k]`, `product` `[m, n]`, row-major.
    ///
    /// # Panics
    /// If the shapes do not fit.
    pub(crate) fn multiply(&self, left: &[f32], product: &mut [f32]) {
        let [k, n] = self.sizes;
        let n_rows = left.len() / k;
        assert!(left.len() == n_rows * k && product.len() == n_rows * n, "shapes differ");
        self.path.run(Multiply { matrix: self, left, product });
    }
}

struct StripWidth;

impl Job for StripWidth {
    type Output = usize;

    #[inline(always)]
    fn run<V: Vector>(self) -> usize {
        V::TILE_VECTORS * V::LANES
    }
}

struct Multiply<'a> {
    matrix: &'a PackedMatrix,
    left: &'a [f32],
    product: &'a mut [f32],
}

impl Job for Multiply<'_> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self) {
        let [k, n] = self.matrix.sizes;
        let n_columns = self.matrix.packed.n_columns();
        // Only rows of whole blocks can be written in place.
        let mut padded = AlignedBuffer::zeroed(if n == n_columns { 0 } else { PANEL_ROWS * n_columns });
        let panels = self.left.chunks(PANEL_ROWS * k).zip(self.product.chunks_mut(PANEL_ROWS * n));
        for (left, product) in panels {
            let target = if n == n_columns { product.as_mut_ptr() } else { padded.as_mut_ptr() };
            let job = Product {
                left: Left { origin: left.as_ptr(), row: k, depth: 1 },
                right: self.matrix.packed.right(0),
                target,
                target_row: n_columns,
                n_rows: left.len() / k,
                depth: k,
                n_columns,
                start: Start::Zero,
            };
            // SAFETY: this job runs inside `enter`; `left` and the target have that many rows of k and `n_columns`.
            unsafe { V::enter(job) };
            if n < n_columns {
                for (row, padded) in product.chunks_exact_mut(n).zip(padded.chunks_exact(n_columns)) {
                    row.copy_from_slice(&padded[..n]);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::PackedMatrix;
    use crate::KernelPath;

    #[test]
    fn products_of_small_whole_numbers_are_exact_at_every_shape() {
        // Sums below 2²⁴ are exact in float32 whatever their order, so any misplaced element shows.
        for path in KernelPath::available() {
            for [m, k, n] in
                [[1, 1, 1], [5, 3, 17], [6, 128, 64], [13, 129, 80], [100, 257, 112], [97, 40, 176]]
            {
                let entry = |row: usize, column: usize, salt: usize| {
                    ((row * 31 + column * 17 + salt) % 13) as f32 - 6.0
                };
                let left: Vec<f32> = (0..m * k).map(|at| entry(at / k, at % k, 1)).collect();
                let right: Vec<f32> = (0..k * n).map(|at| entry(at / n, at % n, 5)).collect();
                let mut product = vec![f32::NAN; m * n];
                PackedMatrix::new(path, [k, n], &right).multiply(&left, &mut product);
                for (at, found) in product.iter().enumerate() {
                    let exact: f32 =
                        (0..k).map(|depth| left[at / n * k + depth] * right[depth * n + at % n]).sum();
                    assert_eq!(*found, exact, "{path:?} {m} × {k} × {n} at {at}");
                }
            }
        }
    }
}
