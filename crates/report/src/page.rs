//! What a report says.

mod effect;
mod robustness;

use serde::{Deserialize, Serialize};

use crate::figure::{Class, Figure, RunCounts};

pub use effect::EffectRow;
pub use robustness::{DoubtfulEffect, Outcome, RobustnessCell, RobustnessRow};

/// Everything on a report, in plain values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// Name of the study.
    pub study: String,
    /// What was run, in one paragraph for a reader who knows neither the study nor the software.
    pub summary: String,
    /// Names of the tasks for readers, in the study's order. Tabs and tables follow this order.
    pub tasks: Vec<String>,
    /// The classes, in the study's order.
    pub classes: Vec<Class>,
    /// The few results to see first.
    pub findings: Vec<Finding>,
    /// One row a task and class.
    pub runs: Vec<RunRow>,
    /// Claims of the study file; empty where it states none.
    pub hypotheses: Vec<ClaimRow>,
    /// What the fields of the grid do; within a task and field they keep this order.
    pub effects: Vec<EffectRow>,
    /// Claims checked against this study; empty where none were.
    pub claims: Vec<ClaimRow>,
    /// What is said of claims that are not listed; may be empty.
    pub claims_note: String,
    /// What latent circuits do, class by class; within a task they keep this order.
    pub mechanisms: Vec<MechanismRow>,
    /// Recordings ranked beside the networks; within a task they keep this order.
    pub recordings: Vec<RecordingRow>,
    /// Measures by activation; within a task they keep this order.
    pub measures: Vec<MeasureRow>,
    /// Statistics of trained networks beside those of controls; within a task they keep this order.
    pub sides: Vec<SideRow>,
    /// Figures; within a topic and task they keep this order.
    pub figures: Vec<PlacedFigure>,
    /// Statistics of distances and embeddings; within a task and aspect they keep this order.
    pub statistics: Vec<StatisticRow>,
    /// Conclusions by measure of similarity; empty where no other measure was taken.
    pub robustness: Vec<RobustnessRow>,
    /// What a reader needs to judge the statistics: item and what holds in this study.
    pub checklist: Vec<(String, String)>,
    /// Choices of the analysis that the built-in text on methods does not state, one sentence each.
    pub notes: Vec<String>,
    /// Where the numbers come from.
    pub provenance: Provenance,
    /// How far the study is; none for one that has run to its end.
    pub under_way: Option<UnderWay>,
}

impl Page {
    /// Whether a part is not there yet.
    pub(super) fn is_pending(&self, part: Part) -> bool {
        self.under_way.as_ref().is_some_and(|under_way| under_way.pending.contains(&part))
    }
}

/// How far a study is that is still running.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnderWay {
    /// Stages that are done.
    pub n_done: usize,
    /// Stages in all.
    pub n_stages: usize,
    /// What is being done, in words.
    pub following: String,
    /// What the finished page has; what is here already is shown.
    pub pending: Vec<Part>,
}

/// A part of the page that is computed after training.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Part {
    /// The few results to see first.
    Findings,
    /// Claims of the study file.
    Hypotheses,
    /// What the fields of the grid do.
    Effects,
    /// Claims.
    Claims,
    /// Figures of a topic.
    Figures(Topic),
    /// Measures.
    Measures,
    /// Trained networks beside controls.
    Controls,
    /// Statistics.
    Statistics,
    /// Conclusions by measure of similarity.
    Robustness,
}

/// One headline result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// The number, short, e.g. `0.97`.
    pub value: String,
    /// What the number is, e.g. `kNN accuracy, three classes`.
    pub label: String,
    /// One sentence: what it means, against what.
    pub detail: String,
}

/// What a study says on a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// The whole interval is on the claimed side, and p after correction is below the level.
    Supported,
    /// The whole interval is on the other side, and so is p.
    Contradicted,
    /// The whole interval is inside a margin that was stated beforehand.
    Equivalent,
    /// None of these.
    Inconclusive,
    /// Data are missing.
    NotDecidable,
}

impl Verdict {
    /// In words.
    pub fn text(self) -> &'static str {
        match self {
            Self::Supported => "supported",
            Self::Contradicted => "contradicted",
            Self::Equivalent => "equivalent",
            Self::Inconclusive => "inconclusive",
            Self::NotDecidable => "not decidable from this study",
        }
    }
}

/// What became of the networks of one class on one task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunRow {
    /// Name of the task, one of [`Page::tasks`].
    pub task: String,
    /// Name of the class for readers.
    pub class: String,
    /// Counts and reasons.
    pub counts: RunCounts,
    /// Median R² of the selected networks.
    pub median_r2: Option<f64>,
}

/// One claim and what the study says on it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClaimRow {
    /// Number in the list of claims, e.g. `7`, or `18 · Go/NoGo`.
    pub number: String,
    /// The claim.
    pub claim: String,
    /// The statistic with its value, interval and p, in words and numbers.
    pub evidence: String,
    /// The decision.
    pub verdict: Verdict,
    /// Why, where the criterion is not met or cannot be judged; may be empty.
    pub reason: String,
    /// Path of the table behind it, relative to the report; may be empty.
    pub data: String,
    /// Other ways to put it as numbers.
    pub readings: Vec<ReadingRow>,
}

/// One way to put a claim as numbers, and what the study says under it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReadingRow {
    /// What it asks for.
    pub meaning: String,
    /// The number that decides with its value, interval and p, in words and numbers.
    pub evidence: String,
    /// The decision.
    pub verdict: Verdict,
}

/// The mechanisms of the latent circuits of a class or activation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MechanismRow {
    /// Name of the task, one of [`Page::tasks`].
    pub task: String,
    /// Name of the class or activation for readers.
    pub group: String,
    /// Networks that have a circuit.
    pub n_networks: usize,
    /// Each mechanism with the networks whose circuit has it; the same ones in every row of a task.
    pub counts: Vec<(String, usize)>,
}

/// A recording and what can be said of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordingRow {
    /// Name of the task, one of [`Page::tasks`].
    pub task: String,
    /// Name of the recording.
    pub name: String,
    /// What of it is used, in a sentence.
    pub used: String,
    /// The verdict, in a few words.
    pub verdict: String,
    /// Why, in a sentence.
    pub why: String,
    /// What would be needed to tell, in a sentence; may be empty.
    pub needed: String,
}

/// A measure by activation, under one choice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MeasureRow {
    /// Name of the task, one of [`Page::tasks`].
    pub task: String,
    /// What it is.
    pub measure: String,
    /// What was chosen where the measure leaves it free; `None` for what claims are judged by.
    pub choice: Option<String>,
    /// Names of the activations, the same in all rows of a task.
    pub groups: Vec<String>,
    /// Of trained networks, one per activation.
    pub trained: Vec<MeasureGroup>,
    /// Of the same networks before training.
    pub untrained: Vec<MeasureGroup>,
    /// Of the same networks with shuffled weights.
    pub shuffled: Vec<MeasureGroup>,
}

/// A measure over a group of networks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MeasureGroup {
    /// Mean; `None` where no network has it.
    pub mean: Option<f64>,
    /// 95 % bootstrap interval of the mean; `None` for fewer than three networks.
    pub interval: Option<[f64; 2]>,
}

/// A statistic over several sets of networks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SideRow {
    /// Name of the task, one of [`Page::tasks`].
    pub task: String,
    /// Aspect for readers.
    pub aspect: String,
    /// Name of the statistic for readers.
    pub statistic: String,
    /// Of trained networks.
    pub trained: Option<f64>,
    /// Of the better half of each class by R².
    pub better_half: Option<f64>,
    /// Of the worse half of each class by R².
    pub worse_half: Option<f64>,
    /// Of networks before training.
    pub untrained: Option<f64>,
    /// Of networks with shuffled weights.
    pub shuffled: Option<f64>,
}

/// Sections that hold figures, in the order of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Topic {
    /// Numbers that claims of the study file are about.
    Hypotheses,
    /// Scores of the networks.
    Scores,
    /// Loss over training.
    Learning,
    /// State trajectories.
    Trajectories,
    /// Networks in a plane by the distance of their solutions.
    Embeddings,
    /// Selectivity of single units.
    Selectivity,
    /// Fixed points and line attractors.
    FixedPoints,
    /// Latent circuits.
    Circuits,
    /// Several tasks by the units that vary on them.
    Tasks,
    /// Behaviour out of the training distribution.
    Behaviour,
    /// Recordings beside the networks.
    Recordings,
    /// Distances between networks.
    Distances,
    /// Statistics beside published ones.
    Agreement,
    /// Claims under other choices.
    Choices,
}

/// A figure and its place on the page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlacedFigure {
    /// Section.
    pub topic: Topic,
    /// Name of the task, one of [`Page::tasks`]; `None` for a figure over all tasks.
    pub task: Option<String>,
    /// The figure.
    pub figure: Figure,
}

/// One statistic.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StatisticRow {
    /// Name of the task, one of [`Page::tasks`].
    pub task: String,
    /// Aspect of the solutions for readers, e.g. `Trajectories`.
    pub aspect: String,
    /// What it is computed on, e.g. `distances` or `embedding`.
    pub space: String,
    /// Name of the statistic for readers, e.g. `silhouette, three classes`.
    pub statistic: String,
    /// Value; `None` where it could not be computed, with the reason in `reason`.
    pub value: Option<f64>,
    /// Bootstrap confidence interval.
    pub interval: Option<[f64; 2]>,
    /// p value.
    pub p: Option<f64>,
    /// p value after Holm's correction over all of these rows.
    pub p_holm: Option<f64>,
    /// Published value.
    pub published: Option<f64>,
    /// What it says on the hypothesis that the study attaches to it, if any.
    pub verdict: Option<Verdict>,
    /// Why, where not supported or not decidable; may be empty.
    pub reason: String,
}

/// Where the numbers come from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    /// Name and version of the software.
    pub software: String,
    /// Hash of all that decides the results of the study.
    pub study_identity: String,
    /// Version of the format of the stored files.
    pub format_version: String,
    /// Name of the machine instructions the networks were trained with.
    pub kernel_path: String,
    /// Other facts in a fixed order: name, value. Seeds belong here.
    pub facts: Vec<(String, String)>,
    /// The study file, verbatim.
    pub config: String,
    /// Stored files.
    pub artefacts: Vec<Artefact>,
}

/// A stored file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Artefact {
    /// Path, relative to the report.
    pub path: String,
    /// What it holds.
    pub content: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}
