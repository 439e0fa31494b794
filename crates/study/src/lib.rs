//! The experiment around the science: study files, plans, jobs, stores, figures and the report.

pub mod figure;
pub mod report;
