"""Reads a study folder as a colleague in Python would, and computes its numbers again in NumPy.

    python interop/check_study.py STUDY_FOLDER [--golden GOLDEN_FOLDER]

Knows nothing of circuitscope's code: only the files and the definitions in the documentation. Prints a line a check,
`ok NAME` or `FAIL NAME: why`, and exits with 1 if one failed.
"""

import argparse
import hashlib
import itertools
import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from safetensors import safe_open
from safetensors.numpy import load_file
from study_claims import (
    claims_are_the_same_in_json_table_and_page,
    one_quantity_has_one_interval,
    verdicts_follow_from_the_numbers,
)
from study_dynamics import (
    branches_are_connected_and_turn_at_their_folds,
    selection_vectors_are_directions,
    spectra_belong_to_their_fixed_points,
)
from study_numbers import (
    BESIDE,
    SIMILARITY,
    STATISTICS,
    better_half,
    components,
    endpoint_distance,
    holm,
    label,
    n_neighbours,
    score,
    states,
    takes_part,
    trajectory_distance,
)
from study_tables import ITEM, columns_can_be_named_in_a_query, every_table_opens_in_pandas_as_it_documents_itself
from study_tasks import task_variances_clusters_and_pairs_follow_from_each_other

N_PAIRS = 40  # pairs an aspect and task whose distance is computed again from the weights


class Study:
    """Everything in a study folder, read with pandas and safetensors."""

    def __init__(self, folder, golden):
        self.folder, self.golden = folder, golden
        self.manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        self.tables = {path.stem: pd.read_parquet(path) for path in sorted((folder / "tables").glob("*.parquet"))}
        self.tasks = list(self.tables["scores"]["task"].unique())

    def trials(self, task):
        return load_file(self.golden / "tasks" / f"{task}_analysis.safetensors")

    def network(self, task, name, kind="trained"):
        """Header and weights of a network, trained or as they were before training."""
        path = self.folder / "networks" / task / f"{name}.safetensors"
        with safe_open(path, framework="numpy") as file:
            header = json.loads(file.metadata()["circuitscope"])
            tensors = {key: file.get_tensor(key).astype(np.float64) for key in file.keys()}
        if kind == "untrained":
            for key in ("w_rec", "w_inp", "w_out"):
                tensors[key] = tensors[f"initial_{key}"]
            tensors["bias"] = tensors["initial_state"] = np.zeros(len(tensors["w_rec"]))
        return header, tensors

    def has_published_trials(self, task):
        """Whether the study scores on the analysis trials of the golden data, by its study file."""
        import tomllib

        settings = tomllib.loads(self.manifest["config"]).get("task", {}).get(task, {})
        return all(key.startswith("train_") for key in settings)


# The checks: each gives what is wrong, or nothing.


def every_artefact_has_the_hash_in_the_manifest(study):
    listed = study.manifest["artefacts"]
    for name, wanted in listed.items():
        path = study.folder / name
        if not path.is_file():
            yield f"{name} is missing"
        elif hashlib.sha256(path.read_bytes()).hexdigest() != wanted:
            yield f"{name} has another hash"
    for folder in ("networks", "features", "tables", "figures"):
        for path in sorted((study.folder / folder).rglob("*")):
            name = path.relative_to(study.folder).as_posix()
            if path.is_file() and name not in listed:
                yield f"{name} is not in the manifest"
    if study.manifest["state"] != "finished":
        yield f"the study is {study.manifest['state']}"


def only_a_diverged_network_lacks_a_score(study):
    scores = study.tables["scores"]
    for _, row in scores.iterrows():
        if pd.isna(row["mse"]) != (row["outcome"] == "diverged"):
            yield f"{row['task']}/{row['network']} is {row['outcome']} with mse {row['mse']}"


def every_network_opens_with_safetensors(study):
    for _, row in study.tables["scores"].iterrows():
        header, tensors = study.network(row["task"], row["network"])
        n = row["n_units"]
        if tensors["w_rec"].shape != (n, n) or tensors["w_inp"].shape[0] != n or tensors["w_out"].shape[1] != n:
            yield f"{row['network']} has shapes that do not fit {n} units"
        if header["activation"] != row["activation"] or header["training"]["class"] != row["class_name"]:
            yield f"{row['network']} is {header['activation']} in its file, {row['activation']} in the table"
        signs = np.sign(tensors["w_rec"])
        if row["constraint"] == "dale" and np.any((signs.min(axis=0) < 0) & (signs.max(axis=0) > 0)):
            yield f"{row['network']} breaks Dale's law"
        if tensors["w_inp"].min() < 0 or tensors["w_out"].min() < 0:
            yield f"{row['network']} has a negative input or output weight"


def scores_follow_from_the_weights(study):
    for _, row in study.tables["scores"].dropna(subset=["mse"]).iterrows():
        if not study.has_published_trials(row["task"]):
            continue
        header, weights = study.network(row["task"], row["network"])
        trials = study.trials(row["task"])
        outputs = np.einsum("on,ntb->otb", weights["w_out"], states(header, weights, trials["inputs"]))
        mse, r2 = score(outputs, trials["targets"], trials["mask"])
        if not np.isclose(mse, row["mse"], rtol=1e-6) or not np.isclose(r2, row["r2"], rtol=0, atol=1e-6):
            yield f"{row['network']}: mse {row['mse']:.8g}, r2 {row['r2']:.8g}; NumPy gives {mse:.8g}, {r2:.8g}"


def distances_follow_from_the_weights(study):
    rows = study.tables["distances"]
    measures = {
        "trajectories": (lambda y: y.reshape(len(y), -1).T, trajectory_distance),
        "endpoints": (lambda y: y[:, -1].T, endpoint_distance),
    }
    for task, (aspect, (points_of, distance)) in itertools.product(study.tasks, measures.items()):
        if not study.has_published_trials(task):
            continue
        inputs = study.trials(task)["inputs"]
        features = {}

        def feature(name, kind):
            if (name, kind) not in features:
                header, weights = study.network(task, name, kind)
                features[name, kind] = components(points_of(states(header, weights, inputs)))
            return features[name, kind]

        # Shuffled controls need circuitscope's random numbers; all else follows from the files.
        chosen = rows[(rows["task"] == task) & (rows["aspect"] == aspect)]
        chosen = chosen[(chosen["kind_a"] != "shuffled") & (chosen["kind_b"] != "shuffled")]
        for _, row in chosen.iloc[:: max(1, len(chosen) // N_PAIRS)].iterrows():
            ours = distance(feature(row["network_a"], row["kind_a"]), feature(row["network_b"], row["kind_b"]))
            if not np.isclose(ours, row["distance"], rtol=1e-4, atol=1e-6):
                pair = f"{row['network_a']} ({row['kind_a']}) and {row['network_b']} ({row['kind_b']})"
                yield f"{task} {aspect} of {pair}: {row['distance']:.8g}; NumPy gives {ours:.8g}"


def robustness_follows_from_the_weights(study):
    rows = study.tables["robustness"]
    scores = study.tables["scores"]
    for (task, kind, measure), of_measure in rows.groupby(["task", "kind", "measure"]):
        if measure not in SIMILARITY or not study.has_published_trials(task):
            continue
        inputs = study.trials(task)["inputs"]
        chosen = scores[(scores["task"] == task) & (scores["standing"] == "selected")]
        points = []
        for name in chosen["network"]:
            header, weights = study.network(task, name, kind)
            points.append(components(states(header, weights, inputs).reshape(len(weights["w_rec"]), -1).T))
        d = np.zeros((len(points), len(points)))
        for i, j in itertools.combinations(range(len(points)), 2):
            d[i, j] = d[j, i] = SIMILARITY[measure](points[i], points[j])
        labels = {"welch_w": chosen["class_name"].tolist(), "knn": chosen["activation"].tolist()}
        for row in of_measure[of_measure["statistic"].isin(labels)].itertuples(index=False):
            value = STATISTICS[row.statistic](d, labels[row.statistic])
            if (value is None) != pd.isna(row.value) or (value is not None and not np.isclose(value, row.value, rtol=1e-4)):
                yield f"{task} {kind} {measure} {row.conclusion}: {row.value}; NumPy gives {value}"


def exactly_the_selected_networks_are_compared(study):
    scores, rows = study.tables["scores"], study.tables["distances"]
    for task, aspect in rows[["task", "aspect"]].drop_duplicates().itertuples(index=False):
        of_aspect = rows[(rows["task"] == task) & (rows["aspect"] == aspect)]
        compared = set(of_aspect.loc[of_aspect["kind_a"] == "trained", "network_a"])
        compared |= set(of_aspect.loc[of_aspect["kind_b"] == "trained", "network_b"])
        selected = set(scores.loc[(scores["task"] == task) & (scores["standing"] == "selected"), "network"])
        if aspect == "circuits":
            circuits = study.tables["circuits"]
            fitted = (circuits["task"] == task) & (circuits["outcome"] == "fitted")
            selected &= set(circuits.loc[fitted, "network"])
        if compared != selected:
            yield f"{task} {aspect}: {sorted(compared ^ selected)} are selected or compared, but not both"


def matrices(study):
    """For each task, aspect and control: the items and the distances between them, in space and in the plane."""
    distances, embeddings = study.tables["distances"], study.tables["embeddings"]
    lookup = {}
    for row in distances.itertuples(index=False):
        a, b = (row.network_a, row.kind_a), (row.network_b, row.kind_b)
        lookup[row.task, row.aspect, a, b] = lookup[row.task, row.aspect, b, a] = row.distance
    for (task, aspect, control), items in embeddings.groupby(["task", "aspect", "control"], sort=False, dropna=False):
        keys = list(zip(items["network"], items["kind"]))
        n = len(keys)
        of_space = np.zeros((n, n))
        for (i, a), (j, b) in itertools.combinations(enumerate(keys), 2):
            of_space[i, j] = of_space[j, i] = lookup[task, aspect, a, b]
        points = items[["x", "y"]].to_numpy()
        of_plane = np.linalg.norm(points[:, None] - points[None], axis=2)
        yield (task, aspect, control), items, {"distances": of_space, "embedding": of_plane}


def same(column, value):
    """Where a column has a value, which may be missing."""
    return column.isna() if pd.isna(value) else column == value


def embeddings_have_the_stress_they_state(study):
    for key, items, spaces in matrices(study):
        above = np.triu_indices(len(items), 1)
        stress = np.sum((spaces["embedding"][above] - spaces["distances"][above]) ** 2)
        stated = items["stress"].iloc[0]
        if pd.isna(stated) and not spaces["distances"].any():
            continue  # nothing to reproduce
        if not np.isclose(stress, stated, rtol=1e-6) or items["stress"].nunique() != 1:
            yield f"{key}: {stated:.8g}; NumPy gives {stress:.8g}"


def statistics_follow_from_distances_and_embeddings(study):
    statistics = study.tables["statistics"]
    scores = study.tables["scores"].set_index(["task", "network"])
    curves = scores["activation"]
    for (task, aspect, control), items, spaces in matrices(study):
        of_key = statistics[
            (statistics["task"] == task) & (statistics["aspect"] == aspect) & same(statistics["control"], control)
        ]
        if of_key.empty:
            yield f"{task} {aspect} {control}: no statistics"
        better = better_half(items, scores.loc[task, "r2"])
        for row in of_key.itertuples(index=False):
            kept, labels = [], []
            for place, (network, kind, network_class) in enumerate(items[ITEM].to_numpy()):
                if not takes_part(row.items, kind, network in better):
                    continue
                found = label(row.groups, kind, network_class, curves[task, network])
                if found is not None:
                    kept.append(place)
                    labels.append(found)
            d = spaces[row.space][np.ix_(kept, kept)]
            value = STATISTICS[row.statistic](d, labels)
            name = f"{task} {aspect} {control} {row.space} {row.items} {row.groups} {row.statistic}"
            if row.statistic == "permanova_f":
                for column, statistic in BESIDE.items():
                    ours, theirs = statistic(d, labels), getattr(row, column)
                    # Distances to centroids are roots of differences, along eigenvectors.
                    if not np.isclose(theirs, np.nan if ours is None else ours, rtol=1e-6, equal_nan=True):
                        yield f"{name}: {column} {theirs}; NumPy gives {ours}"
            k = n_neighbours(labels) if row.statistic == "knn" else None
            if (k is None) != pd.isna(row.k) or (k is not None and k != row.k):
                yield f"{name}: {row.k} neighbours vote; NumPy finds {k}"
            if row.n_items != len(labels) or row.n_groups != len(set(labels)):
                yield f"{name}: {row.n_items} items in {row.n_groups} groups; NumPy finds {len(labels)} in {len(set(labels))}"
            elif (value is None) != pd.isna(row.value) or (
                value is not None and not np.isclose(value, row.value, rtol=1e-7, atol=1e-9)
            ):
                yield f"{name}: {row.value}; NumPy gives {value}"


def aspects_agree_as_their_distances_and_maps_do(study):
    alone = {}
    for (task, aspect, _), items, spaces in matrices(study):
        if set(items["kind"]) == {"trained"}:
            alone[task, aspect] = list(items["network"]), spaces["distances"], items[["x", "y"]].to_numpy()
    for row in study.tables["concordance"].itertuples(index=False):
        sides = [alone[row.task, row.first], alone[row.task, row.second]]
        shared = [name for name in sides[0][0] if name in sides[1][0]]
        places = [[names.index(name) for name in shared] for names, _, _ in sides]
        if row.statistic == "mantel_r":
            above = np.triu_indices(len(shared), 1)
            a, b = (d[np.ix_(place, place)][above] for (_, d, _), place in zip(sides, places))
            value = np.corrcoef(a, b)[0, 1]
        else:
            a, b = (points[place] - points[place].mean(0) for (_, _, points), place in zip(sides, places))
            value = np.linalg.svd(a.T @ b, compute_uv=False).sum() / np.linalg.norm(a) / np.linalg.norm(b)
        if row.n_networks != len(shared) or not np.isclose(value, row.value, rtol=0, atol=1e-9):
            yield f"{row.task} {row.first} {row.second} {row.statistic}: {row.value}; NumPy gives {value}"


def p_values_are_corrected_after_holm(study):
    statistics = study.tables["statistics"]
    tested = statistics.dropna(subset=["p"])
    if tested.empty:
        yield "no statistic has a p value"
    if not tested["p"].between(0, 1, inclusive="right").all():
        yield "a p value is not in (0, 1]"
    if not np.allclose(holm(tested["p"].to_numpy()), tested["p_holm"], rtol=1e-12):
        yield "p_holm is not Holm's correction of p over the study"
    for column in ("permdisp", "welch"):
        beside = statistics.dropna(subset=[f"{column}_f" if column == "permdisp" else f"{column}_w"])
        if not beside[f"{column}_p"].between(0, 1, inclusive="right").all():
            yield f"a p value of {column} is not in (0, 1]"
    if statistics.loc[statistics["p"].isna(), "p_holm"].notna().any():
        yield "a statistic without p has p_holm"
    agreement = study.tables["concordance"]
    if not np.allclose(holm(agreement["p"].to_numpy()), agreement["p_holm"], rtol=1e-12):
        yield "p_holm is not Holm's correction of p over the concordance of aspects"


def intervals_hold_ordered_bounds(study):
    rows = study.tables["statistics"].dropna(subset=["low", "high"])
    if rows.empty:
        yield "no statistic has an interval"
    if (rows["low"] > rows["high"]).any():
        yield f"{int((rows['low'] > rows['high']).sum())} intervals are upside down"


def learning_curves_go_down(study):
    for (task, network), curve in study.tables["learning_curves"].groupby(["task", "network"]):
        if not curve["iteration"].is_monotonic_increasing or curve["iteration"].duplicated().any():
            yield f"{task}/{network}: iterations do not rise"
        if curve["mse"].min() >= curve["mse"].iloc[0]:
            yield f"{task}/{network}: the error never fell"


CHECKS = [
    claims_are_the_same_in_json_table_and_page,
    one_quantity_has_one_interval,
    verdicts_follow_from_the_numbers,
    every_artefact_has_the_hash_in_the_manifest,
    every_table_opens_in_pandas_as_it_documents_itself,
    columns_can_be_named_in_a_query,
    only_a_diverged_network_lacks_a_score,
    every_network_opens_with_safetensors,
    scores_follow_from_the_weights,
    distances_follow_from_the_weights,
    robustness_follows_from_the_weights,
    exactly_the_selected_networks_are_compared,
    embeddings_have_the_stress_they_state,
    statistics_follow_from_distances_and_embeddings,
    aspects_agree_as_their_distances_and_maps_do,
    p_values_are_corrected_after_holm,
    intervals_hold_ordered_bounds,
    learning_curves_go_down,
    spectra_belong_to_their_fixed_points,
    branches_are_connected_and_turn_at_their_folds,
    selection_vectors_are_directions,
    task_variances_clusters_and_pairs_follow_from_each_other,
]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("study", type=Path)
    parser.add_argument("--golden", type=Path, default=Path(__file__).resolve().parents[1] / "golden")
    arguments = parser.parse_args()
    study = Study(arguments.study, arguments.golden)
    n_failed = 0
    for check in CHECKS:
        name = check.__name__.replace("_", " ")
        try:
            wrong = list(check(study))
        except Exception as error:  # a check that cannot run has failed, and the others still tell something
            wrong = [f"{type(error).__name__}: {error}"]
        if wrong:
            n_failed += 1
            more = f" (and {len(wrong) - 3} more)" if len(wrong) > 3 else ""
            print(f"FAIL {name}: {'; '.join(wrong[:3])}{more}", flush=True)
        else:
            print(f"ok {name}", flush=True)
    return 1 if n_failed else 0


if __name__ == "__main__":
    sys.exit(main())
