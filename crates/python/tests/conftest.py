"""What several tests need: networks of the golden data and a small trained one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

import circuitscope as cs

ROOT = Path(__file__).resolve().parents[3]
SHAPES = {
    "relu": lambda x: np.maximum(x, 0),
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "tanh": np.tanh,
    "softplus": lambda x: np.logaddexp(x, 0),
    "leaky_relu": lambda x: np.where(x > 0, x, 0.2 * x),
    "power": lambda x: np.maximum(x, 0) ** 1.5,
    "hard_tanh": lambda x: np.clip(x, -1, 1),
    "silu": lambda x: x / (1 + np.exp(-x)),
}


def planted(activation: str, form: str = "rate", seed: int = 0, **options: object) -> cs.Network:
    """A random network of 12 units, 3 inputs and 2 outputs."""
    rng = np.random.default_rng(seed)
    parameters: dict[str, float] = {"leaky_relu": {"leak": 0.2}, "power": {"exponent": 1.5}}.get(activation, {})
    settings: dict[str, object] = {
        "slope": 1.3,
        "bias": rng.normal(size=12) * 0.1,
        "alpha": 0.2,
        "initial_state": rng.normal(size=12) * 0.1,
        **parameters,
        **options,
    }
    weights = rng.normal(size=(12, 12)) * 0.2, rng.normal(size=(12, 3)), rng.normal(size=(2, 12))
    return cs.Network(*weights, activation=activation, form=form, **settings)


def run_in_numpy(network: cs.Network, inputs: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.float64], ...]:
    """States and outputs of inputs [U, T, B], written like docs/methods.md §1."""

    def f(x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        found: npt.NDArray[np.float64] = SHAPES[network.activation](network.slope * x)
        return found

    _, n_steps, n_trials = inputs.shape
    state = np.repeat(network.initial_state[:, None], n_trials, axis=1)
    states = [state]
    for step in range(n_steps - 1):
        rates = state if network.form == "rate" else f(state)
        drive = network.w_rec @ rates + network.w_inp @ inputs[:, step] + network.bias[:, None]
        state = state + network.alpha * (-state + (f(drive) if network.form == "rate" else drive))
        states.append(state)
    found = np.stack(states, axis=1)
    rates = found if network.form == "rate" else f(found)
    return found, np.einsum("on,ntb->otb", network.w_out, rates)


@pytest.fixture(scope="session")
def golden() -> cs.Network:
    """A trained CDDM network of the reference data."""
    return cs.load(ROOT / "golden/networks/cddm_relu_dale_1.json")


@pytest.fixture(scope="session")
def trained() -> list[cs.Trained]:
    """Three small networks of each of two classes on Go/NoGo."""
    found: list[cs.Trained] = []
    for name in ("relu-dale", "tanh-dale"):
        settings = {"n_networks": 3, "seed": 4, "iterations": 250, "n_units": 20}
        found += cs.train(name, task="go_no_go", progress=False, **settings)
    return found
