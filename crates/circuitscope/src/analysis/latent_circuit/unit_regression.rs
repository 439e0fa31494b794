//! Each unit's responses as an offset and a linear function of the states of a circuit's nodes.
//!
//! Regressions are ridge regressions about the means, `(G + r I) w = c`: G and c are sums of products of centred states with
//! each other and with the responses, over the steps and trials at which the unit was recorded.

use faer::Mat;
use faer::linalg::solvers::Solve;
use ndarray::{Array1, Array2, ArrayView2, ArrayView3, Axis};

/// Ridge that keeps equations solvable where there is no noise, as a share of the states' mean square.
const TRACE: f64 = 1e-6;
/// Parts that scores are cross-validated over, at least.
const FEWEST_PARTS: usize = 5;

/// Sums over recorded entries of states x `[n]` and a response y.
#[derive(Clone)]
struct Sums {
    count: f64,
    x: Vec<f64>,
    y: f64,
    /// Σ x xᵀ, lower triangle of `[n, n]`.
    xx: Vec<f64>,
    /// Σ x y `[n]`.
    xy: Vec<f64>,
}

impl Sums {
    fn zeros(n: usize) -> Self {
        Self { count: 0.0, x: vec![0.0; n], y: 0.0, xx: vec![0.0; n * n], xy: vec![0.0; n] }
    }

    fn add(&mut self, x: &[f64], y: f64) {
        self.count += 1.0;
        self.y += y;
        for (i, &xi) in x.iter().enumerate() {
            self.x[i] += xi;
            self.xy[i] += xi * y;
            for (sum, xj) in self.xx[i * x.len()..].iter_mut().zip(&x[..=i]) {
                *sum += xi * xj;
            }
        }
    }

    fn join(&mut self, other: &Self) {
        let join = |all: &mut [f64], part: &[f64]| all.iter_mut().zip(part).for_each(|(a, b)| *a += b);
        self.count += other.count;
        self.y += other.y;
        join(&mut self.x, &other.x);
        join(&mut self.xx, &other.xx);
        join(&mut self.xy, &other.xy);
    }

    /// What is left without a part of it.
    fn without(&self, part: &Self) -> Self {
        let less = |all: &[f64], part: &[f64]| all.iter().zip(part).map(|(a, b)| a - b).collect();
        Self {
            count: self.count - part.count,
            x: less(&self.x, &part.x),
            y: self.y - part.y,
            xx: less(&self.xx, &part.xx),
            xy: less(&self.xy, &part.xy),
        }
    }

    /// Weights `[n]` and offset; [`None`] without any entry.
    fn solved(&self, noise: f64) -> Option<(Vec<f64>, f64)> {
        if self.count < 1.0 {
            return None;
        }
        let (n, count) = (self.x.len(), self.count);
        let (x, y): (Vec<f64>, f64) = (self.x.iter().map(|x| x / count).collect(), self.y / count);
        let mut gram = Mat::from_fn(n, n, |i, j| self.xx[i.max(j) * n + i.min(j)] - count * x[i] * x[j]);
        let ridge = ridge((0..n).map(|i| gram[(i, i)]).sum::<f64>() / n as f64, noise, count);
        (0..n).for_each(|i| gram[(i, i)] += ridge);
        let cross = Mat::from_fn(n, 1, |i, _| self.xy[i] - count * x[i] * y);
        let solution = gram.partial_piv_lu().solve(cross);
        let weights: Vec<f64> = (0..n).map(|i| solution[(i, 0)]).collect();
        let offset = y - weights.iter().zip(&x).map(|(w, x)| w * x).sum::<f64>();
        Some((weights, offset))
    }
}

/// The ridge of regressions on states of mean square `square` (a sum over `count` entries) that noise of variance `noise` will
/// blur: the weights of least expected error, and a trace of it where there is no noise.
pub(super) fn ridge(square: f64, noise: f64, count: f64) -> f64 {
    noise * count + TRACE * square.max(0.0) + f64::MIN_POSITIVE
}

/// Weights of each unit on the nodes `[N, n]` and its offset `[N]`, from rates `[N, T, B]` (NaN where missing) and states
/// `[n, T, B]`; a unit without a response has zeros.
///
/// - `noise`: variance of the noise on the states.
pub(super) fn regression(
    rates: ArrayView3<'_, f64>,
    states: ArrayView3<'_, f64>,
    noise: f64,
) -> (Array2<f64>, Array1<f64>) {
    let (n_units, n_nodes) = (rates.dim().0, states.dim().0);
    let (mut embedding, mut offset) = (Array2::zeros((n_units, n_nodes)), Array1::zeros(n_units));
    let entries = Entries::new(states, 1);
    for unit in 0..n_units {
        let rates = about_first(rates.index_axis(Axis(0), unit));
        if let Some((weights, constant)) = joined(&entries.sums(&rates), n_nodes).solved(noise) {
            embedding.row_mut(unit).assign(&Array1::from(weights));
            offset[unit] = rates.first + constant;
        }
    }
    (embedding, offset)
}

/// Share of the variance of all units about their own means that regressions on the states explain, each part of the entries
/// predicted by the regressions on the others; over the entries (step, trial) that are scored and recorded. NaN where nothing varies.
///
/// Parts are trials; of fewer than five trials, parts of these that follow each other. Regressions on responses that have
/// nothing to do with the states then explain less than nothing, where on the responses that they are fitted to they would
/// explain a little.
pub(super) fn cross_validated(
    rates: ArrayView3<'_, f64>,
    states: ArrayView3<'_, f64>,
    noise: f64,
    is_scored: impl Fn(usize, usize) -> bool,
) -> f64 {
    let (n_units, n_steps, n_trials) = rates.dim();
    let entries = Entries::new(states, FEWEST_PARTS.div_ceil(n_trials.max(1)));
    let (mut error, mut variance) = (0.0, 0.0);
    for unit in 0..n_units {
        let rates = about_first(rates.index_axis(Axis(0), unit));
        let parts = entries.sums(&rates);
        let all = joined(&parts, states.dim().0);
        let solved: Vec<_> = parts.iter().map(|part| all.without(part).solved(noise)).collect();
        let (mut count, mut sum, mut square) = (0.0, 0.0, 0.0);
        for b in 0..n_trials {
            for t in (0..n_steps).filter(|&t| is_scored(t, b)) {
                let y = rates.above[[t, b]];
                if let (false, Some((weights, offset))) = (y.is_nan(), &solved[entries.part(t, b)]) {
                    let x = entries.states(t, b);
                    let guess = offset + weights.iter().zip(x).map(|(w, x)| w * x).sum::<f64>();
                    error += (guess - y).powi(2);
                    count += 1.0;
                    sum += y;
                    square += y * y;
                }
            }
        }
        if count > 0.0 {
            variance += square - sum * sum / count;
        }
    }
    1.0 - error / variance
}

/// Rates of a unit above the first recorded one, so that sums of squares keep their digits whatever the baseline.
struct AboutFirst {
    first: f64,
    /// `[T, B]`
    above: Array2<f64>,
}

fn about_first(rates: ArrayView2<'_, f64>) -> AboutFirst {
    let first = rates.iter().copied().find(|y| !y.is_nan()).unwrap_or(0.0);
    AboutFirst { first, above: rates.mapv(|y| y - first) }
}

fn joined(parts: &[Sums], n_nodes: usize) -> Sums {
    let mut all = Sums::zeros(n_nodes);
    for part in parts {
        all.join(part);
    }
    all
}

/// States entry by entry, each with the part that it belongs to.
struct Entries {
    n_nodes: usize,
    n_steps: usize,
    n_trials: usize,
    /// Parts of each trial.
    n_blocks: usize,
    /// `[T, B, n]`
    states: Vec<f64>,
}

impl Entries {
    fn new(states: ArrayView3<'_, f64>, n_blocks: usize) -> Self {
        let (n_nodes, n_steps, n_trials) = states.dim();
        let mut by_entry = Vec::with_capacity(states.len());
        for t in 0..n_steps {
            for b in 0..n_trials {
                by_entry.extend((0..n_nodes).map(|i| states[[i, t, b]]));
            }
        }
        Self { n_nodes, n_steps, n_trials, n_blocks, states: by_entry }
    }

    fn states(&self, t: usize, b: usize) -> &[f64] {
        &self.states[(t * self.n_trials + b) * self.n_nodes..][..self.n_nodes]
    }

    fn part(&self, t: usize, b: usize) -> usize {
        b * self.n_blocks + t * self.n_blocks / self.n_steps
    }

    /// The sums of a unit over each part.
    fn sums(&self, rates: &AboutFirst) -> Vec<Sums> {
        let mut sums = vec![Sums::zeros(self.n_nodes); self.n_trials * self.n_blocks];
        for t in 0..self.n_steps {
            for b in 0..self.n_trials {
                let y = rates.above[[t, b]];
                if !y.is_nan() {
                    sums[self.part(t, b)].add(self.states(t, b), y);
                }
            }
        }
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stream::seed_of_draw;
    use ndarray::{Array3, array};

    /// Numbers between −½ and ½ that know nothing of each other.
    fn drawn(seed: u64, shape: (usize, usize, usize)) -> Array3<f64> {
        let mut place = 0_u64;
        Array3::from_shape_simple_fn(shape, || {
            place += 1;
            seed_of_draw(seed, place) as f64 / u64::MAX as f64 - 0.5
        })
    }

    #[test]
    fn weights_and_offsets_of_noise_free_units_are_found_whatever_is_missing() {
        let states = drawn(1, (2, 30, 4));
        let (weights, offsets) = (array![[3.0, -1.0], [0.0, 0.2], [-40.0, 7.0]], [500.0, 0.0, -2.0]);
        let mut rates = Array3::from_shape_fn((3, 30, 4), |(unit, t, b)| {
            offsets[unit] + weights[[unit, 0]] * states[[0, t, b]] + weights[[unit, 1]] * states[[1, t, b]]
        });
        for (place, y) in rates.iter_mut().enumerate() {
            if place % 5 == 2 {
                *y = f64::NAN;
            }
        }
        let (embedding, offset) = regression(rates.view(), states.view(), 0.0);
        for (found, exact) in embedding.iter().zip(&weights).chain(offset.iter().zip(&offsets)) {
            assert!((found - exact).abs() <= 1e-5 * 40.0, "{found} and {exact}"); // the trace of a ridge
        }
        let score = cross_validated(rates.view(), states.view(), 0.0, |_, _| true);
        assert!((score - 1.0).abs() < 1e-9, "{score}");
    }

    #[test]
    fn a_ridge_of_the_noise_shrinks_weights_by_the_share_of_the_noise_in_the_variance() {
        let states = drawn(2, (1, 200, 5));
        let mean = states.sum() / 1000.0;
        let variance = states.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 1000.0;
        let (embedding, _) = regression((&states * 2.0).view(), states.view(), 0.1);
        assert!((embedding[[0, 0]] - 2.0 * variance / (variance + 0.1)).abs() < 1e-5, "{embedding}");
    }

    #[test]
    fn responses_that_know_nothing_of_the_states_are_explained_by_less_than_nothing() {
        let mask: Vec<usize> = (0..40).collect();
        for n_trials in [1, 3, 10] {
            let (rates, states) = (drawn(3, (20, 40, n_trials)), drawn(4, (5, 40, n_trials)));
            let baselines = Array3::from_shape_fn((20, 1, 1), |(unit, ..)| 10.0 * unit as f64);
            let score = cross_validated((rates + &baselines).view(), states.view(), 0.0, |step, _| {
                mask.contains(&step)
            });
            assert!((-0.5..=0.0).contains(&score), "{n_trials} trials: {score}");
        }
    }
}
