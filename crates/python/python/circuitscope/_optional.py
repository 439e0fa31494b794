"""Packages that only some functions need."""

from __future__ import annotations

import importlib
from typing import Any


def need(package: str, what: str, extra: str) -> Any:
    """The package, or an error that says what is missing for `what`."""
    try:
        return importlib.import_module(package)
    except ImportError:
        message = f"{what} needs {package}, which is not installed: pip install 'circuitscope[{extra}]'"
        raise ImportError(message) from None


def frame(columns: dict[str, Any], what: str) -> Any:
    """A pandas table of columns."""
    return need("pandas", what, "tables").DataFrame(columns)
