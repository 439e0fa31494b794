//! Whether an item's class can be told from its nearest neighbours.

use super::Grouped;

/// Neighbours that vote (science §5).
pub const K_NEIGHBOURS: usize = 5;

/// Leave-one-out classification by nearest neighbours.
#[derive(Clone, Debug, PartialEq)]
pub struct Neighbours {
    /// Share of items whose class the vote finds.
    pub accuracy: f64,
    /// Whether the vote finds the class of each item `[K]`.
    pub hits: Vec<bool>,
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
        let hits: Vec<bool> =
            (0..self.n_items()).map(|item| self.vote(item, k) == self.classes[item]).collect();
        let n_hits = hits.iter().filter(|&&hit| hit).count();
        Some(Neighbours { accuracy: n_hits as f64 / hits.len() as f64, hits })
    }

    /// The class that an item's neighbours vote for.
    fn vote(&self, item: usize, k: usize) -> usize {
        let row = self.distances.row(item);
        let mut others: Vec<usize> = (0..self.n_items()).filter(|&other| other != item).collect();
        others.sort_by(|&a, &b| row[a].total_cmp(&row[b])); // stable: the first of equally near items stays first
        others.truncate(k);
        let mut votes = vec![0_usize; self.n_classes()];
        for &other in &others {
            votes[self.classes[other]] += 1;
        }
        let most = votes.iter().copied().max().unwrap_or(0);
        others.iter().map(|&other| self.classes[other]).find(|&class| votes[class] == most).unwrap_or(0)
    }
}
