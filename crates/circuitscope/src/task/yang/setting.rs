//! What the twenty tasks have in common: rings, time step, number of trials.

use crate::field::FieldError;

/// What the tasks have in common.
#[derive(Clone, Debug, PartialEq)]
pub struct YangSetting {
    /// Input units of either ring, and output units.
    pub ring: usize,
    /// Time between two steps (ms).
    pub dt_ms: f64,
    /// Trials of each task in an iteration of training.
    pub trials: usize,
    /// Directions on the analysis trials.
    pub directions: usize,
}

impl YangSetting {
    /// The published rings and time step, 16 trials of each task in an iteration, 8 directions in the analysis.
    pub fn published() -> Self {
        Self { ring: 32, dt_ms: 20.0, trials: 16, directions: 8 }
    }

    /// # Errors
    /// [`FieldError`] names the setting from which no trials can be made.
    pub(super) fn check(&self) -> Result<(), FieldError> {
        let Self { ring, dt_ms, trials, directions } = self;
        let within = |low: usize, high: usize, value: &usize| (low..=high).contains(value);
        FieldError::unless(within(4, 128, ring), "ring", ring, "a ring has from 4 to 128 units")?;
        FieldError::unless(
            (1.0..=100.0).contains(dt_ms),
            "dt_ms",
            dt_ms,
            "steps last from 1 ms to 100 ms, the period of grace after the go cue",
        )?;
        FieldError::unless(within(1, 1000, trials), "trials", trials, "a task has from 1 to 1000 trials")?;
        let fits = within(2, 64, directions) && directions % 2 == 0;
        FieldError::unless(
            fits,
            "directions",
            directions,
            "give an even number from 2 to 64: half of each category",
        )
    }

    pub(super) fn fields(&self) -> Vec<(&'static str, String)> {
        vec![
            ("ring", self.ring.to_string()),
            ("dt_ms", format!("{:?}", self.dt_ms)),
            ("trials", self.trials.to_string()),
            ("directions", self.directions.to_string()),
        ]
    }
}
