"""Tasks and their trials."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from circuitscope import _circuitscope as _rust
from circuitscope._arrays import Floats, Layout, back, count, cube, floats, nearest


class Trials:
    """Trials as arrays: what a network is shown, what it should answer, and when that counts.

    Wherever a task is asked for, trials can be given: then they are what networks are trained, scored and analysed on.

    Parameters
    ----------
    inputs, targets
        ``[U, T, B]`` and ``[O, T, B]`` in the default layout; kept as float32.
    mask
        Steps that count: ``[T]`` of bool, or their numbers. All, if left out.
    weights
        How much each output counts at each step of each trial, in place of a mask: shaped as ``targets``, 0 or more.
    conditions
        What tells the trials apart: a dict of names and values ``[B]``, or an array ``[B]``. The number of the trial, if left
        out.
    layout
        Order of the axes N (inputs or outputs), T (steps) and B (trials) of both arrays.
    input_names, output_names
        What each input and output carries.

    Raises
    ------
    ValueError, TypeError
        Naming the array, what was found and what was expected.
    """

    def __init__(
        self,
        inputs: Any,
        targets: Any,
        mask: Any = None,
        conditions: Mapping[str, Any] | Any = None,
        layout: Layout = "NTB",
        *,
        weights: Any = None,
        name: str = "trials",
        input_names: Sequence[str] | None = None,
        output_names: Sequence[str] | None = None,
    ) -> None:
        shown, wanted = cube("inputs", inputs, layout), cube("targets", targets, layout)
        n_steps, n_trials = shown.shape[1:]
        if wanted.shape[1:] != (n_steps, n_trials):
            raise ValueError(
                f"`targets` has {wanted.shape[1]} steps and {wanted.shape[2]} trials, expected those of `inputs`,"
                f" {n_steps} and {n_trials} (layout {layout!r})"
            )
        columns = _conditions(conditions, n_trials)
        self.layout: Layout = layout
        names = (
            [f"input_{i}" for i in range(len(shown))] if input_names is None else list(input_names),
            [f"output_{i}" for i in range(len(wanted))] if output_names is None else list(output_names),
            list(columns),
        )
        if weights is not None and mask is not None:
            raise ValueError("`mask` and `weights` are both given: leave the mask out, weights of 0 do not count")
        weighted = None if weights is None else cube("weights", weights, layout)
        if weighted is not None and weighted.shape != wanted.shape:
            raise ValueError(f"`weights` has shape {weighted.shape}, expected that of `targets`, {wanted.shape} (in layout 'NTB')")
        steps = steps_of(mask, n_steps)
        matrix = np.column_stack(list(columns.values()))
        self._inner = _rust.given_task(name, names, shown, wanted, steps, matrix, weighted)

    @classmethod
    def _of(cls, task: Task, arrays: _rust.Arrays, layout: Layout) -> Trials:
        inputs, targets, mask, conditions, weights = arrays
        return cls(
            back(inputs, layout),
            back(targets, layout),
            mask if weights is None else None,
            dict(zip(task.condition_names, conditions.T, strict=True)),
            layout,
            weights=None if weights is None else back(weights, layout),
            name=task.name,
            input_names=task.input_names,
            output_names=task.output_names,
        )

    @cached_property
    def _arrays(self) -> _rust.Arrays:
        return self._inner.analysis_trials()

    @property
    def inputs(self) -> npt.NDArray[np.float32]:
        """What is shown: ``[U, T, B]`` in the default layout."""
        return back(self._arrays[0], self.layout)

    @property
    def targets(self) -> npt.NDArray[np.float32]:
        """What should be answered: ``[O, T, B]`` in the default layout."""
        return back(self._arrays[1], self.layout)

    @property
    def mask(self) -> npt.NDArray[np.bool_]:
        """Whether the output counts, step by step ``[T]``."""
        mask = np.zeros(self.n_steps, dtype=bool)
        mask[self._arrays[2]] = True
        return mask

    @property
    def weights(self) -> npt.NDArray[np.float32] | None:
        """How much each output counts: ``[O, T, B]`` in the default layout; ``None`` where a mask alone says it."""
        weights = self._arrays[4]
        return None if weights is None else back(weights, self.layout)

    @property
    def conditions(self) -> dict[str, npt.NDArray[np.float32]]:
        """What tells the trials apart: values ``[B]`` by name."""
        return dict(zip(self._inner.condition_names, self._arrays[3].T, strict=True))

    @property
    def name(self) -> str:
        """What results call them."""
        return self._inner.name

    @property
    def input_names(self) -> list[str]:
        """What each input carries."""
        return self._inner.input_names

    @property
    def output_names(self) -> list[str]:
        """What each output should carry."""
        return self._inner.output_names

    @property
    def n_inputs(self) -> int:
        """U."""
        return int(self._arrays[0].shape[0])

    @property
    def n_outputs(self) -> int:
        """O."""
        return int(self._arrays[1].shape[0])

    @property
    def n_steps(self) -> int:
        """T."""
        return int(self._arrays[0].shape[1])

    @property
    def n_trials(self) -> int:
        """B."""
        return int(self._arrays[0].shape[2])

    def __repr__(self) -> str:
        return (
            f"<Trials {self.name!r}: {self.n_trials} trials of {self.n_steps} steps, {self.n_inputs} inputs,"
            f" {self.n_outputs} outputs, conditions {', '.join(self.conditions)}>"
        )


def steps_of(mask: Any, n_steps: int) -> list[int]:
    if mask is None:
        return list(range(n_steps))
    array = np.asarray(mask)
    if array.ndim != 1:
        raise ValueError(f"`mask` has shape {array.shape}, expected [T]: which steps count, the same in every trial")
    if array.dtype == bool:
        if len(array) != n_steps:
            raise ValueError(f"`mask` has {len(array)} steps, expected {n_steps}")
        return [int(step) for step in np.flatnonzero(array)]
    if array.dtype.kind not in "iu":
        raise TypeError(f"`mask` has dtype {array.dtype}, expected bool [T] or the numbers of steps")
    if (array < 0).any():
        raise ValueError(f"`mask` names step {array.min()}, expected steps from 0 to {n_steps - 1}")
    return [int(step) for step in array]


def _conditions(conditions: Mapping[str, Any] | Any, n_trials: int) -> dict[str, Floats]:
    if conditions is None:
        conditions = {"trial": np.arange(n_trials)}
    elif not isinstance(conditions, Mapping):
        array = floats("conditions", conditions)
        columns = array[:, None] if array.ndim == 1 else array
        names = ["condition"] if array.ndim == 1 else [f"condition_{i}" for i in range(columns.shape[-1])]
        conditions = dict(zip(names, columns.T, strict=True))
    found = {}
    for name, values in conditions.items():
        column = floats(f"conditions[{name!r}]", values).astype(np.float64)
        if column.shape != (n_trials,):
            raise ValueError(f"`conditions[{name!r}]` has shape {column.shape}, expected ({n_trials},), one a trial")
        found[str(name)] = column
    return found


class Task:
    """A task: names of inputs and outputs, trials, and the constant inputs at which fixed points are searched.

    Made by `task`.
    """

    def __init__(self, inner: _rust.Task) -> None:
        self._inner = inner

    @property
    def name(self) -> str:
        """Its name."""
        return self._inner.name

    @property
    def input_names(self) -> list[str]:
        """What each input carries, in the order of the columns of W_inp."""
        return self._inner.input_names

    @property
    def output_names(self) -> list[str]:
        """What each output should carry, in the order of the rows of W_out."""
        return self._inner.output_names

    @property
    def condition_names(self) -> list[str]:
        """What tells trials apart."""
        return self._inner.condition_names

    @property
    def constant_inputs(self) -> Floats:
        """The constant inputs ``[I, U]`` at which fixed points are searched."""
        return self._inner.constant_inputs

    @property
    def description(self) -> dict[str, Any]:
        """Timing, inputs, outputs and conditions."""
        found: dict[str, Any] = json.loads(self._inner.description())
        return found

    def training_trials(self, seed: int = 0, iteration: int = 0, layout: Layout = "NTB") -> Trials:
        """The trials of one iteration of training; only tasks that redraw trials depend on `seed` and `iteration`."""
        arrays = self._inner.training_trials(count("seed", seed), count("iteration", iteration))
        return Trials._of(self, arrays, layout)

    def analysis_trials(self, layout: Layout = "NTB") -> Trials:
        """The trials on which networks are scored and compared."""
        return Trials._of(self, self._inner.analysis_trials(), layout)

    def __repr__(self) -> str:
        told = self.description
        return (
            f"<Task {self.name!r}: inputs {', '.join(self.input_names)}; outputs {', '.join(self.output_names)};"
            f" {told['steps']} steps, {told['analysis_trials']} trials>"
        )


def task(name: str | os.PathLike[str], **parameters: Any) -> Task:
    """A built-in task by name, or that of a file.

    Parameters
    ----------
    name
        A name such as "cddm", "go_no_go", "memory_number" or "perceptual_decision"; a TOML file that declares a task; or a file
        of trials as arrays (NPZ, safetensors).
    parameters
        Settings of "cddm", "go_no_go" and "memory_number", as in ``[task.NAME]`` of a study file.

    Raises
    ------
    ValueError
        With the nearest known name, or with the setting, what was found and what was expected.
    OSError
        If the file cannot be read.
    """
    if not isinstance(name, (str, os.PathLike)):
        raise TypeError(f"`name` is {name!r}, expected a name or a path")
    path = Path(os.fspath(name))
    if path.suffix.lower() in (".toml", ".npz", ".safetensors"):
        if parameters:
            raise TypeError(f"a file takes no settings: write {', '.join(parameters)} into {path}")
        if path.suffix.lower() == ".toml":
            return Task(_rust.task_file(os.fspath(name)))
        inner, notes = _rust.task_trials_file(os.fspath(name))
        for note in notes:
            warnings.warn(f"{path}: {note}", stacklevel=2)
        return Task(inner)
    known = dict(_rust.names())["task"]
    word = os.fspath(name).lower().replace("-", "_")
    if word not in known:
        raise ValueError(f"there is no task {os.fspath(name)!r}; {nearest(word, known)}")
    return Task(_rust.named_task(word, json.dumps(parameters, default=plain) if parameters else None))


def as_task(given: Task | Trials | str | os.PathLike[str]) -> Task | Trials:
    """What is a task where one is asked for."""
    if isinstance(given, (Task, Trials)):
        return given
    if isinstance(given, (str, os.PathLike)):
        return task(given)
    raise TypeError(f"`task` is {given!r}, expected a Task, Trials, a name or a path")


def either_task(
    task: Task | Trials | str | os.PathLike[str] | None,
    trials: Trials | None,
) -> Task | Trials | None:
    """The task of two arguments of which at most one is given."""
    if task is not None and trials is not None:
        raise TypeError("`task` and `trials` are both given, expected one of them")
    if trials is not None and not isinstance(trials, Trials):
        raise TypeError(f"`trials` is {trials!r}, expected Trials")
    return trials if task is None else as_task(task)


def plain(value: Any) -> Any:
    """Numbers and arrays of NumPy as those of Python."""
    if isinstance(value, (np.ndarray, np.generic)):
        return value.tolist()
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    raise TypeError(f"a setting is {value!r}, expected a number, a text, a list or a dict")



