//! Nearest points of a small cloud, by brute force: one moving point per lane.

use ndarray::ArrayView2;
use pulp::Simd;

use super::components::N_COMPONENTS;
use super::procrustes::{LANES, Padded, padded};

/// A point in component space.
pub(super) type Point = [f64; N_COMPONENTS];

/// Vectors of moving points that one pass over the candidates serves: each candidate is loaded once for all of them.
const GROUP: usize = 2;

/// A cloud laid out for matching: by component when its points move, by point when they are candidates.
///
/// Points are ranked in float32, which doubles the points a vector unit takes; of points equally near to float32
/// rounding either may be taken.
pub(super) struct Cloud {
    /// The points, one after another.
    pub(super) points: Vec<Point>,
    /// Sum of the squared norms.
    pub(super) sum_of_squares: f64,
    /// One component after another, each padded with zeros.
    components: Vec<f32>,
    /// Each point negated, then half its squared norm.
    candidates: Vec<[f32; N_COMPONENTS + 1]>,
    /// Each point, padded with zeros.
    rows: Vec<[f32; LANES]>,
}

impl Cloud {
    /// Lays out points `[P, 10]`.
    pub(super) fn new(points: ArrayView2<'_, f64>) -> Self {
        let points: Vec<Point> = points
            .outer_iter()
            .map(|row| std::array::from_fn(|k| row.get(k).copied().unwrap_or(0.0)))
            .collect();
        let squares: Vec<f64> = points.iter().map(|point| point.iter().map(|x| x * x).sum()).collect();
        let n_padded = points.len().next_multiple_of(LANES);
        let mut components = vec![0.0; N_COMPONENTS * n_padded];
        for (i, point) in points.iter().enumerate() {
            for (k, &entry) in point.iter().enumerate() {
                components[k * n_padded + i] = entry as f32;
            }
        }
        let rows = points.iter().map(padded).collect();
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
        Self { sum_of_squares: squares.iter().sum(), points, components, candidates, rows }
    }
}

/// What [`match_all`] finds, with room for the padding.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Matches {
    /// Index of the nearest fixed point of each moving one.
    pub(super) nearest: Vec<u32>,
    /// Half the squared distance to it, less half the squared norm of the moving point.
    ranks: Vec<f32>,
}

impl Matches {
    /// Matches of `moving`, none of them found yet.
    pub(super) fn none(moving: &Cloud) -> Self {
        let n = moving.points.len().next_multiple_of(LANES);
        Self { nearest: vec![u32::MAX; n], ranks: vec![0.0; n] }
    }

    /// Sum of the squared distances of the points of `moving` to their matches.
    #[inline(always)]
    pub(super) fn sum_of_squares(&self, moving: &Cloud) -> f64 {
        // Lane by lane, which is fast and the same for every width of vector.
        let mut sums = [0.0_f32; LANES];
        for ranks in self.ranks[..moving.points.len()].chunks(LANES) {
            for (sum, rank) in sums.iter_mut().zip(ranks) {
                *sum += rank;
            }
        }
        moving.sum_of_squares + 2.0 * sums.iter().map(|&sum| f64::from(sum)).sum::<f64>()
    }
}

/// For each moving point, carried by `map`, the nearest fixed point; of equally near ones the first.
///
/// A lane sees the same operations in the same order whatever the width of the vector, so that every instruction set
/// finds the same matches.
#[inline(always)]
pub(super) fn match_all<S: Simd>(
    simd: S,
    moving: &Cloud,
    fixed: &Cloud,
    map: &Padded,
    matches: &mut Matches,
) {
    let n_padded = matches.nearest.len();
    let mut components: [&[S::f32s]; N_COMPONENTS] = [&[]; N_COMPONENTS];
    for (k, component) in components.iter_mut().enumerate() {
        *component = S::as_simd_f32s(&moving.components[k * n_padded..(k + 1) * n_padded]).0;
    }
    let (nearest, _) = S::as_mut_simd_u32s(&mut matches.nearest);
    let (ranks, _) = S::as_mut_simd_f32s(&mut matches.ranks);
    let mut first = 0;
    while first + GROUP <= nearest.len() {
        match_group::<S, GROUP>(simd, &components, map, &fixed.candidates, first, nearest, ranks);
        first += GROUP;
    }
    while first < nearest.len() {
        match_group::<S, 1>(simd, &components, map, &fixed.candidates, first, nearest, ranks);
        first += 1;
    }
}

/// The nearest candidates of `G` vectors of points, from vector `first` on.
///
/// Loops instead of closures, here and in what else is compiled for an instruction set: a closure that is not inlined
/// would be compiled without it.
#[inline(always)]
fn match_group<S: Simd, const G: usize>(
    simd: S,
    components: &[&[S::f32s]; N_COMPONENTS],
    map: &Padded,
    candidates: &[[f32; N_COMPONENTS + 1]],
    first: usize,
    nearest: &mut [S::u32s],
    ranks: &mut [S::f32s],
) {
    let mut places = [[simd.splat_f32s(0.0); G]; N_COMPONENTS];
    for (k, place) in places.iter_mut().enumerate() {
        for (g, sum) in place.iter_mut().enumerate() {
            for l in 0..N_COMPONENTS {
                *sum = simd.mul_add_f32s(components[l][first + g], simd.splat_f32s(map[l][k]), *sum);
            }
        }
    }
    // ‖q − b‖² = ‖q‖² + 2 (‖b‖²/2 − q·b): the bracket ranks the candidates.
    let mut least = [simd.splat_f32s(f32::INFINITY); G];
    let mut found = [simd.splat_u32s(0); G];
    for (index, candidate) in candidates.iter().enumerate() {
        for g in 0..G {
            let mut rank = simd.splat_f32s(candidate[N_COMPONENTS]);
            for k in 0..N_COMPONENTS {
                rank = simd.mul_add_f32s(simd.splat_f32s(candidate[k]), places[k][g], rank);
            }
            let is_nearer = simd.less_than_f32s(rank, least[g]);
            least[g] = simd.select_f32s(is_nearer, rank, least[g]);
            found[g] = simd.select_u32s(is_nearer, simd.splat_u32s(index as u32), found[g]);
        }
    }
    nearest[first..first + G].copy_from_slice(&found);
    ranks[first..first + G].copy_from_slice(&least);
}

/// `aᵀ b` over the moving points `a` and their matches `b`.
#[inline(always)]
pub(super) fn cross_covariance<S: Simd>(simd: S, moving: &Cloud, fixed: &Cloud, nearest: &[u32]) -> Padded {
    let mut cross = [[0.0; LANES]; N_COMPONENTS];
    for vector in 0..LANES / S::F32_LANES {
        let mut sums = [simd.splat_f32s(0.0); N_COMPONENTS];
        for (a, &index) in moving.rows.iter().zip(nearest) {
            let b = S::as_simd_f32s(&fixed.rows[index as usize]).0[vector];
            for (sum, &x) in sums.iter_mut().zip(a) {
                *sum = simd.mul_add_f32s(simd.splat_f32s(x), b, *sum);
            }
        }
        for (row, &sum) in cross.iter_mut().zip(&sums) {
            S::as_mut_simd_f32s(row).0[vector] = sum;
        }
    }
    cross
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::procrustes::orthogonal_map;
    use ndarray::{Array2, Axis, s};
    use proptest::prelude::*;
    use pulp::WithSimd;

    struct Matching<'a>(&'a Cloud, &'a Cloud, &'a Padded, &'a mut Matches);

    impl WithSimd for Matching<'_> {
        type Output = Padded;

        fn with_simd<S: Simd>(self, simd: S) -> Padded {
            match_all(simd, self.0, self.1, self.2, self.3);
            cross_covariance(simd, self.0, self.1, &self.3.nearest)
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
            let map: Padded = std::array::from_fn(|i| padded(&std::array::from_fn(|j| rotation[[i, j]])));
            let (a, b) = (Cloud::new(moving), Cloud::new(fixed));
            let mut matches = Matches::none(&a);
            let cross = pulp::Arch::new().dispatch(Matching(&a, &b, &map, &mut matches));
            let mut sum_of_squares = 0.0;
            for (place, &found) in moving.dot(&rotation).outer_iter().zip(&matches.nearest) {
                let square = |index: usize| (&place - &fixed.row(index)).mapv(|x| x * x).sum();
                let least = (0..n_fixed).map(square).fold(f64::INFINITY, f64::min);
                prop_assert!(square(found as usize) <= least + 1e-4); // float32 ranks
                sum_of_squares += least;
            }
            prop_assert!((matches.sum_of_squares(&a) - sum_of_squares).abs() < 1e-3); // float32 ranks of 40 points
            let matched = fixed.select(Axis(0), &matches.nearest[..n].iter().map(|&i| i as usize).collect::<Vec<_>>());
            for ((i, j), entry) in moving.t().dot(&matched).indexed_iter() {
                prop_assert!((entry - f64::from(cross[i][j])).abs() < 1e-3); // a float32 sum of 40 products
            }
            let mut portable = Matches::none(&a);
            let portable_cross = Matching(&a, &b, &map, &mut portable).with_simd(pulp::Scalar::new());
            prop_assert_eq!((portable, portable_cross), (matches, cross));
        }
    }
}
