"""Networks: weights in, states and outputs out."""

from __future__ import annotations

import os
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from circuitscope import _circuitscope as _rust
from circuitscope._arrays import Cube, Floats, Layout, back, cube, matrix, nearest, vector

if TYPE_CHECKING:
    from circuitscope._tasks import Task, Trials


@dataclass(frozen=True)
class Score:
    """How well a network does a task, without noise.

    `mse` is the mean over masked steps, trials and outputs of the squared error, `r2` is 1 − mse / variance of the masked
    target. Both are None if the network diverges, `r2` also if the target does not vary.
    """

    mse: float | None
    r2: float | None


class Network:
    """A recurrent network of N units, U inputs and O outputs.

    In the form ``"rate"`` a step is y ← y + α (−y + f(W_rec y + W_inp u + b)) and outputs are W_out y; in the form
    ``"potential"`` it is h ← h + α (−h + W_rec f(h) + W_inp u + b) with outputs W_out f(h). f(x) is the activation function of
    `slope`·x.

    Parameters
    ----------
    w_rec, w_inp, w_out
        Weights ``[N, N]``, ``[N, U]`` and ``[O, N]``, ``[post, pre]``; float32 or float64 in either order of memory.
    activation
        "relu", "sigmoid", "tanh", "softplus", "leaky_relu" (needs `leak`), "power" (needs `exponent`), "hard_tanh" or "silu".
    bias, initial_state
        ``[N]``, 0 if left out. The bias stands inside f; the state is that of step 0.
    alpha
        dt / τ, above 0 and at most 1. `dt_ms` is the step in ms, so that τ is ``dt_ms / alpha``.

    Raises
    ------
    ValueError, TypeError
        Naming the argument, what was found and what was expected.
    """

    def __init__(
        self,
        w_rec: Any,
        w_inp: Any,
        w_out: Any,
        activation: str = "relu",
        slope: float = 1.0,
        bias: Any = None,
        alpha: float = 0.1,
        form: str = "rate",
        *,
        initial_state: Any = None,
        leak: float | None = None,
        exponent: float | None = None,
        dt_ms: float = 1.0,
        name: str = "network",
    ) -> None:
        weights = matrix("w_rec", w_rec, "NN"), matrix("w_inp", w_inp, "NU"), matrix("w_out", w_out, "ON")
        n = weights[0].shape[0]
        if not isinstance(activation, str):
            raise TypeError(f"`activation` is {activation!r}, expected a name such as 'relu'")
        activation = activation.lower().replace("-", "_")
        known = dict(_rust.names())["activation"]
        if activation not in known:
            raise ValueError(f"`activation` is {activation!r}; {nearest(activation, known)}")
        if not (np.isfinite(alpha) and 0 < alpha <= 1):
            raise ValueError(f"`alpha` is {alpha}, expected a number above 0 and at most 1")
        if not (np.isfinite(dt_ms) and dt_ms > 0):
            raise ValueError(f"`dt_ms` is {dt_ms}, expected a finite number above 0 (ms)")
        self._set(
            _rust.Network(
                name,
                weights,
                np.zeros(n) if bias is None else vector("bias", bias),
                np.zeros(n) if initial_state is None else vector("initial_state", initial_state),
                activation,
                float(slope),
                (leak, exponent),
                form,
                (float(dt_ms), float(dt_ms) / float(alpha)),
            )
        )

    @classmethod
    def _of(cls, inner: _rust.Network) -> Network:
        network = cls.__new__(cls)
        network._set(inner)
        return network

    def _set(self, inner: _rust.Network) -> None:
        self._inner = inner
        self._kept: dict[str, Floats] = {}

    def _array(self, name: str) -> Floats:
        if name not in self._kept:
            array: Floats = getattr(self._inner, name)
            array.flags.writeable = False  # what is written there would change nothing
            self._kept[name] = array
        return self._kept[name]

    @property
    def w_rec(self) -> Floats:
        """Recurrent weights ``[N, N]``; read-only."""
        return self._array("w_rec")

    @property
    def w_inp(self) -> Floats:
        """Input weights ``[N, U]``; read-only."""
        return self._array("w_inp")

    @property
    def w_out(self) -> Floats:
        """Output weights ``[O, N]``; read-only."""
        return self._array("w_out")

    @property
    def bias(self) -> Floats:
        """Bias ``[N]`` inside the activation function; read-only."""
        return self._array("bias")

    @property
    def initial_state(self) -> Floats:
        """State at step 0 ``[N]``; read-only."""
        return self._array("initial_state")

    @property
    def name(self) -> str:
        """What results call it."""
        return self._inner.name

    @property
    def activation(self) -> str:
        """Name of the activation function."""
        return self._inner.activation

    @property
    def slope(self) -> float:
        """Slope of the activation function."""
        return self._inner.slope

    @property
    def parameter(self) -> tuple[str, float] | None:
        """Name and value of the activation's parameter beside its slope, if it has one."""
        return self._inner.parameter

    @property
    def form(self) -> str:
        """"rate" or "potential"."""
        return self._inner.form

    @property
    def dt_ms(self) -> float:
        """Step (ms)."""
        return self._inner.dt_ms

    @property
    def tau_ms(self) -> float:
        """Time constant (ms)."""
        return self._inner.tau_ms

    @property
    def alpha(self) -> float:
        """dt / τ."""
        return self.dt_ms / self.tau_ms

    @property
    def n_units(self) -> int:
        """N."""
        return int(self.w_rec.shape[0])

    @property
    def n_inputs(self) -> int:
        """U."""
        return int(self.w_inp.shape[1])

    @property
    def n_outputs(self) -> int:
        """O."""
        return int(self.w_out.shape[0])

    def _shown(self, inputs: Any, layout: str) -> Cube:
        return cube("inputs", inputs, layout, self.n_inputs, "the network's inputs")

    def states(self, inputs: Any, layout: Layout = "NTB") -> Floats:
        """States without noise, y or h, in float64 and in the layout of the inputs: ``[N, T, B]``.

        The first state is `initial_state`; state t and input t give state t + 1, so that the last input is not used.
        """
        return back(self._inner.states(self._shown(inputs, layout)), layout)

    def rates(self, inputs: Any, layout: Layout = "NTB") -> Floats:
        """Rates, y or f(h); all else as `states`."""
        return back(self._inner.rates(self._shown(inputs, layout)), layout)

    def outputs(self, inputs: Any, layout: Layout = "NTB") -> Floats:
        """Outputs ``[O, T, B]`` without noise; all else as `states`."""
        return back(self._inner.outputs(self._shown(inputs, layout)), layout)

    def score(self, trials: Task | Trials | str) -> Score:
        """Score on trials, or on the analysis trials of a task."""
        from circuitscope._tasks import as_task

        mse, r2 = _rust.score(self._inner, as_task(trials)._inner)
        return Score(mse, r2)

    def renamed(self, name: str) -> Network:
        """The same network under another name."""
        return Network._of(self._inner.renamed(name))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the network as safetensors, which `load` and every command read.

        Weights are float32 where that changes none of them, else float64: nothing is lost.
        """
        self._inner.save(os.fspath(path))

    def to_torch(self) -> Any:
        """The network as a trainable ``torch.nn.Module`` with the same states; needs PyTorch."""
        from circuitscope._torch import to_torch

        return to_torch(self)

    def __repr__(self) -> str:
        parameter = "" if self.parameter is None else f", {self.parameter[0]} {self.parameter[1]:g}"
        return (
            f"<Network {self.name!r}: {self.n_units} units, {self.n_inputs} inputs, {self.n_outputs} outputs,"
            f" {self.activation} (slope {self.slope:g}{parameter}), {self.form} form, alpha {self.alpha:g}>"
        )


def load(path: str | os.PathLike[str]) -> Network:
    """Reads a network: a file of circuitscope (safetensors) or a parameter file of trainRNNbrain (JSON).

    Raises
    ------
    OSError
        If the file cannot be read.
    ValueError
        Naming the file and what in it does not fit.
    """
    network = Network._of(_rust.load(os.fspath(path)))
    for warning in network._inner.warnings:
        warnings.warn(f"{path}: {warning}", stacklevel=2)
    return network
