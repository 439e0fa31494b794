"""The documented definitions in NumPy: model, features, distances, statistics. Knows nothing of circuitscope's code."""

import numpy as np

N_COMPONENTS = 10
N_NEIGHBOURS = 5


# --- the model ---


def activation(header, x):
    z = header["slope"] * x
    match header["activation"]:
        case "relu":
            return np.maximum(z, 0.0)
        case "sigmoid":
            return 1.0 / (1.0 + np.exp(-z))
        case "tanh":
            return np.tanh(z)
        case "softplus":
            return np.logaddexp(0.0, z)
        case "leaky_relu":
            return np.where(z > 0.0, z, header["leak"] * z)
        case "power":
            return np.maximum(z, 0.0) ** header["exponent"]
        case "hard_tanh":
            return np.clip(z, -1.0, 1.0)
        case "silu":
            return z / (1.0 + np.exp(-z))
        case other:
            raise ValueError(f"activation {other} is unknown")


def states(header, weights, inputs):
    """States [N, T, B]: y(t+1) = y(t) + alpha (-y(t) + f(W_rec y(t) + W_inp u(t) + b)); the last input is unused."""
    _, n_steps, n_trials = inputs.shape
    alpha = header["dt_ms"] / header["tau_ms"]
    y = np.repeat(weights["initial_state"][:, None], n_trials, axis=1)
    out = np.empty((len(y), n_steps, n_trials))
    for t in range(n_steps):
        out[:, t] = y
        drive = weights["w_rec"] @ y + weights["w_inp"] @ inputs[:, t] + weights["bias"][:, None]
        y = y + alpha * (activation(header, drive) - y)
    return out


def score(outputs, targets, mask):
    wanted = targets[:, mask].astype(np.float64)
    mse = np.mean((outputs[:, mask] - wanted) ** 2)
    return mse, 1.0 - mse / wanted.var()


# --- the analyses ---


def components(points):
    """Points [P, N] on their first ten principal components, at RMS radius 1."""
    centred = points - points.mean(axis=0)
    _, _, directions = np.linalg.svd(centred, full_matrices=False)
    scores = centred @ directions[:N_COMPONENTS].T
    scores = np.pad(scores, ((0, 0), (0, N_COMPONENTS - scores.shape[1])))
    return scores / np.sqrt(np.mean(np.sum(scores**2, axis=1)))


def trajectory_distance(a, b):
    def residual(source, target):
        rank = min(source.shape[1], np.linalg.matrix_rank(source))
        basis = np.linalg.svd(source, full_matrices=False)[0][:, :rank]
        return np.linalg.norm(target - basis @ (basis.T @ target))

    return (residual(a, b) + residual(b, a)) / 2


def endpoint_distance(a, b):
    left, _, right = np.linalg.svd(a.T @ b)
    return np.linalg.norm(a @ (left @ right) - b)


def angular_distance(a, b):
    shared = np.linalg.svd(a.T @ b, compute_uv=False).sum()
    return np.arccos(min(1.0, shared / (np.linalg.norm(a) * np.linalg.norm(b))))


def cka_distance(a, b):
    return np.arccos(min(1.0, np.linalg.norm(a.T @ b) ** 2 / (np.linalg.norm(a.T @ a) * np.linalg.norm(b.T @ b))))


def regression_distance(a, b):
    def unexplained(source, target):
        basis = np.linalg.svd(source, full_matrices=False)[0][:, : np.linalg.matrix_rank(source)]
        return 1.0 - (np.linalg.norm(basis.T @ target) / np.linalg.norm(target)) ** 2

    return (unexplained(a, b) + unexplained(b, a)) / 2


# Of centred points, as trajectories on their principal components are.
SIMILARITY = {"angular": angular_distance, "cka": cka_distance, "regression": regression_distance}


# --- the statistics ---


def silhouette(d, labels):
    names, codes = np.unique(labels, return_inverse=True)
    if len(names) < 2 or len(codes) == len(names):
        return None
    sums = np.stack([d[:, codes == k].sum(axis=1) for k in range(len(names))], axis=1)
    sizes = np.bincount(codes)
    values = np.zeros(len(codes))
    for i, own in enumerate(codes):
        if sizes[own] > 1:
            within = sums[i, own] / (sizes[own] - 1)
            between = min(sums[i, k] / sizes[k] for k in range(len(names)) if k != own)
            values[i] = (between - within) / max(within, between) if max(within, between) > 0 else 0.0
    return values.mean()


def n_neighbours(labels):
    """Five, or as many as the smallest class has others where these could not win a vote of five; None for a class of one."""
    sizes = np.unique(labels, return_counts=True)[1]
    if len(sizes) < 2 or sizes.min() < 2:
        return None
    return N_NEIGHBOURS if sizes.min() - 1 > N_NEIGHBOURS / 2 else int(sizes.min() - 1)


def neighbours(d, labels):
    """Leave-one-out accuracy; of classes with equal votes the nearest neighbour's wins."""
    labels = np.asarray(labels)
    k = n_neighbours(labels)
    if k is None or not d.any():
        return None
    hits = 0
    for i in range(len(labels)):
        others = [j for j in np.argsort(d[i], kind="stable") if j != i][:k]
        votes = [labels[j] for j in others]
        most = max(votes.count(vote) for vote in votes)
        hits += next(vote for vote in votes if votes.count(vote) == most) == labels[i]
    return hits / len(labels)


def pseudo_f(d, labels):
    labels = np.asarray(labels)
    names, n = np.unique(labels), len(labels)
    if len(names) < 2 or n == len(names) or not d.any():
        return None
    total = np.sum(d**2) / (2 * n)
    within = sum(np.sum(d[np.ix_(labels == k, labels == k)] ** 2) / (2 * np.sum(labels == k)) for k in names)
    if within <= 1e-14 * total:
        return None
    return ((total - within) / (len(names) - 1)) / (within / (n - len(names)))


def permdisp_f(d, labels):
    """F of the distances to the centroid of each class, along all principal coordinates (Anderson 2006): squares along axes
    of negative eigenvalues are subtracted. None with fewer than three in a class."""
    labels = np.asarray(labels)
    names, codes, sizes = np.unique(labels, return_inverse=True, return_counts=True)
    if len(names) < 2 or sizes.min() < 3 or not d.any():
        return None
    n = len(codes)
    centring = np.eye(n) - 1 / n
    values, vectors = np.linalg.eigh(-0.5 * centring @ d**2 @ centring)
    axes, signs = vectors * np.sqrt(np.abs(values)), np.sign(values)
    squares = np.empty(n)
    for k in range(len(names)):
        squares[codes == k] = (axes[codes == k] - axes[codes == k].mean(axis=0)) ** 2 @ signs
    reach = np.sqrt(np.maximum(squares, 0.0))
    means = np.bincount(codes, reach) / sizes
    within = np.sum((reach - means[codes]) ** 2)
    between = np.sum(sizes * (means - reach.mean()) ** 2)
    return (between / (len(names) - 1)) / (within / (n - len(names)))


def welch_w(d, labels):
    """W*d (Hamidi et al. 2019): Welch's analysis of variance on distances, of classes of two and more."""
    labels = np.asarray(labels)
    names, sizes = np.unique(labels, return_counts=True)
    kept = np.isin(labels, names[sizes > 1])
    d, (names, codes, sizes) = d[np.ix_(kept, kept)], np.unique(labels[kept], return_inverse=True, return_counts=True)
    k = len(names)
    if k < 2 or not d.any():
        return None
    inside = np.eye(k)[codes]
    means = inside.T @ d**2 @ inside / np.outer(sizes, sizes)  # mean squares over ordered pairs, items with themselves included
    own = np.diag(means) / 2
    variances = own * sizes / (sizes - 1)
    if variances.min() <= 1e-14 * np.sum(d**2):
        return None
    weights = sizes / variances
    share = weights / weights.sum()
    squares = means - own[:, None] - own[None]  # between centroids
    between = np.sum(np.triu(np.outer(weights, share) * squares, 1)) / (k - 1)
    unequal = np.sum((1 - share) ** 2 / (sizes - 1))
    return between / (1 + 2 * (k - 2) / (k**2 - 1) * unequal)


STATISTICS = {"silhouette": silhouette, "knn": neighbours, "permanova_f": pseudo_f, "welch_w": welch_w}
# What stands beside a pseudo-F, by its column.
BESIDE = {"permdisp_f": permdisp_f, "welch_w": welch_w}


def label(groups, kind, network_class, curve):
    if groups == "tanh_rest":
        return curve == "tanh"
    if groups == "relu_sigmoid":
        return None if curve == "tanh" else curve
    return {"activation": curve, "class": network_class, "trained_control": kind == "trained"}[groups]


def better_half(items, r2):
    """The better half of the trained networks of each class by R², the middle one included."""
    better = set()
    for _, of_class in items[items["kind"] == "trained"].groupby("class_name"):
        own = r2[of_class["network"]]
        better |= {network for network, value in own.items() if 2 * (own > value).sum() < len(own)}
    return better


def takes_part(items, kind, is_better):
    if items == "both":
        return True
    if items == "control" or kind != "trained":
        return items == "control" and kind != "trained"
    return {"trained": True, "better_half": is_better, "worse_half": not is_better}[items]


def holm(p):
    order = np.argsort(p, kind="stable")
    corrected = np.empty(len(p))
    corrected[order] = np.minimum(1.0, np.maximum.accumulate((len(p) - np.arange(len(p))) * np.asarray(p)[order]))
    return corrected
