"""Checks of what a study says on the dynamics of its example networks: each gives what is wrong, or nothing."""

import numpy as np


def spectra_belong_to_their_fixed_points(study):
    """The leading eigenvalue of each spectrum is the one in the table of fixed points, and decides its stability."""
    keys = ["task", "network"]
    points = {key: rows["max_re"].to_numpy() for key, rows in study.tables["fixed_points"].groupby(keys)}
    for key, rows in study.tables["eigenvalues"].groupby(keys):
        leading = rows.groupby("point_idx")["re"].max().to_numpy()
        if not np.array_equal(leading, points[key]):
            yield f"{'/'.join(key)}: the spectra are not those of its fixed points"
        if (rows.loc[rows["stability"] == "stable", "re"] >= 0).any():
            yield f"{'/'.join(key)}: a stable fixed point has an eigenvalue that grows"
        if not np.isclose(rows.groupby("point_idx")["im"].sum(), 0, atol=1e-9).all():
            yield f"{'/'.join(key)}: complex eigenvalues do not come in pairs"


def branches_are_connected_and_turn_at_their_folds(study):
    for key, rows in study.tables["branches"].groupby(["task", "network", "branch_idx"]):
        if not np.array_equal(rows["order"], np.arange(len(rows))):
            yield f"{key}: the order is broken"
        if not rows["position"].between(0, 1).all():
            yield f"{key}: it leaves its line"
        value = rows["position"].to_numpy()
        for at in np.flatnonzero(rows["kind"].to_numpy() == "fold"):
            if (value[at] - value[at - 1]) * (value[at + 1] - value[at]) > 1e-12:
                yield f"{key}: the input does not turn at the fold at {value[at]}"


def selection_vectors_are_directions(study):
    lines, planes = study.tables["line_attractors"], study.tables["choice_planes"]
    cosines = [column for column in lines if column.startswith("selection_")]
    if (lines[cosines].abs() > 1 + 1e-9).any(axis=None) or (planes["cosine"].abs() > 1 + 1e-9).any():
        yield "a cosine is beyond 1"
    arrows = planes[~planes["mark"].isin(["left", "right"])]
    if (np.hypot(arrows["x"], arrows["y"]) > 1 + 1e-9).any():
        yield "a direction of length 1 is longer in the plane"
    if not np.allclose(planes.loc[planes["mark"] == "selection", "cosine"], 1):
        yield "a selection vector is not along itself"
