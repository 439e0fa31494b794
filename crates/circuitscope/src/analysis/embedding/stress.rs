//! The loop of SMACOF: stress and its majorising step in one pass over the pairs.

use ndarray::ArrayView2;
use pulp::{Simd, WithSimd};

/// Pairs taken together by a vector unit.
const LANES: usize = 8;

/// Distances to be reproduced, each row padded to whole blocks.
pub(super) struct Targets {
    rows: Vec<Vec<[f64; LANES]>>,
    /// Sum over ordered pairs of squared distances.
    pub(super) sum_of_squares: f64,
}

impl Targets {
    pub(super) fn new(distances: ArrayView2<'_, f64>) -> Self {
        let rows = distances.outer_iter().map(|row| blocks(row.iter().copied())).collect();
        Self { rows, sum_of_squares: distances.iter().map(|d| d * d).sum() }
    }
}

/// A descent compiled for the vector instructions that the machine has.
struct Descent<'a> {
    layout: &'a mut Layout,
    targets: &'a Targets,
    max_iterations: usize,
    tolerance: f64,
}

impl WithSimd for Descent<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { layout, targets, max_iterations, tolerance } = self;
        let mut before = f64::INFINITY;
        for _ in 0..max_iterations {
            let next = layout.step(targets);
            if before - layout.stress <= tolerance * layout.stress {
                return;
            }
            before = layout.stress;
            layout.axes = next;
        }
        layout.step(targets);
    }
}

/// Places of the items in the plane and their stress.
pub(super) struct Layout {
    axes: [Vec<[f64; LANES]>; 2],
    n_items: usize,
    /// Sum over unordered pairs of (distance in the plane − target)².
    pub(super) stress: f64,
}

impl Layout {
    /// Places each item, axis after axis.
    pub(super) fn new(mut place: impl FnMut(usize, usize) -> f64, n_items: usize) -> Self {
        let axes = [0, 1].map(|axis| blocks((0..n_items).map(|item| place(item, axis))));
        Self { axes, n_items, stress: f64::INFINITY }
    }

    /// Where an item is on an axis.
    pub(super) fn place(&self, item: usize, axis: usize) -> f64 {
        self.axes[axis][item / LANES][item % LANES]
    }

    /// Lowers the stress until an iteration does so by less than `tolerance` of it.
    pub(super) fn descend(&mut self, targets: &Targets, max_iterations: usize, tolerance: f64) {
        pulp::Arch::new().dispatch(Descent { layout: self, targets, max_iterations, tolerance });
    }

    /// Takes the stress and returns the Guttman transform: item i at `Σ_j (δ_ij / d_ij)(x_i − x_j) / K`.
    #[inline(always)]
    fn step(&mut self, targets: &Targets) -> [Vec<[f64; LANES]>; 2] {
        let mut next = [vec![[0.0; LANES]; self.axes[0].len()], vec![[0.0; LANES]; self.axes[0].len()]];
        let mut stress = [0.0; LANES];
        for (item, row) in targets.rows.iter().enumerate() {
            let (x, y) = (self.place(item, 0), self.place(item, 1));
            let (mut sum_x, mut sum_y) = ([0.0; LANES], [0.0; LANES]);
            let last = row.len() - 1;
            for (index, ((target, xs), ys)) in row.iter().zip(&self.axes[0]).zip(&self.axes[1]).enumerate() {
                // Lanes beyond the last item must not count.
                let width = if index < last { LANES } else { self.n_items - last * LANES };
                for lane in 0..LANES {
                    let (dx, dy) = (x - xs[lane], y - ys[lane]);
                    let distance = (dx * dx + dy * dy).sqrt();
                    let ratio = if distance > 0.0 { target[lane] / distance } else { 0.0 };
                    sum_x[lane] += ratio * dx;
                    sum_y[lane] += ratio * dy;
                    let gap = if lane < width { distance - target[lane] } else { 0.0 };
                    stress[lane] += gap * gap;
                }
            }
            next[0][item / LANES][item % LANES] = sum_x.iter().sum::<f64>() / self.n_items as f64;
            next[1][item / LANES][item % LANES] = sum_y.iter().sum::<f64>() / self.n_items as f64;
        }
        self.stress = 0.5 * stress.iter().sum::<f64>();
        next
    }
}

/// Values in blocks, the last filled up with zeros.
fn blocks(values: impl Iterator<Item = f64>) -> Vec<[f64; LANES]> {
    let values: Vec<f64> = values.collect();
    values
        .chunks(LANES)
        .map(|chunk| std::array::from_fn(|lane| chunk.get(lane).copied().unwrap_or(0.0)))
        .collect()
}
