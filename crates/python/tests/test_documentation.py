"""What docs/python.md shows is what comes out, and the examples run."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

PAGE = ROOT / "docs/python.md"
BLOCK = re.compile(r"```python\n(.*?)```\n(?:\n```text\n(.*?)```)?", re.DOTALL)
EXAMPLES = sorted((Path(__file__).parent.parent / "examples").glob("*.py"))


def shown(code: str, names: dict[str, Any]) -> str | None:
    """Runs code and returns what a console shows of its last line."""
    tree = ast.parse(code)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, str(PAGE), "exec"), names)
    if last is None:
        return None
    assert isinstance(last, ast.Expr)
    value = eval(compile(ast.Expression(last.value), str(PAGE), "eval"), names)
    return None if value is None else f"{value!r}\n"


def test_the_page_shows_what_comes_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    blocks = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    assert len(blocks) >= 6
    for code, told in blocks:
        found = shown(code, names)
        if told:
            assert found == told, code


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_runs(example: Path, tmp_path: Path) -> None:
    ran = subprocess.run([sys.executable, str(example)], cwd=tmp_path, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert len(ran.stdout.splitlines()) >= 3
    if example.stem == "own_network":
        # The pulses of the first trial leave all three bits at 1, those of the second at −1.
        assert ran.stdout.startswith("[[ 1 -1]\n [ 1 -1]\n [ 1 -1]]")
        assert "27 fixed points at 1 inputs, 8 stable, 27 certified" in ran.stdout
