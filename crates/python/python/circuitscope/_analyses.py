"""Analyses of networks: fixed points, branches, line attractors, latent circuits, behaviour, comparison."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from circuitscope import _circuitscope as _rust
from circuitscope._arrays import Layout, count, cube, floats, nearest, vector
from circuitscope._networks import Network
from circuitscope._progress import Listener, Progress
from circuitscope._results import (
    Behaviour,
    Branches,
    Comparison,
    FixedPoints,
    InputGrid,
    LatentCircuit,
    LineAttractor,
)
from circuitscope._tasks import Task, Trials, as_task, steps_of
from circuitscope._training import Trained

AnyTask = Task | Trials | str | os.PathLike[str]


def _network(given: Network | Trained) -> Network:
    if isinstance(given, Trained):
        return given.network
    if isinstance(given, Network):
        return given
    raise TypeError(f"`network` is {given!r}, expected a Network")


def _inputs(inputs: Any, n_inputs: int) -> Any:
    array = floats("inputs", inputs).astype(np.float64, copy=False)
    if array.ndim == 1:
        array = array[None, :]
    if array.ndim != 2 or array.shape[1] != n_inputs or not len(array):
        raise ValueError(f"`inputs` has shape {np.shape(inputs)}, expected [I, {n_inputs}] or [{n_inputs}]")
    if not np.isfinite(array).all():
        raise ValueError("`inputs` holds NaN or infinite numbers, expected finite ones")
    return array


def fixed_points(
    network: Network | Trained,
    inputs: Any = None,
    *,
    task: AnyTask | None = None,
    search: str = "standard",
    progress: Progress = False,
) -> FixedPoints:
    """Every fixed point of a network: located to rounding, proved, counted, with its stability.

    Parameters
    ----------
    network
        The network.
    inputs
        Constant inputs ``[I, U]`` or ``[U]``; those of the task, if left out.
    task
        The task: the search then starts from states along its trials too, and units that never fire on them and that no state
        can activate are left out.
    search
        "standard", or "thorough" for counts that must be right, at ten times the work.
    progress
        True for a bar, or a function called with the stage and its share.

    Raises
    ------
    ValueError, TypeError
        Naming the argument, what was found and what was expected.

    Sources
    -------
    Sussillo & Barak 2013, doi:10.1162/NECO_a_00409; docs/methods.md §2 says how ours differs.
    """
    network = _network(network)
    if task is None and inputs is None:
        raise TypeError("`inputs` or `task` is missing: fixed points are those at some constant input")
    inner = None if task is None else as_task(task)._inner
    shown = None if inputs is None else _inputs(inputs, network.n_inputs)
    with Listener(progress) as listener:
        text = _rust.fixed_points(network._inner, inner, shown, search, listener)
    return FixedPoints(json.loads(text), network)


def branches(
    network: Network | Trained,
    start: Any = None,
    end: Any = None,
    *,
    task: AnyTask | None = None,
    search: str = "standard",
    progress: Progress = False,
) -> Branches | InputGrid:
    """Fixed points followed along inputs: folds, Hopf points, ends.

    Parameters
    ----------
    start, end
        The two inputs ``[U]`` between which they are followed. Branches that reach neither are not found.
    task
        Without `start` and `end`: fixed points are followed along every line of the task's grid of inputs.

    Returns
    -------
    Branches, or InputGrid for a task without `start` and `end`.
    """
    network = _network(network)
    inner = None if task is None else as_task(task)._inner
    if (start is None) != (end is None):
        raise TypeError("`start` and `end` belong together: give both, or a task")
    if start is not None:
        line = vector("start", start, "U"), vector("end", end, "U")
        return Branches(json.loads(_rust.branches(network._inner, inner, *line)))
    if inner is None:
        raise TypeError("`start` and `end`, or `task`, are missing: branches go along inputs")
    with Listener(progress) as listener:
        return InputGrid(json.loads(_rust.branches_of_task(network._inner, inner, search, listener)))


def line_attractor(network: Network | Trained, task: AnyTask = "cddm", *, n_points: int = 21) -> LineAttractor:
    """The states between the two choices of a network whose task asks for a choice by context.

    Sources
    -------
    Mante et al. 2013, doi:10.1038/nature12742; docs/methods.md §4.10.
    """
    inner = as_task(task)._inner
    found = _rust.line_attractor(_network(network)._inner, inner, count("n_points", n_points, least=2))
    return LineAttractor(json.loads(found))


def behaviour(network: Network | Trained, task: AnyTask, *, progress: Progress = False) -> Behaviour:
    """What a network answers within and beyond the trials of its task: psychometric functions, thresholds, gains."""
    with Listener(progress) as listener:
        return Behaviour(json.loads(_rust.behaviour(_network(network)._inner, as_task(task)._inner, listener)))


def latent_circuit(
    network_or_responses: Network | Trained | Any,
    *,
    task: AnyTask | None = None,
    inputs: Any = None,
    outputs: Any = None,
    mask: Any = None,
    layout: Layout = "NTB",
    dt_ms: float = 1.0,
    tau_ms: float = 10.0,
    n_nodes: int | None = None,
    n_fits: int = 5,
    iterations: int = 2000,
    n_folds: int = 5,
    seed: int = 1,
    variant: str = "te25",
    activation: str | None = None,
    embedding: str | None = None,
    progress: Progress = False,
) -> LatentCircuit:
    """A circuit of a few nodes that does what a network, or recorded neurons, do.

    Parameters
    ----------
    network_or_responses
        A network with its `task`; or responses ``[N, T, B]`` (NaN: not recorded) with `inputs` ``[U, T, B]`` and `outputs`
        ``[O, T, B]``.
    mask
        Steps on which fits are scored, for responses; all, if left out.
    dt_ms, tau_ms
        Step of the responses and time constant of the nodes, for responses.
    n_nodes
        Number of nodes; the published one if left out.
    n_fits, iterations, n_folds, seed
        Fits, updates of each, parts of the trials that are held out in turn (0: none), seed.
    variant
        "te25" or "le25".
    activation, embedding
        Of the nodes, for responses: a name such as "relu"; "linear" or "orthonormal".

    Sources
    -------
    Langdon & Engel 2025; docs/methods.md §4.7.
    """
    fitting = {
        "variant": variant,
        "nodes": None if n_nodes is None else count("n_nodes", n_nodes, least=1),
        "iterations": count("iterations", iterations, least=1),
        "fits": count("n_fits", n_fits, least=1),
        "seed": count("seed", seed),
        "folds": count("n_folds", n_folds),
        "activation": activation,
        "embedding": embedding,
    }
    inner = None if task is None else as_task(task)._inner
    with Listener(progress) as listener:
        if isinstance(network_or_responses, (Network, Trained)):
            for name, value in (("inputs", inputs), ("outputs", outputs), ("mask", mask)):
                if value is not None:
                    raise TypeError(f"`{name}` goes with responses; a network's are those to the trials of `task`")
            if inner is None:
                raise TypeError("`task` is missing: a network's responses are those to its trials")
            network = _network(network_or_responses)
            text, names = _rust.latent_circuit(network._inner, inner, fitting, listener)
            return LatentCircuit(json.loads(text), names)
        if inputs is None or outputs is None:
            raise TypeError("`inputs` and `outputs` are missing: responses need what was shown and answered")
        cubes = (
            cube("responses", network_or_responses, layout),
            cube("inputs", inputs, layout),
            cube("outputs", outputs, layout),
        )
        steps = steps_of(mask, cubes[0].shape[1])
        times = (float(dt_ms), float(tau_ms))
        text, names = _rust.latent_circuit_of_responses("responses", cubes, steps, times, inner, fitting, listener)
        return LatentCircuit(json.loads(text), names)


def compare(
    networks: Sequence[Network | Trained],
    trials: AnyTask | None = None,
    *,
    task: AnyTask | None = None,
    aspect: str = "trajectories",
    measure: str | None = None,
    groups: Sequence[str] | None = None,
) -> Comparison:
    """How far apart networks are in one aspect of how they solve a task; distances, map in the plane and statistics.

    Parameters
    ----------
    networks
        Two or more.
    trials, task
        What they are compared on: trials, or the analysis trials of a task; one of the two.
    aspect
        "trajectories", "endpoints", "selectivity" or "fixed_points".
    measure
        "procrustes", "angular", "cka", "regression", "dsa" or "dsa-euclidean"; the aspect's own, if left out.
    groups
        The group of each network, that statistics are over; its activation function, if left out.
    """
    if trials is not None and task is not None:
        raise TypeError("`trials` and `task` are both given, expected one of them")
    given = trials if task is None else task
    if given is None:
        raise TypeError("`trials` or `task` is missing: networks are compared by what they do on trials")
    chosen = [_network(network) for network in networks]
    if len(chosen) < 2:
        raise ValueError(f"`networks` has {len(chosen)} entries, expected two at least")
    names = _distinct([network.name for network in chosen])
    known = dict(_rust.names())
    aspect = aspect.replace("-", "_")
    if aspect not in known["aspect"]:
        raise ValueError(f"`aspect` is {aspect!r}; {nearest(aspect, known['aspect'])}")
    if measure is not None:
        measure = measure.replace("_", "-")
        if measure not in known["measure"]:
            raise ValueError(f"`measure` is {measure!r}; {nearest(measure, known['measure'])}")
    inner = [network._inner.renamed(name) for network, name in zip(chosen, names, strict=True)]
    labels = None if groups is None else [str(group) for group in groups]
    found = Comparison(json.loads(_rust.compare(inner, as_task(given)._inner, aspect, measure, labels)))
    for warning in found.warnings:
        warnings.warn(warning, stacklevel=2)
    return found


def _distinct(names: list[str]) -> list[str]:
    """Names that occur several times with a number behind them."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if names.count(name) == 1 else f"{name}-{seen[name]}")
    return found
