//! Analyses of trained networks: features → distances → embedding → statistics, each a pure function.
//!
//! Features of one network come from its noise-free run ([`crate::dynamics::run`]): [`trajectories`], [`endpoints`]
//! and [`selectivity`]; and from where it rests ([`crate::dynamics::fixed_points`]): [`fixed_point_configuration`]. The line between the two
//! choices of a decision network, and the plane in which to look at it, are in [`choice_lines`]. Two of
//! them have a [`distance`], which for selectivity and fixed points is a search for the best [`registration`] of two
//! point clouds. A matrix of distances is drawn in the plane by [`embedding`] and judged by
//! [`statistics`]. [`controls`] makes the shuffled networks that trained ones are compared with. What networks answer beyond
//! the trials of their training is in [`behaviour`]. Other measures of how alike two trajectories are, to see what a
//! conclusion owes to the published one, are in [`similarity`]. Networks of several tasks are scored task by task in [`parts`]; how much
//! their units vary on each is in [`task_variance`], and which units go together in [`task_clusters`].

#![allow(clippy::needless_pass_by_value, reason = "a view of an array is a reference already")]
#![allow(
    clippy::inline_always,
    reason = "a loop gets the machine's vector instructions only where it is inlined"
)]
#![allow(
    clippy::needless_range_loop,
    reason = "lanes and components of small fixed arrays read best by index"
)]
#![allow(clippy::large_types_passed_by_value, reason = "a map in component space is a value of its algebra")]

pub mod behaviour;
pub mod choice_lines;
pub mod components;
pub mod controls;
pub mod distance;
pub mod embedding;
pub mod endpoints;
pub mod fixed_point_configuration;
pub mod latent_circuit;
pub mod measures;
mod nearest;
pub mod parts;
mod procrustes;
mod products;
pub mod registration;
pub mod selectivity;
pub mod similarity;
pub mod statistics;
pub mod task_clusters;
pub mod task_variance;
pub mod trajectories;
