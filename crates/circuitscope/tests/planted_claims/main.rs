//! From networks to verdicts: does what is planted in networks come out of the claims, and nothing else?
//!
//! Networks are built by the words of a claim ([`networks`]), latent circuits too ([`circuits`]); they go through the functions
//! that a study calls ([`pipeline`]), and ensembles of them are judged ([`ensembles`]). [`rates`] is the recorded study.

mod circuits;
mod ensembles;
mod networks;
mod pipeline;
mod rates;

use circuits::Gating;
use circuitscope::Curve;
use circuitscope::claims::LEVEL;
use ensembles::{Circuits, Count, Key, Networks, Pool, counted, of_circuits};
use networks::Generator;
use pipeline::Protocol;
use rates::{ALONE, CLUSTER, CROSS, Column, OF_SHAPES, RELU, TANH, table};
use std::collections::BTreeMap;

/// Readings whose verdict turns around where the roles of activations are exchanged.
const DIRECTED: [Key; 10] = [
    (3, "by_activation"),
    (3, "by_constraint"),
    (3, "about_moving_means"),
    (4, "both"),
    (4, "early"),
    (4, "moving_share"),
    (4, "evidence_share"),
    (12, "sheet_index"),
    (12, "sheet_beyond_line"),
    (12, "irrelevant_variance"),
];
/// Readings that hold whichever activation has which shape.
const UNDIRECTED: [Key; 6] =
    [(1, "plain"), (7, "plain"), (8, "plain"), (11, "plain"), (13, "mantel"), (13, "offset")];
/// Readings of what units are tuned to.
const OF_UNITS: [Key; 4] = [(9, "both"), (9, "angular"), (9, "evenness"), (10, "plain")];

/// Fails unless every study supports these readings.
fn assert_supported(counts: &BTreeMap<Key, Count>, keys: &[Key]) {
    let others: Vec<_> = keys.iter().filter(|key| counts[*key].supported < counts[*key].studies).collect();
    assert!(others.is_empty(), "not supported in every study: {others:?} {counts:#?}");
}

/// Fails unless every study contradicts these readings.
fn assert_contradicted(counts: &BTreeMap<Key, Count>, keys: &[Key]) {
    let others: Vec<_> = keys.iter().filter(|key| counts[*key].contradicted < counts[*key].studies).collect();
    assert!(others.is_empty(), "not contradicted in every study: {others:?} {counts:#?}");
}

/// Fails where more studies than three standard errors beyond the level support or contradict one of these readings.
fn assert_level(counts: &BTreeMap<Key, Count>, keys: &[Key]) {
    for key in keys {
        let count = counts[key];
        let expected = LEVEL * count.studies as f64;
        let most = expected + 3.0 * (expected * (1.0 - LEVEL)).sqrt();
        assert!(count.alone as f64 <= most && count.contradicted as f64 <= most, "{key:?} {count:?}");
    }
}

#[test]
fn shapes_that_are_planted_are_found_and_contradicted_where_roles_are_exchanged() {
    let pool = Pool::new(&Protocol::new(), &[(RELU, 42), (TANH, 42)], &OF_SHAPES, 1);
    let judged = |from: Networks| counted(2, |seed| pool.study(from, 10, seed));
    let as_claimed = judged([RELU, RELU, TANH]);
    assert_supported(&as_claimed, &[DIRECTED.as_slice(), &UNDIRECTED].concat());
    let exchanged = judged([TANH, TANH, RELU]);
    assert_contradicted(&exchanged, &DIRECTED);
    assert_supported(&exchanged, &UNDIRECTED);
}

#[test]
fn a_structure_alone_moves_the_readings_that_name_it_and_not_the_others() {
    let [asymmetric, at_once, sheet] = ALONE.map(|(_, shape)| Generator::Planted(shape));
    let pool =
        Pool::new(&Protocol::new(), &[(RELU, 50), (asymmetric, 22), (at_once, 22), (sheet, 22)], &[], 6);
    let keys = [(3, "about_moving_means"), (4, "evidence_share"), (12, "sheet_beyond_line")];
    for (tanh, own) in [(asymmetric, 0), (at_once, 1), (sheet, 2)] {
        let found = counted(3, |seed| pool.study([RELU, RELU, tanh], 10, seed));
        assert_supported(&found, &keys[own..=own]);
        let others: Vec<Key> = keys.into_iter().filter(|key| *key != keys[own]).collect();
        let n = others.iter().map(|key| found[key].supported).sum::<usize>();
        assert_eq!(n, 0, "{own} {found:#?}");
    }
}

#[test]
fn tuning_of_units_that_is_planted_is_found_and_contradicted_where_roles_are_exchanged() {
    let pool = Pool::new(&Protocol::new(), &[(CROSS, 44), (CLUSTER, 44)], &[], 2);
    let judged = |from: Networks| counted(3, |seed| pool.study(from, 10, seed));
    assert_supported(&judged([CROSS, CROSS, CLUSTER]), &OF_UNITS);
    assert_contradicted(&judged([CLUSTER, CLUSTER, CROSS]), &OF_UNITS);
}

#[test]
fn networks_of_one_shape_are_no_different_whatever_they_are_called() {
    let protocol = Protocol::new();
    // Lines are no sheets whatever they are called: that reading is of a level, too.
    let of_labels: Vec<Key> = DIRECTED.into_iter().filter(|key| *key != (12, "sheet_beyond_line")).collect();
    let labels = [of_labels.as_slice(), &[(1, "plain"), (7, "plain"), (8, "plain")]].concat();
    let pool = Pool::new(&protocol, &[(RELU, 50)], &OF_SHAPES, 3);
    assert_level(&counted(20, |seed| pool.study([RELU; 3], 5, seed)), &labels);
    let pool = Pool::new(&protocol, &[(CLUSTER, 50)], &[], 4);
    assert_level(&counted(20, |seed| pool.study([CLUSTER; 3], 5, seed)), &OF_UNITS);
}

#[test]
fn endpoints_that_are_far_from_rest_do_not_agree_with_it() {
    let pool = Pool::new(&Protocol::new(), &[(Generator::Slow, 30)], &[], 5);
    assert_contradicted(&counted(3, |seed| pool.study([Generator::Slow; 3], 5, seed)), &[(13, "offset")]);
}

#[test]
fn gating_that_is_planted_in_circuits_is_told_apart() {
    let protocol = Protocol::new();
    let judged =
        |from: Circuits, n_studies| counted(n_studies, |seed| of_circuits(&protocol, from, 10, seed));
    let beside = |gating| [(Gating::Inhibition, Curve::Relu), (Gating::Inhibition, Curve::Sigmoid), gating];
    for (gating, reading) in [
        (Gating::Apart, "literal"),
        (Gating::Up, "opposite_to_inhibition"),
        (Gating::Up, "driven_up"),
        (Gating::UpAndRelevantDown, "one_node"),
        (Gating::UpAndRelevantDown, "one_node_driven_up"),
        (Gating::MotionUpColourDown, "two_stimuli"),
    ] {
        let found = judged(beside((gating, Curve::Tanh)), 4);
        assert_supported(&found, &[(14, "plain"), (14, "each_node"), (15, reading)]);
    }
    for gating in [Gating::Inhibition, Gating::Silence] {
        let inhibited = judged(beside((gating, Curve::Tanh)), 4);
        let keys = ["literal", "opposite_to_inhibition", "driven_up", "one_node_driven_up", "two_stimuli"];
        assert_contradicted(&inhibited, &keys.map(|name| (15, name)));
    }
    // Beside circuits that let nothing through no gain is lower, and one of two nodes can be excited behind a mean.
    let silenced =
        [(Gating::Silence, Curve::Relu), (Gating::Silence, Curve::Sigmoid), (Gating::Up, Curve::Tanh)];
    assert_supported(&judged(silenced, 4), &[(14, "each_node"), (15, "driven_up")]);
    for gating in [Gating::Apart, Gating::MotionUpColourDown] {
        let others = [(gating, Curve::Relu), (gating, Curve::Sigmoid), (gating, Curve::Tanh)];
        assert_contradicted(&judged(others, 4), &[(14, "each_node")]);
    }
    let driven = [(Gating::Up, Curve::Relu), (Gating::Up, Curve::Sigmoid), (Gating::Up, Curve::Tanh)];
    assert_contradicted(&judged(driven, 4), &[(14, "plain"), (14, "each_node")]);
    let by_chance =
        [(Gating::Chance, Curve::Relu), (Gating::Chance, Curve::Sigmoid), (Gating::Chance, Curve::Tanh)];
    let keys = [(14, "plain"), (15, "literal"), (15, "one_node"), (15, "two_stimuli")];
    assert_level(&judged(by_chance, 40), &keys);
}

/// Prints a table of the recorded study.
#[allow(clippy::print_stdout, reason = "the study is what is printed")]
fn print(name: &str, columns: fn() -> Vec<Column>) {
    let begun = std::time::Instant::now();
    println!("\n{name}\n\n{}", table(&columns()));
    println!("\n{:.0} s", begun.elapsed().as_secs_f64());
}

macro_rules! recorded {
    ($($name:ident, $words:literal, $columns:path;)+) => {
        /// The recorded study, table by table.
        mod rates_of {
            use super::*;
            $(
                #[test]
                #[ignore = "a recorded study, to be read with --nocapture"]
                fn $name() {
                    print($words, $columns);
                }
            )+
        }
    };
}

recorded! {
    slow, "slow", rates::of_slow_networks;
    independent, "independent directions", rates::of_independent_directions;
    single, "single structures", rates::of_single_structures;
    units, "units", rates::of_units;
    shapes, "shapes", rates::of_shapes;
    tanh_circuits, "tanh circuits", rates::of_tanh_gating;
    other_circuits, "ReLU and sigmoid circuits", rates::of_other_gating;
}
