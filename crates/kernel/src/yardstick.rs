//! What a core can do: float32 matrix products by themselves, the yardstick of the training step.

use crate::dispatch::KernelPath;
use crate::packed_matrix::PackedMatrix;

/// Shapes `[m, k, n]` of the products: one that fills the caches, one as small as a step of a network of 100 units.
const SHAPES: [[usize; 3]; 2] = [[1024, 1024, 1024], [102, 108, 32]];

/// A matrix product, ready to be run and timed.
pub struct YardstickProduct {
    maker: Maker,
    shape: [usize; 3],
    left: Vec<f32>,
    right: Vec<f32>,
    product: Vec<f32>,
}

/// Who multiplies.
enum Maker {
    /// The training step's own product.
    Own(PackedMatrix),
    /// The `gemm` crate, which faer is built on.
    Gemm,
}

impl YardstickProduct {
    /// Every product of the yardstick: two shapes, by our product and, on the machine's best path, by `gemm`, which
    /// chooses its instructions by itself and would compare a path with others' instructions.
    ///
    /// # Panics
    /// If the machine lacks `path`.
    pub fn all(path: KernelPath) -> Vec<Self> {
        let of_shape = |shape: [usize; 3]| {
            let [m, k, n] = shape;
            let (left, right) = (numbers(m * k), numbers(k * n));
            let own = Maker::Own(PackedMatrix::new(path, [k, n], &right));
            let gemm = (path == KernelPath::detect()).then_some(Maker::Gemm);
            let of_maker = move |maker| Self {
                maker,
                shape,
                left: left.clone(),
                right: right.clone(),
                product: vec![0.0; m * n],
            };
            std::iter::once(own).chain(gemm).map(of_maker)
        };
        SHAPES.into_iter().flat_map(of_shape).collect()
    }

    /// Floating-point operations of one run: a multiplication and an addition for each term.
    pub fn n_operations(&self) -> u64 {
        2 * self.shape.iter().map(|&side| side as u64).product::<u64>()
    }

    /// Multiplies once, on this thread.
    pub fn run(&mut self) {
        match &self.maker {
            Maker::Own(packed) => packed.multiply(&self.left, &mut self.product),
            Maker::Gemm => self.run_gemm(),
        }
    }

    fn run_gemm(&mut self) {
        let [m, k, n] = self.shape;
        // SAFETY: pointers and strides are those of row-major matrices `[m, k]`, `[k, n]` and `[m, n]` of these sizes.
        unsafe {
            gemm::gemm(
                m,
                n,
                k,
                self.product.as_mut_ptr(),
                1,
                n as isize,
                false,
                self.left.as_ptr(),
                1,
                k as isize,
                self.right.as_ptr(),
                1,
                n as isize,
                0.0,
                1.0,
                false,
                false,
                false,
                gemm::Parallelism::None,
            );
        }
    }
}

/// Numbers in [−0.5, 0.5) that repeat late enough; a timing needs no better.
fn numbers(len: usize) -> Vec<f32> {
    (0..len).map(|at| (at * 7919 % 1009) as f32 / 1009.0 - 0.5).collect()
}

#[cfg(test)]
mod tests {
    use super::{Maker, SHAPES, YardstickProduct};
    use crate::KernelPath;

    #[test]
    fn both_makers_of_a_product_agree() {
        let run = |path| {
            let mut products = YardstickProduct::all(path);
            products.iter_mut().for_each(YardstickProduct::run);
            products
        };
        let best = run(KernelPath::detect());
        assert_eq!(best.iter().filter(|product| matches!(product.maker, Maker::Gemm)).count(), SHAPES.len());
        for path in KernelPath::available() {
            for product in run(path) {
                let other = best
                    .iter()
                    .find(|other| matches!(other.maker, Maker::Gemm) && other.shape == product.shape)
                    .expect("a product of every shape");
                let gaps = product.product.iter().zip(&other.product).map(|(a, b)| (a - b).abs());
                let gap = gaps.fold(0.0, f32::max);
                assert!(gap < 1e-3, "{path:?} {:?}: {gap}", product.shape); // float32 sums of 1024 terms below 0.25
                assert!(product.product.iter().any(|x| x.abs() > 0.1));
            }
        }
    }
}
