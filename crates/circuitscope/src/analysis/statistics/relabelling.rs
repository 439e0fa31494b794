//! The relabellings of a permutation test: every distinct one where they are few, else random ones.
//!
//! Under the null hypothesis all ways of giving the labels to the items are equally likely. Where there are no more of them
//! than the permutations that are asked for, each is made once and p is exact: the share of them, the given one among them,
//! whose statistic is at least as far. Else random ones are drawn, and the given one is counted beside them.
//!
//! Where a factor is a nuisance, its levels are strata: labels are permuted within each of them, so that what differs between
//! strata counts for nothing.
//!
//! # Source
//! Ernst 2004, doi:10.1214/088342304000000396 (exact and drawn reference sets).

use std::collections::BTreeMap;

use rand::RngExt;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::resampling::{Given, Resampling, permutation_p};
use super::tails::Tails;
use crate::stream::of_draw;

/// Rounding of a statistic that is of the order of one.
const ROUNDING: f64 = 1e-12;

/// What a test relabels.
#[derive(Clone, Debug)]
enum Exchange {
    /// Items of groups, stratum by stratum.
    Groups(Vec<Stratum>),
    /// Signs of so many numbers.
    Signs(usize),
}

/// Items among which labels are permuted.
#[derive(Clone, Debug, Default)]
struct Stratum {
    /// The items, group by group.
    items: Vec<usize>,
    /// How many each group has.
    sizes: Vec<usize>,
    /// The place of each in an order of all items.
    places: Vec<usize>,
}

/// The relabellings that a statistic is held against.
#[derive(Clone, Debug)]
pub(crate) struct Relabellings {
    exchange: Exchange,
    count: usize,
    /// Starts the draws; none where every relabelling is made.
    seed: Option<u64>,
}

impl Relabellings {
    /// Of items that stand in groups: their orders, the first ones belonging to the first group.
    ///
    /// - `most`: how many relabellings are made at most.
    pub(crate) fn of_groups(members: &[Vec<usize>], most: usize, seed: u64) -> Self {
        Self::within(members, |_| 0, most, seed)
    }

    /// The same with labels permuted within strata only.
    ///
    /// - `stratum`: of an item.
    pub(crate) fn within(
        members: &[Vec<usize>],
        stratum: impl Fn(usize) -> usize,
        most: usize,
        seed: u64,
    ) -> Self {
        let mut strata: BTreeMap<usize, Stratum> = BTreeMap::new();
        let mut place = 0;
        for group in members {
            let mut sizes: BTreeMap<usize, usize> = BTreeMap::new();
            for &item in group {
                let own = strata.entry(stratum(item)).or_default();
                own.items.push(item);
                own.places.push(place);
                *sizes.entry(stratum(item)).or_default() += 1;
                place += 1;
            }
            for (stratum, size) in sizes {
                strata.entry(stratum).or_default().sizes.push(size);
            }
        }
        let strata: Vec<Stratum> = strata.into_values().collect();
        let all = strata.iter().try_fold(1_usize, |all, stratum| {
            all.checked_mul(n_arrangements(&stratum.sizes, most)?).filter(|&all| all <= most)
        });
        Self::new(Exchange::Groups(strata), all, most, seed)
    }

    /// Of `n` items that are told apart: every order of them.
    pub(crate) fn of_orders(n: usize, most: usize, seed: u64) -> Self {
        Self::of_groups(&(0..n).map(|item| vec![item]).collect::<Vec<_>>(), most, seed)
    }

    /// Of the signs of `n` numbers: 1 for each whose sign changes, else 0.
    pub(crate) fn of_signs(n: usize, most: usize, seed: u64) -> Self {
        let all = u32::try_from(n).ok().and_then(|n| 1_usize.checked_shl(n)).filter(|&all| all <= most);
        Self::new(Exchange::Signs(n), all, most, seed)
    }

    fn new(exchange: Exchange, all: Option<usize>, most: usize, seed: u64) -> Self {
        match all {
            Some(count) => Self { exchange, count, seed: None },
            None => Self { exchange, count: most, seed: Some(seed) },
        }
    }

    /// A statistic of every relabelling, in a fixed order.
    pub(crate) fn map<T: Send>(&self, statistic: impl Fn(&[usize]) -> T + Sync) -> Vec<T> {
        (0..self.count).into_par_iter().map(|place| statistic(&self.relabelling(place))).collect()
    }

    /// The share of relabellings that are at least as far as the given labels.
    pub(crate) fn p(&self, is_as_far: impl Fn(&[usize]) -> bool + Sync) -> f64 {
        let places = (0..self.count).into_par_iter();
        self.p_of(places.filter(|&place| is_as_far(&self.relabelling(place))).count(), Given::Among)
    }

    /// Both shares of relabellings that are at least as far as `value`, one for each side.
    ///
    /// - `margin`: rounding of the statistic, which keeps a relabelling that gives the same groups from losing to it.
    ///
    /// A relabelling without the statistic counts on both sides.
    pub(crate) fn tails<S: Into<Option<f64>>>(
        &self,
        value: f64,
        margin: f64,
        statistic: impl Fn(&[usize]) -> S + Sync,
    ) -> Tails {
        self.tails_of(value, margin, self.map(|order| statistic(order).into()))
    }

    /// The same of a statistic that is known of every relabelling.
    pub(crate) fn tails_of(
        &self,
        value: f64,
        margin: f64,
        found: impl IntoIterator<Item = Option<f64>>,
    ) -> Tails {
        let [mut n_above, mut n_below] = [0; 2];
        for other in found {
            n_above += usize::from(other.is_none_or(|other| other >= value - margin));
            n_below += usize::from(other.is_none_or(|other| other <= value + margin));
        }
        Tails { above: self.p_of(n_above, Given::Among), below: self.p_of(n_below, Given::Among) }
    }

    /// The p of so many relabellings that are at least as far as the given labels, whose statistic is [`Given::Among`] those of all
    /// relabellings; one of residuals is [`Given::Beside`] them.
    pub(crate) fn p_of(&self, n_as_far: usize, given: Given) -> f64 {
        let given = if self.seed.is_none() { given } else { Given::Beside };
        permutation_p(n_as_far, self.count, given)
    }

    fn relabelling(&self, place: usize) -> Vec<usize> {
        let rng = self.seed.map(|seed| of_draw(seed, place as u64));
        match (&self.exchange, rng) {
            (Exchange::Groups(strata), mut rng) => ordered(strata, rng.as_mut(), place),
            (Exchange::Signs(n), Some(mut rng)) => {
                (0..*n).map(|_| usize::from(!rng.random::<bool>())).collect()
            }
            (Exchange::Signs(n), None) => (0..*n).map(|i| (place >> i) & 1).collect(),
        }
    }
}

/// The order of all items that strata give, each relabelled at random, or as the `place` of all relabellings says.
fn ordered(strata: &[Stratum], mut rng: Option<&mut ChaCha8Rng>, mut place: usize) -> Vec<usize> {
    let mut order = vec![0; strata.iter().map(|stratum| stratum.items.len()).sum()];
    for stratum in strata {
        let items = if let Some(rng) = &mut rng {
            let mut items = stratum.items.clone();
            items.shuffle(*rng);
            items
        } else {
            let all = n_arrangements(&stratum.sizes, usize::MAX).unwrap_or(1);
            let own = place % all;
            place /= all;
            arrangement(own, &stratum.items, &stratum.sizes)
        };
        for (&at, item) in stratum.places.iter().zip(items) {
            order[at] = item;
        }
    }
    order
}

/// Tests a statistic of labels by permuting them: how often one as high, and one as low, comes by chance.
///
/// - `value`: that of the given labels.
///
/// A relabelling without the statistic counts on both sides.
///
/// - `strata`: of each item; labels are permuted within them.
pub(crate) fn label_test<L: Clone + PartialEq + Send + Sync>(
    labels: &[L],
    strata: &[usize],
    value: f64,
    resampling: Resampling,
    statistic: impl Fn(&[L]) -> Option<f64> + Sync,
) -> Tails {
    let mut groups: Vec<(&L, Vec<usize>)> = Vec::new();
    for (item, label) in labels.iter().enumerate() {
        match groups.iter_mut().find(|(known, _)| *known == label) {
            Some((_, members)) => members.push(item),
            None => groups.push((label, vec![item])),
        }
    }
    let own: Vec<&L> = groups.iter().flat_map(|(label, members)| vec![*label; members.len()]).collect();
    let members: Vec<Vec<usize>> = groups.into_iter().map(|(_, members)| members).collect();
    let Resampling { n_permutations, seed, .. } = resampling;
    let relabellings = Relabellings::within(&members, |item| strata[item], n_permutations, seed);
    relabellings.tails(value, ROUNDING, |order: &[usize]| {
        let mut relabelled = labels.to_vec();
        for (&item, &label) in order.iter().zip(&own) {
            relabelled[item] = label.clone();
        }
        statistic(&relabelled)
    })
}

/// Ways of dividing items into groups of these sizes, n! / ∏ size!; none if there are more than `most`.
fn n_arrangements(sizes: &[usize], most: usize) -> Option<usize> {
    let (mut all, mut n) = (1_u128, 0_u128);
    for &size in sizes {
        for i in 1..=size as u128 {
            // A binomial coefficient after every step.
            all = all * (n + i) / i;
            if all > most as u128 {
                return None;
            }
        }
        n += size as u128;
    }
    usize::try_from(all).ok()
}

/// The division of items into groups at a place of their list, as an order of the items: those of the first group first.
fn arrangement(place: usize, items: &[usize], sizes: &[usize]) -> Vec<usize> {
    let mut left: Vec<u128> = sizes.iter().map(|&size| size as u128).collect();
    let mut rank = place as u128;
    // Divisions of the items that are left: fits, because all of them are no more than `most`.
    let mut all = n_arrangements(sizes, usize::MAX).map_or(0, |all| all as u128);
    let mut groups: Vec<Vec<usize>> = sizes.iter().map(|&size| Vec::with_capacity(size)).collect();
    for (k, &item) in items.iter().enumerate() {
        let n_left = (items.len() - k) as u128;
        for group in 0..sizes.len() {
            let begin_with = all * left[group] / n_left;
            if rank < begin_with {
                groups[group].push(item);
                left[group] -= 1;
                all = begin_with;
                break;
            }
            rank -= begin_with;
        }
    }
    groups.concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// The groups of an order, each sorted.
    fn divided(order: &[usize], sizes: &[usize]) -> Vec<Vec<usize>> {
        let mut begin = 0;
        sizes
            .iter()
            .map(|size| {
                let mut group = order[begin..begin + size].to_vec();
                begin += size;
                group.sort_unstable();
                group
            })
            .collect()
    }

    #[test]
    fn every_division_comes_once_where_they_are_few() {
        for (sizes, n) in [(vec![3, 3], 20), (vec![4, 3], 35), (vec![2, 2, 2], 90), (vec![1, 1, 1, 1], 24)] {
            let mut item = 0;
            let members: Vec<Vec<usize>> = sizes
                .iter()
                .map(|&size| {
                    item += size;
                    (item - size..item).collect()
                })
                .collect();
            let all = Relabellings::of_groups(&members, n, 1);
            let found: BTreeSet<Vec<Vec<usize>>> =
                all.map(|order| divided(order, &sizes)).into_iter().collect();
            assert_eq!(found.len(), n, "{sizes:?}");
            assert!(found.contains(&members), "{sizes:?}");
            let p = all.p(|order| divided(order, &sizes) == members);
            assert_eq!((p, all.count, all.seed), (1.0 / n as f64, n, None));
            // One fewer than there are: drawn.
            let drawn = Relabellings::of_groups(&members, n - 1, 1);
            assert_eq!((drawn.p(|_| false), drawn.count, drawn.seed), (1.0 / n as f64, n - 1, Some(1)));
        }
    }

    #[test]
    fn every_sign_and_every_order_comes_once_where_they_are_few() {
        let signs: BTreeSet<Vec<usize>> =
            Relabellings::of_signs(5, 32, 1).map(<[usize]>::to_vec).into_iter().collect();
        assert_eq!(signs.len(), 32);
        assert_eq!(Relabellings::of_signs(5, 31, 1).count, 31);
        let orders: BTreeSet<Vec<usize>> =
            Relabellings::of_orders(4, 24, 1).map(<[usize]>::to_vec).into_iter().collect();
        assert_eq!(orders.len(), 24);
        // More numbers than a word has bits.
        assert_eq!(Relabellings::of_signs(400, 9, 1).seed, Some(1));
        assert_eq!(Relabellings::of_orders(400, 9, 1).seed, Some(1));
    }

    #[test]
    fn a_test_of_labels_counts_either_side_and_relabellings_without_the_statistic_on_both() {
        let all = Resampling { n_resamples: 0, n_permutations: 20, seed: 1 };
        // Numbers 0 to 5, the sum of those labelled true: of C(6, 3) = 20 sums 12 is the highest; 11 is reached once, too.
        let sum = |labels: &[bool]| {
            labels.iter().zip(0..).map(|(&own, x)| if own { f64::from(x) } else { 0.0 }).sum::<f64>()
        };
        let tails = |labels: [bool; 6], lowest: f64| {
            let statistic = |labels: &[bool]| Some(sum(labels)).filter(|sum| *sum > lowest);
            label_test(&labels, &[0; 6], sum(&labels), all, statistic)
        };
        let highest = [false, false, false, true, true, true];
        assert_eq!(tails(highest, -1.0), Tails { above: 0.05, below: 1.0 });
        assert_eq!(tails([false, false, true, false, true, true], -1.0), Tails { above: 0.1, below: 0.95 });
        // The lowest sum, 3, is not defined.
        assert_eq!(tails(highest, 3.0), Tails { above: 0.1, below: 1.0 });
    }

    #[test]
    fn within_strata_every_product_of_divisions_comes_once_and_no_item_leaves_its_stratum() {
        // Groups {0, 1, 4} and {2, 3, 5, 6}; items 0 to 3 are of one stratum, 4 to 6 of the other: C(4, 2) C(3, 1) = 18.
        let (members, stratum) = ([vec![0, 1, 4], vec![2, 3, 5, 6]], |item: usize| usize::from(item > 3));
        let all = Relabellings::within(&members, stratum, 18, 1);
        let found: BTreeSet<Vec<Vec<usize>>> = all.map(|order| divided(order, &[3, 4])).into_iter().collect();
        assert_eq!((found.len(), all.count, all.seed), (18, 18, None));
        assert!(found.iter().all(|groups| groups[0].iter().filter(|&&item| item > 3).count() == 1));
        let drawn = Relabellings::within(&members, stratum, 17, 1);
        assert_eq!(drawn.seed, Some(1));
        let found: BTreeSet<Vec<Vec<usize>>> =
            Relabellings { count: 2000, ..drawn }.map(|order| divided(order, &[3, 4])).into_iter().collect();
        assert_eq!(found.len(), 18);
    }

    #[test]
    fn drawn_orders_hold_every_item_once_and_depend_on_the_seed_alone() {
        let members = vec![(0..10).collect::<Vec<_>>(), (10..30).collect()];
        let orders = |seed| Relabellings::of_groups(&members, 50, seed).map(<[usize]>::to_vec);
        for mut order in orders(3) {
            order.sort_unstable();
            assert_eq!(order, (0..30).collect::<Vec<_>>());
        }
        assert_eq!(orders(3), orders(3));
        assert_ne!(orders(3), orders(4));
    }
}
