"""What is given as arrays, checked: dtype, number of axes, layout."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

Layout: TypeAlias = Literal["NTB", "NBT", "TNB", "TBN", "BNT", "BTN"]
Floats: TypeAlias = npt.NDArray[np.float64]
Cube: TypeAlias = npt.NDArray[np.float32] | npt.NDArray[np.float64]


def nearest(name: str, known: Iterable[str]) -> str:
    """The end of a sentence that names the nearest known name, and all of them."""
    known = list(known)
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f"known: {', '.join(known)}{hint}"


def floats(name: str, values: Any) -> npt.NDArray[Any]:
    """`values` as an array of float32 or float64, which it is not copied for if it is one."""
    try:
        array = np.asarray(values)
    except (TypeError, ValueError) as error:
        raise TypeError(f"`{name}` is no array of numbers: {error}") from None
    if array.dtype in (np.float32, np.float64):
        # The other order of bytes is another type of number.
        return array.astype(array.dtype.newbyteorder("="), copy=False)
    if array.dtype.kind in "biuf":
        return array.astype(np.float64)
    raise TypeError(f"`{name}` has dtype {array.dtype}, expected float32 or float64")


def with_axes(name: str, values: Any, axes: str) -> npt.NDArray[Any]:
    """`values` as numbers with as many axes as `axes` names."""
    array = floats(name, values)
    if array.ndim != len(axes):
        raise ValueError(f"`{name}` has shape {array.shape}, expected [{', '.join(axes)}]")
    return array


def matrix(name: str, values: Any, axes: str = "KK") -> Floats:
    """`values` as a matrix of float64."""
    return with_axes(name, values, axes).astype(np.float64, copy=False)


def vector(name: str, values: Any, axis: str = "N") -> Floats:
    """`values` as a vector of float64."""
    return with_axes(name, values, axis).astype(np.float64, copy=False)


def order(layout: str) -> tuple[int, int, int]:
    """The axes of `layout` that are N, T and B."""
    if not isinstance(layout, str):
        raise TypeError(f"`layout` is {layout!r}, expected a name such as 'NTB'")
    if sorted(layout) != ["B", "N", "T"]:
        raise ValueError(
            f"`layout` is {layout!r}, expected the letters N (units, inputs or outputs), T (steps) and B (trials)"
            " in the order of the axes, such as 'NTB' or 'BTN'"
        )
    return layout.index("N"), layout.index("T"), layout.index("B")


def cube(name: str, values: Any, layout: str, n: int | None = None, of: str = "") -> Cube:
    """`values` with axes N, T, B, as a view; of `n` entries along N, if it is given."""
    axes = order(layout)
    array = with_axes(name, values, layout)
    found = array.shape[axes[0]]
    if n is not None and found != n:
        fitting = [other for other in range(3) if array.shape[other] == n]
        hint = ""
        if len(fitting) == 1:
            letters = list(layout)
            at = axes[0]
            letters[at], letters[fitting[0]] = letters[fitting[0]], "N"
            hint = f"; axis {fitting[0]} has {n}: is the layout {''.join(letters)!r}?"
        raise ValueError(
            f"`{name}` has shape {array.shape}, which is {found} along N in layout {layout!r}, expected {n} ({of}){hint}"
        )
    return array.transpose(axes)


def back(array: npt.NDArray[Any], layout: str) -> npt.NDArray[Any]:
    """An array `[N, T, B]` with its axes in the order of `layout`, as a view."""
    return array.transpose(["NTB".index(letter) for letter in layout])


def labels(values: Any, n: int) -> list[int]:
    """Groups as numbers, in the order in which they first come."""
    given = list(np.asarray(values).tolist())
    if len(given) != n:
        raise ValueError(f"`labels` has {len(given)} entries, expected {n}, one an item")
    first: dict[Any, int] = {}
    return [first.setdefault(label, len(first)) for label in given]


def count(name: str, value: Any, least: int = 0) -> int:
    """`value` as a whole number of at least `least`."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise TypeError(f"`{name}` is {value!r}, expected a whole number")
    if value < least:
        raise ValueError(f"`{name}` is {value}, expected at least {least}")
    return int(value)
