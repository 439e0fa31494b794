//! Analyses of single networks; their results as JSON with the keys of the command line's `--json`.

use crate::arrays::{Cube, matrix, vector};
use crate::network::Network;
use crate::refusal::{Refusal, value};
use crate::task::Task;
use crate::training::kernel_path;
use crate::work::{Stop, work};
use circuitscope::Curve;
use circuitscope::analysis::latent_circuit::responses::Responses;
use circuitscope::dynamics::flow::Flow;
use circuitscope::dynamics::stability::spectrum;
use circuitscope::silent_units::without;
use circuitscope::task::Task as Value;
use circuitscope_study::import::Named;
use circuitscope_study::one_network::{
    self, CircuitSearch, DistanceMeasure, EmbeddingModel, Nodes, Recording, Search, SimilarityMeasure,
    Source, Starts, Variant,
};
use circuitscope_study::store::network_file::curve_named;
use numpy::{Complex64, IntoPyArray, PyArray2, PyReadonlyArray1, PyReadonlyArray2};
use pyo3::prelude::*;
use serde::Serialize;
use std::sync::Arc;

fn json(result: &impl Serialize) -> Result<String, Refusal> {
    Ok(serde_json::to_string(result)?)
}

fn shared(task: Option<&Task>) -> Option<Arc<Value>> {
    task.map(|task| Arc::clone(&task.task))
}

fn unknown(argument: &str, found: &str, expected: &str) -> Refusal {
    Refusal::Value(format!("`{argument}` is {found:?}, expected {expected}"))
}

fn search_named(name: &str) -> Result<Search, Refusal> {
    match name {
        "standard" => Ok(Search::STANDARD),
        "thorough" => Ok(Search::THOROUGH),
        other => Err(unknown("search", other, "\"standard\" or \"thorough\"")),
    }
}

/// Error and R² on the analysis trials of a task.
#[pyfunction]
pub(crate) fn score(py: Python<'_>, network: &Network, task: &Task) -> PyResult<(Option<f64>, Option<f64>)> {
    let (named, task) = (Arc::clone(&network.named), Arc::clone(&task.task));
    let scores =
        py.detach(|| one_network::score(std::slice::from_ref(&*named), &task)).map_err(Refusal::from)?;
    let of_network = scores.networks.first();
    Ok((of_network.and_then(|score| score.mse), of_network.and_then(|score| score.r2)))
}

/// Fixed points at inputs `[I, U]`, or at those of a task.
#[pyfunction]
pub(crate) fn fixed_points(
    py: Python<'_>,
    network: &Network,
    task: Option<&Task>,
    inputs: Option<PyReadonlyArray2<'_, f64>>,
    search: &str,
    progress: Option<Py<PyAny>>,
) -> PyResult<String> {
    let (named, task) = (Arc::clone(&network.named), shared(task));
    let (inputs, search) = (inputs.as_ref().map(matrix), search_named(search)?);
    if let Some(row) = inputs.as_ref().map(ndarray::Array2::ncols).filter(|&n| n != named.network.n_inputs())
    {
        let text = format!("`inputs` has {row} columns, the network has {} inputs", named.network.n_inputs());
        return Err(Refusal::Value(text).into());
    }
    work(py, progress, Stop::Unwound, move |listener, _| {
        json(&one_network::fixed_points(&named, task.as_deref(), inputs.as_ref(), &search, listener)?)
    })
}

/// Eigenvalues `[P, N]` of the flow's Jacobian at states `[P, N]` under inputs `[P, U]`, in a network without the units that
/// are left out.
#[pyfunction]
pub(crate) fn eigenvalues<'py>(
    py: Python<'py>,
    network: &Network,
    left_out: Vec<usize>,
    states: PyReadonlyArray2<'py, f64>,
    inputs: PyReadonlyArray2<'py, f64>,
) -> PyResult<Bound<'py, PyArray2<Complex64>>> {
    let (states, inputs) = (matrix(&states), matrix(&inputs));
    let named = Arc::clone(&network.named);
    let found = work(py, None, Stop::Unwound, move |_, _| {
        let (network, _) = without(named.network.clone(), &left_out);
        let mut values = Vec::with_capacity(states.len());
        for (state, input) in states.outer_iter().zip(inputs.outer_iter()) {
            let found = spectrum(&Flow::new(&network, input).map_err(value)?, state).map_err(value)?;
            values.extend(found.into_iter().map(|one| Complex64::new(one.re, one.im)));
        }
        let shape = (states.nrows(), network.n_units());
        ndarray::Array2::from_shape_vec(shape, values).map_err(value)
    })?;
    Ok(found.into_pyarray(py))
}

/// Branches along a line from one input `[U]` to another.
#[pyfunction]
pub(crate) fn branches(
    py: Python<'_>,
    network: &Network,
    task: Option<&Task>,
    from: PyReadonlyArray1<'_, f64>,
    to: PyReadonlyArray1<'_, f64>,
) -> PyResult<String> {
    let (named, task) = (Arc::clone(&network.named), shared(task));
    let line = [vector(&from), vector(&to)];
    let n_inputs = named.network.n_inputs();
    if let Some((name, end)) = ["start", "end"].iter().zip(&line).find(|(_, end)| end.len() != n_inputs) {
        let text = format!("`{name}` has {} numbers, the network has {n_inputs} inputs", end.len());
        return Err(Refusal::Value(text).into());
    }
    work(py, None, Stop::Unwound, move |_, _| json(&one_network::branches(&named, task.as_deref(), &line)?))
}

/// Branches over the constant inputs of a task.
#[pyfunction]
pub(crate) fn branches_of_task(
    py: Python<'_>,
    network: &Network,
    task: &Task,
    search: &str,
    progress: Option<Py<PyAny>>,
) -> PyResult<String> {
    let (named, task, search) = (Arc::clone(&network.named), Arc::clone(&task.task), search_named(search)?);
    work(py, progress, Stop::Unwound, move |listener, _| {
        json(&one_network::grid(&named, &task, &search, listener)?)
    })
}

/// The states between the two choices, in each context.
#[pyfunction]
pub(crate) fn line_attractor(
    py: Python<'_>,
    network: &Network,
    task: &Task,
    n_points: usize,
) -> PyResult<String> {
    let (named, task) = (Arc::clone(&network.named), Arc::clone(&task.task));
    work(py, None, Stop::Unwound, move |_, _| json(&one_network::line_attractor(&named, &task, n_points)?))
}

/// What a network answers within and beyond the trials of its task.
#[pyfunction]
pub(crate) fn behaviour(
    py: Python<'_>,
    network: &Network,
    task: &Task,
    progress: Option<Py<PyAny>>,
) -> PyResult<String> {
    let (named, task) = (Arc::clone(&network.named), Arc::clone(&task.task));
    work(py, progress, Stop::Unwound, move |listener, _| {
        json(&one_network::behave(&named, &task, listener)?.responses)
    })
}

/// How circuits are fitted, as Python gives it.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct Fitting {
    variant: String,
    nodes: Option<usize>,
    iterations: usize,
    fits: usize,
    seed: u64,
    folds: usize,
    activation: Option<String>,
    embedding: Option<String>,
}

impl Fitting {
    fn search(&self) -> Result<CircuitSearch, Refusal> {
        let variant = match self.variant.as_str() {
            "te25" => Variant::Te25,
            "le25" => Variant::Le25,
            other => return Err(unknown("variant", other, "\"te25\" or \"le25\"")),
        };
        let embedding = match self.embedding.as_deref() {
            None => None,
            Some("linear") => Some(EmbeddingModel::Linear),
            Some("orthonormal") => Some(EmbeddingModel::Orthonormal),
            Some(other) => return Err(unknown("embedding", other, "\"linear\" or \"orthonormal\"")),
        };
        let activation: Option<Curve> = match &self.activation {
            Some(name) => Some(curve_named(name, &[]).map_err(Refusal::Value)?),
            None => None,
        };
        Ok(CircuitSearch {
            variant,
            nodes: self.nodes.map_or(Nodes::Published, Nodes::Fixed),
            n_iterations: self.iterations,
            activation,
            embedding,
            starts: Starts { n_fits: self.fits, seed: self.seed },
            n_folds: self.folds,
            path: kernel_path()?,
        })
    }
}

fn circuit(
    py: Python<'_>,
    source: Source,
    task: Option<&Task>,
    fitting: &Fitting,
    progress: Option<Py<PyAny>>,
) -> PyResult<Circuit> {
    let (task, search) = (shared(task), fitting.search()?);
    work(py, progress, Stop::Unwound, move |listener, _| {
        let found = one_network::circuit(&source, task.as_deref(), &search, listener)?;
        Ok((json(&found)?, [found.nodes, found.inputs, found.outputs]))
    })
}

/// A report as JSON, and the names of nodes, inputs and outputs.
type Circuit = (String, [Vec<String>; 3]);

/// Latent circuits of a network's responses on the trials of its task.
#[pyfunction]
pub(crate) fn latent_circuit(
    py: Python<'_>,
    network: &Network,
    task: &Task,
    fitting: Fitting,
    progress: Option<Py<PyAny>>,
) -> PyResult<Circuit> {
    circuit(py, Source::Network((*network.named).clone()), Some(task), &fitting, progress)
}

/// Latent circuits of responses `[M, T, B]` to inputs `[U, T, B]` with outputs `[O, T, B]`.
#[pyfunction]
#[allow(clippy::too_many_arguments, reason = "every one is an array or a time of the recording")]
pub(crate) fn latent_circuit_of_responses(
    py: Python<'_>,
    name: String,
    cubes: (Cube<'_>, Cube<'_>, Cube<'_>),
    mask: Vec<usize>,
    times_ms: (f64, f64),
    task: Option<&Task>,
    fitting: Fitting,
    progress: Option<Py<PyAny>>,
) -> PyResult<Circuit> {
    let (rates, inputs, outputs) = (cubes.0.double(), cubes.1.single(), cubes.2.double());
    let responses = Responses { rates, inputs, outputs, mask, scored: None }.checked().map_err(value)?;
    let (dt_ms, tau_ms) = times_ms;
    let recording = Recording { name, responses, dt_ms, tau_ms, notes: Vec::new() };
    circuit(py, Source::Recording(recording), task, &fitting, progress)
}

/// Distances, places and statistics of networks.
#[pyfunction]
pub(crate) fn compare(
    py: Python<'_>,
    networks: Vec<Py<Network>>,
    task: &Task,
    aspect: &str,
    measure: Option<&str>,
    groups: Option<Vec<String>>,
) -> PyResult<String> {
    let networks: Vec<Named> = networks.iter().map(|network| (*network.get().named).clone()).collect();
    let (task, aspect) = (Arc::clone(&task.task), one_network::aspect(aspect).map_err(Refusal::from)?);
    let measure = match measure {
        None => DistanceMeasure::OfAspect,
        Some(name) => DistanceMeasure::Similarity(measure_named(name)?),
    };
    work(py, None, Stop::Unwound, move |_, _| {
        json(&one_network::compare(&networks, &task, aspect, measure, groups.as_deref())?)
    })
}

/// The measure of similarity of a name.
pub(crate) fn measure_named(name: &str) -> Result<SimilarityMeasure, Refusal> {
    let known = || SimilarityMeasure::ALL.map(SimilarityMeasure::name).join(", ");
    SimilarityMeasure::from_name(name).ok_or_else(|| unknown("measure", name, &format!("one of {}", known())))
}
