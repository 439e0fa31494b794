//! The same measures under other choices: a number that turns with a choice nobody argued for proves little.

use std::collections::BTreeMap;

use ndarray::s;

use super::{DecisionWindow, Described, EARLY_STEP, Measure, taken};
use crate::analysis::components::Features;

/// A choice other than the one that claims are judged by, and the measures that depend on it.
#[derive(Clone, Copy, Debug)]
pub struct Variation {
    /// What is chosen, in words.
    pub name: &'static str,
    /// Components that are looked at; all where none.
    components: Option<usize>,
    early_step: usize,
    window: DecisionWindow,
    measures: &'static [Measure],
}

const AS_JUDGED: Variation = Variation {
    name: "",
    components: None,
    early_step: EARLY_STEP,
    window: DecisionWindow::Epoch,
    measures: &[],
};

const OF_COMPONENTS: &[Measure] = &[
    Measure::ExchangeResidual,
    Measure::EarlyDivergence,
    Measure::ContextAxisShare,
    Measure::EvennessOfRadii,
    Measure::KurtosisOfRadii,
    Measure::LargestRadius,
    Measure::ContextSeparation,
    Measure::IrrelevantShare,
];
const OF_EARLY_STEP: &[Measure] = &[Measure::EarlyDivergence];
const OF_WINDOW: &[Measure] = &[Measure::OutputAlignment, Measure::IrrelevantInformation];

/// Every variation: of the number of components (judged by: 10, fixed points 7), of the step at which contexts are
/// compared (judged by: 20), of the steps at which the decision is read (judged by: its whole epoch).
pub const VARIATIONS: [Variation; 8] = [
    Variation { name: "2 components", components: Some(2), measures: OF_COMPONENTS, ..AS_JUDGED },
    Variation { name: "3 components", components: Some(3), measures: OF_COMPONENTS, ..AS_JUDGED },
    Variation { name: "5 components", components: Some(5), measures: OF_COMPONENTS, ..AS_JUDGED },
    Variation { name: "step 5", early_step: 5, measures: OF_EARLY_STEP, ..AS_JUDGED },
    Variation { name: "step 10", early_step: 10, measures: OF_EARLY_STEP, ..AS_JUDGED },
    Variation { name: "step 40", early_step: 40, measures: OF_EARLY_STEP, ..AS_JUDGED },
    Variation { name: "last 10 steps", window: DecisionWindow::LastTen, measures: OF_WINDOW, ..AS_JUDGED },
    Variation { name: "last step", window: DecisionWindow::Last, measures: OF_WINDOW, ..AS_JUDGED },
];

impl Variation {
    /// The measures that depend on the choice, taken under it.
    pub fn of_network(&self, described: &Described<'_>) -> BTreeMap<Measure, f64> {
        let leading = |features: Option<&Features>| features.map(|features| self.leading(features));
        let [trajectories, selectivity, fixed_points] =
            [described.trajectories, described.selectivity, described.fixed_points].map(leading);
        let described = Described {
            trajectories: trajectories.as_ref(),
            selectivity: selectivity.as_ref(),
            fixed_points: fixed_points.as_ref(),
            ..*described
        };
        let mut measures = taken(&described, self.early_step, self.window);
        measures.retain(|measure, _| self.measures.contains(measure));
        measures
    }

    fn leading(&self, features: &Features) -> Features {
        let n_columns = features.points.ncols();
        let n_kept = self.components.map_or(n_columns, |n| n.min(n_columns));
        Features {
            points: features.points.slice(s![.., ..n_kept]).to_owned(),
            // The share of the plane is of all that varies, whatever is looked at.
            explained: features.explained.clone(),
            groups: features.groups.clone(),
        }
    }
}
