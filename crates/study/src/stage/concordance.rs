//! Whether the aspects tell one story: are networks that are close in one aspect close in another?

use super::comparison::submatrix;
use super::{AspectDistances, Context, Facet, Kind, TaskResults};
use circuitscope::analysis::statistics::{
    Bootstrap, holm, mantel, mantel_interval, protest, protest_interval,
};
use ndarray::Array2;

/// What of two aspects is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreement {
    /// The distances between networks: Mantel's correlation.
    Mantel,
    /// The maps of the trained networks in the plane: Procrustes correlation.
    Procrustes,
}

impl Agreement {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Mantel, Self::Procrustes];

    /// Name in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mantel => "mantel_r",
            Self::Procrustes => "procrustes_r",
        }
    }
}

/// How far two aspects of one task agree on the trained networks that have both.
#[derive(Clone, Debug)]
pub struct Concordance {
    /// Name of the task.
    pub task: String,
    /// The aspects.
    pub aspects: [Facet; 2],
    /// What of them is compared.
    pub agreement: Agreement,
    /// Networks that have both.
    pub n_networks: usize,
    /// The correlation.
    pub r: f64,
    /// 95 % interval over networks; none where a resample has no correlation.
    pub interval: Option<[f64; 2]>,
    /// Permutation p, one-sided.
    pub p: f64,
    /// p after Holm's correction over all these tests of the study.
    pub p_holm: f64,
}

/// Every pair of aspects of every task; nothing of pairs that fewer than four networks have.
pub fn concordance(context: Context<'_>, results: &[TaskResults<'_>]) -> Vec<Concordance> {
    let mut rows: Vec<Concordance> =
        results.iter().flat_map(|of_task| of_task_rows(context, of_task)).collect();
    let p: Vec<f64> = rows.iter().map(|row| row.p).collect();
    for (row, p_holm) in rows.iter_mut().zip(holm(&p)) {
        row.p_holm = p_holm;
    }
    rows
}

fn of_task_rows(context: Context<'_>, of_task: &TaskResults<'_>) -> Vec<Concordance> {
    let all = &of_task.distances;
    let pairs = (0..all.len()).flat_map(|i| (i + 1..all.len()).map(move |j| [&all[i], &all[j]]));
    pairs
        .flat_map(|pair| Agreement::ALL.map(|agreement| (pair, agreement)))
        .filter_map(|(pair, agreement)| row(context, of_task, pair, agreement))
        .collect()
}

fn row(
    context: Context<'_>,
    of_task: &TaskResults<'_>,
    pair: [&AspectDistances; 2],
    agreement: Agreement,
) -> Option<Concordance> {
    let settings = &context.study.comparison;
    let task = of_task.task.task.name();
    let aspects = pair.map(|of_aspect| of_aspect.aspect);
    let is_shared = |&item: &usize| {
        of_task.items[item].kind == Kind::Trained && pair.iter().all(|aspect| aspect.items.contains(&item))
    };
    let items: Vec<usize> = pair[0].items.iter().copied().filter(is_shared).collect();
    // One quantity has one p and one interval: these are the draws of the claims.
    let seed = context.study.seed;
    let bootstrap = Bootstrap { n_resamples: settings.resamples, level: 0.95, seed };
    let (r, p, interval) = match agreement {
        Agreement::Mantel => {
            let [a, b] = pair.map(|of_aspect| distances(of_aspect, &items));
            let found = mantel(a.view(), b.view(), settings.permutations, seed)?;
            (found.r, found.tails.above, mantel_interval(a.view(), b.view(), bootstrap))
        }
        Agreement::Procrustes => {
            let [a, b] = aspects.map(|aspect| map(of_task, aspect, &items));
            let (a, b) = (a?, b?);
            let found = protest(a.view(), b.view(), settings.permutations, seed)?;
            (found.r, found.p, protest_interval(a.view(), b.view(), bootstrap))
        }
    };
    Some(Concordance {
        task: task.to_owned(),
        aspects,
        agreement,
        n_networks: items.len(),
        r,
        interval,
        p,
        p_holm: p,
    })
}

/// Distances between items of an aspect, all of which it has.
fn distances(of_aspect: &AspectDistances, items: &[usize]) -> Array2<f64> {
    let rows: Vec<usize> =
        items.iter().map(|item| of_aspect.items.partition_point(|other| other < item)).collect();
    submatrix(&of_aspect.distances.distance, &rows)
}

/// Places of items in the map of the trained networks alone; none where one of them is not on it.
fn map(of_task: &TaskResults<'_>, aspect: Facet, items: &[usize]) -> Option<Array2<f64>> {
    let is_map = |compared: &&super::Compared| compared.aspect == aspect && compared.control.is_none();
    let compared = of_task.compared.iter().find(is_map)?;
    let place = |item: &usize| compared.items.iter().position(|other| other == item);
    let rows: Vec<usize> = items.iter().map(place).collect::<Option<_>>()?;
    Some(Array2::from_shape_fn((rows.len(), 2), |(row, d)| compared.comparison.points[rows[row]][d]))
}
