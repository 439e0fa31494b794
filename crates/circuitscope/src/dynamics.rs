//! Dynamics of a network without noise: what it does on given trials.

pub mod run;
