//! circuitscope for Python: what is given is converted, the library called without the interpreter's lock, and what it
//! returns converted. Nothing is computed here; names, defaults and documentation stand in `python/circuitscope`.

#![allow(
    clippy::needless_pass_by_value,
    reason = "arguments of Python functions are converted into owned values"
)]

mod analyses;
mod arrays;
mod command_line;
mod network;
mod refusal;
mod similarity;
mod statistics;
mod study;
mod task;
mod training;
mod work;

use pyo3::prelude::*;

/// What `python/circuitscope` stands on; not for users.
#[pymodule]
mod _circuitscope {
    #[pymodule_export]
    use super::analyses::{
        behaviour, branches, branches_of_task, compare, eigenvalues, fixed_points, latent_circuit,
        latent_circuit_of_responses, line_attractor, score,
    };
    #[pymodule_export]
    use super::command_line::command_line;
    #[pymodule_export]
    use super::names;
    #[pymodule_export]
    use super::network::{Network, load};
    #[pymodule_export]
    use super::similarity::{dsa, register, similarity};
    #[pymodule_export]
    use super::statistics::{mds, permanova, permdisp, silhouette};
    #[pymodule_export]
    use super::study::{run_study, study_claims, study_contents};
    #[pymodule_export]
    use super::task::{Task, given_task, named_task, task_file, task_trials_file};
    #[pymodule_export]
    use super::training::train;
    #[pymodule_export]
    use super::version;
}

/// Version of the library.
#[pyfunction]
fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}

/// Names that may be given: activation functions, tasks, aspects and measures.
#[pyfunction]
fn names() -> [(&'static str, Vec<&'static str>); 4] {
    use circuitscope::Family;
    use circuitscope::analysis::distance::Aspect;
    use circuitscope_study::one_network::SimilarityMeasure;
    [
        ("activation", Family::ALL.map(Family::name).to_vec()),
        ("task", circuitscope_study::config::task_names()),
        ("aspect", Aspect::ALL.map(Aspect::name).to_vec()),
        ("measure", SimilarityMeasure::ALL.map(SimilarityMeasure::name).to_vec()),
    ]
}
