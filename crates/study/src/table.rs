//! The tables of a study, one struct each: its fields are the columns, their comments the documentation, and from it come
//! the writer and the reader.

mod behaviour;
mod branches;
mod circuit_distances;
mod circuit_effects;
mod circuit_mechanisms;
mod circuit_responses;
mod circuit_weights;
mod circuits;
pub(crate) mod claims;
mod classes;
mod comparisons;
mod development;
mod eigenvalues;
mod explained_variance;
mod field;
mod field_effects;
mod fixed_points;
mod learning;
mod levels;
mod line_attractors;
mod measure_courses;
mod measures;
mod multiverse;
mod psychometrics;
mod recorded_components;
mod recordings;
mod response_curves;
mod robustness;
mod row;
mod scores;
mod selectivity;
pub(crate) mod settings;
mod task_variances;
mod trajectories;

pub(crate) use behaviour::Response;
pub(crate) use branches::BranchStep;
pub(crate) use circuit_distances::CircuitDistance;
pub(crate) use circuit_effects::{CircuitEffect, quantities};
pub(crate) use circuit_mechanisms::CircuitMechanism;
pub(crate) use circuit_responses::CircuitResponse;
pub(crate) use circuit_weights::{CircuitMean, CircuitWeight, Role};
pub(crate) use circuits::Circuit;
pub(crate) use claims::{Evidence, JudgedClaim, JudgedReading};
pub(crate) use classes::{ClassSummary, Divergence};
pub(crate) use comparisons::{AspectAgreement, Distance, MapPoint, Statistic};
pub(crate) use development::DevelopmentMoment;
pub(crate) use eigenvalues::{Eigenvalue, Growth};
pub(crate) use explained_variance::ExplainedVariance;
pub(crate) use field::{Levels, Name};
pub(crate) use field_effects::EffectOfField;
pub(crate) use fixed_points::FixedPoint;
pub(crate) use learning::{LearningStep, LearningSummary};
pub(crate) use line_attractors::{ChoiceMark, LinePoint};
pub(crate) use measure_courses::MeasureMoment;
pub(crate) use measures::{AS_JUDGED, MeasureMean, Measured};
pub(crate) use multiverse::ChoiceVerdict;
pub(crate) use psychometrics::Psychometric;
pub(crate) use recorded_components::{NeuronSelectivity, RecordedPlace, RecordedPoint, RecordedVariance};
pub(crate) use recordings::{
    RankedClass, Recorded, RecordedDistance, RecordedLack, RecordedLimit, RecordedMeasure, RecordedPower,
};
pub(crate) use response_curves::ResponsePoint;
pub(crate) use robustness::ConclusionTest;
pub(crate) use row::Row;
pub(crate) use scores::{ComparedItem, Score};
pub(crate) use selectivity::{Sign, UnitSelectivity};
pub(crate) use task_variances::{ClusterCount, TaskPair, TaskScore, UnitVariance};
pub(crate) use trajectories::TrajectoryPoint;

use crate::config::Study;
use crate::stage::{ExampleNetwork, Item, Results, TaskResults};
use crate::store::read_table::{Columns, TableError};
use crate::store::table::{Meaning, Table};
use crate::store::{Folder, StoreError};
use settings::with_settings;

/// The tables by their rows, each with how it is made from the results of a study.
macro_rules! tables {
    ($($(#[doc = $doc:literal])+ $field:ident : $Row:ident = $of:expr),+ $(,)?) => {
        /// Every number that a study publishes, table by table: what figures and page are made from.
        #[derive(Clone, Debug, Default, PartialEq)]
        pub(crate) struct Tables {
            $( $(#[doc = $doc])+ pub(crate) $field: Vec<$Row>, )+
        }

        impl Tables {
            /// The tables of what is known of a study; those of stages that have not run are empty.
            pub(crate) fn of(study: &Study, results: &Results<'_>) -> Self {
                $( let $field: fn(&Study, &Results<'_>) -> Vec<$Row> = $of; )+
                Self { $( $field: $field(study, results), )+ }
            }

            /// Every table with its name, and beside each class the settings in which classes of the study differ.
            pub(crate) fn all(&self, study: &Study) -> Vec<(&'static str, Table)> {
                vec![$(($Row::NAME, with_settings($Row::table(&self.$field), study))),+]
            }

            /// Every table with its name, what its rows are, and its columns.
            pub(crate) fn documentation() -> Vec<(&'static str, &'static str, Vec<(String, Meaning)>)> {
                vec![$(($Row::NAME, $Row::MEANING, $Row::documentation())),+]
            }

            /// The tables of a study folder.
            ///
            /// # Errors
            /// [`StoreError`] names the file that is missing or damaged.
            pub(crate) fn read(folder: &Folder) -> Result<Self, StoreError> {
                Ok(Self { $( $field: read(folder)?, )+ })
            }
        }
    };
}

tables! {
    /// Scores of every trained network.
    scores: Score = |_, results| Score::of(&results.tasks),
    /// What is compared.
    items: ComparedItem = |_, results| ComparedItem::of(&results.tasks),
    /// Counts and medians of every class.
    classes: ClassSummary = |_, results| ClassSummary::of(&results.tasks),
    /// Why trainings diverged.
    divergences: Divergence = |_, results| Divergence::of(&results.tasks),
    /// Losses of every network.
    learning_curves: LearningStep = |_, results| LearningStep::of(&results.tasks),
    /// Losses of every class.
    learning_summaries: LearningSummary = |_, results| LearningSummary::of(&results.tasks),
    /// How far activations lie apart in the course of training.
    development: DevelopmentMoment = |_, results| DevelopmentMoment::of(&results.tasks),
    /// Measures of networks in the course of training.
    measure_courses: MeasureMoment = |_, results| MeasureMoment::of(&results.tasks),
    /// Distances of pairs.
    distances: Distance = |_, results| Distance::of(&results.tasks),
    /// Maps of networks.
    embeddings: MapPoint = |_, results| MapPoint::of(&results.tasks),
    /// Statistics on distances and maps.
    statistics: Statistic = |_, results| Statistic::of(&results.tasks),
    /// Trajectories of examples.
    trajectories: TrajectoryPoint = |_, results| TrajectoryPoint::of(&results.tasks),
    /// Shares of variance on the first components of examples.
    explained_variance: ExplainedVariance = |_, results| ExplainedVariance::of(&results.tasks),
    /// Units of selected networks.
    selectivity: UnitSelectivity = |_, results| UnitSelectivity::of(&results.tasks),
    /// Fixed points of selected networks.
    fixed_points: FixedPoint = |_, results| FixedPoint::of(&results.tasks),
    /// Spectra at the fixed points of examples.
    eigenvalues: Eigenvalue = |_, results| Eigenvalue::of(&results.tasks),
    /// Branches of fixed points of examples.
    branches: BranchStep = |_, results| BranchStep::of(&results.tasks),
    /// Lines between the choices of examples.
    line_attractors: LinePoint = |_, results| LinePoint::of(&results.tasks),
    /// What stands in the planes of these lines.
    choice_planes: ChoiceMark = |_, results| ChoiceMark::of(&results.tasks),
    /// Latent circuits of networks.
    circuits: Circuit = |_, results| Circuit::of(&results.tasks),
    /// Weights of circuits.
    circuit_weights: CircuitWeight = |_, results| CircuitWeight::of(&results.tasks),
    /// Mean circuits of classes.
    circuit_means: CircuitMean = |_, results| CircuitMean::of(&results.tasks),
    /// What changes of a circuit's weights do.
    circuit_effects: CircuitEffect = |_, results| CircuitEffect::of(&results.tasks),
    /// Responses of nodes.
    circuit_responses: CircuitResponse = |_, results| CircuitResponse::of(&results.tasks),
    /// Distances of circuits.
    circuit_distances: CircuitDistance = |_, results| CircuitDistance::of(&results.tasks),
    /// What circuits do with irrelevant stimuli.
    circuit_mechanisms: CircuitMechanism = |_, results| CircuitMechanism::of(&results.tasks),
    /// Measures of networks.
    measures: Measured = |_, results| Measured::of(&results.tasks, &results.judged),
    /// Means of measures.
    measure_means: MeasureMean = |study, results| MeasureMean::of(study, &results.tasks, &results.judged),
    /// Claims with their verdicts.
    claims: JudgedClaim = |_, results| JudgedClaim::of(&results.judged, &results.multiverse),
    /// Every reading of every claim.
    claim_readings: JudgedReading = |_, results| JudgedReading::of(&results.judged),
    /// Numbers behind the claims.
    claim_evidence: Evidence = |_, results| Evidence::of(&results.judged),
    /// What fields of the grid do.
    field_effects: EffectOfField = |_, results| EffectOfField::of(&results.judged),
    /// Claims under other choices.
    multiverse: ChoiceVerdict = |_, results| ChoiceVerdict::of(&results.multiverse),
    /// Conclusions under other measures.
    robustness: ConclusionTest = |_, results| ConclusionTest::of(&results.robustness),
    /// Whether aspects agree.
    concordance: AspectAgreement = |_, results| AspectAgreement::of(&results.concordance),
    /// What networks answer beyond their training.
    behaviour: Response = |_, results| Response::of(&results.tasks),
    /// Numbers read from these answers.
    psychometrics: Psychometric = |_, results| Psychometric::of(&results.tasks),
    /// Answers of classes.
    response_curves: ResponsePoint = |_, results| ResponsePoint::of(&results.tasks),
    /// Scores on each of several tasks.
    task_scores: TaskScore = |_, results| TaskScore::of(&results.tasks),
    /// How much units vary on each of several tasks.
    task_variance: UnitVariance = |_, results| UnitVariance::of(&results.tasks),
    /// Silhouettes of clusters of units.
    task_clusters: ClusterCount = |_, results| ClusterCount::of(&results.tasks),
    /// Tasks by the units that they share.
    task_pairs: TaskPair = |_, results| TaskPair::of(&results.tasks),
    /// Recordings with their verdicts.
    recordings: Recorded = |_, results| Recorded::of(&results.tasks),
    /// Classes beside recordings.
    recording_classes: RankedClass = |_, results| RankedClass::of(&results.tasks),
    /// Distances of recordings to classes.
    recording_distances: RecordedDistance = |_, results| RecordedDistance::of(&results.tasks),
    /// Measures of claims, of recordings within classes.
    recording_measures: RecordedMeasure = |_, results| RecordedMeasure::of(&results.tasks),
    /// What recordings lack for others.
    recording_measures_not_taken: RecordedLack = |_, results| RecordedLack::of(&results.tasks),
    /// What distances are at best and at worst.
    recording_limits: RecordedLimit = |_, results| RecordedLimit::of(&results.tasks),
    /// What other numbers of neurons and trials would tell.
    recording_power: RecordedPower = |_, results| RecordedPower::of(&results.tasks),
    /// Recordings in maps of networks.
    recording_maps: RecordedPlace = |_, results| RecordedPlace::of(&results.tasks),
    /// Trajectories of recordings.
    recording_trajectories: RecordedPoint = |_, results| RecordedPoint::of(&results.tasks),
    /// Neurons of recordings.
    recording_selectivity: NeuronSelectivity = |_, results| NeuronSelectivity::of(&results.tasks),
    /// Shares of variance on the components of recordings.
    recording_explained_variance: RecordedVariance = |_, results| RecordedVariance::of(&results.tasks),
}

fn read<R: Row>(folder: &Folder) -> Result<Vec<R>, StoreError> {
    let path = folder.table(R::NAME);
    let rows = Columns::open(&path).and_then(|columns| R::read(&columns));
    rows.map_err(|error: TableError| StoreError::damaged(&path, &error))
}

impl TaskResults<'_> {
    /// The task's name, as rows hold it.
    pub(crate) fn name(&self) -> Name {
        self.task.task.name().into()
    }

    /// The name of a class, by its place in the task's.
    pub(crate) fn class_name(&self, class: usize) -> Name {
        self.task.classes[class].name.as_str().into()
    }

    /// Task, class and network of an item, as rows hold them.
    pub(crate) fn names(&self, item: &Item) -> [Name; 3] {
        [self.name(), self.class_name(item.class), item.network.as_str().into()]
    }

    /// The examples that are taken apart.
    pub(crate) fn examples_taken_apart(&self) -> impl Iterator<Item = (&Item, &ExampleNetwork)> {
        let items = self.examples();
        self.taken_apart.iter().filter_map(move |example| {
            let item = items.iter().find(|item| item.network == example.network)?;
            Some((*item, example))
        })
    }
}
