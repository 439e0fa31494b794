//! Lines and planes of fixed points of a `ReLU` network: patterns whose equations are singular but consistent.

use faer::Mat;
use ndarray::{Array1, Array2};

use super::super::linear::{add_product, norm};
use super::pattern::{Pattern, active_matrix};
use super::system::{Drive, Point, System};

/// Steps of the search for a state that has the pattern.
const MAX_STEPS: usize = 2000;

/// A flat piece of fixed points: every `state + Σ aₖ basisₖ` that has the pattern is one.
#[derive(Clone, Debug, PartialEq)]
pub struct Manifold {
    /// A fixed point on it `[N]`.
    pub state: Array1<f64>,
    /// Orthonormal directions in which the fixed points extend `[D, N]`.
    pub basis: Array2<f64>,
    /// How far they extend from `state` along each direction before a unit turns on or off, backwards (at most 0) and
    /// forwards; infinite where nothing stops them.
    pub extents: Vec<[f64; 2]>,
    /// Active units of the pattern, rising.
    pub active: Vec<usize>,
    /// `‖rhs‖` at `state` (per time constant).
    pub residual: f64,
    /// Number of starts that ended in this pattern.
    pub n_hits: usize,
}

/// The flat piece within a singular pattern, near `from`; a state to go on from if the pattern has none.
pub(super) fn within(
    system: &System<'_>,
    drive: &Drive,
    pattern: &Pattern,
    from: &Point,
) -> Result<Manifold, Point> {
    let active = pattern.active(system.n);
    let k = active.len();
    let s = system.activation.slope;
    let matrix = active_matrix(system, &active);
    let nowhere = || from.clone();
    let svd = matrix.svd().map_err(|_| nowhere())?;
    let values: Vec<f64> = svd.S().column_vector().iter().copied().collect();
    let floor =
        64.0 * k as f64 * f64::EPSILON * values.first().copied().unwrap_or(0.0).max(f64::MIN_POSITIVE);
    let rank = values.iter().take_while(|&&value| value > floor).count();
    // The least-squares solution nearest to where the run is.
    let mut z: Vec<f64> = active.iter().map(|&unit| from.y[unit]).collect();
    let rest: Vec<f64> =
        (0..k).map(|i| s * drive.c[active[i]] - (0..k).map(|j| matrix[(i, j)] * z[j]).sum::<f64>()).collect();
    for (l, value) in values.iter().enumerate().take(rank) {
        let share = (0..k).map(|i| svd.U()[(i, l)] * rest[i]).sum::<f64>() / value;
        for (i, z) in z.iter_mut().enumerate() {
            *z += share * svd.V()[(i, l)];
        }
    }
    let mut y = vec![0.0; system.n];
    for (&unit, &z) in active.iter().zip(&z) {
        y[unit] = z;
    }
    let basis: Vec<Vec<f64>> = (rank..k)
        .map(|l| {
            let mut direction = vec![0.0; system.n];
            for (i, &unit) in active.iter().enumerate() {
                direction[unit] = svd.V()[(i, l)];
            }
            direction
        })
        .collect();
    let rates: Vec<Vec<f64>> = basis.iter().map(|v| rate(&system.w, v)).collect();
    let point = system.point(&drive.c, y);
    let gap = norm(&active.iter().map(|&unit| s * point.x[unit] - point.y[unit]).collect::<Vec<_>>());
    let is_consistent = gap <= 1e-12 * (1.0 + norm(&drive.c) + norm(&point.y));
    if basis.is_empty() || !is_consistent {
        return Err(point);
    }
    let is_active: Vec<bool> = (0..system.n).map(|unit| pattern.is_active(unit)).collect();
    let Some(place) = feasible(&point.x, &rates, &is_active) else { return Err(point) };
    let mut y = point.y;
    for (a, direction) in place.iter().zip(&basis) {
        for (y, d) in y.iter_mut().zip(direction) {
            *y += a * d;
        }
    }
    let point = system.point(&drive.c, y);
    let extents = rates.iter().map(|rate| room(&point.x, rate, &is_active)).collect();
    let basis = Array2::from_shape_fn((basis.len(), system.n), |(d, i)| basis[d][i]);
    let state = Array1::from_vec(point.y);
    Ok(Manifold { state, basis, extents, active, residual: point.speed, n_hits: 0 })
}

fn rate(w: &Mat<f64>, direction: &[f64]) -> Vec<f64> {
    let mut rate = vec![0.0; direction.len()];
    add_product(&mut rate, w, direction);
    rate
}

/// How far `x + a rate` keeps the pattern, backwards and forwards; reversed if nowhere.
fn room(x: &[f64], rate: &[f64], is_active: &[bool]) -> [f64; 2] {
    let mut room = [f64::NEG_INFINITY, f64::INFINITY];
    for ((&x, &r), &on) in x.iter().zip(rate).zip(is_active) {
        // Directions that leave x alone up to rounding bound nothing.
        if r.abs() <= 1e-13 {
            continue;
        }
        let at = -x / r;
        if (r > 0.0) == on {
            room[0] = room[0].max(at);
        } else {
            room[1] = room[1].min(at);
        }
    }
    room
}

/// Coordinates along the directions at which the pattern holds, in the middle of what room there is.
fn feasible(x: &[f64], rates: &[Vec<f64>], is_active: &[bool]) -> Option<Vec<f64>> {
    let mut place = vec![0.0; rates.len()];
    let mut x = x.to_vec();
    let shift = |x: &mut Vec<f64>, place: &mut Vec<f64>, d: usize, by: f64| {
        place[d] += by;
        for (x, r) in x.iter_mut().zip(&rates[d]) {
            *x += by * r;
        }
    };
    // Relaxation: over the most violated boundary, again and again (Motzkin & Schoenberg 1954).
    for _ in 0..MAX_STEPS {
        let size = |unit: usize| rates.iter().map(|rate| rate[unit] * rate[unit]).sum::<f64>();
        let violated = (0..x.len())
            .filter(|&unit| (x[unit] > 0.0) != is_active[unit] && (x[unit] != 0.0 || is_active[unit]))
            .map(|unit| (x[unit].abs() / size(unit).sqrt(), unit))
            .max_by(|a, b| a.0.total_cmp(&b.0));
        let Some((far, unit)) = violated else { break };
        if !far.is_finite() || far > 1e12 {
            return None; // no direction moves this unit
        }
        let by = -1.5 * x[unit] / size(unit);
        let extra = if is_active[unit] { 1e-9 } else { -1e-9 } / size(unit).sqrt();
        for (d, rate) in rates.iter().enumerate() {
            shift(&mut x, &mut place, d, (by + extra) * rate[unit]);
        }
    }
    for _ in 0..2 {
        for (d, rate) in rates.iter().enumerate() {
            let [low, high] = room(&x, rate, is_active);
            if low.is_finite() && high.is_finite() && low < high {
                shift(&mut x, &mut place, d, 0.5 * (low + high));
            }
        }
    }
    x.iter().zip(is_active).all(|(&x, &on)| (x > 0.0) == on).then_some(place)
}
