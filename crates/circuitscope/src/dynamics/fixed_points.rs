//! States where a network rests under constant input: found, proven, told apart, counted.
//!
//! - **Search** ([`roots`]): descents from states of trials and between them, from the roots of neighbouring inputs, and
//!   from between the roots of one input, until nothing new appears. Smooth networks descend by damped Newton
//!   (`smooth`), `ReLU` networks go from pattern to pattern and end exactly (`patterns`, `path`).
//! - **Proof** ([`Certificate`]): a radius within which a root exists, and one within which there is no other, both in
//!   spite of rounding. Two results are one root exactly if their balls say so; there is no cutoff.
//! - **Count** ([`Completeness`]): how often independent starts hit each root, what that says about unseen ones, and the
//!   sum of the roots' indices, which topology fixes.
//! - **Stability** ([`fixed_points`]): eigenvalues of the flow and of the Euler map, see [`super::stability`].
//!
//! Lines and planes of fixed points, which `ReLU` networks can have, are reported as such ([`Manifold`]), with what is
//! proven of them ([`Singularity`]) and what happens across them ([`super::stability::transverse`]).

#![allow(clippy::needless_pass_by_value, reason = "a view of an array is a reference already")]

use ndarray::{ArrayView2, Axis, s};

mod branch;
mod certificate;
mod completeness;
mod degeneracy;
mod kinks;
mod links;
mod manifold;
mod path;
mod pattern;
mod patterns;
mod register;
mod root;
mod singularity;
mod site;
mod slope_change;
mod smooth;
mod sweep;
mod system;

pub use completeness::Completeness;
pub use manifold::Manifold;
pub(super) use register::Register;
pub use root::{Certificate, Degeneracy, FixedPointRoot, LARGEST_SPEED};
pub use singularity::{Evidence, Singularity};

use super::DynamicsError;
use super::flow::Flow;
use super::stability::{Linearization, linearize};
use crate::network::Network;

/// How long the search for fixed points goes on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Search {
    /// Independent starts at least, an input.
    pub min_starts: usize,
    /// Independent starts at least at all inputs together, shared equally: roots found at one are tried at the others.
    pub min_total_starts: usize,
    /// Independent starts at most, an input.
    pub max_starts: usize,
    /// Starts end once the chance that the next one meets a new root is estimated below this (Good–Turing).
    pub unseen: f64,
    /// Inputs, the nearest ones, whose roots are tried at each input.
    pub n_neighbours: usize,
}

impl Search {
    /// Misses roots that fewer than some ten per cent of starts lead to, unless a branch through another input leads
    /// there; [`Completeness`] says where that is likely.
    pub const STANDARD: Self =
        Self { min_starts: 6, min_total_starts: 300, max_starts: 100, unseen: 0.05, n_neighbours: 4 };
    /// For counts of roots that must be right: some ten times the work of the standard.
    pub const THOROUGH: Self =
        Self { min_starts: 100, min_total_starts: 1000, max_starts: 1000, unseen: 0.002, n_neighbours: 50 };
}

/// A root with what happens around it.
#[derive(Clone, Debug, PartialEq)]
pub struct FixedPoint {
    /// The root.
    pub root: FixedPointRoot,
    /// Eigenvalues and stability.
    pub linearization: Linearization,
}

/// What was found at one input; `P` is [`FixedPointRoot`] or [`FixedPoint`].
#[derive(Clone, Debug, PartialEq)]
pub struct Found<P> {
    /// Isolated roots, by falling number of hits, then rising norm.
    pub points: Vec<P>,
    /// Lines and planes of fixed points (`ReLU`).
    pub manifolds: Vec<Manifold>,
    /// What the counts say about roots that were not found.
    pub completeness: Completeness,
    /// Starts of any kind that did not converge.
    pub n_unconverged: usize,
}

/// Roots at one input.
pub type Roots = Found<FixedPointRoot>;
/// Fixed points at one input.
pub type FixedPoints = Found<FixedPoint>;

/// Fixed points of a network at many constant inputs, with their eigenvalues.
///
/// - `inputs`: `[I, U]`. `starts`: `[K, N]` states to descend from, usually along trials (see [`along_trials`]); may be
///   empty. The result has one entry an input, in order.
///
/// The same arguments give the same bits for any number of threads.
///
/// # Errors
/// [`DynamicsError`] if the network, an input or a start does not fit or is not finite, or eigenvalues fail.
///
/// # Source
/// docs/methods.md §4.3; Sussillo & Barak 2013, `doi:10.1162/NECO_a_00409`. Ours: analytic Jacobian, certified roots, exact
/// for `ReLU`, and no cutoff for merging.
pub fn fixed_points(
    network: &Network,
    inputs: ArrayView2<'_, f64>,
    starts: ArrayView2<'_, f64>,
    search: &Search,
    seed: u64,
) -> Result<Vec<FixedPoints>, DynamicsError> {
    fixed_points_told(network, inputs, starts, search, seed, &|| ())
}

/// [`fixed_points`] with someone told of progress, from any thread: twice an input, when its own search is over and when
/// its points' eigenvalues are there.
///
/// # Errors
/// As [`fixed_points`].
pub fn fixed_points_told(
    network: &Network,
    inputs: ArrayView2<'_, f64>,
    starts: ArrayView2<'_, f64>,
    search: &Search,
    seed: u64,
    told: &(dyn Fn() + Sync),
) -> Result<Vec<FixedPoints>, DynamicsError> {
    use rayon::prelude::*;
    let found = roots_told(network, inputs, starts, search, seed, told)?;
    let inputs: Vec<_> = inputs.outer_iter().collect();
    found
        .into_par_iter()
        .zip(inputs)
        .map(|(found, input)| {
            let flow = Flow::new(network, input)?;
            let points = found.points.into_iter().map(|root| {
                let unproven = || root.degeneracy.map_or(0.0, |near| near.radius);
                let radius = root.certificate.map_or_else(unproven, |proof| proof.radius);
                let linearization = linearize(&flow, root.state.view(), radius, &root.boundary_units)?;
                Ok(FixedPoint { root, linearization })
            });
            let points = points.collect::<Result<_, DynamicsError>>()?;
            told();
            Ok(Found {
                points,
                manifolds: found.manifolds,
                completeness: found.completeness,
                n_unconverged: found.n_unconverged,
            })
        })
        .collect()
}

/// The roots alone: [`fixed_points`] without eigenvalues, which take longer than the search.
///
/// # Errors
/// As [`fixed_points`].
pub fn roots(
    network: &Network,
    inputs: ArrayView2<'_, f64>,
    starts: ArrayView2<'_, f64>,
    search: &Search,
    seed: u64,
) -> Result<Vec<Roots>, DynamicsError> {
    roots_told(network, inputs, starts, search, seed, &|| ())
}

fn roots_told(
    network: &Network,
    inputs: ArrayView2<'_, f64>,
    starts: ArrayView2<'_, f64>,
    search: &Search,
    seed: u64,
    told: &(dyn Fn() + Sync),
) -> Result<Vec<Roots>, DynamicsError> {
    let network = network.clone().checked()?;
    check("inputs", inputs, network.n_inputs())?;
    check("starts", starts, network.n_units())?;
    Ok(sweep::sweep(&network, inputs, starts, search, seed, told))
}

fn check(name: &'static str, rows: ArrayView2<'_, f64>, expected: usize) -> Result<(), DynamicsError> {
    if rows.ncols() != expected && rows.nrows() > 0 {
        return Err(DynamicsError::Width { name, found: rows.ncols(), expected });
    }
    match rows.indexed_iter().find(|(_, x)| !x.is_finite()) {
        Some(((i, j), &value)) => Err(DynamicsError::NotFinite { name, value, position: vec![i, j] }),
        None => Ok(()),
    }
}

/// Starts `[K, N]` from the states `[N, T, B]` of a run: every `stride`-th step of the second half of each trial.
///
/// # Panics
/// If the stride is zero.
pub fn along_trials(states: ndarray::ArrayView3<'_, f64>, stride: usize) -> ndarray::Array2<f64> {
    let (n, n_steps, n_trials) = states.dim();
    // Backwards from the last step, so that the end of every trial is a start.
    let kept = states.slice(s![.., n_steps / 2..;-(stride as isize), ..]);
    let n_kept = kept.len_of(Axis(1));
    let mut starts = ndarray::Array2::zeros((n_kept * n_trials, n));
    for t in 0..n_kept {
        for b in 0..n_trials {
            starts.row_mut(t * n_trials + b).assign(&kept.slice(s![.., t, b]));
        }
    }
    starts
}

#[cfg(test)]
mod tests;
