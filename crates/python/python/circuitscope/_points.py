"""Measures, maps and tests on plain arrays: each is useful alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from circuitscope import _circuitscope as _rust
from circuitscope._arrays import Floats, Layout, count, cube, matrix
from circuitscope._arrays import labels as as_numbers


@dataclass(frozen=True)
class Embedding:
    """Items in the plane: `points` ``[K, 2]`` along their principal axes; `stress`, the sum over pairs of (distance in the plane −
    distance)²; `relative_stress`, that over the sum of squared distances (None if all distances are zero)."""

    points: Floats = field(repr=False)
    stress: float
    relative_stress: float | None


@dataclass(frozen=True)
class Permanova:
    """`pseudo_f`, share `r2` of the variance between groups, and permutation `p`, (b + 1)/(m + 1)."""

    pseudo_f: float
    r2: float
    p: float


@dataclass(frozen=True)
class Permdisp:
    """`f` of the distances to centroids, permutation `p`, and the mean distance to the centroid of each group, in the order in
    which the groups first come."""

    f: float
    p: float
    spreads: Floats


@dataclass(frozen=True)
class Procrustes:
    """`distance`, min over orthogonal Q of ‖A − B Q‖ of centred points in their units; `angle` (rad), arccos(‖AᵀB‖₊/(‖A‖‖B‖)) with
    the sum of singular values above; SciPy's disparity is sin² of it."""

    distance: float
    angle: float


@dataclass(frozen=True)
class Dsa:
    """Angle (rad) and Euclidean distance between two laws of motion after the best rotation."""

    angle: float
    distance: float


@dataclass(frozen=True)
class Registration:
    """A cloud on another: `sum_of_squares` of the distances to the nearest point, the orthogonal `map` ``[10, 10]`` (a row a goes to
    a @ map), and the index of each point's `matches`."""

    sum_of_squares: float
    map: Floats = field(repr=False)
    matches: npt.NDArray[np.int64] = field(repr=False)


def mds(distance: Any, *, n_starts: int = 101, seed: int = 0) -> Embedding:
    """Metric multidimensional scaling in the plane: the lowest stress of many starts (SMACOF, unit weights).

    Parameters
    ----------
    distance
        ``[K, K]``, symmetric, finite, not negative.
    n_starts
        The classical embedding and random ones.

    Sources
    -------
    de Leeuw 1977; Borg & Groenen 2005, ch. 8.
    """
    points, stress, relative = _rust.mds(
        matrix("distance", distance), count("n_starts", n_starts, least=1), count("seed", seed)
    )
    return Embedding(points, stress, relative)


def permanova(distance: Any, labels: Any, *, n_permutations: int = 9999, seed: int = 0) -> Permanova:
    """Whether groups differ in location or spread.

    Parameters
    ----------
    distance
        ``[K, K]``.
    labels
        The group of each item ``[K]``: texts or numbers.
    n_permutations
        At most; where there are fewer relabellings, all are made and p is exact.

    Raises
    ------
    ValueError
        Also where the statistic is not defined, with the reason.

    Sources
    -------
    Anderson 2001, doi:10.1111/j.1442-9993.2001.01070.pp.x.
    """
    distances, groups = _grouped(distance, labels)
    return Permanova(*_rust.permanova(distances, groups, count("n_permutations", n_permutations, 1), count("seed", seed)))


def permdisp(distance: Any, labels: Any, *, n_permutations: int = 9999, seed: int = 0) -> Permdisp:
    """Whether groups differ in spread, by the distances to their centroids; arguments as of `permanova`.

    Sources
    -------
    Anderson 2006, doi:10.1111/j.1541-0420.2005.00440.x.
    """
    distances, groups = _grouped(distance, labels)
    f, p, spreads = _rust.permdisp(distances, groups, count("n_permutations", n_permutations, 1), count("seed", seed))
    return Permdisp(f, p, np.array(spreads))


def silhouette(distance: Any, labels: Any) -> float:
    """Mean silhouette of groups, −1 to 1, by the conventions of scikit-learn; arguments as of `permanova`.

    Sources
    -------
    Rousseeuw 1987, doi:10.1016/0377-0427(87)90125-7.
    """
    return _rust.silhouette(*_grouped(distance, labels))


def _grouped(distance: Any, labels: Any) -> tuple[Floats, list[int]]:
    distances = matrix("distance", distance)
    return distances, as_numbers(labels, len(distances))


def _points(a: Any, b: Any) -> tuple[Floats, Floats]:
    of_a, of_b = matrix("a", a, "PN"), matrix("b", b, "PN")
    if len(of_a) != len(of_b):
        raise ValueError(f"`a` has {len(of_a)} points and `b` {len(of_b)}, expected the same number, matched row by row")
    return of_a, of_b


def procrustes(a: Any, b: Any) -> Procrustes:
    """How far two sets of matched points ``[P, N]`` and ``[P, M]`` are apart after the best rotation or reflection.

    Sources
    -------
    Schönemann 1966; Williams et al. 2021, arXiv:2110.14739.
    """
    points = _points(a, b)
    return Procrustes(_rust.similarity(*points, "procrustes"), _rust.similarity(*points, "angular"))


def cka(a: Any, b: Any) -> float:
    """Linear centred kernel alignment of two sets of matched points ``[P, N]`` and ``[P, M]``, 0 to 1.

    Its arc cosine is a metric, which `compare` takes for the measure "cka".

    Sources
    -------
    Kornblith et al. 2019, arXiv:1905.00414.
    """
    return float(np.cos(_rust.similarity(*_points(a, b), "cka")))


def dsa(a: Any, b: Any, *, layout: Layout = "NTB", n_delays: int = 10) -> Dsa:
    """How far apart two systems move on, whatever space they move in (dynamical similarity analysis).

    Parameters
    ----------
    a, b
        Trajectories ``[N, T, B]``; N, T and B of the two may differ.
    n_delays
        Steps in a delay vector.

    Sources
    -------
    Ostrow et al. 2023, arXiv:2306.10168; docs/methods.md says how ours differs.
    """
    cubes = [cube(name, values, layout) for name, values in (("a", a), ("b", b))]
    rows = [np.ascontiguousarray(one.transpose(1, 2, 0), dtype=np.float64).reshape(-1, len(one)) for one in cubes]
    n_trials = (int(cubes[0].shape[2]), int(cubes[1].shape[2]))
    return Dsa(*_rust.dsa(rows[0], rows[1], n_trials, count("n_delays", n_delays, least=1)))


def register(a: Any, b: Any, *, seed: int = 0) -> tuple[Registration, Registration]:
    """Registers two clouds of unmatched points ``[P, 10]`` and ``[Q, 10]``: `a` on `b`, and `b` on `a`.

    The clouds are of ten components, as the study's; docs/methods.md §4.2.
    """
    found = _rust.register(matrix("a", a, "PN"), matrix("b", b, "PN"), count("seed", seed))
    one, other = (Registration(sum_, map_, np.array(matches, dtype=np.int64)) for sum_, map_, matches in found)
    return one, other
