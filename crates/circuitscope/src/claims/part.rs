//! One test of a claim.

use super::{LEVEL, Verdict};
use crate::analysis::statistics::{Design, Estimate, Sought, Tails, networks_needed};

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

    pub(super) fn estimated(self, found: Estimate) -> Self {
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

    /// Says how many networks the effect needs at a level, or the smallest one of interest where the study states it.
    pub(super) fn set_needed(&mut self, level: f64, smallest_effect: Option<f64>) {
        let smallest = smallest_effect.filter(|_| self.is_standardised());
        let by_effect = self
            .design
            .zip(smallest.or(self.effect))
            .map(|(design, effect)| design.networks_needed(effect, level));
        self.n_needed = match by_effect {
            _ if !matches!(self.way, Way::Above | Way::Below) || !self.points_as_claimed() => None,
            Some(needed) => needed,
            None => self.needed_by_interval(level),
        };
    }

    /// What it is to find, for the power of the reading that it is part of; none where it does not go the claimed way.
    pub(super) fn sought(&self, smallest_effect: Option<f64>) -> Option<Sought> {
        if !matches!(self.way, Way::Above | Way::Below) || !self.points_as_claimed() {
            return None;
        }
        let smallest = smallest_effect.filter(|_| self.is_standardised());
        let has_power = !matches!(self.design, Some(Design::Neighbours { .. } | Design::Matrices));
        if let Some((design, effect)) = self.design.zip(smallest.or(self.effect)).filter(|_| has_power) {
            return Some(Sought::Effect { design, effect: effect.abs() });
        }
        let (value, [low, high]) = self.value.zip(self.interval)?;
        let half_width = if value > self.reference { value - low } else { high - value };
        Some(Sought::Interval { n: self.n_group?, beyond: (value - self.reference).abs(), half_width })
    }

    /// Whether its effect is a number of standard deviations.
    fn is_standardised(&self) -> bool {
        matches!(self.design, Some(Design::OneGroup | Design::TwoGroups))
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
        let of_effect = self.effect_interval.filter(|_| self.is_standardised()).zip(smallest_effect);
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
