"""Networks of PsychRNN."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import numpy as np

from circuitscope._arrays import floats
from circuitscope._networks import Network

_NEEDED = ("W_in", "W_rec", "W_out", "b_rec", "b_out", "init_state")


def from_psychrnn(
    weights: str | os.PathLike[str] | Mapping[str, Any],
    *,
    dt_ms: float,
    tau_ms: float,
    activation: str = "relu",
    output_bias: str = "refuse",
    name: str = "psychrnn",
) -> Network:
    """A network of PsychRNN's ``Basic`` or ``BasicScan``, from the file that ``model.save(path)`` wrote or from ``model.get_weights()``.

    It is the potential form; PsychRNN's state after the input of step t is state t + 1 here.

    Parameters
    ----------
    weights
        An NPZ file, or a dict with `W_in`, `W_rec`, `W_out` (as PsychRNN gives them: masked, and with the signs of Dale's law), `b_rec`,
        `b_out` and `init_state`.
    dt_ms, tau_ms
        The model's `dt` and `tau`, which the file does not hold.
    activation
        That of the model's `transfer_function`, by its name here.
    output_bias
        A network has no bias of its outputs: "refuse" a `b_out` that is not 0, or "drop" it, which changes outputs and scores but no
        state, fixed point or distance.
    """
    if output_bias not in ("refuse", "drop"):
        raise ValueError(f"`output_bias` is {output_bias!r}, expected 'refuse' or 'drop'")
    if isinstance(weights, (str, os.PathLike)):
        with np.load(weights) as file:  # never unpickled: what needs it is not read
            return from_psychrnn(
                {key: file[key] for key in _NEEDED if key in file.files},
                dt_ms=dt_ms,
                tau_ms=tau_ms,
                activation=activation,
                output_bias=output_bias,
                name=name,
            )
    if not isinstance(weights, Mapping):
        raise TypeError(f"`weights` is {type(weights).__name__}, expected a path or a dict of arrays")
    lacking = [key for key in _NEEDED if key not in weights]
    if lacking:
        raise ValueError(f"`weights` lacks {', '.join(lacking)}, which PsychRNN's Basic models have")
    if not 0 < dt_ms <= tau_ms:
        raise ValueError(f"`dt_ms` is {dt_ms} and `tau_ms` {tau_ms}, expected dt above 0 and at most tau")
    if np.any(floats("b_out", weights["b_out"]) != 0) and output_bias == "refuse":
        raise ValueError(
            "`b_out` is not 0, and outputs are W_out f(h) without a bias: train without it, or drop it with"
            " output_bias='drop', which changes outputs and scores but no state, fixed point or distance"
        )
    return Network(
        weights["W_rec"],
        weights["W_in"],
        weights["W_out"],
        activation=activation,
        bias=weights["b_rec"],
        initial_state=floats("init_state", weights["init_state"]).reshape(-1),
        alpha=dt_ms / tau_ms,
        dt_ms=dt_ms,
        form="potential",
        name=name,
    )
