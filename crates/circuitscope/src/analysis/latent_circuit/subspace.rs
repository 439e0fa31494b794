//! The leading principal directions of responses, also where entries are missing.
//!
//! Missing entries are filled by regularised iterative principal components (Josse & Husson 2012, *Journal de la Société
//! Française de Statistique* 153(2):79; the expectation–maximisation of Tipping & Bishop 1999,
//! doi:10.1111/1467-9868.00196, with fixed scores): from unit means on, each missing entry becomes what the leading
//! components, shrunk by the noise variance of the rest, say of it, until nothing moves. A step of a trial at which no
//! unit was recorded stays missing. How many components do so is chosen by recorded entries that are hidden for the purpose
//! (as Josse & Husson do): as many as there are units would leave every entry at its first guess.

use faer::linalg::solvers::Solve;
use faer::{Mat, MatRef, Side};
use ndarray::{Array1, Array2, Array3, ArrayView2, ArrayView3, Axis, concatenate};

use super::CircuitError;
use crate::analysis::components::{FeatureError, centre_rows, decompose};
use crate::stream::mix;

/// Rounds of filling at most.
const MOST_ROUNDS: usize = 500;
/// Filling ends when the filled entries move by less than this share of the responses' standard deviation.
const STILL: f64 = 1e-5;

/// The space of the leading principal components of responses.
#[derive(Clone, Debug, PartialEq)]
pub struct Subspace {
    /// Principal directions `U` `[N, K]`, orthonormal columns, by falling variance.
    pub directions: Array2<f64>,
    /// Mean rate of each unit `[N]`; directions are about it, projections are not (as published).
    pub mean: Array1<f64>,
    /// Variance along each direction above that of the rest `[K]`.
    signal: Array1<f64>,
    /// Mean variance of the directions left out: noise, as far as the components go.
    noise: f64,
    /// Responses with missing entries filled `[N, T·B]`; NaN where a step of a trial has none.
    filled: Array2<f64>,
    n_steps: usize,
}

impl Subspace {
    /// The first `n_components` principal directions of rates `[N, T, B]`, or as many as there are.
    ///
    /// # Errors
    /// [`CircuitError::Components`] if there is nothing to take components of.
    pub fn new(rates: ArrayView3<'_, f64>, n_components: usize) -> Result<Self, CircuitError> {
        let (n_units, n_steps, n_trials) = rates.dim();
        let flat = rates.as_standard_layout().into_owned();
        let mut filled = flat
            .into_shape_with_order((n_units, n_steps * n_trials))
            .map_err(|_| FeatureError::Empty { found: [n_units, n_steps, n_trials] })?;
        let seen: Vec<usize> =
            (0..filled.ncols()).filter(|&c| filled.column(c).iter().any(|y| !y.is_nan())).collect();
        if seen.is_empty() {
            return Err(FeatureError::Empty { found: [n_units, n_steps, n_trials] }.into());
        }
        let mut columns = filled.select(ndarray::Axis(1), &seen);
        if columns.iter().any(|y| y.is_nan()) {
            let rank = rank_of_gaps(&columns, n_components)?;
            fill_missing(&mut columns, rank, MOST_ROUNDS)?;
        }
        for (place, &c) in seen.iter().enumerate() {
            filled.column_mut(c).assign(&columns.column(place));
        }
        let centred_square = squares_about_means(&columns) / columns.ncols() as f64;
        let mean = centre_rows(&mut columns);
        let left = decompose(columns.view())?;
        let kept = left.values.len().min(n_components);
        let directions = Array2::from_shape_fn((n_units, kept), |at| left.vectors[at]);
        let variances = left.explained(kept).mapv(|share| share * centred_square);
        let noise = (centred_square - variances.sum()).max(0.0) / (n_units - kept).max(1) as f64;
        let signal = variances.mapv(|variance| (variance - noise).max(0.0));
        Ok(Self { directions, mean, signal, noise, filled, n_steps })
    }

    /// The same with at least `n` directions, where there are as many units: further ones are along units that the first ones
    /// tell least of. Nothing varies along them, and an embedding of more nodes than there are dimensions may use them.
    pub(super) fn of_at_least(mut self, n: usize) -> Self {
        let n_units = self.directions.nrows();
        while self.n_components() < n.min(n_units) {
            let told = |unit: usize| self.directions.row(unit).mapv(|u| u * u).sum();
            let least = (0..n_units).min_by(|&a, &b| told(a).total_cmp(&told(b))).unwrap_or(0);
            let mut further = Array1::zeros(n_units);
            further[least] = 1.0;
            for _ in 0..2 {
                // Twice is enough for orthogonality to rounding.
                let along = self.directions.t().dot(&further);
                further -= &self.directions.dot(&along);
                let length = further.dot(&further).sqrt();
                further /= length;
            }
            self.directions = concatenate![Axis(1), self.directions, further.insert_axis(Axis(1))];
            self.signal = concatenate![Axis(0), self.signal, Array1::zeros(1)];
        }
        self
    }

    /// Number of components K.
    pub fn n_components(&self) -> usize {
        self.directions.ncols()
    }

    /// `Uᵀ y` of the responses `[K, T, B]`; NaN where a step of a trial was not recorded.
    pub fn components(&self) -> Array3<f64> {
        let flat = self.directions.t().dot(&self.filled);
        let (k, columns) = flat.dim();
        let n_trials = columns / self.n_steps;
        Array3::from_shape_fn((k, self.n_steps, n_trials), |(i, t, b)| flat[[i, t * n_trials + b]])
    }

    /// `Uᵀ y` of other responses of the same units `[K, T, B]`; what is missing is what the recorded units say of it.
    ///
    /// # Panics
    /// If the rates are of another number of units.
    pub fn components_of(&self, rates: ArrayView3<'_, f64>) -> Array3<f64> {
        let (_, n_steps, n_trials) = rates.dim();
        let mut components = Array3::zeros((self.n_components(), n_steps, n_trials));
        for t in 0..n_steps {
            for b in 0..n_trials {
                let mut y = rates.slice(ndarray::s![.., t, b]).to_owned();
                self.fill(&mut y);
                components.slice_mut(ndarray::s![.., t, b]).assign(&self.directions.t().dot(&y));
            }
        }
        components
    }

    /// Fills the missing entries of one response `[N]` by the posterior mean of its scores, a recorded one left as it is;
    /// a response without any entry becomes NaN throughout.
    ///
    /// # Source
    /// Tipping & Bishop 1999: `s = (U_oᵀ U_o + σ² Λ⁻¹)⁻¹ U_oᵀ (y_o − μ_o)`, o the recorded units.
    fn fill(&self, y: &mut Array1<f64>) {
        let recorded: Vec<usize> = (0..y.len()).filter(|&i| !y[i].is_nan()).collect();
        if recorded.len() == y.len() || recorded.is_empty() {
            return;
        }
        let k = self.n_components();
        let of_units = self.directions.select(ndarray::Axis(0), &recorded);
        let gaps: Array1<f64> = recorded.iter().map(|&i| y[i] - self.mean[i]).collect();
        let (gram, right) = (of_units.t().dot(&of_units), of_units.t().dot(&gaps));
        // Without noise a trace of it keeps the equations solvable.
        let noise = self.noise.max(1e-9 * self.signal.sum());
        let left = Mat::from_fn(k, k, |i, j| {
            gram[[i, j]] + if i == j { noise / self.signal[i].max(noise * 1e-9) } else { 0.0 }
        });
        let scores = left.partial_piv_lu().solve(Mat::from_fn(k, 1, |i, _| right[i]));
        for i in (0..y.len()).filter(|i| recorded.binary_search(i).is_err()) {
            y[i] = self.mean[i] + (0..k).map(|c| self.directions[[i, c]] * scores[(c, 0)]).sum::<f64>();
        }
    }
}

/// Sum of squares of columns `[N, C]` about the means of their rows.
fn squares_about_means(columns: &Array2<f64>) -> f64 {
    let of_row = |row: ndarray::ArrayView1<'_, f64>| {
        let mean = row.sum() / row.len() as f64;
        row.iter().map(|y| (y - mean).powi(2)).sum::<f64>()
    };
    columns.outer_iter().map(of_row).sum()
}

/// Places `[N, C]` that are missing, row by row.
fn missing_of(columns: &Array2<f64>) -> Vec<Vec<usize>> {
    let of_row = |row: ndarray::ArrayView1<'_, f64>| {
        row.iter().enumerate().filter(|(_, y)| y.is_nan()).map(|(c, _)| c).collect()
    };
    columns.outer_iter().map(of_row).collect()
}

/// The number of components, of a few up to `most` and half the units, that fills a twentieth of the recorded entries best when
/// they are hidden.
fn rank_of_gaps(columns: &Array2<f64>, most: usize) -> Result<usize, CircuitError> {
    /// Numbers of components that are tried.
    const RANKS: [usize; 9] = [1, 2, 3, 5, 8, 12, 16, 22, 30];
    /// Rounds of filling of each: they need not settle for the choice.
    const ROUNDS: usize = 30;
    let mut recorded_of: Vec<usize> =
        columns.outer_iter().map(|row| row.iter().filter(|y| !y.is_nan()).count()).collect();
    let mut hidden = Vec::new();
    let mut holed = columns.clone();
    for (place, ((unit, c), y)) in columns.indexed_iter().enumerate() {
        // A unit keeps at least one entry.
        if !y.is_nan() && recorded_of[unit] > 1 && mix(place as u64).is_multiple_of(20) {
            recorded_of[unit] -= 1;
            hidden.push(([unit, c], *y));
            holed[[unit, c]] = f64::NAN;
        }
    }
    let (mut best, mut lowest) = (1, f64::INFINITY);
    for rank in RANKS.into_iter().filter(|&rank| rank <= most && (rank == 1 || 2 * rank <= columns.nrows())) {
        let mut filled = holed.clone();
        fill_missing(&mut filled, rank, ROUNDS)?;
        let error: f64 = hidden.iter().map(|(at, y)| (filled[*at] - y).powi(2)).sum();
        if error < lowest {
            (best, lowest) = (rank, error);
        } else if error > 1.1 * lowest {
            break;
        }
    }
    Ok(best)
}

/// Replaces NaN in columns `[N, C]` that hold at least one number each.
fn fill_missing(
    columns: &mut Array2<f64>,
    n_components: usize,
    most_rounds: usize,
) -> Result<(), CircuitError> {
    let missing = missing_of(columns);
    let mut square = 0.0;
    for (mut row, gaps) in columns.outer_iter_mut().zip(&missing) {
        let recorded: Vec<f64> = row.iter().copied().filter(|y| !y.is_nan()).collect();
        let mean = recorded.iter().sum::<f64>() / recorded.len() as f64;
        square += recorded.iter().map(|y| (y - mean).powi(2)).sum::<f64>() / recorded.len() as f64;
        for &c in gaps {
            row[c] = mean;
        }
    }
    let deviation = (square / columns.nrows() as f64).sqrt();
    let n_missing: usize = missing.iter().map(Vec::len).sum();
    for _ in 0..most_rounds {
        let mean = columns.mean_axis(ndarray::Axis(1)).unwrap_or_else(|| Array1::zeros(columns.nrows()));
        let centred = &*columns - &mean.view().insert_axis(ndarray::Axis(1));
        let guess = shrunk_projection(centred.view(), n_components)?.dot(&centred);
        let mut moved = 0.0;
        for (unit, gaps) in missing.iter().enumerate() {
            for &c in gaps {
                let value = mean[unit] + guess[[unit, c]];
                moved += (value - columns[[unit, c]]).powi(2);
                columns[[unit, c]] = value;
            }
        }
        if (moved / n_missing as f64).sqrt() <= STILL * deviation {
            break;
        }
    }
    Ok(())
}

/// `U diag((λ − σ²)/λ) Uᵀ` `[N, N]` of the leading components, σ² the mean variance of the others.
fn shrunk_projection(centred: ArrayView2<'_, f64>, n_components: usize) -> Result<Array2<f64>, CircuitError> {
    let (n, n_columns) = centred.dim();
    let gram = centred.dot(&centred.t()) / n_columns as f64;
    let standard = gram.as_standard_layout().into_owned();
    let entries: Vec<f64> = standard.iter().copied().collect();
    let failed = |_| FeatureError::Decomposition { n_rows: n, n_columns };
    let eigen =
        MatRef::from_row_major_slice(&entries, n, n).self_adjoint_eigen(Side::Lower).map_err(failed)?;
    let values: Vec<f64> = eigen.S().column_vector().iter().map(|x| x.max(0.0)).collect(); // rising
    let kept = n_components.min(n);
    let noise = values[..n - kept].iter().sum::<f64>() / (n - kept).max(1) as f64;
    let mut scaled = Mat::zeros(n, kept);
    for (k, c) in (n - kept..n).enumerate() {
        let share = if values[c] > noise { (values[c] - noise) / values[c] } else { 0.0 };
        for i in 0..n {
            scaled[(i, k)] = share * eigen.U()[(i, c)];
        }
    }
    let projection = &scaled * eigen.U().subcols(n - kept, kept).transpose();
    Ok(Array2::from_shape_fn((n, n), |(i, j)| projection[(i, j)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wave(at: (usize, usize)) -> f64 {
        ((3 * at.0 + 7 * at.1 + at.0 * at.1) as f64).sin()
    }

    /// Rates `[N, T, B]` of rank three.
    fn rates() -> Array3<f64> {
        let left = Array2::from_shape_fn((20, 3), wave);
        let right = Array2::from_shape_fn((3, 40 * 6), |(i, j)| wave((i + 5, j)));
        left.dot(&right).into_shape_with_order((20, 40, 6)).expect("steps × trials")
    }

    #[test]
    fn gaps_of_few_units_are_filled_better_than_by_their_means_when_more_components_are_kept() {
        let whole = rates();
        let mut holed = whole.clone();
        for (at, y) in holed.iter_mut().enumerate() {
            if mix(at as u64).is_multiple_of(3) {
                *y = f64::NAN;
            }
        }
        // Twenty units and room for thirty components.
        let subspace = Subspace::new(holed.view(), 30).expect("components");
        let (mut error, mut square) = (0.0, 0.0);
        for (unit, of_unit) in whole.outer_iter().enumerate() {
            let mean = of_unit.sum() / of_unit.len() as f64;
            for ((t, b), y) in of_unit.indexed_iter().filter(|((t, b), _)| holed[[unit, *t, *b]].is_nan()) {
                error += (subspace.filled[[unit, t * 6 + b]] - y).powi(2);
                square += (y - mean).powi(2);
            }
        }
        assert!(error < 0.01 * square, "{}", error / square);
    }

    #[test]
    fn responses_of_low_rank_are_filled_as_they_were() {
        let whole = rates();
        let mut holed = whole.clone();
        for (at, y) in holed.iter_mut().enumerate() {
            if at % 7 == 3 {
                *y = f64::NAN;
            }
        }
        holed.slice_mut(ndarray::s![.., 5, 2]).fill(f64::NAN);
        // Without that step the axes turn a little within the same space: what is compared is what they span.
        let subspace = Subspace::new(holed.view(), 3).expect("components");
        let components = subspace.components();
        for t in 0..40 {
            for b in 0..6 {
                let found: Array1<f64> = subspace.directions.dot(&components.slice(ndarray::s![.., t, b]));
                for (exact, found) in whole.slice(ndarray::s![.., t, b]).iter().zip(&found) {
                    if (t, b) == (5, 2) {
                        assert!(found.is_nan());
                    } else {
                        // where filling stops, over the slowness of its last rounds; rates are of size 1
                        assert!((exact - found).abs() < 0.01, "{t} {b}: {exact} and {found}");
                    }
                }
            }
        }
    }

    #[test]
    fn missing_entries_of_other_responses_are_what_the_recorded_units_say() {
        let subspace = Subspace::new(rates().view(), 3).expect("components");
        let mut holed = rates();
        holed.slice_mut(ndarray::s![4..9, .., 1]).fill(f64::NAN);
        let gap = &subspace.components_of(holed.view()) - &subspace.components();
        assert!(gap.iter().all(|gap| gap.abs() < 1e-6)); // the trace of noise that keeps equations solvable
    }

    #[test]
    fn further_directions_are_orthonormal_where_no_variance_is_left() {
        for n in [4, 9, 20] {
            let found = Subspace::new(rates().view(), 10).expect("components").of_at_least(n);
            let gram = found.directions.t().dot(&found.directions);
            assert!((gram - Array2::<f64>::eye(n)).iter().all(|gap| gap.abs() < 1e-12)); // rounding
            // Responses of rank three have nothing along the others but their mean.
            let centred = &rates() - &found.mean.view().insert_axis(Axis(1)).insert_axis(Axis(2));
            let further = found.components_of(centred.view()).slice_move(ndarray::s![3.., .., ..]);
            assert!(further.iter().all(|z| z.abs() < 1e-9)); // rounding of rates of size 1
        }
        assert_eq!(Subspace::new(rates().view(), 10).expect("components").of_at_least(21).n_components(), 20);
    }

    #[test]
    fn no_more_directions_are_given_than_there_are() {
        let subspace = Subspace::new(rates().view(), 10).expect("components");
        assert_eq!(subspace.n_components(), 3);
        let gram = subspace.directions.t().dot(&subspace.directions);
        assert!((gram - Array2::<f64>::eye(3)).iter().all(|gap| gap.abs() < 1e-12)); // rounding
    }
}
