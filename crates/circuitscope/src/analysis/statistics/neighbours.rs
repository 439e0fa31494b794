//! Whether an item's class can be told from its nearest neighbours.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::Grouped;
use crate::analysis::distance::mix;

/// Neighbours that vote (science §5).
pub const K_NEIGHBOURS: usize = 5;

/// Fewest items of a group that neighbours can find: its others must be able to win the vote. Of smaller groups the size alone
/// says how it ends: with three of each, groups far apart are found less often than groups that overlap.
pub const FEWEST_FOUND: usize = K_NEIGHBOURS / 2 + 2;

/// Leave-one-out classification by nearest neighbours.
#[derive(Clone, Debug, PartialEq)]
pub struct Neighbours {
    /// Share of items whose class the vote finds.
    pub accuracy: f64,
    /// Whether the vote finds the class of each item `[K]`.
    pub hits: Vec<bool>,
}

/// Whether neighbours find classes more often than they would find classes dealt out at random.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NeighbourTest {
    /// Share of items whose class the vote finds.
    pub accuracy: f64,
    /// The same under permuted labels, on average.
    pub chance: f64,
    /// `(permutations with at least this accuracy + 1) / (permutations + 1)`.
    ///
    /// High by ties, since hits are whole: without clusters about 3 of 100 studies have p ≤ 0.05 with five networks a class, 4
    /// with ten.
    pub p: f64,
}

impl Grouped {
    /// Leave-one-out classification by the `k` nearest others, all of them if there are fewer; [`None`] with fewer than
    /// two classes or without a vote.
    ///
    /// Of classes with equally many votes the one of the nearest neighbour wins; of equally near items the first.
    ///
    /// # Source
    /// Science §5.
    pub fn neighbours(&self, k: usize) -> Option<Neighbours> {
        if self.n_classes() < 2 || k == 0 {
            return None;
        }
        let hits = self.hits(&self.nearest(k), &self.classes);
        let n_hits = hits.iter().filter(|&&hit| hit).count();
        Some(Neighbours { accuracy: n_hits as f64 / hits.len() as f64, hits })
    }

    /// Tests [`Grouped::neighbours`] by permuting labels.
    pub fn neighbour_test(&self, k: usize, n_permutations: usize, seed: u64) -> Option<NeighbourTest> {
        let accuracy = self.neighbours(k)?.accuracy;
        let nearest = self.nearest(k);
        let permuted: Vec<f64> = (0..n_permutations as u64)
            .into_par_iter()
            .map(|permutation| {
                let mut classes = self.classes.clone();
                classes.shuffle(&mut ChaCha8Rng::seed_from_u64(mix(seed ^ mix(permutation))));
                let hits = self.hits(&nearest, &classes);
                hits.iter().filter(|&&hit| hit).count() as f64 / hits.len() as f64
            })
            .collect();
        let n_as_good = permuted.iter().filter(|&&other| other >= accuracy).count();
        let chance = permuted.iter().sum::<f64>() / permuted.len().max(1) as f64;
        Some(NeighbourTest { accuracy, chance, p: (n_as_good + 1) as f64 / (n_permutations + 1) as f64 })
    }

    /// The `k` nearest others of every item, nearest first.
    fn nearest(&self, k: usize) -> Vec<Vec<usize>> {
        let of_item = |item: usize| {
            let row = self.distances.row(item);
            let mut others: Vec<usize> = (0..self.n_items()).filter(|&other| other != item).collect();
            others.sort_by(|&a, &b| row[a].total_cmp(&row[b])); // stable: the first of equally near items stays first
            others.truncate(k);
            others
        };
        (0..self.n_items()).map(of_item).collect()
    }

    /// Whether each item's neighbours vote for its class.
    fn hits(&self, nearest: &[Vec<usize>], classes: &[usize]) -> Vec<bool> {
        let is_hit = |(others, &own): (&Vec<usize>, &usize)| {
            let mut votes = vec![0_usize; self.n_classes()];
            for &other in others {
                votes[classes[other]] += 1;
            }
            let most = votes.iter().copied().max().unwrap_or(0);
            let winner = others.iter().map(|&other| classes[other]).find(|&class| votes[class] == most);
            winner == Some(own)
        };
        nearest.iter().zip(classes).map(is_hit).collect()
    }
}
