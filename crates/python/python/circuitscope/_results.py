"""What analyses return: arrays under names, a short text, an HTML form for notebooks, tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from circuitscope import _circuitscope as _rust
from circuitscope import _html
from circuitscope._arrays import Floats
from circuitscope._networks import Network
from circuitscope._optional import frame

Data = dict[str, Any]


def _array(values: Any, shape: tuple[int, ...] | None = None) -> Floats:
    """Numbers as an array; None is NaN."""
    found = np.array(values, dtype=np.float64)
    return found if shape is None else found.reshape(shape)


class Result:
    """What an analysis found."""

    def __init__(self, data: Data) -> None:
        self._data = data

    def to_dict(self) -> Data:
        """Everything, under the keys of the command line's `--json`."""
        return self._data

    def _told(self) -> str:
        raise NotImplementedError

    def _table(self) -> tuple[list[str], list[list[object]]]:
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self._told()}>"

    def _repr_html_(self) -> str:
        return _html.table(self._told(), *self._table())


@dataclass(frozen=True)
class Manifold:
    """A line or plane of fixed points of a piecewise linear network.

    `state` ``[N]`` lies on it, `basis` ``[D, N]`` are the orthonormal directions in which it extends, `extents` ``[D, 2]`` how far
    (NaN: without end). `evidence` is "exact", "within_rounding" or "undecided"; `stability` that across it.
    """

    input_index: int
    state: Floats = field(repr=False)
    basis: Floats = field(repr=False)
    extents: Floats = field(repr=False)
    stability: str
    evidence: str


class FixedPoints(Result):
    """Fixed points of a network at constant inputs.

    Attributes
    ----------
    inputs : ``[I, U]``
        The constant inputs.
    points : ``[P, N]``
        States: y in the rate form, h in the potential form; with a task without the units in `units_left_out`.
    input_index : ``[P]``
        The row of `inputs` that each belongs to.
    residuals, radii, unique_radii : ``[P]``
        ‖rhs‖ (per time constant); how far the exact root is at most, proven where `certified`; and the radius in which it is
        the only one (NaN: not known).
    stability, stability_euler : ``[P]``
        "stable", "unstable" or "marginal", under the flow and under the network's step.
    max_re, time_constants_ms : ``[P]``
        Largest real part of an eigenvalue (per time constant), and −τ / max_re.
    n_unstable : ``[P]``
        Eigenvalues with a positive real part.
    certified, degenerate : ``[P]`` of bool
        Whether a root is proven; whether it may be several, or none.
    manifolds
        Lines and planes of fixed points.
    completeness
        What is known of points that were not found, one dict an input: `chao1`, `coverage`, `balanced` and others.
    """

    def __init__(self, data: Data, network: Network) -> None:
        super().__init__(data)
        self._network = network
        self.inputs = _array(data["inputs"], (-1, network.n_inputs))
        self.units_left_out: list[int] = list(data.get("units_left_out") or [])
        # The first unit stays where no other would.
        self.units_left_out = self.units_left_out[len(self.units_left_out) == network.n_units :]
        n = network.n_units - len(self.units_left_out)
        rows = [(at, row) for at, of_input in enumerate(data["points"]) for row in of_input]
        self.input_index: npt.NDArray[np.int64] = np.array([at for at, _ in rows], dtype=np.int64)
        self.points = _array([row["y"] for _, row in rows], (-1, n))

        def column(key: str) -> Floats:
            return _array([row[key] for _, row in rows])

        self.residuals, self.max_re = column("residual"), column("max_re")
        self.radii, self.unique_radii = column("radius"), column("unique_radius")
        self.time_constants_ms = column("time_constant_ms")
        self.n_unstable: npt.NDArray[np.int64] = np.array([row["n_unstable"] for _, row in rows], dtype=np.int64)
        self.certified: npt.NDArray[np.bool_] = np.array([row["certified"] for _, row in rows], dtype=bool)
        self.degenerate: npt.NDArray[np.bool_] = np.array([row["degenerate"] for _, row in rows], dtype=bool)
        self.stability: npt.NDArray[np.str_] = np.array([row["stability"] for _, row in rows], dtype=str)
        self.stability_euler: npt.NDArray[np.str_] = np.array([row["stability_euler"] for _, row in rows], dtype=str)
        self.completeness: list[Data] = list(data["completeness"])
        self.manifolds = [
            Manifold(
                at,
                _array(row["y"]),
                _array(row["basis"]),
                _array(row["extents"]),
                row["stability"],
                row["evidence"],
            )
            for at, of_input in enumerate(data["manifolds"])
            for row in of_input
        ]

    @property
    def n_certified(self) -> int:
        """Points whose root is proven."""
        return int(self.certified.sum())

    @property
    def n_stable(self) -> int:
        """Points that are stable under the flow."""
        return int((self.stability == "stable").sum())

    @property
    def n_silent(self) -> int | None:
        """With a task: units at exactly 0 on all its trials."""
        found: int | None = self._data.get("n_silent")
        return found

    @property
    def units(self) -> npt.NDArray[np.int64]:
        """The units that the columns of `points` are, by their number in the network."""
        return np.setdiff1d(np.arange(self._network.n_units), self.units_left_out)

    @cached_property
    def eigenvalues(self) -> npt.NDArray[np.complex128]:
        """Eigenvalues ``[P, N]`` of the flow's Jacobian at each point (per time constant), by falling real part."""
        inputs = self.inputs[self.input_index]
        return _rust.eigenvalues(self._network._inner, self.units_left_out, self.points, inputs)

    def at(self, input_index: int) -> Floats:
        """The points of one input."""
        found: Floats = self.points[self.input_index == input_index]
        return found

    def to_pandas(self) -> Any:
        """A table with a row a point: its input, and all but its state."""
        columns: Data = {"input_index": self.input_index}
        for u, values in enumerate(self.inputs[self.input_index].T):
            columns[f"input_{u}"] = values
        for name in (
            "stability",
            "stability_euler",
            "certified",
            "degenerate",
            "residuals",
            "radii",
            "max_re",
            "time_constants_ms",
            "n_unstable",
        ):
            columns[name] = getattr(self, name)
        return frame(columns, "FixedPoints.to_pandas")

    def __len__(self) -> int:
        return len(self.points)

    def _told(self) -> str:
        largest = f", largest ‖rhs‖ {self.residuals.max():.1e}" if len(self) else ""
        pieces = f", {len(self.manifolds)} lines and planes" if self.manifolds else ""
        return (
            f"{len(self)} fixed points at {len(self.inputs)} inputs, {self.n_stable} stable,"
            f" {self.n_certified} certified{largest}{pieces}"
        )

    def _table(self) -> tuple[list[str], list[list[object]]]:
        head = ["input", "stable", "unstable", "marginal", "certified", "manifolds", "Chao1", "coverage"]
        rows: list[list[object]] = []
        for at, (values, known) in enumerate(zip(self.inputs, self.completeness, strict=True)):
            here = self.input_index == at
            counts = [int((self.stability[here] == word).sum()) for word in ("stable", "unstable", "marginal")]
            pieces = sum(one.input_index == at for one in self.manifolds)
            told = " ".join(f"{value:.3g}" for value in values)
            certified = int(self.certified[here].sum())
            rows.append([told, *counts, certified, pieces, known["chao1"], known["coverage"]])
        return head, rows


@dataclass(frozen=True)
class Branch:
    """A branch of fixed points, in order along it.

    `position` ``[P]`` runs from 0, the first input of its line, to 1, the last; `states` ``[P, N]``; `events` are dicts with
    `event` ("fold", "hopf", "real_crossing"), the point `after` which it lies, `position`, state `y`, `max_re` and `n_unstable`;
    `ends` are "left", "closed", "lost" or "exhausted".
    """

    position: Floats = field(repr=False)
    states: Floats = field(repr=False)
    max_re: Floats = field(repr=False)
    n_unstable: npt.NDArray[np.int64] = field(repr=False)
    events: list[Data]
    ends: tuple[str, str]

    @classmethod
    def _of(cls, row: Data) -> Branch:
        points = row["points"]
        return cls(
            _array([point["position"] for point in points]),
            _array([point["y"] for point in points]),
            _array([point["max_re"] for point in points]),
            np.array([point["n_unstable"] for point in points], dtype=np.int64),
            list(row["events"]),
            (row["ends"][0], row["ends"][1]),
        )


def _of_branches(branches: list[Branch]) -> tuple[list[str], list[list[object]]]:
    head = ["branch", "points", "from", "to", "ends", "events"]
    rows: list[list[object]] = [
        [
            k,
            len(one.position),
            float(one.position[0]),
            float(one.position[-1]),
            ", ".join(one.ends),
            ", ".join(f"{event['event']} at {event['position']:.4f}" for event in one.events),
        ]
        for k, one in enumerate(branches)
    ]
    return head, rows


class Branches(Result):
    """Fixed points followed from one input to another.

    `inputs` ``[2, U]`` are the ends of the line, `branches` what was followed, `n_unfollowed` the points at the ends that could
    not be.
    """

    def __init__(self, data: Data) -> None:
        super().__init__(data)
        self.inputs = _array(data["inputs"])
        self.branches = [Branch._of(row) for row in data["branches"]]
        self.n_unfollowed = int(data["n_unfollowed"])

    @property
    def events(self) -> list[Data]:
        """All folds, Hopf points and real crossings."""
        return [event for branch in self.branches for event in branch.events]

    def __len__(self) -> int:
        return len(self.branches)

    def _told(self) -> str:
        return f"{len(self.branches)} branches, {len(self.events)} events, {self.n_unfollowed} points not followed"

    def _table(self) -> tuple[list[str], list[list[object]]]:
        return _of_branches(self.branches)


class InputGrid(Result):
    """Fixed points at every constant input of a task, connected by branches along every line of the grid.

    `inputs` ``[I, U]``; `conditions` ``[I, C]`` with `condition_names`; `lines`, one list of branches each; `line_quantities`, what
    changes along each; `n_sheets`, the sets of fixed points that branches connect.
    """

    def __init__(self, data: Data) -> None:
        super().__init__(data)
        self.condition_names = list(data["condition_names"])
        self.inputs = _array([row["input"] for row in data["inputs"]])
        self.conditions = _array([row["condition"] for row in data["inputs"]])
        self.lines = [[Branch._of(row) for row in line["branches"]] for line in data["lines"]]
        self.line_quantities = [str(line["quantity"]) for line in data["lines"]]
        self.n_sheets = int(data["n_sheets"])
        self.n_unfollowed = int(data["n_unfollowed"])

    @property
    def branches(self) -> list[Branch]:
        """Those of all lines."""
        return [branch for line in self.lines for branch in line]

    def _told(self) -> str:
        return f"{len(self.lines)} lines, {len(self.branches)} branches, {self.n_sheets} sheets"

    def _table(self) -> tuple[list[str], list[list[object]]]:
        return _of_branches(self.branches)


class LineAttractor(Result):
    """The states between the two choices, in each context.

    `contexts` are dicts with `context`, the constant `input` ``[U]``, the `length` between the choices, and arrays along the line:
    `position`, `states` ``[P, N]``, `drift_per_ms`, `residual`, `max_re`, `time_constant_ms`, `alignment` and `selection`
    ``[P, U]`` for `input_names`.
    """

    def __init__(self, data: Data) -> None:
        super().__init__(data)
        self.input_names = list(data["input_names"])
        self.contexts = [self._context(row) for row in data["contexts"]]

    @staticmethod
    def _context(row: Data) -> Data:
        points = row["points"]
        found: Data = {"context": row["context"], "input": _array(row["input"]), "length": row["length"]}
        found["states"] = _array([point["y"] for point in points])
        for key in ("position", "drift_per_ms", "residual", "max_re", "time_constant_ms", "alignment", "selection"):
            found[key] = _array([point[key] for point in points])
        return found

    def to_pandas(self) -> Any:
        """A table with a row a state."""
        columns: Data = {"context": [one["context"] for one in self.contexts for _ in one["position"]]}
        for key in ("position", "drift_per_ms", "residual", "max_re", "time_constant_ms", "alignment"):
            columns[key] = np.concatenate([one[key] for one in self.contexts])
        selection = np.concatenate([one["selection"] for one in self.contexts])
        for name, values in zip(self.input_names, selection.T, strict=True):
            columns[f"selection_{name}"] = values
        return frame(columns, "LineAttractor.to_pandas")

    def _told(self) -> str:
        return ", ".join(f"{one['context']}: choices {one['length']:.3f} apart" for one in self.contexts)

    def _table(self) -> tuple[list[str], list[list[object]]]:
        head = ["context", "position", "drift 1/ms", "max Re λ", "τ ms", "alignment"]
        keys = ("position", "drift_per_ms", "max_re", "time_constant_ms", "alignment")
        rows = [
            [one["context"], *(float(one[key][at]) for key in keys)]
            for one in self.contexts
            for at in range(len(one["position"]))
        ]
        return head, [list(row) for row in rows]


class LatentCircuit(Result):
    """Circuits of a few nodes that do what a network or recorded neurons do.

    `fits` are dicts by rising loss, with `w_inp`, `w_rec` and `w_out` of the nodes and the embedding `q` as arrays,
    `variance_explained`, `r2_total`, `held_out`, `outcome` and others; `nodes`, `inputs` and `outputs` are names; `consensus` is
    what the good fits agree on.
    """

    def __init__(self, data: Data, names: tuple[list[str], list[str], list[str]]) -> None:
        super().__init__(data)
        self.nodes, self.inputs, self.outputs = names
        arrays = ("w_inp", "w_rec", "w_out", "q", "embedding", "offset")
        self.fits: list[Data] = [
            {key: _array(value) if key in arrays and value is not None else value for key, value in fit.items()}
            for fit in data["fits"]
        ]
        self.notes: list[str] = list(data.get("notes") or [])

    @property
    def best(self) -> Data:
        """The fit of the lowest loss."""
        return self.fits[0]

    @property
    def consensus(self) -> Data | None:
        """Weights that the good fits agree on, with intervals; None where every fit diverged."""
        found: Data | None = self._data["consensus"]
        return found

    def _told(self) -> str:
        best = self.best
        return (
            f"{len(self.nodes)} nodes, {len(self.fits)} fits; the best explains {best['variance_explained']:.3f} of the"
            f" variance, {best['outcome']}"
        )

    def _table(self) -> tuple[list[str], list[list[object]]]:
        keys = ["loss", "variance_explained", "r2_total", "output_mse", "outcome"]
        return ["fit", *keys], [[k, *(fit[key] for key in keys)] for k, fit in enumerate(self.fits)]


class Behaviour(Result):
    """What a network answers within and beyond the trials of its task.

    `measures` are dicts with `test`, `strength`, `context`, `measure`, `value`, `interval`, `at_bound` and `identified`; `to_dict()`
    has the responses themselves.
    """

    @property
    def measures(self) -> list[Data]:
        """Thresholds, slopes and others, with their intervals."""
        return list(self._data["measures"])

    def to_pandas(self) -> Any:
        """A table with a row a measure."""
        keys = ("test", "strength", "context", "measure", "value", "at_bound", "identified")
        columns: Data = {key: [row[key] for row in self.measures] for key in keys}
        for at, name in enumerate(("low", "high")):
            columns[name] = [None if row["interval"] is None else row["interval"][at] for row in self.measures]
        return frame(columns, "Behaviour.to_pandas")

    def _told(self) -> str:
        return f"{len(self.measures)} measures"

    def _table(self) -> tuple[list[str], list[list[object]]]:
        keys = ["test", "strength", "context", "measure", "value"]
        return keys, [[row[key] for key in keys] for row in self.measures]


class Comparison(Result):
    """How far apart networks are in one aspect of how they solve a task.

    Attributes
    ----------
    networks, groups : list of str
        Those that were compared, and the group of each.
    distance : ``[K, K]``
        Distances.
    embedding : ``[K, 2]`` or None
        Places in the plane; None where all distances are zero.
    stress : float or None
        Sum over pairs of (distance in the plane − distance)².
    statistics : dict
        Of the groups: `silhouette3`, `knn3`, `knn_k`, `permanova_f3`, `permanova_p3`, `permdisp` (`f`, `p`), `welch` (`w`, `p`); None where
        not defined, with the reason under `undefined`.
    left_out, warnings : list
        Networks that were not compared, with the reason; what to bear in mind.
    """

    def __init__(self, data: Data) -> None:
        super().__init__(data)
        self.networks: list[str] = list(data["networks"])
        self.groups: list[str] = list(data["groups"])
        self.r2 = _array(data["r2"])
        self.distance = _array(data["distance"])
        self.embedding = None if data["embedding"] is None else _array(data["embedding"])
        self.stress: float | None = data["stress"]
        self.statistics: Data = dict(data["statistics"])
        self.left_out: list[Data] = list(data["left_out"])
        self.warnings: list[str] = list(data["warnings"])

    def to_pandas(self) -> Any:
        """The matrix of distances, rows and columns named after the networks."""
        table = frame({name: self.distance[:, k] for k, name in enumerate(self.networks)}, "Comparison.to_pandas")
        return table.set_axis(self.networks, axis="index")

    def _told(self) -> str:
        groups = dict.fromkeys(self.groups)
        f, p = self.statistics["permanova_f3"], self.statistics["permanova_p3"]
        test = "" if f is None else f", PERMANOVA pseudo-F {f:.3g}, p {p:.4f}"
        return f"{len(self.networks)} networks in {len(groups)} groups{test}"

    def _table(self) -> tuple[list[str], list[list[object]]]:
        rows = zip(self.networks, self.groups, self.r2, self.distance, strict=True)
        return (
            ["network", "group", "R²", "mean distance"],
            [[name, group, float(r2), float(row.sum()) / max(len(row) - 1, 1)] for name, group, r2, row in rows],
        )
