"""Studies from Python, and the command line of the wheel."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import circuitscope as cs

SETTINGS = {
    "name": "small",
    "seed": 3,
    "tasks": ["go_no_go"],
    "classes": ["relu_dale", "tanh_dale"],
    "networks_per_class": 3,
    "defaults": {"iterations": 100, "n_units": 16},
    "selection": {"min_r2": -10.0},
    "comparison": {"aspects": ["trajectories"], "registration_chains": 1},
    "circuits": {"networks": 0},
}


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> cs.Study:
    heard: set[str] = set()
    folder = tmp_path_factory.mktemp("study") / "small-study"
    found = cs.run(SETTINGS, folder, progress=lambda stage, _: heard.add(stage))
    assert {"training networks", "measuring distances", "writing tables and report"} <= heard
    return found


def test_a_study_holds_networks_tables_claims_and_figures(study: cs.Study) -> None:
    assert study.is_finished and study.tasks == ["go_no_go"]
    assert study.summary is not None and study.summary["trained"] == 6
    assert study.report.read_text().startswith("<!DOCTYPE html>")
    scores = pytest.importorskip("pandas") and study.table("scores")
    networks = {network.name: network for network in study.networks()}
    assert len(networks) == len(scores) == 6
    for _, row in scores.iterrows():
        assert networks[row["network"]].score("go_no_go").r2 == pytest.approx(row["r2"], rel=1e-12)
    assert {claim["task"] for claim in study.claims} >= {"go_no_go"}
    assert len(study.networks(class_="relu_dale")) == 3
    figure = study.figure(study.figures[0])
    assert figure._repr_svg_().startswith("<svg") and study.table_path("scores").exists()
    assert "small" in repr(study)


def test_a_figure_is_saved_as_svg(study: cs.Study, tmp_path: Path) -> None:
    figure = study.figure(study.figures[0])
    figure.save(tmp_path / "figure.svg")
    assert (tmp_path / "figure.svg").read_text() == figure.svg
    with pytest.raises(ValueError, match=r"ends in \.svg"):
        figure.save(tmp_path / "figure.pdf")


def test_names_that_a_study_lacks_are_answered_with_the_nearest(study: cs.Study) -> None:
    for call, says in (
        (lambda: study.table_path("score"), "did you mean 'scores'"),
        (lambda: study.figure("embeding"), "there is no figure 'embeding'; known"),
        (lambda: study.networks(task="go_nogo"), "did you mean 'go_no_go'"),
    ):
        with pytest.raises(ValueError, match=says):
            call()


def test_text_and_settings_are_the_same_study_and_a_second_run_trains_nothing(study: cs.Study) -> None:
    before = {path: path.stat().st_mtime_ns for path in study.folder.glob("networks/*/*")}
    again = cs.run(study.text, study.folder, progress=False)
    assert again.summary == study.summary
    assert {path: path.stat().st_mtime_ns for path in study.folder.glob("networks/*/*")} == before


def test_a_study_opens_again_and_a_changed_one_is_refused(study: cs.Study, tmp_path: Path) -> None:
    opened = cs.Study.open(study.folder)
    assert (opened.name, opened.tables, opened.claims) == (study.name, study.tables, study.claims)
    shutil.copytree(study.folder, tmp_path / "copy")
    file = tmp_path / "copy/study.toml"
    file.write_text(file.read_text().replace("seed = 3", "seed = 4"))
    with pytest.raises(ValueError, match="is not the study that"):
        cs.Study.open(tmp_path / "copy")


def test_networks_go_from_a_study_into_analyses(study: cs.Study) -> None:
    network = study.networks()[0]
    found = cs.fixed_points(network, task="go_no_go")
    assert len(found) >= len(np.unique(found.inputs, axis=0))


def script() -> str:
    found = shutil.which("circuitscope", path=str(Path(sys.executable).parent))
    assert found is not None, "the console script is not installed beside this Python"
    return found


def test_the_console_script_is_the_command_line() -> None:
    ran = subprocess.run([script(), "--version"], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["circuitscope", cs.__version__]
    helped = subprocess.run([script(), "--help"], capture_output=True, text=True, check=True)
    assert "Exit codes:" in helped.stdout
    for arguments, code in ((["scroe"], 2), (["run", "no-such.toml"], 3), (["score", "no-such.json", "--task", "cddm"], 4)):
        assert subprocess.run([script(), *arguments], capture_output=True).returncode == code


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C is a signal of POSIX here")
def test_control_c_stops_the_console_script_where_it_can_go_on(tmp_path: Path) -> None:
    (tmp_path / "long.toml").write_text('tasks = ["go_no_go"]\nclasses = ["relu_dale"]\nnetworks_per_class = 2\n[defaults]\niterations = 100000\n')
    with subprocess.Popen([script(), "run", "long.toml"], cwd=tmp_path, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        while "training networks" not in running.stderr.readline():
            pass
        time.sleep(0.5)
        running.send_signal(signal.SIGINT)
        assert running.wait(timeout=20) == 130
