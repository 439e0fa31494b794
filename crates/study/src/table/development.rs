//! How far the activations lie apart in the course of training.

use super::claims::uncut;
use super::field::Name;
use super::row::table;
use crate::stage::{Facet, TaskResults};

table! {
    /// One row per aspect and moment of training; empty where the study keeps no checkpoints.
    "development" => pub(crate) struct DevelopmentMoment {
        /// Task.
        task: Name,
        /// Aspect of the networks.
        aspect: Facet,
        /// Updates made: 0 before training; null for the networks that training ended with.
        iteration: Option<usize>,
        /// Networks compared.
        networks: usize,
        /// Mean silhouette of the activations.
        silhouette: Option<f64>,
        /// Share of networks whose activation is that of most of their nearest neighbours, themselves left out.
        knn: Option<f64>,
        /// Distance between the centroids of the activations over that before training; null before training, where it is 1
        /// by definition; ∞ beyond 1000.
        amplification: Option<f64>,
        /// Lower end of its 95 % bootstrap interval over networks.
        low: Option<f64>,
        /// Upper end of its 95 % bootstrap interval over networks.
        high: Option<f64>,
    }
}

impl DevelopmentMoment {
    pub(crate) fn of(results: &[TaskResults<'_>]) -> Vec<Self> {
        let mut rows = Vec::new();
        for of_task in results {
            let task = of_task.name();
            for of_aspect in &of_task.separation {
                rows.extend(of_aspect.moments.iter().map(|moment| Self {
                    task: task.clone(),
                    aspect: Facet::Aspect(of_aspect.aspect),
                    iteration: moment.iteration,
                    networks: moment.n_networks,
                    silhouette: moment.silhouette,
                    knn: moment.knn,
                    amplification: moment.amplification.map(uncut),
                    low: moment.interval.map(|[low, _]| uncut(low)),
                    high: moment.interval.map(|[_, high]| uncut(high)),
                }));
            }
        }
        rows
    }
}
