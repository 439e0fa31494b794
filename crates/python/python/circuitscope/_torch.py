"""Networks from PyTorch and back. PyTorch itself is needed for live modules alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from circuitscope._arrays import Floats, nearest
from circuitscope._networks import Network
from circuitscope._optional import need

_ARRAYS = ("w_rec", "w_inp", "w_out", "bias", "initial_state")


def _numbers(name: str, tensor: Any) -> Floats:
    """A tensor or array as float64."""
    if hasattr(tensor, "detach"):
        tensor = tensor.detach().cpu().double().numpy()
    try:
        return np.asarray(tensor, dtype=np.float64)
    except (TypeError, ValueError):
        raise TypeError(f"`{name}` is {type(tensor).__name__}, expected a tensor or an array of numbers") from None


def from_torch(
    module_or_state_dict: Any,
    *,
    activation: str | None = None,
    keys: Mapping[str, str] | None = None,
    readout: Any = None,
    output_bias: str = "refuse",
    alpha: float | None = None,
    slope: float = 1.0,
    form: str | None = None,
    dt_ms: float = 1.0,
    leak: float | None = None,
    exponent: float | None = None,
    name: str = "torch",
) -> Network:
    """A network of PyTorch: an ``nn.RNN``, a module that holds one, or any state dict whose keys are named.

    An ``nn.RNN`` of one layer is h(t) = f(W_hh h(t−1) + W_ih x(t) + b_ih + b_hh), the rate form with alpha = 1. PyTorch's output at
    step t is the state after the input of step t, which is the state t + 1 here.

    Parameters
    ----------
    module_or_state_dict
        The module, or its state dict: tensors or arrays by name. Load files with ``torch.load(path, weights_only=True)``.
    activation
        "tanh" or "relu" as of the module, which a state dict does not tell: then it must be given.
    keys
        Names of other state dicts: a dict with "w_rec" ``[N, N]``, "w_inp" ``[N, U]``, "w_out" ``[O, N]`` and perhaps "bias",
        "initial_state" ``[N]``. Then `activation`, `alpha` and `form` must be given too.
    readout
        W_out ``[O, N]``, or the name of a linear layer. If left out, the one linear layer with N inputs; outputs are the units
        themselves, where there is none.
    output_bias
        A network has no bias of its outputs: "refuse" one that is not 0, or "drop" it, which changes outputs and scores but no
        state, fixed point or distance.

    Raises
    ------
    ValueError, TypeError
        Naming what in the module cannot be honoured, and the remedy.
    """
    state = module_or_state_dict
    if hasattr(state, "state_dict"):
        activation = activation or _nonlinearity(state)
        state = state.state_dict()
    if not isinstance(state, Mapping):
        raise TypeError(f"`module_or_state_dict` is {type(state).__name__}, expected a torch module or a state dict")
    arrays = {str(key): _numbers(str(key), tensor) for key, tensor in state.items()}
    options: dict[str, Any] = {"slope": slope, "dt_ms": dt_ms, "leak": leak, "exponent": exponent, "name": name}
    if keys is not None:
        if activation is None or alpha is None or form is None:
            raise TypeError("`keys` needs `activation`, `alpha` and `form` too: a state dict does not tell them")
        weights: dict[str, Any] = {**_named(arrays, keys)}
        return Network(**weights, activation=activation, alpha=alpha, form=form, **options)
    for argument, value in (("alpha", alpha), ("form", form)):
        if value is not None:
            raise TypeError(f"`{argument}` goes with `keys`: an nn.RNN is the rate form with alpha 1")
    prefix = _prefix(arrays)
    if activation is None:
        raise TypeError("`activation` is missing: a state dict does not tell 'tanh' from 'relu'")
    w_rec, w_inp = arrays[f"{prefix}weight_hh_l0"], arrays[f"{prefix}weight_ih_l0"]
    bias = sum(arrays.get(f"{prefix}{key}", np.zeros(len(w_rec))) for key in ("bias_ih_l0", "bias_hh_l0"))
    w_out = _readout(arrays, prefix, len(w_rec), readout, output_bias)
    return Network(w_rec, w_inp, w_out, activation=activation, bias=bias, alpha=1.0, form="rate", **options)


def _nonlinearity(module: Any) -> str | None:
    """What the one recurrent layer of a module applies; refuses what is no nn.RNN."""
    layers = [layer for layer in module.modules() if type(layer).__name__ in ("RNN", "LSTM", "GRU", "RNNCell")]
    if len(layers) > 1:
        raise ValueError(f"the module holds {len(layers)} recurrent layers, expected one")
    if not layers:
        return None
    kind = type(layers[0]).__name__
    if kind != "RNN":
        raise ValueError(f"the module holds an nn.{kind}, expected an nn.RNN: gates and cells are not read yet")
    found: str = layers[0].nonlinearity
    return found


def _prefix(arrays: Mapping[str, Floats]) -> str:
    ends = "weight_hh_l0"
    found = [key[: -len(ends)] for key in arrays if key.endswith(ends)]
    if len(found) != 1:
        raise ValueError(
            f"the state dict has {len(found)} keys that end in {ends!r}, expected one; it holds"
            f" {', '.join(arrays) or 'nothing'}; name others by `keys`"
        )
    prefix = found[0]
    for key in arrays:
        if key.startswith(prefix) and (key.endswith(("_l1", "_reverse")) or "weight_hr" in key):
            raise ValueError(f"the state dict holds {key!r}, expected one layer in one direction")
    n_rows, n = arrays[f"{prefix}{ends}"].shape
    if n_rows != n:
        kind = {3: "an nn.GRU", 4: "an nn.LSTM"}.get(n_rows // n, "another layer")
        raise ValueError(f"`{prefix}{ends}` has shape ({n_rows}, {n}), which is {kind}; expected ({n}, {n}), an nn.RNN")
    return prefix


def _readout(arrays: Mapping[str, Floats], prefix: str, n: int, readout: Any, output_bias: str) -> Floats:
    if output_bias not in ("refuse", "drop"):
        raise ValueError(f"`output_bias` is {output_bias!r}, expected 'refuse' or 'drop'")
    if readout is not None and not isinstance(readout, str):
        return _numbers("readout", readout)
    # A prefix of "" is that of a bare nn.RNN, whose own weights end in _l0.
    linear = [key[: -len(".weight")] for key, value in arrays.items() if key.endswith(".weight") and value.ndim == 2]
    if readout is None:
        fitting = [layer for layer in linear if arrays[f"{layer}.weight"].shape[1] == n]
        if not fitting:
            return np.eye(n)
        if len(fitting) > 1:
            raise ValueError(f"several linear layers have {n} inputs: name one of {', '.join(fitting)} by `readout`")
        readout = fitting[0]
    if readout not in linear:
        raise ValueError(f"`readout` is {readout!r}; {nearest(readout, linear)}")
    bias = arrays.get(f"{readout}.bias")
    if bias is not None and np.any(bias != 0) and output_bias == "refuse":
        raise ValueError(
            f"`{readout}.bias` is not 0, and outputs are W_out r without a bias: train without it, or drop it with"
            " output_bias='drop', which changes outputs and scores but no state, fixed point or distance"
        )
    return arrays[f"{readout}.weight"]


def _named(arrays: Mapping[str, Floats], keys: Mapping[str, str]) -> dict[str, Floats]:
    for argument in keys:
        if argument not in _ARRAYS:
            raise ValueError(f"`keys` names {argument!r}; {nearest(argument, _ARRAYS)}")
    for argument in _ARRAYS[:3]:
        if argument not in keys:
            raise ValueError(f"`keys` lacks {argument!r}, expected the name of that tensor")
    found = {}
    for argument, key in keys.items():
        if key not in arrays:
            raise ValueError(f"`keys[{argument!r}]` is {key!r}; {nearest(key, arrays)}")
        found[argument] = arrays[key]
    return found


def to_torch(network: Network) -> Any:
    """A trainable module with the states of a network.

    Its parameters are `w_rec`, `w_inp`, `w_out` and `bias`, `initial_state` is a buffer. ``module(inputs, layout="NTB")`` gives
    outputs and states in that layout, the first state being the initial one, as `Network.states` does.
    """
    torch = need("torch", "Network.to_torch", "torch")
    activation, slope, alpha = network.activation, network.slope, network.alpha
    is_rate = network.form == "rate"
    parameter = 0.0 if network.parameter is None else network.parameter[1]

    def shape(x: Any) -> Any:
        match activation:
            case "relu":
                return torch.relu(x)
            case "sigmoid":
                return torch.sigmoid(x)
            case "tanh":
                return torch.tanh(x)
            case "softplus":
                return torch.logaddexp(x, torch.zeros_like(x))
            case "leaky_relu":
                return torch.where(x > 0, x, parameter * x)
            case "power":
                return torch.relu(x) ** parameter
            case "hard_tanh":
                return torch.clamp(x, -1.0, 1.0)
            case "silu":
                return x * torch.sigmoid(x)
        raise ValueError(f"{activation} has no counterpart in PyTorch yet")

    shape(torch.zeros(1))  # before anything is trained

    class Module(torch.nn.Module):  # type: ignore[misc, name-defined]
        """A network of circuitscope."""

        def __init__(self) -> None:
            super().__init__()
            for name in ("w_rec", "w_inp", "w_out", "bias"):
                values = torch.tensor(getattr(network, name), dtype=torch.get_default_dtype())
                setattr(self, name, torch.nn.Parameter(values))
            initial = torch.tensor(network.initial_state, dtype=torch.get_default_dtype())
            self.register_buffer("initial_state", initial)

        def rates(self, state: Any) -> Any:
            """f of a state, or the state itself in the rate form."""
            return state if is_rate else shape(slope * state)

        def step(self, state: Any, shown: Any) -> Any:
            """The state ``[B, N]`` after an input ``[B, U]``."""
            drive = self.rates(state) @ self.w_rec.T + shown @ self.w_inp.T + self.bias
            return state + alpha * (-state + (shape(slope * drive) if is_rate else drive))

        def forward(self, inputs: Any, layout: str = "NTB") -> Any:
            """Outputs and states of inputs, all in this layout."""
            axes = [layout.index(letter) for letter in "TBN"]
            shown = inputs.permute(axes)
            state = self.initial_state.expand(shown.shape[1], -1)
            states = [state]
            for step in range(shown.shape[0] - 1):
                state = self.step(state, shown[step])
                states.append(state)
            states = torch.stack(states)
            outputs = self.rates(states) @ self.w_out.T
            back = ["TBN".index(letter) for letter in layout]
            return outputs.permute(back), states.permute(back)

    return Module()
