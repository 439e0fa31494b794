//! Whether a number per network rises or falls with an ordered field of its class, where other fields are a nuisance.

use std::collections::BTreeMap;

use rand_chacha::ChaCha8Rng;
use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

use super::contrast::{largest, mean};
use super::power::n_divisions;
use super::relabelling::Relabellings;
use super::resampling::{Ends, Given, Interval, LEVEL, Resampling, Streams, redrawn};
use super::tails::Tails;
use crate::stream::mix;

/// Fewest networks of a stratum: the interval of a rank correlation takes three off.
const FEWEST_OF_STRATUM: usize = 4;
/// Rounding of a sum of weighted numbers, as a share of the largest.
const ROUNDING: f64 = 1e-12;

/// How a trend is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrendForm {
    /// Spearman's rank correlation within each stratum, averaged over strata with the weights `n − 1`.
    Spearman,
    /// Least-squares slope with one mean per stratum.
    Slope,
}

impl TrendForm {
    /// Every form.
    pub const ALL: [Self; 2] = [Self::Spearman, Self::Slope];

    /// Its name in study files and tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Spearman => "spearman",
            Self::Slope => "slope",
        }
    }

    /// What it is, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Spearman => "Spearman's correlation",
            Self::Slope => "slope",
        }
    }
}

/// A number of one network, with where its class stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Standing {
    /// Value of the ordered field.
    pub at: f64,
    /// What the other fields are, as a number for each combination.
    pub stratum: usize,
    /// The number.
    pub value: f64,
}

/// A trend, with how sure it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Trend {
    /// The correlation, or the slope.
    pub value: f64,
    /// 95 % interval over networks, resampled within class: percentiles, farther out the fewer networks there are, and never
    /// nearer than Student's t of a slope or Fisher's z of a correlation.
    pub interval: [f64; 2],
    /// Permutation p of a rise and of a fall, the numbers permuted within strata.
    pub tails: Tails,
    /// Correlation within strata: the value itself, or that which a slope has.
    pub correlation: f64,
    /// The smallest one-sided p that any numbers of so many networks could give.
    pub least_p: f64,
    /// Networks of the value of the field that has the fewest.
    pub n_group: usize,
    /// Strata that count.
    pub n_counted: usize,
    /// Strata that do not: the field does not vary in them, or they have fewer than four networks.
    pub n_left_out: usize,
}

/// Numbers in one order: that of the field, and within it of the strata.
struct Laid {
    at: Vec<f64>,
    strata: Vec<usize>,
    values: Vec<f64>,
    /// Places of each stratum.
    places: BTreeMap<usize, Vec<usize>>,
    /// Places of each class: one value of the field in one stratum.
    cells: Vec<Vec<usize>>,
    /// Places of each value of the field.
    levels: Vec<Vec<usize>>,
}

/// The trend of numbers over an ordered field within strata; [`None`] where no stratum has four networks at two values of the
/// field or more.
///
/// What differs between strata counts for nothing: ranks and means are taken within them, and permutations stay within them.
///
/// # Source
/// Taylor 1987, Biometrics 43:409 (rank correlation with a blocking variable, weights n − 1); Bonett & Wright 2000,
/// doi:10.1007/BF02294183 (variance (1 + r²/2)/(n − 3) of Fisher's z of a rank correlation).
pub fn trend(standings: &[Standing], form: TrendForm, resampling: Resampling) -> Option<Trend> {
    if standings.iter().any(|one| !one.at.is_finite() || !one.value.is_finite()) {
        return None;
    }
    let (laid, n_left_out) = laid(standings)?;
    let weights = weights(&laid, form);
    // Both forms are a sum of weights of places times what stands there.
    let numbers = match form {
        TrendForm::Spearman => ranks_within(&laid, &laid.values),
        TrendForm::Slope => laid.values.clone(),
    };
    let value: f64 = weights.iter().zip(&numbers).map(|(weight, number)| weight * number).sum();
    let (most, seed) = (resampling.n_permutations, mix(resampling.seed ^ 2));
    let relabellings = Relabellings::within(&laid.levels, |place| laid.strata[place], most, seed);
    let margin = ROUNDING * largest(&numbers) * weights.iter().map(|weight| weight.abs()).sum::<f64>();
    let relabel = |order: &[usize]| -> f64 {
        order.iter().zip(&weights).map(|(&place, weight)| weight * numbers[place]).sum()
    };
    let divisions = laid.places.values().map(|places| {
        let sizes: Vec<usize> = runs(places, &laid.at);
        n_divisions(&sizes)
    });
    let least_p = (1.0 / divisions.product::<f64>()).max(relabellings.p_of(0, Given::Beside));
    Some(Trend {
        value,
        interval: interval(&laid, &weights, value, form, resampling)?,
        tails: relabellings.tails(value, margin, relabel),
        correlation: match form {
            TrendForm::Spearman => value,
            TrendForm::Slope => {
                value * (sum_within(&laid, &laid.at) / sum_within(&laid, &laid.values)).sqrt()
            }
        },
        least_p,
        n_group: laid.levels.iter().map(Vec::len).min()?,
        n_counted: laid.places.len(),
        n_left_out,
    })
}

/// The numbers of the strata that count, and how many do not.
fn laid(standings: &[Standing]) -> Option<(Laid, usize)> {
    let mut by_stratum: BTreeMap<usize, Vec<Standing>> = BTreeMap::new();
    for one in standings {
        by_stratum.entry(one.stratum).or_default().push(*one);
    }
    let counts = |own: &[Standing]| {
        own.len() >= FEWEST_OF_STRATUM && own.iter().any(|one| one.at.total_cmp(&own[0].at).is_ne())
    };
    let n_strata = by_stratum.len();
    by_stratum.retain(|_, own| counts(own));
    let n_left_out = n_strata - by_stratum.len();
    let mut kept: Vec<Standing> = by_stratum.into_values().flatten().collect();
    kept.sort_by(|a, b| a.at.total_cmp(&b.at).then(a.stratum.cmp(&b.stratum))); // stable
    let grouped = |same: fn(&Standing, &Standing) -> bool| {
        let mut first = 0;
        let places = kept.chunk_by(same).map(|own| {
            first += own.len();
            (first - own.len()..first).collect::<Vec<_>>()
        });
        places.collect::<Vec<_>>()
    };
    let levels = grouped(|a, b| a.at.total_cmp(&b.at).is_eq());
    let cells = grouped(|a, b| a.at.total_cmp(&b.at).is_eq() && a.stratum == b.stratum);
    let mut places: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (place, one) in kept.iter().enumerate() {
        places.entry(one.stratum).or_default().push(place);
    }
    let laid = Laid {
        at: kept.iter().map(|one| one.at).collect(),
        strata: kept.iter().map(|one| one.stratum).collect(),
        values: kept.iter().map(|one| one.value).collect(),
        places,
        cells,
        levels,
    };
    (!laid.places.is_empty()).then_some((laid, n_left_out))
}

/// How many of the places, in rising order of the field, share each value.
fn runs(places: &[usize], at: &[f64]) -> Vec<usize> {
    places.chunk_by(|&a, &b| at[a].total_cmp(&at[b]).is_eq()).map(<[usize]>::len).collect()
}

/// What the number at each place is multiplied by.
fn weights(laid: &Laid, form: TrendForm) -> Vec<f64> {
    let field = match form {
        TrendForm::Spearman => ranks_within(laid, &laid.at),
        TrendForm::Slope => laid.at.clone(),
    };
    let numbers = match form {
        TrendForm::Spearman => ranks_within(laid, &laid.values),
        TrendForm::Slope => laid.values.clone(),
    };
    let all: usize = laid.places.values().map(|places| places.len() - 1).sum();
    let mut weights = vec![0.0; field.len()];
    for places in laid.places.values() {
        let of = |values: &[f64]| -> Vec<f64> { places.iter().map(|&place| values[place]).collect() };
        let (own, of_numbers) = (of(&field), of(&numbers));
        let centre = mean(&own);
        let scale = match form {
            TrendForm::Slope => sum_within(laid, &field),
            TrendForm::Spearman => {
                let share = (places.len() - 1) as f64 / all as f64;
                (squares(&own) * squares(&of_numbers)).sqrt() / share
            }
        };
        for &place in places {
            // Numbers that are all equal have no correlation.
            weights[place] = if scale > 0.0 { (field[place] - centre) / scale } else { 0.0 };
        }
    }
    weights
}

fn interval(
    laid: &Laid,
    weights: &[f64],
    value: f64,
    form: TrendForm,
    resampling: Resampling,
) -> Option<[f64; 2]> {
    let n = laid.values.len();
    let freedom = (n - laid.places.len() - 1) as f64;
    let resample = |rng: &mut ChaCha8Rng| -> f64 {
        let mut drawn = vec![0.0; n];
        for cell in &laid.cells {
            for (&place, from) in cell.iter().zip(redrawn(cell.len(), cell.len(), rng)) {
                drawn[place] = laid.values[cell[from]];
            }
        }
        match form {
            TrendForm::Slope => drawn.iter().zip(weights).map(|(number, weight)| weight * number).sum(),
            TrendForm::Spearman => {
                let drawn = Laid { values: drawn, ..laid.of_values() };
                let ranks = ranks_within(&drawn, &drawn.values);
                self::weights(&drawn, form).iter().zip(&ranks).map(|(weight, rank)| weight * rank).sum()
            }
        }
    };
    let mut bootstrap = resampling.bootstrap();
    (bootstrap.n_resamples, bootstrap.seed) = (bootstrap.n_resamples.max(1), mix(resampling.seed ^ 1));
    let fewest = laid.cells.iter().map(Vec::len).min()?;
    let ends = Ends::Expanded { n: fewest, freedom };
    let [low, high] =
        bootstrap.interval(ends, bootstrap.resamples(Streams::Each, resample)).map(Interval::ends)?;
    let [least, most] = match form {
        TrendForm::Slope => {
            let field = sum_within(laid, &laid.at);
            let left = sum_within(laid, &laid.values) - value * value * field;
            let t = StudentsT::new(0.0, 1.0, freedom).ok()?.inverse_cdf(1.0 - 0.5 * LEVEL);
            let reach = t * (left.max(0.0) / freedom / field).sqrt();
            [value - reach, value + reach]
        }
        TrendForm::Spearman => {
            let n_free: usize = laid.places.values().map(|places| places.len() - 3).sum();
            let z = Normal::standard().inverse_cdf(1.0 - 0.5 * LEVEL);
            let reach = z * ((1.0 + 0.5 * value * value) / n_free as f64).sqrt();
            let end = |by: f64| (value.clamp(-1.0, 1.0).atanh() + by).tanh();
            [end(-reach), end(reach)]
        }
    };
    Some([low.min(least), high.max(most)])
}

impl Laid {
    /// The same places with nothing at them.
    fn of_values(&self) -> Self {
        Self {
            at: self.at.clone(),
            strata: self.strata.clone(),
            values: Vec::new(),
            places: self.places.clone(),
            cells: Vec::new(),
            levels: Vec::new(),
        }
    }
}

/// Sum of squares of numbers about the mean of their stratum.
fn sum_within(laid: &Laid, values: &[f64]) -> f64 {
    let of_stratum =
        |places: &Vec<usize>| squares(&places.iter().map(|&place| values[place]).collect::<Vec<_>>());
    laid.places.values().map(of_stratum).sum()
}

fn squares(values: &[f64]) -> f64 {
    let mean = mean(values);
    values.iter().map(|value| (value - mean).powi(2)).sum()
}

/// Rank of each number within its stratum; equal ones share the mean of their ranks.
fn ranks_within(laid: &Laid, values: &[f64]) -> Vec<f64> {
    let mut ranks = vec![0.0; values.len()];
    for places in laid.places.values() {
        let mut order = places.clone();
        order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
        let mut first = 0;
        for equal in order.chunk_by(|&a, &b| values[a].total_cmp(&values[b]).is_eq()) {
            let rank = first as f64 + 0.5 * (equal.len() - 1) as f64;
            for &place in equal {
                ranks[place] = rank;
            }
            first += equal.len();
        }
    }
    ranks
}

#[cfg(test)]
mod tests;
