"""Training: the bits of the command line's, progress, Ctrl-C, other threads."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

import circuitscope as cs

STUDY = """
name = "same"
seed = 7
tasks = ["{task}"]
classes = [{name}]
networks_per_class = 2
{more}
[comparison]
aspects = ["endpoints"]
controls = []
[circuits]
networks = 0
[defaults]
iterations = 20
n_units = 12
"""


@pytest.mark.parametrize(
    ("task", "architecture", "more"),
    [
        ("go_no_go", "relu-dale", ""),
        ("memory_number", "tanh_free", ""),
        ("perceptual_decision", "sigmoid_dale", ""),
        (
            "go_no_go",
            {"name": "mine", "activation": "softplus", "constraint": "free", "sigma_rec": 0.1},
            '[class.mine]\nactivation = "softplus"\nconstraint = "free"\nsigma_rec = 0.1',
        ),
    ],
)
def test_weights_are_those_of_the_command_line(
    task: str, architecture: str | dict[str, object], more: str, tmp_path: Path
) -> None:
    name = architecture.replace("-", "_") if isinstance(architecture, str) else "mine"
    (tmp_path / "same.toml").write_text(STUDY.format(task=task, name=f'"{name}"', more=more))
    command = [sys.executable, "-m", "circuitscope._command_line", "run", "same.toml", "--out", "study"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=300)
    stored = cs.Study.open(tmp_path / "study").networks()
    trained = cs.train(architecture, task=task, n_networks=2, seed=7, iterations=20, n_units=12, progress=False)
    assert [one.network.name for one in trained] == [one.name for one in stored]
    for one, other in zip(trained, stored, strict=True):
        for array in ("w_rec", "w_inp", "w_out", "bias", "initial_state"):
            np.testing.assert_array_equal(getattr(one.network, array), getattr(other, array))
        assert np.any(one.network.w_inp != one.initial.w_inp[: one.network.n_units])


def test_training_learns_and_says_how(trained: list[cs.Trained]) -> None:
    for one in trained:
        assert one.outcome == "finished" and one.reason is None
        assert one.history.loss[-1] < 0.7 * one.history.loss[0]
        assert one.score.r2 == one.network.score("go_no_go").r2
        assert one.initial.n_units == 20 and one.network.n_units == 20 - one.n_silent
        assert np.all(np.diff(one.history.iterations) > 0)
    assert len({one.seed for one in trained}) == 6


def test_given_trials_are_trained_as_the_task_that_they_are_of() -> None:
    task = cs.task("go_no_go")
    given = task.training_trials()
    settings = {"n_networks": 1, "seed": 2, "iterations": 30, "n_units": 12, "progress": False}
    of_task = cs.train("tanh_dale", task=task, **settings)[0]
    of_trials = cs.train("tanh_dale", trials=given, **settings)[0]
    np.testing.assert_array_equal(of_trials.network.w_rec, of_task.network.w_rec)
    # Silent units are judged on other analysis trials, of which there are none here.
    assert of_trials.score.mse == of_task.training_score.mse


def test_a_training_that_diverges_is_an_outcome() -> None:
    one = cs.train("relu_free", task="go_no_go", iterations=200, learning_rate=1e4, n_units=12, progress=False)[0]
    assert one.outcome == "diverged"
    assert one.reason is not None and "not finite" in one.reason


def test_progress_rises_to_its_end_and_an_error_in_it_stops_the_work() -> None:
    heard: list[tuple[str, float]] = []
    settings = {"iterations": 300, "n_units": 30}
    cs.train(task="go_no_go", progress=lambda stage, share: heard.append((stage, share)), **settings)
    assert {stage for stage, _ in heard} == {"training networks"}
    shares = [share for _, share in heard]
    assert shares == sorted(shares) and shares[0] == 0.0 and shares[-1] == 1.0 and len(shares) > 3

    def refuse(_stage: str, share: float) -> None:
        if share > 0:
            raise LookupError("enough")

    begun = time.perf_counter()
    with pytest.raises(LookupError, match="enough"):
        cs.train(task="go_no_go", iterations=1_000_000, progress=refuse)
    assert time.perf_counter() - begun < 60  # of hours


@pytest.mark.parametrize("call", ["train", "fixed_points", "permanova"])
def test_control_c_arrives_while_the_work_goes_on(call: str) -> None:
    work = {
        "train": "cs.train(task='cddm', iterations=1_000_000, n_networks=4, progress=False)",
        "fixed_points": "cs.fixed_points(cs.Network(w, w[:, :1], w[:1], activation='tanh'), np.zeros((50, 1)), search='thorough')",
        "permanova": "cs.permanova(d, np.arange(300) % 3, n_permutations=10_000_000)",
    }[call]
    script = f"""
import threading, time, os, signal
import numpy as np
import circuitscope as cs
w = np.random.default_rng(0).normal(size=(300, 300)) * 3 / 300 ** 0.5
d = abs(w + w.T) * (1 - np.eye(300))
def press():
    time.sleep(1.0)
    print(time.perf_counter(), flush=True)
    os.kill(os.getpid(), signal.SIGINT)
# Whatever started the tests may ignore the signal, as shells do for what they run in the background.
signal.signal(signal.SIGINT, signal.default_int_handler)
threading.Thread(target=press).start()
try:
    {work}
except KeyboardInterrupt:
    print(time.perf_counter(), flush=True)
    os._exit(7)
"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert ran.returncode == 7, ran.stderr
    pressed, caught = (float(line) for line in ran.stdout.split())
    # Some 50 ms on a machine that is free; the work itself takes minutes or more, and all cores are at it.
    assert caught - pressed < 20.0


def test_another_thread_runs_meanwhile() -> None:
    counted, over = [0], threading.Event()

    def count() -> None:
        while not over.is_set():
            counted[0] += 1
            time.sleep(0.001)

    thread = threading.Thread(target=count)
    thread.start()
    begun = time.perf_counter()
    cs.train(task="go_no_go", iterations=150, n_networks=2, n_units=50, progress=False)
    took = time.perf_counter() - begun
    over.set()
    thread.join()
    # All cores compute, so that the thread waits its turn; with the lock held it would not run at all.
    assert counted[0] > 5, f"{counted[0]} turns in {took:.2f} s"


def test_the_handler_of_signals_is_left_as_it_was() -> None:
    before = signal.getsignal(signal.SIGINT)
    cs.train(task="go_no_go", iterations=5, progress=False)
    assert signal.getsignal(signal.SIGINT) is before
