//! How often each verdict comes out, in tables.

use std::collections::BTreeMap;

use circuitscope::Curve;
use circuitscope::analysis::distance::Aspect;

use crate::circuits::Gating;
use crate::ensembles::{Circuits, Count, Key, Networks, Pool, counted, of_circuits};
use crate::networks::{Divergence, Generator, Rest, Shape, Symmetry, Units};
use crate::pipeline::Protocol;

/// Networks per class.
const SIZES: [usize; 3] = [5, 10, 20];
/// Studies of each size in which something is planted.
const N_PLANTED: [u64; 3] = [60, 60, 30];
/// Studies of each size in which nothing is.
const N_NULL: [u64; 3] = [150, 100, 60];

/// Studies of each size in which one structure alone is planted: ten networks per class tell what else it moves.
const N_ALONE: [u64; 3] = [0, 60, 0];

/// Aspects in which networks of planted shapes are compared: their units are those of no claim.
pub(crate) const OF_SHAPES: [Aspect; 3] = [Aspect::Trajectories, Aspect::Endpoints, Aspect::FixedPoints];

pub(crate) const RELU: Generator = Generator::Planted(Shape::RELU);
pub(crate) const TANH: Generator = Generator::Planted(Shape::TANH);
pub(crate) const CROSS: Generator = Generator::Tuned(Units::Cross);
pub(crate) const CLUSTER: Generator = Generator::Tuned(Units::Cluster);

/// A column of a table: what it is of, and the verdicts at each size.
pub(crate) type Column = (String, Vec<BTreeMap<Key, Count>>);

/// Verdicts on networks of shapes: as claimed, roles exchanged, all of one shape whatever they are called.
pub(crate) fn of_shapes() -> Vec<Column> {
    let protocol = Protocol::new();
    of_pool(&Pool::new(&protocol, &[(RELU, 200), (TANH, 200)], &OF_SHAPES, 1), [RELU, TANH])
}

/// The same of networks whose units are tuned.
pub(crate) fn of_units() -> Vec<Column> {
    let protocol = Protocol::new();
    of_pool(
        &Pool::new(&protocol, &[(CROSS, 140), (CLUSTER, 140)], &[Aspect::Selectivity], 2),
        [CROSS, CLUSTER],
    )
}

fn of_pool(pool: &Pool, [relu, tanh]: [Generator; 2]) -> Vec<Column> {
    [
        ("as claimed", [relu, relu, tanh], N_PLANTED),
        ("exchanged", [tanh, tanh, relu], N_PLANTED),
        ("all as ReLU", [relu; 3], N_NULL),
        ("all as tanh", [tanh; 3], N_NULL),
    ]
    .map(|(name, from, n_studies)| of_networks(pool, name, from, n_studies))
    .into()
}

fn of_networks(pool: &Pool, name: &str, from: Networks, n_studies: [u64; 3]) -> Column {
    let at = |(n, n_studies): (usize, u64)| counted(n_studies, |seed| pool.study(from, n, seed));
    (name.to_owned(), SIZES.into_iter().zip(n_studies).map(at).collect())
}

/// Shapes that differ from that of `ReLU` in one structure alone.
pub(crate) const ALONE: [(&str, Shape); 3] = [
    ("symmetry broken", Shape { symmetry: Symmetry::Broken, ..Shape::RELU }),
    ("divergence at once", Shape { divergence: Divergence::AtOnce, ..Shape::RELU }),
    ("sheet", Shape { rest: Rest::Sheet, ..Shape::RELU }),
];

/// Verdicts where tanh differs in one structure alone from the shape of `ReLU`.
pub(crate) fn of_single_structures() -> Vec<Column> {
    let alone = ALONE.map(|(name, shape)| (name, Generator::Planted(shape)));
    let asked: Vec<(Generator, usize)> =
        std::iter::once((RELU, 160)).chain(alone.map(|(_, generator)| (generator, 80))).collect();
    let pool = Pool::new(&Protocol::new(), &asked, &OF_SHAPES, 3);
    alone.map(|(name, tanh)| of_networks(&pool, name, [RELU, RELU, tanh], N_ALONE)).into()
}

/// Verdicts where directions are drawn independently of each other.
pub(crate) fn of_independent_directions() -> Vec<Column> {
    let pool = Pool::new(&Protocol::new(), &[(Generator::Chance, 200)], &[], 4);
    vec![of_networks(&pool, "independent directions", [Generator::Chance; 3], N_NULL)]
}

/// Verdicts where endpoints do not agree with fixed points.
pub(crate) fn of_slow_networks() -> Vec<Column> {
    let aspects = [Aspect::Endpoints, Aspect::FixedPoints];
    let pool = Pool::new(&Protocol::new(), &[(Generator::Slow, 200)], &aspects, 4);
    of_row(13, vec![of_networks(&pool, "slow", [Generator::Slow; 3], N_NULL)])
}

/// Every gating with its name, and whether it is planted.
const GATINGS: [(Gating, &str, [u64; 3]); 7] = [
    (Gating::Inhibition, "inhibition", N_PLANTED),
    (Gating::Silence, "silence", N_PLANTED),
    (Gating::Apart, "right up, left down", N_PLANTED),
    (Gating::Up, "both up", N_PLANTED),
    (Gating::UpAndRelevantDown, "both up, relevant down", N_PLANTED),
    (Gating::MotionUpColourDown, "motion up, colour down", N_PLANTED),
    (Gating::Chance, "by chance", N_NULL),
];

/// Verdicts on tanh circuits of every gating beside `ReLU` and sigmoid circuits that inhibit; last, beside such as silence.
pub(crate) fn of_tanh_gating() -> Vec<Column> {
    let beside = |gating| [(gating, Curve::Relu), (gating, Curve::Sigmoid)];
    let with = |[relu, sigmoid]: [(Gating, Curve); 2], gating| [relu, sigmoid, (gating, Curve::Tanh)];
    let mut columns: Vec<Column> =
        GATINGS.map(|(gating, name, n)| of_gating(name, with(beside(Gating::Inhibition), gating), n)).into();
    let last = with(beside(Gating::Silence), Gating::Up);
    columns.push(of_gating("both up, others silenced", last, N_PLANTED));
    of_row(15, columns)
}

/// Verdicts on `ReLU` and sigmoid circuits of every gating.
pub(crate) fn of_other_gating() -> Vec<Column> {
    let circuits = |gating| [(gating, Curve::Relu), (gating, Curve::Sigmoid), (Gating::Apart, Curve::Tanh)];
    of_row(14, GATINGS.map(|(gating, name, n)| of_gating(name, circuits(gating), n)).into())
}

/// The readings of one row.
fn of_row(row: u32, mut columns: Vec<Column>) -> Vec<Column> {
    for counts in columns.iter_mut().flat_map(|(_, at)| at) {
        counts.retain(|key, _| key.0 == row);
    }
    columns
}

fn of_gating(name: &str, from: Circuits, n_studies: [u64; 3]) -> Column {
    let protocol = Protocol::new();
    let at = |(n, n_studies): (usize, u64)| counted(n_studies, |seed| of_circuits(&protocol, from, n, seed));
    (name.to_owned(), SIZES.into_iter().zip(n_studies).map(at).collect())
}

/// Markdown: a row a reading; per cent of studies in which it is supported / contradicted, at 5, 10 and 20 networks per class.
/// A star: some studies could not decide it.
pub(crate) fn table(columns: &[Column]) -> String {
    let mut keys: Vec<Key> =
        columns.iter().flat_map(|(_, at)| at.iter().flat_map(|counts| counts.keys().copied())).collect();
    keys.sort_unstable();
    keys.dedup();
    let cell = |counts: &BTreeMap<Key, Count>, key: &Key| {
        let Some(count) = counts.get(key) else { return "–".to_owned() };
        let per_cent = |n: usize| (100.0 * n as f64 / count.studies as f64).round();
        let star = if count.undecided > 0 { "*" } else { "" };
        format!("{}/{}{star}", per_cent(count.supported), per_cent(count.contradicted))
    };
    let row = |cells: Vec<String>| format!("| {} |", cells.join(" | "));
    let heads = std::iter::once("reading".to_owned()).chain(columns.iter().map(|(head, _)| head.clone()));
    let mut lines = vec![row(heads.collect()), row(vec!["---".to_owned(); columns.len() + 1])];
    lines.extend(keys.iter().map(|key| {
        let of_column = |(_, at): &Column| {
            let cells: Vec<String> = at.iter().map(|counts| cell(counts, key)).collect();
            cells.join(", ")
        };
        let name = format!("{} {}", key.0, key.1);
        row(std::iter::once(name).chain(columns.iter().map(of_column)).collect())
    }));
    lines.join("\n")
}
