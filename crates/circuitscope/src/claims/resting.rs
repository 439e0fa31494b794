//! Claims 11 to 13: where networks come to rest.

use super::compared::{Compared, smallest_group, trained};
use super::numbers::{before_training, difference, level, level_beside, trained_less_untrained};
use super::part::{Part, Way};
use super::{Between, TaskEvidence, Terms};
use crate::analysis::distance::Aspect;
use crate::analysis::measures::Measure;
use crate::analysis::statistics::{Design, Resampling, label_test, mantel, mantel_interval};
use circuitscope_kernel::Curve::{Relu, Sigmoid, Tanh};
use ndarray::{Array2, Axis};

pub(super) fn contexts_apart(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    let what = Aspect::FixedPoints.words();
    let mut parts = vec![match trained(task, Aspect::FixedPoints) {
        Ok(between) => alike(Compared::new(task, between, &what), terms.resampling),
        Err(missing) => Part::without(nearness(&what), missing),
    }];
    if task.has_contexts() {
        let part = |curve| level(task, Measure::ContextSeparation, curve, Way::Above, terms);
        parts.extend([Relu, Sigmoid].map(part));
    }
    parts
}

/// Nearness as before; contexts farther apart than in the same networks before training.
pub(super) fn contexts_beyond_controls(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    let mut parts = contexts_apart(task, terms);
    parts.truncate(1);
    if task.has_contexts() {
        let gain = |curve| trained_less_untrained(task, Measure::ContextSeparation, curve, Way::Above, terms);
        parts.extend([Relu, Sigmoid].map(gain));
    }
    parts
}

fn nearness(of: &str) -> String {
    format!("distance of {of}, ReLU to sigmoid less tanh to the others")
}

/// Distance of the centres of `ReLU` and sigmoid networks less the mean of those of tanh and either.
///
/// p says how often labels dealt out give a gap as low, which any difference between labels can; the interval, that it is this
/// one.
pub(crate) fn alike(compared: Compared<'_>, resampling: Resampling) -> Part {
    let words = nearness(compared.what);
    let gap = |labels: &[usize]| compared.grouped(labels)?.nearness_gap().ok();
    let labels = compared.activations();
    let Some((value, grouped)) = gap(&labels).zip(compared.grouped(&labels)) else {
        let missing = format!("{} of two networks of each activation are needed", compared.what);
        return Part::without(words, missing);
    };
    Part {
        value: Some(value),
        interval: grouped.nearness_gap_interval(resampling.bootstrap()),
        tails: Some(label_test(&labels, &compared.constraints(), value, resampling, gap)),
        n_group: smallest_group(&labels),
        ..Part::new(words, Way::Below, 0.0)
    }
}

pub(super) fn sheet_at_rest(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    let mut parts = less_suppressed(task, terms);
    parts.extend(pooled_plane(task, terms));
    parts
}

/// Irrelevant over relevant variance of fixed points; beside it what the rates themselves hold at the decision.
pub(super) fn less_suppressed(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    let mut parts = tanh_above(task, Measure::IrrelevantShare, terms).to_vec();
    let beside = |curve| difference(task, Measure::IrrelevantInformation, [Tanh, curve], Way::Aside, terms);
    parts.extend([Relu, Sigmoid].map(beside).into_iter().filter_map(Part::aside));
    parts
}

/// How far each context's stable points spread with irrelevant coherence, beside relevant.
pub(super) fn sheet_index(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    tanh_above(task, Measure::SheetIndex, terms).to_vec()
}

/// A sheet, and more of one than in the others: the index of tanh above the margin up to which fixed points lie on a line.
pub(super) fn sheet_beyond_a_line(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    let own = level_beside(task, Measure::SheetIndex, Tanh, Way::Above, terms.margins.sheet, terms);
    std::iter::once(own).chain(sheet_index(task, terms)).collect()
}

pub(super) fn pooled_plane(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    tanh_above(task, Measure::PlaneShare, terms).to_vec()
}

/// tanh networks above `ReLU` and above sigmoid networks.
fn tanh_above(task: &TaskEvidence, measure: Measure, terms: Terms) -> [Part; 2] {
    [Relu, Sigmoid].map(|curve| difference(task, measure, [Tanh, curve], Way::Above, terms))
}

pub(super) fn endpoints_at_rest(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    let Terms { resampling, .. } = terms;
    let words = || "Mantel correlation of the distances of endpoints and of fixed points".to_owned();
    let agreement = || {
        let (ends, rest) = of_both(trained(task, Aspect::Endpoints)?, trained(task, Aspect::FixedPoints)?);
        let found = mantel(ends.view(), rest.view(), resampling.n_permutations, resampling.seed)
            .ok_or("four networks with endpoints and fixed points are needed")?;
        Ok::<_, String>(Part {
            value: Some(found.r),
            interval: mantel_interval(ends.view(), rest.view(), resampling.bootstrap()),
            tails: Some(found.tails),
            least_p: Some(Design::Matrices.least_p(ends.nrows())),
            design: Some(Design::Matrices),
            n_group: Some(ends.nrows()), // its groups are all networks
            ..Part::new(words(), Way::Above, 0.0)
        })
    };
    let mut parts = vec![agreement().unwrap_or_else(|missing| Part::without(words(), missing))];
    let own = |curve| level(task, Measure::EndpointGap, curve, Way::Aside, terms);
    let beside = [Relu, Sigmoid, Tanh].map(own).into_iter().filter_map(Part::aside);
    // It is a distance: that it is above zero is no finding.
    parts.extend(beside.map(|part| Part { effect: None, effect_interval: None, ..part }));
    parts
}

/// Distance of endpoints to the stable point of the same input, in the space of all units: below a margin of their spread.
pub(super) fn endpoints_near(task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    let part =
        |curve| level_beside(task, Measure::EndpointOffset, curve, Way::Below, terms.margins.endpoint, terms);
    let mut parts = [Relu, Sigmoid, Tanh].map(part).to_vec();
    let untrained = |curve| before_training(task, Measure::EndpointOffset, curve, terms);
    parts.extend([Relu, Sigmoid, Tanh].into_iter().filter_map(untrained));
    parts
}

/// The two matrices on the networks that both have, in one order.
fn of_both(a: &Between, b: &Between) -> (Array2<f64>, Array2<f64>) {
    let shared: Vec<(usize, usize)> = a
        .networks
        .iter()
        .enumerate()
        .filter_map(|(i, network)| Some((i, b.networks.iter().position(|other| other == network)?)))
        .collect();
    let (rows_a, rows_b): (Vec<usize>, Vec<usize>) = shared.into_iter().unzip();
    let pick = |matrix: &Array2<f64>, rows: &[usize]| matrix.select(Axis(0), rows).select(Axis(1), rows);
    (pick(&a.distances, &rows_a), pick(&b.distances, &rows_b))
}
