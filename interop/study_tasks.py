"""What units of networks of several tasks do on each: normalised variances, silhouettes of clusters, pairs of tasks."""

import numpy as np

ACTIVE = 1e-3


def silhouette(points, labels):
    """Mean silhouette of Euclidean distances; a point alone in its cluster counts 0 (Rousseeuw 1987)."""
    distances = np.sqrt(((points[:, None] - points[None]) ** 2).sum(axis=2))
    values = np.zeros(len(points))
    for place, label in enumerate(labels):
        own = labels == label
        if own.sum() == 1:
            continue
        within = distances[place, own].sum() / (own.sum() - 1)
        between = min(distances[place, labels == other].mean() for other in np.unique(labels) if other != label)
        if max(within, between) > 0:
            values[place] = (between - within) / max(within, between)
    return values.mean()


def task_variances_clusters_and_pairs_follow_from_each_other(study):
    clusters, pairs = study.tables["task_clusters"], study.tables["task_pairs"]
    for (task, network), rows in study.tables["task_variance"].groupby(["task", "network"], sort=False):
        name, parts = f"{task}/{network}", list(rows["part"].unique())
        variances = rows["variance"].to_numpy().reshape(-1, len(parts))
        normalised = rows["normalised"].to_numpy().reshape(-1, len(parts))
        labels = rows["cluster"].to_numpy(dtype=float).reshape(-1, len(parts))[:, 0]
        active = variances.sum(axis=1) > ACTIVE
        shares = variances[active] / variances[active].max(axis=1, keepdims=True)
        if not np.allclose(normalised[active], shares, rtol=1e-12) or not np.isnan(normalised[~active]).all():
            yield f"{name}: normalised variances are not variances over the unit's largest"
        tried = clusters[(clusters["task"] == task) & (clusters["network"] == network)]
        if not tried.empty:
            taken = tried[tried["is_taken"]]
            if len(taken) != 1 or taken["silhouette"].iloc[0] < tried["silhouette"].max():
                yield f"{name}: the number of clusters is not that of the largest silhouette"
            found = silhouette(shares, labels[active])
            if not np.isclose(found, taken["silhouette"].iloc[0], atol=1e-9):
                yield f"{name}: silhouette {taken['silhouette'].iloc[0]}, from the table {found}"
        for pair in pairs[(pairs["task"] == task) & (pairs["network"] == network)].itertuples():
            a, b = (variances[:, parts.index(part)] for part in (pair.part_a, pair.part_b))
            both = a + b > ACTIVE
            shares_of_pair = (a[both] - b[both]) / (a[both] + b[both])
            expected = [both.sum(), np.median(shares_of_pair), np.abs(shares_of_pair).mean()]
            if not np.allclose([pair.n_units, pair.median, pair.mean_size], expected, atol=1e-9):
                yield f"{name}: {pair.part_a} and {pair.part_b} do not share units as their variances say"
