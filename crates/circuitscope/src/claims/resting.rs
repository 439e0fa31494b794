//! Claims 11 to 13: where networks come to rest.

use super::part::{Asked, Way, difference, level};
use super::solutions::{activations, aspect, bootstrap_of, permutation_p, smallest_group};
use super::{AspectEvidence, Draft, Part, TaskEvidence};
use crate::analysis::distance::Aspect;
use crate::analysis::measures::Measure;
use crate::analysis::statistics::{Design, Grouped, Resampling, mantel, mantel_interval};
use circuitscope_kernel::Curve::{Relu, Sigmoid, Tanh};
use ndarray::{Array2, Axis};

pub(super) fn contexts_apart(task: &TaskEvidence, resampling: Resampling) -> Draft {
    let mut parts = vec![alike(task, resampling)];
    let mut statement = "ReLU and sigmoid fixed points are alike";
    if task.task == "cddm" {
        statement = "ReLU and sigmoid fixed points are alike and separated by context";
        let part = |curve| level(task, Measure::ContextSeparation, curve, Way::Above, resampling);
        parts.extend([Relu, Sigmoid].map(part));
    }
    Draft { number: 11, statement, parts }
}

/// Distance of the centres of `ReLU` and sigmoid configurations less the mean of those of tanh and either.
///
/// p says how often labels dealt out give a gap as low, which any difference between labels can; the interval, that it is this
/// one.
pub(crate) fn alike(task: &TaskEvidence, resampling: Resampling) -> Part {
    let words = "distance of fixed points, ReLU to sigmoid less tanh to the others".to_owned();
    let between = match aspect(task, Aspect::FixedPoints) {
        Ok(found) => &found.trained,
        Err(missing) => return Part::without(words, missing),
    };
    let grouped = |labels: &[usize]| Grouped::new(between.distances.view(), labels).ok();
    let gap = |labels: &[usize]| grouped(labels)?.nearness_gap().ok();
    let labels = activations(task, between);
    let Some((value, grouped)) = gap(&labels).zip(grouped(&labels)) else {
        return Part::without(words, "fixed points of two networks of each activation are needed");
    };
    Part {
        value: Some(value),
        interval: grouped.nearness_gap_interval(bootstrap_of(resampling)),
        p: Some(permutation_p(&labels, -value, resampling, |labels| gap(labels).map(|gap| -gap))),
        asked: Asked::Interval,
        n_group: smallest_group(&labels),
        ..Part::new(words, Way::Below, 0.0)
    }
}

pub(super) fn sheet_at_rest(task: &TaskEvidence, resampling: Resampling) -> Draft {
    let part = |measure| {
        [Relu, Sigmoid].map(|curve| difference(task, measure, [Tanh, curve], Way::Above, resampling))
    };
    let mut parts = part(Measure::IrrelevantShare).to_vec();
    parts.extend(part(Measure::PlaneShare));
    // What the rates themselves hold at the decision is told beside it.
    for curve in [Relu, Sigmoid] {
        let beside = difference(task, Measure::IrrelevantInformation, [Tanh, curve], Way::Aside, resampling);
        if beside.missing.is_none() {
            parts.push(beside.aside());
        }
    }
    let statement = "tanh fixed points lie on a sheet, with irrelevant information less suppressed";
    Draft { number: 12, statement, parts }
}

pub(super) fn endpoints_at_rest(task: &TaskEvidence, resampling: Resampling) -> Draft {
    let words = "Mantel correlation of the distances of endpoints and of fixed points".to_owned();
    let found =
        aspect(task, Aspect::Endpoints).and_then(|ends| Ok((ends, aspect(task, Aspect::FixedPoints)?)));
    let mut parts = vec![match found {
        Err(missing) => Part::without(words, missing),
        Ok((ends, rest)) => {
            let (ends, rest) = of_both(ends, rest);
            match mantel(ends.view(), rest.view(), resampling.n_permutations, resampling.seed) {
                None => Part::without(words, "four networks with endpoints and fixed points are needed"),
                Some(found) => {
                    let bootstrap = bootstrap_of(resampling);
                    let interval = mantel_interval(ends.view(), rest.view(), bootstrap);
                    Part {
                        value: Some(found.r),
                        interval,
                        p: Some(found.p),
                        least_p: Some(Design::Matrices.least_p(ends.nrows())),
                        design: Some(Design::Matrices),
                        n_group: Some(ends.nrows()), // its groups are all networks
                        ..Part::new(words, Way::Above, 0.0)
                    }
                }
            }
        }
    }];
    for curve in [Relu, Sigmoid, Tanh] {
        let own = level(task, Measure::EndpointGap, curve, Way::Aside, resampling);
        if own.missing.is_none() {
            // It is a distance: that it is above zero is no finding.
            parts.push(Part { effect: None, effect_interval: None, ..own.aside() });
        }
    }
    Draft { number: 13, statement: "Endpoints agree with fixed points", parts }
}

/// The two matrices on the networks that both have, in one order.
fn of_both(a: &AspectEvidence, b: &AspectEvidence) -> (Array2<f64>, Array2<f64>) {
    let shared: Vec<(usize, usize)> = a
        .trained
        .networks
        .iter()
        .enumerate()
        .filter_map(|(i, network)| Some((i, b.trained.networks.iter().position(|other| other == network)?)))
        .collect();
    let (rows_a, rows_b): (Vec<usize>, Vec<usize>) = shared.into_iter().unzip();
    let pick = |matrix: &Array2<f64>, rows: &[usize]| matrix.select(Axis(0), rows).select(Axis(1), rows);
    (pick(&a.trained.distances, &rows_a), pick(&b.trained.distances, &rows_b))
}
