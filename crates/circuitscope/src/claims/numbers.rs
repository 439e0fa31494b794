//! Parts that are numbers of single networks: means of one activation, and differences between two.

use super::part::{Part, Way};
use super::{NetworkEvidence, TaskEvidence, Terms};
use crate::analysis::measures::Measure;
use crate::analysis::statistics::{Cells, Estimate, location, stratified_contrast, stratum_difference};
use crate::architecture::Constraint;
use circuitscope_kernel::{Curve, Family};

/// Name of an activation.
pub(super) fn name(curve: Curve) -> &'static str {
    curve.family().words()
}

/// A measure of the networks of an activation.
fn values(task: &TaskEvidence, measure: Measure, curve: Curve) -> Vec<f64> {
    let of_curve = task.networks.iter().filter(|network| network.curve == curve);
    of_curve.filter_map(|network| network.measures.get(&measure).copied()).collect()
}

/// What is said where three networks are not to be had.
fn too_few(task: &TaskEvidence, measure: Measure, curve: Curve, n: usize) -> String {
    let n_networks = task.networks.iter().filter(|network| network.curve == curve).count();
    if n == 0 && n_networks > 0 {
        format!("no {} network of this study has it", name(curve))
    } else {
        format!("{} has it for {n} networks, three are needed ({})", name(curve), measure.name())
    }
}

/// An estimate against zero, or what is missing for it.
fn tested(words: String, way: Way, found: Option<Estimate>, missing: impl FnOnce() -> String) -> Part {
    match found {
        Some(found) => Part::new(words, way, 0.0).estimated(found),
        None => Part::without(words, missing()),
    }
}

/// A measure of one activation less that of another, within constraints: what Dale's law does to a measure is no difference
/// between activations.
pub(super) fn difference(
    task: &TaskEvidence,
    measure: Measure,
    [a, b]: [Curve; 2],
    way: Way,
    Terms { resampling, .. }: Terms,
) -> Part {
    let words = format!("{}, {} less {}", measure.words(), name(a), name(b));
    let cells = by_constraint(task, measure, [a, b]);
    let strata = cells.each_ref().map(|[a, b]| Cells { a, b });
    let found = stratified_contrast(&strata, resampling).map(|found| found.estimate);
    let n_of = |curve| values(task, measure, curve).len();
    let (curve, n) = if n_of(a) < n_of(b) { (a, n_of(a)) } else { (b, n_of(b)) };
    tested(words, way, found, || {
        if n < 3 {
            too_few(task, measure, curve, n)
        } else {
            "two networks of both activations under one constraint, and three in all, are needed".to_owned()
        }
    })
}

/// A measure of two activations under Dale's law and without it.
fn by_constraint(task: &TaskEvidence, measure: Measure, curves: [Curve; 2]) -> [[Vec<f64>; 2]; 2] {
    [Constraint::Dale, Constraint::Free].map(|constraint| {
        curves.map(|curve| {
            let own = task.networks.iter().filter(|network| network.constraint == constraint);
            let own = own.filter(|network| network.curve == curve);
            own.filter_map(|network| network.measures.get(&measure).copied()).collect()
        })
    })
}

/// A measure of one activation less that of another, under Dale's law less without it, claimed to lie inside a margin around
/// no interaction.
pub(super) fn interaction(
    task: &TaskEvidence,
    measure: Measure,
    [a, b]: [Curve; 2],
    margin: f64,
    terms: Terms,
) -> Part {
    let words =
        format!("{}, {} less {}, under Dale's law less without it", measure.words(), name(a), name(b));
    let cells = by_constraint(task, measure, [a, b]);
    let cells = cells.each_ref().map(|[a, b]| Cells { a, b });
    let n_group = cells.iter().flat_map(|cells| [cells.a.len(), cells.b.len()]).min();
    match stratum_difference(cells, terms.resampling) {
        Some((value, interval)) => Part {
            value: Some(value),
            interval: Some(interval),
            n_group,
            ..Part::new(words, Way::Above, 0.0).within(margin)
        },
        None => Part::without(words, "two networks of both activations under both constraints are needed"),
    }
}

/// The same among the networks of one constraint.
pub(super) fn difference_within(
    task: &TaskEvidence,
    measure: Measure,
    [a, b]: [Curve; 2],
    constraint: Constraint,
    way: Way,
    terms: Terms,
) -> Part {
    let networks = task.networks.iter().filter(|network| network.constraint == constraint).cloned().collect();
    let only =
        TaskEvidence { networks, scores: Vec::new(), aspects: Vec::new(), task: task.task.clone(), ..*task };
    let part = difference(&only, measure, [a, b], way, terms);
    let within = match constraint {
        Constraint::Dale => "under Dale's law",
        Constraint::Free => "without it",
    };
    Part { words: format!("{}, {within}", part.words), ..part }
}

/// A measure of one activation against zero.
pub(super) fn level(task: &TaskEvidence, measure: Measure, curve: Curve, way: Way, terms: Terms) -> Part {
    level_beside(task, measure, curve, way, 0.0, terms)
}

/// A measure of one activation against a reference.
pub(super) fn level_beside(
    task: &TaskEvidence,
    measure: Measure,
    curve: Curve,
    way: Way,
    reference: f64,
    terms: Terms,
) -> Part {
    let words = format!("{}, {}", measure.words(), name(curve));
    let of_curve = values(task, measure, curve);
    let beyond: Vec<f64> = of_curve.iter().map(|value| value - reference).collect();
    let part = tested(words, way, location(&beyond, terms.resampling), || {
        too_few(task, measure, curve, of_curve.len())
    });
    Part {
        value: part.value.map(|value| value + reference),
        interval: part.interval.map(|ends| ends.map(|end| end + reference)),
        reference,
        ..part
    }
}

/// A measure of the trained networks of an activation less that of the same networks before training.
pub(super) fn trained_less_untrained(
    task: &TaskEvidence,
    measure: Measure,
    curve: Curve,
    way: Way,
    terms: Terms,
) -> Part {
    let words = format!("{}, {}, trained less untrained", measure.words(), name(curve));
    let of_curve = task.networks.iter().filter(|network| network.curve == curve);
    let gains: Vec<f64> = of_curve
        .filter_map(|network| Some(network.measures.get(&measure)? - network.untrained.get(&measure)?))
        .collect();
    tested(words, way, location(&gains, terms.resampling), || {
        format!("{} networks have it before and after training, three are needed", gains.len())
    })
}

/// A measure of the untrained networks of an activation, told beside the tests.
pub(super) fn before_training(
    task: &TaskEvidence,
    measure: Measure,
    curve: Curve,
    terms: Terms,
) -> Option<Part> {
    let words = format!("{}, {}, untrained", measure.words(), name(curve));
    let of_curve = task.networks.iter().filter(|network| network.curve == curve);
    let values: Vec<f64> = of_curve.filter_map(|network| network.untrained.get(&measure).copied()).collect();
    let part = tested(words, Way::Aside, location(&values, terms.resampling), String::new).aside()?;
    // That a share or a distance is above zero is no finding.
    Some(Part { effect: None, effect_interval: None, tails: None, ..part })
}

/// A measure of all networks against zero.
pub(super) fn level_of_all(task: &TaskEvidence, measure: Measure, way: Way, terms: Terms) -> Part {
    let words = measure.words().to_owned();
    let of_family = |family: Family| task.networks.iter().filter(move |one| one.curve.family() == family);
    let networks = Family::ALL.into_iter().flat_map(of_family);
    let all: Vec<f64> = networks.filter_map(|network| network.measures.get(&measure).copied()).collect();
    tested(words, way, location(&all, terms.resampling), || {
        format!("{} networks have it, three are needed ({})", all.len(), measure.name())
    })
}

/// A number of each network, of any activation, above zero.
pub(super) fn of_all(
    task: &TaskEvidence,
    words: String,
    terms: Terms,
    number: impl Fn(&NetworkEvidence) -> Option<f64>,
) -> Part {
    let all: Vec<f64> = task.networks.iter().filter_map(number).collect();
    tested(words, Way::Above, location(&all, terms.resampling), || {
        format!("{} networks have it, three are needed", all.len())
    })
}
