//! Which conclusions about architectures survive which measure of similarity.

use super::similarity::MeasuredDistances;
use super::{Context, Item, Kind, TaskResults};
use crate::event::Stage;
use crate::execute::ExecuteError;
use crate::identity::ANALYSIS_VERSION;
use crate::job::Job;
use crate::spread::side_by_side;
use circuitscope::analysis::statistics::Resampling;
use circuitscope::claims::{Between, NetworkEvidence};
use circuitscope::robustness::{Conclusion, Effect, Effects, Measured, Outcome, Tested, decide, test};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A conclusion on one task by one measure.
#[derive(Clone, Debug)]
pub struct Robustness {
    /// Name of the task.
    pub task: String,
    /// Name of the measure; `published` for that of the published analysis.
    pub measure: &'static str,
    /// Trained networks, or the control.
    pub kind: Kind,
    /// The test and its effects.
    pub tested: Tested,
    /// p after Holm's correction over the conclusions and tasks of this measure and kind.
    pub p_holm: Option<f64>,
    /// What becomes of the conclusion.
    pub outcome: Outcome,
}

/// A test of one matrix of distances, as it is stored.
#[derive(Serialize, Deserialize)]
struct StoredRow {
    value: Option<f64>,
    reference: f64,
    p: Option<f64>,
    is_met: bool,
    effects: Option<StoredEffects>,
    missing: Option<String>,
}

/// Effects: each an estimate and the ends of its interval.
#[derive(Serialize, Deserialize)]
struct StoredEffects {
    of_centres: [f64; 3],
    beyond_noise: Option<[f64; 3]>,
    between_runs: Option<f64>,
}

/// Tests every conclusion on every matrix of [`TaskResults::similarity`]: measure by measure, task by task.
///
/// # Errors
/// [`ExecuteError`]; everything finished before it stays.
pub fn robustness(
    context: Context<'_>,
    results: &[TaskResults<'_>],
) -> Result<Vec<Robustness>, ExecuteError> {
    let pieces: Vec<(&TaskResults<'_>, &MeasuredDistances)> = results
        .iter()
        .flat_map(|of_task| of_task.similarity.iter().map(move |measured| (of_task, measured)))
        .collect();
    if pieces.is_empty() {
        return Ok(Vec::new());
    }
    let tested = side_by_side(
        context,
        Stage::Robustness,
        &pieces,
        |_| 1,
        |(of_task, measured)| piece(context, of_task, measured),
    )?;
    Ok(decided(&pieces, &tested))
}

/// Corrects and decides over the tasks of each measure and kind.
fn decided(pieces: &[(&TaskResults<'_>, &MeasuredDistances)], tested: &[Vec<Tested>]) -> Vec<Robustness> {
    let mut families: Vec<(&'static str, Kind)> = Vec::new();
    for (_, measured) in pieces {
        if !families.contains(&(measured.measure, measured.kind)) {
            families.push((measured.measure, measured.kind));
        }
    }
    let mut rows = Vec::new();
    for (measure, kind) in families {
        let own = || {
            let all = pieces.iter().zip(tested);
            all.filter(move |((_, measured), _)| (measured.measure, measured.kind) == (measure, kind))
        };
        let family: Vec<(&str, &Tested)> = own()
            .flat_map(|((of_task, _), tests)| tests.iter().map(|one| (of_task.task.task.name(), one)))
            .collect();
        let verdicts = decide(&family.iter().map(|(_, one)| *one).collect::<Vec<_>>());
        for ((task, tested), (outcome, p_holm)) in family.into_iter().zip(verdicts) {
            let task = task.to_owned();
            rows.push(Robustness { task, measure, kind, tested: tested.clone(), p_holm, outcome });
        }
    }
    rows
}

fn piece(
    context: Context<'_>,
    of_task: &TaskResults<'_>,
    measured: &MeasuredDistances,
) -> Result<Vec<Tested>, ExecuteError> {
    let settings = &context.study.comparison;
    let resampling = Resampling {
        n_resamples: settings.resamples,
        n_permutations: settings.permutations,
        seed: context.study.seed,
    };
    let task = of_task.task.task.name();
    // The kind as well: without networks the two kinds would otherwise share a file, written at once by two threads.
    let (measure, kind) = (measured.measure, measured.kind.name());
    let version = format!(
        "robustness {ANALYSIS_VERSION} of location and few neighbours, effects with intervals {measure} {kind} {resampling:?}"
    );
    let items: Vec<String> = measured
        .items
        .iter()
        .map(|&place| format!("{} {}", of_task.items[place].identity, of_task.items[place].class))
        .collect();
    // The numbers themselves: the measures have versions of their own.
    let mut numbers = String::new();
    for number in measured.distances.iter().chain(measured.runs.iter().flatten()) {
        let _ = write!(numbers, "{:016x}", number.to_bits());
    }
    let parts = items.iter().map(String::as_str).chain([numbers.as_str()]);
    let parts = std::iter::once(version.as_str()).chain(parts);
    let job = Job::new(context.folder, "robustness", task, parts);
    let rows: Vec<StoredRow> = job.get_or_compute(context, || {
        let networks = networks(of_task, measured);
        let between =
            Between { distances: measured.distances.clone(), networks: (0..networks.len()).collect() };
        let runs = measured.runs.as_ref().map(|distances| Between {
            distances: distances.clone(),
            networks: (0..distances.nrows()).map(|run| run / 2).collect(),
        });
        let measured =
            Measured { networks: &networks, between: &between, runs: runs.as_ref(), scale: measured.scale };
        Ok(test(measured, resampling).iter().map(row).collect())
    })?;
    Ok(Conclusion::ALL.into_iter().zip(rows).map(known).collect())
}

/// Networks as the tests of claims take them.
fn networks(of_task: &TaskResults<'_>, measured: &MeasuredDistances) -> Vec<NetworkEvidence> {
    let network = |&place: &usize| {
        let item: &Item = &of_task.items[place];
        let class = &of_task.task.classes[item.class];
        NetworkEvidence {
            curve: item.curve,
            constraint: class.recipe.architecture.constraint,
            class: class.name.clone(),
            r2: None,
            measures: BTreeMap::new(),
            untrained: BTreeMap::new(),
        }
    };
    measured.items.iter().map(network).collect()
}

fn numbers(Effect { value, interval: [low, high] }: Effect) -> [f64; 3] {
    [value, low, high]
}

fn row(tested: &Tested) -> StoredRow {
    // JSON holds no infinite number.
    let finite = |number: f64| number.is_finite().then_some(number);
    StoredRow {
        value: tested.value.and_then(finite),
        reference: tested.reference,
        p: tested.p,
        is_met: tested.is_met,
        effects: tested.effects.map(|effects| StoredEffects {
            of_centres: numbers(effects.of_centres),
            beyond_noise: effects.beyond_noise.map(numbers),
            between_runs: effects.between_runs,
        }),
        missing: tested.missing.clone(),
    }
}

fn known((conclusion, row): (Conclusion, StoredRow)) -> Tested {
    let effect = |[value, low, high]: [f64; 3]| Effect { value, interval: [low, high] };
    Tested {
        conclusion,
        value: row.value,
        reference: row.reference,
        p: row.p,
        is_met: row.is_met,
        effects: row.effects.map(|stored| Effects {
            of_centres: effect(stored.of_centres),
            beyond_noise: stored.beyond_noise.map(effect),
            between_runs: stored.between_runs,
        }),
        missing: row.missing,
    }
}
