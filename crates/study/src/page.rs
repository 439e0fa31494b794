//! The figures and the page of a study, from its tables: what is shown where. Nothing is computed here; every number drawn
//! or printed stands in a table.

mod behaviour;
mod circuits;
mod classes;
mod courses;
mod development;
mod measures;
mod words;
