//! Roots of a smooth network that rounding does not tell apart: where they lie, together.
//!
//! Near a bifurcation `A = I − diag(f′) W` is all but singular, and the flow `F` is below its own rounding error over a
//! stretch of states. With `A = U Σ Vᵀ` split into the directions `U₀, V₀` of the d singular values near zero and the
//! others, the flow along the others fixes the state but for d coordinates t, which leaves `g(t) = U₀ᵀ F`, d numbers
//! (Lyapunov–Schmidt reduction: Golubitsky & Schaeffer 1985, ch. I §3 and VII). Where `|g|` is above its rounding error
//! there is no root. It is sampled along rays, in steps that double, until it is so for good: the borders found hold the
//! roots between them. With d = 1 the signs of g at the two borders give the sum of the indices of these roots.
//!
//! These are samples against bounds of rounding, not a proof: [`super::Certificate`] is one.

use faer::Mat;

use super::super::linear::{Factor, distance, dot, norm};
use super::certificate::rounding_of_flow;
use super::root::Degeneracy;
use super::system::{Drive, Point, System};

/// Singular values below this share of the largest one, or of 1, are near zero, as is the smallest.
const NEAR_ZERO: f64 = 1e-6;
/// First step along a ray, and the last at most, in rates.
const STEPS: [f64; 2] = [1e-14, 0.1];
/// Steps in a row without a root after which a ray ends: a factor of 16.
const CLEAR_STEPS: usize = 4;
/// `|g|` above so many bounds of its rounding is not zero: the other coordinates are rounded as well.
const MARGIN: f64 = 4.0;
/// Corrections of the other coordinates at most.
const MAX_CORRECTIONS: usize = 40;
/// They end once one is no shorter than this share of the one before.
const SHORTER: f64 = 0.7;
/// Bisections of a border: more digits of a distance are not asked for.
const BISECTIONS: usize = 30;
/// Times that the centre is moved at most.
const MAX_CENTRES: usize = 3;
/// Rays along sums of several directions at most.
const MAX_DIAGONALS: usize = 16;
/// Several directions are sampled along some rays only: a border between two rays may lie farther out than on both.
const BETWEEN_RAYS: f64 = 2.0;

/// What is near a state that is at rest to rounding and not proven to be a root.
pub(super) enum Enclosed {
    /// Roots may be here: the state in their midst.
    Near(Point, Degeneracy),
    /// No root is here; a state to go on from.
    Nothing(Vec<f64>),
}

/// Encloses the roots near a state.
pub(super) fn enclosed(system: &System<'_>, drive: &Drive, point: Point) -> Enclosed {
    let mut point = point;
    for _ in 0..MAX_CENTRES {
        let unknown = Degeneracy { radius: f64::INFINITY, index: None };
        let Some(reduction) = Reduction::new(system, drive, &point) else {
            return Enclosed::Near(point, unknown);
        };
        let Some(here) = reduction.at(&vec![0.0; reduction.n_null]) else {
            return Enclosed::Near(point, unknown);
        };
        if !here.is_clear() {
            return reduction.borders();
        }
        // Not quite there: the root is where the one number changes its sign.
        match reduction.crossing(&here) {
            Some(at) => point = at,
            None => break,
        }
    }
    Enclosed::Nothing(point.y)
}

/// The flow near a state, reduced to the directions in which it all but vanishes.
struct Reduction<'a> {
    system: &'a System<'a>,
    drive: &'a Drive,
    centre: &'a Point,
    u: Mat<f64>,
    v: Mat<f64>,
    /// Singular values, falling.
    values: Vec<f64>,
    /// Directions d, the last columns of U and V.
    n_null: usize,
}

/// The flow at a coordinate, with all else at rest.
struct Reduced {
    point: Point,
    /// `g` `[d]`.
    g: Vec<f64>,
    /// How far each may be from its exact value `[d]`.
    errors: Vec<f64>,
    /// How far the other coordinates may be from where they are at rest.
    offset: f64,
}

impl Reduced {
    /// Whether this is certainly no root.
    fn is_clear(&self) -> bool {
        self.g.iter().zip(&self.errors).any(|(g, error)| g.abs() > MARGIN * error)
    }
}

/// The end of a ray.
struct Border {
    /// How far out.
    at: f64,
    state: Vec<f64>,
    offset: f64,
    /// Sign of the first number beyond; 0 where none was found.
    sign: f64,
}

impl<'a> Reduction<'a> {
    fn new(system: &'a System<'a>, drive: &'a Drive, centre: &'a Point) -> Option<Self> {
        let svd = system.decay(centre).svd().ok()?;
        let values: Vec<f64> = svd.S().column_vector().iter().copied().collect();
        let floor = NEAR_ZERO * values.first()?.max(1.0);
        let n_null = values.iter().filter(|&&value| value <= floor).count().max(1);
        Some(Self { system, drive, centre, u: svd.U().to_owned(), v: svd.V().to_owned(), values, n_null })
    }

    /// The flow at coordinates `t` `[d]`; [`None`] where the others do not come to rest.
    fn at(&self, t: &[f64]) -> Option<Reduced> {
        let (n, rank) = (self.system.n, self.system.n - self.n_null);
        let mut base = self.centre.y.clone();
        for (k, t) in t.iter().enumerate() {
            base.iter_mut().zip(self.v.col_as_slice(rank + k)).for_each(|(y, v)| *y += t * v);
        }
        let mut others = vec![0.0; rank];
        let mut last = f64::INFINITY;
        let mut point = self.system.point(&self.drive.c, base.clone());
        for _ in 0..MAX_CORRECTIONS {
            let rest = |k: usize| dot(self.u.col_as_slice(k), &point.rhs) / self.values[k];
            let step: Vec<f64> = (0..rank).map(rest).collect();
            let length = norm(&step);
            if !length.is_finite() {
                return None;
            }
            if length == 0.0 || length > SHORTER * last {
                break;
            }
            last = length;
            others.iter_mut().zip(&step).for_each(|(s, step)| *s += step);
            let mut y = base.clone();
            for (k, s) in others.iter().enumerate() {
                y.iter_mut().zip(self.v.col_as_slice(k)).for_each(|(y, v)| *y += s * v);
            }
            point = self.system.point(&self.drive.c, y);
        }
        let errors = rounding_of_flow(self.system, self.drive, &point);
        let size = norm(&errors);
        let left = (0..rank).map(|k| dot(self.u.col_as_slice(k), &point.rhs).powi(2)).sum::<f64>().sqrt();
        // Neither at rest to rounding nor on the way there.
        if left > MARGIN * (size + f64::EPSILON * (n as f64).sqrt()) {
            return None;
        }
        let own = |k: usize| self.u.col_as_slice(rank + k);
        let g = (0..self.n_null).map(|k| dot(own(k), &point.rhs)).collect();
        let error = |k: usize| own(k).iter().zip(&errors).map(|(u, e)| u.abs() * e).sum();
        let errors = (0..self.n_null).map(error).collect();
        let offset = if rank == 0 { 0.0 } else { (left + size) / self.values[rank - 1] };
        Some(Reduced { point, g, errors, offset })
    }

    fn along(&self, ray: &[f64], length: f64) -> Option<Reduced> {
        self.at(&ray.iter().map(|r| length * r).collect::<Vec<_>>())
    }

    /// With one direction and no root at the centre: a state in the nearest place where g changes its sign.
    fn crossing(&self, here: &Reduced) -> Option<Point> {
        if self.n_null != 1 {
            return None;
        }
        let mut rays = [(1.0, 0.0), (-1.0, 0.0)];
        let mut length = STEPS[0];
        while length <= STEPS[1] {
            for (side, last) in &mut rays {
                let Some(there) = self.at(&[*side * length]) else { continue };
                if there.g[0] * here.g[0] <= 0.0 {
                    let (mut inner, mut outer) = (*last, length);
                    let mut found = there;
                    for _ in 0..2 * BISECTIONS {
                        let middle = 0.5 * (inner + outer);
                        let Some(between) = self.at(&[*side * middle]) else { break };
                        if between.g[0] * here.g[0] <= 0.0 {
                            outer = middle;
                            found = between;
                        } else {
                            inner = middle;
                        }
                    }
                    return Some(found.point);
                }
                *last = length;
            }
            length *= 2.0;
        }
        None
    }

    /// The roots between the borders of all rays.
    fn borders(&self) -> Enclosed {
        let d = self.n_null;
        let axis = |k: usize| (0..d).map(|l| f64::from(u8::from(l == k))).collect::<Vec<f64>>();
        let ends: Vec<[Border; 2]> = (0..d).map(|k| self.both_ends(&axis(k))).collect();
        let middle: Vec<f64> = ends.iter().map(|[back, ahead]| 0.5 * (ahead.at - back.at)).collect();
        let Some(centre) = self.at(&middle).or_else(|| self.at(&vec![0.0; d])) else {
            return Enclosed::Nothing(self.centre.y.clone());
        };
        let diagonals = (0..MAX_DIAGONALS.min(1 << (d - 1).min(8))).filter(|_| d > 1).map(|code| {
            let sign = |k: usize| if (code >> (k % 8)) & 1 == 1 { -1.0 } else { 1.0 };
            (0..d).map(|k| sign(k) / (d as f64).sqrt()).collect::<Vec<f64>>()
        });
        let diagonals: Vec<[Border; 2]> = diagonals.map(|ray| self.both_ends(&ray)).collect();
        let reach = |border: &Border| distance(&border.state, &centre.point.y) + border.offset;
        let farthest = ends.iter().chain(&diagonals).flatten().map(reach).fold(0.0, f64::max);
        let radius = (farthest + centre.offset) * if d == 1 { 1.0 } else { BETWEEN_RAYS };
        let index = match &ends[..] {
            [[back, ahead]] => self.index(back.sign, ahead.sign),
            _ => None,
        };
        Enclosed::Near(centre.point, Degeneracy { radius, index })
    }

    /// The borders along a ray backwards and forwards.
    fn both_ends(&self, ray: &[f64]) -> [Border; 2] {
        let back: Vec<f64> = ray.iter().map(|r| -r).collect();
        [self.border(&back), self.border(ray)]
    }

    /// Where a ray leaves the roots that are not told apart.
    fn border(&self, ray: &[f64]) -> Border {
        let (mut inside, mut beyond): (f64, Option<(f64, Reduced)>) = (0.0, None);
        let mut n_clear = 0;
        let mut length = STEPS[0];
        let mut last = self.centre.y.clone();
        while length <= STEPS[1] && n_clear < CLEAR_STEPS {
            let Some(there) = self.along(ray, length) else { break };
            last.clone_from(&there.point.y);
            if there.is_clear() {
                // Another root, that can be told apart, lies between two of different signs.
                if beyond.as_ref().is_some_and(|(_, first)| first.g[0] * there.g[0] < 0.0 && self.n_null == 1)
                {
                    break;
                }
                n_clear += 1;
                beyond.get_or_insert((length, there));
            } else {
                (inside, beyond, n_clear) = (length, None, 0);
            }
            length *= 2.0;
        }
        let Some((mut outside, mut found)) = beyond else {
            return Border { at: length, state: last, offset: 0.0, sign: 0.0 };
        };
        for _ in 0..BISECTIONS {
            let middle = 0.5 * (inside + outside);
            match self.along(ray, middle) {
                Some(there) if there.is_clear() => (outside, found) = (middle, there),
                _ => inside = middle,
            }
        }
        Border { at: outside, state: found.point.y, offset: found.offset, sign: found.g[0].signum() }
    }

    /// The sum of the indices between two borders of the one direction.
    ///
    /// `det A = det U det V Π σ`, in which the last factor is minus the slope of g.
    fn index(&self, back: f64, ahead: f64) -> Option<i8> {
        if back == 0.0 || ahead == 0.0 {
            return None;
        }
        let turned = Factor::new(self.u.clone()).sign() * Factor::new(self.v.clone()).sign();
        Some((turned * 0.5 * (back - ahead)) as i8)
    }
}
