//! Claims 11 to 13: where networks come to rest.

use super::part::{Way, difference, level};
use super::solutions::{aspect, permutation_p};
use super::{AspectEvidence, Draft, Part, TaskEvidence};
use crate::analysis::distance::Aspect;
use crate::analysis::measures::Measure;
use crate::analysis::statistics::{Resampling, mantel};
use circuitscope_kernel::Curve::{self, Relu, Sigmoid, Tanh};
use ndarray::{Array2, Axis};

pub(super) fn contexts_apart(task: &TaskEvidence, resampling: Resampling) -> Draft {
    let mut parts = vec![alike(task, resampling)];
    if task.task == "cddm" {
        let part = |curve| level(task, Measure::ContextSeparation, curve, Way::Above, resampling);
        parts.extend([Relu, Sigmoid].map(part));
    }
    let statement = "ReLU and sigmoid fixed points are alike and separated by context";
    Draft { number: 11, statement, parts }
}

/// Mean distance of `ReLU` and sigmoid configurations less that of tanh and the others.
pub(crate) fn alike(task: &TaskEvidence, resampling: Resampling) -> Part {
    let words = "distance of fixed points, ReLU to sigmoid less tanh to the others".to_owned();
    let between = match aspect(task, Aspect::FixedPoints) {
        Ok(found) => &found.trained,
        Err(missing) => return Part::without(words, missing),
    };
    let curves: Vec<Curve> = between.networks.iter().map(|&network| task.networks[network].curve).collect();
    let gap = |curves: &[Curve]| -> Option<f64> {
        let mut sums = [(0.0, 0_usize); 2];
        for i in 0..curves.len() {
            for j in 0..i {
                let kind = match (curves[i], curves[j]) {
                    (Relu, Sigmoid) | (Sigmoid, Relu) => 0,
                    (Tanh, Relu | Sigmoid) | (Relu | Sigmoid, Tanh) => 1,
                    _ => continue,
                };
                sums[kind].0 += between.distances[[i, j]];
                sums[kind].1 += 1;
            }
        }
        let [near, far] = sums.map(|(sum, n)| sum / n as f64);
        (near - far).is_finite().then_some(near - far)
    };
    match gap(&curves) {
        None => Part::without(words, "fixed points of all three activations are needed"),
        Some(value) => Part {
            value: Some(value),
            // Below: how often dealt-out labels give a gap as low.
            p: Some(permutation_p(&curves, -value, resampling, |curves| gap(curves).map(|gap| -gap))),
            ..Part::new(words, Way::Below, 0.0)
        },
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
            parts.push(Part { p: None, ..beside });
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
                    Part { value: Some(found.r), p: Some(found.p), ..Part::new(words, Way::Above, 0.0) }
                }
            }
        }
    }];
    for curve in [Relu, Sigmoid, Tanh] {
        let own = level(task, Measure::EndpointGap, curve, Way::Aside, resampling);
        if own.missing.is_none() {
            // It is a distance: that it is above zero is no finding.
            parts.push(Part { p: None, effect: None, n_needed: None, ..own });
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
