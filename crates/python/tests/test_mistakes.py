"""Bad input gets one error that names the argument, what was found and what was expected."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import ROOT, planted

import circuitscope as cs

EYE, ONE = np.eye(3), np.ones((3, 1))
NETWORK = cs.Network(EYE, ONE, ONE.T)
GO = "go_no_go"
MATRIX = np.ones((4, 4)) - np.eye(4)
SKEW = MATRIX + np.triu(np.ones((4, 4)), 1)


def trials(**changes: Any) -> cs.Trials:
    return cs.Trials(**{"inputs": np.zeros((2, 10, 4)), "targets": np.ones((1, 10, 4)), **changes})


MISTAKES: list[tuple[Callable[[], Any], type[Exception], str]] = [
    # Networks.
    (lambda: cs.Network(EYE, ONE.T, ONE.T), ValueError, r"`w_inp` has shape \[1, 3\], expected \[3, 1\]: transposed\?"),
    (lambda: cs.Network(EYE[:2], ONE, ONE.T), ValueError, r"`w_rec` has shape \[2, 3\], expected \[3, 3\]"),
    (lambda: cs.Network(EYE.ravel(), ONE, ONE.T), ValueError, r"`w_rec` has shape \(9,\), expected \[N, N\]"),
    (lambda: cs.Network(EYE * np.nan, ONE, ONE.T), ValueError, "`w_rec` holds NaN at position"),
    (lambda: cs.Network(EYE * 1j, ONE, ONE.T), TypeError, "`w_rec` has dtype complex128, expected float32 or float64"),
    (lambda: cs.Network([["a"]], ONE, ONE.T), TypeError, "`w_rec` has dtype .*expected float32"),
    (lambda: cs.Network([[1], [2, 3]], ONE, ONE.T), TypeError, "`w_rec` is no array of numbers"),
    (lambda: cs.Network(EYE, ONE, ONE.T, bias=[1.0]), ValueError, r"`bias` has shape \[1\], expected \[3\]"),
    (lambda: cs.Network(EYE, ONE, ONE.T, activation="rleu"), ValueError, "`activation` is 'rleu'.*did you mean 'relu'"),
    (lambda: cs.Network(EYE, ONE, ONE.T, activation="leaky_relu"), ValueError, "`leak` is missing"),
    (lambda: cs.Network(EYE, ONE, ONE.T, leak=0.1), ValueError, "`leak` is 0.1.*parameter of leaky_relu, not of relu"),
    (lambda: cs.Network(EYE, ONE, ONE.T, form="rates"), ValueError, '`form` is "rates", expected "rate" or "potential"'),
    (lambda: cs.Network(EYE, ONE, ONE.T, alpha=1.5), ValueError, "`alpha` is 1.5, expected a number above 0 and at most 1"),
    (lambda: cs.Network(EYE, ONE, ONE.T, alpha=float("nan")), ValueError, "`alpha` is nan"),
    (lambda: cs.Network(EYE, ONE, ONE.T, slope=-1), ValueError, "`slope` is -1, expected a finite number above 0"),
    (lambda: cs.Network(EYE, ONE, ONE.T, dt_ms=0), ValueError, "`dt_ms` is 0"),
    # Runs.
    (lambda: NETWORK.states(np.zeros((2, 5, 4))), ValueError, r"`inputs` has shape \(2, 5, 4\).*expected 1"),
    (lambda: NETWORK.states(np.zeros((4, 5, 1))), ValueError, "axis 2 has 1: is the layout 'BTN'"),
    (lambda: NETWORK.states(np.zeros((1, 5))), ValueError, r"`inputs` has shape \(1, 5\), expected \[N, T, B\]"),
    (lambda: NETWORK.states(np.zeros((1, 5, 2)), layout="NTX"), ValueError, "`layout` is 'NTX'"),
    (lambda: NETWORK.states(np.zeros((1, 5, 2)), layout=3), TypeError, "`layout` is 3"),
    (lambda: NETWORK.score(GO), ValueError, "network has 1 inputs and 1 outputs, but task `go_no_go` has 3 and 1"),
    (lambda: NETWORK.score(3), TypeError, "`task` is 3, expected a Task"),
    # Files.
    (lambda: cs.load("no/such/file.json"), FileNotFoundError, "no/such/file.json"),
    (lambda: cs.load(ROOT / "README.md"), ValueError, "README.md"),
    # Tasks and trials.
    (lambda: cs.task("go_nogo"), ValueError, "there is no task 'go_nogo'.*did you mean 'go_no_go'"),
    (lambda: cs.task(GO, train_value=3), ValueError, "train_value"),
    (lambda: cs.task(GO, train_values=[3.0, "a"]), ValueError, "train_values"),
    (lambda: cs.task("perceptual_decision", n_steps=3), ValueError, "has no settings"),
    (lambda: cs.task("no/such.toml"), FileNotFoundError, "no/such.toml"),
    (lambda: cs.task(3), TypeError, "`name` is 3"),
    (lambda: trials(targets=np.ones((1, 9, 4))), ValueError, "`targets` has 9 steps and 4 trials, expected"),
    (lambda: trials(targets=np.ones((1, 10, 4)) * np.inf), ValueError, r"`targets` at \[0, 0, 0\] is inf"),
    (lambda: trials(mask=np.ones(9, bool)), ValueError, "`mask` has 9 steps, expected 10"),
    (lambda: trials(mask=[3, 10]), ValueError, "`mask` names step 10, expected rising steps below 10"),
    (lambda: trials(mask=[-1]), ValueError, "`mask` names step -1"),
    (lambda: trials(mask=[0.5]), TypeError, "`mask` has dtype float64"),
    (lambda: trials(mask=np.zeros(10, bool)), ValueError, "`mask` is empty"),
    (lambda: trials(mask=np.ones((10, 4), bool)), ValueError, r"`mask` has shape \(10, 4\), expected \[T\]"),
    (lambda: trials(conditions=[1, 2]), ValueError, r"has shape \(2,\), expected \(4,\)"),
    (lambda: trials(input_names=["a"]), ValueError, "`input names` has 1 entries, expected 2"),
    # Training.
    (lambda: cs.train("relu-dlae", task=GO, progress=False), ValueError, "did you mean `relu_dale`"),
    (lambda: cs.train(task=GO, iterations=0, progress=False), ValueError, "`iterations` is 0"),
    (lambda: cs.train(task=GO, n_unit=3, progress=False), ValueError, "n_unit.*n_units"),
    (lambda: cs.train({"activation": "rleu"}, task=GO, progress=False), ValueError, "did you mean `relu`"),
    (lambda: cs.train({"slope": 1}, task=GO, slope=2, progress=False), TypeError, "`slope` is given twice"),
    (lambda: cs.train(progress=False), TypeError, "`task` or `trials` is missing"),
    (lambda: cs.train(task=GO, n_networks=0), ValueError, "`n_networks` is 0, expected at least 1"),
    (lambda: cs.train(task=GO, n_networks=1.5), TypeError, "`n_networks` is 1.5"),
    (lambda: cs.train(task=GO, seed=-1), ValueError, "`seed` is -1"),
    (lambda: cs.train(task=GO, progress="yes"), TypeError, "`progress` is 'yes'"),
    (lambda: cs.train(3, task=GO), TypeError, "`architecture` is 3"),
    # Analyses.
    (lambda: cs.fixed_points(NETWORK), TypeError, "`inputs` or `task` is missing"),
    (lambda: cs.fixed_points(NETWORK, [[1.0, 2.0]]), ValueError, r"`inputs` has shape \(1, 2\), expected \[I, 1\]"),
    (lambda: cs.fixed_points(NETWORK, [[np.nan]]), ValueError, "`inputs` holds NaN"),
    (lambda: cs.fixed_points(NETWORK, [[0.0]], search="fast"), ValueError, '`search` is "fast"'),
    (lambda: cs.fixed_points(EYE, [[0.0]]), TypeError, "`network` is .*expected a Network"),
    (lambda: cs.branches(NETWORK, [0.0]), TypeError, "`start` and `end` belong together"),
    (lambda: cs.branches(NETWORK, [0.0, 1.0], [0.0, 1.0]), ValueError, "`start` has 2 numbers, the network has 1"),
    (lambda: cs.line_attractor(planted("tanh"), GO), ValueError, "no choices to draw a line between"),
    (lambda: cs.latent_circuit(NETWORK), TypeError, "`task` is missing"),
    (lambda: cs.latent_circuit(np.zeros((3, 4, 5))), TypeError, "`inputs` and `outputs` are missing"),
    (lambda: cs.compare([NETWORK], task=GO), ValueError, "`networks` has 1 entries"),
    (lambda: cs.compare([NETWORK] * 2, task=GO, aspect="trajectory"), ValueError, "did you mean 'trajectories'"),
    (lambda: cs.compare([NETWORK] * 2, task=GO, measure="ckaa"), ValueError, "did you mean 'cka'"),
    # Plain arrays.
    (lambda: cs.permanova(MATRIX, [0, 1]), ValueError, "`labels` has 2 entries, expected 4"),
    (lambda: cs.permanova(SKEW, [0, 0, 1, 1]), ValueError, r"`distance` is 2 at \[0, 1\] and 1 at \[1, 0\]"),
    (lambda: cs.permanova(-MATRIX, [0, 0, 1, 1]), ValueError, "distance of 0 and 1 is -1"),
    (lambda: cs.permanova(MATRIX[:3], [0, 0, 1]), ValueError, r"shape \[3, 4\]"),
    (lambda: cs.silhouette(MATRIX, [0, 0, 0, 0]), ValueError, "1 groups, 2 are needed"),
    (lambda: cs.permdisp(MATRIX, [0, 0, 1, 1]), ValueError, "smallest group has 2 members, 3 are needed"),
    (lambda: cs.mds(SKEW), ValueError, "same both ways"),
    (lambda: cs.cka(np.zeros((4, 2)), np.zeros((5, 2))), ValueError, "`a` has 4 points and `b` 5"),
    (lambda: cs.register(np.zeros((4, 3)), np.zeros((4, 10))), ValueError, r"`a` has shape \[4, 3\], expected \[points, 10\]"),
    # Studies.
    (lambda: cs.run({"tasks": ["cdm"]}, "unused", progress=False), ValueError, "did you mean `cddm`"),
    (lambda: cs.run("no/such.toml", progress=False), FileNotFoundError, "no/such.toml"),
    (lambda: cs.run(3, progress=False), TypeError, "`study` is 3"),
    (lambda: cs.Study.open(ROOT), ValueError, "holds no study"),
]


@pytest.mark.parametrize("number", range(len(MISTAKES)))
def test_a_mistake_is_named(number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    call, kind, says = MISTAKES[number]
    monkeypatch.chdir(tmp_path)
    with pytest.raises(kind, match=f"(?s){says}") as caught:
        call()
    assert type(caught.value) is kind
    assert "--" not in str(caught.value), "an argument of the command line"
