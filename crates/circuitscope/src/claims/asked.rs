//! The numbers that answer a question of a study file.

use std::collections::BTreeMap;

use super::compared::trained;
use super::part::{Part, Way};
use super::question::{Aim, Asked, Group, Number, Ordered, Quantity, Question, State};
use super::{NetworkEvidence, TaskEvidence, Terms};
use crate::analysis::distance::Aspect;
use crate::analysis::statistics::{
    Cells, Design, Grouped, Nested, Standing, Tails, TrendForm, location, stratified_contrast, trend,
};

/// One number that decides, and what stands beside it.
pub(super) fn parts(question: &Question, task: &TaskEvidence, terms: Terms) -> Vec<Part> {
    match &question.asked {
        Asked::Difference { number, groups } => vec![difference(question, *number, groups, task, terms)],
        Asked::Level { number, group, reference } => {
            vec![level(question.aim, *number, group, *reference, task, terms)]
        }
        Asked::Trend { number, over, form } => vec![rising(question, *number, over, *form, task, terms)],
        Asked::Apart { aspect, what, groups } => apart(question, *aspect, what, groups, task, terms),
    }
}

impl Aim {
    /// A part that must be so beside a reference.
    fn part(self, words: String, reference: f64) -> Part {
        match self {
            Self::Above => Part::new(words, Way::Above, reference),
            Self::Below => Part::new(words, Way::Below, reference),
            Self::Within(margin) => Part::new(words, Way::Above, reference).within(margin),
        }
    }
}

impl Number {
    /// Its value for a network; none where it is missing.
    pub(super) fn of(self, network: &NetworkEvidence) -> Option<f64> {
        let value = match (self.quantity, self.state) {
            (Quantity::R2, State::Trained) => network.r2,
            // R² is of trained networks.
            (Quantity::R2, State::Untrained | State::Change) => None,
            (Quantity::Measure(measure), State::Trained) => network.measures.get(&measure).copied(),
            (Quantity::Measure(measure), State::Untrained) => network.untrained.get(&measure).copied(),
            (Quantity::Measure(measure), State::Change) => {
                let before = network.untrained.get(&measure).copied();
                network.measures.get(&measure).copied().zip(before).map(|(after, before)| after - before)
            }
        };
        value.filter(|value| value.is_finite())
    }
}

impl Group {
    fn has(&self, network: &NetworkEvidence) -> bool {
        self.classes.contains(&network.class)
    }

    /// A number of its networks.
    fn values(&self, number: Number, task: &TaskEvidence) -> Vec<f64> {
        let own = task.networks.iter().filter(|network| self.has(network));
        own.filter_map(|network| number.of(network)).collect()
    }
}

/// What is said of strata that a test had to leave out.
fn left_out(n: usize, why: &str) -> String {
    match n {
        0 => String::new(),
        1 => format!(" (1 combination left out: {why})"),
        n => format!(" ({n} combinations left out: {why})"),
    }
}

fn difference(
    question: &Question,
    number: Number,
    groups: &[Group; 2],
    task: &TaskEvidence,
    terms: Terms,
) -> Part {
    let [a, b] = groups;
    let mut cells: BTreeMap<usize, [Vec<f64>; 2]> = BTreeMap::new();
    for network in &task.networks {
        let Some(value) = number.of(network) else { continue };
        let Some(side) = [a, b].iter().position(|group| group.has(network)) else { continue };
        cells.entry(question.within.of(&network.class)).or_default()[side].push(value);
    }
    let strata: Vec<Cells<'_>> = cells.values().map(|[a, b]| Cells { a, b }).collect();
    let words = format!("{}, {} less {}{}", number.words(), a.words, b.words, question.within.words());
    let Some(found) = stratified_contrast(&strata, terms.resampling) else {
        let [n_a, n_b] = [a, b].map(|group| group.values(number, task).len());
        let missing = format!(
            "two networks of both groups in one combination, and three of each in all, are needed; {} has it for {n_a} networks, \
             {} for {n_b}",
            a.words, b.words
        );
        return Part::without(words, missing);
    };
    let why = left_out(found.left_out.len(), "without two networks of both groups");
    question.aim.part(format!("{words}{why}"), 0.0).estimated(found.estimate)
}

fn level(aim: Aim, number: Number, group: &Group, reference: f64, task: &TaskEvidence, terms: Terms) -> Part {
    let words = format!("{}, {}", number.words(), group.words);
    let values = group.values(number, task);
    let beyond: Vec<f64> = values.iter().map(|value| value - reference).collect();
    let Some(found) = location(&beyond, terms.resampling) else {
        let missing = format!("{} has it for {} networks, three are needed", group.words, values.len());
        return Part::without(words, missing);
    };
    let part = aim.part(words, reference).estimated(found);
    Part {
        value: part.value.map(|value| value + reference),
        interval: part.interval.map(|ends| ends.map(|end| end + reference)),
        ..part
    }
}

fn rising(
    question: &Question,
    number: Number,
    over: &Ordered,
    form: TrendForm,
    task: &TaskEvidence,
    terms: Terms,
) -> Part {
    let words =
        format!("{}, {} over {}{}", number.words(), form.words(), over.field, question.within.words());
    let standing = |network: &NetworkEvidence| {
        let at = *over.at.get(&network.class)?;
        Some(Standing { at, stratum: question.within.of(&network.class), value: number.of(network)? })
    };
    let standings: Vec<Standing> = task.networks.iter().filter_map(standing).collect();
    let Some(found) = trend(&standings, form, terms.resampling) else {
        let missing = format!(
            "four networks at two values of {} in one combination are needed; {} networks have it",
            over.field,
            standings.len()
        );
        return Part::without(words, missing);
    };
    let why = left_out(found.n_left_out, "without four networks at two values");
    Part {
        value: Some(found.value),
        interval: Some(found.interval),
        tails: Some(found.tails),
        effect: Some(found.correlation),
        least_p: Some(found.least_p),
        n_group: Some(found.n_group),
        ..question.aim.part(format!("{words}{why}"), 0.0)
    }
}

fn apart(
    question: &Question,
    aspect: Aspect,
    what: &str,
    groups: &[Group],
    task: &TaskEvidence,
    terms: Terms,
) -> Vec<Part> {
    let words = |number: &str| format!("{number} of {what}, {}{}", aspect.words(), question.within.words());
    let pseudo_f = words("pseudo-F");
    let between = match trained(task, aspect) {
        Ok(between) => between,
        Err(missing) => return vec![Part::without(pseudo_f, missing)],
    };
    let networks: Vec<&NetworkEvidence> =
        between.networks.iter().map(|&place| &task.networks[place]).collect();
    let label = |network: &&NetworkEvidence| groups.iter().position(|group| group.has(network));
    let labels: Vec<Option<usize>> = networks.iter().map(label).collect();
    let strata: Vec<usize> = networks.iter().map(|network| question.within.of(&network.class)).collect();
    let nested = Nested::new(between.distances.view(), &labels, &strata).map_err(|error| error.to_string());
    let tested = nested.and_then(|nested| nested.test(terms.resampling).map_err(|reason| reason.to_string()));
    let found = match tested {
        Ok(found) => found,
        Err(reason) => {
            let missing = format!("two networks of two groups in one combination are needed: {reason}");
            return vec![Part::without(pseudo_f, missing)];
        }
    };
    let why = left_out(found.n_left_out, "of a single group, or single networks");
    let (n_groups, n) = (groups.len(), found.n_items);
    let mut parts = vec![Part {
        value: Some(found.pseudo_f),
        interval: found.interval,
        tails: Some(Tails { above: found.p, below: 1.0 }),
        effect: Some(found.r2),
        least_p: Some(found.least_p),
        // The power of a test within strata is not that of the design without.
        design: (found.n_counted == 1 && n > n_groups).then_some(Design::Variance { groups: n_groups, n }),
        ..Part::new(format!("{pseudo_f}{why}"), Way::Above, 0.0)
    }];
    if let Ok(grouped) = Grouped::labelled(between.distances.view(), &labels)
        && found.n_counted == 1
        && found.n_left_out == 0
    {
        let resampling = terms.resampling;
        let spread = grouped.dispersion(resampling.n_permutations, resampling.seed).ok();
        parts.extend(spread.map(|spread| Part {
            value: Some(spread.f),
            tails: Some(Tails { above: spread.p, below: 1.0 }),
            ..Part::new(words("PERMDISP F"), Way::Aside, 0.0)
        }));
        let location = grouped.without_singles().welch(resampling.n_permutations, resampling.seed).ok();
        parts.extend(location.map(|location| Part {
            value: Some(location.w),
            tails: Some(Tails { above: location.p, below: 1.0 }),
            ..Part::new(words("Welch's W*"), Way::Aside, 0.0)
        }));
    }
    parts
}
