//! The iteration of the search: the published one in float32, with a polynomial in place of a decomposition.

use pulp::{Simd, WithSimd};

use crate::analysis::nearest::{Cloud, Matches, cross_covariance, match_all};
use crate::analysis::procrustes::{Padded, turned_to};

/// Steps after which a descent ends wherever it is. Clouds of a hundred units take some eleven.
const MAX_STEPS: usize = 100;
/// A step that lowers the sum of squares by less than this share, the rounding of float32, ends the descent.
const TOLERANCE: f64 = 1e-6;

/// Where a descent ended.
#[derive(Clone)]
pub(super) struct Minimum {
    /// Orthogonal map of the moving points.
    pub(super) map: Padded,
    /// Sum of the squared distances to the nearest fixed points.
    pub(super) sum_of_squares: f64,
    /// Index of the nearest fixed point of each moving one.
    pub(super) nearest: Vec<u32>,
}

/// What a descent has to get below, and where it must be by then to be followed further.
#[derive(Clone, Copy)]
pub(super) struct Aim {
    /// The sum of squares to get below.
    pub(super) bar: f64,
    /// A descent whose sum of squares exceeds the bar by this factor after 0, 1, … steps is given up; the last factor
    /// holds for all later steps.
    pub(super) limits: &'static [f64],
}

impl Aim {
    /// To the end, wherever that is.
    pub(super) const END: Self = Self { bar: f64::INFINITY, limits: &[1.0] };
}

/// Descends in turn matching every moving point to its nearest fixed point and taking the best map for these matches.
pub(super) fn descend(moving: &Cloud, fixed: &Cloud, start: &Padded, aim: Aim) -> Minimum {
    pulp::Arch::new().dispatch(Descent { moving, fixed, start, aim })
}

/// A descent, compiled for the vector instructions that the machine has. Operations are in one order and fused only where
/// the code says so, so that vector width changes no bit.
struct Descent<'a> {
    moving: &'a Cloud,
    fixed: &'a Cloud,
    start: &'a Padded,
    aim: Aim,
}

impl WithSimd for Descent<'_> {
    type Output = Minimum;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Minimum {
        let Self { moving, fixed, start, aim } = self;
        let mut map = *start;
        let mut lowest = f64::INFINITY;
        let (mut matches, mut previous) = (Matches::none(moving), Matches::none(moving));
        for step in 0..MAX_STEPS {
            match_all(simd, moving, fixed, &map, &mut matches);
            let sum_of_squares = matches.sum_of_squares(moving);
            let has_settled =
                sum_of_squares >= lowest * (1.0 - TOLERANCE) || matches.nearest == previous.nearest;
            lowest = lowest.min(sum_of_squares);
            let limit = aim.limits[step.min(aim.limits.len() - 1)];
            if has_settled || sum_of_squares > limit * aim.bar {
                break;
            }
            map = turned_to(simd, &map, &cross_covariance(simd, moving, fixed, &matches.nearest));
            std::mem::swap(&mut matches, &mut previous);
        }
        Minimum { map, sum_of_squares: lowest, nearest: matches.nearest }
    }
}
