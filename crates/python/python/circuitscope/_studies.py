"""Studies: run, opened, read."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from circuitscope import _circuitscope as _rust
from circuitscope._arrays import nearest
from circuitscope._networks import Network, load
from circuitscope._optional import need
from circuitscope._progress import Listener, Progress
from circuitscope._tasks import plain


class Figure:
    """A figure of a study, as SVG; a notebook shows it."""

    def __init__(self, name: str, svg: str) -> None:
        self.name = name
        self.svg = svg

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the SVG."""
        if Path(path).suffix.lower() != ".svg":
            raise ValueError(f"`path` is {os.fspath(path)!r}, expected a file that ends in .svg: figures are SVG")
        Path(path).write_text(self.svg, encoding="utf-8")

    def _repr_svg_(self) -> str:
        return self.svg

    def __repr__(self) -> str:
        return f"<Figure {self.name!r}>"


class Study:
    """A study folder: networks, tables, claims and figures.

    Opened by `Study.open` or made by `run`. What is read belongs to the study that stands in the folder, or is refused.
    """

    def __init__(self, folder: Path, summary: Mapping[str, Any] | None = None) -> None:
        self.folder = folder
        self._contents: dict[str, Any] = json.loads(_rust.study_contents(os.fspath(folder)))
        self.summary: dict[str, Any] | None = None if summary is None else dict(summary)

    @classmethod
    def open(cls, folder: str | os.PathLike[str]) -> Study:
        """Opens a finished or unfinished study.

        Raises
        ------
        ValueError
            If the folder holds no study of this format.
        OSError
            If it cannot be read.
        """
        return cls(Path(folder))

    @property
    def name(self) -> str:
        """Its name."""
        return str(self._contents["name"])

    @property
    def tasks(self) -> list[str]:
        """Names of its tasks."""
        return list(self._contents["tasks"])

    @property
    def is_finished(self) -> bool:
        """Whether tables, claims and figures are there."""
        return bool(self._contents["published"])

    @property
    def text(self) -> str:
        """The study file as it was run."""
        return str(self._contents["text"])

    @property
    def report(self) -> Path:
        """The page."""
        return self.folder / "report.html"

    @property
    def tables(self) -> list[str]:
        """Names of its tables; docs/tables.md says what is in each."""
        return list(self._contents["tables"])

    @property
    def figures(self) -> list[str]:
        """Names of its figures."""
        return list(self._contents["figures"])

    def networks(self, task: str | None = None, class_: str | None = None) -> list[Network]:
        """Its trained networks, those of a task or a class if asked for."""
        places = self._contents["networks"]
        for argument, key, asked in (("task", "task", task), ("class_", "class", class_)):
            known = sorted({place[key] for place in places})
            if asked is not None and asked not in known:
                raise ValueError(f"`{argument}` is {asked!r}; {nearest(asked, known)}")
            places = [place for place in places if asked is None or place[key] == asked]
        return [load(place["path"]) for place in places]

    def table(self, name: str) -> Any:
        """A table as a pandas data frame; needs pandas and pyarrow."""
        path = self._path(name, self.tables, "tables", "parquet")
        pandas = need("pandas", "Study.table", "tables")
        need("pyarrow", "Study.table", "tables")
        return pandas.read_parquet(path)

    def table_path(self, name: str) -> Path:
        """The Parquet file of a table, for polars, DuckDB, R and others."""
        return self._path(name, self.tables, "tables", "parquet")

    @property
    def claims(self) -> list[dict[str, Any]]:
        """Every claim with its verdict, as `circuitscope claims --json` gives them."""
        return list(json.loads(_rust.study_claims(os.fspath(self.folder)))["claims"])

    def figure(self, name: str) -> Figure:
        """A figure, which a notebook shows."""
        return Figure(name, self._path(name, self.figures, "figures", "svg").read_text(encoding="utf-8"))

    def _path(self, name: str, known: list[str], folder: str, ending: str) -> Path:
        if not known:
            raise ValueError(f"{self.folder} has no {folder} yet: the study has not run to its end")
        if name not in known:
            raise ValueError(f"there is no {folder[:-1]} {name!r}; {nearest(name, known)}")
        return self.folder / folder / f"{name}.{ending}"

    def __repr__(self) -> str:
        state = "finished" if self.is_finished else "unfinished"
        n = len(self._contents["networks"])
        return f"<Study {self.name!r} in {self.folder}: {state}, {n} networks on {', '.join(self.tasks)}>"


def run(
    study: str | os.PathLike[str] | Mapping[str, Any],
    out: str | os.PathLike[str] | None = None,
    *,
    progress: Progress = True,
) -> Study:
    """Trains, selects, compares and reports a study, as `circuitscope run` does; resumes what it finds.

    Parameters
    ----------
    study
        The path of a study file, the text of one (with more than one line), or a dict of its keys.
    out
        The study folder; NAME-study if left out.
    progress
        True for bars, False for silence, or a function called with the stage and its share.

    Raises
    ------
    ValueError
        With the line, the field and the remedy.
    KeyboardInterrupt
        On Ctrl-C; what is finished is kept, and the same call goes on.
    """
    if isinstance(study, Mapping):
        asked = {"kind": "settings", "content": json.dumps(study, default=plain)}
    elif isinstance(study, str) and "\n" in study:
        asked = {"kind": "text", "content": study}
    elif isinstance(study, (str, os.PathLike)):
        asked = {"kind": "file", "content": os.fspath(study)}
    else:
        raise TypeError(f"`study` is {study!r}, expected a path, the text of a study file or a dict")
    with Listener(progress) as listener:
        folder, summary = _rust.run_study(asked, None if out is None else os.fspath(out), listener)
    return Study(Path(folder), json.loads(summary))
