//! The measures of every selected network and control, and their means by activation.

use super::field::{Levels, Name};
use super::row::table;
use crate::config::Study;
use crate::stage::{Item, ItemMeasures, Judged, Kind, TaskResults};
use circuitscope::Family;
use circuitscope::analysis::measures::{Measure, VARIATIONS};
use circuitscope::analysis::statistics::{Resampling, location};

/// The choice that claims are judged by.
pub(crate) const AS_JUDGED: &str = "as judged";

table! {
    /// One row per selected network or control, measure and choice.
    "measures" => pub(crate) struct Measured {
        /// Task.
        task: Name,
        /// Class of the network.
        class_name: Name,
        /// Name of the network that it is or is made from.
        network: Name,
        /// Trained network or control.
        kind: Kind,
        /// What is measured.
        measure: Measure,
        /// What was chosen where the measure leaves it free: `as judged` is what claims are judged by; controls have no
        /// other.
        choice: Name,
        /// The measure.
        value: f64,
    }
}

table! {
    /// One row per measure, choice and group of networks: those of an activation, trained or a control of one kind.
    "measure_means" => pub(crate) struct MeasureMean {
        /// Task.
        task: Name,
        /// What is measured.
        measure: Measure,
        /// What was chosen where the measure leaves it free, as in table `measures`.
        choice: Name,
        /// Trained networks or controls.
        kind: Kind,
        /// Activation function of the networks.
        activation: Family,
        /// Networks that have the measure.
        n_networks: usize,
        /// Mean over these networks.
        mean: f64,
        /// Lower end of its 95 % bootstrap interval; null for fewer than three networks.
        low: Option<f64>,
        /// Upper end of its 95 % bootstrap interval.
        high: Option<f64>,
    }
}

impl Measured {
    pub(crate) fn of(results: &[TaskResults<'_>], judged: &Judged) -> Vec<Self> {
        let names: Vec<Name> = choices().map(Name::from).collect();
        let mut rows = Vec::new();
        for (of_task, measures) in results.iter().zip(&judged.measures) {
            let task = of_task.name();
            for (item, measures) in of_task.items.iter().zip(measures) {
                let (class_name, network) =
                    (of_task.class_name(item.class), Name::from(item.network.as_str()));
                let of_choices = std::iter::once(&measures.judged).chain(&measures.varied);
                for (choice, values) in names.iter().zip(of_choices) {
                    rows.extend(values.iter().map(|(&measure, &value)| Self {
                        task: task.clone(),
                        class_name: class_name.clone(),
                        network: network.clone(),
                        kind: item.kind,
                        measure,
                        choice: choice.clone(),
                        value,
                    }));
                }
            }
        }
        rows
    }
}

impl MeasureMean {
    pub(crate) fn of(study: &Study, results: &[TaskResults<'_>], judged: &Judged) -> Vec<Self> {
        let resampling = Resampling {
            n_resamples: study.comparison.resamples,
            // Only intervals are asked for.
            n_permutations: 1,
            seed: study.seed,
        };
        let activations = |kind: Kind| Family::ALL.into_iter().map(move |family| (kind, family));
        let groups: Vec<(Kind, Family)> =
            Kind::all().into_iter().flat_map(|(_, kind)| activations(kind)).collect();
        let mut rows = Vec::new();
        for (of_task, measures) in results.iter().zip(&judged.measures) {
            let task = of_task.name();
            let items: Vec<(&Item, &ItemMeasures)> = of_task.items.iter().zip(measures).collect();
            let of_group = |measure: Measure, choice: usize, group: (Kind, Family)| -> Vec<f64> {
                let own = items.iter().filter(|(item, _)| (item.kind, item.curve.family()) == group);
                own.filter_map(|(_, measures)| value(measures, choice, measure)).collect()
            };
            for measure in Measure::ALL {
                for (place, choice) in choices().map(Name::from).enumerate() {
                    for &(kind, activation) in &groups {
                        let values = of_group(measure, place, (kind, activation));
                        if values.is_empty() {
                            continue;
                        }
                        let interval = location(&values, resampling).map(|found| found.interval);
                        rows.push(Self {
                            task: task.clone(),
                            measure,
                            choice: choice.clone(),
                            kind,
                            activation,
                            n_networks: values.len(),
                            mean: values.iter().sum::<f64>() / values.len() as f64,
                            low: interval.map(|[low, _]| low),
                            high: interval.map(|[_, high]| high),
                        });
                    }
                }
            }
        }
        rows
    }
}

/// The names of the choices, that which is judged by first.
fn choices() -> impl Iterator<Item = &'static str> {
    std::iter::once(AS_JUDGED).chain(VARIATIONS.iter().map(|variation| variation.name))
}

/// The measure under the choice at this place of [`choices`].
fn value(measures: &ItemMeasures, choice: usize, measure: Measure) -> Option<f64> {
    std::iter::once(&measures.judged).chain(&measures.varied).nth(choice)?.get(&measure).copied()
}
