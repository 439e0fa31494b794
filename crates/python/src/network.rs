//! A network, as a class of Python.

use crate::arrays::{Cube, matrix, vector};
use crate::refusal::{Refusal, value};
use circuitscope::dynamics::run::{outputs, rates, states};
use circuitscope::network::{Form, Network as Weights};
use circuitscope::{Activation, Exponent, Leak};
use circuitscope_study::export;
use circuitscope_study::import::{self, Named};
use circuitscope_study::store::network_file::{curve_name, curve_named};
use circuitscope_study::store::write_whole;
use ndarray::{Array3, ArrayView3};
use numpy::{PyArray1, PyArray2, PyArray3, PyReadonlyArray1, PyReadonlyArray2, ToPyArray};
use pyo3::prelude::*;
use std::path::PathBuf;
use std::sync::Arc;

/// A network with its name.
#[pyclass(frozen)]
pub(crate) struct Network {
    pub(crate) named: Arc<Named>,
}

impl From<Named> for Network {
    fn from(named: Named) -> Self {
        Self { named: Arc::new(named) }
    }
}

impl Network {
    fn weights(&self) -> &Weights {
        &self.named.network
    }
}

/// What of a run is wanted.
#[derive(Clone, Copy)]
enum Wanted {
    States,
    Rates,
    Outputs,
}

fn run<A: Copy + Into<f64>>(
    network: &Weights,
    inputs: ArrayView3<'_, A>,
    wanted: Wanted,
) -> Result<Array3<f64>, Refusal> {
    let states = states(network, inputs).map_err(value)?;
    match wanted {
        Wanted::States => Ok(states),
        Wanted::Rates => Ok(rates(network, states)),
        Wanted::Outputs => outputs(network, rates(network, states).view()).map_err(value),
    }
}

impl Network {
    fn array<'py>(
        &self,
        py: Python<'py>,
        inputs: &Cube<'py>,
        wanted: Wanted,
    ) -> PyResult<Bound<'py, PyArray3<f64>>> {
        let network = self.weights();
        let found = match inputs {
            Cube::Single(inputs) => {
                let inputs = inputs.as_array();
                py.detach(|| run(network, inputs, wanted))
            }
            Cube::Double(inputs) => {
                let inputs = inputs.as_array();
                py.detach(|| run(network, inputs, wanted))
            }
        };
        Ok(numpy::IntoPyArray::into_pyarray(found?, py))
    }
}

#[pymethods]
impl Network {
    #[new]
    #[pyo3(signature = (name, weights, bias, initial_state, activation, slope, parameters, form, times_ms))]
    #[allow(clippy::too_many_arguments, reason = "every one is a property of the network")]
    fn new(
        name: String,
        weights: (PyReadonlyArray2<'_, f64>, PyReadonlyArray2<'_, f64>, PyReadonlyArray2<'_, f64>),
        bias: PyReadonlyArray1<'_, f64>,
        initial_state: PyReadonlyArray1<'_, f64>,
        activation: &str,
        slope: f64,
        parameters: (Option<f64>, Option<f64>),
        form: &str,
        times_ms: (f64, f64),
    ) -> PyResult<Self> {
        let parameters = [(Leak::NAME, parameters.0), (Exponent::NAME, parameters.1)];
        let curve = curve_named(activation, &parameters).map_err(Refusal::Value)?;
        let form = match form {
            "rate" => Form::Rate,
            "potential" => Form::Potential,
            other => {
                let text = format!("`form` is {other:?}, expected \"rate\" or \"potential\"");
                return Err(Refusal::Value(text).into());
            }
        };
        let network = Weights {
            w_rec: matrix(&weights.0),
            w_inp: matrix(&weights.1),
            w_out: matrix(&weights.2),
            bias: vector(&bias),
            initial_state: vector(&initial_state),
            activation: Activation { curve, slope },
            form,
            dt_ms: times_ms.0,
            tau_ms: times_ms.1,
        };
        Ok(Named::new(name, network.checked().map_err(value)?).into())
    }

    #[getter]
    fn name(&self) -> &str {
        &self.named.name
    }

    #[getter]
    fn warnings(&self) -> Vec<String> {
        self.named.warnings.clone()
    }

    #[getter]
    fn w_rec<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray2<f64>> {
        self.weights().w_rec.to_pyarray(py)
    }

    #[getter]
    fn w_inp<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray2<f64>> {
        self.weights().w_inp.to_pyarray(py)
    }

    #[getter]
    fn w_out<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray2<f64>> {
        self.weights().w_out.to_pyarray(py)
    }

    #[getter]
    fn bias<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.weights().bias.to_pyarray(py)
    }

    #[getter]
    fn initial_state<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.weights().initial_state.to_pyarray(py)
    }

    #[getter]
    fn activation(&self) -> &'static str {
        curve_name(self.weights().activation.curve)
    }

    #[getter]
    fn slope(&self) -> f64 {
        self.weights().activation.slope
    }

    /// The parameter of the activation function beside its slope, with its name.
    #[getter]
    fn parameter(&self) -> Option<(&'static str, f64)> {
        self.weights().activation.curve.parameter()
    }

    #[getter]
    fn form(&self) -> &'static str {
        match self.weights().form {
            Form::Rate => "rate",
            Form::Potential => "potential",
        }
    }

    #[getter]
    fn dt_ms(&self) -> f64 {
        self.weights().dt_ms
    }

    #[getter]
    fn tau_ms(&self) -> f64 {
        self.weights().tau_ms
    }

    /// States `[N, T, B]` of inputs `[U, T, B]`.
    fn states<'py>(&self, py: Python<'py>, inputs: Cube<'py>) -> PyResult<Bound<'py, PyArray3<f64>>> {
        self.array(py, &inputs, Wanted::States)
    }

    /// Rates `[N, T, B]` of inputs `[U, T, B]`.
    fn rates<'py>(&self, py: Python<'py>, inputs: Cube<'py>) -> PyResult<Bound<'py, PyArray3<f64>>> {
        self.array(py, &inputs, Wanted::Rates)
    }

    /// Outputs `[O, T, B]` of inputs `[U, T, B]`.
    fn outputs<'py>(&self, py: Python<'py>, inputs: Cube<'py>) -> PyResult<Bound<'py, PyArray3<f64>>> {
        self.array(py, &inputs, Wanted::Outputs)
    }

    /// The same network under another name.
    fn renamed(&self, name: String) -> Self {
        Named { name: name.clone(), origin: name, ..(*self.named).clone() }.into()
    }

    /// Writes the network as safetensors.
    fn save(&self, path: PathBuf) -> PyResult<()> {
        let bytes = export::network(self.weights(), &self.named.name).map_err(Refusal::Fault)?;
        Ok(write_whole(&path, &bytes).map_err(Refusal::from)?)
    }
}

/// Reads a network of a file.
#[pyfunction]
pub(crate) fn load(path: PathBuf) -> PyResult<Network> {
    Ok(import::network(&path).map_err(Refusal::from)?.into())
}
