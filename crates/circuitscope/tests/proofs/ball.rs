//! Newton's operator on a ball: one root in it, and only one, by enclosures of the slopes.
//!
//! With `C` near the inverse of `A(z) = I − diag(f′) W`, `z − C (z − f(W z + c))` has the roots as its fixed points and
//! the derivative `I − C A(z)`. On the ball of radius ρ around y, `x_j` is within `ρ ‖w_j‖`, and what that does to the
//! slope is read off its values at the ends of that interval: no bound of a second derivative is used.

use crate::double_double::Double;
use circuitscope::{Activation, Curve};
use ndarray::{Array1, Array2};

/// More than sums of some hundred terms lose in float, over the sum of the sizes of the terms.
const LOST: f64 = 1e-13;

/// A root's surroundings.
pub(crate) struct Ball<'a> {
    w: &'a Array2<f64>,
    f: Activation,
    centre: Array1<f64>,
    x: Array1<f64>,
    inverse: Array2<f64>,
    /// `‖I − C A(y)‖`, from above.
    defect: f64,
    /// `‖C (f − y)‖`, from above.
    step: f64,
    spectral: f64,
}

/// `W y + c` to 31 digits.
pub(crate) fn potentials(w: &Array2<f64>, drive: &[Double], y: &[Double]) -> Vec<Double> {
    let row = |(row, &c): (ndarray::ArrayView1<'_, f64>, &Double)| {
        row.iter().zip(y).fold(c, |sum, (&w, &y)| sum + Double::from(w) * y)
    };
    w.outer_iter().zip(drive).map(row).collect()
}

fn norm(entries: impl Iterator<Item = f64>) -> f64 {
    entries.map(|x| x * x).sum::<f64>().sqrt() * (1.0 + LOST)
}

/// The inverse by Gauss–Jordan elimination with pivoting.
pub(crate) fn inverse(a: &Array2<f64>) -> Array2<f64> {
    let n = a.nrows();
    let (mut a, mut b) = (a.clone(), Array2::<f64>::eye(n));
    for k in 0..n {
        let by_size = |&i: &usize, &j: &usize| a[[i, k]].abs().total_cmp(&a[[j, k]].abs());
        let pivot = (k..n).max_by(by_size).expect("a row");
        for j in 0..n {
            a.swap([k, j], [pivot, j]);
            b.swap([k, j], [pivot, j]);
        }
        let scale = 1.0 / a[[k, k]];
        a.row_mut(k).mapv_inplace(|x| x * scale);
        b.row_mut(k).mapv_inplace(|x| x * scale);
        for i in (0..n).filter(|&i| i != k) {
            let share = -a[[i, k]];
            let (from_a, from_b) = (a.row(k).to_owned(), b.row(k).to_owned());
            a.row_mut(i).scaled_add(share, &from_a);
            b.row_mut(i).scaled_add(share, &from_b);
        }
    }
    b
}

/// `I − diag(f′) W` at potentials.
pub(crate) fn decay(w: &Array2<f64>, f: Activation, x: &Array1<f64>) -> Array2<f64> {
    let n = x.len();
    Array2::from_shape_fn((n, n), |(i, j)| f64::from(u8::from(i == j)) - f.slope_at(x[i]) * w[[i, j]])
}

impl<'a> Ball<'a> {
    pub(crate) fn new(w: &'a Array2<f64>, f: Activation, drive: &[Double], centre: &Array1<f64>) -> Self {
        let y: Vec<Double> = centre.iter().map(|&y| Double::from(y)).collect();
        let exact = potentials(w, drive, &y);
        let x: Array1<f64> = exact.iter().map(|x| x.high).collect();
        let a = decay(w, f, &x);
        let inverse = inverse(&a);
        let rest: Array1<f64> = exact.iter().zip(&y).map(|(x, &y)| (x.rate(f) - y).high).collect();
        let sizes = |m: &Array2<f64>| m.mapv(f64::abs);
        let product = inverse.dot(&a) - Array2::<f64>::eye(x.len());
        let lost = sizes(&inverse).dot(&(sizes(&a) + 1.0)) * LOST;
        let step = inverse.dot(&rest);
        let step_lost = sizes(&inverse).dot(&rest.mapv(f64::abs)) * LOST;
        // ‖W‖³² is at most the Frobenius norm of (WᵀW)¹⁶.
        let power = (0..4).fold(w.t().dot(w), |power, _| power.dot(&power));
        let spectral = (0..5).fold(norm(power.iter().copied()), |norm, _| norm.sqrt()) * (1.0 + 1e-9);
        Self {
            w,
            f,
            centre: centre.clone(),
            x,
            defect: norm(product.iter().chain(&lost).copied()) * 2.0_f64.sqrt(),
            step: norm(step.iter().chain(&step_lost).copied()) * 2.0_f64.sqrt(),
            inverse,
            spectral,
        }
    }

    /// Bound of the operator's derivative on the ball of a radius.
    fn contraction(&self, radius: f64) -> f64 {
        let bend = |unit: usize| {
            let row = norm(self.w.row(unit).iter().copied());
            let (low, high) = (self.x[unit] - radius * row, self.x[unit] + radius * row);
            let slope = |x: f64| self.f.slope_at(x);
            let own = slope(self.x[unit]);
            let top = if low <= 0.0 && high >= 0.0 { slope(0.0) } else { slope(low).max(slope(high)) };
            assert_ne!(self.f.curve, Curve::Relu, "slopes fall away from zero on either side");
            let low = slope(low).min(slope(high));
            (top - own).max(own - low) + LOST * self.f.slope
        };
        let bends: Vec<f64> = (0..self.x.len()).map(bend).collect();
        let scaled = self.inverse.indexed_iter().map(|((_, j), &c)| c * bends[j]);
        self.defect + norm(scaled) * self.spectral
    }

    /// Whether a root is in the ball of a radius.
    pub(crate) fn has_root(&self, radius: f64) -> bool {
        self.step + self.contraction(radius) * radius <= radius
    }

    /// Whether no two roots are in the ball of a radius.
    pub(crate) fn has_one_at_most(&self, radius: f64) -> bool {
        self.contraction(radius) < 1.0
    }

    pub(crate) fn distance(&self, root: &[Double]) -> f64 {
        norm(root.iter().zip(&self.centre).map(|(&a, &b)| (a - Double::from(b)).high))
    }
}
