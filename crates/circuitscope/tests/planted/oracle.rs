//! Roots by other means than the search: brackets on a grid, all patterns, elimination.

use circuitscope::{Activation, Curve};
use ndarray::{Array1, Array2};

/// Zeros of a function between neighbouring places of a grid at which it has opposite signs, by bisection to rounding.
pub(crate) fn crossings(f: impl Fn(f64) -> f64, grid: &[f64]) -> Vec<f64> {
    let values: Vec<f64> = grid.iter().map(|&x| f(x)).collect();
    let mut found = Vec::new();
    for (ends, signs) in grid.windows(2).zip(values.windows(2)) {
        if (signs[0] > 0.0) == (signs[1] > 0.0) {
            continue;
        }
        let (mut low, mut high) = (ends[0], ends[1]);
        for _ in 0..200 {
            let middle = 0.5 * (low + high);
            if (f(middle) > 0.0) == (signs[0] > 0.0) { low = middle } else { high = middle }
        }
        found.push(0.5 * (low + high));
    }
    found
}

/// Equally spaced places, shifted so that zeros of symmetric functions fall between them.
pub(crate) fn grid(low: f64, high: f64, count: usize) -> Vec<f64> {
    let step = (high - low) / count as f64;
    (0..=count).map(|k| low + (k as f64 - 0.382) * step).collect()
}

/// Solution of `A x = b` and the determinant's sign, by Gaussian elimination with pivoting; [`None`] if a pivot is
/// below 1e-9.
pub(crate) fn solve(a: &Array2<f64>, b: &Array1<f64>) -> Option<(Array1<f64>, f64)> {
    let n = b.len();
    let (mut a, mut x, mut sign) = (a.clone(), b.clone(), 1.0);
    for k in 0..n {
        let pivot = (k..n).max_by(|&i, &j| a[[i, k]].abs().total_cmp(&a[[j, k]].abs()))?;
        if a[[pivot, k]].abs() < 1e-9 {
            return None;
        }
        if pivot != k {
            for j in 0..n {
                a.swap([k, j], [pivot, j]);
            }
            x.swap(k, pivot);
            sign = -sign;
        }
        sign *= a[[k, k]].signum();
        for i in k + 1..n {
            let share = a[[i, k]] / a[[k, k]];
            for j in k..n {
                a[[i, j]] -= share * a[[k, j]];
            }
            x[i] -= share * x[k];
        }
    }
    for k in (0..n).rev() {
        for j in k + 1..n {
            x[k] -= a[[k, j]] * x[j];
        }
        x[k] /= a[[k, k]];
    }
    Some((x, sign))
}

pub(crate) fn slopes(w: &Array2<f64>, drive: &Array1<f64>, f: Activation, y: &Array1<f64>) -> Array1<f64> {
    (w.dot(y) + drive).mapv(|x| f.slope_at(x))
}

/// Unstable directions at rates where W is symmetric: `I − √D W √D` has as many negative pivots as negative
/// eigenvalues (Sylvester), and `I − D W` the same number.
pub(crate) fn n_unstable(w: &Array2<f64>, drive: &Array1<f64>, f: Activation, y: &Array1<f64>) -> usize {
    let n = y.len();
    let d = slopes(w, drive, f, y).mapv(f64::sqrt);
    let mut a = Array2::from_shape_fn((n, n), |(i, j)| f64::from(u8::from(i == j)) - d[i] * w[[i, j]] * d[j]);
    for k in 0..n {
        for i in k + 1..n {
            let share = a[[i, k]] / a[[k, k]];
            for j in k..n {
                a[[i, j]] -= share * a[[k, j]];
            }
        }
    }
    (0..n).filter(|&k| a[[k, k]] < 0.0).count()
}

/// Newton's method on `f(W y + c) − y` by elimination.
pub(crate) fn polished(
    w: &Array2<f64>,
    drive: &Array1<f64>,
    f: Activation,
    mut y: Array1<f64>,
) -> Option<Array1<f64>> {
    for _ in 0..20 {
        let rhs = (w.dot(&y) + drive).mapv(|x| f.rate(x)) - &y;
        let d = slopes(w, drive, f, &y);
        let decay = Array2::from_shape_fn((y.len(), y.len()), |(i, j)| {
            f64::from(u8::from(i == j)) - d[i] * w[[i, j]]
        });
        y += &solve(&decay, &rhs)?.0;
    }
    let rest = (w.dot(&y) + drive).mapv(|x| f.rate(x)) - &y;
    (rest.dot(&rest).sqrt() < 1e-12).then_some(y)
}

/// Every root of two smooth units that a fine grid tells apart: the first equation gives `y₂` as a function of the first
/// potential, which leaves one equation.
pub(crate) fn two_units(w: [[f64; 2]; 2], c: [f64; 2], f: Activation) -> Vec<[f64; 2]> {
    let second = |h: f64| (h - w[0][0] * f.rate(h) - c[0]) / w[0][1];
    let rest = |h: f64| f.rate(w[1][0] * f.rate(h) + w[1][1] * second(h) + c[1]) - second(h);
    // Rates are at most 1 in size.
    let reach = w[0][0].abs() + w[0][1].abs() + 0.1;
    let found = crossings(rest, &grid(c[0] - reach, c[0] + reach, 20_000));
    found.into_iter().map(|h| [f.rate(h), second(h)]).collect()
}

/// Unstable directions of two units: trace and determinant of `−I + D W`.
pub(crate) fn n_unstable_of_two(w: [[f64; 2]; 2], c: [f64; 2], f: Activation, y: [f64; 2]) -> usize {
    let slope = |i: usize| f.slope_at(w[i][0] * y[0] + w[i][1] * y[1] + c[i]);
    let d = [slope(0), slope(1)];
    let trace = d[0] * w[0][0] + d[1] * w[1][1] - 2.0;
    let determinant = (d[0] * w[0][0] - 1.0) * (d[1] * w[1][1] - 1.0) - d[0] * w[0][1] * d[1] * w[1][0];
    match (determinant < 0.0, trace > 0.0) {
        (true, _) => 1,
        (false, true) => 2,
        (false, false) => 0,
    }
}

/// Every root of a small `ReLU` network that is clear of the boundaries of its pattern: all patterns are tried.
pub(crate) fn all_patterns(w: &Array2<f64>, drive: &Array1<f64>, f: Activation) -> Vec<Array1<f64>> {
    assert_eq!(f.curve, Curve::Relu);
    let n = drive.len();
    let mut found = Vec::new();
    for code in 0..1_usize << n {
        let on = |i: usize| if code >> i & 1 == 1 { f.slope } else { 0.0 };
        let decay = Array2::from_shape_fn((n, n), |(i, j)| f64::from(u8::from(i == j)) - on(i) * w[[i, j]]);
        let target = Array1::from_shape_fn(n, |i| on(i) * drive[i]);
        let Some((y, _)) = solve(&decay, &target) else { continue };
        let x = w.dot(&y) + drive;
        if (0..n).all(|i| (x[i] > 0.0) == (on(i) > 0.0) && x[i].abs() > 1e-6) {
            found.push(y);
        }
    }
    found
}
