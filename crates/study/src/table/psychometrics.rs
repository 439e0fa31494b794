//! Numbers read from the responses of every trained network.

use super::behaviour::Condition;
use super::field::Name;
use super::row::table;
use crate::stage::{MeasureRow, TaskResults};
use circuitscope::analysis::behaviour::psychometric::SMALLEST_LAPSE;

table! {
    /// One row per trained network, condition and number read from its responses.
    "psychometrics" => pub(crate) struct Psychometric {
        /// Task.
        task: Name,
        /// Name of the network; selected or not.
        network: Name,
        /// Class of the network.
        class_name: Name,
        /// Test, as in table `behaviour`.
        test: Name,
        /// Strength of the test, as in table `behaviour`.
        strength: Option<f64>,
        /// Context, as in table `behaviour`; null for a number over both.
        context: Option<Name>,
        /// What it is. Of a psychometric function: `slope`, `bias`, `lapse_low`, `lapse_high`, `even` (where both answers are
        /// as likely) and `deviance` of the fit. Slopes of answers on what is shown: `irrelevant_slope_trained` and
        /// `irrelevant_slope_beyond` (choices by context), `gain_trained` and `gain_beyond` (`MemoryNumber`).
        measure: Name,
        /// The number; null where the answers do not tell it. A lapse rate below 0.001 is 0: the fit tells no smaller one
        /// from none.
        value: Option<f64>,
        /// Lower end of its 95 % interval; of a lapse rate, 0 where it is below 0.001.
        low: Option<f64>,
        /// Upper end of its 95 % interval, likewise.
        high: Option<f64>,
        /// Whether it is at the end of what the stimuli can tell; it has no interval there.
        at_bound: bool,
        /// Whether the answers tell it.
        identified: bool,
    }
}

impl Psychometric {
    pub(crate) fn of(results: &[TaskResults<'_>]) -> Vec<Self> {
        let mut rows = Vec::new();
        for of_task in results {
            let task = of_task.name();
            for behaviour in &of_task.behaviour {
                let (network, class_name): (Name, Name) =
                    (behaviour.network.as_str().into(), behaviour.class.as_str().into());
                rows.extend(behaviour.measures.iter().map(|measure| {
                    let Condition { test, strength, context } =
                        Condition::of(&of_task.task.task, &measure.condition);
                    Self {
                        task: task.clone(),
                        network: network.clone(),
                        class_name: class_name.clone(),
                        test,
                        strength,
                        context,
                        measure: measure.name.as_str().into(),
                        value: measure.value,
                        low: measure.interval.map(|[low, _]| told(measure, low)),
                        high: measure.interval.map(|[_, high]| told(measure, high)),
                        at_bound: measure.at_bound,
                        identified: measure.identified,
                    }
                }));
            }
        }
        rows
    }
}

/// The end of an interval. The fit seeks a lapse rate as the squared sine of an angle: of a resample without lapses it is the
/// square of what the search leaves of the angle, such as 1e-60, which is none.
fn told(measure: &MeasureRow, end: f64) -> f64 {
    let is_lapse = matches!(measure.name.as_str(), "lapse_low" | "lapse_high");
    if is_lapse && end < SMALLEST_LAPSE { 0.0 } else { end }
}
