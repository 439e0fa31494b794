//! A recording and classes of networks, brought to the same bins of time and the same conditions.

use super::alike::Units;
use super::class::{Class, Responses};
use super::error::RankingError;
use super::recorded::Recorded;
use super::recording::Recording;
use super::time::{Alignment, Smoothing};
use super::worlds::Protocol;
use crate::analysis::similarity::dsa::Search;
use rayon::prelude::*;

/// A recording and classes of networks, binned and smoothed alike, which can be compared in several ways.
pub struct Matched {
    pub(super) alignment: Alignment,
    pub(super) smoothing: Smoothing,
    pub(super) recorded: Recorded,
    /// What each class shares with others, such as the activation function.
    pub(super) groups: Vec<String>,
    /// The networks of each class that respond.
    pub(super) trained: Vec<Vec<Units>>,
    /// Their names.
    pub(super) names: Vec<Vec<String>>,
    /// The same before training.
    pub(super) untrained: Vec<Vec<Units>>,
    /// Ends of the bins in steps of the task `[G + 1]`.
    pub(super) edges: Vec<f64>,
    pub(super) seed: u64,
}

impl Matched {
    /// Bins and smooths a recording and networks.
    ///
    /// - `classes`: at least two; rates of all on the same steps and conditions, of which the alignment and the conditions of the
    ///   recording speak.
    /// - `seed`: of all that is drawn. The same seed gives the same numbers for any number of threads.
    ///
    /// # Errors
    /// [`RankingError`] if fewer than two conditions are shared, fewer than two classes respond, or the recording cannot be used.
    pub fn new(recording: &Recording, classes: &[Class], seed: u64) -> Result<Self, RankingError> {
        let n_conditions =
            classes.iter().flat_map(|class| &class.networks).map(|network| network.rates.dim().2).next();
        let n_shared = n_conditions.unwrap_or_default();
        if n_shared < 2 {
            return Err(RankingError::Shared { n_shared });
        }
        let smoothing = Smoothing::new(recording.alignment.n_bins());
        let alignment = recording.alignment.clone();
        let [edges, _] = alignment.edges();
        let recorded = Recorded::new(recording, n_shared, &smoothing, seed)?;
        let units = |one: &Responses| Units::new(&one.rates, one.lowest, &edges, &smoothing);
        let responding = |class: &Class| -> (Vec<String>, Vec<Units>) {
            class.networks.par_iter().filter_map(|one| Some((one.name.clone(), units(one)?))).unzip()
        };
        let (names, trained): (Vec<Vec<String>>, Vec<Vec<Units>>) = classes.iter().map(responding).unzip();
        let untrained: Vec<Vec<Units>> =
            classes.iter().map(|class| class.untrained.par_iter().filter_map(units).collect()).collect();
        let n_classes = trained.iter().filter(|networks| !networks.is_empty()).count();
        if n_classes < 2 {
            return Err(RankingError::Classes { n_classes });
        }
        let groups = classes.iter().map(|class| class.group.clone()).collect();
        Ok(Self { alignment, smoothing, recorded, groups, trained, names, untrained, edges, seed })
    }

    /// The trained networks, class by class.
    pub(super) fn networks(&self) -> Vec<&Units> {
        self.trained.iter().flatten().collect()
    }

    /// Places of the networks of each class among [`Self::networks`].
    pub(super) fn members(&self) -> Vec<Vec<usize>> {
        let mut first = 0;
        let of_class = |networks: &Vec<Units>| {
            first += networks.len();
            (first - networks.len()..first).collect()
        };
        self.trained.iter().map(of_class).collect()
    }

    /// How networks are observed like the recording.
    pub(super) fn protocol<'a>(&'a self, search: &'a Search) -> Protocol<'a> {
        Protocol {
            n_units: self.recorded.n_neurons(),
            signal: self.recorded.signal,
            more_noise: 1.0,
            smoothing: &self.smoothing,
            search,
            seed: self.seed,
        }
    }
}
