//! Nearest points of a small cloud, by brute force in blocks that a vector unit takes whole.

use ndarray::ArrayView2;

use super::components::N_COMPONENTS;

/// A point in component space.
pub(super) type Point = [f64; N_COMPONENTS];

/// Points side by side in a block.
const LANES: usize = 16;

/// Share of the squared radii by which a float32 rank may be off, with a margin of about ten.
const ROUNDING: f64 = 1e-5;

/// A cloud laid out for queries: blocks of sixteen points, component by component.
///
/// Points are ranked in float32, which doubles the points a vector unit takes; of points equally near to float32
/// rounding either may be taken. Distances are the caller's to compute, in float64.
pub(super) struct Cloud {
    /// The points, one after another.
    pub(super) points: Vec<Point>,
    blocks: Vec<[[f32; LANES]; N_COMPONENTS]>,
    /// Half the squared norm of each point; infinite where a block is not full.
    half_squares: Vec<[f32; LANES]>,
    /// Largest squared norm of a point.
    largest_square: f64,
}

/// The nearest point of a cloud, and how far the others are at least.
#[derive(Clone, Copy)]
pub(super) struct Nearest {
    /// Index of the nearest point.
    pub(super) point: usize,
    /// Lower bound on the distance of every other point; infinite if there is none.
    pub(super) others: f64,
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
        let mut half_squares = vec![[f32::INFINITY; LANES]; n_blocks];
        let mut largest_square = 0.0_f64;
        for (index, point) in points.iter().enumerate() {
            let (block, lane) = (index / LANES, index % LANES);
            let square = point.iter().map(|x| x * x).sum::<f64>();
            largest_square = largest_square.max(square);
            half_squares[block][lane] = (0.5 * square) as f32;
            for (k, &entry) in point.iter().enumerate() {
                blocks[block][k][lane] = entry as f32;
            }
        }
        Self { points, blocks, half_squares, largest_square }
    }

    /// The point nearest to `query`.
    #[inline(always)]
    pub(super) fn nearest(&self, query: &Point) -> Nearest {
        // ‖q − b‖² = ‖q‖² + 2 (‖b‖²/2 − q·b): the bracket ranks the points.
        let away: [f32; N_COMPONENTS] = std::array::from_fn(|k| -query[k] as f32);
        let mut best = [f32::INFINITY; LANES];
        let mut second = [f32::INFINITY; LANES];
        let mut place = [0.0_f32; LANES]; // block index, as a float so that lanes are of one width
        let mut index = 0.0_f32;
        for (block, half) in self.blocks.iter().zip(&self.half_squares) {
            let mut rank = *half;
            for k in 0..N_COMPONENTS {
                for lane in 0..LANES {
                    rank[lane] = away[k].mul_add(block[k][lane], rank[lane]);
                }
            }
            for lane in 0..LANES {
                let nearer = rank[lane] < best[lane];
                let runner_up = if nearer { best[lane] } else { rank[lane] };
                second[lane] = if runner_up < second[lane] { runner_up } else { second[lane] };
                best[lane] = if nearer { rank[lane] } else { best[lane] };
                place[lane] = if nearer { index } else { place[lane] };
            }
            index += 1.0;
        }
        let (mut lane, mut runner_up) = (0, second[0]);
        for other in 1..LANES {
            let nearer = best[other] < best[lane];
            runner_up = runner_up.min(if nearer { best[lane] } else { best[other] }).min(second[other]);
            lane = if nearer { other } else { lane };
        }
        let square: f64 = query.iter().map(|x| x * x).sum();
        let others = square + 2.0 * f64::from(runner_up) - ROUNDING * (square + self.largest_square);
        Nearest { point: place[lane] as usize * LANES + lane, others: others.max(0.0).sqrt() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_nearest_point_is_the_one_that_comparing_all_finds(
            n in 1_usize..70, entries in proptest::collection::vec(-2.0..2.0_f64, 71 * N_COMPONENTS),
        ) {
            let points = Array2::from_shape_vec((71, N_COMPONENTS), entries).expect("71 points");
            let cloud = Cloud::new(points.slice(ndarray::s![..n, ..]));
            let query: Point = std::array::from_fn(|k| points[[70, k]]);
            let distance = |point: &Point| {
                point.iter().zip(&query).map(|(x, y)| (x - y) * (x - y)).sum::<f64>().sqrt()
            };
            let found = cloud.nearest(&query);
            let least = cloud.points.iter().map(distance).fold(f64::INFINITY, f64::min);
            prop_assert!(distance(&cloud.points[found.point]) <= least + 1e-5); // float32 ranks
            for (index, point) in cloud.points.iter().enumerate() {
                prop_assert!(index == found.point || distance(point) >= found.others);
            }
        }
    }
}
