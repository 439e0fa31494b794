//! What is taken from one network: the features of every aspect, and the fixed points themselves.

use circuitscope::analysis::components::{Axes, Features};
use circuitscope::analysis::distance::{Aspect, Observed};
use circuitscope::analysis::fixed_point_configuration::{
    FixedPointRates, fixed_points_on_task, rates_at_fixed_points,
};
use circuitscope::analysis::measures::{
    AtDecision, DecisionWindow, endpoint_offset, final_inputs, irrelevant_information, output_alignment,
};
use circuitscope::analysis::trajectories;
use circuitscope::dynamics::fixed_points::FixedPoints;
use circuitscope::dynamics::run::{rates, states};
use circuitscope::dynamics::stability::Stability;
use circuitscope::network::Network;
use circuitscope::task::Task;
use circuitscope::trials::Trials;
use ndarray::{Array2, Array3, Axis};
use std::collections::BTreeMap;

/// The features and fixed points of a network.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Description {
    /// The features by aspect; an aspect is missing where a network has none (a network that does not move has no
    /// trajectory) or where it was not asked for.
    pub features: BTreeMap<Aspect, Features>,
    /// Fixed points, input by input, in the order of the features' rows; empty where they were not asked for.
    pub fixed_points: Vec<RestingPoint>,
    /// What its rates hold at the decision.
    pub at_decision: AtDecision,
}

/// A fixed point as tables and figures show it.
#[derive(Clone, Debug, PartialEq)]
pub struct RestingPoint {
    /// Its input, by its place in the task's inputs for fixed points.
    pub input: usize,
    /// Whether the state returns to it.
    pub stability: Stability,
    /// Eigenvalues of the flow with a positive real part.
    pub n_unstable: usize,
    /// Largest real part of an eigenvalue (per time constant).
    pub max_re: f64,
    /// `‖rhs‖` there (per time constant).
    pub residual: f64,
    /// How far the exact fixed point may be (in rates or potentials); none without a proof that there is one.
    pub radius: Option<f64>,
    /// Its place on the first three components of the network's trajectories.
    pub over_trajectories: [f64; 3],
}

/// What a network is described on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject<'a> {
    /// The network.
    pub(crate) network: &'a Network,
    /// The task.
    pub(crate) task: &'a Task,
    /// Its analysis trials.
    pub(crate) trials: &'a Trials,
    /// Seed of the search for fixed points.
    pub(crate) seed: u64,
}

/// Describes a network: fixed points only if `aspects` name them, as their search takes longer than all the rest; all
/// other aspects in any case.
pub(crate) fn describe(subject: Subject<'_>, aspects: &[Aspect]) -> Description {
    let Subject { network, task, trials, seed } = subject;
    let Ok(states) = states(network, trials.inputs.view()) else { return Description::default() };
    let found = if aspects.contains(&Aspect::FixedPoints) {
        fixed_points_on_task(network, task, states.view(), seed).unwrap_or_default()
    } else {
        Vec::new()
    };
    let at_rest = rates_at_fixed_points(network, &found);
    let rates = rates(network, states);
    let observed = Observed { rates: rates.view(), at_rest: &at_rest };
    let at_decision = at_decision(subject, &rates, &at_rest);
    let mut description = Description { at_decision, ..Description::default() };
    if let Ok((features, axes)) = trajectories::with_axes(rates.view()) {
        description.features.insert(Aspect::Trajectories, features);
        description.fixed_points = resting_points(&found, &at_rest, &axes);
    }
    // Without the points beside it, a configuration could not say which row is which.
    let is_left = |aspect: &Aspect| match aspect {
        Aspect::Trajectories => false,
        Aspect::Endpoints | Aspect::Selectivity => true,
        Aspect::FixedPoints => !description.fixed_points.is_empty(),
    };
    let left: Vec<Aspect> = Aspect::ALL.into_iter().filter(is_left).collect();
    for aspect in left {
        if let Ok(features) = aspect.features(observed) {
            description.features.insert(aspect, features);
        }
    }
    description
}

fn at_decision(subject: Subject<'_>, rates: &Array3<f64>, at_rest: &FixedPointRates) -> AtDecision {
    let Subject { network, task, trials, .. } = subject;
    let conditions = task.in_units(trials.conditions.mapv(f64::from));
    let steps = DecisionWindow::ALL.map(|window| window.steps(task.decision()));
    let information =
        |steps| task.contexts().and_then(|_| irrelevant_information(rates.view(), conditions.view(), steps));
    let ends = rates.index_axis(Axis(1), trials.n_steps() - 1);
    let inputs = final_inputs(trials, task.constant_inputs().inputs.view());
    AtDecision {
        alignment: steps.clone().map(|steps| output_alignment(network.w_out.view(), rates.view(), steps)),
        information: steps.map(information),
        endpoint_offset: endpoint_offset(ends, &inputs, at_rest),
    }
}

fn resting_points(found: &[FixedPoints], at_rest: &FixedPointRates, axes: &Axes) -> Vec<RestingPoint> {
    let places: Array2<f64> = axes.place(at_rest.rates.view());
    let points = found.iter().enumerate().flat_map(|(i, at)| at.points.iter().map(move |point| (i, point)));
    points
        .zip(places.outer_iter())
        .map(|((input, point), place)| RestingPoint {
            input,
            stability: point.linearization.flow,
            n_unstable: point.linearization.n_unstable,
            max_re: point.linearization.max_re(),
            residual: point.root.residual,
            radius: point.root.certificate.map(|certificate| certificate.radius),
            over_trajectories: [place[0], place[1], place[2]],
        })
        .collect()
}
