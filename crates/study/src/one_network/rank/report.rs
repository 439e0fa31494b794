//! A ranked recording as rows that other tools read.

use super::shared::Shared;
use super::standing::Standing;
use crate::import::recording::Labelled;
use circuitscope::ranking::{ALIKE, Class, Form, FormKind, Limits, Measure, RULED_OUT, Ranking, Verdict};
use circuitscope::task::Task;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What is said where nothing can be.
const CANNOT_TELL: &str = "cannot tell";

/// Share of recordings of a class that should be told, the customary power.
const POWER: f64 = 0.8;

/// A recording ranked beside networks, with keys that other tools read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RankReport {
    /// What was read.
    pub recording: RankedRecording,
    /// The task.
    pub task: String,
    /// Networks of each class.
    pub networks: BTreeMap<String, usize>,
    /// Distances by measure and class.
    pub ranking: Vec<RankedDistance>,
    /// What distances are at best, by measure.
    pub ceiling: BTreeMap<Measure, BestRow>,
    /// What distances are where nothing is alike, by measure.
    pub floor: BTreeMap<Measure, WorstRow>,
    /// What can be said.
    pub verdict: VerdictRow,
    /// How many neurons and trials would be needed to tell networks of the nearest group.
    pub needed: NeededRow,
    /// Measures of claims as percentiles within each class, and distances without a vote.
    #[serde(flatten)]
    pub standing: Standing,
}

/// A recording as it was used.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RankedRecording {
    /// Its name.
    pub name: String,
    /// How it was given.
    pub form: FormKind,
    /// Neurons that are used.
    pub neurons: usize,
    /// Neurons that are left out.
    pub left_out: LeftOutNeurons,
    /// Conditions that recording and networks share.
    pub conditions: usize,
    /// Conditions of the task that the recording lacks.
    pub missing_conditions: usize,
    /// Trials that are used; of means, the median over neurons, summed over conditions, or null where it is not known.
    pub trials: Option<usize>,
    /// Trials, or condition means, of conditions that the task lacks, left out.
    pub other_trials: usize,
    /// Trials per condition, the median over neurons and conditions; null where it is not known.
    pub trials_per_condition: Option<usize>,
    /// Bins of a trial.
    pub bins: usize,
    /// Mean over neurons of the share of the variance of condition means that is not noise.
    pub reliability: f64,
    /// How the file was understood, a sentence each.
    pub notes: Vec<String>,
}

/// Neurons that are left out, by the reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOutNeurons {
    /// Their response never varies.
    pub constant: usize,
    /// They have no trial of some condition, or no response at some time of one.
    pub incomplete: usize,
    /// They have no two trials of any condition, or no error of any mean, so that nothing is known of their noise.
    pub single_trials: usize,
}

/// How far the recording is from a class.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RankedDistance {
    /// The class.
    pub class: String,
    /// The measure.
    pub measure: Measure,
    /// Mean distance to its networks, each observed as the recording was.
    pub distance: f64,
    /// 95 % interval over neurons, trials and networks.
    pub interval: [f64; 2],
    /// Share of resamples in which no class is nearer.
    pub nearest_share: f64,
}

/// What the distances of a measure are at best.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BestRow {
    /// The class that is nearest by it.
    pub nearest: String,
    /// Between halves of the recording's trials; null where a condition has one trial.
    pub trial_halves: Option<f64>,
    /// Between halves of its neurons.
    pub neuron_halves: f64,
    /// Between two observations of one network of the nearest class.
    pub same_network: f64,
    /// Between two networks of the nearest class.
    pub same_class: Option<f64>,
}

/// What the distances of a measure are where nothing is alike.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorstRow {
    /// To the nearest class, once trials are dealt to conditions at random.
    pub shuffled_conditions: f64,
    /// To the networks of the nearest class before training.
    pub untrained: Option<f64>,
}

/// What can be said of the recording.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VerdictRow {
    /// In a few words: activation functions, or classes where all have one, `cannot tell` or `none of these`.
    pub label: String,
    /// The reason, in a sentence.
    pub why: String,
    /// Classes that are not ruled out; empty where none is like the recording, or nothing can be compared.
    pub possible: Vec<String>,
    /// By class: p that a further network of it is as far; null for a class of too few networks.
    pub p: BTreeMap<String, Option<f64>>,
}

/// Neurons and trials that would be needed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NeededRow {
    /// Fewest neurons, of those tried, at which 80 % of observed networks of the nearest group are told; null if none will do.
    pub neurons: Option<usize>,
    /// The same for trials per condition; null as well where the recording's own number is not known.
    pub trials: Option<usize>,
    /// Share that is told with the recording's own neurons and trials; null if there is no signal.
    pub told: Option<f64>,
    /// Every design that was tried.
    pub designs: Vec<PowerRow>,
}

/// How often networks of the nearest group are told.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PowerRow {
    /// Neurons.
    pub neurons: usize,
    /// Trials per condition; null where those of the recording are not known.
    pub trials: Option<usize>,
    /// Share of observed networks.
    pub told: f64,
}

pub(super) fn report(
    recording: &Labelled,
    task: &Task,
    classes: &[Class],
    shared: &Shared,
    form: &Form,
    ranked: &Ranking,
    standing: Standing,
) -> RankReport {
    let name = |class: usize| classes[class].name.clone();
    let limits = |row: &Limits| {
        let ceiling = BestRow {
            nearest: name(row.nearest),
            trial_halves: row.trial_halves,
            neuron_halves: row.neuron_halves,
            same_network: row.same_network,
            same_class: row.same_class,
        };
        (row.measure, ceiling)
    };
    let floor = |row: &Limits| {
        let floor = WorstRow { shuffled_conditions: row.shuffled_conditions, untrained: row.untrained };
        (row.measure, floor)
    };
    let distances = ranked.distances.iter().map(|row| RankedDistance {
        class: name(row.class),
        measure: row.measure,
        distance: row.distance,
        interval: row.interval,
        nearest_share: row.nearest_share,
    });
    let neurons = &ranked.neurons;
    let needed = needed(ranked);
    RankReport {
        recording: RankedRecording {
            name: recording.name.clone(),
            form: form.kind(),
            neurons: neurons.used.len(),
            left_out: LeftOutNeurons {
                constant: neurons.n_constant,
                incomplete: neurons.n_incomplete,
                single_trials: neurons.n_single,
            },
            conditions: shared.of_task.len(),
            missing_conditions: shared.n_missing,
            trials: n_trials(form),
            other_trials: shared.n_other,
            trials_per_condition: ranked.n_repeats,
            bins: ranked.n_bins,
            reliability: ranked.reliability,
            notes: shared.notes.clone(),
        },
        task: task.name().to_owned(),
        networks: classes
            .iter()
            .zip(&ranked.networks)
            .map(|(class, names)| (class.name.clone(), names.len()))
            .collect(),
        ranking: distances.collect(),
        ceiling: ranked.limits.iter().map(limits).collect(),
        floor: ranked.limits.iter().map(floor).collect(),
        verdict: verdict(classes, ranked, needed.told),
        needed,
        standing,
    }
}

/// Trials of a recording, if they are known.
fn n_trials(form: &Form) -> Option<usize> {
    let counts = match form {
        Form::SingleTrials { conditions, .. } => return Some(conditions.len()),
        Form::SplitHalves { n_trials, .. } => n_trials.as_ref().map(|[a, b]| a + b),
        Form::ConditionMeans { n_trials, .. } => n_trials.clone(),
    };
    let median = |of_condition: ndarray::ArrayView1<'_, usize>| {
        let mut counts = of_condition.to_vec();
        counts.sort_unstable();
        counts[counts.len() / 2]
    };
    Some(counts?.columns().into_iter().map(median).sum())
}

fn needed(ranked: &Ranking) -> NeededRow {
    let rows: Vec<PowerRow> = ranked
        .power
        .iter()
        .map(|power| PowerRow { neurons: power.n_neurons, trials: power.n_trials, told: power.told })
        .collect();
    let Some((own, others)) = rows.split_first() else {
        return NeededRow { neurons: None, trials: None, told: None, designs: Vec::new() };
    };
    let is_enough = |row: &&PowerRow| row.told >= POWER;
    let with = |is_other: fn(&PowerRow, &PowerRow) -> bool, number: fn(&PowerRow) -> Option<usize>| {
        others.iter().filter(|row| is_other(row, own)).filter(is_enough).filter_map(number).min()
    };
    NeededRow {
        neurons: with(|row, own| row.trials == own.trials, |row| Some(row.neurons)),
        trials: with(|row, own| row.neurons == own.neurons, |row| row.trials),
        told: Some(own.told),
        designs: rows,
    }
}

fn verdict(classes: &[Class], ranked: &Ranking, told: Option<f64>) -> VerdictRow {
    let p: BTreeMap<String, Option<f64>> =
        classes.iter().zip(&ranked.p).map(|(class, &p)| (class.name.clone(), p)).collect();
    let present: Vec<usize> =
        (0..classes.len()).filter(|&class| !ranked.networks[class].is_empty()).collect();
    let possible = match &ranked.verdict {
        Verdict::NoSignal | Verdict::None => Vec::new(),
        Verdict::All => present.clone(),
        Verdict::Some(possible) | Verdict::Unlike(possible) => possible.clone(),
    };
    let groups =
        |of: &[usize]| of.iter().map(|&class| classes[class].group.as_str()).collect::<BTreeSet<&str>>();
    let (all, left) = (groups(&present), groups(&possible));
    let highest = ranked.p.iter().flatten().copied().fold(0.0, f64::max);
    let (label, why) = match &ranked.verdict {
        Verdict::NoSignal => (
            CANNOT_TELL.to_owned(),
            format!(
                "the recording has no signal beyond its noise: {:.1} % of the variance of its means is not noise",
                100.0 * ranked.reliability.max(0.0)
            ),
        ),
        Verdict::None => (
            "none of these".to_owned(),
            format!(
                "every class is ruled out: a further network of any would be as far in {:.1} % of cases",
                100.0 * highest
            ),
        ),
        Verdict::Unlike(_) if left.len() < all.len() => (
            CANNOT_TELL.to_owned(),
            format!(
                "{} ruled out, but {} is not alike either: a further network of it would be as far in {:.1} % of cases, expected \
                 more than {:.0} %",
                list(&all.difference(&left).copied().collect()),
                list(&left),
                100.0 * highest,
                100.0 * ALIKE
            ),
        ),
        Verdict::All | Verdict::Some(_) | Verdict::Unlike(_) if left.len() == all.len() => {
            let told = told.map_or_else(String::new, |told| {
                format!(
                    "; with so many neurons and trials {:.0} % of networks of the nearest group are told",
                    100.0 * told
                )
            });
            (CANNOT_TELL.to_owned(), format!("none of {} is ruled out{told}", list(&all)))
        }
        Verdict::All | Verdict::Some(_) | Verdict::Unlike(_) => {
            let out: BTreeSet<&str> = all.difference(&left).copied().collect();
            let why = format!(
                "{} ruled out: a further network of one would be as far in {:.0} % of cases at most; of {} in {:.0} %",
                list(&out),
                100.0 * RULED_OUT,
                list(&left),
                100.0 * highest
            );
            // The shorter way to say it.
            let label =
                if left.len() > 2 && out.len() == 1 { format!("not {}", list(&out)) } else { list(&left) };
            (label, why)
        }
    };
    VerdictRow {
        label,
        why,
        possible: possible.iter().map(|&class| classes[class].name.clone()).collect(),
        p,
    }
}

/// Groups in a sentence.
fn list(groups: &BTreeSet<&str>) -> String {
    groups.iter().copied().collect::<Vec<_>>().join(" or ")
}
