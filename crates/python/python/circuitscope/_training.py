"""Training of networks, to the bits of the command line's."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from circuitscope import _circuitscope as _rust
from circuitscope._arrays import Floats, count
from circuitscope._networks import Network, Score
from circuitscope._progress import Listener, Progress
from circuitscope._tasks import Task, Trials, either_task, plain


@dataclass(frozen=True, repr=False)
class History:
    """The noise-free loss along a training, at most 201 points.

    `iterations` ``[P]`` are numbered from 0; `loss` ``[P]`` is the total with every regulariser, `mse` ``[P]`` the masked
    squared error alone.
    """

    iterations: npt.NDArray[np.int64]
    loss: Floats
    mse: Floats

    def __repr__(self) -> str:
        return f"<History: {len(self.iterations)} points, lowest loss {self.loss.min(initial=np.inf):.4g}>"

    def to_pandas(self) -> Any:
        """A table of these columns."""
        from circuitscope._optional import frame

        columns = {"iteration": self.iterations, "loss": self.loss, "mse": self.mse}
        return frame(columns, "History.to_pandas")


@dataclass(frozen=True)
class Trained:
    """A trained network with what is known of its training.

    `network` is the one of the lowest noise-free loss, without silent units; `initial` is the network before the first update,
    with all units. `score` is on the analysis trials, `training_score` on the training trials. `outcome` is "finished" or
    "diverged", the latter with a `reason`; neither raises. `seed` is the network's own, derived from that of the call.
    """

    network: Network
    initial: Network
    score: Score
    training_score: Score
    history: History
    outcome: str
    reason: str | None
    seed: int
    index: int
    n_silent: int
    best_iteration: int | None
    kernel: str

    def __repr__(self) -> str:
        r2 = "not defined" if self.score.r2 is None else f"{self.score.r2:.3f}"
        return f"<Trained {self.network.name!r}: {self.outcome}, R² {r2}, {self.network.n_units} units>"


def train(
    architecture: str | Mapping[str, Any] = "relu_dale",
    *,
    task: Task | Trials | str | os.PathLike[str] | None = None,
    trials: Trials | None = None,
    n_networks: int = 1,
    seed: int = 0,
    iterations: int | list[int] | None = None,
    progress: Progress = True,
    **settings: Any,
) -> list[Trained]:
    """Trains networks of one class on a task, side by side on all cores.

    The weights are bit for bit those that `circuitscope run` trains with the same seed, class and settings, and those of the
    published recipe where nothing else is said.

    Parameters
    ----------
    architecture
        A preset ("relu_dale", "relu_free", "sigmoid_dale", "sigmoid_free", "tanh_dale", "tanh_free"), or a dict of fields of a
        class, such as ``{"activation": "softplus", "constraint": "free", "n_units": 50}``; its `name` (default "network")
        names the class, of which seeds depend.
    task, trials
        What is trained: one of them.
    n_networks, seed
        Networks, and the seed that those of each network are derived from.
    iterations
        Updates of each phase of training; the published number if left out.
    settings
        Fields of a class, such as ``n_units=50, sigma_rec=0.1``.
    progress
        True for a bar, False for silence, or a function called with the stage and its share.

    Returns
    -------
    list of Trained
        In the order of their index. A training that diverges is one with that outcome.

    Raises
    ------
    ValueError, TypeError
        Naming the argument or field, what was found and what was expected.
    KeyboardInterrupt
        On Ctrl-C, within a second; nothing is kept.
    """
    what = either_task(task, trials)
    if what is None:
        raise TypeError("`task` or `trials` is missing: train needs something to train on")
    defaults = dict(settings)
    if iterations is not None:
        defaults["iterations"] = iterations
    name, fields = _class(architecture)
    twice = sorted(set(fields or {}) & set(defaults))
    if twice:
        raise TypeError(f"`{twice[0]}` is given twice: in `architecture` and by itself")
    study: dict[str, Any] = {
        "seed": count("seed", seed),
        "networks_per_class": count("n_networks", n_networks, least=1),
        "classes": [name],
        "defaults": defaults,
    }
    if fields is not None:
        study["class"] = {name: fields}
    with Listener(progress) as listener:
        found = _rust.train(what._inner, json.dumps(study, default=plain), listener)
    return [_trained(*one) for one in found]


def _class(architecture: str | Mapping[str, Any]) -> tuple[str, dict[str, Any] | None]:
    """Name of the class, and its fields where it is no preset."""
    if isinstance(architecture, str):
        return architecture.lower().replace("-", "_"), None
    if not isinstance(architecture, Mapping):
        raise TypeError(f"`architecture` is {architecture!r}, expected the name of a preset or a dict of fields")
    fields = dict(architecture)
    name = fields.pop("name", "network")
    if not isinstance(name, str):
        raise TypeError(f"`name` of `architecture` is {name!r}, expected a text")
    return name, fields


def _trained(network: _rust.Network, initial: _rust.Network, text: str) -> Trained:
    told = json.loads(text)
    return Trained(
        network=Network._of(network),
        initial=Network._of(initial),
        score=Score(told["mse"], told["r2"]),
        training_score=Score(told["training_mse"], told["training_r2"]),
        history=History(
            np.array(told["iterations"], dtype=np.int64),
            np.array(told["loss"], dtype=np.float64),
            np.array(told["task_loss"], dtype=np.float64),
        ),
        outcome=told["outcome"],
        reason=told["reason"],
        seed=told["seed"],
        index=told["index"],
        n_silent=told["n_silent"],
        best_iteration=told["best_iteration"],
        kernel=told["kernel"],
    )
