//! The experiment around the science: study files, plans, jobs, stores, analyses in stages, figures and the report.

pub mod bench;
pub mod claims_report;
mod conditions;
pub mod config;
pub mod dictionary;
pub mod ensemble;
pub mod event;
pub mod execute;
pub mod export;
mod identity;
pub mod import;
mod job;
pub mod jobs;
mod latent_circuits;
pub mod one_network;
pub mod opened;
mod page;
pub mod plan;
pub mod publish;
mod published;
pub mod recordings;
pub mod run;
mod spread;
pub mod stage;
pub mod store;
mod suggestion;
mod table;
pub mod training_job;
mod unknown_key;

pub use circuitscope::task::Task;
pub use circuitscope::{Curve, Family, KernelPath};
