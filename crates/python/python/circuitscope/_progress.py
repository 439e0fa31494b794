"""How far long work is, shown or told."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from typing import Any, TypeAlias

Progress: TypeAlias = bool | Callable[[str, float], Any]


class Listener:
    """What hears of work: a bar for `True`, a function called with the stage and its share, or warnings alone.

    An exception of the function stops the work and is raised where the work was asked for.
    """

    def __init__(self, progress: Progress) -> None:
        if not (isinstance(progress, bool) or callable(progress)):
            raise TypeError(f"`progress` is {progress!r}, expected True, False or a function of stage and share")
        self._told = None if isinstance(progress, bool) else progress
        self._bar: Any = None
        self._is_shown = progress is True
        self._n_trained = 0

    def __call__(self, kind: str, text: str, number: float) -> None:
        if kind == "warned":
            warnings.warn(text, stacklevel=3)
        elif kind == "trained":
            self._n_trained += 1
            if self._bar is not None:
                self._bar.set_postfix_str(f"{self._n_trained} trained")
        elif self._told is not None:
            self._told(text, {"began": 0.0, "ended": 1.0}.get(kind, number))
        elif self._is_shown:
            self._show(kind, text, number)

    def _show(self, kind: str, text: str, number: float) -> None:
        if kind == "began":
            self.close()
            self._bar = _bar(text)
        if self._bar is not None:
            share = {"began": 0.0, "ended": 1.0}.get(kind, number)
            self._bar.n = max(self._bar.n, round(100 * share))
            self._bar.refresh()
        if kind == "ended":
            self.close()

    def close(self) -> None:
        """Takes the bar away, however the work ended."""
        if self._bar is not None:
            self._bar.close()
        self._bar = None

    def __enter__(self) -> Listener:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _bar(text: str) -> Any:
    try:
        from tqdm.auto import tqdm
    except ImportError:
        return _Line(text) if sys.stderr.isatty() else None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # without notebook widgets tqdm says so, and shows text
        return tqdm(total=100, desc=text, unit="%", bar_format="{desc} {percentage:3.0f} %|{bar}| {elapsed} {postfix}")


class _Line:
    """A line in a terminal, where tqdm is not installed."""

    def __init__(self, text: str) -> None:
        self.n = 0
        self._text = text

    def refresh(self) -> None:
        sys.stderr.write(f"\r{self._text} {self.n:3d} %")
        sys.stderr.flush()

    def set_postfix_str(self, text: str) -> None:
        """A line has no room for more."""

    def close(self) -> None:
        sys.stderr.write("\n")
