//! The experiment around the science: study files, plans, jobs, stores, figures and the report.

pub mod config;
pub mod event;
pub mod execute;
pub mod figure;
mod identity;
pub mod import;
pub mod plan;
pub mod report;
pub mod store;
