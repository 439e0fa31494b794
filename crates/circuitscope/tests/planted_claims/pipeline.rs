//! From a network to what claims are judged on, by the functions that a study calls.

use std::collections::BTreeMap;

use circuitscope::analysis::components::Features;
use circuitscope::analysis::distance::{Aspect, Observed, assemble, between, upper_pairs};
use circuitscope::analysis::fixed_point_configuration::rates_at_fixed_points;
use circuitscope::analysis::latent_circuit::mechanism::Reading;
use circuitscope::analysis::measures::{
    AtDecision, Contexts, DecisionWindow, Described, Measure, endpoint_offset, final_inputs,
    irrelevant_information, of_network, output_alignment,
};
use circuitscope::analysis::registration::Budget;
use circuitscope::analysis::trajectories;
use circuitscope::dynamics::fixed_points::{Search, along_trials, fixed_points};
use circuitscope::dynamics::run::{rates, states};
use circuitscope::network::Network;
use circuitscope::task::{Cddm, Epoch, Task};
use circuitscope::trials::Trials;
use ndarray::{Array2, Axis};
use rayon::prelude::*;

/// The task, and what distinguishes its trials and inputs.
pub(crate) struct Protocol {
    pub(crate) trials: Trials,
    task: Task,
    inputs: Array2<f64>,
    input_conditions: Array2<f64>,
    trial_conditions: Array2<f64>,
}

/// What was taken of a network.
pub(crate) struct Seen {
    pub(crate) measures: BTreeMap<Measure, f64>,
    pub(crate) features: BTreeMap<Aspect, Features>,
}

impl Protocol {
    /// CDDM in 90 steps, nine time constants; the stimulus is on for six.
    pub(crate) fn new() -> Self {
        let cddm = Cddm {
            n_steps: 90,
            context: Epoch::new(0, 90),
            stimulus: Epoch::new(30, 90),
            decision: Epoch::new(60, 90),
            mask: vec![Epoch::new(0, 30), Epoch::new(60, 90)],
            ..Cddm::published()
        };
        let task = Task::from(cddm);
        let (trials, grid) = (task.analysis_trials(), task.constant_inputs());
        Self {
            input_conditions: grid.conditions.clone(),
            trial_conditions: trials.conditions.mapv(f64::from),
            inputs: grid.inputs.clone(),
            task,
            trials,
        }
    }

    /// What the mechanism of a circuit is read from.
    pub(crate) fn reading(&self) -> Reading {
        Reading::of(&self.task).expect("channels of its own for each context and evidence")
    }

    /// Runs a network, finds its fixed points and measures it.
    pub(crate) fn seen(&self, network: &Network, seed: u64) -> Seen {
        /// By construction a network has one fixed point at each input; a trial leads to it.
        const SEARCH: Search = Search { min_starts: 1, min_total_starts: 50, ..Search::STANDARD };
        let states = states(network, self.trials.inputs.view()).expect("six inputs");
        let starts = along_trials(states.view(), 10);
        let found = fixed_points(network, self.inputs.view(), starts.view(), &SEARCH, seed).expect("finite");
        let at_rest = rates_at_fixed_points(network, &found);
        let rates = rates(network, states);
        let observed = Observed { rates: rates.view(), at_rest: &at_rest };
        let (of_trajectories, axes) = trajectories::with_axes(rates.view()).expect("states that move");
        let mut features = BTreeMap::from([(Aspect::Trajectories, of_trajectories)]);
        for aspect in [Aspect::Endpoints, Aspect::Selectivity, Aspect::FixedPoints] {
            features.insert(aspect, aspect.features(observed).expect("features"));
        }
        let places = axes.place(at_rest.rates.view());
        let over_trajectories: Vec<[f64; 3]> =
            places.outer_iter().map(|place| [place[0], place[1], place[2]]).collect();
        let steps = DecisionWindow::ALL.map(|window| window.steps(self.task.decision()));
        let ends = rates.index_axis(Axis(1), self.trials.n_steps() - 1);
        let conditions = self.trial_conditions.view();
        let at_decision = AtDecision {
            alignment: steps.clone().map(|steps| output_alignment(network.w_out.view(), rates.view(), steps)),
            information: steps.map(|steps| irrelevant_information(rates.view(), conditions, steps)),
            endpoint_offset: endpoint_offset(ends, &final_inputs(&self.trials, self.inputs.view()), &at_rest),
        };
        let measures = of_network(&Described {
            trajectories: features.get(&Aspect::Trajectories),
            selectivity: features.get(&Aspect::Selectivity),
            fixed_points: features.get(&Aspect::FixedPoints),
            over_trajectories: &over_trajectories,
            trial_conditions: conditions,
            input_conditions: self.input_conditions.view(),
            has_contexts: Contexts::of_task(&self.task),
            decision: self.task.decision(),
            at_decision,
        });
        Seen { measures, features }
    }
}

/// Distances between all networks in some aspects.
pub(crate) fn distances(seen: &[Seen], aspects: &[Aspect]) -> Vec<(Aspect, Array2<f64>)> {
    // One chain: clouds of 40 units of so plain a shape are no hard ones.
    let budget = Budget { n_agreeing: 1 };
    let pairs = upper_pairs(seen.len());
    let of_aspect = |&aspect: &Aspect| {
        let of_pair = |&(i, j): &(usize, usize)| {
            let [a, b] = [i, j].map(|place| &seen[place].features[&aspect]);
            between(aspect, a, b, budget, (i * seen.len() + j) as u64).expect("features of one aspect")
        };
        let measured: Vec<_> = pairs.par_iter().map(of_pair).collect();
        (aspect, assemble(seen.len(), &pairs, &measured).distance)
    };
    aspects.iter().map(of_aspect).collect()
}
