"""Networks: runs against NumPy, layouts, files."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT, SHAPES, planted, run_in_numpy

import circuitscope as cs


@pytest.mark.parametrize("form", ["rate", "potential"])
@pytest.mark.parametrize("activation", SHAPES)
def test_states_and_outputs_are_those_of_the_equation(activation: str, form: str) -> None:
    network = planted(activation, form)
    inputs = np.random.default_rng(1).normal(size=(3, 60, 5))
    states, outputs = run_in_numpy(network, inputs)
    # Sums in another order: 60 steps of float64 rounding.
    np.testing.assert_allclose(network.states(inputs), states, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(network.outputs(inputs), outputs, rtol=1e-10, atol=1e-12)


def test_layout_order_in_memory_and_precision_change_nothing() -> None:
    network = planted("tanh")
    inputs = np.random.default_rng(2).normal(size=(3, 20, 4)).astype(np.float32)
    expected = network.states(inputs)
    for given in (inputs.astype(np.float64), np.asfortranarray(inputs), inputs[:, :, :].copy("F")[:, ::1]):
        np.testing.assert_array_equal(network.states(given), expected)
    for layout in ("BTN", "TBN", "TNB", "BNT", "NBT"):
        axes = ["NTB".index(letter) for letter in layout]
        found = network.states(inputs.transpose(axes), layout=layout)
        np.testing.assert_array_equal(found, expected.transpose(axes))
    backwards = inputs[:, :, ::-1]
    np.testing.assert_array_equal(network.states(backwards), expected[:, :, ::-1])
    swapped = inputs.astype(inputs.dtype.newbyteorder())
    np.testing.assert_array_equal(network.states(swapped), expected)


def test_weights_come_back_as_they_were_given() -> None:
    rng = np.random.default_rng(3)
    w_rec = np.asfortranarray(rng.normal(size=(4, 4)).astype(np.float32))
    network = cs.Network(w_rec, rng.normal(size=(4, 2)), rng.normal(size=(1, 4)), alpha=0.25, dt_ms=2.0)
    np.testing.assert_array_equal(network.w_rec, w_rec.astype(np.float64))
    assert (network.dt_ms, network.tau_ms, network.alpha) == (2.0, 8.0, 0.25)
    with pytest.raises(ValueError, match="read-only"):
        network.w_rec[0, 0] = 1.0


def test_a_saved_network_is_the_same_in_every_bit(tmp_path: Path) -> None:
    for activation, form in (("power", "potential"), ("leaky_relu", "rate")):
        network = planted(activation, form)
        network.save(tmp_path / "network.safetensors")
        loaded = cs.load(tmp_path / "network.safetensors")
        for name in ("w_rec", "w_inp", "w_out", "bias", "initial_state"):
            np.testing.assert_array_equal(getattr(loaded, name), getattr(network, name))
        for name in ("activation", "slope", "parameter", "form", "dt_ms", "tau_ms"):
            assert getattr(loaded, name) == getattr(network, name)


def test_weights_that_float32_holds_take_half_the_file(tmp_path: Path) -> None:
    network = planted("tanh")
    single = cs.Network(*(np.float32(w) for w in (network.w_rec, network.w_inp, network.w_out)), activation="tanh")
    network.save(tmp_path / "double.safetensors")
    single.save(tmp_path / "single.safetensors")
    sizes = [(tmp_path / f"{name}.safetensors").stat().st_size for name in ("double", "single")]
    n_numbers = 12 * 12 + 12 * 3 + 2 * 12 + 24
    assert sizes[0] - sizes[1] > 3.5 * n_numbers
    np.testing.assert_array_equal(cs.load(tmp_path / "single.safetensors").w_rec, single.w_rec)


@pytest.mark.parametrize("form", ["s", "h"])
def test_files_of_train_rnn_brain_give_the_states_of_their_equation(form: str, tmp_path: Path) -> None:
    file = json.loads((ROOT / "golden/networks/cddm_tanh_dale_1.json").read_text())
    file["equation_type"] = form
    (tmp_path / "network.json").write_text(json.dumps(file))
    network = cs.load(tmp_path / "network.json")
    np.testing.assert_array_equal(network.w_rec, file["W_rec"])
    inputs = cs.task("cddm").analysis_trials().inputs.astype(np.float64)[:, :, ::20]
    states, outputs = run_in_numpy(network, inputs)
    np.testing.assert_allclose(network.states(inputs), states, rtol=1e-9, atol=1e-10)
    np.testing.assert_allclose(network.outputs(inputs), outputs, rtol=1e-9, atol=1e-10)


def test_a_score_is_error_and_share_of_the_masked_variance() -> None:
    network = planted("sigmoid")
    rng = np.random.default_rng(5)
    inputs, targets = rng.normal(size=(3, 30, 6)), rng.normal(size=(2, 30, 6))
    mask = np.arange(30) >= 20
    trials = cs.Trials(inputs, targets, mask)
    _, outputs = run_in_numpy(network, inputs.astype(np.float32).astype(np.float64))
    wanted = targets.astype(np.float32).astype(np.float64)[:, mask]
    mse = np.mean((outputs[:, mask] - wanted) ** 2)
    score = network.score(trials)
    assert score.mse is not None and score.r2 is not None
    assert score.mse == pytest.approx(mse, rel=1e-10)
    assert score.r2 == pytest.approx(1 - mse / wanted.var(), rel=1e-10)


def test_another_thread_runs_while_a_network_does() -> None:
    import threading
    import time

    network = planted("tanh")
    inputs = np.zeros((3, 2000, 400))
    counted, over = [0], threading.Event()

    def count() -> None:
        while not over.is_set():
            counted[0] += 1
            time.sleep(0.001)

    thread = threading.Thread(target=count)
    thread.start()
    time.sleep(0.02)
    before = counted[0]
    begun = time.perf_counter()
    network.states(inputs)
    took, n = time.perf_counter() - begun, counted[0] - before
    over.set()
    thread.join()
    assert n > 2, f"{n} turns in {took:.3f} s"  # with the lock held, none
