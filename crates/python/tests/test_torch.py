"""Networks of PyTorch: state dicts against the documented equation in NumPy, and live modules where PyTorch is installed."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from conftest import SHAPES, planted

import circuitscope as cs


def state_dict(n_out: int = 2, prefix: str = "rnn.") -> dict[str, npt.NDArray[np.float32]]:
    rng = np.random.default_rng(0)
    shapes = {"weight_ih_l0": (10, 3), "weight_hh_l0": (10, 10), "bias_ih_l0": (10,), "bias_hh_l0": (10,)}
    found = {f"{prefix}{key}": (rng.normal(size=shape) * 0.3).astype(np.float32) for key, shape in shapes.items()}
    if prefix:
        found["fc.weight"] = rng.normal(size=(n_out, 10)).astype(np.float32)
        found["fc.bias"] = np.zeros(n_out, dtype=np.float32)
    return found


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_an_rnn_gives_the_states_of_its_documented_equation(activation: str) -> None:
    state = state_dict()
    network = cs.from_torch(state, activation=activation)
    inputs = np.random.default_rng(1).normal(size=(3, 25, 4))
    # nn.RNN: h_t = f(W_ih x_t + b_ih + W_hh h_{t−1} + b_hh), h_0 = 0, output W h_t.
    hidden, found = np.zeros((10, 4)), []
    for step in range(25):
        drive = state["rnn.weight_ih_l0"] @ inputs[:, step] + state["rnn.weight_hh_l0"] @ hidden
        drive += (state["rnn.bias_ih_l0"].astype(float) + state["rnn.bias_hh_l0"])[:, None]
        hidden = np.tanh(drive) if activation == "tanh" else np.maximum(drive, 0)
        found.append(hidden)
    one_more = np.concatenate([inputs, np.zeros((3, 1, 4))], axis=1)
    np.testing.assert_allclose(network.states(one_more)[:, 1:], np.stack(found, axis=1), rtol=1e-10, atol=1e-12)
    outputs = np.einsum("on,ntb->otb", state["fc.weight"], np.stack(found, axis=1))
    np.testing.assert_allclose(network.outputs(one_more)[:, 1:], outputs, rtol=1e-10, atol=1e-11)
    assert network.alpha == 1.0


def test_a_bare_layer_has_its_units_as_outputs() -> None:
    network = cs.from_torch(state_dict(prefix=""), activation="tanh")
    np.testing.assert_array_equal(network.w_out, np.eye(10))


def test_keys_name_the_tensors_of_a_leaky_network() -> None:
    expected = planted("relu", "potential")
    state = {"J": expected.w_rec, "B": expected.w_inp, "W": expected.w_out, "b": expected.bias, "lr": np.ones(1)}
    keys = {"w_rec": "J", "w_inp": "B", "w_out": "W", "bias": "b"}
    network = cs.from_torch(state, keys=keys, activation="relu", slope=1.3, alpha=0.2, form="potential")
    inputs = np.random.default_rng(2).normal(size=(3, 9, 2))
    same = cs.Network(
        expected.w_rec, expected.w_inp, expected.w_out, "relu", 1.3, expected.bias, 0.2, "potential"
    )
    np.testing.assert_array_equal(network.states(inputs), same.states(inputs))


def wrong(**changes: Any) -> dict[str, Any]:
    return {**state_dict(), **changes}


@pytest.mark.parametrize(
    ("state", "options", "says"),
    [
        (state_dict(), {}, "`activation` is missing: a state dict does not tell"),
        (wrong(**{"fc.bias": np.ones(2)}), {"activation": "tanh"}, "`fc.bias` is not 0"),
        (wrong(**{"rnn.weight_hh_l0": np.ones((30, 10))}), {"activation": "tanh"}, "nn.GRU"),
        (wrong(**{"rnn.weight_hh_l1": np.ones((10, 10))}), {"activation": "tanh"}, "expected one layer"),
        (wrong(**{"b.weight": np.ones((2, 10))}), {"activation": "tanh"}, "name one of fc, b by `readout`"),
        (state_dict(), {"activation": "tanh", "readout": "fd"}, "did you mean 'fc'"),
        (state_dict(), {"activation": "tanh", "output_bias": "keep"}, "`output_bias` is 'keep'"),
        ({"a": np.ones(2)}, {"activation": "tanh"}, "0 keys that end in 'weight_hh_l0'"),
        (state_dict(), {"activation": "tanh", "keys": {"w_rec": "x"}}, "needs `activation`, `alpha` and `form`"),
    ],
)
def test_what_cannot_be_honoured_is_refused(state: dict[str, Any], options: dict[str, Any], says: str) -> None:
    with pytest.raises((ValueError, TypeError), match=says):
        cs.from_torch(state, **options)


def test_a_dropped_bias_changes_no_state() -> None:
    state = wrong(**{"fc.bias": np.ones(2, dtype=np.float32)})
    network = cs.from_torch(state, activation="tanh", output_bias="drop")
    np.testing.assert_array_equal(network.w_rec, cs.from_torch(state_dict(), activation="tanh").w_rec)


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_a_live_module_gives_its_own_states(activation: str) -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    torch.manual_seed(0)
    rnn = torch.nn.RNN(3, 16, nonlinearity=activation)
    inputs = torch.randn(30, 5, 3)
    network = cs.from_torch(rnn)
    one_more = np.concatenate([inputs.numpy(), np.zeros((1, 5, 3))])
    states = network.states(one_more, layout="TBN")[1:]
    np.testing.assert_allclose(states, rnn(inputs)[0].detach().numpy(), atol=2e-6)  # float32


@pytest.mark.parametrize("form", ["rate", "potential"])
@pytest.mark.parametrize("activation", SHAPES)
def test_an_exported_module_has_the_same_states_and_learns(activation: str, form: str) -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    network = planted(activation, form)
    module = network.to_torch()
    inputs = np.random.default_rng(3).normal(size=(3, 40, 4)).astype(np.float32)
    outputs, states = module(torch.tensor(inputs))
    scale = np.abs(network.states(inputs)).max()
    np.testing.assert_allclose(states.detach().numpy(), network.states(inputs), atol=2e-6 * scale * 40)  # float32
    outputs.square().mean().backward()
    assert all(parameter.grad is not None for parameter in module.parameters())
    keys = {name: name for name in ("w_rec", "w_inp", "w_out", "bias", "initial_state")}
    parameter = dict([network.parameter]) if network.parameter else {}
    back = cs.from_torch(
        module, keys=keys, activation=activation, slope=network.slope, alpha=network.alpha, form=form, **parameter
    )
    np.testing.assert_allclose(back.w_rec, network.w_rec, rtol=1e-7)  # float32
