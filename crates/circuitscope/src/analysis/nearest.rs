//! Nearest points of a small cloud, by brute force in blocks that a vector unit takes whole.

use ndarray::ArrayView2;

use super::components::N_COMPONENTS;

/// A point in component space.
pub(super) type Point = [f64; N_COMPONENTS];

/// Points side by side in a block.
const LANES: usize = 8;

/// A cloud laid out for queries: blocks of eight points, component by component.
pub(super) struct Cloud {
    /// The points, one after another.
    pub(super) points: Vec<Point>,
    blocks: Vec<[[f64; LANES]; N_COMPONENTS]>,
    /// Half the squared norm of each point; infinite where a block is not full.
    half_squares: Vec<[f64; LANES]>,
}

/// The nearest point of a cloud, and how far the nearest two are.
#[derive(Clone, Copy)]
pub(super) struct Nearest {
    /// Index of the nearest point, the lowest of equally near ones in a block.
    pub(super) point: usize,
    /// Squared distance of the second nearest point; infinite if there is none.
    pub(super) second_square: f64,
}

impl Cloud {
    /// Lays out points `[P, 10]`.
    pub(super) fn new(points: ArrayView2<'_, f64>) -> Self {
        let points: Vec<Point> = points
            .outer_iter()
            .map(|row| std::array::from_fn(|k| row.get(k).copied().unwrap_or(0.0)))
            .collect();
        let n_blocks = points.len().div_ceil(LANES);
        let mut blocks = vec![[[0.0; LANES]; N_COMPONENTS]; n_blocks];
        let mut half_squares = vec![[f64::INFINITY; LANES]; n_blocks];
        for (index, point) in points.iter().enumerate() {
            let (block, lane) = (index / LANES, index % LANES);
            half_squares[block][lane] = 0.5 * point.iter().map(|x| x * x).sum::<f64>();
            for (k, &entry) in point.iter().enumerate() {
                blocks[block][k][lane] = entry;
            }
        }
        Self { points, blocks, half_squares }
    }

    /// The point nearest to `query`.
    #[inline(always)]
    pub(super) fn nearest(&self, query: &Point) -> Nearest {
        // ‖q − b‖² = ‖q‖² + 2 (‖b‖²/2 − q·b): the bracket ranks the points.
        let mut best = [f64::INFINITY; LANES];
        let mut second = [f64::INFINITY; LANES];
        let mut place = [0.0; LANES]; // block index, as a float so that lanes are of one width
        for (index, (block, half)) in self.blocks.iter().zip(&self.half_squares).enumerate() {
            let mut rank = *half;
            for (k, entries) in block.iter().enumerate() {
                for lane in 0..LANES {
                    rank[lane] -= query[k] * entries[lane];
                }
            }
            let index = index as f64;
            for lane in 0..LANES {
                let nearer = rank[lane] < best[lane];
                let runner_up = if nearer { best[lane] } else { rank[lane] };
                second[lane] = if runner_up < second[lane] { runner_up } else { second[lane] };
                best[lane] = if nearer { rank[lane] } else { best[lane] };
                place[lane] = if nearer { index } else { place[lane] };
            }
        }
        let (mut lane, mut runner_up) = (0, second[0]);
        for other in 1..LANES {
            if best[other] < best[lane] {
                runner_up = runner_up.min(best[lane]);
                lane = other;
            } else {
                runner_up = runner_up.min(best[other]);
            }
            runner_up = runner_up.min(second[other]);
        }
        let square: f64 = query.iter().map(|x| x * x).sum();
        Nearest {
            point: place[lane] as usize * LANES + lane,
            second_square: (square + 2.0 * runner_up).max(0.0),
        }
    }
}
