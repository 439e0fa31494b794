//! One test of a claim.

use super::{LEVEL, NetworkEvidence, TaskEvidence, Terms, Verdict};
use crate::analysis::measures::Measure;
use crate::analysis::statistics::{Design, Estimate, Tails, contrast, location, networks_needed};
use crate::architecture::Constraint;
use circuitscope_kernel::Curve;

/// Which way a number must go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Above its reference.
    Above,
    /// Below its reference.
    Below,
    /// Inside its margin around the reference.
    Within,
    /// It is told beside the tests and decides nothing.
    Aside,
}

/// One number of a claim.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// What it is, in words.
    pub words: String,
    /// The number; none where it is missing.
    pub value: Option<f64>,
    /// What it must be above, below or near: 0 for differences, 1 for ratios.
    pub reference: f64,
    /// Distance from the reference that does not matter, stated beforehand; 0 where none was.
    pub margin: f64,
    /// 95 % interval over networks, where it has one.
    pub interval: Option<[f64; 2]>,
    /// Uncorrected p of a number as far above the reference, and of one as far below it.
    pub tails: Option<Tails>,
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
    /// The smallest one-sided p that so many networks could give; none where it is as small as the number of permutations
    /// allows.
    pub least_p: Option<f64>,
    /// What is permuted.
    pub design: Option<Design>,
    /// Networks of the smallest group, where how many are needed follows from the interval.
    pub n_group: Option<usize>,
    /// What the study lacks for it.
    pub missing: Option<String>,
    /// What is concluded from it alone, in the family of the study's claims.
    pub verdict: Verdict,
}

impl Part {
    pub(super) fn new(words: String, way: Way, reference: f64) -> Self {
        Self {
            words,
            value: None,
            reference,
            margin: 0.0,
            interval: None,
            tails: None,
            way,
            effect: None,
            effect_interval: None,
            n_needed: None,
            least_p: None,
            design: None,
            n_group: None,
            missing: None,
            verdict: Verdict::NotDecidable,
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
            tails: Some(found.tails),
            effect: Some(found.effect),
            effect_interval: Some(found.effect_interval),
            least_p: Some(found.least_p),
            design: Some(found.design),
            ..self
        }
    }

    /// The number beside those that decide; none where it is missing.
    pub(super) fn aside(self) -> Option<Self> {
        self.missing.is_none().then_some(Self { way: Way::Aside, least_p: None, ..self })
    }

    /// The same number, claimed to lie inside a margin around its reference.
    pub(super) fn within(self, margin: f64) -> Self {
        Self { way: Way::Within, margin, ..self }
    }

    /// Says how many networks the effect needs at a level.
    pub(super) fn set_needed(&mut self, level: f64) {
        let by_effect =
            self.design.zip(self.effect).map(|(design, effect)| design.networks_needed(effect, level));
        self.n_needed = match by_effect {
            _ if !matches!(self.way, Way::Above | Way::Below) || !self.points_as_claimed() => None,
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

    /// Whether it is one of those that decide.
    pub fn decides(&self) -> bool {
        self.way != Way::Aside
    }

    /// One-sided p of the side on which the number lies.
    ///
    /// Never that of the other side, which is near 1 where the number is clearest.
    pub fn p(&self) -> Option<f64> {
        let tails = self.tails?;
        Some(if self.value? < self.reference { tails.below } else { tails.above })
    }

    /// One-sided p of the claimed side, uncorrected; none where that is inside a margin.
    pub fn p_for(&self) -> Option<f64> {
        let tails = self.tails?;
        match self.way {
            Way::Above => Some(tails.above),
            Way::Below => Some(tails.below),
            Way::Within | Way::Aside => None,
        }
    }

    /// One-sided p of the other side.
    pub(super) fn p_against(&self) -> Option<f64> {
        let tails = self.tails?;
        match self.way {
            Way::Above => Some(tails.below),
            Way::Below => Some(tails.above),
            Way::Within | Way::Aside => None,
        }
    }

    /// Whether value and interval lie on the side, or inside the margin, that the claim says; the p is the claim's to judge.
    pub fn is_met(&self) -> bool {
        self.missing.is_none()
            && self.points_as_claimed()
            && self.interval.iter().flatten().all(|&end| self.is_as_claimed(end))
            && (self.way != Way::Within || self.interval.is_some()) // nothing is equivalent that is not known well
    }

    /// Whether the value lies where the claim says.
    pub fn points_as_claimed(&self) -> bool {
        self.way == Way::Aside || self.value.is_some_and(|value| self.is_as_claimed(value))
    }

    fn is_as_claimed(&self, number: f64) -> bool {
        match self.way {
            Way::Above => number > self.reference,
            Way::Below => number < self.reference,
            Way::Within => (number - self.reference).abs() <= self.margin,
            Way::Aside => true,
        }
    }

    /// Whether the whole interval lies on the side, or outside the margin, that the claim denies.
    fn is_contrary(&self) -> bool {
        let Some([low, high]) = self.interval else { return false };
        match self.way {
            Way::Above => high < self.reference,
            Way::Below => low > self.reference,
            Way::Within => low > self.reference + self.margin || high < self.reference - self.margin,
            Way::Aside => false,
        }
    }

    /// Whether the whole interval lies inside the margin, or the whole interval of the effect inside the smallest of interest.
    fn is_within_margin(&self, smallest_effect: Option<f64>) -> bool {
        let inside = |[low, high]: [f64; 2], margin: f64| low >= -margin && high <= margin;
        let of_value = self.interval.map(|ends| ends.map(|end| end - self.reference));
        let by_value = self.margin > 0.0 && of_value.is_some_and(|ends| inside(ends, self.margin));
        let is_standardised = matches!(self.design, Some(Design::OneGroup | Design::TwoGroups));
        let of_effect = self.effect_interval.filter(|_| is_standardised).zip(smallest_effect);
        by_value || of_effect.is_some_and(|(ends, smallest)| inside(ends, smallest))
    }

    /// Whether it holds as claimed: beyond its reference, or inside its margin where that is claimed.
    pub(super) fn is_upheld(&self) -> bool {
        match self.way {
            Way::Within => self.verdict == Verdict::Equivalent,
            _ => self.verdict == Verdict::Supported,
        }
    }

    /// Concludes from the number alone.
    ///
    /// - `p_for`: of the claimed side after correction; none without one. `n_parts`: numbers that decide the same reading.
    pub(super) fn conclude(&mut self, p_for: Option<f64>, n_parts: usize, smallest_effect: Option<f64>) {
        let p_against = self.p_against().map(|p| p * n_parts as f64);
        let is_rare = |p: Option<f64>| p.is_none_or(|p| p < LEVEL);
        self.verdict = if self.missing.is_some() {
            Verdict::NotDecidable
        } else if self.way == Way::Within && self.is_met() {
            Verdict::Equivalent
        } else if self.is_met() && is_rare(p_for) {
            Verdict::Supported
        } else if self.is_contrary() && is_rare(p_against) {
            Verdict::Contradicted
        } else if self.is_within_margin(smallest_effect) {
            Verdict::Equivalent
        } else {
            Verdict::Inconclusive
        };
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
    Terms { resampling, .. }: Terms,
) -> Part {
    let words = format!("{}, {} less {}", measure.words(), name(a), name(b));
    let [of_a, of_b] = [a, b].map(|curve| values(task, measure, curve));
    let (curve, n) = if of_a.len() < 3 { (a, of_a.len()) } else { (b, of_b.len()) };
    tested(words, way, contrast(&of_a, &of_b, resampling), || too_few(task, measure, curve, n))
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
    let all: Vec<f64> = [Curve::Relu, Curve::Sigmoid, Curve::Tanh]
        .iter()
        .flat_map(|&curve| values(task, measure, curve))
        .collect();
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
