"""Measures, maps and tests on plain arrays, beside SciPy, scikit-learn and scikit-bio."""

from __future__ import annotations

import warnings

import numpy as np
import numpy.typing as npt
import pytest
from scipy.spatial import procrustes
from scipy.spatial.distance import pdist, squareform

import circuitscope as cs


def clouds(seed: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    rng = np.random.default_rng(seed)
    a = rng.normal(size=(40, 6))
    return a, a @ rng.normal(size=(6, 6)) + 0.3 * rng.normal(size=(40, 6))


def groups(seed: int) -> tuple[npt.NDArray[np.float64], list[str]]:
    rng = np.random.default_rng(seed)
    labels = ["a"] * 8 + ["b"] * 7 + ["c"] * 9
    shift = np.array([{"a": 0.0, "b": 0.8, "c": 1.6}[label] for label in labels])
    points = rng.normal(size=(24, 5)) + shift[:, None]
    return squareform(pdist(points)), labels


@pytest.mark.parametrize("seed", range(3))
def test_procrustes_is_scipys(seed: int) -> None:
    a, b = clouds(seed)
    found = cs.procrustes(a, b)
    assert np.sin(found.angle) ** 2 == pytest.approx(procrustes(a, b)[2], rel=1e-10)
    centred = [points - points.mean(axis=0) for points in (a, b)]
    u, _, vt = np.linalg.svd(centred[1].T @ centred[0])
    assert found.distance == pytest.approx(np.linalg.norm(centred[0] - centred[1] @ u @ vt), rel=1e-10)
    turned = np.linalg.qr(np.random.default_rng(9).normal(size=(6, 6)))[0]
    assert cs.procrustes(a, a @ turned + 3.0).distance == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_cka_is_its_formula(seed: int) -> None:
    a, b = clouds(seed)
    x, y = (points - points.mean(axis=0) for points in (a, b[:, :4]))
    norms = np.linalg.norm(x.T @ x) * np.linalg.norm(y.T @ y)
    assert cs.cka(a, b[:, :4]) == pytest.approx(np.linalg.norm(y.T @ x) ** 2 / norms, rel=1e-10)
    assert cs.cka(a.astype(np.float32), np.asfortranarray(a)) == pytest.approx(1.0, abs=1e-6)  # float32 points


@pytest.mark.parametrize("seed", range(3))
def test_silhouette_is_scikit_learns(seed: int) -> None:
    silhouette_score = pytest.importorskip("sklearn.metrics").silhouette_score
    distance, labels = groups(seed)
    expected = silhouette_score(distance, labels, metric="precomputed")
    assert cs.silhouette(distance, labels) == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("seed", range(3))
def test_permanova_and_permdisp_are_scikit_bios(seed: int) -> None:
    stats = pytest.importorskip("skbio.stats.distance")
    distance, labels = groups(seed)
    matrix = stats.DistanceMatrix((distance + distance.T) / 2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = stats.permanova(matrix, labels, permutations=999, seed=1)
        spread = stats.permdisp(matrix, labels, permutations=999, test="centroid", seed=1)
    found = cs.permanova(distance, labels)
    assert found.pseudo_f == pytest.approx(expected["test statistic"], rel=1e-10)
    # Both count draws: three standard errors of 999 of them.
    assert found.p == pytest.approx(expected["p-value"], abs=3 * np.sqrt(0.25 / 999))
    # Points of a plane in all their dimensions: scikit-bio's centroids are those of the principal coordinates.
    assert cs.permdisp(distance, labels).f == pytest.approx(spread["test statistic"], rel=1e-6)


def test_labels_of_any_kind_are_the_same_groups() -> None:
    distance, labels = groups(0)
    numbers = np.array([{"a": 7, "b": -1, "c": 3}[label] for label in labels])
    assert cs.permanova(distance, labels) == cs.permanova(distance, numbers)
    with pytest.raises(ValueError, match="expected 24"):
        cs.permanova(distance, labels[:-1])


def test_a_map_of_points_in_the_plane_keeps_their_distances() -> None:
    points = np.random.default_rng(1).normal(size=(12, 2))
    distance = squareform(pdist(points))
    found = cs.mds(distance)
    np.testing.assert_allclose(squareform(pdist(found.points)), distance, atol=1e-6)
    assert found.relative_stress is not None and found.relative_stress < 1e-12
    far = squareform(pdist(np.random.default_rng(2).normal(size=(12, 8))))
    plane = squareform(pdist(cs.mds(far).points))
    assert cs.mds(far).stress == pytest.approx(((plane - far) ** 2).sum() / 2, rel=1e-9)


def test_a_turned_system_moves_on_as_before() -> None:
    rng = np.random.default_rng(3)
    rotation = np.linalg.qr(rng.normal(size=(4, 4)))[0] * 0.97
    states = np.empty((4, 60, 8))
    states[:, 0] = rng.normal(size=(4, 8))
    for step in range(1, 60):
        states[:, step] = rotation @ states[:, step - 1]
    turned = np.einsum("ij,jtb->itb", np.linalg.qr(rng.normal(size=(4, 4)))[0], states)
    assert cs.dsa(states, turned, n_delays=3).angle == pytest.approx(0.0, abs=1e-3)
    other = cs.dsa(states, states[:, ::3], n_delays=3).angle
    assert other > 0.05
    btn = cs.dsa(states.transpose(2, 1, 0), states[:, ::3].transpose(2, 1, 0), layout="BTN", n_delays=3)
    assert btn.angle == other


def test_a_turned_cloud_is_found_again_point_by_point() -> None:
    rng = np.random.default_rng(4)
    cloud = rng.normal(size=(20, 10))
    turn, order = np.linalg.qr(rng.normal(size=(10, 10)))[0], rng.permutation(20)
    moved = (cloud @ turn)[order]
    one, other = cs.register(cloud, moved)
    assert one.sum_of_squares < 1e-6 and other.sum_of_squares < 1e-6
    np.testing.assert_array_equal(order[one.matches], np.arange(20))
    np.testing.assert_allclose(cloud @ one.map, moved[one.matches], atol=1e-3)  # the search is in float32
