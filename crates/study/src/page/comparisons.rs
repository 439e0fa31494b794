//! Maps, distances and statistics of networks.

use super::classes::{classes, of_task, place_of};
use super::{recordings, words};
use crate::config::{Control, TaskStudy};
use crate::stage::{Agreement, Items, Kind, StatisticName};
use crate::table::{AspectAgreement, ComparedItem, Distance, MapPoint, Statistic, Tables};
use circuitscope_report::figure::{
    self, AgreementRow, AspectDistances, AspectEmbedding, AspectPair, AspectsAgree, DistanceMatrices,
    Embedding, EmbeddingItem, Figure, ItemBlock,
};
use std::collections::{HashMap, HashSet};

/// The maps of a task: of trained networks alone, then with each control.
pub(super) fn embeddings(task: &TaskStudy, tables: &Tables) -> Vec<Figure> {
    let rows: Vec<&MapPoint> = of_task(task, &tables.embeddings, |row| &row.task).collect();
    let mut controls: Vec<Option<Control>> = rows.iter().map(|row| row.control).collect();
    controls.sort_unstable();
    controls.dedup();
    let of_control = |control: Option<Control>| {
        let own: Vec<&MapPoint> = rows.iter().copied().filter(|row| row.control == control).collect();
        let mut figure = figure::embedding(&Embedding {
            task: words::task(task.task.name()),
            classes: classes(task),
            aspects: own
                .chunk_by(|a, b| a.aspect == b.aspect)
                .map(|map| AspectEmbedding {
                    // A map with controls is another one.
                    recordings: if control.is_none() {
                        recordings::places(task, tables, map[0].aspect)
                    } else {
                        Vec::new()
                    },
                    ..aspect_map(task, map)
                })
                .collect(),
            data: vec!["tables/embeddings.parquet".to_owned()],
        });
        if let Some(control) = control {
            figure.id = format!("{}-{}", figure.id, control.name());
            figure.title = format!("{} (with {} controls)", figure.title, control.name());
        }
        figure
    };
    controls.into_iter().map(of_control).collect()
}

fn aspect_map(task: &TaskStudy, map: &[&MapPoint]) -> AspectEmbedding {
    let item = |row: &&MapPoint| {
        Some(EmbeddingItem {
            network: match row.kind {
                Kind::Trained => row.network.to_string(),
                Kind::Control(control) => format!("{}.{}", row.network, control.name()),
            },
            class: place_of(task, &row.class_name)?,
            group: words::group(row.kind),
            at: [row.x, row.y],
        })
    };
    AspectEmbedding {
        aspect: words::aspect(map[0].aspect).to_owned(),
        stress: map[0].relative_stress,
        items: map.iter().filter_map(item).collect(),
        recordings: Vec::new(),
    }
}

/// Distances between trained networks and their first kind of control: between two kinds none are measured.
pub(super) fn distances(task: &TaskStudy, tables: &Tables) -> Figure {
    let items: Vec<&ComparedItem> = of_task(task, &tables.items, |row| &row.task).collect();
    let control = items.iter().map(|item| item.kind).find(|kind| *kind != Kind::Trained);
    let rows: Vec<&Distance> = of_task(task, &tables.distances, |row| &row.task).collect();
    let matrix = |of_aspect: &[&Distance]| {
        let ends =
            of_aspect.iter().flat_map(|row| [(&row.network_a, row.kind_a), (&row.network_b, row.kind_b)]);
        let measured: HashSet<_> = ends.collect();
        let is_shown = |item: &&&ComparedItem| {
            [Some(Kind::Trained), control].contains(&Some(item.kind))
                && measured.contains(&(&item.network, item.kind))
        };
        let shown: Vec<&ComparedItem> = items.iter().filter(is_shown).copied().collect();
        let place: HashMap<_, usize> =
            shown.iter().enumerate().map(|(place, item)| ((&item.network, item.kind), place)).collect();
        let mut values = vec![0.0; shown.len() * shown.len()];
        for row in of_aspect {
            let ends =
                [(&row.network_a, row.kind_a), (&row.network_b, row.kind_b)].map(|end| place.get(&end));
            if let [Some(&i), Some(&j)] = ends {
                values[i * shown.len() + j] = row.distance;
                values[j * shown.len() + i] = row.distance;
            }
        }
        AspectDistances {
            aspect: words::aspect(of_aspect[0].aspect).to_owned(),
            values,
            blocks: blocks(task, &shown),
        }
    };
    figure::distance_matrix(&DistanceMatrices {
        task: words::task(task.task.name()),
        classes: classes(task),
        aspects: rows.chunk_by(|a, b| a.aspect == b.aspect).map(matrix).collect(),
        data: vec!["tables/distances.parquet".to_owned()],
    })
}

/// Neighbours of one class and kind.
fn blocks(task: &TaskStudy, shown: &[&ComparedItem]) -> Vec<ItemBlock> {
    let of_block = |block: &[&ComparedItem]| {
        let class = place_of(task, &block[0].class_name)?;
        Some(ItemBlock { class, group: words::group(block[0].kind), len: block.len() })
    };
    let blocks = shown.chunk_by(|a, b| (&a.class_name, a.kind) == (&b.class_name, b.kind));
    blocks.filter_map(of_block).collect()
}

/// Whether aspects agree on which networks are alike; none where a task has fewer than two.
pub(super) fn concordance(task: &TaskStudy, tables: &Tables) -> Option<Figure> {
    let of = |agreement: Agreement| -> Vec<AspectPair> {
        let own = of_task(task, &tables.concordance, |row| &row.task);
        own.filter(|row| row.statistic == agreement).map(aspect_pair).collect()
    };
    let [distances, maps] = Agreement::ALL.map(of);
    (!distances.is_empty()).then(|| {
        figure::aspects_agree(&AspectsAgree {
            task: words::task(task.task.name()),
            distances,
            maps,
            data: vec!["tables/concordance.parquet".to_owned()],
        })
    })
}

fn aspect_pair(row: &AspectAgreement) -> AspectPair {
    AspectPair {
        aspects: [row.first, row.second].map(|aspect| words::aspect(aspect).to_owned()),
        n_networks: row.n_networks,
        r: row.value,
        interval: row.low.zip(row.high).map(|(low, high)| [low, high]),
        p: row.p_holm,
    }
}

/// Ours beside the published value, for every statistic that has one and is no pseudo-F; none where no statistic has.
pub(super) fn agreement(task: &TaskStudy, tables: &Tables) -> Option<Figure> {
    let shown = of_task(task, &tables.statistics, |row| &row.task)
        .filter(|row| row.published.is_some() && row.statistic != StatisticName::Permanova);
    let rows: Vec<AgreementRow> = shown.filter_map(agreement_row).collect();
    (!rows.is_empty()).then(|| {
        let data = vec!["tables/statistics.parquet".to_owned()];
        figure::agreement(&figure::Agreement { task: words::task(task.task.name()), rows, data })
    })
}

fn agreement_row(row: &Statistic) -> Option<AgreementRow> {
    let name = words::statistic_of(row.statistic, row.groups);
    Some(AgreementRow {
        statistic: if row.items == Items::Control { format!("{name} (controls)") } else { name },
        aspect: words::aspect(row.aspect).to_owned(),
        value: row.value?,
        interval: row.low.zip(row.high).map(|(low, high)| [low, high]),
        published: row.published,
    })
}
