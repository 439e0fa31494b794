//! What the fields of the grid do, row by row.

use serde::{Deserialize, Serialize};

/// What a field of the grid does to an aspect or a measure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EffectRow {
    /// Name of the task for readers.
    pub task: String,
    /// The field, with what was held beside it.
    pub field: String,
    /// The aspect or measure, in words.
    pub on: String,
    /// Share of the variance between values of the field.
    pub r2: Option<f64>,
    /// p of any difference between values, corrected.
    pub p_values: Option<f64>,
    /// Whether it rises or falls with the field: the correlation.
    pub trend: Option<f64>,
    /// Its interval.
    pub interval: Option<[f64; 2]>,
    /// p of the trend, corrected.
    pub p_trend: Option<f64>,
}
