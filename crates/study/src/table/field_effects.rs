//! What the fields of the grid do.

use super::field::Name;
use super::row::table;
use crate::stage::Judged;
use circuitscope::claims::{Affected, EffectTest, FieldEffect};

/// What kind of thing is affected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AffectedKind {
    /// Distances of an aspect.
    Aspect,
    /// A number of single networks.
    Measure,
}

table! {
    /// One row per field of the grid, aspect or measure, and test: what the field does to trained networks, other fields held.
    "field_effects" => pub(crate) struct EffectOfField {
        /// Task.
        task: Name,
        /// Field of the grid.
        field: Name,
        /// Fields within whose combinations networks are compared and labels permuted, with commas; empty where no other varies.
        within: Name,
        /// Whether it is on distances of an `aspect` or on a `measure` of single networks.
        kind: AffectedKind,
        /// The aspect, or the measure (`r2`: the score on the analysis trials).
        name: Name,
        /// Whether the `values` of the field differ in any way (PERMANOVA within combinations; of a measure, analysis of variance), or a measure rises or falls with it: a `trend` (Spearman's correlation within combinations, two-sided).
        test: EffectTest,
        /// Networks that have it.
        n_networks: usize,
        /// Pseudo-F of the values, or Spearman's correlation; missing where it is not defined.
        value: Option<f64>,
        /// Lower end of its 95 % interval over networks.
        low: Option<f64>,
        /// Upper end of the interval.
        high: Option<f64>,
        /// Share of the variance within combinations that lies between values of the field; missing of a trend.
        r2: Option<f64>,
        /// Permutation p.
        p: Option<f64>,
        /// The same after Holm's correction over all tests of the field on the task.
        p_holm: Option<f64>,
        /// Combinations of the other fields that the test left out: without two values of the field, or of too few networks.
        left_out: usize,
    }
}

impl EffectOfField {
    pub(crate) fn of(judged: &Judged) -> Vec<Self> {
        let row = |effect: &FieldEffect| Self {
            task: effect.task.as_str().into(),
            field: effect.field.as_str().into(),
            within: effect.within.join(", ").into(),
            kind: match effect.on {
                Affected::Aspect(_) => AffectedKind::Aspect,
                Affected::Number(_) => AffectedKind::Measure,
            },
            name: effect.on.name().into(),
            test: effect.test,
            n_networks: effect.n_networks,
            value: effect.value,
            // Resamples of values without any spread have an infinite pseudo-F.
            low: effect.interval.map(|[low, _]| low),
            high: effect.interval.map(|[_, high]| high),
            r2: effect.r2,
            p: effect.p,
            p_holm: effect.p_holm,
            left_out: effect.n_left_out,
        };
        judged.effects.iter().map(row).collect()
    }
}
