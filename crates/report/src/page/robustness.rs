//! Conclusions by measure of similarity, row by row.

use serde::{Deserialize, Serialize};

/// What becomes of each conclusion under one measure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RobustnessRow {
    /// Name of the task, one of [`Page::tasks`](super::Page::tasks).
    pub task: String,
    /// `trained` or the control.
    pub networks: String,
    /// Name of the measure for readers.
    pub measure: String,
    /// A cell a conclusion, the same ones in every row.
    pub cells: Vec<RobustnessCell>,
}

/// One conclusion under one measure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RobustnessCell {
    /// The conclusion for readers.
    pub conclusion: String,
    /// Its statistic.
    pub value: Option<f64>,
    /// p value after Holm's correction within the measure.
    pub p: Option<f64>,
    /// What becomes of it.
    pub outcome: Outcome,
    /// Where it is within the noise, the effect that cannot be told from zero.
    pub doubtful: Option<DoubtfulEffect>,
}

/// An effect whose interval includes zero.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DoubtfulEffect {
    /// What it is, for readers.
    pub name: String,
    /// Its estimate.
    pub value: f64,
    /// Its interval.
    pub interval: [f64; 2],
}

/// What becomes of a conclusion under a measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// It holds, above the noise.
    Survives,
    /// Its test finds it, but noisy runs of different networks cannot be told from those of one.
    WithinNoise,
    /// Its test does not find it.
    Falls,
    /// The study cannot tell.
    NotDecidable,
}
