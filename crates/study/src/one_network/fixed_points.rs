//! Fixed points of one network at the inputs of a task, or at given ones.

use super::{Named, OneNetworkError, SEED, trials_for};
use crate::event::{Event, Listener, Stage};
use circuitscope::dynamics::DynamicsError;
use circuitscope::dynamics::fixed_points::{
    Completeness, Evidence, FixedPoint, FixedPoints, Manifold, Search, along_trials, fixed_points_told,
};
use circuitscope::dynamics::flow::Flow;
use circuitscope::dynamics::run::{RunError, states};
use circuitscope::dynamics::stability::{Stability, transverse};
use circuitscope::network::Network;
use circuitscope::silent_units::{never_active, silent_units, without};
use circuitscope::task::Task;
use circuitscope::trials::Trials;
use ndarray::{Array2, ArrayView1, Axis};
use serde::Serialize;

/// Steps from one start of the search to the next along a trial.
pub(super) const STRIDE: usize = 10;

/// Where a network rests, with keys that other tools read; everything is one entry an input, in their order.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FixedPointsReport {
    /// The constant inputs `[I, U]`.
    pub inputs: Vec<Vec<f64>>,
    /// Isolated fixed points.
    pub points: Vec<Vec<PointRow>>,
    /// Lines and planes of fixed points (`ReLU`).
    pub manifolds: Vec<Vec<ManifoldRow>>,
    /// What is known of points that were not found.
    pub completeness: Vec<CompletenessRow>,
    /// With a task: units at exactly 0 on every training and analysis trial.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n_silent: Option<usize>,
    /// Those of them that are left out of every state, by their number in the file from 0: at these inputs no state can
    /// activate them. A silent unit that a state can activate stays, since it may be active at a fixed point.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub units_left_out: Option<Vec<usize>>,
}

/// A fixed point.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PointRow {
    /// State `[N]`: `y` in the rate form, `h` in the potential form.
    pub y: Vec<f64>,
    /// `‖rhs‖` there (per time constant).
    pub residual: f64,
    /// Largest real part of an eigenvalue of the flow's Jacobian (per time constant).
    pub max_re: f64,
    /// `stable`, `unstable` or `marginal` under the flow: marginal where the largest real part is 0 as far as its error
    /// bound tells, the error of the state included.
    pub stability: &'static str,
    /// The same under the Euler map of the network's step.
    pub stability_euler: &'static str,
    /// Eigenvalues with a positive real part, as computed.
    pub n_unstable: usize,
    /// `−τ / max_re`, the slowest time constant (ms); negative where the state is left.
    pub time_constant_ms: f64,
    /// Whether a root is proven within `radius`, and to be the only one within `unique_radius`.
    pub certified: bool,
    /// How far the root is from `y` at most: proven if certified, else estimated from the rounding of the flow; null where
    /// neither is known.
    pub radius: Option<f64>,
    /// Null without a proof.
    pub unique_radius: Option<f64>,
    /// Whether this may be several roots, or none, within `radius`: as near a bifurcation as rounding tells.
    pub degenerate: bool,
}

/// A flat piece of fixed points.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ManifoldRow {
    /// A fixed point on it `[N]`.
    pub y: Vec<f64>,
    /// Orthonormal directions in which the fixed points extend `[D, N]`.
    pub basis: Vec<Vec<f64>>,
    /// How far they extend from `y` along each direction; null where nothing stops them.
    pub extents: Vec<[Option<f64>; 2]>,
    /// `‖rhs‖` at `y` (per time constant).
    pub residual: f64,
    /// `exact`: singular and consistent in the exact weights; `within_rounding`: not told apart from an isolated point;
    /// `undecided`: near singular, but not as near as rounding explains.
    pub evidence: &'static str,
    /// Bound of the singular values that are counted as zero.
    pub null_bound: f64,
    /// The next singular value; null where there is none.
    pub next_value: Option<f64>,
    /// Bound of `‖f(x) − y‖` at `y` in spite of rounding, in rates.
    pub residual_bound: f64,
    /// Largest real part of an eigenvalue across the manifold (per time constant); null where it fills the space.
    pub max_re: Option<f64>,
    /// `stable`, `unstable` or `marginal` across the manifold, under the flow.
    pub stability: &'static str,
    /// The same under the Euler map of the network's step.
    pub stability_euler: &'static str,
    /// Eigenvalues across the manifold with a positive real part.
    pub n_unstable: usize,
    /// `−τ / max_re` (ms): how fast a push off the manifold is forgotten; negative where it grows.
    pub time_constant_ms: Option<f64>,
}

/// How complete the points of one input are.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CompletenessRow {
    /// Independent starts.
    pub starts: usize,
    /// Points and pieces of manifolds that they hit.
    pub hit: usize,
    /// Those that only other inputs' points, or starts between points, led to.
    pub by_other_ways: usize,
    /// Starts that did not converge.
    pub unconverged: usize,
    /// Lower bound of the number of points that starts could hit (Chao1).
    pub chao1: f64,
    /// Estimated chance that one more start ends at a point already hit (Good–Turing); null where the number of roots is open.
    pub coverage: Option<f64>,
    /// Degenerate points, and manifolds that rounding does not tell from points: each leaves the number of roots open.
    pub degenerate: usize,
    /// Whether the points' indices add up to what topology demands: false proves that a point is missing; null where it
    /// cannot be told.
    pub balanced: Option<bool>,
}

/// Finds the fixed points of a network.
///
/// - `task`: the search then starts from the states of its trials. Without one the network may have any number of inputs
///   and outputs, and the search starts at random.
/// - `inputs`: constant inputs `[I, U]`; without them, the task's own.
///
/// # Errors
/// [`OneNetworkError`] names the network, and what in it or in the inputs does not fit, or says what is missing.
pub fn fixed_points(
    named: &Named,
    task: Option<&Task>,
    inputs: Option<&Array2<f64>>,
    search: &Search,
    listener: &Listener<'_>,
) -> Result<FixedPointsReport, OneNetworkError> {
    let Subject { network, inputs, starts, silent } = Subject::new(named, task, inputs)?;
    let wrong = |error: DynamicsError| OneNetworkError::Dynamics {
        name: named.name.clone(),
        reason: error.to_string(),
    };
    let found = search_told(&network, &starts, &inputs, search, listener).map_err(wrong)?;
    let manifolds = found.iter().zip(inputs.outer_iter()).map(|(found, input)| {
        found.manifolds.iter().map(|manifold| manifold_row(manifold, &network, &input)).collect()
    });
    let manifolds: Vec<Vec<ManifoldRow>> = manifolds.collect::<Result<_, _>>().map_err(wrong)?;
    let completeness =
        found.iter().zip(&manifolds).map(|(found, of_input)| completeness_row(found, of_input));
    Ok(FixedPointsReport {
        inputs: super::rows(&inputs),
        points: found
            .iter()
            .map(|found| found.points.iter().map(|p| point_row(p, network.tau_ms)).collect())
            .collect(),
        completeness: completeness.collect(),
        manifolds,
        n_silent: silent.as_ref().map(|silent| silent.n_on_trials),
        units_left_out: silent.map(|silent| silent.left_out),
    })
}

/// A network with the inputs at which it is looked at.
struct Subject {
    network: Network,
    /// `[I, U]`.
    inputs: Array2<f64>,
    /// States along trials `[K, N]`; none without a task.
    starts: Array2<f64>,
    silent: Option<Silent>,
}

/// The units that are silent on the trials of a task.
struct Silent {
    n_on_trials: usize,
    left_out: Vec<usize>,
}

impl Subject {
    fn new(
        named: &Named,
        task: Option<&Task>,
        inputs: Option<&Array2<f64>>,
    ) -> Result<Self, OneNetworkError> {
        let network = named.network.clone();
        let Some(task) = task else {
            let inputs = inputs.ok_or(OneNetworkError::NoInputs)?.clone();
            let starts = Array2::zeros((0, network.n_units()));
            return Ok(Self { network, inputs, starts, silent: None });
        };
        let trials = trials_for([named], task)?;
        let inputs = inputs.cloned().unwrap_or_else(|| task.constant_inputs().inputs.clone());
        let on_trials = silent_units(&network, task)?;
        let left_out = never_active(&network, inputs.view(), &on_trials);
        let (network, _) = without(network, &left_out);
        let silent = Some(Silent { n_on_trials: on_trials.len(), left_out });
        let starts = starts(&network, &trials)?;
        Ok(Self { network, inputs, starts, silent })
    }
}

/// States along the trials of a task `[K, N]` to search from.
pub(super) fn starts(network: &Network, trials: &Trials) -> Result<Array2<f64>, RunError> {
    let all = along_trials(states(network, trials.inputs.view())?.view(), STRIDE);
    // A network that diverges on the trials may still rest elsewhere.
    let finite: Vec<usize> =
        (0..all.nrows()).filter(|&row| all.row(row).iter().all(|y| y.is_finite())).collect();
    Ok(all.select(Axis(0), &finite))
}

/// Searches from states `[K, N]`, with events on the way.
pub(super) fn search_told(
    network: &Network,
    starts: &Array2<f64>,
    inputs: &Array2<f64>,
    search: &Search,
    listener: &Listener<'_>,
) -> Result<Vec<FixedPoints>, DynamicsError> {
    let (stage, n_pieces) = (Stage::FixedPoints, inputs.nrows());
    listener(Event::Began { stage, n_pieces, n_done: 0, work: 2 * n_pieces as u64 });
    let told = || listener(Event::Advanced { stage, work: 1 });
    let found = fixed_points_told(network, inputs.view(), starts.view(), search, SEED, &told);
    listener(Event::Ended { stage });
    found
}

fn point_row(point: &FixedPoint, tau_ms: f64) -> PointRow {
    let (root, linear) = (&point.root, &point.linearization);
    PointRow {
        y: root.state.to_vec(),
        residual: root.residual,
        max_re: linear.max_re(),
        stability: stability_name(linear.flow),
        stability_euler: stability_name(linear.euler),
        n_unstable: linear.n_unstable,
        time_constant_ms: -tau_ms / linear.max_re(),
        certified: root.is_certified(),
        radius: root.radius(),
        unique_radius: root.certificate.map(|proof| proof.unique_radius),
        degenerate: root.degeneracy.is_some(),
    }
}

fn stability_name(stability: Stability) -> &'static str {
    match stability {
        Stability::Stable => "stable",
        Stability::Unstable => "unstable",
        Stability::Marginal => "marginal",
    }
}

fn manifold_row(
    manifold: &Manifold,
    network: &Network,
    input: &ArrayView1<'_, f64>,
) -> Result<ManifoldRow, DynamicsError> {
    let finite = |number: f64| number.is_finite().then_some(number);
    let singularity = manifold.singularity(network, *input)?;
    let across = transverse(&Flow::new(network, *input)?, manifold)?;
    Ok(ManifoldRow {
        y: manifold.state.to_vec(),
        basis: super::rows(&manifold.basis),
        extents: manifold.extents.iter().map(|extent| extent.map(finite)).collect(),
        residual: manifold.residual,
        evidence: evidence_name(singularity.evidence),
        null_bound: singularity.null_bound,
        next_value: finite(singularity.next_value),
        residual_bound: singularity.residual_bound,
        max_re: finite(across.max_re()),
        stability: stability_name(across.flow),
        stability_euler: stability_name(across.euler),
        n_unstable: across.n_unstable,
        time_constant_ms: finite(across.max_re()).map(|max_re| -network.tau_ms / max_re),
    })
}

fn evidence_name(evidence: Evidence) -> &'static str {
    match evidence {
        Evidence::Exact => "exact",
        Evidence::WithinRounding => "within_rounding",
        Evidence::Undecided => "undecided",
    }
}

fn completeness_row(found: &FixedPoints, manifolds: &[ManifoldRow]) -> CompletenessRow {
    let told: &Completeness = &found.completeness;
    let is_open = |manifold: &&ManifoldRow| manifold.evidence != evidence_name(Evidence::Exact);
    let n_open = manifolds.iter().filter(is_open).count();
    CompletenessRow {
        starts: told.n_starts,
        hit: told.n_hit,
        by_other_ways: told.n_by_other_ways,
        unconverged: found.n_unconverged,
        chao1: told.chao1,
        coverage: told.coverage.filter(|_| n_open == 0),
        degenerate: told.n_degenerate + n_open,
        balanced: told.is_balanced(),
    }
}
