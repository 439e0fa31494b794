//! Whether the levels of a factor differ in distances, where other factors are a nuisance: PERMANOVA of levels within strata.

use std::ops::Range;

use ndarray::ArrayView2;
use rand_chacha::ChaCha8Rng;

use super::permanova;
use super::relabelling::Relabellings;
use super::resampling::{Given, Interval, Resampling, Streams};
use super::{GroupError, Grouped, Undefined};

/// Levels of a factor, stratum by stratum.
#[derive(Clone, Debug)]
pub struct Nested {
    /// The items of each stratum that has two levels or more.
    strata: Vec<Grouped>,
    /// Strata of a single level, or of single items alone, which say nothing of a difference.
    n_left_out: usize,
}

/// What the test found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NestedTest {
    /// Variance between levels over variance within them, each summed over strata and by its degrees of freedom.
    pub pseudo_f: f64,
    /// Share of the variance within strata that lies between levels, 0 to 1.
    pub r2: f64,
    /// 95 % interval of pseudo-F over networks; none with fewer than three of a level in a stratum.
    pub interval: Option<[f64; 2]>,
    /// Share of relabellings within strata with at least this pseudo-F.
    pub p: f64,
    /// The smallest p that so many items could give.
    pub least_p: f64,
    /// Strata that count.
    pub n_counted: usize,
    /// Strata that do not.
    pub n_left_out: usize,
    /// Items that count.
    pub n_items: usize,
}

impl Nested {
    /// The levels and strata of items with distances `[K, K]`; items without a label are left out.
    ///
    /// # Errors
    /// [`GroupError`] where distances and labels do not go together.
    pub fn new(
        distances: ArrayView2<'_, f64>,
        labels: &[Option<usize>],
        strata: &[usize],
    ) -> Result<Self, GroupError> {
        if strata.len() != labels.len() {
            return Err(GroupError::Strata { found: strata.len(), n_items: labels.len() });
        }
        let mut known: Vec<usize> =
            strata.iter().zip(labels).filter(|(_, label)| label.is_some()).map(|(own, _)| *own).collect();
        known.sort_unstable();
        known.dedup();
        let mut found = Vec::new();
        for stratum in &known {
            let own: Vec<Option<usize>> =
                labels.iter().zip(strata).map(|(label, other)| label.filter(|_| other == stratum)).collect();
            let grouped = Grouped::labelled(distances, &own)?;
            if grouped.n_classes() > 1 && grouped.n_items() > grouped.n_classes() {
                found.push(grouped);
            }
        }
        Ok(Self { n_left_out: known.len() - found.len(), strata: found })
    }

    /// Tests whether levels differ within strata, in location or in spread.
    ///
    /// Sums of squares are those within each stratum, so that what differs between strata is in neither of them; labels are
    /// permuted within strata. Of a single stratum it is [`Grouped::permanova`].
    ///
    /// # Errors
    /// [`Undefined`] where no stratum has two levels, or nothing varies within levels.
    ///
    /// # Source
    /// Anderson 2001, doi:10.1111/j.1442-9993.2001.01070.pp.x (pseudo-F, nested designs); Anderson & ter Braak 2003,
    /// doi:10.1080/00949650215733 (permutations within strata are exact).
    pub fn test(&self, resampling: Resampling) -> Result<NestedTest, Undefined> {
        if self.strata.is_empty() {
            return Err(Undefined::Groups { found: 1, expected: 2 });
        }
        let ones: Vec<Vec<f64>> = self.strata.iter().map(|own| vec![1.0; own.n_items()]).collect();
        let [within, total] = self.squares(&ones);
        if total <= 0.0 {
            return Err(Undefined::AllZero);
        }
        let pseudo_f = self.pseudo_f([within, total]).ok_or(Undefined::NoSpread)?;
        let laid = self.laid();
        let relabellings = self.relabellings(resampling);
        // Pseudo-F falls as the sum within rises; the margin keeps a relabelling that gives the same levels from losing.
        let limit = within + 1e-12 * total;
        let p = relabellings.p(|order| laid.iter().map(|own| own.within(order)).sum::<f64>() <= limit);
        Ok(NestedTest {
            pseudo_f,
            r2: 1.0 - within / total,
            interval: self.interval(resampling),
            p,
            least_p: self
                .strata
                .iter()
                .map(Grouped::least_p)
                .product::<f64>()
                .max(relabellings.p_of(0, Given::Beside)),
            n_counted: self.strata.len(),
            n_left_out: self.n_left_out,
            n_items: self.strata.iter().map(Grouped::n_items).sum(),
        })
    }

    /// Sums of squares within levels and in all, each within strata, of items that count `weights` times each.
    fn squares(&self, weights: &[Vec<f64>]) -> [f64; 2] {
        let of_stratum =
            |(own, weights): (&Grouped, &Vec<f64>)| own.weighted_squares(weights).within_and_total();
        let sums = self.strata.iter().zip(weights).map(of_stratum);
        sums.fold([0.0; 2], |[within, total], [w, t]| [within + w, total + t])
    }

    fn pseudo_f(&self, [within, total]: [f64; 2]) -> Option<f64> {
        let between_freedom: usize = self.strata.iter().map(|own| own.n_classes() - 1).sum();
        let within_freedom: usize = self.strata.iter().map(|own| own.n_items() - own.n_classes()).sum();
        let f = ((total - within) / between_freedom as f64) / (within / within_freedom as f64);
        (within > 1e-14 * total).then_some(f)
    }

    fn interval(&self, resampling: Resampling) -> Option<[f64; 2]> {
        if !self.strata.iter().all(Grouped::can_be_resampled) {
            return None;
        }
        let resample = |rng: &mut ChaCha8Rng| {
            let drawn: Vec<Vec<f64>> = self.strata.iter().map(|own| own.draw(rng)).collect();
            self.pseudo_f(self.squares(&drawn))
        };
        let bootstrap = resampling.bootstrap();
        let ends = self.strata.iter().min_by_key(|own| own.smallest_class())?.ends();
        bootstrap.interval(ends, bootstrap.resamples(Streams::Each, resample)).map(Interval::ends)
    }

    /// The squared distances of each stratum, its items numbered on from those of the strata before.
    fn laid(&self) -> Vec<Laid> {
        let mut first = 0;
        let of_stratum = |own: &Grouped| {
            first += own.n_items();
            Laid {
                squares: own.distances.iter().map(|distance| distance * distance).collect(),
                sizes: own.members.iter().map(Vec::len).collect(),
                items: first - own.n_items()..first,
            }
        };
        self.strata.iter().map(of_stratum).collect()
    }

    /// Relabellings of the items of all strata, each of which keeps its own.
    fn relabellings(&self, Resampling { n_permutations, seed, .. }: Resampling) -> Relabellings {
        let mut members: Vec<Vec<usize>> = Vec::new();
        let mut stratum_of: Vec<usize> = Vec::new();
        for (stratum, own) in self.strata.iter().enumerate() {
            let first = stratum_of.len();
            members.extend(own.members.iter().map(|level| level.iter().map(|item| first + item).collect()));
            stratum_of.extend(std::iter::repeat_n(stratum, own.n_items()));
        }
        Relabellings::within(&members, |item| stratum_of[item], n_permutations, seed)
    }
}

/// The items of a stratum.
struct Laid {
    /// Squared distances, row by row.
    squares: Vec<f64>,
    /// Items of each level.
    sizes: Vec<usize>,
    /// The numbers of its items among those of all strata, and their places in an order of all.
    items: Range<usize>,
}

impl Laid {
    /// Sum of squares within levels that take their members from an order of the items of all strata.
    fn within(&self, order: &[usize]) -> f64 {
        let own: Vec<usize> = order[self.items.clone()].iter().map(|item| item - self.items.start).collect();
        permanova::within(&self.squares, self.items.len(), &own, &self.sizes)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{assert_uniform, grouped};
    use super::*;
    use crate::analysis::embedding::distances;
    use ndarray::Array2;
    use rand::{RngExt, SeedableRng};
    use rand_distr::StandardNormal;

    const FEW: Resampling = Resampling { n_resamples: 199, n_permutations: 199, seed: 5 };

    /// Distances in three dimensions of `size` items at each of three levels in each of two strata, one of which lies far off;
    /// levels lie `gap` apart. With labels and strata.
    fn scattered(size: usize, gap: f64, seed: u64) -> (Array2<f64>, Vec<Option<usize>>, Vec<usize>) {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let n = 6 * size;
        let label = |item: usize| item / size % 3;
        let stratum = |item: usize| item / (3 * size);
        let points = Array2::from_shape_fn((n, 3), |(item, d)| {
            let centre = [gap * label(item) as f64, 20.0 * stratum(item) as f64, 0.0][d];
            centre + rng.sample::<f64, _>(StandardNormal)
        });
        let labels = (0..n).map(|item| Some(label(item))).collect();
        (distances(points.view()), labels, (0..n).map(stratum).collect())
    }

    fn test(size: usize, gap: f64, seed: u64) -> NestedTest {
        let (distances, labels, strata) = scattered(size, gap, seed);
        let nested = Nested::new(distances.view(), &labels, &strata).expect("a label each");
        nested.test(Resampling { seed, ..FEW }).expect("levels")
    }

    #[test]
    fn of_one_stratum_it_is_permanova() {
        let (distances, labels, _) = scattered(4, 0.5, 1);
        let one = Nested::new(distances.view(), &labels, &[7; 24]).expect("a label each");
        let found = one.test(FEW).expect("levels");
        let plain: Vec<usize> = labels.iter().flatten().copied().collect();
        let expected = grouped(&distances, &plain).permanova(199, 5).expect("levels");
        assert!((found.pseudo_f / expected.pseudo_f - 1.0).abs() < 1e-12, "{found:?} {expected:?}");
        assert!((found.r2 - expected.r2).abs() < 1e-12);
        assert_eq!((found.n_counted, found.n_left_out, found.n_items), (1, 0, 24));
    }

    #[test]
    fn of_one_dimension_it_is_the_analysis_of_variance_of_numbers_less_the_mean_of_their_stratum() {
        // Strata {1, 3 | 5, 9} and {100, 102 | 101, 107, 110}. Within levels: 2 + 8 + 2 + 42 = 54; within strata about their
        // means 4.5 and 104: 12.25 + 2.25 + 0.25 + 20.25 = 35, and 16 + 4 + 9 + 9 + 36 = 74. F = ((109 − 54) / 2) / (54 / 5).
        let numbers = [1.0, 3.0, 5.0, 9.0, 100.0, 102.0, 101.0, 107.0, 110.0];
        let points = Array2::from_shape_fn((9, 1), |(item, _)| numbers[item]);
        let labels = [0, 0, 1, 1, 0, 0, 1, 1, 1].map(Some);
        let nested = Nested::new(distances(points.view()).view(), &labels, &[0, 0, 0, 0, 1, 1, 1, 1, 1]);
        let found =
            nested.expect("a label each").test(Resampling { n_permutations: 60, ..FEW }).expect("levels");
        let f = ((109.0 - 54.0) / 2.0) / (54.0 / 5.0);
        assert!((found.pseudo_f - f).abs() < 1e-12 && (found.r2 - 55.0 / 109.0).abs() < 1e-12, "{found:?}");
    }

    #[test]
    fn levels_that_mean_nothing_have_a_uniform_p_and_planted_ones_are_found_where_strata_lie_far_apart() {
        let p: Vec<f64> = (0..400).map(|seed| test(3, 0.0, seed).p).collect();
        assert_uniform(&p);
        let is_found = |seed: &u64| test(4, 1.5, *seed).p <= 0.05;
        assert!((0..40).filter(is_found).count() > 36);
        // Without strata the distance between them is taken for spread within levels.
        let pooled = |seed: &u64| {
            let (distances, labels, _) = scattered(4, 1.5, *seed);
            let labels: Vec<usize> = labels.into_iter().flatten().collect();
            grouped(&distances, &labels).permanova(199, *seed).expect("levels").p <= 0.05
        };
        assert!((0..40).filter(pooled).count() < 10);
    }

    #[test]
    fn strata_of_one_level_are_left_out_and_counted() {
        let (distances, labels, mut strata) = scattered(3, 1.0, 3);
        strata[..3].fill(9);
        let nested = Nested::new(distances.view(), &labels, &strata).expect("a label each");
        let found = nested.test(FEW).expect("levels");
        assert_eq!((found.n_counted, found.n_left_out, found.n_items), (2, 1, 15));
        let single = Nested::new(distances.view(), &[Some(0); 18], &[0; 18]).expect("a label each");
        assert_eq!(single.test(FEW), Err(Undefined::Groups { found: 1, expected: 2 }));
        assert!(Nested::new(distances.view(), &labels, &[0]).is_err());
    }
}
