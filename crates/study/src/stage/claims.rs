//! Every claim, judged on the results of a study.

use super::comparison::submatrix;
use super::conditions::Conditions;
use super::{
    AspectDistances, CircuitOutcome, Context, Facet, FittedCircuit, Item, Kind, MatrixName, ResponseRow,
    TaskResults,
};
use crate::config::{Class, Control};
use crate::event::{Event, Stage};
use crate::execute::ExecuteError;
use crate::identity::{of_parts, seed_of};
use circuitscope::analysis::embedding::distances as in_the_plane;
use circuitscope::analysis::latent_circuit::mechanism::{Reading, least_inhibition};
use circuitscope::analysis::measures::{
    Choices, Contexts, Measure, VARIATIONS, Variation, of_choices, of_network,
};
use circuitscope::analysis::statistics::Resampling;
use circuitscope::claims::{
    AspectEvidence, Between, Claim, ClassScores, FieldEffect, NetworkEvidence, TaskEvidence, Terms, Verdict,
    field_effects, judge, judge_hypotheses,
};
use circuitscope::task::Task;
use ndarray::Array2;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// The test of [`NetworkBehaviour`](super::NetworkBehaviour) that claims 16 and 17 are about.
const WIDE: &str = "wide_coherences";

/// The claims with what they are judged on.
#[derive(Clone, Debug)]
pub struct Judged {
    /// Every built-in claim with its verdict.
    pub claims: Vec<Claim>,
    /// The claims of the study file with theirs.
    pub hypotheses: Vec<Claim>,
    /// What the fields of the grid do to every aspect and number.
    pub effects: Vec<FieldEffect>,
    /// The measures of each item, in the order of [`TaskResults::items`], task by task.
    pub measures: Vec<Vec<ItemMeasures>>,
}

impl Judged {
    /// Nothing yet.
    pub(crate) const fn nothing() -> Self {
        Self { claims: Vec::new(), hypotheses: Vec::new(), effects: Vec::new(), measures: Vec::new() }
    }

    /// The built-in claims, then those of the study file.
    pub(crate) fn every_claim(&self) -> impl Iterator<Item = &Claim> {
        self.claims.iter().chain(&self.hypotheses)
    }
}

/// What was measured of one network or control.
#[derive(Clone, Debug)]
pub struct ItemMeasures {
    /// As claims are judged by.
    pub judged: BTreeMap<Measure, f64>,
    /// Under other choices, an entry each of [`VARIATIONS`]; empty for controls.
    pub varied: Vec<BTreeMap<Measure, f64>>,
}

/// How often a claim comes out where labels make no difference.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Calibration {
    /// Its number.
    pub number: u32,
    /// Its name, of one of the study file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The task that it is judged on.
    pub task: String,
    /// The claim, in words.
    pub statement: String,
    /// Draws that could be decided.
    pub decided: usize,
    /// Draws in which it came out supported.
    pub supported: usize,
}

/// Permutations and resamples of each draw: enough for a p below the level after the correction, and for an interval.
const OF_A_DRAW: [usize; 2] = [1999, 200];

/// Judges every claim that asks for a difference between labels with labels permuted `n_draws` times.
///
/// # Errors
/// [`ExecuteError`] if interrupted.
pub fn calibrated(
    context: Context<'_>,
    results: &[TaskResults<'_>],
    n_draws: usize,
) -> Result<Vec<Calibration>, ExecuteError> {
    let tasks: Vec<TaskEvidence> =
        results.iter().map(|of_task| evidence(of_task, &measures(of_task))).collect();
    let stage = Stage::Calibration;
    (context.listener)(Event::Began { stage, n_pieces: n_draws, n_done: 0, work: n_draws as u64 });
    let draw = |draw: usize| -> Result<Vec<Claim>, ExecuteError> {
        context.go_on()?;
        let seed = |part: &str| {
            seed_of(&of_parts(["calibration", &context.study.seed.to_string(), &draw.to_string(), part]))
        };
        let permuted: Vec<TaskEvidence> = tasks.iter().map(|task| task.permuted(seed(&task.task))).collect();
        let [n_permutations, n_resamples] = OF_A_DRAW;
        let resampling = Resampling { n_resamples, n_permutations, seed: seed("tests") };
        let terms = Terms::new(resampling, context.study.margins);
        let mut claims = judge(&permuted, terms);
        claims.extend(judge_hypotheses(&context.study.hypotheses, &permuted, terms));
        (context.listener)(Event::Advanced { stage, work: 1 });
        Ok(claims)
    };
    let draws: Vec<Vec<Claim>> =
        (0..n_draws).into_par_iter().with_max_len(1).map(draw).collect::<Result<_, _>>()?;
    (context.listener)(Event::Ended { stage });
    let count = |place: usize, is: fn(Verdict) -> bool| {
        draws.iter().filter(|claims| is(claims[place].verdict())).count()
    };
    let places = draws.first().map_or(&[][..], Vec::as_slice).iter().enumerate();
    Ok(places
        .filter(|(_, claim)| claim.is_of_labels())
        .map(|(place, claim)| Calibration {
            number: claim.number,
            name: claim.name.clone(),
            task: claim.task.clone(),
            statement: claim.statement.clone(),
            decided: count(place, |verdict| verdict != Verdict::NotDecidable),
            supported: count(place, |verdict| verdict == Verdict::Supported),
        })
        .collect())
}

/// Measures every network and judges every claim.
pub fn claims(context: Context<'_>, results: &[TaskResults<'_>]) -> Judged {
    let resampling = resampling(context);
    let measures: Vec<Vec<ItemMeasures>> = results.iter().map(measures).collect();
    let tasks = results.iter().zip(&measures).map(|(of_task, measures)| evidence(of_task, measures));
    let tasks: Vec<TaskEvidence> = tasks.collect();
    let (study, terms) = (context.study, Terms::new(resampling, context.study.margins));
    Judged {
        claims: judge(&tasks, terms),
        hypotheses: judge_hypotheses(&study.hypotheses, &tasks, terms),
        effects: field_effects(&study.factors, &tasks, terms),
        measures,
    }
}

/// How the claims of a study are resampled.
pub(super) fn resampling(context: Context<'_>) -> Resampling {
    let settings = &context.study.comparison;
    Resampling {
        n_resamples: settings.resamples,
        n_permutations: settings.permutations,
        seed: context.study.seed,
    }
}

/// The measures of every item of a task.
fn measures(of_task: &TaskResults<'_>) -> Vec<ItemMeasures> {
    let conditions = Conditions::of_task(&of_task.task.task);
    let of_item = |item: &Item| {
        let over_trajectories: Vec<[f64; 3]> =
            item.fixed_points.iter().map(|point| point.over_trajectories).collect();
        let described = conditions.described(&item.features, &over_trajectories, item.at_decision);
        let varied = match item.kind {
            Kind::Trained => {
                let choices = choices(of_task, item);
                let under = |variation: &Variation| {
                    let mut varied = variation.of_network(&described);
                    varied.extend(variation.of_choices(&choices));
                    varied
                };
                VARIATIONS.iter().map(under).collect()
            }
            Kind::Control(_) => Vec::new(),
        };
        ItemMeasures { judged: of_network(&described), varied }
    };
    let mut measures: Vec<ItemMeasures> = of_task.items.par_iter().map(of_item).collect();
    for (item, measures) in
        of_task.items.iter().zip(&mut measures).filter(|(item, _)| item.kind == Kind::Trained)
    {
        measures.judged.extend(of_circuit(of_task, item));
        measures.judged.extend(of_choices(&choices(of_task, item)));
    }
    measures
}

/// What a network's latent circuit tells; nothing where it has none.
fn of_circuit(of_task: &TaskResults<'_>, item: &Item) -> Vec<(Measure, f64)> {
    let circuit = of_task.circuits.iter().find(|circuit| circuit.network == item.network);
    let Some(CircuitOutcome::Fitted(fitted)) = circuit.map(|circuit| &circuit.outcome) else {
        return Vec::new();
    };
    let mut numbers = Vec::new();
    if let Some(mechanism) = &fitted.mechanism {
        numbers.push((Measure::ContextInhibition, mechanism.inhibition));
        numbers.push((Measure::IrrelevantSignProduct, mechanism.sign_product));
        numbers.push((Measure::IrrelevantGain, mechanism.gain_lost));
        numbers.push((Measure::ContextToIrrelevant, mechanism.to_irrelevant));
        numbers.push((Measure::IrrelevantPreactivation, mechanism.irrelevant_argument));
        numbers.extend(mechanism.relative_gain.map(|gain| (Measure::RelativeGain, gain)));
        numbers.push((Measure::NodeSignProduct, mechanism.node_sign_product));
        numbers.push((Measure::StimulusSignProduct, mechanism.stimulus_sign_product));
    }
    numbers.extend(of_weights(&of_task.task.task, fitted));
    numbers.extend(fitted.behaviour_correlation.r.map(|r| (Measure::PerturbationCorrelation, r)));
    let predicted = of_task.circuit_predictions.iter().find(|one| one.network == item.network);
    let identities = predicted.into_iter().flat_map(|of| {
        [
            (Measure::PerturbationIdentity, of.fitted),
            (Measure::PerturbationIdentityOtherCircuit, of.other_circuit),
            (Measure::PerturbationIdentityNoRecurrence, of.no_recurrence),
            (Measure::PerturbationIdentityRotated, of.rotated),
        ]
    });
    numbers.extend(identities.filter_map(|(measure, of)| Some((measure, of?.r2_identity))));
    numbers
}

/// What the weights of the circuit of a choice by context tell, means over the fits that agree.
fn of_weights(task: &Task, fitted: &FittedCircuit) -> Option<(Measure, f64)> {
    fitted.mechanism.as_ref()?;
    let channels = Reading::of(task)?.channels;
    let recurrent = fitted.weights.iter().find(|weights| weights.matrix == MatrixName::WRec)?;
    let n = recurrent.mean.len();
    let w_rec = Array2::from_shape_vec((n, n), recurrent.mean.concat()).ok()?;
    Some((Measure::LeastInhibition, least_inhibition(w_rec.view(), channels)))
}

/// A network's choices over wide coherences; none where the task has none.
fn choices(of_task: &TaskResults<'_>, item: &Item) -> Vec<Choices> {
    let behaviour = of_task.behaviour.iter().find(|behaviour| behaviour.network == item.network);
    let of_response = |response: &ResponseRow| {
        let (motion, colour) = (response.motion?, response.colour?);
        let (relevant, irrelevant) =
            if response.condition.context? == 0 { (motion, colour) } else { (colour, motion) };
        // A share that is not finite is stored as none.
        Some(Choices { relevant, irrelevant, right: response.share.unwrap_or(f64::NAN) })
    };
    let responses = behaviour.iter().flat_map(|behaviour| &behaviour.responses);
    responses.filter(|response| response.condition.test == WIDE).filter_map(of_response).collect()
}

/// What the claims are judged on.
pub(super) fn evidence(of_task: &TaskResults<'_>, measures: &[ItemMeasures]) -> TaskEvidence {
    let trained: Vec<usize> =
        (0..of_task.items.len()).filter(|&i| of_task.items[i].kind == Kind::Trained).collect();
    let before_training = |trained: &Item| {
        let is_same =
            |item: &Item| item.kind == Kind::Control(Control::Untrained) && item.network == trained.network;
        let place = of_task.items.iter().position(is_same);
        place.map(|i| measures[i].judged.clone()).unwrap_or_default()
    };
    let networks = trained.iter().map(|&i| {
        let item = &of_task.items[i];
        let class = &of_task.task.classes[item.class];
        NetworkEvidence {
            curve: item.curve,
            constraint: class.recipe.architecture.constraint,
            class: class.name.clone(),
            r2: of_task.network(item).record.r2,
            measures: measures[i].judged.clone(),
            untrained: before_training(item),
        }
    });
    let between = |distances: &AspectDistances, kind: Kind| {
        let rows: Vec<usize> = (0..distances.items.len())
            .filter(|&row| of_task.items[distances.items[row]].kind == kind)
            .collect();
        let place = |&row: &usize| {
            let name = &of_task.items[distances.items[row]].network;
            trained.iter().position(|&i| of_task.items[i].network == *name)
        };
        let networks: Option<Vec<usize>> = rows.iter().map(place).collect();
        Between {
            distances: submatrix(&distances.distances.distance, &rows),
            networks: networks.unwrap_or_default(),
        }
    };
    let aspects = of_task.distances.iter().filter_map(|distances| {
        Some(AspectEvidence {
            aspect: distances.aspect.aspect()?,
            trained: between(distances, Kind::Trained),
            embedded: embedded(of_task, &trained, distances.aspect),
            untrained: Some(between(distances, Kind::Control(Control::Untrained)))
                .filter(|between| !between.networks.is_empty()),
        })
    });
    TaskEvidence {
        task: of_task.task.task.name().to_owned(),
        contexts: Contexts::of_task(&of_task.task.task),
        floor: of_task.task.selection.min_r2,
        scores: scores(of_task),
        networks: networks.collect(),
        aspects: aspects.collect(),
    }
}

/// R² of every trained network, class by class.
fn scores(of_task: &TaskResults<'_>) -> Vec<ClassScores> {
    let of_class = |class: &Class| ClassScores {
        class: class.name.clone(),
        r2: of_task
            .networks
            .iter()
            .filter(|(network, _)| network.job.class.name == class.name)
            .map(|(network, _)| network.record.r2)
            .collect(),
    };
    of_task.task.classes.iter().map(of_class).collect()
}

/// Distances of trained networks in the embedding of them alone.
fn embedded(of_task: &TaskResults<'_>, trained: &[usize], aspect: Facet) -> Option<Between> {
    let compared =
        of_task.compared.iter().find(|compared| compared.aspect == aspect && compared.control.is_none())?;
    let points =
        Array2::from_shape_fn((compared.items.len(), 2), |(item, d)| compared.comparison.points[item][d]);
    let networks = compared.items.iter().map(|item| trained.iter().position(|other| other == item));
    Some(Between { distances: in_the_plane(points.view()), networks: networks.collect::<Option<_>>()? })
}
