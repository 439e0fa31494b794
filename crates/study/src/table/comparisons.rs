//! How far networks lie apart: distances, maps, statistics, and whether aspects agree.

use super::field::Name;
use super::row::table;
use crate::config::Control;
use crate::published;
use crate::stage::{
    Agreement, Concordance, Facet, Groups, Item, Items, Kind, Space, Spread, StatisticName, TaskResults,
};
use circuitscope::analysis::statistics::holm;

table! {
    /// One row per pair of items (networks and their controls) of an aspect, in the order of the items.
    "distances" => pub(crate) struct Distance {
        /// Task.
        task: Name,
        /// What is compared.
        aspect: Facet,
        /// Network of the first item.
        network_a: Name,
        /// Whether the first item is the network as trained, or a control made from it.
        kind_a: Kind,
        /// Class of the first item.
        class_a: Name,
        /// Network of the second item.
        network_b: Name,
        /// As `kind_a`, of the second item.
        kind_b: Kind,
        /// Class of the second item.
        class_b: Name,
        /// Distance as this study compares: root mean square over units, of selectivity.
        distance: f64,
        /// Distance as published: sum of squares over units, of selectivity; else the same.
        distance_published: f64,
    }
}

table! {
    /// One row per item of a map: multidimensional scaling of the distances of an aspect into the plane.
    "embeddings" => pub(crate) struct MapPoint {
        /// Task.
        task: Name,
        /// What is compared.
        aspect: Facet,
        /// Control that is mapped with the trained networks; missing where these are alone.
        control: Option<Control>,
        /// Network of the item.
        network: Name,
        /// Whether the item is the network as trained, or a control made from it.
        kind: Kind,
        /// Class of the item.
        class_name: Name,
        /// First coordinate, in the units of the distances.
        x: f64,
        /// Second coordinate, in the units of the distances.
        y: f64,
        /// Sum over pairs of (distance in the plane − distance)², of the whole map; missing of distances that are all zero.
        stress: Option<f64>,
        /// Stress over the sum of squared distances.
        relative_stress: Option<f64>,
    }
}

table! {
    /// One row per statistic.
    "statistics" => pub(crate) struct Statistic {
        /// Task.
        task: Name,
        /// What is compared.
        aspect: Facet,
        /// Control beside the trained networks; missing where these are alone.
        control: Option<Control>,
        /// Computed on the distances themselves, or on those in the map.
        space: Space,
        /// Items it is over.
        items: Items,
        /// Groups that it tells apart.
        groups: Groups,
        /// Mean silhouette, leave-one-out accuracy of the nearest neighbours, or pseudo-F of PERMANOVA.
        statistic: StatisticName,
        /// Its value; missing where it is not defined, as of a single group.
        value: Option<f64>,
        /// Lower end of the 95 % bootstrap interval over networks.
        low: Option<f64>,
        /// Upper end of the interval.
        high: Option<f64>,
        /// Permutation p value, (b + 1)/(m + 1).
        p: Option<f64>,
        /// p after Holm's correction over all rows of this table that have a p.
        p_holm: Option<f64>,
        /// Items that it is over.
        n_items: usize,
        /// Groups that they fall into.
        n_groups: usize,
        /// Published value of the same statistic.
        published: Option<f64>,
        /// Neighbours that vote (knn).
        k: Option<usize>,
        /// F of PERMDISP: do the groups differ in spread? Beside a pseudo-F, which does not tell spread from location.
        permdisp_f: Option<f64>,
        /// Permutation p of PERMDISP.
        permdisp_p: Option<f64>,
        /// Welch's W*d: do the groups differ in location, whatever their spreads? Of groups of two and more.
        welch_w: Option<f64>,
        /// Permutation p of Welch's W*d.
        welch_p: Option<f64>,
    }
}

table! {
    /// One row per task, pair of aspects and kind of agreement, over the trained networks that have both.
    "concordance" => pub(crate) struct AspectAgreement {
        /// Task.
        task: Name,
        /// First aspect.
        first: Facet,
        /// Second aspect.
        second: Facet,
        /// Mantel's correlation of the distances, or Procrustes correlation of the maps.
        statistic: Agreement,
        /// Networks that have both aspects.
        n_networks: usize,
        /// The correlation.
        value: f64,
        /// Lower end of the 95 % bootstrap interval over networks.
        low: Option<f64>,
        /// Upper end of the interval.
        high: Option<f64>,
        /// Permutation p value, one-sided.
        p: f64,
        /// p after Holm's correction over this table.
        p_holm: f64,
    }
}

impl Distance {
    pub(crate) fn of(results: &[TaskResults<'_>]) -> Vec<Self> {
        let mut rows = Vec::new();
        for of_task in results {
            let task = of_task.name();
            let classes = class_names(of_task);
            for aspect in &of_task.distances {
                let items: Vec<(Name, &Item)> = aspect
                    .items
                    .iter()
                    .map(|&place| (Name::from(of_task.items[place].network.as_str()), &of_task.items[place]))
                    .collect();
                rows.extend(aspect.pairs.iter().map(|&(i, j)| {
                    let [(network_a, a), (network_b, b)] = [&items[i], &items[j]];
                    Self {
                        task: task.clone(),
                        aspect: aspect.aspect,
                        network_a: network_a.clone(),
                        kind_a: a.kind,
                        class_a: classes[a.class].clone(),
                        network_b: network_b.clone(),
                        kind_b: b.kind,
                        class_b: classes[b.class].clone(),
                        distance: aspect.distances.distance[[i, j]],
                        distance_published: aspect.distances.published[[i, j]],
                    }
                }));
            }
        }
        rows
    }
}

impl MapPoint {
    pub(crate) fn of(results: &[TaskResults<'_>]) -> Vec<Self> {
        let mut rows = Vec::new();
        for of_task in results {
            let (task, classes) = (of_task.name(), class_names(of_task));
            for compared in &of_task.compared {
                let map = &compared.comparison;
                for (&place, &[x, y]) in compared.items.iter().zip(&map.points) {
                    let item = &of_task.items[place];
                    rows.push(Self {
                        task: task.clone(),
                        aspect: compared.aspect,
                        control: compared.control,
                        network: item.network.as_str().into(),
                        kind: item.kind,
                        class_name: classes[item.class].clone(),
                        x,
                        y,
                        stress: map.relative_stress.map(|_| map.stress),
                        relative_stress: map.relative_stress,
                    });
                }
            }
        }
        rows
    }
}

fn class_names(of_task: &TaskResults<'_>) -> Vec<Name> {
    (0..of_task.task.classes.len()).map(|class| of_task.class_name(class)).collect()
}

impl Statistic {
    /// The statistics of every task and aspect, in a fixed order, with Holm's correction over all of them.
    pub(crate) fn of(results: &[TaskResults<'_>]) -> Vec<Self> {
        let mut rows: Vec<Self> = Vec::new();
        for of_task in results {
            for compared in &of_task.compared {
                rows.extend(compared.comparison.statistics.iter().map(|value| {
                    let published = compared.aspect.aspect().and_then(|aspect| {
                        published::statistic(of_task.task.task.name(), aspect, compared.control, value)
                    });
                    let spread = value.spread.unwrap_or_default();
                    let Spread { permdisp_f, permdisp_p, welch_w, welch_p } = spread;
                    Self {
                        task: of_task.name(),
                        aspect: compared.aspect,
                        control: compared.control,
                        space: value.space,
                        items: value.items,
                        groups: value.groups,
                        statistic: value.statistic,
                        value: value.value,
                        low: value.interval.map(|[low, _]| low),
                        high: value.interval.map(|[_, high]| high),
                        p: value.p,
                        p_holm: None,
                        n_items: value.n_items,
                        n_groups: value.n_groups,
                        published,
                        k: value.k,
                        permdisp_f,
                        permdisp_p,
                        welch_w,
                        welch_p,
                    }
                }));
            }
        }
        let p: Vec<f64> = rows.iter().filter_map(|row| row.p).collect();
        let tested = rows.iter_mut().filter(|row| row.p.is_some());
        tested.zip(holm(&p)).for_each(|(row, corrected)| row.p_holm = Some(corrected));
        rows
    }
}

impl AspectAgreement {
    pub(crate) fn of(concordant: &[Concordance]) -> Vec<Self> {
        let row = |of_pair: &Concordance| Self {
            task: of_pair.task.as_str().into(),
            first: of_pair.aspects[0],
            second: of_pair.aspects[1],
            statistic: of_pair.agreement,
            n_networks: of_pair.n_networks,
            value: of_pair.r,
            low: of_pair.interval.map(|[low, _]| low),
            high: of_pair.interval.map(|[_, high]| high),
            p: of_pair.p,
            p_holm: of_pair.p_holm,
        };
        concordant.iter().map(row).collect()
    }
}
