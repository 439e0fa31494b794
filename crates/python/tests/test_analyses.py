"""Analyses of networks: held to NumPy and SciPy, not to themselves."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from conftest import ROOT, SHAPES, planted
from scipy.spatial import procrustes

import circuitscope as cs


def right_side(
    network: cs.Network, states: npt.NDArray[np.float64], inputs: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """What drives states [P, N] under inputs [P, U], per time constant."""

    def f(x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        found: npt.NDArray[np.float64] = SHAPES[network.activation](network.slope * x)
        return found

    if network.form == "rate":
        return -states + f(states @ network.w_rec.T + inputs @ network.w_inp.T + network.bias)
    return -states + f(states) @ network.w_rec.T + inputs @ network.w_inp.T + network.bias


def jacobian(network: cs.Network, state: npt.NDArray[np.float64], shown: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """By central differences."""
    step = 1e-6
    rows = np.repeat(state[None], 2 * len(state), axis=0)
    rows[: len(state)] += step * np.eye(len(state))
    rows[len(state) :] -= step * np.eye(len(state))
    there = right_side(network, rows, np.repeat(shown[None], len(rows), axis=0))
    found: npt.NDArray[np.float64] = ((there[: len(state)] - there[len(state) :]) / (2 * step)).T
    return found


@pytest.mark.parametrize("form", ["rate", "potential"])
@pytest.mark.parametrize("activation", ["tanh", "relu", "softplus", "hard_tanh"])
def test_fixed_points_rest_and_have_the_eigenvalues_of_their_jacobian(activation: str, form: str) -> None:
    network = planted(activation, form, slope=1.0)
    inputs = np.random.default_rng(1).normal(size=(4, 3))
    found = cs.fixed_points(network, inputs)
    assert len(found) >= 4 and found.n_certified == len(found)
    shown = found.inputs[found.input_index]
    assert np.abs(right_side(network, found.points, shown)).max() < 1e-12
    np.testing.assert_allclose(found.residuals, np.linalg.norm(right_side(network, found.points, shown), axis=1), atol=1e-13)
    for state, at, values in zip(found.points, shown, found.eigenvalues, strict=True):
        expected = np.linalg.eigvals(jacobian(network, state, at))
        expected = expected[np.lexsort((-expected.imag, -expected.real))]
        # Central differences of step 1e-6 leave 1e-9; multiple eigenvalues are spread by its root.
        np.testing.assert_allclose(np.sort_complex(values), np.sort_complex(expected), atol=1e-4)
        assert values[0].real == pytest.approx(expected[0].real, abs=1e-6)
    np.testing.assert_allclose(found.max_re, found.eigenvalues[:, 0].real, atol=1e-9)
    assert set(found.stability[found.max_re < -1e-6]) == {"stable"}


def test_fixed_points_of_a_flip_flop_are_counted() -> None:
    # Three units, each with tanh of gain 2 on itself: 3 roots each, 27 together, of which 8 are stable.
    network = cs.Network(2 * np.eye(3), np.eye(3), np.eye(3), activation="tanh")
    found = cs.fixed_points(network, np.zeros(3), search="thorough")
    assert (len(found), found.n_stable, found.n_certified) == (27, 8, 27)
    assert found.to_dict()["completeness"][0]["balanced"] is True
    assert "27 fixed points at 1 inputs, 8 stable, 27 certified" in repr(found)
    html = found._repr_html_()
    assert "<table>" in html and "<td>8</td>" in html


def test_with_a_task_units_that_never_fire_are_left_out(golden: cs.Network) -> None:
    found = cs.fixed_points(golden, task="cddm")
    assert len(found.inputs) == len(cs.task("cddm").constant_inputs)
    assert found.points.shape[1] == golden.n_units - len(found.units_left_out) == len(found.units)
    whole = np.zeros((len(found), golden.n_units))
    whole[:, found.units] = found.points
    assert np.abs(right_side(golden, whole, found.inputs[found.input_index])).max() < 1e-12
    table = pytest.importorskip("pandas") and found.to_pandas()
    assert len(table) == len(found) and set(table["stability"]) <= {"stable", "unstable", "marginal"}


def test_a_fold_is_found_where_it_is() -> None:
    # x = tanh(2 x + u): folds where 2 (1 − x²) = 1, u = atanh(x) − 2 x with x = ±1/√2.
    network = cs.Network([[2.0]], [[1.0]], [[1.0]], activation="tanh")
    found = cs.branches(network, [-1.0], [1.0])
    assert isinstance(found, cs.Branches)
    at = np.arctanh(np.sqrt(0.5)) - 2 * np.sqrt(0.5)
    folds = sorted(-1.0 + 2.0 * event["position"] for event in found.events if event["event"] == "fold")
    np.testing.assert_allclose(folds, [at, -at], atol=1e-6)
    assert len(found) == 1 and "<table>" in found._repr_html_()


def test_results_are_those_of_the_command_line(golden: cs.Network) -> None:
    path = ROOT / "golden/networks/cddm_relu_dale_1.json"

    def told(*arguments: str) -> object:
        command = [sys.executable, "-m", "circuitscope._command_line", *arguments, str(path), "--json"]
        found: object = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        return found

    assert cs.fixed_points(golden, task="cddm").to_dict() == told("fixed-points", "--task", "cddm")
    assert cs.line_attractor(golden).to_dict() == told("line-attractor")
    assert cs.behaviour(golden, "cddm").to_dict() == told("behave", "--task", "cddm")
    circuit = cs.latent_circuit(golden, task="cddm", n_fits=1, iterations=20, n_folds=0)
    asked = ("circuit", "--task", "cddm", "--fits", "1", "--iterations", "20", "--folds", "0")
    assert circuit.to_dict() == told(*asked)


def test_branches_over_the_inputs_of_a_task_are_those_of_the_command_line(trained: list[cs.Trained], tmp_path: Path) -> None:
    trained[0].network.save(tmp_path / "network.safetensors")
    grid = cs.branches(trained[0], task="go_no_go")
    assert isinstance(grid, cs.InputGrid)
    command = [sys.executable, "-m", "circuitscope._command_line", "branches", str(tmp_path / "network.safetensors")]
    command += ["--task", "go_no_go", "--json"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert grid.to_dict() == json.loads(told)
    assert grid.inputs.shape == cs.task("go_no_go").constant_inputs.shape
    assert len(grid.lines) == len(grid.line_quantities) > 0 and "<table>" in grid._repr_html_()


def test_lines_and_circuits_come_as_arrays(golden: cs.Network) -> None:
    line = cs.line_attractor(golden, n_points=5)
    for context in line.contexts:
        assert context["states"].shape == (5, golden.n_units)
        # What is left of the flow at a state that has settled is along the line: its drift.
        flow = right_side(golden, context["states"], np.repeat(context["input"][None], 5, axis=0))
        along = np.abs(context["drift_per_ms"]) * golden.tau_ms * context["length"]
        assert context["residual"].max() < 1e-10
        np.testing.assert_allclose(np.linalg.norm(flow, axis=1), along, rtol=1e-6)
    circuit = cs.latent_circuit(golden, task="cddm", n_fits=2, iterations=30, n_folds=0)
    n = len(circuit.nodes)
    assert circuit.best["w_rec"].shape == (n, n)
    q = circuit.best["q"]
    q = q if q.shape[1] == n else q.T
    np.testing.assert_allclose(q.T @ q, np.eye(n), atol=1e-4)  # fitted in float32


def test_circuits_of_responses_are_fitted_to_what_is_given(golden: cs.Network) -> None:
    trials = cs.task("cddm").analysis_trials(layout="BTN")
    rates = golden.rates(trials.inputs, layout="BTN")
    outputs = golden.outputs(trials.inputs, layout="BTN")
    settings = {"inputs": trials.inputs, "outputs": outputs, "layout": "BTN", "n_nodes": 8, "n_fits": 1, "n_folds": 0}
    fit = cs.latent_circuit(rates, iterations=100, **settings)
    assert len(fit.nodes) == 8 and fit.best["variance_explained"] > 0.3
    less = cs.latent_circuit(rates, iterations=3, **settings)
    assert less.best["variance_explained"] < fit.best["variance_explained"]


def test_distances_of_networks_are_those_of_their_rates(trained: list[cs.Trained]) -> None:
    task = cs.task("go_no_go")
    found = cs.compare(trained, task=task, measure="angular")
    assert found.warnings == []
    shown = task.analysis_trials().inputs
    rates = [one.network.rates(shown).reshape(one.network.n_units, -1).T for one in trained]
    for i, j in ((0, 1), (0, 4), (3, 5)):
        width = max(rates[i].shape[1], rates[j].shape[1])
        pair = [np.pad(rates[k], ((0, 0), (0, width - rates[k].shape[1]))) for k in (i, j)]
        disparity = procrustes(*pair)[2]
        # Studies keep the first ten principal components, which hold all but about a thousandth of the variance.
        assert np.sin(found.distance[i, j]) ** 2 == pytest.approx(disparity, abs=0.02)
    np.testing.assert_array_equal(found.distance, found.distance.T)
    assert found.groups == ["relu"] * 3 + ["tanh"] * 3
    test = cs.permanova(found.distance, found.groups)
    assert (found.statistics["permanova_f3"], found.statistics["permanova_p3"]) == (test.pseudo_f, test.p)
    assert found.embedding is not None
    np.testing.assert_array_equal(found.embedding, cs.mds(found.distance).points)
    assert cs.silhouette(found.distance, found.groups) == found.statistics["silhouette3"]


def test_groups_of_ones_own_and_networks_of_one_name(trained: list[cs.Trained]) -> None:
    import warnings

    networks = [one.network.renamed("same") for one in trained]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = cs.compare(networks, "go_no_go", aspect="endpoints", groups=["a", "b"] * 3)
    assert found.groups == ["a", "b"] * 3
    assert found.networks == [f"same-{k}" for k in range(1, 7)]
    table = pytest.importorskip("pandas") and found.to_pandas()
    assert table.loc["same-1", "same-2"] == found.distance[0, 1]
    with pytest.raises(ValueError, match="5 groups are given for 6 networks"):
        cs.compare(networks, "go_no_go", groups=["a"] * 5)


def test_a_panic_is_an_exception_and_the_interpreter_lives(tmp_path: Path) -> None:
    from circuitscope import _circuitscope

    # A state of another width gets past no function of the package; the private module has it panic.
    network = cs.Network(np.eye(2), np.ones((2, 1)), np.ones((1, 2)), activation="tanh")
    with pytest.raises((RuntimeError, ValueError)):
        _circuitscope.eigenvalues(network._inner, [], np.zeros((1, 5)), np.zeros((1, 1)))
    assert len(cs.fixed_points(network, [0.0])) >= 1
