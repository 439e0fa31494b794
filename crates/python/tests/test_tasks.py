"""Tasks and trials."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT

import circuitscope as cs


def test_every_built_in_task_has_trials_of_the_shapes_of_its_names() -> None:
    from circuitscope._circuitscope import names

    for name in dict(names())["task"]:
        task = cs.task(name)
        for trials in (task.training_trials(seed=3, iteration=1), task.analysis_trials()):
            assert (trials.n_inputs, trials.n_outputs) == (len(task.input_names), len(task.output_names))
            assert trials.mask.shape == (trials.n_steps,) and trials.mask.any()
            assert all(values.shape == (trials.n_trials,) for values in trials.conditions.values())
        assert task.constant_inputs.shape[1] == len(task.input_names)


def test_trials_are_the_published_ones() -> None:
    trials = cs.task("go_no_go").analysis_trials()
    values = trials.conditions["value"]
    assert trials.inputs.shape == (3, 60, 11)
    np.testing.assert_allclose(values, np.linspace(0, 1, 11), atol=1e-7)  # float32
    np.testing.assert_allclose(trials.inputs[0, 59], values, atol=0)


def test_settings_of_a_task_change_it_and_layout_does_not() -> None:
    task = cs.task("go-no-go", train_values=5)
    assert task.training_trials().n_trials == 5
    trials = task.training_trials(layout="BTN")
    assert trials.inputs.shape == (5, 60, 3)
    np.testing.assert_array_equal(trials.inputs.transpose(2, 1, 0), task.training_trials().inputs)
    assert "go_no_go" in repr(task) and "5 trials of 60 steps" in repr(trials)


def test_only_the_seed_of_redrawn_trials_changes_them() -> None:
    task = cs.task("memory_number")
    one, same, other = (task.training_trials(seed).inputs for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert np.any(one != other)


def test_own_trials_keep_arrays_mask_and_conditions() -> None:
    rng = np.random.default_rng(0)
    inputs, targets = rng.normal(size=(7, 20, 2)), rng.normal(size=(7, 20, 1))
    mask = np.arange(20) % 3 == 0
    trials = cs.Trials(inputs, targets, mask, {"side": np.arange(7)}, layout="BTN", input_names=["a", "b"])
    np.testing.assert_array_equal(trials.inputs, inputs.astype(np.float32))
    np.testing.assert_array_equal(trials.targets, targets.astype(np.float32))
    np.testing.assert_array_equal(trials.mask, mask)
    np.testing.assert_array_equal(trials.conditions["side"], np.arange(7))
    assert (trials.n_inputs, trials.n_outputs, trials.n_steps, trials.n_trials) == (2, 1, 20, 7)
    steps = cs.Trials(inputs, targets, np.flatnonzero(mask), layout="BTN")
    np.testing.assert_array_equal(steps.mask, mask)
    assert steps.conditions.keys() == {"trial"}


def test_a_declared_task_and_a_file_of_trials_are_read(tmp_path: Path) -> None:
    path = next(iter(sorted((ROOT / "studies/tasks").glob("*.toml"))))
    task = cs.task(path)
    assert task.name == path.stem
    trials = task.analysis_trials()
    np.savez(
        tmp_path / "mine.npz",
        inputs=trials.inputs,
        targets=trials.targets,
        mask=trials.mask,
        **{f"condition_{name.replace(' ', '_')}": values for name, values in trials.conditions.items()},
    )
    read = cs.task(tmp_path / "mine.npz").analysis_trials()
    np.testing.assert_array_equal(read.inputs, trials.inputs)
    np.testing.assert_array_equal(read.mask, trials.mask)


def test_weights_say_how_much_each_output_counts() -> None:
    rng = np.random.default_rng(1)
    inputs, targets = rng.normal(size=(2, 20, 7)), rng.normal(size=(2, 20, 7))
    weights = rng.integers(0, 3, size=targets.shape).astype(np.float32)
    weights[:, 5] = 0
    trials = cs.Trials(inputs, targets, weights=weights)
    np.testing.assert_array_equal(trials.weights, weights)
    np.testing.assert_array_equal(trials.mask, np.arange(20) != 5)
    network = cs.Network(np.eye(3) * 0.5, rng.normal(size=(3, 2)), rng.normal(size=(2, 3)), activation="tanh")
    errors = (network.outputs(inputs) - targets) ** 2
    assert network.score(trials).mse == pytest.approx(np.sum(weights * errors) / np.sum(weights), rel=1e-6)
    assert cs.Trials(inputs, targets).weights is None
    with pytest.raises(ValueError, match="both given"):
        cs.Trials(inputs, targets, np.arange(3), weights=weights)
    with pytest.raises(ValueError, match="shape"):
        cs.Trials(inputs, targets, weights=weights[:1])
    with pytest.raises(ValueError, match="finite number from 0 on"):
        cs.Trials(inputs, targets, weights=np.where(weights == 2, -1, weights))
