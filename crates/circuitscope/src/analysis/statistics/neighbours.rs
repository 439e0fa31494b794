//! Whether an item's class can be told from its nearest neighbours.

use super::tails::Tails;
use super::{Grouped, Undefined};

/// Neighbours that vote (docs/methods.md §5).
pub const K_NEIGHBOURS: usize = 5;

/// Leave-one-out classification by nearest neighbours.
#[derive(Clone, Debug, PartialEq)]
pub struct Neighbours {
    /// Share of items whose class the vote finds.
    pub accuracy: f64,
    /// Whether the vote finds the class of each item `[K]`.
    pub hits: Vec<bool>,
}

/// Whether neighbours find classes more often than they would find classes given out at random.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NeighbourTest {
    /// Neighbours that vote.
    pub k: usize,
    /// Share of items whose class the vote finds.
    pub accuracy: f64,
    /// The same under permuted labels, on average.
    pub chance: f64,
    /// Permutation p of an accuracy above chance and of one below.
    ///
    /// High by ties, since hits are whole: without clusters about 3 of 100 studies have p ≤ 0.05 with five networks a class, 4
    /// with ten.
    pub tails: Tails,
}

impl Grouped {
    /// [`Grouped::n_neighbours_of`] at most [`K_NEIGHBOURS`].
    ///
    /// # Errors
    /// As there.
    pub fn n_neighbours(&self) -> Result<usize, Undefined> {
        self.n_neighbours_of(K_NEIGHBOURS)
    }

    /// Neighbours that vote on these groups: `most`, or, where the others of a group could not win such a vote, as many as the
    /// smallest group has others. So groups far apart are always found; of smaller groups the size alone would say how the
    /// vote ends: with three of each, five neighbours find groups far apart less often than groups that overlap.
    ///
    /// # Errors
    /// [`Undefined`]: fewer than two groups, or a group of one, which has no neighbour of its own.
    pub fn n_neighbours_of(&self, most: usize) -> Result<usize, Undefined> {
        let fewest_found = most / 2 + 2;
        if self.n_classes() < 2 {
            return Err(Undefined::Groups { found: self.n_classes(), expected: 2 });
        }
        match self.smallest_class() {
            found @ ..2 => Err(Undefined::Members { found, expected: 2 }),
            smallest if smallest < fewest_found => Ok(smallest - 1),
            _ => Ok(most),
        }
    }

    /// Leave-one-out classification by the `k` nearest others, all of them if there are fewer.
    ///
    /// Of classes with equally many votes the one of the nearest neighbour wins; of equally near items the first. What `k` the
    /// groups can bear, [`Grouped::n_neighbours`] says.
    ///
    /// # Errors
    /// [`Undefined`]: fewer than two classes, no vote, or no distance above zero.
    ///
    /// # Source
    /// docs/methods.md §5.
    pub fn neighbours(&self, k: usize) -> Result<Neighbours, Undefined> {
        if self.n_classes() < 2 {
            return Err(Undefined::Groups { found: self.n_classes(), expected: 2 });
        }
        if k == 0 {
            return Err(Undefined::NoVotes);
        }
        self.check_distances()?;
        let hits = self.hits(&self.nearest(k), &self.classes);
        Ok(Neighbours { accuracy: share(&hits), hits })
    }

    /// Tests [`Grouped::neighbours`] with [`Grouped::n_neighbours_of`] `most` by permuting labels.
    ///
    /// # Errors
    /// As these.
    pub fn neighbour_test(
        &self,
        most: usize,
        n_permutations: usize,
        seed: u64,
    ) -> Result<NeighbourTest, Undefined> {
        let k = self.n_neighbours_of(most)?;
        let accuracy = self.neighbours(k)?.accuracy;
        let nearest = self.nearest(k);
        let relabellings = self.relabellings(n_permutations, seed);
        let permuted = relabellings.map(|order| share(&self.hits(&nearest, &self.relabelled(order))));
        let tails = relabellings.tails_of(accuracy, 0.0, permuted.iter().copied().map(Some));
        let chance = permuted.iter().sum::<f64>() / permuted.len().max(1) as f64;
        Ok(NeighbourTest { k, accuracy, chance, tails })
    }

    /// The class of each item where the classes take their members from `order` in turn.
    fn relabelled(&self, order: &[usize]) -> Vec<usize> {
        let mut classes = vec![0; order.len()];
        let own =
            self.members.iter().enumerate().flat_map(|(class, members)| members.iter().map(move |_| class));
        for (&item, class) in order.iter().zip(own) {
            classes[item] = class;
        }
        classes
    }

    /// The `k` nearest others of every item, nearest first.
    pub(super) fn nearest(&self, k: usize) -> Vec<Vec<usize>> {
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
    pub(super) fn hits(&self, nearest: &[Vec<usize>], classes: &[usize]) -> Vec<bool> {
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

fn share(hits: &[bool]) -> f64 {
    hits.iter().filter(|&&hit| hit).count() as f64 / hits.len() as f64
}
