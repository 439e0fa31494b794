//! One test of a claim.

use super::TaskEvidence;
use crate::analysis::measures::Measure;
use crate::analysis::statistics::{Design, Estimate, Resampling, contrast, location, networks_needed};
use circuitscope_kernel::Curve;

/// Which way a number must go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Above its reference.
    Above,
    /// Below its reference.
    Below,
    /// It is told beside the tests and decides nothing.
    Aside,
}

/// What of a number must lie on the claimed side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// The number.
    Value,
    /// The whole interval too, where there is one.
    Interval,
}

/// One number of a claim.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// What it is, in words.
    pub words: String,
    /// The number; none where it is missing.
    pub value: Option<f64>,
    /// What it must be above or below: 0 for differences, 1 for ratios.
    pub reference: f64,
    /// 95 % interval over networks, where it has one.
    pub interval: Option<[f64; 2]>,
    /// Permutation p, or of row 6 the p of [`amplification`](crate::analysis::statistics::amplification): twice the share of
    /// bootstrap draws on the rarer side of 1. Uncorrected. Of a number that stands aside it decides nothing either.
    pub p: Option<f64>,
    /// Which way it must go.
    pub way: Way,
    /// Size of the effect where the number is none itself: Hedges' g of means and differences, R² of PERMANOVA.
    pub effect: Option<f64>,
    /// Its 95 % interval over networks, where it has one.
    pub effect_interval: Option<[f64; 2]>,
    /// Networks per group (an activation; in row 1 a class, in rows 13 and 19 all) that are needed to find this effect in four
    /// studies of five, by the criterion of the claim; none where the number does not go the claimed way, and in row 1 where
    /// spreads differ.
    pub n_needed: Option<usize>,
    /// What must lie on that side.
    pub asked: Asked,
    /// The smallest p that so many networks could give; none where it is as small as the number of permutations allows.
    pub least_p: Option<f64>,
    /// What is permuted.
    pub design: Option<Design>,
    /// Networks of the smallest group, where how many are needed follows from the interval.
    pub n_group: Option<usize>,
    /// What the study lacks for it.
    pub missing: Option<String>,
}

impl Part {
    pub(super) fn new(words: String, way: Way, reference: f64) -> Self {
        Self {
            words,
            value: None,
            reference,
            interval: None,
            p: None,
            way,
            effect: None,
            effect_interval: None,
            n_needed: None,
            asked: Asked::Value,
            least_p: None,
            design: None,
            n_group: None,
            missing: None,
        }
    }

    /// A part for which the study lacks something.
    pub(super) fn without(words: String, missing: impl Into<String>) -> Self {
        Self { missing: Some(missing.into()), ..Self::new(words, Way::Above, 0.0) }
    }

    fn estimated(self, found: Estimate) -> Self {
        Self {
            value: Some(found.value),
            interval: Some(found.interval),
            p: Some(found.tails.two_sided()),
            effect: Some(found.effect),
            effect_interval: Some(found.effect_interval),
            asked: Asked::Interval,
            least_p: Some(2.0 * found.least_p), // of either side
            design: Some(found.design),
            ..self
        }
    }

    /// The number beside those that decide; none where it is missing.
    pub(super) fn aside(self) -> Option<Self> {
        self.missing.is_none().then_some(Self { p: None, way: Way::Aside, least_p: None, ..self })
    }

    /// Says how many networks the effect needs at a level.
    pub(super) fn set_needed(&mut self, level: f64) {
        let by_effect =
            self.design.zip(self.effect).map(|(design, effect)| design.networks_needed(effect, level));
        self.n_needed = match by_effect {
            _ if self.way == Way::Aside || !self.points_as_claimed() => None,
            Some(needed) => needed,
            None => self.needed_by_interval(level),
        };
    }

    /// As many as narrow the interval, by the root of their number, until it leaves the reference out in four studies of five.
    fn needed_by_interval(&self, level: f64) -> Option<usize> {
        let (value, [low, high]) = self.value.zip(self.interval)?;
        let towards_reference = if value > self.reference { value - low } else { high - value };
        let needed = networks_needed(self.n_group?, value - self.reference, towards_reference, level)?;
        Some(needed.max(self.design.map_or(0, |design| design.fewest(level))))
    }

    /// The p that counts for the claim.
    pub(super) fn deciding_p(&self) -> Option<f64> {
        self.p.filter(|_| self.way != Way::Aside)
    }

    /// Whether value, and interval if that is asked, lie on the side that the claim says; the p is the claim's to judge.
    pub fn is_met(&self) -> bool {
        let mut ends = self.interval.iter().flatten().filter(|_| self.asked == Asked::Interval);
        self.points_as_claimed() && ends.all(|&end| self.is_beyond(end))
    }

    /// Whether the value lies on the side that the claim says.
    pub fn points_as_claimed(&self) -> bool {
        self.way == Way::Aside || self.value.is_some_and(|value| self.is_beyond(value))
    }

    fn is_beyond(&self, number: f64) -> bool {
        match self.way {
            Way::Above => number > self.reference,
            Way::Below => number < self.reference,
            Way::Aside => true,
        }
    }
}

/// Name of an activation.
pub(super) fn name(curve: Curve) -> &'static str {
    match curve {
        Curve::Relu => "ReLU",
        Curve::Sigmoid => "sigmoid",
        Curve::Tanh => "tanh",
    }
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

/// A measure of one activation less that of another.
pub(super) fn difference(
    task: &TaskEvidence,
    measure: Measure,
    [a, b]: [Curve; 2],
    way: Way,
    resampling: Resampling,
) -> Part {
    let words = format!("{}, {} less {}", measure.words(), name(a), name(b));
    let [of_a, of_b] = [a, b].map(|curve| values(task, measure, curve));
    let (curve, n) = if of_a.len() < 3 { (a, of_a.len()) } else { (b, of_b.len()) };
    tested(words, way, contrast(&of_a, &of_b, resampling), || too_few(task, measure, curve, n))
}

/// A measure of one activation against zero.
pub(super) fn level(
    task: &TaskEvidence,
    measure: Measure,
    curve: Curve,
    way: Way,
    resampling: Resampling,
) -> Part {
    let words = format!("{}, {}", measure.words(), name(curve));
    let of_curve = values(task, measure, curve);
    tested(words, way, location(&of_curve, resampling), || too_few(task, measure, curve, of_curve.len()))
}

/// A measure of all networks against zero.
pub(super) fn level_of_all(task: &TaskEvidence, measure: Measure, way: Way, resampling: Resampling) -> Part {
    let words = measure.words().to_owned();
    let all: Vec<f64> = [Curve::Relu, Curve::Sigmoid, Curve::Tanh]
        .iter()
        .flat_map(|&curve| values(task, measure, curve))
        .collect();
    tested(words, way, location(&all, resampling), || {
        format!("{} networks have it, three are needed ({})", all.len(), measure.name())
    })
}
