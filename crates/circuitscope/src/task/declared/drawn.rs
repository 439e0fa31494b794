//! Factors that are drawn anew for each trial.

use super::declaration::Distribution;
use super::error::{DeclaredError, Place};
use super::interval::Interval;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution as _, Exp1, StandardNormal};

/// Farthest a normal draw may lie from its mean, in standard deviations: 10⁻²³ of them lie beyond and are drawn again.
const FARTHEST: f64 = 10.0;
/// Largest exponential draw, in means: e⁻⁵⁰ of them lie beyond and are drawn again.
const LONGEST: f64 = 50.0;
/// Whole numbers up to this are exact in float64.
const MOST: f64 = 9_007_199_254_740_992.0;

/// What a factor is drawn from, checked.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Drawn {
    distribution: Distribution,
    multiple_of: Option<f64>,
}

impl Drawn {
    /// Passes a distribution on if numbers can be drawn from it.
    pub(super) fn new(
        distribution: &Distribution,
        multiple_of: Option<f64>,
        factor: &Place,
    ) -> Result<Self, DeclaredError> {
        let refuse = |found: String, remedy: &str| {
            Err(DeclaredError::refused(factor.key("drawn"), found, remedy.to_owned()))
        };
        let numbers = match distribution {
            Distribution::Uniform { low, high } => vec![*low, *high],
            Distribution::Normal { mean, sd } => vec![*mean, *sd],
            Distribution::Exponential { mean } => vec![*mean],
            Distribution::Choice(values) => values.clone(),
        };
        if let Some(number) = numbers.iter().find(|number| !number.is_finite()) {
            return refuse(format!("{number} in its distribution"), "its numbers must be finite");
        }
        match distribution {
            Distribution::Uniform { low, high } if low > high => {
                return refuse(
                    format!("uniform from {low} to {high}"),
                    "the lowest must not exceed the highest",
                );
            }
            Distribution::Normal { sd, .. } if *sd <= 0.0 => {
                return refuse(format!("a standard deviation of {sd}"), "it must be above 0");
            }
            Distribution::Exponential { mean } if *mean <= 0.0 => {
                return refuse(format!("an exponential mean of {mean}"), "it must be above 0");
            }
            Distribution::Choice(values) if values.is_empty() => {
                return refuse("a choice of nothing".into(), "give at least one number");
            }
            Distribution::Uniform { low, high } if !(high - low).is_finite() => {
                return refuse(format!("uniform from {low} to {high}"), "the range must be finite");
            }
            _ => {}
        }
        if let Some(unit) = multiple_of {
            let refuse = |found: String, remedy: String| {
                Err(DeclaredError::refused(factor.key("drawn").key("multiple_of"), found, remedy))
            };
            if !unit.is_finite() || unit <= 0.0 {
                return refuse(unit.to_string(), "it must be above 0".into());
            }
            match distribution {
                Distribution::Uniform { low, high } => {
                    let odd = [low, high].into_iter().find(|end| multiple(**end, unit).is_none());
                    if let Some(end) = odd {
                        let remedy = format!(
                            "the ends of a uniform distribution must be multiples of it; {end} is not"
                        );
                        return refuse(unit.to_string(), remedy);
                    }
                }
                Distribution::Choice(_) => {
                    return refuse(
                        unit.to_string(),
                        "leave it out: a choice is among the numbers listed".into(),
                    );
                }
                Distribution::Normal { .. } | Distribution::Exponential { .. } => {}
            }
        }
        Ok(Self { distribution: distribution.clone(), multiple_of })
    }

    /// The range of all draws.
    pub(super) fn range(&self) -> Interval {
        match &self.distribution {
            Distribution::Uniform { low, high } => {
                Interval { low: self.to_multiple(*low), high: self.to_multiple(*high) }
            }
            Distribution::Normal { mean, sd } => {
                Interval::over([mean - FARTHEST * sd, mean + FARTHEST * sd].map(|end| self.to_multiple(end)))
            }
            Distribution::Exponential { mean } => {
                Interval { low: 0.0, high: self.to_multiple(LONGEST * mean) }
            }
            Distribution::Choice(values) => Interval::over(values.iter().copied()),
        }
    }

    fn to_multiple(&self, value: f64) -> f64 {
        self.multiple_of.map_or(value, |unit| (value / unit).round_ties_even() * unit)
    }

    /// The next draw.
    pub(super) fn draw(&self, rng: &mut ChaCha8Rng) -> f64 {
        match &self.distribution {
            Distribution::Uniform { low, high } => match self.multiple_of {
                Some(unit) => {
                    let [low, high] = [low, high].map(|end| (end / unit).round() as i64);
                    rng.random_range(low..=high) as f64 * unit
                }
                None => rng.random_range(*low..=*high),
            },
            Distribution::Normal { mean, sd } => {
                let z = drawn_within(FARTHEST, || StandardNormal.sample(rng));
                self.to_multiple(mean + z * sd)
            }
            Distribution::Exponential { mean } => {
                let x = drawn_within(LONGEST, || Exp1.sample(rng));
                self.to_multiple(x * mean)
            }
            Distribution::Choice(values) => values[rng.random_range(0..values.len() as u64) as usize],
        }
    }
}

/// How many units a number is, if it is a whole number of them but for rounding.
pub(super) fn multiple(number: f64, unit: f64) -> Option<f64> {
    /// 0.3 / 0.1 is not 3 in float64, but nearer than this.
    const ROUNDING: f64 = 1e-9;
    let (n, nearest) = (number / unit, (number / unit).round());
    ((n - nearest).abs() <= ROUNDING * n.abs().max(1.0) && n.abs() < MOST).then_some(nearest)
}

/// The first draw of at most this magnitude.
fn drawn_within(most: f64, mut draw: impl FnMut() -> f64) -> f64 {
    loop {
        let drawn = draw();
        if drawn.abs() <= most {
            return drawn;
        }
    }
}
