//! Statistics of distances between labelled items: do classes differ, and how surely.
//!
//! They read any matrix of distances alike: that of an aspect, or that of its map in the plane
//! ([`super::embedding::distances`]).

use std::collections::BTreeMap;

use ndarray::{Array2, ArrayView2, Axis};

mod accuracy;
mod bootstrap;
mod centroids;
mod change;
mod contrast;
mod dispersion;
mod gaps;
mod holm;
mod jackknife;
mod joint_power;
mod mantel;
mod mantel_within;
mod neighbours;
mod nested;
mod noncentral;
mod performance;
mod permanova;
mod power;
mod protest;
mod relabelling;
mod resampling;
mod silhouette;
mod squares;
mod stratified;
mod tails;
mod trend;
mod undefined;
mod welch;

pub use bootstrap::Statistic;
pub use centroids::{LARGEST_RATIO, Ratio, amplification};
pub use change::{Change, Separation, change};
pub use contrast::{Estimate, contrast, location};
pub use dispersion::Dispersion;
pub use gaps::silhouette_gap_interval;
pub use holm::holm;
pub(crate) use jackknife::jackknife_interval;
pub use joint_power::{Sought, networks_for_all};
pub use mantel::{Mantel, MantelChange, mantel, mantel_change, mantel_interval};
pub use mantel_within::{MantelWithin, mantel_within};
pub use neighbours::{K_NEIGHBOURS, NeighbourTest, Neighbours};
pub use nested::{Nested, NestedTest};
pub use performance::{AtEqualPerformance, at_equal_performance};
pub use permanova::{N_PERMUTATIONS, Permanova};
pub use power::{Design, networks_needed};
pub use protest::{Protest, protest, protest_interval};
use relabelling::Relabellings;
pub(crate) use relabelling::label_test;
pub use resampling::{Bootstrap, CONFIDENCE, Interval, LEVEL, Resampling};
pub(crate) use resampling::{Ends, Given, Streams, permutation_p, quantile, redrawn};
pub use stratified::{Cells, Stratified, stratified_contrast, stratum_difference};
pub use tails::Tails;
pub use trend::{Standing, Trend, TrendForm, trend};
pub use undefined::Undefined;
pub use welch::Welch;

/// Distances up to this share of the largest are zero: entries of a matrix, or the coordinates of a map from which they follow,
/// are sums of a few terms as large as the largest, each rounded to half of `f64::EPSILON`.
const ROUNDING: f64 = 16.0 * f64::EPSILON;

/// Items, their distances and the class of each.
#[derive(Clone, Debug, PartialEq)]
pub struct Grouped {
    /// Distances `[K, K]`; those that are rounding of the largest are zero.
    distances: Array2<f64>,
    /// Class of each item, `0..n_classes` without gaps, in the order of the callers' labels.
    classes: Vec<usize>,
    /// Items of each class.
    members: Vec<Vec<usize>>,
    /// Stratum of each item: labels are permuted, and items resampled, within strata.
    strata: Vec<usize>,
}

/// Why distances and labels do not go together.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum GroupError {
    /// The matrix is not square or does not have one row a label.
    #[error("distances have shape {found:?}, there are {n_labels} labels")]
    Shape {
        /// Shape of the matrix.
        found: [usize; 2],
        /// Number of labels.
        n_labels: usize,
    },
    /// There is not one stratum an item.
    #[error("there are {found} strata, expected one for each of {n_items} items")]
    Strata {
        /// Number of strata.
        found: usize,
        /// Items that have a class.
        n_items: usize,
    },
    /// A distance is negative, NaN or infinite.
    #[error("distance of {first} and {second} is {value}, expected a finite number, at least 0")]
    Distance {
        /// First item.
        first: usize,
        /// Second item.
        second: usize,
        /// The entry.
        value: f64,
    },
}

impl Grouped {
    /// Puts every item into the class of its label.
    ///
    /// - `distances`: `[K, K]`, symmetric. `labels`: any numbers, one an item.
    ///
    /// # Errors
    /// [`GroupError`] if the two do not go together or a distance is none.
    pub fn new(distances: ArrayView2<'_, f64>, labels: &[usize]) -> Result<Self, GroupError> {
        let labels: Vec<Option<usize>> = labels.iter().copied().map(Some).collect();
        Self::labelled(distances, &labels)
    }

    /// Puts every item that has a label into its class and leaves the others out: `ReLU` against sigmoid without tanh.
    ///
    /// # Errors
    /// [`GroupError`] if the two do not go together or a distance is none.
    pub fn labelled(distances: ArrayView2<'_, f64>, labels: &[Option<usize>]) -> Result<Self, GroupError> {
        let found = [distances.nrows(), distances.ncols()];
        if found != [labels.len(); 2] {
            return Err(GroupError::Shape { found, n_labels: labels.len() });
        }
        if let Some(((first, second), &value)) =
            distances.indexed_iter().find(|(_, d)| !(d.is_finite() && **d >= 0.0))
        {
            return Err(GroupError::Distance { first, second, value });
        }
        let kept: Vec<(usize, usize)> =
            labels.iter().enumerate().filter_map(|(item, label)| label.map(|label| (item, label))).collect();
        let mut names: Vec<usize> = kept.iter().map(|&(_, label)| label).collect();
        names.sort_unstable();
        names.dedup();
        let classes: Vec<usize> =
            kept.iter().map(|(_, label)| names.partition_point(|name| name < label)).collect();
        let mut members = vec![Vec::new(); names.len()];
        for (item, &class) in classes.iter().enumerate() {
            members[class].push(item);
        }
        let n = kept.len();
        let largest = distances.iter().copied().fold(0.0, f64::max);
        let distances = Array2::from_shape_fn((n, n), |(i, j)| {
            let distance = distances[[kept[i].0, kept[j].0]];
            if distance <= ROUNDING * largest { 0.0 } else { distance }
        });
        Ok(Self { distances, classes, members, strata: vec![0; n] })
    }

    /// The same without classes of a single item, which show no spread of their own.
    #[must_use]
    pub fn without_singles(&self) -> Self {
        let is_kept = |&item: &usize| self.members[self.classes[item]].len() > 1;
        let kept: Vec<usize> = (0..self.n_items()).filter(is_kept).collect();
        let labels: Vec<usize> = kept.iter().map(|&item| self.classes[item]).collect();
        let distances = self.distances.select(Axis(0), &kept).select(Axis(1), &kept);
        let strata = kept.iter().map(|&item| self.strata[item]).collect();
        // A matrix of distances stays one.
        Self::new(distances.view(), &labels).map_or_else(|_| self.clone(), |kept| Self { strata, ..kept })
    }

    /// The same with a nuisance factor: every test permutes labels within its levels only, and every interval resamples items
    /// within class and level. All else is as without.
    ///
    /// - `strata`: the level of each item that has a class, in the order of the items; any numbers.
    ///
    /// # Errors
    /// [`GroupError::Strata`] if there is not one an item.
    ///
    /// # Source
    /// Anderson & ter Braak 2003, doi:10.1080/00949650215733: permutations within strata are exact.
    pub fn within(self, strata: &[usize]) -> Result<Self, GroupError> {
        if strata.len() != self.n_items() {
            return Err(GroupError::Strata { found: strata.len(), n_items: self.n_items() });
        }
        Ok(Self { strata: strata.to_vec(), ..self })
    }

    /// Strata whose items are all of one class: labels cannot be permuted there, so that they add nothing to a test.
    pub fn idle_strata(&self) -> Vec<usize> {
        let mut levels = self.strata.clone();
        levels.sort_unstable();
        levels.dedup();
        levels.retain(|level| {
            let mut own = self.classes.iter().zip(&self.strata).filter(|(_, stratum)| *stratum == level);
            own.next().is_none_or(|(first, _)| own.all(|(class, _)| class == first))
        });
        levels
    }

    /// The relabellings of a test of the classes.
    fn relabellings(&self, most: usize, seed: u64) -> Relabellings {
        Relabellings::within(&self.members, |item| self.strata[item], most, seed)
    }

    /// Items of each class within each stratum that has some.
    fn cells(&self) -> Vec<Vec<usize>> {
        let mut cells: BTreeMap<[usize; 2], Vec<usize>> = BTreeMap::new();
        for (item, (&class, &stratum)) in self.classes.iter().zip(&self.strata).enumerate() {
            cells.entry([class, stratum]).or_default().push(item);
        }
        cells.into_values().collect()
    }

    /// Number of items that have a class.
    pub fn n_items(&self) -> usize {
        self.classes.len()
    }

    /// Number of classes.
    pub fn n_classes(&self) -> usize {
        self.members.len()
    }

    /// Number of items of the smallest class; 0 where there is none.
    pub fn smallest_class(&self) -> usize {
        self.members.iter().map(Vec::len).min().unwrap_or(0)
    }

    /// Passes if there are classes to tell apart: two at least, one of them with two members, and items that differ.
    fn check_separable(&self) -> Result<(), Undefined> {
        if self.n_classes() < 2 {
            return Err(Undefined::Groups { found: self.n_classes(), expected: 2 });
        }
        if self.n_items() == self.n_classes() {
            return Err(Undefined::Singles);
        }
        self.check_distances()
    }

    /// Passes if there are two classes at least, each has so many members, and items differ.
    fn check_members(&self, expected: usize) -> Result<(), Undefined> {
        self.check_separable()?;
        let found = self.smallest_class();
        if found < expected { Err(Undefined::Members { found, expected }) } else { Ok(()) }
    }

    /// Passes if two items differ.
    fn check_distances(&self) -> Result<(), Undefined> {
        if self.distances.iter().any(|&distance| distance > 0.0) { Ok(()) } else { Err(Undefined::AllZero) }
    }
}

#[cfg(test)]
pub(crate) mod tests;
