"""Networks of PsychRNN."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import circuitscope as cs


def weights(seed: int = 0) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    return {
        "W_in": rng.normal(size=(9, 3)).astype(np.float32),
        "W_rec": (rng.normal(size=(9, 9)) / 3).astype(np.float32),
        "W_out": rng.normal(size=(2, 9)).astype(np.float32),
        "b_rec": rng.normal(size=9).astype(np.float32),
        "b_out": np.zeros(2, dtype=np.float32),
        "init_state": rng.normal(size=(1, 9)).astype(np.float32),
    }


def test_states_are_those_of_psychrnns_equation(tmp_path: Path) -> None:
    given = weights()
    # As PsychRNN saves: with entries that only pickle reads.
    np.savez(tmp_path / "weights.npz", **given, dale_ratio=None)
    network = cs.from_psychrnn(tmp_path / "weights.npz", dt_ms=10, tau_ms=100)
    inputs = np.random.default_rng(1).normal(size=(5, 30, 3))
    # psychrnn/backend/simulation.py, BasicSimulator.rnn_step without noise, in float64.
    w_in, w_rec, w_out, b_rec = (given[key].astype(np.float64) for key in ("W_in", "W_rec", "W_out", "b_rec"))
    state = np.repeat(given["init_state"].astype(np.float64), 5, axis=0)
    states, outputs = [], []
    for step in range(30):
        state = 0.9 * state + 0.1 * (np.maximum(state, 0) @ w_rec.T + inputs[:, step] @ w_in.T + b_rec)
        states.append(state)
        outputs.append(np.maximum(state, 0) @ w_out.T)
    one_more = np.concatenate([inputs, np.zeros((5, 1, 3))], axis=1)
    found = network.states(one_more, layout="BTN")[:, 1:]
    np.testing.assert_allclose(found, np.stack(states, axis=1), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(network.outputs(one_more, layout="BTN")[:, 1:], np.stack(outputs, axis=1), atol=1e-11)
    assert (network.tau_ms, network.form) == (100, "potential")


@pytest.mark.parametrize(
    ("changes", "options", "says"),
    [
        ({"b_out": np.ones(2)}, {}, "`b_out` is not 0"),
        ({}, {"dt_ms": 200}, "`dt_ms` is 200 and `tau_ms` 100"),
        ({}, {"output_bias": "keep"}, "`output_bias` is 'keep'"),
        ({"W_rec": np.ones((9, 8))}, {}, "`w_rec` has shape"),
    ],
)
def test_what_cannot_be_honoured_is_refused(changes: dict[str, Any], options: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        cs.from_psychrnn({**weights(), **changes}, **{"dt_ms": 10, "tau_ms": 100, **options})


def test_a_dropped_bias_changes_no_state_and_missing_weights_are_named() -> None:
    dropped = cs.from_psychrnn({**weights(), "b_out": np.ones(2)}, dt_ms=10, tau_ms=100, output_bias="drop")
    kept = cs.from_psychrnn(weights(), dt_ms=10, tau_ms=100)
    np.testing.assert_array_equal(dropped.states(np.ones((3, 9, 2))), kept.states(np.ones((3, 9, 2))))
    with pytest.raises(ValueError, match="lacks W_rec, init_state"):
        cs.from_psychrnn({k: v for k, v in weights().items() if k not in ("W_rec", "init_state")}, dt_ms=1, tau_ms=10)
