//! Nearest points of a small cloud, by brute force: one moving point a lane.

use ndarray::ArrayView2;
use pulp::Simd;

use super::components::N_COMPONENTS;
use super::procrustes::Map;

/// A point in component space.
pub(super) type Point = [f64; N_COMPONENTS];

/// Moving points are padded to a multiple of this, the lanes of the widest vector.
const PADDING: usize = 16;

/// A cloud laid out for matching: by component when its points move, by point when they are candidates.
///
/// Points are ranked in float32, which doubles the points a vector unit takes; of points equally near to float32
/// rounding either may be taken.
pub(super) struct Cloud {
    /// The points, one after another.
    pub(super) points: Vec<Point>,
    /// Squared norm of each point.
    pub(super) squares: Vec<f64>,
    /// Sum of the squared norms.
    pub(super) sum_of_squares: f64,
    /// One component after another, each padded with zeros.
    components: Vec<f32>,
    /// Each point negated, then half its squared norm.
    candidates: Vec<[f32; N_COMPONENTS + 1]>,
}

impl Cloud {
    /// Lays out points `[P, 10]`.
    pub(super) fn new(points: ArrayView2<'_, f64>) -> Self {
        let points: Vec<Point> = points
            .outer_iter()
            .map(|row| std::array::from_fn(|k| row.get(k).copied().unwrap_or(0.0)))
            .collect();
        let squares: Vec<f64> = points.iter().map(|point| point.iter().map(|x| x * x).sum()).collect();
        let n_padded = points.len().next_multiple_of(PADDING);
        let mut components = vec![0.0; N_COMPONENTS * n_padded];
        for (i, point) in points.iter().enumerate() {
            for (k, &entry) in point.iter().enumerate() {
                components[k * n_padded + i] = entry as f32;
            }
        }
        let candidates = points
            .iter()
            .zip(&squares)
            .map(|(point, &square)| {
                let mut candidate = [(0.5 * square) as f32; N_COMPONENTS + 1];
                for (entry, &x) in candidate.iter_mut().zip(point) {
                    *entry = -x as f32;
                }
                candidate
            })
            .collect();
        Self { sum_of_squares: squares.iter().sum(), points, squares, components, candidates }
    }

    /// Room for the match of each point, and for the padding.
    pub(super) fn n_padded(&self) -> usize {
        self.points.len().next_multiple_of(PADDING)
    }
}

/// For each moving point, carried by `map`, the index of the nearest fixed point; of equally near ones the first.
///
/// `matches` is as long as [`Cloud::n_padded`] of the moving cloud. A lane sees the same operations in the same order
/// whatever the width of the vector, so that every instruction set finds the same matches.
#[inline(always)]
pub(super) fn match_all<S: Simd>(simd: S, moving: &Cloud, fixed: &Cloud, map: &Map, matches: &mut [u32]) {
    let map = map.map(|row| row.map(|entry| entry as f32));
    let n_padded = matches.len();
    let components: [&[S::f32s]; N_COMPONENTS] =
        std::array::from_fn(|k| S::as_simd_f32s(&moving.components[k * n_padded..(k + 1) * n_padded]).0);
    let (matches, _) = S::as_mut_simd_u32s(matches);
    for (block, found) in matches.iter_mut().enumerate() {
        let point: [S::f32s; N_COMPONENTS] = std::array::from_fn(|k| components[k][block]);
        let place: [S::f32s; N_COMPONENTS] = std::array::from_fn(|k| {
            let mut sum = simd.mul_f32s(point[0], simd.splat_f32s(map[0][k]));
            for l in 1..N_COMPONENTS {
                sum = simd.mul_add_f32s(point[l], simd.splat_f32s(map[l][k]), sum);
            }
            sum
        });
        // ‖q − b‖² = ‖q‖² + 2 (‖b‖²/2 − q·b): the bracket ranks the candidates.
        let mut least = simd.splat_f32s(f32::INFINITY);
        let mut nearest = simd.splat_u32s(0);
        for (index, candidate) in fixed.candidates.iter().enumerate() {
            let mut rank = simd.splat_f32s(candidate[N_COMPONENTS]);
            for k in 0..N_COMPONENTS {
                rank = simd.mul_add_f32s(simd.splat_f32s(candidate[k]), place[k], rank);
            }
            let is_nearer = simd.less_than_f32s(rank, least);
            least = simd.select_f32s(is_nearer, rank, least);
            nearest = simd.select_u32s(is_nearer, simd.splat_u32s(index as u32), nearest);
        }
        *found = nearest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::procrustes::orthogonal_map;
    use ndarray::{Array2, s};
    use proptest::prelude::*;
    use pulp::WithSimd;

    struct Matching<'a>(&'a Cloud, &'a Cloud, &'a Map, &'a mut [u32]);

    impl WithSimd for Matching<'_> {
        type Output = ();

        fn with_simd<S: Simd>(self, simd: S) {
            match_all(simd, self.0, self.1, self.2, self.3);
        }
    }

    proptest! {
        #[test]
        fn the_nearest_point_is_the_one_that_comparing_all_finds_on_every_instruction_set(
            n in 1_usize..40, n_fixed in 1_usize..40,
            entries in proptest::collection::vec(-2.0..2.0_f64, 90 * N_COMPONENTS),
        ) {
            let points = Array2::from_shape_vec((90, N_COMPONENTS), entries).expect("90 points");
            let (moving, fixed) = (points.slice(s![..n, ..]), points.slice(s![40..40 + n_fixed, ..]));
            let rotation = orthogonal_map(&points.slice(s![80.., ..]).to_owned());
            let map: Map = std::array::from_fn(|i| std::array::from_fn(|j| rotation[[i, j]]));
            let (a, b) = (Cloud::new(moving), Cloud::new(fixed));
            let mut matches = vec![0; a.n_padded()];
            pulp::Arch::new().dispatch(Matching(&a, &b, &map, &mut matches));
            for (place, &found) in moving.dot(&rotation).outer_iter().zip(&matches) {
                let square = |index: usize| (&place - &fixed.row(index)).mapv(|x| x * x).sum();
                let least = (0..n_fixed).map(square).fold(f64::INFINITY, f64::min);
                prop_assert!(square(found as usize) <= least + 1e-4); // float32 ranks
            }
            let mut portable = vec![0; a.n_padded()];
            Matching(&a, &b, &map, &mut portable).with_simd(pulp::Scalar::new());
            prop_assert_eq!(portable, matches);
        }
    }
}
