//! The figures and the page of a study, from its tables: what is shown where. Nothing is computed here; every number drawn
//! or printed stands in a table.

mod branches;
mod classes;
mod eigenvalues;
mod examples;
mod fixed_points;
mod line_attractors;
mod selectivity;
mod trajectories;
mod words;
