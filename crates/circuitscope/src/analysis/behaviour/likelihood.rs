//! The likelihood of a psychometric function with lapses, on parameters without bounds.

use argmin::core::{
    CostFunction, Error, Executor, Gradient, Hessian, IterState, KV, Problem as Counted, Solver, State,
    TerminationReason, TerminationStatus,
};
use argmin::solver::trustregion::{Steihaug, TrustRegion};

use super::count::Count;

/// Steps of the trust region: it converges in about ten, and in forty from every start that was tried.
const MAX_STEPS: u64 = 40;
/// Length of the gradient of the mean log likelihood by the angles at which a search has converged: a step from there lowers
/// it by less than it is rounded by.
const CONVERGED: f64 = 1e-8;
/// Steps of the inner search, which is exact after as many as there are parameters.
const INNER_STEPS: u64 = 8;
/// Keeps logarithms finite where a curve without lapses meets a choice against it.
const SMALLEST_CHANCE: f64 = 1e-12;
/// The largest lapse rate; above it, low and high would change places.
pub(super) const LARGEST_LAPSE: f64 = 0.5;

/// `P(hit) = low + (1 − low − high) · logistic(slope · (level − bias))`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Curve {
    pub(super) slope: f64,
    pub(super) bias: f64,
    pub(super) low: f64,
    pub(super) high: f64,
}

impl Curve {
    /// P(hit) at a level.
    pub(super) fn chance(&self, level: f64) -> f64 {
        self.low + (1.0 - self.low - self.high) * logistic(self.slope * (level - self.bias))
    }
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// Ranges of the parameters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Bounds {
    /// Largest `|slope|`.
    pub(super) steepest: f64,
    /// Middle and half width of the range of the bias.
    pub(super) centre: f64,
    pub(super) reach: f64,
}

impl Bounds {
    /// The curve at angles `[slope, bias, low, high]`: sines keep every parameter in its range, and a parameter at the end
    /// of its range is a smooth minimum in its angle.
    pub(super) fn curve(&self, angles: &[f64]) -> Curve {
        let lapse = |angle: f64| LARGEST_LAPSE * angle.sin().powi(2);
        Curve {
            slope: self.steepest * angles[0].sin(),
            bias: self.centre + self.reach * angles[1].sin(),
            low: lapse(angles[2]),
            high: lapse(angles[3]),
        }
    }

    /// Angles of a curve, none at the end of its range, where its derivative vanishes and a search would not leave.
    pub(super) fn angles(&self, curve: &Curve) -> Vec<f64> {
        const CLOSEST: f64 = 0.97;
        let angle = |share: f64| share.clamp(-CLOSEST, CLOSEST).asin();
        let lapse = |rate: f64| (rate / LARGEST_LAPSE).sqrt().clamp(0.2, CLOSEST).asin();
        vec![
            angle(curve.slope / self.steepest),
            angle((curve.bias - self.centre) / self.reach),
            lapse(curve.low),
            lapse(curve.high),
        ]
    }

    /// First and second derivative of each parameter by its angle.
    fn derivatives(&self, angles: &[f64]) -> [[f64; 2]; 4] {
        let sine = |scale: f64, angle: f64| [scale * angle.cos(), -scale * angle.sin()];
        let lapse =
            |angle: f64| [LARGEST_LAPSE * (2.0 * angle).sin(), 2.0 * LARGEST_LAPSE * (2.0 * angle).cos()];
        [sine(self.steepest, angles[0]), sine(self.reach, angles[1]), lapse(angles[2]), lapse(angles[3])]
    }
}

/// A parameter of a curve, by its place among the angles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Parameter {
    Slope,
    Bias,
    Low,
    High,
}

impl Parameter {
    /// Where the parameter's range ends in its angle, that of a lapse rate above alone: none at all is no limit of what the
    /// answers tell.
    pub(super) const fn ends(self) -> &'static [f64] {
        const END: f64 = std::f64::consts::FRAC_PI_2;
        match self {
            Self::Slope | Self::Bias => &[-END, END],
            Self::Low | Self::High => &[END],
        }
    }
}

/// Counts and the ranges of the curve that is sought.
#[derive(Clone, Copy, Debug)]
struct Problem<'a> {
    counts: &'a [Count],
    bounds: Bounds,
    /// The parameter that stays as it is.
    held: Option<Parameter>,
    /// One over all choices: the search's tolerances are those of a mean.
    scale: f64,
}

impl Problem<'_> {
    /// Chance of a hit and its derivatives by the four parameters.
    fn chance(curve: &Curve, level: f64) -> (f64, [f64; 4]) {
        let share = logistic(curve.slope * (level - curve.bias));
        let height = 1.0 - curve.low - curve.high;
        let rise = height * share * (1.0 - share);
        let by = [rise * (level - curve.bias), -rise * curve.slope, 1.0 - share, -share];
        ((curve.low + height * share).clamp(SMALLEST_CHANCE, 1.0 - SMALLEST_CHANCE), by)
    }

    fn is_held(&self, place: usize) -> bool {
        self.held.is_some_and(|parameter| parameter as usize == place)
    }

    /// Gradient by the parameters, and the part of the Hessian that is a sum of squares (Gauss–Newton).
    fn slopes(&self, angles: &[f64]) -> ([f64; 4], [[f64; 4]; 4]) {
        let curve = self.bounds.curve(angles);
        let (mut gradient, mut squares) = ([0.0; 4], [[0.0; 4]; 4]);
        for count in self.counts {
            let (p, by) = Self::chance(&curve, count.level);
            let (hits, misses) = (count.hits * self.scale, (count.n - count.hits) * self.scale);
            let pull = misses / (1.0 - p) - hits / p;
            let weight = hits / (p * p) + misses / ((1.0 - p) * (1.0 - p));
            for i in 0..4 {
                gradient[i] += pull * by[i];
                for j in 0..4 {
                    squares[i][j] += weight * by[i] * by[j];
                }
            }
        }
        (gradient, squares)
    }
}

impl CostFunction for Problem<'_> {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, angles: &Vec<f64>) -> Result<f64, Error> {
        let curve = self.bounds.curve(angles);
        let of_count = |count: &Count| {
            let (p, _) = Self::chance(&curve, count.level);
            count.hits * p.ln() + (count.n - count.hits) * (-p).ln_1p()
        };
        Ok(-self.scale * self.counts.iter().map(of_count).sum::<f64>())
    }
}

impl Gradient for Problem<'_> {
    type Param = Vec<f64>;
    type Gradient = Vec<f64>;

    fn gradient(&self, angles: &Vec<f64>) -> Result<Vec<f64>, Error> {
        let (gradient, _) = self.slopes(angles);
        let by = self.bounds.derivatives(angles);
        Ok((0..4).map(|i| if self.is_held(i) { 0.0 } else { gradient[i] * by[i][0] }).collect())
    }
}

impl Hessian for Problem<'_> {
    type Param = Vec<f64>;
    type Hessian = Vec<Vec<f64>>;

    fn hessian(&self, angles: &Vec<f64>) -> Result<Vec<Vec<f64>>, Error> {
        let (gradient, squares) = self.slopes(angles);
        let by = self.bounds.derivatives(angles);
        let entry = |i: usize, j: usize| {
            if self.is_held(i) || self.is_held(j) {
                return f64::from(u8::from(i == j));
            }
            let bend = if i == j { gradient[i] * by[i][1] } else { 0.0 };
            squares[i][j] * by[i][0] * by[j][0] + bend
        };
        Ok((0..4).map(|i| (0..4).map(|j| entry(i, j)).collect()).collect())
    }
}

/// Where a search is.
type Place = IterState<Vec<f64>, Vec<f64>, (), Vec<Vec<f64>>, (), f64>;

/// A trust region that ends where it has converged; argmin's makes all its steps.
struct Ending(TrustRegion<Steihaug<Vec<f64>, f64>, f64>);

impl Solver<Problem<'_>, Place> for Ending {
    fn name(&self) -> &'static str {
        "trust region"
    }

    fn init(
        &mut self,
        problem: &mut Counted<Problem<'_>>,
        place: Place,
    ) -> Result<(Place, Option<KV>), Error> {
        self.0.init(problem, place)
    }

    fn next_iter(
        &mut self,
        problem: &mut Counted<Problem<'_>>,
        place: Place,
    ) -> Result<(Place, Option<KV>), Error> {
        self.0.next_iter(problem, place)
    }

    fn terminate(&mut self, place: &Place) -> TerminationStatus {
        let slope = place.get_gradient().map(|gradient| gradient.iter().map(|x| x * x).sum::<f64>().sqrt());
        if slope.is_some_and(|slope| slope < CONVERGED) {
            return TerminationStatus::Terminated(TerminationReason::SolverConverged);
        }
        TerminationStatus::NotTerminated
    }
}

/// The curve of largest likelihood that a search from each start leads to, the best of them, and its negative log
/// likelihood.
///
/// # Errors
/// Whatever stops the search.
pub(super) fn maximise(counts: &[Count], bounds: Bounds, starts: &[Curve]) -> Result<(Curve, f64), Error> {
    search(counts, bounds, starts.iter().map(|start| bounds.angles(start)), None)
}

/// The least negative log likelihood of curves with one parameter at this angle.
///
/// # Errors
/// Whatever stops the search.
pub(super) fn least_with(
    counts: &[Count],
    bounds: Bounds,
    starts: &[Curve],
    parameter: Parameter,
    angle: f64,
) -> Result<f64, Error> {
    let starts = starts.iter().map(|start| {
        let mut angles = bounds.angles(start);
        angles[parameter as usize] = angle;
        angles
    });
    Ok(search(counts, bounds, starts, Some(parameter))?.1)
}

fn search(
    counts: &[Count],
    bounds: Bounds,
    starts: impl Iterator<Item = Vec<f64>>,
    held: Option<Parameter>,
) -> Result<(Curve, f64), Error> {
    let total: f64 = counts.iter().map(|count| count.n).sum();
    let problem = Problem { counts, bounds, held, scale: 1.0 / total };
    let mut best: Option<(Vec<f64>, f64)> = None;
    for start in starts {
        let inner = Steihaug::new().with_max_iters(INNER_STEPS);
        let found = Executor::new(problem, Ending(TrustRegion::new(inner)))
            .configure(|state| state.param(start).max_iters(MAX_STEPS))
            .timer(false)
            .run()?;
        let (cost, angles) = (found.state.get_best_cost(), found.state.get_best_param());
        if let Some(angles) = angles
            && best.as_ref().is_none_or(|(_, least)| cost < *least)
        {
            best = Some((angles.clone(), cost));
        }
    }
    let (angles, cost) = best.ok_or_else(|| Error::msg("the search has no start"))?;
    Ok((bounds.curve(&angles), cost * total))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derivatives_are_those_of_finite_differences() {
        let counts: Vec<Count> = (-5..=5)
            .map(|k| Count { level: f64::from(k) / 5.0, n: 20.0, hits: f64::from(3 * (k + 5) / 2) })
            .collect();
        let bounds = Bounds { steepest: 40.0, centre: 0.0, reach: 1.0 };
        let problem = Problem { counts: &counts, bounds, held: None, scale: 1.0 };
        let angles = vec![0.3, -0.2, 0.4, 0.5];
        let gradient = problem.gradient(&angles).expect("finite");
        for i in 0..4 {
            let at = |by: f64| {
                let mut moved = angles.clone();
                moved[i] += by;
                problem.cost(&moved).expect("finite")
            };
            let numeric = (at(1e-6) - at(-1e-6)) / 2e-6;
            // Central differences of a cost of about 100: 1e-14 relative rounding over 1e-6.
            assert!(
                (gradient[i] - numeric).abs() < 1e-5 * (1.0 + numeric.abs()),
                "{i}: {gradient:?} {numeric}"
            );
        }
    }
}
