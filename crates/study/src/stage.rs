//! From trained networks to statistics: features → distances → embedding → statistics, each stage stored.
//!
//! Every stage is a pure function of what its identity names; a stored result of that identity is taken as it is.

mod behaviour;
mod circuits;
mod claims;
mod comparison;
mod concordance;
mod conditions;
mod description;
mod description_file;
mod distances;
mod examples;
mod facet;
mod features;
mod left;
mod multiverse;
mod recordings;
mod robustness;
mod selection;
mod similarity;
mod task_variances;
mod training;

pub use behaviour::{ConditionRow, MeasureRow, NetworkBehaviour, ResponseRow, behaviours};
pub use circuits::{
    CircuitMean, CircuitMechanism, CircuitNode, CircuitOutcome, CircuitPair, CircuitPrediction,
    CircuitScores, CircuitWeights, FittedCircuit, MatrixName, NetworkCircuit, NodeResponse,
    StoredCorrelation, WeightEffect, circuits,
};
pub use claims::{Calibration, ItemMeasures, Judged, calibrated, claims};
pub use comparison::{Compared, Comparison, Groups, Items, Space, Spread, StatisticName, Value, compare};
pub(crate) use comparison::{activation_label, submatrix};
pub use concordance::{Agreement, Concordance, concordance};
pub use description::{Description, RestingPoint};
pub(crate) use description::{Subject, describe};
pub use distances::{AspectDistances, distances};
pub(crate) use examples::take_apart;
pub use examples::{
    ExampleBranch, ExampleLine, ExampleNetwork, ExampleStep, ExampleStepKind, PlaneMark, PlaneRow, examples,
};
pub use facet::Facet;
pub use features::{Item, Kind, features};
pub use left::{Left, left};
pub use multiverse::multiverse;
pub use recordings::{FoundRecording, OwnComponents, RankedRecording, recordings};
pub use robustness::{Robustness, robustness};
pub use selection::{Standing, select};
pub use similarity::{MeasuredDistances, similarity};
pub use task_variances::{NetworkTasks, PairOfTasks, task_variances};
pub use training::{MeasuredMoment, Moment, Separation, training};

use crate::config::{self, Study, TaskStudy};
use crate::event::{Event, Stage};
use crate::execute::{ExecuteError, StudyNetwork};
pub use crate::job::Context;
use circuitscope::analysis::distance::Aspect;
use circuitscope::claims::multiverse::UnderChoice;

/// All that is known of one task.
#[derive(Clone, Debug)]
pub struct TaskResults<'a> {
    /// The task, its classes and its selection.
    pub task: &'a TaskStudy,
    /// Every network trained on it, in the order of the jobs, with what the selection made of it.
    pub networks: Vec<(StudyNetwork<'a>, Standing)>,
    /// Selected networks and their controls.
    pub items: Vec<Item>,
    /// The examples of the classes taken apart; empty where the study does not compare fixed points.
    pub taken_apart: Vec<ExampleNetwork>,
    /// Latent circuits of the best networks of each class, class by class.
    pub circuits: Vec<NetworkCircuit>,
    /// Distances between the circuits of different networks.
    pub circuit_pairs: Vec<CircuitPair>,
    /// The mean circuit of each class that has circuits of two networks or more.
    pub circuit_means: Vec<CircuitMean>,
    /// How each circuit predicts its network, beside circuits that should not; networks without a circuit are left out.
    pub circuit_predictions: Vec<CircuitPrediction>,
    /// What every network, selected or not, answers beyond its training.
    pub behaviour: Vec<NetworkBehaviour>,
    /// What every network of a task made of several does on each of them; empty of one task.
    pub task_variances: Vec<NetworkTasks>,
    /// How far activations lie apart in the course of training; empty without checkpoints.
    pub separation: Vec<Separation>,
    /// The measures of every selected network in the course of training; empty without checkpoints.
    pub measured_moments: Vec<MeasuredMoment>,
    /// Distances, aspect by aspect.
    pub distances: Vec<AspectDistances>,
    /// Distances between trajectories by other measures; empty where the study asks for none.
    pub similarity: Vec<MeasuredDistances>,
    /// Embeddings and statistics.
    pub compared: Vec<Compared>,
    /// Recordings of the task, ranked beside its networks.
    pub recordings: Vec<RankedRecording>,
}

impl<'a> TaskResults<'a> {
    /// The network that an item is, or is made from.
    pub(crate) fn network(&self, item: &Item) -> &StudyNetwork<'a> {
        &self.networks[item.place].0
    }

    /// The example of each class: the best selected network, the first of equals.
    pub(crate) fn examples(&self) -> Vec<&Item> {
        self.best(1)
    }

    /// Whether the network of this name is compared.
    pub(crate) fn is_selected(&self, name: &str) -> bool {
        self.networks
            .iter()
            .any(|(network, standing)| *standing == Standing::Selected && network.job.name() == name)
    }

    /// The compared networks that have every checkpoint: all of them, as a diverged one is never selected.
    fn followed(&self) -> Vec<&StudyNetwork<'_>> {
        // In the order of the networks.
        let compared = self.items.iter().filter(|item| item.kind == Kind::Trained);
        compared.map(|item| self.network(item)).filter(|network| !network.checkpoints.is_empty()).collect()
    }

    /// The best selected networks of each class, at most `n` per class, the first of equals first; class by class.
    pub(crate) fn best(&self, n: usize) -> Vec<&Item> {
        let score = |item: &Item| self.network(item).record.r2.unwrap_or(f64::NEG_INFINITY);
        let of_class = |class: usize| {
            let is_of_class = |item: &&Item| item.kind == Kind::Trained && item.class == class;
            let mut trained: Vec<&Item> = self.items.iter().filter(is_of_class).collect();
            trained.sort_by(|a, b| score(b).total_cmp(&score(a))); // stable
            trained.truncate(n);
            trained
        };
        (0..self.task.classes.len()).flat_map(of_class).collect()
    }
}

/// Everything known of a study.
#[derive(Clone, Debug)]
pub struct Results<'a> {
    /// Task by task.
    pub tasks: Vec<TaskResults<'a>>,
    /// Conclusions by every measure of similarity.
    pub robustness: Vec<Robustness>,
    /// Whether aspects agree.
    pub concordance: Vec<Concordance>,
    /// The claims, once they are judged.
    pub judged: Judged,
    /// The claims under every admissible choice.
    pub multiverse: Vec<UnderChoice>,
}

/// A stage of analysis: a part of the results from what is there.
struct Entry {
    stage: Stage,
    /// The stages whose results it uses, beside training.
    needs: &'static [Stage],
    run: fn(Context<'_>, &mut Results<'_>) -> Result<(), ExecuteError>,
}

/// The stages between training and publishing, in their order.
const STAGES: [Entry; 14] = [
    entry(Stage::Features, &[], |context, results| features(context, &mut results.tasks)),
    entry(Stage::Examples, &[Stage::Features], |context, results| examples(context, &mut results.tasks)),
    entry(Stage::Circuits, &[Stage::Features], |context, results| circuits(context, &mut results.tasks)),
    entry(Stage::Behaviour, &[], |context, results| behaviours(context, &mut results.tasks)),
    entry(Stage::TaskVariances, &[], |context, results| task_variances(context, &mut results.tasks)),
    entry(Stage::Development, &[Stage::Features], |context, results| training(context, &mut results.tasks)),
    entry(Stage::Distances, &[Stage::Features, Stage::Circuits], |context, results| {
        distances(context, &mut results.tasks)
    }),
    entry(Stage::Similarity, &[Stage::Distances], |context, results| similarity(context, &mut results.tasks)),
    entry(Stage::Comparison, &[Stage::Distances], |context, results| compare(context, &mut results.tasks)),
    entry(Stage::Ranking, &[Stage::Comparison], |context, results| recordings(context, &mut results.tasks)),
    entry(Stage::Robustness, &[Stage::Similarity], |context, results| {
        results.robustness = robustness(context, &results.tasks)?;
        Ok(())
    }),
    entry(Stage::Agreement, &[Stage::Comparison], |context, results| {
        results.concordance = at_once(context, Stage::Agreement, || concordance(context, &results.tasks));
        Ok(())
    }),
    entry(Stage::Claims, &[Stage::Comparison, Stage::Behaviour], |context, results| {
        results.judged = at_once(context, Stage::Claims, || claims(context, &results.tasks));
        Ok(())
    }),
    entry(Stage::Multiverse, &[Stage::Claims, Stage::Similarity], |context, results| {
        results.multiverse = multiverse(context, &results.tasks, &results.judged)?;
        Ok(())
    }),
];

const fn entry(
    stage: Stage,
    needs: &'static [Stage],
    run: fn(Context<'_>, &mut Results<'_>) -> Result<(), ExecuteError>,
) -> Entry {
    Entry { stage, needs, run }
}

/// Does a stage of one piece.
fn at_once<T>(context: Context<'_>, stage: Stage, work: impl FnOnce() -> T) -> T {
    (context.listener)(Event::Began { stage, n_pieces: 1, n_done: 0, work: 1 });
    let result = work();
    (context.listener)(Event::Advanced { stage, work: 1 });
    (context.listener)(Event::Ended { stage });
    result
}

/// The stages of analysis that a study asks for, in their order.
pub fn stages(study: &Study) -> Vec<Stage> {
    let config::Comparison { aspects, measures, .. } = &study.comparison;
    let is_asked_for = |stage: &Stage| match stage {
        Stage::Examples => aspects.contains(&Aspect::FixedPoints),
        Stage::Circuits => study.circuits.networks > 0,
        Stage::TaskVariances => study.tasks.iter().any(|of_task| !of_task.task.parts().is_empty()),
        Stage::Development => !study.checkpoints.is_empty(),
        Stage::Ranking => !study.recordings.is_empty(),
        Stage::Distances | Stage::Comparison | Stage::Agreement => !aspects.is_empty(),
        Stage::Similarity | Stage::Robustness => {
            !measures.is_empty() && aspects.contains(&Aspect::Trajectories)
        }
        _ => true,
    };
    STAGES.map(|entry| entry.stage).into_iter().filter(is_asked_for).collect()
}

/// Who is given the results so far, with the number of stages of [`stages`] that are done.
pub type AfterStage<'f> = dyn FnMut(&Results<'_>, usize) -> Result<(), ExecuteError> + 'f;

/// Runs the analyses of a study over its trained networks; `after` is called before the first stage and after each.
///
/// # Errors
/// [`ExecuteError`]; everything finished before it stays.
pub fn analyse<'a>(
    context: Context<'_>,
    study: &'a Study,
    networks: Vec<StudyNetwork<'a>>,
    after: &mut AfterStage<'_>,
) -> Result<Results<'a>, ExecuteError> {
    let mut results = begun(study, &networks);
    drop(networks);
    let asked_for = stages(study);
    after(&results, 0)?;
    for Entry { stage, run, .. } in STAGES {
        context.go_on()?;
        run(context, &mut results)?;
        if let Some(place) = asked_for.iter().position(|other| *other == stage) {
            after(&results, place + 1)?;
        }
    }
    Ok(results)
}

/// Meets every job of the analyses that can be known: of stages whose results others lack, those wait.
///
/// Returns the stages that wait.
///
/// # Errors
/// [`ExecuteError`] but for a missing result.
pub(crate) fn survey<'a>(
    context: Context<'_>,
    study: &'a Study,
    networks: &[StudyNetwork<'a>],
) -> Result<Vec<Stage>, ExecuteError> {
    let mut results = begun(study, networks);
    let (mut incomplete, mut waiting) = (Vec::new(), Vec::new());
    // The last three are no jobs: they are made whenever a study is published.
    let with_jobs =
        |entry: &Entry| !matches!(entry.stage, Stage::Agreement | Stage::Claims | Stage::Multiverse);
    for Entry { stage, needs, run } in STAGES.into_iter().filter(with_jobs) {
        if needs.iter().any(|needed| incomplete.contains(needed)) {
            incomplete.push(stage);
            waiting.push(stage);
            continue;
        }
        match run(context, &mut results) {
            Ok(()) => {}
            Err(ExecuteError::Missing) => incomplete.push(stage),
            Err(error) => return Err(error),
        }
    }
    let asked_for = stages(study);
    waiting.retain(|stage| asked_for.contains(stage));
    Ok(waiting)
}

/// The results before any analysis.
fn begun<'a>(study: &'a Study, networks: &[StudyNetwork<'a>]) -> Results<'a> {
    let judged = Judged::nothing();
    let tasks = selected(study, networks);
    Results { tasks, robustness: Vec::new(), concordance: Vec::new(), judged, multiverse: Vec::new() }
}

/// Every task with its networks and what the selection makes of them; nothing is analysed yet.
fn selected<'a>(study: &'a Study, networks: &[StudyNetwork<'a>]) -> Vec<TaskResults<'a>> {
    study
        .tasks
        .iter()
        .map(|task| {
            let of_task = networks.iter().filter(|network| network.job.task.task.name() == task.task.name());
            let networks = select(of_task.cloned().collect(), task.selection);
            let (items, taken_apart) = (Vec::new(), Vec::new());
            let (circuits, circuit_pairs) = (Vec::new(), Vec::new());
            let (circuit_means, circuit_predictions) = (Vec::new(), Vec::new());
            let (distances, compared) = (Vec::new(), Vec::new());
            let (behaviour, similarity, task_variances) = (Vec::new(), Vec::new(), Vec::new());
            let (separation, measured_moments, recordings) = (Vec::new(), Vec::new(), Vec::new());
            TaskResults {
                task,
                networks,
                items,
                taken_apart,
                circuits,
                circuit_pairs,
                circuit_means,
                circuit_predictions,
                behaviour,
                task_variances,
                separation,
                measured_moments,
                distances,
                similarity,
                compared,
                recordings,
            }
        })
        .collect()
}
