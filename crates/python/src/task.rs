//! A task and its trials, as classes of Python.

use crate::arrays::Cube;
use crate::refusal::{Refusal, value};
use circuitscope::task::{Given, Task as Value};
use circuitscope::trials::Trials;
use circuitscope_study::config::{Study, built_in_task, read_task, text_of};
use circuitscope_study::import::recording;
use circuitscope_study::one_network::describe_task;
use numpy::{IntoPyArray, PyArray1, PyArray2, PyArray3, PyReadonlyArray2};
use pyo3::prelude::*;
use std::path::PathBuf;
use std::sync::Arc;

/// A task.
#[pyclass(frozen)]
pub(crate) struct Task {
    pub(crate) task: Arc<Value>,
}

impl From<Value> for Task {
    fn from(task: Value) -> Self {
        Self { task: Arc::new(task) }
    }
}

/// Inputs `[U, T, B]`, targets `[O, T, B]`, steps of the mask, conditions `[B, C]`, and weights `[O, T, B]` where there are any.
type Arrays<'py> = (
    Bound<'py, PyArray3<f32>>,
    Bound<'py, PyArray3<f32>>,
    Bound<'py, PyArray1<i64>>,
    Bound<'py, PyArray2<f32>>,
    Option<Bound<'py, PyArray3<f32>>>,
);

fn arrays(py: Python<'_>, trials: Trials) -> Arrays<'_> {
    let Trials { inputs, targets, mask, weights, conditions } = trials;
    let mask: Vec<i64> = mask.into_iter().map(|step| step as i64).collect();
    (
        inputs.into_pyarray(py),
        targets.into_pyarray(py),
        mask.into_pyarray(py),
        conditions.into_pyarray(py),
        weights.map(|weights| weights.into_pyarray(py)),
    )
}

#[pymethods]
impl Task {
    #[getter]
    fn name(&self) -> &str {
        self.task.name()
    }

    #[getter]
    fn input_names(&self) -> Vec<String> {
        self.task.input_names().to_vec()
    }

    #[getter]
    fn output_names(&self) -> Vec<String> {
        self.task.output_names().to_vec()
    }

    #[getter]
    fn condition_names(&self) -> Vec<String> {
        self.task.condition_names().to_vec()
    }

    /// The constant inputs `[I, U]` at which fixed points are searched.
    #[getter]
    fn constant_inputs<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray2<f64>> {
        self.task.constant_inputs().inputs.clone().into_pyarray(py)
    }

    /// The trials of one iteration of training.
    fn training_trials<'py>(&self, py: Python<'py>, seed: u64, iteration: u64) -> Arrays<'py> {
        arrays(py, self.task.training_trials(seed, iteration))
    }

    /// The trials on which networks are scored and compared.
    fn analysis_trials<'py>(&self, py: Python<'py>) -> Arrays<'py> {
        arrays(py, self.task.analysis_trials())
    }

    /// Timing, inputs, outputs and conditions, as JSON.
    fn description(&self) -> PyResult<String> {
        Ok(serde_json::to_string(&describe_task(&self.task)).map_err(Refusal::from)?)
    }
}

/// The built-in task of a name, with settings of its own as JSON.
#[pyfunction]
pub(crate) fn named_task(name: &str, settings: Option<&str>) -> PyResult<Task> {
    let task = built_in_task(name).map_err(Refusal::from)?;
    let Some(settings) = settings else { return Ok(task.into()) };
    if !Value::NAMES.contains(&name) {
        return Err(Refusal::Value(format!(
            "task `{name}` has no settings; those with settings are {}; copy studies/tasks/{name}.toml to change it",
            Value::NAMES.join(", ")
        ))
        .into());
    }
    let settings: serde_json::Value = serde_json::from_str(settings).map_err(Refusal::from)?;
    let whole = serde_json::json!({ "tasks": [name], "task": { name: settings } });
    let text = text_of(&whole).map_err(Refusal::Value)?;
    let study = Study::parse("settings", &text).map_err(Refusal::from)?;
    let task = study.tasks.into_iter().next().map(|of_task| of_task.task);
    Ok(task.ok_or_else(|| Refusal::Fault("a study without its task".to_owned()))?.into())
}

/// The task that a TOML file declares.
#[pyfunction]
pub(crate) fn task_file(path: PathBuf) -> PyResult<Task> {
    Ok(Value::from(read_task(&path).map_err(Refusal::from)?).into())
}

/// The task of a file of trials, NPZ or safetensors, with notes on what of it is not used.
#[pyfunction]
pub(crate) fn task_trials_file(path: PathBuf) -> PyResult<(Task, Vec<String>)> {
    let (task, notes) = recording::trials(&path).map_err(Refusal::from)?;
    Ok((task.into(), notes))
}

/// A task of trials as arrays: inputs `[U, T, B]`, targets `[O, T, B]`, steps that count, conditions `[B, C]`; of
/// weights `[O, T, B]` the steps are those at which one is above 0.
#[pyfunction]
pub(crate) fn given_task(
    name: String,
    names: [Vec<String>; 3],
    inputs: Cube<'_>,
    targets: Cube<'_>,
    mask: Vec<usize>,
    conditions: PyReadonlyArray2<'_, f64>,
    weights: Option<Cube<'_>>,
) -> PyResult<Task> {
    let conditions = conditions.as_array().mapv(|value| value as f32).as_standard_layout().into_owned();
    let weights = weights.map(|weights| weights.single());
    let mask = weights.as_ref().map_or(mask, Trials::mask_of);
    let trials = Trials { inputs: inputs.single(), targets: targets.single(), mask, weights, conditions };
    Ok(Value::from(Given::new(name, names, trials).map_err(value)?).into())
}
